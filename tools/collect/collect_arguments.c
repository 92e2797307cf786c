#include "collect_arguments.h"
#include "trace_run.h"

#include <stdlib.h>
#include <string.h>

#define MOST_FUNCTIONS 16
#define KEYS	       4096u
#define MOST_SECONDS   2.0
#define CALL_SECONDS   25e-9 /* what counting one call costs, and then some */
#define LONG_NS	       1000.0

struct chosen {
	uint32_t fns[MOST_FUNCTIONS]; /* indexes into profile->fns */
	const char *names[MOST_FUNCTIONS];
	size_t count;
	double seconds;
};

/* Would anything be said of it? Recursion, for its depth; or a function that takes long and only computes. */
static bool is_worth_it(const struct profile *p, const struct profile_fn *fn)
{
	double share = p->samples ? (double)fn->samples_total / (double)p->samples : 1;

	if (fn->calls < 2 || (fn->flags & PROFILE_ASYNC) || fn->kind > PROFILE_CLOSURE)
		return false;
	if (fn->flags & PROFILE_RECURSIVE)
		return true;
	return (fn->flags & PROFILE_PURE) &&
	       share * profile_times_mean(&p->wall[PROFILE_PLAIN]) * (double)p->runs / (double)fn->calls >= LONG_NS;
}

static int order(const struct profile_fn *fn)
{
	return ((fn->flags & PROFILE_PURE) ? 2 : 0) + ((fn->flags & PROFILE_RECURSIVE) ? 1 : 0);
}

/* The best first, as long as the time allows. */
static void choose(const struct profile *p, struct chosen *chosen)
{
	for (int wanted = 3; wanted > 0; wanted--) {
		for (uint32_t i = 0; i < p->fn_count && chosen->count < MOST_FUNCTIONS; i++) {
			double seconds = (double)p->fns[i].calls / (double)p->runs * CALL_SECONDS;

			if (order(&p->fns[i]) != wanted || !is_worth_it(p, &p->fns[i]) || chosen->seconds + seconds > MOST_SECONDS)
				continue;
			chosen->fns[chosen->count] = i;
			chosen->names[chosen->count++] = p->fns[i].name;
			chosen->seconds += seconds;
		}
	}
}

static void take(const struct trace *trace, const struct chosen *chosen, struct profile *profile)
{
	for (size_t i = 0; i < chosen->count && i < trace->function_count; i++) {
		const struct trace_function *from = &trace->functions[i];
		struct profile_fn *to = &profile->fns[chosen->fns[i]];

		to->deepest = from->deepest;
		to->stack_used = from->stack_used;
		to->stack_size = from->stack_size;
		/* Of calls whose arguments are told by their types alone, the number of distinct ones is not known. */
		if (from->opaque > 0 || from->calls == 0)
			continue;
		to->argument_calls = from->calls;
		to->argument_values = (uint64_t)(from->distinct + 0.5);
		to->argument_error = (uint64_t)(2 * from->distinct_error * from->distinct + 0.5);
	}
}

double collect_arguments(struct build *build, const struct build_options *options, char **args, struct subprocess_stdin *input,
			 struct profile *profile)
{
	struct chosen chosen = {0};
	struct err ignored = {0};
	double seconds = profile_times_mean(&profile->wall[PROFILE_PLAIN]) / 1e9;
	double took = 0;
	struct trace *trace;

	if (profile->runs == 0 || profile->wall[PROFILE_PLAIN].n == 0 || seconds > MOST_SECONDS)
		return 0;
	choose(profile, &chosen);
	if (chosen.count == 0 || build_compile_traced(build, options, chosen.names, chosen.count, &ignored) < 0) {
		err_free(&ignored);
		return 0;
	}
	trace = trace_count_arguments(build, args, input, KEYS, 1 + 4 * (seconds + chosen.seconds), &took, &ignored);
	if (trace && trace->ended && trace->lost_threads == 0)
		take(trace, &chosen, profile);
	trace_free(trace);
	err_free(&ignored);
	return took;
}
