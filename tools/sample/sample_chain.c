/* sample_chain.c - call chains as a tree from the root outwards, so that chains that differ only at the top share the rest. */
#include "sample_internal.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static size_t bucket_of(const struct sample_chains *chains, uint32_t parent, uint64_t address)
{
	uint64_t hash = (address ^ ((uint64_t)parent << 40) ^ parent) * 0x9e3779b97f4a7c15u;

	return (size_t)(hash >> 20) & (chains->bucket_count - 1);
}

static void link_node(struct sample_chains *chains, uint32_t index)
{
	struct sample_node *node = &chains->nodes[index];
	size_t bucket = bucket_of(chains, node->parent, node->address);

	node->next = chains->buckets[bucket];
	chains->buckets[bucket] = index;
}

static void grow(struct sample_chains *chains)
{
	size_t capacity = chains->capacity ? chains->capacity * 2 : 1024;

	chains->nodes = xrealloc(chains->nodes, capacity, sizeof *chains->nodes);
	chains->capacity = capacity;
	free(chains->buckets);
	chains->bucket_count = capacity;
	chains->buckets = xcalloc(chains->bucket_count, sizeof *chains->buckets);
	if (chains->count == 0) {
		chains->nodes[0] = (struct sample_node){0};
		chains->count = 1;
	}
	for (size_t i = 1; i < chains->count; i++)
		link_node(chains, (uint32_t)i);
}

static uint32_t child(struct sample_chains *chains, uint32_t parent, uint64_t address)
{
	uint32_t index = chains->buckets[bucket_of(chains, parent, address)];

	for (; index; index = chains->nodes[index].next) {
		if (chains->nodes[index].parent == parent && chains->nodes[index].address == address)
			return index;
	}
	if (chains->count == UINT32_MAX)
		return parent;
	if (chains->count == chains->capacity)
		grow(chains);
	index = (uint32_t)chains->count++;
	chains->nodes[index] = (struct sample_node){.address = address, .parent = parent};
	link_node(chains, index);
	return index;
}

void sample_chains_add(struct sample_chains *chains, const uint64_t *addresses, size_t count, bool below_main)
{
	uint32_t node = 0;

	if (!chains->capacity)
		grow(chains);
	while (count > 0)
		node = child(chains, node, addresses[--count]);
	chains->nodes[node].count++;
	chains->nodes[node].main_count += below_main;
}

void sample_chains_free(struct sample_chains *chains)
{
	free(chains->nodes);
	free(chains->buckets);
	*chains = (struct sample_chains){0};
}
