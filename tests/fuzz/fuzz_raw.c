/*
 * Raw counter files from anywhere. First byte 0: the rest is the file. Else the rest is a file without its padding, which is put back
 * here, so that an input of some hundred bytes reaches all of the reader: header fields from `clock` on, then chunks of
 *     kind, lie (1: the size in the file is one too many), size (16 bits, modulo two pages), payload.
 * At most MOST_CHUNKS, so that a small input stays a small file.
 */
#include "profile.h"
#include "raw_file.h"

#include <stdlib.h>
#include <string.h>

#define MOST_CHUNKS 12

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
	uint8_t bytes[4] = {0}, *payload;
	size_t length;

	take(bytes, sizeof bytes, data, size);
	length = (size_t)(bytes[2] | bytes[3] << 8) % (2 * PAGE);
	payload = file_chunk(file, bytes[0], length);
	take(payload, length, data, size);
	if (bytes[1] == 1) {
		uint64_t lie = length + 1;

		memcpy(payload - sizeof(struct rprof_raw_chunk) + offsetof(struct rprof_raw_chunk, size), &lie, sizeof lie);
	}
}

static struct file expand(const uint8_t *data, size_t size)
{
	struct file file = {0};
	struct rprof_raw_header header = {0};
	size_t clock = offsetof(struct rprof_raw_header, clock);

	take((uint8_t *)&header + clock, sizeof header - clock, &data, &size);
	file_extend(&file, sizeof header);
	for (int i = 0; i < MOST_CHUNKS && size > 0; i++)
		add_chunk(&file, &data, &size);
	file_finish(&file, header);
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
