/* test_build.c - from source to program: messages, flags, the cache. Compiles with the real rustc; needs no ruchy. */
#include "build.h"
#include "build_internal.h"
#include "fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static char *dir, *old_path;

static int set_up(void **state)
{
	(void)state;
	struct err err = {0};
	dir = fs_tmpdir(&err);
	if (!dir || chdir(dir) != 0)
		return -1;
	char *cache = xasprintf("%s/cache", dir);
	setenv("XDG_CACHE_HOME", cache, 1);
	free(cache);
	old_path = xstrdup(getenv("PATH"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	setenv("PATH", old_path, 1);
	unsetenv("RUCHY_PROF_RUCHY");
	free(old_path);
	if (chdir("/") != 0)
		return -1;
	fs_remove_tree(dir);
	free(dir);
	return 0;
}

static void put(const char *path, const char *text, int mode)
{
	struct err err = {0};
	assert_int_equal(fs_write(path, text, strlen(text), mode, &err), 0);
}

/* ---- messages ----------------------------------------------------------------------------------------------------------------- */

/* Lines 1, 2 and 4 come from 10, 20 and 40. */
static const char map[] = "{\"version\":3,\"sources\":[\"F.ruchy\"],\"mappings\":\"AASA;AAUA;;AAoBA\"}";

static const struct {
	const char *text, *mapped;
} messages[] = {
    {"", ""},
    {"no position", "no position"},
    {" --> /c/F.rs:2:5\n", " --> F.ruchy:20 (F.rs:2:5)\n"},
    {"at F.rs:1:2, F.rs:4", "at F.ruchy:10 (F.rs:1:2), F.ruchy:40 (F.rs:4)"},
    {"F.rs:2:5", "F.ruchy:20 (F.rs:2:5)"},
    {"F.rs:2:", "F.ruchy:20 (F.rs:2):"},
    {"F.rs:2:x", "F.ruchy:20 (F.rs:2):x"},
    {"F.rs:3:1", "F.rs:3:1"}, /* a line without counterpart */
    {"F.rs:5:1", "F.rs:5:1"}, /* a line that is not there */
    {"F.rs:0:1", "F.rs:0:1"},
    {"F.rs:99999999999999:1", "F.rs:99999999999999:1"},
    {"F.rs:", "F.rs:"},
    {"F.rs", "F.rs"},
    {"xF.rs:2:5 /other/F.rs:2:5 -F.rs:2", "xF.rs:2:5 /other/F.rs:2:5 -F.rs:2"}, /* other files */
    {"error[E1]: bad thing\n  --> /c/F.rs:2:5\n   |\n 2 | x\n\nwarning: F.rs:1:1 is odd\n --> F.rs:4:1\nnote: F.rs:1\n",
     "F.ruchy:20: error[E1]: bad thing\n  --> F.ruchy:20 (F.rs:2:5)\n   |\n 2 | x\n\nF.ruchy:40: warning: F.ruchy:10 (F.rs:1:1) is odd\n "
     "--> "
     "F.ruchy:40 (F.rs:4:1)\nnote: F.ruchy:10 (F.rs:1)\n"},
    {"error: no place\n  --> F.rs:3:1\n", "error: no place\n  --> F.rs:3:1\n"},
    {"error: last words", "error: last words"},
    {"(F.rs:2:5)'F.rs:2:5'", "(F.ruchy:20 (F.rs:2:5))'F.ruchy:20 (F.rs:2:5)'"},
};

static void test_map_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		char *mapped = build_map_message(messages[i].text, "/c/F.rs", "F.ruchy", map, sizeof map - 1);
		assert_string_equal(mapped, messages[i].mapped);
		free(mapped);
	}
	char *mapped = build_map_message("F.rs:2:5", "F.rs", "F.ruchy", NULL, 0);
	assert_string_equal(mapped, "F.rs:2:5");
	free(mapped);
}

static void test_drop_warnings(void **state)
{
	(void)state;
	char *kept = build_drop_warnings("warning: unused\n --> a\n\nerror[E1]: bad\n --> b\n\nwarning[x]: y\n\nerror: aborting\n");
	assert_string_equal(kept, "error[E1]: bad\n --> b\n\nerror: aborting\n");
	free(kept);
	char *long_text = xmalloc(100001);
	memset(long_text, 'x', 100000);
	long_text[100000] = 0;
	kept = build_drop_warnings(long_text);
	assert_true(strlen(kept) < 100);
	free(kept);
	free(long_text);
}

/* ---- flags ---------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *user;
	bool abort;
	const char *end; /* of the joined flags */
} flags[] = {
    {NULL, false, "debuginfo=line-tables-only"},
    {"-C opt-level=1", false, "-C opt-level=1"},
    {"-C panic=abort", true, "-C panic=abort"},
    {"-Cpanic=abort", true, "-Cpanic=abort"},
    {"--codegen panic=abort", true, "panic=abort"},
    {"--codegen=panic=abort", true, "panic=abort"},
    {"-Cpanic=abort -C panic=unwind", false, "panic=unwind"},
    {"--cfg 'feature=\"x y\"'", false, "--cfg 'feature=\"x y\"'"},
};

static void test_flags(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		struct err err = {0};
		struct build_flags made;
		assert_int_equal(build_flags_new(&made, flags[i].user, &err), 0);
		assert_int_equal(made.abort, flags[i].abort);
		assert_string_equal(made.joined + strlen(made.joined) - strlen(flags[i].end), flags[i].end);
		assert_non_null(strstr(made.joined, "--edition 2021"));
		build_flags_free(&made);
	}
	struct err err = {0};
	struct build_flags made;
	assert_int_equal(build_flags_new(&made, "--edition 2018", &err), 0);
	assert_null(strstr(made.joined, "2021")); /* rustc takes it once only */
	build_flags_free(&made);
}

static const char *const refused_flags[] = {"-o x", "-ox", "--emit=asm", "--emit asm", "--out-dir=x", "--test", "--print sysroot", "'open"};

static void test_flags_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused_flags); i++) {
		struct err err = {0};
		struct build_flags made;
		assert_int_equal(build_flags_new(&made, refused_flags[i], &err), -1);
		assert_int_equal(err.exit, ERR_USAGE);
	}
}

/* ---- sources ------------------------------------------------------------------------------------------------------------------------ */

static int try_build(const struct build_options *options, bool compile, struct build **build, struct err *err)
{
	if (build_transpile(options, build, err) < 0)
		return -1;
	return compile ? build_compile(*build, options, BUILD_PLAIN, err) : 0;
}

static const struct {
	const char *path, *text, *word; /* text NULL: made by nobody */
} bad_sources[] = {
    {"missing.ruchy", NULL, "no such file"}, {"/tmp", NULL, "directory"}, {"/dev/zero", NULL, "device"}, {"empty.ruchy", "", "empty"},
    {"blank.ruchy", " \n\t\n", "empty"},
};

static void test_bad_sources(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_sources); i++) {
		struct err err = {0};
		struct build *build;
		struct build_options options = {.source = bad_sources[i].path};
		if (bad_sources[i].text)
			put(bad_sources[i].path, bad_sources[i].text, 0666);
		assert_int_equal(build_transpile(&options, &build, &err), -1);
		assert_null(build);
		assert_non_null(strstr(err.what, bad_sources[i].word));
		assert_string_equal(err.where, bad_sources[i].path);
	}
	struct err err = {0};
	struct build *build;
	struct build_options options = {.source = "nul.ruchy"};
	assert_int_equal(fs_write("nul.ruchy", "a\0b", 3, 0666, &err), 0);
	assert_int_equal(build_transpile(&options, &build, &err), -1);
	assert_string_equal(err.what, "this is not program text: a NUL byte at byte 1");
}

static void test_no_tools(void **state)
{
	(void)state;
	struct err err = {0};
	struct build *build;
	struct build_options options = {.source = "a.rs"};
	setenv("PATH", dir, 1);
	put("a.rs", "fn main() {}\n", 0666);
	assert_int_equal(try_build(&options, true, &build, &err), -1);
	assert_string_equal(err.what, "rustc not found");
	assert_non_null(strstr(err.hint, "install it"));
	build_free(build);
	memset(&err, 0, sizeof err);
	options.source = "a.ruchy";
	put("a.ruchy", "fun main() {}\n", 0666);
	setenv("RUCHY_PROF_RUCHY", "/nonexistent/ruchy", 1);
	assert_int_equal(build_transpile(&options, &build, &err), -1);
	assert_non_null(strstr(err.what, "RUCHY_PROF_RUCHY"));
}

/* A stand-in for ruchy, so that what it does is known. */
static void put_ruchy(const char *body)
{
	char *path = xasprintf("%s/ruchy", dir);
	char *text = xasprintf("#!/bin/sh\nif [ \"$1\" = --version ]; then echo ruchy 9.8.7; exit; fi\n%s\n", body);
	put("ruchy", text, 0777);
	setenv("RUCHY_PROF_RUCHY", path, 1);
	free(text);
	free(path);
}

static void test_ruchy_says_no(void **state)
{
	(void)state;
	struct err err = {0};
	struct build *build;
	struct build_options options = {.source = "-x y.ruchy"};
	put("-x y.ruchy", "fun (", 0666);
	put_ruchy("if [ \"$1\" = check ]; then echo \"✗ $2:7: Syntax error\" >&2; exit 1; fi\n"
		  "printf 'Error: Failed to parse input\\n\\nCaused by:\\n    Expected X\\n\\nStack backtrace:\\n   0: <unknown>\\n' >&2; "
		  "exit 1");
	assert_int_equal(build_transpile(&options, &build, &err), -1);
	assert_string_equal(err.what, "ruchy rejects the program: Expected X");
	assert_string_equal(err.where, "-x y.ruchy:7");
	assert_non_null(strstr(err.detail, "Caused by"));
	assert_null(strstr(err.detail, "backtrace"));
	err_free(&err);
	put_ruchy("kill -9 $$");
	assert_int_equal(build_transpile(&options, &build, &err), -1);
	assert_non_null(strstr(err.what, "killed by signal 9"));
	err_free(&err);
	put_ruchy("exit 0"); /* success, but nothing written */
	assert_int_equal(build_transpile(&options, &build, &err), -1);
	assert_non_null(strstr(err.what, "no such file"));
	err_free(&err);
}

/* ---- the cache --------------------------------------------------------------------------------------------------------------------------
 */

struct steps {
	int transpiled, compiled;
};

static void count_step(void *context, const char *step)
{
	struct steps *steps = context;
	steps->transpiled += strcmp(step, "transpiling") == 0;
	steps->compiled += strncmp(step, "compiling", 9) == 0;
}

/* Builds, checks what the program prints, returns its path (caller frees). */
static char *build_ok(const char *source, const char *user_flags, struct steps *steps, const char *prints)
{
	struct err err = {0};
	struct build *build;
	char printed[200] = "";
	struct build_options options = {.source = source, .rustc_flags = user_flags, .progress = count_step, .context = steps};
	*steps = (struct steps){0};
	if (try_build(&options, true, &build, &err) < 0)
		fail_msg("%s: %s\n%s", err.where, err.what, err.detail ? err.detail : "");
	FILE *program = popen(build->program[BUILD_PLAIN], "r");
	assert_non_null(fgets(printed, sizeof printed, program));
	assert_int_equal(pclose(program), 0);
	assert_string_equal(printed, prints);
	assert_true((build->seconds[BUILD_PLAIN] > 0) == (steps->compiled > 0));
	assert_non_null(strstr(build->command[BUILD_PLAIN], build->program[BUILD_PLAIN]));
	char *path = xstrdup(build->program[BUILD_PLAIN]);
	build_free(build);
	return path;
}

static void test_cache(void **state)
{
	(void)state;
	struct steps steps;
	put("src.ruchy", "fun main() { println(1) }\n", 0666);
	put_ruchy("printf 'fn main() {\\n    println!(\"one\");\\n}\\n' > \"$4\"");
	char *first = build_ok("src.ruchy", NULL, &steps, "one\n");
	assert_int_equal(steps.transpiled + steps.compiled, 2);
	char *again = build_ok("src.ruchy", NULL, &steps, "one\n");
	assert_string_equal(again, first);
	assert_int_equal(steps.transpiled + steps.compiled, 0);
	free(again);
	/* other flags: compiled anew, not transpiled */
	free(build_ok("src.ruchy", "-C opt-level=0", &steps, "one\n"));
	assert_int_equal(steps.transpiled, 0);
	assert_int_equal(steps.compiled, 1);
	/* another text that becomes the same Rust */
	put("src.ruchy", "fun main() { println(1) } // x\n", 0666);
	free(build_ok("src.ruchy", NULL, &steps, "one\n"));
	assert_int_equal(steps.transpiled, 1);
	/* another transpiler */
	put_ruchy("printf 'fn main() {\\n    println!(\"two\");\\n}\\n' > \"$4\"");
	free(build_ok("src.ruchy", NULL, &steps, "two\n"));
	assert_int_equal(steps.transpiled + steps.compiled, 2);
	free(first);
}

static void damage_cut(const char *program)
{
	assert_int_equal(truncate(program, 1000), 0);
}

static void damage_byte(const char *program)
{
	int fd = open(program, O_RDWR);
	assert_int_equal(pwrite(fd, "\xa5", 1, 5000), 1);
	close(fd);
}

static void damage_gone(const char *program)
{
	assert_int_equal(unlink(program), 0);
}

static void damage_mode(const char *program)
{
	assert_int_equal(chmod(program, 0600), 0);
}

static void damage_manifest(const char *program)
{
	char *path = xasprintf("%.*s/manifest", (int)(strrchr(program, '/') - program), program);
	put(path, "nonsense\n\n../../x 5\n", 0600);
	free(path);
}

static void test_damaged_entry(void **state)
{
	(void)state;
	static void (*const damages[])(const char *) = {damage_cut, damage_byte, damage_gone, damage_mode, damage_manifest};
	struct steps steps;
	put("d.rs", "fn main() { println!(\"whole\") }\n", 0666);
	free(build_ok("d.rs", NULL, &steps, "whole\n"));
	for (size_t i = 0; i < COUNT(damages); i++) {
		char *program = build_ok("d.rs", NULL, &steps, "whole\n");
		assert_int_equal(steps.compiled, 0);
		damages[i](program);
		free(program);
		free(build_ok("d.rs", NULL, &steps, "whole\n"));
		assert_int_equal(steps.compiled, 1);
	}
}

static int count_files(const char *path)
{
	int count = 0;
	DIR *open = opendir(path);
	for (struct dirent *file; open && (file = readdir(open));)
		count += file->d_name[0] != '.';
	if (open)
		closedir(open);
	return count;
}

static void test_eviction(void **state)
{
	(void)state;
	struct err err = {0};
	struct build_cache cache = {0};
	char *why;
	const struct timespec old[2] = {{time(NULL) - 31 * 24 * 3600, 0}, {time(NULL) - 31 * 24 * 3600, 0}};
	assert_int_equal(build_cache_open(&cache, false, &why, &err), 0);
	assert_null(why);
	char *first = build_cache_text(&cache, "a", "text", 4, &err);
	char *second = build_cache_text(&cache, "a", "text 2", 6, &err);
	assert_string_not_equal(first, second);
	char *manifest = xasprintf("%.*s/manifest", (int)(strrchr(first, '/') - first), first);
	char *abandoned = xasprintf("%s/tmp-abcdef", cache.root);
	assert_int_equal(fs_mkdirs(abandoned, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, manifest, old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, abandoned, old, 0), 0);
	free(build_cache_text(&cache, "a", "text 3", 6, &err));
	assert_int_equal(access(first, F_OK), -1);
	assert_int_equal(access(abandoned, F_OK), -1);
	assert_int_equal(access(second, F_OK), 0);
	/* using an entry keeps it */
	free(manifest);
	manifest = xasprintf("%.*s/manifest", (int)(strrchr(second, '/') - second), second);
	assert_int_equal(utimensat(AT_FDCWD, manifest, old, 0), 0);
	free(build_cache_text(&cache, "a", "text 2", 6, &err));
	free(build_cache_text(&cache, "a", "text 4", 6, &err));
	assert_int_equal(access(second, F_OK), 0);
	free(manifest);
	free(abandoned);
	free(first);
	free(second);
	build_cache_close(&cache);
}

static void test_failure_leaves_no_entry(void **state)
{
	(void)state;
	struct err err = {0};
	struct build *build;
	struct build_options options = {.source = "bad.rs"};
	put("bad.rs", "fn main() {\n    let x: i32 = \"text\";\n}\n", 0666);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(try_build(&options, true, &build, &err), -1);
		assert_string_equal(err.what, "rustc rejects the program");
		assert_non_null(strstr(err.detail, "bad.rs:2:18"));
		assert_null(strstr(err.detail, "warning"));
		err_free(&err);
		build_free(build);
	}
	char *root = xasprintf("%s/cache/ruchy-prof/v2", dir);
	assert_int_equal(count_files(root), 1); /* entries/, no tmp-* */
	free(root);
}

static void test_no_cache(void **state)
{
	(void)state;
	struct err err = {0};
	struct build *build;
	struct build_options options = {.source = "n.rs", .no_cache = true};
	put("n.rs", "fn main() {}\n", 0666);
	assert_int_equal(try_build(&options, true, &build, &err), 0);
	char *program = xstrdup(build->program[BUILD_PLAIN]);
	assert_int_equal(access(program, X_OK), 0);
	assert_int_equal(access("cache", F_OK), -1);
	build_free(build);
	assert_int_equal(access(program, F_OK), -1); /* nothing stays */
	free(program);
}

/* A file with `mod x;` can change its meaning without changing its text. */
static void test_other_files(void **state)
{
	(void)state;
	struct steps steps;
	put("m.rs", "mod part;\nfn main() { println!(\"{}\", part::VALUE) }\n", 0666);
	put("part.rs", "pub const VALUE: i32 = 1;\n", 0666);
	free(build_ok("m.rs", NULL, &steps, "1\n"));
	put("part.rs", "pub const VALUE: i32 = 2;\n", 0666);
	free(build_ok("m.rs", NULL, &steps, "2\n"));
}

static const struct {
	const char *name, *crate;
} names[] = {
    {"plain.rs", "plain"},   {"with space $x 'q'.rs", "with_space__x__q_"},
    {"-dash.rs", "p__dash"}, {"1st.rs", "p_1st"},
    {"std.rs", "std_"},	     {"\xc3\xa9.rs", "p___"},
    {"a.b.c.rs", "a_b_c"},   {"manifest.rs", "manifest_"},
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct err err = {0};
		struct build *build;
		struct build_options options = {.source = names[i].name};
		put(names[i].name, "fn main() {}\n", 0666);
		if (try_build(&options, true, &build, &err) < 0)
			fail_msg("%s: %s %s", names[i].name, err.what, err.detail);
		assert_string_equal(strrchr(build->program[BUILD_PLAIN], '/') + 1, names[i].crate);
		build_free(build);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_map_message),
	    TEST(test_drop_warnings),
	    TEST(test_flags),
	    TEST(test_flags_refused),
	    TEST(test_bad_sources),
	    TEST(test_no_tools),
	    TEST(test_ruchy_says_no),
	    TEST(test_cache),
	    TEST(test_damaged_entry),
	    TEST(test_eviction),
	    TEST(test_failure_leaves_no_entry),
	    TEST(test_no_cache),
	    TEST(test_other_files),
	    TEST(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
