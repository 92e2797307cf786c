/* bench_compile.c - what compiling takes: the commands of the builds, in turn, with outputs of their own. */
#include "bench.h"
#include "collect.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <stdlib.h>

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
	/* Rust out of a store has been moved since. */
	if (*subject->build->ruchy_version == '\0') {
		free(c->rustc[count - 1]);
		c->rustc[count - 1] = xasprintf("%s%s", *source == '-' ? "./" : "", source);
	}
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
	if (status == 0 && result.failed)
		status = err_set(err, subjects[0].build->source, NULL, "%s failed where it is timed, with %s", result.failed->name,
				 status_text(result.failed->failed_status));
	used = count;
	for (size_t i = 0; status == 0 && i < count; i++) {
		subjects[i].builds = entrants[i].count;
		subjects[i].rustc_ns = race_figures(&entrants[i], RACE_WALL);
		if (commands[i].transpile[0])
			subjects[i].transpile_ns = race_figures(&entrants[used++], RACE_WALL);
	}
	race_free(entrants, 2 * count);
	free(entrants);
	return status;
}

int bench_source_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err)
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

int bench_subjects_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err)
{
	const struct bench_kind *kind = subjects[0].kind;

	return kind && kind->compile ? kind->compile(subjects, count, seconds, err) : 0;
}
