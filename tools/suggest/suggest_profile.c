/*
 * suggest_profile.c - what one profile of the program recommends. It is not tried; the share of the function in the time bounds what it
 * can save (Amdahl's law).
 */
#include "collect.h"
#include "collect_arguments.h"
#include "interrupt.h"
#include "suggest.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUNS_MOST 5
/* An instrumented run, a plain one, and one that counts arguments: in runs of the plain build. */
#define COST_OF_A_RUN 3

/* Pieces of advice that would change a figure. Others tell how good the profile is, or what is well. */
static const struct {
	const char *id;
	enum suggest_measure measure;
} about[] = {
    {"memoization", SUGGEST_TIME},     {"inserted-copy", SUGGEST_TIME}, {"growing", SUGGEST_TIME},
    {"loop-allocation", SUGGEST_TIME}, {"dominant", SUGGEST_TIME},	{"many-allocations", SUGGEST_TIME},
    {"waiting", SUGGEST_TIME},	       {"lock-step", SUGGEST_TIME},	{"leaks", SUGGEST_MEMORY},
};

int suggest_advice_measure(const char *id)
{
	for (size_t i = 0; i < sizeof about / sizeof *about; i++)
		if (strcmp(about[i].id, id) == 0)
			return (int)about[i].measure;
	return -1;
}

/* Of the time, callees included; negative = not known. */
static double share_of(const struct report *report, uint32_t fn)
{
	for (size_t i = 0; fn != PROFILE_NONE && report->base_ns > 0 && i < report->fn_count; i++)
		if (report->fns[i].fn == fn && report->fns[i].total_ns >= 0)
			return 100 * report->fns[i].total_ns / report->base_ns;
	return -1;
}

static void add(struct suggest *s, const struct report *report, const struct report_advice *a, enum suggest_measure measure)
{
	double share = measure == SUGGEST_TIME ? share_of(report, a->fn) : -1;
	struct suggest_advice *advice;

	s->advice = xrealloc(s->advice, s->advice_count + 1, sizeof *s->advice);
	advice = &s->advice[s->advice_count++];
	*advice = (struct suggest_advice){.id = xstrdup(a->id),
					  .level = a->level,
					  .message = xstrdup(a->message),
					  .evidence = a->evidence ? xstrdup(a->evidence) : NULL,
					  .measure = measure,
					  .line = a->line,
					  .bound = share > 0 ? (share < 100 ? share : 100) : 0};
	if (a->fn != PROFILE_NONE)
		advice->file = xstrdup(s->audit->subject.operand);
	if (share > 0)
		advice->gain = xasprintf("at most %.1f%% of the time, which is the function's share (Amdahl)%s%s; not tried", advice->bound,
					 a->gain ? "; " : "", a->gain ? a->gain : "");
	else
		advice->gain = xasprintf("%s; not tried", a->gain ? a->gain : "no bound is known");
}

/* What comes through a pipe was read by the other runs: then a profile would see a program without its input. */
static bool input_is_gone(void)
{
	struct stat st;
	struct pollfd fd = {.fd = 0, .events = POLLIN};

	if (fstat(0, &st) != 0 || (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode)))
		return false;
	return poll(&fd, 1, 0) > 0;
}

/* Where to begin, and what to do there: the latter says more. */
static bool is_covered(const struct report *report, size_t which)
{
	const struct report_advice *a = &report->advice[which];

	for (size_t i = 0; i < report->advice_count && strcmp(a->id, "dominant") == 0; i++)
		if (i != which && report->advice[i].fn == a->fn && suggest_advice_measure(report->advice[i].id) == SUGGEST_TIME)
			return true;
	return false;
}

struct extra {
	struct suggest *s;
};

static double count_arguments(void *context, struct profile *profile, struct subprocess_stdin *input)
{
	const struct suggest *s = ((struct extra *)context)->s;
	const struct audit_subject *subject = &s->audit->subject;

	return collect_arguments(subject->twin_build, &subject->build_options, s->audit->options->args, input, profile);
}

static int advise_from(struct suggest *s, uint64_t runs, struct err *err)
{
	const struct audit_subject *subject = &s->audit->subject;
	struct extra extra = {s};
	struct collect_options options = {.args = s->audit->options->args,
					  .iterations = runs,
					  .timeout_seconds = s->audit->options->timeout,
					  .reference = true,
					  .more = count_arguments,
					  .context = &extra};
	struct collect_result result;
	struct profile *profile = NULL;
	struct report *report;

	if (build_compile(subject->twin_build, &subject->build_options, BUILD_INSTRUMENTED, err) != 0 ||
	    collect(subject->twin_build, &options, &profile, &result, err) != 0)
		return -1;
	report = report_new(profile);
	for (size_t i = 0; i < report->advice_count; i++) {
		int measure = suggest_advice_measure(report->advice[i].id);

		if (measure >= 0 && report->advice[i].level != REPORT_OK && !is_covered(report, i))
			add(s, report, &report->advice[i], (enum suggest_measure)measure);
	}
	report_free(report);
	profile_free(profile);
	return 0;
}

int suggest_profile(struct suggest *s, struct err *err)
{
	struct err why = {0};
	double left = suggest_left(s, 1), one = COST_OF_A_RUN * s->trials[0].run_seconds;
	uint64_t runs = one * RUNS_MOST < left / 4 ? RUNS_MOST : one < left / 4 ? 1 : 0;

	if (s->directory)
		s->unadvised = xstrdup("the profile of a cargo project is made by `ruchy-prof cargo`");
	else if (s->untimed)
		s->unadvised = xstrdup(s->untimed);
	else if (input_is_gone())
		s->unadvised = xstrdup("standard input is a pipe, which can't be read again: redirect it from a file");
	else if (runs == 0)
		s->unadvised = xstrdup("no time was left");
	if (s->unadvised)
		return 0;
	suggest_step(s, "profiling");
	if (advise_from(s, runs, &why) != 0)
		s->unadvised = xstrdup(why.what);
	err_free(&why);
	return interrupt_signal() ? err_set(err, s->audit->subject.operand, NULL, "interrupted") : 0;
}
