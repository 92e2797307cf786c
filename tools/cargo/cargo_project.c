/* cargo_project.c - where a project and its directories are, and the environment in which cargo builds it for us. */
#include "cargo_internal.h"
#include "fs.h"
#include "hash.h"
#include "subprocess.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGEST ((size_t)16 << 20)

/* --- cargo metadata ---------------------------------------------------------------------------------------------------------------- */

static char *ask_metadata(const char *manifest, struct err *err)
{
	char *cargo = fs_which("cargo"), *text = NULL;
	char *argv[] = {cargo, (char *)"metadata", (char *)"--format-version=1", (char *)"--no-deps", (char *)"--offline", NULL, NULL,
			NULL};
	struct subprocess_output output;

	if (!cargo) {
		err_set(err, manifest, "install Rust, for example with `apt install cargo`", "cargo not found");
		return NULL;
	}
	if (manifest) {
		argv[5] = (char *)"--manifest-path";
		argv[6] = (char *)manifest;
	}
	if (subprocess_capture(argv, NULL, &output, err) == 0) {
		if (output.status == 0 && !output.truncated) {
			text = output.out;
			output.out = NULL;
		} else if (err_set(err, manifest, NULL, "cargo can't make sense of the project") < 0 && !err->detail) {
			err->detail = output.err;
			output.err = NULL;
		}
		subprocess_output_free(&output);
	}
	free(cargo);
	return text;
}

static int read_metadata(struct cargo_project *project, const char *manifest, struct err *err)
{
	json_t *document = json_loads(project->metadata, 0, NULL);
	const char *root = json_string_value(json_object_get(document, "workspace_root"));
	const char *target = json_string_value(json_object_get(document, "target_directory"));

	if (root && target) {
		char *real = realpath(root, NULL);

		project->root = real ? real : xstrdup(root);
		project->target = xstrdup(target);
	} else {
		err_set(err, manifest, NULL, "cargo metadata says neither where the workspace nor where its target directory is");
	}
	json_decref(document);
	return project->root ? 0 : -1;
}

/* --- our directory ------------------------------------------------------------------------------------------------------------------- */

static char *ours_in_cache(const char *root, struct err *err)
{
	char hex[HASH_HEX], *cache = fs_cache_dir(err), *path = NULL;

	hash_hex(root, strlen(root), hex);
	if (cache)
		path = xasprintf("%s/cargo/%s", cache, hex);
	free(cache);
	if (path && fs_mkdirs(path, err) == 0)
		return path;
	free(path);
	return NULL;
}

static char *find_ours(const struct cargo_project *project, struct err *err)
{
	struct err ignored = {0};
	char *path = xasprintf("%s/ruchy-prof", project->target);
	bool usable = fs_mkdirs(path, &ignored) == 0 && access(path, W_OK | X_OK) == 0;

	err_free(&ignored);
	if (usable)
		return path;
	free(path);
	return ours_in_cache(project->root, err);
}

static int link_wrapper(const char *ours, struct err *err)
{
	char *path = xasprintf("%s/" CARGO_WRAPPER, ours), *next = xasprintf("%s.%lu", path, (unsigned long)getpid());
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
	int result = -1;

	if (size > 0) {
		self[size] = 0;
		unlink(next);
		result = symlink(self, next) == 0 && rename(next, path) == 0 ? 0 : -1;
	}
	if (result < 0)
		err_set(err, path, NULL, "cannot make a link to this program: %s", strerror(errno));
	free(path);
	free(next);
	return result;
}

int cargo_project_open(struct cargo_project *project, const struct cargo_options *options, struct err *err)
{
	*project = (struct cargo_project){.metadata = ask_metadata(options->manifest, err)};
	if (!project->metadata || read_metadata(project, options->manifest, err) < 0)
		return -1;
	if (options->target) {
		free(project->target);
		project->target = cargo_absolute(options->target);
	}
	project->ours = find_ours(project, err);
	if (!project->ours)
		return -1;
	/* What rustc and debug information name is without links. */
	char *real = realpath(project->ours, NULL);
	if (real) {
		free(project->ours);
		project->ours = real;
	}
	return link_wrapper(project->ours, err);
}

void cargo_project_close(struct cargo_project *project)
{
	free(project->root);
	free(project->target);
	free(project->ours);
	free(project->metadata);
	*project = (struct cargo_project){0};
}

/* --- the stamp: a file that all instrumented crates depend on ----------------------------------------------------------------------------
 */

static int write_stamp(const struct cargo_project *project, const char *flags, struct err *err)
{
	struct stat self = {0};
	size_t size;
	char hex[HASH_HEX] = "", *library = fs_beside("../lib/librprof.a"), *path = xasprintf("%s/stamp", project->ours);
	struct err ignored = {0};
	int result = 0;

	stat("/proc/self/exe", &self);
	if (hash_file(library, hex, &size) != 0)
		result = err_set(err, library, "build it with `make`, or install ruchy-prof again", "the runtime library is missing: %s",
				 strerror(errno));
	char *text = xasprintf("ruchy-prof " RUCHY_PROF_VERSION " %lld %lld.%09ld, runtime %s, flags %s\n", (long long)self.st_size,
			       (long long)self.st_mtim.tv_sec, self.st_mtim.tv_nsec, hex, flags);
	char *before = fs_read(path, 4096, NULL, &ignored);

	if (result == 0 && (!before || strcmp(before, text) != 0))
		result = fs_write(path, text, strlen(text), 0666, err);
	err_free(&ignored);
	free(before);
	free(text);
	free(library);
	free(path);
	return result;
}

/* --- the environment
 * ----------------------------------------------------------------------------------------------------------------------- */

/* As cargo spells it: CARGO_PROFILE_RELEASE_DEBUG. */
static char *profile_setting(const char *profile, const char *setting)
{
	char *text = xasprintf("CARGO_PROFILE_%s_%s", profile, setting);

	for (char *c = text; *c && *c != '='; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return text;
}

char **cargo_environment(const struct cargo_project *project, const struct cargo_options *options, enum build_kind kind, struct err *err)
{
	char **env = xcalloc(20, sizeof *env), flags[8];
	const char *chain = getenv("RUSTC_WRAPPER");
	size_t used = 0;
	char *c = flags;

	if (options->lines)
		*c++ = 'l';
	if (options->entry_only)
		*c++ = 'e';
	if (options->by_line)
		*c++ = 'm';
	*c = 0;
	/* Lines for samples and messages; code is the same with them. */
	if (!options->delivered && !options->as_is) {
		env[used++] = profile_setting(options->profile, "DEBUG=line-tables-only");
		env[used++] = profile_setting(options->profile, "STRIP=none");
	}
	env[used++] = xasprintf("CARGO_TARGET_DIR=%s/%s", project->ours,
				kind != BUILD_PLAIN  ? "instrumented"
				: options->directory ? options->directory
				: options->delivered ? "delivered"
						     : "plain");
	for (size_t i = 0; options->settings && options->settings[i] && i < 8; i++)
		env[used++] = xstrdup(options->settings[i]);
	if (kind == BUILD_PLAIN && options->delivered)
		env[used++] = xasprintf(CARGO_ENV_TWINS "=%s/twins", project->ours);
	if (kind == BUILD_PLAIN && !options->delivered)
		return env;
	env[used++] = xasprintf("RUSTC_WRAPPER=%s/" CARGO_WRAPPER, project->ours);
	env[used++] = xasprintf(CARGO_ENV_OURS "=%s", project->ours);
	env[used++] = xasprintf(CARGO_ENV_ROOT "=%s", project->root);
	env[used++] = xasprintf(CARGO_ENV_FLAGS "=%s%s", flags, options->verbose ? "v" : "");
	if (chain && *chain)
		env[used++] = xasprintf(CARGO_ENV_CHAIN "=%s", chain);
	if (kind == BUILD_PLAIN)
		return env;
	if (write_stamp(project, flags, err) == 0)
		return env;
	for (size_t i = 0; i < used; i++)
		free(env[i]);
	free(env);
	return NULL;
}

/* --- what was instrumented
 * ------------------------------------------------------------------------------------------------------------------- */

static void free_record(struct cargo_record *record)
{
	free(record->crate);
	free(record->source);
	free(record->rust);
}

static void add_records(const char *path, struct cargo_record **records, size_t *count)
{
	struct err ignored = {0};
	char *text = fs_read(path, LARGEST, NULL, &ignored), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")) && *line) {
		char *crate = strsep(&line, "\t"), *source = strsep(&line, "\t"), *rust = strsep(&line, "\t");

		if (!source || !rust)
			break;
		*records = xrealloc(*records, *count + 1, sizeof **records);
		(*records)[(*count)++] = (struct cargo_record){xstrdup(crate), xstrdup(source), xstrdup(rust), line && *line};
	}
	free(text);
	err_free(&ignored);
}

static int compare_records(const void *a, const void *b)
{
	const struct cargo_record *x = a, *y = b;
	int order = strcmp(x->crate, y->crate);

	return order ? order : strcmp(x->source, y->source);
}

/* Of several builds of a crate (its tests, another profile) one will do. */
static size_t drop_repeated(struct cargo_record *records, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept && compare_records(&records[kept - 1], &records[i]) == 0)
			free_record(&records[i]);
		else
			records[kept++] = records[i];
	}
	return kept;
}

size_t cargo_records(const struct cargo_project *project, struct cargo_record **records)
{
	char *directory = xasprintf("%s/records", project->ours);
	DIR *dir = opendir(directory);
	size_t count = 0;

	*records = NULL;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (*entry->d_name == '.')
			continue;
		char *path = xasprintf("%s/%s", directory, entry->d_name);
		add_records(path, records, &count);
		free(path);
	}
	if (dir)
		closedir(dir);
	if (count)
		qsort(*records, count, sizeof **records, compare_records);
	free(directory);
	return drop_repeated(*records, count);
}

void cargo_records_free(struct cargo_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free_record(&records[i]);
	free(records);
}
