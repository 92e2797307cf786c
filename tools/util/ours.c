/*
 * ours.c - a mark in the program that tells it apart from the real ruchy.
 *
 * Device and inode tell links, but no copies; equal bytes would tell copies, but not of another version. An ELF note does both, survives
 * strip, and is found without reading the whole file.
 */
#include "ours.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_NAME "ruchy-prof"
#define MARK_TYPE 1

static const struct {
	uint32_t name_size, text_size, type;
	char name[12]; /* padded to four bytes, as the text is */
	char text[4];
} mark __attribute__((section(".note.ruchy-prof"), used, aligned(4))) = {sizeof MARK_NAME, 4, MARK_TYPE, MARK_NAME, "one"};

static bool holds_mark(Elf_Data *notes)
{
	GElf_Nhdr header;
	size_t name, text;

	for (size_t at = 0, next; (next = gelf_getnote(notes, at, &header, &name, &text)) > 0; at = next) {
		if (header.n_type == MARK_TYPE && header.n_namesz == sizeof MARK_NAME &&
		    memcmp((const char *)notes->d_buf + name, MARK_NAME, sizeof MARK_NAME) == 0)
			return true;
	}
	return false;
}

static bool is_marked(Elf *elf)
{
	size_t count;
	GElf_Phdr segment;

	if (!elf || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &count) != 0)
		return false;
	for (size_t i = 0; i < count && i < 256; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_NOTE || segment.p_filesz > 1 << 20)
			continue;
		Elf_Data *notes = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz, ELF_T_NHDR);

		if (notes && holds_mark(notes))
			return true;
	}
	return false;
}

static bool is_this_file(int fd)
{
	struct stat theirs, own;

	return fstat(fd, &theirs) == 0 && stat("/proc/self/exe", &own) == 0 && theirs.st_dev == own.st_dev && theirs.st_ino == own.st_ino;
}

bool ours(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool result;

	if (fd < 0)
		return false;
	result = is_this_file(fd);
	if (!result && elf_version(EV_CURRENT) != EV_NONE) {
		Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

		result = is_marked(elf);
		elf_end(elf);
	}
	close(fd);
	return result;
}
