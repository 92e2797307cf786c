/*
 * Programs of several files. The first file is the profile's own source, so that whoever knows of one file only sees that; the order is
 * by path, so it is the same in every run, whichever file ran first.
 */
#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

struct profile_file profile_file(const struct profile *profile, uint32_t file)
{
	if (file > 0 && file <= profile->file_count)
		return profile->files[file - 1];
	return (struct profile_file){profile->source_path, profile->source_hash, profile->rust_path, profile->rust_hash};
}

const char *profile_source_of(const struct profile *profile, uint32_t fn)
{
	struct profile_file file = profile_file(profile, fn < profile->fn_count ? profile->fns[fn].file : 0);

	return *file.source_path ? file.source_path : file.rust_path;
}

/* --- the order --------------------------------------------------------------------------------------------------------------- */
struct numbered {
	struct profile_file file; /* first: compared as a row */
	uint32_t old;
};

static int compare_files(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_FILES], a, b);
}

void profile_sort_files(struct profile *profile)
{
	size_t count = profile->file_count + 1;
	struct numbered *order = xcalloc(count, sizeof *order);
	uint32_t *map = xcalloc(count, sizeof *map);

	for (size_t i = 0; i < count; i++)
		order[i] = (struct numbered){profile_file(profile, (uint32_t)i), (uint32_t)i};
	qsort(order, count, sizeof *order, compare_files);
	for (size_t i = 0; i < count; i++) {
		map[order[i].old] = (uint32_t)i;
		if (i > 0)
			profile->files[i - 1] = order[i].file;
	}
	profile->source_path = order[0].file.source_path;
	profile->source_hash = order[0].file.source_hash;
	profile->rust_path = order[0].file.rust_path;
	profile->rust_hash = order[0].file.rust_hash;
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].file = map[profile->fns[i].file];
	for (size_t i = 0; i < profile->skip_count; i++)
		profile->skips[i].file = map[profile->skips[i].file];
	free(order);
	free(map);
}

/* --- one profile of two files ---------------------------------------------------------------------------------------------------- */

/* The rows of `from` move behind those of `into`. */
static void append_rows(size_t id, struct profile *into, struct profile *from)
{
	const struct profile_table *table = &profile_tables[id];
	size_t a = profile_count(table, into), b = profile_count(table, from);
	char *rows;

	if (b == 0)
		return;
	rows = xrealloc(profile_rows(table, into), a + b, table->row_size);
	memcpy(rows + a * table->row_size, profile_rows(table, from), b * table->row_size);
	profile_set_rows(table, into, rows, a + b);
	free(profile_rows(table, from));
	profile_set_rows(table, from, NULL, 0);
}

static void shift(uint32_t *number, size_t by)
{
	if (*number != PROFILE_NONE)
		*number += (uint32_t)by;
}

static void renumber(struct profile *from, size_t fns, size_t files, size_t contexts)
{
	for (size_t i = 0; i < from->fn_count; i++)
		from->fns[i].file += (uint32_t)files;
	for (size_t i = 0; i < from->skip_count; i++)
		from->skips[i].file += (uint32_t)files;
	for (size_t i = 0; i < from->edge_count; i++) {
		shift(&from->edges[i].caller, fns);
		shift(&from->edges[i].callee, fns);
	}
	for (size_t i = 0; i < from->line_count; i++)
		shift(&from->lines[i].fn, fns);
	for (size_t i = 0; i < from->site_count; i++)
		from->sites[i].fn += (uint32_t)fns;
	for (size_t i = 0; i < from->context_count; i++) {
		from->contexts[i].fn += (uint32_t)fns;
		if (from->contexts[i].parent)
			from->contexts[i].parent += (uint32_t)contexts;
	}
}

static void append_files(struct profile *into, struct profile *from)
{
	struct profile_file *files = xrealloc(into->files, into->file_count + from->file_count + 1, sizeof *files);

	files[into->file_count++] = profile_file(from, 0);
	for (size_t i = 0; i < from->file_count; i++)
		files[into->file_count++] = from->files[i];
	into->files = files;
	free(from->files);
	from->files = NULL;
	from->file_count = 0;
	from->source_path = xstrdup("");
	from->source_hash = xstrdup("");
	from->rust_path = xstrdup("");
	from->rust_hash = xstrdup("");
}

static void take_memory(struct profile *into, const struct profile *from)
{
	free(into->memory);
	into->memory = xstrdup(from->memory);
	into->memory_runs = from->memory_runs;
	into->peak_live_bytes = from->peak_live_bytes;
	into->outside = from->outside;
}

/* Allocations are of all the program, counted by one of its files for all, or not known. */
static void join_memory(struct profile *into, const struct profile *from)
{
	if (strcmp(into->memory, from->memory) == 0 && into->memory_runs == 0 && from->memory_runs == 0)
		return;
	if (strcmp(into->memory, "counted") == 0 && strcmp(from->memory, "off") == 0)
		return;
	if (strcmp(into->memory, "off") == 0 && strcmp(from->memory, "counted") == 0) {
		take_memory(into, from);
		return;
	}
	if (strcmp(into->memory, from->memory) != 0) {
		free(into->memory);
		into->memory = xstrdup("mixed");
	}
	into->memory_runs = 0;
	into->peak_live_bytes = PROFILE_ABSENT;
	into->outside = (struct profile_memory){0};
	for (size_t i = 0; i < into->fn_count; i++)
		into->fns[i].memory = (struct profile_memory){0};
	profile_table_free(&profile_tables[TABLE_SITES], into);
}

int profile_join(struct profile *into, struct profile *from, struct err *err)
{
	renumber(from, into->fn_count, into->file_count + 1, into->context_count);
	append_rows(TABLE_FNS, into, from);
	append_rows(TABLE_EDGES, into, from);
	append_rows(TABLE_LINES, into, from);
	append_rows(TABLE_SKIPS, into, from);
	append_rows(TABLE_CONTEXTS, into, from);
	append_rows(TABLE_SITES, into, from);
	append_files(into, from);
	join_memory(into, from);
	into->unfinished_runs = into->unfinished_runs > from->unfinished_runs ? into->unfinished_runs : from->unfinished_runs;
	profile_sort_files(into);
	return profile_canonical(into, err);
}
