#include "export_names.h"
#include "export_select.h"
#include "export_units.h"
#include "export_utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *clean(const char *text)
{
	struct strbuf out = STRBUF_INIT;

	utf8_escape(&out, text, false);
	return strbuf_take(&out);
}

struct named {
	const char *name;
	uint32_t fn;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->fn > y->fn) - (x->fn < y->fn);
}

/* A profile has no two functions with the same name, line and kind, but the kind is not in the name: the n-th says so. */
static void tell_apart(struct export_names *names, const struct profile *profile)
{
	struct named *order = xcalloc(profile->fn_count + 1, sizeof *order);

	for (uint32_t i = 0; i < profile->fn_count; i++)
		order[i] = (struct named){names->fns[i], i};
	if (profile->fn_count)
		qsort(order, profile->fn_count, sizeof *order, by_name);
	for (size_t i = 0, next; i < profile->fn_count; i = next) {
		next = i + 1;
		while (next < profile->fn_count && strcmp(order[i].name, order[next].name) == 0)
			next++;
		for (size_t k = i; next - i > 1 && k < next; k++) {
			char **name = &names->fns[order[k].fn];
			bool again = k > i && profile->fns[order[k].fn].from == profile->fns[order[k - 1].fn].from;

			*name = xasprintf(again ? "%s:%" PRIu32 "#%zu" : "%s:%" PRIu32, order[i].name, profile->fns[order[k].fn].from,
					  k - i + 1);
		}
		for (size_t k = i; next - i > 1 && k < next; k++)
			free((char *)(uintptr_t)order[k].name);
	}
	free(order);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void export_names_init(struct export_names *names, const struct profile *profile)
{
	names->fns = xcalloc(profile->fn_count + 1, sizeof *names->fns);
	for (size_t i = 0; i < profile->fn_count; i++)
		names->fns[i] = clean(profile->fns[i].name);
	tell_apart(names, profile);
	names->files = xcalloc(profile->file_count + 1, sizeof *names->files);
	names->places = xcalloc(profile->file_count + 1, sizeof *names->places);
	for (uint32_t i = 0; i <= profile->file_count; i++) {
		struct profile_file file = profile_file(profile, i);
		const char *path = *file.source_path ? file.source_path : *file.rust_path ? file.rust_path : "unknown";

		names->files[i] = clean(path);
		names->places[i] = clean(last_part(path));
	}
	names->file = names->files[0];
	names->title = *profile->program ? clean(profile->program) : xstrdup(names->places[0]);
}

void export_names_free(struct export_names *names, const struct profile *profile)
{
	for (size_t i = 0; i < profile->fn_count; i++)
		free(names->fns[i]);
	for (size_t i = 0; i <= profile->file_count; i++) {
		free(names->files[i]);
		free(names->places[i]);
	}
	free(names->fns);
	free(names->files);
	free(names->places);
	free(names->title);
}

const char *export_file(const struct export_names *names, const struct profile *profile, uint32_t fn)
{
	return names->files[profile->fns[fn].file];
}

const char *export_place(const struct export_names *names, const struct profile *profile, uint32_t fn)
{
	return names->places[profile->fns[fn].file];
}

const char *export_name(const struct export_names *names, uint32_t fn)
{
	return fn == PROFILE_NONE ? "(outside)" : names->fns[fn];
}

static void replace(struct strbuf *out, const char *text, const char *const *by)
{
	const char *start = text;

	for (; *text; text++) {
		const char *other = by[(unsigned char)*text];

		if (!other)
			continue;
		strbuf_add(out, start, (size_t)(text - start));
		strbuf_puts(out, other);
		start = text + 1;
	}
	strbuf_add(out, start, (size_t)(text - start));
}

void export_json_string(struct strbuf *out, const char *text)
{
	static const char *const by[256] = {
	    ['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\t'] = "\\t", ['\r'] = "\\r", ['<'] = "\\u003c",
	};

	strbuf_add(out, "\"", 1);
	replace(out, text, by);
	strbuf_add(out, "\"", 1);
}

void export_markup(struct strbuf *out, const char *text)
{
	static const char *const by[256] = {['"'] = "&quot;", ['\''] = "&#39;", ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;"};

	replace(out, text, by);
}

void export_scope(struct strbuf *out, uint64_t iterations)
{
	if (iterations == 1) {
		strbuf_puts(out, "of one iteration");
		return;
	}
	strbuf_puts(out, "of all ");
	unit_count(out, iterations);
	strbuf_puts(out, " iterations");
}

/* Paths without the function lose their weight. */
static void keep_paths(struct paths *paths, uint32_t fn)
{
	bool *through = xcalloc(paths->count, sizeof *through);
	size_t kept = 0;

	for (size_t i = 1; i < paths->count; i++) {
		through[i] = paths->nodes[i].fn == fn || through[paths->nodes[i].parent];
		if (!through[i])
			paths->nodes[i].self = 0;
	}
	paths->total = 0;
	for (size_t i = 0; i < paths->self_count; i++) {
		if (!through[paths->selfs[i].node])
			continue;
		paths->total += paths->selfs[i].value;
		paths->selfs[kept++] = paths->selfs[i];
	}
	paths->self_count = kept;
	free(through);
}

struct paths *export_paths(const struct report *report, const struct export_options *options, enum paths_weight weight, struct err *err)
{
	struct paths *paths;
	uint32_t fn;

	if (options->function && export_select_function(report, options->function, &fn, err) < 0)
		return NULL;
	paths = paths_new(report, weight, options->recursion);
	if (options->function)
		keep_paths(paths, fn);
	return paths;
}

uint64_t *export_rest(const struct profile *profile)
{
	uint64_t *rest = xcalloc(profile->fn_count + 1, sizeof *rest);

	for (size_t i = 0; i < profile->fn_count; i++)
		rest[i] = profile->fns[i].calls;
	for (size_t i = 0; i < profile->edge_count; i++) {
		uint64_t *left = &rest[profile->edges[i].callee];

		*left -= profile->edges[i].calls < *left ? profile->edges[i].calls : *left;
	}
	return rest;
}
