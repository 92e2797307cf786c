/* shellquote.h - command lines as text: quoted for display, split without a shell. */
#ifndef UTIL_SHELLQUOTE_H
#define UTIL_SHELLQUOTE_H

#include "err.h"

#include <stddef.h>

/* The words joined by blanks, each quoted where a POSIX shell needs it, so that pasting the line runs the same. Caller frees. */
char *shellquote_join(char *const argv[]);

/*
 * Split at blanks. 'single' and "double" quotes keep blanks; a backslash keeps the next character, within double quotes only " and \.
 * Nothing is expanded. NULL or blank text gives no words. The list ends in NULL; free it with shellquote_free(). NULL and `err` (wrong
 * usage) when a quote is not closed.
 */
char **shellquote_split(const char *text, size_t *count, struct err *err);
void shellquote_free(char **words);

#endif
