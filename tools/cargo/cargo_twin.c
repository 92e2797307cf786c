/*
 * cargo_twin.c - a program as cargo builds it, and beside it the same with all symbols.
 *
 * cargo gives every set of profile settings names of its own for crates, which move functions; so a second build by cargo would be another
 * program. Here the same command of rustc runs twice, the second time without stripping.
 */
#include "cargo_internal.h"
#include "fs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/*
 * Whatever goes wrong, there is no twin then, and cargo's build is what it would be. Debug information is left as it is: rustc adds a
 * section that is loaded with it, which moves all that follows.
 */
static void make_twin(const struct cargo_args *args, const char *twins)
{
	char **argv = xcalloc(args->count + 2, sizeof *argv);
	struct cargo_run run = {0};
	struct err ignored = {0};

	memcpy(argv, args->argv, args->count * sizeof *argv);
	for (size_t i = 1; i < args->count; i++) {
		if (strncmp(argv[i], "--emit=", 7) == 0)
			argv[i] = (char *)"--emit=link";
		else if (strcmp(argv[i], "--out-dir") == 0 && i + 1 < args->count)
			argv[i + 1] = (char *)twins;
	}
	argv[args->count] = (char *)"-Cstrip=none";
	if (fs_mkdirs(twins, &ignored) == 0)
		cargo_run(argv, &run, &ignored);
	free(run.said);
	free(argv);
	err_free(&ignored);
}

int cargo_twin_rustc(const struct cargo_args *args, const char *twins)
{
	const char *chain = getenv(CARGO_ENV_CHAIN);
	char **argv = xcalloc(args->count + 2, sizeof *argv);
	struct cargo_run run = {0};
	struct err err = {0};
	size_t used = 0;

	if (chain && *chain)
		argv[used++] = (char *)chain;
	memcpy(argv + used, args->argv, args->count * sizeof *argv);
	if (cargo_run(argv, &run, &err) != 0) {
		fprintf(stderr, "ruchy-prof: %s: %s\n", err.what, err.where);
		err_free(&err);
		free(argv);
		return 127;
	}
	fwrite(run.said, 1, run.size, stderr);
	free(run.said);
	free(argv);
	if (run.status == 0 && args->program && args->out_dir && strncmp(args->crate, "build_script_", 13) != 0)
		make_twin(args, twins);
	return WIFEXITED(run.status) ? WEXITSTATUS(run.status) : 128 + WTERMSIG(run.status);
}

/* cargo links the program from deps/NAME-HASH; the twin has that name. */
char *cargo_twin(const struct cargo_project *project, const char *program)
{
	char *directory = xasprintf("%s/twins", project->ours), *twin = NULL;
	const char *slash = strrchr(program, '/');
	char *deps = xasprintf("%.*s/deps", slash ? (int)(slash - program) : 1, slash ? program : ".");
	struct stat mine, other;
	DIR *dir = stat(program, &mine) == 0 ? opendir(directory) : NULL;

	for (struct dirent *entry; dir && !twin && (entry = readdir(dir));) {
		char *built = xasprintf("%s/%s", deps, entry->d_name);

		if (stat(built, &other) == 0 && S_ISREG(other.st_mode) && other.st_ino == mine.st_ino && other.st_dev == mine.st_dev)
			twin = xasprintf("%s/%s", directory, entry->d_name);
		free(built);
	}
	if (dir)
		closedir(dir);
	free(deps);
	free(directory);
	return twin;
}
