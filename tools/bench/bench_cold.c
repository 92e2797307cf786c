/* bench_cold.c - cold starts of old and new in turn, as `analyze --lambda-ready` sees them, without its phases. */
#include "bench.h"
#include "cold_start.h"
#include "strbuf.h"
#include "term.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define LEAST_ROUNDS	12
#define MOST_ROUNDS	500
#define TIMEOUT_SECONDS 10 /* as AWS gives an initialisation */
#define MEMORY_MB	128

bool bench_wants_runs(const struct bench_options *options)
{
	const unsigned without = 1u << METRIC_COLD_START | 1u << METRIC_COMPILE | 1u << METRIC_SIZE;

	return !(options->metrics & 1u << METRIC_COLD_START) || options->metrics & ~without;
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int start_once(const struct bench_subject *subject, const struct bench_options *options, double *ns, struct err *err)
{
	struct cold_options cold = {.program = subject->path,
				    .args = options->args,
				    .event = "{}",
				    .event_size = 2,
				    .invokes = 1,
				    .memory_mb = MEMORY_MB,
				    .handler = "bootstrap",
				    .timeout_seconds = options->timeout > 0 ? options->timeout : TIMEOUT_SECONDS};
	struct cold_start start = {0};

	if (cold_start_run(&cold, &start, err) != 0)
		return -1;
	*ns = fmax(1, (double)(start.at[POINT_NEXT] - start.at[POINT_EXEC]));
	return 0;
}

int bench_subjects_cold(struct bench_subject *subjects, size_t count, const struct bench_options *options, double seconds, struct err *err)
{
	struct stats_rng rng = {options->seed};
	size_t rounds = options->runs ? (size_t)options->runs : MOST_ROUNDS, *order = xcalloc(count, sizeof *order);
	double begin = now_seconds(), ns;
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		order[i] = i;
		subjects[i].cold_ns = xcalloc(rounds, sizeof *subjects[i].cold_ns);
		if (status == 0) /* the first one finds cold caches */
			status = start_once(&subjects[i], options, &ns, err);
	}
	for (size_t round = 0; status == 0 && round < rounds; round++) {
		if (!options->runs && round >= LEAST_ROUNDS && now_seconds() - begin > seconds)
			break;
		term_progress("cold start %zu of %s", round + 1, options->source);
		stats_rng_shuffle(&rng, order, count);
		for (size_t i = 0; status == 0 && i < count; i++) {
			struct bench_subject *subject = &subjects[order[i]];

			status = start_once(subject, options, &subject->cold_ns[round], err);
			subject->colds += status == 0;
		}
	}
	free(order);
	return status;
}
