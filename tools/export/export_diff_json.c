/* Two profiles side by side, for programs. Keys and units: docs/diff.md. What is not known is null. */
#include "compare.h"
#include "export_diff.h"
#include "export_select.h"
#include "json_values.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define SCHEMA "ruchy-prof.diff/1"

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

	json_put(o, "base", number(value->a));
	json_put(o, "new", number(value->b));
	json_put(o, "error95", number(value->error < 0 ? value->error : round(value->error * 1000) / 1000));
	json_put(o, "verdict", kind == CHANGE_NONE ? json_null() : json_string(verdicts[kind]));
	return o;
}

static json_t *side(const struct report *report)
{
	const struct profile *p = report->profile;
	json_t *o = json_object();

	json_put(o, "file", json_known_text(*p->source_path ? p->source_path : p->rust_path));
	json_put(o, "source_hash", json_known_text(*p->source_hash ? p->source_hash : p->rust_hash));
	json_put(o, "iterations", json_integer((json_int_t)(p->runs < INT64_MAX ? p->runs : INT64_MAX)));
	json_put(o, "rustc", json_known_text(p->rustc_version));
	json_put(o, "host", json_known_text(p->host));
	return o;
}

static json_t *function(const struct comparison *c, const struct compared_fn *fn)
{
	const struct profile_fn *a = fn->a == PROFILE_NONE ? NULL : &c->a->profile->fns[fn->a];
	const struct profile_fn *b = fn->b == PROFILE_NONE ? NULL : &c->b->profile->fns[fn->b];
	json_t *o = json_object();

	json_put(o, "name", json_known_text(b ? b->name : a ? a->name : ""));
	json_put(o, "in_base", json_boolean(a != NULL));
	json_put(o, "in_new", json_boolean(b != NULL));
	json_put(o, "line_base", line(a ? a->from : 0));
	json_put(o, "line_new", line(b ? b->from : 0));
	json_put(o, "calls", change(&fn->calls));
	json_put(o, "self_ns", change(&fn->self_ns));
	json_put(o, "inclusive_ns", change(&fn->total_ns));
	json_put(o, "allocations", change(&fn->allocations));
	json_put(o, "allocated_bytes", change(&fn->bytes));
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
		json_put(o, "line_base", line(l->a));
		json_put(o, "line_new", line(l->b));
		json_put(o, "function",
			 json_known_text(f->b == PROFILE_NONE ? c->a->profile->fns[f->a].name : c->b->profile->fns[f->b].name));
		json_put(o, "count", change(&l->count));
		json_put(o, "self_ns", change(&l->self_ns));
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
	json_put(o, "schema", json_string(SCHEMA));
	json_put(o, "base", side(c->a));
	json_put(o, "new", side(c->b));
	json_put(o, "same_source", json_boolean(c->same_source));
	json_put(o, "lines_matched_by", json_string(c->same_source ? "number" : c->by_text ? "text" : "place"));
	json_put(o, "time_build", json_string(c->instrumented ? "instrumented" : "plain"));
	json_put(o, "time_ns", change(&c->time));
	json_put(o, "calls", change(&c->calls));
	json_put(o, "allocations", change(&c->allocations));
	json_put(o, "allocated_bytes", change(&c->bytes));
	json_put(o, "peak_live_bytes", change(&c->peak_live));
	json_put(o, "peak_rss_bytes", change(&c->peak_rss));
	for (uint32_t i = 0; i < c->fn_count; i++)
		if ((only == PROFILE_NONE || only == i) && json_array_append_new(functions, function(c, &c->fns[i])) != 0)
			abort();
	json_put(o, "functions", functions);
	json_put(o, "lines", lines(c, only));
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
