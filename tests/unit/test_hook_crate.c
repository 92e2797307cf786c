/* Texts that are modules, with their prelude in a crate of its own: what the counters lead to, and which calls are certain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rhook_output *instrument(const char *rust, const char *crate)
{
	const struct rhook_input input = {
	    .rust = {"x.rs", rust, strlen(rust)}, .flags = RHOOK_MODULE | RHOOK_NO_MEMORY, .prelude_crate = crate};
	struct rhook_output *output;
	struct rhook_error error;

	if (rhook_instrument(&input, &output, &error) < 0)
		fail_msg("%s", error.message);
	return output;
}

static size_t occurrences(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

static void test_prelude_apart(void **context)
{
	struct rhook_output *output =
	    instrument("pub fn f(n: u8) -> u8 { g(n) }\nmod inner { pub fn h() { x!() } }\nfn g(n: u8) -> u8 { n }\n", "apart");

	(void)context;
	assert_non_null(strstr(output->rust, "::apart::count("));
	assert_null(strstr(output->rust, "crate::"));
	assert_null(strstr(output->rust, "super::"));
	assert_null(strstr(output->rust, "unsafe"));
	assert_null(strstr(output->rust, "const TABLE"));
	/* the text ends where it ended */
	assert_int_equal(occurrences(output->rust, "\n"), 3);
	assert_int_equal(output->rust_size, strlen(output->rust));
	assert_int_equal(output->prelude_size, strlen(output->prelude));
	assert_non_null(strstr(output->prelude, "const FUNCTIONS: u32 = 3;"));
	assert_non_null(strstr(output->prelude, "const SEVERAL: bool = true;"));
	assert_non_null(strstr(output->prelude, "rprof_programs"));
	assert_non_null(strstr(output->prelude, "::*;\n"));
	assert_null(strstr(output->prelude, "#[global_allocator]"));
	rhook_free(output);
}

static void test_prelude_inside(void **context)
{
	struct rhook_output *output = instrument("pub fn f() { x!() }\n", NULL);

	(void)context;
	assert_null(output->prelude);
	assert_non_null(strstr(output->rust, "const FUNCTIONS: u32 = 1;"));
	rhook_free(output);
}

/* A whole program has no place in a list of several, and its clock no turns. */
static void test_whole(void **context)
{
	const char *rust = "fn main() { x!() }\n";
	const struct rhook_input input = {.rust = {"x.rs", rust, strlen(rust)}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)context;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_null(strstr(output->rust, "rprof_programs"));
	assert_non_null(strstr(output->rust, "const SEVERAL: bool = false;"));
	rhook_free(output);
}

/*
 * Two known calls in one block are one addition, unless the text calls what is elsewhere in its crate: that may end the process between
 * the two.
 */
static const struct {
	const char *body;
	bool together;
} ways_out[] = {
    {"", true},
    {"fn k() { drop(1) }", true},
    {"pub(crate) fn k() {}", true},
    {"use std::fmt::Write;", true},
    {"mod m { fn k() { super::g(1); } }", true},
    {"fn k() { crate::other::k() }", false},
    {"fn k() { super::k() }", false},
    {"mod m { fn k() { super::super::k() } }", false},
    {"use super::k;", false},
    {"use other_crate::k;", false},
    {"fn k() { elsewhere() }", false},
};

static void test_ways_out(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
		char rust[512];
		struct rhook_output *output;

		snprintf(rust, sizeof rust, "fn g(n: u8) -> u8 { x!(n) }\npub fn f() -> u8 { g(1) + g(2) }\n%s\n", ways_out[i].body);
		output = instrument(rust, "apart");
		if ((strstr(output->rust, ".block(") != NULL) != ways_out[i].together)
			fail_msg("`%s`: %s", ways_out[i].body, output->rust);
		rhook_free(output);
	}
}

/* `crate::g` is not this text's g. */
static void test_paths_out(void **context)
{
	struct rhook_output *output = instrument("fn g() { x!() }\npub fn f() { crate::g(); super::g(); self::g() }\n", "apart");

	(void)context;
	assert_non_null(strstr(output->rust, "crate::g();"));
	assert_non_null(strstr(output->rust, "super::g();"));
	assert_null(strstr(output->rust, "self::g()"));
	rhook_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_prelude_apart), cmocka_unit_test(test_prelude_inside), cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_ways_out),	  cmocka_unit_test(test_paths_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
