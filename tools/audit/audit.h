/*
 * audit.h - what `analyze` finds out about one program, by a table of analyses; every output is made from it.
 *
 * To add an analysis: one file with a `const struct analysis`, a row in analyses[] (analyses.c) and an option row in cmd_analyze.c. What it
 * measures for budgets it adds by audit_measure(), what it advises by audit_advise(); the outputs then know of both.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "build.h"
#include "cargo.h"
#include "err.h"
#include "report.h"
#include "sheet.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define AUDIT_ANALYSES_MOST 8

enum audit_kind { AUDIT_SOURCE, AUDIT_PROGRAM, AUDIT_PROJECT };

/* What is analysed. Strings are owned unless it is said. */
struct audit_subject {
	const char *operand; /* as it was given; not owned */
	enum audit_kind kind;
	char *name;    /* of the program, for people: the last part of its path */
	char *program; /* path of the program as it is delivered: built without counters and stripped, or the operand itself */
	/* The same program with symbols and line tables, where there is one; may be `program`. NULL: there is none */
	char *twin;
	/* AUDIT_SOURCE: the delivered one, and the twin's, both with transpiled text and functions. Else NULL */
	struct build *build, *twin_build;
	struct build_options build_options;
	char *supplied; /* the source with our bootstrap behind it, which build_options names then; NULL */
	/* AUDIT_PROJECT */
	struct cargo_project project;
	struct cargo_options cargo_options;
	char *manifest; /* that cargo_options names */
};

struct audit_measured {
	const char *key;      /* as in budgets: "size" */
	double value, lo, hi; /* bytes or seconds; an exact figure is its own interval */
	const char *basis;    /* "exact", "95 % interval of the median of 20 runs"; owned by the analysis, static or in its result */
};

struct audit_advised {
	const char *analysis; /* its name */
	const char *id;	      /* "not-stripped"; static */
	enum report_level level;
	char *message, *evidence, *gain; /* evidence and gain may be NULL */
	char *file;			 /* of the source that it is about; NULL = of none */
	uint32_t line;			 /* 0 = none */
};

enum budget_verdict { BUDGET_WITHIN, BUDGET_EXCEEDED, BUDGET_INCONCLUSIVE, BUDGET_UNKNOWN };
struct audit_budget {
	const struct budget_key *key;
	double limit;
	const char *text; /* as it was given; not owned */
	enum budget_verdict verdict;
	const struct audit_measured *measured; /* NULL: BUDGET_UNKNOWN */
};

/* The options that analyses read. */
struct audit_options {
	const char *const *versus; /* programs or sources to compare with */
	size_t versus_count;
	bool siblings, no_siblings; /* build all that a bootstrap is compared with, however long it takes; none at all */
	const char *rustc_flags, *debug_file;
	char **args; /* of the user's program, ends in NULL */
	uint64_t runs, top;
	bool inlined, verbose, no_cache;
	double timeout;
	struct {
		const char *goal, *flag_file; /* NULL: none; F.ruchy.flags */
		const char *only;	      /* ids of sets of flags, with commas; NULL: all */
		bool apply, all;	      /* all: also what changes the program's behaviour */
		double max_seconds;	      /* 0: the default */
	} suggest;
	/* of --lambda-ready; NULL and 0: its defaults */
	const char *event, *target_ms, *handler;
	const char *const *cloudwatch; /* files of exported logs */
	size_t cloudwatch_count;
	uint64_t lambda_mb; /* 0: no limits */
	bool show_output;
	void (*progress)(void *context, const char *step); /* never NULL */
	void (*verbosely)(void *context, const char *step, double seconds, const char *command);
	void *context;
};

struct audit {
	const struct audit_options *options;
	struct audit_subject subject;
	struct audit_measured *measured;
	size_t measured_count;
	struct audit_advised *advised;
	size_t advised_count;
	struct audit_budget *budgets;
	size_t budget_count;
	void *results[AUDIT_ANALYSES_MOST]; /* by row of analyses[]; NULL: not asked for */
};

struct analysis {
	const char *name;  /* of its option: "binary-size" */
	const char *title; /* "Binary Size Analysis" */
	const char *key;   /* of its object in JSON: "binary_size" */
	/* Measure. The result is given to the functions below and freed by `release`. */
	int (*fill)(struct audit *audit, void **result, struct err *err);
	/* The section of it for people; its advice is added by who calls. */
	void (*show)(const struct audit *audit, const void *result, struct sheet *sheet);
	json_t *(*json)(const struct audit *audit, const void *result);
	void (*release)(void *result);
};

extern const struct analysis *const analyses[]; /* ends in NULL */
/* Index into analyses[], -1 = there is none of that name. */
int analysis_find(const char *name);

/* --- audit.c ------------------------------------------------------------------------------------------------------------------ */
/* Find out what the operand is and build what has to be built. The caller ends with audit_close(), whatever this returns. */
int audit_open(struct audit *audit, const char *operand, const struct audit_options *options, const char *bin, struct err *err);
/* Run the analyses that are `wanted` (by row of analyses[]) and decide the budgets. */
int audit_run(struct audit *audit, const bool *wanted, struct err *err);
void audit_close(struct audit *audit);
void audit_measure(struct audit *audit, const char *key, double value, double lo, double hi, const char *basis);
/* Adds a piece of advice; the caller may fill evidence, gain, file (owned) and line of what is returned, before the next call. */
struct audit_advised *audit_advise(struct audit *audit, const char *analysis, const char *id, enum report_level level, const char *format,
				   ...) __attribute__((format(printf, 5, 6)));

/* --- audit_budget.c ------------------------------------------------------------------------------------------------------------ */
enum budget_unit { BUDGET_BYTES, BUDGET_SECONDS };
struct budget_key {
	const char *name;
	enum budget_unit unit;
	const char *analysis[2]; /* that measure it: one of them is run; the second may be NULL */
	const char *summary;
};
extern const struct budget_key budget_keys[]; /* ends in a row with name NULL */
/* Parse "KEY=VALUE[,KEY=VALUE]..." into audit->budgets; sets `wanted` for what has to be run. */
int budget_parse(struct audit *audit, const char *text, bool *wanted, struct err *err);
void budget_decide(struct audit *audit);
void budget_value(struct strbuf *out, enum budget_unit unit, double value);
const char *budget_word(enum budget_verdict verdict);
/* "budget size exceeded: 412.3 kB, limit 400.0 kB". The caller frees. */
char *budget_sentence(const struct audit_budget *budget);

/* --- outputs: audit_formats.c is the table ------------------------------------------------------------------------------------- */
struct audit_format {
	const char *name, *suffix; /* suffix of --output when no format is given; NULL */
	const char *summary;
	int (*write)(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err);
};
extern const struct audit_format audit_text, audit_json, audit_html, audit_sarif, audit_junit, audit_github;
extern const struct audit_format *const audit_formats[]; /* ends in NULL */
/* By name, or by the suffix of the path, else text. NULL and a usage error. */
const struct audit_format *audit_format_choose(const char *name, const char *path, struct err *err);
/* All sections, for text and HTML. The caller frees with sheet_free(). */
struct sheet *audit_sheet(const struct audit *audit);

#endif
