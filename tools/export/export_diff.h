/* export_diff.h - the formats of a comparison; each is the `diff` of a row in exporters.c. */
#ifndef EXPORT_DIFF_H
#define EXPORT_DIFF_H

#include "exporter.h"

int text_diff(const struct comparison *comparison, const struct export_options *options, struct strbuf *out, struct err *err);
int json_diff(const struct comparison *comparison, const struct export_options *options, struct strbuf *out, struct err *err);

/* The function called `name` (as for export_select_function()) on either side: index into comparison->fns. `name` NULL: PROFILE_NONE. */
int diff_select(const struct comparison *comparison, const char *name, uint32_t *fn, struct err *err);

#endif
