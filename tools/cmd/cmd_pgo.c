#include "cmd.h"
#include "collect.h"
#include "export_utf8.h"
#include "fs.h"
#include "input.h"
#include "interrupt.h"
#include "output.h"
#include "pgo.h"
#include "pgo_collect.h"
#include "strbuf.h"
#include "term.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `pgo collect`, `pgo show`, `pgo merge`: a profile for `transpile --pgo-data`. */
struct pgo_command_options {
	uint64_t runs, failures_most;
	bool until_stable, no_llvm;
	const char *output, *args_file, *rustc_flags;
	struct option_list inputs;
	double timeout;
};

#define FIELD(name) offsetof(struct pgo_command_options, name)
static const struct option_row options[] = {
    {"runs", 'n', OPTION_COUNT, "N", "collect: run the program N times over all inputs (default 10)", FIELD(runs)},
    {"until-stable", 0, OPTION_FLAG, NULL, "collect: stop sooner, when twice as many runs change no count by more than 1%",
     FIELD(until_stable)},
    {"output", 'o', OPTION_TEXT, "FILE",
     "where to write it; a profile that is there is added to (default: F.pgo.data beside the source, which is picked up by itself)",
     FIELD(output)},
    {"input", 0, OPTION_LIST, "FILE", "collect: standard input of the program; several are taken in turn", FIELD(inputs)},
    {"args-file", 0, OPTION_TEXT, "FILE", "collect: arguments of the program, of one run on each line", FIELD(args_file)},
    {"max-failures", 0, OPTION_COUNT, "N", "collect: go on over at most N runs that fail (default: none)", FIELD(failures_most)},
    {"no-llvm", 0, OPTION_FLAG, NULL, "collect: leave out LLVM's own counters", FIELD(no_llvm)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "more flags for rustc, in one argument; they win over the defaults", FIELD(rustc_flags)},
    {"timeout", 0, OPTION_SECONDS, "S", "stop a run that takes longer (10, 0.5s, 2m)", FIELD(timeout)},
    {0},
};

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* --- collect ------------------------------------------------------------------------------------------------------------------------ */

static void on_progress(void *context, const char *step, uint64_t done, uint64_t of, double left)
{
	const char *source = context;

	/* A line a run would cost more than a short run. */
	if (of > 1000 && done % 16 != 0)
		return;
	if (left >= 1)
		term_progress("%s %s: %s of %s, %.0f s left", step, source, pgo_count(done + 1), pgo_count(of), left);
	else
		term_progress("%s %s: %s of %s", step, source, pgo_count(done < of ? done + 1 : of), pgo_count(of));
}

/* What was collected before into the same file. NULL with err: it is there, but no profile. */
static struct profile *earlier(const char *path, struct err *err)
{
	if (access(path, F_OK) != 0)
		return profile_new();
	return profile_read(path, err);
}

static int add_and_write(struct profile *profile, const char *path, bool *added, struct err *err)
{
	struct profile *sum = earlier(path, err);
	int status = sum ? profile_merge(sum, profile, err) : -1;

	if (status == 0) {
		*added = sum->runs > profile->runs;
		pgo_llvm_merge(sum);
		status = profile_write(sum, path, err);
	}
	profile_free(sum);
	return status;
}

static void tell_collected(const struct pgo_command_options *o, const struct pgo_collect_result *result, const struct profile *profile,
			   const char *path, bool added)
{
	printf("Collected %s run%s", pgo_count(result->runs), plural(result->runs));
	if (result->stable)
		printf(" of %s: the counts are stable", pgo_count(o->runs));
	else if (result->runs < o->runs)
		printf(" of %s", pgo_count(o->runs));
	printf(", %zu functions\n", profile->fn_count);
	if (result->failures)
		printf("%s run%s failed (the last with %s)\n", pgo_count(result->failures), plural(result->failures),
		       status_text(result->failed_status));
	if (result->llvm_why)
		printf("Without counters of LLVM: %s\n", result->llvm_why);
	printf("%s %s\n", added ? "Added to" : "Written to", path);
}

static int failed(const struct pgo_command_options *o, const struct pgo_collect_result *result, const char *source, struct err *err)
{
	if (result->interrupted)
		return 128 + SIGINT;
	if (result->timed_out)
		return err_set(err, source, "what was collected is kept; give --timeout more", "the program was stopped after %g s",
			       o->timeout);
	if (result->failures > o->failures_most)
		return err_set(err, source, "what was collected is kept; --max-failures N goes on over N failing runs",
			       "the program failed with %s", status_text(result->failed_status));
	return 0;
}

static int collect_into(const struct pgo_command_options *o, const char *source, const char *path, char **args, struct err *err)
{
	struct pgo_trainings trainings = {0};
	struct pgo_collect_options c = {.source = source,
					.rustc_flags = o->rustc_flags,
					.trainings = &trainings,
					.runs = o->runs,
					.failures_most = o->failures_most,
					.timeout = o->timeout,
					.until_stable = o->until_stable,
					.no_llvm = o->no_llvm,
					.progress = on_progress,
					.context = (void *)source};
	struct pgo_collect_result result = {0};
	struct profile *profile = NULL;
	bool added = false;
	int status = pgo_trainings_make(&trainings, o->inputs.items, o->inputs.count, o->args_file, args, err);

	if (status == 0) {
		struct profile *check = earlier(path, err); /* told before the runs, not after them */

		status = check ? 0 : -1;
		profile_free(check);
	}
	if (status == 0)
		status = pgo_collect(&c, &profile, &result, err);
	term_progress_clear();
	if (status == 0)
		status = add_and_write(profile, path, &added, err);
	if (status == 0) {
		tell_collected(o, &result, profile, path, added);
		status = failed(o, &result, source, err);
	}
	free(result.llvm_why);
	profile_free(profile);
	pgo_trainings_free(&trainings);
	return status;
}

static int run_collect(const struct pgo_command_options *o, char *const *files, int count, char **args, struct err *err)
{
	char *path;
	int status;

	if (count != 1 || !*files[0])
		return err_usage(err, count > 1 ? files[1] : "pgo collect", "arguments of the program go behind `--`", "name one source");
	path = o->output ? xstrdup(o->output) : pgo_data_beside(files[0], false);
	status = output_check_file("--output", path, (const char *const *)files, 1, err);
	if (status == 0)
		status = collect_into(o, files[0], path, args, err);
	free(path);
	return status;
}

#define NAME_COLUMNS 28

/* --- show ------------------------------------------------------------------------------------------------------------------------------
 */

/* Names in a file are anybody's. `columns` 0: as long as it is; else filled with blanks. */
static void put_name(const char *name, size_t columns)
{
	struct strbuf shown = STRBUF_INIT, cut = STRBUF_INIT;
	bool ascii = !term_is_utf8();

	utf8_escape(&shown, name, ascii);
	utf8_shorten(&cut, shown.data ? shown.data : "", columns ? columns : SIZE_MAX, ascii);
	fputs(cut.data ? cut.data : "", stdout);
	for (size_t used = utf8_columns(cut.data, cut.size); used < columns; used++)
		putchar(' ');
	strbuf_free(&cut);
	strbuf_free(&shown);
}

static int by_calls(const void *a, const void *b)
{
	const struct profile_fn *x = *(const struct profile_fn *const *)a, *y = *(const struct profile_fn *const *)b;

	return (x->calls < y->calls) - (x->calls > y->calls);
}

static void show_functions(const struct profile *profile)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
	const struct profile_fn **order = xcalloc(profile->fn_count + 1, sizeof *order);

	for (size_t i = 0; i < profile->fn_count; i++)
		order[i] = &profile->fns[i];
	if (profile->fn_count)
		qsort(order, profile->fn_count, sizeof *order, by_calls); /* NOLINT(bugprone-sizeof-expression): pointers */
	printf("Functions: %zu\n", profile->fn_count);
	for (size_t i = 0; i < profile->fn_count && i < 10; i++) {
		fputs("  ", stdout);
		put_name(order[i]->name, NAME_COLUMNS);
		printf(" %16s call%s", pgo_count(order[i]->calls), plural(order[i]->calls));
		if (order[i]->argument_calls)
			printf(", %s distinct argument%s", pgo_count(order[i]->argument_values), plural(order[i]->argument_values));
		putchar('\n');
	}
	free(order);
}

static void show_rest(const struct profile *profile)
{
	size_t counted = 0;

	for (size_t i = 0; i < profile->line_count; i++)
		counted += profile->lines[i].count != PROFILE_ABSENT;
	printf("Lines counted: %zu; call edges: %zu; samples: %s\n", counted, profile->edge_count, pgo_count(profile->samples));
	for (size_t i = 0; i < profile->training_count; i++) {
		fputs("Input: ", stdout);
		put_name(*profile->trainings[i].input ? profile->trainings[i].input : "none", 0);
		fputs(*profile->trainings[i].args ? ", arguments " : "", stdout);
		put_name(profile->trainings[i].args, 0);
		printf(", %s run%s\n", pgo_count(profile->trainings[i].runs), plural(profile->trainings[i].runs));
	}
	for (size_t i = 0; i < profile->llvm_count; i++) {
		fputs("Counters of LLVM: crate ", stdout);
		put_name(profile->llvm[i].crate, 0);
		char *start = xasprintf("%.8s", profile->llvm[i].rust_hash);

		fputs(", text ", stdout);
		put_name(start, 0);
		fputs(", ", stdout);
		free(start);
		put_name(profile->llvm[i].rustc, 0);
		putchar('\n');
	}
	if (profile->llvm_count == 0)
		printf("Counters of LLVM: none\n");
	printf("Texts of functions, to see what changes: %zu\n", profile->fn_text_count);
	printf("Measured decisions: %zu\n", profile->selection_count);
}

static int run_show(char *const *files, int count, struct err *err)
{
	struct profile *profile;

	if (count != 1)
		return err_usage(err, "pgo show", NULL, "name one profile");
	profile = input_read(files[0], err);
	if (!profile)
		return -1;
	fputs("Profile of ", stdout);
	put_name(*profile->source_path ? profile->source_path : profile->rust_path, 0);
	printf(": %s run%s, %s failed\n", pgo_count(profile->runs), plural(profile->runs),
	       profile->failed_runs ? pgo_count(profile->failed_runs) : "none");
	show_functions(profile);
	show_rest(profile);
	profile_free(profile);
	return 0;
}

/* --- merge
 * -------------------------------------------------------------------------------------------------------------------------------- */

static int run_merge(const struct pgo_command_options *o, char *const *files, int count, struct err *err)
{
	struct profile *sum = profile_new();
	int status = 0;

	if (count == 0)
		status = err_usage(err, "pgo merge", "name profiles, or raw files of instrumented programs", "no profile is given");
	else if (!o->output)
		status = err_usage(err, "pgo merge", "say --output FILE", "where to write the sum is not said");
	else
		status = output_check_file("--output", o->output, NULL, 0, err);
	for (int i = 0; i < count && status == 0; i++) {
		status = input_add(&sum, files[i], err);
		if (status == 0 && interrupt_signal())
			status = err_set(err, files[i], NULL, "interrupted");
	}
	if (status == 0) {
		pgo_llvm_merge(sum);
		status = profile_write(sum, o->output, err);
	}
	if (status == 0)
		printf("Merged %d file%s: %s run%s\nWritten to %s\n", count, plural((uint64_t)count), pgo_count(sum->runs),
		       plural(sum->runs), o->output);
	profile_free(sum);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	static const char *const actions[] = {"collect", "show", "merge"};
	struct pgo_command_options o = {.runs = 10};
	struct operands operands;
	int status = options_parse(command, argc, argv, &o, &operands, err), count;
	char **files;

	if (status == 0) {
		count = operands.file_count - 1;
		files = operands.files + 1;
		if (count < 0)
			status = err_usage(err, "pgo", "say pgo collect, pgo show or pgo merge", "what to do is not said");
		else if (strcmp(operands.files[0], "collect") == 0)
			status = run_collect(&o, files, count, operands.args, err);
		else if (strcmp(operands.files[0], "show") == 0)
			status = run_show(files, count, err);
		else if (strcmp(operands.files[0], "merge") == 0)
			status = run_merge(&o, files, count, err);
		else
			status = err_usage(err, operands.files[0],
					   did_you_mean(operands.files[0], actions, 3) ? did_you_mean(operands.files[0], actions, 3)
										       : "there are collect, show and merge",
					   "unknown word behind pgo");
	} else if (status > 0) {
		status = 0;
	}
	free(o.inputs.items);
	return status;
}

const struct command cmd_pgo = {
    .name = "pgo",
    .summary = "collect a profile for optimisation, show it, sum several",
    .usage = "pgo collect F.ruchy [--runs N] [--output FILE] [OPTIONS] [-- ARGS...]\n"
	     "pgo show FILE\n"
	     "pgo merge FILE... --output FILE",
    .about = "Runs the program with counters: calls, lines, allocations, arguments, times; and LLVM's own counters where llvm-profdata is. "
	     "`transpile F.ruchy --pgo-data FILE` makes a faster program of it, `bench F.ruchy --with-pgo --compare-baseline` proves it. "
	     "Ctrl-C keeps what was collected.",
    .options = options,
    .run = run,
    .words = "collect show merge",
};
