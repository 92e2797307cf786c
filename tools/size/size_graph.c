#include "size_graph.h"
#include "size_links.h"

#include <stdlib.h>
#include <string.h>

/* ---- pieces ---------------------------------------------------------------------------------------------------------------------------
 */

static bool is_anonymous(const struct size_program *program, const struct span *span)
{
	return span && program->items[span->label].category == SIZE_DATA;
}

static int by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

/* Data without names, cut where somebody refers to. */
static void make_pieces(struct size_graph *graph, const struct links *links)
{
	const struct spans *map = &graph->program->map;
	uint64_t *cuts = xcalloc(links->count + 1, sizeof *cuts);
	size_t count = 0, next = 0;

	for (size_t i = 0; i < links->count; i++)
		if (is_anonymous(graph->program, spans_find(map, links->rows[i].to)))
			cuts[count++] = links->rows[i].to;
	if (count > 0)
		qsort(cuts, count, sizeof *cuts, by_number);
	graph->pieces = xcalloc(count + map->count + 1, sizeof *graph->pieces);
	for (size_t i = 0; i < map->count; i++) {
		uint64_t at = map->rows[i].from;

		if (!is_anonymous(graph->program, &map->rows[i]))
			continue;
		while (next < count && cuts[next] <= at)
			next++;
		for (; next < count && cuts[next] < map->rows[i].to; next++) {
			if (cuts[next] > at)
				graph->pieces[graph->piece_count++] = (struct graph_piece){at, cuts[next]};
			at = cuts[next];
		}
		if (at < map->rows[i].to)
			graph->pieces[graph->piece_count++] = (struct graph_piece){at, map->rows[i].to};
	}
	free(cuts);
}

static uint32_t node_at(const struct size_graph *graph, uint64_t offset)
{
	const struct span *span = spans_find(&graph->program->map, offset);
	size_t low = 0, high = graph->piece_count;

	if (!span)
		return GRAPH_NONE;
	if (!is_anonymous(graph->program, span)) {
		const struct size_item *item = &graph->program->items[span->label];

		return item->function || item->object ? span->label : GRAPH_NONE;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (graph->pieces[middle].to <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < graph->piece_count && graph->pieces[low].from <= offset ? (uint32_t)(graph->program->item_count + low) : GRAPH_NONE;
}

static int by_from(const void *a, const void *b)
{
	const struct graph_edge *one = a, *other = b;

	if (one->from != other->from)
		return one->from < other->from ? -1 : 1;
	return one->to < other->to ? -1 : one->to > other->to;
}

static void make_edges(struct size_graph *graph, const struct links *links)
{
	graph->edges = xcalloc(links->count + 1, sizeof *graph->edges);
	for (size_t i = 0; i < links->count; i++) {
		struct graph_edge edge = {node_at(graph, links->rows[i].from), node_at(graph, links->rows[i].to)};

		if (edge.from != GRAPH_NONE && edge.to != GRAPH_NONE && edge.from != edge.to)
			graph->edges[graph->edge_count++] = edge;
	}
	if (graph->edge_count > 0)
		qsort(graph->edges, graph->edge_count, sizeof *graph->edges, by_from);
}

/* ---- shortest ways ----------------------------------------------------------------------------------------------------------------------
 */

static size_t first_edge(const struct size_graph *graph, uint32_t node)
{
	size_t low = 0, high = graph->edge_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (graph->edges[middle].from < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void reach_from(struct size_graph *graph, uint32_t root, uint32_t *queue)
{
	size_t head = 0, tail = 0;

	if (graph->reached[root])
		return;
	graph->reached[root] = true;
	queue[tail++] = root;
	while (head < tail) {
		uint32_t node = queue[head++];

		for (size_t i = first_edge(graph, node); i < graph->edge_count && graph->edges[i].from == node; i++) {
			uint32_t to = graph->edges[i].to;

			if (graph->reached[to])
				continue;
			graph->reached[to] = true;
			graph->parents[to] = node;
			queue[tail++] = to;
		}
	}
}

/* The user's main first; what that does not reach is there for the start, or for the end, of every program. */
static void reach_all(struct size_graph *graph)
{
	const struct size_program *program = graph->program;
	uint32_t *queue = xcalloc(graph->node_count + 1, sizeof *queue);
	char *users = xasprintf("%s::main", program->root ? program->root : "");
	const char *const roots[] = {users, "main.main", "main", "_start", "runtime.main"};

	for (size_t r = 0; r < sizeof roots / sizeof *roots; r++)
		for (uint32_t i = 0; i < program->item_count; i++)
			if (program->items[i].function && strcmp(program->items[i].name, roots[r]) == 0)
				reach_from(graph, i, queue);
	free(users);
	free(queue);
}

struct size_graph *size_graph_new(const struct size_program *program)
{
	struct size_graph *graph;
	struct links links = {0};
	bool scanned;

	links_from_relocations(&program->image, &links);
	scanned = links.count == 0;
	links_from_code(program, &links); /* what the assembler resolved itself, within a file, has no relocation */
	if (links.count == 0)
		return NULL;
	graph = xcalloc(1, sizeof *graph);
	graph->program = program;
	graph->scanned = scanned;
	make_pieces(graph, &links);
	graph->node_count = program->item_count + graph->piece_count;
	make_edges(graph, &links);
	links_free(&links);
	graph->reached = xcalloc(graph->node_count + 1, sizeof *graph->reached);
	graph->parents = xmalloc((graph->node_count + 1) * sizeof *graph->parents);
	memset(graph->parents, 0xff, (graph->node_count + 1) * sizeof *graph->parents);
	reach_all(graph);
	return graph;
}

void size_graph_free(struct size_graph *graph)
{
	if (!graph)
		return;
	free(graph->pieces);
	free(graph->edges);
	free(graph->parents);
	free(graph->reached);
	free(graph);
}

/* ---- owners
 * ------------------------------------------------------------------------------------------------------------------------------ */

static bool same_owner(const struct size_item *a, const struct size_item *b)
{
	return a->category == b->category && strcmp(a->crate ? a->crate : "", b->crate ? b->crate : "") == 0;
}

/* Pieces that other pieces refer to get theirs in a later round; a chain of vtables and strings is a few long. */
const struct size_item **size_graph_owners(const struct size_graph *graph)
{
	const struct size_program *program = graph->program;
	const struct size_item **owners = xcalloc(graph->piece_count + 1, sizeof(struct size_item *));
	bool *several = xcalloc(graph->piece_count + 1, sizeof *several);
	bool changed = true;

	for (int round = 0; changed && round < 16; round++) {
		changed = false;
		for (size_t i = 0; i < graph->edge_count; i++) {
			size_t to = graph->edges[i].to - program->item_count, from = graph->edges[i].from - program->item_count;
			bool piece = graph->edges[i].from >= program->item_count;
			const struct size_item *owner = piece ? owners[from] : &program->items[graph->edges[i].from];
			bool shared = piece && several[from];

			if (graph->edges[i].to < program->item_count || (!owner && !shared) || several[to])
				continue;
			if (shared || (owners[to] && !same_owner(owners[to], owner))) {
				several[to] = changed = true;
				continue;
			}
			changed = changed || !owners[to];
			owners[to] = owner;
		}
	}
	for (size_t i = 0; i < graph->piece_count; i++)
		if (several[i])
			owners[i] = NULL;
	free(several);
	return owners;
}
