/* sample_maps.c - executable mappings of each process, as the kernel reports them. */
#include "sample_internal.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

/* A program that maps code or starts processes without end costs us no more than this; the rest counts as outside. */
#define MAP_LIMIT     65536
#define PROCESS_LIMIT 65536

static size_t process_position(const struct sample_processes *processes, uint32_t pid)
{
	size_t low = 0, high = processes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->list[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sample_process *sample_process_find(struct sample_processes *processes, uint32_t pid)
{
	size_t at = process_position(processes, pid);

	return at < processes->count && processes->list[at].pid == pid ? &processes->list[at] : NULL;
}

static struct sample_process *find_or_add(struct sample_processes *processes, uint32_t pid)
{
	size_t at = process_position(processes, pid);

	if (at < processes->count && processes->list[at].pid == pid)
		return &processes->list[at];
	if (processes->count == PROCESS_LIMIT)
		return NULL;
	if (processes->count == processes->capacity) {
		processes->capacity = processes->capacity ? processes->capacity * 2 : 8;
		processes->list = xrealloc(processes->list, processes->capacity, sizeof *processes->list);
	}
	memmove(&processes->list[at + 1], &processes->list[at], (processes->count - at) * sizeof *processes->list);
	processes->list[at] = (struct sample_process){.pid = pid};
	processes->count++;
	return &processes->list[at];
}

/* First map that ends behind `address`. */
static size_t map_position(const struct sample_process *process, uint64_t address)
{
	size_t low = 0, high = process->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (process->maps[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct sample_map *sample_map_find(const struct sample_process *process, uint64_t address)
{
	size_t at = map_position(process, address);

	return at < process->count && process->maps[at].start <= address ? &process->maps[at] : NULL;
}

/* Unmapping is not reported, but what is mapped over something replaces it; parts that stick out are dropped with it. */
void sample_process_map(struct sample_processes *processes, uint32_t pid, const struct sample_map *map, bool is_program)
{
	struct sample_process *process = find_or_add(processes, pid);
	size_t at, gone;

	if (!process)
		return;
	process->has_program |= is_program;
	at = map_position(process, map->start);
	for (gone = at; gone < process->count && process->maps[gone].start < map->end; gone++)
		;
	if (gone == at && process->count == MAP_LIMIT)
		return;
	if (process->count == process->capacity) {
		process->capacity = process->capacity ? process->capacity * 2 : 16;
		process->maps = xrealloc(process->maps, process->capacity, sizeof *process->maps);
	}
	memmove(&process->maps[at + 1], &process->maps[gone], (process->count - gone) * sizeof *process->maps);
	process->maps[at] = *map;
	process->count = process->count - (gone - at) + 1;
}

void sample_process_clear(struct sample_processes *processes, uint32_t pid)
{
	struct sample_process *process = sample_process_find(processes, pid);

	if (process) {
		process->count = 0;
		process->has_program = false;
	}
}

void sample_process_fork(struct sample_processes *processes, uint32_t pid, uint32_t parent)
{
	struct sample_process *child, *from;

	if (pid == parent) /* a thread */
		return;
	child = find_or_add(processes, pid);
	from = sample_process_find(processes, parent);
	if (!child)
		return;
	child->count = 0;
	child->has_program = false;
	if (!from || from->count == 0)
		return;
	child->maps = xrealloc(child->maps, from->count, sizeof *child->maps);
	memcpy(child->maps, from->maps, from->count * sizeof *child->maps);
	child->count = child->capacity = from->count;
	child->has_program = from->has_program;
}

void sample_processes_free(struct sample_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++)
		free(processes->list[i].maps);
	free(processes->list);
	*processes = (struct sample_processes){0};
}
