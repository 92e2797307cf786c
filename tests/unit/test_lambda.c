/* The Runtime API as a state, logs, the linker's statistics, and that the phases add up. */
#include "cloudwatch.h"
#include "lambda.h"
#include "runtime_api.h"

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	    cmocka_unit_test(test_sum),
	    cmocka_unit_test(test_main_of_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
