#include "bench.h"
#include "strbuf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct bench_metric bench_metrics[METRICS] = {
    [METRIC_WALL] = {"wall", "Wall time", UNIT_NS, false, RACE_WALL},
    [METRIC_CPU] = {"cpu", "CPU time", UNIT_NS, false, RACE_CPU},
    [METRIC_PEAK_RSS] = {"peak-rss", "Peak RSS", UNIT_BYTES, false, RACE_PEAK_RSS},
    [METRIC_COMPILE] = {"compile", "Compilation", UNIT_NS, false, 0},
    [METRIC_COLD_START] = {"cold-start", "Cold start", UNIT_NS, false, 0},
    [METRIC_SIZE] = {"size", "Size (loaded)", UNIT_BYTES, true, 0},
    [METRIC_CALLS] = {"calls", "Calls", UNIT_COUNT, true, 0},
    [METRIC_BLOCKS] = {"blocks", "Blocks", UNIT_COUNT, true, 0},
    [METRIC_LINES] = {"lines", "Executed lines", UNIT_COUNT, true, 0},
    [METRIC_ALLOCATIONS] = {"allocations", "Allocations", UNIT_COUNT, true, 0},
};

static int metric_of(const char *name, size_t size, struct err *err)
{
	struct strbuf names = STRBUF_INIT;
	char given[64];

	for (int i = 0; i < METRICS; i++) {
		if (strlen(bench_metrics[i].name) == size && strncmp(name, bench_metrics[i].name, size) == 0)
			return i;
	}
	snprintf(given, sizeof given, "%.*s", (int)size, name);
	for (int i = 0; i < METRICS; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "known: ", bench_metrics[i].name);
	err_usage(err, given, names.data, "unknown metric");
	strbuf_free(&names);
	return -1;
}

unsigned bench_metrics_parse(const char *list, struct err *err)
{
	unsigned mask = 0;

	while (*list) {
		size_t size = strcspn(list, ",");
		int id = metric_of(list, size, err);

		if (id < 0)
			return 0;
		mask |= 1u << id;
		list += size + (list[size] == ',');
	}
	if (mask == 0)
		err_usage(err, "--metric", "give names such as wall,calls", "no metric is named");
	return mask;
}

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

void bench_report_free(struct bench_report *report)
{
	double *const figures[] = {report->a_times,  report->b_times,  report->a_wall, report->b_wall, report->a_user,	report->b_user,
				   report->a_system, report->b_system, report->a_rss,  report->b_rss,  report->a_codes, report->b_codes};

	free_texts(report->warnings, report->warning_count);
	free_texts(report->notes, report->note_count);
	for (size_t i = 0; i < report->share_count; i++) {
		free(report->shares[i].name);
		free(report->shares[i].file);
	}
	free(report->shares);
	for (size_t i = 0; i < METRICS; i++) {
		free(report->lines[i].cause);
		free(report->lines[i].cause_file);
	}
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		free(figures[i]);
	free(report->baseline);
	free(report->current);
	free(report->baseline_host);
	free(report->host);
	free(report->command);
	*report = (struct bench_report){0};
}

static void append(char ***texts, size_t *count, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	for (size_t i = 0; i < *count; i++) {
		if (strcmp((*texts)[i], text) == 0) {
			free(text);
			return;
		}
	}
	*texts = xrealloc(*texts, *count + 1, sizeof **texts);
	(*texts)[(*count)++] = text;
}

void bench_warn(struct bench_report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(&report->warnings, &report->warning_count, format, args);
	va_end(args);
}

void bench_note(struct bench_report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(&report->notes, &report->note_count, format, args);
	va_end(args);
}
