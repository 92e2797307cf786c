/* lambda_advise.c - what the measured phases suggest. */
#include "lambda_result.h"

#include <stdlib.h>

#define NAME "lambda-ready"
/* A part of the start below this is not worth a change of the build. */
#define WORTH 0.15

static double share_of(const struct lambda_program *p, enum lambda_phase phase)
{
	return p->phases[phase].count ? lambda_median(&p->phases[phase]).value / lambda_median(&p->total).value : 0;
}

static void advise_linking(struct audit *audit, const struct lambda_program *p)
{
	double share = share_of(p, PHASE_LINK), ms = lambda_median(&p->phases[PHASE_LINK]).value / 1e6;
	struct audit_advised *a;

	if (p->facts.relocations == COLD_UNKNOWN || share < WORTH)
		return;
	a = audit_advise(
	    audit, NAME, "link-statically", REPORT_WARNING,
	    "Link statically: the dynamic linker takes a large part of the cold start (--rustc-flags \"-C "
	    "target-feature=+crt-static -C relocation-model=static\"; --suggest --goal start --allow-changes --apply-flags tries "
	    "it and keeps it for later builds)");
	a->evidence = xasprintf("%.2f ms, %.0f%%; %llu relocations", ms, 100 * share,
				(unsigned long long)p->facts.relocations + p->facts.relative_relocations);
	a->gain = xasprintf("up to %.2f ms of the cold start", ms);
}

static void advise_init(struct audit *audit, const struct lambda_program *p)
{
	double share = share_of(p, PHASE_INIT), ms = lambda_median(&p->phases[PHASE_INIT]).value / 1e6;
	struct audit_advised *a;

	if (share < 0.5)
		return;
	a = audit_advise(audit, NAME, "init-code", REPORT_NOTE,
			 "Most of the cold start is the program's own code before it asks for an event");
	a->evidence = xasprintf("%.2f ms, %.0f%%", ms, 100 * share);
	a->gain = xasprintf("up to %.2f ms of the cold start", ms);
}

static void advise_threads(struct audit *audit, const struct lambda_program *p)
{
	const struct lambda_facts *f = &p->facts;
	struct audit_advised *a;

	if (f->calls.threads == COLD_UNKNOWN)
		return;
	if (f->calls.threads == 0) {
		audit_advise(audit, NAME, "no-threads", REPORT_OK, "No thread is started before the first event");
		return;
	}
	a = audit_advise(audit, NAME, "threads-at-start", REPORT_NOTE,
			 "Threads or processes are started before the first event: each costs a "
			 "stack and a place in the queue for a part of one CPU");
	a->evidence = xasprintf("%llu started", (unsigned long long)f->calls.threads);
}

static void advise_rest(struct audit *audit, const struct lambda_result *result)
{
	const struct lambda_program *p = &result->programs[0];
	struct stats_interval total = lambda_median(&p->total);

	if (p->programs > 1) {
		struct audit_advised *a =
		    audit_advise(audit, NAME, "wrapper", REPORT_WARNING,
				 "The bootstrap is a script or a wrapper: every program that it starts adds to the cold start");

		a->evidence = xasprintf("%u programs until main", p->programs);
	}
	if (total.hi <= result->target_ms * 1e6)
		audit_advise(audit, NAME, "within-target", REPORT_OK,
			     "Ready for Lambda: the cold start is within the target of %g ms, locally", result->target_ms);
	else if (total.lo > result->target_ms * 1e6)
		audit_advise(audit, NAME, "above-target", REPORT_WARNING, "The cold start is above the target of %g ms, locally",
			     result->target_ms);
}

void lambda_advise(struct audit *audit, const struct lambda_result *result)
{
	const struct lambda_program *p = &result->programs[0];

	advise_linking(audit, p);
	advise_init(audit, p);
	advise_threads(audit, p);
	advise_rest(audit, result);
}
