/* raw_table.h - the function table of a program, parsed. The text is described in rhook_table.h. Private to tools/profdata. */
#ifndef RAW_TABLE_H
#define RAW_TABLE_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

#define RAW_NO_SLOT UINT32_MAX

struct raw_fn {
	char *name;	      /* valid UTF-8 */
	uint32_t entry;	      /* counter slot or RAW_NO_SLOT */
	uint32_t kind, flags; /* as in struct profile_fn */
	uint32_t from, to, rust_from, rust_to;
};

/* Owns counters `slot`, and where `calls` > 1 also slot + 1 .. slot + calls. No two blocks share a counter. */
struct raw_block {
	uint32_t slot, fn, calls;
};

struct raw_call {
	uint32_t block; /* index into blocks */
	uint32_t index; /* below the block's `calls`; no two calls have the same block and index */
	uint32_t callee, line;
};

struct raw_count {
	enum raw_count_kind { RAW_COUNT_SLOT, RAW_COUNT_CALLS, RAW_COUNT_LESS } kind;
	uint32_t value; /* counter, function, index into lesses */
};

/* from - by; each is made of earlier ones */
struct raw_less {
	struct raw_count from, by;
};

struct raw_line {
	struct raw_count count;
	uint32_t fn, line;
};

/* The transpiler made a copy on its own. */
struct raw_copy {
	uint32_t fn, line;
	uint32_t methods; /* enum profile_copy */
};

/* A line that allocates: its record is fn_count + its place in the list. */
struct raw_site {
	uint32_t fn, line;
};

struct raw_skip {
	uint32_t rust_line;
	char *reason; /* valid UTF-8 */
};

/* All function indexes are below fn_count, all slots below `slots`. */
struct raw_table {
	char *source_hash, *source_path, *rust_hash, *rust_path; /* "" = none */
	char *memory;						 /* "counted", "own", "off"; "" = not stated */
	struct raw_fn *fns;
	size_t fn_count;
	struct raw_block *blocks; /* by slot */
	size_t block_count;
	struct raw_call *calls; /* by block, index */
	size_t call_count;
	struct raw_less *lesses;
	size_t less_count;
	struct raw_line *lines;
	size_t line_count;
	struct raw_copy *copies;
	size_t copy_count;
	struct raw_site *sites; /* none: allocations are not counted by line */
	size_t site_count;
	struct raw_skip *skips;
	size_t skip_count;
	uint64_t slots; /* one more than the highest slot that is spoken of */
};

/*
 * Parse `size` bytes at `text`, which begin at byte `offset` of `name` (for messages). -1 and `err` on damage; the table is then empty.
 * Free with raw_table_free(). No shared state: safe from any thread.
 */
int raw_table_parse(const char *text, size_t size, const char *name, uint64_t offset, struct raw_table *table, struct err *err);
void raw_table_free(struct raw_table *table);

#endif
