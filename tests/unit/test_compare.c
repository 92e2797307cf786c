/* Lines match by content, functions by name; what changed is told from what only moved. */
#include "compare.h"
#include "exporter.h"
#include "line_match.h"
#include "sample_profiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

static struct source_text *text_of(const char *text)
{
	return source_text_of("x.ruchy", text, strlen(text), "");
}

struct match_case {
	const char *a, *b;
	uint32_t to[8]; /* for each line of a */
};

static void test_lines(void **state)
{
	static const struct match_case cases[] = {
	    {"", "", {0}},
	    {"x", "", {0}},
	    {"a\nb\nc\n", "a\nb\nc\n", {1, 2, 3}},
	    {"a\nb\nc\n", "new\na\nb\nc", {2, 3, 4}},
	    {"a\nb\nc\n", "a\n  b  \r\nc\n", {1, 2, 3}}, /* moved in or out only */
	    {"a\nb\nc\n", "a\nc\n", {1, 0, 2}},
	    {"a\nb\nc\nd\n", "a\nx\nc\ny\nd\n", {1, 0, 3, 5}},
	    {"}\n}\n}\n", "}\n}\n}\n}\n", {1, 2, 3}},
	    {"f\n}\n\ng\n}\n", "g\n}\n\nf\n}\n", {0, 2, 3, 0, 5}}, /* never crossing */
	    {"x\nx\ny\nx\n", "x\ny\nx\nx\n", {1, 0, 2, 4}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct source_text *a = text_of(cases[i].a), *b = text_of(cases[i].b);
		uint32_t *to = line_match(a, b);

		for (size_t line = 0; line < a->count; line++)
			if (to[line] != cases[i].to[line])
				fail_msg("case %zu: line %zu became %u, not %u", i, line + 1, to[line], cases[i].to[line]);
		free(to);
		source_text_free(a);
		source_text_free(b);
	}
}

/* Matches keep order and content, whatever the texts; a text matches itself. */
static void test_lines_random(void **state)
{
	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct strbuf text[2] = {STRBUF_INIT, STRBUF_INIT};
		struct source_text *source[2];
		uint32_t last = 0, *to;

		for (size_t side = 0; side < 2; side++) {
			for (uint64_t n = random_below(60); n > 0; n--)
				strbuf_printf(&text[side], "%*sline %d\n", (int)random_below(3), "", (int)random_below(round % 2 ? 4 : 60));
			source[side] = text_of(text[side].data ? text[side].data : "");
		}
		to = line_match(source[0], source[1]);
		for (size_t line = 0; line < source[0]->count; line++) {
			if (to[line] == 0)
				continue;
			assert_true(to[line] > last && to[line] <= source[1]->count);
			last = to[line];
			assert_int_equal(atoi(strstr(source[0]->lines[line], "line ") + 5),
					 atoi(strstr(source[1]->lines[last - 1], "line ") + 5));
		}
		free(to);
		to = line_match(source[0], source[0]);
		for (size_t line = 0; line < source[0]->count; line++)
			assert_int_equal(to[line], line + 1);
		free(to);
		for (size_t side = 0; side < 2; side++) {
			source_text_free(source[side]);
			strbuf_free(&text[side]);
		}
	}
}

/* Texts that defeat anchors take no time that grows with the square of their lines. */
static void test_lines_large(void **state)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	struct source_text *x, *y;
	uint32_t *to;

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		strbuf_puts(&a, i % 2 ? "}\n" : "{\n");
		strbuf_printf(&b, i % 3 ? "}\n" : "line %zu\n", 200000 - i);
	}
	x = text_of(a.data);
	y = text_of(b.data);
	to = line_match(x, y);
	free(to);
	to = line_match(y, x);
	free(to);
	source_text_free(x);
	source_text_free(y);
	strbuf_free(&a);
	strbuf_free(&b);
}

/* fibonacci with a cache: far fewer calls, a new function, and all of it three lines further down. */
static struct profile *sample_memoised(void)
{
	struct profile *p = sample_fibonacci();

	for (size_t i = 0; i < p->fn_count; i++) {
		p->fns[i].from += 3;
		p->fns[i].to += 3;
	}
	for (size_t i = 0; i < p->line_count; i++)
		p->lines[i].line += 3;
	for (size_t i = 0; i < p->edge_count; i++)
		p->edges[i].line += 3;
	p->fns[0].calls = 3 * 69;
	p->fns[0].calls_min = p->fns[0].calls_max = 69;
	p->fns[0].samples_self = p->fns[0].samples_total = 40;
	p->fns[1].samples_self = 60;
	p->fns[1].samples_total = 100;
	p->lines[0].count = 3 * 69;
	p->lines[0].samples = 40;
	p->lines[1].samples = 0;
	p->lines[2].count = 3 * 34;
	p->lines[2].samples = 0;
	p->edges[0].calls = 3 * 68;
	p->samples = 100;
	p->samples_outside = 0;
	p->fns[1].memory.allocations = 3 * 7;
	p->fns[1].memory.bytes = 3 * 4096;
	sample_fn(p, "cached", 30, 33, 3 * 69)->samples_self = 0;
	for (size_t i = 0; i < 2; i++) {
		free(p->wall[i].buckets);
		free(p->cpu[i].buckets);
		p->wall[i] = p->cpu[i] = (struct profile_times){0};
	}
	sample_runs(&p->wall[PROFILE_PLAIN], 3, 400000);
	sample_runs(&p->cpu[PROFILE_PLAIN], 3, 400000);
	sample_runs(&p->wall[PROFILE_INSTRUMENTED], 3, 500000);
	sample_text(&p->source_hash, "fedcba9876543210fedcba9876543210");
	return p;
}

static const char before[] =
    "fun fibonacci(n: i32) -> i32 {\n    if n <= 1 {\n        n\n    } else {\n        fibonacci(n - 1) + fibonacci(n - 2)\n"
    "    }\n}\n\nfun main() {\n    println(fibonacci(35))\n}\n";

/* The sides of a comparison, texts included; `shift` lines stand above the text of b. */
struct sides {
	struct profile *p[2];
	struct report *r[2];
	struct sources s[2];
	struct source_text *texts[2];
	struct comparison *c;
};

static void make_sides(struct sides *sides, struct profile *a, struct profile *b, bool texts)
{
	char *after = xasprintf("// cached\n// by hand\n\n%s", before);

	*sides = (struct sides){.p = {a, b}};
	for (size_t i = 0; i < 2; i++)
		sides->r[i] = report_new(sides->p[i]);
	sides->texts[0] = source_text_of("a", before, strlen(before), "");
	sides->texts[1] = source_text_of("b", after, strlen(after), "");
	for (size_t i = 0; i < 2; i++) {
		sides->texts[i]->state = texts ? SOURCE_SAME : SOURCE_CHANGED;
		sides->s[i] = (struct sources){&sides->texts[i], 1};
	}
	sides->c = compare_new(sides->r[0], sides->r[1], &sides->s[0], &sides->s[1]);
	free(after);
}

static void free_sides(struct sides *sides)
{
	compare_free(sides->c);
	for (size_t i = 0; i < 2; i++) {
		source_text_free(sides->texts[i]);
		report_free(sides->r[i]);
		profile_free(sides->p[i]);
	}
}

static void test_same(void **state)
{
	static struct profile *(*const make[])(void) = {sample_fibonacci, sample_many,	  sample_clock,
							sample_inexact,	  sample_hostile, sample_empty};

	(void)state;
	for (size_t i = 0; i < sizeof make / sizeof *make; i++) {
		struct sides sides;

		make_sides(&sides, make[i](), make[i](), false);
		assert_true(sides.c->same_source);
		for (size_t f = 0; f < sides.c->fn_count; f++) {
			const struct compared_fn *fn = &sides.c->fns[f];

			assert_int_equal(fn->a, fn->b);
			assert_true(change_kind(&fn->calls) <= CHANGE_SAME && change_kind(&fn->self_ns) <= CHANGE_SAME);
		}
		for (size_t l = 0; l < sides.c->line_count; l++)
			assert_int_equal(sides.c->lines[l].a, sides.c->lines[l].b);
		assert_true(change_kind(&sides.c->time) <= CHANGE_SAME);
		free_sides(&sides);
	}
}

static void test_changed(void **state)
{
	(void)state;
	for (int texts = 0; texts < 2; texts++) {
		struct sides sides;
		const struct comparison *c;
		size_t moved = 0;

		make_sides(&sides, sample_fibonacci(), sample_memoised(), texts);
		c = sides.c;
		assert_int_equal(c->by_text, texts);
		assert_int_equal(change_kind(&c->time), CHANGE_LESS);
		assert_int_equal(c->fn_count, 3);
		assert_string_equal(c->b->profile->fns[c->fns[0].b].name, "fibonacci");
		assert_true(c->fns[0].calls.a == 29860703 && c->fns[0].calls.b == 69);
		assert_int_equal(change_kind(&c->fns[0].self_ns), CHANGE_LESS);
		for (size_t i = 1; i < 3; i++) { /* main, and cached: 69 calls are more than none */
			bool is_new = strcmp(c->b->profile->fns[c->fns[i].b].name, "cached") == 0;

			assert_int_equal(c->fns[i].a == PROFILE_NONE, is_new);
			assert_int_equal(change_kind(&c->fns[i].calls), is_new ? CHANGE_MORE : CHANGE_SAME);
		}
		for (size_t i = 0; i < c->line_count; i++)
			moved += c->lines[i].b == c->lines[i].a + 3;
		assert_int_equal(moved, 4); /* all lines that have figures */
		free_sides(&sides);
	}
}

/* The other way round every change is the opposite one. */
static void test_swapped(void **state)
{
	struct sides forth, back;

	(void)state;
	make_sides(&forth, sample_fibonacci(), sample_memoised(), false);
	make_sides(&back, sample_memoised(), sample_fibonacci(), false);
	assert_int_equal(forth.c->fn_count, back.c->fn_count);
	for (size_t i = 0; i < forth.c->fn_count; i++) {
		const struct compared_fn *f = &forth.c->fns[i], *g = &back.c->fns[i];

		assert_int_equal(f->a, g->b);
		assert_int_equal(f->b, g->a);
		assert_true(f->calls.a == g->calls.b && f->self_ns.a == g->self_ns.b && f->self_ns.error == g->self_ns.error);
	}
	free_sides(&forth);
	free_sides(&back);
}

/* Of one run each nobody knows how far runs differ. */
static void test_single_runs(void **state)
{
	struct sides sides;

	(void)state;
	make_sides(&sides, sample_inexact(), sample_inexact(), false);
	sides.c->time.b *= 2;
	assert_int_equal(change_kind(&sides.c->time), CHANGE_NONE);
	free_sides(&sides);
}

/* Many functions of one name: pairing them takes no time that grows with the square of their number. */
static void test_twins(void **state)
{
	struct profile *p[2];
	struct sides sides;

	(void)state;
	for (size_t side = 0; side < 2; side++) {
		p[side] = sample_start("twins.ruchy");
		p[side]->runs = 1;
		for (uint32_t i = 0; i < 20000; i++)
			sample_fn(p[side], "f", 2 * i + 1 + (uint32_t)side, 2 * i + 2, 1);
	}
	sample_text(&p[1]->source_hash, "fedcba9876543210fedcba9876543210");
	make_sides(&sides, p[0], p[1], false);
	assert_int_equal(sides.c->fn_count, 20000);
	free_sides(&sides);
}

struct golden {
	const char *name, *exporter;
	struct profile *(*a)(void), *(*b)(void);
	struct export_options options;
};

static char *read_all(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t size;

	while (file && (size = fread(block, 1, sizeof block, file)) > 0)
		strbuf_add(&text, block, size);
	if (file)
		fclose(file);
	return strbuf_take(&text);
}

static void test_goldens(void **state)
{
	static const struct golden goldens[] = {
	    {"text-diff.fibonacci.80", "text", sample_fibonacci, sample_memoised, {.width = 80}},
	    {"text-diff.fibonacci.40", "text", sample_fibonacci, sample_memoised, {.width = 40, .ascii = true}},
	    {"text-diff.fibonacci.function", "text", sample_memoised, sample_fibonacci, {.width = 80, .function = "main"}},
	    {"text-diff.hostile.80", "text", sample_hostile, sample_many, {.width = 80, .top = 12}},
	    {"text-diff.same.80", "text", sample_many, sample_many, {.width = 80}},
	    {"json-diff.fibonacci.all", "json", sample_fibonacci, sample_memoised, {0}},
	};
	const char *mode = getenv("GOLDEN");
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
		char *path = xasprintf(TESTS "/golden/%s", goldens[i].name), *expected;
		struct strbuf out = STRBUF_INIT;
		struct sides sides;
		struct err err = {0};

		make_sides(&sides, goldens[i].a(), goldens[i].b(), true);
		assert_int_equal(exporter_find(goldens[i].exporter)->diff(sides.c, &goldens[i].options, &out, &err), 0);
		free_sides(&sides);
		if (mode && strcmp(mode, "write") == 0) {
			FILE *file = fopen(path, "wb");

			assert_non_null(file);
			fputs(out.data, file);
			fclose(file);
		}
		expected = read_all(path);
		if (strcmp(expected, out.data) != 0) {
			fprintf(stderr, "%s differs; got:\n%s", path, out.data);
			wrong++;
		}
		free(expected);
		free(path);
		strbuf_free(&out);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),	cmocka_unit_test(test_lines_random), cmocka_unit_test(test_lines_large),
	    cmocka_unit_test(test_same),	cmocka_unit_test(test_changed),	     cmocka_unit_test(test_swapped),
	    cmocka_unit_test(test_single_runs), cmocka_unit_test(test_twins),	     cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
