#include "sibling_build.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"
#include "subprocess.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOURCES	   "../share/ruchy-prof/bootstraps"
#define MADE	   "../share/bootstraps" /* by `make bootstraps` */
#define DEPTH_MOST 8
#define LARGEST	   (4u << 20)
#define SAID_MOST  160 /* bytes of what a tool said, in a line of ours */

const struct sibling_language sibling_languages[SIBLING_LANGUAGES] = {
    {"rust", "Rust (tokio)", "cargo", "--version", "https://rustup.rs"},
    {"go", "Go", "go", "version", "https://go.dev/dl, or the package golang-go"},
    {"cpp", "C++", "g++", "--version", "the package g++"},
    {"python", "Python", "python3", "--version", "the packages python3 and python3-pip"},
};

/* --- the key ------------------------------------------------------------------------------------------------------------------- */

static int no_dots(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/* Names and contents of all files below, in the order of their names. */
static void hash_tree(struct hash *hash, const char *path, int depth)
{
	struct dirent **entries;
	int count = depth < DEPTH_MOST ? scandir(path, &entries, no_dots, alphasort) : -1;
	struct err ignored = {0};
	size_t size;
	char *text;

	if (count < 0) {
		text = fs_read(path, LARGEST, &size, &ignored);
		if (text)
			hash_add(hash, text, size);
		free(text);
		err_free(&ignored);
		return;
	}
	for (int i = 0; i < count; i++) {
		char *inner = xasprintf("%s/%s", path, entries[i]->d_name);

		hash_add_text(hash, entries[i]->d_name);
		hash_tree(hash, inner, depth + 1);
		free(inner);
		free(entries[i]);
	}
	free(entries);
}

static void add_version(struct hash *hash, const struct sibling_language *language)
{
	const char *argv[] = {language->tool, language->version, NULL};
	struct subprocess_output output;
	struct err ignored = {0};

	if (subprocess_capture((char *const *)argv, NULL, &output, &ignored) == 0) {
		hash_add_text(hash, output.out);
		subprocess_output_free(&output);
	}
	err_free(&ignored);
}

/* Directory of the cache that this language's bootstrap belongs to, made; NULL. */
static char *entry_of(const struct sibling_language *language, const char *sources, struct err *err)
{
	char *cache = fs_cache_dir(err), *own = xasprintf("%s/%s", sources, language->name), *script = xasprintf("%s/build.sh", sources);
	char *entry = NULL, key[HASH_HEX];
	struct hash *hash = hash_new();

	hash_add_text(hash, "bootstrap");
	hash_tree(hash, own, 0);
	hash_tree(hash, script, 0);
	add_version(hash, language);
	hash_finish(hash, key);
	if (cache)
		entry = xasprintf("%s/bootstraps/%s", cache, key);
	if (entry && fs_mkdirs(entry, err) != 0) {
		free(entry);
		entry = NULL;
	}
	free(cache);
	free(own);
	free(script);
	return entry;
}

/* --- one build ------------------------------------------------------------------------------------------------------------------- */

static char *failed_path(const char *entry)
{
	return xasprintf("%s/failed", entry);
}

/* The last line that the tool said, for a line of ours. Caller frees. */
static char *last_said(const char *entry, const struct sibling_language *language)
{
	char *path = xasprintf("%s/%s/log", entry, language->name);
	struct err ignored = {0};
	size_t size = 0;
	char *text = fs_read(path, LARGEST, &size, &ignored), *line;

	while (size && strchr(" \t\r\n", text[size - 1]))
		text[--size] = '\0';
	line = text ? strrchr(text, '\n') : NULL;
	line = xasprintf("%.*s", SAID_MOST, line ? line + 1 : text && *text ? text : "it said nothing");
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
	free(text);
	free(path);
	err_free(&ignored);
	return line;
}

static void failed(struct sibling_build *build, const char *entry, const struct sibling_language *language)
{
	char *said = last_said(entry, language), *path = failed_path(entry);
	struct err ignored = {0};

	build->why = xasprintf("it could not be built: %s; %s/%s/log has all of it", said, entry, language->name);
	fs_write(path, said, strlen(said), 0600, &ignored);
	err_free(&ignored);
	free(path);
	free(said);
}

static void run_script(struct sibling_build *build, const char *script, const char *entry, const struct sibling_language *language)
{
	const char *argv[] = {script, entry, language->name, NULL};
	struct subprocess_run run = {
	    .argv = (char *const *)argv, .output_fd = -1, .drain_fd = -1, .timeout_seconds = build->seconds, .tick = build->tick};
	struct err err = {0};

	run.tick_context = build->context;
	if (subprocess_run(&run, &err) != 0)
		build->why = xstrdup(err.what);
	else if (run.interrupted)
		build->interrupted = true;
	else if (run.timed_out)
		build->why =
		    xstrdup("it was not built in time; --siblings takes the time that it needs, and this command again goes on with it");
	else if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) != 0)
		failed(build, entry, language);
	err_free(&err);
}

/* What failed before fails again, most likely, and takes its time. */
static bool failed_before(struct sibling_build *build, const char *entry)
{
	char *path = failed_path(entry), *said;
	struct err ignored = {0};

	said = build->again ? NULL : fs_read(path, LARGEST, NULL, &ignored);
	if (said)
		build->why = xasprintf("it could not be built: %s; --siblings tries again", said);
	else
		unlink(path);
	free(said);
	free(path);
	err_free(&ignored);
	return build->why != NULL;
}

static void build_now(struct sibling_build *build, const char *sources, const char *entry, const struct sibling_language *language)
{
	char *script = xasprintf("%s/build.sh", sources), *lock = xasprintf("%s/lock", entry);
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
		build->why = xstrdup("another command is building it");
	else if (!failed_before(build, entry))
		run_script(build, script, entry, language);
	if (fd >= 0)
		close(fd);
	free(script);
	free(lock);
}

static void from_cache(struct sibling_build *build, const char *sources, const struct sibling_language *language)
{
	char *tool = fs_which(language->tool), *entry = NULL, *program = NULL;
	const char *only = getenv(SIBLINGS_VARIABLE);
	struct err err = {0};

	if (!tool)
		build->why = xasprintf("there is no %s here; get it: %s", language->tool, language->get);
	else
		entry = entry_of(language, sources, &err);
	if (entry)
		program = xasprintf("%s/%s/bootstrap", entry, language->name);
	else if (!build->why)
		build->why = xstrdup(err.what);
	if (program && !fs_is_executable(program)) {
		if (only && strcmp(only, "built") == 0)
			build->why = xstrdup("it is not built, and " SIBLINGS_VARIABLE " says to build nothing");
		else
			build_now(build, sources, entry, language);
	}
	if (program && !build->why && !build->interrupted && fs_is_executable(program)) {
		build->program = program;
		program = NULL;
	}
	free(program);
	free(entry);
	free(tool);
	err_free(&err);
}

void sibling_build(struct sibling_build *build, const struct sibling_language *language)
{
	char *relative = xasprintf(MADE "/%s/bootstrap", language->name), *made = fs_beside(relative), *sources = fs_beside(SOURCES);
	struct stat st;

	build->program = build->why = NULL;
	build->interrupted = false;
	if (made && fs_is_executable(made)) {
		build->program = made;
		made = NULL;
	} else if (!sources || stat(sources, &st) != 0) {
		build->why = xstrdup("its sources are not installed");
	} else {
		from_cache(build, sources, language);
	}
	free(relative);
	free(made);
	free(sources);
}
