/* langs_json.c - for programs. Keys and units: docs/compare.md, docs/compare.schema.json. What is not known is null. */
#include "export_utf8.h"
#include "langs_formats.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define SCHEMA "ruchy-prof.languages/1"

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		abort(); /* only when memory is short, where all other tools code ends too */
}

static json_t *text(const char *value)
{
	struct strbuf repaired = STRBUF_INIT;
	json_t *json;

	if (!value)
		return json_null();
	utf8_repair(&repaired, value);
	json = json_stringn_nocheck(repaired.data ? repaired.data : "", repaired.size);
	strbuf_free(&repaired);
	return json;
}

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* A bound that is not known (too few runs) is null. */
static json_t *interval(const struct stats_interval *value)
{
	json_t *o = json_object(), *bounds = json_array();
	bool known = isfinite(value->hi) && isfinite(value->lo) && value->lo > 0;

	set(o, "value", number(value->value));
	json_array_append_new(bounds, known ? number(value->lo) : json_null());
	json_array_append_new(bounds, known ? number(value->hi) : json_null());
	set(o, "ci95", bounds);
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
		json_array_append_new(array, text(values[i]));
	return array;
}

static json_t *entrant_json(const struct lang_comparison *c, const struct lang_entrant *e)
{
	json_t *o = json_object();

	set(o, "name", text(e->label));
	set(o, "language", text(e->lang->name));
	set(o, "source", text(e->source));
	set(o, "tool", text(e->version));
	set(o, "command", text(e->command));
	set(o, "time_ns", interval(&e->time));
	set(o, "samples_ns", numbers(e->wall, e->rounds));
	set(o, "cpu_ns", number(e->cpu));
	set(o, "to_slowest", interval(&e->to_slowest));
	set(o, "to_baseline", interval(&e->to_baseline));
	set(o, "to_first", interval(&e->to_first));
	set(o, "matches_first", e == &c->entrants[c->first] ? json_null() : json_boolean(e->matches_first));
	set(o, "size_bytes", json_integer((json_int_t)e->size));
	set(o, "needs_bytes", json_integer((json_int_t)e->needs.bytes));
	set(o, "needs", strings(e->needs.files, e->needs.count));
	set(o, "peak_rss_bytes", json_integer((json_int_t)e->peak_rss));
	set(o, "start_ns", e->empty_rounds ? interval(&e->start) : json_null());
	set(o, "calls", e->counted ? json_integer((json_int_t)e->calls) : json_null());
	set(o, "not_counted", text(e->uncounted));
	return o;
}

void lang_json(const struct lang_comparison *c, const struct lang_view *view, struct strbuf *out)
{
	json_t *document = json_object(), *programs = json_array(), *absent = json_array();
	char *printed;

	(void)view;
	set(document, "schema", json_string(SCHEMA));
	set(document, "first", text(c->entrants[c->first].label));
	set(document, "baseline", text(c->entrants[c->baseline].label));
	set(document, "slowest", text(c->entrants[c->slowest].label));
	set(document, "rounds", json_integer((json_int_t)c->rounds));
	set(document, "warmup", json_integer((json_int_t)c->warmup));
	set(document, "start_rounds", json_integer((json_int_t)c->empty_rounds));
	set(document, "out_of_time", json_boolean(c->out_of_time));
	set(document, "interrupted", json_boolean(c->interrupted));
	set(document, "margin", number(c->margin));
	set(document, "output_bytes", json_integer((json_int_t)c->output_size));
	for (size_t i = 0; i < c->present; i++)
		json_array_append_new(programs, entrant_json(c, &c->entrants[i]));
	set(document, "programs", programs);
	for (size_t i = c->present; i < c->count; i++) {
		json_t *o = json_object();

		set(o, "name", text(c->entrants[i].label));
		set(o, "language", text(c->entrants[i].lang->name));
		set(o, "reason", text(c->entrants[i].absent));
		set(o, "what_to_do", text(c->entrants[i].get));
		json_array_append_new(absent, o);
	}
	set(document, "absent", absent);
	printed = json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	strbuf_puts(out, printed ? printed : "");
	strbuf_puts(out, "\n");
	free(printed);
	json_decref(document);
}
