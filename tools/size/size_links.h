/*
 * size_links.h - places of a file that refer to other places of it: what a graph of who refers to whom is made of. From the relocations
 * that the linker kept, else from the code itself.
 */
#ifndef SIZE_LINKS_H
#define SIZE_LINKS_H

#include "size_internal.h"

#define LINKS_MOST (1u << 24)

struct link {
	uint64_t from, to; /* offsets in the file */
};

struct links {
	struct link *rows;
	size_t count, capacity;
};

void links_add(struct links *links, uint64_t from, uint64_t to);
void links_free(struct links *links);
/* --emit-relocs: none when the linker kept none of its code. */
void links_from_relocations(const struct image *image, struct links *links);
/*
 * Calls, jumps and addresses in the code (x86-64, aarch64), and pointers in data. Of a call only one to the beginning of a known function
 * counts, so bytes that look like a call by chance are hardly ever taken for one. None where the machine is another one.
 */
void links_from_code(const struct size_program *program, struct links *links);

#endif
