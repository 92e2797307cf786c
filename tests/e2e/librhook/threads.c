/*
 * threads.c - eight threads instrument FILE... at once, each beginning elsewhere and in another way; prints what differs from the result of
 * one thread alone. Built with TSan, which prints data races.
 */
#include "rhook.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 8
static const unsigned ways[] = {0, RHOOK_LINES, RHOOK_ENTRY_ONLY, RHOOK_MODULE | RHOOK_NO_MEMORY};
#define WAYS (sizeof ways / sizeof *ways)

struct text {
	const char *path;
	char *data;
	size_t size;
	struct rhook_output *alone[WAYS];
};
static struct text *texts;
static size_t text_count;

static void read_text(struct text *text, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t room = (size_t)1 << 20;

	text->path = path;
	text->data = malloc(room);
	if (!file || !text->data)
		exit(2);
	text->size = fread(text->data, 1, room, file);
	fclose(file);
}

static struct rhook_output *instrument(const struct text *text, size_t way)
{
	struct rhook_input input = {.rust = {text->path, text->data, text->size}, .flags = ways[way]};
	struct rhook_output *output;
	struct rhook_error error;

	if (rhook_instrument(&input, &output, &error) != 0)
		printf("%s:%u:%u: %s\n", text->path, error.line, error.column, error.message);
	return output;
}

static void *run(void *first)
{
	size_t start = (size_t)first;

	for (size_t i = 0; i < text_count * WAYS; i++) {
		size_t at = (start * text_count / THREADS + i) % text_count, way = (start + i / text_count) % WAYS;
		const struct rhook_output *alone = texts[at].alone[way];
		struct rhook_output *output = instrument(&texts[at], way);
		if (output && (output->rust_size != alone->rust_size || memcmp(output->rust, alone->rust, alone->rust_size) != 0 ||
			       strcmp(output->table, alone->table) != 0))
			printf("%s, way %zu: not what one thread makes of it\n", texts[at].path, way);
		rhook_free(output);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	text_count = (size_t)argc - 1;
	texts = calloc(text_count + 1, sizeof *texts);
	if (!texts || argc < 2 * THREADS)
		return 2;
	for (size_t i = 0; i < text_count; i++) {
		read_text(&texts[i], argv[i + 1]);
		for (size_t way = 0; way < WAYS; way++)
			texts[i].alone[way] = instrument(&texts[i], way);
	}
	for (size_t t = 0; t < THREADS; t++)
		if (pthread_create(&threads[t], NULL, run, (void *)t) != 0)
			return 2;
	for (size_t t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	for (size_t i = 0; i < text_count; i++) {
		for (size_t way = 0; way < WAYS; way++)
			rhook_free(texts[i].alone[way]);
		free(texts[i].data);
	}
	free(texts);
	return 0;
}
