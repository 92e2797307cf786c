/* profile.data: what is written is read, what is damaged is refused, what is merged does not depend on the order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profdata_file.h"
#include "profile.h"
#include "profile_random.h"

#include <cbor.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

struct bytes {
	void *data;
	size_t size;
};

static struct bytes serialise(const struct profile *profile)
{
	struct bytes bytes;
	struct err err = {0};

	if (profile_serialise(profile, &bytes.data, &bytes.size, &err) < 0)
		fail_msg("%s (%s)", err.what, err.where);
	return bytes;
}

static void assert_same_bytes(struct bytes a, struct bytes b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
}

static struct profile *parse(struct bytes bytes)
{
	struct err err = {0};
	struct profile *profile = profile_parse(bytes.data, bytes.size, "p", &err);

	if (!profile)
		fail_msg("%s (%s)", err.what, err.where);
	return profile;
}

static void assert_refused(struct bytes bytes, const char *what, const char *where)
{
	struct err err = {0};
	struct profile *profile = profile_parse(bytes.data, bytes.size, "p", &err);

	if (profile || !strstr(err.what, what) || !strstr(err.where, where))
		fail_msg("\"%s\" (%s) instead of \"%s\" (%s)", err.what, err.where, what, where);
	err_free(&err);
}

/* --- reading what was written -------------------------------------------------------------------------------------------- */
static void test_round_trip(void **context)
{
	(void)context;
	for (int i = 0; i < 100; i++) {
		struct profile *profile = i ? random_profile(1 + random_below(6)) : profile_new();
		struct bytes bytes = serialise(profile), again;
		struct profile *read = parse(bytes);

		again = serialise(read);
		assert_same_bytes(bytes, again);
		assert_string_equal(read->source_hash, profile->source_hash);
		assert_int_equal(read->peak_rss_bytes, profile->peak_rss_bytes);
		assert_int_equal(read->fn_count, profile->fn_count);
		assert_int_equal(read->edge_count, profile->edge_count);
		for (size_t f = 0; f < read->fn_count; f++) {
			assert_string_equal(read->fns[f].name, profile->fns[f].name);
			assert_int_equal(read->fns[f].calls, profile->fns[f].calls);
		}
		if (read->edge_count)
			assert_memory_equal(read->edges, profile->edges, read->edge_count * sizeof *read->edges);
		if (read->line_count)
			assert_memory_equal(read->lines, profile->lines, read->line_count * sizeof *read->lines);
		assert_int_equal(read->context_count, profile->context_count);
		for (size_t c = 0; c < read->context_count; c++) {
			assert_int_equal(read->contexts[c].parent, profile->contexts[c].parent);
			assert_int_equal(read->contexts[c].samples, profile->contexts[c].samples);
		}
		profile_free(profile);
		profile_free(read);
		free(bytes.data);
		free(again.data);
	}
}

static void test_extremes(void **context)
{
	struct profile *profile = random_profile(5), *read;
	struct bytes bytes;

	(void)context;
	profile->fns[0].calls = profile->fns[0].calls_max = profile->fns[0].clock_self_ns = UINT64_MAX;
	profile->lines[0].count = PROFILE_ABSENT;
	profile->peak_rss_bytes = PROFILE_ABSENT - 1;
	free(profile->source_path);
	profile->source_path = xstrdup("no\xffutf8");
	bytes = serialise(profile);
	read = parse(bytes);
	assert_int_equal(read->fns[0].calls, UINT64_MAX);
	assert_int_equal(read->fns[0].clock_self_ns, UINT64_MAX);
	assert_int_equal(read->lines[0].count, PROFILE_ABSENT);
	assert_int_equal(read->peak_rss_bytes, PROFILE_ABSENT - 1);
	assert_string_equal(read->source_path, "no\xef\xbf\xbdutf8");
	profile_free(profile);
	profile_free(read);
	free(bytes.data);
}

static void test_file(void **context)
{
	char path[] = "/tmp/rprof-test-XXXXXX";
	struct profile *profile = random_profile(5), *read;
	struct bytes bytes = serialise(profile), again;
	struct err err = {0};
	int fd = mkstemp(path);

	(void)context;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(profile_write(profile, path, &err), 0);
	read = profile_read(path, &err);
	assert_non_null(read);
	again = serialise(read);
	assert_same_bytes(bytes, again);
	unlink(path);
	assert_null(profile_read(path, &err));
	assert_int_equal(err.set, 1);
	err_free(&err);
	assert_int_equal(profile_write(profile, "/proc/no/such/directory", &err), -1);
	err_free(&err);
	profile_free(profile);
	profile_free(read);
	free(bytes.data);
	free(again.data);
}

/* --- damage ---------------------------------------------------------------------------------------------------------------- */
static void test_truncated(void **context)
{
	struct profile *profile = random_profile(3);
	struct bytes bytes = serialise(profile);

	(void)context;
	for (size_t size = 0; size < bytes.size; size++) {
		struct bytes part = {xmalloc(size), size};
		char where[32];

		memcpy(part.data, bytes.data, size);
		snprintf(where, sizeof where, "p at byte %zu", size);
		assert_refused(part, size ? "truncated" : "empty", where);
		free(part.data);
	}
	profile_free(profile);
	free(bytes.data);
}

static void test_flipped(void **context)
{
	struct profile *profile = random_profile(3);
	struct bytes bytes = serialise(profile);

	(void)context;
	for (size_t at = 0; at < bytes.size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			((unsigned char *)bytes.data)[at] ^= (unsigned char)(1 << bit);
			assert_refused(bytes, "", "p at byte ");
			((unsigned char *)bytes.data)[at] ^= (unsigned char)(1 << bit);
		}
	}
	profile_free(profile);
	free(bytes.data);
}

static const struct {
	size_t at;
	const char *bytes;
	size_t size;
	const char *what, *where;
} headers[] = {
    {0,
     "\x7f"
     "ELF",
     4, "not a profile", "p at byte 0"},
    {0, "RPROFRAW", 8, "not a profile", "p at byte 0"},
    {8, "\2", 1, "format version 2, this ruchy-prof reads up to 1", "p at byte 8"},
    {8, "\0", 1, "format version 0", "p at byte 8"},
    {11, "\xff", 1, "format version", "p at byte 8"},
    {12, "\1", 1, "features", "p at byte 12"},
    {23, "\xff", 1, "truncated", "p at byte"},
    {16, "\1\0", 2, "something follows its end", "p at byte 33"},
    {24, "\0\0\0\0\0\0\0\0", 8, "checksum", "p at byte 24"},
    {31, "", 0, NULL, NULL},
};

static void test_headers(void **context)
{
	struct profile *profile = random_profile(3);
	struct bytes bytes = serialise(profile);

	(void)context;
	for (size_t i = 0; headers[i].what; i++) {
		struct bytes copy = {xmalloc(bytes.size), bytes.size};

		memcpy(copy.data, bytes.data, bytes.size);
		memcpy((char *)copy.data + headers[i].at, headers[i].bytes, headers[i].size);
		assert_refused(copy, headers[i].what, headers[i].where);
		free(copy.data);
	}
	profile_free(profile);
	free(bytes.data);
}

/* A file with a right header around any payload. */
static struct bytes wrap(const void *payload, size_t size)
{
	struct bytes bytes = {xmalloc(PROFDATA_HEADER + size), PROFDATA_HEADER + size};
	unsigned char *at = bytes.data;
	XXH64_canonical_t hash;

	memcpy(at, PROFILE_MAGIC, 8);
	profdata_put32(at + PROFDATA_AT_VERSION, PROFILE_VERSION);
	profdata_put32(at + PROFDATA_AT_FLAGS, 0);
	profdata_put64(at + PROFDATA_AT_SIZE, size);
	XXH64_canonicalFromHash(&hash, XXH3_64bits(payload, size));
	memcpy(at + PROFDATA_AT_HASH, hash.digest, 8);
	memcpy(at + PROFDATA_HEADER, payload, size);
	return bytes;
}

static struct bytes pack(const void *cbor, size_t size)
{
	size_t bound = ZSTD_compressBound(size);
	void *payload = xmalloc(bound);
	struct bytes bytes = wrap(payload, ZSTD_compress(payload, bound, cbor, size, 1));

	free(payload);
	return bytes;
}

static struct bytes unpack(struct bytes bytes)
{
	const char *payload = (const char *)bytes.data + PROFDATA_HEADER;
	size_t size = ZSTD_getFrameContentSize(payload, bytes.size - PROFDATA_HEADER);
	struct bytes cbor = {xmalloc(size), size};

	assert_int_equal(ZSTD_decompress(cbor.data, size, payload, bytes.size - PROFDATA_HEADER), size);
	return cbor;
}

static void test_bombs(void **context)
{
	const size_t size = 16u << 20;
	void *zeros = xcalloc(size, 1);
	struct bytes bomb = pack(zeros, size), wrapped;
	static const char skippable[] = "\x50\x2a\x4d\x18\4\0\0\0abcd";

	(void)context;
	assert_in_range(bomb.size, 1, size / 2048);
	assert_refused(bomb, "bytes of memory", "p at byte 32");
	free(bomb.data);
	/* one frame, then another */
	bomb = pack(zeros, 100);
	wrapped = (struct bytes){xmalloc(bomb.size * 2), 0};
	memcpy(wrapped.data, (char *)bomb.data + PROFDATA_HEADER, bomb.size - PROFDATA_HEADER);
	memcpy((char *)wrapped.data + bomb.size - PROFDATA_HEADER, (char *)bomb.data + PROFDATA_HEADER, bomb.size - PROFDATA_HEADER);
	free(bomb.data);
	bomb = wrap(wrapped.data, (bomb.size - PROFDATA_HEADER) * 2);
	assert_refused(bomb, "not one zstd frame", "p at byte 32");
	free(bomb.data);
	free(wrapped.data);
	bomb = wrap(skippable, sizeof skippable - 1);
	assert_refused(bomb, "corrupt", "p");
	free(bomb.data);
	bomb = wrap("", 0);
	assert_refused(bomb, "not one zstd frame", "p at byte 32");
	free(bomb.data);
	free(zeros);
}

#define RUNS "\x64runs"
#define DOC(text, what)                                                                                                                    \
	{                                                                                                                                  \
		text, sizeof(text) - 1, what                                                                                               \
	}

/* Documents that unpack well and are wrong. */
static const struct {
	const char *cbor;
	size_t size;
	const char *what;
} documents[] = {
    DOC("", "within an item"),
    DOC("\x80", "map expected"),
    DOC("\xbf\xff", "unexpected kind"),
    DOC("\xa0", "source_path is missing"),
    DOC("\xbb\xff\xff\xff\xff\xff\xff\xff\xff", "more members than bytes"),
    DOC("\xa1" RUNS, "within an item"),
    DOC("\xa1" RUNS "\x20", "number expected"),
    DOC("\xa1" RUNS "\xf6", "number expected"),
    DOC("\xa1" RUNS "\xfb\0\0\0\0\0\0\0\0", "number expected"),
    DOC("\xa2" RUNS "\1" RUNS "\1", "key is there twice"),
    DOC("\xa1\1\1", "text expected"),
    DOC("\xa1\x65"
	"clock"
	"\x1b\0\0\0\1\0\0\0\0",
	"number too large"),
    DOC("\xa1\x6e"
	"peak_rss_bytes"
	"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
	"number too large"),
    DOC("\xa1\x64"
	"host"
	"\x62\xff\xff",
	"text is not UTF-8"),
    DOC("\xa1\x64"
	"host"
	"\x61\0",
	"text is not UTF-8"),
    DOC("\xa1\x64"
	"host"
	"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
	"within an item"),
    DOC("\xa1\x65"
	"edges"
	"\xa1\x66"
	"caller"
	"\x9a\xff\xff\xff\xff",
	"more members than bytes"),
    DOC("\xa1\x65"
	"edges"
	"\xa1\x66"
	"caller"
	"\x84\1\1\1\1",
	"more rows than bytes"),
    DOC("\xa1\x65"
	"edges"
	"\xa2\x66"
	"caller"
	"\x81\1\x66"
	"callee"
	"\x82\1\1",
	"columns of unequal length"),
    DOC("\xa1\x65"
	"edges"
	"\xa2\x66"
	"caller"
	"\x80\x66"
	"caller"
	"\x80",
	"column is there twice"),
    DOC("\xa1\x65"
	"edges"
	"\xa1\x66"
	"caller"
	"\x80",
	"callee is missing"),
    DOC("\xa1\x65"
	"novel"
	"\x9f\xff",
	"unexpected kind"),
    DOC("\xa1\x65"
	"novel"
	"\x82\1\x19",
	"within an item"),
    DOC("\xa1\x65"
	"novel"
	"\xfc",
	"unexpected kind"),
};

static void test_documents(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		struct bytes bytes = pack(documents[i].cbor, documents[i].size);

		assert_refused(bytes, documents[i].what, "p, unpacked, at byte ");
		free(bytes.data);
	}
}

/* Every truncation and every flipped bit of the document itself, behind a checksum that is right: no crash, and what is read is sound. */
static void test_damaged_documents(void **context)
{
	struct profile *profile = random_profile(2);
	struct bytes bytes = serialise(profile), cbor = unpack(bytes);

	(void)context;
	for (size_t i = 0; i < cbor.size * 9; i++) {
		size_t at = i / 9, bit = i % 9;
		unsigned char *byte = (unsigned char *)cbor.data + at;
		struct bytes packed;
		struct profile *read;
		struct err err = {0};

		if (bit < 8)
			*byte = (unsigned char)(*byte ^ 1u << bit);
		packed = pack(cbor.data, bit < 8 ? cbor.size : at);
		if (bit < 8)
			*byte = (unsigned char)(*byte ^ 1u << bit);
		read = profile_parse(packed.data, packed.size, "p", &err);
		assert_int_equal(err.set, !read);
		if (read)
			assert_int_equal(profile_check(read, "p", &err), 0);
		assert_false(read && bit == 8);
		err_free(&err);
		profile_free(read);
		free(packed.data);
	}
	profile_free(profile);
	free(bytes.data);
	free(cbor.data);
}

/* Hides a key of up to 255 bytes from the reader, wherever it stands; returns how often. */
static unsigned hide(struct bytes *cbor, const char *key)
{
	size_t size = strlen(key), head = size < 24 ? 1 : 2;
	unsigned count = 0;

	for (size_t i = 0; i + head + size <= cbor->size; i++) {
		unsigned char *at = (unsigned char *)cbor->data + i;

		if (at[head - 1] == (head == 1 ? 0x60 + size : size) && (head == 1 || at[0] == 0x78) && memcmp(at + head, key, size) == 0) {
			at[head] = 'Z';
			count++;
		}
	}
	return count;
}

/* A file from before allocations were counted lacks their keys, and one without call paths their table: nothing is known of them. */
static void test_older_file(void **context)
{
	static const char *const keys[] = {"allocations",   "allocated_bytes", "reallocations", "leaked",      "leaked_bytes",
					   "largest_bytes", "at_peak_bytes",   "memory",	"memory_runs", "peak_live_bytes"};
	struct profile *profile = random_profile(4), *read;
	struct bytes bytes, cbor, packed;

	(void)context;
	profile->runs = 3;
	profile->memory_runs = 2;
	profile->peak_live_bytes = 17;
	bytes = serialise(profile);
	cbor = unpack(bytes);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		char *outside = xasprintf("outside_%s", keys[i]);

		assert_int_equal(hide(&cbor, keys[i]), i < 7 ? 2 : 1); /* of functions, and of lines */
		assert_int_equal(hide(&cbor, outside), i < 7);
		free(outside);
	}
	assert_int_equal(hide(&cbor, "contexts"), 1);
	assert_int_equal(hide(&cbor, "allocation_lines"), 1);
	packed = pack(cbor.data, cbor.size);
	read = parse(packed);
	assert_int_equal(read->fn_count, profile->fn_count);
	assert_int_equal(read->context_count, 0);
	assert_int_equal(read->site_count, 0);
	assert_string_equal(read->memory, "");
	assert_int_equal(read->memory_runs, 0);
	assert_true(read->peak_live_bytes == PROFILE_ABSENT);
	for (size_t i = 0; i < read->fn_count; i++)
		assert_memory_equal(&read->fns[i].memory, &(struct profile_memory){0}, sizeof(struct profile_memory));
	assert_memory_equal(&read->outside, &(struct profile_memory){0}, sizeof(struct profile_memory));
	profile_free(profile);
	profile_free(read);
	free(bytes.data);
	free(cbor.data);
	free(packed.data);
}

/* A later writer adds keys, to the document and to a table; values may be anything, nested as deep as they like. */
static void test_unknown_keys(void **context)
{
	struct profile *profile = random_profile(4), *read;
	struct bytes bytes = serialise(profile), cbor = unpack(bytes), packed, again;
	struct strbuf more = STRBUF_INIT;
	const size_t depth = 100000;

	(void)context;
	assert_in_range(((unsigned char *)cbor.data)[0], 0xb8, 0xb8); /* map, pairs in the next byte */
	strbuf_add(&more, cbor.data, cbor.size);
	more.data[1] = (char)(more.data[1] + 2);
	strbuf_add(&more, "\x63new\xa2\1\x82\xf5\xfb\0\0\0\0\0\0\0\0\x61k\xc1\x42zz", 23);
	strbuf_add(&more,
		   "\x64"
		   "deep",
		   5);
	for (size_t i = 0; i < depth; i++)
		strbuf_add(&more, "\x81", 1);
	strbuf_add(&more, "\0", 1);
	packed = pack(more.data, more.size);
	read = parse(packed);
	again = serialise(read);
	assert_same_bytes(bytes, again);
	profile_free(profile);
	profile_free(read);
	strbuf_free(&more);
	free(bytes.data);
	free(cbor.data);
	free(packed.data);
	free(again.data);
}

/* --- check --------------------------------------------------------------------------------------------------------------- */
static void no_name(struct profile *p)
{
	free(p->fns[0].name);
	p->fns[0].name = xstrdup("");
}
static void bad_name(struct profile *p)
{
	p->fns[0].name[0] = '\xff';
}
static void twins(struct profile *p)
{
	free(p->fns[1].name);
	p->fns[1].name = xstrdup(p->fns[0].name);
	p->fns[1].kind = p->fns[0].kind;
	p->fns[1].from = p->fns[0].from;
	p->fns[1].file = p->fns[0].file;
}
static void bad_kind(struct profile *p)
{
	p->fns[0].kind = 5;
}
static void bad_line(struct profile *p)
{
	p->fns[0].to = UINT32_MAX;
}
static void bad_calls(struct profile *p)
{
	p->fns[0].calls_max = p->fns[0].calls + 1;
}
static void bad_caller(struct profile *p)
{
	p->edges[0].caller = (uint32_t)p->fn_count;
}
static void bad_callee(struct profile *p)
{
	p->edges[0].callee = PROFILE_NONE;
}
static void edge_order(struct profile *p)
{
	p->edges[1] = p->edges[0];
}
static void line_fn(struct profile *p)
{
	p->lines[0].fn = (uint32_t)p->fn_count;
}
static void line_order(struct profile *p)
{
	p->lines[1] = p->lines[0];
}
static void times_n(struct profile *p)
{
	p->wall[0].n++;
}
static void times_key(struct profile *p)
{
	p->wall[0].buckets[p->wall[0].bucket_count - 1].key = UINT32_MAX;
}
static void times_min(struct profile *p)
{
	p->wall[0].min_ns = p->wall[0].max_ns + 1;
}
static void more_unfinished(struct profile *p)
{
	p->unfinished_runs = p->runs + 1;
}
static void more_memory_runs(struct profile *p)
{
	p->memory_runs = p->runs + 1;
}
static void more_leaked(struct profile *p)
{
	p->fns[0].memory.leaked = p->fns[0].memory.allocations + 1;
}
static void larger_than_all(struct profile *p)
{
	p->outside.largest_bytes = p->outside.bytes + 1;
}
static void context_parent(struct profile *p)
{
	p->contexts[0].parent = 1;
}
static void context_fn(struct profile *p)
{
	p->contexts[0].fn = (uint32_t)p->fn_count;
}
static void context_order(struct profile *p)
{
	p->contexts[1] = p->contexts[0];
	p->contexts[1].samples = 0;
}
static void context_samples(struct profile *p)
{
	p->contexts[0].samples = p->samples + 1;
}
static void bad_file(struct profile *p)
{
	p->fns[0].file = (uint32_t)p->file_count + 1;
}
static void file_order(struct profile *p)
{
	struct profile_file first = p->files[0];

	p->files[0] = p->files[1];
	p->files[1] = first;
}
static void no_path(struct profile *p)
{
	free(p->files[1].rust_path);
	p->files[1].rust_path = NULL;
}
static void no_string(struct profile *p)
{
	free(p->host);
	p->host = NULL;
}

static const struct {
	void (*damage)(struct profile *profile);
	const char *what;
} checks[] = {
    {no_name, "without a name"},
    {bad_name, "without a name in UTF-8"},
    {twins, "is there twice"},
    {bad_kind, "unknown kind"},
    {bad_line, "a line beyond"},
    {bad_calls, "contradict"},
    {bad_caller, "edges[0] names a function"},
    {bad_callee, "edges[0] names a function"},
    {edge_order, "edges[1] out of order"},
    {line_fn, "lines[0] names a function"},
    {line_order, "lines[1] out of order"},
    {times_n, "wall_plain contradicts itself"},
    {times_key, "wall_plain contradicts itself"},
    {times_min, "wall_plain contradicts itself"},
    {more_unfinished, "more unfinished"},
    {more_memory_runs, "allocations contradict"},
    {more_leaked, "allocations contradict"},
    {larger_than_all, "allocations contradict"},
    {context_parent, "contexts[0] names a caller"},
    {context_fn, "contexts[0] names a caller"},
    {context_order, "contexts[1] out of order"},
    {context_samples, "more samples than"},
    {bad_file, "is of a file that is not there"},
    {file_order, "files[1] out of order"},
    {no_path, "file without rust_path"},
    {no_string, "without host"},
};

static void test_check(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct profile *profile;
		struct err err = {0};
		void *data;
		size_t size;

		do {
			profile = random_profile(5);
			if (profile->fn_count >= 2 && profile->edge_count >= 2 && profile->line_count >= 2 && profile->context_count >= 2 &&
			    profile->wall[0].n)
				break;
			profile_free(profile);
		} while (1);
		assert_int_equal(profile_check(profile, "p", &err), 0);
		checks[i].damage(profile);
		assert_int_equal(profile_serialise(profile, &data, &size, &err), -1);
		if (!strstr(err.what, checks[i].what))
			fail_msg("case %zu: \"%s\" instead of \"%s\"", i, err.what, checks[i].what);
		err_free(&err);
		profile_free(profile);
	}
}

/* --- merge --------------------------------------------------------------------------------------------------------------- */
#define PARTS 6

static void merge(struct profile *into, const struct profile *from)
{
	struct err err = {0};

	if (profile_merge(into, from, &err) < 0)
		fail_msg("%s (%s)", err.what, err.where);
}

/* Merge the parts in a random order and a random tree. Takes the parts. */
static struct bytes merge_randomly(struct profile **parts, size_t count)
{
	struct bytes bytes;

	while (count > 1) {
		size_t a = random_below(count), b = random_below(count - 1);

		b += b >= a;
		merge(parts[a], parts[b]);
		profile_free(parts[b]);
		parts[b] = parts[--count];
	}
	bytes = serialise(parts[0]);
	profile_free(parts[0]);
	return bytes;
}

static void test_merge_order(void **context)
{
	(void)context;
	for (int round = 0; round < 60; round++) {
		struct bytes files[PARTS], expected = {NULL, 0};
		size_t count = 2 + random_below(PARTS - 1);

		for (size_t i = 0; i < count; i++) {
			struct profile *profile = random_profile(8);

			files[i] = serialise(profile);
			profile_free(profile);
		}
		for (int order = 0; order < 10; order++) {
			struct profile *parts[PARTS + 1];
			struct bytes result;

			for (size_t i = 0; i < count; i++)
				parts[i] = parse(files[i]);
			parts[count] = profile_new(); /* adds nothing, wherever it comes */
			result = merge_randomly(parts, count + 1);
			if (expected.data)
				assert_same_bytes(result, expected);
			else
				expected = (struct bytes){xmalloc(result.size), result.size},
				memcpy(expected.data, result.data, result.size);
			free(result.data);
		}
		free(expected.data);
		for (size_t i = 0; i < count; i++)
			free(files[i].data);
	}
}

/* One function, one edge and one line, counted. */
static struct profile *small(const char *version, uint64_t calls)
{
	struct profile *profile = profile_new();

	free(profile->source_hash);
	profile->source_hash = xstrdup("0123456789abcdef0123456789abcdef");
	free(profile->ruchy_version);
	profile->ruchy_version = xstrdup(version);
	profile->runs = 1;
	profile->clock = 1;
	profile->fns = xcalloc(1, sizeof *profile->fns);
	profile->fn_count = 1;
	profile->fns[0] = (struct profile_fn){
	    .name = xstrdup("main"), .from = 1, .to = 2, .calls = calls, .calls_min = calls, .calls_max = calls, .flags = PROFILE_TIMED};
	profile->edges = xcalloc(1, sizeof *profile->edges);
	profile->edge_count = 1;
	profile->edges[0] = (struct profile_edge){PROFILE_NONE, 0, 0, calls};
	profile->lines = xcalloc(1, sizeof *profile->lines);
	profile->line_count = 1;
	profile->lines[0] = (struct profile_line){.fn = 0, .line = 1, .count = PROFILE_ABSENT, .samples = 3};
	return profile;
}

static void sample_memory(struct profile *profile, const char *state)
{
	free(profile->memory);
	profile->memory = xstrdup(state);
}

static void test_merge_sums(void **context)
{
	struct profile *a = small("1", 10), *b = small("2", 20);

	(void)context;
	b->lines[0].count = 5;
	b->clock = 2;
	b->fns[0].flags = PROFILE_RECURSIVE;
	a->memory_runs = b->memory_runs = 1;
	a->fns[0].memory = (struct profile_memory){10, 1000, 4, 3, 300, 200, 50};
	b->fns[0].memory = (struct profile_memory){1, 100, 0, 1, 100, 100, 60};
	a->peak_live_bytes = 500;
	b->peak_live_bytes = 400;
	sample_memory(a, "counted");
	sample_memory(b, "off");
	merge(a, b);
	assert_string_equal(a->memory, "mixed");
	assert_int_equal(a->memory_runs, 2);
	assert_int_equal(a->peak_live_bytes, 500);
	assert_memory_equal(&a->fns[0].memory, (&(struct profile_memory){11, 1100, 4, 4, 400, 200, 60}), sizeof(struct profile_memory));
	assert_int_equal(a->runs, 2);
	assert_int_equal(a->clock, 0);
	assert_string_equal(a->ruchy_version, "mixed");
	assert_int_equal(a->fn_count, 1);
	assert_int_equal(a->fns[0].calls, 30);
	assert_int_equal(a->fns[0].calls_min, 10);
	assert_int_equal(a->fns[0].calls_max, 20);
	assert_int_equal(a->fns[0].flags, PROFILE_RECURSIVE | PROFILE_TIMED);
	assert_int_equal(a->edges[0].calls, 30);
	assert_int_equal(a->lines[0].count, 5);
	assert_int_equal(a->lines[0].samples, 6);
	/* another function, of an earlier line: the first moves, and had no call in one of the runs */
	free(b->fns[0].name);
	b->fns[0].name = xstrdup("early");
	b->fns[0].from = 0;
	b->edges[0].caller = 0;
	merge(a, b);
	assert_int_equal(a->fn_count, 2);
	assert_string_equal(a->fns[0].name, "early");
	assert_int_equal(a->fns[0].calls_min, 0);
	assert_int_equal(a->fns[1].calls, 30);
	assert_int_equal(a->fns[1].calls_min, 0);
	assert_int_equal(a->edge_count, 2);
	assert_int_equal(a->edges[0].caller, 0);
	assert_int_equal(a->edges[1].callee, 1);
	profile_free(a);
	profile_free(b);
}

static void test_merge_itself(void **context)
{
	struct profile *a = small("1", 10);

	(void)context;
	merge(a, a);
	assert_int_equal(a->fns[0].calls, 20);
	assert_int_equal(a->runs, 2);
	profile_free(a);
}

static void other_source(struct profile *p)
{
	p->source_hash[0] = 'f';
}
static void no_source(struct profile *p)
{
	p->source_hash[0] = 0;
}
static void many_calls(struct profile *p)
{
	p->fns[0].calls = UINT64_MAX;
}
static void many_edges(struct profile *p)
{
	p->edges[0].calls = UINT64_MAX;
}
static void many_runs(struct profile *p)
{
	p->runs = UINT64_MAX;
}
static void many_lines(struct profile *p)
{
	p->lines[0].samples = UINT64_MAX;
}

static const struct {
	void (*change)(struct profile *profile);
	const char *what;
} refusals[] = {
    {other_source, "different sources"}, {no_source, "different sources"}, {many_calls, "passes 64 bits"},
    {many_edges, "passes 64 bits"},	 {many_runs, "passes 64 bits"},	   {many_lines, "passes 64 bits"},
};

/* A merge that is refused changes nothing. */
static void test_merge_refused(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct profile *a = small("1", 10), *b = small("2", 20);
		struct bytes before = serialise(a), after;
		struct err err = {0};

		refusals[i].change(b);
		assert_int_equal(profile_merge(a, b, &err), -1);
		if (!strstr(err.what, refusals[i].what))
			fail_msg("case %zu: \"%s\" instead of \"%s\"", i, err.what, refusals[i].what);
		after = serialise(a);
		assert_same_bytes(before, after);
		err_free(&err);
		profile_free(a);
		profile_free(b);
		free(before.data);
		free(after.data);
	}
}

/* Rust given directly: its own hash is the key. */
static void test_merge_rust(void **context)
{
	struct profile *a = small("1", 10), *b = small("1", 20);
	struct err err = {0};

	(void)context;
	a->source_hash[0] = b->source_hash[0] = 0;
	assert_int_equal(profile_merge(a, b, &err), -1);
	assert_non_null(strstr(err.what, "without the hash"));
	err_free(&err);
	free(a->rust_hash);
	free(b->rust_hash);
	a->rust_hash = xstrdup("11111111111111111111111111111111");
	b->rust_hash = xstrdup("11111111111111111111111111111111");
	merge(a, b);
	assert_int_equal(a->fns[0].calls, 30);
	b->rust_hash[3] = '2';
	assert_int_equal(profile_merge(a, b, &err), -1);
	err_free(&err);
	profile_free(a);
	profile_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),	  cmocka_unit_test(test_extremes),   cmocka_unit_test(test_file),
	    cmocka_unit_test(test_truncated),	  cmocka_unit_test(test_flipped),    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_bombs),	  cmocka_unit_test(test_documents),  cmocka_unit_test(test_damaged_documents),
	    cmocka_unit_test(test_unknown_keys),  cmocka_unit_test(test_older_file), cmocka_unit_test(test_check),
	    cmocka_unit_test(test_merge_order),	  cmocka_unit_test(test_merge_sums), cmocka_unit_test(test_merge_itself),
	    cmocka_unit_test(test_merge_refused), cmocka_unit_test(test_merge_rust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
