/*
 * The views of profiles built by hand against tests/golden/<exporter>.<profile>.<options>. GOLDEN=write rewrites the expected files:
 * read the difference before you commit it.
 */
#include "export_utf8.h"
#include "exporter.h"
#include "sample_profiles.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#ifndef TESTS
#define TESTS "tests"
#endif

struct golden {
	const char *exporter, *profile, *name;
	struct profile *(*make)(void);
	struct export_options options;
};

static const struct golden goldens[] = {
    {"text", "fibonacci", "80", sample_fibonacci, {.width = 80}},
    {"text", "fibonacci", "60", sample_fibonacci, {.width = 60}},
    {"text", "fibonacci", "40", sample_fibonacci, {.width = 40, .lines = true, .source_map = true}},
    {"text", "fibonacci", "28", sample_fibonacci, {.width = 28}},
    {"text", "fibonacci", "unlimited", sample_fibonacci, {0}},
    {"text", "fibonacci", "ascii", sample_fibonacci, {.width = 80, .ascii = true}},
    {"text", "fibonacci", "color", sample_fibonacci, {.width = 80, .color = true}},
    {"text", "fibonacci", "function", sample_fibonacci, {.width = 80, .function = "fibonacci"}},
    {"text", "fibonacci", "verbose-map", sample_fibonacci, {.width = 80, .verbose = true, .source_map = true}},
    {"text", "empty", "80", sample_empty, {.width = 80}},
    {"text", "hostile", "80", sample_hostile, {.width = 80}},
    {"text", "hostile", "60", sample_hostile, {.width = 60}},
    {"text", "hostile", "unlimited", sample_hostile, {0}},
    {"text", "hostile", "ascii", sample_hostile, {.width = 80, .ascii = true}},
    {"text", "many", "80", sample_many, {.width = 80}},
    {"text", "many", "120", sample_many, {.width = 120}},
    {"text", "many", "verbose", sample_many, {.width = 100, .verbose = true}},
    {"text", "huge", "80", sample_huge, {.width = 80}},
    {"text", "huge", "1", sample_huge, {.width = 1}},
    {"text", "failed", "80", sample_failed, {.width = 80}},
    {"text", "clock", "80", sample_clock, {.width = 80}},
    {"text", "clock", "function", sample_clock, {.width = 80, .function = "Point::new"}},
    {"text", "inexact", "80", sample_inexact, {.width = 80}},
    {"text", "fibonacci", "sorted", sample_fibonacci, {.width = 80, .sort = "calls", .calls = true, .top = 1}},
    {"text", "many", "name", sample_many, {.width = 80, .sort = "name", .min_percent = 1}},
    {"annotate", "fibonacci", "80", sample_fibonacci, {.width = 80}},
    {"annotate", "fibonacci", "40", sample_fibonacci, {.width = 40}},
    {"annotate", "fibonacci", "function", sample_fibonacci, {.function = "main", .ascii = true}},
    {"annotate", "hostile", "80", sample_hostile, {.width = 80}},
    {"annotate", "empty", "80", sample_empty, {.width = 80}},
    {"json", "fibonacci", "all", sample_fibonacci, {0}},
    {"json", "fibonacci", "function", sample_fibonacci, {.function = "main"}},
    {"json", "empty", "all", sample_empty, {0}},
    {"json", "hostile", "all", sample_hostile, {0}},
    {"json", "many", "all", sample_many, {0}},
    {"json", "huge", "all", sample_huge, {0}},
    {"json", "failed", "all", sample_failed, {0}},
    {"json", "clock", "all", sample_clock, {0}},
    {"json", "inexact", "all", sample_inexact, {0}},
    {"flamegraph", "fibonacci", "all", sample_fibonacci, {0}},
    {"flamegraph", "hostile", "all", sample_hostile, {0}},
    {"folded", "fibonacci", "all", sample_fibonacci, {0}},
    {"folded", "hostile", "all", sample_hostile, {0}},
    {"pprof", "fibonacci", "all", sample_fibonacci, {0}},
    {"pprof", "hostile", "all", sample_hostile, {0}},
    {"callgrind", "fibonacci", "all", sample_fibonacci, {0}},
    {"callgrind", "hostile", "all", sample_hostile, {0}},
    {"speedscope", "fibonacci", "all", sample_fibonacci, {0}},
    {"speedscope", "hostile", "all", sample_hostile, {0}},
    {"firefox", "fibonacci", "all", sample_fibonacci, {0}},
    {"firefox", "hostile", "all", sample_hostile, {0}},
    {"chrome", "fibonacci", "all", sample_fibonacci, {0}},
    {"chrome", "hostile", "all", sample_hostile, {0}},
    {"dhat", "fibonacci", "all", sample_fibonacci, {0}},
    {"dhat", "hostile", "all", sample_hostile, {0}},
    {"sarif", "fibonacci", "all", sample_fibonacci, {0}},
    {"sarif", "hostile", "all", sample_hostile, {0}},
    {"folded", "fibonacci", "deep", sample_fibonacci, {.recursion = PATHS_DEEP}},
    {"folded", "clock", "time", sample_clock, {0}},
    {"folded", "clock", "calls", sample_clock, {.weight = PATHS_CALLS}},
    {"folded", "inexact", "bytes", sample_inexact, {.weight = PATHS_BYTES}},
    {"flamegraph", "empty", "all", sample_empty, {0}},
    {"flamegraph", "clock", "calls", sample_clock, {.weight = PATHS_CALLS}},
    {"flamegraph", "fibonacci", "deep", sample_fibonacci, {.recursion = PATHS_DEEP}},
    {"callgrind", "clock", "all", sample_clock, {0}},
    {"callgrind", "inexact", "function", sample_inexact, {.function = "compute"}},
    {"dhat", "inexact", "all", sample_inexact, {0}},
    {"sarif", "inexact", "all", sample_inexact, {0}},
};

static char *read_all(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t size;

	if (!file)
		return NULL;
	while ((size = fread(block, 1, sizeof(block), file)) > 0)
		strbuf_add(&text, block, size);
	fclose(file);
	return strbuf_take(&text);
}

static void write_all(const char *path, const char *text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* What a source may hold: tabs, long lines, what a terminal must not get, no line break at the end. */
static struct source_text *sample_source(const struct profile *profile)
{
	static const char text[] = "fun fibonacci(n: i32) -> i32 {\n"
				   "    if n <= 1 {\n"
				   "\treturn n\n"
				   "    }\r\n"
				   "    fibonacci(n - 1) + fibonacci(n - 2) // a comment that goes on and on behind what is seen at once\n"
				   "    // \xe2\x80\xae turned, \x1b[31mred, not \xff UTF-8, \xe5\x87\xbd\xe6\x95\xb0\n"
				   "}\n"
				   "\n"
				   "fun main() {\n"
				   "    println(fibonacci(35)) // </script><!--\n"
				   "\n"
				   "}\n"
				   "\n"
				   "fun square(n: i32) -> i32 { n * n }\n"
				   "\n"
				   "fun unused() {\n"
				   "}";

	return source_text_of(profile->source_path, text, sizeof text - 1, profile->source_hash);
}

static uint64_t varint(const char **at, const char *end)
{
	uint64_t value = 0;
	unsigned shift = 0;

	while (*at < end) {
		unsigned char byte = (unsigned char)*(*at)++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			return value;
	}
	fail_msg("a number that does not end");
	return 0;
}

/*
 * A message of Protocol Buffers as text, a field a line: "2.1: 3 1". Of profile.proto, for which it is: field 6 is text, what has fields of
 * its own is listed, and other bytes are a list of numbers.
 */
static void decode(const char *at, size_t size, const char *path, struct strbuf *out)
{
	static const char *const messages[] = {"1", "2", "3", "4", "4.4", "5", "11", NULL};
	const char *end = at + size;

	while (at < end) {
		uint64_t key = varint(&at, end), value = varint(&at, end);
		char *field = xasprintf("%s%s%" PRIu64, path, *path ? "." : "", key >> 3);
		const char *const *message = messages;

		if ((key & 7) == 0) {
			strbuf_printf(out, "%s: %" PRIu64 "\n", field, value);
			free(field);
			continue;
		}
		assert_int_equal(key & 7, 2);
		assert_true(value <= (size_t)(end - at));
		while (*message && strcmp(*message, field) != 0)
			message++;
		strbuf_printf(out, "%s:", field);
		if (*message) {
			strbuf_puts(out, "\n");
			decode(at, value, field, out);
		} else if (strcmp(field, "6") == 0) {
			strbuf_printf(out, " %.*s\n", (int)value, at);
		} else {
			for (const char *list = at; list < at + value;)
				strbuf_printf(out, " %" PRIu64, varint(&list, at + value));
			strbuf_puts(out, "\n");
		}
		at += value;
		free(field);
	}
}

static char *export(const struct golden *golden)
{
	struct profile *profile = golden->make();
	struct report *report = report_new(profile);
	struct source_text *source = sample_source(profile);
	struct source_text *texts[8] = {source, source, source, source, source, source, source, source};
	struct sources sources = {texts, profile->file_count + 1};
	struct export_options options = golden->options;
	struct strbuf out = STRBUF_INIT;
	struct err err = {0};

	options.sources = &sources;
	assert_int_equal(exporter_find(golden->exporter)->write(report, &options, &out, &err), 0);
	assert_int_equal(err.set, 0);
	source_text_free(source);
	report_free(report);
	profile_free(profile);
	if (exporter_find(golden->exporter)->binary) {
		struct strbuf text = STRBUF_INIT;

		decode(out.data, out.size, "", &text);
		strbuf_free(&out);
		out = text;
	}
	return strbuf_take(&out);
}

/* The first line that is not as expected. */
static void show_difference(const char *path, const char *expected, const char *got)
{
	size_t line = 1, start = 0, at = 0;

	for (; expected[at] && expected[at] == got[at]; at++) {
		if (got[at] == '\n') {
			line++;
			start = at + 1;
		}
	}
	fprintf(stderr, "%s:%zu\n  expected: %.*s\n  got:      %.*s\n", path, line, (int)strcspn(expected + start, "\n"), expected + start,
		(int)strcspn(got + start, "\n"), got + start);
}

static void test_goldens(void **state)
{
	const char *mode = getenv("GOLDEN");
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		const struct golden *golden = &goldens[i];
		char *path = xasprintf(TESTS "/golden/%s.%s.%s", golden->exporter, golden->profile, golden->name);
		char *got = export(golden), *expected;

		if (mode && strcmp(mode, "write") == 0)
			write_all(path, got);
		expected = read_all(path);
		if (!expected || strcmp(got, expected) != 0) {
			show_difference(path, expected ? expected : "", got);
			wrong++;
		}
		free(expected);
		free(got);
		free(path);
	}
	assert_int_equal(wrong, 0);
}

/* No line is wider than the terminal. */
static void test_width(void **state)
{
	static const unsigned widths[] = {28, 33, 40, 60, 72, 80, 100, 120, 200};

	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
			struct golden golden = goldens[i];
			char *text;

			if (strcmp(golden.exporter, "text") != 0 && strcmp(golden.exporter, "annotate") != 0)
				continue;
			golden.options.width = widths[w];
			golden.options.color = false;
			text = export(&golden);
			for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
				size_t columns = utf8_columns(line, strlen(line));

				if (columns > widths[w])
					fail_msg("%s.%s at %u: %zu columns: %s", golden.profile, golden.name, widths[w], columns, line);
			}
			free(text);
		}
	}
}

/* What reaches a terminal holds no control character and is UTF-8; with `ascii` it is ASCII. */
static void test_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		struct golden golden = goldens[i];
		struct strbuf repaired = STRBUF_INIT;
		char *text;

		golden.options.color = false;
		text = export(&golden);
		utf8_repair(&repaired, text);
		assert_string_equal(repaired.data, text);
		for (const char *c = text; *c; c++) {
			assert_true((unsigned char)*c >= 0x20 || *c == '\n');
			assert_true(!golden.options.ascii || (unsigned char)*c < 0x80);
		}
		strbuf_free(&repaired);
		free(text);
	}
}

struct selection {
	const char *wanted;
	const char *what, *hint; /* parts of the error, NULL = found */
};

static void test_select(void **state)
{
	static const struct selection cases[] = {
	    {"Point::new", NULL, NULL},
	    {"Circle::new()", NULL, NULL},
	    {"{closure}", NULL, NULL},
	    {"new:2", NULL, NULL},
	    {"new", "`new` fits 2 functions", "`Point::new:1`, `Circle::new:5`"},
	    {"mian", "no function `mian`", "did you mean `main`"},
	    {"Circ", "no function `Circ`", "did you mean `Circle::new`"},
	    {"Pont::new", "no function `Pont::new`", "did you mean `Point::new`"},
	    {"zzzzzzzzzz", "no function `zzzzzzzzzz`", "lists all"},
	    {"", "no function", ""},
	    {":", "no function", ""},
	    {"new:99999999999999999999", "no function", ""},
	};
	struct profile *profile = sample_clock();
	struct report *report = report_new(profile);
	struct source_text *source = sample_source(profile);
	struct source_text *texts[8] = {source, source, source, source, source, source, source, source};
	struct sources sources = {texts, profile->file_count + 1};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t e = 0; exporters[e]; e++) {
			struct export_options options = {.function = cases[i].wanted, .sources = &sources};
			struct strbuf out = STRBUF_INIT;
			struct err err = {0};
			int status = exporters[e]->write(report, &options, &out, &err);

			assert_int_equal(status, cases[i].what ? -1 : 0);
			if (cases[i].what) {
				assert_non_null(strstr(err.what, cases[i].what));
				assert_non_null(strstr(err.hint, cases[i].hint));
				assert_int_equal(err.exit, ERR_USAGE);
			}
			err_free(&err);
			strbuf_free(&out);
		}
	}
	source_text_free(source);
	report_free(report);
	profile_free(profile);
}

static void test_inlined_is_said(void **state)
{
	struct profile *profile = sample_fibonacci();
	struct report *report = report_new(profile);
	struct export_options options = {.function = "square"};
	struct strbuf out = STRBUF_INIT;
	struct err err = {0};

	(void)state;
	assert_int_equal(exporter_find("text")->write(report, &options, &out, &err), -1);
	assert_non_null(strstr(err.what, "no code of its own"));
	err_free(&err);
	strbuf_free(&out);
	report_free(report);
	profile_free(profile);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; exporters[i]; i++) {
		assert_ptr_equal(exporter_find(exporters[i]->name), exporters[i]);
		assert_true(*exporters[i]->summary);
	}
	assert_null(exporter_find("nothing"));
	assert_null(exporter_find(""));
	assert_ptr_equal(exporter_for_path("a/b.json"), exporter_find("json"));
	assert_ptr_equal(exporter_for_path("a/b.speedscope.json"), exporter_find("speedscope"));
	assert_ptr_equal(exporter_for_path("b.pb.gz"), exporter_find("pprof"));
	assert_ptr_equal(exporter_for_path("b.svg.zst"), exporter_find("flamegraph"));
	assert_ptr_equal(exporter_for_path("x/callgrind.out"), exporter_find("callgrind"));
	assert_ptr_equal(exporter_for_path("callgrind.out.12345"), exporter_find("callgrind"));
	assert_ptr_equal(exporter_for_path("callgrind.out.12345.gz"), exporter_find("callgrind"));
	assert_null(exporter_for_path("callgrind.outer"));
	assert_null(exporter_for_path("callgrind.out/b"));
	assert_null(exporter_for_path(".gz"));
	assert_null(exporter_for_path(".svg.gz"));
	assert_null(exporter_for_path(".json"));
	assert_null(exporter_for_path("json"));
	assert_null(exporter_for_path(""));
}

/* What no name may do: end what it stands in. */
static void expect_without(const char *exporter, const char *text)
{
	static const char *const never[] = {"<script>alert", "\x1b", "\xe2\x80\xae", "\xff", "two\nlines"};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		/* plain texts need not escape <, and JSON may hold whatever is UTF-8 */
		bool plain = i == 0 && !strstr("text annotate json folded callgrind pprof", exporter),
		     json = i == 2 && strcmp(exporter, "json") == 0;

		if (strstr(text, never[i]) && (i != 0 || plain) && !json)
			fail_msg("%s holds what case %zu must not", exporter, i);
	}
}

/* Every format there is, with every hostile name: it is there to be read, and does nothing. */
static void test_hostile(void **state)
{
	static const char *const legible[] = {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xe5\x87\xbd\xe6\x95\xb0", "alert(1)", "drow", "begin"};

	(void)state;
	for (size_t e = 0; exporters[e]; e++) {
		struct golden golden = {.exporter = exporters[e]->name, .make = sample_hostile, .options = {.width = 200}};
		char *text = export(&golden);
		size_t found = 0;

		expect_without(golden.exporter, text);
		for (size_t i = 0; i < sizeof(legible) / sizeof(legible[0]); i++)
			found += strstr(text, legible[i]) != NULL;
		/* allocations and advice name functions only where there are some */
		if (found < 5 && strcmp(golden.exporter, "dhat") != 0 && strcmp(golden.exporter, "sarif") != 0)
			fail_msg("%s shows %zu of 5 names", golden.exporter, found);
		free(text);
	}
}

/* Sums of numbers in lines "a;b 12". */
static uint64_t folded_sum(struct profile *(*make)(void), struct export_options options, const char *end)
{
	struct golden golden = {.exporter = "folded", .make = make, .options = options};
	char *text = export(&golden);
	uint64_t sum = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *number = strrchr(line, ' ');

		*number = '\0';
		if (strlen(line) >= strlen(end) && strcmp(line + strlen(line) - strlen(end), end) == 0)
			sum += strtoull(number + 1, NULL, 10);
	}
	free(text);
	return sum;
}

/* Paths may be estimates, but what they add up to is what was counted. */
static void test_sums(void **state)
{
	(void)state;
	assert_int_equal(folded_sum(sample_clock, (struct export_options){.weight = PATHS_CALLS}, "Point::new"), 1000000);
	assert_int_equal(folded_sum(sample_clock, (struct export_options){.weight = PATHS_CALLS}, "Circle::new"), 10);
	assert_int_equal(folded_sum(sample_clock, (struct export_options){.weight = PATHS_CALLS}, ""), 1000000 + 10 + 1 + 200);
	assert_int_equal(folded_sum(sample_fibonacci, (struct export_options){.weight = PATHS_CALLS}, "fibonacci"), 29860703);
	/* memory of 3 runs: 3072 bytes of main, 1644 outside */
	assert_int_equal(folded_sum(sample_fibonacci, (struct export_options){.weight = PATHS_BYTES}, ""), (3072 + 1644) / 3);
	/* all of the time of an iteration */
	assert_int_equal(folded_sum(sample_fibonacci, (struct export_options){0}, ""), 35270000);
	assert_int_equal(folded_sum(sample_fibonacci, (struct export_options){.recursion = PATHS_DEEP}, ""), 35270000);
	assert_int_equal(folded_sum(sample_fibonacci, (struct export_options){.function = "main"}, ""), 35270000);
	assert_int_equal(folded_sum(sample_empty, (struct export_options){0}, ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goldens),	    cmocka_unit_test(test_width),
	    cmocka_unit_test(test_harmless),	    cmocka_unit_test(test_select),
	    cmocka_unit_test(test_inlined_is_said), cmocka_unit_test(test_table),
	    cmocka_unit_test(test_hostile),	    cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
