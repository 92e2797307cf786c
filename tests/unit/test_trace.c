/* Values, and counts of arguments: what the runtime counts in each thread against what the reader makes of several. */
#include "rprof_trace_internal.h"
#include "strbuf.h"
#include "trace.h"
#include "trace_internal.h"
#include "trace_list.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- values --- */

struct value_case {
	const char *bytes;
	size_t size;
	const char *text, *ascii, *json;
};
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct value_case value_cases[] = {
    {BYTES("\x01\x05\0\0\0\0\0\0\0"), "5", "5", "5"},
    {BYTES("\x01\xff\xff\xff\xff\xff\xff\xff\xff"), "-1", "-1", "-1"},
    {BYTES("\x01\0\0\0\0\0\0\0\x80"), "-9223372036854775808", "-9223372036854775808", "\"-9223372036854775808\""},
    {BYTES("\x02\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615", "18446744073709551615", "\"18446744073709551615\""},
    {BYTES("\x03\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "-2", "-2", "-2"},
    {BYTES("\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "340282366920938463463374607431768211455",
     "340282366920938463463374607431768211455", "\"340282366920938463463374607431768211455\""},
    {BYTES("\x05\0\0\0\0\0\0\xf8\x3f"), "1.5", "1.5", "1.5"},
    {BYTES("\x05\0\0\0\0\0\0\0\0"), "0.0", "0.0", "0.0"},
    {BYTES("\x05\x9a\x99\x99\x99\x99\x99\xb9\x3f"), "0.1", "0.1", "0.1"},
    {BYTES("\x05\0\0\0\0\0\0\xf8\x7f"), "NaN", "NaN", "\"NaN\""},
    {BYTES("\x05\0\0\0\0\0\0\xf0\xff"), "-inf", "-inf", "\"-inf\""},
    {BYTES("\x06\xcd\xcc\xcc\x3d"), "0.1", "0.1", "0.1"},
    {BYTES("\x07\x01"), "true", "true", "true"},
    {BYTES("\x08\xe9\0\0\0"), "'é'", "'\\u{e9}'", "\"é\""},
    {BYTES("\x08\x27\0\0\0"), "'\\''", "'\\''", "\"'\""},
    {BYTES("\x08\xff\xff\xff\xff"), "'\xef\xbf\xbd'", "'\\u{fffd}'", "\"\xef\xbf\xbd\""},
    {BYTES("\x09\x02\x02\0\0\0\1\2\3\4hi"), "\"hi\"", "\"hi\"", "\"hi\""},
    {BYTES("\x09\x02\xe8\x03\0\0\1\2\3\4hi"), "\"hi\"…+998", "\"hi\"...+998", "\"hi\""},
    {BYTES("\x09\x04\x04\0\0\0\1\2\3\4a\"\n\x1b"), "\"a\\\"\\n\\x1b\"", "\"a\\\"\\n\\x1b\"", "\"a\\\"\\u000a\\u001b\""},
    {BYTES("\x0a"), "()", "()", "null"},
    {BYTES("\x0b"), "<Point>", "<Point>", "null"},
    {BYTES("\x0c"), "None", "None", "null"},
    {BYTES("\x0d\x07\0"), "Some(false)", "Some(false)", "{\"Some\":false}"},
    {BYTES("\x0e\x0a"), "Ok(())", "Ok(())", "{\"Ok\":null}"},
    {BYTES("\x0f\x0b"), "Err(_)", "Err(_)", "{\"Err\":null}"},
    {BYTES("\x0f"), "Err(…)", "Err(...)", "{\"Err\":null}"},
    {BYTES("\x10"), "…", "...", "null"},
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof value_cases / sizeof *value_cases; i++) {
		const struct value_case *c = &value_cases[i];
		const char *const expected[] = {c->text, c->ascii, c->json};

		for (int form = 0; form < 3; form++) {
			struct strbuf out = STRBUF_INIT;
			struct trace_value value;

			assert_int_equal(trace_value_read((const uint8_t *)c->bytes, c->size, &value), c->size);
			if (form == 2)
				trace_value_json(&out, &value);
			else
				trace_value_text(&out, &value, "Point", form == 1);
			assert_string_equal(out.data, expected[form]);
			strbuf_free(&out);
		}
	}
}

/* A value that is cut short is none; nothing behind the end is read. */
static void test_damaged_values(void **state)
{
	struct trace_value value;

	(void)state;
	for (size_t i = 0; i < sizeof value_cases / sizeof *value_cases; i++) {
		for (size_t size = 0; size < value_cases[i].size; size++) {
			uint8_t *bytes = malloc(size + 1);

			memcpy(bytes, value_cases[i].bytes, size);
			bytes = realloc(bytes, size ? size : 1);
			assert_true(trace_value_read(bytes, size, &value) <= size);
			free(bytes);
		}
	}
	assert_int_equal(trace_value_read((const uint8_t *)"\x00", 1, &value), 0);
	assert_int_equal(trace_value_read((const uint8_t *)"\x11", 1, &value), 0);
	/* more bytes are shown than the text is long */
	assert_int_equal(trace_value_read((const uint8_t *)"\x09\x02\x01\0\0\0\0\0\0\0ab", 12, &value), 0);
}

/* --- counts --- */

static struct rprof_trace *new_thread(uint32_t keys)
{
	size_t size = sizeof(struct rprof_trace) + sizeof(struct rprof_trace_function) + RPROF_TRACE_SKETCH +
		      keys * sizeof(struct rprof_trace_key) + (rprof_trace_table_size(keys) + 2 * keys) * sizeof(uint32_t);
	struct rprof_trace *trace = calloc(1, size);

	trace->functions = 1;
	trace->keys = keys;
	return trace;
}

static void count(struct rprof_trace *trace, uint64_t argument)
{
	uint8_t bytes[16] = {RPROF_VALUE_UNSIGNED};

	memcpy(bytes + 1, &argument, 8);
	trace->calls++;
	rprof_trace_count(trace, 0, rprof_trace_hash(0, bytes, 9), bytes, 9);
}

static struct trace *sum_up(struct rprof_trace *const *threads, size_t n)
{
	struct trace *trace = calloc(1, sizeof *trace);

	trace->functions = calloc(1, sizeof *trace->functions);
	trace->function_count = 1;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(trace_keys_add(trace, threads[i], (const unsigned char *)rprof_trace_keys(threads[i])), 0);
	trace_keys_finish(trace);
	return trace;
}

static uint64_t argument_of(const struct trace_key *key)
{
	uint64_t argument;

	memcpy(&argument, key->bytes + 1, 8);
	return argument;
}

/* Small numbers often, large ones seldom. */
static uint64_t skewed(uint64_t *seed, uint64_t most)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	double u = (double)(*seed >> 11) / (double)(1ull << 53);
	return (uint64_t)((double)most * u * u * u * u);
}

struct count_case {
	const char *name;
	uint32_t keys;
	uint64_t values, calls;
	size_t threads;
	bool exact;
};

static const struct count_case count_cases[] = {
    {"few values", 64, 50, 100000, 1, true},
    {"as many values as places", 64, 64, 100000, 1, true},
    {"few values, three threads", 64, 60, 90000, 3, true},
    {"more values than places", 64, 3000, 100000, 1, false},
    {"more values, four threads", 64, 3000, 200000, 4, false},
    {"one place", 1, 500, 5000, 2, false},
    {"very many values", 1024, 1000000, 1000000, 2, false},
};

static void check_case(const struct count_case *c)
{
	struct rprof_trace *threads[4];
	uint64_t *truth = calloc(c->values, sizeof *truth), distinct = 0, sum = 0, seed = 7;
	struct trace *trace;

	for (size_t t = 0; t < c->threads; t++)
		threads[t] = new_thread(c->keys);
	for (uint64_t i = 0; i < c->calls; i++) {
		uint64_t value = i < c->values && c->exact ? i : skewed(&seed, c->values);

		distinct += truth[value]++ == 0;
		count(threads[i % c->threads], value);
	}
	trace = sum_up(threads, c->threads);
	assert_int_equal(trace->inexact, !c->exact);
	for (size_t k = 0; k < trace->key_count; k++) {
		const struct trace_key *key = &trace->keys[k];
		uint64_t real = truth[argument_of(key)];

		if (real > key->count || real < key->count - key->error || (c->exact && key->error))
			fail_msg("%s: value %" PRIu64 " has %" PRIu64 ", told %" PRIu64 " less %" PRIu64, c->name, argument_of(key), real,
				 key->count, key->error);
		sum += key->count;
		truth[argument_of(key)] = 0;
	}
	if (c->exact)
		assert_int_equal(sum, c->calls);
	for (uint64_t v = 0; v < c->values; v++)
		if (truth[v] > trace->unnamed)
			fail_msg("%s: value %" PRIu64 " is not told but has %" PRIu64 " calls", c->name, v, truth[v]);
	/* four standard errors */
	if (fabs(trace->functions[0].distinct - (double)distinct) > 4 * trace->functions[0].distinct_error * (double)distinct)
		fail_msg("%s: %" PRIu64 " values, told %g", c->name, distinct, trace->functions[0].distinct);
	for (size_t t = 0; t < c->threads; t++)
		free(threads[t]);
	trace_free(trace);
	free(truth);
}

static void test_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof count_cases / sizeof *count_cases; i++)
		check_case(&count_cases[i]);
}

/* Texts of different functions, and of different length, are different though their bytes are the same. */
static void test_keys_differ(void **state)
{
	uint8_t bytes[64] = {0};
	struct rprof_trace *thread = new_thread(8);

	(void)state;
	thread->functions = 1;
	rprof_trace_count(thread, 0, 42, bytes, 3);
	rprof_trace_count(thread, 0, 42, bytes, 4);
	rprof_trace_count(thread, 0, 42, bytes, 3);
	assert_int_equal(thread->key_count, 2);
	assert_int_equal(rprof_trace_keys(thread)[0].count, 2);
	free(thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_damaged_values),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_keys_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
