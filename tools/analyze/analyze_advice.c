/* Recommendations: the table of rules, in the order in which a reader should meet them, and what they share. See advice.h. */
#include "advice.h"
#include "strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 60

const struct advice_rule advice_rules[] = {
    {"program-failed", REPORT_WARNING, 1, "exit status of the runs", "a run ended with a non-zero status or by a signal", advice_failed},
    {"counts-inexact", REPORT_WARNING, 1, "the runtime's own count", "a thread found no room for its counters", advice_lost_threads},
    {"unfinished", REPORT_WARNING, 1, "state in the raw file", "a run was killed, aborted or still running", advice_unfinished},
    {"few-samples", REPORT_NOTE, ANALYZE_MIN_SAMPLES, "sampled runs", "fewer than 30 samples fell into the program", advice_few_samples},
    {"noisy", REPORT_NOTE, 5, "3 plain runs", "the mean of their times is known within no more than 5 %", advice_noisy},
    {"overhead", REPORT_NOTE, 1.5, "plain and instrumented runs", "the instrumented build takes more than 1.5 times as long",
     advice_overhead},
    {"waiting", REPORT_NOTE, 20, "wall and CPU time of one thread", "it was blocked for 20 % of the wall time and 2 ms", advice_blocked},
    {"busy-machine", REPORT_NOTE, 20, "the kernel's run queue times", "it was ready without a CPU for 20 % of the wall time and 2 ms",
     advice_queued},
    {"waiting", REPORT_NOTE, 20, "wall and CPU time of several threads", "no CPU was used for 20 % of the wall time and 2 ms",
     advice_waiting},
    {"lock-step", REPORT_WARNING, 1.15, "threads, CPUs and how idle they were, wall and CPU time",
     "3 threads or more together use 1.15 CPUs at most in a run of 20 ms, not mostly blocked, while half a CPU or more was idle",
     advice_lock_step},
    {"dominant", REPORT_NOTE, 90, "self times", "one function has more than 90 % of the time", advice_dominant},
    {"memoization", REPORT_WARNING, 10, "pure by its text, calls, a run that counts its arguments",
     "a pure function that is recursive or takes 1 us has 10 % of the time and 10 calls or more for each new argument", advice_memoization},
    {"deep-recursion", REPORT_WARNING, 50, "stack used in the run that counts arguments", "a recursion used 50 % of its thread's stack",
     advice_deep_recursion},
    {"never-called", REPORT_NOTE, 0, "exact counts", "a function has no call and no sample", advice_never_called},
    {"never-taken", REPORT_NOTE, 0, "counts of lines (all of them with --lines)", "a line never ran in a function that was called",
     advice_never_taken},
    {"inlined", REPORT_NOTE, 0, "the generated Rust", "the transpiler left no code of a function", advice_inlined},
    {"counts-agree", REPORT_OK, 2, "exact counts of 2 runs", "every run made exactly the same calls", advice_runs_agree},
    {"leaks", REPORT_WARNING, 65536, "counted allocations", "64 KiB or more were never freed in a run", advice_leaks},
    {"inserted-copy", REPORT_WARNING, 10, "both texts, counted allocations, counts or samples of the line",
     "in a function with 10,000 allocations a run, a line where the transpiler added .clone() or its like ran for half of them, or has 10 "
     "% of the samples",
     advice_inserted_copy},
    {"growing", REPORT_NOTE, 1000, "counted allocations", "half of a function's allocations, and 1,000 a run, enlarge what is there",
     advice_growing},
    {"short-lived", REPORT_NOTE, 10000, "allocations by line (analyze --memory)",
     "a line makes 10,000 blocks a run of which 90 % are freed before their thread took 4,096 bytes more, and no more of them are "
     "reallocated",
     advice_short_lived},
    {"loop-allocation", REPORT_NOTE, 10000, "counted allocations, counts of lines",
     "a function makes 10,000 allocations a run: 8 or more a call on a line that runs for half of them, or 64 or more a call",
     advice_loop_allocations},
    {"many-allocations", REPORT_NOTE, 10000, "counted allocations", "a function makes 10,000 allocations a run for another reason",
     advice_many_allocations},
    {"no-allocations", REPORT_OK, 0, "counted allocations", "no function allocated, or only the buffer of standard output was",
     advice_no_allocations},
    {"stack-only", REPORT_OK, 0, "counted allocations, calls", "a recursion made none of the allocations", advice_stack_only},
    {0},
};

struct report_advice *advice_add(const struct advice_context *c, const struct advice_rule *rule, uint32_t fn, char *message, char *evidence)
{
	struct report *report = c->report;
	struct report_advice *advice;

	report->advice = xrealloc(report->advice, report->advice_count + 1, sizeof(*report->advice));
	advice = &report->advice[report->advice_count++];
	*advice = (struct report_advice){.id = rule->id, .level = rule->level, .fn = fn, .message = message, .evidence = evidence};
	advice->line = fn == PROFILE_NONE ? 0 : c->p->fns[fn].from;
	return advice;
}

const char *advice_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void advice_put_name(struct strbuf *out, const char *name)
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

char *advice_name(const struct advice_context *c, uint32_t fn)
{
	struct strbuf out = STRBUF_INIT;

	advice_put_name(&out, c->p->fns[fn].name);
	return strbuf_take(&out);
}

void advice_put_count(struct strbuf *out, uint64_t n)
{
	char digits[32];
	int size = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			strbuf_add(out, ",", 1);
		strbuf_add(out, &digits[i], 1);
	}
}

char *advice_count(uint64_t n)
{
	struct strbuf out = STRBUF_INIT;

	advice_put_count(&out, n);
	return strbuf_take(&out);
}

double advice_total_percent(const struct advice_context *c, uint32_t fn)
{
	const struct report_fn *row = analyze_row(c->report, fn);

	if (!row || row->total_ns < 0 || c->report->base_ns <= 0)
		return -1;
	return 100 * row->total_ns / c->report->base_ns;
}

void analyze_advice(struct report *report, const struct analyze_cycles *cycles)
{
	struct advice_context context = {.report = report, .p = report->profile, .cycles = cycles};

	for (const struct advice_rule *rule = advice_rules; rule->id; rule++)
		rule->apply(&context, rule);
}
