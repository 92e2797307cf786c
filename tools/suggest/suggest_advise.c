/* suggest_advise.c - the ranked list, as advice for all outputs; and measured figures for what --binary-size advises. */
#include "export_units.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

/* "size -11.0% (37.8 kB), time same" */
static char *changes_text(const struct suggest_trial *trial, enum suggest_measure first)
{
	struct strbuf out = STRBUF_INIT;

	for (int k = -1; k < SUGGEST_MEASURES; k++) {
		enum suggest_measure m = k < 0 ? first : (enum suggest_measure)k;
		const struct suggest_change *change = &trial->changes[m];

		if (!change->known || (k >= 0 && m == first))
			continue;
		strbuf_printf(&out, "%s%s ", out.size > 0 ? ", " : "", suggest_measure_names[m]);
		suggest_put_change(&out, change, m, true);
		if (m != SUGGEST_SIZE || suggest_gain(change, m) == 0)
			continue;
		strbuf_puts(&out, " (");
		unit_bytes(&out, (uint64_t)(change->to < change->from ? change->from - change->to : change->to - change->from));
		strbuf_puts(&out, change->to < change->from ? " less)" : " more)");
	}
	return strbuf_take(&out);
}

static bool costs(const struct suggest_trial *trial)
{
	for (int m = 0; m < SUGGEST_MEASURES; m++)
		if (suggest_gain(&trial->changes[m], (enum suggest_measure)m) < 0)
			return true;
	return false;
}

static void advise_trial(struct audit *audit, const struct suggest_item *item)
{
	const struct suggest_trial *trial = item->trial;
	bool project = audit->subject.kind == AUDIT_PROJECT;
	char *words = project ? suggest_cargo_words(trial->flags) : xstrdup(trial->flags);
	struct audit_advised *advised =
	    audit_advise(audit, "suggest", trial->variant->id, trial->variant->changes || costs(trial) ? REPORT_NOTE : REPORT_WARNING,
			 "Build with %s", words);
	free(words);

	advised->evidence =
	    trial->variant->changes ? xasprintf("tried, same output; but %s", trial->variant->changes) : xstrdup("tried, same output");
	advised->gain = changes_text(trial, item->measure);
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void advise_source(struct audit *audit, const struct suggest_advice *advice)
{
	struct audit_advised *advised = audit_advise(audit, "suggest", advice->id, advice->level, "%s", advice->message);

	advised->evidence = copy(advice->evidence);
	advised->gain = copy(advice->gain);
	advised->file = copy(advice->file);
	advised->line = advice->line;
}

static const struct suggest_trial *find_trial(const struct suggest *s, const char *id)
{
	for (size_t i = 1; i < s->trial_count; i++)
		if (strcmp(s->trials[i].id, id) == 0)
			return &s->trials[i];
	return NULL;
}

/* What --binary-size says without having tried it. */
static void complete_sizes(struct audit *audit, const struct suggest *s)
{
	static const struct {
		const char *advice, *trial;
	} same[] = {{"lto", "lto-fat"}, {"opt-level", "opt-level-s"}, {"panic", "panic-abort"}};

	for (size_t i = 0; i < audit->advised_count; i++) {
		struct audit_advised *advised = &audit->advised[i];

		for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
			const struct suggest_trial *trial = find_trial(s, same[k].trial);

			if (!trial || strcmp(advised->analysis, "binary-size") != 0 || strcmp(advised->id, same[k].advice) != 0 ||
			    advised->level == REPORT_OK)
				continue;
			bool tried = trial->state == SUGGEST_TRIED;
			char *changes = tried ? changes_text(trial, SUGGEST_SIZE) : NULL;

			free(advised->gain);
			advised->gain = tried ? xasprintf("measured: %s", changes)
					      : xasprintf("%s%s%s", suggest_state_words[trial->state], trial->why ? ": " : "",
							  trial->why ? trial->why : "");
			free(changes);
		}
	}
}

void suggest_advise(struct audit *audit, const struct suggest *s)
{
	for (size_t i = 0; i < s->item_count; i++) {
		if (s->items[i].advice)
			advise_source(audit, s->items[i].advice);
		else
			advise_trial(audit, &s->items[i]);
	}
	if (s->item_count == 0 && !s->problem)
		audit_advise(audit, "suggest", "nothing-better", REPORT_OK, "Nothing that was tried is better than the default");
	complete_sizes(audit, s);
}
