/* subprocess_start.c - what a process is started with: strings, descriptors, and a gate for who must do something before it runs. */
#include "strbuf.h"
#include "subprocess_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_overridden(const char *entry, char *const *env)
{
	size_t name = strcspn(entry, "=") + 1;
	for (; env && *env; env++)
		if (strncmp(entry, *env, name) == 0)
			return true;
	return false;
}

/* argv and environment, each string with its NUL. */
static void pack_text(const struct subprocess_run *run, struct runner_request *request, struct strbuf *text)
{
	for (char *const *arg = run->argv; *arg; arg++, request->argc++)
		strbuf_add(text, *arg, strlen(*arg) + 1);
	for (char **entry = environ; entry && *entry; entry++) {
		if (is_overridden(*entry, run->env))
			continue;
		strbuf_add(text, *entry, strlen(*entry) + 1);
		request->envc++;
	}
	for (char *const *entry = run->env; entry && *entry; entry++, request->envc++)
		strbuf_add(text, *entry, strlen(*entry) + 1);
	request->text_size = text->size;
}

static int text_file(const struct strbuf *text, struct err *err)
{
	int fd = memfd_create("arguments", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, text->data, text->size) == (ssize_t)text->size)
		return fd;
	err_set(err, NULL, NULL, "cannot pass the arguments: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The same one for all runs. */
static int null_fd(void)
{
	static int fd = -1;
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd;
}

static int this_or_null(int fd)
{
	return fd >= 0 && fcntl(fd, F_GETFD) >= 0 ? fd : null_fd();
}

static void close_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* What the process gets. Those of output are not ours to close. */
struct luggage {
	int fds[RUNNER_FDS];
	int gate, report; /* our ends; -1: not gated */
};

static int open_gate(struct luggage *luggage)
{
	int pair[2];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -1;
	luggage->fds[RUNNER_GATE] = pair[0];
	luggage->gate = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return -1;
	luggage->report = pair[0];
	luggage->fds[RUNNER_REPORT] = pair[1];
	return 0;
}

static int pack(struct subprocess_run *run, const struct runner_request *request, const struct strbuf *text, struct luggage *luggage,
		struct err *err)
{
	int *fds = luggage->fds;
	if ((fds[RUNNER_IN] = subprocess_stdin_begin(run->input, err)) < 0)
		return -1;
	if (text->size > RUNNER_TEXT_MOST && (fds[RUNNER_TEXT] = text_file(text, err)) < 0)
		return -1;
	fds[RUNNER_OUT] = this_or_null(run->output_fd >= 0 ? run->output_fd : run->show_output ? 1 : -1);
	fds[RUNNER_ERR] = this_or_null(run->show_output ? 2 : -1);
	fds[RUNNER_CWD] = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if ((request->gated && open_gate(luggage) < 0) || fds[RUNNER_OUT] < 0 || fds[RUNNER_ERR] < 0 || fds[RUNNER_CWD] < 0)
		return err_set(err, run->argv[0], NULL, "cannot prepare the run: %s", strerror(errno));
	return 0;
}

static void unpack(struct luggage *luggage)
{
	luggage->fds[RUNNER_OUT] = luggage->fds[RUNNER_ERR] = -1;
	close_all(luggage->fds, RUNNER_FDS);
}

/* Until the gated program is on its way (the report ends when exec closes it), or why it is not. */
static int await_exec(int report, struct runner_reply *reply)
{
	ssize_t n = read(report, &reply->departure, sizeof reply->departure);
	if (n == sizeof reply->departure) {
		n = read(report, &reply->error, sizeof reply->error);
		return n == 0 || n == sizeof reply->error ? 0 : -1;
	}
	if (n == sizeof reply->error)
		memcpy(&reply->error, &reply->departure, sizeof reply->error);
	return n == sizeof reply->error ? 0 : -1;
}

static int start_packed(const struct subprocess_run *run, const struct runner_request *request, const char *text, struct luggage *luggage,
			struct runner_reply *reply, struct err *err)
{
	bool direct = run->no_peak && !request->gated && luggage->fds[RUNNER_TEXT] < 0;
	int status = -1, pid = (direct ? direct_start : runner_start)(request, text, luggage->fds, reply, err);
	unpack(luggage);
	if (pid < 0)
		return -1;
	if (request->gated) {
		run->attach(run->context, pid);
		if (write(luggage->gate, "", 1) == 1)
			status = await_exec(luggage->report, reply);
	} else {
		status = reply->departure.start || reply->error ? 0 : -1;
	}
	if (status < 0)
		reply->error = EIO;
	return pid;
}

int subprocess_start(struct subprocess_run *run, bool own_group, struct runner_reply *reply, struct err *err)
{
	struct runner_request request = {.own_group = own_group, .gated = run->attach != NULL, .peak_kib = run->earlier_peak_bytes / 1024};
	struct luggage luggage = {.fds = {-1, -1, -1, -1, -1, -1, -1}, .gate = -1, .report = -1};
	struct strbuf text = STRBUF_INIT;
	int pid = -1;
	*reply = (struct runner_reply){0};
	pack_text(run, &request, &text);
	if (pack(run, &request, &text, &luggage, err) == 0)
		pid = start_packed(run, &request, text.data, &luggage, reply, err);
	else
		unpack(&luggage);
	close_all((int[]){luggage.gate, luggage.report}, 2);
	strbuf_free(&text);
	return pid;
}
