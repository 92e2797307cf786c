/*
 * cargo_match.c - which Rust file is the transpile of which .ruchy file. Told by the text: `ruchy transpile` of the source is compared with
 * the file, line by line in any order, so it does not matter who called ruchy, where the result was put, or what a build script changed in
 * it (attributes, a `main` cut out, another module in front).
 */
#include "cargo_internal.h"
#include "fs.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_ENTRIES 20000 /* of the package's directories that are looked at */
#define DEEPEST	     24
#define LARGEST	     ((size_t)64 << 20)
#define LIKE	     0.5  /* of the lines of the transpile */
#define LIKE_BACK    0.25 /* of the lines of the file */

/* --- sources ------------------------------------------------------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *end)
{
	size_t size = strlen(text), tail = strlen(end);

	return size > tail && strcmp(text + size - tail, end) == 0;
}

static void add_source(struct cargo_sources *sources, const char *path)
{
	char *absolute = cargo_absolute(path);
	struct stat status;

	for (size_t i = 0; i < sources->count; i++) {
		if (strcmp(sources->list[i].ruchy.path, absolute) == 0) {
			free(absolute);
			return;
		}
	}
	if (stat(absolute, &status) != 0 || !S_ISREG(status.st_mode)) {
		free(absolute);
		return;
	}
	sources->list = xrealloc(sources->list, sources->count + 1, sizeof *sources->list);
	sources->list[sources->count++] = (struct cargo_source){.ruchy = {.path = absolute}};
}

/* Hidden directories, build output, and packages of their own hold nothing of this package. */
static bool is_foreign(const char *path, const char *name)
{
	if (*name == '.' || strcmp(name, "target") == 0 || strcmp(name, "node_modules") == 0)
		return true;
	static const char *const marks[] = {"Cargo.toml", "CACHEDIR.TAG"};
	bool found = false;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		char *mark = xasprintf("%s/%s", path, marks[i]);
		struct stat status;

		found |= stat(mark, &status) == 0;
		free(mark);
	}
	return found;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEEPEST */
static void walk(struct cargo_sources *sources, const char *directory, int depth, size_t *entries)
{
	DIR *dir = depth < DEEPEST ? opendir(directory) : NULL;

	for (struct dirent *entry; dir && *entries < MOST_ENTRIES && (entry = readdir(dir));) {
		struct stat status;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		++*entries;
		char *path = xasprintf("%s/%s", directory, entry->d_name);
		if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && !is_foreign(path, entry->d_name))
			walk(sources, path, depth + 1, entries);
		else if (ends_in(entry->d_name, ".ruchy"))
			add_source(sources, path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

/* "cargo:rerun-if-changed=PATH" or "cargo::..." in what the build script printed, PATH from the package's directory. */
static void add_watched(struct cargo_sources *sources, const char *package, const char *out_dir)
{
	struct err ignored = {0};
	char *path = xasprintf("%s/../output", out_dir);
	char *text = fs_read(path, LARGEST, NULL, &ignored), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *value = strstr(line, "rerun-if-changed=");

		if (strncmp(line, "cargo:", 6) != 0 || !value || !ends_in(line, ".ruchy"))
			continue;
		value += strlen("rerun-if-changed=");
		char *source = *value == '/' ? xstrdup(value) : xasprintf("%s/%s", package, value);
		add_source(sources, source);
		free(source);
	}
	free(text);
	free(path);
	err_free(&ignored);
}

void cargo_sources_find(struct cargo_sources *sources, const char *package, const char *out_dir)
{
	size_t entries = 0;

	*sources = (struct cargo_sources){0};
	if (out_dir)
		add_watched(sources, package, out_dir);
	walk(sources, package, 0, &entries);
}

void cargo_sources_free(struct cargo_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		free(sources->list[i].ruchy.path);
		free(sources->list[i].ruchy.data);
		free(sources->list[i].rust.data);
	}
	free(sources->list);
	err_free(&sources->problem);
}

/* --- likeness -------------------------------------------------------------------------------------------------------------------- */

struct line {
	const char *text;
	size_t size;
};
struct lines {
	struct line *list;
	size_t count;
};

static int compare_line(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = memcmp(x->text, y->text, x->size < y->size ? x->size : y->size);

	return order ? order : (x->size > y->size) - (x->size < y->size);
}

/* Braces alone, and the head of a `main`, are in every program. */
static bool says_something(const char *line, size_t size)
{
	size_t letters = 0;

	for (size_t i = 0; i < size; i++)
		letters += isalnum((unsigned char)line[i]) != 0;
	return letters > 2 && !(size >= 9 && memcmp(line, "fn main()", 9) == 0);
}

static struct lines split_lines(const char *text)
{
	struct lines lines = {0};
	size_t capacity = 0;

	while (*text) {
		size_t size = strcspn(text, "\n"), next = size + (text[size] == '\n');
		const char *start = text;

		while (size && isspace((unsigned char)*start))
			start++, size--;
		while (size && isspace((unsigned char)start[size - 1]))
			size--;
		if (says_something(start, size)) {
			if (lines.count == capacity) {
				capacity = capacity ? 2 * capacity : 64;
				lines.list = xrealloc(lines.list, capacity, sizeof *lines.list);
			}
			lines.list[lines.count++] = (struct line){start, size};
		}
		text += next;
	}
	if (lines.count)
		qsort(lines.list, lines.count, sizeof *lines.list, compare_line);
	return lines;
}

static size_t common(const struct lines *a, const struct lines *b)
{
	size_t i = 0, j = 0, count = 0;

	while (i < a->count && j < b->count) {
		int order = compare_line(&a->list[i], &b->list[j]);

		count += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return count;
}

/* 0 when too little of the file is the transpile, however much of the transpile is in it. */
double cargo_likeness(const char *made, const char *rust)
{
	struct lines a = split_lines(made), b = split_lines(rust);
	double same = (double)common(&a, &b);
	double like = a.count && b.count && same >= LIKE_BACK * (double)b.count ? same / (double)a.count : 0;

	free(a.list);
	free(b.list);
	return like;
}

/* --- match ------------------------------------------------------------------------------------------------------------------------- */

static void transpile(struct cargo_sources *sources, struct cargo_source *source)
{
	struct build_options options = {.source = source->ruchy.path, .no_hook = true};
	struct build *build = NULL;
	struct err err = {0};

	source->transpiled = true;
	source->ruchy.data = fs_read(source->ruchy.path, LARGEST, &source->ruchy.size, &err);
	if (source->ruchy.data && build_transpile(&options, &build, &err) == 0) {
		source->rust.data = xstrdup(build->rust);
		source->rust.size = build->rust_size;
	} else {
		err_free(&sources->problem);
		sources->problem = err;
		err = (struct err){0};
	}
	err_free(&err);
	build_free(build);
}

/* src/handler.ruchy and src/handler_generated.rs. */
static bool related(const char *rust, const char *ruchy)
{
	const char *a = strrchr(rust, '/') ? strrchr(rust, '/') + 1 : rust, *b = strrchr(ruchy, '/') ? strrchr(ruchy, '/') + 1 : ruchy;
	size_t size = strcspn(b, ".");

	return memmem(a, strcspn(a, "."), b, size) != NULL;
}

const struct cargo_source *cargo_sources_match(struct cargo_sources *sources, const struct cargo_text *rust)
{
	const struct cargo_source *best = NULL;
	double most = 0;

	for (size_t i = 0; i < sources->count; i++) {
		struct cargo_source *source = &sources->list[i];
		double like;

		if (!source->transpiled)
			transpile(sources, source);
		like = source->rust.data ? cargo_likeness(source->rust.data, rust->data) : 0;
		/* Of copies, the one with the file's name. */
		if (like > most ||
		    (best && like == most && related(rust->path, source->ruchy.path) && !related(rust->path, best->ruchy.path))) {
			most = like;
			best = source;
		}
	}
	return most >= LIKE ? best : NULL;
}
