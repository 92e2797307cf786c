/* suggest_measure.c - runs and starts of all builds, in turn. */
#include "cold_start.h"
#include "lambda.h"
#include "race.h"
#include "subprocess.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS	     10
#define MOST_SECONDS 20
#define STARTS	     20

struct racing {
	struct race_entrant *entrants;
	size_t *builds; /* of the entrants */
	char *(*argvs)[2];
	size_t count;
};

static bool is_measurable(const struct suggest_build *build)
{
	return build->program && !build->why_not;
}

/* --- what it prints must stay the same --------------------------------------------------------------------------------------------- */

static char **arguments(const struct audit *audit, const char *program)
{
	size_t count = 0;
	char **argv;

	while (audit->options->args && audit->options->args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = (char *)(uintptr_t)program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = audit->options->args[i];
	return argv;
}

static int capture(const struct audit *audit, const char *program, struct subprocess_output *output, struct err *err)
{
	char **argv = arguments(audit, program);
	int status = subprocess_capture(argv, NULL, output, err);

	free(argv);
	return status;
}

static void compare_outputs(const struct audit *audit, struct suggest_result *result, size_t from)
{
	struct subprocess_output base = {0};
	struct err err = {0};

	if (capture(audit, result->builds[0].program, &base, &err) == 0)
		for (size_t i = from; i < result->build_count; i++) {
			struct suggest_build *build = &result->builds[i];
			struct subprocess_output other = {0};

			if (!is_measurable(build) || capture(audit, build->program, &other, &err) != 0)
				continue;
			if (other.status != base.status || other.out_size != base.out_size ||
			    memcmp(other.out, base.out, base.out_size) != 0)
				build->why_not = xstrdup("the program then prints something else, or each run does");
			subprocess_output_free(&other);
		}
	subprocess_output_free(&base);
	err_free(&err);
}

/* --- runs ------------------------------------------------------------------------------------------------------------------------ */

static void on_race(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	const struct audit *audit = context;

	(void)entrant, (void)warmup, (void)round, (void)seconds;
	audit->options->progress(audit->options->context, "running variants of");
}

static int run_all(struct audit *audit, struct suggest_result *result, struct err *err)
{
	struct race_entrant *entrants = xcalloc(result->build_count, sizeof *entrants);
	size_t *of = xcalloc(result->build_count, sizeof *of), count = 0;
	struct race_options options = {.min_rounds = 3,
				       .max_rounds = audit->options->runs ? audit->options->runs : ROUNDS,
				       .warmup = 1,
				       .max_seconds = MOST_SECONDS,
				       .timeout_seconds = audit->options->timeout,
				       .on_failure = RACE_COUNT_FAILURES,
				       .progress = on_race,
				       .context = audit};
	struct race_result raced;
	int status;

	for (size_t i = 0; i < result->build_count; i++)
		if (is_measurable(&result->builds[i])) {
			of[count] = i;
			entrants[count].name = result->builds[i].flags;
			entrants[count++].argv = arguments(audit, result->builds[i].program);
		}
	status = race(entrants, count, &options, &raced, err);
	if (status == 0 && raced.failed)
		status = err_set(err, audit->subject.operand, NULL, "a run of the program failed");
	if (status == 0 && raced.interrupted)
		status = err_set(err, audit->subject.operand, NULL, "interrupted");
	for (size_t i = 0; i < count; i++) {
		struct suggest_build *build = &result->builds[of[i]];

		if (status == 0) {
			free(build->wall_ns);
			build->wall_ns = race_figures(&entrants[i], RACE_WALL);
			build->rounds = build->rss_count = entrants[i].count;
			free(build->rss);
			build->rss = race_figures(&entrants[i], RACE_PEAK_RSS);
		}
		free((void *)(uintptr_t)entrants[i].argv);
	}
	race_free(entrants, count);
	free(entrants);
	free(of);
	return status;
}

/* --- starts ----------------------------------------------------------------------------------------------------------------------- */

static void push(struct suggest_build *build, double ns)
{
	build->start_ns = xrealloc(build->start_ns, build->starts + 1, sizeof *build->start_ns);
	build->start_ns[build->starts++] = ns;
}

static void push_rss(struct suggest_build *build, double bytes)
{
	build->rss = xrealloc(build->rss, build->rss_count + 1, sizeof *build->rss);
	build->rss[build->rss_count++] = bytes;
}

/* In rounds; one that a start of anybody failed in is no round. */
static void start_all(struct audit *audit, struct suggest_result *result)
{
	struct cold_options cold = {.args = audit->options->args,
				    .event = "{}",
				    .event_size = 2,
				    .invokes = 1,
				    .memory_mb = 128,
				    .handler = "function.handler",
				    .timeout_seconds = 10};
	double *ns = xcalloc(result->build_count, sizeof *ns);

	for (unsigned round = 0; round < STARTS; round++) {
		bool whole = true;

		audit->options->progress(audit->options->context, "starting variants of");
		for (size_t k = 0; k < result->build_count && whole; k++) {
			size_t i = (k + round) % result->build_count;
			struct cold_start start;
			struct err err = {0};

			if (!is_measurable(&result->builds[i]))
				continue;
			cold.program = result->builds[i].program;
			whole = (result->bootstrap ? cold_start_run(&cold, &start, &err) : cold_until_main(&cold, &start, &err)) == 0;
			/* A start that is traced is longer by two stops for everyone, but for a static program by one. */
			if (whole)
				ns[i] = result->bootstrap ? (double)(start.at[POINT_NEXT] - start.at[POINT_FORK]) : cold_main_ns(&start);
			whole = whole && ns[i] > 0;
			if (whole && result->bootstrap)
				push_rss(&result->builds[i], (double)start.base_rss_bytes);
			err_free(&err);
		}
		for (size_t i = 0; i < result->build_count && whole; i++)
			if (is_measurable(&result->builds[i]))
				push(&result->builds[i], ns[i]);
	}
	free(ns);
}

int suggest_measure(struct audit *audit, struct suggest_result *result, struct err *err)
{
	for (size_t i = 0; i < result->build_count; i++) {
		free(result->builds[i].start_ns);
		result->builds[i].start_ns = NULL;
		free(result->builds[i].rss);
		result->builds[i].rss = NULL;
		result->builds[i].starts = result->builds[i].rss_count = 0;
	}
	start_all(audit, result);
	if (result->bootstrap)
		return 0;
	compare_outputs(audit, result, 1);
	return run_all(audit, result, err);
}
