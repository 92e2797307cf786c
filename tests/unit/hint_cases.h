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

static void check_hint_cases(const struct hint_case *cases, size_t case_count)
{
	unsigned bad = 0;

	for (size_t i = 0; i < case_count; i++) {
		unsigned count = count_kind(cases[i].rust, cases[i].kind);
		if (count == cases[i].count)
			continue;
		bad++;
		print_message("%s: %u candidates, not %u: %s\n", cases[i].kind, count, cases[i].count, cases[i].rust);
	}
	assert_int_equal(bad, 0);
}

#endif
