/* export_sort.h - the rows of the function table: which, and in what order (--sort, --top, --min-percent). */
#ifndef EXPORT_SORT_H
#define EXPORT_SORT_H

#include "exporter.h"

/* One row in export_sort.c for each order. */
struct sort_key {
	const char *name;
	/* Of `row`; larger comes first. Unknown is below everything. */
	double (*value)(const struct report *report, const struct report_fn *row);
};
extern const struct sort_key sort_keys[]; /* ends in a row with name NULL; "name" and "line" have no value: ascending */
const struct sort_key *sort_key_find(const char *name);

struct sorted {
	const struct report_fn **rows;
	size_t count;
	/* Functions that ran and are not among the rows, and their share of the time; negative = no times */
	size_t left;
	double left_percent;
};
/* Those that ran, by options->sort; of them the first `most`, and none with less than options->min_percent. The caller frees `rows`. */
struct sorted sort_functions(const struct report *report, const struct export_options *options, size_t most);

#endif
