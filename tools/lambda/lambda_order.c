#include "lambda_order.h"

#define SIGNED_MOST 1000

struct stats_interval lambda_ratio(const struct lambda_program *a, const struct lambda_program *b)
{
	size_t rounds = a->total.count < b->total.count ? a->total.count : b->total.count;

	/* The narrower one looks at all pairs of rounds. */
	return rounds <= SIGNED_MOST ? stats_signed_rank(a->total.ns, b->total.ns, rounds, 0.95)
				     : stats_ratio_paired(a->total.ns, b->total.ns, rounds, 0.95);
}

bool lambda_is_before(const struct lambda_program *a, const struct lambda_program *b)
{
	return lambda_ratio(a, b).lo > LAMBDA_MARGIN;
}

size_t lambda_order(const struct lambda_program *programs, size_t count, size_t *order, unsigned *rank)
{
	size_t used = 0, first = 0;

	for (size_t i = 0; i < count; i++) {
		size_t at = used;

		if (programs[i].failed || programs[i].total.count == 0)
			continue;
		/* by insertion: they are a handful */
		for (; at > 0 && lambda_median(&programs[order[at - 1]].total).value > lambda_median(&programs[i].total).value; at--)
			order[at] = order[at - 1];
		order[at] = i;
		used++;
	}
	for (size_t k = 0; k < used; k++) {
		if (k && lambda_is_before(&programs[order[first]], &programs[order[k]]))
			first = k;
		rank[order[k]] = (unsigned)first + 1;
	}
	return used;
}
