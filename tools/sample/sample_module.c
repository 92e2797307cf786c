/* sample_module.c - ELF files that are mapped in the sampled processes: addresses and call frame information. */
#include "sample_module.h"
#include "strbuf.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel's own module has no file, but every process of this kernel has the same one, ours too. */
static Elf *open_vdso(void)
{
	const char *image = (const char *)getauxval(AT_SYSINFO_EHDR); // NOLINT(performance-no-int-to-ptr)
	const Elf64_Ehdr *header = (const void *)image;
	size_t size;

	if (!image || memcmp(image, ELFMAG, SELFMAG) != 0)
		return NULL;
	size = (size_t)header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
	return elf_memory((char *)image, size);
}

static Elf *open_file(struct sample_module *module)
{
	struct stat status;

	module->fd = open(module->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (module->fd < 0 || fstat(module->fd, &status) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	if (module->inode && (uint64_t)status.st_ino != module->inode) /* replaced since */
		return NULL;
	return elf_begin(module->fd, ELF_C_READ_MMAP, NULL);
}

static void read_segments(struct sample_module *module)
{
	size_t count;

	if (elf_getphdrnum(module->elf, &count) != 0 || count > 65535)
		return;
	module->segments = xcalloc(count ? count : 1, sizeof *module->segments);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(module->elf, (int)i, &header) || header.p_type != PT_LOAD || !(header.p_flags & PF_X))
			continue;
		module->segments[module->segment_count++] =
		    (struct sample_segment){.offset = header.p_offset, .address = header.p_vaddr, .size = header.p_filesz};
	}
}

void sample_module_open(struct sample_module *module)
{
	if (module->tried)
		return;
	module->tried = true;
	elf_version(EV_CURRENT);
	module->elf = strcmp(module->path, "[vdso]") == 0 ? open_vdso() : open_file(module);
	if (!module->elf || elf_kind(module->elf) != ELF_K_ELF)
		return;
	read_segments(module);
	module->cfi = dwarf_getcfi_elf(module->elf);
}

bool sample_module_address(const struct sample_module *module, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < module->segment_count; i++) {
		const struct sample_segment *segment = &module->segments[i];

		if (offset >= segment->offset && offset - segment->offset < segment->size) {
			*address = segment->address + (offset - segment->offset);
			return true;
		}
	}
	return false;
}

void sample_module_close(struct sample_module *module)
{
	if (module->cfi)
		dwarf_cfi_end(module->cfi);
	if (module->elf)
		elf_end(module->elf);
	if (module->fd >= 0)
		close(module->fd);
	free(module->segments);
	free(module->path);
	free(module);
}
