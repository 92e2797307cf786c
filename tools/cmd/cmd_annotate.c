#include "cmd.h"
#include "input.h"
#include "output.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

struct annotate_options {
	struct output_options output;
	uint64_t iterations;
};

#define FIELD(name) offsetof(struct annotate_options, name)
static const struct option_row options[] = {
    {"function", 0, OPTION_TEXT, "NAME", "only the lines of this function", FIELD(output.function)},
    {"source", 0, OPTION_TEXT, "FILE", "where the source is now, if not where it was profiled", FIELD(output.source)},
    {"output", 'o', OPTION_TEXT, "FILE", "write to FILE (- is standard output)", FIELD(output.path)},
    {"color", 0, OPTION_TEXT, "WHEN", "auto, always or never", FIELD(output.color)},
    {"iterations", 'n', OPTION_COUNT, "N", "of a program: run it N times (default 10)", FIELD(iterations)},
    {"verbose", 'v', OPTION_FLAG, NULL, "say what made the profile", FIELD(output.verbose)},
    {0},
};

static bool is_program(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (strcmp(dot, ".ruchy") == 0 || strcmp(dot, ".rs") == 0);
}

/* `annotate F.ruchy` is `profile --binary F.ruchy --lines --format annotate`. */
static int profile_first(const struct annotate_options *o, const struct operands *operands, struct err *err)
{
	char *iterations = xasprintf("--iterations=%llu", (unsigned long long)o->iterations);
	char *function = o->output.function ? xasprintf("--function=%s", o->output.function) : NULL;
	char *path = o->output.path ? xasprintf("--output=%s", o->output.path) : NULL;
	char *color = o->output.color ? xasprintf("--color=%s", o->output.color) : NULL;
	char **argv = xcalloc((size_t)operands->arg_count + 16, sizeof *argv);
	char *const fixed[] = {"profile", "--binary", "--lines", "--format=annotate", iterations};
	char *const maybe[] = {function, path, color, o->output.verbose ? "--verbose" : NULL};
	int argc = 0, status;

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		argv[argc++] = fixed[i];
	for (size_t i = 0; i < sizeof maybe / sizeof *maybe; i++)
		if (maybe[i])
			argv[argc++] = maybe[i];
	argv[argc++] = operands->files[0];
	argv[argc++] = "--";
	for (int i = 0; i < operands->arg_count; i++)
		argv[argc++] = operands->args[i];
	status = cmd_profile.run(&cmd_profile, argc, argv, err);
	free(argv);
	free(iterations);
	free(function);
	free(path);
	free(color);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct annotate_options o = {.iterations = 10};
	struct operands operands;
	struct profile *profile;
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	o.output.format = "annotate";
	if (operands.file_count == 1 && is_program(operands.files[0]))
		return profile_first(&o, &operands, err);
	if (output_check(&o.output, (const char *const *)operands.files, (size_t)operands.file_count, err) != 0)
		return -1;
	profile = input_sum(command, &operands, err);
	status = profile ? output_report(profile, &o.output, false, err) : -1;
	profile_free(profile);
	return status;
}

const struct command cmd_annotate = {
    .name = "annotate",
    .summary = "print the source with counts, times and allocations in the margin",
    .usage = "annotate PROFILE.data|RAW-FILE... [--function NAME] [--source FILE]\nannotate F.ruchy [--function NAME] [-- ARGS...]",
    .about = "The source is looked for where it was when it was profiled, and compared with the hash in the profile. A program is profiled "
	     "first, with --lines.",
    .options = options,
    .run = run,
};
