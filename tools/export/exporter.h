/*
 * exporter.h - one output format = one file with one struct exporter and one row in exporters.c. A pure function of the report.
 */
#ifndef EXPORTER_H
#define EXPORTER_H

#include "compare.h"
#include "paths.h"
#include "report.h"
#include "source_text.h"
#include "strbuf.h"

struct export_options {
	const char *function; /* narrow to this function with its callers and callees; NULL */
	bool color;	      /* ANSI colour wanted */
	bool ascii;	      /* no UTF-8 marks */
	bool verbose;
	bool source_map;	  /* also show where each function went in the generated Rust */
	bool lines;		  /* show the lines whose executions were counted */
	unsigned width;		  /* terminal columns, 0 = unlimited */
	enum paths_weight weight; /* of formats that show one */
	enum paths_recursion recursion;
	/* The function table of text: */
	const char *sort;   /* name of a row of sort_keys[]; NULL: by self time */
	uint64_t top;	    /* rows of each table, 0 = as many as usual */
	double min_percent; /* leave out what has less of the time, callees included; 0 = nothing */
	bool calls;	    /* show who calls whom */
	/* The texts that the lines are of, or why there is none; NULL unless the exporter wants them */
	const struct sources *sources;
};

struct exporter {
	const char *name;   /* --format NAME */
	const char *suffix; /* of --output when no format is given: ".json"; NULL */
	const char *prefix; /* or the beginning of its name: "callgrind.out"; NULL */
	const char *summary;
	bool wants_sources; /* options->sources is set */
	bool binary;	    /* not for a terminal; gzip'ed unless --output says otherwise, as those who read it expect */
	/* Appends the whole document. Returns -1 and fills err when options do not fit the profile (no such function). */
	int (*write)(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err);
	/* The same of a comparison; NULL: this format has none */
	int (*diff)(const struct comparison *comparison, const struct export_options *options, struct strbuf *out, struct err *err);
};

extern const struct exporter *const exporters[]; /* ends in NULL */
const struct exporter *exporter_find(const char *name);
/* By suffix or prefix, the longest that fits; a compressed file's is what stands before .gz or .zst. NULL */
const struct exporter *exporter_for_path(const char *path);

#endif
