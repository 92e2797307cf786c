/* cargo_inputs.c - the files of the workspace that a program is made of, and the crates that are its user's. */
#include "cargo_internal.h"
#include "fs.h"
#include "hash.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST ((size_t)16 << 20)

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_line(char ***lines, size_t *count, const struct cargo_project *project, const char *path)
{
	char hex[HASH_HEX], *shown;
	size_t size;

	if (hash_file(path, hex, &size) != 0)
		return;
	shown = cargo_shown(path, project->root);
	*lines = xrealloc(*lines, *count + 1, sizeof **lines);
	(*lines)[(*count)++] = xasprintf("%s  %s", hex, shown);
	free(shown);
}

/* Cargo.lock and the manifests: versions and flags of what is not in the workspace. */
static void add_manifests(char ***lines, size_t *count, const struct cargo_project *project)
{
	json_t *document = json_loads(project->metadata, 0, NULL);
	const json_t *packages = json_object_get(document, "packages");
	char *lock = xasprintf("%s/Cargo.lock", project->root), *root = xasprintf("%s/Cargo.toml", project->root);

	add_line(lines, count, project, lock);
	add_line(lines, count, project, root);
	for (size_t i = 0; i < json_array_size(packages); i++) {
		const char *manifest = json_string_value(json_object_get(json_array_get(packages, i), "manifest_path"));

		if (manifest)
			add_line(lines, count, project, manifest);
	}
	json_decref(document);
	free(lock);
	free(root);
}

char *cargo_inputs(const struct cargo_project *project, const char *program)
{
	char *path = xasprintf("%s.d", program), **lines = NULL;
	struct err ignored = {0};
	char *text = fs_read(path, LARGEST, NULL, &ignored);
	struct cargo_deps deps = {0};
	struct strbuf out = STRBUF_INIT;
	size_t count = 0;

	if (text)
		cargo_deps_parse(&deps, text);
	for (size_t i = 0; i < deps.count; i++)
		add_line(&lines, &count, project, deps.paths[i]);
	add_manifests(&lines, &count, project);
	if (count)
		qsort(lines, count, sizeof *lines, by_text);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(lines[i], lines[i - 1]) != 0)
			strbuf_printf(&out, "%s\n", lines[i]);
	}
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
	cargo_deps_free(&deps);
	err_free(&ignored);
	free(text);
	free(path);
	return strbuf_take(&out);
}

char **cargo_members(const struct cargo_project *project)
{
	json_t *document = json_loads(project->metadata, 0, NULL);
	const json_t *packages = json_object_get(document, "packages");
	char **names = xcalloc(json_array_size(packages) + 1, sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(packages); i++) {
		const json_t *package = json_array_get(packages, i);
		const char *name = json_string_value(json_object_get(package, "name"));
		const char *version = json_string_value(json_object_get(package, "version"));

		if (name && version)
			names[count++] = xasprintf("%s@%s", name, version);
	}
	json_decref(document);
	return names;
}
