#include "image.h"
#include "fs.h"
#include "strbuf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define SECTIONS_MOST (1u << 20)

uint64_t image_number(const struct image *image, uint64_t offset, unsigned bytes)
{
	uint64_t value = 0;

	if (offset > image->size || bytes > image->size - offset)
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)image->data[offset + i] << 8 * (image->big ? bytes - 1 - i : i);
	return value;
}

static bool within(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

/* A field that is as wide as an address: it lies elsewhere in files of 32 and of 64 bits. */
static uint64_t wide(const struct image *image, uint64_t base, unsigned at32, unsigned at64)
{
	return image->wide ? image_number(image, base + at64, 8) : image_number(image, base + at32, 4);
}

static uint64_t number(const struct image *image, uint64_t base, unsigned at32, unsigned at64, unsigned bytes)
{
	return image_number(image, base + (image->wide ? at64 : at32), bytes);
}

static int bad(const struct image *image, uint64_t at, struct err *err, const char *what)
{
	char *where = xasprintf("%s at byte %llu", image->path, (unsigned long long)at);

	err_set(err, where, "the file is damaged or was cut off", "%s", what);
	free(where);
	return -1;
}

static int read_ident(struct image *image, struct err *err)
{
	if (image->size < EI_NIDENT || memcmp(image->data, ELFMAG, SELFMAG) != 0)
		return err_set(err, image->path, "give F.ruchy, a program or a Cargo.toml", "this is no ELF program");
	if (image->data[EI_CLASS] != ELFCLASS32 && image->data[EI_CLASS] != ELFCLASS64)
		return bad(image, EI_CLASS, err, "the ELF class is neither 32 nor 64 bits");
	if (image->data[EI_DATA] != ELFDATA2LSB && image->data[EI_DATA] != ELFDATA2MSB)
		return bad(image, EI_DATA, err, "the byte order is unknown");
	image->wide = image->data[EI_CLASS] == ELFCLASS64;
	image->big = image->data[EI_DATA] == ELFDATA2MSB;
	image->header_size = image->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (image->size < image->header_size)
		return bad(image, image->size, err, "the ELF header is cut off");
	image->type = (unsigned)image_number(image, 16, 2);
	image->machine = (unsigned)image_number(image, 18, 2);
	return 0;
}

static int read_segments(struct image *image, struct err *err)
{
	uint64_t at = wide(image, 0, 28, 32), entry = number(image, 0, 42, 54, 2), count = number(image, 0, 44, 56, 2);
	uint64_t least = image->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (count == 0 || at == 0)
		return 0;
	if (count == PN_XNUM && image->section_count > 0)
		count = image->sections[0].info;
	if (entry < least)
		return bad(image, number(image, 0, 42, 54, 2), err, "the entries of the program header table are too short");
	if (count > image->size / entry || !within(image, at, count * entry))
		return bad(image, at, err, "the program header table does not lie in the file");
	image->segments = xcalloc(count, sizeof *image->segments);
	image->segments_at = at;
	image->segments_size = count * entry;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t base = at + i * entry;
		struct image_segment *s = &image->segments[image->segment_count++];

		s->type = (uint32_t)image_number(image, base, 4);
		s->flags = (uint32_t)number(image, base, 24, 4, 4);
		s->offset = wide(image, base, 4, 8);
		s->address = wide(image, base, 8, 16);
		s->bytes = wide(image, base, 16, 32);
		s->memory = wide(image, base, 20, 40);
		s->align = wide(image, base, 28, 48);
		if (s->type == PT_LOAD && !within(image, s->offset, s->bytes))
			return bad(image, base, err, "a segment does not lie in the file");
	}
	return 0;
}

static struct image_section section_at(const struct image *image, uint64_t base)
{
	struct image_section s = {.name = "",
				  .type = (uint32_t)image_number(image, base + 4, 4),
				  .flags = wide(image, base, 8, 8),
				  .address = wide(image, base, 12, 16),
				  .offset = wide(image, base, 16, 24),
				  .size = wide(image, base, 20, 32),
				  .link = (uint32_t)number(image, base, 24, 40, 4),
				  .info = (uint32_t)number(image, base, 28, 44, 4),
				  .align = wide(image, base, 32, 48),
				  .entry_size = wide(image, base, 36, 56)};

	s.bytes = s.type == SHT_NOBITS || s.type == SHT_NULL ? 0 : s.size;
	return s;
}

static int read_sections(struct image *image, struct err *err)
{
	uint64_t at = wide(image, 0, 32, 40), entry = number(image, 0, 46, 58, 2), count = number(image, 0, 48, 60, 2);
	uint64_t least = image->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), names = number(image, 0, 50, 62, 2);

	if (at == 0)
		return 0;
	if (entry < least || !within(image, at, entry))
		return count == 0 && entry == 0 ? 0 : bad(image, at, err, "the section header table does not lie in the file");
	if (count == 0) /* too many for the field */
		count = section_at(image, at).size;
	if (names == SHN_XINDEX)
		names = section_at(image, at).link;
	if (count > SECTIONS_MOST || count > image->size / entry || !within(image, at, count * entry))
		return bad(image, at, err, "the section header table does not lie in the file");
	image->sections = xcalloc(count + 1, sizeof *image->sections);
	image->sections_at = at;
	image->sections_size = count * entry;
	for (uint64_t i = 0; i < count; i++) {
		struct image_section *s = &image->sections[i];

		*s = section_at(image, at + i * entry);
		if (s->bytes > 0 && !within(image, s->offset, s->bytes))
			return bad(image, at + i * entry, err, "a section does not lie in the file");
	}
	image->section_count = image->extended = count;
	for (uint64_t i = count; i-- > 0;)
		if (image->sections[i].type == SHT_SYMTAB_SHNDX)
			image->extended = i;
	for (uint64_t i = 0; i < count && names < count; i++)
		image->sections[i].name = image_string(image, &image->sections[names], image_number(image, at + i * entry, 4));
	return 0;
}

struct extent {
	uint64_t from, to;
};

static int by_start(const void *a, const void *b)
{
	const struct extent *one = a, *other = b;

	return one->from < other->from ? -1 : one->from > other->from;
}

/* A byte of two sections could not be told whose it is. */
static int check_overlaps(const struct image *image, struct err *err)
{
	struct extent *extents = xcalloc(image->section_count + 1, sizeof *extents);
	size_t count = 0;
	int status = 0;

	for (size_t i = 0; i < image->section_count; i++)
		if (image->sections[i].bytes > 0)
			extents[count++] = (struct extent){image->sections[i].offset, image->sections[i].offset + image->sections[i].bytes};
	if (count > 0)
		qsort(extents, count, sizeof *extents, by_start);
	for (size_t i = 1; i < count && status == 0; i++)
		if (extents[i].from < extents[i - 1].to)
			status = bad(image, extents[i].from, err, "two sections overlap");
	free(extents);
	return status;
}

int image_parse(struct image *image, unsigned char *data, size_t size, const char *path, struct err *err)
{
	*image = (struct image){.path = xstrdup(path), .data = data, .size = size};
	if (read_ident(image, err) != 0 || read_sections(image, err) != 0 || read_segments(image, err) != 0)
		return -1;
	return check_overlaps(image, err);
}

int image_open(struct image *image, const char *path, struct err *err)
{
	size_t size;
	char *data = fs_read(path, 0, &size, err);

	*image = (struct image){0};
	return data ? image_parse(image, (unsigned char *)data, size, path, err) : -1;
}

void image_close(struct image *image)
{
	free(image->path);
	free(image->data);
	free(image->sections);
	free(image->segments);
	*image = (struct image){0};
}

const char *image_string(const struct image *image, const struct image_section *table, uint64_t offset)
{
	const char *text;

	if (offset >= table->bytes)
		return "";
	text = (const char *)image->data + table->offset + offset;
	return memchr(text, '\0', table->bytes - offset) ? text : "";
}

const struct image_section *image_find(const struct image *image, const char *name)
{
	for (size_t i = 0; i < image->section_count; i++)
		if (strcmp(image->sections[i].name, name) == 0)
			return &image->sections[i];
	return NULL;
}

const struct image_section *image_find_type(const struct image *image, uint32_t type)
{
	for (size_t i = 0; i < image->section_count; i++)
		if (image->sections[i].type == type)
			return &image->sections[i];
	return NULL;
}

static uint64_t entry_size(const struct image *image, const struct image_section *section)
{
	switch (section->type) {
	case SHT_SYMTAB:
	case SHT_DYNSYM:
		return image->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	case SHT_RELA:
		return image->wide ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela);
	case SHT_REL:
		return image->wide ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel);
	default:
		return 0;
	}
}

size_t image_entries(const struct image *image, const struct image_section *section)
{
	uint64_t size = entry_size(image, section);

	return size > 0 ? section->bytes / size : 0;
}

/* Numbers of sections that do not fit into a symbol stand in a table beside. */
static unsigned extended_section(const struct image *image, const struct image_section *table, size_t index)
{
	const struct image_section *s = &image->sections[image->extended];

	if (image->extended < image->section_count && s->link < image->section_count && &image->sections[s->link] == table &&
	    index < s->bytes / 4)
		return (unsigned)image_number(image, s->offset + 4 * index, 4);
	return SHN_UNDEF;
}

struct image_symbol image_symbol_at(const struct image *image, const struct image_section *table, size_t index)
{
	uint64_t base = table->offset + index * entry_size(image, table);
	unsigned info = (unsigned)number(image, base, 12, 4, 1);
	struct image_symbol symbol = {.name = "",
				      .value = wide(image, base, 4, 8),
				      .size = wide(image, base, 8, 16),
				      .type = info & 15,
				      .bind = info >> 4,
				      .section = (unsigned)number(image, base, 14, 6, 2)};

	if (table->link < image->section_count)
		symbol.name = image_string(image, &image->sections[table->link], image_number(image, base, 4));
	if (symbol.section == SHN_XINDEX)
		symbol.section = extended_section(image, table, index);
	return symbol;
}

struct image_reloc image_reloc_at(const struct image *image, const struct image_section *table, size_t index)
{
	uint64_t base = table->offset + index * entry_size(image, table);
	uint64_t info = wide(image, base, 4, 8);
	struct image_reloc reloc = {.place = wide(image, base, 0, 0), .has_addend = table->type == SHT_RELA};

	reloc.symbol = (uint32_t)(image->wide ? info >> 32 : info >> 8);
	reloc.type = (uint32_t)(image->wide ? info : info & 0xff);
	if (reloc.has_addend)
		reloc.addend = wide(image, base, 8, 16);
	return reloc;
}

bool image_offset(const struct image *image, uint64_t address, uint64_t *offset, uint64_t *rest)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const struct image_segment *s = &image->segments[i];

		if (s->type != PT_LOAD || address < s->address || address - s->address >= s->bytes)
			continue;
		*offset = s->offset + (address - s->address);
		*rest = s->bytes - (address - s->address);
		return true;
	}
	return false;
}
