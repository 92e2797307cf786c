/* build_transpile.c - the way from the file that the user named to the instrumented Rust; compiling is apart. */
#include "build_internal.h"

#include <stdlib.h>
#include <time.h>

double build_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void build_progress(const struct build_options *options, const char *step)
{
	if (options->progress)
		options->progress(options->context, step);
}

void build_verbose(const struct build_options *options, const char *step, double since, const char *command)
{
	if (options->verbose)
		options->verbose(options->context, step, build_now() - since, command);
}

static int open_cache(struct build_state *state, const struct build_options *options, struct err *err)
{
	char *why;
	double start = build_now();
	int result = build_cache_open(&state->cache, options->no_cache, &why, err);
	if (why) {
		char *step = xasprintf("build without the cache (%s)", why);
		build_verbose(options, step, start, NULL);
		free(step);
		free(why);
	}
	return result;
}

static int fill(struct build_state *state, const struct build_options *options, struct err *err)
{
	if (build_read_source(state, options, err) < 0 || build_flags_new(&state->flags, options->rustc_flags, err) < 0)
		return -1;
	state->flags.wrapping &= !options->text_only;
	state->build.rustc_flags = xstrdup(state->flags.joined);
	if (open_cache(state, options, err) < 0)
		return -1;
	if (state->ruchy && build_run_ruchy(state, options, err) < 0)
		return -1;
	state->no_memory = options->no_memory;
	return options->no_hook ? 0 : build_hook(state, options->entry_only, options, err);
}

int build_transpile(const struct build_options *options, struct build **build, struct err *err)
{
	struct build_state *state = xcalloc(1, sizeof *state);
	*build = NULL;
	if (fill(state, options, err) < 0) {
		build_free(&state->build);
		return -1;
	}
	*build = &state->build;
	return 0;
}

void build_free(struct build *build)
{
	struct build_state *state = (struct build_state *)build;
	if (!build)
		return;
	char *const strings[] = {build->source,	       build->source_hash, build->rust_path,  build->rust,
				 build->instrumented,  build->program[0],  build->program[1], build->command[0],
				 build->command[1],    build->program[2],  build->command[2], build->ruchy_version,
				 build->rustc_version, build->rustc_flags, state->ruchy,      state->stem};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		free(strings[i]);
	rhook_free(build->hook);
	build_tool_free(&state->rustc);
	build_flags_free(&state->flags);
	build_cache_close(&state->cache);
	free(state);
}
