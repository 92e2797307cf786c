/* Matching of functions by their text, kept decisions, lists of words. */
#include <cmocka.h>

#include "fs.h"
#include "pgo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *directory;

static int open_directory(void **state)
{
	struct err err = {0};

	(void)state;
	directory = fs_tmpdir(&err);
	return directory ? 0 : -1;
}

static int close_directory(void **state)
{
	(void)state;
	fs_remove_tree(directory);
	free(directory);
	return 0;
}

static struct build *build_of(const char *text)
{
	struct err err = {0};
	char *path = xasprintf("%s/p.rs", directory);
	struct build_options options = {.source = path, .no_cache = true};
	struct build *build = NULL;

	assert_int_equal(fs_write(path, text, strlen(text), 0600, &err), 0);
	assert_int_equal(build_transpile(&options, &build, &err), 0);
	free(path);
	return build;
}

/* As if it had been collected: a function with so many calls each. */
static struct profile *profile_of(const struct build *build)
{
	struct profile *profile = profile_new();

	free(profile->source_hash);
	profile->source_hash = xstrdup(build->source_hash);
	profile->runs = 1;
	profile->fn_count = build->hook->function_count;
	profile->fns = xcalloc(profile->fn_count, sizeof *profile->fns);
	for (size_t i = 0; i < profile->fn_count; i++) {
		const struct rhook_function *fn = &build->hook->functions[i];

		profile->fns[i] = (struct profile_fn){.name = xstrdup(fn->name), .from = fn->from, .to = fn->to, .calls = 5000 + i};
	}
	pgo_match_note(profile, build);
	return profile;
}

static const struct profile_fn *matched(const struct build *build, const struct pgo_match *match, const char *name)
{
	for (size_t i = 0; i < match->count; i++)
		if (strcmp(build->hook->functions[i].name, name) == 0)
			return match->fns[i];
	return NULL;
}

#define TWO  "fn one(n: i32) -> i32 {\n    n + 1\n}\n"
#define FIB  "fn fib(n: i32) -> i32 {\n    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }\n}\n"
#define MAIN "fn main() {\n    println!(\"{}\", fib(one(3)));\n}\n"

static void test_match(void **state)
{
	static const struct {
		const char *text;
		size_t known, changed;
		bool fib, one;
	} cases[] = {
	    {TWO FIB MAIN, 3, 0, true, true},
	    {"\n\n" FIB "// between\n" TWO MAIN, 3, 0, true, true},							   /* moved */
	    {TWO "fn fib(n: i32) -> i32 {\n  if n<2 {n}\n  else { fib(n - 1) + fib(n - 2) }\n}\n" MAIN, 3, 0, true, true}, /* blanks */
	    {TWO "fn fib(n: i32) -> i32 {\n    if n < 3 { n } else { fib(n - 1) + fib(n - 2) }\n}\n" MAIN, 2, 1, false, true},
	    {FIB "fn one(n: i32) -> i32 {\n    n + 2\n}\nfn new() {}\n" MAIN, 2, 1, true, false},
	};
	struct build *before = build_of(TWO FIB MAIN);
	struct profile *profile = profile_of(before);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err err = {0};
		struct build *build = build_of(cases[i].text);
		struct pgo_match match;

		assert_int_equal(pgo_match(profile, build, &match, &err), 0);
		assert_int_equal(match.known, cases[i].known);
		assert_int_equal(match.changed, cases[i].changed);
		assert_int_equal(matched(build, &match, "fib") != NULL, cases[i].fib);
		assert_int_equal(matched(build, &match, "one") != NULL, cases[i].one);
		pgo_match_free(&match);
		build_free(build);
	}
	profile_free(profile);
	build_free(before);
}

static void test_match_refuses(void **state)
{
	struct build *before = build_of(TWO FIB MAIN), *other = build_of("fn main() {\n    println!(\"other\");\n}\n");
	struct profile *profile = profile_of(before);
	struct err err = {0};
	struct pgo_match match;

	(void)state;
	assert_int_equal(pgo_match(profile, other, &match, &err), -1);
	assert_non_null(strstr(err.what, "another program"));
	err_free(&err);
	for (size_t i = 0; i < profile->fn_text_count; i++) {
		free(profile->fn_texts[i].name);
		free(profile->fn_texts[i].hash);
	}
	profile->fn_text_count = 0;
	err = (struct err){0};
	assert_int_equal(pgo_match(profile, other, &match, &err), -1);
	assert_non_null(strstr(err.what, "does not hold what its functions were"));
	err_free(&err);
	profile_free(profile);
	build_free(before);
	build_free(other);
}

static struct rhook_candidates *candidates_of(const struct build *build)
{
	struct rhook_input input = build_hook_input(build);
	struct rhook_candidates *candidates = NULL;
	struct rhook_error error = {0};

	assert_int_equal(rhook_candidates(&input, &candidates, &error), 0);
	return candidates;
}

static struct pgo_proposal *find(struct pgo_result *result, const char *kind)
{
	for (size_t i = 0; i < result->proposals.count; i++)
		if (strcmp(result->proposals.list[i].kind, kind) == 0)
			return &result->proposals.list[i];
	return NULL;
}

/* What the rules propose of the profile. */
static void propose(const struct profile *profile, const struct build *build, const struct rhook_candidates *candidates,
		    const struct pgo_choice_options *options, struct pgo_result *result)
{
	struct pgo_match match;
	struct err err = {0};

	*result = (struct pgo_result){0};
	assert_int_equal(pgo_match(profile, build, &match, &err), 0);
	pgo_propose(profile, build, &match, candidates, options, &result->proposals);
	pgo_match_free(&match);
}

static void test_rules(void **state)
{
	struct build *build = build_of(TWO FIB MAIN);
	struct profile *profile = profile_of(build);
	struct rhook_candidates *candidates = candidates_of(build);
	struct pgo_result result;
	struct pgo_choice_options all = {0}, none = {.hints = "capacity"};
	const struct pgo_proposal *recursion;

	(void)state;
	propose(profile, build, candidates, &all, &result);
	recursion = find(&result, "inline-recursion");
	assert_non_null(recursion);
	assert_int_equal(recursion->verdict, PGO_PROPOSED);
	assert_true(recursion->amount_count >= 3);
	assert_int_equal(recursion->amounts[0], 1);
	assert_non_null(strstr(recursion->evidence, "called 5,001 times a run"));
	assert_int_equal(find(&result, "native")->verdict, PGO_LEFT_OUT);
	assert_int_equal(find(&result, "lto")->verdict, PGO_PROPOSED);
	pgo_result_free(&result);
	propose(profile, build, candidates, &none, &result);
	assert_int_equal(find(&result, "inline-recursion")->verdict, PGO_LEFT_OUT);
	pgo_result_free(&result);
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].calls = 0;
	propose(profile, build, candidates, &all, &result);
	assert_int_equal(find(&result, "inline-recursion")->verdict, PGO_REJECTED);
	pgo_result_free(&result);
	rhook_candidates_free(candidates);
	profile_free(profile);
	build_free(build);
}

static void test_decisions(void **state)
{
	struct build *build = build_of(TWO FIB MAIN), *changed;
	struct profile *profile = profile_of(build);
	struct rhook_candidates *candidates = candidates_of(build), *others;
	struct pgo_choice_options options = {0};
	struct pgo_result result, read = {0}, stale = {0};
	struct err err = {0};
	struct pgo_proposal *recursion;
	char *text, *again;

	(void)state;
	propose(profile, build, candidates, &options, &result);
	recursion = find(&result, "inline-recursion");
	recursion->verdict = PGO_APPLIED;
	recursion->amount = 3;
	recursion->gain = (struct stats_interval){2, 1.5, 2.5};
	result.flags[0] = pgo_flags_find("lto");
	result.figure = xstrdup("CPU time");
	text = pgo_decisions_text(&result);
	assert_int_equal(pgo_decisions_read(text, candidates, &read, &err), 0);
	again = pgo_decisions_text(&read);
	assert_string_equal(text, again);
	assert_int_equal(find(&read, "inline-recursion")->verdict, PGO_APPLIED);
	assert_int_equal(find(&read, "inline-recursion")->candidate_count, 1);
	assert_ptr_equal(read.flags[0], pgo_flags_find("lto"));
	/* of a function that has changed it is left out */
	changed = build_of(TWO "fn fib(n: i32) -> i32 {\n    if n < 3 { n } else { fib(n - 1) + fib(n - 2) }\n}\n" MAIN);
	others = candidates_of(changed);
	assert_int_equal(pgo_decisions_read(text, others, &stale, &err), 0);
	assert_int_equal(find(&stale, "inline-recursion")->verdict, PGO_LEFT_OUT);
	pgo_result_free(&stale);
	pgo_result_free(&read);
	pgo_result_free(&result);
	rhook_candidates_free(candidates);
	rhook_candidates_free(others);
	free(text);
	free(again);
	profile_free(profile);
	build_free(build);
	build_free(changed);
}

static void test_bad_decisions(void **state)
{
	static const char *const refused[] = {"", "[]", "{", "{}", "{\"version\": 2}", "{\"version\": \"1\"}", "null"};
	static const char *const survived[] = {
	    "{\"version\": 1}",
	    "{\"version\": 1, \"proposals\": 3, \"flags\": {\"a\": 1}, \"llvm\": 7, \"figure\": []}",
	    "{\"version\": 1, \"proposals\": [1, {}, {\"kind\": \"no such\"}, {\"kind\": \"lto\"}, {\"kind\": \"cold\", \"gain\": 1, "
	    "\"key\": 3}], "
	    "\"flags\": [3, \"no\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\", \"lto\"]}",
	    "{\"version\": 1, \"proposals\": [{\"kind\": \"cold\", \"verdict\": \"applied\", \"amount\": -4, \"evidence\": \"a\\nb\"}]}",
	};
	struct rhook_candidates none = {0};

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct pgo_result result = {0};
		struct err err = {0};

		assert_int_equal(pgo_decisions_read(refused[i], &none, &result, &err), -1);
		assert_true(err.set);
		err_free(&err);
		pgo_result_free(&result);
	}
	for (size_t i = 0; i < sizeof survived / sizeof *survived; i++) {
		struct pgo_result result = {0};
		struct err err = {0};
		char *text;

		assert_int_equal(pgo_decisions_read(survived[i], &none, &result, &err), 0);
		for (size_t k = 0; k < result.proposals.count; k++)
			assert_null(strchr(result.proposals.list[k].evidence, '\n'));
		text = pgo_decisions_text(&result);
		assert_non_null(text);
		free(text);
		pgo_result_free(&result);
	}
}

static void test_kept(void **state)
{
	struct profile *profile = profile_new();

	(void)state;
	pgo_decisions_keep(profile, "b", "1");
	pgo_decisions_keep(profile, "a", "2");
	pgo_decisions_keep(profile, "b", "3");
	assert_int_equal(profile->selection_count, 2);
	assert_string_equal(pgo_decisions_find(profile, "b"), "3");
	assert_null(pgo_decisions_find(profile, "c"));
	profile_free(profile);
}

/* What is no text of llvm-profdata, or is of a coverage build, never becomes a file for rustc. */
static void test_bad_counters(void **state)
{
	static const char *const bad[] = {"",
					  "nonsense",
					  ":ir\nf\n# Func Hash:\n1\n# Num Counters:\n2\n7\n",
					  "f\n1\n1\n7\n",
					  ":ir\nf\n1\n99999999999999999999\n7\n",
					  "\x81rforpl\xff truncated"};
	struct build *build = build_of(TWO FIB MAIN);
	char *tool = pgo_llvm_tool(build);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = {0};

		assert_null(pgo_llvm_file(build, bad[i], &err));
		assert_true(err.set);
		err_free(&err);
	}
	build_free(build);
	if (!tool)
		skip(); /* no llvm-profdata: that is the error then */
	free(tool);
}

static void test_words(void **state)
{
	struct err err = {0};

	(void)state;
	assert_true(pgo_listed("a,bc,d", "bc"));
	assert_false(pgo_listed("a,bc,d", "b"));
	assert_false(pgo_listed("a,bc,d", "bcd"));
	assert_false(pgo_listed(NULL, "a"));
	assert_false(pgo_listed("", "a"));
	assert_int_equal(pgo_check_options(&(struct pgo_choice_options){.hints = "lto,llvm-profile,cold", .allow = "native,memoize"}, &err),
			 0);
	assert_int_equal(pgo_check_options(&(struct pgo_choice_options){.hints = "lto,nothing"}, &err), -1);
	err_free(&err);
	err = (struct err){0};
	assert_int_equal(pgo_check_options(&(struct pgo_choice_options){.allow = "lto"}, &err), -1);
	err_free(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_match),	 cmocka_unit_test(test_match_refuses), cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_decisions),	 cmocka_unit_test(test_bad_decisions), cmocka_unit_test(test_kept),
	    cmocka_unit_test(test_bad_counters), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, open_directory, close_directory);
}
