/*
 * suggest.h - what would make a program faster, smaller or quicker to start: flags, each tried by a build and runs, and the advice of a
 * profile.
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include "audit.h"
#include "stats.h"

enum suggest_state { SUGGEST_MEASURED, SUGGEST_BOUNDED, SUGGEST_NOT_TRIED };

/* A set of flags for rustc and what came of it. To add one: a row in suggest_variants[]. */
struct suggest_variant {
	const char *id, *flags, *what;
	const char *caution; /* what else changes; NULL */
};
extern const struct suggest_variant suggest_variants[]; /* ends in a row with id NULL */

struct suggest_build {
	const struct suggest_variant *variant; /* NULL: the base, or all winners together */
	char *flags;			       /* ours and the variant's, as rustc gets them in addition */
	struct build *build;
	const char *program; /* in `build` */
	uint64_t bytes;
	double *wall_ns;  /* of a run, by round */
	double *start_ns; /* to main; of a bootstrap to its first request for an event */
	double *rss;	  /* most memory of a run; of a bootstrap at its first request; bytes */
	size_t rounds, starts, rss_count;
	char *why_not; /* it was not measured, or differs in what it does; NULL */
};

struct suggest_item {
	enum suggest_state state;
	const char *id;
	char *message, *gain, *evidence;   /* gain and evidence may be NULL */
	const struct suggest_build *build; /* NULL: of the profile */
	char *file;
	uint32_t line;
	struct stats_interval time, start; /* ratios to the base; NAN: not measured */
	double size;			   /* the same; exact; NAN */
	double memory;			   /* the same, of the medians; NAN */
	double weight;			   /* largest first: the share that it saves of what it saves most */
	bool costs;			   /* something else becomes worse by more than it saves */
};

struct suggest_result {
	struct suggest_build *builds; /* [0] the base; the last is all winners together, where there are two and more */
	size_t build_count;
	bool bootstrap; /* it asks a Runtime API: starts are those until it does, and there is no time of a run */
	bool combined;
	struct suggest_item *items;
	size_t item_count;
	struct profile *profile;
	char *profile_why; /* there is none, and why */
	char *winners;	   /* flags that save without a cost; "" = none */
	char *applied;	   /* file that they were written to; NULL */
};

extern const struct analysis analysis_suggest;

/* --- suggest_build.c, suggest_measure.c, suggest_rank.c, suggest_show.c: the steps in their order ------------------------------------- */
int suggest_build_all(struct audit *audit, struct suggest_result *result, struct err *err);
int suggest_build_one(struct audit *audit, struct suggest_build *build, const char *flags, struct err *err);
/* Run all builds that are there in turn. `from`: the first that is new; the base is run with them. */
int suggest_measure(struct audit *audit, struct suggest_result *result, struct err *err);
void suggest_rank(struct audit *audit, struct suggest_result *result);
/* Flags of the items that save and cost nothing. The caller frees. */
char *suggest_winners(const struct suggest_result *result, size_t *count);
void suggest_show(const struct audit *audit, const void *result, struct sheet *sheet);
json_t *suggest_json(const struct audit *audit, const void *result);

#endif
