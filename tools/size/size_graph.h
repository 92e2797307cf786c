/*
 * size_graph.h - who refers to whom in a program. A node is a function or an object, or a piece of the data without names: such data is cut
 * at every place that something refers to.
 */
#ifndef SIZE_GRAPH_H
#define SIZE_GRAPH_H

#include "size_internal.h"

#define GRAPH_NONE UINT32_MAX

struct graph_piece {
	uint64_t from, to; /* in the file */
};

struct graph_edge {
	uint32_t from, to;
};

struct size_graph {
	const struct size_program *program;
	struct graph_piece *pieces; /* sorted; node item_count + i */
	size_t piece_count;
	struct graph_edge *edges; /* sorted by `from` */
	size_t edge_count;
	size_t node_count;
	bool scanned;	   /* read from the code: the linker kept no relocations */
	uint32_t *parents; /* on the shortest way from the root; GRAPH_NONE: the root, or not reached */
	bool *reached;
};

/* `program` must outlive it. NULL: no reference is known (no relocations, and no names or another machine). */
struct size_graph *size_graph_new(const struct size_program *program);
void size_graph_free(struct size_graph *graph);
/*
 * Category and crate of those that alone refer to each piece, directly or through other pieces: an item each, NULL where there are several
 * or none. The caller frees.
 */
const struct size_item **size_graph_owners(const struct size_graph *graph);

#endif
