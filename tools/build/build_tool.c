/* build_tool.c - find rustc and ruchy and ask them for their version, once as long as nothing changes that could change the answer. */
#include "build_internal.h"
#include "fs.h"
#include "subprocess.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void build_tool_free(struct build_tool *tool)
{
	free(tool->path);
	free(tool->version);
	free(tool->identity);
	memset(tool, 0, sizeof *tool);
}

/* ---- what the answer depends on ------------------------------------------------------------------------------------------- */

/* Missing is a state too. */
static void add_file_state(struct hash *hash, const char *path)
{
	struct stat st;
	hash_add_text(hash, path);
	if (stat(path, &st) < 0) {
		hash_add_text(hash, NULL);
		return;
	}
	const int64_t state[] = {(int64_t)st.st_dev, (int64_t)st.st_ino, st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
	hash_add(hash, state, sizeof state);
}

/* rustup's rustc is a proxy: which compiler runs is said by its settings, and by files from here up to the root. */
static void add_rustup_state(struct hash *hash)
{
	static const char *const names[] = {"rust-toolchain", "rust-toolchain.toml"};
	const char *home = getenv("RUSTUP_HOME");
	char *rustup = home ? xstrdup(home) : xasprintf("%s/.rustup", getenv("HOME") ? getenv("HOME") : "");
	char *settings = xasprintf("%s/settings.toml", rustup);
	char *updates = xasprintf("%s/update-hashes", rustup); /* changes when a toolchain is updated in place */
	hash_add_text(hash, getenv("RUSTUP_TOOLCHAIN"));
	add_file_state(hash, settings);
	struct dirent **files;
	int count = scandir(updates, &files, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", updates, files[i]->d_name);
		add_file_state(hash, path);
		free(path);
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	char *directory = getcwd(NULL, 0);
	for (char *end = directory ? directory + strlen(directory) : NULL; end; end = strrchr(directory, '/')) {
		*end = 0;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			char *path = xasprintf("%s/%s", directory, names[i]);
			add_file_state(hash, path);
			free(path);
		}
	}
	free(directory);
	free(updates);
	free(settings);
	free(rustup);
}

static void make_key(char key[HASH_HEX], const char *path, const char *const arguments[])
{
	struct hash *hash = hash_new();
	char *real = realpath(path, NULL);
	hash_add_text(hash, "tool");
	hash_add_text(hash, path);
	add_file_state(hash, real ? real : path);
	for (; *arguments; arguments++)
		hash_add_text(hash, *arguments);
	add_rustup_state(hash);
	free(real);
	hash_finish(hash, key);
}

/* ---- ask ------------------------------------------------------------------------------------------------------------------ */

static char *run_tool(const char *path, const char *const arguments[], struct err *err)
{
	const char *argv[8] = {path};
	struct subprocess_output output;
	for (size_t i = 0; arguments[i] && i < 6; i++)
		argv[i + 1] = arguments[i];
	if (subprocess_capture((char *const *)argv, NULL, &output, err) < 0)
		return NULL;
	char *text = NULL;
	if (WIFEXITED(output.status) && WEXITSTATUS(output.status) == 0 && output.out_size) {
		text = output.out;
		output.out = NULL;
	} else if (err_set(err, path, "the tool does not seem to work; try it by hand", "cannot ask the tool for its version") < 0 &&
		   !err->detail) {
		err->detail = output.err;
		output.err = NULL;
	}
	subprocess_output_free(&output);
	return text;
}

/* What the tool prints, from the cache where nothing has changed. Caller frees. */
static char *ask(const struct build_cache *cache, const char *path, const char *const arguments[], struct err *err)
{
	char key[HASH_HEX];
	struct build_entry entry;
	struct err ignored = {0};
	char *text = NULL;
	make_key(key, path, arguments);
	if (build_cache_find(cache, key, &entry)) {
		char *file = xasprintf("%s/answer", entry.path);
		text = fs_read(file, 1 << 20, NULL, &ignored);
		free(file);
		build_entry_free(&entry);
		err_free(&ignored);
		if (text)
			return text;
	}
	text = run_tool(path, arguments, err);
	/* A cache that can't keep the answer costs time, nothing else. */
	if (text && build_cache_begin(cache, key, &entry, &ignored) == 0) {
		char *file = xasprintf("%s/answer", entry.path);
		if (fs_write(file, text, strlen(text), 0600, &ignored) == 0)
			build_cache_commit(cache, &entry, &ignored);
		else
			build_cache_abandon(&entry);
		build_entry_free(&entry);
		free(file);
	}
	err_free(&ignored);
	return text;
}

static char *first_line(const char *text)
{
	return xasprintf("%.*s", (int)strcspn(text, "\r\n"), text);
}

/* ---- rustc ------------------------------------------------------------------------------------------------------------------ */

int build_tool_rustc(const struct build_cache *cache, struct build_tool *tool, struct err *err)
{
	static const char *const version[] = {"-vV", NULL};
	static const char *const sysroot[] = {"--print", "sysroot", NULL};
	memset(tool, 0, sizeof *tool);
	char *found = fs_which("rustc");
	if (!found)
		return 1;
	char *said = ask(cache, found, version, err);
	char *root = said ? ask(cache, found, sysroot, err) : NULL;
	if (!root) {
		free(said);
		free(found);
		return -1;
	}
	/* The compiler itself instead of rustup's proxy: what was asked is then what runs. */
	char *real = xasprintf("%.*s/bin/rustc", (int)strcspn(root, "\r\n"), root);
	bool direct = fs_is_executable(real);
	tool->path = direct ? real : found;
	free(direct ? found : real);
	tool->version = first_line(said);
	tool->identity = xasprintf("%s%s", said, root);
	free(said);
	free(root);
	return 0;
}

/* ---- ruchy ------------------------------------------------------------------------------------------------------------------ */

int build_tool_ruchy(const struct build_cache *cache, struct build_tool *tool, struct err *err)
{
	static const char *const version[] = {"--version", NULL};
	memset(tool, 0, sizeof *tool);
	int found = build_find_ruchy(&tool->path, err);
	if (found != 0)
		return found;
	tool->identity = ask(cache, tool->path, version, err);
	if (!tool->identity) {
		build_tool_free(tool);
		return -1;
	}
	const char *name = strncmp(tool->identity, "ruchy ", 6) == 0 ? tool->identity + 6 : tool->identity;
	tool->version = first_line(name);
	/* A version number says nothing about a ruchy built from changed sources: the file's state does. */
	char key[HASH_HEX];
	make_key(key, tool->path, version);
	char *said = tool->identity;
	tool->identity = xasprintf("%s%s", said, key);
	free(said);
	return 0;
}
