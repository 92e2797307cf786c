/* Two profiles side by side, for programs. Keys and units: docs/diff.md. What is not known is null. */
#include "compare.h"
#include "export_diff.h"
#include "export_select.h"
#include "export_utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define SCHEMA "ruchy-prof.diff/1"

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		abort(); /* only when memory is short, where all other tools code ends too */
}

static json_t *text(const char *value)
{
	struct strbuf repaired = STRBUF_INIT;
	json_t *json;

	utf8_repair(&repaired, value);
	json = repaired.size > 0 ? json_stringn_nocheck(repaired.data, repaired.size) : json_null();
	strbuf_free(&repaired);
	return json;
}

/* An integer where it is one that JSON readers keep. */
static json_t *number(double value)
{
	if (!(value >= 0))
		return json_null();
	return value == floor(value) && value < 9007199254740992.0 ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *line(uint32_t value)
{
	return value ? json_integer(value) : json_null();
}

static json_t *change(const struct change *value)
{
	static const char *const verdicts[] = {[CHANGE_SAME] = "same", [CHANGE_LESS] = "less", [CHANGE_MORE] = "more"};
	enum change_kind kind = change_kind(value);
	json_t *o = json_object();

	set(o, "base", number(value->a));
	set(o, "new", number(value->b));
	set(o, "error95", number(value->error < 0 ? value->error : round(value->error * 1000) / 1000));
	set(o, "verdict", kind == CHANGE_NONE ? json_null() : json_string(verdicts[kind]));
	return o;
}

static json_t *side(const struct report *report)
{
	const struct profile *p = report->profile;
	json_t *o = json_object();

	set(o, "file", text(*p->source_path ? p->source_path : p->rust_path));
	set(o, "source_hash", text(*p->source_hash ? p->source_hash : p->rust_hash));
	set(o, "iterations", json_integer((json_int_t)(p->runs < INT64_MAX ? p->runs : INT64_MAX)));
	set(o, "rustc", text(p->rustc_version));
	set(o, "host", text(p->host));
	return o;
}

static json_t *function(const struct comparison *c, const struct compared_fn *fn)
{
	const struct profile_fn *a = fn->a == PROFILE_NONE ? NULL : &c->a->profile->fns[fn->a];
	const struct profile_fn *b = fn->b == PROFILE_NONE ? NULL : &c->b->profile->fns[fn->b];
	json_t *o = json_object();

	set(o, "name", text(b ? b->name : a ? a->name : ""));
	set(o, "in_base", json_boolean(a != NULL));
	set(o, "in_new", json_boolean(b != NULL));
	set(o, "line_base", line(a ? a->from : 0));
	set(o, "line_new", line(b ? b->from : 0));
	set(o, "calls", change(&fn->calls));
	set(o, "self_ns", change(&fn->self_ns));
	set(o, "inclusive_ns", change(&fn->total_ns));
	set(o, "allocations", change(&fn->allocations));
	set(o, "allocated_bytes", change(&fn->bytes));
	return o;
}

static json_t *lines(const struct comparison *c, uint32_t fn)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->line_count; i++) {
		const struct compared_line *l = &c->lines[i];
		const struct compared_fn *f = &c->fns[l->fn];
		json_t *o;

		if (fn != PROFILE_NONE && fn != l->fn)
			continue;
		o = json_object();
		set(o, "line_base", line(l->a));
		set(o, "line_new", line(l->b));
		set(o, "function", text(f->b == PROFILE_NONE ? c->a->profile->fns[f->a].name : c->b->profile->fns[f->b].name));
		set(o, "count", change(&l->count));
		set(o, "self_ns", change(&l->self_ns));
		if (json_array_append_new(array, o) != 0)
			abort();
	}
	return array;
}

static int append(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return 0;
}

int json_diff(const struct comparison *c, const struct export_options *options, struct strbuf *out, struct err *err)
{
	json_t *o, *functions;
	uint32_t only;

	if (diff_select(c, options->function, &only, err) != 0)
		return -1;
	o = json_object();
	functions = json_array();
	set(o, "schema", json_string(SCHEMA));
	set(o, "base", side(c->a));
	set(o, "new", side(c->b));
	set(o, "same_source", json_boolean(c->same_source));
	set(o, "lines_matched_by", json_string(c->same_source ? "number" : c->by_text ? "text" : "place"));
	set(o, "time_build", json_string(c->instrumented ? "instrumented" : "plain"));
	set(o, "time_ns", change(&c->time));
	set(o, "calls", change(&c->calls));
	set(o, "allocations", change(&c->allocations));
	set(o, "allocated_bytes", change(&c->bytes));
	set(o, "peak_live_bytes", change(&c->peak_live));
	set(o, "peak_rss_bytes", change(&c->peak_rss));
	for (uint32_t i = 0; i < c->fn_count; i++)
		if ((only == PROFILE_NONE || only == i) && json_array_append_new(functions, function(c, &c->fns[i])) != 0)
			abort();
	set(o, "functions", functions);
	set(o, "lines", lines(c, only));
	json_dump_callback(o, append, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	strbuf_puts(out, "\n");
	json_decref(o);
	return 0;
}

int diff_select(const struct comparison *c, const char *name, uint32_t *fn, struct err *err)
{
	struct err ignored = {0};
	uint32_t in_a = PROFILE_NONE, in_b = PROFILE_NONE;

	*fn = PROFILE_NONE;
	if (!name)
		return 0;
	if (export_select_function(c->b, name, &in_b, err) != 0) {
		if (export_select_function(c->a, name, &in_a, &ignored) != 0) {
			err_free(&ignored);
			return -1;
		}
		err_free(err);
	}
	for (uint32_t i = 0; i < c->fn_count && *fn == PROFILE_NONE; i++)
		if (in_b != PROFILE_NONE ? c->fns[i].b == in_b : c->fns[i].a == in_a)
			*fn = i;
	return *fn == PROFILE_NONE ? err_set(err, name, NULL, "the function ran in neither profile") : 0;
}
