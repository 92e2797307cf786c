/* bench_text.c - the report for a person, in the layout of the feature request. */
#include "bench_format.h"
#include "export_utf8.h"

#include <math.h>
#include <string.h>

static const char *mark(const struct bench_style *style, enum bench_verdict verdict)
{
	static const char *const marks[2][3] = {{"✅", "❌", "❔"}, {"[ok]", "[FAIL]", "[?]"}};

	return marks[style->ascii][verdict];
}

static void painted(struct strbuf *out, const struct bench_style *style, enum bench_verdict verdict, const char *text)
{
	static const char *const colors[] = {"\033[32m", "\033[31m", "\033[33m"};

	strbuf_printf(out, "%s%s%s", style->color ? colors[verdict] : "", text, style->color ? "\033[0m" : "");
}

static void percent_limit(struct strbuf *out, double share)
{
	strbuf_printf(out, "%.4g%%", 100 * share);
}

/* `✅ PASS (< 5% threshold)` */
static void verdict(struct strbuf *out, const struct bench_style *style, const struct bench_line *line)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s %s", mark(style, line->verdict), bench_verdict_name(line->verdict));
	painted(out, style, line->verdict, text.data);
	strbuf_printf(out, " (%s ",
		      line->verdict == BENCH_PASS   ? (bench_metrics[line->id].exact ? "<=" : "<")
		      : line->verdict == BENCH_FAIL ? ">"
						    : "may pass the");
	percent_limit(out, line->threshold);
	strbuf_puts(out, " threshold)");
	strbuf_free(&text);
}

static void signed_value(struct strbuf *out, enum bench_unit unit, double value, bool ascii)
{
	strbuf_puts(out, value < 0 ? "-" : "+");
	bench_value(out, unit, fabs(value), ascii);
}

/* The one that the report begins with. */
static const struct bench_line *lead(const struct bench_report *r)
{
	return &r->lines[r->lines[METRIC_WALL].present || !r->lines[METRIC_COLD_START].present ? METRIC_WALL : METRIC_COLD_START];
}

static void heading(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	const struct bench_line *wall = lead(r);

	strbuf_printf(out, "=== Performance Regression Check ===\nBaseline: %s (", r->baseline);
	bench_value(out, UNIT_NS, wall->a, style->ascii);
	strbuf_printf(out, ")\nCurrent:  %s (", r->current);
	bench_value(out, UNIT_NS, wall->b, style->ascii);
	strbuf_puts(out, ")\n\n");
}

static void how_measured(struct strbuf *out, const struct bench_report *r, const struct bench_line *line)
{
	strbuf_puts(out, "        95% interval ");
	bench_interval(out, &line->ratio);
	if (!isnan(line->detectable)) {
		strbuf_puts(out, "; a rise of ");
		strbuf_printf(out, "%.1f%% would have failed", 100 * line->detectable);
	}
	strbuf_printf(out, "\n        %llu rounds, ", (unsigned long long)r->rounds);
	if (r->seconds > 0)
		strbuf_printf(out, "%.1f s, ", r->seconds);
	strbuf_printf(out, "%s\n", bench_how_text(r->how));
	if (r->how == HOW_STORED)
		strbuf_printf(out, "        of %zu runs then, %s machine\n", line->na, r->same_host ? "on the same" : "on ANOTHER");
}

static void over_layouts(struct strbuf *out, const struct bench_report *r, const struct bench_line *line)
{
	if (r->layouts.count == 0)
		return;
	strbuf_printf(out, "        over %zu layouts of the code, %zu rounds: ", r->layouts.count, r->layouts.rounds);
	bench_change(out, r->layouts.wall.value);
	strbuf_puts(out, " (");
	bench_interval(out, &r->layouts.wall);
	strbuf_puts(out, ")\n");
	if (line->verdict == BENCH_PASS && line->at_first == BENCH_FAIL)
		strbuf_puts(out, "        so this rise is of where the linker put the code, not of the program\n");
	else if (line->verdict != line->at_first)
		strbuf_puts(out, "        so this rise may be of where the linker put the code\n");
}

static void change(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	const struct bench_line *wall = lead(r);

	strbuf_puts(out, wall->id == METRIC_COLD_START ? "Change of the cold start: " : "Change: ");
	signed_value(out, UNIT_NS, wall->a * (wall->ratio.value - 1), style->ascii);
	strbuf_puts(out, " (");
	bench_change(out, wall->ratio.value);
	strbuf_puts(out, ")");
	if (wall->judged) {
		strbuf_puts(out, "  ");
		verdict(out, style, wall);
	}
	strbuf_puts(out, "\n");
	how_measured(out, r, wall);
	over_layouts(out, r, wall);
}

static void pad(struct strbuf *out, size_t start, size_t width)
{
	size_t columns = utf8_columns(out->data + start, out->size - start);

	for (; columns < width; columns++)
		strbuf_puts(out, " ");
}

static void other_line(struct strbuf *out, const struct bench_style *style, const struct bench_line *line)
{
	const struct bench_metric *metric = &bench_metrics[line->id];
	size_t start = out->size;

	strbuf_printf(out, "  %s:", metric->title);
	pad(out, start, 18);
	if (!line->present) {
		strbuf_puts(out, "not measured\n");
		return;
	}
	bench_value(out, metric->unit, line->a, style->ascii);
	strbuf_puts(out, style->ascii ? " -> " : " → ");
	bench_value(out, metric->unit, line->b, style->ascii);
	strbuf_puts(out, "  (");
	bench_change(out, line->ratio.value);
	if (!metric->exact) {
		strbuf_puts(out, "; ");
		bench_interval(out, &line->ratio);
	}
	strbuf_puts(out, ")");
	if (line->varies)
		strbuf_puts(out, "  differs from run to run");
	if (line->judged) {
		strbuf_puts(out, "  ");
		verdict(out, style, line);
	}
	strbuf_puts(out, "\n");
	if (line->cause)
		strbuf_printf(out, "    %s %s\n", style->ascii ? "->" : "↳", line->cause);
}

static void other_metrics(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	bool any = false;

	for (int i = 0; i < METRICS; i++) {
		const struct bench_line *line = &r->lines[i];

		if (i == (int)lead(r)->id || (!line->present && !line->judged) ||
		    ((i == METRIC_LINES || i == METRIC_BLOCKS) && !line->judged && !style->verbose))
			continue;
		if (!any)
			strbuf_puts(out, "\nOther metrics:\n");
		any = true;
		other_line(out, style, line);
	}
}

static void part(struct strbuf *out, const char *name, const struct bench_part *p, const struct bench_style *style)
{
	size_t start = out->size;

	if (p->a < 0)
		return;
	strbuf_printf(out, "  %s:", name);
	pad(out, start, 18);
	bench_value(out, UNIT_NS, p->a, style->ascii);
	strbuf_puts(out, style->ascii ? " -> " : " → ");
	bench_value(out, UNIT_NS, p->b, style->ascii);
	strbuf_puts(out, "  (");
	bench_change(out, p->ratio.value);
	strbuf_puts(out, "; ");
	bench_interval(out, &p->ratio);
	strbuf_puts(out, ")\n");
}

static void shares(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	if (r->share_count == 0)
		return;
	strbuf_puts(out, "  Functions whose time changed most (self, sampled):\n");
	for (size_t i = 0; i < r->share_count; i++) {
		const struct bench_share *s = &r->shares[i];

		strbuf_printf(out, "    %s() ", s->name);
		bench_value(out, UNIT_NS, s->self_before, style->ascii);
		strbuf_puts(out, style->ascii ? " -> " : " → ");
		bench_value(out, UNIT_NS, s->self_after, style->ascii);
		if (s->before >= 0 && s->after >= 0)
			strbuf_printf(out, "  (%.1f%% %s %.1f%% of the time)", s->before, style->ascii ? "->" : "→", s->after);
		else
			strbuf_puts(out, s->before < 0 ? "  (new)" : "  (gone)");
		if (s->line && s->file)
			strbuf_printf(out, "  %s:%u", s->file, s->line);
		strbuf_puts(out, "\n");
	}
}

static void breakdown(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	strbuf_puts(out, "\nBreakdown:\n");
	if (r->rustc.a < 0)
		strbuf_puts(out, "  Compilation:    not measured\n");
	part(out, "Transpilation", &r->transpile, style);
	part(out, "Compilation", &r->rustc, style);
	part(out, "Execution", &r->execution, style);
	shares(out, r, style);
}

static void list(struct strbuf *out, const char *word, char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strbuf_printf(out, "%s%s: %s\n", i == 0 ? "\n" : "", word, texts[i]);
}

static const char *status(const struct bench_report *r)
{
	switch (r->verdict) {
	case BENCH_PASS:
		return "No significant regression detected";
	case BENCH_FAIL:
		return "Regression detected";
	default:
		return "Inconclusive: the interval reaches over the threshold;\n        give --max-time more, or a quieter machine";
	}
}

static void baseline_part(struct strbuf *out, const char *name, double ns, const struct bench_style *style)
{
	if (!(ns >= 0))
		return;
	strbuf_printf(out, "  %-16s", name);
	bench_value(out, UNIT_NS, ns, style->ascii);
	strbuf_puts(out, "\n");
}

static void baseline(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	const struct stats_interval median = r->execution.ratio;

	strbuf_printf(out, "=== Performance Baseline ===\nBaseline: %s (", r->baseline);
	bench_value(out, UNIT_NS, r->b_count ? r->execution.b : r->cold_ns, style->ascii);
	strbuf_printf(out, ")\nFile:     %s\nMachine:  %s\n\nBreakdown:\n", r->source, r->host);
	baseline_part(out, "Transpilation:", r->transpile.b, style);
	baseline_part(out, "Compilation:", r->rustc.b, style);
	baseline_part(out, "Cold start:", r->cold_ns, style);
	if (r->b_count == 0)
		return;
	strbuf_puts(out, "  Execution:      ");
	bench_value(out, UNIT_NS, r->execution.b, style->ascii);
	if (r->b_count > 1) {
		strbuf_puts(out, "  (median; 95% interval ");
		bench_value(out, UNIT_NS, median.lo, style->ascii);
		strbuf_puts(out, " to ");
		bench_value(out, UNIT_NS, median.hi, style->ascii);
		strbuf_printf(out, ", %zu runs)", r->b_count);
	}
	strbuf_puts(out, "\n");
}

void bench_text(struct strbuf *out, const struct bench_report *r, const struct bench_style *style)
{
	if (strcmp(r->mode, "baseline") == 0) {
		baseline(out, r, style);
	} else {
		heading(out, r, style);
		change(out, r, style);
		other_metrics(out, r, style);
		breakdown(out, r, style);
	}
	list(out, "Warning", r->warnings, r->warning_count);
	list(out, "Note", r->notes, r->note_count);
	if (strcmp(r->mode, "baseline") == 0)
		return;
	strbuf_puts(out, "\nStatus: ");
	strbuf_printf(out, "%s ", mark(style, r->verdict));
	painted(out, style, r->verdict, status(r));
	strbuf_puts(out, "\n");
}
