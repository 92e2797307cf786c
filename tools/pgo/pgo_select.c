/*
 * pgo_select.c - proposals become decisions. The best so far is raced against itself with one change more; the change stays when the
 * interval of the ratio lies above 1. Then LLVM's profile, of the text that has come out; then all of it against the plain program and
 * against LLVM's profile alone.
 */
#include "pgo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEVEL	    0.95
#define TRY_LEVEL   0.98 /* many changes are tried: some would pass by chance */
#define LEAST_GAIN  1.005
#define LAYOUTS	    3
#define LAYOUTS_ALL 5
#define ROUNDS	    8

struct selecting {
	struct profile *profile;
	struct build *build;
	const struct pgo_select_options *options;
	struct pgo_result *result;
	struct pgo_field field;
	double start;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double left(const struct selecting *s)
{
	return s->options->budget_seconds - (now() - s->start);
}

static void tell(const struct selecting *s, const char *step)
{
	if (s->options->progress)
		s->options->progress(s->options->context, step);
}

static void settle(struct pgo_proposal *proposal, enum pgo_verdict verdict, char *why)
{
	proposal->verdict = verdict;
	free(proposal->why);
	proposal->why = why;
}

/* --- the text ------------------------------------------------------------------------------------------------------------------------ */

char *pgo_apply(const struct build *build, const struct pgo_proposals *proposals, size_t *size, struct err *err)
{
	struct rhook_input input = build_hook_input(build);
	struct rhook_choice *choices = NULL;
	struct rhook_output *output = NULL;
	struct rhook_error error = {0};
	size_t count = 0;
	char *text = NULL;

	for (size_t i = 0; i < proposals->count; i++) {
		const struct pgo_proposal *proposal = &proposals->list[i];

		for (size_t k = 0; proposal->verdict == PGO_APPLIED && k < proposal->candidate_count; k++) {
			choices = xrealloc(choices, count + 1, sizeof *choices);
			choices[count++] = (struct rhook_choice){proposal->candidates[k], proposal->amount, proposal->evidence};
		}
	}
	if (count == 0) {
		text = xmalloc(build->rust_size + 1);
		memcpy(text, build->rust, build->rust_size);
		text[build->rust_size] = '\0';
		*size = build->rust_size;
	} else if (rhook_optimise(&input, choices, count, &output, &error) < 0) {
		err_set(err, build->source, NULL, "the hints can't be applied: %s", error.message);
	} else {
		text = output->rust;
		*size = output->rust_size;
		output->rust = NULL;
	}
	rhook_free(output);
	free(choices);
	return text;
}

static bool is_applied_text(const struct pgo_proposals *proposals)
{
	for (size_t i = 0; i < proposals->count; i++)
		if (proposals->list[i].verdict == PGO_APPLIED && proposals->list[i].candidate_count > 0)
			return true;
	return false;
}

/* The text with this proposal and amount more. */
static char *text_with(struct selecting *s, struct pgo_proposal *proposal, uint64_t amount, size_t *size, struct err *err)
{
	enum pgo_verdict verdict = proposal->verdict;
	char *text;

	proposal->verdict = PGO_APPLIED;
	proposal->amount = amount;
	text = pgo_apply(s->build, &s->result->proposals, size, err);
	proposal->verdict = verdict;
	return text;
}

static void copy_flags(const struct pgo_result *result, struct pgo_variant *variant)
{
	memcpy(variant->flags, result->flags, sizeof variant->flags);
}

static struct pgo_variant best(const struct selecting *s, const char *name)
{
	struct pgo_variant variant = {.name = name};

	if (is_applied_text(&s->result->proposals)) {
		variant.rust = s->result->rust;
		variant.rust_size = s->result->rust_size;
	}
	copy_flags(s->result, &variant);
	return variant;
}

static void refresh_text(struct selecting *s, struct err *err)
{
	free(s->result->rust);
	s->result->rust = pgo_apply(s->build, &s->result->proposals, &s->result->rust_size, err);
}

/* --- one proposal -----------------------------------------------------------------------------------------------------------------------
 */

static void judge(struct selecting *s, struct pgo_proposal *proposal, struct pgo_variant *variants, size_t count)
{
	size_t chosen = 0;
	const char *problem = NULL;

	for (size_t i = 1; i < count; i++) {
		struct stats_interval gain;

		if (variants[i].problem) {
			problem = variants[i].problem;
			continue;
		}
		gain = pgo_field_gain(&s->field, &variants[0], &variants[i], TRY_LEVEL);
		if (!chosen || gain.value > proposal->gain.value) {
			proposal->gain = gain;
			proposal->amount = proposal->amounts[i - 1];
			chosen = i;
		}
	}
	if (!chosen)
		settle(proposal, PGO_REJECTED, xstrdup(problem ? problem : "it can't be applied"));
	else if (proposal->gain.lo > 1 && proposal->gain.value >= LEAST_GAIN)
		settle(proposal, PGO_APPLIED, xstrdup("faster"));
	else
		settle(proposal, PGO_REJECTED, xstrdup(proposal->gain.hi < 1 ? "slower" : "no difference shown"));
}

static void add_flag(struct pgo_result *result, const struct pgo_flags *flags)
{
	size_t i = 0;

	while (result->flags[i])
		i++;
	if (i < PGO_FLAGS_MOST)
		result->flags[i] = flags;
}

static int try_proposal(struct selecting *s, struct pgo_proposal *proposal, struct err *err)
{
	struct pgo_variant variants[PGO_AMOUNTS + 1] = {best(s, "without")};
	const struct pgo_flags *flags = pgo_flags_find(proposal->kind);
	char *texts[PGO_AMOUNTS] = {NULL}, *step = xasprintf("trying %s: %s", proposal->kind, proposal->where);
	size_t count = 1;
	int status = 0;

	tell(s, step);
	free(step);
	for (size_t i = 0; i < proposal->amount_count; i++, count++) {
		struct err problem = {0};

		variants[count] = best(s, proposal->kind);
		if (flags) {
			size_t at = 0;

			while (variants[count].flags[at])
				at++;
			variants[count].flags[at] = flags;
			continue;
		}
		texts[i] = text_with(s, proposal, proposal->amounts[i], &variants[count].rust_size, &problem);
		variants[count].rust = texts[i];
		if (!texts[i]) {
			variants[count].rust = NULL;
			variants[count].problem = xstrdup(problem.what);
		}
		err_free(&problem);
	}
	status = pgo_field_race(&s->field, variants, count, err);
	if (status == 0)
		judge(s, proposal, variants, count);
	if (status == 0 && proposal->verdict == PGO_APPLIED && flags)
		add_flag(s->result, flags);
	if (status == 0 && proposal->verdict == PGO_APPLIED)
		refresh_text(s, err);
	for (size_t i = 0; i < count; i++)
		pgo_variant_free(&variants[i]);
	for (size_t i = 0; i < PGO_AMOUNTS; i++)
		free(texts[i]);
	return status;
}

/* Which of several changes does rustc take? Each is compiled alone; those that compile stay. */
static int keep_compiling(struct selecting *s, struct pgo_proposal *proposal, struct err *err)
{
	size_t count = proposal->candidate_count, kept = 0;
	uint32_t *all = proposal->candidates, *some = xcalloc(count, sizeof *some);
	struct build_variant *list = xcalloc(count, sizeof *list);
	int status;

	for (size_t i = 0; i < count; i++) {
		proposal->candidates = &all[i];
		proposal->candidate_count = 1;
		list[i].rust = text_with(s, proposal, proposal->amounts[0], &list[i].rust_size, err);
	}
	status = err->set ? -1 : build_variants(s->build, list, count, NULL, NULL, err);
	for (size_t i = 0; i < count; i++) {
		if (status == 0 && list[i].program)
			some[kept++] = all[i];
		free((char *)list[i].rust);
		build_variant_free(&list[i]);
	}
	free(list);
	proposal->candidates = some;
	proposal->candidate_count = kept;
	free(all);
	return status;
}

/* A bundle of which rustc rejects a part is tried once more without that. */
static int try_bundle(struct selecting *s, struct pgo_proposal *proposal, struct err *err)
{
	size_t count = proposal->candidate_count;
	int status = try_proposal(s, proposal, err);

	if (status != 0 || count < 2 || proposal->verdict != PGO_REJECTED || strncmp(proposal->why, "rustc", 5) != 0)
		return status;
	status = keep_compiling(s, proposal, err);
	if (status != 0 || proposal->candidate_count == 0 || proposal->candidate_count == count)
		return status;
	settle(proposal, PGO_PROPOSED, NULL);
	return try_proposal(s, proposal, err);
}

static int try_all(struct selecting *s, struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < s->result->proposals.count && status == 0; i++) {
		struct pgo_proposal *proposal = &s->result->proposals.list[i];

		if (proposal->verdict != PGO_PROPOSED)
			continue;
		if (s->field.unsteady && proposal->candidate_count > 0)
			settle(proposal, PGO_LEFT_OUT, xstrdup("what the program prints differs from run to run: it can't be checked"));
		else if (left(s) < s->options->budget_seconds * 0.3)
			settle(proposal, PGO_LEFT_OUT, xstrdup("the time of --budget was used up"));
		else
			status = try_bundle(s, proposal, err);
	}
	return status;
}

/* --- the profile of LLVM, and the whole
 * ---------------------------------------------------------------------------------------------------- */

/* A file for rustc with the counters of this text; NULL and the reason. */
static char *llvm_file(struct selecting *s, const char *rust, size_t size, const struct pgo_flags *const *flags, char **why)
{
	char **words = pgo_flag_words(flags), *counters = NULL, *file = NULL;
	const char *text = rust ? rust : s->build->rust;
	size_t length = rust ? size : s->build->rust_size;
	const struct profile_llvm *kept = pgo_llvm_find(s->profile, s->build, text, length, words);
	struct err err = {0};

	if (!kept) {
		counters = pgo_llvm_collect(s->build, rust, size, words, s->field.trainings, s->options->timeout_seconds, &err);
		if (counters)
			pgo_llvm_keep(s->profile, s->build, text, length, words, counters);
		kept = counters ? pgo_llvm_find(s->profile, s->build, text, length, words) : NULL;
	}
	if (kept)
		file = pgo_llvm_file(s->build, kept->counters, &err);
	if (!file && why)
		*why = xasprintf("%s%s%s", err.what, *err.hint ? "; " : "", err.hint);
	err_free(&err);
	free(counters);
	free(words);
	return file;
}

static void drop_all(struct selecting *s, const char *why)
{
	struct pgo_proposals *proposals = &s->result->proposals;

	for (size_t i = 0; i < proposals->count; i++)
		if (proposals->list[i].verdict == PGO_APPLIED)
			settle(&proposals->list[i], PGO_REJECTED, xstrdup(why));
	memset(s->result->flags, 0, sizeof s->result->flags);
}

enum { PLAIN, LLVM, OURS, BOTH, VARIANTS };

/* Which of the four is it to be? The plain program only when nothing is shown to be faster. */
static size_t choose(struct selecting *s, const struct pgo_variant *variants)
{
	size_t chosen = PLAIN;

	for (size_t i = LLVM; i < VARIANTS; i++) {
		struct stats_interval gain;

		if (variants[i].problem || !variants[i].times)
			continue;
		if (pgo_field_gain(&s->field, &variants[PLAIN], &variants[i], LEVEL).lo <= 1)
			continue;
		gain = pgo_field_gain(&s->field, &variants[chosen], &variants[i], LEVEL);
		/* the simpler one stays unless it is shown to be slower, or lies well behind */
		if (chosen == PLAIN || gain.lo > 1 || gain.value > 1.01)
			chosen = i;
	}
	return chosen;
}

static void take_figures(struct selecting *s, const struct pgo_variant *variants, size_t chosen)
{
	struct pgo_result *result = s->result;
	bool llvm = !variants[LLVM].problem && variants[LLVM].times;

	result->layouts = s->field.layouts;
	result->rounds = s->field.rounds;
	result->plain_ns = pgo_field_median(&s->field, &variants[PLAIN]);
	result->ours_ns = pgo_field_median(&s->field, &variants[chosen]);
	result->llvm_ns = llvm ? pgo_field_median(&s->field, &variants[LLVM]) : 0;
	result->plain_gain = pgo_field_gain(&s->field, &variants[PLAIN], &variants[chosen], LEVEL);
	if (llvm)
		result->llvm_gain = pgo_field_gain(&s->field, &variants[LLVM], &variants[chosen], LEVEL);
}

static int finish(struct selecting *s, struct err *err)
{
	struct pgo_result *result = s->result;
	struct pgo_variant variants[VARIANTS] = {
	    {.name = "plain"}, {.name = "LLVM profile"}, best(s, "hints"), best(s, "hints and LLVM profile")};
	bool changed = is_applied_text(&result->proposals) || result->flags[0];
	char *llvm = NULL, *both = NULL;
	size_t chosen = PLAIN;
	int status;

	tell(s, "the profile of LLVM");
	if (s->options->choice.hints && !pgo_listed(s->options->choice.hints, "llvm-profile")) {
		result->llvm_why = xstrdup("not among --hints");
	} else {
		llvm = llvm_file(s, NULL, 0, variants[PLAIN].flags, &result->llvm_why);
		both =
		    llvm && changed ? llvm_file(s, variants[OURS].rust, variants[OURS].rust_size, result->flags, &result->llvm_why) : NULL;
	}
	variants[LLVM].llvm_file = llvm;
	variants[BOTH].llvm_file = both;
	if (!llvm)
		variants[LLVM].problem = xstrdup("none");
	if (!both)
		variants[BOTH].problem = xstrdup("none");
	if (!changed)
		variants[OURS].problem = xstrdup("nothing to apply");
	tell(s, "measuring the whole");
	s->field.layouts = s->field.no_shuffle ? 1 : LAYOUTS_ALL;
	s->field.race_seconds = fmax(left(s), s->options->budget_seconds * 0.2);
	s->field.rounds_most = 2 * (uint64_t)ROUNDS;
	status = pgo_field_race(&s->field, variants, VARIANTS, err);
	if (status == 0) {
		chosen = choose(s, variants);
		take_figures(s, variants, chosen);
		if (chosen == PLAIN || chosen == LLVM)
			drop_all(s, chosen == LLVM ? "no gain beside the profile of LLVM" : "no gain in the end");
		result->llvm = chosen == LLVM || chosen == BOTH;
		if (!result->llvm && !result->llvm_why)
			result->llvm_why = xstrdup(llvm ? "no gain shown" : "none");
		refresh_text(s, err);
	}
	for (size_t i = 0; i < VARIANTS; i++)
		pgo_variant_free(&variants[i]);
	free(llvm);
	free(both);
	return status;
}

/* --- entry
 * --------------------------------------------------------------------------------------------------------------------------------- */

static int with_candidates(const struct build *build, struct rhook_candidates **candidates, struct err *err)
{
	struct rhook_input input = build_hook_input(build);
	struct rhook_error error = {0};

	if (rhook_candidates(&input, candidates, &error) < 0)
		return err_set(err, build->source, NULL, "no hints can be found in the Rust text: %s", error.message);
	return 0;
}

static int measure(struct selecting *s, const struct pgo_trainings *trainings, struct err *err)
{
	int status;

	s->field = (struct pgo_field){.build = s->build,
				      .trainings = trainings,
				      .layouts = LAYOUTS,
				      .rounds_most = ROUNDS,
				      .race_seconds = s->options->budget_seconds * 0.08,
				      .timeout = s->options->timeout_seconds,
				      .wall = s->profile->threads > 1};
	tell(s, "the plain program");
	status = pgo_field_open(&s->field, err);
	if (status == 0)
		status = try_all(s, err);
	if (status == 0)
		status = finish(s, err);
	s->result->unsteady = s->field.unsteady;
	s->result->measured = true;
	s->result->figure = xstrdup(s->field.wall ? "wall time" : "CPU time");
	pgo_field_close(&s->field);
	return status;
}

/* Without a measurement only what can do no harm. */
static void take_harmless(struct pgo_result *result)
{
	for (size_t i = 0; i < result->proposals.count; i++) {
		struct pgo_proposal *proposal = &result->proposals.list[i];

		if (proposal->verdict != PGO_PROPOSED)
			continue;
		proposal->amount = proposal->amounts[0];
		settle(proposal, proposal->slower ? PGO_LEFT_OUT : PGO_APPLIED,
		       xstrdup(proposal->slower ? "not measured, and it may be slower" : "never harmful"));
	}
	result->llvm_why = xstrdup("not measured");
	result->figure = xstrdup("");
}

int pgo_select(struct profile *profile, struct build *build, const struct pgo_match *match, const struct pgo_trainings *trainings,
	       const struct pgo_select_options *options, struct pgo_result *result, struct err *err)
{
	struct selecting s = {.profile = profile, .build = build, .options = options, .result = result, .start = now()};
	struct rhook_candidates *candidates = NULL;
	char *text, *identity;
	int status;

	*result = (struct pgo_result){0};
	if (with_candidates(build, &candidates, err) < 0)
		return -1;
	pgo_propose(profile, build, match, candidates, &options->choice, &result->proposals);
	if (options->no_measure) {
		take_harmless(result);
		refresh_text(&s, err);
		status = err->set ? -1 : 0;
	} else {
		refresh_text(&s, err);
		status = err->set ? -1 : measure(&s, trainings, err);
		if (status == 0 && !err->set) {
			text = pgo_decisions_text(result);
			identity = pgo_decisions_identity(build, &options->choice);
			pgo_decisions_keep(profile, identity, text);
			free(text);
			free(identity);
		}
	}
	rhook_candidates_free(candidates);
	return err->set ? -1 : status;
}

int pgo_select_kept(const struct profile *profile, struct build *build, const struct pgo_match *match,
		    const struct pgo_select_options *options, struct pgo_result *result, struct err *err)
{
	struct rhook_candidates *candidates = NULL;
	char *identity = pgo_decisions_identity(build, &options->choice);
	const char *text = pgo_decisions_find(profile, identity);
	int status = 1;

	(void)match;
	*result = (struct pgo_result){0};
	free(identity);
	if (!text)
		return 1;
	status = with_candidates(build, &candidates, err);
	if (status == 0)
		status = pgo_decisions_read(text, candidates, result, err);
	if (status == 0)
		result->rust = pgo_apply(build, &result->proposals, &result->rust_size, err);
	rhook_candidates_free(candidates);
	return err->set ? -1 : status;
}

void pgo_result_free(struct pgo_result *result)
{
	pgo_proposals_free(&result->proposals);
	free(result->llvm_why);
	free(result->rust);
	free(result->figure);
	*result = (struct pgo_result){0};
}
