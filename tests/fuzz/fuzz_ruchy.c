/* Outline and alignment of arbitrary bytes: the first half is Ruchy, the second Rust whose functions are found by a crude scan. */
#include "rhook_internal.h"

#include <stdlib.h>
#include <string.h>

enum { FNS = 8 };

/* Any ranges that nest will do: from each `fn` or `|` to the next brace that closes, in order of their start. */
static size_t crude_functions(const char *text, size_t size, struct rhook_fn *fns)
{
	static char names[FNS][4] = {"a", "f", "m::f", "x", "P::f", "e", "i", "o"};
	size_t count = 0, end = size;

	for (size_t at = 0; at + 1 < size && count < FNS && at < end; at++) {
		bool named = text[at] == 'f' && text[at + 1] == 'n';

		if (!named && text[at] != '|')
			continue;
		while (end > at + 2 && text[end - 1] != '}')
			end--;
		fns[count] = (struct rhook_fn){.name = count % 2 ? names[count] : "main",
					       .kind = named ? (count % 3 ? RHOOK_FN : RHOOK_METHOD) : RHOOK_CLOSURE,
					       .parent = (int)count - 1,
					       .start = (uint32_t)at,
					       .end = (uint32_t)end,
					       .body_start = (uint32_t)at,
					       .body_end = (uint32_t)end};
		count++;
		end -= end > at + 2;
	}
	return count;
}

static void look(const struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust, size_t fn_count)
{
	struct rhook_buf buf = {0};
	uint32_t lines = 1, from, to;
	const char *name;

	for (size_t i = 0; i < ruchy->size; i++)
		lines += ruchy->data[i] == '\n';
	for (uint32_t byte = 0; byte <= rust->size + 1; byte++)
		if (rhook_align_line(align, byte) > lines)
			abort();
	for (size_t i = 0; i < fn_count; i++)
		if (rhook_align_fn(align, i, &name, &from, &to) && (!*name || !from || from > to || to > lines))
			abort();
	for (size_t i = 0; rhook_align_inlined(align, i, &name, &from, &to); i++)
		if (!*name || !from || from > to || to > lines)
			abort();
	if (!rhook_map_write(align, ruchy, rust, &buf))
		abort();
	rhook_buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half = size / 2;
	char *first = malloc(half + 1), *second = malloc(size - half + 1); /* apart, so that a read beyond either end is seen */
	struct rhook_text ruchy = {.path = "f.ruchy", .data = first, .size = half},
			  rust = {.path = "f.rs", .data = second, .size = size - half};
	struct rhook_fn fns[FNS];
	struct rhook_align *align;
	size_t count;

	if (!first || !second)
		abort();
	if (size) {
		memcpy(first, data, half);
		memcpy(second, data + half, size - half);
	}
	first = realloc(first, half ? half : 1);
	second = realloc(second, size - half ? size - half : 1);
	ruchy.data = first;
	rust.data = second;
	count = crude_functions(rust.data, rust.size, fns);
	align = rhook_align_new(&ruchy, &rust, NULL, fns, count);
	if (!align)
		abort();
	look(align, &ruchy, &rust, count);
	rhook_align_free(align);
	free(first);
	free(second);
	return 0;
}
