/* Sums of the allocations: of the functions of the program, and of everything. */
#include "analyze.h"

static void add(struct profile_memory *sum, const struct profile_memory *one)
{
	sum->allocations = analyze_add(sum->allocations, one->allocations);
	sum->bytes = analyze_add(sum->bytes, one->bytes);
	sum->reallocations = analyze_add(sum->reallocations, one->reallocations);
	sum->leaked = analyze_add(sum->leaked, one->leaked);
	sum->leaked_bytes = analyze_add(sum->leaked_bytes, one->leaked_bytes);
	sum->at_peak_bytes = analyze_add(sum->at_peak_bytes, one->at_peak_bytes);
	if (one->largest_bytes > sum->largest_bytes)
		sum->largest_bytes = one->largest_bytes;
}

void analyze_memory(struct report *report)
{
	const struct profile *p = report->profile;

	for (size_t i = 0; i < p->fn_count; i++)
		add(&report->inside, &p->fns[i].memory);
	report->memory = report->inside;
	add(&report->memory, &p->outside);
}

double report_memory_per_run(const struct profile *profile, uint64_t sum)
{
	return profile->memory_runs > 0 ? (double)sum / (double)profile->memory_runs : -1;
}
