/* layout.h - how the structs and enums of a program lie in memory, from its debug information. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct layout_field {
	char *name, *type; /* type "" = without a name */
	uint64_t offset, size;
};

struct layout {
	char *name;
	uint64_t size, align; /* align 0: not known */
	uint64_t padding;     /* bytes that no field covers, between fields and at the end */
	uint64_t holes;	      /* of them: between fields */
	size_t hole_count;
	bool untold; /* padding and holes are not known: bit fields, virtual bases, members in the fill of a base class */
	/* Size with the fields in order of their alignment; `size` where that does not help or is not known (bit fields) */
	uint64_t best;
	/* An enum with data: sizes of its largest variant and of the next one. Its padding is not told: each variant has its own */
	bool is_enum;
	uint64_t largest, second;
	char *largest_name;
	struct layout_field *fields; /* by offset; of an enum its variants */
	size_t field_count;
};

struct layouts {
	struct layout *rows; /* those with most padding first, then by size */
	size_t count;
	bool left_out; /* there were too many */
};

/*
 * `crate`: only types of this namespace; NULL: all but those of Rust's std. NULL and `err` when `path` has no debug information that tells
 * of types. The caller frees with layouts_free() (NULL is fine).
 */
struct layouts *layouts_read(const char *path, const char *crate, struct err *err);
void layouts_free(struct layouts *layouts);
/* Of what is analysed: a source is built once more, with all debug information. */
struct layouts *layouts_of_subject(const struct audit_subject *subject, struct err *err);

#endif
