#include "lambda_causes.h"

#include <math.h>
#include <stdlib.h>

const struct lambda_cause_words lambda_causes[LAMBDA_CAUSES] = {
    [CAUSE_FAULTS] = {"page faults", "their time, estimate"}, [CAUSE_RELOCATIONS] = {"relocations", "their time"},
    [CAUSE_CALLS] = {"system calls", "their CPU time"},	      [CAUSE_STARTS] = {"threads, processes", "to start them"},
    [CAUSE_ALLOCATIONS] = {"allocations", "their time"},      [CAUSE_WAITING] = {NULL, "first thread asleep"},
    [CAUSE_QUEUE] = {NULL, "first thread in queue"},
};

const char *lambda_cause_name(enum lambda_cause cause)
{
	return lambda_causes[cause].name ? lambda_causes[cause].name : lambda_causes[cause].time;
}

/* Those of the kernel's own load are in the time of that. */
static uint64_t faults_behind_load(const struct lambda_program *p)
{
	uint64_t load = p->faults[PHASE_LOAD] >= UINT32_MAX ? 0 : p->faults[PHASE_LOAD];

	return p->total_faults == COLD_UNKNOWN ? COLD_UNKNOWN : p->total_faults > load ? p->total_faults - load : 0;
}

uint64_t lambda_cause_count(const struct lambda_program *p, enum lambda_cause cause)
{
	const struct lambda_facts *f = &p->facts;

	switch (cause) {
	case CAUSE_FAULTS:
		return p->total_faults;
	case CAUSE_RELOCATIONS:
		return f->relocations == COLD_UNKNOWN ? COLD_UNKNOWN : f->relocations + f->relative_relocations;
	case CAUSE_CALLS:
		return f->calls.count;
	case CAUSE_STARTS:
		return f->calls.threads;
	case CAUSE_ALLOCATIONS:
		return f->allocations;
	case CAUSE_WAITING:
	case CAUSE_QUEUE:
	case LAMBDA_CAUSES:
		break;
	}
	return COLD_UNKNOWN;
}

double lambda_cause_ns(const struct lambda_result *result, const struct lambda_program *p, enum lambda_cause cause)
{
	const struct lambda_facts *f = &p->facts;
	uint64_t faults = faults_behind_load(p);

	switch (cause) {
	case CAUSE_FAULTS:
		return faults == COLD_UNKNOWN || result->fault_ns <= 0 ? NAN : (double)faults * result->fault_ns;
	case CAUSE_RELOCATIONS:
		return f->relocation_share < 0 ? NAN : f->relocation_share * lambda_median(&p->phases[PHASE_LINK]).value;
	case CAUSE_CALLS:
		return f->calls.ns.value;
	case CAUSE_STARTS:
		return f->calls.start_ns.value;
	case CAUSE_ALLOCATIONS:
		return f->allocation_ns < 0 ? NAN : f->allocation_ns;
	case CAUSE_WAITING:
		return lambda_median(&p->waited).value;
	case CAUSE_QUEUE:
		return lambda_median(&p->queued).value;
	case LAMBDA_CAUSES:
		break;
	}
	return NAN;
}

double lambda_unexplained_ns(const struct lambda_result *result, const struct lambda_program *p)
{
	double rest = lambda_median(&p->total).value;

	for (int phase = PHASE_FORK; phase <= PHASE_LOAD; phase++)
		if (p->phases[phase].count)
			rest -= lambda_median(&p->phases[phase]).value;
	for (int cause = 0; cause < LAMBDA_CAUSES; cause++) {
		double ns = lambda_cause_ns(result, p, cause);

		rest -= isnan(ns) ? 0 : ns;
	}
	return rest;
}
