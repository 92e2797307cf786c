/*
 * Traces from anywhere, and every format of what is read of them. First byte 0: the rest is the raw file. 1: a function table, then the
 * file of one thread without calls. Else a file without its padding, put back here so that an input of some hundred bytes reaches all of
 * it: the sizes of the thread's arrays, one byte each, then the bytes of its payload behind the head, zeros behind the end.
 */
#include "raw_file.h"
#include "rhook_table.h"
#include "trace.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char table[] = RHOOK_TABLE_MAGIC "\nsource\t0123456789abcdef0123456789abcdef\ta.ruchy\n"
					      "trace\t0\t0\t1\t5\ti32\tf\nargument\t0\tn\ti32\nargument\t0\t-\t(u8, u8)\n"
					      "trace\t1\t3\t7\t0\t-\tPoint::g\nargument\t1\tself\t&self\n";

static void add_thread(struct file *file, const uint8_t *data, size_t size)
{
	struct rprof_trace head = {.size = sizeof head, .functions = 2};
	uint32_t *const sizes[] = {&head.frames, &head.first, &head.last, &head.slowest, &head.keys, &head.key_count, &head.depth};
	size_t bytes;
	uint8_t *payload;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		*sizes[i] = i < size ? data[i] % 12 : 0;
	data += size < 8 ? size : 8;
	size -= size < 8 ? size : 8;
	head.kept = head.calls = head.first + 5u;
	head.evicted = head.depth & 1;
	bytes = sizeof head + 2 * (sizeof(struct rprof_trace_function) + RPROF_TRACE_SKETCH) +
		(head.frames + head.first + head.last + head.slowest) * sizeof(struct rprof_trace_call) +
		head.keys * sizeof(struct rprof_trace_key);
	payload = file_chunk(file, RPROF_CHUNK_TRACE, bytes);
	memcpy(payload, &head, sizeof head);
	memcpy(payload + sizeof head, data, size < bytes - sizeof head ? size : bytes - sizeof head);
}

static void check_lines(char *text)
{
	for (char *line = text, *end; line && *line; line = end + 1) {
		json_t *json;

		end = strchr(line, '\n');
		if (!end)
			abort();
		*end = '\0';
		json = json_loads(line, JSON_ALLOW_NUL, NULL);
		if (!json)
			fprintf(stderr, "no JSON: %s\n", line);
		if (!json)
			abort();
		json_decref(json);
	}
}

static void try_format(const struct trace *trace, const struct trace_format *format, bool ascii)
{
	struct trace_options options = {.ascii = ascii, .width = ascii ? 40 : 0, .plain_ns = 1e6, .traced_ns = -1, .source = "a.ruchy"};
	struct trace_state state = {0};
	struct strbuf out = STRBUF_INIT;

	if (format->step)
		format->step(trace, &options, &state, &out);
	format->finish(trace, &options, &state, &out);
	for (size_t i = 0; ascii && format == &trace_format_text && i < out.size; i++)
		if ((unsigned char)out.data[i] > 126 || (out.data[i] < ' ' && out.data[i] != '\n'))
			abort();
	if (format == &trace_format_jsonl)
		check_lines(out.data);
	if (format == &trace_format_chrome) {
		json_t *json = json_loads(out.data, JSON_ALLOW_NUL, NULL);

		if (!json)
			abort();
		json_decref(json);
	}
	free(state.open);
	strbuf_free(&out);
}

static void try_file(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct trace *trace = trace_parse(data, size, "input", 0.5, &err);

	(void)trace_is_one(data, size);
	if (!trace != !!err.set)
		abort();
	for (int ascii = 0; trace && ascii < 2; ascii++) {
		try_format(trace, &trace_format_text, ascii);
		try_format(trace, &trace_format_jsonl, ascii);
		try_format(trace, &trace_format_chrome, ascii);
	}
	for (size_t k = 0; trace && k < trace->key_count; k++)
		if (trace->keys[k].error > trace->keys[k].count)
			abort();
	trace_free(trace);
	err_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file file;

	if (size == 0)
		return 0;
	if (data[0] == 0) {
		try_file(data + 1, size - 1);
		return 0;
	}
	file = (struct file){0};
	file_extend(&file, PAGE);
	if (data[0] == 1) {
		memcpy(file_chunk(&file, RPROF_CHUNK_TABLE, size - 1), data + 1, size - 1);
	} else {
		memcpy(file_chunk(&file, RPROF_CHUNK_TABLE, sizeof table - 1), table, sizeof table - 1);
		add_thread(&file, data + 1, size - 1);
		if (data[0] % 2)
			add_thread(&file, data + size / 2, size - size / 2);
	}
	file_finish(&file,
		    (struct rprof_raw_header){.clock = RPROF_CLOCK_TSC, .start_ticks = 1000, .last_ticks = 2001000, .last_ns = 1000000});
	try_file(file.data, file.size);
	free(file.data);
	return 0;
}
