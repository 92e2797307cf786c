/* build_flags_file.h - flags for rustc that stand in a file beside a source: F.ruchy.flags. */
#ifndef BUILD_FLAGS_FILE_H
#define BUILD_FLAGS_FILE_H

#include "err.h"

/* Where the flags of this source are kept. Caller frees. */
char *build_flags_path(const char *source);
/* Its lines without comments (#), joined; NULL without `err` when there is no such file, with `err` when it can't be read. Caller frees. */
char *build_flags_read(const char *source, struct err *err);

#endif
