/* Raw files to profiles: counts under unwinding, spans that a kill cut off, clocks, and files that lie about themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile.h"
#include "raw_build.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define HASH "0123456789abcdef0123456789abcdef"

/*
 * main (line 9) calls fibonacci; fibonacci calls itself twice in one block on one line, then a leaf; `leaf` also has an entry.
 * Counters: 0 main's entry; 1 main's block; 2..5 the block of three calls; 6 leaf's entry; 7 and 8 line counters.
 */
static const char table[] = "rprof-table 1\n"
			    "source\t" HASH "\tx.ruchy\n"
			    "rust\t-\tx.rs\n"
			    "fn\t0\t-\tfn\trt\t1\t5\t1\t7\tfibonacci\n"
			    "fn\t1\t0\tfn\tt\t9\t12\t9\t14\tmain\n"
			    "fn\t2\t6\tfn\t-\t7\t7\t8\t8\tleaf\n"
			    "fn\t3\t-\tinlined\t-\t6\t6\t0\t0\ttwice\n"
			    "block\t2\t0\t3\n"
			    "block\t1\t1\t1\n"
			    "call\t2\t0\t0\t3\t4\n"
			    "call\t2\t1\t0\t3\t4\n"
			    "call\t2\t2\t2\t4\t5\n"
			    "call\t1\t0\t0\t10\t11\n"
			    "line\t7\t0\t3\t4\n"
			    "line\t8\t0\t3\t5\n"
			    "line\t7\t0\t0\t6\n"
			    "less\t0\tf0\t8\n"
			    "less\t1\t8\tl0\n"
			    "line\tf0\t0\t1\t1\n"
			    "line\tl0\t0\t2\t2\n"
			    "line\tl1\t0\t5\t6\n"
			    "skip\t20\tmacro `m!`\n";
#define SLOTS	  9
#define FUNCTIONS 4

static const uint64_t counters[SLOTS] = {1, 1, 100, 1, 2, 3, 5, 70, 80};
static const struct rprof_time times[FUNCTIONS] = {{2000, 4000, 1, RPROF_IDLE}, {1000, 5001, 1, RPROF_IDLE}, {10, 10, 7, RPROF_OFF}};
static const struct rprof_raw_thread idle = {
    .slots = SLOTS, .functions = FUNCTIONS, .tid = 7, .alive = 1, .current = RPROF_NO_FUNCTION, .last = 2000000000};

static struct raw_file sample(void)
{
	struct raw_file file;

	raw_start(&file);
	raw_table_chunk(&file, table);
	raw_thread_chunk(&file, idle, counters, times);
	return file;
}

static struct profile *collect(struct raw_file *file)
{
	struct profile *profile = NULL;
	struct err err = {0};

	if (profile_add_raw_bytes(&profile, file->bytes.data, file->bytes.size, "r", &err) < 0)
		fail_msg("%s (%s)", err.what, err.where);
	return profile;
}

static const struct profile_fn *find(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->fn_count; i++) {
		if (strcmp(profile->fns[i].name, name) == 0)
			return &profile->fns[i];
	}
	fail_msg("no function %s", name);
	return NULL;
}

static uint64_t edge(const struct profile *profile, const char *caller, const char *callee, uint32_t line)
{
	for (size_t i = 0; i < profile->edge_count; i++) {
		const struct profile_edge *e = &profile->edges[i];
		bool from_text = *caller != '?';

		if ((from_text ? e->caller == (uint32_t)(find(profile, caller) - profile->fns) : e->caller == PROFILE_NONE) &&
		    e->callee == (uint32_t)(find(profile, callee) - profile->fns) && e->line == line)
			return e->calls;
	}
	return 0;
}

static void assert_line(const struct profile_line *line, const char *fn, uint32_t number, uint64_t count, const struct profile *profile)
{
	assert_string_equal(profile->fns[line->fn].name, fn);
	assert_int_equal(line->line, number);
	assert_int_equal(line->count, count);
}

/* First call of the block: 100 - 1; second: 100 - 1 - 2; third: 100 - 1 - 2 - 3. */
static void test_counts(void **context)
{
	struct raw_file file = sample();
	struct profile *p = collect(&file);

	(void)context;
	assert_string_equal(p->source_hash, HASH);
	assert_string_equal(p->source_path, "x.ruchy");
	assert_string_equal(p->rust_hash, "");
	assert_int_equal(p->runs, 1);
	assert_int_equal(p->unfinished_runs, 0);
	assert_int_equal(p->untimed_runs, 0);
	assert_int_equal(p->clock, RPROF_CLOCK_TSC);
	assert_int_equal(p->fn_count, 4);
	assert_int_equal(find(p, "fibonacci")->calls, 99 + 97 + 1);
	assert_int_equal(find(p, "fibonacci")->calls_min, 197);
	assert_int_equal(find(p, "fibonacci")->calls_max, 197);
	assert_int_equal(find(p, "leaf")->calls, 94 + 5);
	assert_int_equal(find(p, "main")->calls, 1);
	assert_int_equal(find(p, "twice")->calls, 0);
	assert_int_equal(find(p, "twice")->kind, PROFILE_INLINED);
	assert_int_equal(p->edge_count, 5);
	assert_int_equal(edge(p, "fibonacci", "fibonacci", 3), 99 + 97);
	assert_int_equal(edge(p, "fibonacci", "leaf", 4), 94);
	assert_int_equal(edge(p, "main", "fibonacci", 10), 1);
	assert_int_equal(edge(p, "?", "main", 0), 1);
	assert_int_equal(edge(p, "?", "leaf", 0), 5);
	/* two lines of Rust for one of Ruchy; a counter without a line of Ruchy is left out */
	assert_line(&p->lines[0], "fibonacci", 1, 197, p);
	assert_line(&p->lines[1], "fibonacci", 2, 197 - 80, p);
	assert_line(&p->lines[2], "fibonacci", 3, 80, p);
	/* of a line that no record tells of, the known call in it does */
	assert_line(&p->lines[3], "fibonacci", 4, 94, p);
	/* never below 0 */
	assert_line(&p->lines[4], "fibonacci", 5, 0, p);
	assert_line(&p->lines[5], "main", 10, 1, p);
	assert_int_equal(p->line_count, 6);
	assert_int_equal(p->skip_count, 1);
	assert_string_equal(p->skips[0].reason, "macro `m!`");
	/* two ticks are a nanosecond; rounded down */
	assert_int_equal(find(p, "fibonacci")->clock_self_ns, 1000);
	assert_int_equal(find(p, "main")->clock_total_ns, 2500);
	assert_int_equal(find(p, "main")->clock_spans, 1);
	assert_int_equal(find(p, "main")->clock_off, 0);
	assert_int_equal(find(p, "leaf")->clock_off, 1);
	profile_free(p);
	strbuf_free(&file.bytes);
}

static void test_threads_and_runs(void **context)
{
	struct raw_file file = sample();
	struct profile *p;
	struct err err = {0};

	(void)context;
	raw_chunk(&file, 99, 0, "a kind of the future", 20);
	raw_thread_chunk(&file, idle, counters, times);
	raw_header(&file)->lost_threads = 3;
	p = collect(&file);
	assert_int_equal(find(p, "fibonacci")->calls, 2 * 197);
	assert_int_equal(find(p, "fibonacci")->calls_max, 2 * 197);
	assert_int_equal(find(p, "leaf")->clock_off, 2);
	assert_int_equal(p->lost_threads, 3);
	/* another run, of one thread */
	strbuf_free(&file.bytes);
	file = sample();
	raw_header(&file)->state = RPROF_RUNNING;
	raw_header(&file)->clock = RPROF_CLOCK_OS;
	assert_int_equal(profile_add_raw_bytes(&p, file.bytes.data, file.bytes.size, "r", &err), 0);
	assert_int_equal(p->runs, 2);
	assert_int_equal(p->unfinished_runs, 1);
	assert_int_equal(p->clock, 0);
	assert_int_equal(find(p, "fibonacci")->calls, 3 * 197);
	assert_int_equal(find(p, "fibonacci")->calls_min, 197);
	assert_int_equal(find(p, "fibonacci")->calls_max, 2 * 197);
	assert_int_equal(find(p, "fibonacci")->clock_self_ns, 2000 + 2000);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/* A library comes first in the file, and its path last in the order; `leaf` of the one is not `leaf` of the other. */
static const char library[] = "rprof-table 1\n"
			      "source\tffffffffffffffffffffffffffffffff\tz/lib.ruchy\n"
			      "rust\t-\tlib.rs\n"
			      "fn\t0\t0\tfn\t-\t7\t7\t1\t3\tleaf\n"
			      "fn\t1\t-\tfn\t-\t8\t9\t4\t8\ttwice\n"
			      "block\t1\t1\t1\n"
			      "call\t1\t0\t0\t9\t5\n"
			      "line\tf0\t0\t7\t1\n"
			      "skip\t20\tmacro `m!`\n";

static struct raw_file two_programs(void)
{
	static const uint64_t of_library[] = {11, 5};
	static const struct rprof_time no_times[2];
	struct rprof_raw_thread thread = idle;
	struct raw_file file;

	thread.slots = thread.functions = 2;
	raw_start(&file);
	raw_table_chunk(&file, library);
	raw_thread_chunk(&file, thread, of_library, no_times);
	raw_table_chunk(&file, table);
	raw_program(&file, raw_thread_chunk(&file, idle, counters, times), 1);
	return file;
}

static void test_two_programs(void **context)
{
	struct raw_file file = two_programs();
	struct profile *p = collect(&file);
	struct err err = {0};

	(void)context;
	assert_int_equal(profile_check(p, "p", &err), 0);
	assert_int_equal(p->runs, 1);
	assert_int_equal(p->fn_count, 6);
	assert_int_equal(p->file_count, 1);
	assert_string_equal(p->source_path, "x.ruchy");
	assert_string_equal(p->files[0].source_path, "z/lib.ruchy");
	assert_string_equal(p->files[0].rust_path, "lib.rs");
	/* by file, then line */
	assert_string_equal(p->fns[4].name, "leaf");
	assert_int_equal(p->fns[4].file, 1);
	assert_int_equal(p->fns[4].calls, 11 + 5);
	assert_string_equal(profile_source_of(p, 4), "z/lib.ruchy");
	assert_string_equal(profile_source_of(p, 0), "x.ruchy");
	assert_int_equal(find(p, "leaf")->file, 0);
	assert_int_equal(find(p, "leaf")->calls, 94 + 5);
	assert_int_equal(edge(p, "fibonacci", "leaf", 4), 94);
	assert_int_equal(p->edge_count, 5 + 2);
	assert_int_equal(p->skip_count, 2);
	assert_int_equal(p->skips[1].file, 1);
	/* twice, and what is in one file only once */
	assert_int_equal(profile_add_raw_bytes(&p, file.bytes.data, file.bytes.size, "r", &err), 0);
	assert_int_equal(p->runs, 2);
	assert_int_equal(p->fns[4].calls, 2 * 16);
	assert_int_equal(p->fns[4].calls_max, 16);
	assert_int_equal(p->skip_count, 2);
	strbuf_free(&file.bytes);
	/* not with a run of the one alone */
	file = sample();
	assert_int_equal(profile_add_raw_bytes(&p, file.bytes.data, file.bytes.size, "r", &err), -1);
	assert_non_null(strstr(err.what, "different programs"));
	err_free(&err);
	strbuf_free(&file.bytes);
	profile_free(p);
}

/* The same text in two crates of one program. */
static void test_two_tables_of_one_text(void **context)
{
	struct raw_file file = sample();
	struct profile *p;

	(void)context;
	raw_table_chunk(&file, table);
	raw_program(&file, raw_thread_chunk(&file, idle, counters, times), 1);
	p = collect(&file);
	assert_int_equal(p->runs, 1);
	assert_int_equal(p->file_count, 0);
	assert_int_equal(p->fn_count, 4);
	assert_int_equal(find(p, "fibonacci")->calls, 2 * 197);
	assert_int_equal(find(p, "fibonacci")->calls_min, 2 * 197);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/*
 * Killed: main runs since tick 1000, fibonacci since 2001000 and is the running one since 3001000. The end is the last sign of life,
 * of the process or of any thread. What the clock of a thread took is not in its ticks, and changes nothing here.
 */
static const struct {
	uint64_t last_ticks; /* of the process */
	uint64_t other_last; /* of another thread */
	uint64_t fibonacci_self, fibonacci_total, main_total;
} kills[] = {
    {4001000, 5, 2000 + 1000000, 4000 + 2000000, 5001 + 4000000},
    {2501000, 3000500, 2000, 4000 + 1000000, 5001 + 3000000},
    {2501000, 4001000, 2000 + 1000000, 4000 + 2000000, 5001 + 4000000},
};

static void test_killed(void **context)
{
	(void)context;
	for (size_t n = 0; n < 2 * sizeof kills / sizeof *kills; n++) {
		size_t i = n / 2;
		uint64_t cost = n % 2 * 700;
		struct raw_file file;
		struct rprof_time open[FUNCTIONS];
		struct rprof_raw_thread head = idle;
		struct profile *p;

		memcpy(open, times, sizeof open);
		open[0].start = 2001000 - cost;
		open[1].start = 1000 - cost;
		head.current = 0;
		head.last = 3001000 - cost;
		head.clock_cost = cost;
		raw_start(&file);
		raw_table_chunk(&file, table);
		raw_thread_chunk(&file, head, counters, open);
		head.current = RPROF_NO_FUNCTION;
		head.clock_cost = 0;
		head.last = kills[i].other_last;
		raw_thread_chunk(&file, head, (const uint64_t[SLOTS]){0}, (const struct rprof_time[FUNCTIONS]){0});
		raw_header(&file)->state = RPROF_RUNNING;
		raw_header(&file)->last_ticks = kills[i].last_ticks;
		raw_header(&file)->ticks_per_second = 1000000000;
		p = collect(&file);
		assert_int_equal(p->unfinished_runs, 1);
		assert_int_equal(find(p, "fibonacci")->clock_self_ns, kills[i].fibonacci_self);
		assert_int_equal(find(p, "fibonacci")->clock_total_ns, kills[i].fibonacci_total);
		assert_int_equal(find(p, "fibonacci")->clock_spans, 2);
		assert_int_equal(find(p, "main")->clock_self_ns, 1000);
		assert_int_equal(find(p, "main")->clock_total_ns, kills[i].main_total);
		assert_int_equal(find(p, "leaf")->clock_total_ns, 10);
		profile_free(p);
		strbuf_free(&file.bytes);
	}
}

/* The clock of main (5001 ticks) in ns; -1: not known. */
static const struct {
	uint32_t clock;
	uint64_t per_second, ticks, ns;
	int64_t main_ns;
} rates[] = {
    {RPROF_CLOCK_TSC, 0, 2000000000, 1000000000, 2500},
    {RPROF_CLOCK_TSC, 0, 30000, 10000, 1667},
    {RPROF_CLOCK_TSC, 0, 29997, 9999, -1}, /* too short for a rate */
    {RPROF_CLOCK_TSC, 0, 0, 0, -1},
    {RPROF_CLOCK_TSC, 5000000000, 0, 0, 1000},
    {RPROF_CLOCK_CNTVCT, 62500000, 1, 1, 80016},
    {RPROF_CLOCK_OS, 0, 0, 0, 5001},
};

static void test_rates(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct raw_file file = sample();
		struct rprof_raw_header *header = raw_header(&file);
		struct profile *p;

		header->clock = rates[i].clock;
		header->ticks_per_second = rates[i].per_second;
		header->last_ticks = header->start_ticks + rates[i].ticks;
		header->last_ns = header->start_ns + rates[i].ns;
		p = collect(&file);
		assert_int_equal(p->untimed_runs, rates[i].main_ns < 0);
		assert_int_equal(find(p, "main")->clock_total_ns, rates[i].main_ns < 0 ? 0 : rates[i].main_ns);
		assert_int_equal(find(p, "main")->clock_spans, rates[i].main_ns < 0 ? 0 : 1);
		assert_int_equal(find(p, "main")->calls, 1);
		profile_free(p);
		strbuf_free(&file.bytes);
	}
}

/* Twins (derived impls without a line) and a function order that differs from the canonical one. */
static void test_twins(void **context)
{
	struct raw_file file;
	struct profile *p;

	(void)context;
	raw_start(&file);
	raw_table_chunk(&file, "rprof-table 1\nsource\t" HASH "\tx\n"
			       "fn\t0\t0\tmethod\t-\t9\t9\t9\t9\tlate\n"
			       "fn\t1\t1\tmethod\t-\t0\t0\t5\t5\tP::fmt\n"
			       "fn\t2\t2\tmethod\t-\t0\t0\t6\t6\tP::fmt\n");
	raw_thread_chunk(&file, (struct rprof_raw_thread){.slots = 3, .current = RPROF_NO_FUNCTION}, (const uint64_t[]){1, 2, 3}, NULL);
	p = collect(&file);
	assert_string_equal(p->fns[0].name, "P::fmt");
	assert_string_equal(p->fns[1].name, "P::fmt#2");
	assert_string_equal(p->fns[2].name, "late");
	assert_int_equal(p->fns[1].calls, 3);
	assert_int_equal(edge(p, "?", "P::fmt#2", 0), 3);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/* A table and no thread yet: the functions are there, nothing was called. */
static void test_no_thread(void **context)
{
	struct raw_file file;
	struct profile *p;

	(void)context;
	raw_start(&file);
	raw_table_chunk(&file, "rprof-table 1\nfn\t0\t4294967290\tfn\t-\t1\t1\t1\t1\tmain\n");
	p = collect(&file);
	assert_int_equal(p->fn_count, 1);
	assert_int_equal(p->fns[0].calls, 0);
	assert_int_equal(p->edge_count, 0);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/* --- damage ---------------------------------------------------------------------------------------------------------------- */
#define H(field)     offsetof(struct rprof_raw_header, field)
#define C(at, field) ((at)*RAW_PAGE + offsetof(struct rprof_raw_chunk, field))
#define T(field)     (2 * RAW_PAGE + sizeof(struct rprof_raw_chunk) + offsetof(struct rprof_raw_thread, field))
#define COUNTER(i)   (T(counters) + (i)*8)

/* One field of the sample changed. `where` is the byte that the message names. */
static const struct {
	size_t at;
	int bytes;
	uint64_t value;
	const char *what;
	size_t where;
} changes[] = {
    {H(magic), 4, 0x464c457f, "not a raw file", 0},
    {H(magic) + 5, 1, 'D', "not a raw file", 0},
    {H(version), 4, 2, "format version 2", H(version)},
    {H(version), 4, 0, "format version 0", H(version)},
    {H(page), 4, 0, "page size", H(page)},
    {H(page), 4, 5000, "page size", H(page)},
    {H(page), 4, 1u << 31, "page size", H(page)},
    {H(page), 4, 8192, "first chunk", H(first)},
    {H(clock), 4, 0, "unknown clock", H(clock)},
    {H(clock), 4, 4, "unknown clock", H(clock)},
    {H(state), 4, 2, "unknown state", H(state)},
    {H(first), 8, 0, "first chunk", H(first)},
    {H(first), 8, 4097, "first chunk", H(first)},
    {H(first), 8, UINT64_C(1) << 40, "end of the chunks", H(end)},
    {H(end), 8, 4097, "end of the chunks", H(end)},
    {H(end), 8, UINT64_C(1) << 40, "truncated", 3 * RAW_PAGE},
    {H(end), 8, RAW_PAGE, "no function table", RAW_PAGE},
    {H(ticks_per_second), 8, 1, "clock rate", H(ticks_per_second)},
    {H(ticks_per_second), 8, UINT64_MAX, "clock rate", H(ticks_per_second)},
    {C(1, kind), 4, 77, "no function table", 3 * RAW_PAGE},
    {C(1, length), 8, 0, "no multiple of the page", RAW_PAGE},
    {C(1, length), 8, 100, "no multiple of the page", RAW_PAGE},
    {C(1, length), 8, UINT64_MAX - 4095, "past the end", RAW_PAGE},
    {C(2, length), 8, 2 * RAW_PAGE, "past the end", 2 * RAW_PAGE},
    {C(1, size), 8, RAW_PAGE - 63, "more than its length", RAW_PAGE},
    {C(1, size), 8, UINT64_MAX, "more than its length", RAW_PAGE},
    {C(1, size), 8, 0, "function table is empty", RAW_PAGE + 64},
    {C(1, size), 8, 40, "truncated", RAW_PAGE + 64 + 40},
    {RAW_PAGE + 64, 1, 'X', "not a function table", RAW_PAGE + 64},
    {C(2, program), 4, 1, "without function table", 2 * RAW_PAGE},
    {C(2, size), 8, 63, "shorter than its head", T(slots)},
    {T(slots), 4, UINT32_MAX, "more counters than bytes", T(slots)},
    {T(slots), 4, SLOTS - 1, "fewer counters", T(slots)},
    {T(functions), 4, FUNCTIONS + 1, "more functions", T(functions)},
    {T(times_offset), 8, 64, "not within it", T(times_offset)},
    {T(times_offset), 8, 64 + SLOTS * 8 + 4, "not within it", T(times_offset)},
    {T(times_offset), 8, UINT64_MAX - 31, "not within it", T(times_offset)},
    {T(times_offset), 8, 64 + SLOTS * 8 + 64, "not within it", T(times_offset)},
    {T(current), 4, FUNCTIONS, "function that is not there", T(current)},
    {COUNTER(3), 8, 101, "unwound more often", 0},
    {COUNTER(5), 8, 98, "unwound more often", 0},
    {COUNTER(1), 8, UINT64_MAX, "the calls of fibonacci pass 64 bits", SIZE_MAX},
};

static void test_changes(void **context)
{
	(void)context;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct raw_file file = sample();
		struct profile *profile = NULL;
		struct err err = {0};
		char where[64] = "r";

		if (changes[i].where != SIZE_MAX)
			snprintf(where, sizeof where, "r at byte %zu", changes[i].where);
		memcpy(file.bytes.data + changes[i].at, &changes[i].value, (size_t)changes[i].bytes);
		assert_int_equal(profile_add_raw_bytes(&profile, file.bytes.data, file.bytes.size, "r", &err), -1);
		assert_null(profile);
		if (!strstr(err.what, changes[i].what) || strcmp(err.where, where) != 0)
			fail_msg("case %zu: \"%s\" (%s) instead of \"%s\" (%s)", i, err.what, err.where, changes[i].what, where);
		err_free(&err);
		strbuf_free(&file.bytes);
	}
}

/* Sums of two threads that pass 64 bits. */
static void test_sums(void **context)
{
	static const char *const errors[] = {"counter", "time", "time", "time"};

	(void)context;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct raw_file file = sample();
		size_t at = i ? T(slots) + raw_thread_at(&file, T(slots))->times_offset + (i - 1) * 8 : COUNTER(7);
		const uint64_t most = UINT64_MAX;
		struct profile *profile = NULL;
		struct err err = {0};

		raw_thread_chunk(&file, idle, counters, times);
		memcpy(file.bytes.data + at, &most, 8);
		assert_int_equal(profile_add_raw_bytes(&profile, file.bytes.data, file.bytes.size, "r", &err), -1);
		if (!strstr(err.what, "passes 64 bits") || !strstr(err.what, errors[i]))
			fail_msg("case %zu: \"%s\"", i, err.what);
		err_free(&err);
		strbuf_free(&file.bytes);
	}
}

/* A running process may unwind between our reading the block and its undo counters. */
static void test_running_unwinds(void **context)
{
	struct raw_file file = sample();
	const uint64_t more = 101;
	struct profile *p;

	(void)context;
	memcpy(file.bytes.data + COUNTER(3), &more, 8);
	raw_header(&file)->state = RPROF_RUNNING;
	p = collect(&file);
	assert_int_equal(find(p, "fibonacci")->calls, 1);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/* Another program's run is refused and leaves the profile as it was. */
static void test_other_program(void **context)
{
	struct raw_file file = sample();
	struct profile *p = collect(&file);
	struct err err = {0};

	(void)context;
	memcpy(strstr(file.bytes.data + RAW_PAGE + 64, "source\t") + 7, "ffff", 4);
	assert_int_equal(profile_add_raw_bytes(&p, file.bytes.data, file.bytes.size, "r", &err), -1);
	assert_non_null(strstr(err.what, "different sources"));
	assert_int_equal(p->runs, 1);
	err_free(&err);
	profile_free(p);
	strbuf_free(&file.bytes);
}

/* An exact copy on the heap, so that a read beyond the end is found by the sanitizer. */
static bool try_collect(const char *bytes, size_t size)
{
	char *copy = xmalloc(size);
	struct profile *profile = NULL;
	struct err err = {0};
	bool ok;

	memcpy(copy, bytes, size);
	ok = profile_add_raw_bytes(&profile, copy, size, "r", &err) == 0;
	assert_int_equal(ok, profile != NULL);
	assert_int_equal(ok, !err.set);
	if (ok)
		assert_int_equal(profile_check(profile, "r", &err), 0);
	err_free(&err);
	profile_free(profile);
	free(copy);
	return ok;
}

static void test_truncated(void **context)
{
	struct raw_file file = sample();

	(void)context;
	for (size_t size = 0; size < file.bytes.size; size++) {
		/* each byte of what is not padding, and of that a sample */
		if (size % RAW_PAGE < 1200 || size % 64 == 0)
			assert_false(try_collect(file.bytes.data, size));
	}
	assert_true(try_collect(file.bytes.data, file.bytes.size));
	/* a file that was made larger before its next chunk was finished */
	raw_pad(&file);
	strbuf_add(&file.bytes, "half a chunk", 12);
	assert_true(try_collect(file.bytes.data, file.bytes.size));
	strbuf_free(&file.bytes);
}

static void test_flipped(void **context)
{
	struct raw_file file = sample();

	(void)context;
	for (size_t at = 0; at < file.bytes.size; at++) {
		if (at % RAW_PAGE > 1200)
			continue;
		for (int bit = 0; bit < 8; bit++) {
			file.bytes.data[at] = (char)(file.bytes.data[at] ^ 1 << bit);
			try_collect(file.bytes.data, file.bytes.size);
			file.bytes.data[at] = (char)(file.bytes.data[at] ^ 1 << bit);
		}
	}
	strbuf_free(&file.bytes);
}

/* Through the file system, with chunks that come after the header was read. */
static void test_file(void **context)
{
	char path[] = "/tmp/rprof-test-XXXXXX";
	struct raw_file file = sample();
	struct profile *p = NULL;
	struct err err = {0};
	int fd = mkstemp(path);

	(void)context;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, file.bytes.data, file.bytes.size), file.bytes.size);
	close(fd);
	assert_int_equal(profile_add_raw(&p, path, &err), 0);
	assert_int_equal(profile_add_raw(&p, path, &err), 0);
	assert_int_equal(p->runs, 2);
	unlink(path);
	assert_int_equal(profile_add_raw(&p, path, &err), -1);
	assert_int_equal(err.set, 1);
	err_free(&err);
	assert_int_equal(profile_add_raw(&p, "/", &err), -1);
	assert_int_equal(err.set, 1);
	err_free(&err);
	profile_free(p);
	strbuf_free(&file.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_threads_and_runs),
	    cmocka_unit_test(test_two_programs),
	    cmocka_unit_test(test_two_tables_of_one_text),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_rates),
	    cmocka_unit_test(test_twins),
	    cmocka_unit_test(test_no_thread),
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_sums),
	    cmocka_unit_test(test_running_unwinds),
	    cmocka_unit_test(test_other_program),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_flipped),
	    cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
