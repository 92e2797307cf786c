/* sample_name.c - names of functions from the ELF symbol table. */
#include "sample_symbol.h"
#include "strbuf.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	return left->address < right->address ? -1 : left->address > right->address;
}

static void read_table(struct sample_symbols *symbols, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;

	for (size_t i = 0; i < count && i < INT32_MAX && symbols->symbol_count < SAMPLE_TOTAL_LIMIT; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_size == 0)
			continue;
		name = elf_strptr(symbols->elf, header->sh_link, symbol.st_name);
		if (name)
			APPEND(symbols->symbols, symbols->symbol_count, symbols->symbol_capacity,
			       (struct symbol){.address = symbol.st_value, .end = symbol.st_value + symbol.st_size, .name = name});
	}
}

void sample_read_names(struct sample_symbols *symbols)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(symbols->elf, section))) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			read_table(symbols, section, &header);
	}
	if (symbols->symbol_count)
		qsort(symbols->symbols, symbols->symbol_count, sizeof *symbols->symbols, by_address);
}

/* `_ZN3fib4main17h0123456789abcdefE`: parts with their length in front, the last one a hash. */
static const char *last_part(const char *mangled, size_t *size)
{
	const char *at = mangled + 3, *last = "", *before = "";
	size_t last_size = 0, before_size = 0;

	while (*at >= '1' && *at <= '9') {
		char *text;
		unsigned long part = strtoul(at, &text, 10);

		if (part > strlen(text))
			break;
		before = last;
		before_size = last_size;
		last = text;
		last_size = part;
		at = text + part;
	}
	*size = before_size;
	return before;
}

static const char *closure_name(size_t *size)
{
	*size = 8;
	return "{closure";
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

const char *sample_name_at(const struct sample_symbols *symbols, uint64_t address, size_t *size)
{
	static const char closure[] = "_$u7b$$u7b$closure";
	size_t low = 0, high = symbols->symbol_count;
	const char *name;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	*size = 0;
	if (low == 0 || symbols->symbols[low - 1].end <= address)
		return "";
	name = symbols->symbols[low - 1].name;
	if (starts(name, "_RNC") || starts(name, "_RINC"))
		return closure_name(size);
	if (!starts(name, "_ZN"))
		return "";
	name = last_part(name, size);
	return *size >= sizeof closure - 1 && starts(name, closure) ? closure_name(size) : name;
}
