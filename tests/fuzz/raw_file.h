/* raw_file.h - a raw file made of page-aligned chunks, for the fuzz targets that read such files: padding is put back, so that inputs are
 * small. */
#ifndef FUZZ_RAW_FILE_H
#define FUZZ_RAW_FILE_H

#include "rprof_raw.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u

struct file {
	uint8_t *data; /* free() */
	size_t size;
};

/* One more page-aligned piece, zeros behind `size`. */
static inline uint8_t *file_extend(struct file *file, size_t size)
{
	size_t length = (size + PAGE - 1) / PAGE * PAGE;
	uint8_t *data = realloc(file->data, file->size + length);

	if (!data)
		abort();
	memset(data + file->size, 0, length);
	file->data = data;
	file->size += length;
	return data + file->size - length;
}

/* One more chunk; returns its payload, which is zero. */
static inline uint8_t *file_chunk(struct file *file, uint32_t kind, size_t size)
{
	struct rprof_raw_chunk head = {.kind = kind, .size = size};
	uint8_t *at = file_extend(file, sizeof head + size);

	head.length = (uint64_t)(file->data + file->size - at);
	memcpy(at, &head, sizeof head);
	return at + sizeof head;
}

/* The header, for which the first page is; what says where things are is filled in. */
static inline void file_finish(struct file *file, struct rprof_raw_header header)
{
	memcpy(header.magic, RPROF_RAW_MAGIC, sizeof header.magic);
	header.version = RPROF_RAW_VERSION;
	header.page = PAGE;
	header.first = PAGE;
	header.end = file->size;
	memcpy(file->data, &header, sizeof header);
}

#endif
