/* pgo_decisions.c - decisions as JSON in the profile (runtime/FORMAT.md), so that the same profile gives the same text anywhere. */
#include "hash.h"
#include "pgo.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const verdicts[] = {
    [PGO_PROPOSED] = "proposed", [PGO_APPLIED] = "applied", [PGO_REJECTED] = "rejected", [PGO_LEFT_OUT] = "left-out"};

static json_t *interval_json(const struct stats_interval *interval)
{
	if (!(interval->value > 0))
		return json_null();
	return json_pack("[f,f,f]", interval->value, interval->lo, isfinite(interval->hi) ? interval->hi : 1e9);
}

static struct stats_interval read_interval(const json_t *array)
{
	return (struct stats_interval){json_number_value(json_array_get(array, 0)), json_number_value(json_array_get(array, 1)),
				       json_number_value(json_array_get(array, 2))};
}

static json_t *proposal_json(const struct pgo_proposal *proposal)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:o}", "kind", proposal->kind, "key", proposal->key, "where", proposal->where,
			 "evidence", proposal->evidence, "verdict", verdicts[proposal->verdict], "why", proposal->why ? proposal->why : "",
			 "amount", (json_int_t)proposal->amount, "gain", interval_json(&proposal->gain));
}

char *pgo_decisions_text(const struct pgo_result *result)
{
	json_t *proposals = json_array(), *flags = json_array(), *root;
	char *text;

	for (size_t i = 0; i < result->proposals.count; i++)
		json_array_append_new(proposals, proposal_json(&result->proposals.list[i]));
	for (size_t i = 0; result->flags[i]; i++)
		json_array_append_new(flags, json_string(result->flags[i]->name));
	root = json_pack("{s:i,s:o,s:o,s:b,s:s,s:b,s:s,s:I,s:I,s:f,s:f,s:f,s:o,s:o}", "version", 1, "proposals", proposals, "flags", flags,
			 "llvm", result->llvm, "llvm_why", result->llvm_why ? result->llvm_why : "", "unsteady", result->unsteady, "figure",
			 result->figure, "layouts", (json_int_t)result->layouts, "rounds", (json_int_t)result->rounds, "plain_ns",
			 result->plain_ns, "llvm_ns", result->llvm_ns, "ours_ns", result->ours_ns, "against_plain",
			 interval_json(&result->plain_gain), "against_llvm", interval_json(&result->llvm_gain));
	text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(root);
	return text ? text : xstrdup("{}");
}

static char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return xstrdup(text ? text : "");
}

/* The name of a kind that this version knows; NULL: none. */
static const char *known_kind(const char *name)
{
	const struct rhook_hint_info *info;
	const struct pgo_flags *flags = pgo_flags_find(name);

	for (unsigned kind = 0; (info = rhook_hint_info(kind)); kind++)
		if (strcmp(info->name, name) == 0)
			return info->name;
	return flags ? flags->name : NULL;
}

static void find_candidates(struct pgo_proposal *proposal, const struct rhook_candidates *candidates)
{
	char *keys = xstrdup(proposal->key), *rest = keys, *key;

	proposal->candidates = xcalloc(candidates->count + 1, sizeof *proposal->candidates);
	while ((key = strsep(&rest, "\n"))) {
		for (uint32_t i = 0; i < candidates->count && proposal->candidate_count < candidates->count; i++)
			if (strcmp(candidates->list[i].key, key) == 0) {
				proposal->candidates[proposal->candidate_count++] = i;
				break;
			}
	}
	free(keys);
}

static void read_proposal(const json_t *object, const struct rhook_candidates *candidates, struct pgo_proposals *proposals)
{
	char *kind = text_of(object, "kind"), *verdict = text_of(object, "verdict");
	struct pgo_proposal proposal = {.kind = known_kind(kind), .verdict = PGO_LEFT_OUT, .amount_count = 1};

	free(kind);
	if (!proposal.kind) {
		free(verdict);
		return;
	}
	proposal.key = text_of(object, "key");
	proposal.where = text_of(object, "where");
	proposal.evidence = text_of(object, "evidence");
	proposal.evidence[strcspn(proposal.evidence, "\n\r")] = '\0'; /* it goes into a comment of one line */
	proposal.why = text_of(object, "why");
	proposal.amount = (uint64_t)json_integer_value(json_object_get(object, "amount"));
	proposal.gain = read_interval(json_object_get(object, "gain"));
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(verdicts[i], verdict) == 0)
			proposal.verdict = (enum pgo_verdict)i;
	free(verdict);
	if (!pgo_flags_find(proposal.kind)) {
		find_candidates(&proposal, candidates);
		if (proposal.candidate_count == 0 && proposal.verdict == PGO_APPLIED) {
			proposal.verdict = PGO_LEFT_OUT;
			free(proposal.why);
			proposal.why = xstrdup("its function has changed since it was measured");
		}
	}
	proposals->list = xrealloc(proposals->list, proposals->count + 1, sizeof *proposals->list);
	proposals->list[proposals->count++] = proposal;
}

int pgo_decisions_read(const char *text, const struct rhook_candidates *candidates, struct pgo_result *result, struct err *err)
{
	json_error_t problem;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &problem), *item;
	size_t i, flags = 0;

	if (!json_is_object(root) || json_integer_value(json_object_get(root, "version")) != 1) {
		json_decref(root);
		return err_set(err, "decisions", "measure again with --again", "the decisions in the profile can't be read: %s",
			       root ? "of another version" : problem.text);
	}
	json_array_foreach(json_object_get(root, "proposals"), i, item) read_proposal(item, candidates, &result->proposals);
	json_array_foreach(json_object_get(root, "flags"), i, item)
	{
		const struct pgo_flags *row = pgo_flags_find(json_string_value(item) ? json_string_value(item) : "");

		if (row && flags < PGO_FLAGS_MOST)
			result->flags[flags++] = row;
	}
	result->llvm = json_is_true(json_object_get(root, "llvm"));
	result->unsteady = json_is_true(json_object_get(root, "unsteady"));
	result->llvm_why = text_of(root, "llvm_why");
	result->figure = text_of(root, "figure");
	result->layouts = (uint64_t)json_integer_value(json_object_get(root, "layouts"));
	result->rounds = (uint64_t)json_integer_value(json_object_get(root, "rounds"));
	result->plain_ns = json_number_value(json_object_get(root, "plain_ns"));
	result->llvm_ns = json_number_value(json_object_get(root, "llvm_ns"));
	result->ours_ns = json_number_value(json_object_get(root, "ours_ns"));
	result->plain_gain = read_interval(json_object_get(root, "against_plain"));
	result->llvm_gain = read_interval(json_object_get(root, "against_llvm"));
	json_decref(root);
	return 0;
}

char *pgo_decisions_identity(const struct build *build, const struct pgo_choice_options *options)
{
	char hex[HASH_HEX];
	struct hash *hash = hash_new();

	hash_add_text(hash, build->rustc_flags);
	hash_add_text(hash, options->hints);
	hash_add_text(hash, options->allow);
	hash_finish(hash, hex);
	return xstrdup(hex);
}

static int compare(const void *a, const void *b)
{
	const struct profile_selection *x = a, *y = b;
	int order = strcmp(x->identity, y->identity);

	if (order == 0)
		order = (x->made > y->made) - (x->made < y->made);
	return order ? order : strcmp(x->decisions, y->decisions);
}

void pgo_decisions_keep(struct profile *profile, const char *identity, const char *text)
{
	size_t kept = 0;

	for (size_t i = 0; i < profile->selection_count; i++) {
		struct profile_selection *row = &profile->selections[i];

		if (strcmp(row->identity, identity) == 0) {
			free(row->identity);
			free(row->decisions);
		} else {
			profile->selections[kept++] = *row;
		}
	}
	profile->selections = xrealloc(profile->selections, kept + 1, sizeof *profile->selections);
	profile->selections[kept++] = (struct profile_selection){xstrdup(identity), (uint64_t)time(NULL), xstrdup(text)};
	profile->selection_count = kept;
	qsort(profile->selections, kept, sizeof *profile->selections, compare);
}

/* The last of them: rows are in the order of time. */
const char *pgo_decisions_find(const struct profile *profile, const char *identity)
{
	const char *found = NULL;

	for (size_t i = 0; i < profile->selection_count; i++)
		if (strcmp(profile->selections[i].identity, identity) == 0)
			found = profile->selections[i].decisions;
	return found;
}
