/* raw_build.h - raw counter files made by hand, for the tests of their reader. Little-endian hosts only, as the tests are. */
#ifndef RAW_BUILD_H
#define RAW_BUILD_H

#include "rprof_raw.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

#define RAW_PAGE 4096u

struct raw_file {
	struct strbuf bytes;
};

static inline struct rprof_raw_header *raw_header(struct raw_file *file)
{
	return (struct rprof_raw_header *)(void *)file->bytes.data;
}

static inline void raw_pad(struct raw_file *file)
{
	static const char zeros[RAW_PAGE];
	size_t over = file->bytes.size % RAW_PAGE;

	if (over)
		strbuf_add(&file->bytes, zeros, RAW_PAGE - over);
}

/* A clock of 2 ticks a nanosecond, one second long, exited. */
static inline void raw_start(struct raw_file *file)
{
	struct rprof_raw_header header = {.version = RPROF_RAW_VERSION,
					  .page = RAW_PAGE,
					  .clock = RPROF_CLOCK_TSC,
					  .state = RPROF_EXITED,
					  .first = RAW_PAGE,
					  .end = RAW_PAGE,
					  .pid = 42,
					  .start_ticks = 1000,
					  .start_ns = 500,
					  .last_ticks = 2000001000,
					  .last_ns = 1000000500};

	memcpy(header.magic, RPROF_RAW_MAGIC, sizeof header.magic);
	*file = (struct raw_file){STRBUF_INIT};
	strbuf_add(&file->bytes, &header, sizeof header);
	raw_pad(file);
}

/* Returns the offset of the chunk. */
static inline size_t raw_chunk(struct raw_file *file, uint32_t kind, uint32_t program, const void *payload, size_t size)
{
	size_t at = file->bytes.size;
	struct rprof_raw_chunk chunk = {.kind = kind, .program = program, .size = size};

	chunk.length = (sizeof chunk + size + RAW_PAGE - 1) / RAW_PAGE * RAW_PAGE;
	strbuf_add(&file->bytes, &chunk, sizeof chunk);
	strbuf_add(&file->bytes, payload, size);
	raw_pad(file);
	raw_header(file)->end = file->bytes.size;
	return at;
}

static inline size_t raw_table_chunk(struct raw_file *file, const char *text)
{
	return raw_chunk(file, RPROF_CHUNK_TABLE, 0, text, strlen(text));
}

/* Returns the offset of the thread's struct. */
static inline size_t raw_thread_chunk(struct raw_file *file, struct rprof_raw_thread head, const uint64_t *counters,
				      const struct rprof_time *times)
{
	struct strbuf payload = STRBUF_INIT;
	static const char zeros[64];
	size_t at;

	head.times_offset = (sizeof head + head.slots * sizeof *counters + 63) / 64 * 64;
	strbuf_add(&payload, &head, sizeof head);
	strbuf_add(&payload, counters, head.slots * sizeof *counters);
	strbuf_add(&payload, zeros, head.times_offset - payload.size);
	strbuf_add(&payload, times, head.functions * sizeof *times);
	at = raw_chunk(file, RPROF_CHUNK_THREAD, 0, payload.data, payload.size);
	strbuf_free(&payload);
	return at + sizeof(struct rprof_raw_chunk);
}

/* Of which program the thread is whose struct begins at `at`. */
static inline void raw_program(struct raw_file *file, size_t at, uint32_t program)
{
	struct rprof_raw_chunk *chunk = (struct rprof_raw_chunk *)(void *)(file->bytes.data + at - sizeof(struct rprof_raw_chunk));

	chunk->program = program;
}

static inline struct rprof_raw_thread *raw_thread_at(struct raw_file *file, size_t at)
{
	return (struct rprof_raw_thread *)(void *)(file->bytes.data + at);
}

#endif
