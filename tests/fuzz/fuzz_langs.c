/* What a loader says of a program's libraries, and two outputs that are told apart: the input, cut at its first byte FF. */
#include "langs_internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, 0xff, size) : NULL;
	size_t a_size = cut ? (size_t)(cut - data) : size, b_size = cut ? size - a_size - 1 : 0, a_at, b_at, line;
	char *a = malloc(a_size + 1), *b = malloc(b_size ? b_size : 1);
	struct lang_needs needs = {0};

	if (!a || !b)
		abort();
	if (a_size)
		memcpy(a, data, a_size);
	a[a_size] = '\0';
	if (b_size)
		memcpy(b, cut + 1, b_size);
	line = lang_first_difference(a, a_size, b, b_size, &a_at, &b_at);
	if (a_at > a_size || b_at > b_size || a_at != b_at || (line == 0) != (a_size == b_size && memcmp(a, b, a_size) == 0))
		abort();
	lang_needs_parse(&needs, a);
	for (size_t i = 0; i < needs.count; i++) {
		if (needs.files[i][0] != '/' || strchr(needs.files[i], '\n'))
			abort();
	}
	lang_needs_free(&needs);
	free(a);
	free(b);
	return 0;
}
