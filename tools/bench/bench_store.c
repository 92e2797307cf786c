#include "bench_store_internal.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_NAME   ".ruchy-bench"
#define LARGEST_OBJECT ((size_t)1 << 30)
#define YOUNG	       3600 /* seconds: an object that a writer has not named yet */

/* ---- names --------------------------------------------------------------------------------------------------------------------- */

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash ? xstrdup(".") : slash == path ? xstrdup("/") : xasprintf("%.*s", (int)(slash - path), path);
}

char *bench_store_path(const char *store, const char *source)
{
	char *directory, *path;

	if (store)
		return xasprintf("%s%s", *store == '-' ? "./" : "", store);
	directory = directory_of(source);
	path = xasprintf("%s/" DEFAULT_NAME, directory);
	free(directory);
	return path;
}

/* Below the folder that the store is in: the path from there, so that a.ruchy of two folders are two. Else the name alone. */
char *bench_store_file(const char *store, const char *source, const char *bin)
{
	char *parent = directory_of(store), *real_parent = realpath(parent, NULL), *real = realpath(source, NULL);
	size_t size = real_parent ? strlen(real_parent) : 0;
	const char *name = real ? real : source;
	const char *slash = strrchr(name, '/');
	char *file, *whole;

	if (real && size && strncmp(real, real_parent, size) == 0 && real[size] == '/')
		file = xstrdup(real + size + 1);
	else
		file = xstrdup(slash ? slash + 1 : name);
	free(parent);
	free(real_parent);
	free(real);
	if (!bin)
		return file;
	whole = xasprintf("%s#%s", file, bin);
	free(file);
	return whole;
}

static char *safe_name(const char *text)
{
	struct strbuf name = STRBUF_INIT;

	for (const char *s = text; *s; s++) {
		if (isalnum((unsigned char)*s) || strchr("-_+", *s) || (*s == '.' && s > text))
			strbuf_add(&name, s, 1);
		else
			strbuf_printf(&name, "%%%02X", (unsigned char)*s);
	}
	return strbuf_take(&name);
}

/* ---- objects --------------------------------------------------------------------------------------------------------------------- */

int bench_store_put(const char *store, const void *data, size_t size, char **hash, struct err *err)
{
	char hex[HASH_HEX];
	char *directory = xasprintf("%s/objects", store), *path;
	struct stat st;
	int status = fs_mkdirs(directory, err);

	hash_hex(data, size, hex);
	path = xasprintf("%s/%s", directory, hex);
	/* One that is there has the same bytes, unless a disk lost some: then it is written anew. Its time says that it is wanted. */
	if (status == 0 && stat(path, &st) == 0 && (size_t)st.st_size == size)
		utimensat(AT_FDCWD, path, NULL, 0);
	else if (status == 0)
		status = fs_write(path, data, size, 0666, err);
	*hash = status == 0 ? xstrdup(hex) : NULL;
	free(path);
	free(directory);
	return status;
}

static bool is_hash(const char *text)
{
	return strlen(text) == HASH_HEX - 1 && strspn(text, "0123456789abcdef") == HASH_HEX - 1;
}

char *bench_store_get(const char *store, const char *hash, size_t *size, struct err *err)
{
	char *path = xasprintf("%s/objects/%s", store, is_hash(hash) ? hash : "-");
	char hex[HASH_HEX], *data = fs_read(path, LARGEST_OBJECT, size, err);

	if (data) {
		hash_hex(data, *size, hex);
		if (strcmp(hex, hash) != 0) {
			err_set(err, path, "remove it and make the baseline again", "the object is damaged");
			free(data);
			data = NULL;
		}
	}
	free(path);
	return data;
}

/* ---- baselines ------------------------------------------------------------------------------------------------------------------- */

static int by_age(const void *a, const void *b)
{
	const struct bench_baseline *x = *(struct bench_baseline *const *)a, *y = *(struct bench_baseline *const *)b;
	int order = strcmp(x->file, y->file);

	order = order ? order : strcmp(x->created, y->created);
	return order ? order : strcmp(x->path, y->path);
}

struct listing {
	struct bench_baseline **items;
	size_t count;
	struct strbuf problems;
};

static void list_directory(struct listing *listing, const char *directory)
{
	DIR *open = opendir(directory);

	for (struct dirent *entry; open && (entry = readdir(open));) {
		size_t size = strlen(entry->d_name);
		struct bench_baseline *baseline;
		struct err err = {0};
		char *path;

		if (size < 6 || entry->d_name[0] == '.' || strcmp(entry->d_name + size - 5, ".json") != 0)
			continue;
		path = xasprintf("%s/%s", directory, entry->d_name);
		baseline = bench_store_read(path, &err);
		if (baseline) {
			listing->items = xrealloc(listing->items, listing->count + 1, sizeof(struct bench_baseline *));
			listing->items[listing->count++] = baseline;
		} else {
			strbuf_printf(&listing->problems, "%s: %s\n", err.where, err.what);
		}
		err_free(&err);
		free(path);
	}
	if (open)
		closedir(open);
}

static void list_all(struct listing *listing, const char *store)
{
	char *root = xasprintf("%s/baselines", store);
	DIR *open = opendir(root);

	for (struct dirent *entry; open && (entry = readdir(open));) {
		char *directory;

		if (entry->d_name[0] == '.')
			continue;
		directory = xasprintf("%s/%s", root, entry->d_name);
		list_directory(listing, directory);
		free(directory);
	}
	if (open)
		closedir(open);
	free(root);
}

struct bench_baseline **bench_store_list(const char *store, const char *file, size_t *count, char **problems)
{
	struct listing listing = {0};
	char *name, *directory;

	if (file) {
		name = safe_name(file);
		directory = xasprintf("%s/baselines/%s", store, name);
		list_directory(&listing, directory);
		free(directory);
		free(name);
	} else {
		list_all(&listing, store);
	}
	if (listing.count)
		qsort(listing.items, listing.count, sizeof(struct bench_baseline *), by_age);
	*count = listing.count;
	if (problems)
		*problems = strbuf_take(&listing.problems);
	else
		strbuf_free(&listing.problems);
	return listing.items;
}

static void no_baseline(const char *store, const char *file, const char *version, struct bench_baseline **list, size_t count,
			const char *problems, struct err *err)
{
	struct strbuf hint = STRBUF_INIT;

	if (*problems)
		strbuf_printf(&hint, "unreadable: %.*s", (int)strcspn(problems, "\n"), problems);
	else if (count == 0)
		strbuf_printf(&hint, "make one with `ruchy-prof bench --regression baseline %s --version V`", file);
	for (size_t i = 0; i < count && i < 20; i++)
		strbuf_printf(&hint, "%s%s", i ? ", " : "there are: ", list[i]->version);
	if (version && count)
		err_set(err, store, hint.data, "there is no baseline %s of %s", version, file);
	else
		err_set(err, store, hint.data, "there is no baseline of %s", file);
	strbuf_free(&hint);
}

struct bench_baseline *bench_store_find(const char *store, const char *file, const char *version, char **problems, struct err *err)
{
	size_t count;
	char *unread;
	struct bench_baseline **list = bench_store_list(store, file, &count, &unread), *best = NULL;
	struct bench_host host = {0};

	bench_host_fill(&host);
	/* In the order of age: a later one wins unless it is of another machine and the one found is of this. */
	for (size_t i = 0; i < count; i++) {
		bool wanted = !version || strcmp(list[i]->version, version) == 0;
		bool ours = strcmp(list[i]->host.fingerprint, host.fingerprint) == 0;

		if (wanted && (!best || ours || strcmp(best->host.fingerprint, host.fingerprint) != 0))
			best = list[i];
	}
	if (!best)
		no_baseline(store, file, version, list, count, unread, err);
	for (size_t i = 0; i < count; i++) {
		if (list[i] != best)
			bench_baseline_free(list[i]);
	}
	bench_host_free(&host);
	if (problems)
		*problems = unread;
	else
		free(unread);
	free(list);
	return best;
}

/* ---- gc ---------------------------------------------------------------------------------------------------------------------------- */

static bool named(struct bench_baseline *const *list, size_t count, const char *hash)
{
	for (size_t i = 0; i < count; i++) {
		const char *const hashes[] = {list[i]->source, list[i]->rust, list[i]->inputs, list[i]->program, list[i]->profile};

		for (size_t k = 0; k < sizeof hashes / sizeof *hashes; k++) {
			if (strcmp(hashes[k], hash) == 0)
				return true;
		}
	}
	return false;
}

static void remove_objects(const char *store, struct bench_baseline *const *list, size_t count, size_t *objects, uint64_t *bytes)
{
	char *directory = xasprintf("%s/objects", store);
	DIR *open = opendir(directory);

	for (struct dirent *entry; open && (entry = readdir(open));) {
		char *path = xasprintf("%s/%s", directory, entry->d_name);
		struct stat st;

		/* Another command may have put it there a moment ago and write the baseline that names it next. */
		if (is_hash(entry->d_name) && !named(list, count, entry->d_name) && stat(path, &st) == 0 &&
		    time(NULL) - st.st_mtime > YOUNG && unlink(path) == 0) {
			++*objects;
			*bytes += (uint64_t)st.st_size;
		}
		free(path);
	}
	if (open)
		closedir(open);
	free(directory);
}

int bench_store_gc(const char *store, size_t keep, size_t *baselines, size_t *objects, uint64_t *bytes, struct err *err)
{
	size_t count, kept = 0;
	char *problems;
	struct bench_baseline **list = bench_store_list(store, NULL, &count, &problems);
	int status = 0;

	*baselines = *objects = 0;
	*bytes = 0;
	/* An object of a baseline that we can't read must not go. */
	if (*problems)
		status =
		    err_set(err, store, "repair or remove it first", "unreadable baseline: %.*s", (int)strcspn(problems, "\n"), problems);
	for (size_t i = 0; status == 0 && i < count; i++) {
		size_t newer = 0;

		for (size_t k = i + 1; k < count && strcmp(list[k]->file, list[i]->file) == 0; k++)
			newer++;
		if (newer >= keep && unlink(list[i]->path) == 0) {
			++*baselines;
			bench_baseline_free(list[i]);
		} else {
			list[kept++] = list[i];
		}
	}
	if (status == 0) {
		count = kept;
		remove_objects(store, list, count, objects, bytes);
	}
	for (size_t i = 0; i < count; i++)
		bench_baseline_free(list[i]);
	free(list);
	free(problems);
	return status;
}

/* ---- save (the JSON itself: bench_store_json.c) ------------------------------------------------------------------------------------ */

char *bench_store_place(const char *store, const struct bench_baseline *baseline)
{
	char *file = safe_name(baseline->file), *version = safe_name(baseline->version);
	char *path = xasprintf("%s/baselines/%s/%s.%.8s.json", store, file, version, baseline->host.fingerprint);

	free(file);
	free(version);
	return path;
}
