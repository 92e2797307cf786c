/* test_runtime.c - the runtime's files, places and promises. Each case runs in a process of its own: the runtime starts once. */
#include "rprof.h"
#include "rprof_internal.h"
#include "rprof_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SLOTS	  7u
#define FUNCTIONS 3u

static const char table[] = "rprof-table 1\nfn\t0\t0\tfn\tt\t1\t1\t1\t1\tmain\n";
static _Alignas(64) uint8_t spare[64 + 64 + 32 * FUNCTIONS];
static const struct rprof_program program = {
    .abi = RPROF_ABI,
    .slots = SLOTS,
    .functions = FUNCTIONS,
    .table_size = sizeof(table) - 1,
    .table = (const uint8_t *)table,
    .spare = (struct rprof_raw_thread *)(void *)spare,
};
static const struct rprof_program other = {
    .abi = RPROF_ABI,
    .slots = 1,
    .table_size = 0,
    .table = (const uint8_t *)"",
    .spare = (struct rprof_raw_thread *)(void *)spare,
};
static _Thread_local struct rprof_raw_thread *home, *other_home;

#define NOT_HERE 77 /* exit status of a case that the system does not let happen */

/* In a child a failed check ends it; the parent sees the line. */
#define CHECK(condition)                                                                                                                   \
	do {                                                                                                                               \
		if (!(condition)) {                                                                                                        \
			dprintf(STDERR_FILENO, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                             \
			_exit(99);                                                                                                         \
		}                                                                                                                          \
	} while (0)

/* ---- reading back ------------------------------------------------------------------------------------------------------- */
struct walk {
	unsigned tables, threads;
	uint64_t sum[2]; /* of counter 0, by program */
	struct rprof_raw_header header;
	struct rprof_time time; /* of function 0 in the first thread of program 0 */
	uint32_t current;
};

static struct walk walk(const char *path)
{
	struct walk found = {0};
	static _Alignas(64) uint8_t data[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	ssize_t size = read(fd, data, sizeof(data));
	close(fd);
	CHECK(size >= (ssize_t)sizeof(found.header));
	memcpy(&found.header, data, sizeof(found.header));
	CHECK(memcmp(found.header.magic, RPROF_RAW_MAGIC, 8) == 0 && found.header.version == RPROF_RAW_VERSION);
	CHECK(found.header.end <= (uint64_t)size && found.header.first == found.header.page);
	CHECK(found.header.last_ticks > found.header.start_ticks && found.header.last_ns > found.header.start_ns);
	for (uint64_t at = found.header.first; at < found.header.end;) {
		const struct rprof_raw_chunk *chunk = (const void *)(data + at);
		CHECK(chunk->length > 0 && chunk->length % found.header.page == 0 && chunk->size <= chunk->length - sizeof(*chunk));
		if (chunk->kind == RPROF_CHUNK_TABLE) {
			CHECK(chunk->program == found.tables++);
			CHECK(chunk->size == 0 || (chunk->size == program.table_size && memcmp(chunk + 1, table, chunk->size) == 0));
		} else {
			const struct rprof_raw_thread *thread = (const void *)(chunk + 1);
			CHECK(chunk->kind == RPROF_CHUNK_THREAD && chunk->program < 2 && chunk->program < found.tables);
			CHECK(chunk->size == thread->times_offset + thread->functions * sizeof(struct rprof_time));
			if (found.threads++ == 0 && thread->functions > 0) {
				found.time = *(const struct rprof_time *)(const void *)((const uint8_t *)thread + thread->times_offset);
				found.current = thread->current;
			}
			found.sum[chunk->program] += thread->counters[0];
		}
		at += chunk->length;
	}
	return found;
}

static bool exists(const char *path)
{
	struct stat info;
	return lstat(path, &info) == 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static bool holds(const char *path, const char *text)
{
	char data[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd >= 0 ? read(fd, data, sizeof(data)) : -1;
	close(fd);
	return size == (ssize_t)strlen(text) && memcmp(data, text, (size_t)size) == 0;
}

static void count(void)
{
	if (home == NULL)
		CHECK(rprof_thread(&program, &home) == home && home != NULL);
	home->counters[0]++;
}

/* ---- names ---------------------------------------------------------------------------------------------------------------- */
static void expands(void **state)
{
	static const struct {
		const char *pattern, *path;
		int found;
	} cases[] = {
	    {"raw", "raw", 0},
	    {"", "", 0},
	    {"a.%p.b", "a.42.b", RPROF_HAS_PID},
	    {"%n", "7", RPROF_HAS_COUNT},
	    {"%p%n%p", "42742", RPROF_HAS_PID | RPROF_HAS_COUNT},
	    {"100%%", "100%", 0},
	    {"%%p", "%p", 0},
	    {"%x%", "%x%", 0},
	    {"%", "%", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[64];
		assert_int_equal(rprof_name_expand(cases[i].pattern, 42, 7, out, sizeof(out)), cases[i].found);
		assert_string_equal(out, cases[i].path);
	}
	char largest[32], small[4];
	assert_int_equal(rprof_name_expand("%p", UINT64_MAX, 0, largest, sizeof(largest)), RPROF_HAS_PID);
	assert_string_equal(largest, "18446744073709551615");
	assert_int_equal(rprof_name_expand("abc", 0, 0, small, sizeof(small)), 0);
	assert_int_equal(rprof_name_expand("abcd", 0, 0, small, sizeof(small)), -1);
	assert_int_equal(rprof_name_expand("x", 0, 0, small, 0), -1);
}

/* ---- one process each, in an empty directory ------------------------------------------------------------------------------ */
static void fixed_name(void)
{
	count();
	struct walk found = walk("raw");
	CHECK(found.tables == 1 && found.threads == 1 && found.sum[0] == 1);
	CHECK(found.header.pid == (uint64_t)getpid() && found.header.state == RPROF_RUNNING);
	CHECK(rprof_thread(&other, &other_home) != NULL);
	other_home->counters[0] = 5;
	found = walk("raw");
	CHECK(found.tables == 2 && found.threads == 2 && found.sum[0] == 1 && found.sum[1] == 5);
}

static void default_name(void)
{
	char path[64];
	unsetenv("RUCHY_PROF_FILE");
	count();
	snprintf(path, sizeof(path), "ruchy-prof.%d.raw", (int)getpid());
	CHECK(walk(path).sum[0] == 1);
}

static void first_free_count(void)
{
	write_file("1.raw", "mine");
	write_file("2.raw", "");
	CHECK(symlink("nowhere", "3.raw") == 0);
	setenv("RUCHY_PROF_FILE", "%n.raw", 1);
	count();
	CHECK(walk("4.raw").sum[0] == 1 && holds("1.raw", "mine") && holds("2.raw", "") && !exists("nowhere"));
}

static void pid_taken(void)
{
	char path[64], next[64];
	snprintf(path, sizeof(path), "%d.raw", (int)getpid());
	snprintf(next, sizeof(next), "%d.raw.1", (int)getpid());
	write_file(path, "mine");
	setenv("RUCHY_PROF_FILE", "%p.raw", 1);
	count();
	CHECK(walk(next).sum[0] == 1 && holds(path, "mine"));
}

static void empty_file_is_taken(void)
{
	write_file("raw", "");
	count();
	CHECK(walk("raw").sum[0] == 1);
}

/* A profile of an earlier run is replaced, one that is being written is not. */
static void old_raw_file(void)
{
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			count();
			_exit(0);
		}
		CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid);
	}
	char beside[64];
	int ready[2], stop[2];
	CHECK(pipe(ready) == 0 && pipe(stop) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		char byte;
		close(stop[1]);
		count();
		CHECK(write(ready[1], "x", 1) == 1 && read(stop[0], &byte, 1) == 0);
		count();
		CHECK(walk("raw").sum[0] == 2);
		_exit(0);
	}
	char byte;
	CHECK(read(ready[0], &byte, 1) == 1);
	snprintf(beside, sizeof(beside), "raw.%d", (int)getpid());
	count();
	CHECK(walk("raw").header.pid == (uint64_t)pid && walk(beside).sum[0] == 1);
	int status = 0;
	close(stop[1]);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void foreign_file(void)
{
	write_file("raw", "RPROFRA but mine");
	count();
	CHECK(holds("raw", "RPROFRA but mine"));
}

/* Another process that has made its file and not yet its header holds the lock; zeros that nobody locks are somebody's own. */
static void begun_file(void)
{
	char beside[64];
	int fd = open("raw", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	CHECK(fd >= 0 && ftruncate(fd, 8192) == 0 && flock(fd, LOCK_EX) == 0);
	snprintf(beside, sizeof(beside), "raw.%d", (int)getpid());
	count();
	CHECK(walk(beside).sum[0] == 1);
	struct stat info;
	CHECK(fstat(fd, &info) == 0 && info.st_nlink == 1 && info.st_size == 8192);
}

static void foreign_zeros(void)
{
	struct stat info;
	write_file("raw", "");
	CHECK(truncate("raw", 8192) == 0);
	count();
	CHECK(stat("raw", &info) == 0 && info.st_size == 8192);
}

static void foreign_symlink(void)
{
	write_file("target", "");
	CHECK(symlink("target", "raw") == 0);
	count();
	CHECK(holds("target", ""));
}

static void foreign_fifo(void)
{
	CHECK(mkfifo("raw", 0666) == 0);
	count();
}

static void no_directory(void)
{
	setenv("RUCHY_PROF_FILE", "none/raw", 1);
	count();
	count();
	CHECK(home->counters[0] == 2 && rprof_short_span() > 0);
}

static void name_too_long(void)
{
	static char name[PATH_MAX + 10];
	memset(name, 'x', sizeof(name) - 1);
	setenv("RUCHY_PROF_FILE", name, 1);
	count();
}

static void file_size_limit(void)
{
	const struct rlimit none = {.rlim_cur = 4096 * 2, .rlim_max = 4096 * 2};
	CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
	count();
	CHECK(rprof_thread(&other, &other_home) != NULL);
	struct walk found = walk("raw");
	CHECK(found.tables == 1 && found.threads == 0 && found.header.lost_threads == 2);
}

static void no_file_at_all(void)
{
	const struct rlimit none = {.rlim_cur = 100, .rlim_max = 100};
	CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
	count();
	CHECK(!exists("raw"));
}

static void no_memory(void)
{
	const struct rlimit none = {.rlim_cur = 4096, .rlim_max = 4096};
	struct rlimit now;
	CHECK(setrlimit(RLIMIT_AS, &none) == 0);
	if (getrlimit(RLIMIT_AS, &now) == 0 && now.rlim_cur != none.rlim_cur)
		_exit(NOT_HERE); /* qemu-user keeps this limit to itself */
	count();
	CHECK(home == program.spare);
}

static void wrong_abi(void)
{
	static struct rprof_program newer;
	newer = program;
	newer.abi = RPROF_ABI + 1;
	struct rprof_raw_thread *thread = rprof_thread(&newer, &home);
	thread->counters[SLOTS - 1]++;
	struct walk found = walk("raw");
	CHECK(found.tables == 0 && found.header.lost_threads == 1);
}

static void keeps_what_is_the_programs(void)
{
	sigset_t before, after;
	void (*handlers[32])(int) = {0};
	for (int number = 1; number < 32; number++) {
		struct sigaction action = {0};
		sigaction(number, NULL, &action);
		handlers[number] = action.sa_handler;
	}
	int lowest = dup(STDIN_FILENO);
	close(lowest);
	sigemptyset(&before);
	sigaddset(&before, SIGUSR2);
	CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	errno = EXDEV;
	setenv("RUCHY_PROF_FILE", "none/raw", 1); /* the way with the most failing calls */
	count();
	CHECK(errno == EXDEV);
	CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
	CHECK(sigismember(&after, SIGUSR2) == 1 && sigismember(&after, SIGUSR1) == 0);
	for (int number = 1; number < 32; number++) {
		struct sigaction action = {0};
		sigaction(number, NULL, &action);
		CHECK(action.sa_handler == handlers[number]);
	}
	int now = dup(STDIN_FILENO);
	CHECK(now == lowest);
}

static void leaves_low_descriptors(void)
{
	int lowest = dup(STDIN_FILENO);
	close(lowest);
	errno = EXDEV;
	count();
	CHECK(errno == EXDEV);
	int now = dup(STDIN_FILENO);
	CHECK(now == lowest);
}

/* ---- threads -------------------------------------------------------------------------------------------------------------- */
static pthread_key_t late_key;
static bool first_round = true;

/* A destructor of the program's own, which counts once in each round. */
static void count_late(void *value)
{
	count();
	if (first_round)
		pthread_setspecific(late_key, value);
	first_round = false;
}

static void *count_in_thread(void *unused)
{
	count();
	struct rprof_time *times = (void *)((uint8_t *)home + home->times_offset);
	times[0].start = rprof_ticks();
	home->current = 0;
	home->last = times[0].start;
	return unused;
}

static void *count_with_destructor(void *unused)
{
	pthread_setspecific(late_key, &late_key);
	count();
	return unused;
}

static void run_thread(void *(*body)(void *))
{
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, body, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

static void ended_threads(void)
{
	for (int i = 0; i < 100; i++)
		run_thread(count_in_thread);
	struct walk found = walk("raw");
	CHECK(found.threads == 1 && found.sum[0] == 100);
	/* the span that each left open was closed for it */
	CHECK(found.time.spans == 100 && found.time.start == RPROF_IDLE && found.time.total >= found.time.self);
	CHECK(found.time.self > 0 && found.current == RPROF_NO_FUNCTION);
}

static void counts_in_destructors(void)
{
	CHECK(pthread_key_create(&late_key, count_late) == 0);
	run_thread(count_with_destructor);
	count();
	struct walk found = walk("raw");
	CHECK(found.sum[0] == 4 && found.threads == 1);
}

static void exit_state(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		count();
		exit(3);
	}
	int status = 0;
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
	struct walk found = walk("raw");
	CHECK(found.header.state == RPROF_EXITED && found.sum[0] == 1);
}

static void forked_child(void)
{
	char beside[64];
	count();
	pid_t pid = fork();
	if (pid == 0) {
		errno = 0;
		for (int i = 0; i < 10; i++)
			count();
		run_thread(count_in_thread);
		_exit(0);
	}
	int status = 0;
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	snprintf(beside, sizeof(beside), "raw.%d", (int)pid);
	struct walk parent = walk("raw"), child = walk(beside);
	CHECK(parent.sum[0] == 1 && parent.threads == 1 && parent.header.pid == (uint64_t)getpid());
	CHECK(child.sum[0] == 11 && child.threads == 2 && child.header.pid == (uint64_t)pid);
}

/* A child that finds no space must not go on in its parent's file. */
static void forked_without_space(void)
{
	const struct rlimit none = {.rlim_cur = 100, .rlim_max = 100};
	count();
	pid_t pid = fork();
	if (pid == 0) {
		CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
		pid_t grandchild = fork();
		if (grandchild == 0) {
			count();
			_exit(0);
		}
		int status = 0;
		CHECK(waitpid(grandchild, &status, 0) == grandchild);
		_exit(status != 0);
	}
	int status = 0;
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(walk("raw").sum[0] == 1);
}

static const struct {
	const char *name;
	void (*run)(void);
	const char *line; /* end of the only line on stderr, NULL = none */
} processes[] = {
    {"fixed name", fixed_name, NULL},
    {"default name", default_name, NULL},
    {"first free count", first_free_count, NULL},
    {"pid taken", pid_taken, NULL},
    {"empty file is taken", empty_file_is_taken, NULL},
    {"old raw file", old_raw_file, NULL},
    {"foreign file", foreign_file, "raw: File exists\n"},
    {"begun file", begun_file, NULL},
    {"foreign zeros", foreign_zeros, "raw: File exists\n"},
    {"foreign symlink", foreign_symlink, "raw: Too many levels of symbolic links\n"},
    {"foreign fifo", foreign_fifo, "raw: File exists\n"},
    {"no directory", no_directory, "none/raw: No such file or directory\n"},
    {"name too long", name_too_long, ": File name too long\n"},
    {"file size limit", file_size_limit, "raw: File too large\n"},
    {"no file at all", no_file_at_all, "raw: File too large\n"},
    {"no memory", no_memory, "raw: Cannot allocate memory\n"},
    {"wrong abi", wrong_abi, NULL},
    {"keeps what is the program's", keeps_what_is_the_programs, "none/raw: No such file or directory\n"},
    {"leaves low descriptors", leaves_low_descriptors, NULL},
    {"ended threads", ended_threads, NULL},
    {"counts in destructors", counts_in_destructors, NULL},
    {"exit state", exit_state, NULL},
    {"forked child", forked_child, NULL},
    {"forked without space", forked_without_space, ": File too large\n"},
};

static void check_line(const char *name, const char *said, const char *expected)
{
	size_t length = strlen(said);
	if (expected == NULL && length == 0)
		return;
	size_t tail = expected != NULL ? strlen(expected) : 0;
	if (expected == NULL || length < tail || strcmp(said + length - tail, expected) != 0 || strchr(said, '\n') != said + length - 1)
		fail_msg("%s: stderr is \"%s\"", name, said);
}

static void run_process(const char *name, void (*run)(void), const char *line)
{
	char directory[] = "/tmp/test_runtime.XXXXXX", command[64], said[PATH_MAX + 1024] = "";
	int pipes[2], status = 0;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(pipes[1], STDERR_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		setenv("RUCHY_PROF_FILE", "raw", 1);
		CHECK(chdir(directory) == 0);
		run();
		_exit(0);
	}
	close(pipes[1]);
	size_t used = 0;
	for (ssize_t got = 1; got > 0 && used < sizeof(said) - 1; used += (size_t)got)
		if ((got = read(pipes[0], said + used, sizeof(said) - 1 - used)) < 0)
			break;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	assert_int_equal(system(command), 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_HERE) {
		printf("# %s: not possible here\n", name);
		fflush(stdout);
		return;
	}
	if (status != 0)
		fail_msg("%s: status %#x, stderr \"%s\"", name, (unsigned)status, said);
	check_line(name, said, line);
}

static void in_processes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++)
		run_process(processes[i].name, processes[i].run, processes[i].line);
}

/* ---- clock ---------------------------------------------------------------------------------------------------------------- */
static void clock_runs(void **state)
{
	(void)state;
	struct rprof_pair first = rprof_clock_pair(), last = first;
	assert_true(first.ticks > RPROF_OFF);
	while (last.ns - first.ns < 20000000) {
		struct rprof_pair next = rprof_clock_pair();
		assert_true(next.ns >= last.ns && next.ticks >= last.ticks);
		last = next;
	}
	/* Rates of two halves agree: the counter runs evenly against the kernel's clock. */
	struct rprof_pair end = last;
	while (end.ns - last.ns < 20000000)
		end = rprof_clock_pair();
	double one = (double)(last.ticks - first.ticks) / (double)(last.ns - first.ns);
	double two = (double)(end.ticks - last.ticks) / (double)(end.ns - last.ns);
	assert_true(one / two > 0.99 && one / two < 1.01);
	uint64_t rate = rprof_clock_rate();
	assert_true(rate == 0 || (one * 1e9 / (double)rate > 0.98 && one * 1e9 / (double)rate < 1.02));
	assert_true(rprof_inline_clock() == (rprof_clock_kind() != RPROF_CLOCK_OS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expands),
	    cmocka_unit_test(in_processes),
	    cmocka_unit_test(clock_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
