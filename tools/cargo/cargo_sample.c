/*
 * cargo_sample.c - samples of the plain build of a project. Its transpiled files are known from the profile of the instrumented one: the
 * same texts, but those in build scripts' output directories lie in another place.
 */
#include "cargo_internal.h"
#include "fs.h"
#include "hash.h"
#include "rhook.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST ((size_t)64 << 20)

static char *in_root(const struct cargo_project *project, const char *path)
{
	return *path == '/' ? xstrdup(path) : xasprintf("%s/%s", project->root, path);
}

static bool has_hash(const char *path, const char *hash)
{
	char hex[HASH_HEX];
	size_t size;

	return hash_file(path, hex, &size) == 0 && strcmp(hex, hash) == 0;
}

static bool is_newer(const char *path, const char *than)
{
	struct stat a, b;

	if (stat(path, &a) != 0 || stat(than, &b) != 0)
		return false;
	return a.st_mtim.tv_sec != b.st_mtim.tv_sec ? a.st_mtim.tv_sec > b.st_mtim.tv_sec : a.st_mtim.tv_nsec > b.st_mtim.tv_nsec;
}

/*
 * OURS/instrumented/release/build/PACKAGE-HASH/out/FILE lies in OURS/plain/release/build/PACKAGE-OTHERHASH/out/FILE. Of several with this
 * text, which earlier builds left, the one that the last build used is the newest.
 */
static char *find_plain(const struct cargo_project *project, const char *path, const char *hash)
{
	char *instrumented = xasprintf("%s/instrumented/", project->ours), *found = NULL;
	size_t size = strlen(instrumented);
	const char *build = strncmp(path, instrumented, size) == 0 ? strstr(path + size, "/build/") : NULL;
	const char *unit = build ? build + strlen("/build/") : NULL, *rest = unit ? strchr(unit, '/') : NULL;
	char *directory = rest ? xasprintf("%s/plain/%.*s", project->ours, (int)(unit - path - (ptrdiff_t)size), path + size) : NULL;
	DIR *dir = directory ? opendir(directory) : NULL;
	const char *dash = rest ? memrchr(unit, '-', (size_t)(rest - unit)) : NULL;
	size_t package = dash ? (size_t)(dash - unit) + 1 : 0;

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (!package || strncmp(entry->d_name, unit, package) != 0 || strchr(entry->d_name + package, '-'))
			continue;
		char *file = xasprintf("%s%s%s", directory, entry->d_name, rest);
		if (has_hash(file, hash) && (!found || is_newer(file, found))) {
			free(found);
			found = file;
			file = NULL;
		}
		free(file);
	}
	if (dir)
		closedir(dir);
	free(directory);
	free(instrumented);
	return found;
}

/* Lines of the .ruchy file for those of the Rust file; NULL when one of them is not what it was. */
static struct rhook_output *map_file(const struct cargo_project *project, struct profile_file file)
{
	char *ruchy_path = in_root(project, file.source_path), *rust_path = in_root(project, file.rust_path);
	size_t ruchy_size, rust_size;
	struct err ignored = {0};
	char *ruchy = fs_read(ruchy_path, LARGEST, &ruchy_size, &ignored), *rust = fs_read(rust_path, LARGEST, &rust_size, &ignored);
	struct rhook_output *output = NULL;
	struct rhook_error error;

	if (ruchy && rust && has_hash(ruchy_path, file.source_hash) && has_hash(rust_path, file.rust_hash)) {
		struct rhook_input input = {.ruchy = {ruchy_path, ruchy, ruchy_size}, .rust = {rust_path, rust, rust_size}};

		if (rhook_map(&input, &output, &error) < 0)
			output = NULL;
	}
	free(ruchy);
	free(rust);
	free(ruchy_path);
	free(rust_path);
	err_free(&ignored);
	return output;
}

int cargo_attribute(const struct cargo_project *project, struct sampler *sampler, struct profile *profile, struct err *err)
{
	size_t count = profile->file_count + 1;
	struct sample_file *files = xcalloc(count, sizeof *files);
	struct rhook_output **maps = xcalloc(count, sizeof *maps); /* NOLINT(bugprone-sizeof-expression): the same */
	char **paths = xcalloc(count, sizeof *paths);		   /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */
	int result;

	for (uint32_t i = 0; i < count; i++) {
		struct profile_file file = profile_file(profile, i);
		char *rust = in_root(project, file.rust_path);

		maps[i] = map_file(project, file);
		paths[i] = find_plain(project, rust, file.rust_hash);
		if (paths[i])
			free(rust);
		else
			paths[i] = rust;
		files[i] = (struct sample_file){paths[i], maps[i] ? maps[i]->lines : NULL, maps[i] ? maps[i]->line_count : 0};
	}
	result = sampler_attribute_files(sampler, profile, files, count, err);
	for (size_t i = 0; i < count; i++) {
		free(paths[i]);
		rhook_free(maps[i]);
	}
	free(paths);
	free(maps);
	free(files);
	return result;
}

static void rename_path(const struct cargo_project *project, const char *directory, char **path)
{
	if (!**path)
		return;
	char *absolute = in_root(project, *path);
	char *shown = xstrdup(cargo_relative(absolute, directory));

	free(absolute);
	free(*path);
	*path = shown;
}

void cargo_name_files(const struct cargo_project *project, struct profile *profile)
{
	char *directory = getcwd(NULL, 0);

	rename_path(project, directory ? directory : "", &profile->source_path);
	rename_path(project, directory ? directory : "", &profile->rust_path);
	for (size_t i = 0; i < profile->file_count; i++) {
		rename_path(project, directory ? directory : "", &profile->files[i].source_path);
		rename_path(project, directory ? directory : "", &profile->files[i].rust_path);
	}
	profile_sort_files(profile);
	free(directory);
}
