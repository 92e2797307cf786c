/* rhook_hint_batch.h - a function that is one sum over a loop, and the loop that calls it. Not installed. */
#ifndef RHOOK_HINT_BATCH_H
#define RHOOK_HINT_BATCH_H

#include "rhook_hint_internal.h"

#define BATCH_LANES 16
#define BATCH_TERMS 6

/* One element that the sum reads: `list[index]`. */
struct rhook_batch_term {
	uint32_t node;	/* the expression, a `.clone()` behind it included */
	uint32_t list;	/* `self.cells`, `other.cells`, `row` */
	uint32_t index; /* without casts around it */
	uint32_t base;	/* what is added to the lane's parameter; RHOOK_NONE: the parameter alone */
	bool lanes;	/* each lane reads its own element, one beside the other */
};

struct rhook_batch {
	uint32_t fn;	    /* of the sum */
	uint32_t parameter; /* its pattern: what is another for each lane */
	uint32_t start;	    /* the literal that the sum begins with */
	uint32_t sum;	    /* its name in `let` */
	uint32_t loop, expression, sign;
	struct rhook_batch_term terms[BATCH_TERMS];
	unsigned term_count;
	/* the caller's */
	uint32_t call, argument, range, body;
	uint32_t from, to; /* ends of the range */
};

/* rhook_hint_batch_sum.c: is `fn` such a function, of the parameter `argument` (a number, without self)? */
bool rhook_batch_read(const struct rhook_hinting *h, uint32_t fn, unsigned argument, struct rhook_batch *batch);
/* The one statement or expression in a block of blocks; RHOOK_NONE: there are more. */
uint32_t rhook_batch_only(const struct rhook_program *p, uint32_t block);

#endif
