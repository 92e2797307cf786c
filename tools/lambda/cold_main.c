/*
 * cold_main.c - where is main? By its symbol; in a stripped program by the entry code of the C library, which puts main's address into the
 * first argument of __libc_start_main.
 */
#include "cold_start.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_BYTES 64

/* A Rust main of any crate: _ZN<n>crate4main17h<16 hex>E, or _RNvC..4main. */
static bool is_rust_main(const char *name)
{
	size_t size = strlen(name);
	unsigned length = 0;

	if (strncmp(name, "_ZN", 3) != 0) /* v0: a value of the crate's root, whose name is the last part */
		return strncmp(name, "_RNvC", 5) == 0 && size > 10 && strcmp(name + size - 5, "4main") == 0;
	name += 3;
	while (*name >= '0' && *name <= '9' && length < 200)
		length = length * 10 + (unsigned)(*name++ - '0');
	return strlen(name) > length && strncmp(name + length, "4main17h", 8) == 0 && strlen(name + length) == 8 + 16 + 1;
}

/* The later the better: what runs before the program's own first line is no part of its main. */
static int rank_of(const char *name)
{
	if (is_rust_main(name))
		return 3;
	if (strcmp(name, "main.main") == 0)
		return 2;
	return strcmp(name, "main") == 0;
}

static void from_symbols(Elf *elf, struct cold_entry *found)
{
	Elf_Scn *section = NULL;
	int best = 0;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) ||
		    !(data = elf_getdata(section, NULL)) || header.sh_entsize == 0)
			continue;
		for (size_t i = 0; i < data->d_size / header.sh_entsize && i < INT32_MAX; i++) {
			GElf_Sym symbol;
			const char *name = gelf_getsym(data, (int)i, &symbol) ? elf_strptr(elf, header.sh_link, symbol.st_name) : NULL;
			int rank = name && GELF_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value ? rank_of(name) : 0;

			if (rank > best) {
				best = rank;
				found->main = symbol.st_value;
				found->main_name = rank == 3 ? "the Rust main" : rank == 2 ? "main.main" : "main";
			}
		}
	}
}

static bool read_at(Elf *elf, int fd, uint64_t address, unsigned char *bytes, size_t size)
{
	size_t count = 0;

	elf_getphdrnum(elf, &count);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_filesz && segment.p_filesz - (address - segment.p_vaddr) >= size)
			return pread(fd, bytes, size, (off_t)(segment.p_offset + (address - segment.p_vaddr))) == (ssize_t)size;
	}
	return false;
}

/* x86-64: `lea main(%rip),%rdi` or `mov $main,%rdi`, then a call. */
static void from_entry(Elf *elf, int fd, struct cold_entry *found)
{
	unsigned char code[ENTRY_BYTES];
	int32_t value;

	if (!read_at(elf, fd, found->entry, code, sizeof code))
		return;
	for (size_t i = 0; i + 8 < sizeof code; i++) {
		bool lea = code[i] == 0x48 && code[i + 1] == 0x8d && code[i + 2] == 0x3d;
		bool mov = code[i] == 0x48 && code[i + 1] == 0xc7 && code[i + 2] == 0xc7;

		if (!lea && !mov)
			continue;
		if (code[i + 7] != 0xff && code[i + 7] != 0xe8 && code[i + 7] != 0x67)
			continue;
		memcpy(&value, code + i + 3, sizeof value);
		found->main = lea ? found->entry + i + 7 + (uint64_t)(int64_t)value : (uint64_t)(int64_t)value;
		found->main_name = "main";
		return;
	}
}

int cold_entry_find(const char *path, struct cold_entry *found)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), status = -1;
	Elf *elf = NULL;
	GElf_Ehdr header;

	memset(found, 0, sizeof *found);
	if (fd < 0)
		return -1;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) && header.e_machine == EM_X86_64) {
		found->entry = header.e_entry;
		from_symbols(elf, found);
		if (!found->main)
			from_entry(elf, fd, found);
		status = 0;
	}
	elf_end(elf);
	close(fd);
	return status;
}
