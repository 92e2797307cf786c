/* Frames of the one picture are looked up in the other by their path, from the outermost in; functions match as in the comparison. */
#include "flame_diff.h"
#include "strbuf.h"

#include <math.h>
#include <stdlib.h>

struct key {
	uint32_t parent, fn, frame;
};

static int by_path(const void *x, const void *y)
{
	const struct key *p = x, *q = y;

	if (p->parent != q->parent)
		return p->parent < q->parent ? -1 : 1;
	return (p->fn > q->fn) - (p->fn < q->fn);
}

static struct key *index_frames(const struct flame *flame)
{
	struct key *keys = xcalloc(flame->count + 1, sizeof *keys);

	for (uint32_t i = 1; i < flame->count; i++)
		keys[i - 1] = (struct key){flame->frames[i].parent, flame->frames[i].fn, i};
	if (flame->count > 1)
		qsort(keys, flame->count - 1, sizeof *keys, by_path);
	return keys;
}

/* Functions of b as those of a; PROFILE_NONE = there was none. */
static uint32_t *functions_before(const struct comparison *c)
{
	uint32_t *before = xcalloc(c->b->profile->fn_count + 1, sizeof *before);

	for (size_t i = 0; i < c->b->profile->fn_count; i++)
		before[i] = PROFILE_NONE;
	for (size_t i = 0; i < c->fn_count; i++)
		if (c->fns[i].b != PROFILE_NONE)
			before[c->fns[i].b] = c->fns[i].a;
	return before;
}

/* Half the 95 % interval of a value that is a share of samples; 0 for what was counted. */
static double error_of(const struct report *report, const struct paths *paths, double value)
{
	if (paths->weight != PATHS_TIME || report->source != REPORT_SAMPLES || paths->total == 0)
		return 0;
	return report_share_error((uint64_t)(value / (double)paths->total * (double)report->samples), report->samples) / 100 *
	       (double)paths->total;
}

static int level_of(double before, double after, double error)
{
	double larger = fmax(before, after), part = larger > 0 ? (after - before) / larger : 0;
	int level = fabs(part) > 0.75 ? 3 : fabs(part) > 0.25 ? 2 : fabs(part) > 0.05 ? 1 : 0;

	if (fabs(after - before) <= error)
		return 0;
	return part < 0 ? -level : level;
}

struct flame_change *flame_changes(const struct comparison *c, const struct paths *before, const struct paths *after,
				   const struct flame *flame, double *gone)
{
	struct flame_change *changes = xcalloc(flame->count + 1, sizeof *changes);
	uint32_t *then = xcalloc(flame->count + 1, sizeof *then), *fns = functions_before(c);
	double scale = before->iterations > 0 ? (double)after->iterations / (double)before->iterations : 1, kept = 0;
	struct export_names names;
	struct flame old;
	struct key *keys;

	export_names_init(&names, c->a->profile);
	flame_layout(&old, before, &names, 0);
	keys = index_frames(&old);
	for (uint32_t i = 0; i < flame->count; i++) {
		const struct flame_frame *frame = &flame->frames[i];
		struct key wanted = {then[frame->parent], frame->fn == PROFILE_NONE ? PROFILE_NONE : fns[frame->fn], 0}, *found = NULL;

		if (i > 0 && wanted.parent != PROFILE_NONE && (frame->fn == PROFILE_NONE) == (wanted.fn == PROFILE_NONE) && old.count > 1)
			found = bsearch(&wanted, keys, old.count - 1, sizeof *keys, by_path);
		then[i] = i == 0 ? 0 : found ? found->frame : PROFILE_NONE;
		changes[i].before = then[i] == PROFILE_NONE ? 0 : scale * (double)old.frames[then[i]].total;
		kept += then[i] == PROFILE_NONE ? 0 : (double)old.frames[then[i]].self;
		changes[i].level =
		    level_of(changes[i].before, (double)frame->total,
			     hypot(scale * error_of(c->a, before, changes[i].before / scale), error_of(c->b, after, (double)frame->total)));
	}
	*gone = before->total > 0 ? fmax(0, 1 - kept / (double)before->total) : 0;
	free(keys);
	free(then);
	free(fns);
	flame_free(&old);
	export_names_free(&names, c->a->profile);
	return changes;
}
