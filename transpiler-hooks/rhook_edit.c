/*
 * Edits are collected in any order and applied once, sorted by place. At one place insertions come before the replacement,
 * and among themselves in the order in which they were made.
 */
#include "rhook_hint_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BACK 64

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

bool rhook_edits_apply_to(const struct rhook_edits *edits, const char *text, uint32_t from, uint32_t to, struct rhook_buf *out)
{
	struct edit *sorted;
	size_t done = from;
	bool fits = true;

	if (edits->failed || edits->texts.failed)
		return false;
	sorted = sort(edits);
	if (!sorted)
		return false;
	for (size_t i = 0; i < edits->count && fits; i++) {
		const struct edit *e = &sorted[i];
		if (e->at < done || e->at > to || e->size > to - e->at) {
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
		rhook_buf_add(out, text + done, to - done);
	return fits && !out->failed;
}

bool rhook_edits_apply(const struct rhook_edits *edits, const char *text, size_t size, struct rhook_buf *out)
{
	return size <= UINT32_MAX && rhook_edits_apply_to(edits, text, 0, (uint32_t)size, out);
}

struct rhook_edits *rhook_edits_within(const struct rhook_edits *edits, uint32_t from, uint32_t to)
{
	struct rhook_edits *part = rhook_edits_new();

	if (!part)
		return NULL;
	rhook_buf_add(&part->texts, edits->texts.data ? edits->texts.data : "", edits->texts.size);
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *e = &edits->list[i];
		if (e->at < from || e->at + e->size > to || (e->at == to && !e->size))
			continue;
		add(part, e->at, e->size, 0);
		if (part->failed)
			break;
		part->list[part->count - 1].text = e->text;
		part->list[part->count - 1].text_size = e->text_size;
	}
	return part;
}

size_t rhook_edits_count(const struct rhook_edits *edits)
{
	return edits->count;
}

void rhook_edits_cut(struct rhook_edits *edits, size_t count)
{
	edits->count = count;
}

bool rhook_edits_fit(const struct rhook_edits *edits, uint32_t size)
{
	struct edit *sorted = edits->failed || edits->texts.failed ? NULL : sort(edits);
	bool fits = sorted != NULL;
	size_t done = 0;

	for (size_t i = 0; fits && i < edits->count; i++) {
		fits = sorted[i].at >= done && sorted[i].at <= size && sorted[i].size <= size - sorted[i].at;
		done = (size_t)sorted[i].at + sorted[i].size;
	}
	free(sorted);
	return fits;
}

bool rhook_edits_has(const struct rhook_edits *edits, uint32_t at, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = edits->count > LOOK_BACK ? edits->count - LOOK_BACK : 0; i < edits->count; i++) {
		const struct edit *e = &edits->list[i];
		if (e->at == at && e->text_size == size && size && memcmp(edits->texts.data + e->text, text, size) == 0)
			return true;
	}
	return false;
}

static size_t line_feeds(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

/* A new line is that old line whose text comes first in it; a line made of inserted text alone is none. */
uint32_t *rhook_edits_back(const struct rhook_edits *edits, const char *text, uint32_t size, size_t *count)
{
	struct edit *sorted = sort(edits);
	size_t lines = line_feeds(text, size) + 2, line = 1, next = 0;
	uint32_t *back, old = 1;
	bool ours = false; /* something inserted is on this line */

	for (size_t i = 0; sorted && i < edits->count; i++)
		lines += line_feeds(edits->texts.data + sorted[i].text, sorted[i].text_size);
	back = calloc(lines + 1, sizeof *back);
	for (uint32_t at = 0; sorted && back && at <= size;) {
		if (next < edits->count && sorted[next].at == at) {
			const struct edit *e = &sorted[next++];
			line += line_feeds(edits->texts.data + e->text, e->text_size);
			ours |= e->text_size > 0;
			old += (uint32_t)line_feeds(text + at, e->size);
			at += e->size;
			continue;
		}
		if (at < size && !back[line] && (text[at] == '\n' ? !ours : text[at] != ' ' && text[at] != '\t'))
			back[line] = old;
		if (at < size && text[at] == '\n') {
			ours = false;
			line++;
			old++;
		}
		at++;
	}
	*count = line;
	free(sorted);
	if (!sorted) {
		free(back);
		return NULL;
	}
	return back;
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
