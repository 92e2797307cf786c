/*
 * build_cache.c - directories named by the hash of all that went into them.
 *
 * An entry is made under a temporary name and renamed, so it is complete or absent. Its file `manifest` holds XXH3, size and mark (x: may
 * be run) of each other file: what a crash or a full disk has damaged is made anew instead of being run. The time of the manifest says when
 * the entry was last used.
 */
#include "build_internal.h"
#include "fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LAYOUT	     "v2" /* of the cache; a change makes a new one */
#define KEEP_SECONDS ((time_t)30 * 24 * 3600)
#define KEEP_BYTES   ((uint64_t)2 << 30)
#define IN_USE	     3600 /* never evicted: somebody may be running it */
#define ABANDONED    ((time_t)24 * 3600)
#define MANIFEST     "manifest"

int build_cache_open(struct build_cache *cache, bool no_cache, char **why, struct err *err)
{
	struct err reason = {0};
	*why = NULL;
	if (!no_cache) {
		char *shared = fs_cache_dir(&reason);
		cache->root = shared ? xasprintf("%s/" LAYOUT, shared) : NULL;
		free(shared);
		char *entries = xasprintf("%s/entries", cache->root ? cache->root : "");
		bool usable = cache->root && fs_mkdirs(entries, &reason) == 0 && access(entries, W_OK | X_OK) == 0;
		free(entries);
		if (usable)
			return 0;
		*why = xasprintf("%s: %s", reason.where, reason.set ? reason.what : "not writable");
		err_free(&reason);
		free(cache->root);
	}
	cache->private = true;
	cache->root = fs_tmpdir(err);
	if (!cache->root)
		return -1;
	char *entries = xasprintf("%s/entries", cache->root);
	int result = fs_mkdirs(entries, err);
	free(entries);
	return result;
}

void build_cache_close(struct build_cache *cache)
{
	if (cache->root && cache->private)
		fs_remove_tree(cache->root);
	free(cache->root);
	cache->root = NULL;
}

void build_entry_free(struct build_entry *entry)
{
	free(entry->path);
	free(entry->final);
	entry->path = entry->final = NULL;
}

/* ---- the manifest ------------------------------------------------------------------------------------------------------- */

/* Whoever copies a cache, or restores it, may lose the right to run what is in it. */
static char run_mark(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && st.st_mode & S_IXUSR ? 'x' : '-';
}

static int add_to_manifest(struct strbuf *manifest, const char *directory, const char *name, struct err *err)
{
	char hex[HASH_HEX];
	size_t size;
	char *path = xasprintf("%s/%s", directory, name);
	int result = hash_file(path, hex, &size);
	if (result == 0)
		strbuf_printf(manifest, "%s %zu %c %s\n", hex, size, run_mark(path), name);
	else
		err_set(err, path, NULL, "cannot read the file: %s", strerror(errno));
	free(path);
	return result;
}

static int write_manifest(const char *directory, struct err *err)
{
	struct strbuf manifest = STRBUF_INIT;
	struct dirent *file;
	int result = 0;
	DIR *dir = opendir(directory);
	if (!dir)
		return err_set(err, directory, NULL, "cannot read the directory: %s", strerror(errno));
	while (result == 0 && (file = readdir(dir)))
		if (file->d_name[0] != '.')
			result = add_to_manifest(&manifest, directory, file->d_name, err);
	closedir(dir);
	char *path = xasprintf("%s/" MANIFEST, directory);
	if (result == 0)
		result = fs_write(path, manifest.data ? manifest.data : "", manifest.size, 0600, err);
	free(path);
	strbuf_free(&manifest);
	return result;
}

/* One line of the manifest against the file that it names. */
static bool is_intact(const char *directory, char *line)
{
	char hex[HASH_HEX];
	size_t size, read_size;
	char *end;
	if (strlen(line) < HASH_HEX + 2 || line[HASH_HEX - 1] != ' ')
		return false;
	size = strtoull(line + HASH_HEX, &end, 10);
	if (end[0] != ' ' || end[1] == 0 || end[2] != ' ' || end[3] == 0 || strchr(end + 3, '/'))
		return false;
	char *path = xasprintf("%s/%s", directory, end + 3);
	bool intact =
	    hash_file(path, hex, &read_size) == 0 && read_size == size && strncmp(hex, line, HASH_HEX - 1) == 0 && run_mark(path) == end[1];
	free(path);
	return intact;
}

static bool check_manifest(const char *directory)
{
	struct err ignored = {0};
	char *path = xasprintf("%s/" MANIFEST, directory);
	char *manifest = fs_read(path, 1 << 20, NULL, &ignored);
	bool intact = manifest && *manifest;
	char *rest = manifest, *line;
	while (intact && (line = strsep(&rest, "\n")) && *line)
		intact = is_intact(directory, line);
	if (intact)
		utimensat(AT_FDCWD, path, NULL, 0);
	free(path);
	free(manifest);
	err_free(&ignored);
	return intact;
}

/* ---- entries ------------------------------------------------------------------------------------------------------------ */

bool build_cache_find(const struct build_cache *cache, const char *key, struct build_entry *entry)
{
	memset(entry, 0, sizeof *entry);
	snprintf(entry->key, sizeof entry->key, "%s", key);
	entry->path = xasprintf("%s/entries/%s", cache->root, key);
	entry->final = xstrdup(entry->path);
	if (check_manifest(entry->path))
		return true;
	build_entry_free(entry);
	return false;
}

int build_cache_begin(const struct build_cache *cache, const char *key, struct build_entry *entry, struct err *err)
{
	memset(entry, 0, sizeof *entry);
	snprintf(entry->key, sizeof entry->key, "%s", key);
	entry->final = xasprintf("%s/entries/%s", cache->root, key);
	entry->path = xasprintf("%s/tmp-XXXXXX", cache->root);
	if (mkdtemp(entry->path))
		return 0;
	err_set(err, cache->root, NULL, "cannot make a directory in the build cache: %s", strerror(errno));
	build_entry_free(entry);
	return -1;
}

void build_cache_abandon(struct build_entry *entry)
{
	if (entry->path)
		fs_remove_tree(entry->path);
	build_entry_free(entry);
}

/* A damaged entry stands in the way: move it aside first, since a rename can't replace a directory that holds files. */
static void clear_way(const struct build_cache *cache, const struct build_entry *entry)
{
	char *aside = xasprintf("%s/tmp-XXXXXX", cache->root);
	if (mkdtemp(aside) && rename(entry->final, aside) == 0)
		fs_remove_tree(aside);
	else
		rmdir(aside);
	free(aside);
}

static void evict(const struct build_cache *cache);

int build_cache_commit(const struct build_cache *cache, struct build_entry *entry, struct err *err)
{
	if (write_manifest(entry->path, err) < 0) {
		build_cache_abandon(entry);
		return -1;
	}
	if (rename(entry->path, entry->final) < 0) {
		/* Another command may have been first; what it made is as good. */
		bool theirs = (errno == ENOTEMPTY || errno == EEXIST) && check_manifest(entry->final);
		if (!theirs)
			clear_way(cache, entry);
		if (!theirs && rename(entry->path, entry->final) < 0) {
			err_set(err, entry->final, NULL, "cannot put the build into the cache: %s", strerror(errno));
			build_cache_abandon(entry);
			return -1;
		}
		if (theirs)
			fs_remove_tree(entry->path);
	}
	free(entry->path);
	entry->path = xstrdup(entry->final);
	if (!cache->private)
		evict(cache);
	return 0;
}

char *build_cache_text(const struct build_cache *cache, const char *name, const char *text, size_t size, struct err *err)
{
	char key[HASH_HEX];
	struct build_entry entry;
	struct hash *hash = hash_new();
	hash_add_text(hash, "text");
	hash_add_text(hash, name);
	hash_add(hash, text, size);
	hash_finish(hash, key);
	if (!build_cache_find(cache, key, &entry)) {
		if (build_cache_begin(cache, key, &entry, err) < 0)
			return NULL;
		char *path = xasprintf("%s/%s", entry.path, name);
		int failed = fs_write(path, text, size, 0600, err);
		free(path);
		if (failed) {
			build_cache_abandon(&entry);
			return NULL;
		}
		if (build_cache_commit(cache, &entry, err) < 0)
			return NULL;
	}
	char *path = xasprintf("%s/%s", entry.path, name);
	build_entry_free(&entry);
	return path;
}

/* ---- eviction ------------------------------------------------------------------------------------------------------------- */

struct resident {
	char *path;
	time_t used;
	uint64_t bytes;
};

static uint64_t bytes_in(const char *directory)
{
	uint64_t bytes = 0;
	struct stat st;
	struct dirent *file;
	DIR *dir = opendir(directory);
	if (!dir)
		return 0;
	while ((file = readdir(dir)))
		if (fstatat(dirfd(dir), file->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_blocks * 512;
	closedir(dir);
	return bytes;
}

static size_t list_residents(const struct build_cache *cache, struct resident **residents)
{
	size_t count = 0;
	struct dirent *file;
	char *entries = xasprintf("%s/entries", cache->root);
	DIR *dir = opendir(entries);
	*residents = NULL;
	while (dir && (file = readdir(dir))) {
		struct stat st;
		if (file->d_name[0] == '.')
			continue;
		char *path = xasprintf("%s/%s", entries, file->d_name);
		char *manifest = xasprintf("%s/" MANIFEST, path);
		time_t used = stat(manifest, &st) == 0 ? st.st_mtime : 0;
		free(manifest);
		*residents = xrealloc(*residents, count + 1, sizeof **residents);
		(*residents)[count++] = (struct resident){path, used, bytes_in(path)};
	}
	if (dir)
		closedir(dir);
	free(entries);
	return count;
}

static int newest_first(const void *a, const void *b)
{
	const struct resident *x = a, *y = b;
	return (x->used < y->used) - (x->used > y->used);
}

/* Temporary directories of commands that were killed. */
static void remove_abandoned(const struct build_cache *cache, time_t now)
{
	struct stat st;
	struct dirent *file;
	DIR *dir = opendir(cache->root);
	while (dir && (file = readdir(dir))) {
		if (strncmp(file->d_name, "tmp-", 4) != 0)
			continue;
		char *path = xasprintf("%s/%s", cache->root, file->d_name);
		if (lstat(path, &st) == 0 && now - st.st_mtime > ABANDONED)
			fs_remove_tree(path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

static void evict(const struct build_cache *cache)
{
	struct resident *residents;
	time_t now = time(NULL);
	uint64_t bytes = 0;
	size_t count = list_residents(cache, &residents);
	if (count)
		qsort(residents, count, sizeof *residents, newest_first);
	for (size_t i = 0; i < count; i++) {
		time_t age = now - residents[i].used;
		bytes += residents[i].bytes;
		if (age > IN_USE && (age > KEEP_SECONDS || bytes > KEEP_BYTES))
			fs_remove_tree(residents[i].path);
		free(residents[i].path);
	}
	free(residents);
	remove_abandoned(cache, now);
}
