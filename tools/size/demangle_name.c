#include "demangle_name.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/*
 * Both schemes have references to earlier parts of a name, so a hundred bytes can stand for more than fits into memory. libiberty knows no
 * limit, and asks nobody whether to go on: leaving it by a jump is the only way out.
 */
#define SHOWN_MOST 65536

struct shown {
	char *text;
	size_t size;
	jmp_buf too_long;
};

static void take(const char *piece, size_t size, void *context)
{
	struct shown *shown = context;

	if (size > SHOWN_MOST - shown->size)
		longjmp(shown->too_long, 1);
	if (size > 0) /* of nothing the piece is NULL */
		memcpy(shown->text + shown->size, piece, size);
	shown->size += size;
}

static char *show(int (*demangle)(const char *, int, demangle_callbackref, void *), const char *symbol, int options)
{
	struct shown *shown = malloc(sizeof *shown);
	char *text = NULL;

	if (!shown || !(shown->text = malloc(SHOWN_MOST + 1)))
		abort();
	shown->size = 0;
	if (setjmp(shown->too_long) == 0 && demangle(symbol, options, take, shown)) {
		shown->text[shown->size] = 0;
		text = strdup(shown->text);
		if (!text)
			abort();
	}
	free(shown->text);
	free(shown);
	return text;
}

char *demangle_rust(const char *symbol)
{
	return show(rust_demangle_callback, symbol, 0);
}

char *demangle_cpp(const char *symbol)
{
	return show(cplus_demangle_v3_callback, symbol, DMGL_PARAMS | DMGL_ANSI);
}
