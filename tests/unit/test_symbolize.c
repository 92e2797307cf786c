#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "source_map.h"
#include "symbolize.h"

#include <stdlib.h>
#include <string.h>

/*
 * p.rs has 30 lines, and line n comes from line 100 + n of p.ruchy; line 12 comes from 112 up to column 10 and then from 212. Functions:
 * `f` in lines 1-5, `A::g` in 6-8, `B::g` in 9-12, `main` in 20-30 with a closure in 22-23, `Point::operator+` (op_add in Rust) in 15-16.
 */
static char *make_json(void)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_puts(
	    &out,
	    "{\"version\":3,\"file\":\"p.rs\",\"sources\":[\"p.ruchy\"],\"x_ruchy_functions\":[[1,5,\"f\"],[6,8,\"A::g\"],[9,12,\"B::g\"],"
	    "[15,16,\"Point::operator+\"],[20,30,\"main\"],[22,23,\"main::{closure}\"],[0,9,\"bad\"],[5,1,\"bad\"],\"bad\",[1,2,3]],"
	    "\"mappings\":\"AAoGA");
	for (int line = 2; line <= 30; line++)
		strbuf_puts(&out, line == 12 ? ";AACA,UAoGA" : line == 13 ? ";AAnGA" : ";AACA");
	strbuf_puts(&out, "\"}");
	return strbuf_take(&out);
}

static struct symbolizer *make(void)
{
	struct err err = {0};
	char *json = make_json();
	struct source_map *map = source_map_parse(json, strlen(json), "p.rs.map", &err);
	struct symbolizer *s = symbolizer_new();

	assert_non_null(map);
	symbolizer_add(s, "p.rs", map, NULL);
	free(json);
	return s;
}

static void check(const char *text, const char *wanted)
{
	struct symbolizer *s = make();
	struct strbuf out = STRBUF_INIT;

	for (const char *end; *text; text = end) {
		end = text + strcspn(text, "\n");
		end += *end == '\n';
		symbolizer_line(s, text, (size_t)(end - text), &out);
	}
	symbolizer_flush(s, &out);
	assert_false(symbolizer_holds(s));
	assert_string_equal(out.data ? out.data : "", wanted);
	strbuf_free(&out);
	symbolizer_free(s);
}

#define AT "             at ./p.rs:"
#define TO "             at p.ruchy:"

static const struct {
	const char *text, *wanted;
} cases[] = {
    {"thread 'main' panicked at src/p.rs:12:5:\nboom\n", "thread 'main' panicked at p.ruchy:112 (p.rs:12:5):\nboom\n"},
    {"p.rs:12:11 p.rs:12:10 p.rs:12", "p.ruchy:212 (p.rs:12:11) p.ruchy:112 (p.rs:12:10) p.ruchy:112 (p.rs:12)"},
    {"p.rs:31:1 p.rs:0:1 xp.rs:1:1 p.rs p.rs: p.rsx:1", "p.rs:31:1 p.rs:0:1 xp.rs:1:1 p.rs p.rs: p.rsx:1"},
    {"a/p.rs:1:b/p.rs:2", "p.ruchy:101 (p.rs:1):p.ruchy:102 (p.rs:2)"},
    {"\x1b[1m--> \x1b[0mp.rs:1:1\x1b[0m \x1b[38;5;9m__rprof_b_f\x1b[ \x1b[",
     "\x1b[1m--> \x1b[0mp.ruchy:101 (p.rs:1:1)\x1b[0m \x1b[38;5;9mf\x1b[ \x1b["},
    {"/rustc/p.rs:1:1 /x/registry/src/p.rs:1:1", "/rustc/p.rs:1:1 /x/registry/src/p.rs:1:1"},
    {"in k::__rprof_b_f and __rprof_c_f, not x__rprof_b_f or __rprof_x_f or __rprof_b_",
     "in k::f and f, not x__rprof_b_f or __rprof_x_f or __rprof_b_"},
    /* one call: body, clocked, chooser, entry; then a call of its own by the same name's body */
    {"   0: k::__rprof_b_f\n" AT "3:1\n   1: k::__rprof_c_f\n" AT "1:9\n   2: k::__rprof_t_f\n" AT "1:5\n   3: k::f\n" AT
     "1:1\n   4: k::__rprof_b_f\n" AT "4:1\n   5: k::main\n" AT "21:1\n",
     "   0: f\n" TO "103 (p.rs:3:1)\n   4: f\n" TO "104 (p.rs:4:1)\n   5: main\n" TO "121 (p.rs:21:1)\n"},
    /* recursion through the body is a call each time; nothing goes on from an entry */
    {"   0: __rprof_b_f\n" AT "3:1\n   1: __rprof_b_f\n" AT "3:1\n   2: f\n" AT "1:1\n   3: f\n" AT "1:1\n",
     "   0: f\n" TO "103 (p.rs:3:1)\n   1: f\n" TO "103 (p.rs:3:1)\n   3: f\n" TO "101 (p.rs:1:1)\n"},
    /* a method g that calls another type's g: two functions */
    {"   0: __rprof_b_g\n" AT "7:1\n   1: __rprof_t_g\n" AT "6:1\n   2: g\n" AT "10:1\n",
     "   0: A::g\n" TO "107 (p.rs:7:1)\n   2: B::g\n" TO "110 (p.rs:10:1)\n"},
    /* full backtraces; a name that Ruchy has otherwise; closures; generic arguments stay where there is no better name */
    {"  17:     0x5581ded2f73c - <k[1a]::Point as core::ops::Add>::op_add::h0123456789abcdef\n                               at "
     "/a/p.rs:15:3\n",
     "  17:     0x5581ded2f73c - Point::operator+\n                               at p.ruchy:115 (p.rs:15:3)\n"},
    {"   5: k::main::{{closure}}\n" AT "22:1\n   6: {closure#0}<&i32, i32>\n             at /rustc/ab/map.rs:88:28\n",
     "   5: main::{closure}\n" TO "122 (p.rs:22:1)\n   6: {closure#0}<&i32, i32>\n             at /rustc/ab/map.rs:88:28\n"},
    {"   6: fold<k::__rprof_b_f, fn() -> i32>\n             at /rustc/ab/map.rs:88:28\n",
     "   6: fold<k::f, fn() -> i32>\n             at /rustc/ab/map.rs:88:28\n"},
    /* frames without place, heads without frame, the end in the middle */
    {"   1: k::__rprof_b_f\n   2: k::__rprof_t_f\nnote: p.rs:1:1\n", "   1: k::f\n   2: k::f\nnote: p.ruchy:101 (p.rs:1:1)\n"},
    {"   1: __rprof_b_f", "   1: f"},
    {"   1: x\nerror: y", "   1: x\nerror: y"},
    {"error: y\n" AT "1:1\n --> p.rs:1:1\n", "error: y\n" TO "101 (p.rs:1:1)\n --> p.ruchy:101 (p.rs:1:1)\n"},
    {"error[E1]: y\n --> p.rs:1:1\n", "p.ruchy:101: error[E1]: y\n --> p.ruchy:101 (p.rs:1:1)\n"},
    {"errors: y\n --> p.rs:1:1\n", "errors: y\n --> p.ruchy:101 (p.rs:1:1)\n"},
    {"   1: k:::<k\n" AT "1:1\n", "   1: f\n" TO "101 (p.rs:1:1)\n"},
    {"1: \n12345678: f\n: f\n1:f\n 1:  \n", "1: \n12345678: f\n: f\n1:f\n 1:  \n"},
};

static void lines_become_ruchy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(cases[i].text, cases[i].wanted);
}

static void a_head_waits_for_its_place(void **state)
{
	struct symbolizer *s = make();
	struct strbuf out = STRBUF_INIT;

	(void)state;
	symbolizer_line(s, "   1: f\n", 8, &out);
	assert_true(symbolizer_holds(s));
	assert_int_equal(out.size, 0);
	symbolizer_flush(s, &out);
	assert_string_equal(out.data, "   1: f\n");
	strbuf_free(&out);
	symbolizer_free(s);
}

/* ---- the map itself ------------------------------------------------------------------------------------------------------------- */

static void places_are_found(void **state)
{
	/* line 1: columns 9, 1, 5, and nothing for column 14; line 2: none; line 3: column 3, from source b */
	static const char json[] = "{\"version\":3,\"sourceRoot\":\"src\",\"sources\":[\"a\",\"b\",null],\"names\":[\"n\"],\"mappings\":"
				   "\"QACAA,RADA,IAAA,K;;ECAA\"}";
	static const struct {
		uint32_t line, column;
		const char *source;
		uint32_t to, to_column;
	} asked[] = {{1, 0, "src/a", 1, 1}, {1, 1, "src/a", 1, 1}, {1, 9, "src/a", 2, 1}, {1, 99, "src/a", 2, 1}, {3, 1, "src/b", 1, 1}};
	struct err err = {0};
	struct source_map *map = source_map_parse(json, sizeof json - 1, "x.map", &err);
	struct source_place place;

	(void)state;
	assert_non_null(map);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		assert_true(source_map_find(map, asked[i].line, asked[i].column, &place));
		assert_string_equal(place.source, asked[i].source);
		assert_int_equal(place.line, asked[i].to);
		assert_int_equal(place.column, asked[i].to_column);
	}
	assert_false(source_map_find(map, 2, 1, &place));
	assert_false(source_map_find(map, 4, 1, &place));
	assert_false(source_map_find(map, 0, 1, &place));
	assert_false(source_map_find(map, UINT32_MAX, UINT32_MAX, &place));
	assert_string_equal(source_map_file(map), "");
	assert_null(source_map_function(map, 1, "f", false));
	source_map_free(map);
}

static void damage_is_named(void **state)
{
	static const struct {
		const char *json, *what;
	} damaged[] = {
	    {"", "no source map"},
	    {"null", "no source map"},
	    {"[3]", "version 3"},
	    {"{\"version\":3}", "no mappings"},
	    {"{\"version\":3,\"mappings\":\"\"}", "no list of sources"},
	    {"{\"version\":4,\"sources\":[],\"mappings\":\"\"}", "version 3"},
	    {"{\"version\":3,\"sections\":[],\"sources\":[],\"mappings\":\"\"}", "sections"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAA,A!\"}", "character 6"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAA;AC\"}", "character 6"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"ACAA\"}", "character 1"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"DAAA\"}", "character 1"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAAAA\"}", "character 1"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"ggggggggggggA\"}", "character 1"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"+/////DAAA,+/////DAAA\"}", "character 1"},
	    {"{\"version\":3,\"sources\":[\"a\"],\"sources\":[\"a\"],\"mappings\":\"\"}", "no source map"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		struct err err = {0};

		assert_null(source_map_parse(damaged[i].json, strlen(damaged[i].json), "x.map", &err));
		if (!strstr(err.what, damaged[i].what))
			print_error("%s: %s\n", damaged[i].json, err.what);
		assert_non_null(strstr(err.what, damaged[i].what));
		assert_string_equal(err.where, "x.map");
		err_free(&err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_become_ruchy),
	    cmocka_unit_test(a_head_waits_for_its_place),
	    cmocka_unit_test(places_are_found),
	    cmocka_unit_test(damage_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
