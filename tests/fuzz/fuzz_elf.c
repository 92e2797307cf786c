/*
 * Any bytes as a program: headers out of range, overlapping, huge. Either an error says what is wrong, or every byte has exactly one label
 * and the labels add up to the file's size. What is read of a program goes on from there: inlined code, lines, references and types.
 */
#include "layout.h"
#include "size.h"
#include "size_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_map(const struct size_program *program, size_t size)
{
	uint64_t at = 0, sum = 0;

	for (size_t i = 0; i < program->map.count; i++) {
		if (program->map.rows[i].from != at || program->map.rows[i].label >= program->item_count)
			abort();
		at = program->map.rows[i].to;
	}
	for (int i = 0; i < SIZE_CATEGORIES; i++)
		sum += program->categories[i];
	if (at != size || sum != size)
		abort();
}

/* Every way must end: at a root, in fewer steps than there are nodes. */
static void check_graph(const struct size_program *program)
{
	struct size_graph *graph = size_graph_new(program);

	if (!graph)
		return;
	for (size_t i = 0; i < graph->node_count; i++) {
		size_t steps = 0;

		for (uint32_t node = (uint32_t)i; node != GRAPH_NONE; node = graph->parents[node])
			if (node >= graph->node_count || steps++ > graph->node_count)
				abort();
	}
	free((void *)size_graph_owners(graph));
	size_graph_free(graph);
}

static void measure(const char *path, const uint8_t *data, size_t size, bool debug)
{
	struct size_options options = {.inlined = debug, .debug_lines = debug};
	struct err err = {0};
	unsigned char *copy = malloc(size + 1);
	struct size_program *program;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	copy[size] = 0;
	program = size_measure_bytes(copy, size, path, &options, &err);
	if (!program && !err.set)
		abort();
	if (program) {
		check_map(program, size);
		check_graph(program);
	}
	size_free(program);
	err_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];
	struct err err = {0};

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	measure("fuzz", data, size, false);
	measure(path, data, size, true);
	layouts_free(layouts_read(path, NULL, &err));
	close(fd);
	err_free(&err);
	return 0;
}
