/* pgo_explain.c - all that was considered, what became of it and why. */
#include "pgo.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
    [PGO_PROPOSED] = "proposed", [PGO_APPLIED] = "applied", [PGO_REJECTED] = "rejected", [PGO_LEFT_OUT] = "left out"};

char *pgo_interval_text(const struct stats_interval *interval)
{
	if (!(interval->value > 0))
		return xstrdup("not measured");
	if (!isfinite(interval->hi) || interval->hi > 1e6)
		return xasprintf("%.2fx (too few runs for an interval)", interval->value);
	return xasprintf("%.2fx [%.2f, %.2f]", interval->value, interval->lo, interval->hi);
}

static void put_proposal(const struct pgo_proposal *proposal, struct strbuf *out)
{
	char *gain = pgo_interval_text(&proposal->gain);

	strbuf_printf(out, "  %-9s %s, %s", words[proposal->verdict], proposal->kind, proposal->where);
	if (proposal->candidate_count > 1)
		strbuf_printf(out, " and %zu more", proposal->candidate_count - 1);
	if (proposal->verdict == PGO_APPLIED && proposal->amount > 1)
		strbuf_printf(out, ", %" PRIu64, proposal->amount);
	strbuf_puts(out, "\n            ");
	if (proposal->gain.value > 0)
		strbuf_printf(out, "%s: ", gain);
	strbuf_puts(out, proposal->why ? proposal->why : "");
	if (*proposal->evidence && (proposal->gain.value > 0 || proposal->candidate_count < 2))
		strbuf_printf(out, " (%s)", proposal->evidence);
	strbuf_puts(out, "\n");
	free(gain);
}

void pgo_explain(const struct pgo_result *result, const struct pgo_match *match, const char *source, struct strbuf *out)
{
	char *plain = pgo_interval_text(&result->plain_gain), *llvm = pgo_interval_text(&result->llvm_gain);

	strbuf_printf(out, "Optimisation of %s\n", source);
	if (match && match->changed)
		strbuf_printf(out, "%zu of %zu functions changed since collection: their hints are left out\n", match->changed,
			      match->changed + match->known);
	if (result->unsteady)
		strbuf_puts(out, "What the program prints differs from run to run: hints can't be checked and are left out\n");
	for (size_t i = 0; i < result->proposals.count; i++)
		put_proposal(&result->proposals.list[i], out);
	strbuf_printf(out, "  %-9s llvm-profile%s%s\n", result->llvm ? "applied" : "left out", result->llvm ? "" : ": ",
		      result->llvm || !result->llvm_why ? "" : result->llvm_why);
	if (result->plain_gain.value > 0)
		strbuf_printf(out, "In all: %s as fast as plain (%.2f ms, now %.2f ms; %s, %" PRIu64 " code layouts, %" PRIu64 " rounds)\n",
			      plain, result->plain_ns / 1e6, result->ours_ns / 1e6, result->figure, result->layouts, result->rounds);
	if (result->llvm_gain.value > 0)
		strbuf_printf(out, "        %s as fast as with the profile of LLVM alone\n", llvm);
	free(plain);
	free(llvm);
}
