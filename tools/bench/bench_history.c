#include "bench_history.h"
#include "export_utf8.h"
#include "json_values.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LABEL 14 /* columns that the chart has for a version */

static struct stats_interval change_of(const struct bench_baseline *before, const struct bench_baseline *after)
{
	double *a = bench_baseline_times(before), *b = bench_baseline_times(after);
	struct stats_interval ratio = stats_ratio(a, before->wall.n, b, after->wall.n, 0.95);

	free(a);
	free(b);
	return ratio;
}

void bench_history_fill(struct bench_history *history, const char *file, struct bench_baseline *const *list, size_t count)
{
	struct bench_host host = {0};

	bench_host_fill(&host);
	*history = (struct bench_history){.file = file};
	history->points = xcalloc(count + 1, sizeof *history->points);
	for (size_t i = 0; i < count; i++) {
		struct bench_point *point = &history->points[history->count];
		double *times;

		if (list[i]->wall.n == 0) /* of cold starts alone */
			continue;
		history->count++;
		times = bench_baseline_times(list[i]);

		point->baseline = list[i];
		point->time = stats_median_interval(times, list[i]->wall.n, 0.95);
		point->change = (struct stats_interval){NAN, NAN, NAN};
		point->other_host = strcmp(list[i]->host.fingerprint, host.fingerprint) != 0;
		free(times);
		for (size_t k = i; k-- > 0;) {
			if (list[k]->wall.n && strcmp(list[k]->host.fingerprint, list[i]->host.fingerprint) == 0) {
				point->change = change_of(list[k], list[i]);
				break;
			}
		}
	}
	bench_host_free(&host);
}

void bench_history_free(struct bench_history *history)
{
	free(history->points);
	*history = (struct bench_history){0};
}

/* ---- formats ----------------------------------------------------------------------------------------------------------------------------
 */

/* Versions may be commits: 40 digits. Caller frees. */
static char *short_name(const char *text, size_t width)
{
	struct strbuf escaped = STRBUF_INIT, out = STRBUF_INIT;

	utf8_escape(&escaped, text, false);
	utf8_shorten(&out, escaped.data ? escaped.data : "", width, false);
	strbuf_free(&escaped);
	return strbuf_take(&out);
}

static void padded(struct strbuf *out, const char *text, size_t width)
{
	char *name = short_name(text, width);
	size_t columns = utf8_columns(name, strlen(name));

	strbuf_puts(out, name);
	for (; columns < width; columns++)
		strbuf_puts(out, " ");
	free(name);
}

static void write_text(struct strbuf *out, const struct bench_history *h, bool ascii)
{
	size_t width = 7;

	for (size_t i = 0; i < h->count; i++) {
		size_t size = strlen(h->points[i].baseline->version);

		width = size > width ? size : width;
	}
	width = width > 30 ? 30 : width;
	strbuf_printf(out, "=== History: %s ===\n", h->file);
	padded(out, "Version", width);
	strbuf_puts(out, "  Date        Median    95% interval              Change\n");
	for (size_t i = 0; i < h->count; i++) {
		const struct bench_point *p = &h->points[i];
		struct strbuf cell = STRBUF_INIT;

		padded(out, p->baseline->version, width);
		strbuf_printf(out, "  %.10s  ", p->baseline->created);
		bench_value(&cell, UNIT_NS, p->time.value, ascii);
		padded(out, cell.data, 8);
		cell.size = 0;
		bench_value(&cell, UNIT_NS, p->time.lo, ascii);
		strbuf_puts(&cell, " to ");
		bench_value(&cell, UNIT_NS, p->time.hi, ascii);
		strbuf_puts(out, "  ");
		padded(out, cell.data, 24);
		strbuf_puts(out, "  ");
		strbuf_free(&cell);
		if (!isnan(p->change.value)) {
			bench_change(out, p->change.value);
			strbuf_puts(out, " (");
			bench_interval(out, &p->change);
			strbuf_puts(out, ")");
		} else {
			strbuf_puts(out, "-");
		}
		strbuf_puts(out, p->other_host ? "  (another machine)\n" : "\n");
	}
}

static void write_markdown(struct strbuf *out, const struct bench_history *h)
{
	strbuf_puts(out, "| Version | Date | Median | Change | 95% interval | Machine |\n|---|---|---:|---:|---:|---|\n");
	for (size_t i = 0; i < h->count; i++) {
		const struct bench_point *p = &h->points[i];

		strbuf_puts(out, "| ");
		bench_cell(out, p->baseline->version);
		strbuf_printf(out, " | %.10s | ", p->baseline->created);
		bench_value(out, UNIT_NS, p->time.value, false);
		strbuf_puts(out, " | ");
		if (!isnan(p->change.value)) {
			bench_change(out, p->change.value);
			strbuf_puts(out, " | ");
			bench_interval(out, &p->change);
		} else {
			strbuf_puts(out, "– | –");
		}
		strbuf_printf(out, " | %s |\n", p->other_host ? "another" : "this");
	}
}

static void write_csv(struct strbuf *out, const struct bench_history *h)
{
	strbuf_puts(out, "version,created,host,samples,median_ns,lo_ns,hi_ns\n");
	for (size_t i = 0; i < h->count; i++) {
		const struct bench_point *p = &h->points[i];

		strbuf_puts(out, "\"");
		for (const char *s = p->baseline->version; *s; s++)
			strbuf_printf(out, *s == '"' ? "\"\"" : "%c", *s);
		strbuf_printf(out, "\",%s,%.8s,%zu,%.0f,%.0f,%.0f\n", p->baseline->created, p->baseline->host.fingerprint,
			      p->baseline->wall.n, p->time.value, p->time.lo, p->time.hi);
	}
}

static void write_json(struct strbuf *out, const struct bench_history *h)
{
	json_t *root = json_object(), *points = json_array();
	char *dumped;

	for (size_t i = 0; i < h->count; i++) {
		const struct bench_point *p = &h->points[i];
		json_t *row = json_object();

		json_object_set_new(row, "version", json_string(p->baseline->version));
		json_object_set_new(row, "created", json_string(p->baseline->created));
		json_object_set_new(row, "host", json_string(p->baseline->host.fingerprint));
		json_object_set_new(row, "this_host", json_boolean(!p->other_host));
		json_object_set_new(row, "samples", json_integer((json_int_t)p->baseline->wall.n));
		json_object_set_new(row, "median_ns", json_finite(p->time.value));
		json_object_set_new(row, "lo_ns", json_finite(p->time.lo));
		json_object_set_new(row, "hi_ns", json_finite(p->time.hi));
		json_object_set_new(row, "change", json_finite(p->change.value));
		json_object_set_new(row, "change_lo", json_finite(p->change.lo));
		json_object_set_new(row, "change_hi", json_finite(p->change.hi));
		json_array_append_new(points, row);
	}
	json_object_set_new(root, "schema_version", json_integer(1));
	json_object_set_new(root, "file", json_text(h->file));
	json_object_set_new(root, "history", points);
	dumped = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	strbuf_puts(out, dumped ? dumped : "");
	strbuf_puts(out, "\n");
	free(dumped);
	json_decref(root);
}

bool bench_history_write(struct strbuf *out, const struct bench_history *h, const char *format, bool ascii)
{
	if (strcmp(format, "text") == 0)
		write_text(out, h, ascii);
	else if (strcmp(format, "json") == 0)
		write_json(out, h);
	else if (strcmp(format, "csv") == 0)
		write_csv(out, h);
	else if (strcmp(format, "markdown") == 0)
		write_markdown(out, h);
	else
		return false;
	return true;
}

/* ---- the chart
 * ------------------------------------------------------------------------------------------------------------------------------ */

enum { LEFT = 80, RIGHT = 20, TOP = 40, HEIGHT = 240, BOTTOM = 90, STEP_LEAST = 24, WIDTH_LEAST = 480 };

struct scale {
	double top_ns, step_x;
	int width;
};

static double x_of(const struct scale *s, size_t i)
{
	return LEFT + s->step_x * ((double)i + 0.5);
}

static double y_of(const struct scale *s, double ns)
{
	return TOP + HEIGHT * (1 - fmin(fmax(ns, 0), s->top_ns) / s->top_ns);
}

/* From 0, so that a bar twice as high is twice the time; whole steps of 1, 2 or 5. */
static struct scale scale_of(const struct bench_history *h, double *tick)
{
	struct scale s = {.width = LEFT + RIGHT + STEP_LEAST * (int)h->count};
	double most = 0, power;

	for (size_t i = 0; i < h->count; i++)
		most = fmax(most, isfinite(h->points[i].time.hi) ? h->points[i].time.hi : h->points[i].time.value);
	most = fmax(most, 1);
	power = pow(10, floor(log10(most / 4)));
	*tick = most / 4 / power > 5 ? 10 * power : most / 4 / power > 2 ? 5 * power : most / 4 / power > 1 ? 2 * power : power;
	s.top_ns = *tick * ceil(most / *tick);
	s.width = s.width < WIDTH_LEAST ? WIDTH_LEAST : s.width;
	s.step_x = h->count ? (double)(s.width - LEFT - RIGHT) / (double)h->count : 1;
	return s;
}

static void grid(struct strbuf *out, const struct scale *s, double tick)
{
	for (int i = 0; i <= (int)lround(s->top_ns / tick); i++) {
		double ns = i * tick;

		strbuf_printf(out,
			      "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"end\" x=\"%d\" y=\"%.1f\">",
			      LEFT, s->width - RIGHT, y_of(s, ns), y_of(s, ns), LEFT - 8, y_of(s, ns) + 4);
		if (ns == 0)
			strbuf_puts(out, "0");
		else
			bench_value(out, UNIT_NS, ns, false);
		strbuf_puts(out, "</text>\n");
	}
}

static void point(struct strbuf *out, const struct scale *s, const struct bench_point *p, size_t i)
{
	double x = x_of(s, i), y = y_of(s, p->time.value);
	const char *kind = p->other_host ? "other" : "this";
	char *version;

	strbuf_printf(out, "<g class=\"%s\"><title>", kind);
	bench_xml(out, p->baseline->version);
	strbuf_puts(out, ": ");
	bench_value(out, UNIT_NS, p->time.value, false);
	strbuf_printf(out, ", %s", p->baseline->created);
	strbuf_puts(out, p->other_host ? ", another machine</title>" : "</title>");
	if (isfinite(p->time.lo) && isfinite(p->time.hi))
		strbuf_printf(out, "<line class=\"error\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, y_of(s, p->time.hi),
			      y_of(s, p->time.lo));
	strbuf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x, y);
	strbuf_printf(out, "<text class=\"end\" transform=\"translate(%.1f %d) rotate(-45)\">", x + 4, TOP + HEIGHT + 16);
	version = short_name(p->baseline->version, LABEL);
	bench_xml(out, version);
	free(version);
	strbuf_puts(out, "</text></g>\n");
}

void bench_history_svg(struct strbuf *out, const struct bench_history *h)
{
	double tick;
	struct scale s = scale_of(h, &tick);

	strbuf_printf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"
	    "<style>svg{background:#fff;color:#222}text{font:12px sans-serif;fill:currentColor}.end{text-anchor:end}.grid{stroke:#8884}"
	    ".this circle{fill:#1565c0}.other circle{fill:none;stroke:#1565c0}.error{stroke:#1565c0;stroke-width:2}polyline{fill:none;"
	    "stroke:#1565c088}@media(prefers-color-scheme:dark){svg{background:#1b1b1f;color:#ddd}}</style>\n<title>",
	    s.width, TOP + HEIGHT + BOTTOM, s.width, TOP + HEIGHT + BOTTOM);
	bench_xml(out, h->file);
	strbuf_puts(out, ": time of a run by version</title>\n<text x=\"12\" y=\"22\">");
	bench_xml(out, h->file);
	strbuf_puts(out, ": median time of a run, with its 95% interval; hollow: another machine</text>\n");
	grid(out, &s, tick);
	strbuf_puts(out, "<polyline points=\"");
	for (size_t i = 0; i < h->count; i++) {
		if (!h->points[i].other_host)
			strbuf_printf(out, "%.1f,%.1f ", x_of(&s, i), y_of(&s, h->points[i].time.value));
	}
	strbuf_puts(out, "\"/>\n");
	for (size_t i = 0; i < h->count; i++)
		point(out, &s, &h->points[i], i);
	strbuf_puts(out, "</svg>\n");
}
