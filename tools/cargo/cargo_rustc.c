/*
 * cargo_rustc.c - the wrapper around rustc: one crate. In order: what does the crate read, what of it did ruchy make, instrument that,
 * compile from the mirror. Whatever fails on this way, the crate is compiled as cargo asked for it, so a project that builds always builds.
 */
#include "cargo_internal.h"
#include "fs.h"
#include "hash.h"
#include "rhook.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGEST ((size_t)64 << 20)

/* A transpiled file of the crate. */
struct made {
	struct cargo_text rust; /* absolute path */
	const char *named;	/* the path as rustc names it; of deps */
	const struct cargo_source *source;
	struct rhook_output *hook;
	char *source_name, *rust_name; /* as profiles name them */
	char *crate, *library;	       /* of its prelude: name, path */
};

struct wrapper {
	struct cargo_args args;
	const char *ours, *root, *out_dir;
	unsigned flags; /* enum rhook_flags, as asked for */
	bool verbose;
	struct cargo_sources sources;
	struct cargo_deps deps;
	char *dep_info; /* text */
	struct made *made;
	size_t made_count;
	char *mirror;
	bool fell_back;
	bool memory; /* allocations are to be counted */
};

/* --- as cargo asked --------------------------------------------------------------------------------------------------------------- */

/* The user's own wrapper, if there is one, stays between us and rustc. */
static int run_plain(const struct cargo_args *args)
{
	const char *chain = getenv(CARGO_ENV_CHAIN);
	char **argv = xcalloc(args->count + 2, sizeof *argv);
	size_t used = 0;

	if (chain && *chain)
		argv[used++] = (char *)chain;
	for (size_t i = 0; i < args->count; i++)
		argv[used++] = args->argv[i];
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execvp(argv[0], argv);
	fprintf(stderr, "ruchy-prof: cannot start it: %s: %s\n", strerror(errno), argv[0]);
	return 127;
}

/* --- what the crate reads ------------------------------------------------------------------------------------------------------------ */

static char **copy_words(const struct cargo_args *args, size_t more)
{
	char **argv = xcalloc(args->count + more + 1, sizeof *argv);

	memcpy(argv, args->argv, args->count * sizeof *argv);
	return argv;
}

/* Where the list can't be had: the files that the messages are about, for the places in them. */
static void take_named_files(struct cargo_deps *deps, const char *said)
{
	static const char key[] = "\"file_name\":\"";

	while ((said = strstr(said, key))) {
		bool known = false;
		size_t size;

		said += sizeof key - 1;
		size = strcspn(said, "\"\\\n");
		for (size_t i = 0; i < deps->count; i++)
			known |= strlen(deps->paths[i]) == size && memcmp(deps->paths[i], said, size) == 0;
		if (known || said[size] != '"')
			continue;
		deps->paths = xrealloc(deps->paths, deps->count + 1, sizeof *deps->paths);
		deps->paths[deps->count++] = xasprintf("%.*s", (int)size, said);
	}
}

/* Expansion tells all files and takes a fraction of a compilation. No artifact is written but the list. */
static int ask_files(struct wrapper *w, struct err *err)
{
	char **argv = copy_words(&w->args, 1);
	char *list = xasprintf("%s/%s%s.%lu.d", w->ours, w->args.crate, w->args.extra, (unsigned long)getpid());
	char *emit = xasprintf("--emit=dep-info=%s", list);
	struct cargo_run run = {0};
	struct err ignored = {0};

	for (size_t i = 1; i < w->args.count; i++) {
		if (strncmp(argv[i], "--emit=", 7) == 0)
			argv[i] = emit;
		else if (strcmp(argv[i], "--emit") == 0 && i + 1 < w->args.count)
			argv[i + 1] = emit + strlen("--emit=");
	}
	int result = cargo_run(argv, &run, err);
	if (result == 0 && run.status == 0)
		w->dep_info = fs_read(list, LARGEST, NULL, &ignored);
	if (result == 0 && !w->dep_info)
		take_named_files(&w->deps, run.said);
	unlink(list);
	free(run.said);
	free(emit);
	free(list);
	free(argv);
	err_free(&ignored);
	if (!w->dep_info)
		return -1;
	cargo_deps_parse(&w->deps, w->dep_info);
	return 0;
}

/* --- what of it ruchy made ------------------------------------------------------------------------------------------------------------ */

static bool is_rust(const char *path)
{
	size_t size = strlen(path);

	return size > 3 && strcmp(path + size - 3, ".rs") == 0;
}

static void find_made(struct wrapper *w)
{
	for (size_t i = 0; i < w->deps.count; i++) {
		struct made made = {.named = w->deps.paths[i]};
		struct err ignored = {0};

		if (!is_rust(w->deps.paths[i]))
			continue;
		made.rust.path = cargo_absolute(w->deps.paths[i]);
		made.rust.data = fs_read(made.rust.path, LARGEST, &made.rust.size, &ignored);
		if (made.rust.data)
			made.source = cargo_sources_match(&w->sources, &made.rust);
		err_free(&ignored);
		if (!made.source) {
			free(made.rust.path);
			free(made.rust.data);
			continue;
		}
		made.source_name = cargo_shown(made.source->ruchy.path, w->root);
		made.rust_name = cargo_shown(made.rust.path, w->root);
		w->made = xrealloc(w->made, w->made_count + 1, sizeof *w->made);
		w->made[w->made_count++] = made;
	}
}

/* --- instrument ------------------------------------------------------------------------------------------------------------------------
 */

/* Equal for equal crates alone: the text of the prelude follows from these. */
static char *prelude_name(const struct wrapper *w, const struct made *made, unsigned flags)
{
	struct hash *hash = hash_new();
	char hex[HASH_HEX];
	struct stat rustc = {0};
	char *stamp = xasprintf("%s/stamp", w->ours);
	struct err ignored = {0};
	char *text = fs_read(stamp, 4096, NULL, &ignored);

	stat(w->args.argv[0], &rustc);
	hash_add_text(hash, text);
	hash_add_text(hash, w->args.argv[0]);
	hash_add(hash, &rustc.st_size, sizeof rustc.st_size);
	hash_add(hash, &rustc.st_mtim, sizeof rustc.st_mtim);
	hash_add_text(hash, w->args.target);
	hash_add_text(hash, made->rust_name);
	hash_add(hash, made->rust.data, made->rust.size);
	hash_add_text(hash, made->source_name);
	hash_add(hash, made->source->ruchy.data, made->source->ruchy.size);
	hash_add(hash, &flags, sizeof flags);
	hash_finish(hash, hex);
	err_free(&ignored);
	free(text);
	free(stamp);
	return xasprintf("rprof_%.16s", hex);
}

/* How likely the program's main() is in this file: the root, one that is named as roots are, else by its size. */
static unsigned rank(const struct wrapper *w, const struct made *made)
{
	const char *slash = strrchr(made->rust.path, '/'), *name = slash ? slash + 1 : made->rust.path;
	char *root = w->args.root ? cargo_absolute(w->args.argv[w->args.root]) : xstrdup(""), *own = xasprintf("%s.rs", w->args.crate);
	unsigned result = strcmp(made->rust.path, root) == 0 ? 2 : strcmp(name, "main.rs") == 0 || strcmp(name, own) == 0;

	free(root);
	free(own);
	return result;
}

/*
 * A program has one allocator: where its own crate has a transpiled file, that one's prelude brings it, or that of the one which main() is
 * in. What the program's other files and crates allocate is on the account of the function of that file which led to it.
 */
static bool counts_memory(const struct wrapper *w, const struct made *made)
{
	bool is_program = false;
	const struct made *chosen = &w->made[0];

	for (size_t i = 1; i + 1 < w->args.count; i++)
		is_program |= strcmp(w->args.argv[i], "--crate-type") == 0 && strcmp(w->args.argv[i + 1], "bin") == 0;
	for (size_t i = 1; i < w->made_count; i++) {
		unsigned a = rank(w, &w->made[i]), b = rank(w, chosen);

		if (a > b || (a == b && w->made[i].rust.size > chosen->rust.size))
			chosen = &w->made[i];
	}
	return w->memory && is_program && made == chosen;
}

static int instrument(struct wrapper *w, struct made *made, unsigned flags, struct err *err)
{
	bool memory = counts_memory(w, made);
	struct rhook_error error;
	struct rhook_input input = {
	    .ruchy = {made->source_name, made->source->ruchy.data, made->source->ruchy.size},
	    .rust = {made->rust_name, made->rust.data, made->rust.size},
	    .flags = flags | (w->args.abort ? RHOOK_ABORT : 0u) | (w->args.wrapping ? RHOOK_WRAPPING : 0u) | RHOOK_MODULE |
		     (memory ? RHOOK_BY_LINE : RHOOK_NO_MEMORY),
	};

	free(made->crate);
	made->crate = prelude_name(w, made, input.flags);
	input.prelude_crate = made->crate;
	rhook_free(made->hook);
	made->hook = NULL;
	if (rhook_instrument(&input, &made->hook, &error) < 0) {
		char *where = error.line ? xasprintf("%s:%u:%u", made->rust.path, error.line, error.column) : xstrdup(made->rust.path);

		err_set(err, where, NULL, "the Rust text can't be instrumented: %s", error.message);
		free(where);
		return -1;
	}
	free(made->library);
	made->library = cargo_prelude(&w->args, w->ours, made->crate, made->hook->prelude, made->hook->prelude_size, err);
	return made->library ? 0 : -1;
}

/* --- the mirror ------------------------------------------------------------------------------------------------------------------------
 */

static const struct made *made_at(const struct wrapper *w, const char *path)
{
	for (size_t i = 0; i < w->made_count; i++)
		if (strcmp(w->made[i].rust.path, path) == 0)
			return &w->made[i];
	return NULL;
}

static int fill_mirror(struct wrapper *w, struct err *err)
{
	int result = 0;

	fs_remove_tree(w->mirror);
	for (size_t i = 0; i < w->deps.count && result == 0; i++) {
		char *path = cargo_absolute(w->deps.paths[i]);
		const struct made *made = made_at(w, path);

		result = made ? cargo_mirror_write(w->mirror, path, made->hook->rust, made->hook->rust_size, err)
			      : cargo_mirror_link(w->mirror, path, err);
		free(path);
	}
	if (result == 0 && w->out_dir)
		cargo_mirror_rest(w->mirror, w->out_dir);
	return result;
}

/* --- compile from it ---------------------------------------------------------------------------------------------------------------------
 */

/* Lints are for the user's text: the plain build answers for that. Places in messages and panics are those of the user's files. */
static char **make_command(const struct wrapper *w)
{
	char **argv = copy_words(&w->args, 6 + 2 * w->made_count);
	char *root = cargo_absolute(w->args.argv[w->args.root]), *directory = getcwd(NULL, 0);
	size_t used = w->args.count;

	for (size_t i = 0; i < w->args.count; i++)
		argv[i] = xstrdup(argv[i]);
	free(argv[w->args.root]);
	argv[w->args.root] = xasprintf("%s%s", w->mirror, root);
	argv[used++] = xstrdup("--cap-lints=allow");
	argv[used++] = xasprintf("--remap-path-prefix=%s=/", w->mirror);
	if (*w->args.argv[w->args.root] != '/' && directory)
		argv[used++] = xasprintf("--remap-path-prefix=%s%s=", w->mirror, directory);
	for (size_t i = 0; i < w->made_count; i++) {
		argv[used++] = xstrdup("--extern");
		argv[used++] = xasprintf("%s=%s", w->made[i].crate, w->made[i].library);
	}
	free(root);
	free(directory);
	return argv;
}

static void free_command(char **argv)
{
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}

static int compile(struct wrapper *w, unsigned flags, struct cargo_run *run, struct err *err)
{
	for (size_t i = 0; i < w->made_count; i++)
		if (instrument(w, &w->made[i], flags, err) < 0)
			return -1;
	if (fill_mirror(w, err) < 0)
		return -1;
	char **argv = make_command(w);
	char *out_dir = w->out_dir ? xasprintf("%s%s", w->mirror, w->out_dir) : NULL;

	if (out_dir)
		setenv("OUT_DIR", out_dir, 1);
	int result = cargo_run(argv, run, err);
	if (out_dir)
		setenv("OUT_DIR", w->out_dir, 1);
	free(out_dir);
	free_command(argv);
	return result;
}

/* --- what cargo needs to know
 * ------------------------------------------------------------------------------------------------------------- */

/* The list of files as of the crate itself, and with them the sources and us: a change of any builds the crate again. */
static int write_dep_info(const struct wrapper *w, struct err *err)
{
	char *path = xasprintf("%s/%s%s.d", w->args.out_dir, w->args.crate, w->args.extra);
	char **more = xcalloc(w->made_count + 1, sizeof *more);
	size_t count = 0;

	for (; count < w->made_count; count++)
		more[count] = xstrdup(w->made[count].source->ruchy.path);
	more[count++] = xasprintf("%s/stamp", w->ours);
	char *text = cargo_deps_extend(w->dep_info, more, count);
	int result = fs_write(path, text, strlen(text), 0666, err);

	for (size_t i = 0; i < count; i++)
		free(more[i]);
	free(more);
	free(text);
	free(path);
	return result;
}

/* One line for each file: source, Rust, "entry" or "". Names that hold a tab or a line feed are told by the profile alone. */
static void write_record(const struct wrapper *w)
{
	struct strbuf text = STRBUF_INIT;
	struct err ignored = {0};
	char *directory = xasprintf("%s/records", w->ours), *path = xasprintf("%s/%s%s", directory, w->args.crate, w->args.extra);

	for (size_t i = 0; i < w->made_count; i++)
		strbuf_printf(&text, "%s\t%s\t%s\t%s\n", w->args.crate, w->made[i].source_name, w->made[i].rust_name,
			      w->fell_back ? "entry" : "");
	if (fs_mkdirs(directory, &ignored) == 0)
		fs_write(path, text.data ? text.data : "", text.size, 0666, &ignored);
	strbuf_free(&text);
	err_free(&ignored);
	free(directory);
	free(path);
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------------------------------------ */

static void tell(const struct wrapper *w, const char *what, const struct err *err)
{
	if (err->set && err->detail)
		fprintf(stderr, "%s\n", err->detail);
	fprintf(stderr, "ruchy-prof: crate %s: %s", w->args.crate, what);
	if (err->set)
		fprintf(stderr, ": %s: %s", err->what, err->where);
	fputc('\n', stderr);
}

/* 0: done. 1: the crate is to be compiled as it is. */
static int try_instrumented(struct wrapper *w)
{
	struct cargo_run run = {0};
	struct err err = {0};
	bool entry = w->flags & RHOOK_ENTRY_ONLY;

	for (;;) {
		int result = compile(w, w->flags | (entry ? RHOOK_ENTRY_ONLY : 0u), &run, &err);

		if (result == 0 && run.status == 0)
			break;
		if (w->memory && !(result < 0)) {
			/* Most likely another crate has an allocator. */
			w->memory = false;
			free(run.said);
			run = (struct cargo_run){0};
			continue;
		}
		if (entry || result < 0) {
			if (w->verbose || err.set)
				tell(w, "compiled without counters", &err);
			if (w->verbose && run.said)
				fputs(run.said, stderr);
			free(run.said);
			err_free(&err);
			return 1;
		}
		entry = w->fell_back = true;
		free(run.said);
		run = (struct cargo_run){0};
	}
	if (write_dep_info(w, &err) < 0)
		tell(w, "cargo can't be told what the crate is made of", &err);
	write_record(w);
	fwrite(run.said, 1, run.size, stderr);
	free(run.said);
	err_free(&err);
	return 0;
}

/* The user's crate does not compile, or only without counters: its own messages, with the places in the .ruchy files. */
static int compile_plain(struct wrapper *w)
{
	struct cargo_place *places = xcalloc(w->made_count + 1, sizeof *places);
	struct cargo_run run = {0};
	struct err err = {0};

	for (size_t i = 0; i < w->made_count; i++) {
		struct made *made = &w->made[i];
		struct rhook_error error;
		struct rhook_input input = {.ruchy = {made->source->ruchy.path, made->source->ruchy.data, made->source->ruchy.size},
					    .rust = {made->rust.path, made->rust.data, made->rust.size}};

		rhook_free(made->hook);
		made->hook = NULL;
		if (rhook_map(&input, &made->hook, &error) == 0)
			places[i] = (struct cargo_place){made->named, made->source_name, made->hook->map_json, made->hook->map_json_size};
		else
			places[i] = (struct cargo_place){made->named, made->named, NULL, 0};
	}
	if (cargo_run(w->args.argv, &run, &err) < 0) {
		free(places);
		err_free(&err);
		return run_plain(&w->args);
	}
	char *said = run.status ? cargo_map_messages(run.said, places, w->made_count) : xstrdup(run.said);

	fputs(said, stderr);
	free(said);
	free(run.said);
	free(places);
	return WIFEXITED(run.status) ? WEXITSTATUS(run.status) : 128 + WTERMSIG(run.status);
}

static void read_settings(struct wrapper *w)
{
	const char *flags = getenv(CARGO_ENV_FLAGS);

	w->ours = getenv(CARGO_ENV_OURS);
	w->root = getenv(CARGO_ENV_ROOT) ? getenv(CARGO_ENV_ROOT) : "";
	w->out_dir = getenv("OUT_DIR");
	w->flags = (flags && strchr(flags, 'l') ? RHOOK_LINES : 0u) | (flags && strchr(flags, 'e') ? RHOOK_ENTRY_ONLY : 0u);
	w->memory = flags && strchr(flags, 'm');
	w->verbose = flags && strchr(flags, 'v');
}

static void release(struct wrapper *w)
{
	for (size_t i = 0; i < w->made_count; i++) {
		free(w->made[i].rust.path);
		free(w->made[i].rust.data);
		free(w->made[i].source_name);
		free(w->made[i].rust_name);
		free(w->made[i].crate);
		free(w->made[i].library);
		rhook_free(w->made[i].hook);
	}
	free(w->made);
	free(w->mirror);
	free(w->dep_info);
	cargo_deps_free(&w->deps);
	cargo_sources_free(&w->sources);
}

static int wrap(struct wrapper *w)
{
	const char *package = getenv("CARGO_MANIFEST_DIR");
	struct err err = {0};

	if (!w->ours || !package || !cargo_args_is_users(&w->args, package, w->root))
		return run_plain(&w->args);
	cargo_sources_find(&w->sources, package, w->out_dir);
	if (w->sources.count == 0)
		return run_plain(&w->args);
	bool whole = ask_files(w, &err) == 0;
	err_free(&err);
	find_made(w);
	if (w->sources.problem.set && w->made_count == 0)
		tell(w, "no file of it could be compared with its source", &w->sources.problem);
	if (w->made_count == 0)
		return run_plain(&w->args);
	w->mirror = xasprintf("%s/mirror/%s%s", w->ours, w->args.crate, w->args.extra);
	return whole && try_instrumented(w) == 0 ? 0 : compile_plain(w);
}

int cargo_rustc_main(int argc, char **argv)
{
	struct wrapper wrapper = {0};
	const char *twins = getenv(CARGO_ENV_TWINS);
	int status;

	if (argc < 2) {
		fprintf(stderr, "ruchy-prof: " CARGO_WRAPPER " is started by cargo; see `ruchy-prof cargo --help`\n");
		return ERR_USAGE;
	}
	cargo_args_read(&wrapper.args, argc - 1, argv + 1);
	read_settings(&wrapper);
	status = twins && *twins ? cargo_twin_rustc(&wrapper.args, twins) : wrap(&wrapper);
	release(&wrapper);
	cargo_args_free(&wrapper.args);
	return status;
}
