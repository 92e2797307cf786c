#include "build_flags_file.h"
#include "fs.h"
#include "strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLAGS_MOST (64u << 10)

char *build_flags_path(const char *source)
{
	return xasprintf("%s.flags", source);
}

char *build_flags_read(const char *source, struct err *err)
{
	char *path = build_flags_path(source), *text, *rest;
	struct strbuf flags = STRBUF_INIT;
	size_t size;

	if (access(path, F_OK) != 0 && errno == ENOENT) {
		free(path);
		return NULL;
	}
	text = rest = fs_read(path, FLAGS_MOST, &size, err);
	for (char *line; text && (line = strsep(&rest, "\n"));)
		if (*line && *line != '#')
			strbuf_printf(&flags, "%s%s", flags.size ? " " : "", line);
	free(path);
	if (!text)
		return NULL;
	free(text);
	return strbuf_take(&flags);
}
