/* bench_history.h - the baselines of one file over time: `bench history F`. */
#ifndef BENCH_HISTORY_H
#define BENCH_HISTORY_H

#include "bench_format.h"
#include "bench_store.h"

struct bench_history {
	const char *file;
	struct bench_point {
		const struct bench_baseline *baseline;
		struct stats_interval time;   /* median, ns, without waits for a CPU where that is known */
		struct stats_interval change; /* ratio to the one before of the same machine; value NAN = there is none */
		bool other_host;	      /* than this one */
	} * points;			      /* the oldest first */
	size_t count;
};
void bench_history_fill(struct bench_history *history, const char *file, struct bench_baseline *const *list, size_t count);
void bench_history_free(struct bench_history *history);

/* "text", "json", "csv" or "markdown": false for another. */
bool bench_history_write(struct strbuf *out, const struct bench_history *history, const char *format, bool ascii);
/* A chart: medians with their intervals, by version. */
void bench_history_svg(struct strbuf *out, const struct bench_history *history);

#endif
