#include "build_flags_file.h"
#include "collect.h"
#include "collect_arguments.h"
#include "fs.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE_RUNS 3

/* A program that names this variable asks a Runtime API for events. */
static bool is_bootstrap(const struct suggest_result *result)
{
	static const char name[] = "AWS_LAMBDA_RUNTIME_API";
	const struct build *build = result->builds[0].build;

	return memmem(build->rust, build->rust_size, name, sizeof name - 1) != NULL;
}

struct arguments {
	struct audit *audit;
	struct build *build;
	const struct build_options *options;
	char **args;
};

static void on_run(void *context, const char *step, uint64_t done, uint64_t of)
{
	const struct arguments *a = context;

	(void)done, (void)of;
	a->audit->options->progress(a->audit->options->context, step);
}

static double on_more(void *context, struct profile *profile, struct subprocess_stdin *input)
{
	const struct arguments *a = context;

	return collect_arguments(a->build, a->options, a->args, input, profile);
}

static void find_profile(struct audit *audit, struct suggest_result *result)
{
	static char *no_args[] = {NULL};
	struct build_options b = audit->subject.build_options;
	struct arguments a = {.audit = audit, .options = &b, .args = audit->options->args ? audit->options->args : no_args};
	struct collect_options c = {.args = a.args,
				    .iterations = PROFILE_RUNS,
				    .timeout_seconds = audit->options->timeout,
				    .reference = true,
				    .ignore_failure = true,
				    .progress = on_run,
				    .more = on_more,
				    .context = &a};
	struct collect_result collected;
	struct err err = {0};

	if (result->bootstrap) {
		result->profile_why = xstrdup("a bootstrap runs without end; --lambda-ready shows its functions");
		return;
	}
	b.rustc_flags = audit->options->rustc_flags;
	if (build_transpile(&b, &a.build, &err) != 0 || build_compile(a.build, &b, BUILD_PLAIN, &err) != 0 ||
	    build_compile(a.build, &b, BUILD_INSTRUMENTED, &err) != 0 || collect(a.build, &c, &result->profile, &collected, &err) != 0)
		result->profile_why = xstrdup(err.what);
	build_free(a.build);
	err_free(&err);
}

/* All winners at once may save less than each alone, or more. */
static int try_together(struct audit *audit, struct suggest_result *result, struct err *err)
{
	size_t count;
	char *flags = suggest_winners(result, &count);
	struct suggest_build *build = &result->builds[result->build_count];
	int status = 0;

	if (count > 1) {
		struct err why = {0};

		result->build_count++;
		result->combined = true;
		if (suggest_build_one(audit, build, flags, &why) != 0)
			build->why_not = xasprintf("it does not build: %s", why.what);
		err_free(&why);
		status = suggest_measure(audit, result, err);
		if (status == 0)
			suggest_rank(audit, result);
	}
	free(flags);
	return status;
}

static int apply(struct audit *audit, struct suggest_result *result, struct err *err)
{
	if (!audit->options->apply_flags || !*result->winners)
		return 0;
	result->applied = build_flags_path(audit->subject.operand);
	char *text =
	    xasprintf("# Flags for rustc that saved without a cost, found by ruchy-prof analyze --suggest.\n%s\n", result->winners);
	int status = fs_write(result->applied, text, strlen(text), 0666, err);
	free(text);
	return status;
}

static int suggest_fill(struct audit *audit, void **into, struct err *err)
{
	struct suggest_result *result = xcalloc(1, sizeof *result);
	size_t count;

	*into = result;
	if (audit->subject.kind != AUDIT_SOURCE)
		return err_usage(err, audit->subject.operand, "give F.ruchy", "--suggest builds variants of a source");
	if (suggest_build_all(audit, result, err) != 0)
		return -1;
	result->bootstrap = is_bootstrap(result);
	find_profile(audit, result);
	if (suggest_measure(audit, result, err) != 0)
		return -1;
	suggest_rank(audit, result);
	if (try_together(audit, result, err) != 0)
		return -1;
	result->winners = suggest_winners(result, &count);
	return apply(audit, result, err);
}

static void free_build(struct suggest_build *build)
{
	build_free(build->build);
	free(build->flags);
	free(build->wall_ns);
	free(build->start_ns);
	free(build->rss);
	free(build->why_not);
}

static void suggest_release(void *data)
{
	struct suggest_result *result = data;

	for (size_t i = 0; i < result->build_count; i++)
		free_build(&result->builds[i]);
	for (size_t i = 0; i < result->item_count; i++) {
		free(result->items[i].message);
		free(result->items[i].gain);
		free(result->items[i].evidence);
		free(result->items[i].file);
	}
	profile_free(result->profile);
	free(result->profile_why);
	free(result->builds);
	free(result->items);
	free(result->winners);
	free(result->applied);
	free(result);
}

const struct analysis analysis_suggest = {
    .name = "suggest",
    .title = "Suggestions",
    .key = "suggestions",
    .fill = suggest_fill,
    .show = suggest_show,
    .json = suggest_json,
    .release = suggest_release,
};
