#include "bench_run.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static void fill_entry(struct bench_entry *entry, const char *source, const struct bench_options *options,
		       const struct bench_subject *subject, const struct race_entrant *ran)
{
	char *args = shellquote_join(options->args);

	entry->source = source;
	entry->command = xasprintf("%s%s%s", source, *args ? " " : "", args);
	entry->codes = bench_codes(ran);
	free(args);
	entry->count = ran->count;
	entry->repeats = subject->repeats;
	entry->wall = bench_figures(subject, ran, RACE_WALL);
	entry->times = bench_times(subject, ran, race_knows_queued(ran));
	entry->cpu = bench_figures(subject, ran, RACE_CPU);
	entry->user = bench_figures(subject, ran, RACE_USER);
	entry->system = bench_figures(subject, ran, RACE_SYSTEM);
	entry->rss = subject->repeats == 1 ? bench_figures(subject, ran, RACE_PEAK_RSS) : NULL; /* the repeater is larger */
	entry->peak_rss = entry->rss ? stats_quantile(entry->rss, entry->count, 1) : subject->alone_rss;
	entry->median = stats_median_interval(entry->wall, entry->count, 0.95);
}

static void rank(struct bench_run *run)
{
	struct bench_entry *best = &run->entries[0];

	for (size_t i = 1; i < run->count; i++) {
		if (run->entries[i].median.value < best->median.value)
			best = &run->entries[i];
	}
	run->fastest = (size_t)(best - run->entries);
	for (size_t i = 0; i < run->count; i++)
		run->entries[i].slower = stats_signed_rank(best->times, run->entries[i].times, best->count, 0.95);
}

static void doubts(struct bench_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct bench_entry *entry = &run->entries[i];

		bench_warn_samples(&run->doubts, entry->source, entry->times, entry->cpu, entry->count);
		bench_warn_short(&run->doubts, entry->source, entry->median.value, entry->repeats);
		if (stats_quantile(entry->codes, entry->count, 1) > 0)
			bench_warn(&run->doubts, "runs of %s failed, and count as asked", entry->source);
	}
	if (run->entries[0].repeats > 1)
		bench_note(&run->doubts, "a run is too short to be timed alone: %llu in a row are one sample",
			   (unsigned long long)run->entries[0].repeats);
	bench_warn_machine(&run->doubts);
}

int bench_run(const struct bench_options *options, char **sources, size_t count, struct bench_run *run, struct err *err)
{
	struct bench_subject *subjects = xcalloc(count, sizeof *subjects);
	struct race_entrant *entrants = xcalloc(count, sizeof *entrants);
	int status = 0;

	subprocess_warm_up();
	for (size_t i = 0; status == 0 && i < count; i++) {
		struct bench_options one = *options;

		one.source = sources[i];
		entrants[i].name = sources[i];
		status = bench_subject_build(&subjects[i], sources[i], &one, err);
	}
	if (status == 0 && !options->ignore_failure)
		status = bench_subjects_repeat(subjects, count, options, options->input, err);
	if (status == 0)
		status = bench_measure(subjects, entrants, count, options, NULL, NULL, &run->race, err);
	if (status == 0 && run->race.rounds == 0)
		status = err_set(err, sources[0], NULL, "interrupted");
	if (status == 0) {
		run->entries = xcalloc(count, sizeof *run->entries);
		run->count = count;
		run->warmup = options->warmup;
		for (size_t i = 0; i < count; i++)
			fill_entry(&run->entries[i], sources[i], options, &subjects[i], &entrants[i]);
		rank(run);
		doubts(run);
	}
	term_progress_clear();
	race_free(entrants, count);
	for (size_t i = 0; i < count; i++)
		bench_subject_free(&subjects[i]);
	free(subjects);
	free(entrants);
	return status == 0 ? 0 : -1;
}

void bench_run_free(struct bench_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		free(run->entries[i].command);
		free(run->entries[i].codes);
		free(run->entries[i].wall);
		free(run->entries[i].times);
		free(run->entries[i].cpu);
		free(run->entries[i].user);
		free(run->entries[i].system);
		free(run->entries[i].rss);
	}
	free(run->entries);
	bench_report_free(&run->doubts);
	*run = (struct bench_run){0};
}
