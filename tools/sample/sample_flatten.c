/* sample_flatten.c - the tree of functions and inlined calls as disjoint ranges, each with its innermost function. */
#include "sample_symbol.h"
#include "strbuf.h"

#include <stdlib.h>

static const struct function *sort_functions; /* tools run one thread here; qsort has no context argument in C17 */

static int by_start(const void *a, const void *b)
{
	const struct range *left = a, *right = b;
	uint32_t left_depth, right_depth;

	if (left->low != right->low)
		return left->low < right->low ? -1 : 1;
	left_depth = sort_functions[left->function].depth;
	right_depth = sort_functions[right->function].depth;
	if (left_depth != right_depth)
		return left_depth < right_depth ? -1 : 1;
	return left->function < right->function ? -1 : left->function > right->function;
}

/* Ends the open ranges up to `until`: each covers what no inner one did. */
static void close_ranges(struct range *open, size_t *count, uint64_t *from, uint64_t until, struct sample_symbols *flat)
{
	while (*count && *from < until) {
		const struct range *inner = &open[*count - 1];
		uint64_t end = inner->high < until ? inner->high : until;

		if (*from < end) {
			APPEND(flat->ranges, flat->range_count, flat->range_capacity,
			       (struct range){.low = *from, .high = end, .function = inner->function});
			*from = end;
		}
		if (inner->high <= until)
			(*count)--;
	}
}

/* Ranges that stick out of the one around them are damage: they are cut to it, so the result is disjoint whatever came in. */
void sample_flatten(struct sample_symbols *symbols)
{
	struct sample_symbols flat = {0};
	struct range *open = xcalloc(symbols->range_count ? symbols->range_count : 1, sizeof *open);
	size_t open_count = 0;
	uint64_t from = 0;

	sort_functions = symbols->functions;
	if (symbols->range_count)
		qsort(symbols->ranges, symbols->range_count, sizeof *symbols->ranges, by_start);
	for (size_t i = 0; i < symbols->range_count; i++) {
		struct range range = symbols->ranges[i];

		close_ranges(open, &open_count, &from, range.low, &flat);
		while (open_count && open[open_count - 1].high <= range.low)
			open_count--;
		from = range.low;
		if (open_count && range.high > open[open_count - 1].high)
			range.high = open[open_count - 1].high;
		open[open_count++] = range;
	}
	close_ranges(open, &open_count, &from, UINT64_MAX, &flat);
	free(open);
	free(symbols->ranges);
	symbols->ranges = flat.ranges;
	symbols->range_count = flat.range_count;
	symbols->range_capacity = flat.range_capacity;
}
