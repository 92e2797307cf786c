/* Function tables from anywhere: what the parser accepts keeps the promises of raw_table.h. */
#include "profile.h"
#include "raw_table.h"

#include <stdlib.h>
#include <string.h>

static int known_count(const struct raw_table *table, const struct raw_count *count)
{
	switch (count->kind) {
	case RAW_COUNT_SLOT:
		return count->value < table->slots;
	case RAW_COUNT_CALLS:
		return count->value < table->fn_count;
	case RAW_COUNT_LESS:
		return count->value < table->less_count;
	}
	return 0;
}

static void require(bool held)
{
	if (!held)
		abort();
}

static void check_blocks(const struct raw_table *table)
{
	uint64_t end = 0;

	for (size_t i = 0; i < table->block_count; i++) {
		const struct raw_block *block = &table->blocks[i];

		require(block->fn < table->fn_count && block->calls > 0 && block->slot >= end);
		end = (uint64_t)block->slot + 1 + (block->calls > 1 ? block->calls : 0);
	}
	require(end <= table->slots);
}

static void check(const struct raw_table *table)
{
	require(table->source_hash && table->source_path && table->rust_hash && table->rust_path);
	for (size_t i = 0; i < table->fn_count; i++)
		require(*table->fns[i].name && (table->fns[i].entry == RAW_NO_SLOT || table->fns[i].entry < table->slots));
	check_blocks(table);
	for (size_t i = 0; i < table->call_count; i++) {
		const struct raw_call *call = &table->calls[i], *last = i ? call - 1 : NULL;

		require(call->block < table->block_count && call->callee < table->fn_count &&
			call->index < table->blocks[call->block].calls);
		require(!last || last->block < call->block || (last->block == call->block && last->index < call->index));
	}
	for (size_t i = 0; i < table->line_count; i++)
		require(table->lines[i].fn < table->fn_count && known_count(table, &table->lines[i].count));
	for (size_t i = 0; i < table->skip_count; i++)
		require(table->skips[i].reason != NULL);
	for (size_t i = 0; i < table->site_count; i++)
		require(table->sites[i].fn < table->fn_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct raw_table table;
	struct err err = {0};
	int result = raw_table_parse((const char *)data, size, "input", 0, &table, &err);

	require(!result == !err.set);
	if (result == 0)
		check(&table);
	raw_table_free(&table);
	err_free(&err);
	return 0;
}
