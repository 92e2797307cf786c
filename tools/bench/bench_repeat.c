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
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WANTED_NS 20e6 /* of one run of all repetitions */
#define SHORT_NS  5e6  /* what takes longer is run alone */
#define MOST	  1000

/* ---- as the repeater ------------------------------------------------------------------------------------------------------------- */

static _Noreturn void end_like(int status)
{
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

int bench_repeat_main(int argc, char **argv)
{
	unsigned long count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;

	for (unsigned long i = 0; i < count; i++) {
		pid_t child;
		int status = 0;

		lseek(STDIN_FILENO, 0, SEEK_SET);
		if (posix_spawn(&child, argv[2], NULL, NULL, argv + 2, environ) != 0)
			return 126;
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (status != 0)
			end_like(status);
	}
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
	argv = xcalloc(count + 3, sizeof *argv);
	argv[0] = link;
	argv[1] = xasprintf("%llu", (unsigned long long)times);
	memcpy(argv + 2, subject->argv, count * sizeof *argv);
	free(subject->argv);
	subject->argv = argv;
	subject->repeats = times;
	return 0;
}

int bench_subjects_repeat(struct bench_subject *subjects, size_t count, const struct bench_options *options, struct subprocess_stdin *input,
			  struct err *err)
{
	struct race_entrant *entrants = xcalloc(count, sizeof *entrants);
	struct race_options race_options = {.max_rounds = 3, .timeout_seconds = options->timeout, .input = input};
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

		longest = least > longest ? least : longest;
		free(wall);
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
