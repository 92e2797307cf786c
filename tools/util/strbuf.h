/* strbuf.h - growing text. Allocation failure ends the process with a message (tools only; never in runtime or hooks). */
#ifndef UTIL_STRBUF_H
#define UTIL_STRBUF_H

#include <stddef.h>

struct strbuf {
	char *data; /* NUL-terminated once anything was added; free with strbuf_free() */
	size_t size, capacity;
};
#define STRBUF_INIT                                                                                                                        \
	{                                                                                                                                  \
		0                                                                                                                          \
	}

void strbuf_add(struct strbuf *sb, const void *data, size_t size);
void strbuf_puts(struct strbuf *sb, const char *text);
void strbuf_printf(struct strbuf *sb, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives the text away ("" for an empty one); the caller frees it. */
char *strbuf_take(struct strbuf *sb);
void strbuf_free(struct strbuf *sb);

/* malloc, calloc, realloc, strdup that end the process with a message instead of returning NULL. Sizes multiply with an overflow check. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
