/* size_rollup.c - from labels to sums: categories, functions with their generic copies, crates. */
#include "size_internal.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
	const struct size_sum *one = a, *other = b;

	if (one->bytes != other->bytes)
		return one->bytes > other->bytes ? -1 : 1;
	return strcmp(one->name ? one->name : "", other->name ? other->name : "");
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_function(const void *a, const void *b)
{
	const struct size_item *one = *(const struct size_item *const *)a, *other = *(const struct size_item *const *)b;
	int order = compare_text(one->generic, other->generic);

	if (order == 0)
		order = compare_text(one->crate, other->crate);
	if (order == 0)
		order = one->category < other->category ? -1 : one->category > other->category;
	return order ? order : one->address < other->address ? -1 : one->address > other->address;
}

static int by_crate(const void *a, const void *b)
{
	const struct size_item *one = *(const struct size_item *const *)a, *other = *(const struct size_item *const *)b;
	int order = compare_text(one->crate, other->crate);

	return order ? order : one->category < other->category ? -1 : one->category > other->category;
}

/* Sums over runs of equal items in sorted order. */
static struct size_sum *sum_up(const struct size_item **items, size_t count, bool crates, size_t *sums)
{
	struct size_sum *rows = xcalloc(count + 1, sizeof *rows);
	int (*order)(const void *, const void *) = crates ? by_crate : by_function;

	if (count > 0)
		qsort(items, count, sizeof(struct size_item *), order); /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */
	*sums = 0;
	for (size_t i = 0; i < count; i++) {
		/* Outside Rust and C++ those of one name are different functions of different files. */
		const struct size_item *item = items[i], *last = i > 0 && (crates || item->crate) ? items[i - 1] : NULL;
		bool same = last && compare_text(last->crate, item->crate) == 0 && last->category == item->category &&
			    (crates || compare_text(last->generic, item->generic) == 0);
		struct size_sum *row;

		if (!same)
			rows[(*sums)++] = (struct size_sum){
			    .name = crates ? item->crate : item->generic, .crate = item->crate, .category = item->category, .first = item};
		row = &rows[*sums - 1];
		row->bytes += item->bytes;
		row->copies += !item->inlined;
		if (item->bytes > row->largest) {
			row->largest = item->bytes;
			row->first = item;
		}
	}
	if (*sums > 0)
		qsort(rows, *sums, sizeof *rows, by_bytes);
	return rows;
}

static size_t pick(const struct size_program *program, const struct size_item **items, bool crates)
{
	size_t count = 0;

	for (size_t i = 0; i < program->item_count; i++) {
		const struct size_item *item = &program->items[i];

		if (item->bytes > 0 && (crates ? item->crate != NULL && (item->function || item->object) : item->function))
			items[count++] = item;
	}
	return count;
}

void size_roll_up(struct size_program *program)
{
	const struct size_item **items = xcalloc(program->item_count + 1, sizeof(struct size_item *));

	free(program->functions); /* of an earlier time: labels may change */
	free(program->crates);
	for (size_t i = 0; i < program->item_count; i++)
		program->items[i].bytes = 0;
	memset(program->categories, 0, sizeof program->categories);
	for (size_t i = 0; i < program->map.count; i++)
		program->items[program->map.rows[i].label].bytes += program->map.rows[i].to - program->map.rows[i].from;
	for (size_t i = 0; i < program->item_count; i++)
		program->categories[program->items[i].category] += program->items[i].bytes;
	program->functions = sum_up(items, pick(program, items, false), false, &program->function_count);
	program->crates = sum_up(items, pick(program, items, true), true, &program->crate_count);
	free((void *)items);
}
