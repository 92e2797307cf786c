/* build_compile.c - rustc, once for the plain and once for the instrumented text. */
#include "build_internal.h"
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const kind_names[] = {[BUILD_PLAIN] = "plain", [BUILD_INSTRUMENTED] = "instrumented", [BUILD_TRACED] = "traced"};
static const char *const step_names[] = {
    [BUILD_PLAIN] = "compiling (plain)", [BUILD_INSTRUMENTED] = "compiling (instrumented)", [BUILD_TRACED] = "compiling (traced)"};
static const char *const done_names[] = {
    [BUILD_PLAIN] = "compile (plain)", [BUILD_INSTRUMENTED] = "compile (instrumented)", [BUILD_TRACED] = "compile (traced)"};
static const char *const cached_names[] = {[BUILD_PLAIN] = "compile (plain): cached",
					   [BUILD_INSTRUMENTED] = "compile (instrumented): cached",
					   [BUILD_TRACED] = "compile (traced): cached"};

/* What one compilation takes. */
struct job {
	enum build_kind kind;
	const char *path, *text; /* Rust */
	size_t size;
	char *library; /* directory of librprof.a; NULL for the plain build */
	char library_hash[HASH_HEX];
	char key[HASH_HEX];
};

/* ---- the key ------------------------------------------------------------------------------------------------------------------ */

/* A file that a user's flag names (--extern x=F, @F) changes the program too. */
void build_hash_flag(struct hash *hash, const char *word)
{
	struct stat st;
	const char *value = strchr(word, '=');
	hash_add_text(hash, word);
	for (const char *path = word; path; path = path == word && value ? value + 1 : NULL) {
		if (stat(*path == '@' ? path + 1 : path, &st) == 0 && S_ISREG(st.st_mode)) {
			const int64_t state[] = {st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
			hash_add(hash, state, sizeof state);
		}
	}
}

static void make_key(const struct build_state *state, struct job *job)
{
	struct hash *hash = hash_new();
	hash_add_text(hash, kind_names[job->kind]);
	hash_add_text(hash, state->rustc.path);
	hash_add_text(hash, state->rustc.identity);
	hash_add_text(hash, state->stem);
	hash_add_text(hash, job->path);
	hash_add(hash, job->text, job->size);
	hash_add_text(hash, job->library ? job->library_hash : NULL);
	for (char **word = state->flags.words; *word; word++)
		build_hash_flag(hash, *word);
	hash_add_text(hash, getenv("RUSTC_BOOTSTRAP"));
	if (state->flags.user) { /* they may hold relative paths */
		char *directory = getcwd(NULL, 0);
		hash_add_text(hash, directory);
		free(directory);
	}
	hash_finish(hash, job->key);
}

static int find_library(struct job *job, struct err *err)
{
	size_t size;
	char *path = fs_beside("../lib/librprof.a");
	if (hash_file(path, job->library_hash, &size) == 0)
		job->library = fs_beside("../lib");
	else
		err_set(err, path, "build it with `make`, or install ruchy-prof again", "the runtime library is missing: %s",
			strerror(errno));
	free(path);
	return job->library ? 0 : -1;
}

/* ---- the command --------------------------------------------------------------------------------------------------------------- */

static char **make_command(const struct build_state *state, const struct job *job, const char *out)
{
	size_t used = 0, count = 0;
	while (state->flags.words[count])
		count++;
	char **argv = xcalloc(count + 16, sizeof *argv);
	argv[used++] = xstrdup(state->rustc.path);
	argv[used++] = xstrdup("--crate-name");
	argv[used++] = xstrdup(state->stem);
	argv[used++] = xstrdup("--color=never");
	for (size_t i = 0; i < count; i++)
		argv[used++] = xstrdup(state->flags.words[i]);
	if (job->library) {
		/* Lints are about the user's text: the plain build has answered for that. */
		argv[used++] = xstrdup("--cap-lints=allow");
		argv[used++] = xstrdup("-L");
		argv[used++] = xasprintf("native=%s", job->library);
	}
	argv[used++] = xstrdup("-o");
	argv[used++] = xstrdup(out);
	argv[used++] = build_safe_path(job->path);
	return argv;
}

static char *program_in(const struct build_state *state, const char *directory)
{
	return xasprintf("%s/%s", directory, state->stem);
}

/* ---- what rustc says when it fails ----------------------------------------------------------------------------------------------- */

/* Place of the first message that could be mapped; else the source. */
static char *first_place(const struct build_state *state, const char *message)
{
	char *mark = xasprintf("%s:", state->build.source);
	const char *at = strstr(message, mark);
	size_t digits = at ? strspn(at + strlen(mark), "0123456789") : 0;
	char *place = digits ? xasprintf("%s%.*s", mark, (int)digits, at + strlen(mark)) : xstrdup(state->build.source);
	free(mark);
	return place;
}

#define ROOM ((uint64_t)32 << 20)

/* What compiler and linker say of a full disk is seldom that it is full; some are killed by SIGBUS. */
static const char *full_disk(const struct build_state *state)
{
	struct statvfs disk;
	if (statvfs(state->cache.root, &disk) < 0 || (uint64_t)disk.f_bavail * disk.f_frsize >= ROOM)
		return NULL;
	return "the disk of the build cache is full; XDG_CACHE_HOME names another directory";
}

static void name_failure(const struct build_state *state, const struct job *job, int status, const char *message, struct err *err)
{
	char *place = first_place(state, message);
	const char *text = job->kind == BUILD_TRACED	     ? "traced program"
			   : job->kind == BUILD_INSTRUMENTED ? "instrumented program"
			   : state->ruchy		     ? "transpiled program"
							     : "program";
	if (WIFSIGNALED(status))
		err_set(err, place, full_disk(state), "rustc was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (strstr(message, "linker `"))
		err_set(err, place, "install a C compiler, for example with `apt install gcc`", "rustc found no linker");
	else if (strstr(message, "linking with `"))
		err_set(err, place, full_disk(state), "the %s can't be linked", text);
	else if (strstr(message, " --> "))
		err_set(err, place, state->ruchy ? "the message is about the Rust that ruchy made of it" : NULL, "rustc rejects the %s",
			text);
	else
		err_set(err, place, full_disk(state), "rustc failed with exit status %d", WEXITSTATUS(status));
	free(place);
}

static int report_failure(const struct build_state *state, const struct job *job, const struct subprocess_output *output, struct err *err)
{
	const struct rhook_output *hook = state->build.hook;
	bool plain = job->kind == BUILD_PLAIN;
	const char *map = !hook ? NULL : plain ? hook->map_json : hook->edited_map_json;
	size_t map_size = !hook ? 0 : plain ? hook->map_json_size : hook->edited_map_json_size;
	char *errors = build_drop_warnings(output->err);
	char *message = build_map_message(errors, job->path, state->build.source, map, map_size);
	name_failure(state, job, output->status, message, err);
	free(errors);
	free(err->detail);
	err->detail = message;
	return -1;
}

/* ---- compile ---------------------------------------------------------------------------------------------------------------------- */

static int run_rustc(struct build_state *state, const struct job *job, const struct build_entry *entry, const struct build_options *options,
		     struct err *err)
{
	struct subprocess_output output;
	char *out = program_in(state, entry->path);
	char **argv = make_command(state, job, out);
	double start = build_now();
	build_progress(options, step_names[job->kind]);
	int result = subprocess_capture(argv, NULL, &output, err);
	if (result == 0) {
		state->build.seconds[job->kind] += build_now() - start;
		build_verbose(options, done_names[job->kind], start, state->build.command[job->kind]);
		if (output.status != 0)
			result = report_failure(state, job, &output, err);
		else if (!fs_is_executable(out))
			result = err_set(err, state->rustc.path, NULL, "rustc made no program");
		subprocess_output_free(&output);
	}
	shellquote_free(argv);
	free(out);
	return result;
}

/* The command as it would be typed: with the final place of the program. */
static void note_command(struct build_state *state, const struct job *job)
{
	char *directory = xasprintf("%s/entries/%s", state->cache.root, job->key);
	char *out = program_in(state, directory);
	char **argv = make_command(state, job, out);
	free(state->build.command[job->kind]);
	state->build.command[job->kind] = shellquote_join(argv);
	shellquote_free(argv);
	free(directory);
	free(out);
}

static int compile_job(struct build_state *state, struct job *job, const struct build_options *options, struct err *err)
{
	struct build_entry entry;
	double start = build_now();
	make_key(state, job);
	note_command(state, job);
	if (state->depends || !build_cache_find(&state->cache, job->key, &entry)) {
		if (build_cache_begin(&state->cache, job->key, &entry, err) < 0)
			return -1;
		if (run_rustc(state, job, &entry, options, err) < 0) {
			build_cache_abandon(&entry);
			return -1;
		}
		if (state->depends)
			fs_remove_tree(entry.final); /* of the same text with other files beside it */
		if (build_cache_commit(&state->cache, &entry, err) < 0)
			return -1;
	} else {
		build_verbose(options, cached_names[job->kind], start, state->build.command[job->kind]);
	}
	free(state->build.program[job->kind]);
	state->build.program[job->kind] = program_in(state, entry.path);
	build_entry_free(&entry);
	return 0;
}

int build_find_rustc(struct build_state *state, struct err *err)
{
	if (state->rustc.path)
		return 0;
	int found = build_tool_rustc(&state->cache, &state->rustc, err);
	if (found > 0)
		return err_set(err, NULL, "install it from https://rustup.rs or with `apt install rustc`, and see that it is on PATH",
			       "rustc not found");
	if (found == 0)
		state->build.rustc_version = xstrdup(state->rustc.version);
	return found;
}

int build_compile_plain(struct build_state *state, const struct build_options *options, struct err *err)
{
	struct job job = {.kind = BUILD_PLAIN, .path = state->build.rust_path, .text = state->build.rust, .size = state->build.rust_size};
	return build_find_rustc(state, err) < 0 ? -1 : compile_job(state, &job, options, err);
}

static int compile_instrumented(struct build_state *state, const struct build_options *options, char failed_key[HASH_HEX], struct err *err)
{
	struct job job = {.kind = BUILD_INSTRUMENTED, .path = state->build.instrumented};
	job.text = state->build.hook->rust;
	job.size = state->build.hook->rust_size;
	if (find_library(&job, err) < 0)
		return -1;
	int result = compile_job(state, &job, options, err);
	memcpy(failed_key, job.key, HASH_HEX);
	free(job.library);
	return result;
}

int build_compile_text(struct build_state *state, enum build_kind kind, const char *path, const char *text, size_t size,
		       const struct build_options *options, struct err *err)
{
	struct job job = {.kind = kind, .path = path, .text = text, .size = size};
	if (build_find_rustc(state, err) < 0 || find_library(&job, err) < 0)
		return -1;
	int result = compile_job(state, &job, options, err);
	free(job.library);
	return result;
}

/* ---- the full scheme, or entry counters --------------------------------------------------------------------------------------------- */

/* Entry that says: the full scheme did not compile. Else rustc would be asked again and again. */
static void note_key(const char *failed_key, char key[HASH_HEX])
{
	struct hash *hash = hash_new();
	hash_add_text(hash, "needs entry counters");
	hash_add_text(hash, failed_key);
	hash_finish(hash, key);
}

static void remember_fallback(const struct build_state *state, const char *failed_key)
{
	char key[HASH_HEX];
	struct build_entry entry;
	struct err ignored = {0};
	note_key(failed_key, key);
	if (build_cache_begin(&state->cache, key, &entry, &ignored) == 0) {
		char *path = xasprintf("%s/answer", entry.path);
		if (fs_write(path, failed_key, strlen(failed_key), 0600, &ignored) == 0)
			build_cache_commit(&state->cache, &entry, &ignored);
		else
			build_cache_abandon(&entry);
		build_entry_free(&entry);
		free(path);
	}
	err_free(&ignored);
}

static bool knows_fallback(const struct build_state *state)
{
	struct job job = {.kind = BUILD_INSTRUMENTED, .path = state->build.instrumented};
	struct err ignored = {0};
	struct build_entry entry;
	char key[HASH_HEX];
	job.text = state->build.hook->rust;
	job.size = state->build.hook->rust_size;
	if (find_library(&job, &ignored) < 0) {
		err_free(&ignored);
		return false;
	}
	make_key(state, &job);
	free(job.library);
	note_key(job.key, key);
	if (!build_cache_find(&state->cache, key, &entry))
		return false;
	build_entry_free(&entry);
	return true;
}

static int compile_entry_only(struct build_state *state, const struct build_options *options, struct err *err)
{
	char key[HASH_HEX];
	if (build_hook(state, true, options, err) < 0)
		return -1;
	state->build.fell_back = true;
	return compile_instrumented(state, options, key, err);
}

static int compile_with_fallback(struct build_state *state, const struct build_options *options, struct err *err)
{
	char failed_key[HASH_HEX];
	struct err first = {0};
	if (!state->entry_only && knows_fallback(state))
		return compile_entry_only(state, options, err);
	if (compile_instrumented(state, options, failed_key, &first) == 0)
		return 0;
	/* Whose fault is it? If the program itself is wrong, its own message is the one to show. */
	if (!first.detail || build_compile_plain(state, options, err) < 0 || state->entry_only) {
		if (!err->set)
			*err = first;
		else
			err_free(&first);
		return -1;
	}
	err_free(&first);
	if (compile_entry_only(state, options, err) < 0)
		return -1;
	remember_fallback(state, failed_key);
	return 0;
}

int build_compile(struct build *build, const struct build_options *options, enum build_kind kind, struct err *err)
{
	struct build_state *state = (struct build_state *)build;
	if (build_find_rustc(state, err) < 0)
		return -1;
	return kind == BUILD_PLAIN ? build_compile_plain(state, options, err) : compile_with_fallback(state, options, err);
}
