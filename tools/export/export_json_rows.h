/* export_json_rows.h - the long tables of the JSON report, a row a line, written without a tree of them. */
#ifndef EXPORT_JSON_ROWS_H
#define EXPORT_JSON_ROWS_H

#include "report.h"
#include "strbuf.h"

/* The name of each function as a JSON string, and behind them its files. Free with json_rows_free(). */
char **json_rows_names(const struct profile *profile);
void json_rows_free(const struct profile *profile, char **names);

/* `fn` PROFILE_NONE: of the whole program. */
void json_rows_edges(const struct profile *profile, char *const *names, uint32_t fn, struct strbuf *out);
void json_rows_lines(const struct report *report, char *const *names, uint32_t fn, struct strbuf *out);

#endif
