/* fs_path.c - where things are: on PATH, beside this command, in the cache, in a temporary directory. */
#include "fs.h"
#include "strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool fs_is_executable(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *fs_which(const char *name)
{
	if (!*name)
		return NULL;
	if (strchr(name, '/'))
		return fs_is_executable(name) ? xstrdup(name) : NULL;
	const char *path = getenv("PATH");
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t size = strcspn(path, ":");
		/* An empty entry means the working directory. */
		char *found = size ? xasprintf("%.*s/%s", (int)size, path, name) : xasprintf("./%s", name);
		if (fs_is_executable(found))
			return found;
		free(found);
		if (!path[size])
			return NULL;
		path += size + 1;
	}
}

/* Directory of the running command, without a slash at its end. */
static char *own_directory(void)
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
	if (size <= 0)
		return xstrdup(".");
	path[size] = 0;
	char *slash = strrchr(path, '/');
	if (slash)
		*slash = 0;
	return xstrdup(path);
}

char *fs_beside(const char *relative)
{
	char *directory = own_directory();
	/* The link's text has no symbolic links left in it, so "bin/.." can be cut as text, and commands shown to the user stay readable.
	 */
	while (strncmp(relative, "../", 3) == 0 && *directory == '/') {
		*strrchr(directory, '/') = 0;
		relative += 3;
	}
	char *path = xasprintf("%s/%s", directory, relative);
	free(directory);
	return path;
}

static const char *temporary_root(void)
{
	const char *root = getenv("TMPDIR");
	return root && *root == '/' && access(root, W_OK | X_OK) == 0 ? root : "/tmp";
}

char *fs_tmpdir(struct err *err)
{
	char *path = xasprintf("%s/ruchy-prof-XXXXXX", temporary_root());
	if (mkdtemp(path))
		return path;
	err_set(err, path, "set TMPDIR to a directory that can be written", "cannot make a temporary directory: %s", strerror(errno));
	free(path);
	return NULL;
}

/* Programs from the cache are run: a directory that somebody else made or may write to is no cache. */
static bool is_private(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 022) == 0;
}

static char *cache_candidate(void)
{
	const char *root = getenv("XDG_CACHE_HOME");
	if (root && *root == '/')
		return xasprintf("%s/ruchy-prof", root);
	root = getenv("HOME");
	if (root && *root == '/')
		return xasprintf("%s/.cache/ruchy-prof", root);
	return NULL;
}

char *fs_cache_dir(struct err *err)
{
	struct err ignored = {0};
	char *path = cache_candidate();
	if (path && fs_mkdirs(path, &ignored) == 0 && access(path, W_OK | X_OK) == 0)
		return path;
	err_free(&ignored);
	free(path);
	path = xasprintf("%s/ruchy-prof-%lu", temporary_root(), (unsigned long)geteuid());
	if (fs_mkdirs(path, err) == 0) {
		if (is_private(path))
			return path;
		err_set(err, path, "set XDG_CACHE_HOME to a directory of your own",
			"the cache directory does not belong to this user alone");
	}
	free(path);
	return NULL;
}
