/*
 * advice.h - what the rules of the recommendations share.
 *
 * A rule looks at the report and adds advice with the numbers that led to it, or stays silent: above all where it lacks the evidence. To
 * add one: write a function of type advice_apply in the file of its family, a row in advice_rules[] (analyze_advice.c), a row in
 * docs/recommendations.md, a program that makes it speak and one that must not in tests/e2e/advice.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "analyze.h"

struct strbuf;

struct advice_context {
	struct report *report;
	const struct profile *p;
	const struct analyze_cycles *cycles;
};

struct advice_rule {
	const char *id;
	enum report_level level;
	double limit;	      /* the threshold that `when` speaks of, in its unit */
	const char *evidence; /* what must have been measured; without it the rule is silent */
	const char *when;     /* when it speaks, as in docs/recommendations.md */
	void (*apply)(const struct advice_context *c, const struct advice_rule *rule);
};
extern const struct advice_rule advice_rules[]; /* ends in a row without id */

/* Takes both texts. The place is that of `fn`; line and gain of what is returned may be set until the next call. */
struct report_advice *advice_add(const struct advice_context *c, const struct advice_rule *rule, uint32_t fn, char *message,
				 char *evidence);

/* "" for 1, else "s". */
const char *advice_plural(uint64_t n);
/* A name that may be of any length, as a part of a sentence; whole UTF-8 characters are kept. */
void advice_put_name(struct strbuf *out, const char *name);
/* The same, the caller frees it. */
char *advice_name(const struct advice_context *c, uint32_t fn);
/* 29,860,703 */
void advice_put_count(struct strbuf *out, uint64_t n);
char *advice_count(uint64_t n);
/* Share of the function in the time, callees included; negative = not known. */
double advice_total_percent(const struct advice_context *c, uint32_t fn);

/* --- the rules, by family: advice_run.c, advice_wait.c, advice_call.c, advice_recursion.c, advice_memory.c, advice_copy.c, advice_site.c
 */
typedef void advice_apply(const struct advice_context *c, const struct advice_rule *rule);
advice_apply advice_failed, advice_lost_threads, advice_unfinished, advice_few_samples, advice_noisy, advice_overhead, advice_runs_agree;
advice_apply advice_blocked, advice_queued, advice_waiting, advice_lock_step;
advice_apply advice_dominant, advice_never_called, advice_inlined, advice_never_taken;
advice_apply advice_memoization, advice_deep_recursion, advice_stack_only;
advice_apply advice_leaks, advice_growing, advice_loop_allocations, advice_many_allocations, advice_no_allocations;
advice_apply advice_inserted_copy;
advice_apply advice_short_lived;

/* --- advice_site.c: lines that allocate; NULL: none, or not counted by line ------------------------------------------------- */
/* The line of `fn` (PROFILE_NONE: of any) that makes most short-lived blocks: nearly all of its own, and so many a run. */
const struct profile_site *advice_short_site(const struct advice_context *c, uint32_t fn, double limit);
/* The line of `fn` with the largest value. */
const struct profile_site *advice_most_site(const struct advice_context *c, uint32_t fn, uint64_t (*value)(const struct profile_memory *m));
/* False where it was counted by line that this one makes nothing. */
bool advice_may_allocate(const struct advice_context *c, const struct profile_line *line);
/* A sum over the runs as that of one, to the nearest whole number. The caller frees it. */
char *advice_memory(const struct advice_context *c, uint64_t sum);

#endif
