/* bench_gate_exact.c - what does not jitter: counts and sizes, and which files of a project are not as they were. */
#include "bench_exact.h"
#include "bench_gate.h"
#include "bench_old.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void judge_exact(struct gate *g, struct bench_line *line)
{
	const struct bench_options *o = g->options;

	line->judged = o->metrics & 1u << line->id;
	line->threshold = o->count_threshold;
	line->verdict = BENCH_UNJUDGED;
	line->p = line->detectable = NAN;
	if (line->present)
		line->ratio.value = line->ratio.lo = line->ratio.hi = line->a > 0 ? line->b / line->a : line->b > 0 ? INFINITY : 1;
	if (!line->judged)
		return;
	if (!line->present || line->varies) {
		bench_note(g->report, line->present ? "%s differ from run to run, so they are not judged" : "%s could not be compared",
			   bench_metrics[line->id].title);
		line->verdict = BENCH_INCONCLUSIVE;
		return;
	}
	line->verdict = line->b > line->a * (1 + o->count_threshold) ? BENCH_FAIL : BENCH_PASS;
}

static bool wants_counts(const struct bench_options *o)
{
	return !o->no_counts || o->metrics & (1u << METRIC_CALLS | 1u << METRIC_BLOCKS | 1u << METRIC_LINES | 1u << METRIC_ALLOCATIONS);
}

static bool same_input(struct gate *g)
{
	char *input = bench_input_hash(g->options);
	bool same = strcmp(input, g->baseline->input) == 0;

	free(input);
	if (!same)
		bench_note(g->report, "the baseline read another standard input, so counts are not compared");
	return same;
}

/* What can't be counted is told, and no reason to fail. */
void gate_compare_exact(struct gate *g)
{
	struct bench_line *size = &g->report->lines[METRIC_SIZE];
	struct err problem = {0};
	bool same_tools = strcmp(g->baseline->rustc_version, g->subjects[NEW].tool) == 0;
	static const enum bench_metric_id counted[] = {METRIC_CALLS, METRIC_BLOCKS, METRIC_LINES, METRIC_ALLOCATIONS};

	size->a = same_tools || !g->subjects[OLD].size_bytes ? (double)g->baseline->size_bytes : (double)g->subjects[OLD].size_bytes;
	size->b = (double)g->subjects[NEW].size_bytes;
	size->present = size->a > 0 && size->b > 0;
	if (size->present && size->b > size->a)
		bench_size_cause(size, &g->subjects[OLD], &g->subjects[NEW], g->options->source);
	judge_exact(g, size);
	if (wants_counts(g->options) && bench_wants_runs(g->options) && g->before && same_input(g) && !g->options->ignore_failure) {
		const struct bench_line *wall = &g->report->lines[METRIC_WALL];
		bool changed = wall->present && (wall->ratio.lo > 1 || wall->ratio.hi < 1);

		if (bench_subject_count(&g->subjects[NEW], g->options, changed, g->options->input, &problem) != 0)
			bench_note(g->report, "no counts: %s", problem.what);
	}
	for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
		struct bench_line *line = &g->report->lines[counted[i]];

		if (g->subjects[NEW].profile)
			bench_exact_compare(line, g->before, g->subjects[NEW].profile, g->options->source);
		judge_exact(g, line);
	}
	if (g->subjects[NEW].profile && g->subjects[NEW].profile->samples)
		bench_shares(g->report, g->before, g->subjects[NEW].profile);
	err_free(&problem);
}

/* ---- what a project is made of ---------------------------------------------------------------------------------------------------------
 */

#define MOST_NAMED 5

static bool has_line(const char *list, const char *line, size_t size)
{
	for (; list && *list; list += strcspn(list, "\n") + (list[strcspn(list, "\n")] == '\n')) {
		if (strcspn(list, "\n") == size && strncmp(list, line, size) == 0)
			return true;
	}
	return false;
}

/* Paths of the lines of `list` that `other` has not. */
static size_t name_others(struct strbuf *names, const char *list, const char *other)
{
	size_t count = 0;

	for (const char *line = list; *line;) {
		size_t size = strcspn(line, "\n");
		const char *path = memchr(line, ' ', size);

		if (path && !has_line(other, line, size) && count++ < MOST_NAMED) {
			path += strspn(path, " ");
			strbuf_printf(names, "%s%.*s", names->size ? ", " : "", (int)(line + size - path), path);
		}
		line += size + (line[size] == '\n');
	}
	return count;
}

void gate_tell_inputs(struct gate *g, const char *store)
{
	const char *now = g->subjects[NEW].inputs;
	struct err ignored = {0};
	size_t size, changed, gone;
	char *then = now && *g->baseline->inputs ? bench_store_get(store, g->baseline->inputs, &size, &ignored) : NULL;
	struct strbuf names = STRBUF_INIT, old = STRBUF_INIT;

	err_free(&ignored);
	if (!then)
		return;
	changed = name_others(&names, now, then);
	gone = name_others(&old, then, now);
	if (changed)
		bench_note(g->report, "files that are new or changed since: %s%s", names.data, changed > MOST_NAMED ? ", .." : "");
	else
		bench_note(g->report, gone ? "files are gone since, none is changed" : "no file of the project is changed since");
	strbuf_free(&names);
	strbuf_free(&old);
	free(then);
}
