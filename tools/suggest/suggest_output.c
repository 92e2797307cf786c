/* suggest_output.c - does a program do the same with other flags? What it prints and how it ends, against the default. */
#include "collect.h"
#include "fs.h"
#include "hash.h"
#include "interrupt.h"
#include "suggest.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct printed {
	char hash[HASH_HEX];
	int status; /* wait status */
	bool timed_out;
	double seconds;
};

char **suggest_command(const struct suggest *s, const char *program)
{
	char **args = s->audit->options->args, **argv;
	size_t count = 0;

	while (args && args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = (char *)(uintptr_t)program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = args[i];
	return argv;
}

static int run_once(const struct suggest *s, const char *program, int fd, struct printed *printed, struct err *err)
{
	char **argv = suggest_command(s, program), path[64];
	double left = fmax(suggest_left(s, 1), 1), timeout = s->audit->options->timeout > 0 ? s->audit->options->timeout : left;
	struct subprocess_run run = {.argv = argv, .output_fd = fd, .drain_fd = -1, .input = s->input, .timeout_seconds = timeout};
	size_t size;
	int status = ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 ? subprocess_run(&run, err) : -1;

	free(argv);
	if (status != 0)
		return err_set(err, program, NULL, "cannot run the program");
	if (run.interrupted)
		return err_set(err, program, NULL, "interrupted");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (hash_file(path, printed->hash, &size) != 0)
		return err_set(err, program, NULL, "cannot read what the program printed");
	printed->status = run.status;
	printed->timed_out = run.timed_out;
	printed->seconds = (double)run.wall_ns / 1e9;
	return 0;
}

static int open_output(char **directory, struct err *err)
{
	char *path;
	int fd;

	*directory = fs_tmpdir(err);
	if (!*directory)
		return -1;
	path = xasprintf("%s/output", *directory);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	free(path);
	return fd >= 0 ? fd : err_set(err, *directory, NULL, "cannot make a temporary file");
}

/* The default twice: what differs from run to run can't tell one program from another. */
static int learn(struct suggest *s, struct suggest_trial *trial, int fd, struct err *err)
{
	struct printed first = {0}, second = {0};

	if (run_once(s, suggest_program(trial, 0), fd, &first, err) != 0)
		return -1;
	second = first;
	if (!first.timed_out && run_once(s, suggest_program(trial, 0), fd, &second, err) != 0)
		return -1;
	memcpy(s->output_hash, first.hash, sizeof s->output_hash);
	s->output_status = first.status;
	s->output_varies = strcmp(first.hash, second.hash) != 0;
	trial->run_seconds = first.seconds < second.seconds ? first.seconds : second.seconds;
	if (first.timed_out)
		s->untimed = xasprintf("the program did not end within %.1f s", first.seconds);
	else if (first.status != 0)
		s->untimed = xasprintf("the program ends with %s", status_text(first.status));
	else if (second.status != 0)
		s->untimed = xstrdup("the program ends differently from run to run");
	return 0;
}

static int check(const struct suggest *s, struct suggest_trial *trial, int fd, struct err *err)
{
	struct printed printed = {0};

	if (run_once(s, suggest_program(trial, 0), fd, &printed, err) != 0)
		return -1;
	trial->run_seconds = printed.seconds;
	if (printed.status != s->output_status) {
		trial->state = SUGGEST_DIFFERS;
		trial->why = xasprintf("it ends with %s", printed.status == 0 ? "exit status 0" : status_text(printed.status));
	} else if (!s->output_varies && strcmp(printed.hash, s->output_hash) != 0) {
		trial->state = SUGGEST_DIFFERS;
		trial->why = xstrdup("it prints something else");
	}
	return 0;
}

int suggest_compare_outputs(struct suggest *s, struct suggest_trial **trials, size_t count, struct err *err)
{
	char *directory = NULL;
	int fd = open_output(&directory, err), status = fd < 0 ? -1 : 0;

	for (size_t i = 0; status == 0 && i < count; i++) {
		if (trials[i]->state != SUGGEST_TRIED)
			continue;
		suggest_step(s, "comparing outputs, %zu of %zu:", i + 1, count);
		if (!*s->output_hash)
			status = learn(s, trials[i], fd, err);
		else if (suggest_left(s, 1) <= 0)
			trials[i]->state = SUGGEST_LATE;
		else
			status = check(s, trials[i], fd, err);
	}
	if (fd >= 0)
		close(fd);
	if (directory)
		fs_remove_tree(directory);
	free(directory);
	return status;
}
