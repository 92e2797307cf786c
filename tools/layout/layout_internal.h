/* layout_internal.h - shared by the layout_*.c files alone. */
#ifndef LAYOUT_INTERNAL_H
#define LAYOUT_INTERNAL_H

#include "layout.h"

#include <elfutils/libdw.h>

#define SIZE_MOST ((uint64_t)1 << 40)

/* "" for an entry without a name. */
const char *layout_name(Dwarf_Die *die);
bool layout_number(Dwarf_Die *die, unsigned attribute, uint64_t *value);
bool layout_type(Dwarf_Die *die, Dwarf_Die *type);
/* Bytes; UINT64_MAX: not known. */
uint64_t layout_size_of(Dwarf_Die *type);
/* As written there, else that of what it is made of. 0: not known. */
uint64_t layout_align(Dwarf_Die *die);

#endif
