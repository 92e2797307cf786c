/* What the wrapper around rustc reads: command lines, lists of files, messages; and which file is whose transpile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cargo_internal.h"
#include "fs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- command lines ------------------------------------------------------------------------------------------------------------- */

static char *words[] = {(char *)"/bin/rustc",
			(char *)"--crate-name",
			(char *)"app",
			(char *)"--edition=2021",
			(char *)"--cfg",
			(char *)"feature=\"x.rs\"",
			(char *)"app/src/main.rs",
			(char *)"--error-format=json",
			(char *)"--crate-type",
			(char *)"bin",
			(char *)"--emit=dep-info,link",
			(char *)"-C",
			(char *)"opt-level=3",
			(char *)"-C",
			(char *)"extra-filename=-12ab",
			(char *)"-Cpanic=abort",
			(char *)"--out-dir",
			(char *)"/t/deps",
			(char *)"--target",
			(char *)"x86_64-unknown-linux-musl",
			(char *)"-L",
			(char *)"dependency=/t/deps.rs",
			NULL};

static void test_args(void **context)
{
	struct cargo_args args;

	(void)context;
	cargo_args_read(&args, (int)COUNT(words) - 1, words);
	assert_string_equal(args.crate, "app");
	assert_string_equal(args.argv[args.root], "app/src/main.rs");
	assert_string_equal(args.edition, "2021");
	assert_string_equal(args.extra, "-12ab");
	assert_string_equal(args.out_dir, "/t/deps");
	assert_string_equal(args.target, "x86_64-unknown-linux-musl");
	assert_string_equal(args.emit, "dep-info,link");
	assert_true(args.abort);
	assert_true(args.wrapping);
	assert_true(cargo_args_is_users(&args, "/ws/app", "/ws"));
	cargo_args_free(&args);
}

/* The crate whose command line has this word in place of word `at` is not the user's; `package` tells where it lies. */
static const struct {
	size_t at;
	const char *word, *package;
	bool users;
} others[] = {
    {4, "--cap-lints=allow", "/home/me/.cargo/registry/src/x", false},
    {4, "--cap-lints=allow", "/ws/app", true},
    {2, "build_script_build", "/ws/app", false},
    {9, "proc-macro", "/ws/app", false},
    {6, "-", "/ws/app", false},
    {10, "--emit=metadata", "/ws/app", false},
    {1, "/bin/rustc", "/ws/app", false},
};

static void test_other_crates(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT(others); i++) {
		char *changed[COUNT(words)];
		struct cargo_args args;

		memcpy(changed, words, sizeof words);
		changed[others[i].at] = (char *)others[i].word;
		if (others[i].at == 4)
			changed[5] = (char *)"--test";
		cargo_args_read(&args, (int)COUNT(words) - 1, changed);
		if (cargo_args_is_users(&args, others[i].package, "/ws") != others[i].users)
			fail_msg("%s of %s", others[i].word, others[i].package);
		cargo_args_free(&args);
	}
}

static const struct {
	const char *words[4];
	bool wrapping;
} checks[] = {
    {{"-Copt-level=3"}, true},
    {{"-Copt-level=0"}, false},
    {{"-Copt-level=z", "-C", "overflow-checks=on"}, false},
    {{"-Copt-level=3", "-C", "debug-assertions=off"}, true},
    {{NULL}, false},
};

static void test_overflow(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT(checks); i++) {
		char *line[6] = {(char *)"rustc"};
		struct cargo_args args;
		int count = 1;

		for (size_t k = 0; k < 4 && checks[i].words[k]; k++)
			line[count++] = (char *)checks[i].words[k];
		cargo_args_read(&args, count, line);
		assert_int_equal(args.wrapping, checks[i].wrapping);
		cargo_args_free(&args);
	}
}

/* A line that ends in the middle of an option is none of a crate, and nothing behind it is read. */
static void test_cut_off(void **context)
{
	(void)context;
	for (int count = 0; count < (int)COUNT(words); count++) {
		struct cargo_args args;

		cargo_args_read(&args, count, words);
		cargo_args_is_users(&args, "/ws", "/ws");
		cargo_args_free(&args);
	}
}

/* --- lists of files --------------------------------------------------------------------------------------------------------------- */

static void test_deps(void **context)
{
	const char *text =
	    "# comment: not a rule\n/t/app.d: src/main.rs /o/a\\ b/x.rs src/handler.rs\n\nsrc/main.rs:\n# env-dep:OUT_DIR=/o\n";
	char *more[] = {(char *)"/w/new one.ruchy", (char *)"/w/stamp"};
	struct cargo_deps deps;
	char *longer;

	(void)context;
	cargo_deps_parse(&deps, text);
	assert_int_equal(deps.count, 3);
	assert_string_equal(deps.paths[0], "src/main.rs");
	assert_string_equal(deps.paths[1], "/o/a b/x.rs");
	cargo_deps_free(&deps);
	longer = cargo_deps_extend(text, more, 2);
	assert_non_null(strstr(longer, " src/handler.rs /w/new\\ one.ruchy /w/stamp\n\nsrc/main.rs:\n# env-dep:OUT_DIR=/o\n"));
	cargo_deps_parse(&deps, longer);
	assert_int_equal(deps.count, 5);
	assert_string_equal(deps.paths[3], "/w/new one.ruchy");
	cargo_deps_free(&deps);
	free(longer);
}

static void test_odd_deps(void **context)
{
	static const char *const odd[] = {"", "\n", "no rule", ": ", "a: ", "a: \\", "a: b\\", "a:  b  ", "# a: b", "a: b\\ "};

	(void)context;
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct cargo_deps deps;
		char *more[] = {(char *)"x"};

		cargo_deps_parse(&deps, odd[i]);
		assert_true(deps.count <= 1);
		cargo_deps_free(&deps);
		free(cargo_deps_extend(odd[i], more, 1));
	}
}

/* --- paths ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *path, *absolute;
} paths[] = {{"/a/b", "/a/b"}, {"/a/./b//c/", "/a/b/c"},  {"/a/../b", "/b"}, {"/../..", "/"}, {"/a/b/../../../c", "/c"},
	     {"/", "/"},       {"/a..b/...", "/a..b/..."}};

static void test_paths(void **context)
{
	char *here = getcwd(NULL, 0), *below = cargo_absolute("x/../y");

	(void)context;
	for (size_t i = 0; i < COUNT(paths); i++) {
		char *absolute = cargo_absolute(paths[i].path);

		assert_string_equal(absolute, paths[i].absolute);
		free(absolute);
	}
	assert_memory_equal(below, here, strlen(here));
	assert_string_equal(below + strlen(here), "/y");
	assert_string_equal(cargo_relative("/ws/a/b", "/ws"), "a/b");
	assert_string_equal(cargo_relative("/wsx/a", "/ws"), "/wsx/a");
	assert_string_equal(cargo_relative("/a", ""), "/a");
	free(below);
	free(here);
}

/* --- likeness --------------------------------------------------------------------------------------------------------------------------
 */

#define MADE                                                                                                                               \
	"pub fn gcd(a: i64, b: i64) -> i64 {\n    if b == 0 { a } else { gcd(b, a % b) }\n}\npub fn twice(a: i64) -> i64 {\n    2 * "      \
	"a\n}\nfn main() {}\n"

static const struct {
	const char *rust;
	double least, most;
} likes[] = {
    {MADE, 1, 1},
    {"", 0, 0},
    {"fn main() {\n    println!(\"x\");\n}\n", 0, 0},
    /* a build script put attributes in front and took main away */
    {"#![allow(dead_code)]\n#[allow(clippy::all)]\npub fn gcd(a: i64, b: i64) -> i64 {\n if b == 0 { a } else { gcd(b, a % b) }\n}\n"
     "#[allow(clippy::all)]\npub fn twice(a: i64) -> i64 {\n    2 * a\n}\n",
     0.7, 1},
    /* somebody's own file with one line in common */
    {"pub fn twice(a: i64) -> i64 {\n    a + a\n}\npub fn thrice(a: i64) -> i64 {\n    3 * a\n}\n", 0, 0.4},
};

static void test_likeness(void **context)
{
	(void)context;
	for (size_t i = 0; i < COUNT(likes); i++) {
		double like = cargo_likeness(MADE, likes[i].rust);

		if (like < likes[i].least || like > likes[i].most)
			fail_msg("case %zu: %g", i, like);
	}
	assert_true(cargo_likeness("", MADE) <= 0);
}

/* --- messages ----------------------------------------------------------------------------------------------------------------------------
 */

static void test_messages(void **context)
{
	/* line 1 is line 5 of the source, 2 is none, 3 is 7 */
	static const char map[] = "{\"version\":3,\"sources\":[\"x.ruchy\"],\"names\":[],\"mappings\":\"AAIA;;AAEA\"}";
	const struct cargo_place places[] = {{"src/x.rs", "src/x.ruchy", map, strlen(map)}, {"/o/y.rs", "y.ruchy", map, strlen(map)}};
	char *mapped;

	(void)context;
	mapped = cargo_map_messages("{\"rendered\":\"error: no\\n --> src/x.rs:3:9\\n --> src/x.rs:2:1\\n --> /o/y.rs:1:1\"}\n", places, 2);
	assert_non_null(strstr(mapped, "src/x.ruchy:7 (x.rs:3:9)"));
	assert_non_null(strstr(mapped, " src/x.rs:2:1"));
	assert_non_null(strstr(mapped, "y.ruchy:5 (y.rs:1:1)"));
	assert_int_equal(mapped[strlen(mapped) - 1], '\n');
	free(mapped);
	/* with colours; not JSON; cut off */
	mapped = cargo_map_messages("{\"rendered\":\"\\u001b[0m\\u001b[38;5;12m--> \\u001b[0msrc/x.rs:3:9\\u001b[0m\"}", places, 2);
	assert_non_null(strstr(mapped, "src/x.ruchy:7 (x.rs:3:9)"));
	free(mapped);
	mapped = cargo_map_messages("thread panicked at src/x.rs:1:2\n{\"rendered\": \033", places, 2);
	assert_non_null(strstr(mapped, "src/x.ruchy:5 (x.rs:1:2)"));
	free(mapped);
	mapped = cargo_map_messages("", places, 2);
	assert_string_equal(mapped, "");
	free(mapped);
}

/* --- the mirror
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void test_mirror(void **context)
{
	struct err err = {0};
	char *directory = fs_tmpdir(&err), *mirror = xasprintf("%s/mirror", directory), *user = xasprintf("%s/user/src", directory);
	char *main_rs = xasprintf("%s/main.rs", user), *made = xasprintf("%s/made.rs", user), *data = xasprintf("%s/../data.txt", user);
	char *linked = xasprintf("%s%s", mirror, main_rs), *written = xasprintf("%s%s", mirror, made), *normal = cargo_absolute(data);
	char *beside = xasprintf("%s%s/../data.txt", mirror, user), *text;

	(void)context;
	assert_int_equal(fs_mkdirs(user, &err), 0);
	assert_int_equal(fs_write(main_rs, "main", 4, 0666, &err), 0);
	assert_int_equal(fs_write(made, "plain", 5, 0666, &err), 0);
	assert_int_equal(fs_write(normal, "data", 4, 0666, &err), 0);
	assert_int_equal(cargo_mirror_link(mirror, main_rs, &err), 0);
	assert_int_equal(cargo_mirror_link(mirror, main_rs, &err), 0);
	assert_int_equal(cargo_mirror_link(mirror, normal, &err), 0);
	assert_int_equal(cargo_mirror_write(mirror, made, "counted", 7, &err), 0);
	cargo_mirror_rest(mirror, user);
	text = fs_read(linked, 0, NULL, &err);
	assert_string_equal(text, "main");
	free(text);
	text = fs_read(written, 0, NULL, &err);
	assert_string_equal(text, "counted");
	free(text);
	text = fs_read(beside, 0, NULL, &err);
	assert_string_equal(text, "data");
	free(text);
	/* the user's own is as it was */
	text = fs_read(made, 0, NULL, &err);
	assert_string_equal(text, "plain");
	free(text);
	fs_remove_tree(directory);
	char *const strings[] = {directory, mirror, user, main_rs, made, data, linked, written, normal, beside};
	for (size_t i = 0; i < COUNT(strings); i++)
		free(strings[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_args),    cmocka_unit_test(test_other_crates), cmocka_unit_test(test_overflow),
	    cmocka_unit_test(test_cut_off), cmocka_unit_test(test_deps),	 cmocka_unit_test(test_odd_deps),
	    cmocka_unit_test(test_paths),   cmocka_unit_test(test_likeness),	 cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
