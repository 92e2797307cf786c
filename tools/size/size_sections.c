/* size_sections.c - which section is at an address. */
#include "size_internal.h"

#include <elf.h>
#include <stdlib.h>

static int by_address(const void *a, const void *b)
{
	const struct image_section *one = *(const struct image_section *const *)a, *other = *(const struct image_section *const *)b;

	return one->address < other->address ? -1 : one->address > other->address;
}

void size_sections_find(struct size_sections *sections, const struct image *image)
{
	*sections = (struct size_sections){.rows = xcalloc(image->section_count + 1, sizeof(struct image_section *))};
	for (size_t i = 0; i < image->section_count; i++) {
		const struct image_section *section = &image->sections[i];

		if (section->bytes > 0 && size_is_loaded(section) && !(section->flags & SHF_TLS))
			sections->rows[sections->count++] = section;
	}
	if (sections->count > 0)
		qsort((void *)sections->rows, sections->count, sizeof(struct image_section *), by_address);
}

const struct image_section *size_section_at(const struct size_sections *sections, uint64_t address)
{
	size_t low = 0, high = sections->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sections->rows[middle]->address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && address - sections->rows[low - 1]->address < sections->rows[low - 1]->bytes ? sections->rows[low - 1] : NULL;
}

void size_sections_free(struct size_sections *sections)
{
	free((void *)sections->rows);
	*sections = (struct size_sections){0};
}
