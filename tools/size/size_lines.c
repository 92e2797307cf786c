/* size_lines.c - the line of the source at which a function begins, from its debug information. */
#include "size_internal.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct size_lines {
	int fd;
	Dwarf *dwarf;
};

struct size_lines *size_lines_open(const char *path)
{
	struct size_lines *lines = xcalloc(1, sizeof *lines);

	lines->fd = open(path, O_RDONLY | O_CLOEXEC);
	lines->dwarf = lines->fd >= 0 ? dwarf_begin(lines->fd, DWARF_C_READ) : NULL;
	if (lines->dwarf)
		return lines;
	size_lines_close(lines);
	return NULL;
}

void size_lines_close(struct size_lines *lines)
{
	if (!lines)
		return;
	if (lines->dwarf)
		dwarf_end(lines->dwarf);
	if (lines->fd >= 0)
		close(lines->fd);
	free(lines);
}

bool size_lines_find(struct size_lines *lines, uint64_t address, const char **file, uint32_t *line)
{
	Dwarf_Die unit;
	Dwarf_Line *row;
	int number = 0;

	if (!dwarf_addrdie(lines->dwarf, address, &unit) || !(row = dwarf_getsrc_die(&unit, address)))
		return false;
	*file = dwarf_linesrc(row, NULL, NULL);
	if (!*file || dwarf_lineno(row, &number) != 0 || number <= 0)
		return false;
	*line = (uint32_t)number;
	return true;
}
