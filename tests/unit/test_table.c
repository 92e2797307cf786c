/* The function table's text: good ones, every kind of bad one, every truncation, every flipped bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile.h"
#include "raw_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef"
#define TOP  "rprof-table 1\n"
#define FN0  "fn\t0\t0\tfn\trt\t1\t5\t10\t20\tfibonacci\n"
#define FN1  "fn\t1\t-\tclosure\t-\t0\t0\t30\t31\tmain::{closure}\n"

static const char whole[] = TOP "source\t" HASH "\tdir/a\\tb\\\\c\\nd.ruchy\n"
				"rust\t" HASH "\tx.rs\n" FN0 FN1 "future\tword\t1\n"
				"block\t1\t0\t2\n"
				"block\t4\t1\t1\n"
				"call\t4\t0\t0\t7\t31\n"
				"call\t1\t1\t0\t3\t12\n"
				"call\t1\t0\t1\t2\t11\n"
				"less\t0\tf1\t5\n"
				"less\t1\tl0\t6\n"
				"line\t5\t0\t2\t11\t5\n"
				"line\tf1\t1\t3\t12\t5\n"
				"line\tl1\t1\t4\t13\n"
				"skip\t9\ta macro\tof the user\\r\n";

static void test_whole(void **context)
{
	struct raw_table table;
	struct err err = {0};

	(void)context;
	assert_int_equal(raw_table_parse(whole, sizeof whole - 1, "t", 0, &table, &err), 0);
	assert_string_equal(table.source_hash, HASH);
	assert_string_equal(table.source_path, "dir/a\tb\\c\nd.ruchy");
	assert_string_equal(table.rust_path, "x.rs");
	assert_int_equal(table.fn_count, 2);
	assert_int_equal(table.fns[0].entry, 0);
	assert_int_equal(table.fns[0].flags, PROFILE_RECURSIVE | PROFILE_TIMED);
	assert_int_equal(table.fns[0].rust_to, 20);
	assert_int_equal(table.fns[1].entry, RAW_NO_SLOT);
	assert_int_equal(table.fns[1].kind, PROFILE_CLOSURE);
	assert_string_equal(table.fns[1].name, "main::{closure}");
	assert_int_equal(table.block_count, 2);
	assert_int_equal(table.call_count, 3);
	assert_int_equal(table.calls[0].index, 0);
	assert_int_equal(table.calls[0].callee, 1);
	assert_int_equal(table.calls[2].block, 1);
	assert_int_equal(table.calls[2].line, 7);
	assert_int_equal(table.line_count, 3);
	assert_int_equal(table.lines[0].line, 2);
	assert_int_equal(table.lines[0].count.kind, RAW_COUNT_SLOT);
	assert_int_equal(table.lines[0].count.value, 5);
	assert_int_equal(table.lines[1].count.kind, RAW_COUNT_CALLS);
	assert_int_equal(table.lines[1].count.value, 1);
	assert_int_equal(table.lines[2].count.kind, RAW_COUNT_LESS);
	assert_int_equal(table.lines[2].count.value, 1);
	assert_int_equal(table.less_count, 2);
	assert_int_equal(table.lesses[1].from.kind, RAW_COUNT_LESS);
	assert_int_equal(table.lesses[1].by.value, 6);
	assert_string_equal(table.skips[0].reason, "a macro\tof the user\r");
	assert_int_equal(table.slots, 7);
	raw_table_free(&table);
}

static const struct {
	const char *text, *error;
} bad[] = {
    {"", "the function table is empty"},
    {"rprof-table 2\n", "another version"},
    {"rprof-table 1", "truncated"},
    {"rprof-table\n", "not a function table"},
    {"<svg>\n", "not a function table"},
    {TOP "fn\t0\t0\tfn", "truncated"},
    {TOP "fn\t0\t0\tfn\n", "too few fields in line 2"},
    {TOP "fn\t1\t0\tfn\t-\t1\t1\t1\t1\tx\n", "function number out of sequence"},
    {TOP "fn\t0\tx\tfn\t-\t1\t1\t1\t1\tx\n", "bad counter"},
    {TOP "fn\t0\t4294967295\tfn\t-\t1\t1\t1\t1\tx\n", "bad counter"},
    {TOP "fn\t0\t0\tlambda\t-\t1\t1\t1\t1\tx\n", "unknown kind of function"},
    {TOP "fn\t0\t0\tfn\t-\t-1\t1\t1\t1\tx\n", "bad number"},
    {TOP "fn\t0\t0\tfn\t-\t1\t1\t99999999999\t1\tx\n", "bad number"},
    {TOP "fn\t0\t0\tfn\t-\t1\t1\t1\t1\t\n", "function without a name"},
    {TOP "source\tabc\tx\n", "hash is not 32 hex digits"},
    {TOP "source\t0123456789abcdeg0123456789abcdef\tx\n", "hash is not 32 hex digits"},
    {TOP "source\t-\tx\nsource\t-\tx\n", "second record of its kind"},
    {TOP FN0 "block\t1\t1\t1\n", "block of an unknown function"},
    {TOP FN0 "block\t1\t0\t0\n", "bad block"},
    {TOP FN0 "block\t1\t0\n", "bad block"},
    {TOP FN0 "block\t1\t0\t2\nblock\t3\t0\t1\n", "two blocks use counter 3"},
    {TOP FN0 "block\t1\t0\t1\nblock\t1\t0\t1\n", "two blocks use counter 1"},
    {TOP FN0 "block\t1\t0\t4294967294\nblock\t4294967294\t0\t1\n", "two blocks use counter 4294967294"},
    {TOP FN0 "call\t1\t0\t0\t1\t1\n", "a call without block at counter 1"},
    {TOP FN0 "block\t1\t0\t2\ncall\t2\t0\t0\t1\t1\n", "a call without block at counter 2"},
    {TOP FN0 "block\t1\t0\t2\ncall\t1\t2\t0\t1\t1\n", "more calls than announced at counter 1"},
    {TOP FN0 "block\t1\t0\t2\ncall\t1\t0\t0\t1\t1\ncall\t1\t0\t0\t1\t1\n", "the same call twice at counter 1"},
    {TOP FN0 "block\t1\t0\t1\ncall\t1\t0\t1\t1\t1\n", "call of an unknown function"},
    {TOP FN0 "line\t1\t1\t1\t1\n", "line of an unknown function"},
    {TOP FN0 "line\tf1\t0\t1\t1\n", "bad line"}, /* calls of a function that is not there */
    {TOP FN0 "line\tl0\t0\t1\t1\n", "bad line"},
    {TOP FN0 "line\t\t0\t1\t1\n", "bad line"},
    {TOP FN0 "line\tf\t0\t1\t1\n", "bad line"},
    {TOP FN0 "line\tx1\t0\t1\t1\n", "bad line"},
    {TOP FN0 "line\t4294967295\t0\t1\t1\n", "bad line"},
    {TOP FN0 "less\t0\tf0\n", "bad count"},
    {TOP FN0 "less\t1\tf0\t1\n", "bad count"},	/* out of sequence */
    {TOP FN0 "less\t0\tl0\t1\n", "bad count"},	/* made of itself */
    {TOP FN0 "less\t0\tf0\tl1\n", "bad count"}, /* of a later one */
    {TOP FN0 "less\t0\tf1\t1\n", "bad count"},
    {TOP "skip\tx\ty\n", "bad skip"},
};

static void test_bad(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct raw_table table;
		struct err err = {0};

		assert_int_equal(raw_table_parse(bad[i].text, strlen(bad[i].text), "t", 100, &table, &err), -1);
		if (!strstr(err.what, bad[i].error))
			fail_msg("case %zu: \"%s\" instead of \"%s\"", i, err.what, bad[i].error);
		assert_non_null(strstr(err.where, "t at byte 1"));
		assert_null(table.fns);
		err_free(&err);
	}
}

/* Bytes that are no UTF-8, and NUL. */
static void test_bytes(void **context)
{
	static const char text[] = TOP "fn\t0\t-\tfn\t-\t1\t1\t1\t1\ta\xff\xc3(\xc3\xa9\n";
	static const char nul[] = TOP "fn\t0\t-\tfn\t-\t1\t1\t1\t1\ta\0b\n";
	struct raw_table table;
	struct err err = {0};

	(void)context;
	assert_int_equal(raw_table_parse(text, sizeof text - 1, "t", 0, &table, &err), 0);
	assert_string_equal(table.fns[0].name, "a\xef\xbf\xbd\xef\xbf\xbd(\xc3\xa9");
	raw_table_free(&table);
	assert_int_equal(raw_table_parse(nul, sizeof nul - 1, "t", 0, &table, &err), -1);
	assert_non_null(strstr(err.what, "NUL"));
}

/* Exact copies on the heap, so that a read beyond the end is found by the sanitizer. */
static void try_parse(const char *text, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct raw_table table;
	struct err err = {0};

	memcpy(copy, text, size);
	if (raw_table_parse(copy, size, "t", 0, &table, &err) == 0) {
		assert_int_equal(err.set, 0);
		raw_table_free(&table);
	} else {
		assert_int_equal(err.set, 1);
	}
	err_free(&err);
	free(copy);
}

static void test_damage(void **context)
{
	char text[sizeof whole];

	(void)context;
	for (size_t size = 0; size < sizeof whole; size++)
		try_parse(whole, size);
	for (size_t at = 0; at < sizeof whole - 1; at++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, whole, sizeof whole);
			text[at] = (char)(text[at] ^ 1 << bit);
			try_parse(text, sizeof whole - 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
