#include "output.h"
#include "compress.h"
#include "export_sort.h"
#include "exporter.h"
#include "fs.h"
#include "input.h"
#include "report.h"
#include "term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_is_stdout(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

int output_check_color(const char *color, struct err *err)
{
	enum term_color parsed;

	if (color && !term_parse_color(color, &parsed))
		return err_usage(err, color, "give auto, always or never", "--color is not usable");
	return 0;
}

struct output_look output_look(const char *path, const char *color)
{
	struct output_look look = {.ascii = !term_is_utf8()};
	enum term_color wanted = TERM_COLOR_AUTO;

	if (color)
		term_parse_color(color, &wanted);
	if (output_is_stdout(path)) {
		look.color = term_wants_color(STDOUT_FILENO, wanted);
		look.width = term_columns(STDOUT_FILENO);
	}
	return look;
}

static const struct exporter *choose(const struct output_options *o, struct err *err)
{
	const struct exporter *exporter;
	struct strbuf names = STRBUF_INIT;

	if (!o->format) {
		exporter = output_is_stdout(o->path) ? NULL : exporter_for_path(o->path);
		return exporter ? exporter : exporter_find("text");
	}
	exporter = exporter_find(o->format);
	if (exporter)
		return exporter;
	for (size_t i = 0; exporters[i]; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "known formats: ", exporters[i]->name);
	err_usage(err, o->format, names.data, "unknown format");
	strbuf_free(&names);
	return NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct stat one, other;

	if (stat(a, &one) != 0 || stat(b, &other) != 0)
		return strcmp(a, b) == 0;
	return S_ISREG(one.st_mode) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static int check_place(const char *path, struct err *err)
{
	struct stat st;
	char *copy = xstrdup(path), *slash = strrchr(copy, '/');
	const char *directory = !slash ? "." : slash == copy ? "/" : copy;
	int result = 0;

	if (slash)
		*slash = '\0';
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		result = err_set(err, path, "give a file name", "cannot write the output: it is a directory");
	else if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		result = access(directory, W_OK | X_OK) == 0 ? 0 : err_set(err, path, NULL, "cannot write the output: %s", strerror(errno));
	free(copy);
	return result;
}

static int check_path(const char *option, const char *path, const char *const *inputs, size_t count, struct err *err)
{
	if (!*path)
		return err_usage(err, option, "give a file name", "the output path is empty");
	for (size_t i = 0; i < count; i++) {
		if (inputs[i] && same_file(path, inputs[i]))
			return err_usage(err, path, "give another file name", "%s would overwrite another file of this command", option);
	}
	return check_place(path, err);
}

int output_check_file(const char *option, const char *path, const char *const *inputs, size_t count, struct err *err)
{
	if (!path)
		return 0;
	if (strcmp(path, "-") == 0)
		return err_usage(err, path, "give a file name; a file called - is ./-", "%s does not write to standard output", option);
	return check_path(option, path, inputs, count, err);
}

int output_check_place(const char *path, const char *const *inputs, size_t count, struct err *err)
{
	return output_is_stdout(path) ? 0 : check_path("--output", path, inputs, count, err);
}

static int check_sort(const struct output_options *o, struct err *err)
{
	struct strbuf names = STRBUF_INIT;

	if (!o->sort || sort_key_find(o->sort))
		return 0;
	for (size_t i = 0; sort_keys[i].name; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "known: ", sort_keys[i].name);
	err_usage(err, o->sort, names.data, "unknown order of functions");
	strbuf_free(&names);
	return -1;
}

/* Told before the runs: a base that cannot be read, a format that has no comparison. */
static int check_base(const struct output_options *o, struct err *err)
{
	const struct exporter *exporter = choose(o, err);
	struct profile *base;

	if (!o->base)
		return 0;
	if (!exporter->diff)
		return err_usage(err, exporter->name, "text, json and flamegraph have one", "there is no comparison in this format");
	base = input_read(o->base, err);
	profile_free(base);
	return base ? 0 : -1;
}

/* How the bytes are packed: as the name says, and where it says nothing, as the readers of the format expect. */
static enum compress packing(const struct output_options *o, const struct exporter *exporter)
{
	enum compress how = output_is_stdout(o->path) ? COMPRESS_NONE : compress_of(o->path);

	return how == COMPRESS_NONE && exporter->binary ? COMPRESS_GZIP : how;
}

/* The number of `word` in `words`, 0 where it is not given. */
static int choice(const char *option, const char *word, const char *const *words, unsigned *chosen, struct err *err)
{
	struct strbuf hint = STRBUF_INIT;

	*chosen = 0;
	for (unsigned i = 0; word && words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			*chosen = i;
			return 0;
		}
	}
	if (!word)
		return 0;
	for (unsigned i = 0; words[i]; i++)
		strbuf_printf(&hint, "%s%s", i == 0 ? "give " : words[i + 1] ? ", " : " or ", words[i]);
	err_usage(err, word, hint.data, "%s is not usable", option);
	strbuf_free(&hint);
	return -1;
}

static int choose_paths(const struct output_options *o, struct export_options *e, struct err *err)
{
	static const char *const weights[] = {[PATHS_TIME] = "time", [PATHS_CALLS] = "calls", [PATHS_BYTES] = "bytes", NULL};
	static const char *const recursions[] = {[PATHS_FOLDED] = "folded", [PATHS_DEEP] = "deep", NULL};
	unsigned weight, recursion;

	if (choice("--weight", o->weight, weights, &weight, err) < 0 ||
	    choice("--recursion", o->recursion, recursions, &recursion, err) < 0)
		return -1;
	e->weight = (enum paths_weight)weight;
	e->recursion = (enum paths_recursion)recursion;
	return 0;
}

int output_check(const struct output_options *o, const char *const *inputs, size_t count, struct err *err)
{
	struct export_options unused = {0};
	const struct exporter *exporter;

	if (output_check_color(o->color, err) != 0)
		return -1;
	exporter = choose(o, err);
	if (!exporter || choose_paths(o, &unused, err) < 0 || check_sort(o, err) != 0 || check_base(o, err) != 0)
		return -1;
	if (exporter->binary && output_is_stdout(o->path) && isatty(STDOUT_FILENO))
		return err_usage(err, exporter->name, "give --output FILE, or send standard output elsewhere",
				 "this format is binary and not for a terminal");
	return output_check_place(o->path, inputs, count, err);
}

int output_bytes(const char *path, const void *data, size_t size, int mode, struct err *err)
{
	if (!output_is_stdout(path))
		return fs_write(path, data, size, mode, err);
	if (fwrite(data, 1, size, stdout) != size) /* a reader that has enough is no error to tell */
		return errno == EPIPE ? -1 : err_set(err, "standard output", NULL, "cannot write the output: %s", strerror(errno));
	/* What is still buffered shows at the flush at the end of main(). */
	return 0;
}

/* Against the base: a report and a text of its own, and the two side by side. */
static int write_diff(const struct exporter *exporter, const struct report *report, struct profile *base, const struct sources *texts,
		      const struct export_options *e, struct strbuf *out, struct err *err)
{
	struct report *before = report_new(base);
	struct sources *texts_before = sources_find(base, NULL);
	struct comparison *comparison = compare_new(before, report, texts_before, texts);
	int status = exporter->diff(comparison, e, out, err);

	compare_free(comparison);
	sources_free(texts_before);
	report_free(before);
	return status;
}

static int write_report(const struct exporter *exporter, const struct profile *profile, const struct output_options *o,
			struct export_options *e, struct strbuf *out, struct err *err)
{
	struct profile *base = o->base ? input_read(o->base, err) : NULL;
	struct sources *sources = exporter->wants_sources || base ? sources_find(profile, o->source) : NULL;
	struct report *report;
	int status;

	if (o->base && !base) {
		sources_free(sources);
		return -1;
	}
	e->sources = sources;
	report = report_new(profile);
	status = base ? write_diff(exporter, report, base, sources, e, out, err) : exporter->write(report, e, out, err);
	report_free(report);
	sources_free(sources);
	profile_free(base);
	return status;
}

int output_report(const struct profile *profile, const struct output_options *o, bool source_map, struct err *err)
{
	const struct exporter *exporter = choose(o, err);
	struct export_options e = {.function = o->function,
				   .verbose = o->verbose,
				   .source_map = source_map,
				   .lines = o->lines,
				   .sort = o->sort,
				   .top = o->top,
				   .min_percent = o->min_percent,
				   .calls = o->calls};
	struct output_look look = output_look(o->path, o->color);
	struct strbuf out = STRBUF_INIT;
	int status;

	if (!exporter || choose_paths(o, &e, err) < 0)
		return -1;
	e.color = look.color;
	e.ascii = look.ascii;
	e.width = look.width;
	status = write_report(exporter, profile, o, &e, &out, err);
	if (status == 0)
		status = compress_text(&out, packing(o, exporter), err);
	if (status == 0)
		status = output_bytes(o->path, out.data ? out.data : "", out.size, 0666, err);
	strbuf_free(&out);
	return status;
}
