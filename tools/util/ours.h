/* ours.h - is a program this command itself, under whatever name? */
#ifndef UTIL_OURS_H
#define UTIL_OURS_H

#include <stdbool.h>

/* Is the file at `path` a ruchy-prof: this one, a link to it, or a copy of any version? Follows links; false when it can't be read. */
bool ours(const char *path);

#endif
