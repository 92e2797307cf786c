#include "rhook_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct rhook_buf *buf, size_t more)
{
	size_t capacity = buf->capacity ? buf->capacity : 256;

	if (buf->failed)
		return false;
	if (more > SIZE_MAX / 4 - buf->size) {
		buf->failed = true;
		return false;
	}
	while (capacity < buf->size + more + 1)
		capacity *= 2;
	if (capacity != buf->capacity) {
		char *data = realloc(buf->data, capacity);
		if (!data) {
			buf->failed = true;
			return false;
		}
		buf->data = data;
		buf->capacity = capacity;
	}
	return true;
}

void rhook_buf_add(struct rhook_buf *buf, const char *data, size_t size)
{
	if (!reserve(buf, size))
		return;
	if (size)
		memcpy(buf->data + buf->size, data, size);
	buf->size += size;
	buf->data[buf->size] = '\0';
}

void rhook_buf_puts(struct rhook_buf *buf, const char *text)
{
	rhook_buf_add(buf, text, strlen(text));
}

void rhook_buf_printf(struct rhook_buf *buf, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0) {
		buf->failed = true;
		return;
	}
	if (!reserve(buf, (size_t)size))
		return;
	va_start(args, format);
	vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
	va_end(args);
	buf->size += (size_t)size;
}

void rhook_buf_free(struct rhook_buf *buf)
{
	free(buf->data);
	*buf = (struct rhook_buf){0};
}
