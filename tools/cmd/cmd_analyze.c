/* cmd_analyze.c - `analyze`: which analyses of which program, in which form, and whether the budgets hold. */
#include "audit.h"
#include "cmd.h"
#include "compress.h"
#include "interrupt.h"
#include "output.h"
#include "strbuf.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct analyze_options {
	bool wanted[AUDIT_ANALYSES_MOST]; /* by row of analysis_options[] */
	const char *format, *path, *color, *bin;
	struct option_list versus, budgets, cloudwatch;
	struct audit_options audit;
};

#define FIELD(name) offsetof(struct analyze_options, name)
/* An option each for the analyses; the name is that of its row in analyses[]. */
static const struct option_row options[] = {
    {"binary-size", 0, OPTION_FLAG, NULL, "where the bytes of the program's file are: every one in exactly one category", FIELD(wanted[0])},
    {"memory", 0, OPTION_FLAG, NULL,
     "memory of a run, allocations by function and line, short-lived and leaked blocks, stack, layout of structs and enums",
     FIELD(wanted[1])},
    {"lambda-ready", 0, OPTION_FLAG, NULL, "cold starts of a Lambda bootstrap against a local Runtime API, phase by phase",
     FIELD(wanted[2])},
    {"suggest", 0, OPTION_FLAG, NULL, "what would make it faster or smaller: flags, each tried and measured, and what a profile says",
     FIELD(wanted[3])},
    {"goal", 0, OPTION_TEXT, "GOAL", "with --suggest: rank by time, size or start; what --apply-flags writes (time)",
     FIELD(audit.suggest.goal)},
    {"max-time", 0, OPTION_SECONDS, "S", "with --suggest: end within that time (default 60s, of a cargo project 300s)",
     FIELD(audit.suggest.max_seconds)},
    {"try", 0, OPTION_TEXT, "IDS", "with --suggest: only these sets of flags, such as lto-fat,opt-level-s", FIELD(audit.suggest.only)},
    {"allow-changes", 0, OPTION_FLAG, NULL, "with --suggest: combine also flags that change what the program does or where it runs",
     FIELD(audit.suggest.all)},
    {"apply-flags", 0, OPTION_FLAG, NULL,
     "with --suggest: write the best flags to F.ruchy.flags, which builds then use; of a project to ruchy-prof-release.toml",
     FIELD(audit.suggest.apply)},
    {"flags-file", 0, OPTION_TEXT, "FILE", "with --apply-flags: write them there", FIELD(audit.suggest.flag_file)},
    {"versus", 0, OPTION_LIST, "PROGRAM", "compare with this program or source; may be given several times", FIELD(versus)},
    {"siblings", 0, OPTION_FLAG, NULL,
     "build what a Lambda bootstrap is compared with in other languages, however long it takes (else a minute at most), and what failed "
     "before",
     FIELD(audit.siblings)},
    {"no-siblings", 0, OPTION_FLAG, NULL, "compare a Lambda bootstrap with what --versus names alone", FIELD(audit.no_siblings)},
    {"budget", 0, OPTION_LIST, "KEY=VALUE",
     "exit with 3 when the program is above: size, user-code, peak-rss, peak-live or cold-start; several separated by commas",
     FIELD(budgets)},
    {"format", 'f', OPTION_TEXT, "FORMAT", "text, json, html, sarif, junit or github (default: by the suffix of --output, else text)",
     FIELD(format)},
    {"output", 'o', OPTION_TEXT, "FILE", "write the report to FILE (- is standard output); .gz and .zst compress it", FIELD(path)},
    {"inline", 0, OPTION_FLAG, NULL, "charge inlined code to the function that it is of", FIELD(audit.inlined)},
    {"debug-file", 0, OPTION_TEXT, "FILE", "the same program with symbols, for one that is stripped", FIELD(audit.debug_file)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "more flags for rustc, in one argument; they win over the defaults", FIELD(audit.rustc_flags)},
    {"bin", 0, OPTION_TEXT, "NAME", "of a cargo project: which of its programs", FIELD(bin)},
    {"runs", 'n', OPTION_COUNT, "N", "runs of the program, where it has to run", FIELD(audit.runs)},
    {"timeout", 0, OPTION_SECONDS, "S", "stop a run that takes longer (10, 0.5s, 2m)", FIELD(audit.timeout)},
    {"top", 0, OPTION_COUNT, "N", "the first N rows of each table of the text (default 15)", FIELD(audit.top)},
    {"event", 0, OPTION_TEXT, "FILE", "the event that a Lambda function is given (default: {})", FIELD(audit.event)},
    {"target-ms", 0, OPTION_TEXT, "MS", "a cold start should be within this (default 10)", FIELD(audit.target_ms)},
    {"lambda-size", 0, OPTION_COUNT, "MB", "run with the memory and the CPU share of this Lambda size, where control groups permit it",
     FIELD(audit.lambda_mb)},
    {"handler", 0, OPTION_TEXT, "NAME", "_HANDLER of the function (default: function.handler)", FIELD(audit.handler)},
    {"cloudwatch", 0, OPTION_LIST, "FILE", "exported logs of the deployed function: its Init Durations, beside the local figures",
     FIELD(cloudwatch)},
    {"show-output", 0, OPTION_FLAG, NULL, "let the first cold start print", FIELD(audit.show_output)},
    {"color", 0, OPTION_TEXT, "WHEN", "auto, always or never", FIELD(color)},
    {"verbose", 'v', OPTION_FLAG, NULL, "show every step, its time and the exact commands", FIELD(audit.verbose)},
    {0},
};

struct narrator {
	bool verbose;
	const char *operand;
};

static void on_step(void *context, const char *step)
{
	const struct narrator *narrator = context;

	term_progress("%s %s", step, narrator->operand);
}

static void on_verbose(void *context, const char *step, double seconds, const char *command)
{
	const struct narrator *narrator = context;

	if (!narrator->verbose)
		return;
	term_step(step, seconds, command);
}

/* The rows of the options name the analyses. */
static bool any_wanted(const struct analyze_options *o, bool *wanted)
{
	bool any = false;

	for (size_t i = 0; i < AUDIT_ANALYSES_MOST && options[i].name; i++) {
		int index = analysis_find(options[i].name);

		if (index < 0)
			break;
		wanted[index] = o->wanted[i];
		any = any || o->wanted[i];
	}
	return any;
}

static int write_report(const struct analyze_options *o, const struct audit *audit, const struct audit_format *format, struct err *err)
{
	struct output_look look = output_look(o->path, o->color);
	struct sheet_options s = {.color = look.color, .ascii = look.ascii, .width = look.width};
	struct strbuf out = STRBUF_INIT;
	int status;

	status = format->write(audit, &s, &out, err);
	if (status == 0 && !output_is_stdout(o->path))
		status = compress_text(&out, compress_of(o->path), err);
	if (status == 0)
		status = output_bytes(o->path, out.data ? out.data : "", out.size, 0666, err);
	strbuf_free(&out);
	return status;
}

/* On GitHub the log of a step is read for annotations, whatever the report is written as. */
static void annotate(const struct audit *audit, const struct audit_format *format)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	struct sheet_options s = {0};
	struct strbuf out = STRBUF_INIT;
	struct err ignored = {0};

	if (!actions || strcmp(actions, "true") != 0 || format == &audit_github || audit->budget_count == 0)
		return;
	audit_github.write(audit, &s, &out, &ignored);
	fflush(stdout); /* an annotation begins a line, also where both streams are one */
	fputs(out.data ? out.data : "", stderr);
	strbuf_free(&out);
	err_free(&ignored);
}

/* Those that are wholly above fail; one that nothing was measured for is an error, not a pass. */
static int judge(const struct audit *audit, struct err *err)
{
	for (size_t i = 0; i < audit->budget_count; i++) {
		const struct audit_budget *b = &audit->budgets[i];
		char *sentence;

		if (b->verdict != BUDGET_EXCEEDED)
			continue;
		sentence = budget_sentence(b);
		err_set(err, audit->subject.operand, NULL, "%s", sentence);
		err->exit = ERR_REGRESSION;
		free(sentence);
		return -1;
	}
	for (size_t i = 0; i < audit->budget_count; i++)
		if (audit->budgets[i].verdict == BUDGET_UNKNOWN)
			return err_set(err, audit->subject.operand, NULL, "the budget %s can't be checked: it was not measured",
				       audit->budgets[i].key->name);
	return 0;
}

static int analyze(const struct analyze_options *o, const char *operand, struct err *err)
{
	const struct audit_format *format = audit_format_choose(o->format, o->path, err);
	struct audit audit = {0};
	bool wanted[AUDIT_ANALYSES_MOST] = {false};
	int status = format ? output_check_color(o->color, err) : -1;

	if (status == 0 && !output_is_stdout(o->path))
		status = output_check_file("--output", o->path, &operand, 1, err);
	if (status == 0 && o->audit.suggest.flag_file)
		status = output_check_file("--flags-file", o->audit.suggest.flag_file, (const char *const[]){operand, o->path}, 2, err);
	if (status == 0 && !any_wanted(o, wanted) && o->budgets.count == 0)
		status =
		    err_usage(err, operand, "give --binary-size, --memory, --lambda-ready or --suggest, or several", "say what to analyze");
	for (size_t i = 0; status == 0 && i < o->budgets.count; i++)
		status = budget_parse(&audit, o->budgets.items[i], wanted, err);
	if (status == 0)
		status = audit_open(&audit, operand, &o->audit, o->bin, err);
	if (status == 0)
		status = audit_run(&audit, wanted, err);
	/* Parts of an analysis look like all of it. */
	if (status == 0 && interrupt_signal())
		status = err_set(err, operand, NULL, "interrupted");
	term_progress_clear();
	if (status == 0)
		status = write_report(o, &audit, format, err);
	if (status == 0) {
		annotate(&audit, format);
		status = judge(&audit, err);
	}
	audit_close(&audit);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct analyze_options o = {.audit = {.top = 15}};
	struct narrator narrator = {0};
	struct operands operands;
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status == 0) {
		narrator.operand = operand_single(command, &operands, "program", err);
		narrator.verbose = o.audit.verbose;
		o.audit.versus = o.versus.items;
		o.audit.versus_count = o.versus.count;
		o.audit.cloudwatch = o.cloudwatch.items;
		o.audit.cloudwatch_count = o.cloudwatch.count;
		o.audit.args = operands.args;
		o.audit.progress = on_step;
		o.audit.verbosely = on_verbose;
		o.audit.context = &narrator;
		status = narrator.operand ? analyze(&o, narrator.operand, err) : -1;
	}
	free(o.versus.items);
	free(o.budgets.items);
	free(o.cloudwatch.items);
	return status == 1 ? 0 : status;
}

const struct command cmd_analyze = {
    .name = "analyze",
    .summary = "where the bytes and the memory of a program go, measured; limits for CI",
    .usage = "analyze ANALYSIS... F.ruchy [OPTIONS] [-- ARGS...]\n"
	     "analyze ANALYSIS... PROGRAM | CRATE [OPTIONS] [-- ARGS...]",
    .about = "Analyses are --binary-size, --memory, --lambda-ready and --suggest; several at once are one report. F.ruchy is built as it "
	     "would be delivered: optimised and stripped; names come from a twin that keeps its symbols. A PROGRAM is taken as it is, "
	     "whoever made it. Exit status: 0, 1 when something failed, 2 for wrong usage, 3 when a budget is exceeded.",
    .options = options,
    .run = run,
};
