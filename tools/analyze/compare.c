/* Match functions and lines, subtract, and say how sure the difference is. */
#include "compare.h"
#include "line_match.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct work {
	struct comparison *result;
	const struct report_fn **rows_a, **rows_b; /* by function; NULL = no row */
	uint32_t *of_a, *of_b;			   /* function -> index into result->fns */
	struct file_map {
		uint32_t b;   /* file of b, PROFILE_NONE = gone */
		bool same;    /* the same version: by number */
		uint32_t *to; /* line of a -> line of b, 0 = none; NULL = not known */
		size_t count;
	} * files; /* by file of a */
};

enum change_kind change_kind(const struct change *change)
{
	double difference = change->b - change->a;

	if (change->a < 0 || change->b < 0 || change->error < 0)
		return CHANGE_NONE;
	if (fabs(difference) <= change->error || difference == 0)
		return CHANGE_SAME;
	return difference < 0 ? CHANGE_LESS : CHANGE_MORE;
}

/* ---- functions ---- */

/* Functions of both sides, to be sorted so that those that may be the same stand together. */
struct named {
	const struct profile_fn *fn;
	uint32_t index, file, line; /* place as of b */
	bool second;
};

static int by_name(const void *x, const void *y)
{
	const struct named *p = x, *q = y;
	int order = strcmp(p->fn->name, q->fn->name);

	if (order == 0)
		order = (p->fn->kind > q->fn->kind) - (p->fn->kind < q->fn->kind);
	if (order == 0)
		order = (p->second > q->second) - (p->second < q->second);
	if (order == 0)
		order = (p->file > q->file) - (p->file < q->file);
	if (order == 0)
		order = (p->fn->from > q->fn->from) - (p->fn->from < q->fn->from);
	return order ? order : (p->index > q->index) - (p->index < q->index);
}

/* Line `line` of file `file` of a; 0 = not known. */
static uint32_t line_in_b(const struct work *w, uint32_t file, uint32_t line)
{
	const struct file_map *map = &w->files[file];

	if (map->b == PROFILE_NONE)
		return 0;
	if (map->same)
		return line;
	return map->to && line > 0 && line <= map->count ? map->to[line - 1] : 0;
}

/* The same for a line of function `f`: without the texts, as far from its beginning as it was. */
static uint32_t line_of_fn_in_b(const struct work *w, const struct compared_fn *f, uint32_t line)
{
	const struct profile_fn *a = &w->result->a->profile->fns[f->a], *b;
	const struct file_map *map = &w->files[a->file];

	if (map->same || map->to)
		return line_in_b(w, a->file, line);
	if (f->b == PROFILE_NONE)
		return 0;
	b = &w->result->b->profile->fns[f->b];
	return line >= a->from && b->from > 0 && b->to - b->from == a->to - a->from ? line - a->from + b->from : 0;
}

static void pair(struct work *w, uint32_t a, uint32_t b)
{
	struct comparison *c = w->result;

	if (a != PROFILE_NONE)
		w->of_a[a] = (uint32_t)c->fn_count;
	if (b != PROFILE_NONE)
		w->of_b[b] = (uint32_t)c->fn_count;
	c->fns[c->fn_count++] = (struct compared_fn){.a = a, .b = b};
}

/* `n` functions of a and `k` of b share name and kind: first those whose lines match, then, if as many are left on both sides, in order. */
static void pair_group(struct work *w, struct named *a, size_t n, struct named *b, size_t k)
{
	size_t j = 0, left_a = 0, left_b = 0;

	/* Both ascend by file and line; 0 is no line. */
	for (size_t i = 0; i < n; i++) {
		while (j < k && (b[j].file < a[i].file || (b[j].file == a[i].file && b[j].line < a[i].line)))
			j++;
		if (j < k && a[i].line > 0 && b[j].file == a[i].file && b[j].line == a[i].line) {
			pair(w, a[i].index, b[j].index);
			a[i].fn = b[j++].fn = NULL;
		}
	}
	for (size_t i = 0; i < n; i++)
		left_a += a[i].fn != NULL;
	for (size_t i = 0; i < k; i++)
		left_b += b[i].fn != NULL;
	for (size_t i = 0, at = 0; i < n; i++) {
		if (!a[i].fn)
			continue;
		while (left_a == left_b && at < k && !b[at].fn)
			at++;
		pair(w, a[i].index, left_a == left_b ? b[at].index : PROFILE_NONE);
		if (left_a == left_b)
			b[at].fn = NULL;
	}
	for (size_t i = 0; i < k; i++)
		if (b[i].fn)
			pair(w, PROFILE_NONE, b[i].index);
}

static bool same_name(const struct named *x, const struct named *y)
{
	return strcmp(x->fn->name, y->fn->name) == 0 && x->fn->kind == y->fn->kind;
}

static void match_functions(struct work *w)
{
	const struct profile *a = w->result->a->profile, *b = w->result->b->profile;
	size_t n = a->fn_count + b->fn_count;
	struct named *all = xcalloc(n + 1, sizeof *all);

	for (uint32_t i = 0; i < a->fn_count; i++)
		all[i] = (struct named){&a->fns[i], i, w->files[a->fns[i].file].b, line_in_b(w, a->fns[i].file, a->fns[i].from), false};
	for (uint32_t i = 0; i < b->fn_count; i++)
		all[a->fn_count + i] = (struct named){&b->fns[i], i, b->fns[i].file, b->fns[i].from, true};
	qsort(all, n, sizeof *all, by_name);
	w->result->fns = xcalloc(n + 1, sizeof *w->result->fns);
	for (size_t i = 0; i < n;) {
		size_t middle = i, end;

		while (middle < n && !all[middle].second && same_name(&all[middle], &all[i]))
			middle++;
		end = middle;
		while (end < n && all[end].second && same_name(&all[end], &all[i]))
			end++;
		pair_group(w, &all[i], middle - i, &all[middle], end - middle);
		i = end;
	}
	free(all);
}

/* ---- figures ---- */

static double hypotenuse(double x, double y)
{
	return x < 0 || y < 0 ? -1 : sqrt(x * x + y * y);
}

static double times_error(const struct profile_times *times)
{
	double lo, hi;

	if (times->n < 2)
		return -1;
	profile_times_ci95(times, &lo, &hi);
	return (hi - lo) / 2;
}

/*
 * Half the 95 % interval of a time of `ns` in one iteration: how many samples it is made of, and how much the runs differ. Negative = not
 * known, with a single run.
 */
static double time_error(const struct report *r, double ns, uint64_t samples, enum report_source source)
{
	const struct profile *p = r->profile;
	double runs = times_error(&p->wall[p->wall[PROFILE_PLAIN].n > 0 ? PROFILE_PLAIN : PROFILE_INSTRUMENTED]);
	double sampled = source == REPORT_SAMPLES ? report_share_error(samples, r->samples) / 100 * r->base_ns : 0;

	if (r->base_ns <= 0 || runs < 0)
		return -1;
	return hypotenuse(sampled, runs * ns / r->base_ns);
}

/* A function that is not there did nothing. */
static void fill_fn(const struct work *w, struct compared_fn *f)
{
	const struct comparison *c = w->result;
	const struct report *r[2] = {c->a, c->b};
	const uint32_t index[2] = {f->a, f->b};
	const struct report_fn **rows[2] = {w->rows_a, w->rows_b};
	double values[5][2], errors[2] = {0, 0}, wide[2] = {0, 0};

	for (size_t side = 0; side < 2; side++) {
		const struct profile *p = r[side]->profile;
		const struct report_fn *row = index[side] == PROFILE_NONE ? NULL : rows[side][index[side]];
		const struct profile_fn *fn = index[side] == PROFILE_NONE ? NULL : &p->fns[index[side]];
		bool timed = r[side]->source != REPORT_NO_TIME, ran = p->runs > 0, memory = p->memory_runs > 0;

		values[0][side] = !ran || (row && row->calls == PROFILE_ABSENT) ? -1 : fn ? report_per_run(p, fn->calls) : 0;
		values[1][side] = row ? row->self_ns : timed ? 0 : -1;
		values[2][side] = row ? row->total_ns : timed ? 0 : -1;
		values[3][side] = !memory ? -1 : fn ? report_memory_per_run(p, fn->memory.allocations) : 0;
		values[4][side] = !memory ? -1 : fn ? report_memory_per_run(p, fn->memory.bytes) : 0;
		errors[side] = row && fn ? time_error(r[side], row->self_ns, fn->samples_self, row->source) : 0;
		wide[side] = row && fn ? time_error(r[side], row->total_ns, fn->samples_total, row->source) : 0;
	}
	f->calls = (struct change){values[0][0], values[0][1], 0};
	f->self_ns = (struct change){values[1][0], values[1][1], hypotenuse(errors[0], errors[1])};
	f->total_ns = (struct change){values[2][0], values[2][1], hypotenuse(wide[0], wide[1])};
	f->allocations = (struct change){values[3][0], values[3][1], 0};
	f->bytes = (struct change){values[4][0], values[4][1], 0};
}

static double difference(const struct change *change)
{
	return change->a < 0 || change->b < 0 ? 0 : fabs(change->b - change->a);
}

static bool has_figures(const struct compared_fn *f)
{
	return f->calls.a > 0 || f->calls.b > 0 || f->self_ns.a > 0 || f->self_ns.b > 0 || f->total_ns.a > 0 || f->total_ns.b > 0;
}

/* ---- lines ---- */

static int by_place(const void *x, const void *y)
{
	const struct compared_line *p = x, *q = y;
	uint32_t i = p->b ? p->b : p->a, j = q->b ? q->b : q->a;

	if (p->file != q->file)
		return p->file < q->file ? -1 : 1;
	if (i != j)
		return i < j ? -1 : 1;
	if (p->b != q->b) /* a line that is gone stands before the one that is there now */
		return p->b < q->b ? -1 : 1;
	return p->fn != q->fn ? (p->fn > q->fn) - (p->fn < q->fn) : (p->a > q->a) - (p->a < q->a);
}

static double line_count(const struct profile *p, const struct profile_line *line)
{
	return line->count == PROFILE_ABSENT ? -1 : report_per_run(p, line->count);
}

static void add_lines(struct work *w)
{
	struct comparison *c = w->result;
	const struct profile *a = c->a->profile, *b = c->b->profile;
	struct compared_line *out = xcalloc(a->line_count + b->line_count + 1, sizeof *out);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < a->line_count; i++) {
		const struct profile_line *line = &a->lines[i];

		if (line->fn == PROFILE_NONE)
			continue;
		out[n++] = (struct compared_line){
		    .a = line->line,
		    .b = line_of_fn_in_b(w, &c->fns[w->of_a[line->fn]], line->line),
		    .fn = w->of_a[line->fn],
		    .count = {line_count(a, line), -1, 0},
		    .self_ns = {report_line_ns(c->a, line), -1, time_error(c->a, report_line_ns(c->a, line), line->samples, c->a->source)}};
	}
	for (size_t i = 0; i < b->line_count; i++) {
		const struct profile_line *line = &b->lines[i];

		if (line->fn == PROFILE_NONE)
			continue;
		out[n++] = (struct compared_line){
		    .b = line->line,
		    .fn = w->of_b[line->fn],
		    .count = {-1, line_count(b, line), 0},
		    .self_ns = {-1, report_line_ns(c->b, line), time_error(c->b, report_line_ns(c->b, line), line->samples, c->b->source)}};
	}
	qsort(out, n, sizeof *out, by_place);
	/* The two halves of a line stand beside each other: by_place() puts that of b, whose `a` is 0, first. */
	for (size_t i = 0; i < n; i++) {
		struct compared_line *line = &out[i], *other = i + 1 < n ? &out[i + 1] : NULL;

		if (other && line->b && line->b == other->b && line->fn == other->fn && line->a == 0 && other->a != 0) {
			line->a = other->a;
			line->count.a = other->count.a;
			line->self_ns.a = other->self_ns.a;
			line->self_ns.error = hypotenuse(line->self_ns.error, other->self_ns.error);
			i++;
		}
		out[kept++] = *line;
	}
	c->lines = out;
	c->line_count = kept;
}

/* ---- the whole ---- */

static void compare_times(struct comparison *c)
{
	const struct profile *a = c->a->profile, *b = c->b->profile;
	bool plain = a->wall[PROFILE_PLAIN].n > 0 && b->wall[PROFILE_PLAIN].n > 0;
	enum profile_run_kind kind = plain ? PROFILE_PLAIN : PROFILE_INSTRUMENTED;

	c->instrumented = !plain;
	c->time.a = a->wall[kind].n > 0 ? profile_times_mean(&a->wall[kind]) : -1;
	c->time.b = b->wall[kind].n > 0 ? profile_times_mean(&b->wall[kind]) : -1;
	c->time.error = hypotenuse(times_error(&a->wall[kind]), times_error(&b->wall[kind]));
}

static double all_calls(const struct profile *p)
{
	double sum = 0;

	for (size_t i = 0; i < p->fn_count; i++)
		sum += (double)p->fns[i].calls;
	return p->runs > 0 ? sum / (double)p->runs : -1;
}

static double measured(uint64_t value)
{
	return value == PROFILE_ABSENT ? -1 : (double)value;
}

static double per_memory_run(const struct report *r, uint64_t sum)
{
	return r->profile->memory_runs > 0 ? report_memory_per_run(r->profile, sum) : -1;
}

static void compare_totals(struct comparison *c)
{
	const struct profile *a = c->a->profile, *b = c->b->profile;

	c->calls = (struct change){all_calls(a), all_calls(b), 0};
	c->allocations = (struct change){per_memory_run(c->a, c->a->memory.allocations), per_memory_run(c->b, c->b->memory.allocations), 0};
	c->bytes = (struct change){per_memory_run(c->a, c->a->memory.bytes), per_memory_run(c->b, c->b->memory.bytes), 0};
	c->peak_live = (struct change){measured(a->peak_live_bytes), measured(b->peak_live_bytes), 0};
	/* Pages: where the loader puts things moves it a little. */
	c->peak_rss = (struct change){measured(a->peak_rss_bytes), measured(b->peak_rss_bytes), 262144};
}

static int by_change(const void *x, const void *y, void *context)
{
	const struct compared_fn *f = x, *g = y;
	double v = difference(&f->self_ns), w = difference(&g->self_ns);

	(void)context;
	if (v != w)
		return v < w ? 1 : -1;
	v = difference(&f->calls);
	w = difference(&g->calls);
	if (v != w)
		return v < w ? 1 : -1;
	return f->b != g->b ? (f->b > g->b) - (f->b < g->b) : (f->a > g->a) - (f->a < g->a);
}

static const struct report_fn **index_rows(const struct report *report)
{
	const struct report_fn **rows = xcalloc(report->profile->fn_count + 1, sizeof(struct report_fn *));

	for (size_t i = 0; i < report->fn_count; i++)
		rows[report->fns[i].fn] = &report->fns[i];
	return rows;
}

/* Lines refer to functions: sort, drop what says nothing, and give them their new numbers. */
static void order_functions(struct comparison *c)
{
	uint32_t *moved;
	size_t n = c->fn_count, kept = 0;
	struct numbered {
		struct compared_fn fn; /* first: compared as such */
		uint32_t old;
	} *order = xcalloc(n + 1, sizeof *order);

	moved = xcalloc(n + 1, sizeof *moved);
	for (size_t i = 0; i < n; i++)
		order[i] = (struct numbered){c->fns[i], (uint32_t)i};
	qsort_r(order, n, sizeof *order, by_change, NULL);
	for (size_t i = 0; i < n; i++) {
		moved[order[i].old] = PROFILE_NONE;
		if (!has_figures(&order[i].fn))
			continue;
		moved[order[i].old] = (uint32_t)kept;
		c->fns[kept++] = order[i].fn;
	}
	c->fn_count = kept;
	kept = 0;
	for (size_t i = 0; i < c->line_count; i++) {
		c->lines[i].fn = moved[c->lines[i].fn];
		if (c->lines[i].fn != PROFILE_NONE)
			c->lines[kept++] = c->lines[i];
	}
	c->line_count = kept;
	free(moved);
	free(order);
}

static const char *path_of(const struct profile_file *file)
{
	return *file->source_path ? file->source_path : file->rust_path;
}

static const char *hash_of(const struct profile_file *file)
{
	return *file->source_hash ? file->source_hash : file->rust_hash;
}

/* A program of one file is compared with any other of one file; several match by path. */
static uint32_t find_file(const struct profile *b, const struct profile_file *file, bool single)
{
	for (uint32_t i = 0; i <= b->file_count; i++) {
		struct profile_file other = profile_file(b, i);

		if (single || strcmp(path_of(&other), path_of(file)) == 0)
			return i;
	}
	return PROFILE_NONE;
}

static const struct source_text *text_of(const struct sources *sources, uint32_t file)
{
	return sources && file < sources->count && sources->texts[file]->state == SOURCE_SAME ? sources->texts[file] : NULL;
}

static void match_files(struct work *w, const struct sources *texts_a, const struct sources *texts_b)
{
	const struct profile *a = w->result->a->profile, *b = w->result->b->profile;
	bool single = a->file_count == 0 && b->file_count == 0;

	w->files = xcalloc(a->file_count + 1, sizeof *w->files);
	w->result->same_source = a->file_count == b->file_count;
	w->result->by_text = true;
	for (uint32_t i = 0; i <= a->file_count; i++) {
		struct profile_file file = profile_file(a, i), other;
		struct file_map *map = &w->files[i];

		map->b = find_file(b, &file, single);
		if (map->b == PROFILE_NONE) {
			w->result->same_source = false;
			continue;
		}
		other = profile_file(b, map->b);
		map->same = *hash_of(&file) && strcmp(hash_of(&file), hash_of(&other)) == 0;
		w->result->same_source &= map->same;
		if (!map->same && text_of(texts_a, i) && text_of(texts_b, map->b)) {
			map->to = line_match(text_of(texts_a, i), text_of(texts_b, map->b));
			map->count = text_of(texts_a, i)->count;
		}
		w->result->by_text &= map->same || map->to;
	}
	w->result->by_text &= !w->result->same_source;
}

struct comparison *compare_new(const struct report *a, const struct report *b, const struct sources *texts_a, const struct sources *texts_b)
{
	struct comparison *c = xcalloc(1, sizeof *c);
	struct work w = {.result = c};

	c->a = a;
	c->b = b;
	match_files(&w, texts_a, texts_b);
	w.rows_a = index_rows(a);
	w.rows_b = index_rows(b);
	w.of_a = xcalloc(a->profile->fn_count + 1, sizeof *w.of_a);
	w.of_b = xcalloc(b->profile->fn_count + 1, sizeof *w.of_b);
	match_functions(&w);
	for (size_t i = 0; i < c->fn_count; i++)
		fill_fn(&w, &c->fns[i]);
	add_lines(&w);
	order_functions(c);
	compare_times(c);
	compare_totals(c);
	free(w.rows_a);
	free(w.rows_b);
	free(w.of_a);
	free(w.of_b);
	for (size_t i = 0; i <= a->profile->file_count; i++)
		free(w.files[i].to);
	free(w.files);
	return c;
}

void compare_free(struct comparison *comparison)
{
	if (!comparison)
		return;
	free(comparison->fns);
	free(comparison->lines);
	free(comparison);
}
