/* test_util.c - errors, text, hashes, quoting, terminal questions. */
#include "err.h"
#include "hash.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void test_first_error_wins(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(err_set(&err, "a\x1b[31m.ruchy", NULL, "bad %d", 7), -1);
	assert_int_equal(err_usage(&err, "b", "c", "other"), -1);
	assert_string_equal(err.what, "bad 7");
	assert_string_equal(err.where, "a?[31m.ruchy"); /* no escape sequence reaches the terminal */
	assert_string_equal(err.hint, "");
	assert_int_equal(err.exit, ERR_FAILURE);
	err.detail = xstrdup("text");
	err_free(&err);
	assert_null(err.detail);
	assert_int_equal(err.set, 0);
	err_usage(&err, NULL, NULL, "usage");
	assert_int_equal(err.exit, ERR_USAGE);
}

static void test_error_is_cut_to_size(void **state)
{
	(void)state;
	struct err err = {0};
	char *text = xmalloc(5001);
	memset(text, 'x', 5000);
	text[5000] = 0;
	err_set(&err, text, text, "%s", text);
	assert_int_equal(strlen(err.what), sizeof err.what - 1);
	assert_int_equal(strlen(err.where), sizeof err.where - 1);
	free(text);
}

static void test_strbuf(void **state)
{
	(void)state;
	struct strbuf sb = STRBUF_INIT;
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&sb, "%d,", i);
	strbuf_add(&sb, "\0x", 2);
	assert_int_equal(sb.size, 10 * 2 + 90 * 3 + 900 * 4 + 2);
	assert_memory_equal(sb.data, "0,1,2,", 6);
	assert_int_equal(sb.data[sb.size], 0);
	char *text = strbuf_take(&sb);
	assert_null(sb.data);
	free(text);
	text = strbuf_take(&sb);
	assert_string_equal(text, "");
	free(text);
	strbuf_free(&sb);
}

static void test_hash(void **state)
{
	(void)state;
	char a[HASH_HEX], b[HASH_HEX];
	/* XXH3-128 of no bytes, as the algorithm's own documentation and `xxhsum -H2` print it */
	hash_hex("", 0, a);
	assert_string_equal(a, "99aa06d3014798d86001c324468d497f");
	struct hash *hash = hash_new();
	hash_add(hash, "ab", 2);
	hash_add(hash, "c", 1);
	hash_finish(hash, a);
	hash = hash_new();
	hash_add(hash, "a", 1);
	hash_add(hash, "bc", 2);
	hash_finish(hash, b);
	assert_string_not_equal(a, b);
	hash = hash_new();
	hash_add_text(hash, NULL);
	hash_finish(hash, a);
	hash = hash_new();
	hash_add_text(hash, "");
	hash_finish(hash, b);
	assert_string_not_equal(a, b);
}

static void test_hash_of_file(void **state)
{
	(void)state;
	char path[] = "/tmp/test_util-XXXXXX", a[HASH_HEX], b[HASH_HEX];
	size_t size = 200000, read_size;
	char *data = xmalloc(size);
	memset(data, 'q', size);
	int fd = mkstemp(path);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
	hash_hex(data, size, a);
	assert_int_equal(hash_file(path, b, &read_size), 0);
	assert_string_equal(a, b);
	assert_int_equal(read_size, size);
	unlink(path);
	assert_int_equal(hash_file(path, b, &read_size), -1);
	assert_int_equal(hash_file("/tmp", b, &read_size), -1);
	assert_int_equal(hash_file("/dev/null", b, &read_size), -1);
	free(data);
}

static const struct {
	const char *text;
	const char *words[6];
} splits[] = {
    {NULL, {NULL}},
    {"", {NULL}},
    {" \t\n", {NULL}},
    {"-C opt-level=1", {"-C", "opt-level=1"}},
    {"  a  b  ", {"a", "b"}},
    {"'a b' \"c d\"", {"a b", "c d"}},
    {"a'b'c", {"abc"}},
    {"''", {""}},
    {"\"\" x", {"", "x"}},
    {"a\\ b", {"a b"}},
    {"'a\\b'", {"a\\b"}},
    {"\"a\\\"b\\\\c\\n\"", {"a\"b\\c\\n"}},
    {"$HOME `ls` *", {"$HOME", "`ls`", "*"}},
    {"a\\", {"a\\"}},
};

static void test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		struct err err = {0};
		size_t count, expected = 0;
		char **words = shellquote_split(splits[i].text, &count, &err);
		assert_non_null(words);
		while (splits[i].words[expected])
			expected++;
		assert_int_equal(count, expected);
		for (size_t w = 0; w < count; w++)
			assert_string_equal(words[w], splits[i].words[w]);
		assert_null(words[count]);
		shellquote_free(words);
	}
}

static void test_split_open_quote(void **state)
{
	(void)state;
	static const char *const texts[] = {"'", "a \"b", "a'b\\", "\"a\\\""};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct err err = {0};
		size_t count;
		assert_null(shellquote_split(texts[i], &count, &err));
		assert_int_equal(err.exit, ERR_USAGE);
	}
}

/* What is joined splits into the same words, and a real shell agrees. */
static void test_join(void **state)
{
	(void)state;
	char *argv[] = {(char *)"rustc", (char *)"a b",	    (char *)"it's",	   (char *)"$x`y`",
			(char *)"",	 (char *)"x=\"1\"", (char *)"back\\slash", NULL};
	struct err err = {0};
	size_t count;
	char *line = shellquote_join(argv);
	assert_string_equal(line, "rustc 'a b' 'it'\\''s' '$x`y`' '' 'x=\"1\"' 'back\\slash'");
	char **words = shellquote_split(line, &count, &err);
	assert_int_equal(count, 7);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(words[i], argv[i]);
	shellquote_free(words);
	char *command = xasprintf("printf '%%s|' %s", line);
	FILE *shell = popen(command, "r");
	char printed[200] = "";
	assert_non_null(fgets(printed, sizeof printed, shell));
	pclose(shell);
	assert_string_equal(printed, "rustc|a b|it's|$x`y`||x=\"1\"|back\\slash|");
	free(command);
	free(line);
}

static const struct {
	enum term_color color;
	const char *no_color, *force, *term;
	bool wanted; /* on a pipe */
} colors[] = {
    {TERM_COLOR_AUTO, NULL, NULL, "xterm", false}, {TERM_COLOR_ALWAYS, "1", NULL, "dumb", true},
    {TERM_COLOR_NEVER, NULL, "1", "xterm", false}, {TERM_COLOR_AUTO, NULL, "1", "dumb", true},
    {TERM_COLOR_AUTO, NULL, "0", "xterm", false},  {TERM_COLOR_AUTO, "1", "1", "xterm", false},
    {TERM_COLOR_AUTO, "", "1", "xterm", true},
};

static void set_or_unset(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void test_color(void **state)
{
	(void)state;
	int ends[2];
	enum term_color color;
	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < COUNT(colors); i++) {
		set_or_unset("NO_COLOR", colors[i].no_color);
		set_or_unset("CLICOLOR_FORCE", colors[i].force);
		set_or_unset("TERM", colors[i].term);
		assert_int_equal(term_wants_color(ends[1], colors[i].color), colors[i].wanted);
	}
	assert_true(term_parse_color("always", &color));
	assert_int_equal(color, TERM_COLOR_ALWAYS);
	assert_false(term_parse_color("red", &color));
	close(ends[0]);
	close(ends[1]);
}

static const struct {
	const char *all, *type, *lang;
	bool utf8;
} locales[] = {
    {NULL, NULL, NULL, false},
    {NULL, NULL, "en_US.UTF-8", true},
    {"C", NULL, "en_US.UTF-8", false},
    {"", "C.utf8", "C", true},
    {NULL, "de_DE.ISO-8859-1", "C.UTF-8", false},
    {NULL, NULL, "POSIX", false},
};

static void test_locale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(locales); i++) {
		set_or_unset("LC_ALL", locales[i].all);
		set_or_unset("LC_CTYPE", locales[i].type);
		set_or_unset("LANG", locales[i].lang);
		assert_int_equal(term_is_utf8(), locales[i].utf8);
	}
}

static void test_columns(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	setenv("COLUMNS", "132", 1);
	assert_int_equal(term_columns(ends[1]), 132);
	setenv("COLUMNS", "99999999999999", 1);
	assert_int_equal(term_columns(ends[1]), 0);
	setenv("COLUMNS", "-3", 1);
	assert_int_equal(term_columns(ends[1]), 0);
	unsetenv("COLUMNS");
	assert_int_equal(term_columns(ends[1]), 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_error_wins),
	    cmocka_unit_test(test_error_is_cut_to_size),
	    cmocka_unit_test(test_strbuf),
	    cmocka_unit_test(test_hash),
	    cmocka_unit_test(test_hash_of_file),
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_split_open_quote),
	    cmocka_unit_test(test_join),
	    cmocka_unit_test(test_color),
	    cmocka_unit_test(test_locale),
	    cmocka_unit_test(test_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
