/*
 * One raw counter file to a profile of one run. The file may be of a process that was killed or is still running, and nothing in it
 * is trusted: every offset and length is checked against the bytes that are there, every sum against 64 bits.
 */
#include "fs.h"
#include "profdata_file.h"
#include "profile.h"
#include "profile_shape.h"
#include "raw_heap.h"
#include "raw_table.h"
#include "rprof_raw.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__extension__ typedef unsigned __int128 u128;

#define AGAIN "run the program again"

#define MOST_PROGRAMS 1024u /* function tables: transpiled files of one process */

/* Reading the clock pair takes some 50 ns; over less than this the rate would be more than 1 % wrong. */
#define SHORTEST_RATE_NS 10000u

/* Clocks tick between 1 MHz and 100 GHz; a rate beyond is a damaged file. */
#define SLOWEST UINT64_C(1000000)
#define FASTEST UINT64_C(100000000000)

struct raw {
	const unsigned char *data;
	size_t size; /* of the file */
	const char *name;
	struct err *err;
	struct rprof_raw_header header;
	uint32_t programs;  /* table chunks */
	uint32_t program;   /* the one that is being read, and that all of the following is of */
	uint64_t last_tick; /* last sign of life of the process: spans that are still open ended here */
	struct raw_table table;
	uint64_t *counters; /* [table.slots], sums over threads; NULL: no thread, all 0 */
	uint64_t threads;   /* that lived at once */
	struct raw_heap heap;
	struct rprof_time *times; /* [table.fn_count]: ticks; `start` counts the threads in which the clock is off */
};

struct chunk {
	uint64_t at; /* offset of the chunk */
	struct rprof_raw_chunk head;
	const unsigned char *payload;
};

static int corrupt(const struct raw *raw, uint64_t at, const char *what)
{
	profdata_error(raw->err, raw->name, at, AGAIN, "the raw file is corrupt: %s", what);
	return -1;
}

static uint32_t get32(const unsigned char *base, size_t offset)
{
	return profdata_get32(base + offset);
}

static uint64_t get64(const unsigned char *base, size_t offset)
{
	return profdata_get64(base + offset);
}

/* --- header and chunks ------------------------------------------------------------------------------------------------- */
#define H(field) offsetof(struct rprof_raw_header, field)
#define T(field) offsetof(struct rprof_raw_thread, field)

static void load_header(struct raw *raw)
{
	const unsigned char *at = raw->data;

	raw->header = (struct rprof_raw_header){
	    .version = get32(at, H(version)),
	    .page = get32(at, H(page)),
	    .clock = get32(at, H(clock)),
	    .state = get32(at, H(state)),
	    .first = get64(at, H(first)),
	    .end = get64(at, H(end)),
	    .start_ticks = get64(at, H(start_ticks)),
	    .start_ns = get64(at, H(start_ns)),
	    .last_ticks = get64(at, H(last_ticks)),
	    .last_ns = get64(at, H(last_ns)),
	    .ticks_per_second = get64(at, H(ticks_per_second)),
	    .lost_threads = get64(at, H(lost_threads)),
	};
}

static int check_magic(struct raw *raw)
{
	uint32_t version;

	if (raw->size == 0)
		return profdata_error(raw->err, raw->name, 0, AGAIN, "the raw file is empty");
	if (memcmp(raw->data, RPROF_RAW_MAGIC, raw->size < 8 ? raw->size : 8) != 0)
		return profdata_error(raw->err, raw->name, 0, NULL, "not a raw file of ruchy-prof");
	version = raw->size >= H(page) ? get32(raw->data, H(version)) : RPROF_RAW_VERSION;
	if (version > RPROF_RAW_VERSION)
		return profdata_error(raw->err, raw->name, H(version), "use a newer ruchy-prof",
				      "the raw file has format version %" PRIu32 ", this ruchy-prof reads up to %u", version,
				      RPROF_RAW_VERSION);
	if (version == 0)
		return corrupt(raw, H(version), "format version 0");
	if (raw->size < sizeof raw->header)
		return profdata_error(raw->err, raw->name, raw->size, AGAIN, "the raw file is truncated");
	return 0;
}

/* `end` 0: take the header's. */
static int read_header(struct raw *raw, uint64_t end)
{
	struct rprof_raw_header *header = &raw->header;

	if (check_magic(raw) < 0)
		return -1;
	load_header(raw);
	if (end && end < header->end)
		header->end = end;
	if (header->page < 4096 || header->page > 1u << 24 || (header->page & (header->page - 1)))
		return corrupt(raw, H(page), "page size is no power of two of 4096 bytes or more");
	if (header->clock < RPROF_CLOCK_TSC || header->clock > RPROF_CLOCK_OS)
		return corrupt(raw, H(clock), "unknown clock");
	if (header->state > RPROF_EXITED)
		return corrupt(raw, H(state), "unknown state");
	if (header->first < header->page || header->first % header->page)
		return corrupt(raw, H(first), "first chunk is not on a page of its own");
	if (header->end < header->first || header->end % header->page)
		return corrupt(raw, H(end), "end of the chunks is not behind the first");
	if (header->end > raw->size)
		return profdata_error(raw->err, raw->name, raw->size, AGAIN, "the raw file is truncated: %" PRIu64 " bytes expected",
				      header->end);
	return 0;
}

/* Chunk at chunk->at; 0 behind the last. */
static int next_chunk(const struct raw *raw, struct chunk *chunk)
{
	const unsigned char *at = raw->data + chunk->at;
	uint64_t left = raw->header.end - chunk->at;

	if (left == 0)
		return 0;
	/* both are multiples of the page, so a head fits */
	chunk->head = (struct rprof_raw_chunk){
	    .kind = get32(at, offsetof(struct rprof_raw_chunk, kind)),
	    .program = get32(at, offsetof(struct rprof_raw_chunk, program)),
	    .length = get64(at, offsetof(struct rprof_raw_chunk, length)),
	    .size = get64(at, offsetof(struct rprof_raw_chunk, size)),
	};
	if (chunk->head.length == 0 || chunk->head.length % raw->header.page)
		return corrupt(raw, chunk->at, "length of a chunk is no multiple of the page");
	if (chunk->head.length > left)
		return corrupt(raw, chunk->at, "a chunk reaches past the end");
	if (chunk->head.size > chunk->head.length - sizeof(struct rprof_raw_chunk))
		return corrupt(raw, chunk->at, "a chunk holds more than its length");
	chunk->payload = at + sizeof(struct rprof_raw_chunk);
	return 1;
}

static uint64_t payload_at(const struct chunk *chunk)
{
	return chunk->at + sizeof(struct rprof_raw_chunk);
}

static void note_last_tick(struct raw *raw, const struct chunk *chunk)
{
	uint64_t last = chunk->head.size >= sizeof(struct rprof_raw_thread) ? get64(chunk->payload, T(last)) : 0;

	/* A time of the thread without what its clock took: back to the one of the machine. */
	if (last && __builtin_add_overflow(last, get64(chunk->payload, T(clock_cost)), &last))
		last = 0;

	if (last > raw->last_tick)
		raw->last_tick = last;
}

/* Counts the tables, and parses the one of raw->program. */
static int read_table(struct raw *raw)
{
	struct chunk chunk = {.at = raw->header.first};
	int more;

	raw->programs = 0;
	raw->last_tick = raw->header.last_ticks;
	for (; (more = next_chunk(raw, &chunk)) == 1; chunk.at += chunk.head.length) {
		if (chunk.head.kind == RPROF_CHUNK_THREAD)
			note_last_tick(raw, &chunk);
		if (chunk.head.kind != RPROF_CHUNK_TABLE)
			continue;
		if (raw->programs++ == raw->program &&
		    raw_table_parse((const char *)chunk.payload, chunk.head.size, raw->name, payload_at(&chunk), &raw->table, raw->err) < 0)
			return -1;
	}
	if (more == 0 && raw->programs == 0)
		return profdata_error(raw->err, raw->name, raw->header.end, AGAIN,
				      "the raw file holds no function table: the program ended before its first call");
	return more;
}

/* --- threads ------------------------------------------------------------------------------------------------------------- */
struct thread {
	uint64_t at; /* offset in the file, for messages */
	const unsigned char *base;
	uint32_t functions, current;
	uint64_t last, times;
	uint64_t end; /* last sign of life, in ticks of this thread */
};

/* 0 for what began behind the end: the file was read while the thread ran on. */
static uint64_t since(uint64_t start, uint64_t end)
{
	return end > start ? end - start : 0;
}

static int load_thread(const struct raw *raw, const struct chunk *chunk, struct thread *thread)
{
	const unsigned char *base = chunk->payload;
	uint64_t size = chunk->head.size, at = payload_at(chunk), counters;

	if (size < sizeof(struct rprof_raw_thread))
		return corrupt(raw, at, "a thread is shorter than its head");
	counters = sizeof(struct rprof_raw_thread) + (uint64_t)get32(base, T(slots)) * 8;
	*thread = (struct thread){at,
				  base,
				  get32(base, T(functions)),
				  get32(base, T(current)),
				  get64(base, T(last)),
				  get64(base, T(times_offset)),
				  since(get64(base, T(clock_cost)), raw->last_tick)};
	if (counters > size)
		return corrupt(raw, at + T(slots), "a thread has more counters than bytes");
	if (get32(base, T(slots)) < raw->table.slots)
		return corrupt(raw, at + T(slots), "a thread has fewer counters than its function table names");
	if (thread->functions > raw->table.fn_count)
		return corrupt(raw, at + T(functions), "a thread has more functions than its function table");
	if (thread->times < counters || thread->times % 8 || thread->times > size ||
	    thread->functions > (size - thread->times) / sizeof(struct rprof_time))
		return corrupt(raw, at + T(times_offset), "the times of a thread are not within it");
	if (thread->current != RPROF_NO_FUNCTION && thread->current >= thread->functions)
		return corrupt(raw, at + T(current), "a thread runs a function that is not there");
	return 0;
}

static int add_counters(struct raw *raw, const struct thread *thread)
{
	const unsigned char *counters = thread->base + sizeof(struct rprof_raw_thread);

	/* load_thread() has seen that `slots` counters are really there, so this is no more than the file */
	if (!raw->counters)
		raw->counters = xcalloc(raw->table.slots ? raw->table.slots : 1, sizeof *raw->counters);
	for (uint64_t i = 0; i < raw->table.slots; i++) {
		if (__builtin_add_overflow(raw->counters[i], get64(counters, i * 8), &raw->counters[i]))
			return corrupt(raw, thread->at + sizeof(struct rprof_raw_thread) + i * 8, "the sum of a counter passes 64 bits");
	}
	return 0;
}

static int add_time(struct raw *raw, const struct thread *thread, uint32_t fn)
{
	const uint64_t at = thread->times + fn * sizeof(struct rprof_time);
	const unsigned char *time = thread->base + at;
	const uint64_t start = get64(time, offsetof(struct rprof_time, start)), end = thread->end;
	struct rprof_time *sum = &raw->times[fn];
	bool open = start != RPROF_IDLE && start != RPROF_OFF;
	uint64_t rest = thread->current == fn ? since(thread->last, end) : 0;

	if (__builtin_add_overflow(sum->self, get64(time, offsetof(struct rprof_time, self)), &sum->self) ||
	    __builtin_add_overflow(sum->self, rest, &sum->self) ||
	    __builtin_add_overflow(sum->total, get64(time, offsetof(struct rprof_time, total)), &sum->total) ||
	    __builtin_add_overflow(sum->total, open ? since(start, end) : 0, &sum->total) ||
	    __builtin_add_overflow(sum->spans, get64(time, offsetof(struct rprof_time, spans)), &sum->spans) ||
	    __builtin_add_overflow(sum->spans, (uint64_t)open, &sum->spans))
		return corrupt(raw, thread->at + at, "the sum of a time passes 64 bits");
	sum->start += start == RPROF_OFF;
	return 0;
}

static int add_heap(struct raw *raw, const struct thread *thread, uint64_t size)
{
	const struct raw_heap_thread heap = {.base = thread->base,
					     .size = size,
					     .times_end = thread->times + thread->functions * sizeof(struct rprof_time),
					     .heap_offset = get64(thread->base, T(heap_offset)),
					     .functions = thread->functions,
					     .records = get32(thread->base, T(records)),
					     .lives = get32(thread->base, T(lives)) == 1};
	const char *wrong;

	raw->heap.fn_count = raw->table.fn_count;
	raw->heap.site_count = raw->table.site_count;
	wrong = raw_heap_add(&raw->heap, &heap);
	return wrong ? corrupt(raw, thread->at + T(heap_offset), wrong) : 0;
}

static int add_thread(struct raw *raw, const struct chunk *chunk)
{
	struct thread thread = {0};

	if (chunk->head.program >= raw->programs)
		return corrupt(raw, chunk->at, "a thread of a program without function table");
	if (chunk->head.program != raw->program)
		return 0;
	if (load_thread(raw, chunk, &thread) < 0 || add_counters(raw, &thread) < 0)
		return -1;
	for (uint32_t fn = 0; fn < thread.functions; fn++) {
		if (add_time(raw, &thread, fn) < 0)
			return -1;
	}
	return add_heap(raw, &thread, chunk->head.size);
}

static int read_threads(struct raw *raw)
{
	struct chunk chunk = {.at = raw->header.first};
	int more;

	raw->times = xcalloc(raw->table.fn_count ? raw->table.fn_count : 1, sizeof *raw->times);
	for (; (more = next_chunk(raw, &chunk)) == 1; chunk.at += chunk.head.length) {
		if (chunk.head.kind == RPROF_CHUNK_THREAD && add_thread(raw, &chunk) < 0)
			return -1;
		raw->threads += chunk.head.kind == RPROF_CHUNK_THREAD && chunk.head.program == 0;
	}
	return more;
}

/* --- counts -------------------------------------------------------------------------------------------------------------- */
static uint64_t counter(const struct raw *raw, uint64_t slot)
{
	return raw->counters ? raw->counters[slot] : 0;
}

/*
 * Turn the unwindings behind each block into the number of times that its n-th call was made: executions less all the unwindings
 * before it. A process that is still running may have unwound between our reading the one and the other; the call was then not made.
 */
static int undo_calls(struct raw *raw)
{
	for (size_t b = 0; raw->counters && b < raw->table.block_count; b++) {
		const struct raw_block *block = &raw->table.blocks[b];
		uint64_t left = raw->counters[block->slot];

		for (uint32_t j = 0; block->calls > 1 && j < block->calls; j++) {
			uint64_t *undone = &raw->counters[block->slot + 1 + j];

			if (*undone > left && raw->header.state != RPROF_RUNNING)
				return profdata_error(raw->err, raw->name, 0, AGAIN,
						      "the raw file is corrupt: the block at counter %" PRIu32
						      " was unwound more often than it was executed (%" PRIu64 ", %" PRIu64 " left)",
						      block->slot, *undone, left);
			left = since(*undone, left);
			*undone = left;
		}
	}
	return 0;
}

static int add_call(const struct raw *raw, struct profile *profile, uint32_t caller, uint32_t callee, uint32_t line, uint64_t calls)
{
	struct profile_fn *fn = &profile->fns[callee];

	if (calls == 0)
		return 0;
	if (__builtin_add_overflow(fn->calls, calls, &fn->calls))
		return err_set(raw->err, raw->name, AGAIN, "the raw file is corrupt: the calls of %.200s pass 64 bits", fn->name);
	profile->edges[profile->edge_count++] = (struct profile_edge){caller, callee, line, calls};
	return 0;
}

static int make_calls(const struct raw *raw, struct profile *profile)
{
	const struct raw_table *table = &raw->table;

	profile->edges = xrealloc(NULL, table->fn_count + table->call_count + 1, sizeof *profile->edges);
	for (size_t i = 0; i < table->fn_count; i++) {
		uint32_t entry = table->fns[i].entry;

		if (entry != RAW_NO_SLOT && add_call(raw, profile, PROFILE_NONE, (uint32_t)i, 0, counter(raw, entry)) < 0)
			return -1;
	}
	for (size_t i = 0; i < table->call_count; i++) {
		const struct raw_call *call = &table->calls[i];
		const struct raw_block *block = &table->blocks[call->block];
		uint64_t slot = block->calls > 1 ? (uint64_t)block->slot + 1 + call->index : block->slot;

		if (add_call(raw, profile, block->fn, call->callee, call->line, counter(raw, slot)) < 0)
			return -1;
	}
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].calls_min = profile->fns[i].calls_max = profile->fns[i].calls;
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return profile_compare(&profile_tables[TABLE_LINES], a, b);
}

static uint64_t value_of(const struct raw *raw, const struct profile *profile, const uint64_t *lesses, struct raw_count count)
{
	switch (count.kind) {
	case RAW_COUNT_CALLS:
		return profile->fns[count.value].calls;
	case RAW_COUNT_LESS:
		return lesses[count.value];
	default:
		return counter(raw, count.value);
	}
}

/* A difference below 0 is that of a process that was stopped between the one and the other. Caller frees. */
static uint64_t *make_lesses(const struct raw *raw, const struct profile *profile)
{
	const struct raw_table *table = &raw->table;
	uint64_t *lesses = xrealloc(NULL, table->less_count + 1, sizeof *lesses);

	for (size_t i = 0; i < table->less_count; i++)
		lesses[i] =
		    since(value_of(raw, profile, lesses, table->lesses[i].by), value_of(raw, profile, lesses, table->lesses[i].from));
	return lesses;
}

/* Of lines that no record tells of, the known calls in them do. */
static size_t add_call_lines(const struct raw *raw, const struct profile_line *known, size_t known_count, struct profile_line *lines)
{
	const struct raw_table *table = &raw->table;
	size_t count = 0;

	for (size_t i = 0; i < table->call_count; i++) {
		const struct raw_call *call = &table->calls[i];
		const struct raw_block *block = &table->blocks[call->block];
		struct profile_line line = {.fn = block->fn, .line = call->line};

		if (!call->line || (known_count && bsearch(&line, known, known_count, sizeof line, compare_lines)))
			continue;
		line.count = counter(raw, block->calls > 1 ? (uint64_t)block->slot + 1 + call->index : block->slot);
		lines[count++] = line;
	}
	return count;
}

static int compare_counts(const void *a, const void *b)
{
	const struct raw_count *x = &((const struct raw_line *)a)->count, *y = &((const struct raw_line *)b)->count;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* The line that is not known, 0, behind all others. */
static int compare_blocks(const void *a, const void *b)
{
	const struct raw_line *x = a, *y = b;
	int order = compare_counts(a, b);

	return order ? order : (x->line - 1 > y->line - 1) - (x->line - 1 < y->line - 1);
}

/*
 * What stands behind a statement that may unwind has a count of its own: that of before less the unwindings, which are no code that begins
 * somewhere. It is of the same block.
 */
static struct raw_count block_of(const struct raw_table *table, const struct raw_line *sorted, struct raw_count count)
{
	while (count.kind == RAW_COUNT_LESS) {
		const struct raw_less *less = &table->lesses[count.value];
		struct raw_line by = {.count = less->by};

		if (by.count.kind != RAW_COUNT_SLOT || bsearch(&by, sorted, table->line_count, sizeof by, compare_counts))
			break;
		count = less->from;
	}
	return count;
}

/* The line that a block begins on; of one that is on no known line the first of its function. NULL: it has none. */
static struct profile_line *block_line(struct profile *profile, const struct raw_line *first)
{
	struct profile_line wanted = {.fn = first->fn, .line = first->line};

	if (first->line)
		return bsearch(&wanted, profile->lines, profile->line_count, sizeof wanted, compare_lines);
	for (size_t i = 0; i < profile->line_count; i++) {
		if (profile->lines[i].fn == first->fn)
			return &profile->lines[i];
	}
	return NULL;
}

/* Records of one count are of one block. */
static void make_blocks(const struct raw *raw, struct profile *profile, const uint64_t *lesses)
{
	const struct raw_table *table = &raw->table;
	size_t bytes = table->line_count * sizeof *table->lines;
	struct raw_line *sorted = xrealloc(NULL, bytes + 1, 1), *order = xrealloc(NULL, bytes + 1, 1);

	memcpy(sorted, table->lines, bytes);
	memcpy(order, table->lines, bytes);
	qsort(sorted, table->line_count, sizeof *sorted, compare_blocks);
	for (size_t i = 0; i < table->line_count; i++)
		order[i].count = block_of(table, sorted, order[i].count);
	qsort(order, table->line_count, sizeof *order, compare_blocks);
	for (size_t i = 0; i < table->line_count; i++) {
		bool again = i && compare_counts(&order[i - 1], &order[i]) == 0;
		struct profile_line *line = again ? NULL : block_line(profile, &order[i]);

		if (line)
			line->blocks += value_of(raw, profile, lesses, order[i].count);
	}
	free(sorted);
	free(order);
}

/*
 * Several pieces of code may begin on one line, and one line of Ruchy may have become several lines of Rust: it was executed as often as
 * the most frequent of them.
 */
static void make_lines(const struct raw *raw, struct profile *profile)
{
	const struct raw_table *table = &raw->table;
	struct profile_line *lines = xrealloc(NULL, table->line_count + table->call_count + 1, sizeof *lines);
	uint64_t *lesses = make_lesses(raw, profile);
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < table->line_count; i++) {
		const struct raw_line *line = &table->lines[i];

		if (line->line)
			lines[count++] =
			    (struct profile_line){.fn = line->fn, .line = line->line, .count = value_of(raw, profile, lesses, line->count)};
	}
	qsort(lines, count, sizeof *lines, compare_lines);
	count += add_call_lines(raw, lines, count, lines + count);
	qsort(lines, count, sizeof *lines, compare_lines);
	for (size_t i = 0; i < count; i++) {
		/* the largest number stands for "not counted" */
		if (lines[i].count == PROFILE_ABSENT)
			lines[i].count--;
		if (kept && compare_lines(&lines[kept - 1], &lines[i]) == 0)
			lines[kept - 1].count = lines[i].count > lines[kept - 1].count ? lines[i].count : lines[kept - 1].count;
		else
			lines[kept++] = lines[i];
	}
	profile->lines = lines;
	profile->line_count = kept;
	if (table->line_count)
		make_blocks(raw, profile, lesses);
	free(lesses);
}

/* Lines where the transpiler copied get a row even where nothing was counted: samples may fall there. */
static void mark_copies(const struct raw *raw, struct profile *profile)
{
	const struct raw_table *table = &raw->table;
	size_t known = profile->line_count, kept = 0;

	profile->lines = xrealloc(profile->lines, known + table->copy_count + 1, sizeof *profile->lines);
	for (size_t i = 0; i < table->copy_count; i++) {
		const struct raw_copy *copy = &table->copies[i];
		struct profile_line line = {.fn = copy->fn, .line = copy->line, .count = PROFILE_ABSENT, .copies = copy->methods};

		if (copy->line)
			profile->lines[profile->line_count++] = line;
	}
	qsort(profile->lines, profile->line_count, sizeof *profile->lines, compare_lines);
	for (size_t i = 0; i < profile->line_count; i++) {
		struct profile_line *last = kept ? &profile->lines[kept - 1] : NULL;

		if (!last || compare_lines(last, &profile->lines[i]) != 0) {
			profile->lines[kept++] = profile->lines[i];
			continue;
		}
		last->copies |= profile->lines[i].copies;
		last->blocks += profile->lines[i].blocks;
		if (last->count == PROFILE_ABSENT)
			last->count = profile->lines[i].count;
	}
	profile->line_count = kept;
}

/* --- functions and times ------------------------------------------------------------------------------------------------- */
static void make_fns(const struct raw *raw, struct profile *profile)
{
	const struct raw_table *table = &raw->table;

	profile->fns = xcalloc(table->fn_count + 1, sizeof *profile->fns);
	for (size_t i = 0; i < table->fn_count; i++) {
		const struct raw_fn *fn = &table->fns[i];

		profile->fns[i] = (struct profile_fn){.name = xstrdup(fn->name),
						      .kind = fn->kind,
						      .flags = fn->flags,
						      .from = fn->from,
						      .to = fn->to,
						      .rust_from = fn->rust_from,
						      .rust_to = fn->rust_to};
	}
	profile->fn_count = table->fn_count;
}

struct fn_ref {
	struct profile_fn *fn;
};

static int compare_places(const void *a, const void *b)
{
	const struct profile_fn *x = ((const struct fn_ref *)a)->fn, *y = ((const struct fn_ref *)b)->fn;
	int order = profile_compare(&profile_tables[TABLE_FNS], x, y);

	return order ? order : x < y ? -1 : x > y;
}

/*
 * Two functions with the same name, kind and line (derived impls, whose line is not known): the second becomes NAME#2, as closures are
 * named, in the order of the text.
 */
static void number_twins(struct profile *profile)
{
	struct fn_ref *order = xrealloc(NULL, profile->fn_count + 1, sizeof *order);
	struct profile_fn *first = NULL;
	unsigned twin = 1;

	for (size_t i = 0; i < profile->fn_count; i++)
		order[i].fn = &profile->fns[i];
	qsort(order, profile->fn_count, sizeof *order, compare_places);
	for (size_t i = 0; i < profile->fn_count; i++) {
		if (first && profile_compare(&profile_tables[TABLE_FNS], first, order[i].fn) == 0) {
			char *name = xasprintf("%s#%u", order[i].fn->name, ++twin);

			free(order[i].fn->name);
			order[i].fn->name = name;
		} else {
			first = order[i].fn;
			twin = 1;
		}
	}
	free(order);
}

/* ns = ticks * ns / of */
struct rate {
	uint64_t ns, of;
};

/* False: the rate is not known. */
static bool find_rate(const struct rprof_raw_header *header, struct rate *rate)
{
	*rate = (struct rate){1, 1};
	if (header->clock == RPROF_CLOCK_OS)
		return true;
	*rate = (struct rate){1000000000, header->ticks_per_second};
	if (rate->of)
		return true;
	*rate = (struct rate){since(header->start_ns, header->last_ns), since(header->start_ticks, header->last_ticks)};
	return rate->ns >= SHORTEST_RATE_NS && rate->of > 0;
}

static bool rate_ok(const struct rate *rate)
{
	u128 ticks = (u128)rate->of * 1000000000;

	return ticks >= (u128)rate->ns * SLOWEST && ticks <= (u128)rate->ns * FASTEST;
}

/* Both fit: rate_ok() keeps ns / of below 1000, and no clock has run for so long that the product passes 64 bits. */
static bool to_ns(const struct rate *rate, uint64_t ticks, uint64_t *ns)
{
	u128 result = (u128)ticks * rate->ns / rate->of;

	*ns = (uint64_t)result;
	return result <= UINT64_MAX;
}

static int make_times(const struct raw *raw, struct profile *profile)
{
	struct rate rate;
	bool known = find_rate(&raw->header, &rate);

	profile->untimed_runs = !known;
	if (known && !rate_ok(&rate))
		return corrupt(raw, H(ticks_per_second), "impossible clock rate");
	for (size_t i = 0; i < profile->fn_count; i++) {
		const struct rprof_time *time = &raw->times[i];
		struct profile_fn *fn = &profile->fns[i];

		fn->clock_off = time->start;
		if (!known)
			continue;
		fn->clock_spans = time->spans;
		if (!to_ns(&rate, time->self, &fn->clock_self_ns) || !to_ns(&rate, time->total, &fn->clock_total_ns))
			return err_set(raw->err, raw->name, AGAIN, "the raw file is corrupt: the time of %.200s passes 64 bits", fn->name);
	}
	return 0;
}

static void make_skips(const struct raw *raw, struct profile *profile)
{
	const struct raw_table *table = &raw->table;

	profile->skips = xrealloc(NULL, table->skip_count + 1, sizeof *profile->skips);
	for (size_t i = 0; i < table->skip_count; i++)
		profile->skips[i] =
		    (struct profile_skip){.rust_line = table->skips[i].rust_line, .reason = xstrdup(table->skips[i].reason)};
	profile->skip_count = table->skip_count;
}

static void replace(char **text, const char *by)
{
	free(*text);
	*text = xstrdup(by);
}

static void make_identity(const struct raw *raw, struct profile *profile)
{
	replace(&profile->source_path, raw->table.source_path);
	replace(&profile->source_hash, raw->table.source_hash);
	replace(&profile->rust_path, raw->table.rust_path);
	replace(&profile->rust_hash, raw->table.rust_hash);
	profile->runs = 1;
	profile->unfinished_runs = raw->header.state == RPROF_RUNNING;
	profile->lost_threads = raw->header.lost_threads;
	profile->clock = raw->header.clock;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */
static int make_profile(struct raw *raw, struct profile *profile)
{
	make_identity(raw, profile);
	make_fns(raw, profile);
	number_twins(profile);
	if (undo_calls(raw) < 0 || make_calls(raw, profile) < 0 || make_times(raw, profile) < 0)
		return -1;
	raw_heap_store(&raw->heap, &raw->table, profile);
	make_lines(raw, profile);
	mark_copies(raw, profile);
	profile->threads = raw->threads;
	make_skips(raw, profile);
	if (profile_canonical(profile, raw->err) < 0)
		return -1;
	return profile_check(profile, raw->name, raw->err);
}

/* What the file holds of one of its programs; NULL on errors. */
static struct profile *read_program(struct raw *raw)
{
	struct profile *profile = NULL;

	if (read_table(raw) == 0 && read_threads(raw) == 0) {
		profile = profile_new();
		if (make_profile(raw, profile) < 0) {
			profile_free(profile);
			profile = NULL;
		}
	}
	raw_table_free(&raw->table);
	free(raw->counters);
	free(raw->times);
	raw_heap_free(&raw->heap);
	raw->counters = NULL;
	raw->times = NULL;
	raw->heap = (struct raw_heap){0};
	return profile;
}

/* A text that is part of two crates of the process has two tables: its functions are one row each. */
static int add_twin(struct profile *profile, struct profile *twin, struct err *err)
{
	const struct profile before = *profile;

	if (profile_merge(profile, twin, err) < 0)
		return -1;
	profile->runs = before.runs;
	profile->unfinished_runs = before.unfinished_runs;
	profile->untimed_runs = before.untimed_runs;
	profile->lost_threads = before.lost_threads;
	profile->memory_runs = before.memory_runs;
	for (size_t i = 0; i < profile->fn_count; i++)
		profile->fns[i].calls_min = profile->fns[i].calls_max = profile->fns[i].calls;
	return 0;
}

static struct profile *find_twin(struct profile *const *files, size_t count, const struct profile *of)
{
	struct profile_file wanted = profile_file(of, 0);

	for (size_t i = 0; i < count; i++) {
		struct profile_file file = profile_file(files[i], 0);

		if (profile_compare(&profile_tables[TABLE_FILES], &file, &wanted) == 0)
			return files[i];
	}
	return NULL;
}

/* Each table is read for itself, as if the others were not there, and becomes a file of the profile. `files` holds the first. */
static int read_programs(struct raw *raw, struct profile **files, size_t *count)
{
	if (raw->programs > MOST_PROGRAMS)
		return corrupt(raw, raw->header.first, "more function tables than a program has");
	for (raw->program = 1; raw->program < raw->programs; raw->program++) {
		struct profile *next = read_program(raw), *twin;

		if (!next)
			return -1;
		twin = find_twin(files, *count, next);
		if (!twin) {
			files[(*count)++] = next;
			continue;
		}
		int result = add_twin(twin, next, raw->err);

		profile_free(next);
		if (result < 0)
			return -1;
	}
	for (size_t i = 1; i < *count; i++) {
		if (profile_join(files[0], files[i], raw->err) < 0)
			return -1;
	}
	return profile_check(files[0], raw->name, raw->err);
}

static struct profile *read_all(struct raw *raw)
{
	struct profile *files[MOST_PROGRAMS] = {read_program(raw)};
	size_t count = 1;

	if (files[0] && raw->programs > 1 && read_programs(raw, files, &count) < 0) {
		profile_free(files[0]);
		files[0] = NULL;
	}
	for (size_t i = 1; i < count; i++)
		profile_free(files[i]);
	return files[0];
}

/* `end`: where the chunks end at most; 0 when the header alone tells. */
static int add_bytes(struct profile **into, const void *data, size_t size, uint64_t end, const char *name, struct err *err)
{
	struct raw raw = {.data = data, .size = size, .name = name, .err = err};
	struct profile *profile = NULL;
	int result = -1;

	if (read_header(&raw, end) == 0)
		profile = read_all(&raw);
	if (profile)
		result = 0;
	if (result == 0 && *into) {
		result = profile_merge(*into, profile, err);
	} else if (result == 0) {
		*into = profile;
		profile = NULL;
	}
	profile_free(profile);
	return result;
}

int profile_add_raw_bytes(struct profile **into, const void *data, size_t size, const char *name, struct err *err)
{
	return add_bytes(into, data, size, 0, name, err);
}

/*
 * The `end` of the header as it is now; 0 when it cannot be read, which fs_read() then explains. A program that still runs may add chunks
 * while fs_read() copies the file: those up to this `end` are complete in the copy, later ones need not be.
 */
static uint64_t peek_end(const char *path)
{
	unsigned char bytes[8];
	struct stat st;
	uint64_t end = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && pread(fd, bytes, sizeof bytes, H(end)) == (ssize_t)sizeof bytes)
		end = profdata_get64(bytes);
	close(fd);
	return end;
}

int profile_add_raw(struct profile **into, const char *path, struct err *err)
{
	uint64_t end = peek_end(path);
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	int result;

	if (!data)
		return -1;
	result = add_bytes(into, data, size, end, path, err);
	free(data);
	return result;
}
