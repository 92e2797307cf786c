#include "bench.h"
#include "collect.h"
#include "fs.h"
#include "hash.h"
#include "shellquote.h"
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
	term_progress_clear();
	fprintf(stderr, "%-28s %8.1f ms\n", step, seconds * 1e3);
	if (command)
		fprintf(stderr, "    %s\n", command);
}

/* What is loaded of it: with debug information, the size would depend on the length of paths. 0: no ELF file. */
static uint64_t loaded_size(const char *path)
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
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return sum;
}

static void set_argv(struct bench_subject *subject, const struct bench_options *options)
{
	size_t count = 0;

	while (options->args[count])
		count++;
	subject->argv = xcalloc(count + 2, sizeof *subject->argv);
	subject->argv[0] = xstrdup(subject->path);
	for (size_t i = 0; i < count; i++)
		subject->argv[i + 1] = xstrdup(options->args[i]);
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
	subject->size_bytes = loaded_size(subject->path);
	set_argv(subject, options);
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
	size_t size;
	char *program;
	int status;

	if (link(from, to) == 0)
		return 0;
	program = fs_read(from, 0, &size, err);
	status = program ? fs_write(to, program, size, 0755, err) : -1;
	free(program);
	return status;
}

int bench_subject_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
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
	profile_free(subject->profile);
	build_free(subject->build);
	*subject = (struct bench_subject){0};
}

int bench_subject_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
			struct err *err)
{
	struct collect_options c = {
	    .args = options->args, .iterations = 2, .timeout_seconds = options->timeout, .reference = sampled, .input = input};
	struct collect_result result;

	if (build_compile(subject->build, &subject->options, BUILD_INSTRUMENTED, err) != 0)
		return -1;
	term_progress("counting %s", options->source);
	profile_free(subject->profile);
	subject->profile = NULL;
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

/* ---- compile times ------------------------------------------------------------------------------------------------------------- */

/* The commands of one subject, with outputs of their own. */
struct compiling {
	char **rustc;
	char *transpile[6];
	char *owned[3];
};

static void compiling_free(struct compiling *c)
{
	shellquote_free(c->rustc);
	for (size_t i = 0; i < 3; i++)
		free(c->owned[i]);
}

static int compiling_of(struct compiling *c, const struct bench_subject *subject, const char *ruchy, struct err *err)
{
	size_t count;
	const char *source = subject->build->source;

	c->rustc = shellquote_split(subject->build->command[BUILD_PLAIN], &count, err);
	if (!c->rustc || count < 3)
		return -1;
	free(c->rustc[count - 2]);
	c->rustc[count - 2] = xasprintf("%s/compiled", subject->directory);
	if (!ruchy || *subject->build->ruchy_version == '\0')
		return 0;
	c->owned[0] = xasprintf("%s%s", *source == '-' ? "./" : "", source);
	c->owned[1] = xasprintf("%s/transpiled.rs", subject->directory);
	c->owned[2] = xstrdup(ruchy);
	c->transpile[0] = c->owned[2];
	c->transpile[1] = (char *)"transpile";
	c->transpile[2] = c->owned[0];
	c->transpile[3] = (char *)"-o";
	c->transpile[4] = c->owned[1];
	return 0;
}

static void on_compile(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	(void)context;
	(void)warmup;
	(void)seconds;
	term_progress("timing the compiler, round %llu: %s", (unsigned long long)round + 1, entrant->name);
}

static int compile_rounds(struct bench_subject *subjects, size_t count, struct compiling *commands, double seconds, struct err *err)
{
	struct race_entrant *entrants = xcalloc(2 * count, sizeof *entrants);
	struct race_options options = {.max_seconds = seconds, .max_rounds = 30, .progress = on_compile, .seed = 1};
	struct race_result result;
	size_t used = 0;
	int status;

	for (size_t i = 0; i < count; i++)
		entrants[used++] = (struct race_entrant){.name = "rustc", .argv = commands[i].rustc};
	for (size_t i = 0; i < count; i++) {
		if (commands[i].transpile[0])
			entrants[used++] = (struct race_entrant){.name = "ruchy", .argv = commands[i].transpile};
	}
	status = race(entrants, used, &options, &result, err);
	used = count;
	for (size_t i = 0; status == 0 && !result.failed && i < count; i++) {
		subjects[i].builds = entrants[i].count;
		subjects[i].rustc_ns = race_figures(&entrants[i], RACE_WALL);
		if (commands[i].transpile[0])
			subjects[i].transpile_ns = race_figures(&entrants[used++], RACE_WALL);
	}
	race_free(entrants, 2 * count);
	free(entrants);
	return status;
}

int bench_subjects_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err)
{
	struct compiling *commands = xcalloc(count, sizeof *commands);
	char *ruchy = NULL;
	int status = build_find_ruchy(&ruchy, err) < 0 ? -1 : 0;

	for (size_t i = 0; status == 0 && i < count; i++)
		status = compiling_of(&commands[i], &subjects[i], ruchy, err);
	if (status == 0)
		status = compile_rounds(subjects, count, commands, seconds, err);
	for (size_t i = 0; i < count; i++)
		compiling_free(&commands[i]);
	free(commands);
	free(ruchy);
	return status;
}
