/* langs_figures.c - from the samples of common rounds to medians, ratios and verdicts. Pure. */
#include "langs_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LEVEL 0.95

bool lang_is_called(const struct lang_entrant *entrant, const char *name)
{
	return lang_by_word(name, strlen(name)) == entrant->lang || (entrant->source && strcmp(entrant->source, name) == 0) ||
	       (entrant->label && strcasecmp(entrant->label, name) == 0);
}

int lang_baseline_check(const struct lang_options *o, const struct lang_comparison *c, struct err *err)
{
	struct strbuf hint = STRBUF_INIT;

	if (!o->compare_to)
		return 0;
	strbuf_puts(&hint, "give one of ");
	for (size_t i = 0; i < c->count; i++) {
		if (lang_is_called(&c->entrants[i], o->compare_to)) {
			strbuf_free(&hint);
			return 0;
		}
		strbuf_printf(&hint, "%s%s", i ? ", " : "", c->entrants[i].label);
	}
	err_usage(err, o->compare_to, hint.data, "--compare-to names nobody who takes part");
	strbuf_free(&hint);
	return -1;
}

static int faster(const void *a, const void *b)
{
	const struct lang_entrant *x = a, *y = b;

	if (!x->absent != !y->absent)
		return x->absent ? 1 : -1;
	if (x->absent)
		return 0;
	return (x->time.value > y->time.value) - (x->time.value < y->time.value);
}

/* Insertion, since equals must keep their order and there are few. */
static void sort(struct lang_comparison *c)
{
	for (size_t i = 1; i < c->count; i++) {
		struct lang_entrant moved = c->entrants[i];
		size_t k = i;

		for (; k > 0 && faster(&c->entrants[k - 1], &moved) > 0; k--)
			c->entrants[k] = c->entrants[k - 1];
		c->entrants[k] = moved;
	}
}

static struct stats_interval ratio(const struct lang_entrant *of, const struct lang_entrant *to)
{
	if (of == to)
		return (struct stats_interval){1, 1, 1};
	return stats_signed_rank(to->wall, of->wall, of->rounds, LEVEL);
}

/* "The same time" must hold for the whole interval, not only for its middle. */
static bool matches(const struct stats_interval *ratio, double margin)
{
	return ratio->lo >= 1 / (1 + margin) && ratio->hi <= 1 + margin;
}

void lang_figures(struct lang_comparison *c, const struct lang_options *o)
{
	const char *first = c->entrants[0].label;

	for (size_t i = 0; i < c->count; i++) {
		struct lang_entrant *entrant = &c->entrants[i];

		if (entrant->wall)
			entrant->time = stats_median_interval(entrant->wall, entrant->rounds, LEVEL);
		if (entrant->empty_wall)
			entrant->start = stats_median_interval(entrant->empty_wall, entrant->empty_rounds, LEVEL);
	}
	sort(c);
	c->slowest = c->present - 1;
	for (size_t i = 0; i < c->present; i++) {
		if (c->entrants[i].label == first)
			c->first = i;
	}
	/* One that was asked for and is absent: the fastest, as if nothing was asked; the list of the absent tells. */
	for (size_t i = c->present; o->compare_to && i-- > 0;) {
		if (lang_is_called(&c->entrants[i], o->compare_to))
			c->baseline = i;
	}
	for (size_t i = 0; i < c->present; i++) {
		struct lang_entrant *entrant = &c->entrants[i];

		entrant->to_slowest = ratio(entrant, &c->entrants[c->slowest]);
		entrant->to_baseline = ratio(entrant, &c->entrants[c->baseline]);
		entrant->to_first = ratio(entrant, &c->entrants[c->first]);
		entrant->matches_first = i != c->first && matches(&entrant->to_first, c->margin);
	}
}
