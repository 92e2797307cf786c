/* bench_baseline.c - measure a program and put it into the store. A failed run makes none. */
#include "bench.h"
#include "bench_old.h"
#include "bench_store.h"
#include "fs.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMPILE_SECONDS 2.0

static char *utc_now(void)
{
	char text[32];
	time_t now = time(NULL);
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct tm parts;

	if (epoch)
		now = (time_t)strtoll(epoch, NULL, 10);
	gmtime_r(&now, &parts);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return xstrdup(text);
}

static struct bench_samples samples(double *x, size_t n)
{
	return (struct bench_samples){x, x ? n : 0};
}

static void fill_samples(struct bench_baseline *b, struct bench_subject *subject, const struct race_entrant *entrant)
{
	b->wall = samples(bench_figures(subject, entrant, RACE_WALL), entrant->count);
	if (race_knows_queued(entrant)) {
		b->queued = samples(bench_times(subject, entrant, true), entrant->count);
		for (size_t i = 0; i < b->queued.n; i++)
			b->queued.x[i] = b->wall.x[i] - b->queued.x[i];
	}
	b->cpu = samples(bench_figures(subject, entrant, RACE_CPU), entrant->count);
	b->user = samples(bench_figures(subject, entrant, RACE_USER), entrant->count);
	b->system = samples(bench_figures(subject, entrant, RACE_SYSTEM), entrant->count);
	if (subject->repeats == 1) /* the repeater is larger than what it runs */
		b->rss = samples(bench_figures(subject, entrant, RACE_PEAK_RSS), entrant->count);
	b->transpile = samples(subject->transpile_ns, subject->builds);
	b->rustc = samples(subject->rustc_ns, subject->builds);
	b->cold = samples(subject->cold_ns, subject->colds);
	subject->transpile_ns = subject->rustc_ns = subject->cold_ns = NULL;
}

static int put_file(const char *store, const char *path, char **hash, struct err *err)
{
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	int status = data ? bench_store_put(store, data, size, hash, err) : -1;

	free(data);
	return status;
}

/* What its program can be built from again, or else the program. */
static int put_inputs(struct bench_baseline *b, const char *store, const struct bench_subject *subject, const struct bench_options *options,
		      struct err *err)
{
	int status = 0;

	if (subject->kind->rebuilt)
		status = bench_store_put(store, subject->build->rust, subject->build->rust_size, &b->rust, err);
	if (status == 0 && subject->kind->rebuilt && *subject->build->ruchy_version)
		status = put_file(store, options->source, &b->source, err);
	if (status == 0 && subject->inputs)
		status = bench_store_put(store, subject->inputs, strlen(subject->inputs), &b->inputs, err);
	if (status == 0 && (options->keep_binary || !subject->kind->rebuilt))
		status = put_file(store, subject->path, &b->program, err);
	return status;
}

static int put_objects(struct bench_baseline *b, const char *store, const struct bench_subject *subject,
		       const struct bench_options *options, struct err *err)
{
	void *data;
	size_t size;
	int status = put_inputs(b, store, subject, options, err);

	if (status == 0 && subject->profile) {
		status = profile_serialise(subject->profile, &data, &size, err);
		if (status == 0) {
			status = bench_store_put(store, data, size, &b->profile, err);
			free(data);
		}
	}
	return status;
}

static int store_baseline(const struct bench_options *o, struct bench_subject *subject, const struct race_entrant *entrant,
			  struct bench_report *report, struct err *err)
{
	struct bench_baseline *b = xcalloc(1, sizeof *b);
	char *store = bench_store_path(o->store, o->source);
	int status;

	bench_host_fill(&b->host);
	b->version = xstrdup(o->version);
	b->created = utc_now();
	b->tool = xstrdup(RUCHY_PROF_VERSION);
	b->command = shellquote_join(o->args);
	b->input = bench_input_hash(o);
	/* What is kept as a program goes by the name of that. */
	b->kind = xstrdup(subject->kind->name);
	b->source_name = xstrdup(fs_base_name(subject->kind->rebuilt ? o->source : subject->path));
	b->program_hash = xstrdup(subject->hash);
	b->rustc_version = xstrdup(subject->tool);
	b->ruchy_version = xstrdup(subject->build ? subject->build->ruchy_version : "");
	b->rustc_flags = xstrdup(o->rustc_flags ? o->rustc_flags : "");
	b->size_bytes = subject->size_bytes;
	b->repeats = subject->repeats;
	b->ignored_failures = o->ignore_failure;
	fill_samples(b, subject, entrant);
	status = put_objects(b, store, subject, o, err);
	b->file = bench_store_file(store, o->source, o->bin);
	if (status == 0)
		status = bench_store_save(store, b, err);
	if (status == 0)
		bench_note(report, "stored as %s", b->path);
	bench_baseline_free(b);
	free(store);
	return status;
}

static void fill_report(struct bench_report *r, const struct bench_options *o, const struct bench_subject *subject,
			const struct race_entrant *entrant, const struct race_result *result)
{
	struct bench_host host = {0};
	double *cpu = bench_figures(subject, entrant, RACE_CPU);
	double *times = bench_times(subject, entrant, race_knows_queued(entrant));

	bench_host_fill(&host);
	r->mode = "baseline";
	r->source = o->source;
	r->baseline = xstrdup(o->version);
	r->host = bench_host_text(&host);
	r->command = shellquote_join(o->args);
	r->rounds = result->rounds;
	r->seconds = result->seconds;
	r->run_seconds = result->run_seconds;
	r->repeats = subject->repeats;
	r->b_count = entrant->count;
	r->b_wall = bench_figures(subject, entrant, RACE_WALL);
	r->b_user = bench_figures(subject, entrant, RACE_USER);
	r->b_system = bench_figures(subject, entrant, RACE_SYSTEM);
	r->b_codes = bench_codes(entrant);
	r->b_rss = subject->repeats == 1 ? bench_figures(subject, entrant, RACE_PEAK_RSS) : NULL;
	r->transpile.b = subject->transpile_ns ? stats_median(subject->transpile_ns, subject->builds) : -1;
	r->rustc.b = subject->rustc_ns ? stats_median(subject->rustc_ns, subject->builds) : -1;
	r->cold_ns = subject->colds ? stats_median(subject->cold_ns, subject->colds) : -1;
	r->execution.b = stats_median(times, r->b_count);
	r->execution.ratio = stats_median_interval(times, r->b_count, 0.95); /* of the time: nothing to compare with */
	r->queued =
	    entrant->count && race_knows_queued(entrant) ? 1 - stats_mean(times, r->b_count) / stats_mean(r->b_wall, r->b_count) : -1;
	if (r->queued >= 0.005)
		bench_note(r, "no CPU was free for %.0f%% of the wall time; that is left out", 100 * r->queued);
	bench_warn_samples(r, "the program", times, cpu, r->b_count);
	if (r->b_count)
		bench_warn_short(r, "the program", r->execution.b, r->repeats);
	bench_warn_machine(r);
	bench_host_free(&host);
	free(cpu);
	free(times);
}

int bench_baseline(const struct bench_options *o, struct bench_report *report, struct err *err)
{
	struct bench_subject subject = {0};
	struct race_entrant entrant = {.name = "the program"};
	struct race_result result = {0};
	struct err problem = {0};
	int status = bench_subject_build(&subject, o->source, o, err);

	if (status == 0 && !o->no_compile)
		status = bench_subjects_compile(&subject, 1, fmin(COMPILE_SECONDS, o->max_time / 2), err);
	if (status > 0) {
		bench_note(report, "compile times are not known: %s", err->what);
		err_free(err);
		status = 0;
	}
	if (status == 0 && o->metrics & 1u << METRIC_COLD_START)
		status = bench_subjects_cold(&subject, 1, o, o->max_time / 4, err);
	if (status == 0 && bench_wants_runs(o) && !o->ignore_failure)
		status = bench_subjects_repeat(&subject, 1, o, o->input, err);
	if (status == 0 && bench_wants_runs(o))
		status = bench_measure(&subject, &entrant, 1, o, NULL, NULL, &result, err);
	if (status == 0 && result.interrupted)
		status = err_set(err, o->source, NULL, "interrupted: nothing is stored");
	if (status == 0 && bench_wants_runs(o) && !o->no_counts && !o->ignore_failure && subject.kind->count &&
	    bench_subject_count(&subject, o, true, o->input, &problem) != 0)
		bench_note(report, "no counts: %s", problem.what);
	if (status == 0) {
		fill_report(report, o, &subject, &entrant, &result);
		status = store_baseline(o, &subject, &entrant, report, err);
	}
	term_progress_clear();
	err_free(&problem);
	race_free(&entrant, 1);
	bench_subject_free(&subject);
	return status == 0 ? 0 : -1;
}
