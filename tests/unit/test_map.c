#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook_internal.h"

#include <stdlib.h>
#include <string.h>

static const char ruchy_text[] = "fun add(a, b) {\n    a + b\n}\nlet x = add(1, 2)\nprintln(f\"{x} it is\")\n";
static const char rust_text[] =
    "fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\nfn main() {\n    let x = add(1, 2);\n    println!(\"{} it is\", x);\n}\n";

static struct rhook_align *make(const struct rhook_text *ruchy, const struct rhook_text *rust)
{
	uint32_t main_at = (uint32_t)(strstr(rust_text, "fn main") - rust_text);
	struct rhook_fn fns[] = {
	    {.name = (char *)"add", .parent = -1, .start = 0, .end = main_at - 1},
	    {.name = (char *)"main", .parent = -1, .start = main_at, .end = sizeof(rust_text) - 2},
	};

	return rhook_align_new(ruchy, rust, NULL, fns, 2);
}

/* A decoder of its own, written from the description of the format. */
static int64_t vlq(const char **at)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t value = 0;
	int shift = 0;
	long digit;

	do {
		const char *found = strchr(digits, **at);

		assert_non_null(found);
		assert_true(**at != '\0');
		digit = found - digits;
		value += (uint64_t)(digit & 31) << shift;
		shift += 5;
		(*at)++;
	} while (digit & 32);
	return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

static void mappings_decode_to_the_pairs(void **state)
{
	struct rhook_text ruchy = {.path = "a.ruchy", .data = ruchy_text, .size = sizeof(ruchy_text) - 1};
	struct rhook_text rust = {.path = "a.rs", .data = rust_text, .size = sizeof(rust_text) - 1};
	struct rhook_align *align = make(&ruchy, &rust);
	struct rhook_buf out = {0};
	int64_t row = 0, column = 0, source = 0, ruchy_row = 0, ruchy_column = 0, last_row = -1, last_column = -1;
	struct rhook_pair pair;
	const char *at;
	size_t count = 0;

	(void)state;
	assert_non_null(align);
	assert_true(rhook_map_write(align, &ruchy, &rust, &out));
	rhook_buf_add(&out, "", 1);
	assert_non_null(strstr(out.data, "{\"version\":3,\"file\":\"a.rs\",\"sources\":[\"a.ruchy\"],\"sourcesContent\":[\"fun add"));
	at = strstr(out.data, "\"names\":[],\"mappings\":\"");
	assert_non_null(at);
	at += strlen("\"names\":[],\"mappings\":\"");
	while (*at != '"') {
		if (*at == ';') {
			row++;
			column = 0;
			at++;
			continue;
		}
		if (*at == ',')
			at++;
		column += vlq(&at);
		source += vlq(&at);
		ruchy_row += vlq(&at);
		ruchy_column += vlq(&at);
		assert_true(rhook_align_pair(align, count++, &pair));
		assert_int_equal(pair.rust_row, row);
		assert_int_equal(pair.rust_column, column);
		assert_int_equal(source, 0);
		assert_int_equal(pair.ruchy_row, ruchy_row);
		assert_int_equal(pair.ruchy_column, ruchy_column);
		assert_true(row > last_row || (row == last_row && column > last_column));
		last_row = row;
		last_column = column;
	}
	assert_string_equal(at, "\"}\n");
	assert_false(rhook_align_pair(align, count, &pair));
	assert_int_equal(count, 19);
	rhook_align_free(align);
	rhook_buf_free(&out);
}

/* What the pairs say must be true of the texts: `a` on the left is `a` on the right. */
static void pairs_point_at_equal_words(void **state)
{
	static const struct rhook_pair expected[] = {
	    {0, 0, 0, 0}, {0, 3, 0, 4}, {0, 7, 0, 8},  {0, 15, 0, 11}, {1, 4, 1, 4},   {1, 6, 1, 6},
	    {1, 8, 1, 8}, {4, 8, 3, 4}, {4, 12, 3, 8}, {5, 4, 4, 0},   {5, 17, 4, 14},
	};
	struct rhook_text ruchy = {.data = ruchy_text, .size = sizeof(ruchy_text) - 1},
			  rust = {.data = rust_text, .size = sizeof(rust_text) - 1};
	struct rhook_align *align = make(&ruchy, &rust);

	(void)state;
	assert_non_null(align);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		struct rhook_pair pair;
		bool found = false;

		for (size_t k = 0; !found && rhook_align_pair(align, k, &pair); k++)
			found = memcmp(&pair, &expected[i], sizeof(pair)) == 0;
		if (!found)
			print_error("no pair %u:%u -> %u:%u\n", expected[i].rust_row, expected[i].rust_column, expected[i].ruchy_row,
				    expected[i].ruchy_column);
		assert_true(found);
	}
	rhook_align_free(align);
}

static const struct {
	const char *text;
	size_t size;
	const char *json;
} strings[] = {
    {"plain", 5, "\"plain\""},
    {"a\"b\\c\n\t\r\x01\x7f", 10, "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f\""},
    {"nul\0in", 6, "\"nul\\u0000in\""},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 11, "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
    {"\xff|\xc3|\xc0\xaf|\xed\xa0\x80|\xf5", 12,
     "\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\""},
    {"\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
};

static void any_bytes_become_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		struct rhook_text ruchy = {.path = "odd\"name", .data = strings[i].text, .size = strings[i].size},
				  rust = {.data = "", .size = 0};
		struct rhook_align *align = rhook_align_new(&ruchy, &rust, NULL, NULL, 0);
		struct rhook_buf out = {0};

		assert_non_null(align);
		assert_true(rhook_map_write(align, &ruchy, &rust, &out));
		rhook_buf_add(&out, "", 1);
		assert_non_null(strstr(out.data, "\"sources\":[\"odd\\\"name\"],\"sourcesContent\":["));
		assert_non_null(strstr(out.data, strings[i].json));
		rhook_buf_free(&out);
		rhook_align_free(align);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mappings_decode_to_the_pairs),
	    cmocka_unit_test(pairs_point_at_equal_words),
	    cmocka_unit_test(any_bytes_become_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
