/* The allocations of a raw file to those of a profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "profile.h"
#include "raw_build.h"

#define TABLE                                                                                                                              \
	"rprof-table 1\nsource\t-\tx\nrust\t-\tx\nmemory\tcounted\n"                                                                       \
	"fn\t0\t-\tfn\t-\t2\t2\t2\t2\tb\nfn\t1\t-\tfn\t-\t1\t1\t1\t1\ta\n"
enum { FUNCTIONS = 2 };

/* A thread's payload without counters. `functions` may be fewer than the table's. */
struct payload {
	uint64_t head[8]; /* struct rprof_raw_thread, whose counters would follow */
	struct rprof_time times[FUNCTIONS];
	struct rprof_raw_heap heap;
	struct rprof_alloc allocs[FUNCTIONS + 1];
};

static struct rprof_raw_thread *head_of(struct payload *payload)
{
	return (struct rprof_raw_thread *)(void *)payload->head;
}

static struct payload empty_payload(void)
{
	struct payload payload = {0};

	head_of(&payload)->functions = FUNCTIONS;
	head_of(&payload)->current = RPROF_NO_FUNCTION;
	head_of(&payload)->times_offset = offsetof(struct payload, times);
	head_of(&payload)->heap_offset = offsetof(struct payload, heap);
	return payload;
}

static struct profile *collect_chunks(const void *payloads, size_t size, size_t count, const char *table, struct err *err)
{
	struct raw_file file;
	struct profile *profile = NULL;

	raw_start(&file);
	raw_table_chunk(&file, table);
	for (size_t i = 0; i < count; i++)
		raw_chunk(&file, RPROF_CHUNK_THREAD, 0, (const char *)payloads + i * size, size);
	if (profile_add_raw_bytes(&profile, file.bytes.data, file.bytes.size, "x.raw", err) != 0)
		profile = NULL;
	strbuf_free(&file.bytes);
	return profile;
}

static struct profile *collect(const struct payload *payloads, size_t count, const char *table, struct err *err)
{
	return collect_chunks(payloads, sizeof *payloads, count, table, err);
}

static void test_sums(void **state)
{
	struct payload threads[3] = {empty_payload(), empty_payload(), empty_payload()};
	struct err err = {0};
	struct profile *profile;

	(void)state;
	threads[0].allocs[0] = (struct rprof_alloc){10, 1000, 2, 200, 300, 4, 77, 0};
	threads[0].allocs[1] = (struct rprof_alloc){1, 5, 0, 0, 5, 0, 78, 0};
	threads[0].allocs[2] = (struct rprof_alloc){2, 60, 1, 30, 30, 0, 79, 0};
	threads[0].heap = (struct rprof_raw_heap){.own = 800, .peak = 1200, .others = -100, .top = 1050, .snapshot = 1040};
	/* frees blocks of the first */
	threads[1].allocs[0] = (struct rprof_alloc){0, 0, 7, 700, 0, 0, 1, 0};
	threads[1].heap = (struct rprof_raw_heap){.own = -700, .peak = 0, .others = 900, .top = 1060, .snapshot = 1030};
	head_of(&threads[2])->functions = 1;
	threads[2].allocs[0] = (struct rprof_alloc){1, 400, 1, 400, 400, 0, 0, 0};
	threads[2].allocs[1] = (struct rprof_alloc){3, 3, 0, 0, 1, 0, 0, 0}; /* of nobody: the thread knows one function */
	profile = collect(threads, 3, TABLE, &err);
	assert_non_null(profile);
	assert_string_equal(profile->memory, "counted");
	assert_int_equal(profile->memory_runs, 1);
	assert_int_equal(profile->peak_live_bytes, 1100);
	assert_string_equal(profile->fns[0].name, "a");
	assert_memory_equal(&profile->fns[0].memory, (&(struct profile_memory){1, 5, 0, 1, 5, 5, 78}), sizeof(struct profile_memory));
	assert_memory_equal(&profile->fns[1].memory, (&(struct profile_memory){11, 1400, 4, 1, 100, 400, 77}),
			    sizeof(struct profile_memory));
	assert_memory_equal(&profile->outside, (&(struct profile_memory){5, 63, 0, 4, 33, 30, 79}), sizeof(struct profile_memory));
	profile_free(profile);
}

/* Numbers that contradict each other, as of a process that was stopped or is still running: nothing is below zero or above the whole. */
static void test_torn(void **state)
{
	struct payload thread = empty_payload();
	struct err err = {0};
	struct profile *profile;

	(void)state;
	thread.allocs[0] = (struct rprof_alloc){3, 30, 4, 40, 50, 5, 0, 0};
	thread.heap = (struct rprof_raw_heap){.own = -10, .peak = -10, .others = INT64_MIN, .top = -5};
	profile = collect(&thread, 1, TABLE, &err);
	assert_non_null(profile);
	assert_memory_equal(&profile->fns[1].memory, (&(struct profile_memory){3, 30, 3, 0, 0, 30, 0}), sizeof(struct profile_memory));
	assert_true(profile->peak_live_bytes <= INT64_MAX);
	profile_free(profile);
}

static void test_absent(void **state)
{
	static const struct {
		const char *table, *memory;
	} cases[] = {
	    {"rprof-table 1\nmemory\town\n", "own"},
	    {"rprof-table 1\nmemory\toff\n", "off"},
	    {"rprof-table 1\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct payload thread = empty_payload();
		struct err err = {0};
		struct profile *profile;

		head_of(&thread)->functions = 0;
		head_of(&thread)->heap_offset = 0;
		profile = collect(&thread, 1, cases[i].table, &err);
		assert_non_null(profile);
		assert_string_equal(profile->memory, cases[i].memory);
		assert_int_equal(profile->memory_runs, 0);
		assert_true(profile->peak_live_bytes == PROFILE_ABSENT);
		profile_free(profile);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		uint64_t offset;
	} offsets[] = {
	    {"within the times", offsetof(struct payload, heap) - 8},
	    {"not aligned", offsetof(struct payload, heap) + 4},
	    {"no room for the records", offsetof(struct payload, heap) + 8},
	    {"no room for the heap", sizeof(struct payload) - 56},
	    {"behind the end", sizeof(struct payload) + 64},
	    {"far behind", UINT64_MAX - 7},
	    {"in front", 8},
	};
	struct payload thread;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		thread = empty_payload();
		head_of(&thread)->heap_offset = offsets[i].offset;
		if (collect(&thread, 1, TABLE, &err))
			fail_msg("%s is accepted", offsets[i].what);
		assert_non_null(strstr(err.what, "allocations"));
		err_free(&err);
	}
	struct payload threads[2] = {empty_payload(), empty_payload()};

	threads[0].allocs[1].bytes = threads[1].allocs[1].bytes = (uint64_t)1 << 63;
	assert_null(collect(threads, 2, TABLE, &err));
	assert_non_null(strstr(err.what, "64 bits"));
	err_free(&err);
	thread = empty_payload();
	head_of(&thread)->functions = 0;
	assert_null(collect(&thread, 1, "rprof-table 1\nmemory\tcounted\nmemory\tcounted\n", &err));
	err_free(&err);
	assert_null(collect(&thread, 1, "rprof-table 1\nmemory\tsome\n", &err));
	err_free(&err);
}

/* --- by line ----------------------------------------------------------------------------------------------------------------- */

#define LINE_TABLE TABLE "site\t2\t0\t7\t7\nsite\t3\t0\t7\t8\nsite\t4\t1\t1\t1\n"
enum { RECORDS = FUNCTIONS + 3 + 1 };

struct line_payload {
	uint64_t head[8];
	struct rprof_time times[FUNCTIONS];
	struct rprof_raw_heap heap;
	struct rprof_alloc allocs[RECORDS];
	struct rprof_raw_lives lives;
	struct rprof_life life[RECORDS];
};

static struct line_payload line_payload(void)
{
	struct line_payload payload = {0};
	struct rprof_raw_thread *head = (struct rprof_raw_thread *)(void *)payload.head;

	head->functions = FUNCTIONS;
	head->current = RPROF_NO_FUNCTION;
	head->times_offset = offsetof(struct line_payload, times);
	head->heap_offset = offsetof(struct line_payload, heap);
	head->records = RECORDS;
	head->lives = 1;
	return payload;
}

static struct profile *collect_lines(const struct line_payload *payloads, size_t count, const char *table, struct err *err)
{
	return collect_chunks(payloads, sizeof *payloads, count, table, err);
}

/* Two records of one line are one row; a function's own record is a row without a line; function and rows add up. */
static void test_lines(void **state)
{
	struct line_payload threads[2] = {line_payload(), line_payload()};
	struct err err = {0};
	struct profile *profile;

	(void)state;
	threads[0].heap.snapshot = 100;
	threads[0].allocs[0] = (struct rprof_alloc){1, 8, 0, 0, 8, 0, 8, 0};
	threads[0].allocs[2] = (struct rprof_alloc){4, 40, 3, 30, 10, 0, 10, 0};
	threads[0].allocs[3] = (struct rprof_alloc){2, 60, 1, 20, 40, 1, 40, 0};
	threads[0].allocs[5] = (struct rprof_alloc){1, 3, 0, 0, 3, 0, 3, 0};
	threads[0].life[2] = (struct rprof_life){.ended = 2, .lifetime = UINT64_MAX - 5, .soon = 1, .soon_bytes = 10, .elsewhere = 1};
	threads[1].allocs[4] = (struct rprof_alloc){5, 50, 5, 50, 10, 0, 0, 0};
	threads[1].life[4] = (struct rprof_life){.ended = 5, .lifetime = 500, .soon = 4, .soon_bytes = 40};
	threads[1].life[3] = (struct rprof_life){.ended = 0, .lifetime = 10, .moved = 1};
	profile = collect_lines(threads, 2, LINE_TABLE, &err);
	assert_non_null(profile);
	assert_int_equal(profile->site_count, 3);
	assert_memory_equal(&profile->sites[0].memory, (&(struct profile_memory){1, 8, 0, 1, 8, 8, 8}), sizeof(struct profile_memory));
	assert_int_equal(profile->sites[0].line, 0);
	assert_int_equal(profile->sites[1].line, 1);
	assert_string_equal(profile->fns[profile->sites[1].fn].name, "a");
	assert_int_equal(profile->sites[1].ended, 5);
	assert_int_equal(profile->sites[1].soon, 4);
	assert_int_equal(profile->sites[1].lifetime_bytes, 500);
	assert_int_equal(profile->sites[2].line, 7);
	assert_memory_equal(&profile->sites[2].memory, (&(struct profile_memory){6, 100, 1, 2, 50, 40, 50}), sizeof(struct profile_memory));
	assert_true(profile->sites[2].lifetime_bytes == UINT64_MAX); /* it sticks */
	assert_int_equal(profile->sites[2].elsewhere, 1);
	assert_memory_equal(&profile->fns[profile->sites[2].fn].memory, (&(struct profile_memory){7, 108, 1, 3, 58, 40, 58}),
			    sizeof(struct profile_memory));
	assert_int_equal(profile->outside.allocations, 1);
	profile_free(profile);
}

/* What was kept of a run is what was counted; two runs are one profile with twice as much. */
static void test_lines_kept(void **state)
{
	struct line_payload thread = line_payload();
	struct err err = {0};
	struct profile *profile, *back;
	void *data;
	size_t size;

	(void)state;
	thread.allocs[4] = (struct rprof_alloc){5, 50, 4, 40, 10, 0, 0, 0};
	thread.life[4] = (struct rprof_life){.ended = 4, .lifetime = 500, .soon = 3, .soon_bytes = 30};
	profile = collect_lines(&thread, 1,
				"rprof-table 1\nsource\t00000000000000000000000000000001\tx\nmemory\tcounted\n"
				"fn\t0\t-\tfn\t-\t2\t2\t2\t2\tb\nfn\t1\t-\tfn\t-\t1\t1\t1\t1\ta\n"
				"site\t2\t0\t7\t7\nsite\t3\t0\t7\t8\nsite\t4\t1\t1\t1\n",
				&err);
	assert_non_null(profile);
	assert_int_equal(profile_serialise(profile, &data, &size, &err), 0);
	back = profile_parse(data, size, "x", &err);
	assert_non_null(back);
	assert_int_equal(back->site_count, 1);
	assert_memory_equal(&back->sites[0], &profile->sites[0], sizeof(struct profile_site));
	assert_int_equal(profile_merge(back, profile, &err), 0);
	assert_int_equal(back->site_count, 1);
	assert_int_equal(back->sites[0].memory.allocations, 10);
	assert_int_equal(back->sites[0].soon, 6);
	free(data);
	profile_free(back);
	profile_free(profile);
}

static void test_lines_refused(void **state)
{
	static const char *const tables[] = {
	    TABLE "site\t3\t0\t7\t7\n", TABLE "site\t2\t2\t7\t7\n", TABLE "site\t2\t0\tx\t7\n",
	    TABLE "site\t2\n",		TABLE "site\t2\t0\t7\t7\n", /* fewer lines than the thread has records of */
	};
	struct line_payload thread = line_payload();
	struct rprof_raw_thread *head = (struct rprof_raw_thread *)(void *)thread.head;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (collect_lines(&thread, 1, tables[i], &err))
			fail_msg("table %zu is accepted", i);
		err_free(&err);
	}
	for (uint32_t records = 1; records < RECORDS + 3; records++) {
		bool known = records == RECORDS || records == FUNCTIONS + 1; /* the latter is by function */
		struct profile *profile;

		head->records = records;
		profile = collect_lines(&thread, 1, LINE_TABLE, &err);
		if (!profile == known)
			fail_msg("%u records", records);
		profile_free(profile);
		err_free(&err);
	}
	head->records = UINT32_MAX;
	assert_null(collect_lines(&thread, 1, LINE_TABLE, &err));
	err_free(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sums),	  cmocka_unit_test(test_torn),	cmocka_unit_test(test_absent),
	    cmocka_unit_test(test_refused),	  cmocka_unit_test(test_lines), cmocka_unit_test(test_lines_kept),
	    cmocka_unit_test(test_lines_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
