/* suggest_rank.c - what each thing saves and costs, and in which order they are told. */
#include "stats.h"
#include "suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.95
/* Less than this is not worth a line; size is exact, but nobody changes flags for less either. */
#define WORTH 0.01
/* Resident memory differs by some pages from run to run. */
#define MEMORY_NOISE 0.03

static struct suggest_item *add(struct suggest_result *result)
{
	result->items = xrealloc(result->items, result->item_count + 1, sizeof *result->items);
	struct suggest_item *item = &result->items[result->item_count++];
	*item = (struct suggest_item){.time = {NAN, NAN, NAN}, .start = {NAN, NAN, NAN}, .size = NAN, .memory = NAN};
	return item;
}

/* --- flags ------------------------------------------------------------------------------------------------------------------------ */

/* The share that it surely saves (the near end of the interval), negative when it surely costs; 0 when neither is sure. */
static double sure(struct stats_interval ratio)
{
	if (isnan(ratio.value) || !isfinite(ratio.hi))
		return 0;
	return ratio.hi < 1 ? 1 - ratio.hi : ratio.lo > 1 ? 1 - ratio.lo : 0;
}

static struct stats_interval compare(const double *base, size_t bases, const double *other, size_t others)
{
	if (bases == 0 || bases != others)
		return (struct stats_interval){NAN, NAN, NAN};
	return stats_signed_rank(base, other, bases, LEVEL);
}

static void put_change(struct strbuf *out, const char *what, struct stats_interval ratio)
{
	if (isnan(ratio.value))
		return;
	strbuf_printf(out, "%s%s ", out->size ? ", " : "", what);
	if (sure(ratio) == 0)
		strbuf_printf(out, "no sure change (%+.1f%%)", 100 * (ratio.value - 1));
	else
		strbuf_printf(out, "%+.1f%% (%+.1f to %+.1f)", 100 * (ratio.value - 1), 100 * (ratio.lo - 1), 100 * (ratio.hi - 1));
}

static void describe(struct suggest_item *item, const struct suggest_build *base)
{
	struct strbuf gain = STRBUF_INIT;

	put_change(&gain, "time", item->time);
	if (!isnan(item->size))
		strbuf_printf(&gain, "%ssize %+.1f%% (%+lld bytes)", gain.size ? ", " : "", 100 * (item->size - 1),
			      (long long)item->build->bytes - (long long)base->bytes);
	put_change(&gain, "start-up", item->start);
	if (fabs(item->memory - 1) >= MEMORY_NOISE)
		strbuf_printf(&gain, "%smemory %+.1f%%", gain.size ? ", " : "", 100 * (item->memory - 1));
	item->gain = strbuf_take(&gain);
}

static void add_build(struct suggest_result *result, const struct suggest_build *build)
{
	const struct suggest_build *base = &result->builds[0];
	struct suggest_item *item = add(result);
	double saves[4], worst = 0;

	item->build = build;
	item->id = build->variant ? build->variant->id : "all-flags";
	item->message = build->variant ? xstrdup(build->variant->what) : xstrdup("All flags together that save without a cost");
	item->evidence = build->variant && build->variant->caution ? xstrdup(build->variant->caution) : NULL;
	if (build->why_not) {
		item->state = SUGGEST_NOT_TRIED;
		free(item->evidence);
		item->evidence = xstrdup(build->why_not);
		return;
	}
	item->state = SUGGEST_MEASURED;
	item->time = compare(base->wall_ns, base->rounds, build->wall_ns, build->rounds);
	item->start = compare(base->start_ns, base->starts, build->start_ns, build->starts);
	item->size = base->bytes ? (double)build->bytes / (double)base->bytes : NAN;
	saves[0] = sure(item->time);
	saves[1] = sure(item->start);
	saves[2] = isnan(item->size) ? 0 : 1 - item->size;
	if (base->rss_count && build->rss_count)
		item->memory = stats_median(build->rss, build->rss_count) / stats_median(base->rss, base->rss_count);
	saves[3] = fabs(item->memory - 1) >= MEMORY_NOISE ? 1 - item->memory : 0;
	for (int i = 0; i < 4; i++) {
		item->weight = fmax(item->weight, saves[i]);
		worst = fmin(worst, saves[i]);
	}
	item->costs = -worst > WORTH;
	describe(item, base);
}

char *suggest_winners(const struct suggest_result *result, size_t *count)
{
	struct strbuf flags = STRBUF_INIT;

	*count = 0;
	for (size_t i = 0; i < result->item_count; i++) {
		const struct suggest_item *item = &result->items[i];

		/* What makes the program fit one machine alone is for its owner to decide. */
		if (item->state != SUGGEST_MEASURED || !item->build || !item->build->variant || item->costs || item->weight < WORTH ||
		    strcmp(item->id, "target-cpu") == 0)
			continue;
		if (strstr(flags.data ? flags.data : "", "opt-level") && strstr(item->build->flags, "opt-level"))
			continue; /* one of them is enough */
		strbuf_printf(&flags, "%s%s", flags.size ? " " : "", item->build->flags);
		++*count;
	}
	return strbuf_take(&flags);
}

/* --- the profile ------------------------------------------------------------------------------------------------------------------ */

/* "up to 99.9% of the time" -> 0.999; 0 where the text names no share. */
static double share_in(const char *gain)
{
	const char *percent = gain ? strchr(gain, '%') : NULL, *at = percent;

	while (at && at > gain && ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == '.'))
		at--;
	return percent && at < percent ? strtod(at, NULL) / 100 : 0;
}

static void add_advice(const struct audit *audit, struct suggest_result *result)
{
	struct report *report = report_new(result->profile);

	for (size_t i = 0; i < report->advice_count; i++) {
		const struct report_advice *a = &report->advice[i];
		struct suggest_item *item;

		if (a->level == REPORT_OK || a->fn == PROFILE_NONE)
			continue;
		item = add(result);
		item->id = a->id;
		item->state = a->gain ? SUGGEST_BOUNDED : SUGGEST_NOT_TRIED;
		item->message = xstrdup(a->message);
		item->gain = a->gain ? xstrdup(a->gain) : NULL;
		item->evidence = a->evidence ? xstrdup(a->evidence) : NULL;
		item->file = xstrdup(audit->subject.operand);
		item->line = a->line ? a->line : result->profile->fns[a->fn].from;
		item->weight = share_in(a->gain);
	}
	report_free(report);
}

static int by_weight(const void *a, const void *b)
{
	const struct suggest_item *x = a, *y = b;

	if (x->costs != y->costs)
		return x->costs ? 1 : -1;
	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return x->state != y->state ? (int)x->state - (int)y->state : strcmp(x->id, y->id);
}

void suggest_rank(struct audit *audit, struct suggest_result *result)
{
	for (size_t i = 0; i < result->item_count; i++) {
		free(result->items[i].message);
		free(result->items[i].gain);
		free(result->items[i].evidence);
		free(result->items[i].file);
	}
	result->item_count = 0;
	for (size_t i = 1; i < result->build_count; i++)
		add_build(result, &result->builds[i]);
	if (result->profile)
		add_advice(audit, result);
	if (result->item_count)
		qsort(result->items, result->item_count, sizeof *result->items, by_weight);
}
