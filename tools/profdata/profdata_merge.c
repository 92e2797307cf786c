/*
 * Merging is addition: commutative and associative to the last byte, and the result is as large as the program, not as the number of
 * files. All is done on a copy, so that a merge that fails leaves `into` as it was.
 */
#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

#define MIXED "mixed"

/* Two tables in canonical order become one. The texts of `rows` still belong to where they came from. */
struct join {
	char *rows;
	size_t count;
	uint32_t *into_at, *from_at; /* place in `rows` of each row of the two */
};

static void join_free(struct join *join)
{
	free(join->rows);
	free(join->into_at);
	free(join->from_at);
}

static bool merge_row(const struct profile_table *table, void *to, const void *from)
{
	for (size_t f = 0; f < table->field_count; f++) {
		if (table->fields[f].type != PROFILE_TEXT && !profile_merge_number(&table->fields[f], to, from))
			return false;
	}
	return true;
}

static uint32_t add_row(struct join *join, const char *row, size_t size)
{
	memcpy(join->rows + join->count * size, row, size);
	return (uint32_t)join->count++;
}

static bool join_tables(const struct profile_table *table, const char *into, size_t into_count, const char *from, size_t from_count,
			struct join *join)
{
	size_t size = table->row_size, i = 0, j = 0;

	*join = (struct join){.rows = xrealloc(NULL, into_count + from_count, size),
			      .into_at = xrealloc(NULL, into_count, sizeof(uint32_t)),
			      .from_at = xrealloc(NULL, from_count, sizeof(uint32_t))};
	while (i < into_count && j < from_count) {
		const char *a = into + i * size, *b = from + j * size;
		int order = profile_compare(table, a, b);
		char *row = join->rows + join->count * size;

		memcpy(row, order <= 0 ? a : b, size);
		if (order == 0 && !merge_row(table, row, b))
			return false;
		if (order <= 0)
			join->into_at[i++] = (uint32_t)join->count;
		if (order >= 0)
			join->from_at[j++] = (uint32_t)join->count;
		join->count++;
	}
	for (; i < into_count; i++)
		join->into_at[i] = add_row(join, into + i * size, size);
	for (; j < from_count; j++)
		join->from_at[j] = add_row(join, from + j * size, size);
	return true;
}

/* Put the joined rows into `into`: its own texts move over, those of `from` are copied. */
static void take_rows(const struct profile_table *table, struct profile *into, const char *from, size_t from_count, struct join *join)
{
	for (size_t f = 0; f < table->field_count; f++) {
		const struct profile_field *field = &table->fields[f];

		for (size_t j = 0; field->type == PROFILE_TEXT && j < from_count; j++) {
			char *row = join->rows + join->from_at[j] * table->row_size;
			char *text = profile_text(field, from + j * table->row_size);

			if (profile_text(field, row) == text)
				profile_set_text(field, row, xstrdup(text));
		}
	}
	free(profile_rows(table, into));
	profile_set_rows(table, into, join->rows, join->count);
	join->rows = NULL;
}

/*
 * Fewest and most calls in one run. A function that a profile does not list had no call in its runs; a profile without runs says
 * nothing.
 */
static void merge_range(struct profile_fn *fn, const struct profile_fn *a, uint64_t a_runs, const struct profile_fn *b, uint64_t b_runs)
{
	uint64_t a_min = a ? a->calls_min : 0, a_max = a ? a->calls_max : 0, b_min = b ? b->calls_min : 0, b_max = b ? b->calls_max : 0;

	if (a_runs == 0) {
		a_min = b_runs ? b_min : 0;
		a_max = 0;
	}
	if (b_runs == 0) {
		b_min = a_min;
		b_max = 0;
	}
	fn->calls_min = a_min < b_min ? a_min : b_min;
	fn->calls_max = a_max > b_max ? a_max : b_max;
}

static void merge_ranges(const struct join *join, const struct profile *into, const struct profile *from)
{
	struct profile_fn *rows = (struct profile_fn *)(void *)join->rows;
	size_t i = 0, j = 0;

	for (size_t at = 0; at < join->count; at++) {
		const struct profile_fn *a = i < into->fn_count && join->into_at[i] == at ? &into->fns[i++] : NULL;
		const struct profile_fn *b = j < from->fn_count && join->from_at[j] == at ? &from->fns[j++] : NULL;

		merge_range(&rows[at], a, into->runs, b, from->runs);
	}
}

/* No program yet: what profile_new() makes, whatever was measured already. */
static bool is_blank(const struct profile *profile)
{
	return !*profile->source_hash && !*profile->rust_hash && profile->fn_count == 0;
}

static void keep_smaller(char **text, const char *other)
{
	if (strcmp(other, *text) >= 0)
		return;
	free(*text);
	*text = xstrdup(other);
}

static uint32_t moved(uint32_t fn, const uint32_t *map)
{
	return fn == PROFILE_NONE ? fn : map[fn];
}

static void move_edges(struct profile_edge *edges, size_t count, const uint32_t *map)
{
	for (size_t i = 0; i < count; i++) {
		edges[i].caller = moved(edges[i].caller, map);
		edges[i].callee = moved(edges[i].callee, map);
	}
}

static void move_lines(struct profile_line *lines, size_t count, const uint32_t *map)
{
	for (size_t i = 0; i < count; i++)
		lines[i].fn = moved(lines[i].fn, map);
}

static void move_contexts(struct profile_context *contexts, size_t count, const uint32_t *map)
{
	for (size_t i = 0; i < count; i++)
		contexts[i].fn = map[contexts[i].fn];
}

static void move_sites(struct profile_site *sites, size_t count, const uint32_t *map)
{
	for (size_t i = 0; i < count; i++)
		sites[i].fn = map[sites[i].fn];
}

static bool merge_table(size_t id, struct profile *into, const struct profile *from)
{
	const struct profile_table *table = &profile_tables[id];
	const char *rows = profile_rows(table, from);
	size_t count = profile_count(table, from);
	struct join join;
	bool ok = join_tables(table, profile_rows(table, into), profile_count(table, into), rows, count, &join);

	if (ok)
		take_rows(table, into, rows, count, &join);
	join_free(&join);
	return ok;
}

/* All but the functions, which the others refer to, and the call paths, which are a tree. */
static bool merge_tables(struct profile *into, const struct profile *from)
{
	static const size_t tables[] = {TABLE_EDGES,	 TABLE_LINES, TABLE_SKIPS,	TABLE_SOURCES, TABLE_FN_TEXTS,
					TABLE_TRAININGS, TABLE_LLVM,  TABLE_SELECTIONS, TABLE_SITES};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (!merge_table(tables[i], into, from))
			return false;
	}
	return true;
}

/* The new numbers keep the order of the old ones, so edges, lines and call paths stay sorted. */
static bool merge_fns(struct profile *into, struct profile *from)
{
	struct join join;
	bool ok = join_tables(&profile_tables[TABLE_FNS], (const char *)into->fns, into->fn_count, (const char *)from->fns, from->fn_count,
			      &join);

	if (ok) {
		merge_ranges(&join, into, from);
		move_edges(into->edges, into->edge_count, join.into_at);
		move_lines(into->lines, into->line_count, join.into_at);
		move_contexts(into->contexts, into->context_count, join.into_at);
		move_sites(into->sites, into->site_count, join.into_at);
		move_edges(from->edges, from->edge_count, join.from_at);
		move_lines(from->lines, from->line_count, join.from_at);
		move_contexts(from->contexts, from->context_count, join.from_at);
		move_sites(from->sites, from->site_count, join.from_at);
		take_rows(&profile_tables[TABLE_FNS], into, (const char *)from->fns, from->fn_count, &join);
	}
	join_free(&join);
	return ok;
}

/* The same files in the same order, as same_program() has seen. Where one lies elsewhere, the first path in byte order stays. */
static void merge_files(struct profile *into, const struct profile *from)
{
	if (is_blank(into) && from->file_count) {
		into->files = xcalloc(from->file_count, sizeof *into->files);
		into->file_count = from->file_count;
		for (size_t i = 0; i < from->file_count; i++)
			into->files[i] = (struct profile_file){xstrdup(from->files[i].source_path), xstrdup(from->files[i].source_hash),
							       xstrdup(from->files[i].rust_path), xstrdup(from->files[i].rust_hash)};
		return;
	}
	for (size_t i = 0; i < into->file_count && i < from->file_count; i++) {
		keep_smaller(&into->files[i].source_path, from->files[i].source_path);
		keep_smaller(&into->files[i].rust_path, from->files[i].rust_path);
	}
}

static void merge_text(const struct profile_field *field, struct profile *into, const struct profile *from)
{
	char *a = profile_text(field, into);
	const char *b = profile_text(field, from), *result = a;
	int order = strcmp(a, b);

	if (order == 0 || !*b)
		return;
	if (*a && field->rule == RULE_VERSION)
		result = MIXED;
	else if (!*a || order > 0)
		result = b;
	if (result != a) {
		profile_set_text(field, into, xstrdup(result));
		free(a);
	}
}

/* A value that belongs to runs: where there were none, it says nothing. 0 = mixed. */
static uint64_t same_where_used(uint64_t a, uint64_t a_runs, uint64_t b, uint64_t b_runs)
{
	if (a_runs == 0)
		return b_runs ? b : 0;
	return b_runs == 0 || a == b ? a : 0;
}

static bool merge_fields(struct profile *into, const struct profile *from)
{
	into->clock = (uint32_t)same_where_used(into->clock, into->runs, from->clock, from->runs);
	into->sample_period_ns = same_where_used(into->sample_period_ns, into->sample_runs, from->sample_period_ns, from->sample_runs);
	for (size_t i = 0; i < profile_shape.field_count; i++) {
		const struct profile_field *field = &profile_shape.fields[i];

		if (field->type == PROFILE_TEXT)
			merge_text(field, into, from);
		else if (!profile_merge_number(field, into, from))
			return false;
	}
	return true;
}

static bool merge_times(struct profile *into, const struct profile *from)
{
	for (size_t kind = 0; kind < PROFILE_RUN_KINDS; kind++) {
		if (profile_times_merge(&into->wall[kind], &from->wall[kind]) < 0 ||
		    profile_times_merge(&into->cpu[kind], &from->cpu[kind]) < 0 ||
		    profile_times_merge(&into->queued[kind], &from->queued[kind]) < 0)
			return false;
	}
	return true;
}

static int same_file(struct profile_file into, struct profile_file from, struct err *err)
{
	bool by_source = *into.source_hash || *from.source_hash;
	const char *a = by_source ? into.source_hash : into.rust_hash, *b = by_source ? from.source_hash : from.rust_hash;

	if (*a && strcmp(a, b) == 0)
		return 0;
	if (!*a && !*b)
		return err_set(err, NULL, NULL, "profiles without the hash of their source cannot be merged");
	return err_set(err, *from.source_path ? from.source_path : from.rust_path, "merge profiles of one version of one program",
		       "the profiles are of different sources (hash %.32s and %.32s)", *a ? a : "none", *b ? b : "none");
}

static int same_program(const struct profile *into, const struct profile *from, struct err *err)
{
	if (is_blank(into) || is_blank(from))
		return 0;
	for (uint32_t i = 0; i <= into->file_count && i <= from->file_count; i++) {
		if (same_file(profile_file(into, i), profile_file(from, i), err) < 0)
			return -1;
	}
	if (into->file_count != from->file_count)
		return err_set(err, *from->source_path ? from->source_path : from->rust_path, "merge profiles of one program",
			       "the profiles are of different programs (of %zu and %zu files)", into->file_count + 1, from->file_count + 1);
	return 0;
}

int profile_merge(struct profile *into, const struct profile *from, struct err *err)
{
	struct profile *sum, *add, swap;
	int result = -1;

	if (same_program(into, from, err) < 0)
		return -1;
	sum = profile_copy(into);
	add = profile_copy(from);
	if (profile_canonical(sum, err) == 0 && profile_canonical(add, err) == 0) {
		merge_files(sum, add);
		if (merge_fns(sum, add) && merge_tables(sum, add) && profile_contexts_merge(sum, add) && merge_fields(sum, add) &&
		    merge_times(sum, add)) {
			swap = *into;
			*into = *sum;
			*sum = swap;
			result = 0;
		} else {
			err_set(err, NULL, NULL, "the profiles cannot be merged: a sum passes 64 bits");
		}
	}
	profile_free(sum);
	profile_free(add);
	return result;
}
