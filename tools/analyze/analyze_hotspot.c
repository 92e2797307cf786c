/*
 * Hot spots: stretches of source lines within one function that hold more than a tenth of the time. Sampled lines close to each
 * other are one stretch; a hot function whose time is scattered is one hot spot as a whole.
 */
#include "analyze.h"
#include "strbuf.h"

#include <stdlib.h>

#define HOT_PERCENT  10.0
#define WARM_PERCENT 0.5 /* lines below this do not lengthen a stretch */
#define GAP_LINES    3	 /* two warm lines this far apart are neighbours: `} else {`, a comment, a blank line are between them */

struct stretch {
	uint32_t fn, from, to;
	uint64_t samples;
};

/* By function, then line. */
static int compare_lines(const void *a, const void *b)
{
	const struct profile_line *x = a, *y = b;

	if (x->fn != y->fn)
		return x->fn < y->fn ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Copies of the lines that can be part of a hot spot, sorted. */
static struct profile_line *warm_lines(const struct report *report, size_t *count)
{
	const struct profile *p = report->profile;
	struct profile_line *warm = xcalloc(p->line_count + 1, sizeof(*warm));

	*count = 0;
	for (size_t i = 0; i < p->line_count; i++) {
		const struct profile_line *line = &p->lines[i];
		const struct profile_fn *fn;

		if (line->fn >= p->fn_count || line->line == 0)
			continue;
		fn = &p->fns[line->fn];
		if (fn->from > 0 && (line->line < fn->from || line->line > fn->to))
			continue;
		if ((double)line->samples * 100 < WARM_PERCENT * (double)report->samples || line->samples == 0)
			continue;
		warm[(*count)++] = *line;
	}
	qsort(warm, *count, sizeof(*warm), compare_lines);
	return warm;
}

static bool has_loop(const struct profile *p, const struct report_hotspot *spot)
{
	for (size_t i = 0; i < p->line_count; i++) {
		const struct profile_line *line = &p->lines[i];

		if (line->fn == spot->fn && line->line >= spot->from && line->line <= spot->to && line->count != PROFILE_ABSENT &&
		    line->count > p->fns[spot->fn].calls)
			return true;
	}
	return false;
}

static const char *note_for(const struct report *report, const struct analyze_cycles *cycles, const struct report_hotspot *spot)
{
	const struct profile_fn *fn = &report->profile->fns[spot->fn];

	if ((fn->flags & PROFILE_RECURSIVE) && cycles->inner[spot->fn] > 0)
		return "recursive calls";
	return has_loop(report->profile, spot) ? "loop" : NULL;
}

static void add_spot(struct report *report, const struct analyze_cycles *cycles, struct report_hotspot spot)
{
	if (spot.percent <= HOT_PERCENT)
		return;
	spot.note = note_for(report, cycles, &spot);
	report->hotspots = xrealloc(report->hotspots, report->hotspot_count + 1, sizeof(spot));
	report->hotspots[report->hotspot_count++] = spot;
}

static void add_stretch(struct report *report, const struct analyze_cycles *cycles, const struct stretch *stretch)
{
	double share = (double)stretch->samples / (double)report->samples;

	add_spot(report, cycles,
		 (struct report_hotspot){
		     .fn = stretch->fn,
		     .from = stretch->from,
		     .to = stretch->to,
		     .self_ns = share * report->base_ns,
		     .percent = 100 * share,
		 });
}

static void from_lines(struct report *report, const struct analyze_cycles *cycles)
{
	size_t count;
	struct profile_line *warm = warm_lines(report, &count);
	struct stretch stretch = {.fn = PROFILE_NONE};

	for (size_t i = 0; i < count; i++) {
		if (warm[i].fn != stretch.fn || warm[i].line - stretch.to > GAP_LINES) {
			if (stretch.fn != PROFILE_NONE)
				add_stretch(report, cycles, &stretch);
			stretch = (struct stretch){.fn = warm[i].fn, .from = warm[i].line};
		}
		stretch.to = warm[i].line;
		stretch.samples = analyze_add(stretch.samples, warm[i].samples);
	}
	if (stretch.fn != PROFILE_NONE)
		add_stretch(report, cycles, &stretch);
	free(warm);
}

static bool has_spot(const struct report *report, uint32_t fn)
{
	for (size_t i = 0; i < report->hotspot_count; i++)
		if (report->hotspots[i].fn == fn)
			return true;
	return false;
}

static int compare_spots(const void *a, const void *b)
{
	const struct report_hotspot *x = a, *y = b;

	if (x->self_ns != y->self_ns)
		return x->self_ns < y->self_ns ? 1 : -1;
	return (x->from > y->from) - (x->from < y->from);
}

void analyze_hotspots(struct report *report, const struct analyze_cycles *cycles)
{
	const struct profile *p = report->profile;

	if (report->source == REPORT_SAMPLES)
		from_lines(report, cycles);
	for (size_t i = 0; i < report->fn_count; i++) {
		const struct report_fn *row = &report->fns[i];
		const struct profile_fn *fn = &p->fns[row->fn];

		if (row->self_percent > HOT_PERCENT && fn->from > 0 && !has_spot(report, row->fn))
			add_spot(report, cycles,
				 (struct report_hotspot){
				     .fn = row->fn,
				     .from = fn->from,
				     .to = fn->to,
				     .self_ns = row->self_ns,
				     .percent = row->self_percent,
				 });
	}
	if (report->hotspot_count > 1)
		qsort(report->hotspots, report->hotspot_count, sizeof(*report->hotspots), compare_spots);
}
