/*
 * profile.data to profile. Nothing in the file is trusted: the checksum is looked at before the payload is unpacked, the size of what
 * it unpacks to is bounded before memory is taken for it, and every count is compared with the bytes that are left.
 *
 * The CBOR is read with libcbor's streaming decoder, one item a call, and not with cbor_load(): that one makes an allocation per
 * item (four million for a million edges), recurses as deep as the document says, and keeps no offsets for messages.
 */
#include "fs.h"
#include "profdata_file.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <cbor.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#define AGAIN "run `ruchy-prof profile` again"

/* --- one item of CBOR ---------------------------------------------------------------------------------------------------- */
enum item_kind { ITEM_OTHER, ITEM_UINT, ITEM_TEXT, ITEM_BYTES, ITEM_ARRAY, ITEM_MAP, ITEM_TAG, ITEM_NULL, ITEM_OPEN };

struct item {
	enum item_kind kind;
	uint64_t value; /* number, count of members or of pairs */
	const char *text;
	size_t size;
};

struct cursor {
	const unsigned char *data;
	size_t size, at;
	const char *name; /* for messages */
	struct err *err;
};

static void on_uint8(void *context, uint8_t value)
{
	*(struct item *)context = (struct item){.kind = ITEM_UINT, .value = value};
}

static void on_uint16(void *context, uint16_t value)
{
	*(struct item *)context = (struct item){.kind = ITEM_UINT, .value = value};
}

static void on_uint32(void *context, uint32_t value)
{
	*(struct item *)context = (struct item){.kind = ITEM_UINT, .value = value};
}

static void on_uint64(void *context, uint64_t value)
{
	*(struct item *)context = (struct item){.kind = ITEM_UINT, .value = value};
}

static void on_text(void *context, cbor_data text, size_t size)
{
	*(struct item *)context = (struct item){.kind = ITEM_TEXT, .text = (const char *)text, .size = size};
}

static void on_bytes(void *context, cbor_data text, size_t size)
{
	*(struct item *)context = (struct item){.kind = ITEM_BYTES, .text = (const char *)text, .size = size};
}

static void on_array(void *context, size_t count)
{
	*(struct item *)context = (struct item){.kind = ITEM_ARRAY, .value = count};
}

static void on_map(void *context, size_t pairs)
{
	*(struct item *)context = (struct item){.kind = ITEM_MAP, .value = pairs};
}

static void on_tag(void *context, uint64_t value)
{
	*(struct item *)context = (struct item){.kind = ITEM_TAG, .value = value};
}

static void on_null(void *context)
{
	*(struct item *)context = (struct item){.kind = ITEM_NULL};
}

/* Indefinite lengths are not used by this format: a length that is not stated can't be checked. */
static void on_open(void *context)
{
	*(struct item *)context = (struct item){.kind = ITEM_OPEN};
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = cbor_null_negint8_callback,
    .negint16 = cbor_null_negint16_callback,
    .negint32 = cbor_null_negint32_callback,
    .negint64 = cbor_null_negint64_callback,
    .byte_string_start = on_open,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_open,
    .indef_array_start = on_open,
    .array_start = on_array,
    .indef_map_start = on_open,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = cbor_null_float2_callback,
    .float4 = cbor_null_float4_callback,
    .float8 = cbor_null_float8_callback,
    .undefined = cbor_null_undefined_callback,
    .null = on_null,
    .boolean = cbor_null_boolean_callback,
    .indef_break = on_open,
};

static int corrupt(const struct cursor *cursor, size_t at, const char *what)
{
	char name[700];

	snprintf(name, sizeof name, "%.600s, unpacked,", cursor->name);
	return profdata_error(cursor->err, name, at, AGAIN, "the profile is corrupt: %s", what);
}

static int next(struct cursor *cursor, struct item *item)
{
	struct cbor_decoder_result result;

	*item = (struct item){.kind = ITEM_OTHER};
	result = cbor_stream_decode(cursor->data + cursor->at, cursor->size - cursor->at, &callbacks, item);
	if (result.status == CBOR_DECODER_NEDATA)
		return corrupt(cursor, cursor->at, "it ends within an item");
	if (result.status != CBOR_DECODER_FINISHED || item->kind == ITEM_OPEN)
		return corrupt(cursor, cursor->at, "unexpected kind of item");
	/* each member takes a byte at least, each pair two */
	if ((item->kind == ITEM_ARRAY && item->value > cursor->size - cursor->at - result.read) ||
	    (item->kind == ITEM_MAP && item->value > (cursor->size - cursor->at - result.read) / 2))
		return corrupt(cursor, cursor->at, "more members than bytes");
	cursor->at += result.read;
	return 0;
}

/* The next item, which must be of `kind`. */
static int expect(struct cursor *cursor, enum item_kind kind, struct item *item)
{
	static const char *const words[] = {
	    [ITEM_UINT] = "number expected", [ITEM_TEXT] = "text expected", [ITEM_ARRAY] = "array expected", [ITEM_MAP] = "map expected"};
	size_t at = cursor->at;

	if (next(cursor, item) < 0)
		return -1;
	return item->kind == kind ? 0 : corrupt(cursor, at, words[kind]);
}

/*
 * Skip a whole value, of a key that this version does not know. `open` members are still to come: a container adds its own, so nesting
 * needs neither recursion nor a stack. next() keeps each count below the bytes left, so the sum cannot overflow.
 */
static int skip(struct cursor *cursor)
{
	uint64_t open = 1;
	struct item item;

	for (; open > 0; open--) {
		if (next(cursor, &item) < 0)
			return -1;
		if (item.kind == ITEM_ARRAY)
			open += item.value;
		else if (item.kind == ITEM_MAP)
			open += item.value * 2;
		else if (item.kind == ITEM_TAG)
			open++;
	}
	return 0;
}

/* --- fields, tables, shapes ------------------------------------------------------------------------------------------------- */
static bool is_key(const struct item *item, const char *key)
{
	return item->size == strlen(key) && memcmp(item->text, key, item->size) == 0;
}

static int read_number(struct cursor *cursor, const struct profile_field *field, void *base)
{
	size_t at = cursor->at;
	uint64_t most = profile_absent(field);
	struct item item;

	if (next(cursor, &item) < 0)
		return -1;
	if (item.kind == ITEM_NULL && field->nullable)
		item.value = most;
	else if (item.kind != ITEM_UINT)
		return corrupt(cursor, at, "number expected");
	else if (item.value > most || (item.value == most && field->nullable))
		return corrupt(cursor, at, "number too large");
	profile_set_number(field, base, item.value);
	return 0;
}

static int read_text(struct cursor *cursor, const struct profile_field *field, void *base)
{
	size_t at = cursor->at;
	struct item item;
	char *copy;

	if (expect(cursor, ITEM_TEXT, &item) < 0)
		return -1;
	if (!profile_utf8_ok(item.text, item.size))
		return corrupt(cursor, at, "text is not UTF-8");
	copy = xmalloc(item.size + 1);
	memcpy(copy, item.text, item.size);
	copy[item.size] = 0;
	free(profile_text(field, base));
	profile_set_text(field, base, copy);
	return 0;
}

static int read_field(struct cursor *cursor, const struct profile_field *field, void *base)
{
	return field->type == PROFILE_TEXT ? read_text(cursor, field, base) : read_number(cursor, field, base);
}

/* Columns that every file has: at least one. */
static size_t required(const struct profile_table *table)
{
	size_t count = 0;

	for (size_t f = 0; f < table->field_count; f++)
		count += !table->fields[f].optional;
	return count ? count : 1;
}

/*
 * One column. The first makes the rows: all columns follow, each with a byte or more per row, so the memory is a small multiple of the
 * bytes that are there.
 */
static int read_column(struct cursor *cursor, const struct profile_table *table, const struct profile_field *field, void *base, bool first)
{
	size_t at = cursor->at;
	struct item item;
	char *rows;

	if (expect(cursor, ITEM_ARRAY, &item) < 0)
		return -1;
	if (first && item.value > 0) {
		if (item.value > (cursor->size - cursor->at) / required(table))
			return corrupt(cursor, at, "more rows than bytes");
		rows = calloc(item.value, table->row_size);
		if (!rows)
			return err_set(cursor->err, cursor->name, NULL, "not enough memory for %" PRIu64 " %s", item.value, table->key);
		profile_set_rows(table, base, rows, item.value);
	}
	if (item.value != profile_count(table, base))
		return corrupt(cursor, at, "columns of unequal length");
	rows = profile_rows(table, base);
	for (size_t i = 0; i < item.value; i++) {
		if (read_field(cursor, field, rows + i * table->row_size) < 0)
			return -1;
	}
	return 0;
}

/* Note that key `index` was seen; false: for the second time. */
static bool note(uint64_t *seen, size_t index)
{
	bool fresh = !(*seen >> index & 1);

	*seen |= (uint64_t)1 << index;
	return fresh;
}

static int missing(const struct cursor *cursor, size_t at, const char *key)
{
	char what[100];

	snprintf(what, sizeof what, "%s is missing", key);
	return corrupt(cursor, at, what);
}

static int read_table(struct cursor *cursor, const struct profile_table *table, void *base)
{
	size_t start = cursor->at;
	uint64_t seen = 0;
	struct item map, key;

	if (expect(cursor, ITEM_MAP, &map) < 0)
		return -1;
	for (uint64_t i = 0; i < map.value; i++) {
		size_t at = cursor->at, f = 0;

		if (expect(cursor, ITEM_TEXT, &key) < 0)
			return -1;
		while (f < table->field_count && !is_key(&key, table->fields[f].key))
			f++;
		if (f == table->field_count) {
			if (skip(cursor) < 0)
				return -1;
			continue;
		}
		bool first = seen == 0;

		if (!note(&seen, f))
			return corrupt(cursor, at, "column is there twice");
		if (read_column(cursor, table, &table->fields[f], base, first) < 0)
			return -1;
	}
	for (size_t f = 0; f < table->field_count; f++) {
		if (!(seen >> f & 1) && !table->fields[f].optional)
			return missing(cursor, start, table->fields[f].key);
	}
	return 0;
}

static int read_shape(struct cursor *cursor, const struct profile_shape *shape, void *base);

/* The members of a shape are numbered: fields, tables, parts. */
static size_t find_member(const struct profile_shape *shape, const struct item *key)
{
	size_t i = 0, t = 0, p = 0;

	while (i < shape->field_count && !is_key(key, shape->fields[i].key))
		i++;
	if (i < shape->field_count)
		return i;
	while (t < shape->table_count && !is_key(key, shape->tables[t].key))
		t++;
	if (t < shape->table_count)
		return i + t;
	while (p < shape->part_count && !is_key(key, shape->parts[p].key))
		p++;
	return i + t + p;
}

static const char *member_key(const struct profile_shape *shape, size_t member)
{
	if (member < shape->field_count)
		return shape->fields[member].key;
	member -= shape->field_count;
	if (member < shape->table_count)
		return shape->tables[member].key;
	return shape->parts[member - shape->table_count].key;
}

static bool is_optional(const struct profile_shape *shape, size_t member)
{
	if (member < shape->field_count)
		return shape->fields[member].optional;
	member -= shape->field_count;
	return member < shape->table_count && shape->tables[member].optional;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the shapes, whatever the document says */
static int read_member(struct cursor *cursor, const struct profile_shape *shape, size_t member, void *base)
{
	if (member < shape->field_count)
		return read_field(cursor, &shape->fields[member], base);
	member -= shape->field_count;
	if (member < shape->table_count)
		return read_table(cursor, &shape->tables[member], base);
	member -= shape->table_count;
	return read_shape(cursor, shape->parts[member].shape, (char *)base + shape->parts[member].offset);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the shapes, whatever the document says */
static int read_shape(struct cursor *cursor, const struct profile_shape *shape, void *base)
{
	size_t start = cursor->at, members = shape->field_count + shape->table_count + shape->part_count;
	uint64_t seen = 0;
	struct item map, key;

	if (expect(cursor, ITEM_MAP, &map) < 0)
		return -1;
	for (uint64_t i = 0; i < map.value; i++) {
		size_t at = cursor->at, member;

		if (expect(cursor, ITEM_TEXT, &key) < 0)
			return -1;
		member = find_member(shape, &key);
		if (member < members && !note(&seen, member))
			return corrupt(cursor, at, "key is there twice");
		if ((member < members ? read_member(cursor, shape, member, base) : skip(cursor)) < 0)
			return -1;
	}
	for (size_t member = 0; member < members; member++) {
		if (!(seen >> member & 1) && !is_optional(shape, member))
			return missing(cursor, start, member_key(shape, member));
	}
	return 0;
}

/* --- header and payload -------------------------------------------------------------------------------------------------- */
static int check_version(const unsigned char *bytes, const char *name, struct err *err)
{
	uint32_t version = profdata_get32(bytes + PROFDATA_AT_VERSION), flags = profdata_get32(bytes + PROFDATA_AT_FLAGS);

	if (version > PROFILE_VERSION)
		return profdata_error(err, name, PROFDATA_AT_VERSION, "use a newer ruchy-prof",
				      "the profile has format version %" PRIu32 ", this ruchy-prof reads up to %u", version,
				      PROFILE_VERSION);
	if (version == 0)
		return profdata_error(err, name, PROFDATA_AT_VERSION, AGAIN, "the profile is corrupt: format version 0");
	if (flags)
		return profdata_error(err, name, PROFDATA_AT_FLAGS, "use a newer ruchy-prof",
				      "the profile needs features that this ruchy-prof does not know (flags 0x%" PRIx32 ")", flags);
	return 0;
}

/* Check all that can be said without unpacking. */
static int check_header(const unsigned char *bytes, size_t size, const char *name, struct err *err)
{
	XXH64_canonical_t hash;
	uint64_t payload;

	if (size == 0)
		return profdata_error(err, name, 0, AGAIN, "the profile is empty");
	if (memcmp(bytes, PROFILE_MAGIC, size < 8 ? size : 8) != 0)
		return profdata_error(err, name, 0, NULL, "not a profile of ruchy-prof");
	if (size < PROFDATA_AT_SIZE)
		return profdata_error(err, name, size, AGAIN, "the profile is truncated");
	if (check_version(bytes, name, err) < 0)
		return -1;
	if (size < PROFDATA_HEADER)
		return profdata_error(err, name, size, AGAIN, "the profile is truncated");
	payload = profdata_get64(bytes + PROFDATA_AT_SIZE);
	if (payload > size - PROFDATA_HEADER)
		return profdata_error(err, name, size, AGAIN, "the profile is truncated");
	if (payload < size - PROFDATA_HEADER)
		return profdata_error(err, name, PROFDATA_HEADER + payload, AGAIN, "the profile is corrupt: something follows its end");
	XXH64_canonicalFromHash(&hash, XXH3_64bits(bytes + PROFDATA_HEADER, payload));
	if (memcmp(hash.digest, bytes + PROFDATA_AT_HASH, sizeof hash.digest) != 0)
		return profdata_error(err, name, PROFDATA_AT_HASH, AGAIN, "the profile is corrupt: its checksum does not match");
	return 0;
}

static unsigned char *unpack(const unsigned char *payload, size_t size, size_t *unpacked, const char *name, struct err *err)
{
	unsigned long long content = ZSTD_getFrameContentSize(payload, size);
	unsigned char *out;
	size_t result;

	if (content == ZSTD_CONTENTSIZE_ERROR || content == ZSTD_CONTENTSIZE_UNKNOWN ||
	    ZSTD_findFrameCompressedSize(payload, size) != size) {
		profdata_error(err, name, PROFDATA_HEADER, AGAIN,
			       "the profile is corrupt: its payload is not one zstd frame of known size");
		return NULL;
	}
	if (!profdata_unpacked_ok(size, content)) {
		profdata_error(err, name, PROFDATA_HEADER, NULL, "the profile would take %llu bytes of memory: refused", content);
		return NULL;
	}
	out = malloc(content ? content : 1);
	if (!out) {
		err_set(err, name, NULL, "not enough memory to unpack %llu bytes", content);
		return NULL;
	}
	result = ZSTD_decompress(out, content, payload, size);
	if (ZSTD_isError(result) || result != content) {
		profdata_error(err, name, PROFDATA_HEADER, AGAIN, "the profile is corrupt: %s",
			       ZSTD_isError(result) ? ZSTD_getErrorName(result) : "its payload is shorter than it says");
		free(out);
		return NULL;
	}
	*unpacked = result;
	return out;
}

static int read_document(struct cursor *cursor, struct profile *profile)
{
	if (read_shape(cursor, &profile_shape, profile) < 0)
		return -1;
	if (cursor->at != cursor->size)
		return corrupt(cursor, cursor->at, "something follows its end");
	return profile_check(profile, cursor->name, cursor->err);
}

struct profile *profile_parse(const void *data, size_t size, const char *name, struct err *err)
{
	struct cursor cursor = {.name = name, .err = err};
	struct profile *profile;
	unsigned char *cbor;

	if (check_header(data, size, name, err) < 0)
		return NULL;
	cbor = unpack((const unsigned char *)data + PROFDATA_HEADER, size - PROFDATA_HEADER, &cursor.size, name, err);
	if (!cbor)
		return NULL;
	cursor.data = cbor;
	profile = profile_new();
	if (read_document(&cursor, profile) < 0) {
		profile_free(profile);
		profile = NULL;
	}
	free(cbor);
	return profile;
}

struct profile *profile_read(const char *path, struct err *err)
{
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	struct profile *profile;

	if (!data)
		return NULL;
	profile = profile_parse(data, size, path, err);
	free(data);
	return profile;
}
