/* langs_needs.c - a program of a few kilobytes may need an interpreter of a hundred megabytes: what must be there beside it. */
#include "fs.h"
#include "langs_internal.h"

#include <fcntl.h>
#include <ftw.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void lang_needs_add(struct lang_needs *needs, const char *path)
{
	for (size_t i = 0; i < needs->count; i++) {
		size_t size = strlen(needs->files[i]);

		/* what lies in a directory that is there is there */
		if (strncmp(needs->files[i], path, size) == 0 && (!path[size] || path[size] == '/'))
			return;
	}
	needs->files = xrealloc(needs->files, needs->count + 1, sizeof *needs->files);
	needs->files[needs->count++] = xstrdup(path);
}

void lang_needs_free(struct lang_needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		free(needs->files[i]);
	free(needs->files);
	*needs = (struct lang_needs){0};
}

/* ---- shared libraries ------------------------------------------------------------------------------------------------------- */

/* The loader that an ELF program asks for; NULL for a static one and for what is no ELF. Caller frees. */
static char *loader_of(const char *program)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	Elf *elf;
	char *loader = NULL;
	size_t headers = 0;

	elf_version(EV_CURRENT);
	elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	if (elf && elf_kind(elf) == ELF_K_ELF && elf_getphdrnum(elf, &headers) == 0) {
		for (size_t i = 0; i < headers && !loader; i++) {
			GElf_Phdr header;
			char path[4096];

			if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP || header.p_filesz == 0 ||
			    header.p_filesz >= sizeof path)
				continue;
			if (pread(fd, path, header.p_filesz, (off_t)header.p_offset) != (ssize_t)header.p_filesz)
				break;
			path[header.p_filesz] = '\0';
			loader = xstrdup(path);
		}
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return loader;
}

/* Lines such as "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x7f..)" and "\t/lib64/ld-linux-x86-64.so.2 (0x7f..)". */
void lang_needs_parse(struct lang_needs *needs, const char *text)
{
	while (*text) {
		size_t line = strcspn(text, "\n");
		const char *arrow = memmem(text, line, "=> ", 3), *path = arrow ? arrow + 3 : text + strspn(text, "\t ");
		const char *end = path < text + line ? memmem(path, (size_t)(text + line - path), " (0x", 4) : NULL;

		if (end && *path == '/') {
			char *given = xasprintf("%.*s", (int)(end - path), path), *real = realpath(given, NULL);

			lang_needs_add(needs, real ? real : given);
			free(given);
			free(real);
		}
		text += line + (text[line] == '\n');
	}
}

void lang_needs_libraries(struct lang_needs *needs, const char *program)
{
	char *loader = loader_of(program);
	struct subprocess_output output;
	struct err ignored = {0};

	if (!loader)
		return;
	if (subprocess_capture((char *const[]){loader, (char *)"--list", (char *)program, NULL}, NULL, &output, &ignored) == 0) {
		if (WIFEXITED(output.status) && WEXITSTATUS(output.status) == 0)
			lang_needs_parse(needs, output.out ? output.out : "");
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	free(loader);
}

/* ---- sizes -------------------------------------------------------------------------------------------------------------------- */

static uint64_t walked; /* nftw() has no context; one comparison at a time */

static int add_size(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)at;
	(void)path;
	if (type == FTW_F && S_ISREG(st->st_mode))
		walked += (uint64_t)st->st_size;
	/* Packages that somebody installed beside the library are no part of it. */
	if (type == FTW_D && (strcmp(path + at->base, "site-packages") == 0 || strcmp(path + at->base, "dist-packages") == 0))
		return FTW_SKIP_SUBTREE;
	return FTW_CONTINUE;
}

void lang_needs_sum(struct lang_needs *needs)
{
	needs->bytes = 0;
	for (size_t i = 0; i < needs->count; i++) {
		walked = 0;
		nftw(needs->files[i], add_size, 16, FTW_PHYS | FTW_ACTIONRETVAL);
		needs->bytes += walked;
	}
}
