/*
 * Call paths: a tree whose rows refer to rows. Canonical order is breadth first, siblings by function and line: a row is then known by its
 * depth and its path, whatever else is in the profile. That makes merging one walk over both tables, and it makes the bound harmless: "the
 * first PROFILE_CONTEXTS_MOST rows, with the samples of the others at their callers" gives the same tree whether it is applied after every
 * merge or once at the end, since a row that is among the first of the sum is among the first of each part.
 */
#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

/* --- a tree in the making ------------------------------------------------------------------------------------------------- */
static size_t slot_of(const struct context_tree *tree, uint32_t parent, uint32_t fn, uint32_t line)
{
	uint64_t hash = ((uint64_t)parent << 32 | fn) * 0x9e3779b97f4a7c15u ^ (uint64_t)line * 0xc2b2ae3d27d4eb4fu;

	return (size_t)((hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u >> 24) & (tree->slot_count - 1);
}

static uint32_t *find_slot(const struct context_tree *tree, uint32_t parent, uint32_t fn, uint32_t line)
{
	size_t at = slot_of(tree, parent, fn, line);

	while (tree->slots[at]) {
		const struct profile_context *row = &tree->rows[tree->slots[at] - 1];

		if (row->parent == parent && row->fn == fn && row->line == line)
			break;
		at = (at + 1) & (tree->slot_count - 1);
	}
	return &tree->slots[at];
}

static void grow(struct context_tree *tree)
{
	tree->capacity = tree->capacity ? tree->capacity * 2 : 256;
	tree->rows = xrealloc(tree->rows, tree->capacity, sizeof *tree->rows);
	free(tree->slots);
	tree->slot_count = tree->capacity * 2;
	tree->slots = xcalloc(tree->slot_count, sizeof *tree->slots);
	for (size_t i = 0; i < tree->count; i++)
		*find_slot(tree, tree->rows[i].parent, tree->rows[i].fn, tree->rows[i].line) = (uint32_t)(i + 1);
}

uint32_t context_tree_child(struct context_tree *tree, uint32_t parent, uint32_t fn, uint32_t line)
{
	uint32_t *slot;

	if (tree->count == tree->capacity)
		grow(tree);
	slot = find_slot(tree, parent, fn, line);
	if (!*slot) {
		tree->rows[tree->count++] = (struct profile_context){.parent = parent, .fn = fn, .line = line};
		*slot = (uint32_t)tree->count;
	}
	return *slot;
}

void context_tree_load(struct context_tree *tree, const struct profile *profile)
{
	for (size_t i = 0; i < profile->context_count; i++) {
		const struct profile_context *row = &profile->contexts[i];
		uint32_t node = context_tree_child(tree, row->parent, row->fn, row->line);

		tree->rows[node - 1].samples = row->samples;
	}
}

void context_tree_free(struct context_tree *tree)
{
	free(tree->rows);
	free(tree->slots);
	*tree = (struct context_tree){0};
}

int context_tree_store(struct context_tree *tree, struct profile *profile, struct err *err)
{
	bool ok;

	free(profile->contexts);
	profile->contexts = tree->rows;
	profile->context_count = tree->count;
	tree->rows = NULL;
	context_tree_free(tree);
	ok = profile_contexts_canonical(profile);
	return ok ? 0 : err_set(err, NULL, NULL, "the samples of the call paths pass 64 bits");
}

/* --- canonical order ------------------------------------------------------------------------------------------------------ */
/* A row and where it was. */
struct placed {
	struct profile_context row; /* first: compared as a row */
	uint32_t old;
};

static int compare_placed(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_CONTEXTS], a, b);
}

static bool is_canonical(const struct profile *profile)
{
	for (size_t i = 1; i < profile->context_count; i++) {
		if (compare_placed(&profile->contexts[i - 1], &profile->contexts[i]) >= 0)
			return false;
	}
	return true;
}

/* Samples of rows behind the bound go to the nearest caller before it. */
static bool bound(struct profile *profile)
{
	while (profile->context_count > PROFILE_CONTEXTS_MOST) {
		const struct profile_context *last = &profile->contexts[profile->context_count - 1];
		uint64_t *caller = &profile->contexts[last->parent ? last->parent - 1 : 0].samples;

		/* behind so many rows of one depth, all of them outermost: nothing is left to go to */
		if (last->parent && __builtin_add_overflow(*caller, last->samples, caller))
			return false;
		profile->context_count--;
	}
	return true;
}

/* Rows of each depth behind those of the one above; starts[d] .. starts[d+1] are those of depth d. Returns how many depths. */
static size_t sort_by_depth(const struct profile *profile, struct placed *order, size_t **starts)
{
	size_t count = profile->context_count, depths = 0;
	uint32_t *depth = xmalloc(count * sizeof *depth);
	size_t *next;

	for (size_t i = 0; i < count; i++) {
		uint32_t parent = profile->contexts[i].parent;

		depth[i] = parent ? depth[parent - 1] + 1 : 0;
		if (depth[i] >= depths)
			depths = (size_t)depth[i] + 1;
	}
	*starts = xcalloc(depths + 2, sizeof **starts);
	next = *starts + 1;
	for (size_t i = 0; i < count; i++)
		next[depth[i] + 1]++;
	for (size_t d = 1; d <= depths; d++)
		next[d] += next[d - 1];
	for (size_t i = 0; i < count; i++)
		order[next[depth[i]]++] = (struct placed){profile->contexts[i], (uint32_t)i};
	free(depth);
	return depths;
}

/* Rows of one depth, whose callers have their new numbers: sort them, make one of equal ones, and number them. */
static bool place(struct profile_context *rows, size_t *kept, struct placed *order, size_t count, uint32_t *map)
{
	size_t first = *kept;

	for (size_t i = 0; i < count; i++)
		order[i].row.parent = order[i].row.parent ? map[order[i].row.parent - 1] : 0;
	qsort(order, count, sizeof *order, compare_placed);
	for (size_t i = 0; i < count; i++) {
		struct profile_context *last = *kept > first ? &rows[*kept - 1] : NULL;

		if (!last || compare_placed(last, &order[i].row) != 0)
			rows[(*kept)++] = order[i].row;
		else if (__builtin_add_overflow(last->samples, order[i].row.samples, &last->samples))
			return false;
		map[order[i].old] = (uint32_t)*kept;
	}
	return true;
}

bool profile_contexts_canonical(struct profile *profile)
{
	size_t count = profile->context_count, depths, kept = 0, *starts;
	struct placed *order;
	uint32_t *map;
	bool ok = true;

	if (is_canonical(profile))
		return bound(profile);
	order = xmalloc(count * sizeof *order);
	map = xmalloc(count * sizeof *map);
	depths = sort_by_depth(profile, order, &starts);
	for (size_t d = 0; d < depths && ok; d++)
		ok = place(profile->contexts, &kept, order + starts[d], starts[d + 1] - starts[d], map);
	profile->context_count = kept;
	free(order);
	free(map);
	free(starts);
	return ok && bound(profile);
}

/* --- merge ------------------------------------------------------------------------------------------------------------------- */
/* The rows of one side, which learn their new numbers as they are taken: a caller always before what it calls. */
struct side {
	const struct profile_context *rows;
	size_t count, at;
	uint32_t *map;
};

static struct side side_of(const struct profile *profile)
{
	return (struct side){profile->contexts, profile->context_count, 0, xmalloc((profile->context_count + 1) * sizeof(uint32_t))};
}

/* The next row as it will be; false at the end. */
static bool peek(const struct side *side, struct profile_context *row)
{
	if (side->at == side->count)
		return false;
	*row = side->rows[side->at];
	row->parent = row->parent ? side->map[row->parent - 1] : 0;
	return true;
}

bool profile_contexts_merge(struct profile *into, const struct profile *from)
{
	struct side a = side_of(into), b = side_of(from);
	struct profile_context *rows = xmalloc((a.count + b.count + 1) * sizeof *rows), x, y;
	size_t count = 0;
	bool ok = true;

	while (ok) {
		bool has_x = peek(&a, &x), has_y = peek(&b, &y);
		int order = has_x && has_y ? compare_placed(&x, &y) : has_x ? -1 : 1;

		if (!has_x && !has_y)
			break;
		rows[count] = order <= 0 ? x : y;
		if (order == 0)
			ok = !__builtin_add_overflow(x.samples, y.samples, &rows[count].samples);
		count++;
		if (order <= 0)
			a.map[a.at++] = (uint32_t)count;
		if (order >= 0)
			b.map[b.at++] = (uint32_t)count;
	}
	free(a.map);
	free(b.map);
	free(into->contexts);
	into->contexts = rows;
	into->context_count = count;
	return ok && bound(into);
}
