/* langs_count.c - exact calls, where we can count them: one run of the build with counters. */
#include "collect.h"
#include "langs_internal.h"
#include "profile.h"

#include <stdlib.h>

static int count_build(struct build *build, const struct lang_options *o, struct subprocess_stdin *input, struct lang_entrant *entrant,
		       struct err *err)
{
	struct collect_options c = {.args = o->args,
				    .iterations = 1,
				    .timeout_seconds = 10 * o->timeout_seconds,
				    .ignore_failure = o->ignore_failure,
				    .tick = o->tick,
				    .context = o->context,
				    .input = input};
	struct collect_result result;
	struct profile *profile = NULL;

	if (collect(build, &c, &profile, &result, err) != 0)
		return -1;
	if (result.timed_out)
		err_set(err, entrant->source, NULL, "the build with counters took too long");
	for (size_t i = 0; i < profile->fn_count; i++) {
		if (profile->fns[i].kind != PROFILE_SKIPPED && profile->fns[i].kind != PROFILE_INLINED)
			entrant->calls += profile->fns[i].calls;
	}
	profile_free(profile);
	return err->set ? -1 : 0;
}

void lang_count(struct lang_entrant *entrant, const struct lang_options *o, struct subprocess_stdin *input)
{
	struct build_options b = {.source = entrant->source, .rustc_flags = o->rustc_flags, .no_memory = true};
	struct build *build = NULL;
	struct err err = {0};

	if (entrant->lang->kind != LANG_RUCHY && entrant->lang->kind != LANG_RUST)
		return;
	if (o->progress)
		o->progress(o->context, "counting calls", entrant->label);
	if (build_transpile(&b, &build, &err) == 0 && build_compile(build, &b, BUILD_INSTRUMENTED, &err) == 0)
		entrant->counted = count_build(build, o, input, entrant, &err) == 0;
	if (!entrant->counted)
		entrant->uncounted = xasprintf("%s", err.set ? err.what : "not counted");
	err_free(&err);
	build_free(build);
}
