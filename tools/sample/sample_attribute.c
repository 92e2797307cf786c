/* sample_attribute.c - call chains to functions and lines of the profile. */
#include "sample_internal.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_LIMIT 256

/* A frame of the program in terms of the profile. */
struct place {
	uint32_t fn, line; /* of the source */
};

/* Frames of one address, innermost first: places[first .. first+count). */
struct resolved {
	uint64_t address;
	uint32_t first, count;
};

struct attribution {
	const struct sample_chains *chains;
	const struct sample_symbols *symbols;
	struct profile *profile;
	const struct sample_file *files; /* by number of the file in the profile */
	size_t file_count;
	struct resolved *resolved; /* by address */
	size_t resolved_count;
	uint32_t *frames; /* of each node of the chains: index of what its address resolved to */
	struct context_tree contexts;
	uint32_t trail[SAMPLE_FRAMES + 1];
	uint32_t *paths[2]; /* of each node: its call path in `contexts` plus 1, 0 = not made yet; below main where the chain was cut */
	struct place *places;
	size_t place_count, place_capacity;
	struct hit *hits;
	size_t hit_count, hit_capacity;
	uint32_t main; /* PROFILE_NONE */
};

struct hit {
	uint32_t fn, line;
	uint64_t samples;
};

/* ---- which function a frame is ---- */

static bool is_closure_frame(const struct sample_frame *frame)
{
	return frame->size >= 8 && memcmp(frame->function, "{closure", 8) == 0;
}

/* `{closure#N}` is the N-th from 0 of its function, and `f::{closure}`, `f::{closure#2}` are the first and second. */
static bool same_closure(const struct sample_frame *frame, const char *name)
{
	const char *mark = strrchr(name, '{');
	unsigned long number = 1;

	if (frame->size < 10 || frame->function[8] != '#' || !mark)
		return false;
	if (strncmp(mark, "{closure#", 9) == 0)
		number = strtoul(mark + 9, NULL, 10);
	return strtoul(frame->function + 9, NULL, 10) + 1 == number;
}

/* The name in the profile without the path in front. */
static bool same_function(const struct sample_frame *frame, const char *name)
{
	const char *last = name;

	for (const char *at = name; (at = strstr(at, "::"));)
		last = at += 2;
	return frame->size == strlen(last) && memcmp(frame->function, last, frame->size) == 0;
}

static bool same_name(const struct profile_fn *fn, const struct sample_frame *frame)
{
	return is_closure_frame(frame) ? same_closure(frame, fn->name) : same_function(frame, fn->name);
}

struct candidate {
	uint32_t fn, size;
	bool named;
};

static bool is_better(const struct candidate *candidate, const struct candidate *best)
{
	if (best->fn == PROFILE_NONE || candidate->size != best->size)
		return best->fn == PROFILE_NONE || candidate->size < best->size;
	return candidate->named && !best->named;
}

/*
 * The innermost function whose lines hold the frame's line. A closure and the function around it share lines, so a closure's frame goes to
 * closures and any other frame to none, unless there is nothing else (a closure without a row of its own is part of the function around
 * it). What begins and ends on the same lines is told apart by name.
 */
static uint32_t find_fn(const struct profile *profile, const struct sample_frame *frame)
{
	struct candidate best[2] = {{.fn = PROFILE_NONE}, {.fn = PROFILE_NONE}}; /* of the frame's kind, of the other */
	bool closure = is_closure_frame(frame);

	for (size_t i = 0; i < profile->fn_count; i++) {
		const struct profile_fn *fn = &profile->fns[i];
		bool other = (fn->kind == PROFILE_CLOSURE) != closure;
		struct candidate candidate = {.fn = (uint32_t)i, .size = fn->rust_to - fn->rust_from};

		if (fn->file != frame->file || fn->rust_from == 0 || frame->line < fn->rust_from || frame->line > fn->rust_to)
			continue;
		candidate.named = !other && same_name(fn, frame);
		if (is_better(&candidate, &best[other]))
			best[other] = candidate;
	}
	return best[0].fn != PROFILE_NONE ? best[0].fn : best[1].fn;
}

/* ---- addresses ---- */

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* A Rust line without a line of its own in the source has the one of what stands before it in its function. */
static uint32_t source_line(const struct attribution *a, uint32_t index, uint32_t rust_line)
{
	const struct profile_fn *fn = &a->profile->fns[index];
	const struct sample_file *file = fn->file < a->file_count ? &a->files[fn->file] : NULL;

	if (!file || !file->lines)
		return rust_line;
	for (uint32_t line = rust_line; line >= fn->rust_from && line > 0; line--) {
		if (line <= file->line_count && file->lines[line])
			return file->lines[line];
	}
	return fn->from;
}

static void resolve(struct attribution *a, struct resolved *to, uint64_t address)
{
	struct sample_frame frames[FRAME_LIMIT];
	size_t count = sample_symbols_frames(a->symbols, address, frames, FRAME_LIMIT);

	*to = (struct resolved){.address = address, .first = (uint32_t)a->place_count};
	for (size_t i = 0; i < count; i++) {
		uint32_t fn = find_fn(a->profile, &frames[i]);

		if (fn == PROFILE_NONE) /* generated code (derive) or a constant: its caller has it */
			continue;
		if (a->place_count == a->place_capacity) {
			a->place_capacity = a->place_capacity ? a->place_capacity * 2 : 256;
			a->places = xrealloc(a->places, a->place_capacity, sizeof *a->places);
		}
		a->places[a->place_count++] = (struct place){.fn = fn, .line = source_line(a, fn, frames[i].line)};
		to->count++;
	}
}

static uint32_t find_resolved(const struct attribution *a, uint64_t address)
{
	size_t low = 0, high = a->resolved_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (a->resolved[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

/* Each address once, however many chains it is in. */
static void resolve_all(struct attribution *a)
{
	const struct sample_chains *chains = a->chains;
	uint64_t *addresses = xcalloc(chains->count, sizeof *addresses);
	size_t count = 0;

	for (size_t i = 1; i < chains->count; i++)
		addresses[count++] = chains->nodes[i].address;
	if (count)
		qsort(addresses, count, sizeof *addresses, by_value);
	a->resolved = xcalloc(chains->count, sizeof *a->resolved);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || addresses[i] != addresses[i - 1])
			resolve(a, &a->resolved[a->resolved_count++], addresses[i]);
	}
	free(addresses);
	a->frames = xcalloc(chains->count, sizeof *a->frames);
	for (size_t i = 1; i < chains->count; i++)
		a->frames[i] = find_resolved(a, chains->nodes[i].address);
}

/* ---- lines ---- */

static void add_hit(struct attribution *a, uint32_t fn, uint32_t line, uint64_t samples)
{
	if (line == 0 || samples == 0)
		return;
	if (a->hit_count == a->hit_capacity) {
		a->hit_capacity = a->hit_capacity ? a->hit_capacity * 2 : 64;
		a->hits = xrealloc(a->hits, a->hit_capacity, sizeof *a->hits);
	}
	a->hits[a->hit_count++] = (struct hit){.fn = fn, .line = line, .samples = samples};
}

static int by_line(const void *a, const void *b)
{
	const struct profile_line *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return left->fn < right->fn ? -1 : left->fn > right->fn;
}

/* Hits go behind the lines that are there; sorting brings equal ones together, and one of each stays. */
static void add_lines(struct attribution *a)
{
	struct profile *profile = a->profile;
	struct profile_line *lines;
	size_t count = 0;

	if (a->hit_count == 0)
		return;
	lines = profile->lines = xrealloc(profile->lines, profile->line_count + a->hit_count, sizeof *profile->lines);
	for (size_t i = 0; i < a->hit_count; i++) {
		lines[profile->line_count++] = (struct profile_line){
		    .fn = a->hits[i].fn, .line = a->hits[i].line, .count = PROFILE_ABSENT, .samples = a->hits[i].samples};
	}
	qsort(lines, profile->line_count, sizeof *lines, by_line);
	for (size_t i = 0; i < profile->line_count; i++) {
		struct profile_line *last = count ? &lines[count - 1] : NULL;

		if (!last || by_line(last, &lines[i]) != 0) {
			lines[count++] = lines[i];
			continue;
		}
		last->samples += lines[i].samples;
		last->blocks += lines[i].blocks;
		if (last->count == PROFILE_ABSENT)
			last->count = lines[i].count;
	}
	profile->line_count = count;
}

/* ---- chains ---- */

static uint32_t find_main(const struct profile *profile)
{
	for (size_t i = 0; i < profile->fn_count; i++) {
		/* A module may have a `main` too, which is not the program's. */
		if (profile->fns[i].kind == PROFILE_FN && strcmp(profile->fns[i].name, "main") == 0 &&
		    (profile->runs == 0 || profile->fns[i].calls > 0))
			return (uint32_t)i;
	}
	return PROFILE_NONE;
}

/*
 * The call path of a node of the chains: made from the nearest node further out that has one already, so that all of them together take one
 * step a node.
 */
static uint32_t path_of(struct attribution *a, size_t leaf, bool below_main)
{
	uint32_t *paths = a->paths[below_main], path = 0;
	size_t depth = 0, node = leaf;

	for (; node && !paths[node]; node = a->chains->nodes[node].parent)
		a->trail[depth++] = (uint32_t)node;
	if (node)
		path = paths[node] - 1;
	else if (below_main)
		path = context_tree_child(&a->contexts, 0, a->main, 0);
	while (depth-- > 0) {
		const struct resolved *at = &a->resolved[a->frames[a->trail[depth]]];

		for (uint32_t k = at->count; k-- > 0;)
			path = context_tree_child(&a->contexts, path, a->places[at->first + k].fn, a->places[at->first + k].line);
		paths[a->trail[depth]] = path + 1;
	}
	return path;
}

static void add_path(struct attribution *a, size_t leaf, bool below_main, uint64_t samples)
{
	uint32_t path = samples ? path_of(a, leaf, below_main) : 0;

	if (path)
		a->contexts.rows[path - 1].samples += samples;
}

/* Self to the innermost function of the program, total once to each function on the chain. `seen` holds the chain that counted a function
 * last. */
static void add_chain(struct attribution *a, size_t leaf, size_t *seen)
{
	const struct sample_node *node = &a->chains->nodes[leaf];
	struct profile *profile = a->profile;
	uint64_t count = node->count, below_main = node->main_count;
	bool owned = false;

	for (size_t i = leaf; i; i = a->chains->nodes[i].parent) {
		const struct resolved *at = &a->resolved[a->frames[i]];

		for (uint32_t k = at->first; k < at->first + at->count; k++) {
			struct place place = a->places[k];

			if (!owned) {
				owned = true;
				profile->fns[place.fn].samples_self += count;
				add_hit(a, place.fn, place.line, count);
			}
			if (seen[place.fn] != leaf + 1) {
				seen[place.fn] = leaf + 1;
				profile->fns[place.fn].samples_total += count;
			}
		}
	}
	if (below_main && a->main != PROFILE_NONE && seen[a->main] != leaf + 1) {
		struct profile_fn *fn = &profile->fns[a->main];

		fn->samples_total += below_main;
		if (!owned) { /* main is the only function that is known to be on the stack */
			fn->samples_self += below_main;
			add_hit(a, a->main, fn->from, below_main);
		}
		add_path(a, leaf, true, below_main);
		count -= below_main;
	}
	add_path(a, leaf, false, count);
	if (!owned)
		profile->samples_outside += count;
}

int sample_attribute_chains(const struct sample_chains *chains, const struct sample_symbols *symbols, struct profile *profile,
			    const struct sample_file *files, size_t count, struct err *err)
{
	struct attribution *a;
	size_t *seen;
	int status;

	if (chains->count == 0)
		return 0;
	a = xcalloc(1, sizeof *a);
	*a = (struct attribution){
	    .chains = chains, .symbols = symbols, .profile = profile, .files = files, .file_count = count, .main = find_main(profile)};
	seen = xcalloc(profile->fn_count ? profile->fn_count : 1, sizeof *seen);
	for (size_t i = 0; i < 2; i++)
		a->paths[i] = xcalloc(chains->count, sizeof *a->paths[i]);
	resolve_all(a);
	context_tree_load(&a->contexts, profile);
	for (size_t i = 0; i < chains->count; i++) {
		profile->samples += chains->nodes[i].count;
		if (chains->nodes[i].count)
			add_chain(a, i, seen);
	}
	add_lines(a);
	status = context_tree_store(&a->contexts, profile, err);
	free(seen);
	free(a->frames);
	free(a->paths[0]);
	free(a->paths[1]);
	free(a->resolved);
	free(a->places);
	free(a->hits);
	free(a);
	return status;
}

/* `several`: files of any crates; else the one is the root file of its crate. */
static int attribute(struct sampler *sampler, struct profile *profile, const struct sample_file *files, size_t count, bool several,
		     struct err *err)
{
	struct sample_symbols *symbols;
	const char *problem = NULL;
	int status;

	if (sampler->runs == 0 && sampler->attach_error)
		return err_set(err, "perf_event_open", NULL, "no run was sampled: %s", strerror(sampler->attach_error));
	if (sampler->timer && sample_timer_problem(sampler->timer))
		problem = sample_timer_problem(sampler->timer);
	if (problem && sampler->samples == 0)
		return err_set(err, "timer", NULL, "no run was sampled: %s", problem);
	symbols = several ? sample_symbols_open_files(sampler->program, files, count, err)
			  : sample_symbols_open(sampler->program, files->rust_path, err);
	if (!symbols)
		return -1;
	status = sample_attribute_chains(&sampler->chains, symbols, profile, files, count, err);
	sample_symbols_free(symbols);
	if (status < 0)
		return -1;
	profile->sample_runs += sampler->runs;
	profile->sample_period_ns = sampler->period_ns;
	free(profile->sample_method);
	if (sampler->perf)
		profile->sample_method = xstrdup(sample_perf_method(sampler->perf));
	else
		profile->sample_method = problem ? xasprintf("timer (in part: %s)", problem) : xstrdup("timer");
	sample_chains_free(&sampler->chains);
	sampler->runs = sampler->samples = sampler->cut = sampler->lost = sampler->throttled = 0;
	return 0;
}

int sampler_attribute(struct sampler *sampler, struct profile *profile, const char *rust_path, const uint32_t *lines, size_t line_count,
		      struct err *err)
{
	const struct sample_file only = {rust_path, lines, line_count};

	return attribute(sampler, profile, &only, 1, false, err);
}

int sampler_attribute_files(struct sampler *sampler, struct profile *profile, const struct sample_file *files, size_t count,
			    struct err *err)
{
	return attribute(sampler, profile, files, count, true, err);
}
