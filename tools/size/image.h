/*
 * image.h - an ELF file in memory, whoever made it. Every offset and size that the file names is checked against the file before it is
 * used: what image_parse() accepts can be walked without further care. 32 and 64 bits, both byte orders.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_section {
	const char *name; /* in the file, or "" */
	uint32_t type, link, info;
	uint64_t flags, address, offset, size, align, entry_size;
	uint64_t bytes; /* in the file: 0 where it takes none, else size */
};

struct image_segment {
	uint32_t type, flags;
	uint64_t offset, address, bytes, memory, align;
};

struct image_symbol {
	const char *name; /* in the file, or "" */
	uint64_t value, size;
	unsigned type, bind, section; /* section: as st_shndx, extended ones resolved */
};

struct image_reloc {
	uint64_t place, addend;
	uint32_t symbol, type;
	bool has_addend;
};

struct image {
	char *path;
	unsigned char *data; /* owned, NUL behind it */
	size_t size;
	bool wide, big; /* 64 bits; big endian */
	unsigned type, machine;
	uint64_t header_size, segments_at, segments_size, sections_at, sections_size; /* in the file */
	struct image_section *sections;
	size_t section_count;
	size_t extended; /* the section of section numbers that do not fit into symbols; section_count: none */
	struct image_segment *segments;
	size_t segment_count;
};

/* -1 with `err` for what is no ELF or is damaged: what, and where. image_close() in either case. */
int image_open(struct image *image, const char *path, struct err *err);
/* Takes `data` (malloc'ed, size + 1 bytes). */
int image_parse(struct image *image, unsigned char *data, size_t size, const char *path, struct err *err);
void image_close(struct image *image);

/* NULL when there is none. */
const struct image_section *image_find(const struct image *image, const char *name);
const struct image_section *image_find_type(const struct image *image, uint32_t type);
/* Entries of a symbol table or of relocations (REL, RELA), and one of them. */
size_t image_entries(const struct image *image, const struct image_section *section);
struct image_symbol image_symbol_at(const struct image *image, const struct image_section *table, size_t index);
struct image_reloc image_reloc_at(const struct image *image, const struct image_section *table, size_t index);
/* Where the loaded byte at `address` is in the file, with how many bytes follow it there in *rest; false: nowhere. */
bool image_offset(const struct image *image, uint64_t address, uint64_t *offset, uint64_t *rest);
/* The string at `offset` of a string table; "" when there is none or it does not end. */
const char *image_string(const struct image *image, const struct image_section *table, uint64_t offset);
/* Numbers in the file's byte order; `bytes` 1, 2, 4 or 8. Beyond the end: 0. */
uint64_t image_number(const struct image *image, uint64_t offset, unsigned bytes);

#endif
