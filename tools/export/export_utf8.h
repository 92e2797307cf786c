/* export_utf8.h - names and paths hold any bytes; these make them fit to be shown. No global state, no locale. */
#ifndef EXPORT_UTF8_H
#define EXPORT_UTF8_H

#include "strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes of the character at `text` (size > 0), 0 when it is not valid UTF-8; sets *code. */
size_t utf8_decode(const char *text, size_t size, uint32_t *code);
/* Appends `text`; each byte that is not part of valid UTF-8 becomes U+FFFD. */
void utf8_repair(struct strbuf *out, const char *text);
/*
 * Appends `text` fit for a terminal: control characters and marks that change the direction of writing or are not seen become \n, \x1b or
 * \u{202e}, bytes that are not UTF-8 become \xff. `ascii`: so does everything outside ASCII.
 */
void utf8_escape(struct strbuf *out, const char *text, bool ascii);
/* Columns that text from utf8_escape() takes on a terminal. */
size_t utf8_columns(const char *text, size_t size);
/* Appends as much of text from utf8_escape() as fits into `columns`, the last of them an ellipsis where it was cut. */
void utf8_cut(struct strbuf *out, const char *text, size_t columns, bool ascii);
/* Appends text from utf8_escape(), its middle replaced by an ellipsis where it is wider than `columns`. */
void utf8_shorten(struct strbuf *out, const char *text, size_t columns, bool ascii);

#endif
