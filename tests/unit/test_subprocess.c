/* test_subprocess.c - runs and captured tools. The programs are this one again: `test_subprocess ROLE ARGS...`. */
#include "fs.h"
#include "strbuf.h"
#include "subprocess.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* memory is the sanitizer's, not the program's */
#else
#define SANITIZED 0
#endif
#define COUNT(table) (sizeof(table) / sizeof *(table))
#define MIB	     ((size_t)1 << 20)

static char self[4096];

/* ---- roles ---------------------------------------------------------------------------------------------------------------- */

static int role_exit(char **args)
{
	return atoi(args[0]);
}

static int role_raise(char **args)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	signal(atoi(args[0]), SIG_DFL);
	return raise(atoi(args[0]));
}

/* Ignores SIGTERM, and so does its child, whose pid goes into the file. */
static int role_stubborn(char **args)
{
	signal(SIGTERM, SIG_IGN);
	pid_t child = fork();
	if (child > 0) {
		FILE *file = fopen(args[0], "w");
		fprintf(file, "%d", child);
		fclose(file);
	}
	while (pause())
		;
	return 0;
}

static int role_gentle(char **args)
{
	(void)args;
	while (pause())
		;
	return 0;
}

static int role_flood(char **args)
{
	static char data[65536];
	size_t left = (size_t)atol(args[0]);
	int fd = args[1] ? atoi(args[1]) : 1;
	memset(data, 'x', sizeof data);
	while (left) {
		ssize_t n = write(fd, data, left < sizeof data ? left : sizeof data);
		if (n < 0)
			return 1;
		left -= (size_t)n;
	}
	return 0;
}

/* Prints how many bytes stdin had, and their sum. */
static int role_count(char **args)
{
	unsigned char data[4096];
	uint64_t bytes = 0, sum = 0;
	ssize_t n;
	(void)args;
	while ((n = read(0, data, sizeof data)) > 0) {
		bytes += (uint64_t)n;
		for (ssize_t i = 0; i < n; i++)
			sum += data[i];
	}
	printf("%llu %llu\n", (unsigned long long)bytes, (unsigned long long)sum);
	return n < 0;
}

static int role_take(char **args)
{
	char data[100];
	return read(0, data, (size_t)atoi(args[0])) == atoi(args[0]) ? 0 : 1;
}

static int role_hold(char **args)
{
	size_t size = (size_t)atol(args[0]) * MIB;
	volatile char *memory = malloc(size);
	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
	return memory[size / 2] & 2;
}

/* Open descriptors, ignored and blocked signals, the directory. */
static int role_surroundings(char **args)
{
	sigset_t blocked;
	struct sigaction action;
	struct stat st;
	char here[4096];
	(void)args;
	for (int fd = 3; fd < 200; fd++)
		if (fstat(fd, &st) == 0)
			return 10;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int s = 1; s < 32; s++) {
		sigaction(s, NULL, &action);
		if (action.sa_handler == SIG_IGN) /* only that survives exec */
			return 11;
		if (sigismember(&blocked, s))
			return 12;
	}
	return getcwd(here, sizeof here) && strcmp(here, getenv("EXPECTED_DIRECTORY")) == 0 && !getenv("DROPPED") ? 0 : 13;
}

static int role_variable(char **args)
{
	int times = 0;
	for (char **entry = environ; *entry; entry++)
		times += strncmp(*entry, "TWICE=", 6) == 0;
	return times == 1 && strcmp(getenv("TWICE"), args[0]) == 0 ? 0 : 1;
}

static int role_sleep(char **args)
{
	usleep((useconds_t)atoi(args[0]) * 1000);
	return 0;
}

static int role_spin(char **args)
{
	struct timespec now;
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < atoi(args[0]));
	return 0;
}

static void *spin_in_thread(void *args)
{
	role_spin(args);
	return NULL;
}

static int role_spin_in_thread(char **args)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, spin_in_thread, args) || pthread_join(thread, NULL);
}

/* Leaves a process behind that keeps stdout open. */
static int role_background(char **args)
{
	(void)args;
	if (fork() == 0) {
		sleep(20);
		_exit(0);
	}
	return write(1, "done", 4) == 4 ? 0 : 1;
}

static int role_is_terminal(char **args)
{
	char line[100];
	(void)args;
	return isatty(0) && tcgetpgrp(0) == getpgrp() && read(0, line, sizeof line) == 6 ? 0 : 1;
}

/* Interrupts its parent, and ends when the interrupt comes back. */
static volatile sig_atomic_t interrupted;
static void on_interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}
static int role_interrupt_parent(char **args)
{
	signal(SIGINT, on_interrupt);
	for (int i = 0; i < atoi(args[0]); i++)
		kill(getppid(), SIGINT);
	for (int i = 0; i < 1000 && !interrupted; i++)
		usleep(1000);
	return interrupted ? 42 : 1;
}

static const struct {
	const char *name;
	int (*run)(char **args);
} roles[] = {
    {"exit", role_exit},
    {"raise", role_raise},
    {"stubborn", role_stubborn},
    {"gentle", role_gentle},
    {"flood", role_flood},
    {"count", role_count},
    {"take", role_take},
    {"hold", role_hold},
    {"surroundings", role_surroundings},
    {"variable", role_variable},
    {"sleep", role_sleep},
    {"spin", role_spin},
    {"spin-in-thread", role_spin_in_thread},
    {"background", role_background},
    {"is_terminal", role_is_terminal},
    {"interrupt_parent", role_interrupt_parent},
};

/* ---- helpers ---------------------------------------------------------------------------------------------------------------- */

#define RUN(...)                                                                                                                           \
	{                                                                                                                                  \
		.argv = (char *[]){self, __VA_ARGS__, NULL}, .output_fd = -1, .drain_fd = -1                                               \
	}

static void run(struct subprocess_run *run)
{
	struct err err = {0};
	if (subprocess_run(run, &err) < 0)
		fail_msg("%s: %s", err.where, err.what);
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_alive(int pid)
{
	char state = 0, path[64];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state && state != 'Z' && state != 'X';
}

static bool dies_soon(int pid)
{
	for (int i = 0; i < 200 && is_alive(pid); i++)
		usleep(10000);
	return !is_alive(pid);
}

static int open_fds(void)
{
	int count = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Our stdin becomes `fd` until give_stdin_back(). */
static int old_stdin;
static void take_stdin(int fd)
{
	old_stdin = fcntl(0, F_DUPFD_CLOEXEC, 100);
	dup2(fd, 0);
	close(fd);
}
static void give_stdin_back(void)
{
	dup2(old_stdin, 0);
	close(old_stdin);
}

/* ---- runs ------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *role, *argument;
	int code, signal;
} ends[] = {
    {"exit", "0", 0, 0},	{"exit", "1", 1, 0},	    {"exit", "255", 255, 0},
    {"raise", "6", 0, SIGABRT}, {"raise", "9", 0, SIGKILL}, {"raise", "11", 0, SIGSEGV},
};

static void test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct subprocess_run r = RUN((char *)ends[i].role, (char *)ends[i].argument);
		run(&r);
		assert_int_equal(ends[i].signal ? WIFSIGNALED(r.status) : WIFEXITED(r.status), 1);
		if (!SANITIZED || !ends[i].signal)
			assert_int_equal(ends[i].signal ? WTERMSIG(r.status) : WEXITSTATUS(r.status),
					 ends[i].signal ? ends[i].signal : ends[i].code);
		assert_false(r.timed_out || r.interrupted);
	}
}

static const struct {
	const char *path, *word;
} missing[] = {
    {"/nonexistent/program", "No such file"},
    {"/tmp", "Permission denied"},
    {"/etc/passwd", "Permission denied"},
    {"", "No such file"},
};

static void test_cannot_start(void **state)
{
	(void)state;
	int before = -1;
	for (size_t i = 0; i < COUNT(missing); i++) {
		struct err err = {0};
		struct subprocess_run r = RUN(NULL);
		r.argv = (char *[]){(char *)missing[i].path, NULL};
		assert_int_equal(subprocess_run(&r, &err), -1);
		assert_non_null(strstr(err.what, missing[i].word));
		if (before >= 0)
			assert_int_equal(open_fds(), before); /* none lost on the way */
		before = open_fds();
	}
}

static void test_not_a_program(void **state)
{
	(void)state;
	struct err err = {0};
	char path[] = "/tmp/test_subprocess-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "garbage", 7), 7);
	fchmod(fd, 0755);
	close(fd);
	struct subprocess_run r = RUN(NULL);
	r.argv = (char *[]){path, NULL};
	assert_int_equal(subprocess_run(&r, &err), -1);
	assert_non_null(strstr(err.what, "Exec format error"));
	unlink(path);
}

static void test_times(void **state)
{
	(void)state;
	struct subprocess_run slept = RUN((char *)"sleep", (char *)"100"), spun = RUN((char *)"spin", (char *)"100");
	run(&slept);
	assert_true(slept.wall_ns >= 100000000);
	assert_true(slept.cpu_ns < slept.wall_ns);
	run(&spun);
	assert_true(spun.cpu_ns >= 95000000); /* the kernel counts in ticks on some machines */
	assert_true(spun.wall_ns + 10000000 >= spun.cpu_ns);
	assert_true(spun.user_ns + spun.system_ns == spun.cpu_ns);
}

static int stay_on_first_cpu(void *first, int pid)
{
	return sched_setaffinity(pid, sizeof(cpu_set_t), first);
}

/* One CPU for two: the program waits for it half of the time, and is blocked none of it. */
static void test_queued(void **state)
{
	(void)state;
	cpu_set_t all, one;
	struct subprocess_run alone = RUN((char *)"sleep", (char *)"100"), shared = RUN((char *)"spin", (char *)"100"),
			      threaded = RUN((char *)"spin-in-thread", (char *)"100");
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	CPU_ZERO(&one);
	for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	run(&alone);
	assert_true(alone.queued_ns < 100000000);
	run(&threaded);
	assert_true(threaded.queued_ns == SUBPROCESS_UNKNOWN);
	int rival = fork();
	if (rival == 0) {
		sched_setaffinity(0, sizeof one, &one);
		for (;;)
			;
	}
	shared.attach = stay_on_first_cpu;
	shared.context = &one;
	run(&shared);
	kill(rival, SIGKILL);
	waitpid(rival, NULL, 0);
	assert_true(shared.queued_ns != SUBPROCESS_UNKNOWN && shared.queued_ns > 20000000);
	assert_true(shared.wall_ns + 10000000 > shared.cpu_ns + shared.queued_ns);
	assert_true(shared.wall_ns < shared.cpu_ns + shared.queued_ns + shared.wall_ns / 5 + 10000000);
}

static void test_timeout_reaches_descendants(void **state)
{
	(void)state;
	int grandchild = 0;
	char path[] = "/tmp/test_subprocess-XXXXXX";
	close(mkstemp(path));
	struct subprocess_run r = RUN((char *)"stubborn", path);
	r.timeout_seconds = 0.5;
	uint64_t start = now_ms();
	run(&r);
	assert_true(r.timed_out);
	assert_true(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGKILL);
	assert_true(now_ms() - start >= 1500); /* a second was given to end well */
	FILE *file = fopen(path, "r");
	assert_int_equal(fscanf(file, "%d", &grandchild), 1);
	fclose(file);
	unlink(path);
	assert_true(grandchild > 0 && dies_soon(grandchild));
}

static void test_timeout_is_gentle_first(void **state)
{
	(void)state;
	struct subprocess_run r = RUN((char *)"gentle"), quick = RUN((char *)"exit", (char *)"0"), huge = quick;
	r.timeout_seconds = 0.2;
	run(&r);
	assert_true(r.timed_out);
	assert_int_equal(WTERMSIG(r.status), SIGTERM);
	quick.timeout_seconds = 20;
	run(&quick);
	assert_false(quick.timed_out);
	huge.timeout_seconds = 1e300;
	run(&huge);
	assert_false(huge.timed_out);
}

static void test_gigabytes_of_output(void **state)
{
	(void)state;
	struct subprocess_run r = RUN((char *)"flood", (char *)"4000000000");
	run(&r);
	assert_int_equal(r.status, 0);
}

static void test_output_fd(void **state)
{
	(void)state;
	char path[] = "/tmp/test_subprocess-XXXXXX";
	int fd = mkstemp(path);
	struct stat st;
	struct subprocess_run r = RUN((char *)"flood", (char *)"100000"), error = RUN((char *)"flood", (char *)"100000", (char *)"2");
	r.output_fd = error.output_fd = fd;
	run(&r);
	run(&error); /* stderr goes elsewhere */
	fstat(fd, &st);
	assert_int_equal(st.st_size, 100000);
	close(fd);
	unlink(path);
}

static void test_surroundings(void **state)
{
	(void)state;
	char here[4096];
	sigset_t blocked, old;
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec */
	setenv("EXPECTED_DIRECTORY", getcwd(here, sizeof here), 1);
	setenv("DROPPED", "x", 1);
	run(&(struct subprocess_run)RUN((char *)"exit", (char *)"0")); /* what follows changes after the first run */
	unsetenv("DROPPED");
	assert_int_equal(chdir("/usr"), 0);
	setenv("EXPECTED_DIRECTORY", "/usr", 1);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &old);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	struct subprocess_run r = RUN((char *)"surroundings");
	run(&r);
	assert_int_equal(WEXITSTATUS(r.status), 0);
	assert_true(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &old, &blocked);
	assert_true(sigismember(&blocked, SIGUSR1) && !sigismember(&blocked, SIGINT));
	assert_int_equal(chdir(here), 0);
	close(leak);
}

static void test_environment(void **state)
{
	(void)state;
	char *const env[] = {(char *)"TWICE=ours", NULL};
	struct subprocess_run r = RUN((char *)"variable", (char *)"ours");
	setenv("TWICE", "theirs", 1);
	r.env = env;
	run(&r);
	assert_int_equal(r.status, 0);
	unsetenv("TWICE");
}

static void test_many_arguments(void **state)
{
	(void)state;
	enum { ARGUMENTS = 2000 };
	char *argv[ARGUMENTS + 4] = {self, (char *)"exit", (char *)"7"};
	char *text = xmalloc(501);
	memset(text, 'a', 500);
	text[500] = 0;
	for (int i = 3; i < ARGUMENTS; i++)
		argv[i] = text;
	struct subprocess_run r = RUN(NULL);
	r.argv = argv;
	run(&r);
	assert_int_equal(WEXITSTATUS(r.status), 7);
	free(text);
}

/* The program's own, however large we are. */
static void test_peak_rss(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	char *ours = xmalloc(200 * MIB);
	memset(ours, 1, 200 * MIB);
	struct subprocess_run small = RUN((char *)"exit", (char *)"0"), large = RUN((char *)"hold", (char *)"50");
	run(&small);
	assert_int_equal(ours[100], 1);
	free(ours);
	assert_true(small.peak_rss_bytes > 100000 && small.peak_rss_bytes < 20 * MIB);
	run(&large);
	assert_true(large.peak_rss_bytes >= 50 * MIB && large.peak_rss_bytes < 50 * MIB + small.peak_rss_bytes + 2 * MIB);
	run(&small); /* and the runs don't see each other */
	assert_true(small.peak_rss_bytes < 20 * MIB);
}

struct attached {
	int pid, drains, pipe[2];
	char exe[4096];
};

static int note_attach(void *context, int pid)
{
	struct attached *attached = context;
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	attached->pid = pid;
	assert_true(readlink(path, attached->exe, sizeof attached->exe - 1) > 0);
	usleep(50000);
	return -1; /* the run goes on without */
}

static void note_drain(void *context)
{
	struct attached *attached = context;
	char data[16];
	struct pollfd ready = {attached->pipe[0], POLLIN, 0};
	if (poll(&ready, 1, 0) > 0 && ready.revents & POLLIN)
		assert_true(read(attached->pipe[0], data, sizeof data) > 0);
	attached->drains++;
}

static void test_attach_and_drain(void **state)
{
	(void)state;
	struct attached attached = {0};
	assert_int_equal(pipe(attached.pipe), 0);
	assert_int_equal(write(attached.pipe[1], "x", 1), 1);
	close(attached.pipe[1]); /* a hang-up that stays must not keep the loop spinning */
	struct subprocess_run r = RUN((char *)"sleep", (char *)"200");
	r.attach = note_attach;
	r.drain = note_drain;
	r.drain_fd = attached.pipe[0];
	r.context = &attached;
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	run(&r);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(r.status, 0);
	assert_true(attached.pid > 0);
	assert_int_equal(attached.drains, 2); /* once while it ran, once after */
	assert_true(r.wall_ns >= 200000000 && r.wall_ns < 10000000000);
	uint64_t used = (uint64_t)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 + (uint64_t)after.ru_utime.tv_usec -
			(uint64_t)before.ru_utime.tv_usec;
	assert_true(used < 100000);
	close(attached.pipe[0]);
}

/* Those of ours, which are none of the programs: they have ended. */
static size_t signal_helpers(int signal_number)
{
	char path[64];
	size_t count = 0;
	int child;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	FILE *children = fopen(path, "r");
	while (children && fscanf(children, "%d", &child) == 1) {
		kill(child, signal_number);
		count++;
	}
	if (children)
		fclose(children);
	return count;
}

/* Programs that are known to be large borrow memory until exec; what can't be had so is made in the other way. */
static void test_borrowed(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	struct attached attached = {0};
	char *long_text = xmalloc(60001);
	memset(long_text, 'a', 60000);
	long_text[60000] = 0;
	struct subprocess_run large = RUN((char *)"hold", (char *)"50"), small = RUN((char *)"exit", (char *)"0");
	struct subprocess_run gated = RUN((char *)"exit", (char *)"3"), lengthy = RUN((char *)"exit", (char *)"4", long_text);
	run(&large);
	large.earlier_peak_bytes = gated.earlier_peak_bytes = lengthy.earlier_peak_bytes = large.peak_rss_bytes;
	gated.attach = note_attach;
	gated.context = &attached;
	for (int i = 0; i < 3; i++) {
		run(&large);
		run(&large);
		assert_int_equal(large.status, 0);
		assert_true(large.peak_rss_bytes >= 50 * MIB && large.peak_rss_bytes < 60 * MIB);
		run(&small);
		assert_true(small.status == 0 && small.peak_rss_bytes < 20 * MIB);
		run(&large);
		run(&gated);
		assert_int_equal(WEXITSTATUS(gated.status), 3);
		run(&large);
		run(&lengthy);
		assert_int_equal(WEXITSTATUS(lengthy.status), 4);
		run(&large);
		/* What reaches the runner is not the program's; SIGTSTP would stop it for good. */
		assert_true(signal_helpers(SIGTSTP) <= 1);
		run(&large);
		assert_true(WIFEXITED(large.status) && WEXITSTATUS(large.status) == 0);
		run(&large);
	}
	signal_helpers(SIGKILL); /* the runner too */
	run(&large);
	assert_int_equal(large.status, 0);
	struct subprocess_run missing = {.argv = (char *[]){(char *)"/nowhere/program", NULL}, .output_fd = -1, .drain_fd = -1};
	struct err err = {0};
	missing.earlier_peak_bytes = large.peak_rss_bytes;
	assert_int_equal(subprocess_run(&missing, &err), -1);
	assert_string_equal(err.what, "cannot start the program: No such file or directory");
	err_free(&err);
	run(&large);
	assert_int_equal(large.status, 0);
	free(long_text);
}

static void nothing(int signal_number)
{
	(void)signal_number;
}

/* Made here, with our memory until exec: all but the peak is as ever, and our handlers and descriptors are none of the program's. */
static void test_direct(void **state)
{
	(void)state;
	struct subprocess_run once = RUN((char *)"exit", (char *)"7"), held = RUN((char *)"hold", (char *)"20");
	struct subprocess_run inherits = RUN((char *)"surroundings"), missing = {.argv = (char *[]){(char *)"/nowhere/program", NULL}};
	struct err err = {0};
	char here[4096];
	int open_here = dup(1);
	assert_non_null(getcwd(here, sizeof here));
	setenv("EXPECTED_DIRECTORY", here, 1);
	once.no_peak = held.no_peak = inherits.no_peak = missing.no_peak = true;
	missing.output_fd = missing.drain_fd = -1;
	signal(SIGUSR1, nothing);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		run(&once);
		assert_int_equal(WEXITSTATUS(once.status), 7);
		run(&held);
		assert_int_equal(held.status, 0);
		assert_true(held.peak_rss_bytes == SUBPROCESS_UNKNOWN && held.wall_ns > 0);
		run(&inherits);
		assert_int_equal(inherits.status, 0);
		assert_int_equal(subprocess_run(&missing, &err), -1);
		assert_string_equal(err.what, "cannot start the program: No such file or directory");
		err_free(&err);
	}
	struct sigaction action;
	sigaction(SIGUSR1, NULL, &action);
	if (!SANITIZED) /* TSan keeps handlers in memory of its own, which is shared here */
		assert_true(action.sa_handler == nothing);
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_true(sigisemptyset(&mask));
	signal(SIGUSR1, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	close(open_here);
}

static void test_interrupt(void **state)
{
	(void)state;
	struct subprocess_run once = RUN((char *)"interrupt_parent", (char *)"1");
	struct sigaction action;
	run(&once);
	assert_true(once.interrupted);
	assert_int_equal(WEXITSTATUS(once.status), 42);
	sigaction(SIGINT, NULL, &action);
	assert_true(action.sa_handler == SIG_DFL);
	/* what was ignored before stays ignored */
	signal(SIGINT, SIG_IGN);
	struct subprocess_run ignored = RUN((char *)"interrupt_parent", (char *)"1");
	run(&ignored);
	signal(SIGINT, SIG_DFL);
	assert_false(ignored.interrupted);
	assert_int_equal(WEXITSTATUS(ignored.status), 1);
}

/* ---- stdin ---------------------------------------------------------------------------------------------------------------------- */

static struct subprocess_stdin *open_stdin(void)
{
	struct err err = {0};
	struct subprocess_stdin *input = subprocess_stdin_open(&err);
	assert_non_null(input);
	return input;
}

/* What `count` printed about the stdin of one run. */
static void assert_counts(struct subprocess_stdin *input, uint64_t bytes, uint64_t sum)
{
	char path[] = "/tmp/test_subprocess-XXXXXX", printed[64] = "", expected[64];
	int fd = mkstemp(path);
	struct subprocess_run r = RUN((char *)"count");
	r.output_fd = fd;
	r.input = input;
	run(&r);
	assert_true(pread(fd, printed, sizeof printed - 1, 0) > 0);
	snprintf(expected, sizeof expected, "%llu %llu\n", (unsigned long long)bytes, (unsigned long long)sum);
	assert_string_equal(printed, expected);
	close(fd);
	unlink(path);
}

static void test_stdin_null_and_closed(void **state)
{
	(void)state;
	assert_counts(NULL, 0, 0);
	take_stdin(open("/dev/null", O_RDONLY));
	close(0);
	struct subprocess_stdin *input = open_stdin();
	assert_counts(input, 0, 0);
	assert_counts(input, 0, 0);
	subprocess_stdin_close(input);
	give_stdin_back();
}

static void test_stdin_file(void **state)
{
	(void)state;
	char path[] = "/tmp/test_subprocess-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "skipped12345", 12), 12);
	lseek(fd, 7, SEEK_SET);
	unlink(path);
	take_stdin(fd);
	struct subprocess_stdin *input = open_stdin();
	for (int i = 0; i < 3; i++)
		assert_counts(input, 5, '1' + '2' + '3' + '4' + '5');
	subprocess_stdin_close(input);
	give_stdin_back();
}

static pid_t feed_pipe(size_t bytes, unsigned pause_us)
{
	int pair[2];
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char *size = xasprintf("%zu", bytes), *fd = xasprintf("%d", pair[1]);
		close(pair[0]);
		signal(SIGPIPE, SIG_DFL);
		usleep(pause_us);
		_exit(role_flood((char *[]){size, fd, NULL}));
	}
	close(pair[1]);
	take_stdin(pair[0]);
	return pid;
}

static void test_stdin_pipe_replayed(void **state)
{
	(void)state;
	size_t bytes = 3 * MIB + 17;
	pid_t feeder = feed_pipe(bytes, 50000);
	struct subprocess_stdin *input = open_stdin();
	struct subprocess_run some = RUN((char *)"take", (char *)"10");
	some.input = input;
	run(&some); /* the first run stops reading early; nothing is lost for the next */
	assert_int_equal(some.status, 0);
	for (int i = 0; i < 3; i++)
		assert_counts(input, bytes, bytes * 'x');
	subprocess_stdin_close(input);
	give_stdin_back();
	waitpid(feeder, NULL, 0);
}

static void test_stdin_idle_pipe(void **state)
{
	(void)state;
	int pair[2];
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	take_stdin(pair[0]);
	struct subprocess_stdin *input = open_stdin();
	struct subprocess_run r = RUN((char *)"exit", (char *)"3"), waits = RUN((char *)"count");
	r.input = waits.input = input;
	run(&r); /* nobody writes, nobody reads: no hang */
	assert_int_equal(WEXITSTATUS(r.status), 3);
	waits.timeout_seconds = 0.2; /* one that does read waits, and the timeout still works */
	run(&waits);
	assert_true(waits.timed_out);
	assert_int_equal(write(pair[1], "abc", 3), 3);
	struct subprocess_run three = RUN((char *)"take", (char *)"3");
	three.input = input;
	run(&three);
	assert_int_equal(three.status, 0);
	run(&three); /* the replay, with the pipe still open */
	assert_int_equal(three.status, 0);
	subprocess_stdin_close(input);
	give_stdin_back();
	close(pair[1]);
}

static void read_terminal(const char *tty)
{
	struct err err = {0};
	int fd = open(tty, O_RDWR); /* becomes the controlling terminal of the new session */
	dup2(fd, 0);
	struct subprocess_stdin *input = subprocess_stdin_open(&err);
	struct subprocess_run r = RUN((char *)"is_terminal");
	r.input = input;
	r.timeout_seconds = 10;
	int failed = subprocess_run(&r, &err) < 0 || r.status != 0;
	subprocess_stdin_close(input);
	_exit(failed);
}

static void test_stdin_terminal(void **state)
{
	(void)state;
	int master, slave, status;
	char name[256];
	if (openpty(&master, &slave, name, NULL, NULL) < 0)
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		read_terminal(name);
	}
	assert_int_equal(write(master, "hello\n", 6), 6);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(master);
	close(slave);
}

/* ---- captured tools --------------------------------------------------------------------------------------------------------------- */

static void test_capture(void **state)
{
	(void)state;
	struct err err = {0};
	struct subprocess_output output;
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)"pwd; cat; echo oops >&2; exit 3", NULL};
	assert_int_equal(subprocess_capture(argv, "/usr", &output, &err), 0);
	assert_string_equal(output.out, "/usr\n");
	assert_string_equal(output.err, "oops\n");
	assert_int_equal(output.err_size, 5);
	assert_int_equal(WEXITSTATUS(output.status), 3);
	assert_false(output.truncated);
	subprocess_output_free(&output);
	char *missing_argv[] = {(char *)"no-such-tool-here", NULL};
	assert_int_equal(subprocess_capture(missing_argv, NULL, &output, &err), -1);
	assert_non_null(strstr(err.what, "No such file"));
	assert_string_equal(err.where, "no-such-tool-here");
	subprocess_output_free(&output);
}

static void test_capture_too_much(void **state)
{
	(void)state;
	struct err err = {0};
	struct subprocess_output output;
	char *argv[] = {self, (char *)"flood", (char *)"40000000", NULL};
	assert_int_equal(subprocess_capture(argv, NULL, &output, &err), 0);
	assert_int_equal(output.status, 0); /* it could print all of it */
	assert_int_equal(output.out_size, 16 * MIB);
	assert_true(output.truncated);
	subprocess_output_free(&output);
}

static void test_capture_background(void **state)
{
	(void)state;
	struct err err = {0};
	struct subprocess_output output;
	char *argv[] = {self, (char *)"background", NULL};
	uint64_t start = now_ms();
	assert_int_equal(subprocess_capture(argv, NULL, &output, &err), 0);
	assert_string_equal(output.out, "done");
	assert_true(now_ms() - start < 15000);
	subprocess_output_free(&output);
}

static void test_capture_with_ignored_sigchld(void **state)
{
	(void)state;
	struct err err = {0};
	struct subprocess_output output;
	struct subprocess_run r = RUN((char *)"exit", (char *)"9");
	char *argv[] = {self, (char *)"exit", (char *)"9", NULL};
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(subprocess_capture(argv, NULL, &output, &err), 0);
	assert_int_equal(WEXITSTATUS(output.status), 9);
	run(&r);
	assert_int_equal(WEXITSTATUS(r.status), 9);
	assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
	subprocess_output_free(&output);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_cannot_start),
	    cmocka_unit_test(test_not_a_program),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_queued),
	    cmocka_unit_test(test_timeout_reaches_descendants),
	    cmocka_unit_test(test_timeout_is_gentle_first),
	    cmocka_unit_test(test_gigabytes_of_output),
	    cmocka_unit_test(test_output_fd),
	    cmocka_unit_test(test_surroundings),
	    cmocka_unit_test(test_environment),
	    cmocka_unit_test(test_many_arguments),
	    cmocka_unit_test(test_peak_rss),
	    cmocka_unit_test(test_attach_and_drain),
	    cmocka_unit_test(test_borrowed),
	    cmocka_unit_test(test_direct),
	    cmocka_unit_test(test_interrupt),
	    cmocka_unit_test(test_stdin_null_and_closed),
	    cmocka_unit_test(test_stdin_file),
	    cmocka_unit_test(test_stdin_pipe_replayed),
	    cmocka_unit_test(test_stdin_idle_pipe),
	    cmocka_unit_test(test_stdin_terminal),
	    cmocka_unit_test(test_capture),
	    cmocka_unit_test(test_capture_too_much),
	    cmocka_unit_test(test_capture_background),
	    cmocka_unit_test(test_capture_with_ignored_sigchld),
	};
	if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
		return 1;
	for (size_t i = 0; argc > 1 && i < COUNT(roles); i++)
		if (strcmp(argv[1], roles[i].name) == 0) {
			int status = roles[i].run(argv + 2);
			fflush(NULL);
			_exit(status); /* without the leak checker, which works in a thread that would be taken for the role's */
		}
	/* whoever runs the tests in the background may ignore these, and that is inherited */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
