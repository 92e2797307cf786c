/*
 * The canonical order: functions by first line, name and kind, everything else by its keys. Two profiles in this order merge by
 * walking both once, and the result does not depend on which came first.
 */
#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static bool is_sorted(const struct profile_table *table, const void *base)
{
	const char *rows = profile_rows(table, base);
	size_t count = profile_count(table, base);

	for (size_t i = 1; i < count; i++) {
		if (profile_compare(table, rows + (i - 1) * table->row_size, rows + i * table->row_size) >= 0)
			return false;
	}
	return true;
}

bool profile_is_canonical(const struct profile *profile)
{
	for (size_t i = 0; i < TABLES; i++) {
		if (!is_sorted(&profile_tables[i], profile))
			return false;
	}
	return true;
}

static bool sum(const struct profile_field *field, void *to, uint64_t a, uint64_t b)
{
	uint64_t result;

	if (field->nullable && (a == profile_absent(field) || b == profile_absent(field))) {
		profile_set_number(field, to, a == profile_absent(field) ? b : a);
		return true;
	}
	if (__builtin_add_overflow(a, b, &result) || result > profile_absent(field) || (field->nullable && result == profile_absent(field)))
		return false;
	profile_set_number(field, to, result);
	return true;
}

static uint64_t larger(const struct profile_field *field, uint64_t a, uint64_t b)
{
	if (field->nullable && a == profile_absent(field))
		return b;
	if (field->nullable && b == profile_absent(field))
		return a;
	return a > b ? a : b;
}

bool profile_merge_number(const struct profile_field *field, void *to, const void *from)
{
	uint64_t a = profile_number(field, to), b = profile_number(field, from);

	switch (field->rule) {
	case RULE_SUM:
		return sum(field, to, a, b);
	case RULE_MIN:
		profile_set_number(field, to, a < b ? a : b);
		return true;
	case RULE_MAX:
		profile_set_number(field, to, larger(field, a, b));
		return true;
	case RULE_OR:
		profile_set_number(field, to, a | b);
		return true;
	case RULE_SAME:
		profile_set_number(field, to, a == b ? a : 0);
		return true;
	case RULE_KEY:
	case RULE_VERSION:
	case RULE_SMALLEST:
	case RULE_BY_HAND:
		break;
	}
	return true;
}

static int compare_fns(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_FNS], a, b);
}

static int compare_edges(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_EDGES], a, b);
}

static int compare_lines(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_LINES], a, b);
}

static int compare_skips(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_SKIPS], a, b);
}

static int compare_sources(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_SOURCES], a, b);
}

static int compare_fn_texts(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_FN_TEXTS], a, b);
}

static int compare_trainings(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_TRAININGS], a, b);
}

static int compare_llvm(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_LLVM], a, b);
}

static int compare_selections(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_SELECTIONS], a, b);
}

static int compare_sites(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_SITES], a, b);
}

static int (*const compare[TABLES])(const void *, const void *) = {[TABLE_FNS] = compare_fns,
								   [TABLE_EDGES] = compare_edges,
								   [TABLE_LINES] = compare_lines,
								   [TABLE_SKIPS] = compare_skips,
								   [TABLE_SOURCES] = compare_sources,
								   [TABLE_FN_TEXTS] = compare_fn_texts,
								   [TABLE_TRAININGS] = compare_trainings,
								   [TABLE_LLVM] = compare_llvm,
								   [TABLE_SELECTIONS] = compare_selections,
								   [TABLE_SITES] = compare_sites};

/* A function and where it was. */
struct placed {
	struct profile_fn fn; /* first: compared as a row */
	uint32_t old;
};

static void renumber(uint32_t *fn, const uint32_t *map)
{
	if (*fn != PROFILE_NONE)
		*fn = map[*fn];
}

static void sort_fns(struct profile *profile)
{
	struct placed *order = xmalloc(profile->fn_count * sizeof *order);
	uint32_t *map = xmalloc(profile->fn_count * sizeof *map);

	for (size_t i = 0; i < profile->fn_count; i++)
		order[i] = (struct placed){profile->fns[i], (uint32_t)i};
	qsort(order, profile->fn_count, sizeof *order, compare_fns);
	for (size_t i = 0; i < profile->fn_count; i++) {
		profile->fns[i] = order[i].fn;
		map[order[i].old] = (uint32_t)i;
	}
	for (size_t i = 0; i < profile->edge_count; i++) {
		renumber(&profile->edges[i].caller, map);
		renumber(&profile->edges[i].callee, map);
	}
	for (size_t i = 0; i < profile->line_count; i++)
		renumber(&profile->lines[i].fn, map);
	for (size_t i = 0; i < profile->context_count; i++)
		renumber(&profile->contexts[i].fn, map);
	for (size_t i = 0; i < profile->site_count; i++)
		renumber(&profile->sites[i].fn, map);
	free(order);
	free(map);
}

/* Sort the rows of one table and make one of those with the same keys. */
static bool sort_table(struct profile *profile, size_t id)
{
	const struct profile_table *table = &profile_tables[id];
	char *rows = profile_rows(table, profile);
	size_t count = profile_count(table, profile), kept = 0;

	if (is_sorted(table, profile))
		return true;
	qsort(rows, count, table->row_size, compare[id]);
	for (size_t i = 1; i < count; i++) {
		char *last = rows + kept * table->row_size, *row = rows + i * table->row_size;

		if (profile_compare(table, last, row) != 0) {
			memmove(last + table->row_size, row, table->row_size);
			kept++;
			continue;
		}
		for (size_t f = 0; f < table->field_count; f++) {
			if (table->fields[f].type == PROFILE_TEXT)
				free(profile_text(&table->fields[f], row));
			else if (!profile_merge_number(&table->fields[f], last, row)) {
				/* keep what is behind owned by the table, so that it can be freed */
				memmove(row, row + table->row_size, (count - i - 1) * table->row_size);
				profile_set_rows(table, profile, rows, count - 1);
				return false;
			}
		}
	}
	profile_set_rows(table, profile, rows, kept + 1);
	return true;
}

int profile_canonical(struct profile *profile, struct err *err)
{
	if (!is_sorted(&profile_tables[TABLE_FNS], profile))
		sort_fns(profile);
	for (size_t id = TABLE_EDGES; id < TABLES; id++) {
		if (!(id == TABLE_CONTEXTS ? profile_contexts_canonical(profile) : sort_table(profile, id)))
			return err_set(err, NULL, NULL, "the sums of the profile pass 64 bits (%s)", profile_tables[id].key);
	}
	return 0;
}

static void copy_texts(const struct profile_field *fields, size_t count, void *base)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type == PROFILE_TEXT)
			profile_set_text(&fields[i], base, xstrdup(profile_text(&fields[i], base)));
	}
}

/* `base` is a byte copy of another struct: give it texts and rows of its own. */
static void copy_owned(const struct profile_shape *shape, void *base)
{
	copy_texts(shape->fields, shape->field_count, base);
	for (size_t t = 0; t < shape->table_count; t++) {
		const struct profile_table *table = &shape->tables[t];
		size_t count = profile_count(table, base);
		char *rows;

		if (count == 0) {
			profile_set_rows(table, base, NULL, 0);
			continue;
		}
		rows = xrealloc(NULL, count, table->row_size);
		memcpy(rows, profile_rows(table, base), count * table->row_size);
		for (size_t i = 0; i < count; i++)
			copy_texts(table->fields, table->field_count, rows + i * table->row_size);
		profile_set_rows(table, base, rows, count);
	}
	for (size_t i = 0; i < shape->part_count; i++) /* NOLINT(misc-no-recursion): as deep as the shapes */
		copy_owned(shape->parts[i].shape, (char *)base + shape->parts[i].offset);
}

struct profile *profile_copy(const struct profile *profile)
{
	struct profile *copy = xmalloc(sizeof *copy);

	*copy = *profile;
	copy_owned(&profile_shape, copy);
	return copy;
}
