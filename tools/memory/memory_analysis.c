#include "memory_analysis.h"
#include "collect.h"
#include "collect_arguments.h"
#include "memory_result.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

uint64_t memory_peak_rss(const struct memory_facts *facts)
{
	return facts->peak_rss[facts->runs / 2];
}

/* Runs as the user would run it. The first one is looked at while it lasts. */
static int watch_runs(const struct audit *audit, const struct audit_options *o, struct memory_facts *facts, struct err *err)
{
	size_t most = sizeof facts->peak_rss / sizeof *facts->peak_rss;
	size_t runs = o->runs == 0 ? MEMORY_RUNS : o->runs < most ? o->runs : most;

	for (; facts->runs < runs; facts->runs++) {
		struct memory_watched again, *watched = facts->runs == 0 ? &facts->watched : &again;

		o->progress(o->context, "running");
		if (memory_watch(audit->subject.program, o->args, false, o->timeout, watched, err) != 0)
			return -1;
		if (watched->interrupted)
			return err_set(err, audit->subject.operand, NULL, "interrupted");
		if (watched->timed_out)
			return err_set(err, audit->subject.operand, "give --timeout more", "the program was stopped after %g s",
				       o->timeout);
		if (watched->status != 0)
			return err_set(err, audit->subject.operand, "arguments for it go behind `--`", "the program failed with %s",
				       status_text(watched->status));
		facts->peak_rss[facts->runs] = watched->peak_rss_bytes;
	}
	qsort(facts->peak_rss, facts->runs, sizeof *facts->peak_rss, by_value);
	return 0;
}

struct stack_context {
	struct audit *audit;
	const struct audit_options *options;
};

static double on_more(void *context, struct profile *profile, struct subprocess_stdin *input)
{
	const struct stack_context *stack = context;
	const struct audit_subject *subject = &stack->audit->subject;

	return collect_arguments(subject->twin_build, &subject->build_options, stack->options->args, input, profile);
}

/* Allocations by line take a build of their own: it is slower than the one that other reports count with. */
static int open_counted(struct audit_subject *subject, bool by_line, struct build **counted, struct err *err)
{
	struct build_options options = subject->build_options;

	options.by_line = by_line;
	if (build_transpile(&options, counted, err) != 0 || build_compile(*counted, &options, BUILD_PLAIN, err) != 0 ||
	    build_compile(*counted, &options, BUILD_INSTRUMENTED, err) != 0)
		return -1;
	return 0;
}

static int count_in(struct audit *audit, struct build *counted, const struct audit_options *o, struct memory_facts *facts, struct err *err)
{
	struct stack_context stack = {.audit = audit, .options = o};
	struct collect_options c = {
	    .args = o->args, .iterations = 1, .timeout_seconds = o->timeout, .reference = true, .more = on_more, .context = &stack};
	struct collect_result result;

	o->progress(o->context, "counting allocations");
	if (collect(counted, &c, &facts->profile, &result, err) != 0)
		return -1;
	facts->report = report_new(facts->profile);
	return memory_watch(counted->program[BUILD_INSTRUMENTED], o->args, true, o->timeout, &facts->live, err);
}

/* Of a project whose program has a transpiled file. That it can't be counted is no error. */
static void count_project(struct audit *audit, const struct audit_options *o, struct memory_facts *facts)
{
	struct audit_subject *subject = &audit->subject;
	char *name = NULL;
	struct cargo_options options = subject->cargo_options;
	struct build build = {.source = subject->manifest};
	struct collect_options c = {.args = o->args, .iterations = 1, .timeout_seconds = o->timeout};
	struct collect_result result;
	struct err err = {0};

	options.delivered = false;
	options.by_line = true;
	o->progress(o->context, "compiling (instrumented)");
	if (cargo_build(&subject->project, &options, BUILD_INSTRUMENTED, subject->name, &build.program[BUILD_INSTRUMENTED], &name, &err) ==
		0 &&
	    collect(&build, &c, &facts->profile, &result, &err) == 0) {
		cargo_name_files(&subject->project, facts->profile);
		facts->report = report_new(facts->profile);
		memory_watch(build.program[BUILD_INSTRUMENTED], o->args, true, o->timeout, &facts->live, &err);
	}
	if (!facts->profile)
		facts->no_counts = xasprintf("%s", err.set ? err.what : "the program has no file that `ruchy transpile` made");
	else if (facts->profile->memory_runs == 0)
		facts->no_counts =
		    xstrdup("the program's own crate has no file that `ruchy transpile` made, or a crate has an allocator of its own");
	err_free(&err);
	free(build.program[BUILD_INSTRUMENTED]);
	free(name);
}

/* Allocations and the depth of recursion, from the counters. */
static int count(struct audit *audit, const struct audit_options *o, struct memory_facts *facts, struct err *err)
{
	struct build *counted = NULL;
	struct err by_line = {0};
	int status;

	if (audit->subject.kind == AUDIT_PROJECT) {
		count_project(audit, o, facts);
		return 0;
	}
	if (audit->subject.kind != AUDIT_SOURCE) {
		facts->no_counts = xstrdup("allocations are counted in programs that are built here: give F.ruchy");
		return 0;
	}
	status = open_counted(&audit->subject, true, &counted, &by_line);
	if (status != 0) {
		/* What makes that text different may not suit the program; by function it is the one that `profile` compiles. */
		build_free(counted);
		counted = NULL;
		facts->no_lines = true;
		status = open_counted(&audit->subject, false, &counted, err);
	}
	err_free(&by_line);
	if (status == 0)
		status = count_in(audit, counted, o, facts, err);
	build_free(counted);
	return status;
}

static int find_facts(struct audit *audit, const struct audit_options *o, struct memory_facts *facts, struct err *err)
{
	facts->name = xstrdup(audit->subject.name);
	return watch_runs(audit, o, facts, err) == 0 && count(audit, o, facts, err) == 0 ? 0 : -1;
}

static int compare_with(const struct audit *audit, const char *operand, struct memory_facts *facts, struct err *err)
{
	struct audit other = {0};
	struct audit_options options = *audit->options;
	int status;

	options.debug_file = options.rustc_flags = NULL;
	status = audit_open(&other, operand, &options, NULL, err);
	if (status == 0)
		status = find_facts(&other, &options, facts, err);
	if (status == 0) { /* fibonacci.rs beside fibonacci.ruchy: the file's name tells them apart */
		const char *slash = strrchr(operand, '/');

		free(facts->name);
		facts->name = xstrdup(slash && slash[1] ? slash + 1 : operand);
	}
	audit_close(&other);
	return status;
}

static void advise(struct audit *audit, const struct memory_facts *own)
{
	static const char *const ids[] = {"leaks",	    "growing",	  "short-lived",    "loop-allocation", "many-allocations",
					  "no-allocations", "stack-only", "deep-recursion", "inserted-copy"};

	for (size_t i = 0; own->report && i < own->report->advice_count; i++) {
		const struct report_advice *from = &own->report->advice[i];
		struct audit_advised *to;
		bool about = false;

		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
			about = about || strcmp(from->id, ids[k]) == 0;
		if (!about)
			continue;
		to = audit_advise(audit, "memory", from->id, from->level, "%s", from->message);
		to->evidence = from->evidence ? xstrdup(from->evidence) : NULL;
		to->gain = from->gain ? xstrdup(from->gain) : NULL;
		to->line = from->line ? from->line : from->fn != PROFILE_NONE ? own->profile->fns[from->fn].from : 0;
		to->file = to->line ? xstrdup(profile_source_of(own->profile, from->fn)) : NULL;
	}
}

static void find_layouts(struct audit *audit, struct memory_result *result)
{
	const struct audit_subject *subject = &audit->subject;
	struct err why = {0};

	audit->options->progress(audit->options->context, "reading types");
	result->layouts = layouts_of_subject(subject, &why);
	if (!result->layouts)
		result->no_layouts = xstrdup(why.what);
	err_free(&why);
}

static int memory_fill(struct audit *audit, void **into, struct err *err)
{
	struct memory_result *result = xcalloc(1, sizeof *result);
	struct memory_facts *own = &result->own;

	*into = result;
	if (find_facts(audit, audit->options, own, err) != 0)
		return -1;
	find_layouts(audit, result);
	result->versus = xcalloc(audit->options->versus_count + 1, sizeof *result->versus);
	for (size_t i = 0; i < audit->options->versus_count; i++)
		if (compare_with(audit, audit->options->versus[i], &result->versus[result->versus_count++], err) != 0)
			return -1;
	audit_measure(audit, "peak-rss", (double)memory_peak_rss(own), (double)own->peak_rss[0], (double)own->peak_rss[own->runs - 1],
		      "median and range of the runs, from the kernel");
	if (own->profile && own->profile->peak_live_bytes != PROFILE_ABSENT) {
		double live = (double)own->profile->peak_live_bytes;

		audit_measure(audit, "peak-live", live, live, live, "counted, one run");
	}
	advise(audit, own);
	return 0;
}

static void free_facts(struct memory_facts *facts)
{
	free(facts->name);
	free(facts->no_counts);
	report_free(facts->report);
	profile_free(facts->profile);
}

static void memory_release(void *into)
{
	struct memory_result *result = into;

	free_facts(&result->own);
	for (size_t i = 0; i < result->versus_count; i++)
		free_facts(&result->versus[i]);
	free(result->versus);
	layouts_free(result->layouts);
	free(result->no_layouts);
	free(result);
}

const struct analysis analysis_memory = {
    .name = "memory",
    .title = "Memory Analysis",
    .key = "memory",
    .fill = memory_fill,
    .show = memory_show,
    .json = memory_json,
    .release = memory_release,
};
