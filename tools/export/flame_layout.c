#include "flame_layout.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

/* A frame before it has its place. */
struct drop {
	uint64_t total, self;
	uint32_t fn, parent;
	uint32_t first, next; /* children as a list, plus 1 */
};

struct order {
	const char *name;
	uint32_t frame;
};

static int by_name(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

/* Nodes that differ in the line of the call alone are one frame. drops[0] is all of it. */
static struct drop *collect(const struct paths *paths, size_t *count)
{
	struct context_tree tree = {0};
	uint32_t *frame_of = xcalloc(paths->count, sizeof *frame_of);
	struct drop *drops = xcalloc(paths->count, sizeof *drops);

	for (size_t i = 1; i < paths->count; i++) {
		const struct path_node *node = &paths->nodes[i];
		uint32_t parent = frame_of[node->parent], frame = context_tree_child(&tree, parent, node->fn, 0);

		frame_of[i] = frame;
		drops[frame].fn = node->fn;
		drops[frame].parent = parent;
		drops[frame].self += node->self;
	}
	*count = tree.count + 1;
	drops[0].fn = PROFILE_NONE;
	for (size_t i = *count; i-- > 0;) { /* a caller has all of what it called when its turn comes */
		drops[i].total += drops[i].self;
		if (i > 0)
			drops[drops[i].parent].total += drops[i].total;
	}
	context_tree_free(&tree);
	free(frame_of);
	return drops;
}

/* Lists of children in the order of their names: all frames are sorted once, backwards, and put in front of their list. */
static void link_children(struct drop *drops, size_t count, const struct export_names *names)
{
	struct order *order = xcalloc(count, sizeof *order);

	for (uint32_t i = 1; i < count; i++)
		order[i - 1] = (struct order){export_name(names, drops[i].fn), i};
	if (count > 1)
		qsort(order, count - 1, sizeof *order, by_name);
	for (size_t i = count - 1; i-- > 0;) {
		struct drop *drop = &drops[order[i].frame], *parent = &drops[drop->parent];

		drop->next = parent->first;
		parent->first = order[i].frame + 1;
	}
	free(order);
}

void flame_layout(struct flame *flame, const struct paths *paths, const struct export_names *names, uint64_t resolution)
{
	size_t count;
	struct drop *drops = collect(paths, &count);
	uint32_t *place = xcalloc(count, sizeof *place); /* index in flame->frames */
	uint64_t *free_from = xcalloc(count, sizeof *free_from), least;
	uint32_t at = 0;

	link_children(drops, count, names);
	*flame = (struct flame){.frames = xcalloc(count, sizeof *flame->frames)};
	least = resolution ? paths->total / resolution : 0;
	flame->frames[flame->count++] = (struct flame_frame){.fn = PROFILE_NONE, .total = drops[0].total, .self = drops[0].self};
	for (;;) {
		uint32_t child = drops[at].first;

		if (child == 0) { /* nothing is left here: back to the caller */
			if (at == 0)
				break;
			at = drops[at].parent;
			continue;
		}
		child--;
		drops[at].first = drops[child].next;
		if (drops[child].total > 0 && drops[child].total >= least) {
			struct flame_frame *parent = &flame->frames[place[at]], *frame = &flame->frames[flame->count];

			*frame = (struct flame_frame){.fn = drops[child].fn,
						      .parent = place[at],
						      .depth = parent->depth + 1,
						      .start = parent->start + parent->self + free_from[at],
						      .total = drops[child].total,
						      .self = drops[child].self};
			flame->depth = frame->depth > flame->depth ? frame->depth : flame->depth;
			place[child] = (uint32_t)flame->count++;
		}
		free_from[at] += drops[child].total;
		if (drops[child].total > 0 && drops[child].total >= least)
			at = child;
	}
	free(drops);
	free(place);
	free(free_from);
}

void flame_free(struct flame *flame)
{
	free(flame->frames);
	*flame = (struct flame){0};
}
