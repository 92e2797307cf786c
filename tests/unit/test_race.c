/* Several programs in turn: rounds are whole, orders vary, failures never become samples. */
#include "race.h"
#include "stats.h"
#include "strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char *const quick[] = {"/bin/true", NULL};
static char *const fails[] = {"/bin/false", NULL};
static char *const sleeps[] = {"/bin/sleep", "30", NULL};
static char *const works[] = {"/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done", NULL};

struct notes {
	char order[64];
	size_t runs;
	uint64_t stop_at;
};

static void note(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	struct notes *notes = context;

	(void)round;
	assert_true(seconds >= 0);
	if (!warmup && notes->runs < sizeof notes->order - 1)
		notes->order[notes->runs++] = *entrant->name;
}

static bool stop_at(void *context, const struct race_entrant *entrants, size_t count, uint64_t rounds, double seconds)
{
	struct notes *notes = context;

	(void)seconds;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(entrants[i].count, rounds);
	return rounds >= notes->stop_at;
}

static void every_round_runs_all_in_varying_order(void **state)
{
	struct race_entrant entrants[] = {{.name = "a", .argv = quick}, {.name = "b", .argv = works}};
	struct notes notes = {.stop_at = 100};
	struct race_options options = {.max_rounds = 20, .warmup = 2, .seed = 5, .progress = note, .decide = stop_at, .context = &notes};
	struct race_result result;
	struct err err = {0};
	size_t ab = 0;
	double *a, *b;

	(void)state;
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_int_equal(result.rounds, 20);
	assert_false(result.decided || result.out_of_time || result.interrupted || result.failed);
	assert_int_equal(notes.runs, 40);
	for (size_t i = 0; i < 40; i += 2) {
		assert_true(notes.order[i] != notes.order[i + 1]);
		ab += notes.order[i] == 'a';
	}
	assert_in_range(ab, 3, 17);
	a = race_figures(&entrants[0], RACE_WALL);
	b = race_figures(&entrants[1], RACE_WALL);
	assert_true(stats_median(b, 20) > stats_median(a, 20));
	assert_true(result.run_seconds > 0 && result.run_seconds <= result.seconds);
	assert_true(entrants[0].first.ok &&
		    entrants[1].samples[3].cpu_ns == entrants[1].samples[3].user_ns + entrants[1].samples[3].system_ns);
	assert_true(entrants[1].samples[3].peak_rss_bytes > 100000);
	free(a);
	free(b);
	race_free(entrants, 2);
}

static void a_decision_ends_it(void **state)
{
	struct race_entrant entrants[] = {{.name = "a", .argv = quick}, {.name = "b", .argv = quick}};
	struct notes notes = {.stop_at = 7};
	struct race_options options = {.min_rounds = 3, .max_seconds = 60, .decide = stop_at, .context = &notes};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_true(result.decided);
	assert_int_equal(result.rounds, 7);
	assert_int_equal(entrants[1].count, 7);
	race_free(entrants, 2);
}

static void time_ends_it_but_not_before_the_least(void **state)
{
	struct race_entrant entrants[] = {{.name = "a", .argv = works}};
	struct race_options options = {.min_rounds = 3, .max_seconds = 1e-6};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_int_equal(race(entrants, 1, &options, &result, &err), 0);
	assert_true(result.out_of_time);
	assert_int_equal(result.rounds, 3);
	race_free(entrants, 1);
}

static void a_failing_run_is_no_sample(void **state)
{
	struct race_entrant entrants[] = {{.name = "a", .argv = quick}, {.name = "b", .argv = fails}};
	struct race_options options = {.max_rounds = 5};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_ptr_equal(result.failed, &entrants[1]);
	assert_int_equal(result.rounds + entrants[0].count + entrants[1].count, 0);
	assert_int_equal(WEXITSTATUS(entrants[1].failed_status), 1);
	race_free(entrants, 2);
	options.on_failure = RACE_DROP_ROUND;
	options.most_failures = 4;
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_ptr_equal(result.failed, &entrants[1]);
	assert_int_equal(entrants[1].failures, 4);
	race_free(entrants, 2);
	options.on_failure = RACE_COUNT_FAILURES;
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_null(result.failed);
	assert_int_equal(entrants[1].count, 5);
	assert_int_equal(WEXITSTATUS(entrants[1].samples[0].status), 1);
	race_free(entrants, 2);
}

/* Fails whenever the file is missing, and makes it: every other run. */
static void dropped_rounds_are_run_again(void **state)
{
	char directory[] = "/tmp/race.XXXXXX";
	char *script, *argv[] = {"/bin/sh", "-c", NULL, NULL};
	struct race_entrant entrants[] = {{.name = "a", .argv = quick}, {.name = "b", .argv = argv}};
	struct race_options options = {.max_rounds = 4, .on_failure = RACE_DROP_ROUND};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_non_null(mkdtemp(directory));
	script = argv[2] = xasprintf("if [ -e %s/f ]; then rm %s/f; else : > %s/f; exit 1; fi", directory, directory, directory);
	assert_int_equal(race(entrants, 2, &options, &result, &err), 0);
	assert_null(result.failed);
	assert_int_equal(result.rounds, 4);
	assert_int_equal(entrants[1].failures, 4);
	race_free(entrants, 2);
	free(script);
	rmdir(directory);
}

static void a_timeout_stops_it(void **state)
{
	struct race_entrant entrants[] = {{.name = "a", .argv = sleeps}};
	struct race_options options = {.max_rounds = 5, .timeout_seconds = 0.05, .on_failure = RACE_COUNT_FAILURES};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_int_equal(race(entrants, 1, &options, &result, &err), 0);
	assert_ptr_equal(result.failed, &entrants[0]);
	assert_true(entrants[0].timed_out);
	race_free(entrants, 1);
}

static void what_cannot_start_is_an_error(void **state)
{
	char *const missing[] = {"/nonexistent/program", NULL};
	struct race_entrant entrants[] = {{.name = "a", .argv = missing}};
	struct race_options options = {.max_rounds = 5};
	struct race_result result;
	struct err err = {0};

	(void)state;
	assert_int_equal(race(entrants, 1, &options, &result, &err), -1);
	assert_non_null(strstr(err.where, "/nonexistent/program"));
	err_free(&err);
	race_free(entrants, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_round_runs_all_in_varying_order), cmocka_unit_test(a_decision_ends_it),
	    cmocka_unit_test(time_ends_it_but_not_before_the_least), cmocka_unit_test(a_failing_run_is_no_sample),
	    cmocka_unit_test(dropped_rounds_are_run_again),	     cmocka_unit_test(a_timeout_stops_it),
	    cmocka_unit_test(what_cannot_start_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
