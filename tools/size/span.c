#include "span.h"
#include "strbuf.h"

#include <stdlib.h>

static void add(struct spans *spans, uint64_t from, uint64_t to, uint32_t label)
{
	struct span *last = spans->count > 0 ? &spans->rows[spans->count - 1] : NULL;

	if (from >= to)
		return;
	if (last && last->to == from && last->label == label) {
		last->to = to;
		return;
	}
	if (spans->count == spans->capacity) {
		spans->capacity = spans->capacity ? 2 * spans->capacity : 256;
		spans->rows = xrealloc(spans->rows, spans->capacity, sizeof *spans->rows);
	}
	spans->rows[spans->count++] = (struct span){from, to, label};
}

void span_claim(struct spans *claims, uint64_t from, uint64_t to, uint32_t label)
{
	add(claims, from, to, label);
}

static int by_start(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	if (one->from != other->from)
		return one->from < other->from ? -1 : 1;
	if (one->to != other->to)
		return one->to > other->to ? -1 : 1;
	return one->label < other->label ? -1 : one->label > other->label;
}

void spans_apply(struct spans *map, struct spans *claims, uint64_t limit)
{
	struct spans merged = {0};
	size_t next = 0;
	uint64_t done = 0; /* bytes below are decided */

	if (claims->count > 0)
		qsort(claims->rows, claims->count, sizeof *claims->rows, by_start);
	for (size_t i = 0; i < claims->count; i++) {
		uint64_t from = claims->rows[i].from > done ? claims->rows[i].from : done;
		uint64_t to = claims->rows[i].to < limit ? claims->rows[i].to : limit;

		/* What is labelled goes over as it is; the claim gets the gaps. */
		while (next < map->count && map->rows[next].from < to) {
			const struct span *old = &map->rows[next];

			add(&merged, from, old->from, claims->rows[i].label);
			if (from < old->to)
				from = old->to;
			if (old->to > to) /* it goes on behind the claim: the next one meets it again */
				break;
			add(&merged, old->from, old->to, old->label);
			next++;
		}
		add(&merged, from, to, claims->rows[i].label);
		done = from > to ? from : to > done ? to : done;
	}
	for (; next < map->count; next++)
		add(&merged, map->rows[next].from, map->rows[next].to, map->rows[next].label);
	free(map->rows);
	*map = merged;
	claims->count = 0;
}

uint64_t spans_total(const struct spans *map)
{
	uint64_t total = 0;

	for (size_t i = 0; i < map->count; i++)
		total += map->rows[i].to - map->rows[i].from;
	return total;
}

const struct span *spans_find(const struct spans *map, uint64_t offset)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->rows[middle].to <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < map->count && map->rows[low].from <= offset ? &map->rows[low] : NULL;
}

void spans_free(struct spans *spans)
{
	free(spans->rows);
	*spans = (struct spans){0};
}
