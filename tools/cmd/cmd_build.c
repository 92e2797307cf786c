#include "build.h"
#include "cmd.h"
#include "fs.h"
#include "output.h"
#include "pgo.h"
#include "source_map.h"
#include "strbuf.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `build` and `transpile`: the same steps, stopped at the program or at the text. */
struct build_command_options {
	bool instrument, entry_only, lines, no_memory, by_line, source_map, verbose;
	const char *output, *rustc_flags, *flag_file, *trace;
	/* transpile with a profile */
	bool explain, no_measure, again, no_pgo;
	const char *pgo_data, *hints, *allow;
	double budget, timeout;
};

#define FIELD(name) offsetof(struct build_command_options, name)
static const struct option_row build_rows[] = {
    {"instrument", 0, OPTION_FLAG, NULL, "count calls: the program leaves a raw file (RUCHY_PROF_FILE names it)", FIELD(instrument)},
    {"output", 'o', OPTION_TEXT, "PROGRAM", "where to put it (default: the source's name without suffix)", FIELD(output)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "more flags for rustc, in one argument; they win over the defaults", FIELD(rustc_flags)},
    {"flags-file", 0, OPTION_TEXT, "FILE", "flags that suit this program (default: F.ruchy.flags if it is there; none: no file)",
     FIELD(flag_file)},
    {"entry-counters", 0, OPTION_FLAG, NULL, "count every call at the callee's entry (slower, simplest code)", FIELD(entry_only)},
    {"no-memory", 0, OPTION_FLAG, NULL, "leave the allocator alone: allocations are not counted", FIELD(no_memory)},
    {"allocation-lines", 0, OPTION_FLAG, NULL, "with --instrument: count allocations by line too, and how long blocks live (slower)",
     FIELD(by_line)},
    {"lines", 0, OPTION_FLAG, NULL, "with --instrument: count the executions of every line, not only of those whose count the calls tell",
     FIELD(lines)},
    {"trace-calls", 0, OPTION_TEXT, "NAME", "trace the calls of this function, in place of counting (* stands for all)", FIELD(trace)},
    {"verbose", 'v', OPTION_FLAG, NULL, "show every step, its time and the exact commands", FIELD(verbose)},
    {0},
};
static const struct option_row transpile_rows[] = {
    {"instrument", 0, OPTION_FLAG, NULL, "write the counters into the Rust text", FIELD(instrument)},
    {"output", 'o', OPTION_TEXT, "F.rs", "where to write it (default: standard output); with counters, F.rs.map beside it", FIELD(output)},
    {"source-map", 0, OPTION_FLAG, NULL, "write the source map F.rs.map beside F.rs without counters too", FIELD(source_map)},
    {"entry-counters", 0, OPTION_FLAG, NULL, "count every call at the callee's entry (slower, simplest code)", FIELD(entry_only)},
    {"no-memory", 0, OPTION_FLAG, NULL, "leave the allocator alone: allocations are not counted", FIELD(no_memory)},
    {"allocation-lines", 0, OPTION_FLAG, NULL, "with --instrument: count allocations by line too, and how long blocks live (slower)",
     FIELD(by_line)},
    {"lines", 0, OPTION_FLAG, NULL, "with --instrument: count the executions of every line, not only of those whose count the calls tell",
     FIELD(lines)},
    {"pgo-data", 0, OPTION_TEXT, "FILE",
     "optimise by this profile of `pgo collect` (default: F.pgo.data beside the source, if it is there)", FIELD(pgo_data)},
    {"no-pgo", 0, OPTION_FLAG, NULL, "do not look for F.pgo.data", FIELD(no_pgo)},
    {"explain", 0, OPTION_FLAG, NULL, "with a profile: list all hints, what became of each and why", FIELD(explain)},
    {"hints", 0, OPTION_TEXT, "LIST", "with a profile: only these kinds of hint, separated by commas", FIELD(hints)},
    {"allow", 0, OPTION_TEXT, "LIST", "with a profile: also hints that change more than the time (memoize, hasher, native, panic-abort)",
     FIELD(allow)},
    {"budget", 0, OPTION_SECONDS, "S", "with a profile: time for measuring (default 60s)", FIELD(budget)},
    {"timeout", 0, OPTION_SECONDS, "S", "with a profile: stop a run that takes longer", FIELD(timeout)},
    {"no-measure", 0, OPTION_FLAG, NULL, "with a profile: apply what is never harmful and nothing else", FIELD(no_measure)},
    {"again", 0, OPTION_FLAG, NULL, "with a profile: measure, though decisions are kept in it", FIELD(again)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "with a profile: the flags that the program will be built with", FIELD(rustc_flags)},
    {"verbose", 'v', OPTION_FLAG, NULL, "show every step and its time, and what is left alone and why", FIELD(verbose)},
    {0},
};

static void on_verbose(void *context, const char *step, double seconds, const char *command)
{
	(void)context;
	term_step(step, seconds, command);
}

static void tell_skips(const struct build *build)
{
	for (size_t i = 0; i < build->hook->skip_count; i++)
		fprintf(stderr, "left alone: %s:%u: %s\n", build->rust_path, build->hook->skips[i].rust_line, build->hook->skips[i].reason);
}

static struct build_options build_options_of(const struct build_command_options *o, const char *source)
{
	return (struct build_options){
	    .source = source,
	    .rustc_flags = o->rustc_flags,
	    .flag_file = o->flag_file,
	    .delivered = !o->instrument && !o->trace,
	    .entry_only = o->entry_only,
	    .no_memory = o->no_memory,
	    .lines = o->lines,
	    .by_line = o->by_line,
	    .verbose = o->verbose ? on_verbose : NULL,
	};
}

/* "dir/fibonacci.ruchy" -> "fibonacci", in the working directory as rustc does it. */
static char *default_program(const char *source)
{
	const char *base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
	const char *dot = strrchr(base, '.');

	return dot && dot != base ? xasprintf("./%.*s", (int)(dot - base), base) : xasprintf("./%s.out", base);
}

static int run_build(const struct command *command, int argc, char **argv, struct err *err)
{
	struct build_command_options o = {0};
	struct operands operands;
	struct build_options b;
	struct build *build = NULL;
	enum build_kind kind;
	const char *source;
	char *program;
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	source = operand_single(command, &operands, "source", err);
	if (!source)
		return -1;
	kind = o.trace ? BUILD_TRACED : o.instrument ? BUILD_INSTRUMENTED : BUILD_PLAIN;
	b = build_options_of(&o, source);
	program = o.output ? xstrdup(o.output) : default_program(source);
	status = output_check_file("--output", program, &source, 1, err);
	if (status == 0)
		status = build_transpile(&b, &build, err);
	if (status == 0)
		status = o.trace ? build_compile_traced(build, &b, &o.trace, 1, err) : build_compile(build, &b, kind, err);
	if (status == 0 && o.verbose)
		tell_skips(build);
	if (status == 0)
		status = fs_copy(build->program[kind], program, 0777, err);
	free(program);
	build_free(build);
	return status;
}

static bool to_file(const char *output)
{
	return output && strcmp(output, "-") != 0;
}

/* A Rust text of the user's own has no other lines than its own: no map. */
static const char *map_of(const struct build_command_options *o, const struct build *build, size_t *size)
{
	*size = o->instrument ? build->hook->edited_map_json_size : build->hook->map_json_size;
	return o->instrument ? build->hook->edited_map_json : build->hook->map_json;
}

static int write_map(const struct build_command_options *o, const struct build *build, const char *path, struct err *err)
{
	size_t size;
	const char *json = map_of(o, build, &size);
	char *text;
	int status;

	if (!json && !o->source_map)
		return 0;
	if (!json)
		return err_usage(err, build->source, "leave out --source-map", "a Rust text has no Ruchy lines to map to");
	text = source_map_place(json, size, o->output, build->source, err);
	status = text ? fs_write(path, text, strlen(text), 0666, err) : -1;
	free(text);
	return status;
}

static int write_transpiled(const struct build_command_options *o, const struct build *build, const char *map, struct err *err)
{
	/* The map first: whoever sees the new text finds its map. */
	if (map && write_map(o, build, map, err) != 0)
		return -1;
	return o->instrument ? output_bytes(o->output, build->hook->rust, build->hook->rust_size, 0666, err)
			     : output_bytes(o->output, build->rust, build->rust_size, 0666, err);
}

static void on_step(void *context, const char *step)
{
	term_progress("%s: %s", (const char *)context, step);
}

/* An explicit profile, or the one beside the source when no counters are wanted. Caller frees; NULL: none. */
static char *profile_for(const struct build_command_options *o, const char *source)
{
	if (o->pgo_data)
		return xstrdup(o->pgo_data);
	return o->instrument || o->no_pgo || o->source_map ? NULL : pgo_data_beside(source, true);
}

static int transpile_optimised(const struct build_command_options *o, const char *source, const char *data, struct err *err)
{
	struct pgo_transpile_options p = {.source = source,
					  .data = data,
					  .output = o->output,
					  .rustc_flags = o->rustc_flags,
					  .explain = o->explain,
					  .verbose = o->verbose,
					  .again = o->again,
					  .select = {.choice = {.hints = o->hints, .allow = o->allow},
						     .budget_seconds = o->budget,
						     .timeout_seconds = o->timeout,
						     .no_measure = o->no_measure,
						     .progress = on_step,
						     .context = (void *)source}};
	const char *inputs[] = {source, data};

	if (o->instrument)
		return err_usage(err, "--instrument", "leave out one of the two", "counters are not put into an optimised text");
	if (o->source_map)
		return err_usage(err, "--source-map", NULL, "there is no source map of an optimised text");
	if (pgo_check_options(&p.select.choice, err) < 0)
		return -1;
	if (to_file(o->output) && output_check_file("--output", o->output, inputs, 2, err) != 0)
		return -1;
	return pgo_transpile(&p, err);
}

/* Options that are of use with a profile alone. */
static int check_without_profile(const struct build_command_options *o, struct err *err)
{
	const char *lost = o->explain	   ? "--explain"
			   : o->hints	   ? "--hints"
			   : o->allow	   ? "--allow"
			   : o->no_measure ? "--no-measure"
			   : o->again	   ? "--again"
					   : NULL;

	if (!lost)
		return 0;
	return err_usage(err, lost, "say --pgo-data FILE; `ruchy-prof pgo collect F.ruchy` writes it", "this option needs a profile");
}

static int run_transpile(const struct command *command, int argc, char **argv, struct err *err)
{
	struct build_command_options o = {.budget = 60};
	struct operands operands;
	struct build_options b;
	struct build *build = NULL;
	const char *source;
	char *map;
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	source = operand_single(command, &operands, "source", err);
	if (!source)
		return -1;
	char *data = profile_for(&o, source);

	if (data) {
		status = transpile_optimised(&o, source, data, err);
		free(data);
		return status;
	}
	if (check_without_profile(&o, err) < 0)
		return -1;
	if (o.source_map && !to_file(o.output))
		return err_usage(err, source, "say where with --output F.rs", "the source map is written beside a file");
	b = build_options_of(&o, source);
	b.text_only = true;
	map = to_file(o.output) && (o.source_map || o.instrument) ? xasprintf("%s.map", o.output) : NULL;
	if (to_file(o.output))
		status = output_check_file("--output", o.output, &source, 1, err);
	if (status == 0)
		status = output_check_file("--output", map, &source, 1, err);
	if (status == 0)
		status = build_transpile(&b, &build, err);
	if (status == 0 && o.verbose)
		tell_skips(build);
	if (status == 0)
		status = write_transpiled(&o, build, map, err);
	free(map);
	build_free(build);
	return status;
}

const struct command cmd_build = {
    .name = "build",
    .summary = "compile a Ruchy program, with or without counters",
    .usage = "build F.ruchy [--instrument] [--output PROGRAM]",
    .about = "An instrumented program is run like any other. It leaves its counts in the file that RUCHY_PROF_FILE names (%p is the "
	     "process id,\n"
	     "%n a number that makes the name unique; default ruchy-prof.%p.raw in the working directory), for `ruchy-prof report`.\n"
	     "Panics and backtraces in Ruchy lines and names: RUST_BACKTRACE=1 ./program 2>&1 | ruchy-prof symbolize F.ruchy",
    .options = build_rows,
    .run = run_build,
};

const struct command cmd_transpile = {
    .name = "transpile",
    .summary = "print the Rust of a Ruchy program, with or without counters",
    .usage = "transpile F.ruchy [--instrument] [--source-map] [--output F.rs]\ntranspile F.ruchy --pgo-data FILE [--output optimized.rs]",
    .about =
	"Compile instrumented text with: rustc -L native=DIRECTORY-OF-librprof.a F.rs\n"
	"What rustc says of it, and what panics and backtraces of the program say, `ruchy-prof symbolize F.rs.map` puts into .ruchy lines.",
    .options = transpile_rows,
    .run = run_transpile,
};
