/* export_table.h - the tables of the text report; each prints itself, heading included, or nothing. */
#ifndef EXPORT_TABLE_H
#define EXPORT_TABLE_H

#include "export_page.h"

/* Rows to show where `usual` are without --verbose and --top. */
size_t table_limit(const struct page *page, size_t usual);

/* Functions that ran, by self time or --sort. */
void table_functions(const struct page *page);
/* `fn` PROFILE_NONE: of the whole program. */
void table_hotspots(const struct page *page, uint32_t fn);
/* The hottest of the lines whose executions are counted; nothing when there are none. `fn` as above. */
void table_lines(const struct page *page, uint32_t fn);
/* Where each function went in the generated Rust. */
void table_source_map(const struct page *page, uint32_t fn);
/* Who calls whom, and where, by calls. */
void table_calls(const struct page *page);
/* Calls into and out of one function. */
void table_callers(const struct page *page, uint32_t fn);
void table_callees(const struct page *page, uint32_t fn);

/* Cells that the page of one function shows too: "23.85ms", or why there is none; "1,234", "8–12" where runs differ, "not counted". */
void cell_time(const struct page *page, struct strbuf *out, const struct report_fn *row);
void cell_percent(const struct page *page, struct strbuf *out, const struct report_fn *row);
void cell_calls(const struct page *page, struct strbuf *out, const struct report_fn *row);

#endif
