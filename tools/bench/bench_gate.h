/* bench_gate.h - what the files of a gate share: bench_gate*.c alone. */
#ifndef BENCH_GATE_H
#define BENCH_GATE_H

#include "bench.h"
#include "bench_store.h"

#define BENCH_ALPHA 0.05

enum { OLD, NEW };

struct gate {
	const struct bench_options *options;
	struct bench_report *report;
	struct bench_baseline *baseline;
	struct bench_subject subjects[2];
	struct race_entrant entrants[2];
	bool stored; /* the old one can't run: entrants[0] is the new one alone */
	struct profile *before;
	struct looks looks;
	double *compile[2];
	size_t compile_n[2];
	bool compile_paired;
};

/* --- bench_gate_timed.c ------------------------------------------------------------------------------------------------------- */
/* Judge what was asked for, spending `alpha`; the report's lines are filled where `keep`. */
enum bench_verdict gate_judge_timed(struct gate *g, double alpha, bool keep);
/* Both sides tell how long they waited for a CPU: then that is left out of both. */
bool gate_is_unqueued(const struct gate *g);
/* By round, at least 1 each; the caller frees. */
double *gate_copy_of(const struct bench_samples *samples);
double *gate_stored_figures(const struct gate *g, enum bench_metric_id id);
double *gate_run_figures(const struct gate *g, size_t subject, const struct race_entrant *entrant, enum bench_metric_id id);
/* Compilers of both in turn where the old one was rebuilt; else the new one's, against what the baseline took. */
int gate_time_compilers(struct gate *g, struct err *err);

/* --- bench_gate_exact.c -------------------------------------------------------------------------------------------------------- */
/* What can't be counted is told, and no reason to fail. */
void gate_compare_exact(struct gate *g);
/* Which files of a project are not as they were: a note. */
void gate_tell_inputs(struct gate *g, const char *store);

/* --- bench_gate_layout.c ------------------------------------------------------------------------------------------------------- */
/* A time that failed must fail over several code layouts too; changes the verdict of its line. */
void gate_confirm(struct gate *g);

#endif
