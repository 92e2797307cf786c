#include "bench.h"
#include "collect.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"
#include "term.h"

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
static uint64_t loaded_size(const void *program, size_t size)
{
	uint64_t sum = 0;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)(uintptr_t)program, size);
	for (Elf_Scn *section = NULL; elf && (section = elf_nextscn(elf, section));) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) && header.sh_flags & SHF_ALLOC && header.sh_type != SHT_NOBITS)
			sum += header.sh_size;
	}
	if (elf && elf_kind(elf) != ELF_K_ELF)
		sum = size;
	elf_end(elf);
	return sum;
}

static size_t words_of(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

void bench_subject_argv(struct bench_subject *subject, char *const *before, char *const *args)
{
	size_t first = words_of(before), count = words_of(args);

	for (char **arg = subject->argv; arg && *arg; arg++)
		free(*arg);
	free(subject->argv);
	subject->argv = xcalloc(first + count + 2, sizeof *subject->argv);
	for (size_t i = 0; i < first; i++)
		subject->argv[i] = xstrdup(before[i]);
	subject->argv[first] = xstrdup(subject->path);
	for (size_t i = 0; i < count; i++)
		subject->argv[first + 1 + i] = xstrdup(args[i]);
	subject->repeats = 1;
}

int bench_subject_take(struct bench_subject *subject, const char *name, const void *program, size_t size,
		       const struct bench_options *options, struct err *err)
{
	subject->directory = fs_tmpdir(err);
	if (!subject->directory)
		return -1;
	subject->path = xasprintf("%s/%s", subject->directory, name);
	if (fs_write(subject->path, program, size, 0755, err) != 0)
		return -1;
	hash_hex(program, size, subject->hash);
	subject->size_bytes = loaded_size(program, size);
	bench_subject_argv(subject, NULL, options->args);
	return 0;
}

int bench_subject_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	subject->kind = bench_kind_of(source);
	return subject->kind->build(subject, source, options, err);
}

int bench_source_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	size_t size;
	char *program;
	const char *slash;
	int status;

	subject->options = (struct build_options){.source = source,
						  .rustc_flags = options->rustc_flags,
						  .lines = true,
						  .progress = on_step,
						  .verbose = on_verbose,
						  .context = (void *)(uintptr_t)options};
	if (build_transpile(&subject->options, &subject->build, err) != 0 ||
	    build_compile(subject->build, &subject->options, BUILD_PLAIN, err) != 0)
		return -1;
	subject->tool = xstrdup(subject->build->rustc_version);
	program = fs_read(subject->build->program[BUILD_PLAIN], 0, &size, err);
	if (!program)
		return -1;
	slash = strrchr(subject->build->program[BUILD_PLAIN], '/');
	status = bench_subject_take(subject, slash + 1, program, size, options, err);
	free(program);
	return status;
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
