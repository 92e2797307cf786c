/*
 * The hints on arbitrary bytes: candidates, each alone and all together applied. What comes out ends in NUL, its lines lead back into the
 * text that came in, it parses where that did, and what was left out is said.
 */
#include "rhook_hint.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ALONE 40

/* The amount goes through the whole range, and beyond it. */
static void apply(const struct rhook_input *input, const struct rhook_choice *choices, size_t count)
{
	struct rhook_output *output = NULL, *again = NULL;
	struct rhook_error error;
	size_t lines = 1;

	if (rhook_optimise(input, choices, count, &output, &error) != 0)
		abort();
	if (output->rust[output->rust_size] != '\0' || output->refused_count > count || output->skip_count < output->refused_count)
		abort();
	for (size_t i = 0; i < input->rust.size; i++)
		lines += input->rust.data[i] == '\n';
	for (size_t i = 1; i <= output->back_count; i++)
		if (output->back[i] > lines)
			abort();
	if (!count && (output->rust_size != input->rust.size || memcmp(output->rust, input->rust.data, input->rust.size) != 0))
		abort();
	if (!memchr(input->rust.data, 0, input->rust.size)) {
		struct rhook_input changed = {.rust = {.data = output->rust, .size = output->rust_size}, .flags = input->flags};
		if (rhook_map(&changed, &again, &error) != 0)
			abort();
		rhook_free(again);
	}
	rhook_free(output);
}

static void check(const struct rhook_input *input, uint64_t seed)
{
	struct rhook_candidates *candidates = NULL;
	struct rhook_error error;
	struct rhook_choice *choices;

	if (rhook_candidates(input, &candidates, &error) != 0) {
		if (candidates || !error.message[0])
			abort();
		return;
	}
	choices = calloc(candidates->count + 1, sizeof *choices);
	if (!choices)
		abort();
	for (size_t i = 0; i < candidates->count; i++) {
		const struct rhook_candidate *c = &candidates->list[i];
		if (!rhook_hint_info(c->kind) || !c->key || !c->what || c->least > c->most || c->usual < c->least || c->usual > c->most)
			abort();
		choices[i] = (struct rhook_choice){.candidate = (uint32_t)i, .amount = seed >> (i % 48), .evidence = i % 2 ? "a\nb" : NULL};
		if (c->most <= 4 && choices[i].amount > 2)
			choices[i].amount = 2; /* copies of copies grow fast */
	}
	apply(input, choices, 0);
	for (size_t i = 0; i < candidates->count && i < MOST_ALONE; i++)
		apply(input, choices + i, 1);
	apply(input, choices, candidates->count);
	free(choices);
	rhook_candidates_free(candidates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rhook_input input = {.rust = {.data = (const char *)data, .size = size}};
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	uint64_t seed = 1;

	for (size_t i = 0; i < size && i < 16; i++)
		seed = seed * 131 + data[i];
	if (size && !cut)
		check(&input, seed);
	if (cut) {
		input.ruchy = (struct rhook_text){"fuzz.ruchy", (const char *)data, (size_t)(cut - data)};
		input.rust.data = (const char *)cut + 1;
		input.rust.size = size - (size_t)(cut - data) - 1;
		if (input.rust.size)
			check(&input, seed);
	}
	return 0;
}
