/* compress.h - gzip and zstd for files whose name ends in .gz or .zst. The same bytes in, the same bytes out. */
#ifndef UTIL_COMPRESS_H
#define UTIL_COMPRESS_H

#include "err.h"
#include "strbuf.h"

enum compress { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

/* What the name asks for. */
enum compress compress_of(const char *path);
/* Replaces the text. */
int compress_text(struct strbuf *text, enum compress how, struct err *err);

#endif
