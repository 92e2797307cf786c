#include "profile_shape.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define U32(type, name, rule)                                                                                                              \
	{                                                                                                                                  \
#name, offsetof(type, name), PROFILE_U32, rule, false, false                                                               \
	}
#define U64(type, name, rule)                                                                                                              \
	{                                                                                                                                  \
#name, offsetof(type, name), PROFILE_U64, rule, false, false                                                               \
	}
#define TEXT(type, name, rule)                                                                                                             \
	{                                                                                                                                  \
#name, offsetof(type, name), PROFILE_TEXT, rule, false, false                                                              \
	}
/* absent is null */
#define U32N(type, name, rule)                                                                                                             \
	{                                                                                                                                  \
#name, offsetof(type, name), PROFILE_U32, rule, true, false                                                                \
	}
#define U64N(type, name, rule)                                                                                                             \
	{                                                                                                                                  \
#name, offsetof(type, name), PROFILE_U64, rule, true, false                                                                \
	}

/* younger than version 1: files without it are read as if it were 0, "" or absent */
#define LATER(key, type, name, kind, rule, nullable)                                                                                       \
	{                                                                                                                                  \
		key, offsetof(type, name), kind, rule, nullable, true                                                                      \
	}
/* `name` is the path of a member, which no brackets may be put around. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define MEMORY(prefix, type, name)                                                                                                         \
	LATER(prefix "allocations", type, name.allocations, PROFILE_U64, RULE_SUM, false),                                                 \
	    LATER(prefix "allocated_bytes", type, name.bytes, PROFILE_U64, RULE_SUM, false),                                               \
	    LATER(prefix "reallocations", type, name.reallocations, PROFILE_U64, RULE_SUM, false),                                         \
	    LATER(prefix "leaked", type, name.leaked, PROFILE_U64, RULE_SUM, false),                                                       \
	    LATER(prefix "leaked_bytes", type, name.leaked_bytes, PROFILE_U64, RULE_SUM, false),                                           \
	    LATER(prefix "largest_bytes", type, name.largest_bytes, PROFILE_U64, RULE_MAX, false),                                         \
	    LATER(prefix "at_peak_bytes", type, name.at_peak_bytes, PROFILE_U64, RULE_MAX, false)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct profile_field fn_fields[] = {
    LATER("file", struct profile_fn, file, PROFILE_U32, RULE_KEY, false),
    U32(struct profile_fn, from, RULE_KEY),
    TEXT(struct profile_fn, name, RULE_KEY),
    U32(struct profile_fn, kind, RULE_KEY),
    U32(struct profile_fn, flags, RULE_OR),
    U32(struct profile_fn, to, RULE_MAX),
    U32(struct profile_fn, rust_from, RULE_SAME),
    U32(struct profile_fn, rust_to, RULE_SAME),
    U64(struct profile_fn, calls, RULE_SUM),
    U64(struct profile_fn, calls_min, RULE_BY_HAND),
    U64(struct profile_fn, calls_max, RULE_BY_HAND),
    U64(struct profile_fn, clock_self_ns, RULE_SUM),
    U64(struct profile_fn, clock_total_ns, RULE_SUM),
    U64(struct profile_fn, clock_spans, RULE_SUM),
    U64(struct profile_fn, clock_off, RULE_SUM),
    U64(struct profile_fn, samples_self, RULE_SUM),
    U64(struct profile_fn, samples_total, RULE_SUM),
    MEMORY("", struct profile_fn, memory),
    LATER("argument_calls", struct profile_fn, argument_calls, PROFILE_U64, RULE_SUM, false),
    LATER("argument_values", struct profile_fn, argument_values, PROFILE_U64, RULE_SUM, false),
    LATER("argument_error", struct profile_fn, argument_error, PROFILE_U64, RULE_SUM, false),
    LATER("deepest", struct profile_fn, deepest, PROFILE_U64, RULE_MAX, false),
    LATER("stack_used", struct profile_fn, stack_used, PROFILE_U64, RULE_MAX, false),
    LATER("stack_size", struct profile_fn, stack_size, PROFILE_U64, RULE_MAX, false),
};

static const struct profile_field edge_fields[] = {
    U32N(struct profile_edge, caller, RULE_KEY),
    U32(struct profile_edge, callee, RULE_KEY),
    U32(struct profile_edge, line, RULE_KEY),
    U64(struct profile_edge, calls, RULE_SUM),
};

static const struct profile_field line_fields[] = {
    U32(struct profile_line, line, RULE_KEY),
    U32N(struct profile_line, fn, RULE_KEY),
    U64N(struct profile_line, count, RULE_SUM),
    U64(struct profile_line, samples, RULE_SUM),
    LATER("copies", struct profile_line, copies, PROFILE_U32, RULE_OR, false),
    LATER("blocks", struct profile_line, blocks, PROFILE_U64, RULE_SUM, false),
};

static const struct profile_field site_fields[] = {
    U32(struct profile_site, line, RULE_KEY),
    U32(struct profile_site, fn, RULE_KEY),
    MEMORY("", struct profile_site, memory),
    U64(struct profile_site, ended, RULE_SUM),
    U64(struct profile_site, lifetime_bytes, RULE_SUM),
    U64(struct profile_site, soon, RULE_SUM),
    U64(struct profile_site, soon_bytes, RULE_SUM),
    U64(struct profile_site, elsewhere, RULE_SUM),
};

static const struct profile_field skip_fields[] = {
    LATER("file", struct profile_skip, file, PROFILE_U32, RULE_KEY, false),
    U32(struct profile_skip, rust_line, RULE_KEY),
    TEXT(struct profile_skip, reason, RULE_KEY),
};

static const struct profile_field source_fields[] = {
    TEXT(struct profile_source, hash, RULE_KEY),
    TEXT(struct profile_source, text, RULE_KEY),
};

static const struct profile_field file_fields[] = {
    TEXT(struct profile_file, source_path, RULE_KEY),
    TEXT(struct profile_file, rust_path, RULE_KEY),
    TEXT(struct profile_file, source_hash, RULE_KEY),
    TEXT(struct profile_file, rust_hash, RULE_KEY),
};

static const struct profile_field context_fields[] = {
    U32(struct profile_context, parent, RULE_KEY),
    U32(struct profile_context, fn, RULE_KEY),
    U32(struct profile_context, line, RULE_KEY),
    U64(struct profile_context, samples, RULE_SUM),
};

static const struct profile_field fn_text_fields[] = {
    TEXT(struct profile_fn_text, name, RULE_KEY),
    U32(struct profile_fn_text, from, RULE_KEY),
    TEXT(struct profile_fn_text, hash, RULE_KEY),
};

static const struct profile_field training_fields[] = {
    TEXT(struct profile_training, input, RULE_KEY),
    TEXT(struct profile_training, input_hash, RULE_KEY),
    TEXT(struct profile_training, args, RULE_KEY),
    U64(struct profile_training, runs, RULE_SUM),
};

static const struct profile_field llvm_fields[] = {
    TEXT(struct profile_llvm, rust_hash, RULE_KEY), TEXT(struct profile_llvm, rustc, RULE_KEY),
    TEXT(struct profile_llvm, flags, RULE_KEY),	    TEXT(struct profile_llvm, crate, RULE_KEY),
    TEXT(struct profile_llvm, counters, RULE_KEY),
};

static const struct profile_field selection_fields[] = {
    TEXT(struct profile_selection, identity, RULE_KEY),
    U64(struct profile_selection, made, RULE_KEY),
    TEXT(struct profile_selection, decisions, RULE_KEY),
};

static const struct profile_field bucket_fields[] = {
    U32(struct profile_bucket, key, RULE_KEY),
    U64(struct profile_bucket, n, RULE_SUM),
};

#define TABLE(key, owner, rows, count, row, fields, keys, optional)                                                                        \
	{                                                                                                                                  \
		key, offsetof(owner, rows), offsetof(owner, count), sizeof(row), fields, COUNT(fields), keys, optional                     \
	}

const struct profile_table profile_tables[TABLES] = {
    [TABLE_FNS] = TABLE("functions", struct profile, fns, fn_count, struct profile_fn, fn_fields, 4, false),
    [TABLE_EDGES] = TABLE("edges", struct profile, edges, edge_count, struct profile_edge, edge_fields, 3, false),
    [TABLE_LINES] = TABLE("lines", struct profile, lines, line_count, struct profile_line, line_fields, 2, false),
    [TABLE_SKIPS] = TABLE("skips", struct profile, skips, skip_count, struct profile_skip, skip_fields, 3, false),
    [TABLE_FILES] = TABLE("files", struct profile, files, file_count, struct profile_file, file_fields, 4, true),
    [TABLE_SOURCES] = TABLE("sources", struct profile, sources, source_count, struct profile_source, source_fields, 2, true),
    [TABLE_CONTEXTS] = TABLE("contexts", struct profile, contexts, context_count, struct profile_context, context_fields, 3, true),
    [TABLE_FN_TEXTS] = TABLE("fn_texts", struct profile, fn_texts, fn_text_count, struct profile_fn_text, fn_text_fields, 3, true),
    [TABLE_TRAININGS] = TABLE("trainings", struct profile, trainings, training_count, struct profile_training, training_fields, 3, true),
    [TABLE_LLVM] = TABLE("llvm", struct profile, llvm, llvm_count, struct profile_llvm, llvm_fields, 5, true),
    [TABLE_SELECTIONS] =
	TABLE("selections", struct profile, selections, selection_count, struct profile_selection, selection_fields, 3, true),
    [TABLE_SITES] = TABLE("allocation_lines", struct profile, sites, site_count, struct profile_site, site_fields, 2, true),
};

const struct profile_table profile_bucket_table =
    TABLE("buckets", struct profile_times, buckets, bucket_count, struct profile_bucket, bucket_fields, 1, false);

static const struct profile_field times_fields[] = {
    U64(struct profile_times, n, RULE_BY_HAND),		U64(struct profile_times, sum_ns, RULE_BY_HAND),
    U64(struct profile_times, min_ns, RULE_BY_HAND),	U64(struct profile_times, max_ns, RULE_BY_HAND),
    U64(struct profile_times, square_hi, RULE_BY_HAND), U64(struct profile_times, square_lo, RULE_BY_HAND),
};

const struct profile_shape profile_times_shape = {times_fields, COUNT(times_fields), &profile_bucket_table, 1, NULL, 0};

static const struct profile_field fields[] = {
    TEXT(struct profile, source_path, RULE_SMALLEST),
    TEXT(struct profile, source_hash, RULE_VERSION),
    TEXT(struct profile, rust_path, RULE_SMALLEST),
    TEXT(struct profile, rust_hash, RULE_VERSION),
    TEXT(struct profile, ruchy_version, RULE_VERSION),
    TEXT(struct profile, rustc_version, RULE_VERSION),
    TEXT(struct profile, tool_version, RULE_VERSION),
    TEXT(struct profile, rustc_flags, RULE_VERSION),
    TEXT(struct profile, host, RULE_VERSION),
    U64(struct profile, runs, RULE_SUM),
    U64(struct profile, unfinished_runs, RULE_SUM),
    U64(struct profile, lost_threads, RULE_SUM),
    U64(struct profile, untimed_runs, RULE_SUM),
    U32(struct profile, clock, RULE_BY_HAND),
    U64(struct profile, sample_runs, RULE_SUM),
    U64(struct profile, samples, RULE_SUM),
    U64(struct profile, sample_period_ns, RULE_BY_HAND),
    U64(struct profile, samples_outside, RULE_SUM),
    TEXT(struct profile, sample_method, RULE_VERSION),
    U64N(struct profile, peak_rss_bytes, RULE_MAX),
    U64(struct profile, failed_runs, RULE_SUM),
    U64(struct profile, exit_status, RULE_MAX),
    LATER("program", struct profile, program, PROFILE_TEXT, RULE_VERSION, false),
    LATER("memory", struct profile, memory, PROFILE_TEXT, RULE_VERSION, false),
    LATER("memory_runs", struct profile, memory_runs, PROFILE_U64, RULE_SUM, false),
    LATER("peak_live_bytes", struct profile, peak_live_bytes, PROFILE_U64, RULE_MAX, true),
    MEMORY("outside_", struct profile, outside),
    LATER("threads", struct profile, threads, PROFILE_U64, RULE_MAX, false),
    LATER("cpus", struct profile, cpus, PROFILE_U64, RULE_MAX, false),
    LATER("idle_percent", struct profile, idle_percent, PROFILE_U64, RULE_MIN, false),
};

static const struct profile_part parts[] = {
    {"wall_plain", offsetof(struct profile, wall[PROFILE_PLAIN]), &profile_times_shape},
    {"wall_instrumented", offsetof(struct profile, wall[PROFILE_INSTRUMENTED]), &profile_times_shape},
    {"cpu_plain", offsetof(struct profile, cpu[PROFILE_PLAIN]), &profile_times_shape},
    {"cpu_instrumented", offsetof(struct profile, cpu[PROFILE_INSTRUMENTED]), &profile_times_shape},
    {"queued_plain", offsetof(struct profile, queued[PROFILE_PLAIN]), &profile_times_shape},
    {"queued_instrumented", offsetof(struct profile, queued[PROFILE_INSTRUMENTED]), &profile_times_shape},
};

const struct profile_shape profile_shape = {fields, COUNT(fields), profile_tables, TABLES, parts, COUNT(parts)};

/* Rows and texts have many pointer types; memcpy() reads and writes them all as void * without aliasing doubts. */
static void *load_pointer(const void *base, size_t offset)
{
	void *pointer;

	memcpy(&pointer, (const char *)base + offset, sizeof pointer);
	return pointer;
}

static void store_pointer(void *base, size_t offset, void *pointer)
{
	memcpy((char *)base + offset, &pointer, sizeof pointer);
}

void *profile_rows(const struct profile_table *table, const void *base)
{
	return load_pointer(base, table->rows_offset);
}

size_t profile_count(const struct profile_table *table, const void *base)
{
	size_t count;

	memcpy(&count, (const char *)base + table->count_offset, sizeof count);
	return count;
}

void profile_set_rows(const struct profile_table *table, void *base, void *rows, size_t count)
{
	store_pointer(base, table->rows_offset, rows);
	memcpy((char *)base + table->count_offset, &count, sizeof count);
}

char *profile_text(const struct profile_field *field, const void *base)
{
	return load_pointer(base, field->offset);
}

void profile_set_text(const struct profile_field *field, void *base, char *text)
{
	store_pointer(base, field->offset, text);
}

uint64_t profile_number(const struct profile_field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;

	return field->type == PROFILE_U32 ? *(const uint32_t *)at : *(const uint64_t *)at;
}

void profile_set_number(const struct profile_field *field, void *base, uint64_t value)
{
	char *at = (char *)base + field->offset;

	if (field->type == PROFILE_U32)
		*(uint32_t *)at = (uint32_t)value;
	else
		*(uint64_t *)at = value;
}

uint64_t profile_absent(const struct profile_field *field)
{
	return field->type == PROFILE_U32 ? UINT32_MAX : UINT64_MAX;
}

int profile_compare(const struct profile_table *table, const void *a, const void *b)
{
	for (size_t i = 0; i < table->keys; i++) {
		const struct profile_field *field = &table->fields[i];

		if (field->type == PROFILE_TEXT) {
			int order = strcmp(profile_text(field, a), profile_text(field, b));

			if (order)
				return order;
		} else {
			uint64_t x = profile_number(field, a), y = profile_number(field, b);

			if (x != y)
				return x < y ? -1 : 1;
		}
	}
	return 0;
}

static void free_texts(const struct profile_field *list, size_t count, void *base)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].type == PROFILE_TEXT) {
			free(profile_text(&list[i], base));
			profile_set_text(&list[i], base, NULL);
		}
	}
}

void profile_table_free(const struct profile_table *table, void *base)
{
	char *rows = profile_rows(table, base);
	size_t count = profile_count(table, base);

	for (size_t i = 0; rows && i < count; i++)
		free_texts(table->fields, table->field_count, rows + i * table->row_size);
	free(rows);
	profile_set_rows(table, base, NULL, 0);
}

void profile_shape_free(const struct profile_shape *shape, void *base)
{
	free_texts(shape->fields, shape->field_count, base);
	for (size_t i = 0; i < shape->table_count; i++)
		profile_table_free(&shape->tables[i], base);
	for (size_t i = 0; i < shape->part_count; i++)
		profile_shape_free(shape->parts[i].shape, (char *)base + shape->parts[i].offset);
}
