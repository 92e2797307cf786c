/* fs.h - files: read whole, write atomically, private temporary directories. Paths may hold any byte and start with a dash. */
#ifndef UTIL_FS_H
#define UTIL_FS_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

/* What stands behind the last slash: a piece of `path`. */
const char *fs_base_name(const char *path);
/* Whole file, NUL behind it (not counted). At most `limit` bytes (0: 1 GiB); refuses directories and devices. Caller frees. NULL on error.
 */
char *fs_read(const char *path, size_t limit, size_t *size, struct err *err);
/* Temporary file beside `path`, write, fsync, rename: `path` is either the old file or the whole new one. `mode` as for open(), e.g. 0666
 * (umask applies). */
int fs_write(const char *path, const void *data, size_t size, int mode, struct err *err);
/* fs_read() and fs_write(). */
int fs_copy(const char *from, const char *to, int mode, struct err *err);
/* mkdir -p, mode 0700 for what it creates. */
int fs_mkdirs(const char *path, struct err *err);
/* New private directory under $TMPDIR (or /tmp); caller frees the path and removes it with fs_remove_tree(). */
char *fs_tmpdir(struct err *err);
/* Remove a directory and what is in it; follows no link. Missing is fine. */
void fs_remove_tree(const char *path);
bool fs_is_executable(const char *path);
/* First executable `name` on $PATH (or `name` itself when it has a slash); NULL when there is none. Caller frees. */
char *fs_which(const char *name);
/* Directory of the running command and path relative to it: fs_beside("../lib/librprof.a"). Caller frees. */
char *fs_beside(const char *relative);
/* $XDG_CACHE_HOME/ruchy-prof or ~/.cache/ruchy-prof, created. Falls back to a directory of this user below $TMPDIR. Caller frees. */
char *fs_cache_dir(struct err *err);

#endif
