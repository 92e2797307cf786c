/* The Runtime API as a state, logs, the linker's statistics, and that the phases add up. */
#include "cloudwatch.h"
#include "cold_limits.h"
#include "fs.h"
#include "lambda_causes.h"
#include "lambda_order.h"
#include "runtime_api.h"
#include "traced_call.h"

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- the Runtime API ------------------------------------------------------------------------------------------------------------ */

static void test_calls(void **state)
{
	static const struct {
		const char *method, *path;
		enum runtime_call call;
		const char *id;
	} cases[] = {
	    {"GET", "/2018-06-01/runtime/invocation/next", CALL_NEXT, ""},
	    {"POST", "/2018-06-01/runtime/invocation/next", CALL_UNKNOWN, ""},
	    {"GET", "/2018-06-01/runtime/invocation/next/", CALL_UNKNOWN, ""},
	    {"GET", "/2018-06-02/runtime/invocation/next", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/invocation/a-1/response", CALL_RESPONSE, "a-1"},
	    {"POST", "/2018-06-01/runtime/invocation/a-1/error", CALL_ERROR, "a-1"},
	    {"PUT", "/2018-06-01/runtime/invocation/a-1/error", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/invocation//response", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/invocation/a/b/response", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/invocation/response", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/invocation/0123456789012345678901234567890123456789/response", CALL_UNKNOWN, ""},
	    {"POST", "/2018-06-01/runtime/init/error", CALL_INIT_ERROR, ""},
	    {"", "", CALL_UNKNOWN, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char id[RUNTIME_API_ID];

		assert_int_equal(runtime_call_parse(cases[i].method, cases[i].path, id), cases[i].call);
		assert_string_equal(id, cases[i].id);
	}
}

static struct runtime_answer ask(struct runtime_api *api, const char *method, const char *call, const char *body)
{
	char path[512];

	snprintf(path, sizeof path, "/2018-06-01/runtime/%s", call);
	return runtime_api_request(api, method, path, body, strlen(body));
}

static struct runtime_answer answer_it(struct runtime_api *api, const char *id, const char *what, const char *body)
{
	char call[256];

	snprintf(call, sizeof call, "invocation/%s/%s", id, what);
	return ask(api, "POST", call, body);
}

static void test_life(void **state)
{
	struct runtime_api api = {.event = "{}", .event_size = 2, .events = 2, .timeout_ms = 3000};
	struct runtime_header headers[RUNTIME_API_HEADERS];
	char first[RUNTIME_API_ID];
	struct runtime_answer answer = ask(&api, "GET", "invocation/next", "");
	(void)state;

	assert_int_equal(answer.status, 200);
	assert_true(answer.is_event);
	strcpy(first, api.id);
	runtime_api_headers(&api, 1000, headers);
	assert_string_equal(headers[1].name, "Lambda-Runtime-Aws-Request-Id");
	assert_string_equal(headers[1].value, first);
	assert_string_equal(headers[2].value, "4000");
	/* lost and asked for again: the same event */
	assert_true(ask(&api, "GET", "invocation/next", "").is_event);
	assert_string_equal(api.id, first);
	assert_int_equal(answer_it(&api, "another", "response", "1").status, 400);
	assert_int_equal(answer_it(&api, first, "response", "1").status, 202);
	assert_int_equal(answer_it(&api, first, "response", "1").status, 400); /* answered already */
	assert_int_equal(api.answer.size, 1);
	assert_true(ask(&api, "GET", "invocation/next", "").is_event);
	assert_string_not_equal(api.id, first);
	assert_int_equal(answer_it(&api, api.id, "error", "no").status, 202);
	assert_int_equal(api.problem.size, 2);
	assert_int_equal(ask(&api, "GET", "invocation/next", "").status, 0); /* it waits */
	assert_int_equal(ask(&api, "GET", "nothing", "").status, 404);
	assert_int_equal(api.answered, 2);
	runtime_api_free(&api);
}

static void test_problems(void **state)
{
	struct runtime_api api = {.event = "{}", .event_size = 2, .events = 1};
	(void)state;

	assert_int_equal(ask(&api, "POST", "init/error", "{\"errorMessage\":\"x\"}").status, 202);
	assert_true(api.problem.size > 0);
	assert_int_equal(runtime_api_request(&api, "POST", "/2018-06-01/runtime/init/error", "", RUNTIME_API_BODY_MOST + 1).status, 413);
	runtime_api_free(&api);
}

/* --- logs ---------------------------------------------------------------------------------------------------------------------- */

static void lines(struct cloudwatch *logs, const char *const *text)
{
	for (; *text; text++)
		cloudwatch_line(logs, *text, strlen(*text));
}

static void test_logs(void **state)
{
	static const char *const text[] = {
	    "2025-11-05T10:00:00.000Z INIT_START Runtime Version: provided:al2023.v15\tRuntime Version ARN: "
	    "arn:aws:lambda:us-east-1::runtime:0",
	    "START RequestId: one Version: 3",
	    "REPORT RequestId: one\tDuration: 1.02 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 14 MB\tInit Duration: "
	    "8.50 ms\t",
	    "START RequestId: two Version: 3",
	    "REPORT RequestId: two\tDuration: 1.02 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 15 MB\t",
	    "REPORT RequestId: three\tInit Duration: nonsense ms",
	    "REPORT RequestId: four\tInit Duration: -1 ms",
	    "",
	    "{\"time\":\"x\",\"type\":\"platform.initStart\",\"record\":{\"runtimeVersion\":\"provided:al2023.v16\"}}",
	    "{\"type\":\"platform.start\",\"record\":{\"requestId\":\"five\",\"version\":\"4\"}}",
	    "{\"type\":\"platform.report\",\"record\":{\"requestId\":\"five\",\"metrics\":{\"initDurationMs\":9.25,\"memorySizeMB\":128,"
	    "\"maxMemoryUsedMB\":16}}}",
	    "{\"type\":\"platform.report\"",
	    "{\"type\":\"platform.report\",\"record\":7}",
	    NULL};
	struct cloudwatch *logs = calloc(1, sizeof *logs);
	(void)state;

	lines(logs, text);
	assert_int_equal(logs->starts, 2);
	assert_int_equal(logs->version_count, 2);
	assert_string_equal(logs->versions[0].version, "3");
	assert_string_equal(logs->versions[0].runtime, "provided:al2023.v15");
	assert_int_equal(logs->versions[0].count, 1);
	assert_true(logs->versions[0].init_ms[0] == 8.5);
	assert_int_equal(logs->versions[0].memory_mb, 128);
	assert_int_equal(logs->versions[0].most_used_mb, 14); /* of cold starts alone */
	assert_string_equal(logs->versions[1].version, "4");
	assert_string_equal(logs->versions[1].runtime, "provided:al2023.v16");
	assert_true(logs->versions[1].init_ms[0] == 9.25);
	cloudwatch_free(logs);
	free(logs);
}

static void test_linker(void **state)
{
	static const char text[] = "      3051:\t\n      3051:\truntime linker statistics:\n"
				   "      3051:\t  total startup time in dynamic loader: 1000 cycles\n"
				   "      3051:\t            time needed for relocation: 250 cycles (25.0%)\n"
				   "      3051:\t                 number of relocations: 87\n"
				   "      3051:\t      number of relocations from cache: 7\n"
				   "      3051:\t        number of relative relocations: 16\n"
				   "      3051:\t           time needed to load objects: 500 cycles (50.0%)\n"
				   "      3051:\truntime linker statistics:\n      3051:\t           final number of relocations: 88\n";
	struct lambda_facts facts = {0};
	(void)state;

	assert_true(lambda_linker_parse(text, sizeof text - 1, &facts));
	assert_int_equal(facts.relocations, 87);
	assert_int_equal(facts.relative_relocations, 16);
	assert_true(facts.relocation_share == 0.25 && facts.load_share == 0.5);
	facts = (struct lambda_facts){0};
	assert_false(lambda_linker_parse("nothing", 7, &facts));
	assert_true(facts.relocation_share < 0);
}

/* --- limits by control groups of version 2 -------------------------------------------------------------------------------------- */

static void put_file(const char *dir, const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *dir, const char *name, const char *text)
{
	char path[512], got[64] = "";

	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(got, sizeof got, file));
	fclose(file);
	assert_string_equal(got, text);
}

/* A tree of files in place of the kernel's; `under`: the group that hands the controllers on, NULL: none does. */
static void open_second(struct cold_limits *limits, const char *root, const char *under, char *group, size_t size)
{
	static char mounts[256], groups[256];
	char text[512];

	snprintf(text, sizeof text, "none /proc proc rw 0 0\ncgroup2 %s cgroup2 rw,nosuid 0 0\n", root);
	put_file(root, "mounts", text);
	put_file(root, "groups", "0::/app.slice/run.scope\n");
	snprintf(mounts, sizeof mounts, "%s/mounts", root);
	snprintf(groups, sizeof groups, "%s/groups", root);
	snprintf(text, sizeof text, "%s/app.slice", root);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(text, sizeof text, "%s/app.slice/run.scope", root);
	assert_int_equal(mkdir(text, 0700), 0);
	snprintf(group, size, "%s/%s/ruchy-prof-%d", root, under ? under : "app.slice", (int)getpid());
	if (under) {
		assert_int_equal(mkdir(group, 0700), 0);
		put_file(group, "memory.max", "max");
		put_file(group, "cpu.max", "max 100000");
		put_file(group, "cgroup.procs", "");
	}
	cold_limits_open_by(limits, 512, mounts, groups);
}

static void check_second(const char *under)
{
	struct err err = {0};
	char *root = fs_tmpdir(&err), group[512];
	struct cold_limits limits;

	open_second(&limits, root, under, group, sizeof group);
	assert_int_equal(limits.memory_set, under != NULL);
	assert_int_equal(limits.cpu_set, under != NULL);
	if (under) {
		assert_null(limits.why);
		assert_string_equal(limits.memory_dir, group);
		assert_file(group, "memory.max", "536870912");
		assert_file(group, "cpu.max", "5788 20000");
		assert_true(limits.procs[0] >= 0 && limits.procs[1] >= 0);
		assert_int_equal(write(limits.procs[0], "0", 1), 1);
		assert_file(group, "cgroup.procs", "0");
	} else {
		assert_non_null(strstr(limits.why, "memory can't be limited here"));
		assert_non_null(strstr(limits.why, "the CPU share can't be limited here"));
		assert_true(limits.procs[0] < 0 && limits.procs[1] < 0);
		assert_int_not_equal(access(group, F_OK), 0); /* what was tried is gone */
	}
	cold_limits_close(&limits);
	fs_remove_tree(root);
	free(root);
}

static void test_second_groups(void **state)
{
	(void)state;
	check_second("app.slice/run.scope"); /* our own group hands on */
	check_second("app.slice");	     /* the one above does: beside our own */
	check_second(NULL);
}

/* --- phases -------------------------------------------------------------------------------------------------------------------- */

static void test_sum(void **state)
{
	double total[] = {1000, 1000, 1000}, part[] = {200, 200, 200}, large[] = {900, 900, 900};
	struct lambda_program p = {.total = {total, 3}};
	(void)state;

	for (int i = 0; i < LAMBDA_PHASES; i++)
		p.phases[i] = (struct lambda_samples){part, 3};
	assert_true(lambda_rest(&p) == 0);
	assert_true(lambda_adds_up(&p));
	p.phases[PHASE_INIT].ns = large;
	assert_true(lambda_rest(&p) == -700);
	assert_false(lambda_adds_up(&p));
	p.phases[PHASE_INIT] = (struct lambda_samples){0}; /* not known: what is missing is told, not hidden */
	assert_true(lambda_rest(&p) == 200);
	assert_false(lambda_adds_up(&p));
	assert_true(isnan(lambda_median(&p.phases[PHASE_INIT]).value));
}

/* What is known and what is not explained are the total; what is not known adds nothing. */
static void test_causes(void **state)
{
	double total[] = {1000, 1000, 1000}, part[] = {100, 100, 100}, link[] = {400, 400, 400};
	struct lambda_program p = {.total = {total, 3}, .total_faults = 12};
	struct lambda_result result = {.fault_ns = 10};
	(void)state;

	p.phases[PHASE_FORK] = p.phases[PHASE_LOAD] = (struct lambda_samples){part, 3};
	p.phases[PHASE_LINK] = (struct lambda_samples){link, 3};
	p.faults[PHASE_LOAD] = 2;
	p.facts.relocation_share = 0.25;
	p.facts.calls.ns.value = 150;
	p.facts.calls.start_ns.value = 50;
	p.facts.allocation_ns = -1;
	assert_true(lambda_cause_ns(&result, &p, CAUSE_FAULTS) == 100); /* those of the load are in its time */
	assert_true(lambda_cause_ns(&result, &p, CAUSE_RELOCATIONS) == 100);
	assert_true(isnan(lambda_cause_ns(&result, &p, CAUSE_ALLOCATIONS)));
	assert_true(isnan(lambda_cause_ns(&result, &p, CAUSE_WAITING)));
	assert_true(lambda_unexplained_ns(&result, &p) == 1000 - 200 - 100 - 100 - 150 - 50);
}

static void test_order(void **state)
{
	double one[10], same[10], twice[10];
	struct lambda_program p[] = {{.name = "twice", .total = {twice, 10}},
				     {.name = "one", .total = {one, 10}},
				     {.name = "failed", .failed = (char *)(uintptr_t) "no"},
				     {.name = "same", .total = {same, 10}}};
	size_t order[4];
	unsigned rank[4];
	(void)state;

	/* Rounds of a machine that gets slower and slower: the ratios do not. */
	for (int i = 0; i < 10; i++) {
		one[i] = 100 * (i + 1);
		same[i] = one[i] * (i % 2 ? 1.02 : 0.99);
		twice[i] = 2 * one[i];
	}
	assert_int_equal(lambda_order(p, 4, order, rank), 3);
	assert_int_equal(order[2], 0);
	assert_int_equal(rank[1], 1);
	assert_int_equal(rank[3], 1);
	assert_int_equal(rank[0], 3);
	assert_true(lambda_is_before(&p[1], &p[0]) && !lambda_is_before(&p[0], &p[1]) && !lambda_is_before(&p[1], &p[3]));
	p[0].total.count = 2; /* too few for an interval: nothing is claimed */
	assert_false(lambda_is_before(&p[1], &p[0]));
}

/* Times of calls: as those that were paired, and an empty one more for each. */
static void test_pairing(void **state)
{
	struct traced_calls *calls = calloc(1, sizeof *calls);
	(void)state;

	calls->count[3] = 4;
	calls->paired[3] = 2;
	calls->ns[3] = 600;
	calls->count[5] = 1;
	assert_true(traced_calls_ns(calls, 3, 100) == 4 * 300 + 4 * 100);
	assert_true(traced_calls_ns(calls, 5, 100) == 100);
	assert_true(traced_calls_ns(calls, 7, 100) == 0);
	assert_true(traced_empty_ns() > 1);
	assert_string_equal(traced_call_name(SYS_openat), "openat");
	assert_null(traced_call_name(TRACED_KINDS));
	assert_true(traced_is_start(SYS_clone) && !traced_is_start(SYS_openat));
	free(calls);
}

static void test_main_of_stripped(void **state)
{
	struct cold_entry entry;
	(void)state;

	assert_int_equal(cold_entry_find("/proc/self/exe", &entry), 0);
	assert_true(entry.entry && entry.main);
	assert_string_equal(entry.main_name, "main");
	assert_int_equal(cold_entry_find("/dev/null", &entry), -1);
	assert_int_equal(cold_entry_find("/nothing", &entry), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_calls),
	    cmocka_unit_test(test_life),
	    cmocka_unit_test(test_problems),
	    cmocka_unit_test(test_logs),
	    cmocka_unit_test(test_linker),
	    cmocka_unit_test(test_second_groups),
	    cmocka_unit_test(test_sum),
	    cmocka_unit_test(test_causes),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_pairing),
	    cmocka_unit_test(test_main_of_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
