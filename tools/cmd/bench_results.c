/* bench_results.c - what `bench` found, in the formats and at the places that were asked for. */
#include "bench_command.h"
#include "bench_run.h"
#include "output.h"
#include "strbuf.h"
#include "term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct bench_style style_of(const struct bench_command_options *o)
{
	bool on_stdout = output_is_stdout(o->output);
	enum term_color color = TERM_COLOR_AUTO;

	if (o->color)
		term_parse_color(o->color, &color);
	return (struct bench_style){.color = on_stdout ? term_wants_color(STDOUT_FILENO, color) : color == TERM_COLOR_ALWAYS,
				    .ascii = on_stdout && !term_is_utf8(),
				    .verbose = o->verbose,
				    .width = on_stdout ? term_columns(STDOUT_FILENO) : 0};
}

/* The format asked for, or that of the name's end. */
const char *bench_format_name(const struct bench_command_options *o)
{
	static const char *const ends[][2] = {{".json", "json"}, {".md", "markdown"}, {".csv", "csv"}, {".xml", "junit"}};
	size_t size = o->output ? strlen(o->output) : 0;

	if (o->format)
		return o->format;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i][0]);

		if (size > end && strcmp(o->output + size - end, ends[i][0]) == 0)
			return ends[i][1];
	}
	return "text";
}

static int unknown_format(const char *name, const char *known, struct err *err)
{
	return err_usage(err, name, known, "unknown format");
}

const struct bench_format *bench_gate_format(const struct bench_command_options *o, struct err *err)
{
	const char *name = bench_format_name(o);

	for (size_t i = 0; bench_formats[i].name; i++) {
		if (strcmp(bench_formats[i].name, name) == 0)
			return &bench_formats[i];
	}
	unknown_format(name, "known formats of gates: text, json, markdown, junit, github", err);
	return NULL;
}

static const struct bench_run_format *run_format(const char *name, struct err *err)
{
	for (size_t i = 0; bench_run_formats[i].name; i++) {
		if (strcmp(bench_run_formats[i].name, name) == 0)
			return &bench_run_formats[i];
	}
	unknown_format(name, "known formats: text, json, csv, markdown", err);
	return NULL;
}

static int write_text(const char *path, struct strbuf *text, struct err *err)
{
	int status = output_bytes(path, text->data ? text->data : "", text->size, 0666, err);

	strbuf_free(text);
	return status;
}

/* What GitHub shows of a step: every program of it adds its part. */
static int add_summary(const struct bench_report *report, const struct bench_style *style, struct err *err)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	struct strbuf text = STRBUF_INIT;
	FILE *file;
	bool good;

	if (!path || !*path)
		return 0;
	bench_markdown(&text, report, style);
	strbuf_puts(&text, "\n");
	file = fopen(path, "ae");
	good = file && fwrite(text.data, 1, text.size, file) == text.size;
	good = file && fclose(file) == 0 && good;
	strbuf_free(&text);
	return good ? 0 : err_set(err, path, NULL, "cannot write the step summary: %s", strerror(errno));
}

static int write_also(const char *path, void (*write)(struct strbuf *, const struct bench_report *, const struct bench_style *),
		      const struct bench_report *report, struct err *err)
{
	struct bench_style style = {0};
	struct strbuf text = STRBUF_INIT;

	if (!path)
		return 0;
	write(&text, report, &style);
	return write_text(path, &text, err);
}

int bench_gate_results(const struct bench_command_options *o, const struct bench_format *format, const struct bench_report *report,
		       struct err *err)
{
	struct bench_style style = style_of(o);
	struct strbuf text = STRBUF_INIT;
	bool gate = strcmp(report->mode, "baseline") != 0;
	struct bench_hyperfine results[] = {
	    {report->baseline, report->a_wall, report->a_user, report->a_system, report->a_rss, report->a_codes, report->a_count},
	    {gate ? report->current : report->baseline, report->b_wall, report->b_user, report->b_system, report->b_rss, report->b_codes,
	     report->b_count}};

	format->write(&text, report, &style);
	if (write_text(o->output, &text, err) != 0)
		return -1;
	if (o->export_json) {
		bench_hyperfine(&text, gate ? results : results + 1, gate ? 2 : 1);
		if (write_text(o->export_json, &text, err) != 0)
			return -1;
	}
	if (write_also(o->export_markdown, bench_markdown, report, err) != 0 || write_also(o->export_junit, bench_junit, report, err) != 0)
		return -1;
	if (strcmp(format->name, "github") == 0 && add_summary(report, &style, err) != 0)
		return -1;
	if (gate && (report->verdict == BENCH_FAIL || (report->verdict == BENCH_INCONCLUSIVE && o->fail_inconclusive)))
		return ERR_REGRESSION;
	return 0;
}

int bench_plain(const struct bench_command_options *o, const struct bench_options *b, char **files, size_t count, struct err *err)
{
	const struct bench_run_format *format = run_format(bench_format_name(o), err);
	struct bench_style style = style_of(o);
	struct bench_run run = {0};
	struct strbuf text = STRBUF_INIT;
	int status = format ? bench_run(b, files, count, &run, err) : -1;

	if (status == 0) {
		format->write(&text, &run, &style);
		status = write_text(o->output, &text, err);
	}
	if (status == 0 && o->export_markdown) {
		const struct bench_run_format *table = run_format("markdown", err);

		table->write(&text, &run, &style);
		status = write_text(o->export_markdown, &text, err);
	}
	if (status == 0 && o->export_json) {
		bench_run_hyperfine(&text, &run);
		status = write_text(o->export_json, &text, err);
	}
	bench_run_free(&run);
	return status;
}
