/* size_inline.c - code that was inlined, charged to the function that it is of, from debug information. */
#include "size_internal.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MOST  64
#define RANGES_MOST (1u << 22)

struct inlined_range {
	char *name;	   /* mangled, owned */
	uint64_t from, to; /* addresses */
	unsigned depth;
};

struct inliner {
	struct inlined_range *rows;
	size_t count, capacity;
	size_t seen;	/* ranges: also of entries that share a list, which would make it quadratic */
	Dwarf_Off last; /* entries come in file order; one that does not is damage and would be a loop */
};

static const char *linkage_name(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute))
		name = dwarf_formstring(&attribute);
	return name ? name : dwarf_diename(die);
}

static void add_ranges(struct inliner *in, Dwarf_Die *die, unsigned depth)
{
	const char *name = linkage_name(die);
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while (name && in->seen++ < RANGES_MOST && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		if (low >= high)
			continue;
		if (in->count == in->capacity) {
			in->capacity = in->capacity ? 2 * in->capacity : 1024;
			in->rows = xrealloc(in->rows, in->capacity, sizeof *in->rows);
		}
		in->rows[in->count++] = (struct inlined_range){.name = xstrdup(name), .from = low, .to = high, .depth = depth};
	}
}

static void walk(struct inliner *in, Dwarf_Die *parent, int nesting, unsigned depth)
{
	Dwarf_Die die;

	if (nesting == DEPTH_MOST || dwarf_child(parent, &die) != 0)
		return;
	do {
		Dwarf_Off offset = dwarf_dieoffset(&die);
		bool inlined = dwarf_tag(&die) == DW_TAG_inlined_subroutine;

		if (offset <= in->last)
			return;
		in->last = offset;
		if (inlined)
			add_ranges(in, &die, depth + 1);
		walk(in, &die, nesting + 1, depth + inlined);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void read_all(struct inliner *in, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = fd >= 0 ? dwarf_begin(fd, DWARF_C_READ) : NULL;
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (dwarf && dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		in->last = dwarf_dieoffset(&die);
		walk(in, &die, 0, 0);
	}
	if (dwarf)
		dwarf_end(dwarf);
	if (fd >= 0)
		close(fd);
}

/* The innermost first, since the first label stays; of one depth by name, so that each gets one item. */
static int by_depth(const void *a, const void *b)
{
	const struct inlined_range *one = a, *other = b;

	if (one->depth != other->depth)
		return one->depth > other->depth ? -1 : 1;
	return strcmp(one->name, other->name);
}

static bool in_file(const struct size_sections *sections, const struct inlined_range *range, uint64_t *from)
{
	const struct image_section *s = size_section_at(sections, range->from);

	if (!s || !size_is_code(s) || range->to - s->address > s->bytes)
		return false;
	*from = s->offset + (range->from - s->address);
	return true;
}

void size_claim_inlined(struct size_program *program, const char *path)
{
	struct inliner in = {0};
	struct size_sections sections;
	struct spans claims = {0};
	uint32_t label = 0;

	read_all(&in, path);
	size_sections_find(&sections, &program->image);
	if (in.count > 0)
		qsort(in.rows, in.count, sizeof *in.rows, by_depth);
	for (size_t i = 0; i < in.count; i++) {
		const struct inlined_range *row = &in.rows[i], *last = i > 0 ? row - 1 : NULL;
		uint64_t from;

		if (last && last->depth != row->depth)
			spans_apply(&program->map, &claims, program->image.size);
		if (!last || last->depth != row->depth || strcmp(last->name, row->name) != 0) {
			label = size_function_add(program, row->name, row->from);
			program->items[label].inlined = true;
		}
		if (in_file(&sections, row, &from))
			span_claim(&claims, from, from + (row->to - row->from), label);
	}
	spans_apply(&program->map, &claims, program->image.size);
	spans_free(&claims);
	size_sections_free(&sections);
	for (size_t i = 0; i < in.count; i++)
		free(in.rows[i].name);
	free(in.rows);
}
