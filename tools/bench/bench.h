/*
 * bench.h - how long a program runs, and whether it became slower than a stored version of it.
 *
 * bench_gate() takes a baseline from the store, makes its program runnable again (kept, or rebuilt from the inputs that are kept by hash),
 * races it against the program of today and judges; where that can't be done it compares with the stored samples. Everything it found is in
 * a struct bench_report, which the formats (bench_formats[]) show.
 */
#ifndef BENCH_H
#define BENCH_H

#include "bench_judge.h"
#include "build.h"
#include "err.h"
#include "profile.h"
#include "race.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* What is measured. The order is that of reports; a row in bench_metrics[] each. */
enum bench_metric_id {
	METRIC_WALL,
	METRIC_CPU,
	METRIC_PEAK_RSS,
	METRIC_COMPILE,
	METRIC_COLD_START,
	METRIC_SIZE,
	METRIC_CALLS,
	METRIC_BLOCKS,
	METRIC_LINES,
	METRIC_ALLOCATIONS,
	METRICS
};
enum bench_unit { UNIT_NS, UNIT_BYTES, UNIT_COUNT };
struct bench_metric {
	const char *name, *title; /* "peak-rss", "Peak RSS" */
	enum bench_unit unit;
	bool exact;		 /* does not jitter: judged by itself, without statistics */
	enum race_figure figure; /* of those that are neither exact, nor METRIC_COMPILE or METRIC_COLD_START */
};
extern const struct bench_metric bench_metrics[METRICS];
/* "wall,calls" as a mask of 1 << id; 0 and `err` for an unknown name. */
unsigned bench_metrics_parse(const char *list, struct err *err);

struct bench_options {
	const char *source; /* see bench_kind.c */
	const char *bin;    /* of a cargo project: which of its programs; NULL: the only one */
	char **args;	    /* of the program, ends in NULL */
	struct subprocess_stdin *input;
	const char *rustc_flags;
	const char *store; /* NULL: .ruchy-bench beside the source */
	const char *version, *baseline;
	uint64_t runs; /* rounds, exactly; 0: until decided */
	uint64_t warmup;
	double max_time;		   /* seconds of runs */
	double timeout;			   /* of one run, 0 = none */
	double threshold, count_threshold; /* shares: 0.05 */
	unsigned metrics;		   /* that are judged */
	uint64_t seed;
	bool no_peaks; /* peak RSS is not measured: runs begin sooner */
	bool in_place; /* what is not built here is run where it lies, not as a copy */
	bool keep_binary, allow_other_host, stored_only, no_counts, no_compile, ignore_failure, verbose;
	bool plain_only; /* nothing will be counted in this program */
	bool ci;	 /* the newest baseline, where none is named */
};

/* --- bench_kind.c: what can be measured ----------------------------------------------------------------------------------------- */
struct bench_subject;
struct bench_project;
struct bench_kind {
	const char *name; /* in the store: "source", "project", "language", "program" */
	bool rebuilt;	  /* from the inputs in the store; the others' programs are kept */
	int (*build)(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);
	/* NULL: calls can't be counted */
	int (*count)(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
		     struct err *err);
	/* See bench_subjects_compile(); NULL: its compiler is not timed */
	int (*compile)(struct bench_subject *subjects, size_t count, double seconds, struct err *err);
};
/* Never NULL: what is nothing else is a source, whose builder tells what is wrong with it. */
const struct bench_kind *bench_kind_of(const char *path);
const struct bench_kind *bench_kind_named(const char *name);
int bench_source_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);
int bench_source_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
		       struct err *err);
int bench_source_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err);
int bench_project_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);
int bench_project_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
			struct err *err);
int bench_project_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err);
void bench_project_free(struct bench_project *project);
int bench_language_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);
int bench_program_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);

/* --- bench_subject.c: a program that is to run ---------------------------------------------------------------------------------- */
struct bench_subject {
	const struct bench_kind *kind; /* NULL: bytes that were built before */
	struct build *build;	       /* of a source */
	struct build_options options;
	struct bench_project *project;
	char *tool;		/* what built it or runs it: "rustc 1.95.0 (...)"; NULL: not known */
	char *inputs;		/* of a project: "HASH  PATH", a line each; NULL */
	char *directory, *path; /* a copy that is as long a path as every other subject's, since that shifts the stack */
	char hash[33];
	uint64_t size_bytes;
	char **argv;			 /* path and arguments; ends in NULL */
	uint64_t repeats;		 /* runs of the program in one run of argv */
	uint64_t warm;			 /* runs of argv so far, to find out how long it takes */
	double alone_rss;		 /* where repeats > 1: largest peak RSS of the runs before, alone; bytes, 0 = not known */
	double *transpile_ns, *rustc_ns; /* of builds, one as often as the other; NULL = not measured */
	size_t builds;
	double *cold_ns; /* of cold starts; NULL = not measured */
	size_t colds;
	struct profile *profile; /* of an instrumented run; NULL = not made */
};
/* Build the plain program of `source`, or take what is there. */
int bench_subject_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err);
/* The same of the bytes of a program that was built before. */
int bench_subject_take(struct bench_subject *subject, const char *name, const void *program, size_t size,
		       const struct bench_options *options, struct err *err);
void bench_subject_free(struct bench_subject *subject);
/* Instrumented runs with lines counted, and with `sampled` runs of the plain program that are sampled: subject->profile. */
int bench_subject_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
			struct err *err);
/* The words before its path: an interpreter. Sets argv. */
void bench_subject_argv(struct bench_subject *subject, char *const *before, char *const *args);
/* Time transpiling and rustc of the subjects in turn, for at most `seconds`, at least once. Nothing where that can't be done;
 * 1 and `err` where a compiler fails, which is no reason to give up. */
int bench_subjects_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err);

/* --- bench_cold.c: bootstraps of a Lambda ------------------------------------------------------------------------------------------- */
/* Start them in turn against the local Runtime API: from exec to the first request for an event. For at most `seconds`, 12 rounds at least.
 */
int bench_subjects_cold(struct bench_subject *subjects, size_t count, const struct bench_options *options, double seconds, struct err *err);
/* Whole runs too? Not where cold starts are asked for and nothing that needs them: a bootstrap never ends. */
bool bench_wants_runs(const struct bench_options *options);

/* --- bench_repeat.c: programs that are too short to be timed ---------------------------------------------------------------------- */
#define BENCH_REPEATER "ruchy-prof-repeat" /* our command under this name: N REPORT PROGRAM ARGS.. runs it N times */
int bench_repeat_main(int argc, char **argv);
/* What the repeater reported of its last run goes into the sample. */
void bench_repeat_finish(const struct bench_subject *subject, struct race_sample *sample);
/* Runs them once or twice and sets `repeats` and `argv` of all accordingly. 1: a run failed (err tells), -1: error. */
int bench_subjects_repeat(struct bench_subject *subjects, size_t count, const struct bench_options *options, struct subprocess_stdin *input,
			  struct err *err);

/* --- bench_measure.c ---------------------------------------------------------------------------------------------------------------- */
/* Race them. `decide` may be NULL: --runs, else 3 s and 10 rounds at least. Returns 1 when a run failed (err tells), -1 on errors. */
int bench_measure(struct bench_subject *subjects, struct race_entrant *entrants, size_t count, const struct bench_options *options,
		  bool (*decide)(void *, const struct race_entrant *, size_t, uint64_t, double), void *context, struct race_result *result,
		  struct err *err);
/* Why a run ended the race, as an error; always -1. */
int bench_run_failed(const struct race_entrant *entrant, const struct bench_options *options, struct err *err);
/* Figures of one run of the program: what was repeated is divided. Caller frees. */
double *bench_figures(const struct bench_subject *subject, const struct race_entrant *entrant, enum race_figure figure);
/* Exit statuses of the runs, which are 0 unless failing ones count. Caller frees. */
double *bench_codes(const struct race_entrant *entrant);
/* Wall times, without what the program waited for a free CPU where `unqueued`. */
double *bench_times(const struct bench_subject *subject, const struct race_entrant *entrant, bool unqueued);

/* --- bench_report.c: what a gate found ------------------------------------------------------------------------------------------------ */
enum bench_how { HOW_KEPT, HOW_REBUILT, HOW_STORED };
struct bench_line { /* a metric of the report */
	enum bench_metric_id id;
	bool present;		     /* measured on both sides */
	bool judged;		     /* asked for by --metric */
	bool varies;		     /* exact ones: from run to run, so that it says nothing */
	double a, b;		     /* medians, or the exact figures */
	struct stats_interval ratio; /* of b to a; exact ones: lo = hi */
	double level, threshold;
	double p;			 /* Mann-Whitney; NAN = exact, or too few */
	struct stats_interval bootstrap; /* of the ratio of medians */
	double shift;			 /* Hodges-Lehmann, in the unit */
	double detectable;		 /* share: a rise by that much would have failed in 80 % of cases; NAN = exact, or not known */
	enum bench_verdict verdict;
	enum bench_verdict at_first; /* before other code layouts were looked at */
	char *cause;		     /* "`step` 3 -> 6 calls"; NULL */
	char *cause_file;	     /* NULL with it */
	uint32_t cause_line;	     /* in the source, 0 = none */
	size_t na, nb;		     /* samples */
};
struct bench_share {	   /* a function whose part of the time changed */
	char *name, *file; /* NULL: the function is gone */
	uint32_t line;
	double before, after;		/* percent; negative = not there */
	double self_before, self_after; /* ns, negative = not known */
};
struct bench_report {
	const char *mode, *source; /* "compare", "ci" */
	char *baseline, *current;  /* versions */
	enum bench_how how;
	struct bench_line lines[METRICS];
	double threshold;
	uint64_t rounds, repeats;
	double seconds, run_seconds;
	double cold_ns;	    /* of a baseline: median cold start; negative = not measured */
	double queued;	    /* share of the wall time that is left out of it: no CPU was free; negative = not known, nothing is left out */
	struct bench_part { /* breakdown; value negative = not measured */
		double a, b;
		struct stats_interval ratio;
		size_t n;
	} transpile, rustc, execution;
	struct bench_layouts {	      /* of a time that failed: both programs with their code placed anew */
		size_t count, rounds; /* 0: not looked at */
		double level;
		struct stats_interval wall, cpu; /* ratios */
	} layouts;
	struct bench_share *shares;
	size_t share_count;
	char **warnings, **notes;
	size_t warning_count, note_count;
	enum bench_verdict verdict;
	char *baseline_host, *host; /* one line each */
	bool same_host;
	/* for --export-json */
	double *a_times, *b_times; /* as judged */
	double *a_wall, *b_wall, *a_user, *b_user, *a_system, *b_system, *a_rss, *b_rss, *a_codes, *b_codes;
	size_t a_count, b_count;
	char *command;
};
void bench_report_free(struct bench_report *report);
void bench_warn(struct bench_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bench_note(struct bench_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Outliers, a slow first run, a busy machine, changing frequency: appended to the report's warnings. `times`: as judged. */
void bench_warn_samples(struct bench_report *report, const char *who, const double *times, const double *cpu, size_t n);
/* A run so short that its start is most of it, and that could not be repeated. */
void bench_warn_short(struct bench_report *report, const char *who, double median_ns, uint64_t repeats);
void bench_warn_machine(struct bench_report *report);

/* --- bench_gate.c --------------------------------------------------------------------------------------------------------------------- */
int bench_gate(const struct bench_options *options, struct bench_report *report, struct err *err);
/* Measure and store. */
int bench_baseline(const struct bench_options *options, struct bench_report *report, struct err *err);

/* --- formats ---------------------------------------------------------------------------------------------------------------------------
 */
struct bench_style {
	bool color, ascii, verbose;
	unsigned width;
};
struct bench_format {
	const char *name;
	void (*write)(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);
};
extern const struct bench_format bench_formats[]; /* ends in a row with name NULL */
void bench_text(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);
void bench_json(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);
void bench_markdown(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);
void bench_junit(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);
void bench_github(struct strbuf *out, const struct bench_report *report, const struct bench_style *style);

/* Results in the schema of hyperfine's --export-json. Times in ns, one array per command. */
struct bench_hyperfine {
	const char *command;
	const double *wall_ns, *user_ns, *system_ns, *rss_bytes, *codes; /* codes NULL: all 0 */
	size_t count;
};
void bench_hyperfine(struct strbuf *out, const struct bench_hyperfine *results, size_t count);

#endif
