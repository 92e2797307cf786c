/* html.h - the parts of the HTML report, each a function that appends a <section>. */
#ifndef HTML_H
#define HTML_H

#include "export_names.h"
#include "export_units.h"
#include "exporter.h"

/* One report in the making. */
struct html {
	const struct report *report;
	const struct export_options *options;
	struct export_names names;
	struct strbuf *out;
	int64_t open; /* number of the row whose window is open at first; -1 = none */
};

#define HTML_STATIC 100 /* rows of the function table that are there without a script */

/* `text`, escaped so that nothing in it is seen as anything but text; control characters become \n, \x1b, \u{202e}. */
void html_text(struct strbuf *out, const char *text);
/* The same, at most `columns` wide. */
void html_short(struct strbuf *out, const char *text, size_t columns);
extern const struct unit_style html_style;

void html_functions(const struct html *html);
/* <script type="application/json" id="data"> of the functions and the calls between them. */
void html_data(const struct html *html);
void html_source(const struct html *html);
void html_memory(const struct html *html);
void html_flames(const struct html *html);

#endif
