/*
 * cloudwatch.h - Init Durations from exported logs of a deployed function: REPORT and INIT_START lines as text, or the platform events of
 * the JSON log format. Memory stays bounded by versions and by cold starts, not by the size of the logs.
 */
#ifndef CLOUDWATCH_H
#define CLOUDWATCH_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOUDWATCH_OPEN	    1024    /* requests whose START was seen and whose REPORT was not */
#define CLOUDWATCH_WORD	    96	    /* of a version or an id, with the NUL; longer ones are cut */
#define CLOUDWATCH_VERSIONS 1024    /* more are counted as others */
#define CLOUDWATCH_STARTS   1000000 /* cold starts of a version that are kept */

struct cloudwatch_version {
	char version[CLOUDWATCH_WORD]; /* of the function: "$LATEST", "3"; "" = not known */
	char runtime[CLOUDWATCH_WORD]; /* "provided:al2023.v15"; "" = not known */
	double *init_ms;	       /* one a cold start */
	size_t count, capacity;
	uint64_t memory_mb, most_used_mb; /* 0 = not known */
};

struct cloudwatch {
	struct cloudwatch_version *versions;
	size_t version_count;
	uint64_t lines, reports, starts; /* lines read; REPORTs; those with an Init Duration */
	uint64_t dropped;		 /* starts beyond the bounds */
	/* state */
	char runtime[CLOUDWATCH_WORD]; /* of the last INIT_START */
	struct {
		char id[CLOUDWATCH_WORD], version[CLOUDWATCH_WORD];
	} open[CLOUDWATCH_OPEN];
	size_t next_open;
};

void cloudwatch_line(struct cloudwatch *logs, const char *line, size_t size);
/* A file, plain or gzip. -1 when it can't be read, or holds no REPORT line. */
int cloudwatch_read(struct cloudwatch *logs, const char *path, struct err *err);
void cloudwatch_free(struct cloudwatch *logs);

#endif
