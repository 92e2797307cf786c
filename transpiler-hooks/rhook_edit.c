/*
 * Edits are collected in any order and applied once, sorted by place. At one place insertions come before the replacement,
 * and among themselves in the order in which they were made.
 */
#include "rhook_internal.h"

#include <stdarg.h>
#include <stdlib.h>

struct edit {
	uint32_t at, size;
	size_t text, text_size; /* in edits->texts: its data may move */
	size_t order;
};

struct rhook_edits {
	struct edit *list;
	size_t count, capacity;
	struct rhook_buf texts;
	bool failed;
};

struct rhook_edits *rhook_edits_new(void)
{
	return calloc(1, sizeof(struct rhook_edits));
}

void rhook_edits_free(struct rhook_edits *edits)
{
	if (!edits)
		return;
	free(edits->list);
	rhook_buf_free(&edits->texts);
	free(edits);
}

static void add(struct rhook_edits *edits, uint32_t at, uint32_t size, size_t text)
{
	if (edits->count == edits->capacity) {
		size_t capacity = edits->capacity ? edits->capacity * 2 : 64;
		struct edit *list = capacity > SIZE_MAX / sizeof *list ? NULL : realloc(edits->list, capacity * sizeof *list);
		if (!list) {
			edits->failed = true;
			return;
		}
		edits->list = list;
		edits->capacity = capacity;
	}
	edits->list[edits->count] = (struct edit){at, size, text, edits->texts.size - text, edits->count};
	edits->count++;
}

void rhook_edit(struct rhook_edits *edits, uint32_t at, uint32_t size, const char *text)
{
	size_t start = edits->texts.size;

	rhook_buf_puts(&edits->texts, text);
	add(edits, at, size, start);
}

void rhook_editf(struct rhook_edits *edits, uint32_t at, uint32_t size, const char *format, ...)
{
	size_t start = edits->texts.size;
	char *text;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		edits->failed = true;
		return;
	}
	rhook_buf_add(&edits->texts, text, (size_t)length);
	free(text);
	add(edits, at, size, start);
}

static int by_place(const void *left, const void *right)
{
	const struct edit *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (!a->size != !b->size)
		return a->size ? 1 : -1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static struct edit *sort(const struct rhook_edits *edits)
{
	struct edit *sorted = malloc((edits->count + 1) * sizeof *sorted);

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < edits->count; i++)
		sorted[i] = edits->list[i];
	qsort(sorted, edits->count, sizeof *sorted, by_place);
	return sorted;
}

bool rhook_edits_apply(const struct rhook_edits *edits, const char *text, size_t size, struct rhook_buf *out)
{
	struct edit *sorted;
	size_t done = 0;
	bool fits = true;

	if (edits->failed || edits->texts.failed)
		return false;
	sorted = sort(edits);
	if (!sorted)
		return false;
	for (size_t i = 0; i < edits->count && fits; i++) {
		const struct edit *e = &sorted[i];
		if (e->at < done || e->at > size || e->size > size - e->at) {
			fits = false;
			break;
		}
		rhook_buf_add(out, text + done, e->at - done);
		if (e->text_size)
			rhook_buf_add(out, edits->texts.data + e->text, e->text_size);
		done = e->at + e->size;
	}
	free(sorted);
	if (fits)
		rhook_buf_add(out, text + done, size - done);
	return fits && !out->failed;
}

bool rhook_moves_begin(struct rhook_moves *moves, const struct rhook_edits *edits)
{
	*moves = (struct rhook_moves){.sorted = sort(edits), .count = edits->count};
	return moves->sorted != NULL;
}

uint32_t rhook_moves_to(struct rhook_moves *moves, uint32_t at, uint32_t *before)
{
	const struct edit *sorted = moves->sorted, *e;
	int64_t inserted = 0;

	for (; moves->next < moves->count && sorted[moves->next].at + sorted[moves->next].size <= at; moves->next++) {
		e = &sorted[moves->next];
		moves->by += (int64_t)e->text_size - e->size;
		if (e->at == at)
			inserted += (int64_t)e->text_size;
	}
	if (moves->next < moves->count && sorted[moves->next].at < at)
		at = sorted[moves->next].at;
	*before = (uint32_t)(at + moves->by - inserted);
	return (uint32_t)(at + moves->by);
}

void rhook_moves_end(struct rhook_moves *moves)
{
	free(moves->sorted);
}
