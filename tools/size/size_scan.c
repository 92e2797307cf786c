/*
 * size_scan.c - who refers to whom, read from a program that was linked without keeping the relocations.
 *
 * Code is not disassembled: of each place it is asked whether the bytes there would be a call, a jump, or an address that is put into a
 * register, and whether that leads to the beginning of a function (an address: also into data). Four bytes that by chance are the distance
 * to one of some thousand functions are rare enough: tests/cmd/reach.bats compares with what the linker kept.
 */
#include "size_links.h"

#include <elf.h>
#include <stdlib.h>

struct pointer {
	uint64_t at, to; /* addresses: the word at the one is filled with the other */
};

struct scan {
	const struct size_program *program;
	const struct image *image;
	struct links *links;
	struct size_sections loaded;
	uint64_t *starts; /* addresses of functions, sorted */
	size_t start_count;
	struct pointer *pointers; /* sorted by place */
	size_t pointer_count, pointer_capacity;
};

/* ---- places ----------------------------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

static const struct image_section *section_at(const struct scan *s, uint64_t address)
{
	return size_section_at(&s->loaded, address);
}

static bool is_start(const struct scan *s, uint64_t address)
{
	return s->start_count > 0 && bsearch(&address, s->starts, s->start_count, sizeof *s->starts, by_number);
}

static void find_starts(struct scan *s)
{
	const struct size_program *program = s->program;

	s->starts = xcalloc(program->item_count + 1, sizeof *s->starts);
	for (size_t i = 0; i < program->item_count; i++)
		if (program->items[i].function && !program->items[i].inlined)
			s->starts[s->start_count++] = program->items[i].address;
	if (s->start_count > 0)
		qsort(s->starts, s->start_count, sizeof *s->starts, by_number);
}

static int by_place(const void *a, const void *b)
{
	const struct pointer *one = a, *other = b;

	return one->at < other->at ? -1 : one->at > other->at;
}

static const struct pointer *pointer_at(const struct scan *s, uint64_t address)
{
	struct pointer key = {.at = address};

	return s->pointer_count ? bsearch(&key, s->pointers, s->pointer_count, sizeof key, by_place) : NULL;
}

/* What code refers to. A word of the GOT stands for what the loader puts there. */
static void refer(struct scan *s, uint64_t from, uint64_t address, bool calls)
{
	const struct image_section *section = section_at(s, address);
	const struct pointer *pointer;

	if (section && size_section_purpose(section) == SIZE_DYNAMIC && (pointer = pointer_at(s, address)))
		section = section_at(s, address = pointer->to);
	if (!section || size_section_purpose(section) != SIZE_CATEGORIES)
		return;
	if (size_is_code(section) ? is_start(s, address) : !calls)
		links_add(s->links, from, section->offset + (address - section->address));
}

/* ---- pointers in data --------------------------------------------------------------------------------------------------------------- */

static void add_pointer(struct scan *s, uint64_t at, uint64_t to)
{
	if (s->pointer_count == LINKS_MOST || !section_at(s, at))
		return;
	if (s->pointer_count == s->pointer_capacity) {
		s->pointer_capacity = s->pointer_capacity ? 2 * s->pointer_capacity : 1024;
		s->pointers = xrealloc(s->pointers, s->pointer_capacity, sizeof *s->pointers);
	}
	s->pointers[s->pointer_count++] = (struct pointer){at, to};
}

static uint64_t word_at(const struct scan *s, uint64_t address)
{
	const struct image_section *section = section_at(s, address);

	return section ? image_number(s->image, section->offset + (address - section->address), 8) : 0;
}

/* The loader's relocations: a base is added, or a symbol of the program's own is looked up. */
static void read_dynamic(struct scan *s, const struct image_section *table)
{
	bool x86 = s->image->machine == EM_X86_64;
	const struct image_section *symbols = table->link < s->image->section_count ? &s->image->sections[table->link] : NULL;
	size_t count = image_entries(s->image, table);

	for (size_t i = 0; i < count; i++) {
		struct image_reloc reloc = image_reloc_at(s->image, table, i);

		if (reloc.type == (x86 ? R_X86_64_RELATIVE : R_AARCH64_RELATIVE) ||
		    reloc.type == (x86 ? R_X86_64_IRELATIVE : R_AARCH64_IRELATIVE)) {
			add_pointer(s, reloc.place, reloc.addend);
		} else if (symbols && symbols->type == SHT_DYNSYM && reloc.symbol > 0 && reloc.symbol < image_entries(s->image, symbols)) {
			struct image_symbol symbol = image_symbol_at(s->image, symbols, reloc.symbol);

			if (symbol.section != SHN_UNDEF && symbol.type != STT_TLS)
				add_pointer(s, reloc.place, symbol.value + reloc.addend);
		}
	}
}

/* Packed: an address, then words whose bits say which of the next 63 words are pointers, too. */
static void read_packed(struct scan *s, const struct image_section *table)
{
	uint64_t place = 0;

	for (uint64_t at = 0; at + 8 <= table->bytes && s->pointer_count < LINKS_MOST; at += 8) {
		uint64_t entry = image_number(s->image, table->offset + at, 8);

		if (!(entry & 1)) {
			add_pointer(s, entry, word_at(s, entry));
			place = entry + 8;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++)
			if (entry >> bit & 1)
				add_pointer(s, place + 8 * (uint64_t)(bit - 1), word_at(s, place + 8 * (uint64_t)(bit - 1)));
		place += 63 * (uint64_t)8;
	}
}

/* A program at a fixed address has no relocations: words that are the address of a function, or lie in data. */
static void read_words(struct scan *s, const struct image_section *section)
{
	for (uint64_t at = 0; at + 8 <= section->bytes; at += 8) {
		uint64_t to = image_number(s->image, section->offset + at, 8);
		const struct image_section *target = to ? section_at(s, to) : NULL;

		if (target && (!size_is_code(target) || is_start(s, to)))
			add_pointer(s, section->address + at, to);
	}
}

static bool holds_words(uint32_t type)
{
	return type == SHT_PROGBITS || type == SHT_INIT_ARRAY || type == SHT_FINI_ARRAY || type == SHT_PREINIT_ARRAY;
}

static void find_pointers(struct scan *s)
{
	for (size_t i = 0; i < s->image->section_count; i++) {
		const struct image_section *section = &s->image->sections[i];

		if (section->bytes == 0 || !size_is_loaded(section))
			continue;
		if (section->type == SHT_RELA)
			read_dynamic(s, section);
		else if (section->type == 19) /* SHT_RELR */
			read_packed(s, section);
		else if (s->image->type == ET_EXEC && !size_is_code(section) && holds_words(section->type))
			read_words(s, section);
	}
	if (s->pointer_count > 0)
		qsort(s->pointers, s->pointer_count, sizeof *s->pointers, by_place);
	for (size_t i = 0; i < s->pointer_count; i++) {
		const struct image_section *section = section_at(s, s->pointers[i].at);

		if (section && size_section_purpose(section) == SIZE_CATEGORIES)
			refer(s, section->offset + (s->pointers[i].at - section->address), s->pointers[i].to, false);
	}
}

/* ---- code -----------------------------------------------------------------------------------------------------------------------------
 */

static uint64_t signed32(const struct scan *s, uint64_t offset)
{
	return (uint64_t)(int64_t)(int32_t)image_number(s->image, offset, 4);
}

/* How long the instruction is that ends in a distance of 4 bytes; 0: none of those that are looked for. */
static unsigned x86_length(const unsigned char *at, bool *calls)
{
	*calls = true;
	if (at[0] == 0xe8 || at[0] == 0xe9) /* call, jmp */
		return 5;
	if (at[0] == 0x0f && (at[1] & 0xf0) == 0x80) /* jcc */
		return 6;
	if (at[0] == 0xff && (at[1] == 0x15 || at[1] == 0x25)) /* call and jmp through a word of the GOT */
		return 6;
	*calls = false;
	if ((at[0] == 0x48 || at[0] == 0x4c) && (at[1] == 0x8d || at[1] == 0x8b) && (at[2] & 0xc7) == 0x05) /* lea, mov */
		return 7;
	return 0;
}

/* Where in the instruction an address of 4 bytes stands that a program at a fixed place may use as a number; 0: none. */
static unsigned x86_immediate(const unsigned char *at)
{
	unsigned mod = at[2] >> 6, rm = at[2] & 7;

	if ((at[0] & 0xf8) == 0xb8 || at[0] == 0x68) /* mov to a register, push */
		return 1;
	if (at[0] != 0x48 || at[1] != 0xc7 || (at[2] & 0x38) != 0) /* mov to a register or to memory */
		return 0;
	return 3 + (mod != 3 && rm == 4) + (mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == 5) ? 4 : 0);
}

static void scan_x86(struct scan *s, const struct image_section *section)
{
	for (uint64_t at = 0; at + 7 <= section->bytes; at++) {
		uint64_t from = section->offset + at;
		const unsigned char *code = s->image->data + from;
		bool calls;
		unsigned length = x86_length(code, &calls), immediate = s->image->type == ET_EXEC ? x86_immediate(code) : 0;

		if (length > 0)
			refer(s, from, section->address + at + length + signed32(s, from + length - 4), calls);
		else if (immediate > 0)
			refer(s, from, image_number(s->image, from + immediate, 4), false);
	}
}

/* The upper part of an address comes from adrp; the lower from an add or a load on the same register, soon after. */
static void scan_arm(struct scan *s, const struct image_section *section)
{
	uint64_t pages[32] = {0};

	for (uint64_t at = 0; at + 4 <= section->bytes; at += 4) {
		uint32_t code = (uint32_t)image_number(s->image, section->offset + at, 4);
		uint64_t here = section->address + at, from = section->offset + at;
		unsigned from_register = code >> 5 & 31, low = code >> 10 & 0xfff;

		if ((code & 0x7c000000) == 0x14000000) { /* b, bl */
			refer(s, from, here + (uint64_t)((int64_t)(int32_t)(code << 6) >> 4), true);
		} else if ((code & 0x9f000000) == 0x90000000) { /* adrp */
			uint32_t pages_away = (code >> 5 & 0x7ffff) << 2 | (code >> 29 & 3);

			pages[code & 31] = (here & ~(uint64_t)0xfff) + (uint64_t)((int64_t)(int32_t)(pages_away << 11) * 2);
		} else if ((code & 0xffc00000) == 0x91000000 && pages[from_register]) { /* add */
			refer(s, from, pages[from_register] + low, false);
		} else if ((code & 0xffc00000) == 0xf9400000 && pages[from_register]) { /* ldr of 8 bytes */
			refer(s, from, pages[from_register] + 8 * (uint64_t)low, false);
		}
	}
}

void links_from_code(const struct size_program *program, struct links *links)
{
	struct scan s = {.program = program, .image = &program->image, .links = links};
	unsigned machine = s.image->machine;

	if (!s.image->wide || s.image->big || s.image->type == ET_REL || (machine != EM_X86_64 && machine != EM_AARCH64))
		return;
	size_sections_find(&s.loaded, s.image);
	find_starts(&s);
	find_pointers(&s);
	for (size_t i = 0; i < s.image->section_count; i++) {
		const struct image_section *section = &s.image->sections[i];

		if (section->bytes == 0 || !size_is_loaded(section) || !size_is_code(section) ||
		    size_section_purpose(section) != SIZE_CATEGORIES)
			continue;
		if (machine == EM_X86_64)
			scan_x86(&s, section);
		else
			scan_arm(&s, section);
	}
	size_sections_free(&s.loaded);
	free(s.starts);
	free(s.pointers);
}
