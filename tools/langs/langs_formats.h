/* langs_formats.h - the formats of a comparison, for langs_formats.c alone; each appends a whole document. */
#ifndef LANGS_FORMATS_H
#define LANGS_FORMATS_H

#include "langs.h"

void lang_text(const struct lang_comparison *comparison, const struct lang_view *view, struct strbuf *out);
void lang_markdown(const struct lang_comparison *comparison, const struct lang_view *view, struct strbuf *out);
void lang_json(const struct lang_comparison *comparison, const struct lang_view *view, struct strbuf *out);
void lang_svg(const struct lang_comparison *comparison, const struct lang_view *view, struct strbuf *out);

#endif
