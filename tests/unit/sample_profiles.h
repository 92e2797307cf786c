/* sample_profiles.h - profiles built by hand, for the tests of the report and of its views. Each is freed with profile_free(). */
#ifndef SAMPLE_PROFILES_H
#define SAMPLE_PROFILES_H

#include "profile.h"
#include "rprof_raw.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static inline void sample_text(char **field, const char *text)
{
	free(*field);
	*field = xstrdup(text);
}

static inline struct profile *sample_start(const char *path)
{
	struct profile *p = profile_new();

	sample_text(&p->source_path, path);
	sample_text(&p->source_hash, "0123456789abcdef0123456789abcdef");
	sample_text(&p->rust_path, "/cache/0123/program.rs");
	sample_text(&p->ruchy_version, "4.2.1");
	sample_text(&p->rustc_version, "rustc 1.95.0");
	sample_text(&p->tool_version, "0.1.0");
	sample_text(&p->rustc_flags, "-O");
	sample_text(&p->host, "x86_64 linux, 2 CPUs");
	p->peak_rss_bytes = PROFILE_ABSENT;
	p->clock = RPROF_CLOCK_TSC;
	return p;
}

/* The function comes back for more to be set; valid until the next one is added. */
static inline struct profile_fn *sample_fn(struct profile *p, const char *name, uint32_t from, uint32_t to, uint64_t calls)
{
	struct profile_fn *fn;

	p->fns = xrealloc(p->fns, p->fn_count + 1, sizeof(*p->fns));
	fn = &p->fns[p->fn_count++];
	*fn = (struct profile_fn){.name = xstrdup(name), .flags = PROFILE_TIMED, .from = from, .to = to, .calls = calls};
	fn->rust_from = from ? from + 2 : 0;
	fn->rust_to = to ? to + 3 : 0;
	fn->calls_min = fn->calls_max = p->runs ? calls / p->runs : 0;
	return fn;
}

static inline void sample_edge(struct profile *p, uint32_t caller, uint32_t callee, uint32_t line, uint64_t calls)
{
	p->edges = xrealloc(p->edges, p->edge_count + 1, sizeof(*p->edges));
	p->edges[p->edge_count++] = (struct profile_edge){.caller = caller, .callee = callee, .line = line, .calls = calls};
}

static inline void sample_line(struct profile *p, uint32_t fn, uint32_t line, uint64_t count, uint64_t samples)
{
	p->lines = xrealloc(p->lines, p->line_count + 1, sizeof(*p->lines));
	p->lines[p->line_count++] = (struct profile_line){.fn = fn, .line = line, .count = count, .samples = samples};
}

/* A call path below row `parent` - 1, 0 = none; callers before what they call. */
static inline void sample_path(struct profile *p, uint32_t parent, uint32_t fn, uint32_t line, uint64_t samples)
{
	p->contexts = xrealloc(p->contexts, p->context_count + 1, sizeof(*p->contexts));
	p->contexts[p->context_count++] = (struct profile_context){.parent = parent, .fn = fn, .line = line, .samples = samples};
}

/* `n` runs of the same length, so that all statistics are exact. */
static inline void sample_runs(struct profile_times *times, uint64_t n, uint64_t ns)
{
	while (n-- > 0)
		profile_times_add(times, ns);
}

static inline void sample_sampling(struct profile *p, uint64_t runs, uint64_t samples, uint64_t outside)
{
	sample_text(&p->sample_method, "perf_event cpu-clock");
	p->sample_runs = runs;
	p->samples = samples;
	p->samples_outside = outside;
	p->sample_period_ns = 250000;
}

/* As measured: 3 runs, one sample in a thousand outside of the recursion. */
static inline struct profile *sample_fibonacci(void)
{
	struct profile *p = sample_start("bench-corpus/fibonacci/fibonacci.ruchy");
	static const uint64_t plain[] = {35210000, 35000000, 35600000}, instrumented[] = {35900000, 35800000, 36500000};
	struct profile_fn *fn;

	p->runs = 3;
	p->peak_rss_bytes = 1912345;
	fn = sample_fn(p, "fibonacci", 1, 7, 89582109);
	fn->flags |= PROFILE_RECURSIVE | PROFILE_PURE;
	fn->argument_calls = 29860703;
	fn->argument_values = 36;
	fn->deepest = 35;
	fn->stack_used = 9000;
	fn->stack_size = 8388608;
	fn->clock_self_ns = fn->clock_total_ns = 107000000;
	fn->clock_spans = 3;
	fn->samples_self = fn->samples_total = 1199;
	fn = sample_fn(p, "main", 9, 12, 3);
	fn->clock_self_ns = 400000;
	fn->clock_total_ns = 107400000;
	fn->clock_spans = 3;
	fn->samples_self = 1;
	fn->samples_total = 1200;
	fn = sample_fn(p, "square", 14, 14, 0);
	fn->kind = PROFILE_INLINED;
	fn->rust_from = fn->rust_to = 0;
	sample_fn(p, "unused", 16, 18, 0);
	sample_text(&p->memory, "counted");
	p->memory_runs = 3;
	p->peak_live_bytes = 1572;
	p->outside = (struct profile_memory){
	    .allocations = 6, .bytes = 1644, .leaked = 3, .leaked_bytes = 1632, .largest_bytes = 544, .at_peak_bytes = 548};
	p->fns[1].memory = (struct profile_memory){.allocations = 3, .bytes = 3072, .largest_bytes = 1024, .at_peak_bytes = 1024};
	sample_edge(p, 0, 0, 5, 89582106);
	sample_edge(p, 1, 0, 10, 3);
	sample_line(p, 0, 2, 89582109, 200);
	sample_line(p, 0, 3, PROFILE_ABSENT, 99);
	sample_line(p, 0, 5, 44791053, 900);
	sample_line(p, 1, 10, 3, 1);
	sample_path(p, 0, 1, 10, 1);
	sample_path(p, 1, 0, 2, 100);
	sample_path(p, 1, 0, 5, 400);
	sample_path(p, 3, 0, 2, 100);
	sample_path(p, 3, 0, 3, 99);
	sample_path(p, 3, 0, 5, 500);
	for (size_t i = 0; i < 3; i++) {
		profile_times_add(&p->wall[PROFILE_PLAIN], plain[i]);
		profile_times_add(&p->cpu[PROFILE_PLAIN], plain[i] - 400000);
		profile_times_add(&p->wall[PROFILE_INSTRUMENTED], instrumented[i]);
		profile_times_add(&p->cpu[PROFILE_INSTRUMENTED], instrumented[i] - 400000);
	}
	sample_sampling(p, 8, 1204, 4);
	return p;
}

static inline struct profile *sample_empty(void)
{
	return sample_start("empty.ruchy");
}

/* Names that no transpiler makes but a damaged or forged file may hold. */
static inline struct profile *sample_hostile(void)
{
	static const char *const names[] = {
	    "<script>alert(1)</script>",   "a \"quoted\" 'name' \\ & more",
	    "two\nlines\tand \x1b[31mred", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	    "reverse \xe2\x80\xae drow",   "not \xff\xc0\xaf UTF-8 \xed\xa0\x80",
	    "\xe5\x87\xbd\xe6\x95\xb0",	   "e\xcc\x81t\xc3\xa9",
	};
	struct profile *p = sample_start("a \x1b]0;file\x07 \"name\".ruchy");
	char *longest = xmalloc(10241);
	uint64_t left = 1000;
	struct profile_fn *fn;

	memset(longest, 'x', 10240);
	longest[10240] = '\0';
	memcpy(longest, "begin", 5);
	memcpy(longest + 10237, "end", 3);
	p->runs = 2;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++, left -= 100) {
		fn = sample_fn(p, names[i], (uint32_t)(10 * i + 1), (uint32_t)(10 * i + 8), 2 * (i + 1));
		fn->samples_self = fn->samples_total = 100;
	}
	fn = sample_fn(p, longest, 200, 300, 2000);
	fn->samples_self = fn->samples_total = left;
	fn = sample_fn(p, longest, 400, 500, 0);
	fn = sample_fn(p, "never\nhere", 600, 600, 0);
	free(longest);
	sample_runs(&p->wall[PROFILE_PLAIN], 2, 10000000);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 2, 11000000);
	sample_sampling(p, 2, 1000, 0);
	p->skips = xcalloc(1, sizeof(*p->skips));
	p->skips[0].rust_line = 17;
	p->skips[0].reason = xstrdup("a macro of the \xfeprogram\n");
	p->skip_count = 1;
	return p;
}

static inline struct profile *sample_many(void)
{
	struct profile *p = sample_start("many.ruchy");

	p->runs = 10;
	for (uint32_t i = 0; i < 200; i++) {
		char *name = xasprintf("Module%u::part_%u::function_with_a_rather_long_name_%u", i / 50, i / 10, i);
		struct profile_fn *fn = sample_fn(p, name, 10 * i + 1, 10 * i + 9, i % 7 == 6 ? 0 : 10 * (uint64_t)i * i * i);

		fn->samples_self = fn->calls > 0 ? 200 - i : 0;
		fn->samples_total = 2 * fn->samples_self;
		p->samples += fn->samples_self;
		free(name);
	}
	sample_text(&p->memory, "counted");
	p->memory_runs = 10;
	p->peak_live_bytes = 80000000;
	for (uint32_t i = 0; i < 200; i += 9) {
		struct profile_memory *memory = &p->fns[i].memory;

		memory->allocations = 100003 * (uint64_t)(200 - i);
		memory->reallocations = 90000 * (uint64_t)(200 - i);
		memory->bytes = 64 * memory->allocations;
		memory->leaked = i % 2 ? 10 : 0;
		memory->leaked_bytes = i % 2 ? 8000000 : 0;
		memory->largest_bytes = 4096 * (uint64_t)(i + 1);
		memory->at_peak_bytes = 16384 * (uint64_t)(i + 1);
	}
	sample_runs(&p->wall[PROFILE_PLAIN], 10, 2500000000);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 10, 2600000000);
	sample_sampling(p, 4, p->samples, 0);
	p->peak_rss_bytes = 5000000000;
	return p;
}

/* Counts at and above what a signed integer holds, and times of centuries. */
static inline struct profile *sample_huge(void)
{
	struct profile *p = sample_start("huge.ruchy");
	struct profile_fn *fn;

	p->runs = 1;
	fn = sample_fn(p, "all", 1, 4294967295u, UINT64_MAX - 1);
	fn->flags |= PROFILE_RECURSIVE;
	fn->clock_self_ns = fn->clock_total_ns = 9000000000000000000u;
	fn->clock_spans = 1;
	sample_fn(p, "half", 5, 6, (uint64_t)1 << 63);
	sample_fn(p, "below", 7, 8, ((uint64_t)1 << 63) - 1);
	sample_edge(p, 0, 0, 2, UINT64_MAX - 2);
	sample_edge(p, 0, 1, 3, (uint64_t)1 << 63);
	sample_edge(p, 0, 1, 4, (uint64_t)1 << 63);
	sample_text(&p->memory, "counted");
	p->memory_runs = 1;
	p->peak_live_bytes = UINT64_MAX - 1;
	p->outside = p->fns[0].memory = (struct profile_memory){.allocations = UINT64_MAX,
								.bytes = UINT64_MAX,
								.reallocations = UINT64_MAX,
								.leaked = UINT64_MAX,
								.leaked_bytes = UINT64_MAX,
								.largest_bytes = UINT64_MAX,
								.at_peak_bytes = UINT64_MAX};
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 1, 9000000000000000000u);
	p->peak_rss_bytes = UINT64_MAX - 1;
	return p;
}

/* Panicked in each of 3 runs and was killed once, with different counts. */
static inline struct profile *sample_failed(void)
{
	struct profile *p = sample_start("failed.ruchy");
	struct profile_fn *fn;

	p->runs = 3;
	p->failed_runs = 3;
	p->exit_status = 101;
	sample_text(&p->memory, "off");
	p->unfinished_runs = 1;
	fn = sample_fn(p, "work", 3, 9, 31);
	fn->calls_min = 8;
	fn->calls_max = 12;
	fn->clock_self_ns = fn->clock_total_ns = 6000000;
	fn->clock_spans = 31;
	fn = sample_fn(p, "main", 11, 15, 3);
	fn->clock_self_ns = 300000;
	fn->clock_total_ns = 6300000;
	fn->clock_spans = 3;
	sample_edge(p, 1, 0, 12, 30);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 3, 2400000);
	p->peak_rss_bytes = 2048000;
	return p;
}

/* Without samples; one function too short for the clock, one that never has a clock. */
static inline struct profile *sample_clock(void)
{
	struct profile *p = sample_start("clock.ruchy");
	struct profile_fn *fn;

	p->runs = 2;
	sample_text(&p->memory, "own");
	fn = sample_fn(p, "Point::new", 1, 3, 2000000);
	fn->clock_off = 2;
	fn->clock_spans = 128;
	fn->clock_self_ns = fn->clock_total_ns = 6400;
	fn = sample_fn(p, "Circle::new", 5, 7, 20);
	fn->kind = PROFILE_METHOD;
	fn->clock_spans = 20;
	fn->clock_self_ns = 400000;
	fn->clock_total_ns = 500000;
	fn = sample_fn(p, "main", 9, 20, 2);
	fn->clock_spans = 2;
	fn->clock_self_ns = 1600000;
	fn->clock_total_ns = 2000000;
	fn = sample_fn(p, "main::{closure}", 12, 12, 400);
	fn->kind = PROFILE_CLOSURE;
	fn->flags = 0;
	sample_edge(p, 1, 0, 6, 20);
	sample_edge(p, 2, 0, 14, 1999980);
	sample_edge(p, 2, 1, 13, 20);
	sample_runs(&p->wall[PROFILE_PLAIN], 2, 900000);
	sample_runs(&p->cpu[PROFILE_PLAIN], 2, 850000);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 2, 1100000);
	return p;
}

/* Waits most of the time, and two threads had no room for their counters. */
static inline struct profile *sample_inexact(void)
{
	struct profile *p = sample_start("waiting.ruchy");
	struct profile_fn *fn;

	p->runs = 1;
	p->lost_threads = 2;
	fn = sample_fn(p, "compute", 1, 5, 40);
	fn->samples_self = fn->samples_total = 75;
	fn = sample_fn(p, "main", 7, 20, 1);
	fn->samples_self = 25;
	fn->samples_total = 100;
	sample_fn(p, "in_thread", 22, 25, 0);
	sample_line(p, 0, 2, 4000, 75);
	sample_text(&p->memory, "counted");
	p->memory_runs = 1;
	p->peak_live_bytes = 5000000;
	p->fns[0].memory = (struct profile_memory){
	    .allocations = 40, .bytes = 4800000, .leaked = 40, .leaked_bytes = 4800000, .largest_bytes = 120000, .at_peak_bytes = 4800000};
	sample_runs(&p->wall[PROFILE_PLAIN], 1, 100000000);
	sample_runs(&p->cpu[PROFILE_PLAIN], 1, 20000000);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 1, 180000000);
	sample_sampling(p, 1, 100, 0);
	return p;
}

#endif
