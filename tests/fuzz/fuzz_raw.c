/*
 * Raw counter files from anywhere. First byte 0: the rest is the file. Else the rest is a file without its padding, which is put back
 * here, so that an input of some hundred bytes reaches all of the reader: header fields from `clock` on, then chunks of
 *     kind, lie (1: the size in the file is one too many), size (16 bits, modulo two pages), payload.
 * At most MOST_CHUNKS, so that a small input stays a small file.
 */
#include "profile.h"
#include "rprof_raw.h"

#include <stdlib.h>
#include <string.h>

#define PAGE	    4096u
#define MOST_CHUNKS 12

struct file {
	uint8_t *data;
	size_t size;
};

/* One more page-aligned piece, zeros behind `size`. */
static uint8_t *extend(struct file *file, size_t size)
{
	size_t length = (size + PAGE - 1) / PAGE * PAGE;
	uint8_t *data = realloc(file->data, file->size + length);

	memset(data + file->size, 0, length);
	file->data = data;
	file->size += length;
	return data + file->size - length;
}

static size_t take(uint8_t *to, size_t want, const uint8_t **data, size_t *size)
{
	size_t got = want < *size ? want : *size;

	if (got)
		memcpy(to, *data, got);
	*data += got;
	*size -= got;
	return got;
}

static void add_chunk(struct file *file, const uint8_t **data, size_t *size)
{
	struct rprof_raw_chunk head = {0};
	uint8_t bytes[4] = {0};
	uint8_t *at;

	take(bytes, sizeof bytes, data, size);
	head.kind = bytes[0];
	head.size = (uint64_t)(bytes[2] | bytes[3] << 8) % (2 * PAGE);
	at = extend(file, sizeof head + head.size);
	head.length = (uint64_t)(file->data + file->size - at);
	take(at + sizeof head, head.size, data, size);
	head.size += bytes[1] == 1;
	memcpy(at, &head, sizeof head);
}

static struct file expand(const uint8_t *data, size_t size)
{
	struct file file = {0};
	struct rprof_raw_header header = {.version = RPROF_RAW_VERSION, .page = PAGE};
	size_t clock = offsetof(struct rprof_raw_header, clock);

	memcpy(header.magic, RPROF_RAW_MAGIC, sizeof header.magic);
	take((uint8_t *)&header + clock, sizeof header - clock, &data, &size);
	header.first = PAGE;
	extend(&file, sizeof header);
	for (int i = 0; i < MOST_CHUNKS && size > 0; i++)
		add_chunk(&file, &data, &size);
	header.end = file.size;
	memcpy(file.data, &header, sizeof header);
	return file;
}

static void try_file(const uint8_t *data, size_t size)
{
	struct profile *profile = NULL;
	struct err err = {0}, second = {0};
	int result = profile_add_raw_bytes(&profile, data, size, "input", &err);

	if (!result != !err.set || !result != !!profile)
		abort();
	if (profile && profile_check(profile, "input", &err) < 0)
		abort();
	/* the second run of the same program fails only where sums overflow or there is no hash */
	if (profile && profile_add_raw_bytes(&profile, data, size, "input", &second) == 0 && profile->runs != 2)
		abort();
	profile_free(profile);
	err_free(&err);
	err_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file file;

	if (size == 0)
		return 0;
	if (data[0] == 0) {
		try_file(data + 1, size - 1);
		return 0;
	}
	file = expand(data + 1, size - 1);
	try_file(file.data, file.size);
	free(file.data);
	return 0;
}
