/* bench_format.h - words and numbers that the formats share. */
#ifndef BENCH_FORMAT_H
#define BENCH_FORMAT_H

#include "bench.h"

/* "PASS", "FAIL", "INCONCLUSIVE"; NULL for UNJUDGED. */
const char *bench_verdict_name(enum bench_verdict verdict);
/* A figure in its unit: "23.93ms", "400 kB", "29,860,703". */
void bench_value(struct strbuf *out, enum bench_unit unit, double value, bool ascii);
/* "+0.9%" of a ratio; "new" when there was nothing before. */
void bench_change(struct strbuf *out, double ratio);
/* "+0.2% to +1.6%", or "not known: too few rounds". */
void bench_interval(struct strbuf *out, const struct stats_interval *ratio);
/* "kept", "rebuilt", "stored": in words, for a sentence. */
const char *bench_how_text(enum bench_how how);
/* Escaped for XML text and attributes; control characters are left out. */
void bench_xml(struct strbuf *out, const char *text);
/* Escaped for a cell of a table in markdown. */
void bench_cell(struct strbuf *out, const char *text);

#endif
