/* size_symbols.c - functions and objects as the symbol table names them. */
#include "size_internal.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static const struct image_section *symbol_table(const struct image *image)
{
	const struct image_section *table = image_find_type(image, SHT_SYMTAB);

	return table && image_entries(image, table) > 1 ? table : image_find_type(image, SHT_DYNSYM);
}

static bool is_rust_name(const char *name)
{
	return strncmp(name, "_R", 2) == 0 || (strncmp(name, "_ZN", 3) == 0 && strstr(name, "17h"));
}

static bool comment_says(const struct image *image, const char *words)
{
	const struct image_section *comment = image_find(image, ".comment");

	return comment && memmem(image->data + comment->offset, comment->bytes, words, strlen(words));
}

enum size_language size_language_of(const struct image *image, const struct image *names)
{
	const struct image_section *table = symbol_table(names);
	size_t count = table ? image_entries(names, table) : 0;
	bool cpp = false;

	if (image_find(image, ".go.buildinfo") || image_find(image, ".gopclntab"))
		return SIZE_GO;
	if (comment_says(image, "rustc version"))
		return SIZE_RUST;
	for (size_t i = 1; i < count; i++) {
		struct image_symbol symbol = image_symbol_at(names, table, i);

		if (symbol.section != SHN_UNDEF && is_rust_name(symbol.name))
			return SIZE_RUST;
		cpp = cpp || strncmp(symbol.name, "_Z", 2) == 0;
	}
	return cpp ? SIZE_CPP : SIZE_C;
}

/* A symbol with its place in the file. */
struct place {
	uint64_t from, to, limit; /* limit: end of its section in the file */
	uint64_t address;
	const char *name;
	bool runtime;  /* from a file of librprof */
	unsigned rank; /* of symbols at one place, the lowest names it */
	bool function;
};

struct places {
	struct place *rows;
	size_t count;
};

/* Names that tell more first: of a function, global; assembly's local labels last. */
static unsigned rank_of(const struct image_symbol *symbol)
{
	unsigned rank = symbol->type == STT_FUNC || symbol->type == STT_GNU_IFUNC ? 0 : symbol->type == STT_OBJECT ? 2 : 4;

	return rank + (symbol->bind == STB_LOCAL);
}

static uint64_t tls_base(const struct image *image)
{
	for (size_t i = 0; i < image->segment_count; i++)
		if (image->segments[i].type == PT_TLS)
			return image->segments[i].address;
	return 0;
}

/* Where the bytes of a symbol are in the file; false: nowhere (.bss), or it names no bytes. */
static bool find_place(const struct image *image, const struct image_symbol *symbol, struct place *place)
{
	const struct image_section *section;
	uint64_t at = symbol->value;

	if (symbol->section == SHN_UNDEF || symbol->section >= image->section_count || !*symbol->name || symbol->type == STT_SECTION ||
	    symbol->type == STT_FILE || *symbol->name == '$' ||
	    strncmp(symbol->name, ".L", 2) == 0) /* local labels, kept with relocations */
		return false;
	section = &image->sections[symbol->section];
	if (section->bytes == 0 || !size_is_loaded(section) || size_section_purpose(section) != SIZE_CATEGORIES)
		return false;
	if (image->type != ET_REL) {
		if (symbol->type == STT_TLS)
			at += tls_base(image);
		if (at < section->address)
			return false;
		at -= section->address;
	}
	if (at >= section->bytes)
		return false;
	place->from = section->offset + at;
	place->limit = section->offset + section->bytes;
	place->to = symbol->size < place->limit - place->from ? place->from + symbol->size : place->limit;
	place->address = symbol->value;
	place->name = symbol->name;
	place->rank = rank_of(symbol);
	place->function = size_is_code(section);
	return place->function || symbol->size > 0; /* of data without a size nobody knows where it ends */
}

static int by_place(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	if (one->from != other->from)
		return one->from < other->from ? -1 : 1;
	if (one->to != other->to)
		return one->to > other->to ? -1 : 1;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* The twin's sections are at the same places, but their numbers are its own. */
static unsigned *same_sections(const struct image *image, const struct image *twin)
{
	unsigned *same = xcalloc(twin->section_count + 1, sizeof *same);

	for (size_t i = 0; i < twin->section_count; i++) {
		const struct image_section *found = size_is_loaded(&twin->sections[i]) ? image_find(image, twin->sections[i].name) : NULL;

		same[i] = found ? (unsigned)(found - image->sections) : SHN_UNDEF;
	}
	return same;
}

static void read_places(const struct image *image, const struct image *names, struct places *places)
{
	const struct image_section *table = symbol_table(names);
	size_t count = table ? image_entries(names, table) : 0;
	unsigned *same = names != image ? same_sections(image, names) : NULL;

	bool runtime = false;

	places->rows = xcalloc(count + 1, sizeof *places->rows);
	for (size_t i = 1; i < count && places->count < SIZE_ITEMS_MOST; i++) {
		struct image_symbol symbol = image_symbol_at(names, table, i);

		if (symbol.type == STT_FILE) /* local symbols follow the file that they are from */
			runtime = strncmp(symbol.name, "rprof_", 6) == 0;
		places->rows[places->count].runtime = runtime && symbol.bind == STB_LOCAL;

		if (same && symbol.section < names->section_count)
			symbol.section = same[symbol.section];
		if (find_place(image, &symbol, &places->rows[places->count]))
			places->count++;
	}
	free(same);
	if (places->count > 0)
		qsort(places->rows, places->count, sizeof *places->rows, by_place);
}

static uint32_t add_item(struct size_program *program, const struct place *place, const char *symbol)
{
	struct size_name name;
	uint32_t label;

	size_name_read(symbol, program->language == SIZE_GO, &name);
	label = size_item_add(program, SIZE_CATEGORIES, name.full);
	program->items[label].generic = name.generic;
	program->items[label].crate = name.crate;
	program->items[label].function = place->function;
	program->items[label].object = !place->function;
	program->items[label].address = place->address;
	program->items[label].v0 = strncmp(symbol, "_R", 2) == 0;
	if (name.language == SIZE_C) /* told apart by size_owner.c */
		program->items[label].category = place->runtime ? SIZE_RUNTIME : SIZE_CLIB;
	program->items[label].cpp = name.language == SIZE_CPP;
	return label;
}

uint32_t size_function_add(struct size_program *program, const char *symbol, uint64_t address)
{
	const struct place place = {.address = address, .function = true};

	return add_item(program, &place, symbol);
}

void size_claim_symbols(struct size_program *program, const struct image *names, struct spans *claims, struct spans *unsized_claims)
{
	struct places places = {0};

	read_places(&program->image, names, &places);
	for (size_t i = 0; i < places.count; i++) {
		const struct place *place = &places.rows[i];
		size_t next = i + 1;
		uint64_t to = place->to;

		while (next < places.count && places.rows[next].from == place->from)
			next++;
		if (to == place->from) /* assembly without a size goes up to the next name */
			to = next < places.count && places.rows[next].from < place->limit ? places.rows[next].from : place->limit;
		span_claim(place->to > place->from ? claims : unsized_claims, place->from, to, add_item(program, place, place->name));
		i = next - 1; /* the others at this place are its other names */
	}
	free(places.rows);
}
