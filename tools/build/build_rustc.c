/*
 * build_rustc.c - the flags for rustc.
 *
 * Both builds get the same, so that they differ by the counters alone; the user's follow ours and win. Lints: the plain build is compiled
 * as rustc would by itself, so what it rejects stays rejected; the instrumented one gets `--cap-lints allow` (see build_compile.c), since
 * `#![deny(warnings)]` is not meant for inserted code.
 */
#include "build_internal.h"
#include "shellquote.h"

#include <stdlib.h>
#include <string.h>

static const char *const ours[] = {"--edition", "2021", "-C", "opt-level=3", "-C", "codegen-units=1", "-C", "debuginfo=line-tables-only"};
#define OURS (sizeof ours / sizeof *ours)

/* Is `word` the option `name`, alone or with its value? */
static bool is_option(const char *word, const char *name)
{
	size_t size = strlen(name);
	if (strncmp(word, name, size) != 0)
		return false;
	bool is_long = name[1] == '-';
	return !word[size] || (is_long ? word[size] == '=' : true);
}

/* What the build decides itself, or what makes rustc do something else than compile. */
static int refuse(char *const *words, struct err *err)
{
	static const char *const refused[] = {"-o",	   "--out-dir", "--emit",	  "--crate-type", "--crate-name", "--test",
					      "--print",   "--color",	"--error-format", "--json",	  "--explain",	  "-V",
					      "--version", "-h",	"--help"};
	for (; *words; words++)
		for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
			if (is_option(*words, refused[i]))
				return err_usage(err, *words, NULL, "this flag can't be given in --rustc-flags");
	return 0;
}

/* The last `panic=` decides, as for rustc. */
static bool aborts(char *const *words)
{
	bool abort = false;
	for (; *words; words++) {
		const char *value = NULL;
		if ((strcmp(*words, "-C") == 0 || strcmp(*words, "--codegen") == 0) && words[1])
			value = words[1];
		else if (strncmp(*words, "-C", 2) == 0)
			value = *words + 2;
		else if (strncmp(*words, "--codegen=", 10) == 0)
			value = *words + 10;
		if (value && strncmp(value, "panic=", 6) == 0)
			abort = strcmp(value + 6, "unwind") != 0;
	}
	return abort;
}

/* Our own flags check no overflow; one of the user's that might is enough to doubt it. */
static bool wraps(char *const *words)
{
	static const char *const doubtful[] = {"overflow", "debug-assertions", "debug_assertions", "opt-level", "opt_level", "@", "-Z"};
	for (; *words; words++)
		for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++)
			if (strstr(*words, doubtful[i]))
				return false;
	return true;
}

int build_flags_new(struct build_flags *flags, const char *user, struct err *err)
{
	size_t count, used = 0;
	memset(flags, 0, sizeof *flags);
	char **words = shellquote_split(user, &count, err);
	if (!words)
		return -1;
	if (refuse(words, err) < 0) {
		shellquote_free(words);
		return -1;
	}
	bool edition = false;
	for (size_t i = 0; i < count; i++)
		edition |= is_option(words[i], "--edition");
	flags->words = xcalloc(OURS + count + 1, sizeof *flags->words);
	for (size_t i = edition ? 2 : 0; i < OURS; i++) /* rustc takes the option once only */
		flags->words[used++] = xstrdup(ours[i]);
	for (size_t i = 0; i < count; i++)
		flags->words[used++] = xstrdup(words[i]);
	flags->wrapping = wraps(words);
	shellquote_free(words);
	flags->user = count;
	flags->abort = aborts(flags->words);
	flags->joined = shellquote_join(flags->words);
	return 0;
}

void build_flags_free(struct build_flags *flags)
{
	shellquote_free(flags->words);
	free(flags->joined);
	memset(flags, 0, sizeof *flags);
}
