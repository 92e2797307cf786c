/* compare_languages.c - `profile --compare`: tools/langs does the work, this tells what goes on and writes what came out. */
#include "compare_languages.h"
#include "compress.h"
#include "langs.h"
#include "term.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_progress(void *context, const char *step, const char *label)
{
	(void)context;
	term_progress("%s %s", step, label);
}

static void on_tick(void *context)
{
	(void)context;
	term_progress_tick();
}

static void on_verbose(void *context, const char *step, double seconds, const char *command)
{
	(void)context;
	term_step(step, seconds, command);
}

static const struct lang_format *choose(const struct output_options *o, struct err *err)
{
	struct strbuf names = STRBUF_INIT;
	const struct lang_format *format;

	if (!o->format)
		return output_is_stdout(o->path) ? &lang_formats[0] : lang_format_for_path(o->path);
	format = lang_format_find(o->format);
	if (format)
		return format;
	for (size_t i = 0; lang_formats[i].name; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "known formats of a comparison: ", lang_formats[i].name);
	err_usage(err, o->format, names.data, "unknown format");
	strbuf_free(&names);
	return NULL;
}

static int write_out(const struct lang_comparison *c, const struct lang_format *format, const struct output_options *o, struct err *err)
{
	struct output_look look = output_look(o->path, o->color);
	struct lang_view view = {.color = look.color, .ascii = look.ascii, .verbose = o->verbose, .width = look.width};
	struct strbuf out = STRBUF_INIT;
	int status;

	format->write(c, &view, &out);
	status = compress_text(&out, output_is_stdout(o->path) ? COMPRESS_NONE : compress_of(o->path), err);
	if (status == 0)
		status = output_bytes(o->path, out.data ? out.data : "", out.size, 0666, err);
	strbuf_free(&out);
	return status;
}

static int check(const struct lang_options *options, const struct output_options *o, struct err *err)
{
	if (output_check_color(o->color, err) != 0)
		return -1;
	return output_check_place(o->path, options->files, options->file_count, err);
}

static int compare(struct lang_options *options, const struct output_options *o, struct err *err)
{
	struct lang_comparison comparison = {0};
	const struct lang_format *format = choose(o, err);
	int status;

	options->progress = on_progress;
	options->tick = on_tick;
	options->verbose = o->verbose ? on_verbose : NULL;
	if (!format || check(options, o, err) != 0)
		return -1;
	status = lang_gather(options, &comparison, err);
	if (status == 0)
		status = lang_compare(options, &comparison, err);
	term_progress_clear();
	if (status == 0 && comparison.rounds > 0)
		status = write_out(&comparison, format, o, err);
	if (status == 0 && comparison.interrupted)
		status = 128 + SIGINT;
	lang_comparison_free(&comparison);
	return status;
}

#define MARGIN_PERCENT 5.0

struct stray {
	const char *option;
	bool given;
};

static int refuse_strays(const struct stray *strays, const char *hint, const char *what, struct err *err)
{
	for (; strays->option; strays++) {
		if (strays->given)
			return err_usage(err, strays->option, hint, "%s", what);
	}
	return 0;
}

int compare_languages(const struct profile_options *o, const struct operands *operands, struct err *err)
{
	struct lang_options options = {.files = (const char *const *)operands->files,
				       .file_count = (size_t)operands->file_count,
				       .siblings = o->baseline_langs,
				       .compare_to = o->compare_to,
				       .rustc_flags = o->rustc_flags,
				       .args = operands->args,
				       .runs = o->iterations,
				       .warmup = o->warmup,
				       .max_seconds = o->max_time,
				       .timeout_seconds = o->timeout,
				       .margin = (o->margin < 0 ? MARGIN_PERCENT : o->margin) / 100,
				       .ignore_failure = o->ignore_failure};
	const struct stray profile_only[] = {
	    {"--trace-calls", o->trace_calls},
	    {"--data", o->data},
	    {"--function", o->output.function},
	    {"--bin", o->bin},
	    {"--base", o->output.base},
	    {"--show-output", o->show_output},
	    {"--lines", o->output.lines},
	    {"--source-map", o->source_map},
	    {"--weight", o->output.weight},
	    {"--recursion", o->output.recursion},
	    {"--sort", o->output.sort},
	    {"--top", o->output.top},
	    {"--min-percent", o->output.min_percent},
	    {"--calls", o->output.calls},
	    {"--no-reference", o->no_reference},
	    {"--entry-counters", o->entry_only},
	    {NULL, false},
	};

	if (refuse_strays(profile_only, "it is for the profile of one program; leave it out", "this option does not go with --compare",
			  err) != 0)
		return -1;
	if (operands->file_count == 0)
		return err_usage(err, "profile", "give the programs: A.ruchy B.rs C.py", "there is nothing to compare");
	return compare(&options, &o->output, err);
}

int compare_languages_strays(const struct profile_options *o, struct err *err)
{
	const struct stray compare_only[] = {
	    {"--baseline-langs", o->baseline_langs}, {"--compare-to", o->compare_to}, {"--warmup", o->warmup},
	    {"--max-time", o->max_time > 0},	     {"--margin", o->margin >= 0},    {NULL, false},
	};

	return refuse_strays(compare_only, "say `ruchy-prof profile --compare`", "this option goes with --compare", err);
}
