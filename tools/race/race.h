/*
 * race.h - run several programs in turn, round by round, so that a slow moment of the machine meets all of them. Who compares the times of
 * programs does it here.
 *
 * A round runs every entrant once, in an order drawn anew for each round. A round in which a run failed, was stopped or timed out gives
 * no sample to anybody: samples[i] of all entrants are of the same round.
 */
#ifndef RACE_H
#define RACE_H

#include "err.h"
#include "subprocess.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct race_sample {
	uint64_t wall_ns, cpu_ns, user_ns, system_ns; /* cpu = user + system */
	/* Of wall_ns: ready to run, but no CPU was free. SUBPROCESS_UNKNOWN: not known (threads, children) */
	uint64_t queued_ns;
	uint64_t peak_rss_bytes; /* SUBPROCESS_UNKNOWN with no_peaks */
	int status;		 /* wait status; 0 unless failing runs count (RACE_COUNT_FAILURES) */
	bool ok;
};

struct race_entrant {
	/* in */
	const char *name;  /* for messages */
	char *const *argv; /* argv[0] is a path; ends in NULL */
	char *const *env;  /* added to the environment: "NAME=value", ends in NULL; may be NULL */
	/* out */
	struct race_sample *samples; /* by round; owned by the entrant, race_free() */
	size_t count;
	struct race_sample first; /* the very first run, warmup included: is it slower than the others? */
	/* Of the run that ended the race, or that was left out last: */
	int failed_status;
	bool timed_out;
	uint64_t failures;
};

enum race_on_failure {
	RACE_STOP,	     /* the race ends; race() returns 0, result->failed names the entrant */
	RACE_DROP_ROUND,     /* the round is run again; ends as RACE_STOP after `most_failures` (default 10) in a row */
	RACE_COUNT_FAILURES, /* a run that exits by itself with another status than 0 is a sample; signals and timeouts stop */
};

struct race_options {
	uint64_t min_rounds, max_rounds; /* 0: 1; 0: no limit (then max_seconds is one) */
	uint64_t warmup;		 /* rounds before, not kept */
	double max_seconds;		 /* begin no round after that, warmup excluded; min_rounds are run all the same. 0: no limit */
	double timeout_seconds;		 /* of one run; 0: none */
	uint64_t seed;			 /* of the order */
	enum race_on_failure on_failure;
	uint64_t most_failures;
	bool no_peaks;			/* peak RSS is not wanted: runs begin sooner, above all on a busy machine */
	bool show_output;		/* of the very first run of each; else /dev/null */
	struct subprocess_stdin *input; /* replayed to every run; NULL: /dev/null */
	/* After each kept round from min_rounds on: true ends the race. `seconds`: since the first kept round began. May be NULL */
	bool (*decide)(void *context, const struct race_entrant *entrants, size_t count, uint64_t rounds, double seconds);
	/* Before each run. `round` counts from 0, warmups apart. May be NULL */
	void (*progress)(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds);
	void (*tick)(void *context); /* some twice a second during a run; may be NULL */
	/* Before each run, outside of its time: what must be fresh for it. -1 (with err) ends the race. May be NULL */
	int (*prepare)(void *context, size_t entrant, struct err *err);
	/* After each run that counts, for who knows more of it. False: the round is no use, run it again. May be NULL */
	bool (*finish)(void *context, size_t entrant, struct race_sample *sample);
	void *context;
};

struct race_result {
	uint64_t rounds;
	double seconds;			   /* since the first kept round began */
	double run_seconds;		   /* of that, in runs: the rest is the cost of measuring */
	bool decided;			   /* decide() ended it */
	bool out_of_time;		   /* max_seconds did */
	bool interrupted;		   /* SIGINT or SIGTERM; samples of whole rounds are kept */
	const struct race_entrant *failed; /* whose run ended the race; NULL: none did */
};

/* -1 and `err` only when a program can't be started or prepare() fails. */
int race(struct race_entrant *entrants, size_t count, const struct race_options *options, struct race_result *result, struct err *err);
/* Free the samples. */
void race_free(struct race_entrant *entrants, size_t count);

/* One figure of all samples as doubles, for stats.h; the caller frees. */
/* RACE_UNQUEUED: wall without queued, what the run takes where a CPU is free; only where race_knows_queued(). */
enum race_figure { RACE_WALL, RACE_UNQUEUED, RACE_CPU, RACE_USER, RACE_SYSTEM, RACE_PEAK_RSS };
/* Do all samples tell how long they waited for a CPU? */
bool race_knows_queued(const struct race_entrant *entrant);
double *race_figures(const struct race_entrant *entrant, enum race_figure figure);

#endif
