/* The parts of `profile --compare` that run nothing: the table of languages, outputs apart, verdicts, what is shown. */
#include "langs.h"
#include "langs_internal.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

static void languages_are_found(void **state)
{
	static const struct {
		const char *word, *file, *name;
	} cases[] = {{"rust", "a.rs", "Rust"},
		     {"RUST", "a.b.RS", "Rust"},
		     {"c++", "a.cc", "C++"},
		     {"cpp", "a.cpp", "C++"},
		     {"c", "x/a.c", "C"},
		     {"golang", "-.go", "Go"},
		     {"node", "a.mjs", "JavaScript"},
		     {"javascript", "a.js", "JavaScript"},
		     {"python", ".py.py", "Python"},
		     {"jl", "a b.jl", "Julia"},
		     {"ruchy", "a.ruchy", "Ruchy"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct lang *lang = lang_by_word(cases[i].word, strlen(cases[i].word));

		assert_non_null(lang);
		assert_string_equal(lang->name, cases[i].name);
		assert_ptr_equal(lang_for_file(cases[i].file), lang);
	}
	assert_null(lang_by_word("cobol", 5));
	assert_null(lang_by_word("", 0));
	assert_null(lang_by_word("c++ cxx", 7));
	assert_null(lang_for_file("rs"));
	assert_null(lang_for_file("a."));
	assert_null(lang_for_file("a.rs/b"));
	assert_null(lang_for_file(""));
}

static void every_row_is_whole(void **state)
{
	(void)state;
	for (const struct lang *lang = langs; lang->name; lang++) {
		bool in = false, out = false;

		assert_ptr_equal(lang_by_word(lang->words, strcspn(lang->words, " ")), lang);
		assert_true(*lang->suffixes && *lang->tools && *lang->version && *lang->get && *lang->empty);
		for (size_t i = 0; lang->command[i]; i++) {
			in |= strcmp(lang->command[i], LANG_IN) == 0;
			out |= strcmp(lang->command[i], LANG_OUT) == 0;
		}
		assert_true(in == (lang->kind == LANG_COMPILED || lang->kind == LANG_INTERPRETED));
		assert_true(out == (lang->kind == LANG_COMPILED));
		for (const struct lang *other = lang + 1; other->name; other++)
			assert_string_not_equal(lang->suffixes, other->suffixes);
	}
}

/* ---- outputs, libraries ------------------------------------------------------------------------------------------------------------ */

static void the_first_difference(void **state)
{
	static const struct {
		const char *a, *b;
		size_t line, at;
	} cases[] = {
	    {"", "", 0, 0},	   {"a\n", "a\n", 0, 2},	{"a", "b", 1, 0}, {"a\nb\n", "a\nc\n", 2, 2}, {"a\nb", "a\nb\n", 2, 2},
	    {"a\n", "a\nb", 2, 2}, {"x\ny\nz", "x\ny\n", 3, 4}, {"", "\n", 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t a_at, b_at;

		assert_int_equal(lang_first_difference(cases[i].a, strlen(cases[i].a), cases[i].b, strlen(cases[i].b), &a_at, &b_at),
				 cases[i].line);
		assert_int_equal(a_at, cases[i].at);
		assert_int_equal(b_at, cases[i].at);
	}
}

static void libraries_from_the_loader(void **state)
{
	struct lang_needs needs = {0};

	(void)state;
	lang_needs_parse(
	    &needs, "\tlinux-vdso.so.1 (0x00007ffc)\n\tliba.so => /no/such dir/liba.so.1 (0x00007f)\n"
		    "\tlibb.so => not found\n\t/no/ld-linux.so.2 (0x0)\n\tliba2.so => /no/such dir/liba.so.1 (0x1)\n\tbroken => /no/x");
	assert_int_equal(needs.count, 2);
	assert_string_equal(needs.files[0], "/no/such dir/liba.so.1");
	assert_string_equal(needs.files[1], "/no/ld-linux.so.2");
	lang_needs_add(&needs, "/no/directory");
	lang_needs_add(&needs, "/no/directory/file");
	lang_needs_add(&needs, "/no/directory2");
	assert_int_equal(needs.count, 4);
	lang_needs_sum(&needs); /* none of them is there */
	assert_int_equal(needs.bytes, 0);
	lang_needs_free(&needs);
}

/* ---- verdicts ---------------------------------------------------------------------------------------------------------------------- */

#define ROUNDS 12

struct field {
	struct lang_comparison comparison;
	struct lang_options options;
};

static struct lang_entrant *enter(struct field *f, const char *language, const char *label)
{
	struct lang_comparison *c = &f->comparison;

	c->entrants = realloc(c->entrants, (c->count + 1) * sizeof *c->entrants);
	c->entrants[c->count] = (struct lang_entrant){.lang = lang_by_word(language, strlen(language)),
						      .label = xstrdup(label),
						      .source = xstrdup(label),
						      .how = xstrdup("tool"),
						      .version = xstrdup("tool 1.0")};
	c->present++;
	return &c->entrants[c->count++];
}

/* Every round has its own slow moment, which meets all of them. */
static void run_field(struct field *f, size_t rounds, const double *means, const double *noise)
{
	struct lang_comparison *c = &f->comparison;

	c->rounds = rounds;
	c->margin = 0.05;
	for (size_t i = 0; i < c->count; i++) {
		struct lang_entrant *e = &c->entrants[i];

		e->wall = xcalloc(rounds + 1, sizeof *e->wall);
		e->rounds = rounds;
		for (size_t k = 0; k < rounds; k++)
			e->wall[k] = means[i] * (1 + 0.3 * (double)(k % 4)) * (1 + noise[i] * ((double)((k * 7 + i * 3) % 5) - 2));
	}
	lang_figures(c, &f->options);
}

static const struct lang_entrant *called(const struct field *f, const char *label)
{
	for (size_t i = 0; i < f->comparison.count; i++) {
		if (strcmp(f->comparison.entrants[i].label, label) == 0)
			return &f->comparison.entrants[i];
	}
	return NULL;
}

static void matches_only_where_the_interval_allows(void **state)
{
	struct field f = {0}, few = {0};

	(void)state;
	enter(&f, "ruchy", "first");
	enter(&f, "rust", "same");
	enter(&f, "c", "slower");
	enter(&f, "go", "vague");
	enter(&f, "python", "slow");
	run_field(&f, ROUNDS, (const double[]){1e6, 1.003e6, 1.1e6, 1.001e6, 5e7}, (const double[]){.002, .002, .002, .1, .01});
	assert_true(called(&f, "same")->matches_first);
	assert_false(called(&f, "slower")->matches_first);
	assert_false(called(&f, "vague")->matches_first);
	assert_false(called(&f, "first")->matches_first);
	assert_string_equal(f.comparison.entrants[f.comparison.first].label, "first");
	assert_string_equal(f.comparison.entrants[f.comparison.slowest].label, "slow");
	assert_true(called(&f, "slow")->to_slowest.value == 1);
	assert_float_equal(called(&f, "slower")->to_first.value, 1.1, 0.01);
	assert_true(called(&f, "slower")->to_first.lo > 1);
	lang_comparison_free(&f.comparison);

	enter(&few, "ruchy", "first");
	enter(&few, "rust", "same");
	run_field(&few, 3, (const double[]){1e6, 1e6}, (const double[]){0, 0});
	assert_false(called(&few, "same")->matches_first);
	lang_comparison_free(&few.comparison);
}

static void the_baseline_is_the_fastest_or_who_is_named(void **state)
{
	struct field f = {0};
	struct err err = {0};

	(void)state;
	enter(&f, "ruchy", "Ruchy");
	enter(&f, "rust", "Rust");
	enter(&f, "go", "Go");
	f.options.compare_to = "golang";
	assert_int_equal(lang_baseline_check(&f.options, &f.comparison, &err), 0);
	run_field(&f, ROUNDS, (const double[]){2e6, 1e6, 3e6}, (const double[]){.01, .01, .01});
	assert_string_equal(f.comparison.entrants[f.comparison.baseline].label, "Go");
	assert_string_equal(f.comparison.entrants[0].label, "Rust"); /* by their time */
	f.options.compare_to = "perl";
	assert_int_equal(lang_baseline_check(&f.options, &f.comparison, &err), -1);
	assert_int_equal(err.exit, ERR_USAGE);
	err_free(&err);
	lang_comparison_free(&f.comparison);
}

/* ---- what is shown --------------------------------------------------------------------------------------------------------------------
 */

static void fill_rest(struct field *f)
{
	struct lang_comparison *c = &f->comparison;
	struct lang_entrant *absent;

	for (size_t i = 0; i < c->count; i++) {
		struct lang_entrant *e = &c->entrants[i];

		e->size = 1000 * i;
		e->needs.bytes = 2000;
		lang_needs_add(&e->needs, "/lib/libc.so.6");
		e->peak_rss = 1 << 20;
		e->counted = e->lang->kind == LANG_RUCHY;
		e->calls = 12345;
	}
	absent = enter(f, "julia", "Julia\x1b[2J<b>|");
	c->present--;
	absent->absent = xstrdup("not \"here\" & gone");
	absent->get = xstrdup("get it");
}

static void hostile_names_in_every_format(void **state)
{
	struct field f = {0};

	(void)state;
	enter(&f, "ruchy", "R \x1b[31m<script>\xff.ruchy");
	enter(&f, "rust", "a|b`c`\n.rs");
	run_field(&f, ROUNDS, (const double[]){1e6, 2e8}, (const double[]){.01, .01});
	fill_rest(&f);
	for (const struct lang_format *format = lang_formats; format->name; format++) {
		struct lang_view view = {.ascii = true, .width = 80};
		struct strbuf out = STRBUF_INIT;

		format->write(&f.comparison, &view, &out);
		assert_true(out.size > 100);
		assert_null(strchr(out.data, '\x1b'));
		if (strcmp(format->name, "json") == 0) {
			json_t *json = json_loads(out.data, 0, NULL);

			assert_non_null(json);
			json_decref(json);
		} else {
			assert_null(strstr(out.data, strcmp(format->name, "text") == 0 ? "\n.rs" : "<script>"));
		}
		strbuf_free(&out);
	}
	lang_comparison_free(&f.comparison);
}

static void text_fits(void **state)
{
	static const unsigned widths[] = {40, 80, 120};
	struct field f = {0};

	(void)state;
	enter(&f, "ruchy", "Ruchy a/rather/long/path/to/a/program/that/somebody/wrote.ruchy");
	enter(&f, "javascript", "JavaScript a/rather/long/path/to/a/program/that/somebody/wrote.js");
	run_field(&f, ROUNDS, (const double[]){1e6, 2e8}, (const double[]){.01, .01});
	fill_rest(&f);
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct lang_view view = {.ascii = true, .width = widths[i], .verbose = true};
		struct strbuf out = STRBUF_INIT;

		lang_formats[0].write(&f.comparison, &view, &out);
		for (const char *line = out.data; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
			if (strcspn(line, "\n") > widths[i])
				fail_msg("%u columns: %.*s", widths[i], (int)strcspn(line, "\n"), line);
		}
		strbuf_free(&out);
	}
	lang_comparison_free(&f.comparison);
}

static void formats_by_name_and_suffix(void **state)
{
	(void)state;
	assert_string_equal(lang_format_for_path("a.json")->name, "json");
	assert_string_equal(lang_format_for_path("a.svg")->name, "svg");
	assert_string_equal(lang_format_for_path("a.md")->name, "markdown");
	assert_string_equal(lang_format_for_path(".svg")->name, "text");
	assert_string_equal(lang_format_for_path("a")->name, "text");
	assert_null(lang_format_find("pprof"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(languages_are_found),
	    cmocka_unit_test(every_row_is_whole),
	    cmocka_unit_test(the_first_difference),
	    cmocka_unit_test(libraries_from_the_loader),
	    cmocka_unit_test(matches_only_where_the_interval_allows),
	    cmocka_unit_test(the_baseline_is_the_fastest_or_who_is_named),
	    cmocka_unit_test(hostile_names_in_every_format),
	    cmocka_unit_test(text_fits),
	    cmocka_unit_test(formats_by_name_and_suffix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
