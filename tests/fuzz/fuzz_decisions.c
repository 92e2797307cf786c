/* Decisions as a profile from anywhere holds them: what is read can be written, and reads again as the same text. */
#include "pgo.h"

#include <stdlib.h>
#include <string.h>

static char *read_and_write(const char *text)
{
	struct rhook_candidates none = {0};
	struct pgo_result result = {0};
	struct err err = {0};
	char *written = pgo_decisions_read(text, &none, &result, &err) == 0 ? pgo_decisions_text(&result) : NULL;

	err_free(&err);
	pgo_result_free(&result);
	return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmalloc(size + 1), *first, *second;

	memcpy(text, data, size);
	text[size] = '\0';
	first = read_and_write(text);
	if (first && strcmp(first, "{}") != 0) {
		second = read_and_write(first);
		if (!second || strcmp(first, second) != 0)
			abort();
		free(second);
	}
	free(first);
	free(text);
	return 0;
}
