/* memory_result.h - what `--memory` found, of the program and of those it is compared with. */
#ifndef MEMORY_RESULT_H
#define MEMORY_RESULT_H

#include "audit.h"
#include "layout.h"
#include "memory_watch.h"

#define MEMORY_RUNS 5

/* One program. */
struct memory_facts {
	char *name;
	uint64_t peak_rss[64]; /* of the runs without counters, from the kernel, ascending */
	size_t runs;
	struct memory_watched watched, live; /* of one run each, without and with counters */
	struct profile *profile;	     /* NULL: not built here, so not counted */
	struct report *report;
	char *no_counts; /* why there is no profile; NULL */
	bool no_lines;	 /* counted by function alone: by line it does not compile */
};

struct memory_result {
	struct memory_facts own;
	struct memory_facts *versus;
	size_t versus_count;
	struct layouts *layouts; /* NULL: no debug information */
	char *no_layouts;	 /* why */
};

void memory_show(const struct audit *audit, const void *result, struct sheet *sheet);
json_t *memory_json(const struct audit *audit, const void *result);
/* Middle of the runs' peaks. */
uint64_t memory_peak_rss(const struct memory_facts *facts);

#endif
