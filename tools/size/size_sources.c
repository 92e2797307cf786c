/* size_sources.c - the labels, the surest source first. */
#include "size_internal.h"

#include <elf.h>
#include <string.h>

uint32_t size_item_add(struct size_program *program, enum size_category category, char *name)
{
	if (program->item_count == program->item_capacity) {
		program->item_capacity = program->item_capacity ? 2 * program->item_capacity : 256;
		program->items = xrealloc(program->items, program->item_capacity, sizeof *program->items);
	}
	program->items[program->item_count] = (struct size_item){.category = category, .name = name};
	return (uint32_t)program->item_count++;
}

bool size_is_loaded(const struct image_section *section)
{
	return (section->flags & SHF_ALLOC) != 0;
}

bool size_is_code(const struct image_section *section)
{
	return (section->flags & SHF_EXECINSTR) != 0;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

struct purpose {
	const char *prefix;
	enum size_category category;
};
static const struct purpose by_name[] = {
    {".debug_", SIZE_DEBUG},	  {".zdebug_", SIZE_DEBUG},
    {".stab", SIZE_DEBUG},	  {".gdb_index", SIZE_DEBUG},
    {".gnu_debug", SIZE_HEADERS}, /* where the debug info is, or a few names from it: what strip leaves */
    {".eh_frame", SIZE_UNWIND},	  {".gcc_except_table", SIZE_UNWIND},
    {".ARM.ex", SIZE_UNWIND},	  {".gopclntab", SIZE_UNWIND},
    {".got", SIZE_DYNAMIC},	  {".plt", SIZE_DYNAMIC},
    {".iplt", SIZE_DYNAMIC},	  {".shstrtab", SIZE_HEADERS},
    {".interp", SIZE_HEADERS},	  {".comment", SIZE_HEADERS},
    {".note", SIZE_HEADERS},
};
static const struct {
	uint32_t type;
	enum size_category category;
} by_type[] = {
    {SHT_SYMTAB, SIZE_SYMBOLS},	      {SHT_STRTAB, SIZE_SYMBOLS},     {SHT_DYNSYM, SIZE_SYMBOLS},      {SHT_HASH, SIZE_SYMBOLS},
    {SHT_GNU_HASH, SIZE_SYMBOLS},     {SHT_GNU_versym, SIZE_SYMBOLS}, {SHT_GNU_verneed, SIZE_SYMBOLS}, {SHT_GNU_verdef, SIZE_SYMBOLS},
    {SHT_SYMTAB_SHNDX, SIZE_SYMBOLS}, {SHT_RELA, SIZE_DYNAMIC},	      {SHT_REL, SIZE_DYNAMIC},	       {19 /* SHT_RELR */, SIZE_DYNAMIC},
    {SHT_DYNAMIC, SIZE_DYNAMIC},      {SHT_NOTE, SIZE_HEADERS},	      {SHT_GROUP, SIZE_HEADERS},
};

enum size_category size_section_purpose(const struct image_section *section)
{
	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++)
		if (starts(section->name, by_name[i].prefix))
			return by_name[i].category;
	for (size_t i = 0; i < sizeof by_type / sizeof *by_type; i++)
		if (section->type == by_type[i].type)
			return by_type[i].category;
	return size_is_loaded(section) ? SIZE_CATEGORIES : SIZE_OTHER;
}

static void claim_headers(struct size_program *program)
{
	const struct image *image = &program->image;
	struct spans claims = {0};

	span_claim(&claims, 0, image->header_size, size_item_add(program, SIZE_HEADERS, xstrdup("ELF header")));
	span_claim(&claims, image->segments_at, image->segments_at + image->segments_size,
		   size_item_add(program, SIZE_HEADERS, xstrdup("program headers")));
	span_claim(&claims, image->sections_at, image->sections_at + image->sections_size,
		   size_item_add(program, SIZE_HEADERS, xstrdup("section headers")));
	spans_apply(&program->map, &claims, image->size);
	spans_free(&claims);
}

static void claim_purposes(struct size_program *program)
{
	const struct image *image = &program->image;
	struct spans claims = {0};

	for (size_t i = 0; i < image->section_count; i++) {
		const struct image_section *s = &image->sections[i];
		enum size_category category = size_section_purpose(s);

		uint32_t label;

		if (s->bytes == 0 || category == SIZE_CATEGORIES)
			continue;
		label = size_item_add(program, category, xstrdup(*s->name ? s->name : "(section without name)"));
		program->items[label].loaded = size_is_loaded(s);
		span_claim(&claims, s->offset, s->offset + s->bytes, label);
	}
	spans_apply(&program->map, &claims, image->size);
	spans_free(&claims);
}

/* ---- what is left ------------------------------------------------------------------------------------------------------------------- */

#define FILL_MOST 64 /* longer gaps are no alignment of functions or objects */

static bool is_zero(const unsigned char *data, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		if (data[i] != 0)
			return false;
	return true;
}

/* What x86 linkers and assemblers fill code with begins so: nop, int3, the long nops. */
static bool is_code_fill(const struct image *image, uint64_t from, uint64_t to)
{
	const unsigned char *at = image->data + from;

	if (to - from >= FILL_MOST)
		return is_zero(at, to - from);
	if (image->machine != EM_X86_64 && image->machine != EM_386)
		return to - from < 16;
	while (to > from && (*at == 0x66 || *at == 0x2e) && to - from > 1) {
		at++;
		from++;
	}
	return *at == 0x90 || *at == 0xcc || *at == 0x00 || (*at == 0x0f && to - from > 1 && at[1] == 0x1f) || *at == 0x0b ||
	       (*at == 0x8d && to - from > 2);
}

/* Bytes of a section that nothing has claimed. */
static void claim_gap(struct size_program *program, struct spans *claims, const struct image_section *s, uint64_t from, uint64_t to,
		      const uint32_t labels[2])
{
	const struct image *image = &program->image;
	bool fill = size_is_code(s) ? is_code_fill(image, from, to)
				    : to - from < FILL_MOST && is_zero(image->data + from, to - from) && (from % 16 != 0 || to - from < 16);

	span_claim(claims, from, to, labels[fill]);
}

static void claim_section_rest(struct size_program *program, const struct image_section *s, uint32_t padding, struct spans *claims)
{
	const struct spans *map = &program->map;
	bool code = size_is_code(s);
	uint32_t labels[2] = {size_item_add(program, code ? SIZE_CODE : SIZE_DATA, xstrdup(*s->name ? s->name : "(section without name)")),
			      padding};
	uint64_t at = s->offset, end = s->offset + s->bytes;

	/* The first span that reaches into the section; the list is sorted. */
	size_t low = 0, high = map->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->rows[middle].to <= at)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < map->count && map->rows[low].from < end; low++) {
		if (map->rows[low].from > at)
			claim_gap(program, claims, s, at, map->rows[low].from, labels);
		at = map->rows[low].to;
	}
	if (at < end)
		claim_gap(program, claims, s, at, end, labels);
}

static void claim_sections(struct size_program *program, uint32_t padding)
{
	const struct image *image = &program->image;
	struct spans claims = {0};

	for (size_t i = 0; i < image->section_count; i++)
		if (image->sections[i].bytes > 0 && size_section_purpose(&image->sections[i]) == SIZE_CATEGORIES)
			claim_section_rest(program, &image->sections[i], padding, &claims);
	spans_apply(&program->map, &claims, image->size);
	spans_free(&claims);
}

/* Of a file without section headers, segments tell code from data. */
static void claim_segments(struct size_program *program)
{
	const struct image *image = &program->image;
	struct spans claims = {0};

	for (size_t i = 0; image->section_count == 0 && i < image->segment_count; i++) {
		const struct image_segment *s = &image->segments[i];

		if (s->type != PT_LOAD || s->bytes == 0)
			continue;
		span_claim(&claims, s->offset, s->offset + s->bytes,
			   size_item_add(program, s->flags & PF_X ? SIZE_CODE : SIZE_DATA,
					 xasprintf("segment at 0x%llx", (unsigned long long)s->address)));
	}
	spans_apply(&program->map, &claims, image->size);
	spans_free(&claims);
}

/* What lies between and behind everything: zeros are fill. */
static void claim_rest(struct size_program *program, uint32_t padding)
{
	const struct image *image = &program->image;
	uint32_t other = size_item_add(program, SIZE_OTHER, xstrdup("bytes of no section"));
	struct spans claims = {0};
	uint64_t at = 0;

	for (size_t i = 0; i <= program->map.count; i++) {
		uint64_t to = i < program->map.count ? program->map.rows[i].from : image->size;

		if (to > at)
			span_claim(&claims, at, to, is_zero(image->data + at, to - at) ? padding : other);
		if (i < program->map.count)
			at = program->map.rows[i].to;
	}
	spans_apply(&program->map, &claims, image->size);
	spans_free(&claims);
}

void size_label_all(struct size_program *program, const struct image *names, const struct size_options *options)
{
	struct spans symbols = {0}, unsized_symbols = {0};
	uint32_t padding;

	claim_headers(program);
	claim_purposes(program);
	if (options->inlined)
		size_claim_inlined(program, program->lines_from ? program->lines_from : program->image.path);
	size_claim_symbols(program, names, &symbols, &unsized_symbols);
	spans_apply(&program->map, &symbols, program->image.size);
	padding = size_item_add(program, SIZE_PADDING, xstrdup("padding"));
	spans_apply(&program->map, &unsized_symbols, program->image.size);
	claim_sections(program, padding);
	claim_segments(program);
	claim_rest(program, padding);
	spans_free(&symbols);
	spans_free(&unsized_symbols);
}
