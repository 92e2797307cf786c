/*
 * driver.c - the tests' way to the hook: driver [OPTION...] F.rs > instrumented.rs
 * --skips: also `left alone: LINE: REASON` on stderr, and how many functions have a counter.
 */
#include "rhook.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned flag;
} options[] = {
    {"--entry-only", RHOOK_ENTRY_ONLY}, {"--abort", RHOOK_ABORT},   {"--wrapping", RHOOK_WRAPPING},   {"--lines", RHOOK_LINES},
    {"--by-line", RHOOK_BY_LINE},	{"--module", RHOOK_MODULE}, {"--no-memory", RHOOK_NO_MEMORY},
};

static char *read_all(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long end;

	if (file && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
		rewind(file);
		text = malloc((size_t)end + 1);
		*size = text ? fread(text, 1, (size_t)end, file) : 0;
	}
	if (file)
		fclose(file);
	return text;
}

static void tell(const struct rhook_output *output)
{
	size_t skipped = 0, counted = 0;

	for (size_t i = 0; i < output->skip_count; i++)
		fprintf(stderr, "left alone: %u: %s\n", output->skips[i].rust_line, output->skips[i].reason);
	for (size_t i = 0; i < output->function_count; i++) {
		skipped += output->functions[i].kind == 's';
		counted += output->functions[i].kind != 's' && output->functions[i].kind != 'i';
	}
	fprintf(stderr, "functions %zu %zu\n", counted, skipped);
}

int main(int argc, char **argv)
{
	struct rhook_input input = {0};
	struct rhook_output *output;
	struct rhook_error error;
	bool skips = false;
	char *text;

	for (int i = 1; i < argc - 1; i++) {
		for (size_t o = 0; o < sizeof options / sizeof *options; o++)
			if (strcmp(argv[i], options[o].name) == 0)
				input.flags |= options[o].flag;
		skips |= strcmp(argv[i], "--skips") == 0;
	}
	text = argc > 1 ? read_all(argv[argc - 1], &input.rust.size) : NULL;
	if (!text)
		return 2;
	input.rust.path = argv[argc - 1];
	input.rust.data = text;
	if (rhook_instrument(&input, &output, &error) != 0) {
		fprintf(stderr, "%s:%u:%u: %s\n", input.rust.path, error.line, error.column, error.message);
		return 1;
	}
	fwrite(output->rust, 1, output->rust_size, stdout);
	if (skips)
		tell(output);
	rhook_free(output);
	free(text);
	return 0;
}
