/* langs_json.c - for programs. Keys and units: docs/compare.md, docs/compare.schema.json. What is not known is null. */
#include "json_values.h"
#include "langs_formats.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define SCHEMA "ruchy-prof.languages/1"

/* A bound that is not known (too few runs) is null. */
static json_t *interval(const struct stats_interval *value)
{
	json_t *o = json_object(), *bounds = json_array();
	bool known = isfinite(value->hi) && isfinite(value->lo) && value->lo > 0;

	json_put(o, "value", json_finite(value->value));
	json_array_append_new(bounds, known ? json_finite(value->lo) : json_null());
	json_array_append_new(bounds, known ? json_finite(value->hi) : json_null());
	json_put(o, "ci95", bounds);
	return o;
}

static json_t *numbers(const double *values, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_integer((json_int_t)values[i]));
	return array;
}

static json_t *strings(char *const *values, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_text(values[i]));
	return array;
}

static json_t *entrant_json(const struct lang_comparison *c, const struct lang_entrant *e)
{
	json_t *o = json_object();

	json_put(o, "name", json_text(e->label));
	json_put(o, "language", json_text(e->lang->name));
	json_put(o, "source", json_text(e->source));
	json_put(o, "tool", json_text(e->version));
	json_put(o, "command", json_text(e->command));
	json_put(o, "time_ns", interval(&e->time));
	json_put(o, "samples_ns", numbers(e->wall, e->rounds));
	json_put(o, "cpu_ns", json_finite(e->cpu));
	json_put(o, "to_slowest", interval(&e->to_slowest));
	json_put(o, "to_baseline", interval(&e->to_baseline));
	json_put(o, "to_first", interval(&e->to_first));
	json_put(o, "matches_first", e == &c->entrants[c->first] ? json_null() : json_boolean(e->matches_first));
	json_put(o, "size_bytes", json_integer((json_int_t)e->size));
	json_put(o, "needs_bytes", json_integer((json_int_t)e->needs.bytes));
	json_put(o, "needs", strings(e->needs.files, e->needs.count));
	json_put(o, "peak_rss_bytes", json_integer((json_int_t)e->peak_rss));
	json_put(o, "start_ns", e->empty_rounds ? interval(&e->start) : json_null());
	json_put(o, "calls", e->counted ? json_integer((json_int_t)e->calls) : json_null());
	json_put(o, "not_counted", json_text(e->uncounted));
	return o;
}

void lang_json(const struct lang_comparison *c, const struct lang_view *view, struct strbuf *out)
{
	json_t *document = json_object(), *programs = json_array(), *absent = json_array();
	char *printed;

	(void)view;
	json_put(document, "schema", json_string(SCHEMA));
	json_put(document, "first", json_text(c->entrants[c->first].label));
	json_put(document, "baseline", json_text(c->entrants[c->baseline].label));
	json_put(document, "slowest", json_text(c->entrants[c->slowest].label));
	json_put(document, "rounds", json_integer((json_int_t)c->rounds));
	json_put(document, "warmup", json_integer((json_int_t)c->warmup));
	json_put(document, "start_rounds", json_integer((json_int_t)c->empty_rounds));
	json_put(document, "out_of_time", json_boolean(c->out_of_time));
	json_put(document, "interrupted", json_boolean(c->interrupted));
	json_put(document, "margin", json_finite(c->margin));
	json_put(document, "output_bytes", json_integer((json_int_t)c->output_size));
	for (size_t i = 0; i < c->present; i++)
		json_array_append_new(programs, entrant_json(c, &c->entrants[i]));
	json_put(document, "programs", programs);
	for (size_t i = c->present; i < c->count; i++) {
		json_t *o = json_object();

		json_put(o, "name", json_text(c->entrants[i].label));
		json_put(o, "language", json_text(c->entrants[i].lang->name));
		json_put(o, "reason", json_text(c->entrants[i].absent));
		json_put(o, "what_to_do", json_text(c->entrants[i].get));
		json_array_append_new(absent, o);
	}
	json_put(document, "absent", absent);
	printed = json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	strbuf_puts(out, printed ? printed : "");
	strbuf_puts(out, "\n");
	free(printed);
	json_decref(document);
}
