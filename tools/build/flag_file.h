/*
 * flag_file.h - F.ruchy.flags: flags for rustc that were found to suit one program, beside its source.
 *
 * It may come with a source that somebody else wrote, so it is no command line: what a line can say is a table of codegen options and
 * of the values that each may have. None of them names a file, starts a program or makes rustc do something else than compile.
 * Format, a line each: blank; `# comment`; `-C NAME=VALUE`. The last of one name counts, as for rustc.
 */
#ifndef FLAG_FILE_H
#define FLAG_FILE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

#define FLAG_FILE_MOST 64 /* flags in one file */

struct flag_file {
	char *path;   /* NULL: there is none */
	char **flags; /* "lto=fat", without the -C; owned */
	size_t count;
};

/* Where the file of a source is: "F.ruchy.flags". The caller frees. */
char *flag_file_path(const char *source);
/* `path` is for messages. -1 with `err` that says the line, and `file` empty. The caller frees with flag_file_free(). */
int flag_file_parse(const char *text, size_t size, const char *path, struct flag_file *file, struct err *err);
/* 0: read; 1: there is no such file; -1: error. */
int flag_file_read(const char *path, struct flag_file *file, struct err *err);
/* Replaces `path` as a whole. `comment`: lines that say where the flags come from, without the marks; may be NULL. */
int flag_file_write(const char *path, const struct flag_file *file, const char *comment, struct err *err);
void flag_file_free(struct flag_file *file);

/* May this flag stand in a file? `flag` as in struct flag_file. */
bool flag_file_allows(const char *flag);
/* Adds a flag that is allowed; one of the same option goes, other than for link-arg, of which there may be several. */
void flag_file_add(struct flag_file *file, const char *flag);
/* "-C lto=fat -C panic=abort"; the caller frees. `delivered` false: without those that take names and lines away. */
char *flag_file_words(const struct flag_file *file, bool delivered);

#endif
