/*
 * Recommendations: a table of rules. A rule looks at the report and adds advice with the numbers that led to it, or stays silent.
 * To add one: write a function of type `rule`, add its name to rules[], in the order in which a reader should meet them.
 */
#include "analyze.h"
#include "strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMINANT_PERCENT   90.0
#define RECURSION_PER_CALL 1000.0    /* calls made by one call from outside, from which on it is worth a word */
#define STACK_FRAMES	   1000000.0 /* deeper than any stack goes: so many calls from one must be a tree */
#define MEMO_PERCENT	   10.0
#define WAITING_SHARE	   0.2
#define OVERHEAD_HIGH	   1.5
#define SPREAD_PERCENT	   5.0
#define STDOUT_BYTES	   1024 /* of the buffer that the first use of standard output makes */
#define LEAK_BYTES	   65536
#define OFTEN		   10000 /* allocations of one function in a run */
#define NAME_BYTES	   60
#define NAMES_LISTED	   8

struct context {
	struct report *report;
	const struct profile *p;
	const struct analyze_cycles *cycles;
};
typedef void rule(const struct context *c);

/* Takes both texts. */
static void add(const struct context *c, const char *id, enum report_level level, uint32_t fn, char *message, char *evidence)
{
	struct report *report = c->report;

	report->advice = xrealloc(report->advice, report->advice_count + 1, sizeof(*report->advice));
	report->advice[report->advice_count++] =
	    (struct report_advice){.id = id, .level = level, .fn = fn, .message = message, .evidence = evidence};
}

/* "1 run", "2 runs". */
static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* A name that may be of any length, as a part of a sentence; whole UTF-8 characters are kept. */
static void put_name(struct strbuf *out, const char *name)
{
	size_t size = strlen(name);

	if (size > NAME_BYTES) {
		for (size = NAME_BYTES; size > 0 && ((unsigned char)name[size] & 0xc0) == 0x80; size--)
			;
		strbuf_add(out, name, size);
		strbuf_puts(out, "...");
		return;
	}
	strbuf_add(out, name, size);
}

static char *name_of(const struct context *c, uint32_t fn)
{
	struct strbuf out = STRBUF_INIT;

	put_name(&out, c->p->fns[fn].name);
	return strbuf_take(&out);
}

/* 29860703 as 29,860,703. */
static void put_count(struct strbuf *out, uint64_t n)
{
	char digits[32];
	int size = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			strbuf_add(out, ",", 1);
		strbuf_add(out, &digits[i], 1);
	}
}

static char *count_text(uint64_t n)
{
	struct strbuf out = STRBUF_INIT;

	put_count(&out, n);
	return strbuf_take(&out);
}

static void lost_threads(const struct context *c)
{
	if (c->p->lost_threads == 0)
		return;
	add(c, "counts-inexact", REPORT_WARNING, PROFILE_NONE,
	    xstrdup("Counts are too low: some threads found no room for their counters. "
		    "Give RUCHY_PROF_FILE a directory with free space and run again"),
	    xasprintf("%" PRIu64 " thread%s not counted", c->p->lost_threads, plural(c->p->lost_threads)));
}

static void unfinished(const struct context *c)
{
	if (c->p->unfinished_runs == 0)
		return;
	add(c, "unfinished", REPORT_WARNING, PROFILE_NONE,
	    xstrdup("Counts of runs that did not reach their end hold up to the moment at which they stopped"),
	    xasprintf("%" PRIu64 " of %" PRIu64 " run%s killed, aborted or still running", c->p->unfinished_runs, c->p->runs,
		      plural(c->p->runs)));
}

static void failed(const struct context *c)
{
	uint64_t status = c->p->exit_status, n = c->p->failed_runs;
	char *how;

	if (n == 0)
		return;
	if (status > 128 && status < 128 + NSIG && sigabbrev_np((int)status - 128))
		how = xasprintf("exit status %" PRIu64 " (128 + SIG%s)", status, sigabbrev_np((int)status - 128));
	else
		how = xasprintf("exit status %" PRIu64, status);
	add(c, "program-failed", REPORT_WARNING, PROFILE_NONE, xstrdup("The program failed: this is the profile of a run that went wrong"),
	    xasprintf("%s, %" PRIu64 " run%s", how, n, plural(n)));
	free(how);
}

static void few_samples(const struct context *c)
{
	const struct report *r = c->report;
	const char *message;

	if (c->p->sample_runs == 0 || r->samples >= ANALYZE_MIN_SAMPLES)
		return;
	if (r->samples == 0)
		message = "No sample fell into the program: times are from the clock, if it ran";
	else if (r->source == REPORT_SAMPLES)
		message = "Too few samples for more than a rough idea of the shares: use more --iterations or a longer input";
	else
		message = "Too few samples: times are from the clock. Use more --iterations or a longer input";
	add(c, "few-samples", REPORT_NOTE, PROFILE_NONE, xstrdup(message),
	    xasprintf("%" PRIu64 " sample%s in %" PRIu64 " run%s, %d wanted", r->samples, plural(r->samples), c->p->sample_runs,
		      plural(c->p->sample_runs), ANALYZE_MIN_SAMPLES));
}

static void noisy(const struct context *c)
{
	const struct profile_times *plain = &c->p->wall[PROFILE_PLAIN];
	double lo, hi, spread;

	if (plain->n < 3 || c->report->plain_ns <= 0)
		return;
	profile_times_ci95(plain, &lo, &hi);
	spread = 50 * (hi - lo) / c->report->plain_ns;
	if (spread <= SPREAD_PERCENT)
		return;
	add(c, "noisy", REPORT_NOTE, PROFILE_NONE,
	    xstrdup("Run times differ much: close what else is running, or use more --iterations, before comparing them"),
	    xasprintf("mean known within %.0f%%, slowest run %.1f times the fastest", spread,
		      (double)plain->max_ns / fmax((double)plain->min_ns, 1)));
}

static void overhead(const struct context *c)
{
	if (c->report->overhead <= OVERHEAD_HIGH)
		return;
	add(c, "overhead", REPORT_NOTE, PROFILE_NONE,
	    xstrdup(c->report->source == REPORT_CLOCK
			? "Counting slows this program down, so shares from its clock lean towards functions that call much"
			: "Counting slows this program down; counts are not affected, and times are of the plain build"),
	    xasprintf("instrumented build %.2f times the plain one", c->report->overhead));
}

static bool is_long_wait(const struct report *r, double ns)
{
	return ns > WAITING_SHARE * r->plain_ns && ns >= 2e6;
}

static char *part_of_wall(const struct report *r, double ns)
{
	return xasprintf("%.0f%% of the wall time: %.1f of %.1f ms", 100 * ns / r->plain_ns, ns / 1e6, r->plain_ns / 1e6);
}

/* Calls something that was blocked for most of the time that it was blocked itself. */
static bool is_only_above(const struct context *c, const struct report_fn *row)
{
	for (size_t i = 0; i < c->p->edge_count; i++) {
		const struct profile_edge *edge = &c->p->edges[i];
		const struct report_fn *callee =
		    edge->caller == row->fn && edge->callee != row->fn ? analyze_row(c->report, edge->callee) : NULL;

		if (callee && callee->blocked_ns > row->blocked_ns / 2 && callee->blocked_ns <= row->blocked_ns * 1.05)
			return true;
	}
	return false;
}

static const struct report_fn *most_blocked(const struct context *c)
{
	const struct report_fn *best = NULL;

	for (size_t i = 0; i < c->report->fn_count; i++) {
		const struct report_fn *row = &c->report->fns[i];

		if (row->blocked_ns > 0 && (!best || row->blocked_ns > best->blocked_ns) && !is_only_above(c, row))
			best = row;
	}
	return best;
}

static void blocked(const struct context *c)
{
	const struct report *r = c->report;
	const struct report_fn *most = most_blocked(c);
	char *name;

	if (r->blocked_ns < 0 || !is_long_wait(r, r->blocked_ns))
		return;
	name = most ? name_of(c, most->fn) : NULL;
	add(c, "waiting", REPORT_NOTE, most ? most->fn : PROFILE_NONE,
	    xasprintf("Much of the time the program was blocked (sleep, input and output, locks)%s%s: faster code will not shorten that",
		      name ? ", above all in " : "", name ? name : ""),
	    part_of_wall(r, r->blocked_ns));
	free(name);
}

static void queued(const struct context *c)
{
	const struct report *r = c->report;

	if (r->queued_ns >= 0 && is_long_wait(r, r->queued_ns))
		add(c, "busy-machine", REPORT_NOTE, PROFILE_NONE,
		    xstrdup("The machine was busy: the program was ready to run but had to wait for a CPU, so wall times are too long"),
		    part_of_wall(r, r->queued_ns));
}

/* With threads the kernel does not tell the two apart. */
static void waiting(const struct context *c)
{
	const struct report *r = c->report;

	if (r->blocked_ns >= 0 || !is_long_wait(r, r->waiting_ns))
		return;
	add(c, "waiting", REPORT_NOTE, PROFILE_NONE,
	    xstrdup(
		"Much of the time no CPU was used (sleep, input and output, locks, or a busy machine): faster code will not shorten that"),
	    part_of_wall(r, r->waiting_ns));
}

static void dominant(const struct context *c)
{
	const struct report_fn *row = c->report->fns;
	double gain;
	char *name;

	/* With one function there is nothing else that could be meant. */
	if (c->report->fn_count < 2 || row->self_percent <= DOMINANT_PERCENT)
		return;
	name = name_of(c, row->fn);
	gain = 100 - row->self_percent;
	add(c, "dominant", REPORT_NOTE, row->fn,
	    gain < 0.05 ? xasprintf("Start with %s: nothing else takes time", name)
			: xasprintf("Start with %s: all the rest together cannot gain more than %.1f%%", name, gain),
	    xasprintf("%.1f%% of the time", row->self_percent));
	free(name);
}

/* Executions of a line of `fn`, 0 when not counted. Lines are sorted by line, then function. */
static uint64_t line_count(const struct profile *p, uint32_t fn, uint32_t line)
{
	size_t lo = 0, hi = p->line_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct profile_line *at = &p->lines[mid];

		if (at->line == line && at->fn == fn)
			return at->count == PROFILE_ABSENT ? 0 : at->count;
		if (at->line < line || (at->line == line && at->fn < fn))
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

/* The most calls of `fn` to itself for one execution of the line they are on; negative when lines were not counted. */
static double branching(const struct profile *p, uint32_t fn)
{
	size_t lo = 0, hi = p->edge_count;
	double most = -1;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->edges[mid].caller < fn)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = lo; i < p->edge_count && p->edges[i].caller == fn; i++) {
		uint64_t count = p->edges[i].callee == fn ? line_count(p, fn, p->edges[i].line) : 0;

		if (count > 0)
			most = fmax(most, (double)p->edges[i].calls / (double)count);
	}
	return most;
}

/* A recursion that branches makes calls without end out of few; where the same arguments return, a table of results saves them. */
static void recursion(const struct context *c)
{
	for (size_t i = 0; i < c->report->fn_count; i++) {
		const struct report_fn *row = &c->report->fns[i];
		const struct profile_fn *fn = &c->p->fns[row->fn];
		uint64_t inner = c->cycles->inner[row->fn];
		uint64_t outer = fn->calls > inner ? fn->calls - inner : 0, runs = 1;
		double per_call, branches;
		char *name, *calls, *from;

		if (row->self_percent >= 0 && row->self_percent < MEMO_PERCENT)
			continue;
		if (!(fn->flags & PROFILE_RECURSIVE) || outer == 0 || c->p->runs == 0)
			continue;
		per_call = (double)fn->calls / (double)outer;
		if (per_call < RECURSION_PER_CALL)
			continue;
		branches = branching(c->p, row->fn);
		if (branches >= 0 ? branches < 1.5 : per_call < STACK_FRAMES)
			continue;
		name = name_of(c, row->fn);
		/* Like the table: of one run, unless runs differ. */
		if (outer % c->p->runs == 0 && fn->calls % c->p->runs == 0)
			runs = c->p->runs;
		calls = count_text(fn->calls / runs);
		from = count_text(outer / runs);
		add(c, "memoization", REPORT_WARNING, row->fn,
		    xasprintf("Consider memoization of %s, if it is pure and meets the same arguments again", name),
		    xasprintf("%s calls from %s outer call%s%s", calls, from, plural(outer / runs),
			      branches >= 1.5 ? ", each branching" : ""));
		free(name);
		free(calls);
		free(from);
	}
}

/* Adds advice that names the functions of `list`, up to a readable number. */
static void add_list(const struct context *c, const char *id, const char *message, const uint32_t *list, size_t count, size_t of)
{
	struct strbuf names = STRBUF_INIT;

	strbuf_printf(&names, "%zu of %zu: ", count, of);
	for (size_t i = 0; i < count && i < NAMES_LISTED; i++) {
		if (i > 0)
			strbuf_puts(&names, ", ");
		put_name(&names, c->p->fns[list[i]].name);
	}
	if (count > NAMES_LISTED)
		strbuf_printf(&names, " and %zu more", count - NAMES_LISTED);
	add(c, id, REPORT_NOTE, count == 1 ? list[0] : PROFILE_NONE, xstrdup(message), strbuf_take(&names));
}

static void never_called(const struct context *c)
{
	uint32_t *list = xcalloc(c->p->fn_count + 1, sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; i < c->p->fn_count; i++) {
		const struct profile_fn *fn = &c->p->fns[i];

		if (fn->kind != PROFILE_INLINED && fn->kind != PROFILE_SKIPPED && !(fn->flags & PROFILE_TEST) && fn->from > 0 &&
		    fn->calls == 0 && fn->samples_total == 0)
			list[count++] = i;
	}
	if (count > 0 && c->p->runs > 0 && c->p->lost_threads == 0)
		add_list(c, "never-called", "Some functions were never called: dead code, or this input does not reach them", list, count,
			 c->p->fn_count);
	free(list);
}

static void inlined(const struct context *c)
{
	uint32_t *list = xcalloc(c->p->fn_count + 1, sizeof(*list));
	size_t count = 0;

	for (uint32_t i = 0; i < c->p->fn_count; i++)
		if (c->p->fns[i].kind == PROFILE_INLINED)
			list[count++] = i;
	if (count > 0)
		add_list(c, "inlined", "The transpiler put some functions into their callers: their time is in there, they have no calls",
			 list, count, c->p->fn_count);
	free(list);
}

static void runs_agree(const struct context *c)
{
	const struct profile *p = c->p;

	if (p->runs < 2 || p->lost_threads > 0 || p->unfinished_runs > 0 || c->report->fn_count == 0)
		return;
	for (size_t i = 0; i < c->report->fn_count; i++)
		if (c->report->fns[i].calls_vary)
			return;
	add(c, "counts-agree", REPORT_OK, PROFILE_NONE, xstrdup("Every run made exactly the same calls"),
	    xasprintf("%zu function%s, %" PRIu64 " runs", c->report->fn_count, plural(c->report->fn_count), p->runs));
}

/* Of one run, to the nearest whole number. */
static char *memory_text(const struct context *c, uint64_t sum)
{
	uint64_t runs = c->p->memory_runs, rest = sum % runs;

	return count_text(sum / runs + (rest >= runs - rest));
}

static void no_allocations(const struct context *c)
{
	const struct profile_memory *inside = &c->report->inside;
	uint64_t runs = c->p->memory_runs;

	if (runs == 0 || c->p->lost_threads > 0 || c->report->fn_count == 0)
		return;
	if (inside->allocations == 0)
		add(c, "no-allocations", REPORT_OK, PROFILE_NONE, xstrdup("No allocations detected (optimal)"),
		    xasprintf("0 allocations in %zu function%s, %" PRIu64 " run%s", c->report->fn_count, plural(c->report->fn_count), runs,
			      plural(runs)));
	else if (inside->allocations == runs && inside->largest_bytes == STDOUT_BYTES && inside->bytes == STDOUT_BYTES * runs)
		add(c, "no-allocations", REPORT_OK, PROFILE_NONE, xstrdup("No allocations detected but one buffer (optimal)"),
		    xstrdup("1 allocation of 1,024 bytes a run, which the first use of standard output makes"));
}

/* The function with the largest `value`; NULL when all have 0. */
static const struct profile_fn *most(const struct profile *p, uint64_t (*value)(const struct profile_fn *fn))
{
	const struct profile_fn *best = NULL;

	for (size_t i = 0; i < p->fn_count; i++)
		if (value(&p->fns[i]) > (best ? value(best) : 0))
			best = &p->fns[i];
	return best;
}

static uint64_t leaked_bytes(const struct profile_fn *fn)
{
	return fn->memory.leaked_bytes;
}

static uint64_t allocations(const struct profile_fn *fn)
{
	return fn->calls > 0 ? fn->memory.allocations : 0;
}

/* A run that was stopped has freed nothing of what it still used. */
static void leaks(const struct context *c)
{
	const struct profile_fn *fn = most(c->p, leaked_bytes);
	char *name, *all, *own, *blocks;

	if (fn == NULL || c->p->unfinished_runs > 0 || c->p->lost_threads > 0 ||
	    report_memory_per_run(c->p, c->report->inside.leaked_bytes) < LEAK_BYTES)
		return;
	name = name_of(c, (uint32_t)(fn - c->p->fns));
	all = memory_text(c, c->report->inside.leaked_bytes);
	own = memory_text(c, fn->memory.leaked_bytes);
	blocks = memory_text(c, c->report->inside.leaked);
	add(c, "leaks", REPORT_WARNING, (uint32_t)(fn - c->p->fns),
	    xasprintf("Memory was still allocated when the program ended: see whether %s should free it earlier, or at all", name),
	    xasprintf("%s bytes in %s blocks, %s bytes of them from %s", all, blocks, own, name));
	free(name);
	free(all);
	free(own);
	free(blocks);
}

static void many_allocations(const struct context *c)
{
	const struct profile_fn *fn = most(c->p, allocations);
	double per_call;
	char *name, *count;
	bool growing;

	if (fn == NULL || report_memory_per_run(c->p, fn->memory.allocations) < OFTEN)
		return;
	per_call = report_memory_per_run(c->p, fn->memory.allocations) / report_per_run(c->p, fn->calls);
	growing = fn->memory.reallocations >= fn->memory.allocations - fn->memory.allocations / 2;
	name = name_of(c, (uint32_t)(fn - c->p->fns));
	count = memory_text(c, fn->memory.allocations);
	add(c, "many-allocations", REPORT_NOTE, (uint32_t)(fn - c->p->fns),
	    growing
		? xasprintf("Most allocations of %s make something larger that is there: reserve its capacity before it is filled", name)
		: xasprintf("%s allocates often: reuse a buffer, or borrow instead of copying", name),
	    xasprintf("%s allocations, %.*f a call, %.0f%% of them reallocations", count, per_call < 10 ? 1 : 0, per_call,
		      100 * (double)fn->memory.reallocations / (double)fn->memory.allocations));
	free(name);
	free(count);
}

static rule *const rules[] = {
    failed,   lost_threads, unfinished,	  few_samples, noisy,	   overhead, blocked,	       queued,	       waiting,
    dominant, recursion,    never_called, inlined,     runs_agree, leaks,    many_allocations, no_allocations,
};

void analyze_advice(struct report *report, const struct analyze_cycles *cycles)
{
	struct context context = {.report = report, .p = report->profile, .cycles = cycles};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		rules[i](&context);
}
