/*
 * profile.data from anywhere. The first byte chooses how deep the rest begins: 0 a whole file, 1 a payload behind a header with the right
 * checksum, else a CBOR document that is packed first, so that the fuzzer need not guess a hash.
 * What is read must be sound, and must read again as the same bytes.
 */
#include "profdata_file.h"
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

static uint8_t *wrap(const uint8_t *payload, size_t size)
{
	uint8_t *file = malloc(PROFDATA_HEADER + size);
	XXH64_canonical_t hash;

	memcpy(file, PROFILE_MAGIC, 8);
	profdata_put32(file + PROFDATA_AT_VERSION, PROFILE_VERSION);
	profdata_put32(file + PROFDATA_AT_FLAGS, 0);
	profdata_put64(file + PROFDATA_AT_SIZE, size);
	XXH64_canonicalFromHash(&hash, XXH3_64bits(payload, size));
	memcpy(file + PROFDATA_AT_HASH, hash.digest, sizeof hash.digest);
	if (size)
		memcpy(file + PROFDATA_HEADER, payload, size);
	return file;
}

static void check_round_trip(const struct profile *profile)
{
	struct profile *again;
	struct err err = {0};
	void *first, *second;
	size_t first_size, second_size;

	if (profile_serialise(profile, &first, &first_size, &err) < 0) {
		/* only for its size may a sound profile not be written */
		if (!strstr(err.what, "too large"))
			abort();
		return;
	}
	again = profile_parse(first, first_size, "again", &err);
	if (!again || profile_serialise(again, &second, &second_size, &err) < 0)
		abort();
	if (first_size != second_size || memcmp(first, second, first_size) != 0)
		abort();
	profile_free(again);
	free(first);
	free(second);
}

/* Merging with itself either works or says why not, and doubles the runs. */
static void check_merge(struct profile *profile)
{
	uint64_t runs = profile->runs;
	struct err err = {0};

	if (profile_merge(profile, profile, &err) < 0) {
		if (!err.set)
			abort();
	} else if (profile->runs != 2 * runs || profile_check(profile, "sum", &err) < 0) {
		abort();
	}
	err_free(&err);
}

static void try_file(const uint8_t *file, size_t size)
{
	struct err err = {0};
	struct profile *profile = profile_parse(file, size, "input", &err);

	if (!profile != !!err.set)
		abort();
	if (profile) {
		check_round_trip(profile);
		check_merge(profile);
	}
	profile_free(profile);
	err_free(&err);
}

static void try_payload(const uint8_t *payload, size_t size)
{
	uint8_t *file = wrap(payload, size);

	try_file(file, PROFDATA_HEADER + size);
	free(file);
}

static void try_document(const uint8_t *cbor, size_t size)
{
	size_t bound = ZSTD_compressBound(size);
	uint8_t *payload = malloc(bound);

	try_payload(payload, ZSTD_compress(payload, bound, cbor, size, 1));
	free(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] == 0)
		try_file(data + 1, size - 1);
	else if (data[0] == 1)
		try_payload(data + 1, size - 1);
	else
		try_document(data + 1, size - 1);
	return 0;
}
