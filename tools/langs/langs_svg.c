/*
 * langs_svg.c - one bar for each program, with the interval of its median. The axis begins at zero and is linear; where the slowest takes
 * more than 20 times as long as the fastest it is logarithmic, begins at a power of ten and says so.
 */
#include "export_names.h"
#include "export_utf8.h"
#include "langs_formats.h"
#include "langs_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	   800.0
#define LEFT	   200.0
#define RIGHT	   90.0 /* room for the figure behind the longest bar */
#define TOP	   64.0
#define ROW	   34.0
#define BAR	   20.0
#define BOTTOM	   44.0
#define NAME_MOST  27
#define TITLE_MOST 84
#define LOG_FROM   20.0

static const char style[] =
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.dim{fill:#59636e}"
    ".bar{fill:#8aa9d6}.first{fill:#d9822b}.grid{stroke:#d1d9e0}.error{stroke:#1f2328;stroke-width:1.5}.back{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.bar{fill:#4a6fa5}.first{fill:#c06a1a}"
    ".grid{stroke:#3d444d}.error{stroke:#e6edf3}.back{fill:#0d1117}}";

struct axis {
	double from, to; /* ns */
	bool log;
};

static struct axis make_axis(const struct lang_comparison *c)
{
	double least = INFINITY, most = 0;
	struct axis axis;

	for (size_t i = 0; i < c->present; i++) {
		const struct stats_interval *time = &c->entrants[i].time;

		least = fmin(least, time->value);
		most = fmax(most, isfinite(time->hi) ? time->hi : time->value);
	}
	axis.log = most > LOG_FROM * least;
	axis.from = axis.log ? pow(10, floor(log10(least * 0.8))) : 0;
	axis.to = most > axis.from ? most : axis.from + 1;
	return axis;
}

static double place(const struct axis *axis, double ns)
{
	double share = axis->log ? log(fmax(ns, axis->from) / axis->from) / log(axis->to / axis->from) : ns / axis->to;

	return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static void put_tick(struct strbuf *out, const struct axis *axis, double ns, double bottom)
{
	double x = place(axis, ns);

	strbuf_printf(out,
		      "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/><text class=\"dim\" text-anchor=\"middle\" "
		      "x=\"%.1f\" y=\"%.1f\">",
		      x, TOP - 6, x, bottom, x, bottom + 18);
	strbuf_printf(out,
		      ns == 0	 ? "0</text>\n"
		      : ns < 1e3 ? "%g ns</text>\n"
		      : ns < 1e6 ? "%g µs</text>\n"
		      : ns < 1e9 ? "%g ms</text>\n"
				 : "%g s</text>\n",
		      ns / (ns < 1e3   ? 1
			    : ns < 1e6 ? 1e3
			    : ns < 1e9 ? 1e6
				       : 1e9));
}

/* A round step that gives four to eight ticks. */
static double step_of(double most)
{
	double power = pow(10, floor(log10(most / 4))), digit = most / 4 / power;

	return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
}

static void put_axis(struct strbuf *out, const struct axis *axis, double bottom)
{
	double step = axis->log ? 10 : step_of(axis->to), at = axis->from;
	size_t count = (size_t)(axis->log ? log10(axis->to * 1.0001 / axis->from) : axis->to * 1.0001 / step) + 1;

	for (size_t i = 0; i < count; i++, at = axis->log ? at * step : at + step)
		put_tick(out, axis, at, bottom);
}

static void put_bar(struct strbuf *out, const struct axis *axis, const struct lang_entrant *entrant, bool first, double y)
{
	char *name = lang_full_name(entrant, false);
	struct strbuf cut = STRBUF_INIT, figure = STRBUF_INIT;
	double end = place(axis, entrant->time.value), behind = end;

	utf8_shorten(&cut, name, NAME_MOST, false);
	unit_time(&figure, entrant->time.value, (struct unit_style){.gap = " "});
	strbuf_printf(out, "<g><title>");
	export_markup(out, name);
	strbuf_printf(out, ": %s</title><text text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">", figure.data, LEFT - 10, y + BAR / 2 + 4.5);
	export_markup(out, cut.data ? cut.data : "");
	strbuf_printf(out, "</text><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", first ? "first" : "bar",
		      LEFT, y, fmax(end - LEFT, 0.5), BAR);
	if (isfinite(entrant->time.lo) && isfinite(entrant->time.hi)) {
		double lo = place(axis, entrant->time.lo), hi = place(axis, entrant->time.hi), middle = y + BAR / 2;

		strbuf_printf(out, "<path class=\"error\" fill=\"none\" d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1fM%.1f %.1fV%.1f\"/>", lo,
			      middle - 5, middle + 5, lo, middle, hi, hi, middle - 5, middle + 5);
		behind = fmax(end, hi);
	}
	strbuf_printf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", behind + 8, y + BAR / 2 + 4.5, figure.data);
	strbuf_free(&cut);
	strbuf_free(&figure);
	free(name);
}

void lang_svg(const struct lang_comparison *c, const struct lang_view *view, struct strbuf *out)
{
	struct axis axis = make_axis(c);
	double bottom = TOP + ROW * (double)c->present, height = bottom + BOTTOM;
	char *test = lang_line_test(c, false, false), *runs = lang_line_runs(c, false);

	struct strbuf title = STRBUF_INIT;

	(void)view;
	strbuf_printf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\">\n<style>%s"
	    "</style>\n<rect class=\"back\" width=\"100%%\" height=\"100%%\"/>\n<text class=\"title\" x=\"16\" y=\"26\">",
	    WIDTH, height, WIDTH, height, style);
	utf8_shorten(&title, test, TITLE_MOST, false);
	export_markup(out, title.data);
	strbuf_free(&title);
	strbuf_puts(out, "</text>\n<text class=\"dim\" x=\"16\" y=\"46\">");
	export_markup(out, runs);
	strbuf_printf(out, "; median and 95%% interval%s</text>\n", axis.log ? "; logarithmic scale" : "");
	put_axis(out, &axis, bottom);
	for (size_t i = 0; i < c->present; i++)
		put_bar(out, &axis, &c->entrants[i], i == c->first, TOP + ROW * (double)i);
	strbuf_puts(out, "</svg>\n");
	free(test);
	free(runs);
}
