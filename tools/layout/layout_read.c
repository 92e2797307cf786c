/* layout_read.c - types in DWARF. Damage ends the reading, never the process. */
#include "layout_internal.h"
#include "size_name.h"

#include <dwarf.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MOST  64
#define TYPES_MOST  20000
#define FIELDS_MOST 4096

struct seen {
	uint64_t size;
	char *name;
};

struct reader {
	struct layouts *layouts;
	void *seen; /* a tree of struct seen */
	size_t capacity;
	const char *crate;
	Dwarf_Off last; /* entries come in file order; one that does not is damage and would be a loop */
};

/* A base class without members takes no room of its own, though its size is 1. */
static bool is_empty_base(Dwarf_Die *base)
{
	Dwarf_Die type, child;

	if (!layout_type(base, &type) || dwarf_child(&type, &child) != 0)
		return true;
	do {
		if (dwarf_tag(&child) == DW_TAG_member || dwarf_tag(&child) == DW_TAG_inheritance)
			return false;
	} while (dwarf_siblingof(&child, &child) == 0);
	return true;
}

/* Of a class: a static member lies elsewhere. */
static bool is_static(Dwarf_Die *member)
{
	Dwarf_Attribute attribute;

	return dwarf_attr(member, DW_AT_external, &attribute) || dwarf_attr(member, DW_AT_declaration, &attribute);
}

/* -1: a field whose place is not a number of bytes. */
static int add_field(struct layout *layout, Dwarf_Die *member)
{
	struct layout_field field = {0};
	Dwarf_Die type;
	uint64_t ignored;

	if (layout_number(member, DW_AT_virtuality, &ignored) || layout_number(member, DW_AT_bit_size, &ignored) ||
	    layout_number(member, DW_AT_data_bit_offset, &ignored))
		return -1;
	if (!layout_number(member, DW_AT_data_member_location, &field.offset))
		field.offset = 0;
	if (!layout_type(member, &type) || layout->field_count == FIELDS_MOST)
		return -1;
	field.size = layout_size_of(&type);
	if (field.size == UINT64_MAX || field.offset > layout->size || field.size > layout->size - field.offset)
		return -1;
	field.name = xstrdup(dwarf_tag(member) == DW_TAG_inheritance ? layout_name(&type) : layout_name(member));
	field.type = xstrdup(layout_name(&type));
	layout->fields = xrealloc(layout->fields, layout->field_count + 1, sizeof *layout->fields);
	layout->fields[layout->field_count++] = field;
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct layout_field *one = a, *other = b;

	return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* Holes, padding, and what an order by alignment would take: sizes are multiples of alignments, so that leaves no holes. */
static void measure(struct layout *layout, bool known)
{
	uint64_t at = 0, sum = 0;

	if (layout->field_count > 0)
		qsort(layout->fields, layout->field_count, sizeof *layout->fields, by_offset);
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct layout_field *field = &layout->fields[i];

		if (field->offset < at && field->size > 0)
			known = false; /* within the fill of a base class, or a union's: whose the bytes are is not told */
		if (field->offset > at) {
			layout->holes += field->offset - at;
			layout->hole_count++;
		}
		if (field->offset + field->size > at)
			at = field->offset + field->size;
		sum += field->size;
	}
	layout->best = layout->size;
	layout->untold = !known;
	if (!known) {
		layout->holes = layout->hole_count = 0;
		return;
	}
	layout->padding = layout->holes + (layout->size - at);
	if (layout->align > 0 && layout->align < SIZE_MOST && sum < SIZE_MOST) {
		uint64_t best = (sum + layout->align - 1) / layout->align * layout->align;

		layout->best = best < layout->size ? best : layout->size;
	}
}

/* Each variant of an enum with data is a struct of its own; what it needs ends at its last field. */
static void read_variant(struct layout *layout, Dwarf_Die *variant)
{
	struct layout_field field = {0};
	Dwarf_Die member, type, inner;

	if (dwarf_child(variant, &member) != 0)
		return;
	while (dwarf_tag(&member) != DW_TAG_member)
		if (dwarf_siblingof(&member, &member) != 0)
			return;
	if (!layout_type(&member, &type) || layout->field_count == FIELDS_MOST)
		return;
	if (dwarf_child(&type, &inner) == 0) {
		size_t asked = 0;

		do {
			uint64_t offset = 0, size;
			Dwarf_Die of;

			if (dwarf_tag(&inner) != DW_TAG_member || !layout_type(&inner, &of))
				continue;
			layout_number(&inner, DW_AT_data_member_location, &offset);
			size = layout_size_of(&of);
			if (size != UINT64_MAX && offset <= layout->size && size <= layout->size - offset && offset + size > field.size)
				field.size = offset + size;
		} while (++asked < FIELDS_MOST && dwarf_siblingof(&inner, &inner) == 0);
	}
	field.name = xstrdup(layout_name(&member));
	field.type = xstrdup("");
	layout->fields = xrealloc(layout->fields, layout->field_count + 1, sizeof *layout->fields);
	layout->fields[layout->field_count++] = field;
}

static void read_variants(struct layout *layout, Dwarf_Die *part)
{
	Dwarf_Die variant;

	layout->is_enum = true;
	if (dwarf_child(part, &variant) != 0)
		return;
	do {
		if (dwarf_tag(&variant) == DW_TAG_variant)
			read_variant(layout, &variant);
	} while (dwarf_siblingof(&variant, &variant) == 0);
	for (size_t i = 0; i < layout->field_count; i++) {
		uint64_t size = layout->fields[i].size;

		if (size > layout->largest) {
			layout->second = layout->largest;
			layout->largest = size;
			free(layout->largest_name);
			layout->largest_name = xstrdup(layout->fields[i].name);
		} else if (size > layout->second) {
			layout->second = size;
		}
	}
}

static void free_layout(struct layout *layout)
{
	for (size_t i = 0; i < layout->field_count; i++) {
		free(layout->fields[i].name);
		free(layout->fields[i].type);
	}
	free(layout->fields);
	free(layout->name);
	free(layout->largest_name);
}

static int by_name(const void *a, const void *b)
{
	const struct seen *one = a, *other = b;

	return one->size != other->size ? (one->size < other->size ? -1 : 1) : strcmp(one->name, other->name);
}

/* The same type stands in many units. */
static bool is_known(struct reader *r, const char *name, uint64_t size)
{
	struct seen key = {.size = size, .name = (char *)(uintptr_t)name}, *more;

	if (tfind(&key, &r->seen, by_name))
		return true;
	more = xmalloc(sizeof *more);
	*more = (struct seen){.size = size, .name = xstrdup(name)};
	tsearch(more, &r->seen, by_name);
	return false;
}

static void free_seen(void *node)
{
	struct seen *seen = node;

	free(seen->name);
	free(seen);
}

static void read_type(struct reader *r, Dwarf_Die *die, const char *scope)
{
	struct layout layout = {0};
	Dwarf_Die child;
	bool known = true;

	if (!layout_number(die, DW_AT_byte_size, &layout.size) || layout.size == 0 || layout.size >= SIZE_MOST || !*layout_name(die) ||
	    dwarf_child(die, &child) != 0)
		return;
	if (r->layouts->count == TYPES_MOST) {
		r->layouts->left_out = true;
		return;
	}
	layout.name = *scope ? xasprintf("%s::%s", scope, layout_name(die)) : xstrdup(layout_name(die));
	if (is_known(r, layout.name, layout.size)) {
		free(layout.name);
		return;
	}
	layout.align = layout_align(die);
	do {
		int tag = dwarf_tag(&child);

		if ((tag == DW_TAG_member && !is_static(&child)) || (tag == DW_TAG_inheritance && !is_empty_base(&child)))
			known = add_field(&layout, &child) == 0 && known;
		else if (tag == DW_TAG_variant_part)
			read_variants(&layout, &child);
	} while (dwarf_siblingof(&child, &child) == 0);
	if (layout.field_count == 0) {
		free_layout(&layout);
		return;
	}
	if (layout.is_enum)
		layout.best = layout.size;
	else
		measure(&layout, known);
	if (r->layouts->count == r->capacity) {
		r->capacity = r->capacity ? 2 * r->capacity : 64;
		r->layouts->rows = xrealloc(r->layouts->rows, r->capacity, sizeof *r->layouts->rows);
	}
	r->layouts->rows[r->layouts->count++] = layout;
}

static bool is_wanted(const struct reader *r, const char *scope)
{
	size_t size = strcspn(scope, ":");
	char *first = xasprintf("%.*s", (int)size, scope);
	bool wanted = r->crate ? strcmp(first, r->crate) == 0 : !size_is_std(first);

	free(first);
	return wanted;
}

/* Variants of an enum with data are types within it, whose gaps hold the tag. */
static bool has_variants(Dwarf_Die *die)
{
	Dwarf_Die child;

	if (dwarf_child(die, &child) != 0)
		return false;
	do {
		if (dwarf_tag(&child) == DW_TAG_variant_part)
			return true;
	} while (dwarf_siblingof(&child, &child) == 0);
	return false;
}

static void walk(struct reader *r, Dwarf_Die *parent, const char *scope, int depth)
{
	Dwarf_Die die;

	if (depth == DEPTH_MOST || dwarf_child(parent, &die) != 0)
		return;
	do {
		Dwarf_Off offset = dwarf_dieoffset(&die);
		int tag = dwarf_tag(&die);

		if (offset <= r->last)
			return;
		r->last = offset;
		if ((tag == DW_TAG_structure_type || tag == DW_TAG_class_type) && is_wanted(r, scope))
			read_type(r, &die, scope);
		if (tag == DW_TAG_structure_type && has_variants(&die))
			continue;
		if (tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_subprogram ||
		    tag == DW_TAG_lexical_block) {
			const char *name = tag == DW_TAG_lexical_block || tag == DW_TAG_subprogram ? "" : layout_name(&die);
			char *inner = *scope && *name ? xasprintf("%s::%s", scope, name) : xstrdup(*name ? name : scope);

			walk(r, &die, inner, depth + 1);
			free(inner);
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

static int by_padding(const void *a, const void *b)
{
	const struct layout *one = a, *other = b;

	if (one->padding != other->padding)
		return one->padding > other->padding ? -1 : 1;
	if (one->size != other->size)
		return one->size > other->size ? -1 : 1;
	return strcmp(one->name, other->name);
}

struct layouts *layouts_read(const char *path, const char *crate, struct err *err)
{
	struct reader r = {.crate = crate};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = fd >= 0 ? dwarf_begin(fd, DWARF_C_READ) : NULL;
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;
	bool any = false;

	r.layouts = xcalloc(1, sizeof *r.layouts);
	while (dwarf && dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		any = true;
		r.last = dwarf_dieoffset(&die);
		if (type == DW_UT_compile)
			walk(&r, &die, "", 0);
	}
	tdestroy(r.seen, free_seen);
	if (dwarf)
		dwarf_end(dwarf);
	if (fd >= 0)
		close(fd);
	if (r.layouts->count > 0)
		qsort(r.layouts->rows, r.layouts->count, sizeof *r.layouts->rows, by_padding);
	if (any)
		return r.layouts;
	layouts_free(r.layouts);
	err_set(err, path, "compile it with debug information", "the program has no debug information: layouts of types are not known");
	return NULL;
}

void layouts_free(struct layouts *layouts)
{
	if (!layouts)
		return;
	for (size_t i = 0; i < layouts->count; i++)
		free_layout(&layouts->rows[i]);
	free(layouts->rows);
	free(layouts);
}
