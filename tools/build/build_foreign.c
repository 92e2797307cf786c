/* build_foreign.c - compilers of other languages. Their output goes to the cache, never beside the user's file. */
#include "build_internal.h"
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define LARGEST ((size_t)64 << 20)

struct build_foreign {
	struct build_cache shared;
	struct build_cache own; /* for what must not be cached; root NULL: not made yet */
};

int build_foreign_open(struct build_foreign **foreign, struct err *err)
{
	char *why;
	struct build_foreign *made = xcalloc(1, sizeof *made);

	*foreign = NULL;
	if (build_cache_open(&made->shared, false, &why, err) < 0) {
		free(made);
		return -1;
	}
	free(why); /* a private one does as well, it only takes longer */
	*foreign = made;
	return 0;
}

void build_foreign_close(struct build_foreign *foreign)
{
	if (!foreign)
		return;
	build_cache_close(&foreign->shared);
	build_cache_close(&foreign->own);
	free(foreign);
}

char *build_foreign_text(struct build_foreign *foreign, const char *name, const char *text, struct err *err)
{
	return build_cache_text(&foreign->shared, name, text, strlen(text), err);
}

/* What else decides on the program that comes out. */
static const char *const variables[] = {"CPATH",  "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "GOFLAGS", "GOAMD64",
					"GOARCH", "GOOS",	    "CGO_ENABLED",	  "GOTOOLCHAIN",  NULL};

static int make_key(const struct build_foreign_job *job, char key[HASH_HEX], char **text, size_t *size, struct err *err)
{
	struct hash *hash;

	*text = fs_read(job->source, LARGEST, size, err);
	if (!*text)
		return -1;
	hash = hash_new();
	hash_add_text(hash, "foreign");
	hash_add_text(hash, job->identity);
	hash_add_text(hash, job->source);
	hash_add_text(hash, job->staged_name);
	hash_add_text(hash, job->name);
	for (char *const *word = job->argv; *word; word++)
		hash_add_text(hash, *word);
	for (const char *const *variable = variables; *variable; variable++)
		hash_add_text(hash, getenv(*variable));
	hash_add(hash, *text, *size);
	hash_finish(hash, key);
	return 0;
}

/* The words of the command with their paths in; the caller frees them with shellquote_free(). */
static char **make_command(const struct build_foreign_job *job, const char *in, const char *out)
{
	size_t count = 0;
	char **argv;

	while (job->argv[count])
		count++;
	argv = xcalloc(count + 1, sizeof *argv);
	for (size_t i = 0; i < count; i++) {
		const char *word = job->argv[i];

		argv[i] = xstrdup(strcmp(word, BUILD_FOREIGN_IN) == 0 ? in : strcmp(word, BUILD_FOREIGN_OUT) == 0 ? out : word);
	}
	return argv;
}

static int run_compiler(const struct build_foreign_job *job, char **argv, const char *directory, struct err *err)
{
	struct subprocess_output output;

	if (subprocess_capture(argv, directory, &output, err) < 0)
		return -1;
	if (WIFEXITED(output.status) && WEXITSTATUS(output.status) == 0) {
		subprocess_output_free(&output);
		return 0;
	}
	err_set(err, job->source, "mend the program, or leave it out", "it does not compile");
	if (!err->detail) {
		err->detail = output.err_size ? output.err : output.out;
		*(output.err_size ? &output.err : &output.out) = NULL;
	}
	subprocess_output_free(&output);
	return -1;
}

/* Compile into the entry that is in the making. `directory`: where the source is, which is where its own tools would be called. */
static int compile_into(const struct build_foreign_job *job, const struct build_entry *entry, const char *text, size_t size, char **command,
			struct err *err)
{
	char *out = xasprintf("%s/%s", entry->path, job->name), *copy = xstrdup(job->source), *in;
	char **argv;
	int result = 0;

	if (job->staged_name) {
		in = xasprintf("%s/%s", entry->path, job->staged_name);
		result = fs_write(in, text, size, 0600, err);
	} else {
		in = xstrdup(job->source);
	}
	argv = make_command(job, in, out);
	if (result == 0)
		result = run_compiler(job, argv, dirname(copy), err);
	if (result == 0 && !fs_is_executable(out))
		result = err_set(err, job->source, NULL, "the compiler ended well, but made no program");
	free(out);
	out = xasprintf("%s/%s", entry->final, job->name); /* as it can be repeated once the entry has its name */
	shellquote_free(argv);
	argv = make_command(job, job->source, out);
	*command = shellquote_join(argv);
	shellquote_free(argv);
	free(copy);
	free(in);
	free(out);
	return result;
}

static struct build_cache *choose_cache(struct build_foreign *foreign, bool depends, struct err *err)
{
	char *why;

	if (!depends)
		return &foreign->shared;
	if (!foreign->own.root && build_cache_open(&foreign->own, true, &why, err) < 0)
		return NULL;
	return &foreign->own;
}

char *build_foreign_compile(struct build_foreign *foreign, const struct build_foreign_job *job, char **command, double *seconds,
			    struct err *err)
{
	struct build_cache *cache = choose_cache(foreign, job->depends, err);
	char key[HASH_HEX], *text = NULL, *program = NULL;
	struct build_entry entry;
	size_t size;
	double start = build_now();

	*seconds = 0;
	*command = NULL;
	if (!cache || make_key(job, key, &text, &size, err) < 0)
		return NULL;
	if (build_cache_find(cache, key, &entry)) {
		char *out = xasprintf("%s/%s", entry.final, job->name);
		char **argv = make_command(job, job->source, out);

		*command = shellquote_join(argv);
		shellquote_free(argv);
		program = out;
		build_entry_free(&entry);
	} else if (build_cache_begin(cache, key, &entry, err) == 0) {
		if (compile_into(job, &entry, text, size, command, err) < 0) {
			build_cache_abandon(&entry);
		} else if (build_cache_commit(cache, &entry, err) == 0) {
			program = xasprintf("%s/%s", entry.path, job->name);
			*seconds = build_now() - start;
			build_entry_free(&entry);
		}
	}
	free(text);
	return program;
}
