/* suggest_rank.c - what was found, the largest gain first. */
#include "suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Percent that is worth telling. Sizes are exact, and a thousandth of a file is still nothing. The kernel counts resident pages in lots of
 * 64, which is some percent of a small program.
 */
static const double worth[] = {[SUGGEST_TIME] = 1, [SUGGEST_SIZE] = 0.5, [SUGGEST_MEMORY] = 5, [SUGGEST_START] = 1};

double suggest_gain(const struct suggest_change *change, enum suggest_measure measure)
{
	double percent = 100 * (1 - change->ratio.value);

	if (!change->known || !isfinite(change->ratio.lo) || !isfinite(change->ratio.hi) || fabs(percent) < worth[measure])
		return 0;
	if (change->layouts == 0)
		return percent;
	return change->ratio.hi < 1 || change->ratio.lo > 1 ? percent : 0;
}

static void add(struct suggest *s, struct suggest_item item)
{
	s->items = xrealloc(s->items, s->item_count + 1, sizeof *s->items);
	s->items[s->item_count++] = item;
}

/* Another value of the same option gains more of the same, and changes no more. */
static bool is_dominated(const struct suggest *s, const struct suggest_trial *trial, enum suggest_measure measure)
{
	double gain = suggest_gain(&trial->changes[measure], measure);

	for (size_t i = 1; i < s->trial_count; i++) {
		const struct suggest_trial *other = &s->trials[i];

		if (other != trial && other->state == SUGGEST_TRIED && strcmp(other->variant->option, trial->variant->option) == 0 &&
		    suggest_gain(&other->changes[measure], measure) > gain && (!other->variant->changes || trial->variant->changes))
			return true;
	}
	return false;
}

static void add_trial(struct suggest *s, const struct suggest_trial *trial, int goal)
{
	struct suggest_item best = {.trial = trial};

	for (int m = 0; m < SUGGEST_MEASURES; m++) {
		double gain = suggest_gain(&trial->changes[m], (enum suggest_measure)m);

		if (gain <= best.percent && !(m == goal && gain > 0))
			continue;
		best.percent = gain;
		best.measure = (enum suggest_measure)m;
		if (m == goal)
			break;
	}
	if (trial->state == SUGGEST_TRIED && best.percent > 0 && !is_dominated(s, trial, best.measure))
		add(s, best);
}

struct ordered {
	struct suggest_item item;
	size_t index;
	int goal;
};

static int larger_first(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	bool xg = x->goal >= 0 && (int)x->item.measure == x->goal, yg = y->goal >= 0 && (int)y->item.measure == y->goal;

	if (xg != yg)
		return yg - xg;
	if (x->item.percent != y->item.percent)
		return x->item.percent < y->item.percent ? 1 : -1;
	/* What was measured stands before what may be. */
	if (!x->item.advice != !y->item.advice)
		return x->item.advice ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

void suggest_rank(struct suggest *s, int goal)
{
	struct ordered *order;

	free(s->items);
	s->items = NULL;
	s->item_count = 0;
	for (size_t i = 1; i < s->trial_count; i++)
		add_trial(s, &s->trials[i], goal);
	for (size_t i = 0; i < s->advice_count; i++)
		add(s, (struct suggest_item){.advice = &s->advice[i], .measure = s->advice[i].measure, .percent = s->advice[i].bound});
	order = xcalloc(s->item_count + 1, sizeof *order);
	for (size_t i = 0; i < s->item_count; i++)
		order[i] = (struct ordered){s->items[i], i, goal};
	qsort(order, s->item_count, sizeof *order, larger_first);
	for (size_t i = 0; i < s->item_count; i++)
		s->items[i] = order[i].item;
	free(order);
}
