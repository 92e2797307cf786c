/* What every reader of a profile relies on. Kept apart from parsing, so that a profile made in memory is checked the same way. */
#include "profdata_file.h"
#include "profile_shape.h"
#include "profile_times.h"
#include "strbuf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The hook refuses texts of more than 64 MiB, so no line is further down. Views loop over lines. */
#define MOST_LINES (1u << 26)

static int check_texts(const struct profile_field *fields, size_t count, const void *base, const char *owner, const char *name,
		       struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type == PROFILE_TEXT && !profile_text(&fields[i], base))
			return err_set(err, name, NULL, "bad profile: %s without %s", owner, fields[i].key);
	}
	return 0;
}

/* Rows in strictly ascending order: binary search and merging work, and nothing is there twice. */
static int check_order(const struct profile_table *table, const void *base, const char *name, struct err *err)
{
	const char *rows = profile_rows(table, base);
	size_t count = profile_count(table, base);

	for (size_t i = 1; i < count; i++) {
		if (profile_compare(table, rows + (i - 1) * table->row_size, rows + i * table->row_size) >= 0)
			return err_set(err, name, NULL, "bad profile: %s[%zu] out of order", table->key, i);
	}
	return 0;
}

struct fn_ref {
	const struct profile_fn *fn;
};

static int compare_fns(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_FNS], ((const struct fn_ref *)a)->fn, ((const struct fn_ref *)b)->fn);
}

/* Functions may stand in any order, but none twice: merging could not tell them apart. */
static int check_fns_unique(const struct profile *profile, const char *name, struct err *err)
{
	struct fn_ref *order;
	int result = 0;

	if (profile->fn_count < 2)
		return 0;
	order = xmalloc(profile->fn_count * sizeof *order);
	for (size_t i = 0; i < profile->fn_count; i++)
		order[i].fn = &profile->fns[i];
	qsort(order, profile->fn_count, sizeof *order, compare_fns);
	for (size_t i = 1; i < profile->fn_count && result == 0; i++) {
		if (compare_fns(&order[i - 1], &order[i]) == 0)
			result = err_set(err, name, NULL, "bad profile: function %.200s of line %" PRIu32 " is there twice",
					 order[i].fn->name, order[i].fn->from);
	}
	free(order);
	return result;
}

static int check_fn(const struct profile_fn *fn, size_t index, const char *name, struct err *err)
{
	if (!fn->name || !*fn->name || !profile_utf8_ok(fn->name, strlen(fn->name)))
		return err_set(err, name, NULL, "bad profile: functions[%zu] without a name in UTF-8", index);
	if (fn->kind > PROFILE_SKIPPED)
		return err_set(err, name, NULL, "bad profile: function %.200s is of unknown kind %" PRIu32, fn->name, fn->kind);
	if (fn->from > MOST_LINES || fn->to > MOST_LINES || fn->rust_from > MOST_LINES || fn->rust_to > MOST_LINES)
		return err_set(err, name, NULL, "bad profile: function %.200s has a line beyond %u", fn->name, MOST_LINES);
	if (fn->calls_min > fn->calls_max || fn->calls_max > fn->calls)
		return err_set(err, name, NULL, "bad profile: function %.200s has calls that contradict each other", fn->name);
	return 0;
}

static int check_fns(const struct profile *profile, const char *name, struct err *err)
{
	if (profile->fn_count >= PROFILE_NONE)
		return err_set(err, name, NULL, "bad profile: too many functions");
	for (size_t i = 0; i < profile->fn_count; i++) {
		if (check_fn(&profile->fns[i], i, name, err) < 0)
			return -1;
	}
	return check_fns_unique(profile, name, err);
}

static int compare_files(const struct profile *profile, uint32_t a, uint32_t b)
{
	struct profile_file x = profile_file(profile, a), y = profile_file(profile, b);

	return profile_compare(&profile_tables[TABLE_FILES], &x, &y);
}

static int check_files(const struct profile *profile, const char *name, struct err *err)
{
	const struct profile_table *table = &profile_tables[TABLE_FILES];

	if (profile->file_count >= PROFILE_NONE)
		return err_set(err, name, NULL, "bad profile: too many files");
	for (size_t i = 0; i < profile->file_count; i++) {
		if (check_texts(table->fields, table->field_count, &profile->files[i], "file", name, err) < 0)
			return -1;
		if (compare_files(profile, (uint32_t)i, (uint32_t)i + 1) >= 0)
			return err_set(err, name, NULL, "bad profile: files[%zu] out of order", i);
	}
	for (size_t i = 0; i < profile->fn_count; i++) {
		if (profile->fns[i].file > profile->file_count)
			return err_set(err, name, NULL, "bad profile: function %.200s is of a file that is not there",
				       profile->fns[i].name);
	}
	for (size_t i = 0; i < profile->skip_count; i++) {
		if (profile->skips[i].file > profile->file_count)
			return err_set(err, name, NULL, "bad profile: skips[%zu] is of a file that is not there", i);
	}
	return 0;
}

static int check_edges(const struct profile *profile, const char *name, struct err *err)
{
	for (size_t i = 0; i < profile->edge_count; i++) {
		const struct profile_edge *edge = &profile->edges[i];

		if ((edge->caller != PROFILE_NONE && edge->caller >= profile->fn_count) || edge->callee >= profile->fn_count)
			return err_set(err, name, NULL, "bad profile: edges[%zu] names a function that is not there", i);
		if (edge->line > MOST_LINES)
			return err_set(err, name, NULL, "bad profile: edges[%zu] has a line beyond %u", i, MOST_LINES);
	}
	return check_order(&profile_tables[TABLE_EDGES], profile, name, err);
}

static int check_lines(const struct profile *profile, const char *name, struct err *err)
{
	for (size_t i = 0; i < profile->line_count; i++) {
		const struct profile_line *line = &profile->lines[i];

		if (line->fn != PROFILE_NONE && line->fn >= profile->fn_count)
			return err_set(err, name, NULL, "bad profile: lines[%zu] names a function that is not there", i);
		if (line->line > MOST_LINES)
			return err_set(err, name, NULL, "bad profile: lines[%zu] has a line beyond %u", i, MOST_LINES);
	}
	return check_order(&profile_tables[TABLE_LINES], profile, name, err);
}

/* Callers stand before what they call, which is what every walk over the tree relies on. */
static int check_contexts(const struct profile *profile, const char *name, struct err *err)
{
	uint64_t samples = 0;

	if (profile->context_count > PROFILE_CONTEXTS_MOST)
		return err_set(err, name, NULL, "bad profile: more than %u call paths", PROFILE_CONTEXTS_MOST);
	for (size_t i = 0; i < profile->context_count; i++) {
		const struct profile_context *context = &profile->contexts[i];

		if (context->parent > i || context->fn >= profile->fn_count)
			return err_set(err, name, NULL, "bad profile: contexts[%zu] names a caller or function that is not there", i);
		if (context->line > MOST_LINES)
			return err_set(err, name, NULL, "bad profile: contexts[%zu] has a line beyond %u", i, MOST_LINES);
		if (__builtin_add_overflow(samples, context->samples, &samples) || samples > profile->samples)
			return err_set(err, name, NULL, "bad profile: call paths have more samples than were taken");
	}
	return check_order(&profile_tables[TABLE_CONTEXTS], profile, name, err);
}

static int check_skips(const struct profile *profile, const char *name, struct err *err)
{
	for (size_t i = 0; i < profile->skip_count; i++) {
		const char *reason = profile->skips[i].reason;

		if (!reason || !profile_utf8_ok(reason, strlen(reason)))
			return err_set(err, name, NULL, "bad profile: skips[%zu] without a reason in UTF-8", i);
	}
	return check_order(&profile_tables[TABLE_SKIPS], profile, name, err);
}

static int check_sites(const struct profile *profile, const char *name, struct err *err)
{
	for (size_t i = 0; i < profile->site_count; i++) {
		if (profile->sites[i].fn >= profile->fn_count)
			return err_set(err, name, NULL, "bad profile: allocation_lines[%zu] names a function that is not there", i);
		if (profile->sites[i].line > MOST_LINES)
			return err_set(err, name, NULL, "bad profile: allocation_lines[%zu] has a line beyond %u", i, MOST_LINES);
	}
	return check_order(&profile_tables[TABLE_SITES], profile, name, err);
}

/* A table that refers to nothing. */
static int check_table(size_t id, const struct profile *profile, const char *name, struct err *err)
{
	const struct profile_table *table = &profile_tables[id];
	const char *rows = profile_rows(table, profile);

	for (size_t i = 0; i < profile_count(table, profile); i++) {
		if (check_texts(table->fields, table->field_count, rows + i * table->row_size, table->key, name, err) < 0)
			return -1;
	}
	return check_order(table, profile, name, err);
}

/* Values that the histogram and the sums cannot have at the same time. */
static bool times_ok(const struct profile_times *times)
{
	uint64_t n = 0;

	for (size_t i = 0; i < times->bucket_count; i++) {
		if (times->buckets[i].n == 0 || times->buckets[i].key >= PROFILE_BUCKETS ||
		    __builtin_add_overflow(n, times->buckets[i].n, &n))
			return false;
	}
	if (n != times->n)
		return false;
	if (n == 0)
		return times->sum_ns == 0 && times->min_ns == 0 && times->max_ns == 0 && times->square_hi == 0 && times->square_lo == 0;
	return times->min_ns <= times->max_ns && times->min_ns <= times->sum_ns / n && times->max_ns >= times->sum_ns / n &&
	       profile_bucket_key(times->min_ns) == times->buckets[0].key &&
	       profile_bucket_key(times->max_ns) == times->buckets[times->bucket_count - 1].key;
}

static int check_times(const struct profile *profile, const char *name, struct err *err)
{
	for (size_t i = 0; i < profile_shape.part_count; i++) {
		const struct profile_part *part = &profile_shape.parts[i];
		const void *times = (const char *)profile + part->offset;

		if (check_order(&profile_bucket_table, times, name, err) < 0)
			return -1;
		if (!times_ok(times))
			return err_set(err, name, NULL, "bad profile: %s contradicts itself", part->key);
	}
	return 0;
}

static bool memory_ok(const struct profile_memory *memory)
{
	return memory->reallocations <= memory->allocations && memory->leaked <= memory->allocations &&
	       memory->leaked_bytes <= memory->bytes && memory->largest_bytes <= memory->bytes;
}

static bool site_ok(const struct profile_site *site)
{
	return memory_ok(&site->memory) && site->ended <= site->memory.allocations && site->soon <= site->ended &&
	       site->soon_bytes <= site->memory.bytes && site->elsewhere <= site->memory.allocations - site->ended;
}

static int check_memory(const struct profile *profile, const char *name, struct err *err)
{
	bool ok = profile->memory_runs <= profile->runs && memory_ok(&profile->outside);

	for (size_t i = 0; ok && i < profile->fn_count; i++)
		ok = memory_ok(&profile->fns[i].memory);
	for (size_t i = 0; ok && i < profile->site_count; i++)
		ok = site_ok(&profile->sites[i]);
	return ok ? 0 : err_set(err, name, NULL, "bad profile: counts of allocations contradict each other");
}

int profile_check(const struct profile *profile, const char *name, struct err *err)
{
	if (check_texts(profile_shape.fields, profile_shape.field_count, profile, "profile", name, err) < 0)
		return -1;
	if (profile->unfinished_runs > profile->runs || profile->untimed_runs > profile->runs)
		return err_set(err, name, NULL, "bad profile: more unfinished or untimed runs than runs");
	if (check_memory(profile, name, err) < 0)
		return -1;
	if (check_fns(profile, name, err) < 0 || check_files(profile, name, err) < 0 || check_edges(profile, name, err) < 0 ||
	    check_lines(profile, name, err) < 0 || check_skips(profile, name, err) < 0 || check_contexts(profile, name, err) < 0 ||
	    check_sites(profile, name, err) < 0)
		return -1;
	if (check_table(TABLE_SOURCES, profile, name, err) < 0 || check_table(TABLE_FN_TEXTS, profile, name, err) < 0 ||
	    check_table(TABLE_TRAININGS, profile, name, err) < 0 || check_table(TABLE_LLVM, profile, name, err) < 0 ||
	    check_table(TABLE_SELECTIONS, profile, name, err) < 0)
		return -1;
	return check_times(profile, name, err);
}
