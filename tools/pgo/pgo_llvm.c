/*
 * pgo_llvm.c - LLVM's own counters. They are kept as the text that llvm-profdata writes, which is of no version of its file format; rustc
 * gets a file that the tool has just made and read again, since a damaged one makes rustc crash and a foreign one is no more than a
 * warning.
 */
#include "fs.h"
#include "hash.h"
#include "pgo.h"
#include "subprocess.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLDEST	  19 /* that reads what rustc's programs write (raw version 10) */
#define NEWEST	  40
#define RUNS_MOST 3
#define SECONDS	  2.0

const char pgo_llvm_missing[] = "install llvm-profdata 19 or newer: `rustup component add llvm-tools`, or `apt install llvm-19`";

/* --- the tool ----------------------------------------------------------------------------------------------------------------- */

static bool is_new_enough(const char *path)
{
	char *argv[] = {(char *)path, (char *)"--version", NULL};
	struct subprocess_output output;
	struct err ignored = {0};
	const char *at;
	bool fine = false;

	if (subprocess_capture(argv, NULL, &output, &ignored) == 0) {
		at = strstr(output.out, "LLVM version ");
		fine = output.status == 0 && at && atoi(at + strlen("LLVM version ")) >= OLDEST;
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	return fine;
}

static char *of_rustup(void)
{
	char *argv[] = {(char *)"rustc", (char *)"--print", (char *)"target-libdir", NULL};
	struct subprocess_output output;
	struct err ignored = {0};
	char *path = NULL;

	if (subprocess_capture(argv, NULL, &output, &ignored) == 0) {
		output.out[strcspn(output.out, "\n")] = '\0';
		path = xasprintf("%s/../bin/llvm-profdata", output.out);
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	return path;
}

static char *checked(char *path)
{
	if (path && fs_is_executable(path) && is_new_enough(path))
		return path;
	free(path);
	return NULL;
}

static char *find_tool(void)
{
	const char *named = getenv("RUCHY_PROF_LLVM_PROFDATA");
	char *path;

	if (named && *named)
		return strcmp(named, "none") == 0 ? NULL : checked(fs_which(named));
	path = checked(of_rustup());
	if (!path)
		path = checked(fs_which("llvm-profdata"));
	for (int version = NEWEST; version >= OLDEST && !path; version--) {
		char name[32];

		snprintf(name, sizeof name, "llvm-profdata-%d", version);
		path = checked(fs_which(name));
	}
	return path;
}

/* It does not change while a command runs. */
char *pgo_llvm_tool(const struct build *build)
{
	static char *found;
	static bool asked;

	(void)build;
	if (!asked)
		found = find_tool();
	asked = true;
	return found ? xstrdup(found) : NULL;
}

/* --- collecting ------------------------------------------------------------------------------------------------------------------- */

static int run_training(const char *program, const struct pgo_training *training, const char *directory, double timeout, struct err *err)
{
	char *variable = xasprintf("LLVM_PROFILE_FILE=%s/%%p-%%m.profraw", directory);
	char *env[] = {variable, NULL};
	struct subprocess_stdin *input = pgo_training_open(training, err);
	double seconds = 0;
	int status = input ? 0 : -1;
	size_t args = 0;
	char **argv;

	while (training->args[args])
		args++;
	argv = xcalloc(args + 2, sizeof *argv);
	argv[0] = (char *)program;
	memcpy(argv + 1, training->args, args * sizeof *argv);
	for (int i = 0; i < RUNS_MOST && status == 0 && seconds < SECONDS; i++) {
		struct subprocess_run run = {
		    .argv = argv, .env = env, .input = input, .output_fd = -1, .drain_fd = -1, .timeout_seconds = timeout};

		status = subprocess_run(&run, err);
		seconds += (double)run.wall_ns / 1e9;
		if (status == 0 && run.interrupted)
			status = err_set(err, program, NULL, "interrupted");
	}
	subprocess_stdin_close(input);
	free(argv);
	free(variable);
	return status;
}

/* Run the tool; what it prints on stdout. Caller frees; NULL and err. */
static char *run_tool(char *const argv[], const char *doing, struct err *err)
{
	struct subprocess_output output;
	char *text = NULL;

	if (subprocess_capture(argv, NULL, &output, err) < 0)
		return NULL;
	if (output.status == 0 && !output.truncated) {
		text = output.out;
		output.out = NULL;
	} else if (WIFSIGNALED(output.status)) {
		err_set(err, argv[0], NULL, "llvm-profdata crashed (signal %d) %s", WTERMSIG(output.status), doing);
	} else {
		output.err[strcspn(output.err, "\n")] = '\0';
		err_set(err, argv[0], NULL, "llvm-profdata failed %s: %.300s", doing, output.err);
	}
	subprocess_output_free(&output);
	return text;
}

/* All files of a directory in one text. */
static char *merge_directory(const char *tool, const char *directory, struct err *err)
{
	struct strbuf paths = STRBUF_INIT;
	DIR *dir = opendir(directory);
	char *list = xasprintf("%s/list", directory), *result = NULL;
	char *argv[] = {(char *)tool, (char *)"merge", (char *)"--text", (char *)"-o", (char *)"-", xasprintf("--input-files=%s", list),
			NULL};

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (strstr(entry->d_name, ".prof"))
			strbuf_printf(&paths, "%s/%s\n", directory, entry->d_name);
	if (dir)
		closedir(dir);
	if (paths.size == 0)
		err_set(err, directory, "the program must end by itself, not by a signal", "no run left counters of LLVM");
	else if (fs_write(list, paths.data, paths.size, 0600, err) == 0)
		result = run_tool(argv, "at reading the counters of the runs", err);
	strbuf_free(&paths);
	free(list);
	free(argv[5]);
	return result;
}

char *pgo_llvm_collect(struct build *build, const char *rust, size_t size, char *const *flags, const struct pgo_trainings *trainings,
		       double timeout, struct err *err)
{
	char *words[2 * PGO_FLAGS_MOST + 6] = {(char *)"-C", NULL}, *tool = pgo_llvm_tool(build), *directory, *result = NULL;
	struct build_variant variant = {.rust = rust, .rust_size = size, .flags = words};
	size_t used = 2;
	int status;

	if (!tool) {
		err_set(err, "llvm-profdata", pgo_llvm_missing, "there is no usable llvm-profdata");
		return NULL;
	}
	words[1] = (char *)"profile-generate=/nonexistent"; /* LLVM_PROFILE_FILE says where; the build shall not depend on a path */
	for (; flags && *flags && used < sizeof words / sizeof *words - 1; flags++)
		words[used++] = *flags;
	directory = fs_tmpdir(err);
	status = directory ? build_variants(build, &variant, 1, NULL, NULL, err) : -1;
	if (status == 0 && !variant.program)
		status = err_set(err, build->source, NULL, "rustc can't put in the counters of LLVM: %.300s",
				 variant.message ? variant.message : "");
	for (size_t i = 0; i < trainings->count && status == 0; i++)
		status = run_training(variant.program, &trainings->list[i], directory, timeout, err);
	if (status == 0)
		result = merge_directory(tool, directory, err);
	build_variant_free(&variant);
	if (directory)
		fs_remove_tree(directory);
	free(directory);
	free(tool);
	return result;
}

/* --- in the profile ------------------------------------------------------------------------------------------------------------------ */

/* Without counters; the flags are the caller's to free. */
static struct profile_llvm identity(const struct build *build, const char *rust, size_t size, char *const *more, char hash[HASH_HEX])
{
	struct strbuf flags = STRBUF_INIT;

	hash_hex(rust, size, hash);
	strbuf_puts(&flags, build->rustc_flags);
	for (; more && *more; more++)
		strbuf_printf(&flags, " %s", *more);
	return (struct profile_llvm){hash, build->rustc_version ? build->rustc_version : (char *)"", strbuf_take(&flags),
				     (char *)build_crate(build), NULL};
}

static bool is_same(const struct profile_llvm *a, const struct profile_llvm *b)
{
	return strcmp(a->rust_hash, b->rust_hash) == 0 && strcmp(a->rustc, b->rustc) == 0 && strcmp(a->flags, b->flags) == 0 &&
	       strcmp(a->crate, b->crate) == 0;
}

const struct profile_llvm *pgo_llvm_find(const struct profile *profile, const struct build *build, const char *rust, size_t size,
					 char *const *flags)
{
	char hash[HASH_HEX];
	struct profile_llvm want = identity(build, rust, size, flags, hash);
	const struct profile_llvm *found = NULL;

	for (size_t i = 0; i < profile->llvm_count && !found; i++)
		if (is_same(&profile->llvm[i], &want))
			found = &profile->llvm[i];
	free(want.flags);
	return found;
}

static void free_row(struct profile_llvm *row)
{
	free(row->rust_hash);
	free(row->rustc);
	free(row->flags);
	free(row->crate);
	free(row->counters);
}

static int compare_rows(const void *a, const void *b)
{
	const struct profile_llvm *x = a, *y = b;
	const char *const pairs[][2] = {
	    {x->rust_hash, y->rust_hash}, {x->rustc, y->rustc}, {x->flags, y->flags}, {x->crate, y->crate}, {x->counters, y->counters}};
	int order = 0;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs && order == 0; i++)
		order = strcmp(pairs[i][0], pairs[i][1]);
	return order;
}

void pgo_llvm_keep(struct profile *profile, const struct build *build, const char *rust, size_t size, char *const *flags,
		   const char *counters)
{
	char hash[HASH_HEX];
	struct profile_llvm row = identity(build, rust, size, flags, hash);
	size_t kept = 0;

	for (size_t i = 0; i < profile->llvm_count; i++) {
		if (is_same(&profile->llvm[i], &row))
			free_row(&profile->llvm[i]);
		else
			profile->llvm[kept++] = profile->llvm[i];
	}
	profile->llvm = xrealloc(profile->llvm, kept + 1, sizeof *profile->llvm);
	profile->llvm[kept++] =
	    (struct profile_llvm){xstrdup(row.rust_hash), xstrdup(row.rustc), row.flags, xstrdup(row.crate), xstrdup(counters)};
	profile->llvm_count = kept;
	qsort(profile->llvm, kept, sizeof *profile->llvm, compare_rows);
}

char *pgo_llvm_file(struct build *build, const char *counters, struct err *err)
{
	char *tool = pgo_llvm_tool(build), *directory, *text, *file, *path = NULL, *printed = NULL, *data;
	size_t size;

	if (!tool) {
		err_set(err, "llvm-profdata", pgo_llvm_missing, "there is no usable llvm-profdata");
		return NULL;
	}
	directory = fs_tmpdir(err);
	text = xasprintf("%s/counters.proftext", directory ? directory : "");
	file = xasprintf("%s/counters.profdata", directory ? directory : "");
	char *const merge[] = {tool, (char *)"merge", (char *)"-o", file, text, NULL};
	char *const show[] = {tool, (char *)"show", file, NULL};

	if (directory && fs_write(text, counters, strlen(counters), 0600, err) == 0)
		printed = run_tool(merge, "at the counters kept in the profile", err);
	if (printed) {
		free(printed);
		printed = run_tool(show, "at reading back the file for rustc", err);
	}
	if (printed && !strstr(printed, "Instrumentation level: IR"))
		err_set(err, "LLVM profile", "collect again", "the counters kept in the profile are not of rustc's -C profile-generate");
	else if (printed && (data = fs_read(file, 0, &size, err))) {
		path = build_keep_text(build, "optimized.profdata", data, size, err);
		free(data);
	}
	free(printed);
	if (directory)
		fs_remove_tree(directory);
	free(directory);
	free(text);
	free(file);
	free(tool);
	return path;
}

/* --- merging -------------------------------------------------------------------------------------------------------------------------- */

/* Counters of rows first..last, which are of the same text and build. */
static char *merge_rows(const struct profile *profile, size_t first, size_t last, const char *tool)
{
	struct err ignored = {0};
	char *directory = fs_tmpdir(&ignored), *result = NULL;
	int status = directory ? 0 : -1;

	for (size_t i = first; i <= last && status == 0; i++) {
		char *path = xasprintf("%s/%zu.proftext", directory, i);

		status = fs_write(path, profile->llvm[i].counters, strlen(profile->llvm[i].counters), 0600, &ignored);
		free(path);
	}
	if (status == 0)
		result = merge_directory(tool, directory, &ignored);
	if (directory)
		fs_remove_tree(directory);
	free(directory);
	err_free(&ignored);
	return result;
}

void pgo_llvm_merge(struct profile *profile)
{
	char *tool = profile->llvm_count > 1 ? pgo_llvm_tool(NULL) : NULL;
	size_t kept = 0;

	for (size_t first = 0; tool && first < profile->llvm_count;) {
		size_t last = first;
		char *sum;

		while (last + 1 < profile->llvm_count && is_same(&profile->llvm[last + 1], &profile->llvm[first]))
			last++;
		sum = last > first ? merge_rows(profile, first, last, tool) : NULL;
		for (size_t i = first; i <= last; i++) {
			struct profile_llvm row = profile->llvm[i];

			if (sum && i > first) {
				free_row(&row);
				continue;
			}
			if (sum) {
				free(row.counters);
				row.counters = sum;
			}
			profile->llvm[kept++] = row;
		}
		first = last + 1;
	}
	if (tool)
		profile->llvm_count = kept;
	free(tool);
}
