/*
 * err.h - an error as a value: what went wrong, where, what to do. Libraries fill it; only main.c prints it.
 */
#ifndef UTIL_ERR_H
#define UTIL_ERR_H

#include <stdint.h>

enum err_exit { ERR_FAILURE = 1, ERR_USAGE = 2, ERR_REGRESSION = 3 };

struct err {
	char what[1024];  /* "cannot read the profile" */
	char where[1024]; /* path, path:line, path at byte N */
	char hint[1024];  /* what to do; may be empty */
	char *detail;	  /* text of another program (rustc, ruchy), printed above the error line; owned, may be NULL */
	int exit;	  /* enum err_exit, 0 counts as ERR_FAILURE */
	int set;	  /* 1 once filled; the first error wins */
};

/* Fill `err` unless it is already set. `where` and `hint` may be NULL. Returns -1 so that `return err_set(...)` reads well. */
int err_set(struct err *err, const char *where, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for wrong usage: exit status 2. */
int err_usage(struct err *err, const char *where, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Frees `detail`, clears the rest. */
void err_free(struct err *err);

#endif
