#include "profdata_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

int profdata_error(struct err *err, const char *name, uint64_t byte, const char *hint, const char *format, ...)
{
	char what[sizeof err->what], where[sizeof err->where];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	/* a long path loses its end rather than the byte */
	snprintf(where, sizeof where, "%.900s at byte %" PRIu64, name, byte);
	return err_set(err, where, hint, "%s", what);
}
