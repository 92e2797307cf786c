/* build_traced.c - a program that traces the calls of chosen functions. */
#include "build_internal.h"

#include <stdlib.h>

int build_compile_traced(struct build *build, const struct build_options *options, const char *const *functions, size_t count,
			 struct err *err)
{
	struct build_state *state = (struct build_state *)build;
	struct rhook_input input = {
	    .rust = {build->rust_path, build->rust, build->rust_size},
	    .trace = functions,
	    .trace_count = count,
	};
	struct rhook_output *output;
	struct rhook_error error = {0};
	double start = build_now();

	if (state->ruchy)
		input.ruchy = (struct rhook_text){build->source, state->ruchy, state->ruchy_size};
	if (rhook_instrument(&input, &output, &error) < 0)
		return err_set(err, build->source, NULL, "%s", error.message);
	char *name = xasprintf("%s.traced.rs", state->stem);
	char *path = build_cache_text(&state->cache, name, output->rust, output->rust_size, err);
	build_verbose(options, "put in the trace", start, NULL);
	int result = path ? build_compile_text(state, BUILD_TRACED, path, output->rust, output->rust_size, options, err) : -1;
	rhook_free(output);
	free(name);
	free(path);
	return result;
}
