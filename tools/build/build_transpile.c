/* build_transpile.c - the way from the file that the user named to the instrumented Rust; compiling is apart. */
#include "build_internal.h"
#include "flag_file.h"

#include <stdlib.h>
#include <string.h>
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

/* Flags that were found to suit this program, if there are any; the caller's follow and win. */
static int find_flags(struct build_state *state, const struct build_options *options, struct err *err)
{
	struct flag_file file = {0};
	char *path = options->flag_file ? xstrdup(options->flag_file) : flag_file_path(state->build.source);
	bool none = options->flag_file && strcmp(options->flag_file, "none") == 0;
	double start = build_now();
	int status = none ? 1 : flag_file_read(path, &file, err);
	if (status > 0 && options->flag_file && !none)
		status = err_set(err, path, "`ruchy-prof analyze --suggest --apply-flags` writes one", "there is no such file of flags");
	if (status >= 0) {
		char *words = flag_file_words(&file, options->delivered);
		char *all = *words ? xasprintf("%s %s", words, options->rustc_flags ? options->rustc_flags : "") : NULL;
		char *step = status == 0 ? xasprintf("flags of %s: %s", path, *words ? words : "none that count here") : NULL;
		if (step)
			build_verbose(options, step, start, NULL);
		state->build.flag_file = status == 0 ? xstrdup(path) : NULL;
		status = build_flags_new(&state->flags, all ? all : options->rustc_flags, err);
		free(step);
		free(words);
		free(all);
	}
	flag_file_free(&file);
	free(path);
	return status;
}

static int fill(struct build_state *state, const struct build_options *options, struct err *err)
{
	if (build_read_source(state, options, err) < 0 || find_flags(state, options, err) < 0)
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
	char *const strings[] = {build->source,	    build->source_hash,	  build->rust_path,	build->rust,	    build->instrumented,
				 build->program[0], build->program[1],	  build->command[0],	build->command[1],  build->program[2],
				 build->command[2], build->ruchy_version, build->rustc_version, build->rustc_flags, build->flag_file,
				 state->ruchy,	    state->stem};
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		free(strings[i]);
	rhook_free(build->hook);
	build_tool_free(&state->rustc);
	build_flags_free(&state->flags);
	build_cache_close(&state->cache);
	free(state);
}
