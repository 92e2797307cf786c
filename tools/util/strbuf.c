/* strbuf.c - growing text, and allocation that ends the process instead of returning NULL. */
#include "strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t size)
{
	fprintf(stderr, "ruchy-prof: fatal: out of memory (%zu bytes wanted)\n", size);
	exit(1);
}

void *xmalloc(size_t size)
{
	void *data = malloc(size ? size : 1);
	if (!data)
		out_of_memory(size);
	return data;
}

void *xcalloc(size_t count, size_t size)
{
	void *data = calloc(count ? count : 1, size ? size : 1);
	if (!data)
		out_of_memory(count);
	return data;
}

void *xrealloc(void *old, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory(SIZE_MAX);
	void *data = realloc(old, bytes ? bytes : 1);
	if (!data)
		out_of_memory(bytes);
	return data;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(xmalloc(size), text, size);
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0)
		out_of_memory(0);
	return text;
}

/* Room for `extra` bytes and a NUL. */
static void grow(struct strbuf *sb, size_t extra)
{
	size_t need;
	if (__builtin_add_overflow(sb->size, extra, &need) || __builtin_add_overflow(need, 1, &need))
		out_of_memory(SIZE_MAX);
	if (sb->data && need <= sb->capacity)
		return;
	size_t capacity = sb->capacity < SIZE_MAX / 2 ? sb->capacity * 2 : need;
	if (capacity < need)
		capacity = need < 64 ? 64 : need;
	sb->data = xrealloc(sb->data, capacity, 1);
	sb->capacity = capacity;
}

void strbuf_add(struct strbuf *sb, const void *data, size_t size)
{
	grow(sb, size);
	if (size)
		memcpy(sb->data + sb->size, data, size);
	sb->size += size;
	sb->data[sb->size] = 0;
}

void strbuf_puts(struct strbuf *sb, const char *text)
{
	strbuf_add(sb, text, strlen(text));
}

/* Most texts fit behind what is there; the others are formatted twice. */
void strbuf_printf(struct strbuf *sb, const char *format, ...)
{
	size_t room = sb->data ? sb->capacity - sb->size : 0;
	va_list args;
	va_start(args, format);
	int size = vsnprintf(room ? sb->data + sb->size : NULL, room, format, args);
	va_end(args);
	if (size < 0)
		out_of_memory(0);
	if ((size_t)size >= room) {
		grow(sb, (size_t)size);
		va_start(args, format);
		vsnprintf(sb->data + sb->size, (size_t)size + 1, format, args);
		va_end(args);
	}
	sb->size += (size_t)size;
}

char *strbuf_take(struct strbuf *sb)
{
	if (!sb->data)
		strbuf_add(sb, "", 0);
	char *data = sb->data;
	*sb = (struct strbuf)STRBUF_INIT;
	return data;
}

void strbuf_free(struct strbuf *sb)
{
	free(sb->data);
	*sb = (struct strbuf)STRBUF_INIT;
}
