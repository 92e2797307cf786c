/* driver.c - hook.sh's way to the hook: driver [--entry-only|--abort|--wrapping|--lines] F.rs > instrumented.rs */
#include "rhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct rhook_input input = {0};
	struct rhook_output *output;
	struct rhook_error error;
	FILE *file;
	char *text;

	for (int i = 1; i < argc - 1; i++)
		input.flags |= !strcmp(argv[i], "--entry-only") ? RHOOK_ENTRY_ONLY
			       : !strcmp(argv[i], "--abort")	? RHOOK_ABORT
			       : !strcmp(argv[i], "--wrapping") ? RHOOK_WRAPPING
								: RHOOK_LINES;
	file = argc > 1 ? fopen(argv[argc - 1], "rb") : NULL;
	text = malloc(1 << 22);
	if (!file || !text)
		return 2;
	input.rust.path = argv[argc - 1];
	input.rust.data = text;
	input.rust.size = fread(text, 1, 1 << 22, file);
	fclose(file);
	if (rhook_instrument(&input, &output, &error) != 0) {
		fprintf(stderr, "%s:%u:%u: %s\n", input.rust.path, error.line, error.column, error.message);
		return 1;
	}
	fwrite(output->rust, 1, output->rust_size, stdout);
	rhook_free(output);
	free(text);
	return 0;
}
