/* Verdicts, looks, and the store of baselines. */
#include "bench.h"
#include "bench_exact.h"
#include "bench_history.h"
#include "bench_store.h"
#include "fs.h"
#include "strbuf.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- verdicts ------------------------------------------------------------------------------------------------------------------ */

enum { N = 30 };

static void fill(double *x, double middle, double spread, uint64_t seed)
{
	struct stats_rng rng = {seed};

	for (size_t i = 0; i < N; i++)
		x[i] = middle * (1 + spread * (stats_rng_unit(&rng) - 0.5));
}

static enum bench_verdict verdict_of(double ratio, double spread, bool paired)
{
	double a[N], b[N];
	struct judged m = {.a = a, .b = b, .na = N, .nb = N, .paired = paired, .threshold = 0.05};

	fill(a, 1e7, spread, 1);
	fill(b, ratio * 1e7, spread, 2);
	judge(&m, 1, 0.05);
	assert_true(m.ratio.lo <= m.ratio.value && m.ratio.value <= m.ratio.hi);
	assert_true(m.level == 0.95);
	return m.verdict;
}

static void verdicts_follow_the_interval(void **state)
{
	(void)state;
	for (int paired = 0; paired < 2; paired++) {
		assert_int_equal(verdict_of(1, 0.02, paired), BENCH_PASS);
		assert_int_equal(verdict_of(0.7, 0.02, paired), BENCH_PASS);
		assert_int_equal(verdict_of(1.1, 0.02, paired), BENCH_FAIL);
		assert_int_equal(verdict_of(1.05, 0.02, paired), BENCH_INCONCLUSIVE);
		assert_int_equal(verdict_of(1.1, 0.8, paired), BENCH_INCONCLUSIVE);
	}
}

/* Too few rounds for any interval: nothing is decided, whatever the times. */
static void few_rounds_decide_nothing(void **state)
{
	double a[] = {1, 1, 1}, b[] = {9, 9, 9};
	struct judged m = {.a = a, .b = b, .na = 3, .nb = 3, .paired = true, .threshold = 0.05};

	(void)state;
	judge(&m, 1, 0.05);
	assert_int_equal(m.verdict, BENCH_INCONCLUSIVE);
	assert_true(isinf(m.detectable));
}

/* Three metrics: the clearest failure holds at 5 % of a third, the next at a half; what did not fail shares the level at which it ended. */
static void several_metrics_share_the_error(void **state)
{
	double same[N], slower[N], much[N];
	struct judged m[3];

	(void)state;
	fill(same, 100, 0.02, 1);
	fill(slower, 112, 0.05, 2);
	fill(much, 150, 0.02, 3);
	m[0] = (struct judged){.a = same, .b = same, .na = N, .nb = N, .paired = true, .threshold = 0.05};
	m[1] = m[2] = m[0];
	m[1].b = slower;
	m[2].b = much;
	judge(m, 3, 0.05);
	assert_int_equal(m[0].verdict, BENCH_PASS);
	assert_int_equal(m[1].verdict, BENCH_FAIL);
	assert_int_equal(m[2].verdict, BENCH_FAIL);
	assert_true(fabs(m[0].level - 0.95) < 1e-12);
	assert_true(fabs(m[1].level + m[2].level - (1 - 0.05 / 3) - (1 - 0.05 / 2)) < 1e-12);
}

static void one_failure_fails_all(void **state)
{
	const enum bench_verdict verdicts[] = {BENCH_PASS, BENCH_INCONCLUSIVE, BENCH_UNJUDGED, BENCH_FAIL};

	(void)state;
	assert_int_equal(judge_all(verdicts, 4), BENCH_FAIL);
	assert_int_equal(judge_all(verdicts, 3), BENCH_INCONCLUSIVE);
	assert_int_equal(judge_all(verdicts, 1), BENCH_PASS);
	assert_int_equal(judge_all(verdicts, 0), BENCH_PASS);
}

/* All looks together spend what was given, no more. */
static void looks_spend_alpha_once(void **state)
{
	struct looks looks = looks_begin(0.05, 10);
	double alpha, spent = 0;
	size_t count = 0;

	(void)state;
	for (uint64_t round = 1; round <= 500; round++) {
		if (looks_due(&looks, round, (double)round / 500, &alpha)) {
			spent += alpha;
			count++;
		}
	}
	assert_in_range(count, 8, 14);
	assert_true(fabs(spent + looks_rest(&looks) - 0.05) < 1e-12);
}

/* A gate that looks again and again, of a program whose true ratio is the threshold itself: it may fail in 2.5 % of cases. */
static void looking_often_is_no_excuse(void **state)
{
	struct stats_rng rng = {11};
	size_t failed = 0;

	(void)state;
	for (size_t gate = 0; gate < 400; gate++) {
		struct looks looks = looks_begin(0.05, 10);
		double a[200], b[200], alpha;

		for (size_t i = 0; i < 200; i++) {
			struct judged m = {.a = a, .b = b, .na = i + 1, .nb = i + 1, .paired = true, .threshold = 0.05};

			a[i] = 1 + 0.3 * stats_rng_unit(&rng);
			b[i] = 1.05 * (1 + 0.3 * stats_rng_unit(&rng));
			if (!looks_due(&looks, i + 1, (double)(i + 1) / 200, &alpha))
				continue;
			judge(&m, 1, alpha);
			if (m.verdict != BENCH_INCONCLUSIVE) {
				failed += m.verdict == BENCH_FAIL;
				break;
			}
		}
	}
	assert_in_range(failed, 0, 18); /* 10 are allowed; 2.6 standard errors more */
}

/* ---- the store ------------------------------------------------------------------------------------------------------------------ */

static char directory[] = "/tmp/bench.XXXXXX";

static struct bench_baseline *made(const char *version, const char *created, double wall)
{
	struct bench_baseline *b = xcalloc(1, sizeof *b);

	bench_host_fill(&b->host);
	b->file = xstrdup("a b.ruchy");
	b->version = xstrdup(version);
	b->created = xstrdup(created);
	b->rust = xstrdup("");
	b->wall.x = xcalloc(4, sizeof(double));
	for (b->wall.n = 0; b->wall.n < 4; b->wall.n++)
		b->wall.x[b->wall.n] = wall + (double)b->wall.n;
	b->repeats = 1;
	b->size_bytes = 12345;
	return b;
}

static void save(const char *store, struct bench_baseline *b)
{
	struct err err = {0};

	assert_int_equal(bench_store_save(store, b, &err), 0);
	bench_baseline_free(b);
}

static void a_baseline_survives_the_store(void **state)
{
	char *store = xasprintf("%s/one", directory);
	struct err err = {0};
	struct bench_baseline *b;

	(void)state;
	save(store, made("v1/β \"x\"", "2026-01-01T00:00:00Z", 100));
	save(store, made("v2", "2026-01-02T00:00:00Z", 200));
	b = bench_store_find(store, "a b.ruchy", "v1/β \"x\"", NULL, &err);
	assert_non_null(b);
	assert_int_equal(b->wall.n, 4);
	assert_true(b->wall.x[3] == 103 && b->size_bytes == 12345);
	bench_baseline_free(b);
	b = bench_store_find(store, "a b.ruchy", NULL, NULL, &err); /* the newest */
	assert_string_equal(b->version, "v2");
	bench_baseline_free(b);
	assert_null(bench_store_find(store, "a b.ruchy", "v3", NULL, &err));
	assert_non_null(strstr(err.hint, "v2"));
	err_free(&err);
	assert_null(bench_store_find(store, "other.ruchy", NULL, NULL, &err));
	assert_non_null(strstr(err.hint, "--regression baseline"));
	err_free(&err);
	free(store);
}

/* Of this machine before a newer one of another; of another rather than none. */
static void this_machine_goes_first(void **state)
{
	char *store = xasprintf("%s/hosts", directory);
	struct bench_baseline *b = made("v1", "2026-01-05T00:00:00Z", 100);
	struct err err = {0};

	(void)state;
	memset(b->host.fingerprint, '0', 32);
	save(store, b);
	b = bench_store_find(store, "a b.ruchy", "v1", NULL, &err);
	assert_int_equal(b->host.fingerprint[0], '0');
	bench_baseline_free(b);
	save(store, made("v1", "2026-01-01T00:00:00Z", 50));
	b = bench_store_find(store, "a b.ruchy", "v1", NULL, &err);
	assert_true(b->wall.x[0] == 50);
	bench_baseline_free(b);
	free(store);
}

static void objects_are_checked(void **state)
{
	char *store = xasprintf("%s/objects", directory), *hash, *again, *path, *data;
	struct err err = {0};
	size_t size;

	(void)state;
	assert_int_equal(bench_store_put(store, "program", 7, &hash, &err), 0);
	assert_int_equal(bench_store_put(store, "program", 7, &again, &err), 0);
	assert_string_equal(hash, again);
	data = bench_store_get(store, hash, &size, &err);
	assert_memory_equal(data, "program", 7);
	free(data);
	path = xasprintf("%s/objects/%s", store, hash);
	assert_int_equal(fs_write(path, "Program", 7, 0600, &err), 0);
	assert_null(bench_store_get(store, hash, &size, &err));
	assert_non_null(strstr(err.what, "damaged"));
	err_free(&err);
	assert_null(bench_store_get(store, "../../../etc/passwd", &size, &err)); /* a hash from a file is no path */
	err_free(&err);
	free(path);
	free(hash);
	free(again);
	free(store);
}

/* Two writers of the same and of different versions at once: every file is whole afterwards. */
static void writers_do_not_meet(void **state)
{
	char *store = xasprintf("%s/two", directory), *problems;
	struct bench_baseline **list;
	size_t count;
	pid_t children[4];

	(void)state;
	for (int c = 0; c < 4; c++) {
		children[c] = fork();
		if (children[c] == 0) {
			for (int i = 0; i < 30; i++) {
				char *version = xasprintf("v%d", i % 3);
				struct err err = {0};
				char *hash;

				if (bench_store_put(store, "same", 4, &hash, &err) != 0)
					_exit(1);
				free(hash);
				save(store, made(version, "2026-01-01T00:00:00Z", 100 * c + i));
				free(version);
			}
			_exit(0);
		}
	}
	for (int c = 0; c < 4; c++) {
		int status;

		waitpid(children[c], &status, 0);
		assert_int_equal(status, 0);
	}
	list = bench_store_list(store, "a b.ruchy", &count, &problems);
	assert_int_equal(count, 3);
	assert_string_equal(problems, "");
	for (size_t i = 0; i < count; i++)
		bench_baseline_free(list[i]);
	free(list);
	free(problems);
	free(store);
}

static void age(const char *store, const char *hash)
{
	char *path = xasprintf("%s/objects/%s", store, hash);
	struct timespec old[2] = {{1000, 0}, {1000, 0}};

	assert_int_equal(utimensat(0, path, old, 0), 0);
	free(path);
}

static void gc_keeps_what_is_named(void **state)
{
	char *store = xasprintf("%s/gc", directory), *kept, *lost, *young, *gone;
	size_t baselines, objects;
	uint64_t bytes;
	struct err err = {0};
	struct bench_baseline *b;

	(void)state;
	bench_store_put(store, "kept", 4, &kept, &err);
	bench_store_put(store, "lost", 4, &lost, &err);
	bench_store_put(store, "young", 5, &young, &err);
	age(store, kept);
	age(store, lost);
	for (int i = 0; i < 3; i++) {
		char *version = xasprintf("v%d", i), *created = xasprintf("2026-01-0%dT00:00:00Z", i + 1);

		b = made(version, created, 10);
		free(b->rust);
		b->rust = xstrdup(i == 2 ? kept : "");
		save(store, b);
		free(version);
		free(created);
	}
	assert_int_equal(bench_store_gc(store, 2, &baselines, &objects, &bytes, &err), 0);
	assert_int_equal(baselines, 1);
	assert_int_equal(objects, 1);
	assert_int_equal(bytes, 4);
	gone = xasprintf("%s/objects/%s", store, lost);
	assert_int_equal(access(gone, F_OK), -1);
	b = bench_store_find(store, "a b.ruchy", "v2", NULL, &err);
	assert_non_null(b);
	bench_baseline_free(b);
	assert_null(bench_store_find(store, "a b.ruchy", "v0", NULL, &err));
	err_free(&err);
	free(gone);
	free(kept);
	free(lost);
	free(young);
	free(store);
}

static const struct {
	const char *text, *what;
} bad_files[] = {
    {"", "no JSON"},
    {"[]", "no baseline"},
    {"{}", "no baseline"},
    {"{\"schema_version\": 99}", "newer"},
    {"{\"schema_version\": 1}", "no file"},
    {"{\"schema_version\": 1, \"file\": 7}", "no text"},
    {"{\"schema_version\": 1, \"file\": \"a\", \"version\": \"b\", \"host\": {\"fingerprint\": \"x\"}, \"samples\": {\"wall_ns\": [1, "
     "-3]}}",
     "sample 1"},
    {"{\"schema_version\": 1, \"file\": \"a\", \"version\": \"b\", \"host\": {\"fingerprint\": \"x\"}, \"samples\": {\"wall_ns\": 5}}",
     "no list"},
    {"{\"schema_version\": 1, \"schema_version\": 1}", "no JSON"},
};

static void damaged_baselines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
		struct err err = {0};

		assert_null(bench_store_parse(bad_files[i].text, strlen(bad_files[i].text), "f.json", &err));
		if (!strstr(err.what, bad_files[i].what))
			fail_msg("%s: %s", bad_files[i].text, err.what);
		err_free(&err);
	}
}

static void a_history_tells_changes(void **state)
{
	struct bench_baseline *list[] = {made("v1", "2026-01-01T00:00:00Z", 1e6), made("v2", "2026-01-02T00:00:00Z", 2e6)};
	struct bench_history history;
	struct strbuf text = STRBUF_INIT;

	(void)state;
	bench_history_fill(&history, "a b.ruchy", list, 2);
	assert_true(isnan(history.points[0].change.value));
	assert_true(history.points[1].change.value > 1.9 && history.points[1].change.value < 2.1);
	assert_true(bench_history_write(&text, &history, "text", true));
	assert_non_null(strstr(text.data, "+100.0%"));
	assert_false(bench_history_write(&text, &history, "xyz", true));
	strbuf_free(&text);
	bench_history_free(&history);
	bench_baseline_free(list[0]);
	bench_baseline_free(list[1]);
}

/* ---- formats ----------------------------------------------------------------------------------------------------------------------- */

static struct bench_report sample_report(void)
{
	struct bench_report r = {
	    .mode = "ci", .source = "a:b,c.ruchy", .threshold = 0.05, .rounds = 12, .seconds = 1.5, .verdict = BENCH_FAIL};

	r.baseline = xstrdup("v1");
	r.current = xstrdup("v2");
	r.host = xstrdup("here");
	r.baseline_host = xstrdup("here");
	for (int i = 0; i < METRICS; i++)
		r.lines[i] = (struct bench_line){.id = (enum bench_metric_id)i, .verdict = BENCH_UNJUDGED, .p = NAN, .detectable = NAN};
	r.lines[METRIC_WALL] = (struct bench_line){.id = METRIC_WALL,
						   .present = true,
						   .judged = true,
						   .a = 2e7,
						   .b = 2.2e7,
						   .ratio = {1.1, 1.08, 1.12},
						   .level = 0.95,
						   .threshold = 0.05,
						   .p = 0.001,
						   .bootstrap = {1.1, 1.08, 1.12},
						   .shift = 2e6,
						   .detectable = 0.07,
						   .verdict = BENCH_FAIL,
						   .na = 12,
						   .nb = 12};
	r.lines[METRIC_CALLS].present = r.lines[METRIC_CALLS].judged = true;
	r.lines[METRIC_CALLS].a = 3;
	r.lines[METRIC_CALLS].b = 6;
	r.lines[METRIC_CALLS].ratio = (struct stats_interval){2, 2, 2};
	r.lines[METRIC_CALLS].verdict = BENCH_FAIL;
	r.lines[METRIC_CALLS].cause = xstrdup("`f<T>` 3 → 6 calls, a%.ruchy:2\n");
	r.lines[METRIC_CALLS].cause_line = 2;
	r.transpile.a = r.rustc.a = -1;
	r.queued = -1;
	bench_warn(&r, "the first, %s", "<b>");
	bench_warn(&r, "the first, %s", "<b>"); /* once is enough */
	return r;
}

static void formats_escape_what_they_must(void **state)
{
	struct bench_report r = sample_report();
	struct bench_style style = {.ascii = true};
	struct strbuf text = STRBUF_INIT;
	json_error_t problem;
	json_t *root;

	(void)state;
	assert_int_equal(r.warning_count, 1);
	bench_github(&text, &r, &style);
	assert_non_null(strstr(text.data, "::error file=a%3Ab%2Cc.ruchy,title=FAIL::Wall time +10.0%25"));
	assert_non_null(strstr(text.data, ",line=2,title=FAIL::Calls"));
	assert_non_null(strstr(text.data, "a%25.ruchy:2%0A\n"));
	strbuf_free(&text);
	bench_junit(&text, &r, &style);
	assert_non_null(strstr(text.data, "tests=\"2\" failures=\"2\""));
	assert_non_null(strstr(text.data, "`f&lt;T&gt;`"));
	strbuf_free(&text);
	bench_markdown(&text, &r, &style);
	assert_non_null(strstr(text.data, "FAIL"));
	strbuf_free(&text);
	bench_json(&text, &r, &style);
	root = json_loads(text.data, 0, &problem);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "verdict")), "fail");
	json_decref(root);
	strbuf_free(&text);
	bench_text(&text, &r, &style);
	assert_non_null(strstr(text.data, "Change: +2.00ms (+10.0%)  [FAIL] FAIL (> 5% threshold)"));
	strbuf_free(&text);
	bench_report_free(&r);
}

static void metrics_have_names(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(bench_metrics_parse("wall,calls", &err), 1u << METRIC_WALL | 1u << METRIC_CALLS);
	assert_int_equal(bench_metrics_parse("blocks", &err), 1u << METRIC_BLOCKS);
	assert_int_equal(bench_metrics_parse("wall,clals", &err), 0);
	assert_int_equal(err.exit, ERR_USAGE);
	err_free(&err);
	assert_int_equal(bench_metrics_parse("", &err), 0);
	err_free(&err);
}

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	fs_remove_tree(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verdicts_follow_the_interval),
	    cmocka_unit_test(few_rounds_decide_nothing),
	    cmocka_unit_test(several_metrics_share_the_error),
	    cmocka_unit_test(one_failure_fails_all),
	    cmocka_unit_test(looks_spend_alpha_once),
	    cmocka_unit_test(looking_often_is_no_excuse),
	    cmocka_unit_test(a_baseline_survives_the_store),
	    cmocka_unit_test(this_machine_goes_first),
	    cmocka_unit_test(objects_are_checked),
	    cmocka_unit_test(writers_do_not_meet),
	    cmocka_unit_test(gc_keeps_what_is_named),
	    cmocka_unit_test(damaged_baselines_are_refused),
	    cmocka_unit_test(a_history_tells_changes),
	    cmocka_unit_test(formats_escape_what_they_must),
	    cmocka_unit_test(metrics_have_names),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
