/* build_find.c - where the real ruchy is, past every name of our own. */
#include "build_internal.h"
#include "fs.h"
#include "ours.h"

#include <stdlib.h>
#include <string.h>

/* The first on PATH that is not this command under its name. */
static char *on_path(const char *name)
{
	const char *path = getenv("PATH");
	while (path) {
		size_t size = strcspn(path, ":");
		char *found = size ? xasprintf("%.*s/%s", (int)size, path, name) : xasprintf("./%s", name);
		if (fs_is_executable(found) && !ours(found))
			return found;
		free(found);
		path = path[size] ? path + size + 1 : NULL;
	}
	return NULL;
}

static int take_given(const char *given, char **path, struct err *err)
{
	*path = strchr(given, '/') ? fs_which(given) : on_path(given);
	if (!*path)
		return err_set(err, given, NULL, "RUCHY_PROF_RUCHY names no program that can be run");
	if (!ours(*path))
		return 0;
	free(*path);
	*path = NULL;
	return err_set(err, given, "name the real ruchy", "RUCHY_PROF_RUCHY names ruchy-prof itself");
}

/* RUCHY_PROF_RUCHY (`none`: do without), PATH, then the one that `make ruchy` installs. */
int build_find_ruchy(char **path, struct err *err)
{
	const char *given = getenv("RUCHY_PROF_RUCHY");
	if (given && strcmp(given, "none") == 0)
		return 1;
	if (given && *given)
		return take_given(given, path, err);
	*path = on_path("ruchy");
	if (*path)
		return 0;
	*path = fs_beside("../ruchy/bin/ruchy");
	if (fs_is_executable(*path) && !ours(*path))
		return 0;
	free(*path);
	*path = NULL;
	return 1;
}
