/* size_flags.h - how a program was optimised, as far as its file and its build tell. */
#ifndef SIZE_FLAGS_H
#define SIZE_FLAGS_H

#include "size.h"

enum size_known { SIZE_UNKNOWN, SIZE_YES, SIZE_NO };

struct size_flag {
	const char *name;     /* "LTO", as a word in sentences */
	const char *key;      /* for JSON */
	char *value;	      /* "fat", "3"; owned; NULL = can't be told */
	const char *from;     /* "rustc's flags", "the file" */
	enum size_known good; /* is it what makes programs small and fast? */
};

struct size_flags {
	struct size_flag rows[12];
	size_t count;
};

/* `rustc_flags`: all that rustc was given, as one line; NULL: not known. */
void size_flags_find(const struct size_program *program, const char *rustc_flags, struct size_flags *flags);
void size_flags_free(struct size_flags *flags);
/* The value of `-C NAME=` that counts (the last one), "" for one without value; NULL: not given. The caller frees. */
char *size_codegen_flag(const char *rustc_flags, const char *name);

#endif
