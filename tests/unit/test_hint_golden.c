/*
 * One program for each kind, with all candidates of that kind applied: tests/golden/hints/KIND.rs becomes KIND.out.rs. `make golden` writes
 * those anew.
 */
#include "rhook_hint.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;
	size_t got;

	*size = 0;
	if (!f)
		return NULL;
	do {
		data = realloc(data, *size + 4097);
		assert_non_null(data);
		got = fread(data + *size, 1, 4096, f);
		*size += got;
	} while (got);
	fclose(f);
	data[*size] = '\0';
	return data;
}

static struct rhook_output *apply_kind(const char *rust, size_t size, unsigned kind)
{
	struct rhook_input input = {.rust = {.data = rust, .size = size}};
	struct rhook_candidates *candidates;
	struct rhook_output *output = NULL;
	struct rhook_error error;
	struct rhook_choice *choices;
	size_t count = 0;

	assert_int_equal(rhook_candidates(&input, &candidates, &error), 0);
	choices = calloc(candidates->count + 1, sizeof *choices);
	assert_non_null(choices);
	for (uint32_t i = 0; i < candidates->count; i++)
		if (candidates->list[i].kind == kind)
			choices[count++] = (struct rhook_choice){.candidate = i, .evidence = "called 42 times"};
	assert_true(count > 0);
	assert_int_equal(rhook_optimise(&input, choices, count, &output, &error), 0);
	assert_int_equal(output->refused_count, 0);
	free(choices);
	rhook_candidates_free(candidates);
	return output;
}

static void test_golden(void **state)
{
	const struct rhook_hint_info *info;
	const char *mode = getenv("GOLDEN");

	(void)state;
	for (unsigned kind = 0; (info = rhook_hint_info(kind)); kind++) {
		char path[512], out[512];
		size_t size, expected_size;
		char *rust, *expected;
		struct rhook_output *output;
		snprintf(path, sizeof path, TESTS "/golden/hints/%s.rs", info->name);
		snprintf(out, sizeof out, TESTS "/golden/hints/%s.out.rs", info->name);
		rust = read_file(path, &size);
		assert_non_null(rust);
		output = apply_kind(rust, size, kind);
		if (mode && strcmp(mode, "write") == 0) {
			FILE *f = fopen(out, "wb");
			assert_non_null(f);
			assert_int_equal(fwrite(output->rust, 1, output->rust_size, f), output->rust_size);
			fclose(f);
		}
		expected = read_file(out, &expected_size);
		assert_non_null(expected);
		assert_string_equal(output->rust, expected);
		free(expected);
		free(rust);
		rhook_free(output);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
