/*
 * sample_symbol.h - what is read from the program's debug information; seen by its readers and the look-up alone.
 *
 * Only the compile units of the user's crate are read: rustc names them "ROOT.rs/@/CGU", and whatever of the user's is inlined anywhere is
 * inlined there. The standard library's units are a hundred times larger and hold no line of the user's.
 */
#ifndef SAMPLE_SYMBOL_H
#define SAMPLE_SYMBOL_H

#include "sample_internal.h"

#include <elfutils/libdw.h>

/* A function or an inlined call. With line tables alone, LLVM leaves out functions that nothing was inlined into. */
struct function {
	const char *name;
	uint32_t parent;    /* function that it was inlined into, 0 = none */
	uint32_t call_line; /* in the parent; 0 when that is in another file */
	uint32_t call_file; /* which of the files that is */
	uint32_t depth;
};

struct range {
	uint64_t low, high;
	uint32_t function;
};

struct row {
	uint64_t address;
	uint32_t line; /* 0 = none */
	uint32_t order;
	uint32_t file; /* 1 + which of the files; 0 = another */
	bool end;
};

/* From the ELF symbol table, for the functions that debug information leaves out. */
struct symbol {
	uint64_t address, end;
	const char *name; /* mangled */
};

struct sample_symbols {
	int fd;
	Elf *elf;
	Dwarf *dwarf;
	struct function *functions; /* [0] is "none" */
	size_t function_count, function_capacity;
	struct range *ranges; /* as read, nested; then flat and sorted */
	size_t range_count, range_capacity;
	struct row *rows; /* by address */
	size_t row_count, row_capacity;
	struct symbol *symbols; /* by address */
	size_t symbol_count, symbol_capacity;
	const struct sample_file *files; /* NULL: the root file of one crate is meant */
	size_t file_count;
};

/* One more element at the end of a growing array. */
#define APPEND(array, count, capacity, ...)                                                                                                \
	do {                                                                                                                               \
		if ((count) == (capacity)) {                                                                                               \
			(capacity) = (capacity) ? (capacity)*2 : 256;                                                                      \
			(array) = xrealloc((array), (capacity), sizeof *(array));                                                          \
		}                                                                                                                          \
		(array)[(count)++] = __VA_ARGS__;                                                                                          \
	} while (0)

#define SAMPLE_TOTAL_LIMIT 8000000 /* ranges, rows or functions: more than any program that rustc can compile */

/* Functions, ranges and rows of the crate whose root file is called like `rust_path`. */
void sample_read_units(struct sample_symbols *symbols, const char *rust_path);
/* The same of all units of the user's that use symbols->files. */
void sample_read_files(struct sample_symbols *symbols);
/* Nested ranges to disjoint ones, each with its innermost function, so that a look-up is one binary search. */
void sample_flatten(struct sample_symbols *symbols);
void sample_read_names(struct sample_symbols *symbols);
/* Last part of a function's path, from its mangled name: `{closure` for any closure, "" when it can't be told. */
const char *sample_name_at(const struct sample_symbols *symbols, uint64_t address, size_t *size);

#endif
