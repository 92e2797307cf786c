/* build_hook.c - the hook between transpiler and rustc. It runs for every command: it is fast, and its result is what the later keys are
 * made of. */
#include "build_internal.h"

#include <stdlib.h>
#include <string.h>

struct rhook_input build_make_input(const struct build_state *state, bool entry_only)
{
	struct rhook_input input = {
	    .rust = {state->build.rust_path, state->build.rust, state->build.rust_size},
	    .flags = (entry_only ? RHOOK_ENTRY_ONLY : 0u) | (state->flags.abort ? RHOOK_ABORT : 0u) |
		     (state->no_memory ? RHOOK_NO_MEMORY : 0u) | (state->flags.wrapping ? RHOOK_WRAPPING : 0u),
	};
	if (state->ruchy)
		input.ruchy = (struct rhook_text){state->build.source, state->ruchy, state->ruchy_size};
	else
		input.rust.path = state->build.source; /* as the user wrote it: reports show it */
	return input;
}

/* Without counters: for the lines in rustc's messages. May leave NULL. */
static void map_only(struct build_state *state)
{
	struct rhook_input input = build_make_input(state, false);
	struct rhook_error ignored = {0};
	if (rhook_map(&input, &state->build.hook, &ignored) < 0)
		state->build.hook = NULL;
}

static int explain(struct build_state *state, const struct rhook_error *error, struct err *err)
{
	char *where =
	    error->line ? xasprintf("%s:%u:%u", state->build.rust_path, error->line, error->column) : xstrdup(state->build.rust_path);
	err_set(err, where, NULL, "the Rust text can't be instrumented: %s", error->message);
	free(where);
	return -1;
}

int build_hook(struct build_state *state, bool entry_only, const struct build_options *options, struct err *err)
{
	double start = build_now();
	struct rhook_input input = build_make_input(state, entry_only);
	input.flags |= (options->lines ? RHOOK_LINES : 0u) | (options->by_line ? RHOOK_BY_LINE : 0u);
	struct rhook_error error = {0};
	rhook_free(state->build.hook);
	state->build.hook = NULL;
	free(state->build.instrumented);
	state->build.instrumented = NULL;
	state->entry_only = entry_only;
	if (rhook_instrument(&input, &state->build.hook, &error) < 0) {
		/* Most likely it is no Rust at all; then rustc says it best. */
		state->build.hook = NULL;
		map_only(state);
		if (build_compile_plain(state, options, err) < 0)
			return -1;
		return explain(state, &error, err);
	}
	char *name = xasprintf("%s.instrumented.rs", state->stem);
	state->build.instrumented = build_cache_text(&state->cache, name, state->build.hook->rust, state->build.hook->rust_size, err);
	free(name);
	build_verbose(options, entry_only ? "instrument (entry counters only)" : "instrument", start, NULL);
	return state->build.instrumented ? 0 : -1;
}
