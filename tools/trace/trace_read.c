/* Reader of traces. Little-endian hosts, as the programs that write them. */
#include "fs.h"
#include "profdata_file.h"
#include "rprof_raw.h"
#include "trace.h"
#include "trace_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are read as they are in the file");

#define AGAIN		 "run the program again"
#define MOST		 (UINT64_MAX / 4096) /* calls of one thread: sums over threads stay within what JSON's integers hold */
#define MOST_THREADS	 2000u
#define SHORTEST_RATE_NS 10000u	   /* over less, the rate would be more than 1 % wrong */
#define KNOWN_RATE_NS	 10000000u /* what a rate that the caller knows is as good as */

struct reader {
	const unsigned char *data;
	size_t size;
	const char *name;
	struct err *err;
	struct trace *trace;
	struct rprof_raw_header header;
	uint32_t tables;
	uint64_t best_ns; /* of the pair that told the rate; 0 = it is stated */
};

static int corrupt(const struct reader *r, uint64_t at, const char *what)
{
	return profdata_error(r->err, r->name, at, AGAIN, "the trace is corrupt: %s", what);
}

static int read_header(struct reader *r)
{
	struct rprof_raw_header *h = &r->header;

	if (r->size < sizeof *h || memcmp(r->data, RPROF_RAW_MAGIC, 8) != 0)
		return profdata_error(r->err, r->name, 0, NULL, "not a raw file of ruchy-prof");
	memcpy(h, r->data, sizeof *h);
	if (h->version != RPROF_RAW_VERSION)
		return profdata_error(r->err, r->name, 8, "use a newer ruchy-prof", "the raw file has format version %" PRIu32, h->version);
	if (h->page < 4096 || h->page > 1u << 24 || (h->page & (h->page - 1)))
		return corrupt(r, 0, "page size is no power of two of 4096 bytes or more");
	if (h->first < h->page || h->first % h->page || h->end < h->first || h->end % h->page)
		return corrupt(r, 0, "the chunks are not on pages of their own");
	if (h->end > r->size)
		return profdata_error(r->err, r->name, r->size, AGAIN, "the raw file is truncated: %" PRIu64 " bytes expected", h->end);
	return 0;
}

static void read_head(struct reader *r)
{
	const struct rprof_raw_header *h = &r->header;

	r->trace->start_ticks = h->start_ticks;
	r->trace->ended = h->state == RPROF_EXITED;
	r->trace->lost_threads = h->lost_threads;
	if (h->ticks_per_second > 0)
		r->trace->ns_per_tick = 1e9 / (double)h->ticks_per_second;
	else if (h->clock == RPROF_CLOCK_OS)
		r->trace->ns_per_tick = 1;
	else
		r->best_ns = r->trace->ns_per_tick > 0 ? KNOWN_RATE_NS : SHORTEST_RATE_NS;
}

/* The rate of the clock follows from the pair that lies furthest behind the start, if it is far enough. */
static void note_pair(struct reader *r, uint64_t ticks, uint64_t ns)
{
	uint64_t passed = ns > r->header.start_ns ? ns - r->header.start_ns : 0;

	if (r->best_ns == 0 || passed < r->best_ns || ticks <= r->header.start_ticks)
		return;
	r->best_ns = passed;
	r->trace->ns_per_tick = (double)passed / (double)(ticks - r->header.start_ticks);
}

/* --- threads ---------------------------------------------------------------------------------------------------------------------- */

static bool is_sound(const struct reader *r, const struct rprof_trace_call *call)
{
	return call->number <= MOST && call->inside <= MOST && call->state <= RPROF_CALL_LEFT &&
	       call->function < r->trace->function_count && call->arguments <= RPROF_TRACE_ARGUMENTS && call->result <= RPROF_TRACE_RESULT;
}

/* Copies `count` calls, which the caller has seen to be there. NULL: one is unsound. */
static struct rprof_trace_call *read_calls(const struct reader *r, const unsigned char *from, size_t count)
{
	struct rprof_trace_call *calls = xcalloc(count + 1, sizeof *calls);

	if (count)
		memcpy(calls, from, count * sizeof *calls);
	for (size_t i = 0; i < count; i++) {
		if (calls[i].state == RPROF_CALL_NONE)
			calls[i] = (struct rprof_trace_call){0};
		if (is_sound(r, &calls[i]))
			continue;
		free(calls);
		return NULL;
	}
	return calls;
}

static void free_thread(struct trace_thread *t)
{
	free(t->first);
	free(t->last);
	free(t->slowest);
	free(t->open);
}

static void note_depth(struct trace_function *function, const struct rprof_trace_function *sum, uint64_t stack_size)
{
	double used = stack_size ? (double)sum->stack_used / (double)stack_size : 0;
	double before = function->stack_size ? (double)function->stack_used / (double)function->stack_size : 0;

	if (sum->deepest > function->deepest)
		function->deepest = sum->deepest;
	if (used <= before || sum->stack_used > stack_size)
		return;
	function->stack_used = sum->stack_used;
	function->stack_size = stack_size;
}

static int read_arrays(struct reader *r, struct trace_thread *t, const unsigned char *at, uint64_t offset)
{
	const struct rprof_trace *h = &t->head;
	const struct rprof_trace_function *sums = (const void *)at;

	for (uint32_t f = 0; f < h->functions; f++, sums++) {
		struct rprof_trace_function sum;

		memcpy(&sum, sums, sizeof sum);
		if (sum.calls > MOST || sum.unwound > MOST || sum.opaque > sum.calls)
			return corrupt(r, offset, "the sums of a function contradict each other");
		note_depth(&r->trace->functions[f], &sum, h->stack_size);
		r->trace->functions[f].calls += sum.calls;
		r->trace->functions[f].unwound += sum.unwound;
		r->trace->functions[f].opaque += sum.opaque;
	}
	at += h->functions * sizeof *sums;
	t->open_count = h->depth < h->frames ? h->depth : h->frames;
	t->open = read_calls(r, at, t->open_count);
	at += h->frames * sizeof(struct rprof_trace_call);
	t->first = read_calls(r, at, h->first);
	at += h->first * sizeof(struct rprof_trace_call);
	t->last = read_calls(r, at, h->last);
	at += h->last * sizeof(struct rprof_trace_call);
	t->slowest = read_calls(r, at, h->slowest);
	at += h->slowest * sizeof(struct rprof_trace_call);
	if (!t->open || !t->first || !t->last || !t->slowest)
		return corrupt(r, offset, "a call is not a call");
	return trace_keys_add(r->trace, h, at) < 0 ? corrupt(r, offset, "a count of arguments is none") : 0;
}

static int read_thread(struct reader *r, const struct rprof_raw_chunk *chunk, uint64_t offset)
{
	const unsigned char *payload = r->data + offset + sizeof *chunk;
	struct trace_thread t = {0};
	uint64_t need;

	if (chunk->size < sizeof t.head)
		return corrupt(r, offset, "a thread is shorter than its head");
	memcpy(&t.head, payload, sizeof t.head);
	note_pair(r, t.head.mark_ticks, t.head.mark_ns);
	if (r->trace->thread_count == MOST_THREADS)
		return corrupt(r, offset, "more threads than a trace has");
	if (t.head.functions != r->trace->function_count)
		return corrupt(r, offset, "a thread traces other functions than the table names");
	/* A forked child keeps the calls that it came with, but did not begin them. */
	if (t.head.calls > MOST || t.head.kept > MOST || t.head.beyond > t.head.calls)
		return corrupt(r, offset, "the sums of a thread contradict each other");
	if (t.head.size < sizeof t.head || t.head.size > chunk->size || t.head.size % 8)
		return corrupt(r, offset, "the head of a thread has a wrong size");
	need = t.head.size + (uint64_t)t.head.functions * (sizeof(struct rprof_trace_function) + RPROF_TRACE_SKETCH) +
	       ((uint64_t)t.head.frames + t.head.first + t.head.last + t.head.slowest) * sizeof(struct rprof_trace_call) +
	       (uint64_t)t.head.keys * sizeof(struct rprof_trace_key);
	if (need > chunk->size || t.head.key_count > t.head.keys)
		return corrupt(r, offset, "a thread has more calls than bytes");
	if (read_arrays(r, &t, payload + t.head.size, offset) < 0) {
		free_thread(&t);
		return -1;
	}
	r->trace->threads = xrealloc(r->trace->threads, r->trace->thread_count + 1, sizeof *r->trace->threads);
	r->trace->threads[r->trace->thread_count++] = t;
	return 0;
}

static int read_chunks(struct reader *r)
{
	for (uint64_t at = r->header.first; at < r->header.end;) {
		struct rprof_raw_chunk chunk;

		memcpy(&chunk, r->data + at, sizeof chunk);
		if (chunk.length == 0 || chunk.length % r->header.page || chunk.length > r->header.end - at ||
		    chunk.size > chunk.length - sizeof chunk)
			return corrupt(r, at, "a chunk reaches past its end");
		if (chunk.kind == RPROF_CHUNK_TABLE && r->tables++ == 0 &&
		    trace_table_parse((const char *)r->data + at + sizeof chunk, chunk.size, r->trace) < 0)
			return corrupt(r, at, "its function table can't be read");
		if (chunk.kind == RPROF_CHUNK_TRACE && chunk.program == 0 && read_thread(r, &chunk, at) < 0)
			return -1;
		at += chunk.length;
	}
	if (r->trace->function_count > 0)
		return 0;
	return err_set(r->err, r->name, "build the program with --trace-calls", "the raw file holds no trace");
}

struct trace *trace_parse(const void *data, size_t size, const char *name, double ns_per_tick, struct err *err)
{
	struct trace *trace = xcalloc(1, sizeof *trace);
	struct reader r = {.data = data, .size = size, .name = name, .err = err, .trace = trace};

	trace->source_path = xstrdup("");
	trace->source_hash = xstrdup("");
	trace->ns_per_tick = ns_per_tick;
	if (read_header(&r) == 0) {
		read_head(&r);
		note_pair(&r, r.header.last_ticks, r.header.last_ns);
		if (read_chunks(&r) == 0) {
			trace_keys_finish(trace);
			return trace;
		}
	}
	trace_free(trace);
	return NULL;
}

struct trace *trace_read(const char *path, double ns_per_tick, struct err *err)
{
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	struct trace *trace = data ? trace_parse(data, size, path, ns_per_tick, err) : NULL;

	free(data);
	return trace;
}

bool trace_is_one(const void *data, size_t size)
{
	struct rprof_raw_header header;
	struct rprof_raw_chunk chunk;

	if (size < sizeof header || memcmp(data, RPROF_RAW_MAGIC, 8) != 0)
		return false;
	memcpy(&header, data, sizeof header);
	for (uint64_t at = header.first; at < size && size - at >= sizeof chunk; at += chunk.length) {
		memcpy(&chunk, (const char *)data + at, sizeof chunk);
		if (chunk.kind == RPROF_CHUNK_TRACE)
			return true;
		if (chunk.length < sizeof chunk || chunk.length > size)
			return false;
	}
	return false;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	for (size_t f = 0; f < trace->function_count; f++) {
		struct trace_function *function = &trace->functions[f];

		for (size_t a = 0; a < function->argument_count; a++) {
			free(function->arguments[a].name);
			free(function->arguments[a].type);
		}
		free(function->arguments);
		free(function->name);
		free(function->result);
	}
	for (size_t t = 0; t < trace->thread_count; t++)
		free_thread(&trace->threads[t]);
	free(trace->functions);
	free(trace->threads);
	free(trace->keys);
	free(trace->sketch);
	free(trace->source_path);
	free(trace->source_hash);
	free(trace);
}
