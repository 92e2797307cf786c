/* rhook_lcs.h - weighted longest common subsequence of two token sequences. Not installed. */
#ifndef RHOOK_LCS_H
#define RHOOK_LCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rhook_item {
	uint64_t key;	/* equal keys match; never 0 */
	uint32_t token; /* index of the caller's own */
	uint32_t weight;
};

/*
 * Match a[0..n) with b[0..m): partner[i] becomes the index in b, or UINT32_MAX. Increasing; the sum of the weights of a's matched items,
 * with a little more for neighbours that match neighbours, is the largest possible where n * m is small, and near it elsewhere: large
 * sequences are first cut at items that occur once in both. `per_item` bounds the work: about n * per_item cells.
 * False for want of memory.
 */
bool rhook_lcs(const struct rhook_item *a, uint32_t n, const struct rhook_item *b, uint32_t m, size_t per_item, uint32_t *partner);

#endif
