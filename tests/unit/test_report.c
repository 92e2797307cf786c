/* Shares, hot spots and advice of profiles built by hand. */
#include "advice.h"
#include "fs.h"
#include "report.h"
#include "sample_profiles.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct report_fn row_of(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->fn_count; i++)
		if (strcmp(report->profile->fns[report->fns[i].fn].name, name) == 0)
			return report->fns[i];
	fail_msg("no row for %s", name);
	return (struct report_fn){0};
}

static const struct report_advice *advice_of(const struct report *report, const char *id)
{
	for (size_t i = 0; i < report->advice_count; i++)
		if (strcmp(report->advice[i].id, id) == 0)
			return &report->advice[i];
	return NULL;
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/* ---- shares ---- */

struct share_case {
	const char *name;
	struct profile *(*make)(void);
	enum report_source source;
	enum report_base base;
	double base_ns; /* negative = no times */
	double sum;	/* of all known shares, percent */
};

static const struct share_case share_cases[] = {
    {"samples", sample_fibonacci, REPORT_SAMPLES, REPORT_OF_WALL, 35270000, 100},
    {"nothing", sample_empty, REPORT_NO_TIME, REPORT_OF_WALL, -1, 0},
    {"hostile names", sample_hostile, REPORT_SAMPLES, REPORT_OF_WALL, 10000000, 100},
    {"200 functions", sample_many, REPORT_SAMPLES, REPORT_OF_WALL, 2500000000, 100},
    {"huge", sample_huge, REPORT_CLOCK, REPORT_OF_CLOCK, 9e18, 100},
    {"no plain run", sample_failed, REPORT_CLOCK, REPORT_OF_CLOCK, 2100000, 100},
    {"clock, scaled", sample_clock, REPORT_CLOCK, REPORT_OF_WALL, 900000, 100},
    {"waiting", sample_inexact, REPORT_SAMPLES, REPORT_OF_CPU, 20000000, 100},
};

static void test_shares(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(share_cases) / sizeof(share_cases[0]); i++) {
		const struct share_case *c = &share_cases[i];
		struct profile *profile = c->make();
		struct report *report = report_new(profile);
		double percent = 0, time = 0;

		for (size_t f = 0; f < report->fn_count; f++) {
			const struct report_fn *row = &report->fns[f];

			if (row->self_ns < 0) {
				assert_int_equal(row->source, REPORT_NO_TIME);
				continue;
			}
			percent += row->self_percent;
			time += row->self_ns;
			assert_true(row->total_ns >= row->self_ns);
			assert_true(row->total_ns <= report->base_ns * (1 + 1e-12));
			assert_true(f == 0 || report->fns[f - 1].self_ns >= row->self_ns);
		}
		if (report->source != c->source || report->base != c->base || !near(report->base_ns, c->base_ns) || !near(percent, c->sum))
			fail_msg("%s: source %d, base %d of %g ns, %g%%", c->name, (int)report->source, (int)report->base, report->base_ns,
				 percent);
		assert_true(c->base_ns < 0 || near(time, c->base_ns));
		report_free(report);
		profile_free(profile);
	}
}

/* Samples in recursion are inclusive once; a profile that says otherwise still stays within 100 %. */
static void test_recursion_stays_within(void **state)
{
	struct profile *profile = sample_fibonacci();
	struct report *report;

	(void)state;
	profile->fns[0].samples_total = 50000;
	profile->fns[1].samples_self = 2000; /* more than all samples */
	report = report_new(profile);
	assert_true(row_of(report, "fibonacci").total_ns <= report->base_ns);
	assert_true(row_of(report, "fibonacci").self_percent + row_of(report, "main").self_percent <= 100.0000001);
	report_free(report);
	profile_free(profile);
}

static void test_calls(void **state)
{
	struct profile *profile = sample_fibonacci();
	struct report *report = report_new(profile);

	(void)state;
	assert_int_equal(row_of(report, "fibonacci").calls, 29860703);
	assert_false(row_of(report, "fibonacci").calls_vary);
	assert_int_equal(row_of(report, "unused").calls, 0);
	assert_int_equal(report->fn_count, 3); /* not the inlined one */
	assert_true(report->overhead > 1 && report->overhead < 1.05);
	report_free(report);
	profile->runs = 0;
	report = report_new(profile);
	assert_true(row_of(report, "fibonacci").calls == PROFILE_ABSENT);
	report_free(report);
	profile_free(profile);
	profile = sample_failed();
	report = report_new(profile);
	assert_true(row_of(report, "work").calls_vary);
	assert_int_equal(row_of(report, "work").calls, 10);
	report_free(report);
	profile_free(profile);
}

struct few_case {
	uint64_t samples;
	bool with_clock;
	enum report_source source;
	bool said;
};

static const struct few_case few_cases[] = {
    {0, true, REPORT_CLOCK, true},    {29, true, REPORT_CLOCK, true},	{30, true, REPORT_SAMPLES, false},
    {5, false, REPORT_SAMPLES, true}, {0, false, REPORT_NO_TIME, true},
};

static void test_few_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(few_cases) / sizeof(few_cases[0]); i++) {
		const struct few_case *c = &few_cases[i];
		struct profile *profile = sample_fibonacci();
		struct report *report;

		profile->samples = c->samples + 4;
		profile->fns[0].samples_self = profile->fns[0].samples_total = c->samples;
		profile->fns[1].samples_self = profile->fns[1].samples_total = 0;
		for (size_t f = 0; f < profile->fn_count && !c->with_clock; f++)
			profile->fns[f].clock_self_ns = profile->fns[f].clock_spans = 0;
		report = report_new(profile);
		assert_int_equal(report->source, c->source);
		assert_int_equal(advice_of(report, "few-samples") != NULL, c->said);
		report_free(report);
		profile_free(profile);
	}
}

/* The clock of a function that was switched off says nothing, and neither does one that never ran. */
static void test_clock_off(void **state)
{
	struct profile *profile = sample_clock();
	struct report *report = report_new(profile);

	(void)state;
	assert_true(row_of(report, "Point::new").self_ns < 0);
	assert_true(row_of(report, "Point::new").self_percent < 0);
	assert_true(row_of(report, "main::{closure}").self_ns < 0);
	assert_true(near(row_of(report, "main").self_percent, 80));
	assert_true(near(row_of(report, "main").total_ns, 900000));
	report_free(report);
	profile_free(profile);
}

struct wait_case {
	uint64_t wall_ns, cpu_ns;
	enum report_base base;
	bool said;
};

static const struct wait_case wait_cases[] = {
    {100000000, 20000000, REPORT_OF_CPU, true},	   {100000000, 79000000, REPORT_OF_CPU, true},
    {100000000, 85000000, REPORT_OF_WALL, false},  {3000000, 1500000, REPORT_OF_WALL, false}, /* starting a process */
    {100000000, 195000000, REPORT_OF_WALL, false},					      /* two threads */
};

static void test_waiting(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wait_cases) / sizeof(wait_cases[0]); i++) {
		struct profile *profile = sample_start("w.ruchy");
		struct report *report;

		profile->runs = 1;
		sample_fn(profile, "main", 1, 2, 1)->samples_self = 1000;
		sample_sampling(profile, 1, 1000, 0);
		sample_runs(&profile->wall[PROFILE_PLAIN], 1, wait_cases[i].wall_ns);
		sample_runs(&profile->cpu[PROFILE_PLAIN], 1, wait_cases[i].cpu_ns);
		report = report_new(profile);
		assert_int_equal(report->base, wait_cases[i].base);
		assert_int_equal(advice_of(report, "waiting") != NULL, wait_cases[i].said);
		assert_true(near(row_of(report, "main").self_ns,
				 (double)(report->base == REPORT_OF_CPU ? wait_cases[i].cpu_ns : wait_cases[i].wall_ns)));
		report_free(report);
		profile_free(profile);
	}
}

struct busy_case {
	uint64_t cpu_ns, queued_ns; /* of 100 ms; PROFILE_ABSENT: not known */
	double blocked_ns;	    /* negative: not known */
	bool blocked, busy;	    /* is said */
};

static const struct busy_case busy_cases[] = {
    {20000000, 1000000, 79000000, true, false}, {50000000, 49000000, 1000000, false, true}, {50000000, 25000000, 25000000, true, true},
    {50000000, 60000000, 0, false, true},	{99000000, 500000, 500000, false, false},   {20000000, PROFILE_ABSENT, -1, true, false},
};

static void test_busy_machine(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(busy_cases) / sizeof(busy_cases[0]); i++) {
		const struct busy_case *t = &busy_cases[i];
		struct profile *profile = sample_start("w.ruchy");
		struct report *report;

		profile->runs = 1;
		sample_fn(profile, "main", 1, 2, 1)->samples_self = 1000;
		sample_sampling(profile, 1, 1000, 0);
		sample_runs(&profile->wall[PROFILE_PLAIN], 1, 100000000);
		sample_runs(&profile->cpu[PROFILE_PLAIN], 1, t->cpu_ns);
		if (t->queued_ns != PROFILE_ABSENT)
			sample_runs(&profile->queued[PROFILE_PLAIN], 1, t->queued_ns);
		report = report_new(profile);
		assert_true(t->blocked_ns < 0 ? report->blocked_ns < 0 : near(report->blocked_ns, t->blocked_ns));
		assert_int_equal(advice_of(report, "waiting") != NULL, t->blocked);
		assert_int_equal(advice_of(report, "busy-machine") != NULL, t->busy);
		report_free(report);
		profile_free(profile);
	}
}

/* Two runs of: main calls nap, which sleeps for 200 ms, and burn, which computes for 100 ms. */
static struct profile *napping(uint64_t queued_ns)
{
	static const struct {
		const char *name;
		uint64_t self_ns, total_ns, self, total; /* clock of both runs; samples */
	} fns[] = {
	    {"burn", 200000000, 200000000, 1000, 1000},
	    {"main", 100000, 600200000, 0, 1000},
	    {"nap", 400000000, 400000000, 0, 0},
	};
	struct profile *p = sample_start("nap.ruchy");

	p->runs = 2;
	for (size_t i = 0; i < 3; i++) {
		struct profile_fn *fn = sample_fn(p, fns[i].name, (uint32_t)i + 1, (uint32_t)i + 1, 2);

		fn->clock_self_ns = fns[i].self_ns;
		fn->clock_total_ns = fns[i].total_ns;
		fn->clock_spans = 2;
		fn->samples_self = fns[i].self;
		fn->samples_total = fns[i].total;
	}
	sample_edge(p, 1, 0, 2, 2);
	sample_edge(p, 1, 2, 2, 2);
	sample_sampling(p, 2, 1000, 0);
	for (size_t kind = 0; kind < PROFILE_RUN_KINDS; kind++) {
		sample_runs(&p->wall[kind], 2, 300100000 + queued_ns);
		sample_runs(&p->cpu[kind], 2, 100000000);
		sample_runs(&p->queued[kind], 2, queued_ns);
	}
	return p;
}

static void test_blocked(void **state)
{
	struct profile *profile = napping(0);
	struct report *report = report_new(profile);

	(void)state;
	assert_true(near(row_of(report, "nap").blocked_ns, 200000000));
	assert_true(near(row_of(report, "main").blocked_ns, 200100000));
	assert_true(row_of(report, "burn").blocked_ns == 0);
	/* main is blocked because nap is */
	assert_non_null(advice_of(report, "waiting"));
	assert_string_equal(profile->fns[advice_of(report, "waiting")->fn].name, "nap");
	report_free(report);
	/* The clock of burn ran on while it waited for a CPU: no blocking. */
	profile->fns[0].clock_self_ns = profile->fns[0].clock_total_ns = 300000000;
	profile->queued[PROFILE_INSTRUMENTED].sum_ns = 100000000;
	report = report_new(profile);
	assert_true(row_of(report, "burn").blocked_ns == 0);
	report_free(report);
	/* Without that knowledge nothing is claimed. */
	profile->queued[PROFILE_INSTRUMENTED].n = 0;
	report = report_new(profile);
	assert_true(row_of(report, "nap").blocked_ns < 0);
	report_free(report);
	profile_free(profile);
}

static void test_share_error(void **state)
{
	(void)state;
	assert_true(report_share_error(0, 0) == 100);
	assert_true(report_share_error(0, 1000) > 0 && report_share_error(0, 1000) < 0.5);
	assert_true(report_share_error(1000, 1000) > 0);
	assert_true(fabs(report_share_error(500, 1000) - 3.1) < 0.05);
	assert_true(report_share_error(UINT64_MAX, UINT64_MAX) >= 0);
}

/* ---- hot spots ---- */

struct spot_case {
	const char *name;
	struct {
		uint32_t line;
		uint64_t samples;
	} lines[8]; /* of a function at 10-50, out of 1000 */
	size_t spots;
	uint32_t from, to; /* of the first */
	double percent;
};

static const struct spot_case spot_cases[] = {
    {"one line", {{12, 1000}}, 1, 12, 12, 100},
    {"neighbours merge", {{12, 400}, {13, 300}, {16, 300}}, 1, 12, 16, 100},
    {"far lines do not", {{12, 600}, {16, 400}}, 2, 12, 12, 60},
    {"cold lines do not lengthen", {{12, 990}, {15, 4}, {18, 6}}, 1, 12, 12, 99},
    {"cool stretches are left out", {{12, 900}, {30, 100}}, 1, 12, 12, 90},
    {"scattered: the whole function", {{12, 90}, {18, 90}, {24, 90}, {30, 90}}, 1, 10, 50, 100},
    {"no lines: the whole function", {{0, 0}}, 1, 10, 50, 100},
    {"lines of elsewhere do not count", {{3, 900}, {60, 900}}, 1, 10, 50, 100},
    {"the hottest comes first", {{12, 200}, {30, 800}}, 2, 30, 30, 80},
};

static void test_hotspots(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spot_cases) / sizeof(spot_cases[0]); i++) {
		const struct spot_case *c = &spot_cases[i];
		struct profile *profile = sample_start("h.ruchy");
		struct report *report;

		profile->runs = 1;
		sample_fn(profile, "f", 10, 50, 1)->samples_self = 1000;
		sample_sampling(profile, 1, 1000, 0);
		sample_runs(&profile->wall[PROFILE_PLAIN], 1, 1000000);
		for (size_t l = 0; l < 8 && c->lines[l].line > 0; l++)
			sample_line(profile, 0, c->lines[l].line, PROFILE_ABSENT, c->lines[l].samples);
		report = report_new(profile);
		if (report->hotspot_count != c->spots || report->hotspots[0].from != c->from || report->hotspots[0].to != c->to ||
		    !near(report->hotspots[0].percent, c->percent))
			fail_msg("%s: %zu spots, first %u-%u %g%%", c->name, report->hotspot_count, (unsigned)report->hotspots[0].from,
				 (unsigned)report->hotspots[0].to, report->hotspots[0].percent);
		assert_null(report->hotspots[0].note);
		report_free(report);
		profile_free(profile);
	}
}

static void test_notes(void **state)
{
	struct profile *profile = sample_fibonacci();
	struct report *report = report_new(profile);

	(void)state;
	assert_string_equal(report->hotspots[0].note, "recursive calls");
	report_free(report);
	profile_free(profile);
	profile = sample_inexact();
	report = report_new(profile);
	assert_string_equal(report->hotspots[0].note, "loop");
	assert_null(report->hotspots[1].note);
	report_free(report);
	profile_free(profile);
}

/* ---- advice ---- */

static struct profile *sample_frugal(void)
{
	struct profile *p = sample_start("frugal.ruchy");

	p->runs = p->memory_runs = 2;
	sample_text(&p->memory, "counted");
	p->outside = (struct profile_memory){.allocations = 4, .bytes = 1096, .leaked = 2, .leaked_bytes = 1088};
	sample_fn(p, "main", 1, 2, 2);
	return p;
}

struct advice_case {
	const char *name, *id;
	struct profile *(*make)(void);
	const char *evidence; /* part of it; NULL = the rule is silent */
};

static const struct advice_case advice_cases[] = {
    {"branching recursion", "memoization", sample_fibonacci, "29,860,703 calls with 36 distinct arguments"},
    {"no recursion", "memoization", sample_many, NULL},
    {"dominant", "dominant", sample_fibonacci, "99.9%"},
    {"nothing dominates", "dominant", sample_many, NULL},
    {"never called", "never-called", sample_fibonacci, "unused"},
    {"all called", "never-called", sample_clock, NULL},
    {"counts that lack threads do not say never", "never-called", sample_inexact, NULL},
    {"inlined", "inlined", sample_fibonacci, "square"},
    {"not inlined", "inlined", sample_clock, NULL},
    {"threads lost", "counts-inexact", sample_inexact, "2 threads"},
    {"none lost", "counts-inexact", sample_fibonacci, NULL},
    {"killed", "unfinished", sample_failed, "1 of 3 runs"},
    {"none killed", "unfinished", sample_fibonacci, NULL},
    {"panic", "program-failed", sample_failed, "exit status 101, 3 runs"},
    {"success", "program-failed", sample_fibonacci, NULL},
    {"same calls", "counts-agree", sample_fibonacci, "3 runs"},
    {"other calls", "counts-agree", sample_failed, NULL},
    {"one run agrees with nothing", "counts-agree", sample_inexact, NULL},
    {"slow counting", "overhead", sample_inexact, "1.80"},
    {"fast counting", "overhead", sample_fibonacci, NULL},
    {"standard output alone", "no-allocations", sample_fibonacci, "1 allocation of 1,024 bytes a run"},
    {"nothing allocated", "no-allocations", sample_frugal, "0 allocations in 1 function, 2 runs"},
    {"some allocated", "no-allocations", sample_many, NULL},
    {"not counted, which is not nothing", "no-allocations", sample_clock, NULL},
    {"threads missing", "no-allocations", sample_inexact, NULL},
    {"never freed", "leaks", sample_many, "8,800,000 bytes in 11 blocks, 800,000 bytes of them from"},
    {"all freed", "leaks", sample_fibonacci, NULL},
    {"leaks of threads that are missing", "leaks", sample_inexact, NULL},
    {"growing", "growing", sample_many, "1,910,057 allocations, "},
    {"growing is not said twice", "many-allocations", sample_many, NULL},
    {"few allocations", "many-allocations", sample_fibonacci, NULL},
};

static void test_advice(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(advice_cases) / sizeof(advice_cases[0]); i++) {
		const struct advice_case *c = &advice_cases[i];
		struct profile *profile = c->make();
		struct report *report = report_new(profile);
		const struct report_advice *advice = advice_of(report, c->id);

		if ((advice != NULL) != (c->evidence != NULL))
			fail_msg("%s: %s", c->name, advice ? "spoke" : "silent");
		if (advice && !strstr(advice->evidence, c->evidence))
			fail_msg("%s: %s", c->name, advice->evidence);
		for (size_t a = 0; a < report->advice_count; a++) {
			assert_true(*report->advice[a].message);
			assert_true(*report->advice[a].evidence);
		}
		report_free(report);
		profile_free(profile);
	}
}

/* One function `f` and main, half a second of samples: what a rule makes of one more fact. */
struct rule_case {
	const char *name, *id;
	void (*change)(struct profile *p, struct profile_fn *f);
	const char *evidence; /* part of it; NULL = the rule is silent */
};

static struct profile *sample_plain(void)
{
	struct profile *p = sample_start("r.ruchy");
	struct profile_fn *f;

	p->runs = p->memory_runs = 1;
	sample_text(&p->memory, "counted");
	f = sample_fn(p, "f", 1, 9, 100000);
	f->samples_self = f->samples_total = 500;
	sample_fn(p, "main", 11, 15, 1)->samples_total = 1000;
	p->fns[1].samples_self = 500;
	profile_times_add(&p->wall[PROFILE_PLAIN], 500000000);
	profile_times_add(&p->cpu[PROFILE_PLAIN], 500000000);
	sample_sampling(p, 1, 1000, 0);
	p->memory_runs = 1;
	return p;
}

static void memo(struct profile *p, struct profile_fn *f)
{
	(void)p;
	f->flags |= PROFILE_RECURSIVE | PROFILE_PURE;
	f->argument_calls = 100000;
	f->argument_values = 50;
}

static void memo_estimated(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->argument_values = 9000;
	f->argument_error = 290;
}

static void memo_uncertain(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->argument_values = 9900;
	f->argument_error = 320;
}

static void memo_impure(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->flags &= ~(uint32_t)PROFILE_PURE;
}

static void memo_uncounted(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->argument_calls = f->argument_values = 0;
}

static void memo_distinct(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->argument_values = 50000;
}

static void memo_cold(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->samples_self = f->samples_total = 50;
	p->fns[1].samples_self = 950;
}

/* 250 ms / 100,000 calls = 2.5 us each. */
static void memo_slow(struct profile *p, struct profile_fn *f)
{
	memo(p, f);
	f->flags = PROFILE_PURE;
}

static void memo_brief(struct profile *p, struct profile_fn *f)
{
	memo_slow(p, f);
	f->calls = f->calls_min = f->calls_max = f->argument_calls = 1000000;
}

static void deep(struct profile *p, struct profile_fn *f)
{
	(void)p;
	f->deepest = 40000;
	f->stack_used = 6000000;
	f->stack_size = 8388608;
}

static void shallow(struct profile *p, struct profile_fn *f)
{
	deep(p, f);
	f->stack_used = 4000000;
}

static void deep_unmeasured(struct profile *p, struct profile_fn *f)
{
	deep(p, f);
	f->stack_size = 0;
}

static void lock_step(struct profile *p, struct profile_fn *f)
{
	(void)f;
	p->threads = 5;
	p->cpus = 4;
	p->idle_percent = 290;
}

static void one_cpu(struct profile *p, struct profile_fn *f)
{
	lock_step(p, f);
	p->cpus = 1;
}

static void busy_cpus(struct profile *p, struct profile_fn *f)
{
	lock_step(p, f);
	p->idle_percent = 20;
}

static void two_threads(struct profile *p, struct profile_fn *f)
{
	lock_step(p, f);
	p->threads = 2;
}

static void parallel(struct profile *p, struct profile_fn *f)
{
	lock_step(p, f);
	profile_times_add(&p->wall[PROFILE_PLAIN], 200000000);
	profile_times_add(&p->cpu[PROFILE_PLAIN], 600000000);
}

static void loop_allocations(struct profile *p, struct profile_fn *f)
{
	f->calls = f->calls_min = f->calls_max = 10;
	f->memory.allocations = f->memory.bytes = 20000;
	sample_line(p, 0, 4, 20000, 0);
}

static void many_calls(struct profile *p, struct profile_fn *f)
{
	loop_allocations(p, f);
	f->calls = f->calls_min = f->calls_max = 20000;
}

static void few_allocations(struct profile *p, struct profile_fn *f)
{
	loop_allocations(p, f);
	f->memory.allocations = 9000;
}

static void allocations_not_counted(struct profile *p, struct profile_fn *f)
{
	loop_allocations(p, f);
	p->memory_runs = 0;
	f->memory = (struct profile_memory){0};
}

static void growing(struct profile *p, struct profile_fn *f)
{
	loop_allocations(p, f);
	f->memory.reallocations = 11000;
}

/* A line that allocates, of one run. */
static void add_site(struct profile *p, uint32_t line, uint64_t allocations, uint64_t reallocations, uint64_t soon)
{
	p->sites = xrealloc(p->sites, p->site_count + 1, sizeof *p->sites);
	p->sites[p->site_count++] = (struct profile_site){.line = line,
							  .memory = {.allocations = allocations * p->memory_runs,
								     .bytes = allocations * p->memory_runs,
								     .reallocations = reallocations * p->memory_runs},
							  .ended = soon * p->memory_runs,
							  .soon = soon * p->memory_runs};
}

static void short_lived(struct profile *p, struct profile_fn *f)
{
	many_calls(p, f);
	add_site(p, 3, 11000, 0, 10500);
	add_site(p, 4, 12000, 0, 11500);
}

static void long_lived(struct profile *p, struct profile_fn *f)
{
	many_calls(p, f);
	add_site(p, 4, 20000, 0, 15000);
}

static void short_but_regrown(struct profile *p, struct profile_fn *f)
{
	many_calls(p, f);
	add_site(p, 4, 20000, 19000, 1000);
}

static void grown_on_a_line(struct profile *p, struct profile_fn *f)
{
	growing(p, f);
	add_site(p, 2, 9000, 0, 0);
	add_site(p, 4, 11000, 11000, 0);
}

static void copy_sampled(struct profile *p, struct profile_fn *f)
{
	f->memory.allocations = f->memory.bytes = 31000;
	sample_line(p, 0, 5, PROFILE_ABSENT, 200);
	p->lines[p->line_count - 1].copies = PROFILE_COPY_CLONE;
}

static void copy_cold(struct profile *p, struct profile_fn *f)
{
	copy_sampled(p, f);
	p->lines[0].samples = 20;
}

static void hot_without_copy(struct profile *p, struct profile_fn *f)
{
	copy_sampled(p, f);
	p->lines[0].copies = 0;
}

static void copy_of_numbers(struct profile *p, struct profile_fn *f)
{
	copy_sampled(p, f);
	f->memory.allocations = f->memory.bytes = 100;
}

static void copy_too_often(struct profile *p, struct profile_fn *f)
{
	copy_sampled(p, f);
	p->lines[0].count = 90000;
}

static void copy_allocates(struct profile *p, struct profile_fn *f)
{
	f->memory.allocations = f->memory.bytes = 31000;
	sample_line(p, 0, 5, 30000, 0);
	p->lines[0].copies = PROFILE_COPY_CLONE | PROFILE_COPY_TO_STRING;
}

/* As of a clone of an i32. */
static void copy_allocates_nothing(struct profile *p, struct profile_fn *f)
{
	copy_allocates(p, f);
	f->memory.allocations = f->memory.bytes = 3;
}

static void not_taken(struct profile *p, struct profile_fn *f)
{
	(void)f;
	sample_line(p, 0, 2, 100000, 0);
	sample_line(p, 0, 4, 0, 0);
	sample_line(p, 0, 5, 0, 0);
	sample_line(p, 0, 8, 0, 0);
}

static void nothing_ran(struct profile *p, struct profile_fn *f)
{
	not_taken(p, f);
	p->lines[0].count = 0;
}

static void taken(struct profile *p, struct profile_fn *f)
{
	not_taken(p, f);
	for (size_t i = 1; i < 4; i++)
		p->lines[i].count = i == 1 ? PROFILE_ABSENT : 1;
}

static void not_called(struct profile *p, struct profile_fn *f)
{
	not_taken(p, f);
	f->calls = f->calls_min = f->calls_max = 0;
}

static void recursive(struct profile *p, struct profile_fn *f)
{
	(void)p;
	f->flags |= PROFILE_RECURSIVE;
}

static void recursive_allocates(struct profile *p, struct profile_fn *f)
{
	recursive(p, f);
	f->memory.allocations = f->memory.bytes = 1;
}

static void recursive_uncounted(struct profile *p, struct profile_fn *f)
{
	recursive(p, f);
	p->memory_runs = 0;
}

static void nothing(struct profile *p, struct profile_fn *f)
{
	(void)p;
	(void)f;
}

static const struct rule_case rule_cases[] = {
    {"pure, the same arguments", "memoization", memo, "100,000 calls with 50 distinct arguments"},
    {"their number estimated", "memoization", memo_estimated, "some 9,000 distinct arguments, within 3.2%"},
    {"enough within the error only", "memoization", memo_uncertain, NULL},
    {"not pure", "memoization", memo_impure, NULL},
    {"arguments not counted", "memoization", memo_uncounted, NULL},
    {"other arguments each time", "memoization", memo_distinct, NULL},
    {"no time to gain", "memoization", memo_cold, NULL},
    {"no recursion, but long calls", "memoization", memo_slow, "100,000 calls with 50"},
    {"no recursion, brief calls", "memoization", memo_brief, NULL},
    {"deep", "deep-recursion", deep, "40,000 calls deep, 6.0 of 8.4 MB"},
    {"not deep", "deep-recursion", shallow, NULL},
    {"stack not measured", "deep-recursion", deep_unmeasured, NULL},
    {"one after another", "lock-step", lock_step, "5 threads at once used 1.00 of 4 CPUs, while 2.9 were idle"},
    {"one CPU", "lock-step", one_cpu, NULL},
    {"no CPU was free", "lock-step", busy_cpus, NULL},
    {"main waits for one thread", "lock-step", two_threads, NULL},
    {"side by side", "lock-step", parallel, NULL},
    {"threads not known", "lock-step", nothing, NULL},
    {"allocates in a loop", "loop-allocation", loop_allocations, "20,000 allocations, 2000 a call"},
    {"allocates once a call", "loop-allocation", many_calls, NULL},
    {"allocates once a call", "many-allocations", many_calls, "20,000 allocations, 1.0 a call"},
    {"a loop is not said twice", "many-allocations", loop_allocations, NULL},
    {"allocates seldom", "loop-allocation", few_allocations, NULL},
    {"allocations not counted", "loop-allocation", allocations_not_counted, NULL},
    {"short-lived", "short-lived", short_lived, "11,500 of its 12,000 blocks"},
    {"short-lived is not said twice", "many-allocations", short_lived, NULL},
    {"not short-lived", "short-lived", long_lived, NULL},
    {"not short-lived", "many-allocations", long_lived, "20,000 allocations"},
    {"not by line", "short-lived", many_calls, NULL},
    {"regrown, not short-lived", "short-lived", short_but_regrown, NULL},
    {"growing on a line", "growing", grown_on_a_line, "20,000 allocations, 2000 a call"},
    {"growing", "growing", growing, "20,000 allocations, 2000 a call, 55% of them reallocations"},
    {"a loop that grows nothing", "growing", loop_allocations, NULL},
    {"a copy with samples", "inserted-copy", copy_sampled, "20.0% of the time on it"},
    {"a copy without cost", "inserted-copy", copy_cold, NULL},
    {"cost without a copy", "inserted-copy", hot_without_copy, NULL},
    {"a copy in a function that does not allocate", "inserted-copy", copy_of_numbers, NULL},
    {"a copy that runs more often than its function allocates", "inserted-copy", copy_too_often, NULL},
    {"a copy that allocates", "inserted-copy", copy_allocates, "the line ran 30,000 times"},
    {"a copy of a number", "inserted-copy", copy_allocates_nothing, NULL},
    {"branches not taken", "never-taken", not_taken, "3 lines: f:4-5, f:8"},
    {"no line of it counted", "never-taken", nothing_ran, NULL},
    {"all taken, or not counted", "never-taken", taken, NULL},
    {"of a function that was not called", "never-taken", not_called, NULL},
    {"recursion on the stack", "stack-only", recursive, "0 allocations in 100,000 calls of 1 recursive function"},
    {"recursion that allocates", "stack-only", recursive_allocates, NULL},
    {"no recursion", "stack-only", nothing, NULL},
    {"recursion, allocations not counted", "stack-only", recursive_uncounted, NULL},
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rule_cases) / sizeof(rule_cases[0]); i++) {
		const struct rule_case *c = &rule_cases[i];
		struct profile *profile = sample_plain();
		const struct report_advice *advice;
		struct report *report;
		struct err err = {0};

		c->change(profile, &profile->fns[0]);
		if (profile_check(profile, c->name, &err) != 0)
			fail_msg("%s: %s", c->name, err.what);
		report = report_new(profile);
		advice = advice_of(report, c->id);
		if ((advice != NULL) != (c->evidence != NULL))
			fail_msg("%s: %s", c->name, advice ? advice->evidence : "silent");
		if (advice && !strstr(advice->evidence, c->evidence))
			fail_msg("%s: %s", c->name, advice->evidence);
		report_free(report);
		profile_free(profile);
	}
}

/* docs/recommendations.md has the table of rules, word by word. */
static void test_rules_documented(void **state)
{
	static const char *const levels[] = {[REPORT_OK] = "ok", [REPORT_NOTE] = "note", [REPORT_WARNING] = "warning"};
	struct err err = {0};
	size_t size, rows = 0;
	char *page = fs_read(TESTS "/../docs/recommendations.md", 0, &size, &err);

	(void)state;
	assert_non_null(page);
	for (const struct advice_rule *rule = advice_rules; rule->id; rule++, rows++) {
		char *row = xasprintf("\n| `%s` | %s | %s | %s |\n", rule->id, levels[rule->level], rule->evidence, rule->when);

		if (!strstr(page, row))
			fail_msg("not in docs/recommendations.md: %s", row);
		free(row);
	}
	for (const char *at = strstr(page, "\n| `"); at; at = strstr(at + 1, "\n| `"))
		rows--;
	assert_int_equal(rows, 0);
	free(page);
}

/* A chain of calls as long as memory allows, closed to one cycle, must not end the stack. */
static void test_long_cycle(void **state)
{
	enum { LENGTH = 100000 };
	struct profile *profile = sample_start("long.ruchy");
	struct report *report;

	(void)state;
	profile->runs = 1;
	profile->fns = xcalloc(LENGTH, sizeof(*profile->fns));
	profile->edges = xcalloc(LENGTH, sizeof(*profile->edges));
	profile->fn_count = profile->edge_count = LENGTH;
	for (uint32_t i = 0; i < LENGTH; i++) {
		profile->fns[i] = (struct profile_fn){.name = xstrdup("f"), .flags = PROFILE_RECURSIVE, .calls = 1};
		profile->edges[i] = (struct profile_edge){.caller = i, .callee = (i + 1) % LENGTH, .calls = 1};
	}
	report = report_new(profile);
	assert_int_equal(report->fn_count, LENGTH);
	report_free(report);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shares),
	    cmocka_unit_test(test_recursion_stays_within),
	    cmocka_unit_test(test_calls),
	    cmocka_unit_test(test_few_samples),
	    cmocka_unit_test(test_clock_off),
	    cmocka_unit_test(test_waiting),
	    cmocka_unit_test(test_share_error),
	    cmocka_unit_test(test_hotspots),
	    cmocka_unit_test(test_notes),
	    cmocka_unit_test(test_advice),
	    cmocka_unit_test(test_long_cycle),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_rules_documented),
	    cmocka_unit_test(test_busy_machine),
	    cmocka_unit_test(test_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
