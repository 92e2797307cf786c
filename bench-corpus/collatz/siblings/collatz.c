#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t step(uint64_t n)
{
	return n % 2 == 0 ? n / 2 : 3 * n + 1;
}

static uint64_t length(uint64_t start)
{
	uint64_t steps = 0;

	for (uint64_t n = start; n != 1; n = step(n))
		steps++;
	return steps;
}

int main(void)
{
	uint64_t best = 0, longest = 0;

	for (uint64_t start = 1; start < 1000000; start++) {
		uint64_t steps = length(start);

		if (steps > longest) {
			longest = steps;
			best = start;
		}
	}
	printf("%" PRIu64 " takes %" PRIu64 " steps\n", best, longest);
	return 0;
}
