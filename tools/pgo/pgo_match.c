/* pgo_match.c - which functions are still what they were when they were counted. Told by their text without blanks, so moving is no change.
 */
#include "hash.h"
#include "pgo.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Lines from..to of the text, without blanks. */
static void hash_lines(const char *text, size_t size, uint32_t from, uint32_t to, char hex[HASH_HEX])
{
	struct strbuf bare = STRBUF_INIT;
	uint32_t line = 1;

	for (size_t i = 0; i < size && line <= to; i++) {
		if (line >= from && !isspace((unsigned char)text[i]))
			strbuf_add(&bare, &text[i], 1);
		line += text[i] == '\n';
	}
	hash_hex(bare.data ? bare.data : "", bare.size, hex);
	strbuf_free(&bare);
}

static void hash_fn(const struct build *build, const struct rhook_function *fn, char hex[HASH_HEX])
{
	size_t size;
	const char *text = build_source_text(build, &size);

	hash_lines(text, size, fn->from, fn->to, hex);
}

static const struct profile_fn *find_fn(const struct profile *profile, const char *name, uint32_t from)
{
	for (size_t i = 0; i < profile->fn_count; i++)
		if (profile->fns[i].from == from && strcmp(profile->fns[i].name, name) == 0)
			return &profile->fns[i];
	return NULL;
}

/* The function of that name and text as it was measured; of several the nearest. */
static const struct profile_fn *find_text(const struct profile *profile, const struct rhook_function *now, const char *hash)
{
	const struct profile_fn *best = NULL;
	uint32_t distance = UINT32_MAX;

	for (size_t i = 0; i < profile->fn_text_count; i++) {
		const struct profile_fn_text *text = &profile->fn_texts[i];
		uint32_t away = text->from > now->from ? text->from - now->from : now->from - text->from;

		if (strcmp(text->name, now->name) != 0 || strcmp(text->hash, hash) != 0 || away >= distance)
			continue;
		best = find_fn(profile, text->name, text->from);
		distance = best ? away : distance;
	}
	return best;
}

static bool is_same_source(const struct profile *profile, const struct build *build)
{
	if (*profile->source_hash)
		return strcmp(profile->source_hash, build->source_hash) == 0;
	char hash[HASH_HEX];

	hash_hex(build->rust, build->rust_size, hash);
	return strcmp(profile->rust_hash, hash) == 0;
}

static int refuse(const struct profile *profile, const struct build *build, const struct pgo_match *match, struct err *err)
{
	if (match->same || match->known > 0)
		return 0;
	if (profile->fn_text_count == 0)
		return err_set(err, build->source, "collect again with `ruchy-prof pgo collect`",
			       "the profile is of another source (%.200s), and does not hold what its functions were",
			       *profile->source_path ? profile->source_path : profile->rust_path);
	return err_set(err, build->source, "collect again with `ruchy-prof pgo collect`",
		       "the profile is of another program (%.200s): no function of it is here",
		       *profile->source_path ? profile->source_path : profile->rust_path);
}

int pgo_match(const struct profile *profile, const struct build *build, struct pgo_match *match, struct err *err)
{
	const struct rhook_output *hook = build->hook;
	size_t measured = 0;

	*match = (struct pgo_match){.count = hook->function_count};
	match->fns = xcalloc(match->count + 1, sizeof *match->fns); /* NOLINT(bugprone-sizeof-expression): pointers */
	match->moved = xcalloc(match->count + 1, sizeof *match->moved);
	match->same = is_same_source(profile, build);
	for (size_t i = 0; i < match->count; i++) {
		const struct rhook_function *now = &hook->functions[i];
		char hash[HASH_HEX];

		if (match->same) {
			match->fns[i] = find_fn(profile, now->name, now->from);
		} else {
			hash_fn(build, now, hash);
			match->fns[i] = find_text(profile, now, hash);
		}
		if (match->fns[i])
			match->moved[i] = now->from - match->fns[i]->from;
		match->known += match->fns[i] != NULL;
	}
	for (size_t i = 0; i < profile->fn_count; i++)
		measured += profile->fns[i].kind <= PROFILE_CLOSURE;
	match->changed = match->same || measured < match->known ? 0 : measured - match->known;
	if (refuse(profile, build, match, err) == 0)
		return 0;
	pgo_match_free(match);
	return -1;
}

void pgo_match_free(struct pgo_match *match)
{
	free(match->fns);
	free(match->moved);
	*match = (struct pgo_match){0};
}

static int compare_texts(const void *a, const void *b)
{
	const struct profile_fn_text *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = (x->from > y->from) - (x->from < y->from);
	return order ? order : strcmp(x->hash, y->hash);
}

void pgo_match_note(struct profile *profile, const struct build *build)
{
	size_t count = build->hook->function_count, kept = 0;
	struct profile_fn_text *rows = xcalloc(count + 1, sizeof *rows);

	for (size_t i = 0; i < profile->fn_text_count; i++) {
		free(profile->fn_texts[i].name);
		free(profile->fn_texts[i].hash);
	}
	free(profile->fn_texts);
	for (size_t i = 0; i < count; i++) {
		const struct rhook_function *fn = &build->hook->functions[i];
		char hash[HASH_HEX];

		hash_fn(build, fn, hash);
		rows[i] = (struct profile_fn_text){xstrdup(fn->name), fn->from, xstrdup(hash)};
	}
	qsort(rows, count, sizeof *rows, compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare_texts(&rows[kept - 1], &rows[i]) == 0) {
			free(rows[i].name);
			free(rows[i].hash);
		} else {
			rows[kept++] = rows[i];
		}
	}
	profile->fn_texts = rows;
	profile->fn_text_count = kept;
}
