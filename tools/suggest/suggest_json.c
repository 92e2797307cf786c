/* suggest_json.c - an array of rows, in the order of the ranked list; then what gains nothing, and the combinations. */
#include "audit_json.h"
#include "suggest.h"

#include <math.h>
#include <string.h>

static json_t *real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *change_json(const struct suggest_change *change, enum suggest_measure measure)
{
	json_t *row;

	if (!change->known)
		return json_null();
	row = json_object();
	json_object_set_new(row, "from", real(change->from));
	json_object_set_new(row, "to", real(change->to));
	json_object_set_new(row, "unit", json_string(measure == SUGGEST_SIZE || measure == SUGGEST_MEMORY ? "bytes" : "ns"));
	json_object_set_new(row, "ratio", real(change->ratio.value));
	json_object_set_new(row, "ratio_lo", real(change->ratio.lo));
	json_object_set_new(row, "ratio_hi", real(change->ratio.hi));
	json_object_set_new(row, "proven", json_boolean(suggest_gain(change, measure) != 0));
	json_object_set_new(row, "layouts", json_integer((json_int_t)change->layouts));
	json_object_set_new(row, "rounds", json_integer((json_int_t)change->rounds));
	return row;
}

static json_t *row_new(const char *kind, const char *id)
{
	json_t *row = json_object();

	json_object_set_new(row, "kind", json_string(kind));
	json_object_set_new(row, "id", json_text(id));
	return row;
}

static json_t *trial_json(const char *kind, const struct suggest_trial *trial)
{
	json_t *row = row_new(kind, trial->id), *changes = json_object();

	json_object_set_new(row, "flags", json_text(trial->flags));
	json_object_set_new(row, "tried", json_boolean(trial->state == SUGGEST_TRIED || trial->state == SUGGEST_DIFFERS));
	json_object_set_new(row, "state", json_string(suggest_state_words[trial->state]));
	json_object_set_new(row, "why", json_text(trial->why));
	json_object_set_new(row, "behaviour", json_text(trial->variant && trial->variant->flags ? trial->variant->changes : NULL));
	for (int m = 0; m < SUGGEST_MEASURES; m++)
		json_object_set_new(changes, suggest_measure_names[m],
				    trial->state == SUGGEST_TRIED ? change_json(&trial->changes[m], (enum suggest_measure)m) : json_null());
	json_object_set_new(row, "changes", changes);
	return row;
}

static void set_rank(json_t *row, size_t rank, const struct suggest_item *item)
{
	json_object_set_new(row, "rank", json_integer((json_int_t)rank));
	json_object_set_new(row, "measure", json_string(suggest_measure_names[item->measure]));
	json_object_set_new(row, "gain_percent", real(item->percent));
	json_object_set_new(row, "gain_is", json_string(item->advice && !item->advice->tried ? "upper bound" : "measured"));
}

static json_t *advice_json(const struct suggest_advice *advice)
{
	json_t *row = row_new(advice->tried ? "flags" : "source", advice->id);

	json_object_set_new(row, "tried", json_boolean(advice->tried));
	json_object_set_new(row, "message", json_text(advice->message));
	json_object_set_new(row, "evidence", json_text(advice->evidence));
	json_object_set_new(row, "gain", json_text(advice->gain));
	json_object_set_new(row, "file", json_text(advice->file));
	json_object_set_new(row, "line", advice->line ? json_integer(advice->line) : json_null());
	return row;
}

static bool is_ranked(const struct suggest *s, const struct suggest_trial *trial)
{
	for (size_t i = 0; i < s->item_count; i++)
		if (s->items[i].trial == trial)
			return true;
	return false;
}

static void add_combinations(const struct suggest *s, json_t *rows)
{
	for (size_t i = 0; i < s->combination_count; i++) {
		const struct suggest_combination *c = &s->combinations[i];
		json_t *row = trial_json("combination", &c->trial);

		json_object_set_new(row, "goal", json_string(suggest_measure_names[c->goal]));
		json_object_set_new(row, "strip", json_boolean(c->strips));
		json_array_append_new(rows, row);
	}
}

json_t *suggest_json(const struct audit *audit, const void *result)
{
	const struct suggest *s = result;
	json_t *rows = json_array();

	(void)audit;
	for (size_t i = 0; i < s->item_count; i++) {
		const struct suggest_item *item = &s->items[i];
		json_t *row = item->advice ? advice_json(item->advice) : trial_json("flags", item->trial);

		set_rank(row, i + 1, item);
		json_array_append_new(rows, row);
	}
	for (size_t i = 0; i < s->trial_count; i++)
		if (!is_ranked(s, &s->trials[i]))
			json_array_append_new(rows, trial_json(i == 0 ? "default" : "flags", &s->trials[i]));
	add_combinations(s, rows);
	return rows;
}
