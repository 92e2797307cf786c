/*
 * pgo_rules.c - what a profile proposes. rules[]: a row a kind of hint, from the counts of the function (and of the line) that a candidate
 * is in to the amounts worth trying, the share of the time that it is about, and the evidence. A kind without a row is proposed where its
 * function takes time.
 */
#include "pgo.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOT	     0.005 /* of the time: below that nothing is tried */
#define INLINE_LINES 12
#define MOST_ROOM    ((uint64_t)1 << 20)
#define SELDOM	     100 /* calls a run */

struct facts {
	const struct profile *profile;
	const struct build *build;
	const struct rhook_candidate *candidate;
	const struct profile_fn *fn; /* NULL: not known, or changed */
	const struct profile_fn *callee;
	uint64_t line_count; /* executions of its line; PROFILE_ABSENT */
	double share;	     /* of the time, by samples, else by clock, else by calls */
	bool hottest;	     /* no other of its kind in its function has a line that ran more often */
};

/* Fills amounts, evidence and share, or returns a reason against it. */
typedef const char *rule_fn(const struct facts *facts, struct pgo_proposal *proposal);

static uint64_t per_run(const struct facts *facts, uint64_t n)
{
	return facts->profile->runs ? n / facts->profile->runs : n;
}

static uint64_t self_calls(const struct profile *profile, const struct profile_fn *fn)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < profile->edge_count; i++) {
		const struct profile_edge *edge = &profile->edges[i];

		if (edge->caller != PROFILE_NONE && &profile->fns[edge->caller] == fn && &profile->fns[edge->callee] == fn)
			calls += edge->calls;
	}
	return calls;
}

static double share_of(const struct profile *profile, const struct profile_fn *fn)
{
	uint64_t clock = 0, calls = 0;

	if (profile->samples)
		return (double)fn->samples_self / (double)profile->samples;
	for (size_t i = 0; i < profile->fn_count; i++) {
		clock += profile->fns[i].clock_self_ns;
		calls += profile->fns[i].calls;
	}
	if (clock && fn->clock_spans)
		return (double)fn->clock_self_ns / (double)clock;
	return calls ? (double)fn->calls / (double)calls : 0;
}

static void hot_evidence(const struct facts *facts, struct pgo_proposal *proposal)
{
	proposal->evidence = xasprintf("called %s time%s a run, %.0f%% of the time is in it", pgo_count(per_run(facts, facts->fn->calls)),
				       per_run(facts, facts->fn->calls) == 1 ? "" : "s", 100 * facts->share);
}

static const char *by_heat(const struct facts *facts, struct pgo_proposal *proposal)
{
	if (facts->fn->calls == 0)
		return "its function was never called";
	if (facts->line_count == 0)
		return "its line never ran";
	if (facts->share < HOT)
		return "its function takes next to no time";
	hot_evidence(facts, proposal);
	proposal->share = facts->share;
	return NULL;
}

static const char *recursion(const struct facts *facts, struct pgo_proposal *proposal)
{
	const struct rhook_candidate *candidate = facts->candidate;
	uint64_t own = self_calls(facts->profile, facts->fn);
	const uint64_t depths[PGO_AMOUNTS] = {1, 2, 3, 4, 6};

	if (facts->fn->calls == 0)
		return "its function was never called";
	if (per_run(facts, own ? own : facts->fn->calls) < 1000)
		return "it is called too seldom";
	proposal->evidence = own ? xasprintf("called %s times a run, %s of them from itself", pgo_count(per_run(facts, facts->fn->calls)),
					     pgo_count(per_run(facts, own)))
				 : xasprintf("called %s times a run, in a cycle", pgo_count(per_run(facts, facts->fn->calls)));
	proposal->share = fmax(facts->share, HOT);
	proposal->amount_count = 0;
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
		if (depths[i] >= candidate->least && depths[i] <= candidate->most)
			proposal->amounts[proposal->amount_count++] = depths[i];
	return NULL;
}

static const char *cold_code(const struct facts *facts, struct pgo_proposal *proposal)
{
	if (facts->line_count != PROFILE_ABSENT ? facts->line_count > 0 : facts->fn->calls > 0)
		return "it is not cold: it ran";
	proposal->evidence = xasprintf("never ran in %s run%s", pgo_count(facts->profile->runs), facts->profile->runs == 1 ? "" : "s");
	proposal->share = 0;
	return NULL;
}

/* A small function that is called very often. */
static const char *inline_hot(const struct facts *facts, struct pgo_proposal *proposal)
{
	uint64_t calls = per_run(facts, facts->fn->calls);

	if (calls < 1000)
		return "it is called too seldom";
	if (facts->fn->to > facts->fn->from + INLINE_LINES)
		return "it is too large";
	proposal->evidence = xasprintf("called %s times a run, %u lines", pgo_count(calls), facts->fn->to - facts->fn->from + 1);
	proposal->share = fmax(facts->share, HOT);
	return NULL;
}

/* The opposite: code that runs seldom, out of the way of code that runs often. */
static const char *no_inline(const struct facts *facts, struct pgo_proposal *proposal)
{
	uint64_t calls = per_run(facts, facts->fn->calls);

	if (calls == 0)
		return "its function was never called";
	if (calls > SELDOM || facts->share > HOT)
		return "it is no rare call";
	if (strcmp(facts->fn->name, "main") == 0)
		return "it is main";
	proposal->evidence = xasprintf("called %s time%s a run", pgo_count(calls), calls == 1 ? "" : "s");
	proposal->share = 0;
	return NULL;
}

static const char *memoize(const struct facts *facts, struct pgo_proposal *proposal)
{
	const struct profile_fn *fn = facts->fn;

	if (fn->argument_calls == 0)
		return "how often arguments repeat was not counted";
	if (fn->argument_values + fn->argument_error > fn->argument_calls / 10)
		return "its arguments seldom repeat";
	proposal->evidence =
	    xasprintf("%s calls with %s distinct arguments", pgo_count(fn->argument_calls), pgo_count(fn->argument_values));
	proposal->share = fmax(facts->share, HOT);
	return NULL;
}

static const char *capacity(const struct facts *facts, struct pgo_proposal *proposal)
{
	const struct profile_memory *memory = &facts->fn->memory;
	const char *why = by_heat(facts, proposal);
	uint64_t size = 16;

	if (why)
		return why;
	if (facts->profile->memory_runs && memory->reallocations == 0)
		return "nothing grew in its function";
	/* A reallocation doubles: their number a growing value tells how large it became. */
	if (memory->allocations > memory->reallocations)
		size = (uint64_t)1 << (unsigned)fmin(
			   20, 2 + ceil((double)memory->reallocations / fmax(1, (double)(memory->allocations - memory->reallocations))));
	proposal->amount_count = 0;
	const uint64_t amounts[] = {size, 4 * size, memory->largest_bytes / 8 < MOST_ROOM ? memory->largest_bytes / 8 : MOST_ROOM};

	for (size_t i = 0; i < 3; i++)
		if (amounts[i] >= facts->candidate->least && amounts[i] <= facts->candidate->most &&
		    (i == 0 || amounts[i] != proposal->amounts[proposal->amount_count - 1]))
			proposal->amounts[proposal->amount_count++] = amounts[i];
	if (proposal->amount_count == 0)
		proposal->amounts[proposal->amount_count++] = facts->candidate->usual;
	free(proposal->evidence);
	proposal->evidence = xasprintf("grew %s times a run in its function", pgo_count(per_run(facts, memory->reallocations)));
	return NULL;
}

/* One of the arms of a match: the one that is taken most. */
static const char *arms(const struct facts *facts, struct pgo_proposal *proposal)
{
	const char *why = by_heat(facts, proposal);

	if (why)
		return why;
	if (facts->line_count == PROFILE_ABSENT)
		return "how often its arm is taken was not counted";
	if (!facts->hottest)
		return "another arm is taken more often";
	free(proposal->evidence);
	proposal->evidence = xasprintf("taken %s times a run", pgo_count(per_run(facts, facts->line_count)));
	return NULL;
}

/* What the callee costs, not what the loop does. */
static const char *invariant(const struct facts *facts, struct pgo_proposal *proposal)
{
	if (facts->fn->calls == 0)
		return "its function was never called";
	if (!facts->callee)
		return "what it calls is new or has changed since the profile was collected";
	if (per_run(facts, facts->callee->calls) < 2)
		return "what it calls is not called again";
	proposal->evidence = xasprintf("what it calls is called %s times a run", pgo_count(per_run(facts, facts->callee->calls)));
	proposal->share = fmax(fmax(facts->share, share_of(facts->profile, facts->callee)), HOT);
	return NULL;
}

static const struct {
	const char *kind;
	rule_fn *rule;
	bool bundle; /* all of a kind are tried together */
	int rank;    /* of marks, which seldom pay: behind the flags */
} rules[] = {
    {"inline-recursion", recursion, false, 0},
    {"memoize", memoize, false, 0},
    {"capacity", capacity, false, 0},
    {"invariant", invariant, false, 0},
    {"rows", by_heat, false, 0},
    {"arms", arms, false, 0},
    {"order", by_heat, false, 0},
    {"inline", inline_hot, true, 3},
    {"no-inline", no_inline, true, 3},
    {"cold", cold_code, true, 3},
    {"cold-branch", cold_code, true, 3},
};
#define RULES (sizeof rules / sizeof *rules)

static size_t find_rule(const char *kind)
{
	size_t i = 0;

	while (i < RULES && strcmp(rules[i].kind, kind) != 0)
		i++;
	return i;
}

/* --- facts ---------------------------------------------------------------------------------------------------------------------------- */

static uint64_t count_of(const struct profile *profile, const struct profile_fn *fn, uint32_t line)
{
	for (size_t i = 0; i < profile->line_count; i++) {
		const struct profile_line *row = &profile->lines[i];

		if (row->line == line && row->fn != PROFILE_NONE && &profile->fns[row->fn] == fn)
			return row->count;
	}
	return PROFILE_ABSENT;
}

static uint64_t line_count_of(const struct profile *profile, const struct pgo_match *match, const struct rhook_candidate *candidate)
{
	const struct profile_fn *fn = candidate->function < match->count ? match->fns[candidate->function] : NULL;

	return fn && candidate->line ? count_of(profile, fn, candidate->line - match->moved[candidate->function]) : PROFILE_ABSENT;
}

/* Candidates of a function lie side by side. */
static bool is_hottest(const struct profile *profile, const struct pgo_match *match, const struct rhook_candidates *candidates,
		       uint32_t index)
{
	const struct rhook_candidate *list = candidates->list, *own = &list[index];
	uint64_t count = line_count_of(profile, match, own);
	size_t first = index;

	while (first > 0 && list[first - 1].function == own->function)
		first--;
	for (size_t i = first; i < candidates->count && list[i].function == own->function; i++) {
		uint64_t other = list[i].kind == own->kind ? line_count_of(profile, match, &list[i]) : PROFILE_ABSENT;

		if (other != PROFILE_ABSENT && (other > count || (other == count && i < index)))
			return false;
	}
	return count != PROFILE_ABSENT;
}

static struct facts gather(const struct profile *profile, const struct build *build, const struct pgo_match *match,
			   const struct rhook_candidate *candidate)
{
	struct facts facts = {.profile = profile, .build = build, .candidate = candidate, .line_count = PROFILE_ABSENT};

	if (candidate->function < match->count)
		facts.fn = match->fns[candidate->function];
	if (candidate->callee < match->count)
		facts.callee = match->fns[candidate->callee];
	if (facts.fn) {
		facts.share = share_of(profile, facts.fn);
		facts.line_count = line_count_of(profile, match, candidate);
	}
	return facts;
}

/* --- proposals ------------------------------------------------------------------------------------------------------------------------ */

static struct pgo_proposal *add(struct pgo_proposals *proposals)
{
	proposals->list = xrealloc(proposals->list, proposals->count + 1, sizeof *proposals->list);
	proposals->list[proposals->count] = (struct pgo_proposal){.amount_count = 1};
	return &proposals->list[proposals->count++];
}

bool pgo_listed(const char *list, const char *word)
{
	size_t size = strlen(word);

	while (list && *list) {
		size_t length = strcspn(list, ",");

		if (length == size && strncmp(list, word, size) == 0)
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

static char *place(const struct build *build, const struct rhook_candidate *candidate)
{
	const char *slash = strrchr(build->source, '/');

	return xasprintf("%s (%s:%u)", candidate->name ? candidate->name : "?", slash ? slash + 1 : build->source,
			 candidate->line ? candidate->line : candidate->rust_line);
}

static void settle(struct pgo_proposal *proposal, enum pgo_verdict verdict, const char *why)
{
	proposal->verdict = verdict;
	free(proposal->why);
	proposal->why = xstrdup(why);
}

static void propose(const struct facts *facts, uint32_t index, const struct pgo_choice_options *options, struct pgo_proposals *proposals)
{
	const struct rhook_candidate *candidate = facts->candidate;
	const struct rhook_hint_info *info = rhook_hint_info(candidate->kind);
	struct pgo_proposal *proposal = add(proposals);
	size_t rule = find_rule(info->name);
	const char *why;

	proposal->kind = info->name;
	proposal->slower = info->slower;
	proposal->needs_allow = info->allow;
	proposal->key = xstrdup(candidate->key);
	proposal->where = place(facts->build, candidate);
	proposal->candidates = xcalloc(1, sizeof *proposal->candidates);
	proposal->candidates[0] = index;
	proposal->candidate_count = 1;
	proposal->amounts[0] = candidate->usual;
	proposal->rank = rule < RULES ? rules[rule].rank : 0;
	if (options->hints && !pgo_listed(options->hints, info->name))
		settle(proposal, PGO_LEFT_OUT, "not among --hints");
	else if (info->allow && !pgo_listed(options->allow, info->name))
		settle(proposal, PGO_LEFT_OUT, "not allowed (--allow)");
	else if (!facts->fn)
		settle(proposal, PGO_LEFT_OUT, "its function is new or has changed since the profile was collected");
	else if ((why = rule < RULES ? rules[rule].rule(facts, proposal) : by_heat(facts, proposal)))
		settle(proposal, PGO_REJECTED, why);
	if (!proposal->evidence)
		proposal->evidence = xstrdup("");
}

static int compare(const void *a, const void *b)
{
	const struct pgo_proposal *x = a, *y = b;
	int order = (x->verdict != PGO_PROPOSED) - (y->verdict != PGO_PROPOSED);

	if (order == 0)
		order = x->rank - y->rank;
	if (order == 0)
		order = (x->share < y->share) - (x->share > y->share);
	if (order == 0)
		order = strcmp(x->kind, y->kind);
	return order ? order : strcmp(x->key, y->key);
}

static void free_proposal(struct pgo_proposal *proposal)
{
	free(proposal->key);
	free(proposal->where);
	free(proposal->evidence);
	free(proposal->why);
	free(proposal->candidates);
}

/* `from` becomes part of `into`. */
static void bundle(struct pgo_proposal *into, struct pgo_proposal *from)
{
	char *key = xasprintf("%s\n%s", into->key, from->key);

	into->candidates = xrealloc(into->candidates, into->candidate_count + from->candidate_count, sizeof *into->candidates);
	memcpy(into->candidates + into->candidate_count, from->candidates, from->candidate_count * sizeof *from->candidates);
	into->candidate_count += from->candidate_count;
	free(into->key);
	into->key = key;
	into->share = fmax(into->share, from->share);
	free_proposal(from);
}

/* Those that are too small to be told apart by a measurement; and what has the same reason against it. */
static bool is_alike(const struct pgo_proposal *a, const struct pgo_proposal *b)
{
	size_t rule = find_rule(a->kind);

	if (strcmp(a->kind, b->kind) != 0 || a->verdict != b->verdict || a->candidate_count == 0 || b->candidate_count == 0)
		return false;
	return a->verdict == PGO_PROPOSED ? rule == RULES || rules[rule].bundle : strcmp(a->why, b->why) == 0;
}

static void bundle_all(struct pgo_proposals *proposals)
{
	size_t kept = 0;

	for (size_t i = 0; i < proposals->count; i++) {
		struct pgo_proposal *one = &proposals->list[i];
		size_t k = 0;

		while (k < kept && !is_alike(&proposals->list[k], one))
			k++;
		if (k < kept)
			bundle(&proposals->list[k], one);
		else
			proposals->list[kept++] = *one;
	}
	proposals->count = kept;
}

static void propose_flags(const struct pgo_choice_options *options, struct pgo_proposals *proposals)
{
	for (const struct pgo_flags *row = pgo_flags; row->name; row++) {
		struct pgo_proposal *proposal = add(proposals);

		proposal->kind = row->name;
		proposal->key = xasprintf("flags %s", row->name);
		proposal->where = xasprintf("%s %s", row->words[0], row->words[1]);
		proposal->evidence = xstrdup(row->summary);
		proposal->slower = true;
		proposal->rank = row == pgo_flags ? 1 : 4;
		proposal->needs_allow = row->allow != NULL;
		if (options->hints && !pgo_listed(options->hints, row->name))
			settle(proposal, PGO_LEFT_OUT, "not among --hints");
		else if (row->allow && !pgo_listed(options->allow, row->allow))
			settle(proposal, PGO_LEFT_OUT, "not allowed (--allow)");
	}
}

void pgo_propose(const struct profile *profile, const struct build *build, const struct pgo_match *match,
		 const struct rhook_candidates *candidates, const struct pgo_choice_options *options, struct pgo_proposals *proposals)
{
	*proposals = (struct pgo_proposals){0};
	for (uint32_t i = 0; i < candidates->count; i++) {
		struct facts facts = gather(profile, build, match, &candidates->list[i]);

		facts.hottest =
		    strcmp(rhook_hint_info(candidates->list[i].kind)->name, "arms") == 0 && is_hottest(profile, match, candidates, i);
		propose(&facts, i, options, proposals);
	}
	propose_flags(options, proposals);
	qsort(proposals->list, proposals->count, sizeof *proposals->list, compare);
	bundle_all(proposals);
}

void pgo_proposals_free(struct pgo_proposals *proposals)
{
	for (size_t i = 0; i < proposals->count; i++)
		free_proposal(&proposals->list[i]);
	free(proposals->list);
	*proposals = (struct pgo_proposals){0};
}

/* --- words of the options
 * ----------------------------------------------------------------------------------------------------------------- */

static bool is_hint(const char *word, bool must_allow)
{
	const struct pgo_flags *flags = pgo_flags_find(word);
	const struct rhook_hint_info *info;

	if (strcmp(word, "llvm-profile") == 0)
		return !must_allow;
	for (unsigned kind = 0; (info = rhook_hint_info(kind)); kind++)
		if (strcmp(info->name, word) == 0)
			return !must_allow || info->allow;
	return flags && (!must_allow || flags->allow);
}

static int check_list(const char *option, const char *list, bool must_allow, struct err *err)
{
	struct strbuf known = STRBUF_INIT;
	const struct rhook_hint_info *info;
	int status = 0;

	for (unsigned kind = 0; (info = rhook_hint_info(kind)); kind++)
		if (!must_allow || info->allow)
			strbuf_printf(&known, "%s ", info->name);
	for (const struct pgo_flags *row = pgo_flags; row->name; row++)
		if (!must_allow || row->allow)
			strbuf_printf(&known, "%s ", row->name);
	if (!must_allow)
		strbuf_puts(&known, "llvm-profile");
	for (size_t length; list && *list && status == 0; list += length + (list[length] == ',')) {
		char word[64];

		length = strcspn(list, ",");
		snprintf(word, sizeof word, "%.*s", (int)length, list);
		if (!is_hint(word, must_allow)) {
			char *hint = xasprintf("there are: %s", known.data ? known.data : "");

			status = err_usage(err, word, hint, "--%s does not know it", option);
			free(hint);
		}
	}
	strbuf_free(&known);
	return status;
}

int pgo_check_options(const struct pgo_choice_options *options, struct err *err)
{
	return check_list("hints", options->hints, false, err) < 0 ? -1 : check_list("allow", options->allow, true, err);
}
