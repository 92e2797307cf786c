/*
 * span.h - which byte of a file has which label: a list of spans that never overlap. Labels are put on in the order of how sure they are;
 * a byte keeps the first.
 */
#ifndef SPAN_H
#define SPAN_H

#include <stddef.h>
#include <stdint.h>

struct span {
	uint64_t from, to; /* bytes of the file */
	uint32_t label;
};

struct spans {
	struct span *rows; /* sorted, apart from one another */
	size_t count, capacity;
};

/* Claims of one source, in any order; they may overlap: the one that begins first wins, of those the longer one. */
void span_claim(struct spans *claims, uint64_t from, uint64_t to, uint32_t label);
/* Put the labels of `claims` on bytes below `limit` that have none yet; empties `claims`. */
void spans_apply(struct spans *map, struct spans *claims, uint64_t limit);
/* Bytes with a label. */
uint64_t spans_total(const struct spans *map);
/* The span that `offset` is in, or NULL. */
const struct span *spans_find(const struct spans *map, uint64_t offset);
void spans_free(struct spans *spans);

#endif
