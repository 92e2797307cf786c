/* size_result.h - what `--binary-size` found: the program, those it is compared with, how it was built. */
#ifndef SIZE_RESULT_H
#define SIZE_RESULT_H

#include "audit.h"
#include "size.h"
#include "size_flags.h"
#include "size_reach.h"

struct size_versus {
	const char *operand; /* not owned */
	char *name;
	uint64_t bytes;
	struct size_program *program; /* NULL: no ELF file; `why` tells */
	char *why;
};

struct size_result {
	struct size_program *program;
	struct size_flags flags;
	struct size_versus *versus;
	size_t versus_count;
	struct size_reach *reach; /* why large items are linked in; NULL: not known */
	char *no_reach;		  /* why it is not known */
};

/* size_show.c, size_json.c, size_advice.c */
void size_show(const struct audit *audit, const void *result, struct sheet *sheet);
json_t *size_json(const struct audit *audit, const void *result);
void size_advise(struct audit *audit, const struct size_result *result);

#endif
