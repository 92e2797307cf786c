/*
 * bench_repeat.c - a run of a millisecond is mostly the start of a process, and the clock sees the scheduler more than the program. Such a
 * program is run many times in a row by a process that does nothing else, and the whole is timed.
 */
#include "bench.h"
#include "strbuf.h"
#include "subprocess.h"
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WANTED_NS 20e6 /* of one run of all repetitions */
#define SHORT_NS  5e6  /* what takes longer is run alone */
#define MOST	  1000

/* ---- as the repeater ------------------------------------------------------------------------------------------------------------- */

/* CPU time beside the first thread's that is no other thread's: the start of the process, rounding. */
#define OTHER_NS    500000u
#define OTHER_SHARE 50

struct schedule {
	bool known;
	uint64_t run_ns, queued_ns;
};

static struct schedule schedule_of(int pid)
{
	struct schedule s = {0};
	char path[64];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
	file = fopen(path, "re");
	s.known = file && fscanf(file, "%" SCNu64 " %" SCNu64, &s.run_ns, &s.queued_ns) == 2;
	if (file)
		fclose(file);
	return s;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static _Noreturn void end_like(int status)
{
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

/*
 * One run. *busy_ns: its time without what it, or we after its end, waited for a CPU; -1 when that is not known. What we wait between its
 * start and our falling asleep is not taken off: meanwhile it runs.
 */
static int run_once(char **argv, double *busy_ns)
{
	uint64_t start = now_ns(), end, cpu;
	bool known;
	struct schedule before, after, child;
	struct rusage usage;
	siginfo_t info;
	pid_t pid;
	int status = 0;

	if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return -1;
	before = schedule_of(getpid());
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	end = now_ns();
	after = schedule_of(getpid());
	child = schedule_of(pid);
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	cpu = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	      (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	cpu = cpu > child.run_ns ? cpu - child.run_ns : 0;
	known = before.known && after.known && child.known && (cpu <= OTHER_NS || cpu <= child.run_ns / OTHER_SHARE);
	after.queued_ns += child.queued_ns - before.queued_ns;
	*busy_ns = known && end - start > after.queued_ns ? (double)(end - start - after.queued_ns) : -1;
	return status;
}

/* As long as all runs would have taken, had each been like the one in the middle; 0 when less than half of them are known. */
static void report(const char *path, double *busy_ns, size_t known, size_t count)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fprintf(file, "%.0f\n", 2 * known > count ? stats_median(busy_ns, known) * (double)count : 0);
		fclose(file);
	}
}

int bench_repeat_main(int argc, char **argv)
{
	unsigned long count = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	double *busy_ns = xcalloc(count + 1, sizeof *busy_ns);
	size_t known = 0;

	for (unsigned long i = 0; i < count; i++) {
		int status;

		lseek(STDIN_FILENO, 0, SEEK_SET);
		status = run_once(argv + 3, &busy_ns[known]);
		known += busy_ns[known] > 0;
		if (status < 0)
			return 126;
		if (status != 0)
			end_like(status);
	}
	if (count > 0)
		report(argv[2], busy_ns, known, count);
	free(busy_ns);
	return count > 0 ? 0 : ERR_USAGE;
}

/* ---- as the one who decides ------------------------------------------------------------------------------------------------------- */

/* What comes through a pipe is there once a run. */
static bool input_can_rewind(void)
{
	struct stat st;

	return fstat(STDIN_FILENO, &st) == 0 && (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode));
}

static int repeat(struct bench_subject *subject, uint64_t times, struct err *err)
{
	char *link = xasprintf("%s/" BENCH_REPEATER, subject->directory);
	char ours[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", ours, sizeof ours - 1);
	size_t count = 0;
	char **argv;

	if (size <= 0 || (ours[size] = '\0', symlink(ours, link) != 0)) {
		err_set(err, link, NULL, "cannot make the repeater: %s", strerror(errno));
		free(link);
		return -1;
	}
	while (subject->argv[count])
		count++;
	argv = xcalloc(count + 4, sizeof *argv);
	argv[0] = link;
	argv[1] = xasprintf("%llu", (unsigned long long)times);
	argv[2] = xasprintf("%s/busy", subject->directory);
	memcpy(argv + 3, subject->argv, count * sizeof *argv);
	free(subject->argv);
	subject->argv = argv;
	subject->repeats = times;
	subject->warm = 0;
	return 0;
}

int bench_subjects_repeat(struct bench_subject *subjects, size_t count, const struct bench_options *options, struct subprocess_stdin *input,
			  struct err *err)
{
	struct race_entrant *entrants = xcalloc(count, sizeof *entrants);
	struct race_options race_options = {
	    .max_rounds = 3, .timeout_seconds = options->timeout, .no_peaks = options->no_peaks, .input = input};
	struct race_result result;
	double longest = 0;
	int status = 0;

	for (size_t i = 0; i < count; i++)
		entrants[i] = (struct race_entrant){.name = subjects[i].path, .argv = subjects[i].argv};
	race_options.max_seconds = 4 * SHORT_NS / 1e9; /* of a long program one round is enough to know */
	status = race(entrants, count, &race_options, &result, err);
	if (status == 0 && result.failed)
		status = bench_run_failed(result.failed, options, err) < 0 ? 1 : 0;
	for (size_t i = 0; status == 0 && i < count; i++) {
		double *wall = race_figures(&entrants[i], RACE_WALL), least = stats_quantile(wall, entrants[i].count, 0);
		double *rss = race_figures(&entrants[i], RACE_PEAK_RSS);

		longest = least > longest ? least : longest;
		subjects[i].warm = entrants[i].count;
		subjects[i].alone_rss = entrants[i].count && !options->no_peaks ? stats_quantile(rss, entrants[i].count, 1) : 0;
		free(wall);
		free(rss);
	}
	if (status == 0 && longest > 0 && longest < SHORT_NS && input_can_rewind()) {
		double times = WANTED_NS / longest;

		for (size_t i = 0; status == 0 && i < count; i++)
			status = repeat(&subjects[i], times > MOST ? MOST : (uint64_t)times, err);
	}
	race_free(entrants, count);
	free(entrants);
	return status;
}

void bench_repeat_finish(const struct bench_subject *subject, struct race_sample *sample)
{
	FILE *file = subject->repeats > 1 ? fopen(subject->argv[2], "re") : NULL;
	uint64_t busy_ns = 0;

	if (subject->repeats <= 1)
		return;
	sample->queued_ns = SUBPROCESS_UNKNOWN;
	if (file && fscanf(file, "%" SCNu64, &busy_ns) == 1 && busy_ns > 0 && busy_ns <= sample->wall_ns)
		sample->queued_ns = sample->wall_ns - busy_ns;
	if (file)
		fclose(file);
	unlink(subject->argv[2]);
}
