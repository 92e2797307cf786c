/* input.h - profiles as the command line names them: profile.data, or raw files of instrumented programs. */
#ifndef INPUT_H
#define INPUT_H

#include "cmd.h"
#include "profile.h"

/* The profile in `path`; of a raw file, a profile of one run. NULL and `err` when it cannot be read. The caller frees. */
struct profile *input_read(const char *path, struct err *err);
/* Add what is in `path` to *into (NULL: a new profile is made). Which kind of file it is, is seen from its first bytes. */
int input_add(struct profile **into, const char *path, struct err *err);
/* The sum of all operands. NULL and `err` when there is none or one cannot be read. The caller frees. */
struct profile *input_sum(const struct command *command, const struct operands *operands, struct err *err);

#endif
