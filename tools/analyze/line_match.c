/*
 * Patience: first what is the same at both ends, then lines that are there once in both stretches, in the longest run that keeps their
 * order; the same again between each two of them. A stretch without such lines is compared line by line if it is small.
 */
#include "line_match.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define TABLE_MOST 250000 /* cells of the table for the longest common sequence */

struct stretch {
	size_t a, a_end, b, b_end;
};

struct matching {
	uint64_t *a, *b; /* hash of each line */
	uint32_t *to;
	struct stretch *stack; /* still to do */
	size_t depth, capacity;
};

static uint64_t *hash_lines(const struct source_text *text)
{
	uint64_t *hashes = xcalloc(text->count + 1, sizeof *hashes);

	for (size_t i = 0; i < text->count; i++) {
		const char *line = text->lines[i];
		size_t size = text->sizes[i];

		for (; size > 0 && (*line == ' ' || *line == '\t'); size--)
			line++;
		while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
			size--;
		hashes[i] = XXH3_64bits(line, size);
	}
	return hashes;
}

static void push(struct matching *m, struct stretch s)
{
	if (s.a >= s.a_end || s.b >= s.b_end)
		return;
	if (m->depth == m->capacity) {
		m->capacity = m->capacity ? 2 * m->capacity : 32;
		m->stack = xrealloc(m->stack, m->capacity, sizeof *m->stack);
	}
	m->stack[m->depth++] = s;
}

static void match(struct matching *m, size_t a, size_t b)
{
	m->to[a] = (uint32_t)b + 1;
}

static void trim(struct matching *m, struct stretch *s)
{
	while (s->a < s->a_end && s->b < s->b_end && m->a[s->a] == m->b[s->b])
		match(m, s->a++, s->b++);
	while (s->a < s->a_end && s->b < s->b_end && m->a[s->a_end - 1] == m->b[s->b_end - 1])
		match(m, --s->a_end, --s->b_end);
}

/* ---- lines that are there once ---- */

struct place {
	uint64_t hash;
	size_t line;
	bool second; /* of b */
};

static int by_hash(const void *x, const void *y)
{
	const struct place *p = x, *q = y;

	if (p->hash != q->hash)
		return p->hash < q->hash ? -1 : 1;
	if (p->second != q->second)
		return p->second ? 1 : -1;
	return (p->line > q->line) - (p->line < q->line);
}

struct anchor {
	size_t a, b, before; /* before: index of the anchor in front of it, SIZE_MAX = none */
};

static int by_a(const void *x, const void *y)
{
	const struct anchor *p = x, *q = y;

	return (p->a > q->a) - (p->a < q->a);
}

/* Pairs of lines that are there once in each, by their place in a. */
static struct anchor *find_anchors(const struct matching *m, const struct stretch *s, size_t *count)
{
	size_t n = s->a_end - s->a + s->b_end - s->b, at = 0;
	struct place *places = xcalloc(n, sizeof *places);
	struct anchor *anchors = xcalloc(n, sizeof *anchors);

	for (size_t i = s->a; i < s->a_end; i++)
		places[at++] = (struct place){m->a[i], i, false};
	for (size_t i = s->b; i < s->b_end; i++)
		places[at++] = (struct place){m->b[i], i, true};
	qsort(places, n, sizeof *places, by_hash);
	*count = 0;
	for (size_t i = 0; i < n;) {
		size_t end = i;

		while (end < n && places[end].hash == places[i].hash)
			end++;
		if (end - i == 2 && !places[i].second && places[i + 1].second)
			anchors[(*count)++] = (struct anchor){places[i].line, places[i + 1].line, SIZE_MAX};
		i = end;
	}
	free(places);
	qsort(anchors, *count, sizeof *anchors, by_a);
	return anchors;
}

/* The longest run of anchors that ascends in b too; its last one. Each knows the one before it. */
static size_t longest_run(struct anchor *anchors, size_t count)
{
	size_t *ends = xcalloc(count + 1, sizeof *ends), length = 0, last;

	for (size_t i = 0; i < count; i++) {
		size_t low = 0, high = length;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (anchors[ends[middle]].b < anchors[i].b)
				low = middle + 1;
			else
				high = middle;
		}
		anchors[i].before = low > 0 ? ends[low - 1] : SIZE_MAX;
		ends[low] = i;
		length += low == length;
	}
	last = ends[length - 1];
	free(ends);
	return last;
}

/* ---- line by line ---- */

static void match_small(struct matching *m, const struct stretch *s)
{
	size_t n = s->a_end - s->a, k = s->b_end - s->b, i = 0, j = 0;
	uint32_t *best; /* (i, j): longest common sequence of what is behind */

	if (n + 1 > TABLE_MOST / (k + 1))
		return;
	best = xcalloc((n + 1) * (k + 1), sizeof *best);
	for (size_t x = n; x-- > 0;) {
		for (size_t y = k; y-- > 0;) {
			uint32_t down = best[(x + 1) * (k + 1) + y], right = best[x * (k + 1) + y + 1];

			if (m->a[s->a + x] == m->b[s->b + y])
				best[x * (k + 1) + y] = best[(x + 1) * (k + 1) + y + 1] + 1;
			else
				best[x * (k + 1) + y] = down > right ? down : right;
		}
	}
	while (i < n && j < k) {
		if (m->a[s->a + i] == m->b[s->b + j]) {
			match(m, s->a + i++, s->b + j++);
			continue;
		}
		if (best[(i + 1) * (k + 1) + j] >= best[i * (k + 1) + j + 1])
			i++;
		else
			j++;
	}
	free(best);
}

static void step(struct matching *m)
{
	struct stretch s = m->stack[--m->depth];
	struct anchor *anchors;
	size_t count, at;

	trim(m, &s);
	if (s.a >= s.a_end || s.b >= s.b_end)
		return;
	anchors = find_anchors(m, &s, &count);
	if (count == 0)
		match_small(m, &s);
	for (at = count > 0 ? longest_run(anchors, count) : SIZE_MAX; at != SIZE_MAX; at = anchors[at].before) {
		match(m, anchors[at].a, anchors[at].b);
		push(m, (struct stretch){anchors[at].a + 1, s.a_end, anchors[at].b + 1, s.b_end});
		s.a_end = anchors[at].a;
		s.b_end = anchors[at].b;
	}
	if (count > 0)
		push(m, s);
	free(anchors);
}

uint32_t *line_match(const struct source_text *a, const struct source_text *b)
{
	struct matching m = {.a = hash_lines(a), .b = hash_lines(b), .to = xcalloc(a->count + 1, sizeof *m.to)};

	push(&m, (struct stretch){0, a->count, 0, b->count});
	while (m.depth > 0)
		step(&m);
	free(m.a);
	free(m.b);
	free(m.stack);
	return m.to;
}
