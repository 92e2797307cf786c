/* The orders of the function table. To add one: a row in sort_keys[]. */
#include "export_sort.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static double by_self(const struct report *report, const struct report_fn *row)
{
	(void)report;
	return row->self_ns;
}

static double by_total(const struct report *report, const struct report_fn *row)
{
	(void)report;
	return row->total_ns;
}

static double by_calls(const struct report *report, const struct report_fn *row)
{
	return row->calls == PROFILE_ABSENT ? -1 : (double)report->profile->fns[row->fn].calls;
}

static double by_allocations(const struct report *report, const struct report_fn *row)
{
	return (double)report->profile->fns[row->fn].memory.allocations;
}

static double by_bytes(const struct report *report, const struct report_fn *row)
{
	return (double)report->profile->fns[row->fn].memory.bytes;
}

static double by_blocked(const struct report *report, const struct report_fn *row)
{
	(void)report;
	return row->blocked_ns;
}

const struct sort_key sort_keys[] = {
    {"self", by_self},	 {"total", by_total},	  {"calls", by_calls}, {"allocations", by_allocations},
    {"bytes", by_bytes}, {"blocked", by_blocked}, {"name", NULL},      {"line", NULL},
    {NULL, NULL},
};

const struct sort_key *sort_key_find(const char *name)
{
	for (const struct sort_key *key = sort_keys; key->name; key++)
		if (strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

struct order {
	const struct report *report;
	const struct sort_key *key;
};

static int compare(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	const struct report_fn *x = *(const struct report_fn *const *)a, *y = *(const struct report_fn *const *)b;
	const struct profile_fn *f = &order->report->profile->fns[x->fn], *g = &order->report->profile->fns[y->fn];
	int result = 0;

	if (order->key->value) {
		double v = order->key->value(order->report, x), w = order->key->value(order->report, y);

		result = (v < w) - (v > w);
	} else if (strcmp(order->key->name, "name") == 0) {
		result = strcmp(f->name, g->name);
	} else {
		result = (f->from > g->from) - (f->from < g->from);
	}
	/* The rows of the report are in an order of their own, by self time: it decides among equals. */
	return result ? result : (x > y) - (x < y);
}

static bool ran(const struct report *report, const struct report_fn *row)
{
	return report->profile->fns[row->fn].calls > 0 || row->calls == PROFILE_ABSENT || row->self_ns > 0 || row->total_ns > 0;
}

static bool wanted(const struct report *report, const struct export_options *options, const struct report_fn *row)
{
	double most = row->total_ns > row->self_ns ? row->total_ns : row->self_ns;

	return options->min_percent <= 0 || (report->base_ns > 0 && 100 * most >= options->min_percent * report->base_ns);
}

struct sorted sort_functions(const struct report *report, const struct export_options *options, size_t most)
{
	struct sorted s = {.rows = xcalloc(report->fn_count + 1, sizeof(struct report_fn *))};
	struct order order = {report, options->sort ? sort_key_find(options->sort) : NULL};

	for (size_t i = 0; i < report->fn_count; i++) {
		const struct report_fn *row = &report->fns[i];

		if (!ran(report, row))
			continue;
		if (wanted(report, options, row)) {
			s.rows[s.count++] = row;
			continue;
		}
		s.left++;
		s.left_percent += row->self_percent > 0 ? row->self_percent : 0;
	}
	if (order.key)
		qsort_r(s.rows, s.count, sizeof(struct report_fn *), compare, &order);
	for (; s.count > most; s.left++) {
		double percent = s.rows[--s.count]->self_percent;

		s.left_percent += percent > 0 ? percent : 0;
	}
	if (report->source == REPORT_NO_TIME)
		s.left_percent = -1;
	return s;
}
