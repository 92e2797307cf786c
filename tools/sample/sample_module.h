/* sample_module.h - one mapped ELF file; seen by the unwinder alone. */
#ifndef SAMPLE_MODULE_H
#define SAMPLE_MODULE_H

#include "sample_internal.h"

#include <elfutils/libdw.h>

struct sample_segment {
	uint64_t offset, address, size; /* executable part of the file and where its addresses begin */
};

struct sample_module {
	char *path;
	uint64_t inode;
	uint32_t index;
	bool is_program, tried;
	int fd; /* -1 */
	Elf *elf;
	Dwarf_CFI *cfi; /* NULL: none, or not readable */
	struct sample_segment *segments;
	size_t segment_count;
};

/* Opens the file when it is needed first; on failure `cfi` stays NULL and no address is found. */
void sample_module_open(struct sample_module *module);
/* The ELF address of a file offset. */
bool sample_module_address(const struct sample_module *module, uint64_t offset, uint64_t *address);
void sample_module_close(struct sample_module *module);

#endif
