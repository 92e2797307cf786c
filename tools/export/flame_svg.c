#include "flame_svg.h"
#include "export_names.h"
#include "export_units.h"
#include "export_utf8.h"
#include "flame_diff.h"
#include "flame_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	  1200.0 /* where there is no script to fit it to the window */
#define EDGE	  10.0
#define ROW	  18
#define TOP	  72 /* title, what it is, reset and search on narrow pages */
#define CHARACTER 7.23
#define NAME_MOST 300 /* columns of a name in a tooltip */
#define COLORS	  8

const char flame_css[] = {
#include "flame.css.inc"
    '\0'};
const size_t flame_css_size = sizeof flame_css - 1;
const char flame_js[] = {
#include "flame.js.inc"
    '\0'};
const size_t flame_js_size = sizeof flame_js - 1;

static const struct unit_style style = {.gap = " "};

struct picture {
	const struct report *report;
	const struct paths *paths;
	struct export_names names;
	struct flame flame;
	const struct flame_change *changes; /* of each frame, or NULL */
	double gone;			    /* see flame_changes() */
	struct strbuf *out;
};

static void put_value(struct strbuf *out, const struct paths *paths, uint64_t value)
{
	if (paths->weight == PATHS_TIME) {
		unit_time(out, (double)value, style);
	} else if (paths->weight == PATHS_BYTES) {
		unit_bytes(out, value);
	} else {
		unit_count(out, value);
		strbuf_puts(out, value == 1 ? " call" : " calls");
	}
}

static void put_share(const struct picture *picture, struct strbuf *out, uint64_t value)
{
	put_value(out, picture->paths, value);
	strbuf_puts(out, " (");
	unit_percent(out, 100.0 * (double)value / (double)picture->paths->total);
	strbuf_puts(out, ")");
}

/* The same function has the same colour, in this picture and the next. */
static unsigned color_of(const char *name)
{
	uint64_t hash = 14695981039346656037u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211u;
	return 1 + (unsigned)((hash ^ hash >> 32) % COLORS);
}

/* What stands in the tooltip: name, place, weight, calls; a line each, which the script relies on. */
static void describe(const struct picture *picture, const struct flame_frame *frame, struct strbuf *text)
{
	const struct profile *p = picture->report->profile;
	const struct profile_fn *fn = frame->fn == PROFILE_NONE ? NULL : &p->fns[frame->fn];

	if (frame->depth == 0)
		strbuf_puts(text, "all");
	else
		utf8_shorten(text, export_name(&picture->names, frame->fn), NAME_MOST, false);
	if (fn && fn->from) {
		strbuf_puts(text, "\n");
		utf8_shorten(text, export_place(&picture->names, p, frame->fn), NAME_MOST, false);
		strbuf_printf(text, fn->to > fn->from ? ":%" PRIu32 "-%" PRIu32 : ":%" PRIu32, fn->from, fn->to);
	}
	strbuf_puts(text, "\n");
	put_share(picture, text, frame->total);
	if (frame->depth > 0) {
		strbuf_puts(text, ", self ");
		put_share(picture, text, frame->self);
	}
	if (picture->changes) {
		double before = picture->changes[frame - picture->flame.frames].before;

		strbuf_puts(text, "\nbefore ");
		put_value(text, picture->paths, (uint64_t)before);
		if (before > 0)
			strbuf_printf(text, " (%+.1f%%)", 100 * ((double)frame->total - before) / before);
	}
	if (fn && p->runs > 0 && fn->kind != PROFILE_SKIPPED) {
		uint64_t calls = paths_count(p, picture->paths->iterations, fn->calls);

		strbuf_puts(text, "\n");
		unit_count(text, calls);
		strbuf_printf(text, calls == 1 ? " call " : " calls ");
		export_scope(text, picture->paths->iterations);
	}
}

static void put_label(struct strbuf *out, const char *name, double left, double width, double y)
{
	size_t room = width > 6 ? (size_t)((width - 6) / CHARACTER) : 0, columns = utf8_columns(name, strlen(name));
	struct strbuf label = STRBUF_INIT;

	if (room < 4 && columns > room)
		return;
	utf8_shorten(&label, name, room, false);
	strbuf_printf(out, "<text x=\"%.2f\" y=\"%.0f\">", left + 3, y + 13);
	export_markup(out, label.data ? label.data : "");
	strbuf_puts(out, "</text>");
	strbuf_free(&label);
}

static const char *change_class(int level)
{
	static const char *const classes[] = {"less3", "less2", "less1", "even", "more1", "more2", "more3"};

	return classes[level + 3];
}

static void put_frame(const struct picture *picture, const struct flame_frame *frame)
{
	double scale = (WIDTH - 2 * EDGE) / (double)picture->paths->total, y = TOP + (double)frame->depth * ROW;
	double left = EDGE + (double)frame->start * scale, width = (double)frame->total * scale;
	const char *name = frame->depth == 0 ? "all" : export_name(&picture->names, frame->fn);
	struct strbuf text = STRBUF_INIT;
	char class[16];

	describe(picture, frame, &text);
	if (picture->changes)
		snprintf(class, sizeof class, "%s", change_class(picture->changes[frame - picture->flame.frames].level));
	else
		snprintf(class, sizeof class, "k%u", frame->fn == PROFILE_NONE ? 0 : color_of(name));
	strbuf_printf(picture->out,
		      "<g class=\"f %s\" tabindex=\"-1\" data-x=\"%" PRIu64 "\" data-w=\"%" PRIu64 "\" data-d=\"%" PRIu32 "\"><title>",
		      class, frame->start, frame->total, frame->depth);
	export_markup(picture->out, text.data);
	strbuf_printf(picture->out, "</title><rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" rx=\"1.5\"/>", left, y,
		      width < 0.1 ? 0.1 : width, ROW - 1);
	put_label(picture->out, name, left, width, y);
	strbuf_puts(picture->out, "</g>\n");
	strbuf_free(&text);
}

/* What the widths are, and how good they are. */
static void about(const struct picture *picture, struct strbuf *text)
{
	static const char *const weights[] = {[PATHS_TIME] = "self time ", [PATHS_CALLS] = "calls ", [PATHS_BYTES] = "bytes allocated "};
	const struct report *report = picture->report;

	strbuf_puts(text, "Widths: ");
	strbuf_puts(text, weights[picture->paths->weight]);
	export_scope(text, picture->paths->iterations);
	strbuf_puts(text, ", ");
	put_value(text, picture->paths, picture->paths->total);
	if (!picture->paths->derived) {
		strbuf_puts(text, "; ");
		unit_count(text, report->samples);
		strbuf_printf(text, " samples, shares within %.1f points", report_share_error(report->samples / 2, report->samples));
	} else {
		strbuf_puts(text, "; " EXPORT_DERIVED);
	}
}

/* Behind it, of a comparison: what the colours say, and what they cannot. */
static void about_changes(const struct picture *picture, struct strbuf *text)
{
	if (!picture->changes)
		return;
	strbuf_puts(text, "; red: more than before, blue: less");
	if (picture->gone >= 0.001) {
		strbuf_puts(text, "; ");
		unit_percent(text, 100 * picture->gone);
		strbuf_puts(text, " of the base went along paths that are gone");
	}
}

static void put_text(struct strbuf *out, const char *class, double y, const char *text)
{
	strbuf_printf(out, "<text class=\"%s\" x=\"%.0f\" y=\"%.0f\">", class, EDGE, y);
	export_markup(out, text);
	strbuf_puts(out, "</text>\n");
}

static void put_picture(struct picture *picture, bool alone, double height)
{
	struct strbuf text = STRBUF_INIT;

	utf8_shorten(&text, picture->names.title, 90, false);
	put_text(picture->out, "flame-title", 26, text.data ? text.data : "");
	strbuf_free(&text);
	if (picture->paths->total == 0) {
		put_text(picture->out, "flame-about", 46,
			 picture->paths->weight == PATHS_TIME	 ? "No time was measured."
			 : picture->paths->weight == PATHS_CALLS ? "No call was counted."
								 : "No allocation was counted.");
		return;
	}
	about(picture, &text);
	about_changes(picture, &text);
	put_text(picture->out, "flame-about", 46, text.data);
	strbuf_free(&text);
	for (size_t i = 0; i < picture->flame.count; i++)
		put_frame(picture, &picture->flame.frames[i]);
	put_text(picture->out, "flame-info", height - 14, "");
	if (alone) {
		strbuf_puts(picture->out, "<script><![CDATA[\n");
		strbuf_add(picture->out, flame_js, flame_js_size);
		strbuf_puts(picture->out, "]]></script>\n");
	}
}

static void draw(const struct report *report, const struct paths *paths, bool alone, uint32_t resolution,
		 const struct comparison *comparison, const struct paths *before, struct strbuf *out)
{
	struct picture picture = {.report = report, .paths = paths, .out = out};
	struct flame_change *changes = NULL;
	double height;

	export_names_init(&picture.names, report->profile);
	flame_layout(&picture.flame, paths, &picture.names, resolution);
	if (comparison)
		picture.changes = changes = flame_changes(comparison, before, paths, &picture.flame, &picture.gone);
	height = TOP + ((double)picture.flame.depth + 1) * ROW + 36;
	strbuf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flame\" viewBox=\"0 0 %.0f %.0f\" width=\"100%%\" "
		      "data-total=\"%" PRIu64
		      "\" data-height=\"%.0f\" data-top=\"%d\" data-whole=\"%d\" font-family=\"monospace\" font-size=\"12\">\n",
		      WIDTH, height, paths->total, height, TOP, alone);
	if (alone) {
		strbuf_puts(out, "<style>");
		strbuf_add(out, flame_css, flame_css_size);
		strbuf_printf(out, "</style>\n<rect class=\"flame-page\" width=\"%.0f\" height=\"100%%\" fill=\"#fff\"/>\n", WIDTH);
	}
	put_picture(&picture, alone, height);
	strbuf_puts(out, "</svg>\n");
	free(changes);
	flame_free(&picture.flame);
	export_names_free(&picture.names, report->profile);
}

void flame_svg(const struct report *report, const struct paths *paths, bool alone, uint32_t resolution, struct strbuf *out)
{
	draw(report, paths, alone, resolution, NULL, NULL, out);
}

void flame_svg_diff(const struct comparison *comparison, const struct paths *before, const struct paths *after, struct strbuf *out)
{
	draw(comparison->b, after, true, FLAME_FINE, comparison, before, out);
}
