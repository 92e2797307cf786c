/*
 * size_reach.h - why is it linked in: the shortest way from main to the largest functions, over the references between functions and data
 * that the linker saw. Of a source, from a build that keeps its relocations (--emit-relocs); of a program, from its own where it has them,
 * else from its code.
 */
#ifndef SIZE_REACH_H
#define SIZE_REACH_H

#include "audit.h"
#include "size.h"

struct size_path {
	char *name; /* of what is reached */
	uint64_t bytes;
	char **steps; /* names from the root to it, both included */
	size_t step_count;
};

struct size_reach {
	struct size_path *paths; /* largest first */
	size_t count;
	bool scanned;	/* read from the code */
	uint64_t moved; /* bytes of data without a name that got an owner */
};

/* Also gives data without a name to the one crate whose functions refer to it. NULL and *why (owned) when it is not known. */
struct size_reach *size_reach_find(struct audit *audit, struct size_program *program, char **why);
void size_reach_free(struct size_reach *reach);
void size_reach_show(const struct size_reach *reach, const char *why, struct sheet *sheet);
/* null where it is not known */
json_t *size_reach_json(const struct size_reach *reach);

#endif
