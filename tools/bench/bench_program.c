/* bench_program.c - what is not built from Ruchy or Rust: programs as they are, and those of other languages. */
#include "bench.h"
#include "fs.h"
#include "langs.h"
#include "shellquote.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

/* Where it lies, or a copy, which a gate wants: the path of the one it is compared with must be as long. */
static int take(struct bench_subject *subject, const char *path, const struct bench_options *options, struct err *err)
{
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	int status = data ? bench_subject_take(subject, fs_base_name(path), data, size, options, err) : -1;

	free(data);
	if (status != 0 || !options->in_place)
		return status;
	free(subject->path);
	subject->path = strchr(path, '/') ? xstrdup(path) : xasprintf("./%s", path);
	return 0;
}

/* The arguments of the command line, then those of ours. */
static void set_arguments(struct bench_subject *subject, char *const *words, size_t count, char *const *more)
{
	size_t others = 0, used = 0;
	char **args;

	while (more[others])
		others++;
	args = xcalloc(count + others + 1, sizeof *args);
	for (size_t i = 1; i < count; i++)
		args[used++] = words[i];
	memcpy(args + used, more, others * sizeof *args);
	bench_subject_argv(subject, NULL, args);
	free(args);
}

/* "F" or, where there is no such file, "F ARGS": the words of a command line, without a shell. */
int bench_program_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	bool is_file = fs_is_executable(source);
	size_t count = 0;
	char **words = is_file ? NULL : shellquote_split(source, &count, err);
	char *path = is_file ? xstrdup(source) : count ? fs_which(words[0]) : NULL;
	int status = -1;

	subject->tool = xstrdup("");
	if (path)
		status = take(subject, path, options, err);
	else if (!err->set)
		err_set(err, source, NULL, "there is no such program");
	if (status == 0)
		set_arguments(subject, words, count, options->args);
	shellquote_free(words);
	free(path);
	return status;
}

int bench_language_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	struct lang_alone alone = {0};
	int status = lang_alone(&alone, source, err);

	if (status == 0) {
		subject->tool = xstrdup(alone.version);
		status = take(subject, alone.path, options, err);
	}
	if (status == 0)
		bench_subject_argv(subject, alone.before, options->args);
	lang_alone_free(&alone);
	return status;
}
