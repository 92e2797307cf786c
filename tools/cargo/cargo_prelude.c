/*
 * cargo_prelude.c - the prelude of an instrumented file is a crate of its own: so it stands once, wherever in the user's crate the file
 * is, and the user's crate needs no unsafe code. It lies beside the crates that use it, where rustc looks for what those depend on.
 */
#include "cargo_internal.h"
#include "fs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What must be the same in all crates of a program, or says for which machine they are. */
static bool is_shared(const char *value)
{
	static const char *const names[] = {
	    "panic=", "target-cpu=", "target-feature=", "relocation-model=", "code-model=", "force-frame-pointers="};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(value, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static char **make_command(const struct cargo_args *args, const char *name, const char *source, const char *library, const char *out)
{
	char **argv = xcalloc(args->count + 32, sizeof *argv);
	size_t used = 0;
	char *const fixed[] = {args->argv[0],
			       xstrdup("--crate-name"),
			       xstrdup(name),
			       xstrdup("--crate-type=lib"),
			       xstrdup("--edition=2021"),
			       xstrdup("--cap-lints=allow"),
			       xstrdup("-Copt-level=3"),
			       xstrdup("-Ccodegen-units=1"),
			       xstrdup("-L"),
			       xasprintf("native=%s", library),
			       xstrdup("-o"),
			       xstrdup(out)};

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		argv[used++] = fixed[i];
	argv[0] = xstrdup(argv[0]);
	for (size_t i = 1; i < args->count; i++) {
		if ((strcmp(args->argv[i], "-C") == 0 || strcmp(args->argv[i], "--target") == 0) && i + 1 < args->count) {
			if (strcmp(args->argv[i], "-C") != 0 || is_shared(args->argv[i + 1])) {
				argv[used++] = xstrdup(args->argv[i]);
				argv[used++] = xstrdup(args->argv[i + 1]);
			}
			i++;
		} else if (strncmp(args->argv[i], "--target=", 9) == 0 ||
			   (strncmp(args->argv[i], "-C", 2) == 0 && is_shared(args->argv[i] + 2))) {
			argv[used++] = xstrdup(args->argv[i]);
		}
	}
	argv[used] = xstrdup(source);
	return argv;
}

static void free_command(char **argv)
{
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}

/* The same source at the same place, so that two wrappers at once make the same crate. */
static char *write_source(const char *ours, const char *name, const char *text, size_t size, struct err *err)
{
	char *directory = xasprintf("%s/prelude", ours), *path = xasprintf("%s/%s.rs", directory, name);
	int result = fs_mkdirs(directory, err);

	if (result == 0 && access(path, R_OK) != 0)
		result = fs_write(path, text, size, 0666, err);
	free(directory);
	if (result == 0)
		return path;
	free(path);
	return NULL;
}

static int compile(const struct cargo_args *args, const char *name, const char *source, const char *to, struct err *err)
{
	char *library = fs_beside("../lib"), *out = xasprintf("%s.%lu.tmp.rlib", to, (unsigned long)getpid());
	char **argv = make_command(args, name, source, library, out);
	struct cargo_run run = {0};
	int result = cargo_run(argv, &run, err);

	if (result == 0 && run.status != 0) {
		err->detail = err->detail ? err->detail : xstrdup(run.said);
		result = err_set(err, source, NULL, "rustc rejects the prelude");
	}
	if (result == 0 && rename(out, to) != 0)
		result = err_set(err, to, NULL, "cannot put the prelude in its place: %s", strerror(errno));
	unlink(out);
	free(run.said);
	free_command(argv);
	free(library);
	free(out);
	return result;
}

char *cargo_prelude(const struct cargo_args *args, const char *ours, const char *name, const char *text, size_t size, struct err *err)
{
	char *to = xasprintf("%s/lib%s.rlib", args->out_dir, name), *source = NULL;
	int result = 0;

	if (access(to, R_OK) != 0) {
		source = write_source(ours, name, text, size, err);
		result = source ? compile(args, name, source, to, err) : -1;
	}
	free(source);
	if (result == 0)
		return to;
	free(to);
	return NULL;
}
