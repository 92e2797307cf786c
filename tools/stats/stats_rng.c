#include "stats.h"

uint64_t stats_rng_next(struct stats_rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The numbers below 2^64 mod n are those that would make some results more frequent. */
size_t stats_rng_below(struct stats_rng *rng, size_t n)
{
	uint64_t drawn;

	do
		drawn = stats_rng_next(rng);
	while (drawn < n && drawn < (0 - (uint64_t)n) % n);
	return (size_t)(drawn % n);
}

double stats_rng_unit(struct stats_rng *rng)
{
	return (double)(stats_rng_next(rng) >> 11) * 0x1p-53;
}

void stats_rng_shuffle(struct stats_rng *rng, size_t *items, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t other = stats_rng_below(rng, i), kept = items[i - 1];

		items[i - 1] = items[other];
		items[other] = kept;
	}
}
