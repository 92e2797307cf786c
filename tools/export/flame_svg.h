/*
 * flame_svg.h - a flame graph as one <svg> element. Whole as it stands; the style and the script beside it add dark colours, zoom and
 * search, once per document however many pictures it has.
 */
#ifndef FLAME_SVG_H
#define FLAME_SVG_H

#include "exporter.h"
#include "paths.h"

/* For <style>, and for the end of <script>. Neither holds "</" or "]]>". */
extern const char flame_css[], flame_js[];
extern const size_t flame_css_size, flame_js_size;

/*
 * Appends <svg class="flame">...</svg>. `alone`: it is a document of its own, brings style and script along and fills the page; else
 * they are up to the document around it. Frames narrower than a `resolution`-th of the whole are left out.
 */
void flame_svg(const struct report *report, const struct paths *paths, bool alone, uint32_t resolution, struct strbuf *out);
/* A document of its own with the widths of `after`; colours and tooltips tell the change since `before`. */
void flame_svg_diff(const struct comparison *comparison, const struct paths *before, const struct paths *after, struct strbuf *out);
#define FLAME_FINE   10000 /* a tenth of a pixel, in a document of its own; as inferno has it */
#define FLAME_BESIDE 12000 /* in one that holds other things too */
#define FLAME_FOLDED 2400  /* in one that shows it on demand */

#endif
