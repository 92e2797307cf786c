/*
 * pgo_bench.c - plain, LLVM's profile alone, ours: built over several code layouts, run in turn, with the interval of each ratio. With
 * several inputs the first one is trained on and all are measured, so that a gain that holds for the training alone is seen.
 */
#include "pgo_bench.h"
#include "collect.h"
#include "fs.h"
#include "pgo.h"
#include "pgo_collect.h"
#include "term.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAYOUTS	     5
#define ROUNDS	     10
#define RACE_SECONDS 20.0
#define RUNS	     10
#define LEVEL	     0.95

enum { PLAIN, LLVM, OURS, VARIANTS };
static const char *const names[] = {"plain", "LLVM profile", "ours"};

/* On one input. */
struct outcome {
	char *input; /* how it is called */
	bool trained;
	double ns[VARIANTS];				       /* medians; 0: not there */
	struct stats_interval plain_gain[VARIANTS], llvm_gain; /* against plain; ours against LLVM */
	size_t layouts, rounds;
};

struct benching {
	const struct pgo_bench_options *options;
	struct build *build;
	struct profile *profile;
	struct pgo_match match;
	struct pgo_result result;
	char *llvm_file, *both_file, *llvm_why;
	struct outcome *outcomes;
	size_t count;
	bool wall, collected;
};

static void on_step(void *context, const char *step)
{
	const struct benching *b = context;

	term_progress("%s: %s", b->options->source, step);
}

static void on_collect(void *context, const char *step, uint64_t done, uint64_t of, double left)
{
	const struct benching *b = context;

	(void)left;
	term_progress("%s %s: %" PRIu64 " of %" PRIu64, step, b->options->source, done + 1, of);
}

/* --- the data
 * ----------------------------------------------------------------------------------------------------------------------------- */

/* As for every other `bench`: a program that did not do its work is not worth measuring. */
static int check_end(const struct benching *b, int wait_status, struct err *err)
{
	if (wait_status == 0 || (b->options->ignore_failure && WIFEXITED(wait_status)))
		return 0;
	return err_set(err, b->options->source, "a failed run is no sample; with --ignore-failure, runs that exit by themselves are",
		       "the program failed with %s", status_text(wait_status));
}

static int collect_now(struct benching *b, const struct pgo_trainings *first, struct err *err)
{
	struct pgo_collect_options c = {.source = b->options->source,
					.rustc_flags = b->options->rustc_flags,
					.trainings = first,
					.runs = RUNS,
					.failures_most = RUNS,
					.timeout = b->options->timeout_seconds,
					.progress = on_collect,
					.context = b};
	struct pgo_collect_result result;
	int status = pgo_collect(&c, &b->profile, &result, err);

	free(result.llvm_why);
	b->collected = true;
	if (status == 0 && result.timed_out)
		return err_set(err, b->options->source, "give --timeout more", "the program was stopped after %g s",
			       b->options->timeout_seconds);
	return status == 0 && !result.interrupted ? check_end(b, result.failed_status, err) : status;
}

static int get_profile(struct benching *b, const struct pgo_trainings *first, struct err *err)
{
	char *path = b->options->data ? xstrdup(b->options->data) : pgo_data_beside(b->options->source, true);
	int status = 0;

	if (path) {
		b->profile = profile_read(path, err);
		status = b->profile ? 0 : -1;
	} else {
		status = collect_now(b, first, err);
	}
	free(path);
	return status;
}

/* Decisions that were measured go where the profile came from, for the next time. */
static void keep_decisions(const struct benching *b)
{
	char *path = b->options->data ? xstrdup(b->options->data) : pgo_data_beside(b->options->source, true);
	struct err ignored = {0};

	if (path && profile_write(b->profile, path, &ignored) < 0)
		err_free(&ignored);
	free(path);
}

static int decide(struct benching *b, const struct pgo_trainings *given, struct err *err)
{
	struct pgo_select_options s = {.choice = {.hints = b->options->hints, .allow = b->options->allow},
				       .budget_seconds = b->options->budget_seconds,
				       .timeout_seconds = b->options->timeout_seconds,
				       .progress = on_step,
				       .context = b};
	struct pgo_trainings own = {0};
	int status = pgo_check_options(&s.choice, err) < 0 ? -1 : pgo_select_kept(b->profile, b->build, &b->match, &s, &b->result, err);

	if (status != 1)
		return status;
	status = b->collected ? 0 : pgo_trainings_of(&own, b->profile, err);
	if (status == 0)
		status = pgo_select(b->profile, b->build, &b->match, b->collected ? given : &own, &s, &b->result, err);
	if (status == 0 && !b->collected)
		keep_decisions(b);
	pgo_trainings_free(&own);
	return status;
}

/* --- LLVM's files
 * --------------------------------------------------------------------------------------------------------------------------- */

/* Counters that are kept, or collected now; NULL and the reason. */
static char *llvm_file(struct benching *b, const char *rust, size_t size, const struct pgo_flags *const *flags,
		       const struct pgo_trainings *trainings)
{
	char **words = pgo_flag_words(flags), *counters = NULL, *file = NULL;
	const char *text = rust ? rust : b->build->rust;
	size_t length = rust ? size : b->build->rust_size;
	const struct profile_llvm *kept = pgo_llvm_find(b->profile, b->build, text, length, words);
	struct err err = {0};

	if (!kept)
		counters = pgo_llvm_collect(b->build, rust, size, words, trainings, b->options->timeout_seconds, &err);
	if (kept || counters)
		file = pgo_llvm_file(b->build, kept ? kept->counters : counters, &err);
	if (!file && !b->llvm_why)
		b->llvm_why = xasprintf("%s%s%s", err.what, *err.hint ? "; " : "", err.hint);
	err_free(&err);
	free(counters);
	free(words);
	return file;
}

/* --- measuring
 * -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_plain(const struct pgo_result *result)
{
	for (size_t i = 0; i < result->proposals.count; i++)
		if (result->proposals.list[i].verdict == PGO_APPLIED)
			return false;
	return !result->flags[0] && !result->llvm;
}

static void take(struct benching *b, const struct pgo_field *field, const struct pgo_variant *variants, struct outcome *outcome)
{
	outcome->layouts = field->layouts;
	outcome->rounds = field->rounds;
	for (size_t i = 0; i < VARIANTS; i++) {
		if (variants[i].problem)
			continue;
		outcome->ns[i] = pgo_field_median(field, &variants[i]);
		outcome->plain_gain[i] = i == OURS && is_plain(&b->result) ? (struct stats_interval){1, 1, 1}
									   : pgo_field_gain(field, &variants[PLAIN], &variants[i], LEVEL);
	}
	if (!variants[LLVM].problem && !variants[OURS].problem)
		outcome->llvm_gain = pgo_field_gain(field, &variants[LLVM], &variants[OURS], LEVEL);
}

static int measure(struct benching *b, const struct pgo_trainings *one, struct outcome *outcome, struct err *err)
{
	struct pgo_variant variants[VARIANTS] = {
	    {.name = names[PLAIN]}, {.name = names[LLVM], .llvm_file = b->llvm_file}, {.name = names[OURS], .llvm_file = b->both_file}};
	struct pgo_field field = {.build = b->build,
				  .trainings = one,
				  .layouts = b->options->layouts ? b->options->layouts : LAYOUTS,
				  .rounds_most = b->options->rounds ? b->options->rounds : ROUNDS,
				  .race_seconds = RACE_SECONDS,
				  .timeout = b->options->timeout_seconds,
				  .wall = b->wall};
	int status = pgo_field_open(&field, err);

	if (field.layouts > PGO_LAYOUTS_MOST)
		field.layouts = PGO_LAYOUTS_MOST;
	if (!b->llvm_file)
		variants[LLVM].problem = xstrdup("none");
	if (b->result.rust_size != b->build->rust_size || memcmp(b->result.rust, b->build->rust, b->build->rust_size) != 0) {
		variants[OURS].rust = b->result.rust;
		variants[OURS].rust_size = b->result.rust_size;
	}
	memcpy(variants[OURS].flags, b->result.flags, sizeof b->result.flags);
	on_step(b, "measuring");
	if (status == 0)
		status = check_end(b, field.expected[0].status, err);
	if (status == 0)
		status = pgo_field_race(&field, variants, VARIANTS, err);
	if (status == 0 && variants[OURS].problem)
		status = err_set(err, b->options->source, "the input is not like the one of the training; report this as a bug",
				 "the optimised program is wrong: %s", variants[OURS].problem);
	if (status == 0)
		take(b, &field, variants, outcome);
	for (size_t i = 0; i < VARIANTS; i++)
		pgo_variant_free(&variants[i]);
	pgo_field_close(&field);
	return status;
}

static char *name_of(const struct pgo_training *training)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_puts(&name, training->input ? training->input : "");
	for (char **arg = training->args; *arg; arg++)
		strbuf_printf(&name, "%s%s", name.size ? " " : "", *arg);
	return strbuf_take(&name);
}

static int measure_all(struct benching *b, const struct pgo_trainings *all, struct err *err)
{
	int status = 0;

	b->outcomes = xcalloc(all->count, sizeof *b->outcomes);
	for (size_t i = 0; i < all->count && status == 0; i++) {
		struct pgo_trainings one = {&all->list[i], 1};
		struct outcome *outcome = &b->outcomes[b->count++];

		outcome->input = name_of(&all->list[i]);
		outcome->trained = i == 0;
		status = measure(b, &one, outcome, err);
	}
	return status;
}

/* --- the report
 * --------------------------------------------------------------------------------------------------------------------------------- */

static const char *verdict_of(const struct stats_interval *gain)
{
	return gain->lo > 1 ? "faster" : gain->hi < 1 ? "slower" : "no difference";
}

/* Slower on any input is slower. */
static const char *verdict(const struct benching *b)
{
	const char *whole = "no difference";

	for (size_t i = 0; i < b->count; i++) {
		const char *one = verdict_of(&b->outcomes[i].plain_gain[OURS]);

		if (strcmp(one, "slower") == 0)
			return one;
		if (strcmp(one, "faster") == 0)
			whole = one;
	}
	return whole;
}

static void put_outcome(const struct benching *b, const struct outcome *outcome, struct strbuf *out)
{
	if (b->count > 1)
		strbuf_printf(out, "\nInput: %s%s\n", *outcome->input ? outcome->input : "none",
			      outcome->trained ? " (trained on it)" : " (not seen in training)");
	strbuf_printf(out, "  %-14s %12s   %s\n", "", b->wall ? "wall time" : "CPU time", "times as fast as plain [95%]");
	for (size_t i = 0; i < VARIANTS; i++) {
		char *gain = pgo_interval_text(&outcome->plain_gain[i]);

		if (outcome->ns[i] > 0)
			strbuf_printf(out, "  %-14s %9.2f ms   %s\n", names[i], outcome->ns[i] / 1e6, i == PLAIN ? "1" : gain);
		else
			strbuf_printf(out, "  %-14s %12s   %s\n", names[i], "-", b->llvm_why ? b->llvm_why : "not there");
		free(gain);
	}
	if (outcome->llvm_gain.value > 0) {
		char *gain = pgo_interval_text(&outcome->llvm_gain);

		strbuf_printf(out, "  ours against the LLVM profile alone: %s\n", gain);
		free(gain);
	}
}

static void put_hints(const struct benching *b, struct strbuf *out)
{
	size_t applied = 0;

	strbuf_puts(out, "\nWhat it is made of:\n");
	for (size_t i = 0; i < b->result.proposals.count; i++) {
		const struct pgo_proposal *proposal = &b->result.proposals.list[i];
		char *gain = pgo_interval_text(&proposal->gain);

		if (proposal->verdict == PGO_APPLIED) {
			strbuf_printf(out, "  %-18s %s", proposal->kind, proposal->where);
			if (proposal->candidate_count > 1)
				strbuf_printf(out, " and %zu more", proposal->candidate_count - 1);
			strbuf_printf(out, "\n  %-18s %s\n", "", gain);
			applied++;
		}
		free(gain);
	}
	if (b->result.llvm)
		strbuf_puts(out, "  the profile of LLVM\n");
	else if (applied == 0)
		strbuf_puts(out, "  nothing: no hint was shown to be faster, so the program is left as it is\n");
}

static void put_text(const struct benching *b, struct strbuf *out)
{
	strbuf_printf(out, "=== Optimisation by profile: %s ===\n", b->options->source);
	strbuf_printf(out, "%" PRIu64 " run%s profiled; %zu code layout%s of each program, %zu round%s in turn\n\n", b->profile->runs,
		      b->profile->runs == 1 ? "" : "s", b->outcomes[0].layouts, b->outcomes[0].layouts == 1 ? "" : "s",
		      b->outcomes[0].rounds, b->outcomes[0].rounds == 1 ? "" : "s");
	if (b->match.changed)
		strbuf_printf(out, "%zu of %zu functions changed since collection: their hints are left out\n\n", b->match.changed,
			      b->match.changed + b->match.known);
	for (size_t i = 0; i < b->count; i++)
		put_outcome(b, &b->outcomes[i], out);
	put_hints(b, out);
	const struct stats_interval *gain = &b->outcomes[0].plain_gain[OURS];

	strbuf_printf(out, "\nVerdict: %s", verdict(b));
	if (strcmp(verdict(b), "no difference") != 0)
		strbuf_printf(out, " (%.2f times as fast: %+.1f%% of the time)", gain->value, 100 / gain->value - 100);
	else
		strbuf_puts(out, " (0% shown)");
	strbuf_puts(out, "\n");
}

static json_t *interval_json(const struct stats_interval *interval)
{
	if (!(interval->value > 0))
		return json_null();
	return json_pack("{s:f,s:f,s:o}", "value", interval->value, "low", interval->lo, "high",
			 isfinite(interval->hi) ? json_real(interval->hi) : json_null());
}

static json_t *outcome_json(const struct outcome *outcome)
{
	static const char *const keys[] = {"plain", "llvm", "ours"};
	json_t *object = json_pack("{s:s%,s:b,s:I,s:I,s:o}", "input", outcome->input, strlen(outcome->input), "trained", outcome->trained,
				   "layouts", (json_int_t)outcome->layouts, "rounds", (json_int_t)outcome->rounds, "ours_against_llvm",
				   interval_json(&outcome->llvm_gain));

	for (size_t i = 0; object && i < VARIANTS; i++)
		json_object_set_new(object, keys[i],
				    outcome->ns[i] > 0 ? json_pack("{s:f,s:o}", "median_ns", outcome->ns[i], "against_plain",
								   interval_json(&outcome->plain_gain[i]))
						       : json_null());
	return object;
}

static void put_json(const struct benching *b, struct strbuf *out)
{
	json_t *outcomes = json_array(), *hints = json_array(), *root;
	char *text;

	for (size_t i = 0; i < b->count; i++)
		json_array_append_new(outcomes, outcome_json(&b->outcomes[i]));
	for (size_t i = 0; i < b->result.proposals.count; i++) {
		const struct pgo_proposal *proposal = &b->result.proposals.list[i];

		if (proposal->verdict == PGO_APPLIED)
			json_array_append_new(hints, json_pack("{s:s,s:s,s:s,s:I,s:o}", "kind", proposal->kind, "where", proposal->where,
							       "evidence", proposal->evidence, "amount", (json_int_t)proposal->amount,
							       "gain", interval_json(&proposal->gain)));
	}
	root = json_pack("{s:s,s:s,s:s,s:I,s:b,s:o,s:o,s:I}", "source", b->options->source, "figure", b->wall ? "wall" : "cpu", "verdict",
			 verdict(b), "profiled_runs", (json_int_t)b->profile->runs, "llvm_profile_applied", b->result.llvm, "hints", hints,
			 "inputs", outcomes, "changed_functions", (json_int_t)b->match.changed);
	text = json_dumps(root, JSON_INDENT(2));
	strbuf_puts(out, text ? text : "{}");
	strbuf_puts(out, "\n");
	free(text);
	json_decref(root);
}

static int report(const struct benching *b, struct err *err)
{
	struct strbuf out = STRBUF_INIT;
	int status = 0;

	term_progress_clear();
	if (strcmp(b->options->format, "json") == 0)
		put_json(b, &out);
	else
		put_text(b, &out);
	if (b->options->output && strcmp(b->options->output, "-") != 0)
		status = fs_write(b->options->output, out.data, out.size, 0666, err);
	else
		fwrite(out.data, 1, out.size, stdout);
	strbuf_free(&out);
	return status < 0 ? -1 : strcmp(verdict(b), "slower") == 0 ? ERR_REGRESSION : 0;
}

/* --- entry
 * ------------------------------------------------------------------------------------------------------------------------------------------
 */

static int prepare(struct benching *b, const struct pgo_trainings *all, struct err *err)
{
	struct build_options options = {.source = b->options->source, .rustc_flags = b->options->rustc_flags};
	struct pgo_trainings first = {all->list, 1};
	char *ours;
	int status = build_transpile(&options, &b->build, err);

	if (status == 0)
		status = build_need_rustc(b->build, err);
	if (status == 0)
		status = get_profile(b, &first, err);
	if (status == 0)
		status = pgo_match(b->profile, b->build, &b->match, err);
	if (status == 0)
		status = decide(b, &first, err);
	if (status != 0)
		return status;
	b->wall = b->profile->threads > 1;
	b->llvm_file = llvm_file(b, NULL, 0, (const struct pgo_flags *const[]){NULL}, &first);
	if (b->result.llvm) {
		ours = llvm_file(b, b->result.rust, b->result.rust_size, b->result.flags, &first);
		b->both_file = ours;
		b->result.llvm = ours != NULL;
	}
	return 0;
}

int pgo_bench(const struct pgo_bench_options *options, struct err *err)
{
	struct benching b = {.options = options};
	struct pgo_trainings all = {0};
	int status = 0;

	if (strcmp(options->format, "text") != 0 && strcmp(options->format, "json") != 0)
		return err_usage(err, options->format, "there are text and json", "unknown format of --with-pgo");
	status = pgo_trainings_make(&all, options->inputs, options->input_count, options->args_file, options->args, err);
	if (status == 0)
		status = prepare(&b, &all, err);
	if (status == 0)
		status = measure_all(&b, &all, err);
	term_progress_clear();
	if (status == 0)
		status = report(&b, err);
	for (size_t i = 0; i < b.count; i++)
		free(b.outcomes[i].input);
	free(b.outcomes);
	free(b.llvm_file);
	free(b.both_file);
	free(b.llvm_why);
	pgo_result_free(&b.result);
	pgo_match_free(&b.match);
	profile_free(b.profile);
	build_free(b.build);
	pgo_trainings_free(&all);
	return status;
}
