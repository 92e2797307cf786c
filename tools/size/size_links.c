#include "size_links.h"

#include <elf.h>
#include <stdlib.h>

void links_add(struct links *links, uint64_t from, uint64_t to)
{
	if (links->count == LINKS_MOST)
		return;
	if (links->count == links->capacity) {
		links->capacity = links->capacity ? 2 * links->capacity : 4096;
		links->rows = xrealloc(links->rows, links->capacity, sizeof *links->rows);
	}
	links->rows[links->count++] = (struct link){from, to};
}

void links_free(struct links *links)
{
	free(links->rows);
	*links = (struct links){0};
}

/* Relative to the end of the instruction's field, as x86's are: the addend is 4 less than what is meant. */
static uint64_t bias(const struct image *image, uint32_t type)
{
	return image->machine == EM_X86_64 && (type == R_X86_64_PC32 || type == R_X86_64_PLT32) ? 4 : 0;
}

static bool place_in_file(const struct image_section *section, uint64_t address, uint64_t *at)
{
	if (address < section->address || address - section->address >= section->bytes)
		return false;
	*at = section->offset + (address - section->address);
	return true;
}

/* Where the bytes are that a relocation refers to; false: in another file, or they take no room in this one. */
static bool target_of(const struct image *image, const struct image_section *symbols, const struct image_reloc *reloc, uint64_t *at)
{
	struct image_symbol symbol;
	uint64_t address;

	if (reloc->symbol == 0 || reloc->symbol >= image_entries(image, symbols))
		return false;
	symbol = image_symbol_at(image, symbols, reloc->symbol);
	if (symbol.section == SHN_UNDEF || symbol.section >= image->section_count || symbol.type == STT_TLS)
		return false;
	address = symbol.value + (symbol.type == STT_SECTION ? reloc->addend + bias(image, reloc->type) : 0);
	return place_in_file(&image->sections[symbol.section], address, at);
}

static void read_table(const struct image *image, const struct image_section *table, struct links *links)
{
	const struct image_section *section = &image->sections[table->info], *symbols = &image->sections[table->link];
	size_t count = image_entries(image, table);

	for (size_t i = 0; i < count && links->count < LINKS_MOST; i++) {
		struct image_reloc reloc = image_reloc_at(image, table, i);
		uint64_t from, to;

		if (place_in_file(section, reloc.place, &from) && target_of(image, symbols, &reloc, &to))
			links_add(links, from, to);
	}
}

/* Those of what is loaded: debug information refers to everything. Unwind tables do, too. */
void links_from_relocations(const struct image *image, struct links *links)
{
	for (size_t i = 0; i < image->section_count; i++) {
		const struct image_section *table = &image->sections[i];

		if ((table->type != SHT_RELA) || table->info == 0 || table->info >= image->section_count ||
		    table->link >= image->section_count || image->sections[table->link].type != SHT_SYMTAB ||
		    !size_is_loaded(&image->sections[table->info]) ||
		    size_section_purpose(&image->sections[table->info]) != SIZE_CATEGORIES)
			continue;
		read_table(image, table, links);
	}
}
