/*
 * profile_shape.h - every field of a profile once: its key in profile.data, its place in memory, and how two of them merge.
 *
 * The writer, the reader, the check, the merge and profile_free() are loops over these tables, so a new field is one row here (and
 * in profile.h and runtime/FORMAT.md). Private to tools/profdata.
 */
#ifndef PROFILE_SHAPE_H
#define PROFILE_SHAPE_H

#include "profile.h"

#include <stddef.h>
#include <stdint.h>

enum profile_type { PROFILE_U32, PROFILE_U64, PROFILE_TEXT };

/* Every rule is commutative and associative: that is what lets a fleet's files fold in any order. */
enum profile_rule {
	RULE_KEY,      /* equal in both rows already */
	RULE_SUM,      /* checked; absent + x = x */
	RULE_MIN,      /* smaller */
	RULE_MAX,      /* larger; absent is below everything */
	RULE_OR,       /* flags */
	RULE_SAME,     /* kept when equal, else 0 */
	RULE_VERSION,  /* text: "" is unknown and gives way, different ones become "mixed", which stays */
	RULE_SMALLEST, /* text: the first in byte order, "" gives way */
	RULE_BY_HAND,  /* depends on other fields: profdata_merge.c */
};

struct profile_field {
	const char *key;
	size_t offset;
	enum profile_type type;
	enum profile_rule rule;
	bool nullable; /* its largest value means "absent" and is written as null */
	bool optional; /* a file may lack it */
};

/* An array of structs in memory, a map of columns in the file. The first `keys` fields are the sort order. */
struct profile_table {
	const char *key;
	size_t rows_offset, count_offset, row_size;
	const struct profile_field *fields;
	size_t field_count, keys;
	bool optional; /* a file may lack it: it is empty then */
};

struct profile_part;

/* A struct in memory, a map in the file. */
struct profile_shape {
	const struct profile_field *fields;
	size_t field_count;
	const struct profile_table *tables;
	size_t table_count;
	const struct profile_part *parts;
	size_t part_count;
};

struct profile_part {
	const char *key;
	size_t offset;
	const struct profile_shape *shape;
};

extern const struct profile_shape profile_shape;       /* struct profile */
extern const struct profile_shape profile_times_shape; /* struct profile_times */
enum {
	TABLE_FNS,
	TABLE_EDGES,
	TABLE_LINES,
	TABLE_SKIPS,
	TABLE_FILES,
	TABLE_SOURCES,
	TABLE_CONTEXTS,
	TABLE_FN_TEXTS,
	TABLE_TRAININGS,
	TABLE_LLVM,
	TABLE_SELECTIONS,
	TABLE_SITES,
	TABLES
};
extern const struct profile_table profile_tables[TABLES]; /* of struct profile */
extern const struct profile_table profile_bucket_table;	  /* of struct profile_times */

/* Rows and their number in `base`, the struct that the table belongs to. */
void *profile_rows(const struct profile_table *table, const void *base);
size_t profile_count(const struct profile_table *table, const void *base);
/* Replaces both; frees nothing. */
void profile_set_rows(const struct profile_table *table, void *base, void *rows, size_t count);
uint64_t profile_number(const struct profile_field *field, const void *base);
void profile_set_number(const struct profile_field *field, void *base, uint64_t value);
char *profile_text(const struct profile_field *field, const void *base);
void profile_set_text(const struct profile_field *field, void *base, char *text); /* takes it; frees nothing */
/* The value that stands for "absent" in a field of this type. */
uint64_t profile_absent(const struct profile_field *field);
/* Order of two rows by the table's keys: < 0, 0, > 0. */
int profile_compare(const struct profile_table *table, const void *a, const void *b);
/* Free what a struct or the rows of a table own. The struct itself stays, empty. */
void profile_shape_free(const struct profile_shape *shape, void *base);
void profile_table_free(const struct profile_table *table, void *base);

/* --- profile_canonical.c: the one order of functions, edges, lines and skips that merging and comparing rely on ----------- */
bool profile_is_canonical(const struct profile *profile);
/* Sort, renumber, and add up edges and lines that are the same. -1 when a sum passes 64 bits. */
int profile_canonical(struct profile *profile, struct err *err);
struct profile *profile_copy(const struct profile *profile);
/* --- profile_context.c: rows refer to rows, so their order and their merge are their own ---------------------------------------------- */
/* Both are false when a sum passes 64 bits. Functions of both are numbered alike. */
bool profile_contexts_canonical(struct profile *profile);
bool profile_contexts_merge(struct profile *into, const struct profile *from);

/* *to = *to merged with `from` by the field's rule. False when a sum passes 64 bits. Not for text. */
bool profile_merge_number(const struct profile_field *field, void *to, const void *from);

#endif
