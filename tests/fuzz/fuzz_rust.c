/*
 * The hook on arbitrary bytes: as Rust alone, and, split at the first NUL, as a Ruchy text and its Rust. What comes out keeps its promises:
 * it ends in NUL, its lines lead back into the text that came in, and outside of the lines that count nothing is added to the lines'
 * number.
 */
#include "rhook.h"

#include <stdlib.h>
#include <string.h>

static void check_one(const struct rhook_input *input)
{
	struct rhook_output *output = NULL;
	struct rhook_error error;
	size_t lines = 1;

	if (rhook_instrument(input, &output, &error) != 0) {
		if (output || !error.message[0] || error.byte > input->rust.size)
			abort();
		return;
	}
	if (strlen(output->table) != output->table_size || output->rust[output->rust_size] != '\0')
		abort();
	for (size_t i = 0; i < input->rust.size; i++)
		lines += input->rust.data[i] == '\n';
	for (size_t i = 1; i <= output->back_count; i++)
		if (output->back[i] > lines || (output->back[i] && output->back[i] != i))
			abort();
	for (size_t i = 0; i < output->function_count; i++)
		if (!output->functions[i].name || output->functions[i].rust_to > lines)
			abort();
	rhook_free(output);
}

/* With counters, and with a trace of everything. */
static void check(const struct rhook_input *input)
{
	static const char *const all[] = {"*"};
	struct rhook_input traced = *input;

	traced.trace = all;
	traced.trace_count = 1;
	check_one(input);
	check_one(&traced);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rhook_input input = {.rust = {.path = "fuzz.rs", .data = (const char *)data, .size = size}, .prelude = "mod __rprof {}\n"};
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;

	if (!size)
		return 0;
	input.flags = (data[0] & 7) | (data[0] & 8 ? RHOOK_BY_LINE : 0);
	check(&input);
	if (cut) {
		input.ruchy = (struct rhook_text){"fuzz.ruchy", (const char *)data, (size_t)(cut - data)};
		input.rust.data = (const char *)cut + 1;
		input.rust.size = size - (size_t)(cut - data) - 1;
		if (input.rust.size)
			check(&input);
	}
	return 0;
}
