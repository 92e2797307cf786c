/*
 * cargo_mirror.c - a directory in which the files of a crate lie as they do in the file system, as links, but for those that are
 * instrumented. rustc finds modules and included files by their place beside others, so it sees the crate as it is, and the user's files
 * are only read.
 */
#include "cargo_internal.h"
#include "fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *cargo_absolute(const char *path)
{
	struct strbuf out = STRBUF_INIT;
	char *start = NULL;

	if (*path != '/') {
		char *directory = getcwd(NULL, 0);

		start = xasprintf("%s/%s", directory ? directory : "", path);
		free(directory);
		path = start;
	}
	while (*path) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0) {
			while (out.size && out.data[--out.size] != '/')
				;
		} else if (size && !(size == 1 && *path == '.')) {
			strbuf_puts(&out, "/");
			strbuf_add(&out, path, size);
		}
		path += size + (path[size] == '/');
	}
	free(start);
	if (out.size == 0)
		strbuf_puts(&out, "/");
	strbuf_add(&out, "", 0);
	out.data[out.size] = 0;
	return strbuf_take(&out);
}

const char *cargo_relative(const char *path, const char *root)
{
	size_t size = strlen(root);

	return size && strncmp(path, root, size) == 0 && path[size] == '/' ? path + size + 1 : path;
}

char *cargo_shown(const char *path, const char *root)
{
	char *real = realpath(path, NULL), *shown = xstrdup(cargo_relative(real ? real : path, root));

	free(real);
	return shown;
}

/* MIRROR/PATH, its directory made. */
static char *place(const char *mirror, const char *path, struct err *err)
{
	char *to = xasprintf("%s%s", mirror, path), *slash = strrchr(to, '/');

	*slash = 0;
	int result = fs_mkdirs(to, err);
	*slash = '/';
	if (result == 0)
		return to;
	free(to);
	return NULL;
}

int cargo_mirror_link(const char *mirror, const char *path, struct err *err)
{
	char *to = place(mirror, path, err);
	int result = to ? 0 : -1;

	if (to && symlink(path, to) != 0 && errno != EEXIST)
		result = err_set(err, to, NULL, "cannot make a link: %s", strerror(errno));
	free(to);
	return result;
}

int cargo_mirror_write(const char *mirror, const char *path, const char *text, size_t size, struct err *err)
{
	char *to = place(mirror, path, err);
	int result = to ? fs_write(to, text, size, 0666, err) : -1;

	free(to);
	return result;
}

void cargo_mirror_rest(const char *mirror, const char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct err ignored = {0};

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		char *file = xasprintf("%s/%s", path, entry->d_name);
		cargo_mirror_link(mirror, file, &ignored);
		free(file);
		err_free(&ignored);
	}
	if (dir)
		closedir(dir);
}
