/* size_lines.c - the line of the source at which a function begins, from its debug information. */
#include "size_internal.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct size_lines {
	int fd;
	Dwarf *dwarf;
	char *joined; /* directory and file of the last answer */
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
	free(lines->joined);
	free(lines);
}

/* A relative file is seen from the directory that the compiler ran in. */
static const char *absolute(struct size_lines *lines, Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attribute;
	const char *directory = *file == '/' || !dwarf_attr(unit, DW_AT_comp_dir, &attribute) ? NULL : dwarf_formstring(&attribute);

	if (!directory)
		return file;
	free(lines->joined);
	lines->joined = xasprintf("%s/%s", directory, file);
	return lines->joined;
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
	*file = absolute(lines, &unit, *file);
	*line = (uint32_t)number;
	return true;
}
