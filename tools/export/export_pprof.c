/*
 * pprof's profile.proto, gzip'ed. Four values a sample: calls, time, allocations, bytes; each sample has one kind of them.
 *
 * Time is on the call paths, folded: a function is on each once, so that no sum passes 100 %, and -list, which counts a line once per
 * frame, is right too. Calls and bytes are exact and not estimates: a call is a sample of two frames, the function and whence it was
 * called, so `flat` is how often it was called and -peek shows who called it how often. The `cum` of a caller is then the calls that it
 * made and got.
 */
#include "export_names.h"
#include "export_select.h"
#include "exporters.h"
#include "protobuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fields of the messages, as proto/profile.proto numbers them. */
enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_MAPPING, PROFILE_LOCATION, PROFILE_FUNCTION, PROFILE_STRINGS };
enum { PROFILE_DURATION_NANOS = 10, PROFILE_PERIOD_TYPE, PROFILE_PERIOD, PROFILE_COMMENT, PROFILE_DEFAULT_TYPE };
enum { VALUE_TYPE = 1, VALUE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE };
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1, LINE_LINE };
enum { MAPPING_ID = 1, MAPPING_FILE = 5, MAPPING_HAS_FUNCTIONS = 7, MAPPING_HAS_FILES, MAPPING_HAS_LINES };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE, FUNCTION_START };

enum { CALLS, TIME, ALLOCATIONS, BYTES, VALUES };
static const char *const types[VALUES][2] = {[CALLS] = {"calls", "count"},
					     [TIME] = {"time", "nanoseconds"},
					     [ALLOCATIONS] = {"alloc_objects", "count"},
					     [BYTES] = {"alloc_space", "bytes"}};

struct pprof {
	const struct report *report;
	const struct profile *p;
	const struct paths *paths;
	struct export_names names;
	struct strbuf *out, part, inner, list;
	struct strbuf strings; /* the table, as it goes into the file */
	uint64_t string_count;
	struct context_tree locations; /* (function, line): number from 1 */
	uint64_t *rest;		       /* calls of each function that no edge explains */
	uint32_t only;		       /* function that was asked for, or PROFILE_NONE */
};

static uint64_t text(struct pprof *w, const char *value)
{
	protobuf_bytes(&w->strings, PROFILE_STRINGS, value, strlen(value));
	return w->string_count++;
}

static void value_type(struct pprof *w, unsigned field, int type)
{
	protobuf_uint(&w->part, VALUE_TYPE, text(w, types[type][0]));
	protobuf_uint(&w->part, VALUE_UNIT, text(w, types[type][1]));
	protobuf_message(w->out, field, &w->part);
}

/* A line that is not known is the one where the function begins. */
static uint32_t location(struct pprof *w, uint32_t fn, uint32_t line)
{
	if (line == 0 && fn != PROFILE_NONE)
		line = w->p->fns[fn].from;
	return context_tree_child(&w->locations, 0, fn, line);
}

/* Locations are in w->list. */
static void sample(struct pprof *w, const uint64_t values[VALUES])
{
	protobuf_message(&w->part, SAMPLE_LOCATION, &w->list);
	for (int i = 0; i < VALUES; i++)
		protobuf_varint(&w->list, values[i]);
	protobuf_message(&w->part, SAMPLE_VALUE, &w->list);
	protobuf_message(w->out, PROFILE_SAMPLE, &w->part);
}

static void put_times(struct pprof *w)
{
	for (size_t i = 0; i < w->paths->self_count; i++) {
		const struct path_self *self = &w->paths->selfs[i];
		uint32_t line = self->line;

		for (uint32_t node = self->node; node; node = w->paths->nodes[node].parent) {
			protobuf_varint(&w->list, location(w, w->paths->nodes[node].fn, line));
			line = w->paths->nodes[node].line;
		}
		sample(w, (const uint64_t[VALUES]){[TIME] = self->value});
	}
}

static bool is_wanted(const struct pprof *w, uint32_t a, uint32_t b)
{
	return w->only == PROFILE_NONE || a == w->only || b == w->only;
}

static void put_call(struct pprof *w, const struct profile_edge *edge)
{
	uint64_t calls = paths_count(w->p, w->paths->iterations, edge->calls);

	if (calls == 0 || !is_wanted(w, edge->caller, edge->callee))
		return;
	protobuf_varint(&w->list, location(w, edge->callee, 0));
	if (edge->caller != PROFILE_NONE)
		protobuf_varint(&w->list, location(w, edge->caller, edge->line));
	sample(w, (const uint64_t[VALUES]){[CALLS] = calls});
}

static void put_calls(struct pprof *w)
{
	for (size_t i = 0; i < w->p->edge_count; i++)
		put_call(w, &w->p->edges[i]);
	for (uint32_t fn = 0; fn < w->p->fn_count; fn++) { /* what no edge says */
		struct profile_edge rest = {.caller = PROFILE_NONE, .callee = fn, .calls = w->rest[fn]};

		put_call(w, &rest);
	}
}

static void put_memory(struct pprof *w, uint32_t fn, const struct profile_memory *memory)
{
	uint64_t allocations = paths_memory(w->p, w->paths->iterations, memory->allocations);

	if (allocations == 0 || !is_wanted(w, fn, fn))
		return;
	protobuf_varint(&w->list, location(w, fn, 0));
	sample(w, (const uint64_t[VALUES]){[ALLOCATIONS] = allocations, [BYTES] = paths_memory(w->p, w->paths->iterations, memory->bytes)});
}

static void put_locations(struct pprof *w)
{
	for (size_t i = 0; i < w->locations.count; i++) {
		const struct profile_context *row = &w->locations.rows[i];

		/* functions are numbered from 1; what belongs to none comes behind them */
		protobuf_uint(&w->inner, LINE_FUNCTION, row->fn == PROFILE_NONE ? w->p->fn_count + 1 : (uint64_t)row->fn + 1);
		protobuf_uint(&w->inner, LINE_LINE, row->line);
		protobuf_uint(&w->part, LOCATION_ID, i + 1);
		protobuf_uint(&w->part, LOCATION_MAPPING, 1);
		protobuf_message(&w->part, LOCATION_LINE, &w->inner);
		protobuf_message(w->out, PROFILE_LOCATION, &w->part);
	}
}

static void put_functions(struct pprof *w)
{
	bool *used = xcalloc(w->p->fn_count + 1, sizeof *used);
	uint64_t *files = xcalloc(w->p->file_count + 1, sizeof *files);

	for (size_t i = 0; i <= w->p->file_count; i++)
		files[i] = text(w, w->names.files[i]);

	for (size_t i = 0; i < w->locations.count; i++)
		used[w->locations.rows[i].fn == PROFILE_NONE ? w->p->fn_count : w->locations.rows[i].fn] = true;
	for (size_t i = 0; i <= w->p->fn_count; i++) {
		uint64_t name;

		if (!used[i])
			continue;
		name = text(w, export_name(&w->names, i == w->p->fn_count ? PROFILE_NONE : (uint32_t)i));
		protobuf_uint(&w->part, FUNCTION_ID, i + 1);
		protobuf_uint(&w->part, FUNCTION_NAME, name);
		protobuf_uint(&w->part, FUNCTION_SYSTEM_NAME, name);
		if (i < w->p->fn_count) {
			protobuf_uint(&w->part, FUNCTION_FILE, files[w->p->fns[i].file]);
			protobuf_uint(&w->part, FUNCTION_START, w->p->fns[i].from);
		}
		protobuf_message(w->out, PROFILE_FUNCTION, &w->part);
	}
	free(used);
	free(files);
}

/* Without a mapping that says that all names are there, pprof looks for the program. */
static void put_mapping(struct pprof *w)
{
	protobuf_uint(&w->part, MAPPING_ID, 1);
	protobuf_uint(&w->part, MAPPING_FILE, text(w, w->names.title));
	protobuf_uint(&w->part, MAPPING_HAS_FUNCTIONS, 1);
	protobuf_uint(&w->part, MAPPING_HAS_FILES, 1);
	protobuf_uint(&w->part, MAPPING_HAS_LINES, 1);
	protobuf_message(w->out, PROFILE_MAPPING, &w->part);
}

static void put_comments(struct pprof *w)
{
	struct strbuf comment = STRBUF_INIT;

	strbuf_puts(&comment, "ruchy-prof: values are ");
	export_scope(&comment, w->paths->iterations);
	protobuf_uint(w->out, PROFILE_COMMENT, text(w, comment.data));
	strbuf_free(&comment);
	protobuf_uint(w->out, PROFILE_COMMENT,
		      text(w, "calls are exact; of these, use flat: cum of a function is the calls into it and out of it"));
	if (w->paths->total && w->paths->derived)
		protobuf_uint(w->out, PROFILE_COMMENT, text(w, "time: " EXPORT_DERIVED));
}

static void put_all(struct pprof *w)
{
	bool timed = w->paths->total > 0;

	text(w, "");
	for (int i = 0; i < VALUES; i++)
		value_type(w, PROFILE_SAMPLE_TYPE, i);
	put_times(w);
	put_calls(w);
	for (uint32_t i = 0; i < w->p->fn_count; i++)
		put_memory(w, i, &w->p->fns[i].memory);
	put_memory(w, PROFILE_NONE, &w->p->outside);
	put_mapping(w);
	put_locations(w);
	put_functions(w);
	if (w->report->plain_ns > 0)
		protobuf_uint(w->out, PROFILE_DURATION_NANOS,
			      (uint64_t)llround(fmin(w->report->plain_ns * (double)w->paths->iterations, 9e18)));
	if (w->p->sample_period_ns) {
		value_type(w, PROFILE_PERIOD_TYPE, TIME);
		protobuf_uint(w->out, PROFILE_PERIOD, w->p->sample_period_ns);
	}
	put_comments(w);
	protobuf_uint(w->out, PROFILE_DEFAULT_TYPE, text(w, types[timed ? TIME : CALLS][0]));
	strbuf_add(w->out, w->strings.data, w->strings.size);
}

static int pprof_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct export_options folded = *options;
	struct pprof w = {.report = report, .p = report->profile, .out = out, .only = PROFILE_NONE};
	struct paths *paths;

	folded.recursion = PATHS_FOLDED;
	if (options->function && export_select_function(report, options->function, &w.only, err) < 0)
		return -1;
	w.paths = paths = export_paths(report, &folded, PATHS_TIME, err);
	if (!paths)
		return -1;
	export_names_init(&w.names, report->profile);
	w.rest = export_rest(report->profile);
	put_all(&w);
	free(w.rest);
	export_names_free(&w.names, report->profile);
	context_tree_free(&w.locations);
	strbuf_free(&w.part);
	strbuf_free(&w.inner);
	strbuf_free(&w.list);
	strbuf_free(&w.strings);
	paths_free(paths);
	return 0;
}

const struct exporter export_pprof = {
    .name = "pprof",
    .suffix = ".pb",
    .summary = "profile.proto for `go tool pprof`, Pyroscope, Parca: time by call path, exact calls, allocations",
    .binary = true,
    .write = pprof_write,
};
