/* langs_build.c - from sources to what can be run: Ruchy and Rust by tools/build, others by their compilers, interpreters as they are. */
#include "fs.h"
#include "langs_internal.h"
#include "shellquote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What `cargo build --release` gives: optimised, without debugging information. */
#define RELEASE "-C debuginfo=0 -C strip=debuginfo"

/* What ruchy 4.2.1 makes of the empty program, for where there is no ruchy. */
#define RUCHY_EMPTY_TRANSPILED "fn main() {\n    return;\n}\n"

int lang_builds_open(struct lang_builds *builds, size_t count, struct err *err)
{
	*builds = (struct lang_builds){.count = 2 * count, .builds = xcalloc(2 * count + 1, sizeof(struct build *))};
	return build_foreign_open(&builds->foreign, err);
}

void lang_builds_close(struct lang_builds *builds)
{
	for (size_t i = 0; i < builds->count; i++)
		build_free(builds->builds[i]);
	free(builds->builds);
	build_foreign_close(builds->foreign);
	*builds = (struct lang_builds){0};
}

static void verbose(const struct lang_options *o, const struct lang_entrant *entrant, const char *what, double seconds, const char *command)
{
	char *step;

	if (!o->verbose)
		return;
	step = xasprintf("%s %s%s", what, entrant->label, seconds > 0 || !entrant->command ? "" : ": cached");
	o->verbose(o->context, step, seconds, command);
	free(step);
}

/* ---- Ruchy and Rust ----------------------------------------------------------------------------------------------------------- */

static struct build_options options_of(const struct lang_options *o, const char *source, char **flags)
{
	*flags = xasprintf(RELEASE "%s%s", o->rustc_flags ? " " : "", o->rustc_flags ? o->rustc_flags : "");
	return (struct build_options){.source = source, .rustc_flags = *flags, .no_memory = true, .no_hook = true};
}

static int build_rust(struct build **build, const struct lang_options *o, const char *source, struct err *err)
{
	char *flags;
	struct build_options b = options_of(o, source, &flags);
	int status = build_transpile(&b, build, err);

	if (status == 0)
		status = build_compile(*build, &b, BUILD_PLAIN, err);
	free(flags);
	return status;
}

/* ---- others --------------------------------------------------------------------------------------------------------------------- */

static bool depends(const struct lang *lang, const char *source)
{
	struct err ignored = {0};
	char *text = lang->depends ? fs_read(source, 0, NULL, &ignored) : NULL;
	bool found = false;

	for (size_t i = 0; text && lang->depends[i]; i++)
		found |= strstr(text, lang->depends[i]) != NULL;
	free(text);
	err_free(&ignored);
	return found;
}

static char *build_other(struct lang_builds *builds, const struct lang_entrant *entrant, const char *source, char **command,
			 double *seconds, struct err *err)
{
	const struct lang *lang = entrant->lang;
	const char *argv[LANG_WORDS] = {0}, *slash = strrchr(source, '/');
	char *path = realpath(source, NULL), *stem = build_stem(source), *identity = xasprintf("%s %s", entrant->tool, entrant->version);
	char *staged = xasprintf("main.%.*s", (int)strcspn(lang->suffixes, " "), lang->suffixes), *program = NULL;
	struct build_foreign_job job = {.source = path, .name = stem, .identity = identity, .depends = depends(lang, source)};

	for (size_t i = 0; lang->command[i]; i++)
		argv[i] = strcmp(lang->command[i], LANG_TOOL) == 0 ? entrant->tool : lang->command[i];
	job.argv = (char *const *)argv;
	if (lang->takes_name && !lang->takes_name(slash ? slash + 1 : source))
		job.staged_name = staged;
	if (path)
		program = build_foreign_compile(builds->foreign, &job, command, seconds, err);
	else
		err_set(err, source, NULL, "cannot read the file");
	free(path);
	free(stem);
	free(identity);
	free(staged);
	return program;
}

/* ---- to argv -------------------------------------------------------------------------------------------------------------------- */

/* `program` (given away) and the arguments. */
static char **run_compiled(char *program, char *const *args)
{
	size_t count = 0;
	char **argv;

	while (args && args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = xstrdup(args[i]);
	return argv;
}

static char **run_interpreted(const struct lang_entrant *entrant, const char *source, char *const *args)
{
	const struct lang *lang = entrant->lang;
	size_t words = 0, count = 0;
	char **argv;

	while (lang->command[words])
		words++;
	while (args && args[count])
		count++;
	argv = xcalloc(words + count + 1, sizeof *argv);
	for (size_t i = 0; i < words; i++) {
		const char *word = lang->command[i];

		if (strcmp(word, LANG_IN) == 0)
			argv[i] = *source == '-' ? xasprintf("./%s", source) : xstrdup(source);
		else
			argv[i] = xstrdup(strcmp(word, LANG_TOOL) == 0 ? entrant->tool : word);
	}
	for (size_t i = 0; i < count; i++)
		argv[words + i] = xstrdup(args[i]);
	return argv;
}

static char **make(struct lang_builds *builds, const struct lang_entrant *entrant, size_t slot, const char *source, char *const *args,
		   const struct lang_options *o, char **command, double *seconds, struct err *err)
{
	struct build *build = NULL;
	char *program;

	*command = NULL;
	*seconds = 0;
	switch (entrant->lang->kind) {
	case LANG_INTERPRETED:
		return run_interpreted(entrant, source, args);
	case LANG_COMPILED:
		program = build_other(builds, entrant, source, command, seconds, err);
		return program ? run_compiled(program, args) : NULL;
	case LANG_RUCHY:
	case LANG_RUST:
		if (build_rust(&build, o, source, err) != 0) {
			build_free(build);
			return NULL;
		}
		builds->builds[slot] = build;
		*command = build->command[BUILD_PLAIN] ? xstrdup(build->command[BUILD_PLAIN]) : NULL;
		*seconds = build->seconds[BUILD_PLAIN];
		return run_compiled(xstrdup(build->program[BUILD_PLAIN]), args);
	}
	return NULL;
}

/* The program that does nothing. Where it can't be made, start-up is not known: no error. */
static void build_empty(struct lang_builds *builds, struct lang_entrant *entrant, size_t index, const struct lang_options *o)
{
	char *name = xasprintf("empty.%.*s", (int)strcspn(entrant->lang->suffixes, " "), entrant->lang->suffixes), *command = NULL;
	struct err ignored = {0};
	char *path = build_foreign_text(builds->foreign, name, entrant->lang->empty, &ignored);
	double seconds;

	if (path)
		entrant->argv_empty = make(builds, entrant, 2 * index + 1, path, NULL, o, &command, &seconds, &ignored);
	if (!entrant->argv_empty && entrant->lang->kind == LANG_RUCHY) {
		err_free(&ignored);
		free(path);
		path = build_foreign_text(builds->foreign, "empty.rs", RUCHY_EMPTY_TRANSPILED, &ignored);
		if (path)
			entrant->argv_empty = make(builds, entrant, 2 * index + 1, path, NULL, o, &command, &seconds, &ignored);
	}
	if (!entrant->argv_empty)
		verbose(o, entrant, "no empty program in", 0, NULL);
	err_free(&ignored);
	free(command);
	free(path);
	free(name);
}

int lang_build(struct lang_builds *builds, struct lang_entrant *entrant, size_t index, const struct lang_options *o, struct err *err)
{
	bool interpreted = entrant->lang->kind == LANG_INTERPRETED;
	double seconds;
	struct stat st;

	if (o->progress)
		o->progress(o->context, interpreted ? "preparing" : "compiling", entrant->label);
	entrant->argv = make(builds, entrant, 2 * index, entrant->source, o->args, o, &entrant->command, &seconds, err);
	if (!entrant->argv)
		return -1;
	if (entrant->command) {
		verbose(o, entrant, "compile", seconds, entrant->command);
	} else {
		char *line = shellquote_join(entrant->argv);

		verbose(o, entrant, "run", 0, line);
		free(line);
	}
	entrant->size = stat(interpreted ? entrant->source : entrant->argv[0], &st) == 0 ? (uint64_t)st.st_size : 0;
	if (interpreted) {
		char *real = realpath(entrant->tool, NULL);

		lang_needs_add(&entrant->needs, real ? real : entrant->tool);
		free(real);
	}
	lang_needs_libraries(&entrant->needs, entrant->argv[0]);
	lang_needs_sum(&entrant->needs);
	if (!o->no_start)
		build_empty(builds, entrant, index, o);
	return 0;
}

/* ---- programs alone -------------------------------------------------------------------------------------------------------------- */

struct lang_programs {
	struct lang_builds builds;
};

struct lang_programs *lang_programs_build(const struct lang_options *o, struct lang_comparison *c, const bool *wanted, struct err *err)
{
	struct lang_programs *programs = xcalloc(1, sizeof *programs);

	if (lang_builds_open(&programs->builds, c->count, err) != 0) {
		lang_programs_free(programs);
		return NULL;
	}
	lang_find_tools(c);
	for (size_t i = 0; i < c->count; i++) {
		struct lang_entrant *entrant = &c->entrants[i];
		struct err why = {0};

		if (!wanted[i] || entrant->absent)
			continue;
		if (lang_build(&programs->builds, entrant, i, o, &why) != 0)
			entrant->absent = xasprintf("%s%s%s", why.what, *why.hint ? "; " : "", why.hint);
		err_free(&why);
	}
	return programs;
}

void lang_programs_free(struct lang_programs *programs)
{
	if (!programs)
		return;
	lang_builds_close(&programs->builds);
	free(programs);
}
