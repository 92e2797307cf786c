/* layout_type.c - what DWARF says of one type: name, size, alignment. */
#include "layout_internal.h"

#include <dwarf.h>

#define MEMBERS_MOST 4096

const char *layout_name(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name ? name : "";
}

bool layout_number(Dwarf_Die *die, unsigned attribute, uint64_t *value)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!dwarf_attr(die, attribute, &attr) || dwarf_formudata(&attr, &word) != 0)
		return false;
	*value = word;
	return true;
}

bool layout_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, type);
}

static bool is_alias(int tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type || tag == DW_TAG_restrict_type ||
	       tag == DW_TAG_atomic_type;
}

static bool is_aggregate(int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/*
 * Alignment of a type: as written there, else that of what it is made of. 0: not known. `left`: how many members may still be asked; a
 * damaged type that is made of itself would have no end.
 */
static uint64_t align_within(Dwarf_Die *die, int depth, int *left)
{
	Dwarf_Die child;
	uint64_t align, largest = 1, size;
	int tag = dwarf_tag(die);

	if (depth > 16)
		return 0;
	if (layout_number(die, DW_AT_alignment, &align))
		return align;
	if (is_alias(tag) || tag == DW_TAG_array_type)
		return layout_type(die, &child) ? align_within(&child, depth + 1, left) : 0;
	if (!is_aggregate(tag)) {
		size = tag == DW_TAG_pointer_type && !layout_number(die, DW_AT_byte_size, &size) ? sizeof(void *) : 0;
		if (size == 0 && !layout_number(die, DW_AT_byte_size, &size))
			return 0;
		return size <= 16 && (size & (size - 1)) == 0 ? size : 0;
	}
	if (dwarf_child(die, &child) != 0)
		return 1;
	do {
		Dwarf_Die type;

		if (dwarf_tag(&child) != DW_TAG_member || !layout_type(&child, &type))
			continue;
		align = --*left > 0 ? align_within(&type, depth + 1, left) : 0;
		if (align == 0)
			return 0;
		largest = align > largest ? align : largest;
	} while (dwarf_siblingof(&child, &child) == 0);
	return largest;
}

uint64_t layout_size_of(Dwarf_Die *type)
{
	Dwarf_Word size;

	return dwarf_aggregate_size(type, &size) == 0 && size < SIZE_MOST ? size : UINT64_MAX;
}

uint64_t layout_align(Dwarf_Die *die)
{
	int left = MEMBERS_MOST;

	return align_within(die, 0, &left);
}
