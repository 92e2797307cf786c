/* bench_kind.c - what can be measured; a row each. */
#include "bench.h"
#include "cargo.h"
#include "fs.h"
#include "langs.h"
#include "shellquote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct bench_kind kinds[] = {
    {"source", true, bench_source_build, bench_source_count, bench_source_compile},
    {"project", false, bench_project_build, bench_project_count, bench_project_compile},
    {"language", false, bench_language_build, NULL, NULL},
    {"program", false, bench_program_build, NULL, NULL},
};
enum { SOURCE, PROJECT, LANGUAGE, PROGRAM, KINDS };

static bool is_project(const char *path)
{
	char *manifest = cargo_manifest(path);
	bool found = manifest != NULL;

	free(manifest);
	return found;
}

/* A file that can be run, a name on PATH, or either with arguments behind it. */
static bool is_program(const char *path)
{
	struct stat st;
	struct err ignored = {0};
	size_t count = 0;
	char **words, *found = NULL;
	bool is;

	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode) && fs_is_executable(path);
	words = shellquote_split(path, &count, &ignored);
	if (words && count)
		found = fs_which(words[0]);
	is = found != NULL;
	free(found);
	shellquote_free(words);
	err_free(&ignored);
	return is;
}

const struct bench_kind *bench_kind_of(const char *path)
{
	const struct lang *lang = lang_for_file(path);

	if (is_project(path))
		return &kinds[PROJECT];
	if (lang && (lang->kind == LANG_RUCHY || lang->kind == LANG_RUST))
		return &kinds[SOURCE];
	return &kinds[lang ? LANGUAGE : is_program(path) ? PROGRAM : SOURCE];
}

const struct bench_kind *bench_kind_named(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	}
	return &kinds[SOURCE]; /* older baselines are of nothing else */
}
