/* build_variant.c - programs that are tried out: compiled side by side, each in the cache under the hash of all that went into it. */
#include "build_internal.h"
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct making {
	struct build_variant *variant;
	struct build_entry entry;
	char *path; /* of the Rust text */
	char **argv;
	size_t as; /* an earlier one in this list that is the same; else itself */
};

static size_t count_words(char *const *words)
{
	size_t count = 0;
	while (words && words[count])
		count++;
	return count;
}

static char **make_command(const struct build_state *state, char *const *flags, const char *rust, const char *out, bool typed)
{
	size_t used = 0, ours = count_words(state->flags.words), more = count_words(flags);
	char **argv = xcalloc(ours + more + 10, sizeof *argv);
	argv[used++] = xstrdup(typed ? "rustc" : state->rustc.path);
	argv[used++] = xstrdup("--crate-name");
	argv[used++] = xstrdup(state->stem);
	if (!typed)
		argv[used++] = xstrdup("--color=never");
	for (size_t i = 0; i < ours; i++)
		argv[used++] = xstrdup(state->flags.words[i]);
	for (size_t i = 0; i < more; i++)
		argv[used++] = xstrdup(flags[i]);
	argv[used++] = xstrdup("-o");
	argv[used++] = build_safe_path(out);
	argv[used++] = build_safe_path(rust);
	return argv;
}

static void make_key(const struct build_state *state, const struct build_variant *variant, char key[HASH_HEX])
{
	struct hash *hash = hash_new();
	hash_add_text(hash, "variant");
	hash_add_text(hash, state->rustc.path);
	hash_add_text(hash, state->rustc.identity);
	hash_add_text(hash, state->stem);
	hash_add(hash, variant->rust, variant->rust_size);
	for (char **word = state->flags.words; *word; word++)
		build_hash_flag(hash, *word);
	hash_add_text(hash, NULL);
	for (char *const *word = variant->flags; word && *word; word++)
		build_hash_flag(hash, *word);
	hash_finish(hash, key);
}

static char *program_in(const struct build_state *state, const char *directory)
{
	return xasprintf("%s/%s", directory, state->stem);
}

/* 1: it must be made; 0: the cache has it. */
static int prepare(struct build_state *state, struct making *making, struct err *err)
{
	struct build_variant *variant = making->variant;
	char key[HASH_HEX];
	if (!variant->rust) {
		variant->rust = state->build.rust;
		variant->rust_size = state->build.rust_size;
	}
	make_key(state, variant, key);
	if (!state->depends && build_cache_find(&state->cache, key, &making->entry)) {
		variant->program = program_in(state, making->entry.path);
		build_entry_free(&making->entry);
		return 0;
	}
	char *name = xasprintf("%s.rs", state->stem);
	making->path = state->depends ? xstrdup(state->build.rust_path)
				      : build_cache_text(&state->cache, name, variant->rust, variant->rust_size, err);
	free(name);
	if (!making->path || build_cache_begin(&state->cache, key, &making->entry, err) < 0)
		return -1;
	char *out = program_in(state, making->entry.path);
	making->argv = make_command(state, variant->flags, making->path, out, false);
	free(out);
	return 1;
}

static int finish(struct build_state *state, struct making *making, struct subprocess_job *job, struct err *err)
{
	struct build_variant *variant = making->variant;
	char *out = program_in(state, making->entry.path);
	bool made = job->output && job->status == 0 && fs_is_executable(out);
	int result = 0;
	free(out);
	variant->seconds = job->seconds;
	if (made) {
		variant->warnings = job->output;
		result = build_cache_commit(&state->cache, &making->entry, err);
		if (result == 0)
			variant->program = program_in(state, making->entry.path);
		build_entry_free(&making->entry);
	} else {
		variant->message = job->output ? job->output : xstrdup("");
		build_cache_abandon(&making->entry);
	}
	return result;
}

/* Two variants of the same text and flags are made once. */
static bool is_twin(const struct making *a, const struct making *b)
{
	return a->argv && b->argv && strcmp(a->entry.final, b->entry.final) == 0;
}

static unsigned cpus(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static int run_all(struct build_state *state, struct making *list, size_t count, void (*done)(void *, size_t), void *context,
		   struct err *err)
{
	struct subprocess_job *jobs = xcalloc(count + 1, sizeof *jobs);
	size_t used = 0;
	for (size_t i = 0; i < count; i++)
		if (list[i].argv && list[i].as == i)
			jobs[used++].argv = list[i].argv;
	int result = used ? subprocess_parallel(jobs, used, cpus(), done, context, err) : 0;
	used = 0;
	for (size_t i = 0; i < count; i++)
		if (list[i].argv && list[i].as == i && finish(state, &list[i], &jobs[used++], err) < 0)
			result = -1;
	free(jobs);
	return result;
}

int build_variants(struct build *build, struct build_variant *variants, size_t count, void (*done)(void *context, size_t count),
		   void *context, struct err *err)
{
	struct build_state *state = (struct build_state *)build;
	struct making *list = xcalloc(count + 1, sizeof *list);
	int result = build_find_rustc(state, err);
	for (size_t i = 0; i < count && result == 0; i++) {
		list[i].variant = &variants[i];
		list[i].as = i;
		result = prepare(state, &list[i], err) < 0 ? -1 : 0;
		for (size_t k = 0; k < i && result == 0 && list[i].as == i; k++)
			if (is_twin(&list[k], &list[i]))
				list[i].as = list[k].as;
	}
	if (result == 0)
		result = run_all(state, list, count, done, context, err);
	for (size_t i = 0; i < count; i++) {
		struct build_variant *twin = list[i].as < i ? list[list[i].as].variant : NULL;
		if (twin && twin->program)
			variants[i].program = xstrdup(twin->program);
		else if (twin && twin->message)
			variants[i].message = xstrdup(twin->message);
		if (list[i].entry.path && (twin || result < 0))
			build_cache_abandon(&list[i].entry);
		free(list[i].path);
		shellquote_free(list[i].argv);
	}
	free(list);
	return result;
}

void build_variant_free(struct build_variant *variant)
{
	free(variant->program);
	free(variant->message);
	free(variant->warnings);
	variant->program = variant->message = variant->warnings = NULL;
}

char *build_variant_command(const struct build *build, char *const *flags, const char *rust_path, const char *program)
{
	char **argv = make_command((const struct build_state *)build, flags, rust_path, program, true);
	char *line = shellquote_join(argv);
	shellquote_free(argv);
	return line;
}

const char *build_crate(const struct build *build)
{
	return ((const struct build_state *)build)->stem;
}

char *build_keep_text(struct build *build, const char *name, const void *data, size_t size, struct err *err)
{
	return build_cache_text(&((struct build_state *)build)->cache, name, data, size, err);
}

struct rhook_input build_hook_input(const struct build *build)
{
	const struct build_state *state = (const struct build_state *)build;
	struct rhook_input input = build_make_input(state, false);
	input.flags = (state->flags.abort ? RHOOK_ABORT : 0u) | (state->flags.wrapping ? RHOOK_WRAPPING : 0u);
	return input;
}

const char *build_source_text(const struct build *build, size_t *size)
{
	const struct build_state *state = (const struct build_state *)build;
	*size = state->ruchy ? state->ruchy_size : build->rust_size;
	return state->ruchy ? state->ruchy : build->rust;
}

int build_need_rustc(struct build *build, struct err *err)
{
	return build_find_rustc((struct build_state *)build, err);
}
