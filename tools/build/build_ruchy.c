/* build_ruchy.c - from Ruchy to Rust: the real transpiler, or the checked-in transpile of exactly this text. */
#include "build_internal.h"
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LARGEST ((size_t)64 << 20)

/* ---- what ruchy says when it fails ------------------------------------------------------------------------------------------ */

/* `transpile` names no line, `check` does: "F.ruchy:4: Syntax error: ..." */
static char *ask_line(const char *ruchy, char *source)
{
	char *argv[] = {(char *)ruchy, (char *)"check", source, NULL};
	struct subprocess_output output;
	struct err ignored = {0};
	char *line = NULL;
	if (subprocess_capture(argv, NULL, &output, &ignored) == 0) {
		char *mark = xasprintf("%s:", source);
		const char *at = strstr(output.err, mark);
		if (!at)
			at = strstr(output.out, mark);
		size_t digits = at ? strspn(at + strlen(mark), "0123456789") : 0;
		if (digits)
			line = xasprintf("%.*s", (int)digits, at + strlen(mark));
		free(mark);
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	return line;
}

/* The reason alone: no "Error:" chain, no backtrace of the transpiler's own frames. */
static char *find_reason(const char *text)
{
	const char *cause = strstr(text, "Caused by:\n");
	const char *error = strstr(text, "Error: ");
	const char *at = cause ? cause + strlen("Caused by:\n") : error ? error + strlen("Error: ") : text;
	at += strspn(at, " \t\n");
	return xasprintf("%.*s", (int)strcspn(at, "\r\n"), at);
}

static int reject(const struct build_state *state, const struct build_tool *ruchy, char *source, const struct subprocess_output *output,
		  struct err *err)
{
	if (WIFSIGNALED(output->status))
		return err_set(err, state->build.source, NULL, "ruchy was killed by signal %d (%s)", WTERMSIG(output->status),
			       strsignal(WTERMSIG(output->status)));
	char *line = ask_line(ruchy->path, source);
	char *where = line ? xasprintf("%s:%s", state->build.source, line) : xstrdup(state->build.source);
	char *reason = find_reason(output->err_size ? output->err : output->out);
	const char *backtrace = strstr(output->err, "\nStack backtrace:");
	if (!err->set && !err->detail)
		err->detail = xasprintf("%.*s", backtrace ? (int)(backtrace - output->err) : (int)strnlen(output->err, 32768), output->err);
	err_set(err, where, NULL, "ruchy rejects the program: %s", *reason ? reason : "it says no more");
	free(reason);
	free(where);
	free(line);
	return -1;
}

/* ---- run it ------------------------------------------------------------------------------------------------------------------- */

static int take_rust(struct build_state *state, char *path, struct err *err)
{
	state->build.rust = fs_read(path, LARGEST, &state->build.rust_size, err);
	state->build.rust_path = path;
	return state->build.rust ? 0 : -1;
}

static int transpile_into(struct build_state *state, const struct build_tool *ruchy, const struct build_options *options,
			  struct build_entry *entry, struct err *err)
{
	struct subprocess_output output;
	double start = build_now();
	char *source = build_safe_path(state->build.source);
	char *out = xasprintf("%s/%s.rs", entry->path, state->stem);
	char *argv[] = {ruchy->path, (char *)"transpile", source, (char *)"-o", out, NULL};
	build_progress(options, "transpiling");
	int result = subprocess_capture(argv, NULL, &output, err);
	if (result == 0) {
		char *command = shellquote_join(argv);
		build_verbose(options, "transpile", start, command);
		free(command);
		if (output.status != 0)
			result = reject(state, ruchy, source, &output, err);
		subprocess_output_free(&output);
	}
	free(out);
	free(source);
	return result;
}

static int transpile(struct build_state *state, const struct build_tool *ruchy, const struct build_options *options, struct err *err)
{
	char key[HASH_HEX];
	struct build_entry entry;
	struct hash *hash = hash_new();
	hash_add_text(hash, "transpile");
	hash_add_text(hash, ruchy->identity);
	hash_add_text(hash, state->stem);
	hash_add(hash, state->ruchy, state->ruchy_size);
	hash_finish(hash, key);
	if (!build_cache_find(&state->cache, key, &entry)) {
		if (build_cache_begin(&state->cache, key, &entry, err) < 0)
			return -1;
		if (transpile_into(state, ruchy, options, &entry, err) < 0) {
			build_cache_abandon(&entry);
			return -1;
		}
		if (build_cache_commit(&state->cache, &entry, err) < 0)
			return -1;
	}
	char *path = xasprintf("%s/%s.rs", entry.path, state->stem);
	build_entry_free(&entry);
	return take_rust(state, path, err);
}

/* ---- or not ------------------------------------------------------------------------------------------------------------------- */

/* The version in the first line, `// ruchy VERSION, source XXH3 HASH`; NULL when it is another line. */
static char *stated_version(const char *text, const char *hash)
{
	const char *start = "// ruchy ";
	if (strncmp(text, start, strlen(start)) != 0)
		return NULL;
	const char *version = text + strlen(start);
	size_t size = strcspn(version, ",\n");
	char *rest = xasprintf(", source XXH3 %s\n", hash);
	bool fits = size && size < 64 && strncmp(version + size, rest, strlen(rest)) == 0;
	free(rest);
	return fits ? xasprintf("%.*s (checked-in transpile)", (int)size, version) : NULL;
}

static int use_checked_in(struct build_state *state, struct err *err)
{
	size_t size;
	struct err ignored = {0};
	char *relative = xasprintf("../share/ruchy-prof/transpiles/%s.rs", state->build.source_hash);
	char *path = fs_beside(relative);
	char *text = fs_read(path, LARGEST, &size, &ignored);
	char *version = text ? stated_version(text, state->build.source_hash) : NULL;
	err_free(&ignored);
	free(relative);
	free(path);
	if (!version) {
		free(text);
		return err_set(err, NULL, "install it with `cargo install ruchy` or `make ruchy`",
			       "ruchy not found, and there is no checked-in transpile of %s", state->build.source);
	}
	state->build.ruchy_version = version;
	char *name = xasprintf("%s.rs", state->stem);
	state->build.rust_path = build_cache_text(&state->cache, name, text, size, err);
	free(name);
	state->build.rust = text;
	state->build.rust_size = size;
	return state->build.rust_path ? 0 : -1;
}

int build_run_ruchy(struct build_state *state, const struct build_options *options, struct err *err)
{
	struct build_tool ruchy;
	int found = build_tool_ruchy(&state->cache, &ruchy, err);
	if (found < 0)
		return -1;
	if (found > 0)
		return use_checked_in(state, err);
	state->build.ruchy_version = xstrdup(ruchy.version);
	int result = transpile(state, &ruchy, options, err);
	build_tool_free(&ruchy);
	return result;
}
