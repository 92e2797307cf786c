/* pgo_count.c - counts as people read them, where several stand in one printf(). */
#include "export_units.h"
#include "pgo.h"

#include <stdio.h>

const char *pgo_count(uint64_t n)
{
	static char buffers[4][32];
	static unsigned next;
	char *out = buffers[next++ % 4];
	struct strbuf text = STRBUF_INIT;

	unit_count(&text, n);
	snprintf(out, sizeof *buffers, "%s", text.data);
	strbuf_free(&text);
	return out;
}
