/*
 * suggest.h - which flags and which changes of the source would make a program faster, smaller, or quicker to start; measured where it can
 * be tried, bounded where it can't.
 *
 * A trial is one set of flags: built, its output compared with the default's, and measured in turn with the default. All trials are
 * stripped, so that sizes are of what runs; what stripping itself saves is a figure of its own. To add a set of flags: a row in
 * suggest_variants[].
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include "audit.h"
#include "stats.h"
#include "subprocess.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum suggest_measure { SUGGEST_TIME, SUGGEST_SIZE, SUGGEST_MEMORY, SUGGEST_START, SUGGEST_MEASURES };
/* "time", "size", "memory", "start" */
extern const char *const suggest_measure_names[SUGGEST_MEASURES];

/* --- suggest_variants.c -------------------------------------------------------------------------------------------------------- */
struct suggest_variant {
	const char *id;	     /* "lto-fat" */
	const char *option;  /* what it sets; of variants of the same option only one can be chosen */
	const char *flags;   /* "-C lto=fat"; NULL: it can't be tried, see `changes` */
	bool slow;	     /* to build: comes last */
	const char *changes; /* of what the program does or where it runs; NULL: nothing but time and size */
};
extern const struct suggest_variant suggest_variants[]; /* ends in a row without id */

/* --- one set of flags ------------------------------------------------------------------------------------------------------------ */
#define SUGGEST_LAYOUTS 6
/* Some builds differ in nothing but the place of their functions; layout 0 is the linker's own. */

struct suggest_change {
	bool known;
	double from, to;	     /* medians, or exact: ns or bytes */
	struct stats_interval ratio; /* to / from; of an exact figure its own interval */
	size_t layouts, rounds;	     /* that it was measured over; 0: exact */
};

enum suggest_state {
	SUGGEST_TRIED,
	SUGGEST_ALREADY, /* it is in the flags */
	SUGGEST_UNBUILT, /* compiler or linker refused */
	SUGGEST_DIFFERS, /* it printed something else, or ended otherwise */
	SUGGEST_LATE,	 /* no time was left */
	SUGGEST_UNTRIED, /* can't be tried here */
};
extern const char *const suggest_state_words[];

struct suggest_trial {
	const struct suggest_variant *variant; /* NULL: the default, or a combination */
	char *id;			       /* "lto-fat", "default", "lto-fat+opt-level-s" */
	char *flags;			       /* "" = the default's */
	enum suggest_state state;
	char *why; /* of a state other than TRIED; NULL */
	struct build *builds[SUGGEST_LAYOUTS];
	char *program;	    /* of a cargo project, instead: a copy of what cargo built */
	double run_seconds; /* of the run whose output was compared */
	struct suggest_change changes[SUGGEST_MEASURES];
	bool timed; /* in changes[] */
};

struct suggest_combination {
	enum suggest_measure goal;
	const struct suggest_variant **parts;
	size_t count;
	struct suggest_trial trial;
	bool strips;
};

/* What the profile of one run says: not tried, but bounded. And stripping, which needs no trial: its gain is exact. */
struct suggest_advice {
	bool tried;
	enum report_level level;
	char *id, *message, *evidence, *file;
	uint32_t line;
	enum suggest_measure measure;
	double bound; /* percent of the measure that it saves at most */
	char *gain;   /* in words */
};

/* One row of the ranked list: a trial with a proven gain, a combination or a piece of advice. */
struct suggest_item {
	const struct suggest_trial *trial;
	const struct suggest_combination *combination;
	const struct suggest_advice *advice;
	enum suggest_measure measure; /* that it gains most in */
	double percent;		      /* of it; of advice: at most */
};

struct suggest {
	const struct audit *audit;
	struct suggest_trial *trials; /* [0]: the default */
	size_t trial_count;
	struct suggest_combination *combinations;
	size_t combination_count;
	struct suggest_advice *advice;
	size_t advice_count;
	struct suggest_item *items;
	size_t item_count;
	uint64_t stripped_bytes, unstripped_bytes; /* of the default; 0 = not known */
	char *problem;				   /* why no flags were tried; NULL */
	char *untimed;				   /* why no time was measured; NULL */
	char *unstarted;			   /* why no start was measured; NULL */
	char *unadvised;			   /* why there is no advice from a profile; NULL */
	char *one_layout;			   /* why there is one layout only; NULL */
	size_t race_rounds;			   /* of the race of the single sets of flags */
	bool unqueued;				   /* times are without waits for a free CPU */
	char *applied;				   /* path of the file of flags that was written; NULL */
	double begun, limit;			   /* of the clock, seconds; what is allowed */
	double seconds;				   /* that all took */
	bool out_of_time, nothing_to_apply;
	char *directory; /* of a cargo project's programs; NULL */
	/* while it works */
	struct subprocess_stdin *input;
	char output_hash[33]; /* of the default's standard output */
	int output_status;    /* wait status */
	bool output_varies;
};

double suggest_now(void);
/* Seconds until `share` of the allowed time is over. */
double suggest_left(const struct suggest *s, double share);
void suggest_step(const struct suggest *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- suggest_build.c --------------------------------------------------------------------------------------------------------------- */
void suggest_trial_init(struct suggest_trial *trial, const struct suggest_variant *variant, const char *id, const char *flags);
void suggest_trial_free(struct suggest_trial *trial);
/*
 * Build layouts [0, layouts) of each trial that is SUGGEST_TRIED, several at once, until `share` of the time is over. One that fails gets
 * its state; further layouts that fail are left out. -1 only when interrupted or when the default can't be built.
 */
int suggest_build(struct suggest *s, struct suggest_trial **trials, size_t count, size_t layouts, double share, struct err *err);
const char *suggest_program(const struct suggest_trial *trial, size_t layout);
/* Layouts that were built of it, from the first on. */
size_t suggest_layouts(const struct suggest_trial *trial);

/* --- suggest_cargo.c: a cargo project ------------------------------------------------------------------------------------------- */
/* Build it with the flags of `trial`, and copy the program to suggest_cargo_path(s, trial, ""). */
int suggest_cargo_build(const struct suggest *s, const struct suggest_trial *trial, struct err *err);
char *suggest_cargo_path(const struct suggest *s, const struct suggest_trial *trial, const char *suffix);
/* Are some of the flags no setting of a profile? */
bool suggest_cargo_needs_rustflags(const char *flags);
/* Does the project, or the user, have such flags already? */
bool suggest_cargo_has_rustflags(const struct cargo_project *project);
/* `lto = "fat" in [profile.release]`; the caller frees. */
char *suggest_cargo_words(const char *flags);
/* Write a file of settings for cargo; refuses to overwrite one that is not of this. */
int suggest_cargo_apply(const struct suggest *s, const char *flags, bool strips, const char *gains, const char *path, struct err *err);

/* --- suggest_output.c ---------------------------------------------------------------------------------------------------------------- */
/* Run each once and compare what it prints and how it ends with the default. */
int suggest_compare_outputs(struct suggest *s, struct suggest_trial **trials, size_t count, struct err *err);

/* argv of a program: it, then what the user gave. The caller frees the array alone. */
char **suggest_command(const struct suggest *s, const char *program);

/* --- suggest_interval.c ------------------------------------------------------------------------------------------------------------ */
/* b over a, positive, [layout * rounds + round]. Unbounded (0, INFINITY) when the rounds of fewer than three layouts are too few. */
struct stats_interval suggest_interval(const double *a, const double *b, size_t layouts, size_t rounds, double level);
/* Of that many, how many suggest_interval() makes use of. */
size_t suggest_usable_layouts(size_t layouts);

/* --- suggest_time.c, suggest_start.c ---------------------------------------------------------------------------------------------- */
/* trials[0] is what the others are compared with. Fills their changes[]; `share`: when to stop. */
int suggest_time(struct suggest *s, struct suggest_trial **trials, size_t count, double share, struct err *err);
int suggest_start(struct suggest *s, struct suggest_trial **trials, size_t count, double share, struct err *err);
void suggest_size(struct suggest_trial **trials, size_t count);

/* --- suggest_profile.c ------------------------------------------------------------------------------------------------------------------
 */
int suggest_profile(struct suggest *s, struct err *err);
/* Which measure a piece of the profile's advice is about, -1: of none. */
int suggest_advice_measure(const char *id);

/* --- suggest_rank.c ------------------------------------------------------------------------------------------------------------------ */
/* Percent that is saved for certain: the interval lies below, and by more than what is worth telling. 0 = nothing proven; < 0 a cost. */
double suggest_gain(const struct suggest_change *change, enum suggest_measure measure);
/* Fills items: by the goal's gain first if there is a goal (-1: none), else by the largest. */
void suggest_rank(struct suggest *s, int goal);

/* --- suggest_combine.c -------------------------------------------------------------------------------------------------------------- */
/* Greedy: the best of a goal first, then each next as long as it adds to it. `all`: also those that change what the program does. */
int suggest_combine(struct suggest *s, enum suggest_measure goal, bool all, double share, struct err *err);
/* Write the flags of the combination for `goal`, with those that were in the file already. */
int suggest_apply(struct suggest *s, enum suggest_measure goal, const char *path, struct err *err);

/* --- outputs ------------------------------------------------------------------------------------------------------------------------- */
void suggest_show(const struct audit *audit, const void *result, struct sheet *sheet);
json_t *suggest_json(const struct audit *audit, const void *result);
/* The ranked list as advice, and measured gains into that of --binary-size. */
void suggest_advise(struct audit *audit, const struct suggest *s);
/* "-11.0%", with its interval where it has one: "-3.1% (-4.0 to -2.2)"; "same" when nothing is proven; "" = not known. */
void suggest_put_change(struct strbuf *out, const struct suggest_change *change, enum suggest_measure measure, bool interval);

extern const struct analysis analysis_suggest;

#endif
