/* test_suggest.c - what is proven, what ranks first, and what may stand in a file of flags. */
#include "flag_file.h"
#include "fs.h"
#include "suggest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- gains -------------------------------------------------------------------------------------------------------------------- */

static struct suggest_change timed(double value, double lo, double hi)
{
	return (struct suggest_change){.known = true, .from = 100, .to = 100 * value, .ratio = {value, lo, hi}, .layouts = 4, .rounds = 12};
}

static struct suggest_change exact(double from, double to)
{
	return (struct suggest_change){.known = true, .from = from, .to = to, .ratio = {to / from, to / from, to / from}};
}

static void only_what_is_proven_and_worth_telling_is_a_gain(void **state)
{
	(void)state;
	const struct {
		struct suggest_change change;
		enum suggest_measure measure;
		double gain;
	} cases[] = {
	    {timed(0.9, 0.85, 0.95), SUGGEST_TIME, 10},
	    {timed(0.9, 0.85, 1.0), SUGGEST_TIME, 0},
	    {timed(0.995, 0.993, 0.997), SUGGEST_TIME, 0},
	    {timed(1.2, 1.1, 1.3), SUGGEST_TIME, -20},
	    {timed(1.2, 0.9, 1.3), SUGGEST_TIME, 0},
	    {timed(0.9, 0, INFINITY), SUGGEST_TIME, 0},
	    {timed(NAN, NAN, NAN), SUGGEST_TIME, 0},
	    {exact(1000, 900), SUGGEST_SIZE, 10},
	    {exact(1000, 997), SUGGEST_SIZE, 0},
	    {exact(1000, 2000), SUGGEST_SIZE, -100},
	    {{0}, SUGGEST_SIZE, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_true(fabs(suggest_gain(&cases[i].change, cases[i].measure) - cases[i].gain) < 1e-9);
}

static void a_change_reads_as_such(void **state)
{
	(void)state;
	const struct {
		struct suggest_change change;
		enum suggest_measure measure;
		bool interval;
		const char *text;
	} cases[] = {
	    {timed(0.9, 0.85, 0.95), SUGGEST_TIME, true, "-10.0% (-15.0% to -5.0%)"},
	    {timed(0.9, 0.85, 0.95), SUGGEST_TIME, false, "-10.0%"},
	    {timed(0.9, 0.85, 1.05), SUGGEST_TIME, true, "same"},
	    {exact(1000, 3500), SUGGEST_SIZE, true, "+250.0%"},
	    {{0}, SUGGEST_START, true, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strbuf text = STRBUF_INIT;

		suggest_put_change(&text, &cases[i].change, cases[i].measure, cases[i].interval);
		assert_string_equal(text.data ? text.data : "", cases[i].text);
		strbuf_free(&text);
	}
}

static void a_ratio_is_no_surer_than_its_layouts(void **state)
{
	(void)state;
	/* two rounds of four layouts; logarithms of the ratios are 0.1, 0.2, 0.3 and 0.4, so 0.25 +- 3.182 * 0.1291 / 2 at 95 % */
	double a[8], b[8], same[8];

	for (size_t i = 0; i < 8; i++) {
		a[i] = 50 + (double)i;
		b[i] = a[i] * exp(0.1 * (double)(i / 2 + 1));
		same[i] = 2 * a[i];
	}
	struct stats_interval of = suggest_interval(a, b, 4, 2, 0.95);

	assert_true(fabs(log(of.value) - 0.25) < 1e-9);
	assert_true(fabs(log(of.lo) - (0.25 - 0.20543)) < 1e-4 && fabs(log(of.hi) - (0.25 + 0.20543)) < 1e-4);
	of = suggest_interval(a, same, 4, 2, 0.95);
	assert_true(fabs(of.lo - 2) < 1e-9 && fabs(of.hi - 2) < 1e-9);
	/* eight rounds of one layout are enough for 95 %, not for 99.9 % */
	of = suggest_interval(a, same, 1, 8, 0.95);
	assert_true(of.lo > 1.99 && of.hi < 2.01);
	of = suggest_interval(a, same, 1, 8, 0.999);
	assert_true(of.lo <= 0 && isinf(of.hi));
	assert_int_equal(suggest_usable_layouts(0), 0);
	assert_int_equal(suggest_usable_layouts(2), 1);
	assert_int_equal(suggest_usable_layouts(3), 3);
}

/* ---- the ranked list ------------------------------------------------------------------------------------------------------------ */

static const struct suggest_variant level_s = {"opt-level-s", "opt-level", "-C opt-level=s", false, NULL};
static const struct suggest_variant level_z = {"opt-level-z", "opt-level", "-C opt-level=z", false, NULL};
static const struct suggest_variant lto = {"lto-fat", "lto", "-C lto=fat", false, NULL};
static const struct suggest_variant native = {"cpu-native", "target-cpu", "-C target-cpu=native", false, "only here"};
static const struct suggest_variant wrong = {"wrong", "wrong", "-C wrong=1", false, NULL};

static void rank_of(int goal, char *order, size_t size)
{
	struct suggest_trial trials[] = {
	    {.variant = NULL},
	    {.variant = &level_s, .changes = {[SUGGEST_SIZE] = exact(1000, 900)}},
	    {.variant = &level_z, .changes = {[SUGGEST_SIZE] = exact(1000, 800), [SUGGEST_TIME] = timed(1.5, 1.4, 1.6)}},
	    {.variant = &lto, .changes = {[SUGGEST_SIZE] = exact(1000, 700), [SUGGEST_TIME] = timed(0.95, 0.93, 0.97)}},
	    {.variant = &native, .changes = {[SUGGEST_TIME] = timed(0.75, 0.7, 0.8)}},
	    {.variant = &wrong, .state = SUGGEST_DIFFERS, .changes = {[SUGGEST_TIME] = timed(0.1, 0.1, 0.1)}},
	};
	struct suggest_advice advice = {.id = (char *)"memoization", .measure = SUGGEST_TIME, .bound = 25};
	struct suggest s = {.trials = trials, .trial_count = COUNT(trials), .advice = &advice, .advice_count = 1};

	suggest_rank(&s, goal);
	*order = 0;
	for (size_t i = 0; i < s.item_count; i++) {
		strncat(order, s.items[i].advice ? s.items[i].advice->id : s.items[i].trial->variant->id, size - strlen(order) - 1);
		strncat(order, " ", size - strlen(order) - 1);
	}
	free(s.items);
}

static void the_largest_gain_comes_first_and_a_goal_before_all(void **state)
{
	(void)state;
	char order[256];

	/* opt-level-s is less of the same as opt-level-z; at 25 % what was measured stands before what may be */
	rank_of(-1, order, sizeof order);
	assert_string_equal(order, "lto-fat cpu-native memoization opt-level-z ");
	rank_of(SUGGEST_TIME, order, sizeof order);
	assert_string_equal(order, "cpu-native memoization lto-fat opt-level-z ");
	rank_of(SUGGEST_SIZE, order, sizeof order);
	assert_string_equal(order, "lto-fat opt-level-z cpu-native memoization ");
}

static void every_variant_may_stand_in_a_file(void **state)
{
	(void)state;
	for (const struct suggest_variant *v = suggest_variants; v->id; v++) {
		if (!v->flags) {
			assert_non_null(v->changes);
			continue;
		}
		assert_int_equal(strncmp(v->flags, "-C ", 3), 0);
		assert_true(flag_file_allows(v->flags + 3));
	}
}

/* ---- files of flags ------------------------------------------------------------------------------------------------------------- */

static void what_is_read_is_what_was_written(void **state)
{
	(void)state;
	const char text[] = "# why\n\n  -C lto=thin\t\r\n-Copt-level=s\n-C lto=fat\n-C link-arg=-Wl,--icf=all\n"
			    "-C link-arg=-Wl,-z,pack-relative-relocs\n-C relocation_model=static\n-C strip=symbols";
	struct flag_file file;
	struct err err = {0};

	assert_int_equal(flag_file_parse(text, strlen(text), "x.flags", &file, &err), 0);
	char *all = flag_file_words(&file, true), *names = flag_file_words(&file, false);

	assert_string_equal(all, "-C opt-level=s -C lto=fat -C link-arg=-Wl,--icf=all -C link-arg=-Wl,-z,pack-relative-relocs "
				 "-C relocation_model=static -C strip=symbols");
	assert_string_equal(names, "-C opt-level=s -C lto=fat -C link-arg=-Wl,--icf=all -C link-arg=-Wl,-z,pack-relative-relocs "
				   "-C relocation_model=static");
	free(names);

	char *dir = fs_tmpdir(&err), *path = xasprintf("%s/-odd name.ruchy.flags", dir);
	struct flag_file again;

	assert_int_equal(flag_file_write(path, &file, "first\nsecond", &err), 0);
	assert_int_equal(flag_file_read(path, &again, &err), 0);
	names = flag_file_words(&again, true);
	assert_string_equal(names, all);
	free(names);
	free(all);
	flag_file_free(&file);
	flag_file_free(&again);
	fs_remove_tree(dir);
	assert_int_equal(flag_file_read(path, &again, &err), 1);
	free(path);
	free(dir);
}

static void hostile_lines_are_refused(void **state)
{
	(void)state;
	static const char *const lines[] = {"-C linker=/tmp/evil",
					    "-Clinker=/tmp/evil",
					    "@response",
					    "-C link-arg=@response",
					    "-C link-arg=-Wl,-rpath,/tmp",
					    "-C link-args=-fuse-ld=/tmp/evil",
					    "-C link-arg=-Wl,-z,now -fuse-ld=x",
					    "-C opt-level=3 -C linker=x",
					    "-C target-cpu=help",
					    "-C target-cpu=-x",
					    "-C target-cpu=a b",
					    "-C relocation-model=help",
					    "-C target-feature=+avx512f",
					    "-C incremental=/tmp",
					    "-C profile-use=/etc/passwd",
					    "-C save-temps=yes",
					    "-C llvm-args=-x",
					    "-C opt-level=",
					    "-C opt-level",
					    "-C lto",
					    "-C =3",
					    "-C",
					    "-C ",
					    "-o /tmp/x",
					    "--emit=asm",
					    "-L/tmp",
					    "-Z unstable",
					    "--cfg x",
					    "lto=fat",
					    "-C codegen-units=0",
					    "-C codegen-units=12345",
					    "-C codegen-units=-1",
					    "-C opt-level=s z"};

	for (size_t i = 0; i < COUNT(lines); i++) {
		char *text = xasprintf("# flags\n%s\n", lines[i]);
		struct flag_file file;
		struct err err = {0};

		assert_int_equal(flag_file_parse(text, strlen(text), "x.flags", &file, &err), -1);
		assert_int_equal(file.count, 0);
		assert_string_equal(err.where, "x.flags:2");
		free(text);
	}
}

static void bytes_of_no_text_are_refused_and_not_shown(void **state)
{
	(void)state;
	const char text[] = "-C lto=fat\0\n-C \x1b[31mred\n";
	struct flag_file file;
	struct err err = {0};

	assert_int_equal(flag_file_parse(text, sizeof text - 1, "x.flags", &file, &err), -1);
	err_free(&err);
	err = (struct err){0};
	assert_int_equal(flag_file_parse(text + 12, sizeof text - 13, "x.flags", &file, &err), -1);
	assert_null(strchr(err.what, '\x1b'));
}

static void a_file_has_an_end(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	struct flag_file file;
	struct err err = {0};

	for (int i = 0; i < 5000; i++)
		strbuf_puts(&text, "-C lto=fat\n");
	assert_int_equal(flag_file_parse(text.data, text.size, "x.flags", &file, &err), 0);
	assert_int_equal(file.count, 1);
	flag_file_free(&file);
	strbuf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_is_proven_and_worth_telling_is_a_gain),
	    cmocka_unit_test(a_change_reads_as_such),
	    cmocka_unit_test(a_ratio_is_no_surer_than_its_layouts),
	    cmocka_unit_test(the_largest_gain_comes_first_and_a_goal_before_all),
	    cmocka_unit_test(every_variant_may_stand_in_a_file),
	    cmocka_unit_test(what_is_read_is_what_was_written),
	    cmocka_unit_test(hostile_lines_are_refused),
	    cmocka_unit_test(bytes_of_no_text_are_refused_and_not_shown),
	    cmocka_unit_test(a_file_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
