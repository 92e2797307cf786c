/* The interface of the hints: keys, refusals, lines, errors. */
#include "rhook_hint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIBONACCI "fn fibonacci(n: i32) -> i32 {\n    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }\n}\n"
#define MAIN	  "fn main() {\n    println!(\"{}\", fibonacci(9))\n}\n"

static struct rhook_candidates *find(const char *rust)
{
	struct rhook_input input = {.rust = {.data = rust, .size = strlen(rust)}};
	struct rhook_candidates *candidates;
	struct rhook_error error;

	if (rhook_candidates(&input, &candidates, &error) != 0)
		fail_msg("%s", error.message);
	return candidates;
}

static const struct rhook_candidate *of_kind(const struct rhook_candidates *candidates, enum rhook_hint_kind kind)
{
	for (size_t i = 0; i < candidates->count; i++)
		if (candidates->list[i].kind == (uint32_t)kind)
			return &candidates->list[i];
	fail_msg("no candidate");
	return NULL;
}

static struct rhook_output *apply(const char *rust, const struct rhook_choice *choices, size_t count)
{
	struct rhook_input input = {.rust = {.data = rust, .size = strlen(rust)}};
	struct rhook_output *output;
	struct rhook_error error;

	if (rhook_optimise(&input, choices, count, &output, &error) != 0)
		fail_msg("%s", error.message);
	return output;
}

static uint32_t index_of(const struct rhook_candidates *candidates, enum rhook_hint_kind kind)
{
	return (uint32_t)(of_kind(candidates, kind) - candidates->list);
}

static void test_keys(void **state)
{
	struct rhook_candidates *a = find(FIBONACCI MAIN), *moved = find("// longer\n\nfn other() {}\n" MAIN FIBONACCI),
				*blanks =
				    find("fn fibonacci(n: i32) -> i32 { if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) } }"),
				*changed =
				    find("fn fibonacci(n: i32) -> i32 { if n <= 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) } }");
	const char *key = of_kind(a, RHOOK_HINT_INLINE_RECURSION)->key;

	(void)state;
	assert_string_equal(key, of_kind(moved, RHOOK_HINT_INLINE_RECURSION)->key);
	assert_string_equal(key, of_kind(blanks, RHOOK_HINT_INLINE_RECURSION)->key);
	assert_string_not_equal(key, of_kind(changed, RHOOK_HINT_INLINE_RECURSION)->key);
	assert_true(strncmp(key, "inline-recursion fibonacci 1 ", 29) == 0);
	assert_string_equal(of_kind(a, RHOOK_HINT_INLINE_RECURSION)->name, "fibonacci");
	assert_int_equal(of_kind(a, RHOOK_HINT_INLINE_RECURSION)->callee, RHOOK_HINT_NO_FUNCTION);
	rhook_candidates_free(a);
	rhook_candidates_free(moved);
	rhook_candidates_free(blanks);
	rhook_candidates_free(changed);
}

static void test_lines(void **state)
{
	static const char expected[] = "// inline-recursion: twice  over\nfn fibonacci(n: i32) -> i32 {\n"
				       "    if n <= 1 { n } else { fibonacci_inlined_1(n - 1) + fibonacci_inlined_1(n - 2) }\n}\n"
				       "#[inline(always)]\nfn fibonacci_inlined_1(n: i32) -> i32 {\n"
				       "    if n <= 1 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }\n}\n" MAIN;
	static const uint32_t back[] = {0, 0, 1, 2, 3, 0, 0, 0, 0, 4, 5, 6};
	struct rhook_candidates *candidates = find(FIBONACCI MAIN);
	struct rhook_choice choice = {index_of(candidates, RHOOK_HINT_INLINE_RECURSION), 0, "twice\n\tover"};
	struct rhook_output *output = apply(FIBONACCI MAIN, &choice, 1);

	(void)state;
	assert_string_equal(output->rust, expected);
	assert_int_equal(output->rust_size, sizeof expected - 1);
	assert_true(output->back_count >= 11);
	for (size_t line = 1; line <= 11; line++)
		assert_int_equal(output->back[line], back[line]);
	assert_null(output->map_json);
	rhook_free(output);
	rhook_candidates_free(candidates);
}

static void test_nothing_chosen(void **state)
{
	static const char text[] = "#![deny(warnings)]\n" FIBONACCI MAIN;
	struct rhook_output *output = apply(text, NULL, 0);

	(void)state;
	assert_string_equal(output->rust, text);
	assert_int_equal(output->refused_count, 0);
	rhook_free(output);
}

static void test_amounts(void **state)
{
	struct rhook_candidates *candidates = find(FIBONACCI MAIN);
	struct rhook_choice choice = {index_of(candidates, RHOOK_HINT_INLINE_RECURSION), 1000, NULL};
	struct rhook_output *output = apply(FIBONACCI MAIN, &choice, 1);

	(void)state;
	assert_non_null(strstr(output->rust, "fn fibonacci_inlined_4("));
	assert_null(strstr(output->rust, "fn fibonacci_inlined_5("));
	rhook_free(output);
	rhook_candidates_free(candidates);
}

/* `fibonacci_inlined_1` is taken; so is what the evidence says. */
static void test_names(void **state)
{
	static const char text[] = FIBONACCI "fn fibonacci_inlined_1() {}\n" MAIN;
	struct rhook_candidates *candidates = find(text);
	struct rhook_choice choice = {index_of(candidates, RHOOK_HINT_INLINE_RECURSION), 1, NULL};
	struct rhook_output *output = apply(text, &choice, 1);

	(void)state;
	assert_non_null(strstr(output->rust, "fn fibonacci_inlined_1_(n: i32)"));
	rhook_free(output);
	rhook_candidates_free(candidates);
}

static void test_refused(void **state)
{
	static const char text[] = "fn f(n: i32) -> i32 { n }\nfn main() { f(1); }\n";
	struct rhook_candidates *candidates = find(text);
	struct rhook_choice choices[3] = {{index_of(candidates, RHOOK_HINT_INLINE), 0, NULL},
					  {index_of(candidates, RHOOK_HINT_COLD), 0, NULL},
					  {index_of(candidates, RHOOK_HINT_COLD), 0, NULL}};
	struct rhook_output *output = apply(text, choices, 3);

	(void)state;
	assert_int_equal(output->refused_count, 2);
	assert_int_equal(output->refused[0], 0);
	assert_int_equal(output->refused[1], 2);
	assert_int_equal(output->skip_count, 2);
	assert_int_equal(output->skips[0].rust_line, 1);
	assert_non_null(strstr(output->rust, "#[cold]"));
	assert_null(strstr(output->rust, "inline(always)"));
	rhook_free(output);
	rhook_candidates_free(candidates);
}

static void test_errors(void **state)
{
	struct rhook_input input = {.rust = {.data = "fn f( {", .size = 7}};
	struct rhook_candidates *candidates = (struct rhook_candidates *)1;
	struct rhook_choice choice = {7, 0, NULL};
	struct rhook_output *output = (struct rhook_output *)1;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_candidates(&input, &candidates, &error), -1);
	assert_null(candidates);
	assert_true(error.message[0] != '\0');
	input.rust = (struct rhook_text){NULL, "fn main() {}", 12};
	assert_int_equal(rhook_optimise(&input, &choice, 1, &output, &error), -1);
	assert_null(output);
	assert_non_null(strstr(error.message, "no candidate 7"));
	input.rust.data = NULL;
	assert_int_equal(rhook_optimise(&input, NULL, 0, &output, &error), -1);
	input.rust.data = "fn main() {}";
	input.flags = 1u << 20;
	assert_int_equal(rhook_candidates(&input, &candidates, &error), -1);
	rhook_candidates_free(NULL);
	assert_null(rhook_hint_info(RHOOK_HINT_KINDS));
	assert_string_equal(rhook_hint_info(RHOOK_HINT_MEMOIZE)->name, "memoize");
	assert_true(rhook_hint_info(RHOOK_HINT_MEMOIZE)->allow);
}

/* All of a program at once: what changes text in a function that is copied is in the copies, too. */
static void test_together(void **state)
{
	static const char text[] =
	    "fn spell(n: i64) -> String {\n    if n < 10 { \"x\".to_string() } else { format!(\"{}-{}\", spell(n / 10), "
	    "spell(n % 10)) }\n}\nfn main() { spell(12); }\n";
	struct rhook_candidates *candidates = find(text);
	struct rhook_choice choices[2] = {{index_of(candidates, RHOOK_HINT_INLINE_RECURSION), 1, "why"},
					  {index_of(candidates, RHOOK_HINT_FORMAT), 0, "because"}};
	struct rhook_output *output = apply(text, choices, 2);
	const char *copy = strstr(output->rust, "fn spell_inlined_1(");

	(void)state;
	assert_int_equal(output->refused_count, 0);
	assert_non_null(strstr(output->rust, "let mut joined = spell_inlined_1(n / 10); let joined_2 = &spell_inlined_1(n % 10);"));
	assert_non_null(copy);
	assert_non_null(strstr(copy, "let mut joined = spell(n / 10); let joined_2 = &spell(n % 10);"));
	assert_null(strstr(output->rust, "format!"));
	rhook_free(output);
	rhook_candidates_free(candidates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys),		  cmocka_unit_test(test_lines),
					   cmocka_unit_test(test_nothing_chosen), cmocka_unit_test(test_amounts),
					   cmocka_unit_test(test_names),	  cmocka_unit_test(test_refused),
					   cmocka_unit_test(test_errors),	  cmocka_unit_test(test_together)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
