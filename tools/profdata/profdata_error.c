#include "profdata_file.h"

#include <inttypes.h>
#include <stdio.h>

/* A long path loses its end rather than the byte. */
char *profdata_place(char text[PROFDATA_PLACE], const char *name, uint64_t byte)
{
	snprintf(text, PROFDATA_PLACE, "%.900s at byte %" PRIu64, name, byte);
	return text;
}
