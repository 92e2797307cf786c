/*
 * Profile to profile.data. Everything that decides the bytes (order of keys, shortest integers, compression level) is fixed here, so
 * that the same profile makes the same file and merges can be compared byte for byte.
 */
#include "fs.h"
#include "profdata_file.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <cbor.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#define LEVEL 6

static void put_number(struct strbuf *out, const struct profile_field *field, const void *base)
{
	unsigned char item[16];
	uint64_t value = profile_number(field, base);
	bool absent = field->nullable && value == profile_absent(field);

	strbuf_add(out, item, absent ? cbor_encode_null(item, sizeof item) : cbor_encode_uint(value, item, sizeof item));
}

static void put_bytes(struct strbuf *out, const char *text, size_t size)
{
	unsigned char item[16];

	strbuf_add(out, item, cbor_encode_string_start(size, item, sizeof item));
	strbuf_add(out, text, size);
}

/* CBOR text is UTF-8; a path may be anything. */
static void put_text(struct strbuf *out, const char *text)
{
	size_t size = strlen(text);
	char *clean;

	if (profile_utf8_ok(text, size)) {
		put_bytes(out, text, size);
		return;
	}
	clean = profile_utf8_clean(text, size);
	put_bytes(out, clean, strlen(clean));
	free(clean);
}

static void put_field(struct strbuf *out, const struct profile_field *field, const void *base)
{
	if (field->type == PROFILE_TEXT)
		put_text(out, profile_text(field, base));
	else
		put_number(out, field, base);
}

static void put_map(struct strbuf *out, size_t pairs)
{
	unsigned char item[16];

	strbuf_add(out, item, cbor_encode_map_start(pairs, item, sizeof item));
}

static void put_table(struct strbuf *out, const struct profile_table *table, const void *base)
{
	const char *rows = profile_rows(table, base);
	size_t count = profile_count(table, base);
	unsigned char item[16];

	put_map(out, table->field_count);
	for (size_t f = 0; f < table->field_count; f++) {
		const struct profile_field *field = &table->fields[f];

		put_text(out, field->key);
		strbuf_add(out, item, cbor_encode_array_start(count, item, sizeof item));
		for (size_t i = 0; i < count; i++)
			put_field(out, field, rows + i * table->row_size);
	}
}

static void put_shape(struct strbuf *out, const struct profile_shape *shape, const void *base)
{
	put_map(out, shape->field_count + shape->table_count + shape->part_count);
	for (size_t i = 0; i < shape->field_count; i++) {
		put_text(out, shape->fields[i].key);
		put_field(out, &shape->fields[i], base);
	}
	for (size_t i = 0; i < shape->table_count; i++) {
		put_text(out, shape->tables[i].key);
		put_table(out, &shape->tables[i], base);
	}
	for (size_t i = 0; i < shape->part_count; i++) { /* NOLINT(misc-no-recursion): as deep as the shapes, two levels */
		put_text(out, shape->parts[i].key);
		put_shape(out, shape->parts[i].shape, (const char *)base + shape->parts[i].offset);
	}
}

static void put_header(unsigned char *header, const void *payload, size_t size)
{
	XXH64_canonical_t hash;

	memcpy(header, PROFILE_MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result): no text */
	profdata_put32(header + PROFDATA_AT_VERSION, PROFILE_VERSION);
	profdata_put32(header + PROFDATA_AT_FLAGS, 0);
	profdata_put64(header + PROFDATA_AT_SIZE, size);
	XXH64_canonicalFromHash(&hash, XXH3_64bits(payload, size));
	memcpy(header + PROFDATA_AT_HASH, hash.digest, sizeof hash.digest);
}

int profile_serialise(const struct profile *profile, void **data, size_t *size, struct err *err)
{
	struct strbuf cbor = STRBUF_INIT;
	unsigned char *file;
	size_t bound, packed;
	int result = -1;

	*data = NULL;
	*size = 0;
	if (profile_check(profile, "profile", err) < 0)
		return -1;
	put_shape(&cbor, &profile_shape, profile);
	bound = ZSTD_compressBound(cbor.size);
	file = xmalloc(PROFDATA_HEADER + bound);
	packed = ZSTD_compress(file + PROFDATA_HEADER, bound, cbor.data, cbor.size, LEVEL);
	if (ZSTD_isError(packed)) {
		err_set(err, NULL, NULL, "cannot compress the profile: %s", ZSTD_getErrorName(packed));
	} else if (!profdata_unpacked_ok(packed, cbor.size)) {
		err_set(err, NULL, NULL, "the profile is too large to be written (%zu bytes unpacked)", cbor.size);
	} else {
		put_header(file, file + PROFDATA_HEADER, packed);
		*data = file;
		*size = PROFDATA_HEADER + packed;
		file = NULL;
		result = 0;
	}
	free(file);
	strbuf_free(&cbor);
	return result;
}

int profile_write(const struct profile *profile, const char *path, struct err *err)
{
	void *data;
	size_t size;
	int result;

	if (profile_serialise(profile, &data, &size, err) < 0)
		return -1;
	result = fs_write(path, data, size, 0666, err);
	free(data);
	return result;
}
