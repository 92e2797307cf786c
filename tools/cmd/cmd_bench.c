#include "bench_command.h"
#include "cargo.h"
#include "cmd.h"
#include "output.h"
#include "pgo_bench.h"
#include "strbuf.h"
#include "subprocess.h"
#include "term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIELD(name) offsetof(struct bench_command_options, name)
static const struct option_row options[] = {
    {"regression", 'r', OPTION_TEXT, "WHAT", "baseline: measure and store; compare: against --baseline; ci: against it or the newest",
     FIELD(regression)},
    {"version", 0, OPTION_TEXT, "V", "name of what is measured, for the store and the report", FIELD(version)},
    {"baseline", 0, OPTION_TEXT, "V", "the version to compare with", FIELD(baseline)},
    {"bin", 0, OPTION_TEXT, "NAME", "of a cargo project: which of its programs", FIELD(bin)},
    {"threshold", 't', OPTION_PERCENT, "P", "fail only when it is certainly more than P slower (default 5%)", FIELD(threshold)},
    {"count-threshold", 0, OPTION_PERCENT, "P", "the same of what does not jitter: calls, allocations, size (default 0%)",
     FIELD(count_threshold)},
    {"metric", 'm', OPTION_TEXT, "LIST",
     "what is judged: wall, cpu, peak-rss, compile, cold-start, size, calls, blocks, lines, allocations (default wall)", FIELD(metric)},
    {"iterations", 'n', OPTION_COUNT, "N", "run each program N times (default: until decided, or for 3 s)", FIELD(iterations)},
    {"runs", 0, OPTION_COUNT, "N", "the same", FIELD(runs)},
    {"warmup", 'w', OPTION_NUMBER, "N", "runs before, that do not count (default 3)", FIELD(warmup)},
    {"max-time", 0, OPTION_SECONDS, "S", "of all runs together (default 30s)", FIELD(max_time)},
    {"timeout", 0, OPTION_SECONDS, "S", "stop a run that takes longer", FIELD(timeout)},
    {"store", 's', OPTION_TEXT, "DIR", "where baselines are (default .ruchy-bench beside the program)", FIELD(store)},
    {"keep-binary", 0, OPTION_FLAG, NULL, "keep the program in the baseline, not only what it is built from", FIELD(keep_binary)},
    {"stored", 0, OPTION_FLAG, NULL, "compare with the stored samples, without running the old program", FIELD(stored)},
    {"allow-other-host", 0, OPTION_FLAG, NULL, "use stored samples of another machine", FIELD(allow_other_host)},
    {"fail-inconclusive", 0, OPTION_FLAG, NULL, "exit with 3 when the runs do not decide", FIELD(fail_inconclusive)},
    {"no-counts", 0, OPTION_FLAG, NULL, "leave out the instrumented runs: no calls, no allocations, no causes", FIELD(no_counts)},
    {"no-compile", 0, OPTION_FLAG, NULL, "do not time the compilers", FIELD(no_compile)},
    {"keep", 0, OPTION_COUNT, "N", "of `bench gc`: baselines of each file that stay (default 20)", FIELD(keep)},
    {"plot", 0, OPTION_TEXT, "FILE", "of `bench history`: also draw a chart (SVG)", FIELD(plot)},
    {"format", 'f', OPTION_TEXT, "FORMAT", "text, json, markdown; of gates junit and github too, else csv", FIELD(format)},
    {"output", 'o', OPTION_TEXT, "FILE", "write the report to FILE (- is standard output)", FIELD(output)},
    {"export-json", 0, OPTION_TEXT, "FILE", "also write all times in the format of hyperfine's --export-json", FIELD(export_json)},
    {"export-markdown", 0, OPTION_TEXT, "FILE", "also write the report as markdown", FIELD(export_markdown)},
    {"export-junit", 0, OPTION_TEXT, "FILE", "of gates: also write the report for readers of JUnit's XML", FIELD(export_junit)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "more flags for rustc, in one argument", FIELD(rustc_flags)},
    {"ignore-failure", 'i', OPTION_FLAG, NULL, "runs that exit with another status than 0 count too", FIELD(ignore_failure)},
    {"seed", 0, OPTION_NUMBER, "N", "of the order of runs (default 1)", FIELD(seed)},
    {"with-pgo", 0, OPTION_FLAG, NULL, "against the same program optimised by its profile", FIELD(with_pgo)},
    {"compare-baseline", 0, OPTION_FLAG, NULL, "with --with-pgo: compare with the plain build", FIELD(compare_baseline)},
    {"pgo-data", 0, OPTION_TEXT, "FILE", "with --with-pgo: the profile (default: F.pgo.data beside the source, else collected now)",
     FIELD(pgo_data)},
    {"input", 0, OPTION_LIST, "FILE",
     "with --with-pgo: standard input. Of several, the first is trained on and the others are measured too", FIELD(inputs)},
    {"args-file", 0, OPTION_TEXT, "FILE", "with --with-pgo: arguments, of one run on each line; as several inputs", FIELD(args_file)},
    {"hints", 0, OPTION_TEXT, "LIST", "with --with-pgo: only these kinds of hint, separated by commas", FIELD(hints)},
    {"allow", 0, OPTION_TEXT, "LIST", "with --with-pgo: memoize, hasher, native, panic-abort", FIELD(allow)},
    {"budget", 0, OPTION_SECONDS, "S", "with --with-pgo: time for choosing the hints (default 60s)", FIELD(budget)},
    {"layouts", 0, OPTION_COUNT, "N", "with --with-pgo: code layouts of each program (default 5, at most 8)", FIELD(layouts)},
    {"color", 0, OPTION_TEXT, "WHEN", "auto, always or never", FIELD(color)},
    {"verbose", 'v', OPTION_FLAG, NULL, "every step, its time and command; every run", FIELD(verbose)},
    {0},
};

static int regression(const struct bench_command_options *o, struct bench_options *b, struct err *err)
{
	static const char *const words[] = {"baseline", "compare", "ci"};
	const struct bench_format *format = bench_gate_format(o, err);
	struct bench_report report = {0};
	const char *near = did_you_mean(o->regression, words, 3);
	char hint[64];
	int status;

	if (!format)
		return -1;
	if (strcmp(o->regression, "baseline") == 0) {
		if (!o->version)
			return err_usage(err, b->source, "name it: --version V", "a baseline needs a name");
		status = bench_baseline(b, &report, err);
	} else if (strcmp(o->regression, "compare") == 0 || strcmp(o->regression, "ci") == 0) {
		b->ci = strcmp(o->regression, "ci") == 0;
		if (!b->ci && !o->baseline)
			return err_usage(err, b->source, "name it: --baseline V; `--regression ci` takes the newest",
					 "the baseline is missing");
		status = bench_gate(b, &report, err);
	} else {
		snprintf(hint, sizeof hint, near ? "did you mean %s?" : "baseline, compare or ci", near);
		return err_usage(err, o->regression, hint, "unknown kind of --regression");
	}
	if (status == 0)
		status = bench_gate_results(o, format, &report, err);
	bench_report_free(&report);
	return status;
}

static int check_outputs(const struct bench_command_options *o, const struct operands *operands, struct err *err)
{
	const struct output_options output = {.path = o->output, .color = o->color, .format = "text"};
	const char *inputs[2] = {operands->files[0], o->output && strcmp(o->output, "-") != 0 ? o->output : NULL};

	if (output_check(&output, (const char *const *)operands->files, (size_t)operands->file_count, err) != 0)
		return -1;
	if (output_check_file("--export-json", o->export_json, inputs, 2, err) != 0 ||
	    output_check_file("--export-junit", o->export_junit, inputs, 2, err) != 0)
		return -1;
	return output_check_file("--export-markdown", o->export_markdown, inputs, 2, err);
}

/* A project is its manifest, however it was given. Caller frees. */
static char *source_of(const char *given)
{
	char *manifest = cargo_manifest(given);

	return manifest ? manifest : xstrdup(given);
}

static int check_files(const struct bench_command_options *o, const struct operands *operands, struct err *err)
{
	bool project = false;

	for (int i = 0; i < operands->file_count; i++) {
		const char *file = operands->files[i];
		const struct bench_kind *kind = bench_kind_of(file);
		struct stat st;

		project |= kind->build == bench_project_build;
		if (kind->build != bench_project_build && stat(file, &st) == 0 && S_ISDIR(st.st_mode))
			return err_usage(err, file, "give a program, or a directory with a Cargo.toml",
					 "nothing in this directory can be run");
		if (o->regression && kind->build == bench_program_build && access(file, F_OK) != 0 && strchr(file, ' '))
			return err_usage(err, file, "give the program alone, its arguments behind --",
					 "a command line can't have a baseline");
	}
	if (o->bin && !project)
		return err_usage(err, operands->files[0], "give a directory with a Cargo.toml", "--bin is for cargo projects");
	return 0;
}

/* A gate that could never judge what it was asked for is no gate. */
static int check_metrics(const struct bench_options *b, struct err *err)
{
	const struct bench_kind *kind = bench_kind_of(b->source);
	const unsigned counts = 1u << METRIC_CALLS | 1u << METRIC_BLOCKS | 1u << METRIC_LINES | 1u << METRIC_ALLOCATIONS;

	if (!kind->count && b->metrics & counts)
		return err_usage(err, b->source, "give a .ruchy or .rs file, or a cargo project",
				 "calls, blocks, lines and allocations are counted in programs that are built here");
	if (!kind->compile && b->metrics & 1u << METRIC_COMPILE)
		return err_usage(err, b->source, "leave `compile` out of --metric", "what compiles this program is not timed");
	return 0;
}

static int bench_options_fill(const struct bench_command_options *o, const struct operands *operands, struct bench_options *b,
			      struct err *err)
{
	*b = (struct bench_options){.source = operands->files[0],
				    .bin = o->bin,
				    .args = operands->args,
				    .rustc_flags = o->rustc_flags,
				    .store = o->store,
				    .version = o->version,
				    .baseline = o->baseline,
				    .runs = o->runs ? o->runs : o->iterations,
				    .warmup = o->warmup,
				    .max_time = o->max_time,
				    .timeout = o->timeout,
				    .threshold = o->threshold / 100,
				    .count_threshold = o->count_threshold / 100,
				    .metrics = 1u << METRIC_WALL,
				    .seed = o->seed,
				    .in_place = !o->regression,
				    .keep_binary = o->keep_binary,
				    .allow_other_host = o->allow_other_host,
				    .stored_only = o->stored,
				    .no_counts = o->no_counts,
				    .no_compile = o->no_compile,
				    .ignore_failure = o->ignore_failure,
				    .verbose = o->verbose};
	if (o->metric && (b->metrics = bench_metrics_parse(o->metric, err)) == 0)
		return -1;
	/* Plain runs tell it as hyperfine does, and a baseline is for all metrics. */
	b->no_peaks = o->regression && strcmp(o->regression, "baseline") != 0 && !(b->metrics & 1u << METRIC_PEAK_RSS);
	return o->regression ? check_metrics(b, err) : 0;
}

/* Against the same program, optimised by its profile: tools/pgo has it all. */
static int with_pgo(const struct command *command, const struct bench_command_options *o, const struct operands *operands, struct err *err)
{
	const char *source = operand_single(command, operands, "program", err);
	struct pgo_bench_options p = {.source = source,
				      .data = o->pgo_data,
				      .rustc_flags = o->rustc_flags,
				      .args = operands->args,
				      .inputs = o->inputs.items,
				      .input_count = o->inputs.count,
				      .args_file = o->args_file,
				      .hints = o->hints,
				      .allow = o->allow,
				      .budget_seconds = o->budget,
				      .timeout_seconds = o->timeout,
				      .ignore_failure = o->ignore_failure,
				      .layouts = o->layouts,
				      .rounds = o->runs ? o->runs : o->iterations,
				      .format = bench_format_name(o),
				      .output = o->output};
	int status = source ? 0 : -1;

	if (status == 0 && o->regression)
		status = err_usage(err, "--with-pgo", "leave out one of the two", "--regression and --with-pgo are different questions");
	if (status == 0 && !o->with_pgo)
		status = err_usage(err, "--compare-baseline", "say --with-pgo too", "what to compare with the baseline is not said");
	if (status == 0)
		status = output_check_file("--output", o->output && strcmp(o->output, "-") != 0 ? o->output : NULL, &source, 1, err);
	if (status == 0)
		status = pgo_bench(&p, err);
	free(o->inputs.items);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct bench_command_options o = {.warmup = 3, .max_time = 30, .threshold = 5, .seed = 1, .budget = 60};
	struct bench_options b;
	struct operands operands;
	char *source;
	int status, parsed = options_parse(command, argc, argv, &o, &operands, err);

	if (parsed != 0)
		return parsed < 0 ? -1 : 0;
	if (operands.file_count == 1 && strcmp(operands.files[0], "gc") == 0)
		return bench_collect_garbage(&o, err);
	if (operands.file_count == 2 && strcmp(operands.files[0], "history") == 0) {
		source = source_of(operands.files[1]);
		status = bench_show_history(&o, source, err);
		free(source);
		return status;
	}
	if (o.with_pgo || o.compare_baseline)
		return with_pgo(command, &o, &operands, err);
	if ((o.regression || operands.file_count <= 1) && !operand_single(command, &operands, "program", err))
		return -1;
	if (check_files(&o, &operands, err) != 0 || check_outputs(&o, &operands, err) != 0 ||
	    bench_options_fill(&o, &operands, &b, err) != 0)
		return -1;
	b.input = subprocess_stdin_open(err);
	if (!b.input)
		return -1;
	source = source_of(b.source);
	b.source = source;
	status = o.regression ? regression(&o, &b, err) : bench_plain(&o, &b, operands.files, (size_t)operands.file_count, err);
	subprocess_stdin_close(b.input);
	free(source);
	return status;
}

const struct command cmd_bench = {
    .name = "bench",
    .summary = "time programs, and tell whether one became slower than a stored version of it",
    .usage = "bench F.ruchy... [OPTIONS] [-- ARGS...]\nbench CRATE [--bin NAME] [OPTIONS] [-- ARGS...]\nbench PROGRAM... [OPTIONS] [-- "
	     "ARGS...]\nbench --regression baseline F.ruchy --version V\n"
	     "bench --regression compare F.ruchy --baseline V\nbench --regression ci F.ruchy [--threshold 5%]\n"
	     "bench F.ruchy --with-pgo --compare-baseline [-- ARGS...]\n"
	     "bench history F.ruchy [--plot FILE.svg]\nbench gc [--store DIR] [--keep N]",
    .about =
	"A gate runs the old and the new program in turn and fails only when the whole 95% interval of their ratio lies beyond the "
	"threshold. Exit status: 0 pass, or not decided; 3 a regression (with --fail-inconclusive, not decided too); 1 the program or a "
	"tool failed; 2 wrong usage.",
    .options = options,
    .run = run,
};
