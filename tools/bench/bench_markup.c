/* bench_markup.c - what other programs show of a gate: markdown (step summaries, comments), JUnit, annotations of GitHub. */
#include "bench_format.h"

#include <math.h>
#include <string.h>

void bench_cell(struct strbuf *out, const char *text)
{
	for (const char *s = text; *s; s++) {
		if (*s == '|' || *s == '<')
			strbuf_puts(out, "\\");
		strbuf_add(out, *s == '\n' ? " " : s, 1);
	}
}

static void verdict_cell(struct strbuf *out, enum bench_verdict verdict)
{
	static const char *const marks[] = {"✅ PASS", "❌ FAIL", "❔ INCONCLUSIVE", "–"};

	strbuf_puts(out, marks[verdict]);
}

static void metric_row(struct strbuf *out, const struct bench_line *line)
{
	const struct bench_metric *metric = &bench_metrics[line->id];

	strbuf_printf(out, "| %s | ", metric->title);
	if (!line->present) {
		strbuf_puts(out, "not measured | | | | ");
	} else {
		bench_value(out, metric->unit, line->a, false);
		strbuf_puts(out, " | ");
		bench_value(out, metric->unit, line->b, false);
		strbuf_puts(out, " | ");
		bench_change(out, line->ratio.value);
		strbuf_puts(out, " | ");
		if (metric->exact)
			strbuf_puts(out, line->varies ? "differs from run to run" : "exact");
		else
			bench_interval(out, &line->ratio);
		strbuf_puts(out, " | ");
	}
	if (line->judged)
		strbuf_printf(out, "%.4g%%", 100 * line->threshold);
	strbuf_puts(out, " | ");
	verdict_cell(out, line->verdict);
	strbuf_puts(out, " |\n");
}

static void part_row(struct strbuf *out, const char *name, const struct bench_part *part)
{
	if (part->a < 0)
		return;
	strbuf_printf(out, "| %s | ", name);
	bench_value(out, UNIT_NS, part->a, false);
	strbuf_puts(out, " | ");
	bench_value(out, UNIT_NS, part->b, false);
	strbuf_puts(out, " | ");
	bench_change(out, part->ratio.value);
	strbuf_puts(out, " | ");
	bench_interval(out, &part->ratio);
	strbuf_puts(out, " |\n");
}

static void bullets(struct strbuf *out, const char *word, char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		strbuf_printf(out, "%s- %s: ", i == 0 ? "\n" : "", word);
		bench_cell(out, texts[i]);
		strbuf_puts(out, "\n");
	}
}

void bench_markdown(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	(void)style;
	if (strcmp(r->mode, "baseline") == 0) {
		strbuf_printf(out, "### Baseline %s of `%s`: ", r->baseline, r->source);
		bench_value(out, UNIT_NS, r->execution.b, false);
		strbuf_puts(out, "\n");
		bullets(out, "Warning", r->warnings, r->warning_count);
		bullets(out, "Note", r->notes, r->note_count);
		return;
	}
	strbuf_puts(out, "### ");
	verdict_cell(out, r->verdict);
	strbuf_printf(out, ": `%s` against %s\n\n", r->source, r->baseline);
	strbuf_puts(out,
		    "| Metric | Baseline | Current | Change | 95% interval | Threshold | Verdict |\n|---|---:|---:|---:|---:|---:|---|\n");
	for (int i = 0; i < METRICS; i++) {
		if (r->lines[i].present || r->lines[i].judged)
			metric_row(out, &r->lines[i]);
	}
	for (int i = 0; i < METRICS; i++) {
		if (r->lines[i].cause)
			strbuf_printf(out, "%s- %s: %s\n", i ? "\n" : "", bench_metrics[i].title, r->lines[i].cause);
	}
	if (r->rustc.a >= 0 || r->execution.a >= 0)
		strbuf_puts(out, "\n| Breakdown | Baseline | Current | Change | 95% interval |\n|---|---:|---:|---:|---:|\n");
	part_row(out, "Transpilation", &r->transpile);
	part_row(out, "Compilation", &r->rustc);
	part_row(out, "Execution", &r->execution);
	if (r->share_count)
		strbuf_puts(out, "\n| Function | Self before | Self now |\n|---|---:|---:|\n");
	for (size_t i = 0; i < r->share_count; i++) {
		strbuf_puts(out, "| `");
		bench_cell(out, r->shares[i].name);
		strbuf_puts(out, "` | ");
		bench_value(out, UNIT_NS, r->shares[i].self_before, false);
		strbuf_puts(out, " | ");
		bench_value(out, UNIT_NS, r->shares[i].self_after, false);
		strbuf_puts(out, " |\n");
	}
	strbuf_printf(out, "\n%llu rounds, %s.\n", (unsigned long long)r->rounds, bench_how_text(r->how));
	if (r->layouts.count) {
		strbuf_printf(out, "\nOver %zu layouts of the code of both: ", r->layouts.count);
		bench_change(out, r->layouts.wall.value);
		strbuf_puts(out, " (");
		bench_interval(out, &r->layouts.wall);
		strbuf_puts(out, "), by which the verdict goes.\n");
	}
	bullets(out, "Warning", r->warnings, r->warning_count);
	bullets(out, "Note", r->notes, r->note_count);
}

/* ---- one sentence for a metric ---------------------------------------------------------------------------------------------------------
 */

static void sentence(struct strbuf *out, const struct bench_report *r, const struct bench_line *line)
{
	const struct bench_metric *metric = &bench_metrics[line->id];

	if (!line->present) {
		strbuf_printf(out, "%s was not measured", metric->title);
		return;
	}
	strbuf_printf(out, "%s ", metric->title);
	bench_change(out, line->ratio.value);
	strbuf_puts(out, " (");
	bench_value(out, metric->unit, line->a, false);
	strbuf_puts(out, " → ");
	bench_value(out, metric->unit, line->b, false);
	if (!metric->exact) {
		strbuf_puts(out, "; 95% interval ");
		bench_interval(out, &line->ratio);
	}
	strbuf_printf(out, "; threshold %.4g%%)", 100 * line->threshold);
	if (line->verdict != line->at_first && r->layouts.count) {
		strbuf_printf(out, "; over %zu layouts of the code ", r->layouts.count);
		bench_change(out, (line->id == METRIC_CPU ? &r->layouts.cpu : &r->layouts.wall)->value);
	}
	if (line->cause)
		strbuf_printf(out, ": %s", line->cause);
}

/* ---- JUnit
 * ------------------------------------------------------------------------------------------------------------------------------- */

void bench_junit(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	size_t tests = 0, failures = 0, skipped = 0;

	(void)style;
	for (int i = 0; i < METRICS; i++) {
		tests += r->lines[i].judged;
		failures += r->lines[i].judged && r->lines[i].verdict == BENCH_FAIL;
		skipped += r->lines[i].judged && r->lines[i].verdict == BENCH_INCONCLUSIVE;
	}
	strbuf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	strbuf_printf(out, "<testsuites tests=\"%zu\" failures=\"%zu\" time=\"%.3f\">\n <testsuite name=\"ruchy-prof bench ", tests,
		      failures, r->seconds);
	bench_xml(out, r->source);
	strbuf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n", tests, failures, skipped,
		      r->seconds);
	for (int i = 0; i < METRICS; i++) {
		const struct bench_line *line = &r->lines[i];
		struct strbuf text = STRBUF_INIT;

		if (!line->judged)
			continue;
		sentence(&text, r, line);
		strbuf_printf(out, "  <testcase name=\"%s\" classname=\"", bench_metrics[i].name);
		bench_xml(out, r->source);
		strbuf_printf(out, "\" time=\"%.9f\"", bench_metrics[i].unit == UNIT_NS && line->present ? line->b / 1e9 : 0);
		strbuf_puts(out, line->verdict == BENCH_PASS ? "/>\n" : ">\n   <");
		if (line->verdict != BENCH_PASS) {
			strbuf_puts(out, line->verdict == BENCH_FAIL ? "failure type=\"regression\" message=\""
								     : "skipped message=\"inconclusive: ");
			bench_xml(out, text.data);
			strbuf_puts(out, "\"/>\n  </testcase>\n");
		}
		strbuf_free(&text);
	}
	strbuf_puts(out, " </testsuite>\n</testsuites>\n");
}

/* ---- GitHub
 * ------------------------------------------------------------------------------------------------------------------------------- */

/* Of commands in a log: what ends a line or, in a property, the property. */
static void command_text(struct strbuf *out, const char *text, bool property)
{
	for (const char *s = text; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
			strbuf_printf(out, "%%%02X", (unsigned char)*s);
		else
			strbuf_add(out, s, 1);
	}
}

static void annotation(struct strbuf *out, const char *file, const char *kind, uint32_t line, const char *title, const char *text)
{
	strbuf_printf(out, "::%s file=", kind);
	command_text(out, file, true);
	if (line)
		strbuf_printf(out, ",line=%u", line);
	strbuf_puts(out, ",title=");
	command_text(out, title, true);
	strbuf_puts(out, "::");
	command_text(out, text, false);
	strbuf_puts(out, "\n");
}

void bench_github(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	static const char *const kinds[] = {"notice", "error", "warning"};
	struct bench_style plain = {.ascii = style->ascii};

	bench_text(out, r, &plain); /* for who reads the log */
	strbuf_puts(out, "\n");
	for (int i = 0; i < METRICS; i++) {
		const struct bench_line *line = &r->lines[i];
		struct strbuf text = STRBUF_INIT;
		uint32_t place = line->cause_line;
		const char *file = line->cause_file ? line->cause_file : r->source;

		if (!line->judged)
			continue;
		/* A time has no line of its own; the function whose time rose most has. */
		if (!place && line->verdict == BENCH_FAIL && !bench_metrics[i].exact && r->share_count &&
		    r->shares[0].self_after > r->shares[0].self_before && r->shares[0].file) {
			place = r->shares[0].line;
			file = r->shares[0].file;
		}
		sentence(&text, r, line);
		annotation(out, file, kinds[line->verdict], place, bench_verdict_name(line->verdict), text.data);
		strbuf_free(&text);
	}
	for (size_t i = 0; i < r->warning_count && i < 5; i++)
		annotation(out, r->source, "warning", 0, "benchmark", r->warnings[i]);
}
