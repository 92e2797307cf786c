/* export_select.h - find the function that --function names, and the calls into and out of it. */
#ifndef EXPORT_SELECT_H
#define EXPORT_SELECT_H

#include "report.h"

/*
 * Index into profile->fns of the function called `name`: exactly, else as the end of a path (`new` for `Point::new`), with or without `()`;
 * `name:LINE` tells functions of one name apart. -1 and err (with the candidates or the nearest names as hint) when it is none or several,
 * or one that has no code of its own.
 */
int export_select_function(const struct report *report, const char *name, uint32_t *fn, struct err *err);

/* Calls of `fn` that no known edge explains: through function pointers, trait objects, from other crates, or the start of the program. */
uint64_t export_unknown_calls(const struct profile *profile, uint32_t fn);

#endif
