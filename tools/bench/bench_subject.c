#include "bench.h"
#include "collect.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_step(void *context, const char *step)
{
	const struct bench_options *options = context;

	term_progress("%s %s", step, options->source);
}

static void on_verbose(void *context, const char *step, double seconds, const char *command)
{
	const struct bench_options *options = context;

	if (!options->verbose)
		return;
	term_step(step, seconds, command);
}

/* What is loaded of it: with debug information, the size would depend on the length of paths. Of a script, all of it. */
static uint64_t loaded_size(const char *path, size_t size)
{
	uint64_t sum = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	for (Elf_Scn *section = NULL; elf && (section = elf_nextscn(elf, section));) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && header.sh_flags & SHF_ALLOC && header.sh_type != SHT_NOBITS)
			sum += header.sh_size;
	}
	if (elf && elf_kind(elf) != ELF_K_ELF)
		sum = size;
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return sum;
}

static size_t words_of(char *const *list)
{
	size_t count = 0;

	while (list[count])
		count++;
	return count;
}

void bench_subject_argv(struct bench_subject *subject, char *const *before, char *const *args)
{
	static char *const none[] = {NULL};
	char *const *words = before ? before : none;
	size_t first = words_of(words), count = words_of(args);

	for (char **arg = subject->argv; arg && *arg; arg++)
		free(*arg);
	free(subject->argv);
	subject->argv = xcalloc(first + count + 2, sizeof *subject->argv);
	for (size_t i = 0; words[i]; i++)
		subject->argv[i] = xstrdup(words[i]);
	subject->argv[first] = xstrdup(subject->path);
	for (size_t i = 0; args[i]; i++)
		subject->argv[first + 1 + i] = xstrdup(args[i]);
	subject->repeats = 1;
}

static int make_place(struct bench_subject *subject, const char *name, struct err *err)
{
	subject->directory = fs_tmpdir(err);
	if (!subject->directory)
		return -1;
	subject->path = xasprintf("%s/%s", subject->directory, name);
	return 0;
}

static int describe(struct bench_subject *subject, const struct bench_options *options, struct err *err)
{
	size_t size;

	if (hash_file(subject->path, subject->hash, &size) != 0)
		return err_set(err, subject->path, NULL, "cannot read the program: %s", strerror(errno));
	subject->size_bytes = loaded_size(subject->path, size);
	bench_subject_argv(subject, NULL, options->args);
	return 0;
}

int bench_subject_take(struct bench_subject *subject, const char *name, const void *program, size_t size,
		       const struct bench_options *options, struct err *err)
{
	if (make_place(subject, name, err) != 0 || fs_write(subject->path, program, size, 0755, err) != 0)
		return -1;
	return describe(subject, options, err);
}

/* One more name for the file, where file systems allow it; else a copy. */
static int copy(const char *from, const char *to, struct err *err)
{
	return link(from, to) == 0 ? 0 : fs_copy(from, to, 0755, err);
}

int bench_subject_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	subject->kind = bench_kind_of(source);
	return subject->kind->build(subject, source, options, err);
}

int bench_source_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	const char *slash;

	subject->options = (struct build_options){.source = source,
						  .rustc_flags = options->rustc_flags,
						  .lines = true,
						  .no_hook = options->plain_only,
						  .progress = on_step,
						  .verbose = on_verbose,
						  .context = (void *)(uintptr_t)options};
	if (build_transpile(&subject->options, &subject->build, err) != 0 ||
	    build_compile(subject->build, &subject->options, BUILD_PLAIN, err) != 0)
		return -1;
	subject->tool = xstrdup(subject->build->rustc_version);
	slash = strrchr(subject->build->program[BUILD_PLAIN], '/');
	if (make_place(subject, slash + 1, err) != 0 || copy(subject->build->program[BUILD_PLAIN], subject->path, err) != 0)
		return -1;
	return describe(subject, options, err);
}

void bench_subject_free(struct bench_subject *subject)
{
	if (subject->directory)
		fs_remove_tree(subject->directory);
	for (char **arg = subject->argv; arg && *arg; arg++)
		free(*arg);
	free(subject->argv);
	free(subject->directory);
	free(subject->path);
	free(subject->transpile_ns);
	free(subject->rustc_ns);
	free(subject->cold_ns);
	free(subject->tool);
	free(subject->inputs);
	profile_free(subject->profile);
	bench_project_free(subject->project);
	build_free(subject->build);
	*subject = (struct bench_subject){0};
}

int bench_subject_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
			struct err *err)
{
	if (!subject->kind || !subject->kind->count)
		return err_set(err, options->source, NULL, "they are of programs that are built here, with counters");
	profile_free(subject->profile);
	subject->profile = NULL;
	return subject->kind->count(subject, options, sampled, input, err);
}

int bench_source_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
		       struct err *err)
{
	struct collect_options c = {
	    .args = options->args, .iterations = 2, .timeout_seconds = options->timeout, .reference = sampled, .input = input};
	struct collect_result result;

	if (build_compile(subject->build, &subject->options, BUILD_INSTRUMENTED, err) != 0)
		return -1;
	term_progress("counting %s", options->source);
	if (collect(subject->build, &c, &subject->profile, &result, err) != 0)
		return -1;
	if (result.failures || result.timed_out) {
		profile_free(subject->profile);
		subject->profile = NULL;
		return err_set(err, subject->build->source, NULL, "the program failed with %s where its calls are counted",
			       status_text(result.failed_status));
	}
	return 0;
}
