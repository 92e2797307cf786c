/* hint_cases.h - how many candidates of a kind a text has: where a hint may be given and where not. */
#ifndef HINT_CASES_H
#define HINT_CASES_H

#include "rhook_hint.h"

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct hint_case {
	const char *kind;
	const char *rust;
	unsigned count;
};

static unsigned count_kind(const char *rust, const char *kind)
{
	struct rhook_input input = {.rust = {.data = rust, .size = strlen(rust)}};
	struct rhook_candidates *candidates;
	struct rhook_error error;
	unsigned count = 0;

	if (rhook_candidates(&input, &candidates, &error) != 0)
		fail_msg("%s: %s", rust, error.message);
	for (size_t i = 0; i < candidates->count; i++)
		count += strcmp(rhook_hint_info(candidates->list[i].kind)->name, kind) == 0;
	rhook_candidates_free(candidates);
	return count;
}

struct hint_cases {
	const struct hint_case *list;
	size_t count;
};

static void test_cases(void **state)
{
	const struct hint_cases *cases = *state;
	unsigned bad = 0;

	for (size_t i = 0; i < cases->count; i++) {
		const struct hint_case *one = &cases->list[i];
		unsigned count = count_kind(one->rust, one->kind);
		if (count == one->count)
			continue;
		bad++;
		print_message("%s: %u candidates, not %u: %s\n", one->kind, count, one->count, one->rust);
	}
	assert_int_equal(bad, 0);
}

static int run_hint_cases(const struct hint_case *list, size_t count)
{
	struct hint_cases cases = {list, count};
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_cases, &cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
