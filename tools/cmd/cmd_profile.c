#include "build.h"
#include "cargo.h"
#include "cmd.h"
#include "collect.h"
#include "collect_arguments.h"
#include "compare_languages.h"
#include "export_select.h"
#include "output.h"
#include "source_text.h"
#include "strbuf.h"
#include "term.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIELD(name) offsetof(struct profile_options, name)
static const struct option_row options[] = {
    {"binary", 'b', OPTION_FLAG, NULL, "profile the compiled program (the only kind there is here)", FIELD(binary)},
    {"iterations", 'n', OPTION_COUNT, "N", "run the program N times (default 10)", FIELD(iterations)},
    OUTPUT_OPTION_ROWS(struct profile_options, output),
    {"bin", 0, OPTION_TEXT, "NAME", "of a cargo project: which of its programs", FIELD(bin)},
    {"data", 'd', OPTION_TEXT, "FILE", "also write the profile itself, for `ruchy-prof report`", FIELD(data)},
    {"source-map", 0, OPTION_FLAG, NULL, "show where each function went in the generated Rust", FIELD(source_map)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "more flags for rustc, in one argument; they win over the defaults", FIELD(rustc_flags)},
    {"no-reference", 0, OPTION_FLAG, NULL, "skip the plain build: times then come from the clock alone", FIELD(no_reference)},
    {"entry-counters", 0, OPTION_FLAG, NULL, "count every call at the callee's entry (slower, simplest code)", FIELD(entry_only)},
    {"no-memory", 0, OPTION_FLAG, NULL, "leave the allocator alone: allocations are not counted", FIELD(no_memory)},
    {"no-arguments", 0, OPTION_FLAG, NULL, "skip the run that counts the arguments of recursive functions, for memoization",
     FIELD(no_arguments)},
    {"lines", 0, OPTION_FLAG, NULL, "count the executions of every line, not only of those whose count the calls tell",
     FIELD(output.lines)},
    {"show-output", 0, OPTION_FLAG, NULL,
     "let the first run print; the others' output is dropped. Piped through `ruchy-prof symbolize F.ruchy`, panics are in Ruchy lines",
     FIELD(show_output)},
    {"ignore-failure", 'i', OPTION_FLAG, NULL, "go on when the program fails, and exit with 0", FIELD(ignore_failure)},
    {"no-source", 0, OPTION_FLAG, NULL, "do not keep the text of the source in the profile of --data", FIELD(no_source)},
    {"timeout", 0, OPTION_SECONDS, "S", "stop a run that takes longer (10, 0.5s, 2m)", FIELD(timeout)},
    {"trace-calls", 0, OPTION_FLAG, NULL, "show each call of --function as it happens; --format text, jsonl or chrome-trace",
     FIELD(trace_calls)},
    {"trace-first", 0, OPTION_COUNT, "N", "with --trace-calls: show the first N calls of each thread (default 100)", FIELD(trace.first)},
    {"trace-last", 0, OPTION_COUNT, "N", "and the last N (default 20)", FIELD(trace.last)},
    {"trace-slowest", 0, OPTION_COUNT, "N", "and the slowest N (default 10)", FIELD(trace.slowest)},
    {"trace-depth", 0, OPTION_COUNT, "N", "only calls that are at most N deep", FIELD(trace.depth)},
    {"trace-min-time", 0, OPTION_SECONDS, "S", "only calls that take at least S (2ms, 10us)", FIELD(trace.min_seconds)},
    {"compare", 0, OPTION_FLAG, NULL, "compare the programs given, in any languages: time, size, memory, start-up", FIELD(compare)},
    {"baseline-langs", 0, OPTION_TEXT, "LANGS",
     "with --compare: also with programs of the same name in these languages, such as rust,python,go,c,cpp,julia,node",
     FIELD(baseline_langs)},
    {"compare-to", 0, OPTION_TEXT, "LANG", "with --compare: the baseline is this one (default: the fastest)", FIELD(compare_to)},
    {"runs", 0, OPTION_COUNT, "N", "the same as --iterations", FIELD(iterations)},
    {"warmup", 0, OPTION_NUMBER, "N", "with --compare: run each N times more before (the run that checks the output is one already)",
     FIELD(warmup)},
    {"max-time", 0, OPTION_SECONDS, "S", "with --compare: begin no more runs after S, however many are wanted", FIELD(max_time)},
    {"margin", 0, OPTION_PERCENT, "P", "with --compare: times that differ by less than P percent match (default 5%)", FIELD(margin)},
    {0},
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct narrator {
	bool verbose, show_output;
	const char *source;
	/* for the run that counts arguments */
	const struct build_options *build_options;
	struct build *build;
	char **args;
	const struct cargo_project *project; /* NULL: one file */
};

static void on_step(void *context, const char *step)
{
	struct narrator *narrator = context;

	term_progress("%s %s", step, narrator->source);
}

static void on_run(void *context, const char *step, uint64_t done, uint64_t of)
{
	struct narrator *narrator = context;

	if (narrator->show_output && done == 0 && strcmp(step, "running") == 0) {
		term_progress_clear(); /* the program has the terminal */
		return;
	}
	term_progress("%s %s: %" PRIu64 " of %" PRIu64, step, narrator->source, done + 1, of);
}

static void on_tick(void *context)
{
	(void)context;
	term_progress_tick();
}

static double on_more(void *context, struct profile *profile, struct subprocess_stdin *input)
{
	struct narrator *narrator = context;

	term_progress("counting arguments %s", narrator->source);
	return collect_arguments(narrator->build, narrator->build_options, narrator->args, input, profile);
}

static void on_verbose(void *context, const char *step, double seconds, const char *command)
{
	struct narrator *narrator = context;

	if (!narrator->verbose)
		return;
	term_step(step, seconds, command);
}

static void tell_collected(const struct narrator *narrator, const struct build *build, const struct collect_result *result,
			   const struct profile *profile, double seconds)
{
	if (!narrator->verbose)
		return;
	fprintf(stderr, "%-28s %8.1f ms, of which %.1f ms beside the runs\n", "running", seconds * 1e3,
		(seconds - result->run_seconds) * 1e3);
	if (narrator->project)
		return;
	if (build->fell_back)
		fprintf(stderr, "note: the full counting scheme did not compile here; calls are counted at each function's entry\n");
	if (*result->sample_problem)
		fprintf(stderr, "note: no samples: %s\n", result->sample_problem);
	for (size_t i = 0; i < profile->skip_count; i++)
		fprintf(stderr, "left alone: %s:%u: %s\n", build->rust_path, profile->skips[i].rust_line, profile->skips[i].reason);
}

static int program_failed(const struct profile_options *o, const struct build *build, const struct collect_result *result, struct err *err)
{
	if (result->interrupted)
		return 128 + SIGINT;
	if (result->timed_out)
		return err_set(err, build->source, "the report covers what ran; give --timeout more", "the program was stopped after %g s",
			       o->timeout);
	if (result->failures && !o->ignore_failure)
		return err_set(err, build->source,
			       o->show_output ? "the report covers what ran; --ignore-failure goes on over failing runs"
					      : "the report covers what ran; --show-output shows what it printed, --ignore-failure goes on",
			       "the program failed with %s", status_text(result->failed_status));
	return 0;
}

/* A misspelt --function is told before the runs, not after them. */
static int check_function(const struct build *build, const char *name, uint32_t *found, struct err *err)
{
	struct profile *names = profile_new();
	struct report *report;
	int status;

	names->fn_count = build->hook->function_count;
	names->fns = xcalloc(names->fn_count + 1, sizeof *names->fns);
	for (size_t i = 0; i < names->fn_count; i++) {
		const struct rhook_function *fn = &build->hook->functions[i];

		names->fns[i] = (struct profile_fn){.name = xstrdup(fn->name), .from = fn->from, .to = fn->to};
		names->fns[i].kind = fn->kind == 'i' ? PROFILE_INLINED : fn->kind == 's' ? PROFILE_SKIPPED : PROFILE_FN;
	}
	report = report_new(names);
	status = export_select_function(report, name, found, err);
	report_free(report);
	profile_free(names);
	return status;
}

static int build_all(const struct build_options *b, bool reference, const char *function, struct build **build, struct err *err)
{
	uint32_t found;

	if (build_transpile(b, build, err) != 0 || (function && check_function(*build, function, &found, err) != 0))
		return -1;
	if (reference && build_compile(*build, b, BUILD_PLAIN, err) != 0)
		return -1;
	return build_compile(*build, b, BUILD_INSTRUMENTED, err);
}

static struct collect_options collect_options_of(const struct profile_options *o, char **args, struct narrator *narrator)
{
	return (struct collect_options){.args = args,
					.iterations = o->iterations,
					.timeout_seconds = o->timeout,
					.show_output = o->show_output,
					.reference = !o->no_reference,
					.ignore_failure = o->ignore_failure,
					.progress = on_run,
					.tick = on_tick,
					.context = narrator};
}

static int profile_source(const struct profile_options *o, const char *source, char **args, struct err *err)
{
	struct narrator narrator = {.verbose = o->output.verbose, .show_output = o->show_output, .source = source};
	struct build_options b = {.source = source,
				  .rustc_flags = o->rustc_flags,
				  .entry_only = o->entry_only,
				  .no_memory = o->no_memory,
				  .lines = o->output.lines,
				  .progress = on_step,
				  .verbose = on_verbose,
				  .context = &narrator};
	struct collect_options c = collect_options_of(o, args, &narrator);
	struct build *build = NULL;
	struct profile *profile = NULL;
	struct collect_result result;
	double start;
	int status = -1;

	c.more = o->no_arguments ? NULL : on_more;
	if (build_all(&b, c.reference, o->output.function, &build, err) == 0) {
		start = now_seconds();
		narrator.build_options = &b;
		narrator.build = build;
		narrator.args = args;
		status = collect(build, &c, &profile, &result, err);
		term_progress_clear();
		if (status == 0)
			tell_collected(&narrator, build, &result, profile, now_seconds() - start);
	}
	term_progress_clear();
	if (status == 0 && !o->no_source)
		sources_keep(profile);
	if (status == 0)
		status = output_report(profile, &o->output, o->source_map, err);
	if (status == 0 && o->data)
		status = profile_write(profile, o->data, err);
	if (status == 0)
		status = program_failed(o, build, &result, err);
	profile_free(profile);
	build_free(build);
	return status;
}

/* --- --trace-calls -------------------------------------------------------------------------------------------------------------------- */

static int trace_failed(const struct profile_options *o, const struct trace_run *run, const char *source, struct err *err)
{
	if (run->interrupted)
		return 128 + SIGINT;
	if (run->timed_out)
		return err_set(err, source, "the trace covers what ran; give --timeout more", "the program was stopped after %g s",
			       o->timeout);
	if (run->status && !o->ignore_failure)
		return err_set(err, source, "the trace covers what ran", "the program failed with %s", status_text(run->status));
	return 0;
}

static int trace_built(const struct profile_options *o, const struct build *build, uint32_t fn, char **args,
		       const struct trace_format *format, struct err *err)
{
	struct output_look look = output_look(o->output.path, o->output.color);
	struct trace_run run = {.args = args,
				.limits = o->trace,
				.function = &build->hook->functions[fn],
				.timeout_seconds = o->timeout,
				.show_output = o->show_output,
				.reference = !o->no_reference,
				.format = format,
				.path = output_is_stdout(o->output.path) ? NULL : o->output.path,
				.options = {.color = look.color, .ascii = look.ascii, .width = look.width, .source = build->source}};
	int status;

	term_progress_clear();
	status = trace_run(build, &run, err);
	return status == 0 ? trace_failed(o, &run, build->source, err) : status;
}

static int trace_source(const struct profile_options *o, const char *source, char **args, const struct trace_format *format,
			struct err *err)
{
	struct narrator narrator = {.verbose = o->output.verbose, .source = source};
	struct build_options b = {
	    .source = source, .rustc_flags = o->rustc_flags, .progress = on_step, .verbose = on_verbose, .context = &narrator};
	struct build *build = NULL;
	uint32_t found = 0;
	int status = build_transpile(&b, &build, err);

	const char *name = "*"; /* all of them */

	if (status == 0 && strcmp(o->output.function, "*") != 0) {
		status = check_function(build, o->output.function, &found, err);
		name = status == 0 ? build->hook->functions[found].name : NULL;
	}
	if (status == 0 && !o->no_reference)
		status = build_compile(build, &b, BUILD_PLAIN, err);
	if (status == 0)
		status = build_compile_traced(build, &b, &name, 1, err);
	if (status == 0)
		status = trace_built(o, build, found, args, format, err);
	build_free(build);
	return status;
}

static int run_trace(const struct profile_options *o, const char *source, char **args, struct err *err)
{
	const struct trace_format *format = trace_format_choose(o->output.format, o->output.path, err);

	if (!format)
		return -1;
	if (!o->output.function)
		return err_usage(err, source, "name the function to trace: --function NAME", "--trace-calls is about one function");
	if (o->output.path && strcmp(o->output.path, "-") != 0 && output_check_file("--output", o->output.path, &source, 1, err) != 0)
		return -1;
	return trace_source(o, source, args, format, err);
}

/* --- a cargo project: several files in several crates, built by cargo --------------------------------------------------------------- */

static void on_samples(void *context, struct sampler *sampler, struct profile *profile, struct err *err)
{
	struct narrator *narrator = context;

	cargo_attribute(narrator->project, sampler, profile, err);
}

/* The instrumented build first: its messages know the lines of the .ruchy files. */
static int build_programs(const struct cargo_project *project, const struct cargo_options *options, const struct profile_options *o,
			  struct build *build, char **name, struct err *err)
{
	char *plain_name = NULL;
	int status;

	term_progress("compiling (instrumented) %s", build->source);
	status = cargo_build(project, options, BUILD_INSTRUMENTED, o->bin, &build->program[BUILD_INSTRUMENTED], name, err);
	if (status == 0 && !o->no_reference) {
		term_progress("compiling (plain) %s", build->source);
		status = cargo_build(project, options, BUILD_PLAIN, o->bin, &build->program[BUILD_PLAIN], &plain_name, err);
	}
	free(plain_name);
	return status;
}

static int report_project(const struct profile_options *o, const struct cargo_project *project, const char *name, struct profile *profile,
			  struct err *err)
{
	cargo_name_files(project, profile);
	free(profile->program);
	profile->program = xstrdup(name);
	if (!o->no_source)
		sources_keep(profile);
	if (output_report(profile, &o->output, o->source_map, err) != 0)
		return -1;
	return o->data ? profile_write(profile, o->data, err) : 0;
}

static int profile_project(const struct profile_options *o, char *manifest, char **args, struct err *err)
{
	struct cargo_project project = {0};
	struct cargo_options options = {.manifest = manifest,
					.profile = "release",
					.lines = o->output.lines,
					.entry_only = o->entry_only,
					.verbose = o->output.verbose};
	struct narrator narrator = {.verbose = o->output.verbose, .source = manifest, .project = &project};
	struct collect_options c = collect_options_of(o, args, &narrator);
	struct build build = {.source = manifest, .rustc_flags = (char *)"cargo build --release"};
	struct profile *profile = NULL;
	struct collect_result result;
	double start;
	char *name = NULL;
	int status = -1;

	c.attribute = on_samples;
	if (cargo_project_open(&project, &options, err) == 0 && build_programs(&project, &options, o, &build, &name, err) == 0) {
		start = now_seconds();
		status = collect(&build, &c, &profile, &result, err);
		term_progress_clear();
		if (status == 0)
			tell_collected(&narrator, &build, &result, profile, now_seconds() - start);
	}
	term_progress_clear();
	if (status == 0)
		status = report_project(o, &project, name, profile, err);
	if (status == 0)
		status = program_failed(o, &build, &result, err);
	profile_free(profile);
	free(build.program[BUILD_PLAIN]);
	free(build.program[BUILD_INSTRUMENTED]);
	free(name);
	cargo_project_close(&project);
	return status;
}

static bool is_project(const char *source)
{
	char *manifest = cargo_manifest(source);
	bool found = manifest != NULL;

	free(manifest);
	return found;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct profile_options o = {.iterations = 10, .margin = COMPARE_NO_MARGIN};
	struct operands operands;
	const char *source;
	char *manifest;
	int status, parsed = options_parse(command, argc, argv, &o, &operands, err);

	if (parsed != 0)
		return parsed < 0 ? -1 : 0;
	if (o.compare)
		return compare_languages(&o, &operands, err);
	if (compare_languages_strays(&o, err) != 0)
		return -1;
	source = operand_single(command, &operands, "program", err);
	if (!source)
		return -1;
	if (!o.binary)
		return err_usage(err, source, "say `ruchy-prof profile --binary`; the interpreter's profiler is `ruchydbg profile`",
				 "only compiled programs are profiled");
	if (o.trace_calls)
		return is_project(source) ? err_usage(err, source, "trace a single file", "the calls of a cargo project can't be traced")
					  : run_trace(&o, source, operands.args, err);
	if (output_check(&o.output, &source, 1, err) != 0 ||
	    output_check_file("--data", o.data, (const char *const[]){source, o.output.path}, 2, err) != 0)
		return -1;
	manifest = cargo_manifest(source);
	if (!manifest && o.bin)
		return err_usage(err, source, "give a directory with a Cargo.toml", "--bin is for cargo projects");
	status = manifest ? profile_project(&o, manifest, operands.args, err) : profile_source(&o, source, operands.args, err);
	free(manifest);
	return status;
}

const struct command cmd_profile = {
    .name = "profile",
    .summary = "run a compiled Ruchy program and report its functions: exact calls, time, hot spots",
    .usage = "profile --binary F.ruchy [OPTIONS] [-- ARGS...]\nprofile --binary CRATE [--bin NAME] [OPTIONS] [-- ARGS...]\nprofile "
	     "--compare F.ruchy G.rs H.py ... "
	     "[OPTIONS] [-- ARGS...]",
    .about = "Builds F.ruchy twice, plain and with counters, runs both in turn, and samples the plain build. Call counts are exact; times "
	     "are those of\n"
	     "the plain build. The program reads our standard input; what comes through a pipe is replayed to each run. Exit status: 0, 1 "
	     "when the\n"
	     "program or a tool failed (the report covers what ran), 2 for wrong usage, 130 when interrupted.",
    .options = options,
    .run = run,
};
