/*
 * Any bytes as the debug information of a program whose file is sound: entries nested deeply, referring to themselves, to each other in
 * circles, to nothing; ranges and lines without end. The input is, for each section below, two bytes with its length, then the contents.
 */
#include "layout.h"
#include "size.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEXT_AT	  0x1000
#define TEXT_SIZE 0x400
#define FUNCTIONS 8

static const char *const debug_names[] = {".debug_info",     ".debug_abbrev",	".debug_line", ".debug_str",	 ".debug_ranges",
					  ".debug_rnglists", ".debug_line_str", ".debug_addr", ".debug_loclists"};
enum { DEBUGS = sizeof debug_names / sizeof *debug_names, SECTIONS = DEBUGS + 5 };

struct file {
	unsigned char data[1 << 20];
	size_t size;
	Elf64_Shdr sections[SECTIONS];
	size_t count;
	char names[512];
	size_t names_size;
};

static Elf64_Shdr *section(struct file *f, const char *name, uint32_t type, const void *data, size_t size)
{
	Elf64_Shdr *s = &f->sections[f->count++];

	f->size = (f->size + 7) & ~(size_t)7;
	*s = (Elf64_Shdr){.sh_name = (Elf64_Word)f->names_size, .sh_type = type, .sh_offset = f->size, .sh_size = size, .sh_addralign = 1};
	f->names_size += (size_t)snprintf(f->names + f->names_size, sizeof f->names - f->names_size, "%s", name) + 1;
	if (data)
		memcpy(f->data + f->size, data, size);
	f->size += size;
	return s;
}

static void make_symbols(struct file *f)
{
	Elf64_Sym symbols[FUNCTIONS + 1] = {{0}};
	char names[64] = "";
	size_t at = 1;
	Elf64_Shdr *table;

	for (size_t i = 1; i <= FUNCTIONS; i++) {
		symbols[i] = (Elf64_Sym){.st_name = (Elf64_Word)at,
					 .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
					 .st_shndx = 1,
					 .st_value = TEXT_AT + (i - 1) * (TEXT_SIZE / FUNCTIONS),
					 .st_size = TEXT_SIZE / FUNCTIONS};
		at += (size_t)snprintf(names + at, sizeof names - at, "f%zu", i) + 1;
	}
	table = section(f, ".symtab", SHT_SYMTAB, symbols, sizeof symbols);
	table->sh_link = (Elf64_Word)f->count;
	table->sh_entsize = sizeof(Elf64_Sym);
	section(f, ".strtab", SHT_STRTAB, names, at);
}

static void make_file(struct file *f, const uint8_t *input, size_t size)
{
	size_t at = 2 * (size_t)DEBUGS;
	Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			     .e_type = ET_EXEC,
			     .e_machine = EM_X86_64,
			     .e_version = EV_CURRENT,
			     .e_ehsize = sizeof header,
			     .e_shentsize = sizeof(Elf64_Shdr)};
	Elf64_Shdr *text;

	f->size = sizeof header;
	f->count = 0;
	f->names_size = 0;
	section(f, "", SHT_NULL, NULL, 0);
	text = section(f, ".text", SHT_PROGBITS, NULL, TEXT_SIZE);
	memset(f->data + text->sh_offset, 0x90, TEXT_SIZE);
	text->sh_addr = TEXT_AT;
	text->sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	for (size_t i = 0; i < DEBUGS; i++) {
		size_t wanted = input[2 * i] | (size_t)input[2 * i + 1] << 8, left = size - at;

		wanted = wanted < left ? wanted : left;
		section(f, debug_names[i], SHT_PROGBITS, input + at, wanted);
		at += wanted;
	}
	make_symbols(f);
	header.e_shstrndx = (Elf64_Half)f->count;
	section(f, ".shstrtab", SHT_STRTAB, f->names, 0);
	f->sections[f->count - 1].sh_size = f->names_size;
	memcpy(f->data + f->size, f->names, f->names_size);
	f->size = (f->size + f->names_size + 7) & ~(size_t)7;
	header.e_shoff = f->size;
	header.e_shnum = (Elf64_Half)f->count;
	memcpy(f->data + f->size, f->sections, f->count * sizeof *f->sections);
	f->size += f->count * sizeof *f->sections;
	memcpy(f->data, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file file;
	struct size_options options = {.inlined = true, .debug_lines = true, .crate = "seed"};
	struct err err = {0};
	struct size_program *program;
	char path[64];
	int fd;

	if (size < 2 * (size_t)DEBUGS || size > sizeof file.data / 2)
		return 0;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	make_file(&file, data, size);
	if (fd < 0 || write(fd, file.data, file.size) != (ssize_t)file.size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	program = size_measure(path, &options, &err);
	if (!program) /* the file itself is sound */
		abort();
	size_free(program);
	layouts_free(layouts_read(path, NULL, &err));
	close(fd);
	err_free(&err);
	return 0;
}
