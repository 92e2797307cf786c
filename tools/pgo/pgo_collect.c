/* pgo_collect.c - the instrumented program on every training input, then LLVM's counters of the plain one. */
#include "pgo_collect.h"
#include "collect.h"
#include "collect_arguments.h"
#include "source_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REFERENCE_RUNS 5
#define STABLE_FIRST   16 /* runs before the first look, doubled for each further one */
#define STABLE_SHARE   0.001
#define STABLE_CHANGE  0.01

struct collecting {
	const struct pgo_collect_options *options;
	const struct pgo_training *training;
	struct build_options build_options;
	struct build *build;
	uint64_t before; /* runs of earlier trainings */
	double start;
	/* --until-stable: calls a run at the last look */
	double *calls;
	size_t count;
	uint64_t next_look;
	bool stable;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void on_run(void *context, const char *step, uint64_t done, uint64_t of)
{
	struct collecting *c = context;
	uint64_t all = c->before + done;
	double left = all >= 10 ? (now() - c->start) / (double)all * (double)(c->options->runs - all) : 0;

	(void)of;
	if (c->options->progress)
		c->options->progress(c->options->context, step, all, c->options->runs, strcmp(step, "running") == 0 ? left : 0);
}

static double on_more(void *context, struct profile *profile, struct subprocess_stdin *input)
{
	struct collecting *c = context;

	return collect_arguments(c->build, &c->build_options, c->training->args, input, profile);
}

/* Do the calls a run of all functions that matter agree with those at half as many runs? */
static bool agrees(const struct collecting *c, const struct profile *profile, double total)
{
	if (profile->fn_count != c->count)
		return false;
	for (size_t i = 0; i < profile->fn_count; i++) {
		double calls = (double)profile->fns[i].calls / (double)profile->runs;

		if (calls > total * STABLE_SHARE && fabs(calls - c->calls[i]) > STABLE_CHANGE * calls)
			return false;
	}
	return true;
}

static bool on_enough(void *context, const struct profile *profile)
{
	struct collecting *c = context;
	double total = 0;

	if (profile->runs < c->next_look)
		return false;
	for (size_t i = 0; i < profile->fn_count; i++)
		total += (double)profile->fns[i].calls / (double)profile->runs;
	c->stable = c->calls && agrees(c, profile, total);
	c->calls = xrealloc(c->calls, profile->fn_count + 1, sizeof *c->calls);
	c->count = profile->fn_count;
	for (size_t i = 0; i < profile->fn_count; i++)
		c->calls[i] = (double)profile->fns[i].calls / (double)profile->runs;
	c->next_look = 2 * profile->runs;
	return c->stable;
}

static int run_training(struct collecting *c, uint64_t runs, struct profile **sum, struct pgo_collect_result *result, struct err *err)
{
	struct collect_result collected;
	struct collect_options options = {.args = c->training->args,
					  .iterations = runs,
					  .timeout_seconds = c->options->timeout,
					  .reference = true,
					  .reference_runs = REFERENCE_RUNS,
					  .ignore_failure = true,
					  .failures_most = c->options->failures_most,
					  .input = pgo_training_open(c->training, err),
					  .progress = on_run,
					  .enough = c->options->until_stable ? on_enough : NULL,
					  .more = on_more,
					  .context = c};
	struct profile *one = NULL;
	int status;

	if (!options.input)
		return -1;
	c->next_look = STABLE_FIRST;
	c->stable = false;
	free(c->calls);
	c->calls = NULL;
	status = collect(c->build, &options, &one, &collected, err);
	subprocess_stdin_close(options.input);
	result->interrupted |= collected.interrupted;
	result->timed_out |= collected.timed_out;
	result->failures += collected.failures;
	result->failed_status = collected.failed_status ? collected.failed_status : result->failed_status;
	if (status != 0)
		return status;
	result->runs += collected.iterations;
	result->stable &= c->stable;
	status = pgo_training_note(one, c->training, collected.iterations, err);
	if (status == 0 && *sum)
		status = profile_merge(*sum, one, err);
	if (status == 0 && !*sum)
		*sum = one;
	else
		profile_free(one);
	c->before += collected.iterations;
	return status;
}

static void add_llvm(struct collecting *c, struct profile *profile, struct pgo_collect_result *result)
{
	struct err problem = {0};
	char *none[] = {NULL}, *counters;

	if (c->options->no_llvm) {
		result->llvm_why = xstrdup("--no-llvm");
		return;
	}
	on_run(c, "counters of LLVM", c->before, c->before);
	counters = pgo_llvm_collect(c->build, NULL, 0, NULL, c->options->trainings, c->options->timeout, &problem);
	if (counters)
		pgo_llvm_keep(profile, c->build, c->build->rust, c->build->rust_size, none, counters);
	else
		result->llvm_why = xasprintf("%s%s%s", problem.what, *problem.hint ? "; " : "", problem.hint);
	free(counters);
	err_free(&problem);
}

static bool stop(const struct collecting *c, const struct pgo_collect_result *result)
{
	return result->interrupted || result->timed_out || result->failures > c->options->failures_most;
}

static int run_all(struct collecting *c, struct profile **profile, struct pgo_collect_result *result, struct err *err)
{
	const struct pgo_trainings *trainings = c->options->trainings;
	int status = 0;

	for (size_t i = 0; i < trainings->count && status == 0 && !stop(c, result); i++) {
		uint64_t share = c->options->runs * (i + 1) / trainings->count - c->options->runs * i / trainings->count;

		c->training = &trainings->list[i];
		status = run_training(c, share ? share : 1, profile, result, err);
	}
	if (status != 0 && *profile && result->interrupted) { /* what was collected stays */
		err_free(err);
		status = 0;
	}
	return *profile ? status : -1;
}

int pgo_collect(const struct pgo_collect_options *options, struct profile **profile, struct pgo_collect_result *result, struct err *err)
{
	struct collecting c = {.options = options};
	int status;

	*profile = NULL;
	*result = (struct pgo_collect_result){.stable = true};
	c.build_options = (struct build_options){.source = options->source, .rustc_flags = options->rustc_flags, .lines = true};
	status = build_transpile(&c.build_options, &c.build, err);
	if (status == 0)
		status = build_compile(c.build, &c.build_options, BUILD_PLAIN, err);
	if (status == 0)
		status = build_compile(c.build, &c.build_options, BUILD_INSTRUMENTED, err);
	c.start = now();
	if (status == 0)
		status = run_all(&c, profile, result, err);
	if (status == 0 && !stop(&c, result))
		add_llvm(&c, *profile, result);
	if (status == 0) {
		pgo_match_note(*profile, c.build);
		sources_keep(*profile);
	} else {
		profile_free(*profile);
		*profile = NULL;
	}
	result->stable &= options->until_stable;
	free(c.calls);
	build_free(c.build);
	return status;
}
