/* err.c - fill, raise, free. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of files end up here: a control character in one must not reach a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			*text = '?';
	}
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
	make_printable(to);
}

static int set(struct err *err, int exit, const char *where, const char *hint, const char *format, va_list args)
{
	if (!err || err->set)
		return -1;
	vsnprintf(err->what, sizeof err->what, format, args);
	make_printable(err->what);
	copy(err->where, sizeof err->where, where);
	copy(err->hint, sizeof err->hint, hint);
	err->exit = exit;
	err->set = 1;
	return -1;
}

int err_set(struct err *err, const char *where, const char *hint, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, ERR_FAILURE, where, hint, format, args);
	va_end(args);
	return -1;
}

int err_usage(struct err *err, const char *where, const char *hint, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(err, ERR_USAGE, where, hint, format, args);
	va_end(args);
	return -1;
}

void err_free(struct err *err)
{
	free(err->detail);
	memset(err, 0, sizeof *err);
}
