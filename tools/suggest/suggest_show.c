/* suggest_show.c - for people: what was tried, what it changes, and the best together. */
#include "export_units.h"
#include "suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_percent(struct strbuf *out, double ratio)
{
	double percent = 100 * (ratio - 1);

	strbuf_printf(out, "%+.1f%%", fabs(percent) < 0.05 ? 0.0 : percent);
}

void suggest_put_change(struct strbuf *out, const struct suggest_change *change, enum suggest_measure measure, bool interval)
{
	if (!change->known)
		return;
	if (suggest_gain(change, measure) == 0) {
		strbuf_puts(out, "same");
		return;
	}
	put_percent(out, change->ratio.value);
	if (!interval || change->layouts == 0)
		return;
	strbuf_puts(out, " (");
	put_percent(out, change->ratio.lo);
	strbuf_puts(out, " to ");
	put_percent(out, change->ratio.hi);
	strbuf_puts(out, ")");
}

/* What follows the last "-C " of the flags: "lto=fat". */
static char *short_flags(const char *flags)
{
	struct strbuf out = STRBUF_INIT;

	for (const char *at = flags; *at;) {
		const char *next = strstr(at, " -C ");
		const char *from = strncmp(at, "-C ", 3) == 0 ? at + 3 : at;
		size_t size = next ? (size_t)(next - from) : strlen(from);

		strbuf_printf(&out, "%s%.*s", out.size > 0 ? " " : "", (int)size, from);
		at = next ? next + 1 : from + size;
	}
	return strbuf_take(&out);
}

static void put_cells(struct sheet *sheet, const struct suggest_trial *trial)
{
	for (int m = 0; m < SUGGEST_MEASURES; m++) {
		struct strbuf cell = STRBUF_INIT;

		if (trial->state == SUGGEST_TRIED)
			suggest_put_change(&cell, &trial->changes[m], (enum suggest_measure)m, false);
		sheet_cell(sheet, "%s", cell.size > 0 ? cell.data : trial->state == SUGGEST_TRIED ? "?" : "");
		strbuf_free(&cell);
	}
}

/* Layouts of the code that times were taken over, at most. */
static size_t most_layouts(const struct suggest *s)
{
	size_t most = 0;

	for (size_t i = 1; i < s->trial_count; i++)
		if (s->trials[i].timed && s->trials[i].changes[SUGGEST_TIME].layouts > most)
			most = s->trials[i].changes[SUGGEST_TIME].layouts;
	return most;
}

static void show_trials(const struct suggest *s, struct sheet *sheet)
{
	size_t most = most_layouts(s);

	sheet_table(sheet, "nrrrrl", "%s", "Flags tried, each alone, against the default:");
	sheet_heads(sheet, s->directory ? "Setting|Time|Size|RSS|Start|Note" : "Flag (-C)|Time|Size|RSS|Start|Note");
	for (size_t i = 1; i < s->trial_count; i++) {
		const struct suggest_trial *trial = &s->trials[i];
		char *flags = short_flags(trial->flags);

		if (trial->state != SUGGEST_UNTRIED) {
			sheet_row(sheet);
			sheet_cell(sheet, "%s%s", flags, trial->variant->changes ? " *" : "");
			put_cells(sheet, trial);
			sheet_cell(sheet, "%s",
				   trial->state != SUGGEST_TRIED				 ? suggest_state_words[trial->state]
				   : trial->timed && trial->changes[SUGGEST_TIME].layouts < most ? "fewer layouts"
												 : "");
		}
		free(flags);
	}
}

static bool any_combination(const struct suggest *s)
{
	for (size_t i = 0; i < s->combination_count; i++)
		if (s->combinations[i].count > 0 && s->combinations[i].trial.state == SUGGEST_TRIED)
			return true;
	return false;
}

static void show_combinations(const struct suggest *s, struct sheet *sheet)
{
	sheet_table(sheet, "lrrrr", "%s", "Best together:");
	if (any_combination(s))
		sheet_heads(sheet, "For|Time|Size|RSS|Start");
	for (size_t i = 0; i < s->combination_count; i++) {
		const struct suggest_combination *c = &s->combinations[i];

		if (c->count == 0 || c->trial.state != SUGGEST_TRIED)
			continue;
		sheet_row(sheet);
		sheet_cell(sheet, "%s", suggest_measure_names[c->goal]);
		put_cells(sheet, &c->trial);
	}
	for (size_t i = 0; i < s->combination_count; i++) {
		const struct suggest_combination *c = &s->combinations[i];

		char *flags =
		    xasprintf("%s%s%s", c->trial.flags, c->strips && c->count > 0 ? " " : "", c->strips ? "-C strip=symbols" : "");
		char *words = s->directory ? suggest_cargo_words(flags) : xstrdup(flags);

		sheet_text(sheet, "For %s: %s%s", suggest_measure_names[c->goal], words,
			   c->count == 0 && !c->strips					   ? "nothing is better than the default"
			   : c->trial.state != SUGGEST_TRIED				   ? " (no time was left to measure it)"
			   : c->trial.timed && c->trial.changes[SUGGEST_TIME].layouts == 1 ? " (time: one layout of the code)"
											   : "");
		free(words);
		free(flags);
	}
}

static void show_default(const struct suggest *s, struct sheet *sheet)
{
	const struct suggest_trial *base = &s->trials[0];
	struct strbuf text = STRBUF_INIT;

	unit_bytes(&text, s->stripped_bytes);
	strbuf_puts(&text, " stripped");
	if (s->unstripped_bytes > s->stripped_bytes) {
		strbuf_puts(&text, ", ");
		unit_bytes(&text, s->unstripped_bytes);
		strbuf_puts(&text, " with symbols");
	}
	if (base->changes[SUGGEST_TIME].known) {
		strbuf_puts(&text, "; ");
		unit_time(&text, base->changes[SUGGEST_TIME].from, (struct unit_style){.gap = " "});
		strbuf_puts(&text, " a run");
	}
	if (base->changes[SUGGEST_START].known) {
		strbuf_puts(&text, "; ");
		unit_time(&text, base->changes[SUGGEST_START].from, (struct unit_style){.gap = " "});
		strbuf_puts(&text, " from fork to main");
	}
	sheet_fact(sheet, "Default", "%s", text.data);
	strbuf_free(&text);
	if (s->audit->subject.build)
		sheet_fact(sheet, "Flags", "%s", s->audit->subject.build->rustc_flags);
	else
		sheet_fact(sheet, "Flags", "the project's [profile.release]");
}

static size_t count_state(const struct suggest *s, enum suggest_state state)
{
	size_t count = 0;

	for (size_t i = 1; i < s->trial_count; i++)
		count += s->trials[i].state == state;
	return count;
}

static void show_basis(const struct suggest *s, struct sheet *sheet)
{
	const struct suggest_change *time = &s->trials[0].changes[SUGGEST_TIME];
	const char *clock = s->unqueued ? "without waits for a free CPU" : "wall";

	sheet_text(sheet, "\"same\": no difference is proven by intervals that hold together at 95%%, or it is not worth telling.");
	sheet_text(sheet, "* changes what the program does or where it runs, too; only --allow-changes combines these.");
	if (s->untimed)
		sheet_text(sheet, "No times: %s.", s->untimed);
	else if (time->known && most_layouts(s) > 1)
		sheet_text(sheet, "Time (%s) and RSS: programs run in turn, %zu rounds over each of %zu layouts of the code.", clock,
			   s->race_rounds, most_layouts(s));
	else if (time->known)
		sheet_text(sheet,
			   "Time (%s) and RSS: programs run in turn, %zu rounds, one layout of the code: %s. Where functions happen to lie "
			   "may be all of a difference in time.",
			   clock, s->race_rounds, s->one_layout ? s->one_layout : "time for more was short");
	else
		sheet_text(sheet, "No times: no time was left for them; --max-time gives more.");
	if (s->unstarted)
		sheet_text(sheet, "No start: %s.", s->unstarted);
	else if (s->trials[0].changes[SUGGEST_START].known)
		sheet_text(sheet, "Start: from fork to main, %zu starts each, files cached. Size: of the stripped file, exact.",
			   s->trials[0].changes[SUGGEST_START].rounds);
	if (s->output_varies)
		sheet_text(sheet, "What the program prints differs from run to run, so it was not compared; its exit status was.");
	if (s->unadvised)
		sheet_text(sheet, "Nothing about the source: %s.", s->unadvised);
	sheet_text(sheet, "%zu of %zu sets of flags were tried, in %.0f s of at most %.0f s.",
		   count_state(s, SUGGEST_TRIED) + count_state(s, SUGGEST_DIFFERS), s->trial_count - 1, s->seconds, s->limit);
	if (count_state(s, SUGGEST_LATE) > 0 || s->out_of_time)
		sheet_text(sheet, "The time was over before all was tried; --max-time gives more.");
}

static void show_whys(const struct suggest *s, struct sheet *sheet)
{
	for (size_t i = 1; i < s->trial_count; i++) {
		const struct suggest_trial *trial = &s->trials[i];

		if (trial->why)
			sheet_text(sheet, "%s: %s: %s.", trial->id, suggest_state_words[trial->state], trial->why);
	}
}

void suggest_show(const struct audit *audit, const void *result, struct sheet *sheet)
{
	const struct suggest *s = result;

	sheet_fact(sheet, "Program", "%s", audit->subject.operand);
	if (s->problem) {
		sheet_text(sheet, "No flags were tried: %s.", s->problem);
		return;
	}
	show_default(s, sheet);
	show_trials(s, sheet);
	show_combinations(s, sheet);
	show_basis(s, sheet);
	show_whys(s, sheet);
	if (s->nothing_to_apply)
		sheet_text(sheet, "No file of flags was written: for this goal nothing is better than the default.");
	if (s->applied && s->directory)
		sheet_text(sheet, "Written: %s. cargo build --release --config FILE uses it; its first lines say where else it may go.",
			   s->applied);
	else if (s->applied)
		sheet_text(sheet, "Written: %s. Builds of %s use these flags from now on.", s->applied, audit->subject.operand);
}
