#include "cmd.h"
#include "export_utf8.h"
#include "fs.h"
#include "input.h"
#include "interrupt.h"
#include "output.h"
#include "strbuf.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge_options {
	const char *output, *list;
	bool strict, verbose;
};

#define FIELD(name) offsetof(struct merge_options, name)
static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, "FILE", "where to write the sum", FIELD(output)},
    {"files-from", 0, OPTION_TEXT, "FILE", "read more names from FILE (- is standard input), one a line or each ending in NUL",
     FIELD(list)},
    {"strict", 0, OPTION_FLAG, NULL, "fail when a file cannot be read, instead of naming and skipping it", FIELD(strict)},
    {"verbose", 'v', OPTION_FLAG, NULL, "name every file that is read", FIELD(verbose)},
    {0},
};

struct merging {
	const struct merge_options *options;
	struct profile *sum;
	size_t of, done, skipped;
};

/* A name may be anything; on the terminal it is one line. */
static void tell(const char *word, const char *what, const char *where)
{
	struct strbuf text = STRBUF_INIT;

	utf8_escape(&text, where, !term_is_utf8());
	term_progress_clear();
	fprintf(stderr, "ruchy-prof: %s%s%s: %s\n", word, *what ? ": " : "", what, text.size > 0 ? text.data : "");
	strbuf_free(&text);
}

/* What cannot be read is skipped; what can but does not belong here (another program, a sum beyond 64 bits) is an error. */
static int add(struct merging *merging, const char *path, struct err *err)
{
	struct err problem = {0};
	struct profile *one = input_read(path, &problem);
	int status = 0;

	if (interrupt_signal())
		status = err_set(err, path, NULL, "interrupted");
	else if (one && profile_merge(merging->sum, one, &problem) != 0)
		status = err_set(err, path, *problem.hint ? problem.hint : NULL, "%s", problem.what);
	else if (!one && merging->options->strict)
		status = err_set(err, *problem.where ? problem.where : path, *problem.hint ? problem.hint : NULL, "%s", problem.what);
	else if (!one)
		tell("skipped", problem.what, *problem.where ? problem.where : path);
	else if (merging->options->verbose)
		tell("read", "", path);
	merging->skipped += !one;
	merging->done++;
	if (merging->done % 64 == 0)
		term_progress("merging: %zu of %zu", merging->done, merging->of);
	profile_free(one);
	err_free(&problem);
	return status;
}

/* The names in `text`, which is cut into them. */
static char **cut_names(char *text, size_t size, size_t *count)
{
	char separator = memchr(text, '\0', size) ? '\0' : '\n';
	char **names = NULL;

	*count = 0;
	for (size_t at = 0; at < size;) {
		char *end = memchr(text + at, separator, size - at);
		size_t length = end ? (size_t)(end - text) - at : size - at;

		text[at + length] = '\0';
		if (length > 0) {
			if ((*count & (*count - 1)) == 0)
				names = xrealloc(names, *count ? 2 * *count : 1, sizeof *names);
			names[(*count)++] = text + at;
		}
		at += length + 1;
	}
	return names;
}

static char *read_list(const char *path, size_t *size, struct err *err)
{
	struct strbuf text = STRBUF_INIT;
	char block[65536];
	size_t n;

	if (strcmp(path, "-") != 0)
		return fs_read(path, 0, size, err);
	while ((n = fread(block, 1, sizeof block, stdin)) > 0)
		strbuf_add(&text, block, n);
	*size = text.size;
	return strbuf_take(&text);
}

static int add_all(struct merging *merging, char *const *files, size_t count, struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < count && status == 0; i++)
		status = add(merging, files[i], err);
	return status;
}

static int merge(struct merging *merging, const struct operands *operands, struct err *err)
{
	size_t size = 0, count = 0;
	char *list = NULL, **names = NULL;
	int status = 0;

	if (merging->options->list) {
		list = read_list(merging->options->list, &size, err);
		if (!list)
			return -1;
		names = cut_names(list, size, &count);
	}
	merging->of = (size_t)operands->file_count + count;
	if (merging->of == 0)
		status = err_usage(err, "merge", "name profiles, raw files, or a list of them with --files-from", "no profile is given");
	if (status == 0)
		status = add_all(merging, operands->files, (size_t)operands->file_count, err);
	if (status == 0)
		status = add_all(merging, names, count, err);
	if (status == 0 && merging->skipped == merging->done)
		status = err_set(err, NULL, NULL, "none of the %zu files could be read", merging->done);
	free(names);
	free(list);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct merge_options o = {0};
	struct operands operands;
	struct merging merging = {.options = &o};
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	if (!o.output)
		return err_usage(err, "merge", "say --output FILE", "where to write the sum is not said");
	/* It may be one of the inputs: the sum then takes its place. */
	if (output_check_file("--output", o.output, NULL, 0, err) != 0)
		return -1;
	merging.sum = profile_new();
	status = merge(&merging, &operands, err);
	term_progress_clear();
	if (status == 0)
		status = profile_write(merging.sum, o.output, err);
	if (status == 0 && (merging.skipped > 0 || o.verbose))
		fprintf(stderr, "ruchy-prof: merged %zu of %zu files\n", merging.done - merging.skipped, merging.done);
	profile_free(merging.sum);
	return status;
}

const struct command cmd_merge = {
    .name = "merge",
    .summary = "sum profiles and raw files of one program into one profile",
    .usage = "merge FILE... --output SUM.data",
    .about = "The sum is the same bytes in whatever order and grouping the files come. Files that cannot be read are named and skipped; "
	     "files of "
	     "another program are an error.",
    .options = options,
    .run = run,
};
