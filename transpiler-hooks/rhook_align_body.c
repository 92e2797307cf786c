/*
 * A body is the tokens of a named function with its closures, without the functions nested in it. What stands outside all functions is a
 * body too: against it go the Rust items outside functions, and a `main` that the transpiler made of declarations alone.
 */
#include "rhook_align.h"
#include "rhook_lcs.h"

#include <stdlib.h>
#include <string.h>

#define ALL_CELLS ((size_t)64 << 20) /* work for a whole program, a fraction of a second */
#define MIN_CELLS ((size_t)512)	     /* per item, however large the program */

/* Items of one language, those of body k at items[from[k]] up to items[from[k + 1]]. Body 0 is outside; function i is body i + 1. */
struct bodies {
	struct rhook_item *items;
	size_t *from;
};

static void free_bodies(struct bodies *bodies)
{
	free(bodies->items);
	free(bodies->from);
}

/* Counting sort of the tokens with a key by `body` of token. */
static bool make_bodies(struct bodies *bodies, const char *text, const struct rhook_token *tokens, size_t count, const uint32_t *body,
			size_t body_count)
{
	size_t *next;

	bodies->items = calloc(count + 1, sizeof(*bodies->items));
	bodies->from = calloc(body_count + 1, sizeof(*bodies->from));
	next = calloc(body_count + 1, sizeof(*next));
	if (!bodies->items || !bodies->from || !next) {
		free(next);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		bodies->from[body[i] + 1]++;
	for (size_t k = 0; k < body_count; k++) {
		bodies->from[k + 1] += bodies->from[k];
		next[k] = bodies->from[k];
	}
	for (uint32_t i = 0; i < count; i++) {
		struct rhook_item *item = &bodies->items[next[body[i]]++];

		item->key = rhook_align_key(text, &tokens[i], &item->weight);
		item->token = i;
	}
	free(next);
	return true;
}

/* Drop items without key, in place. Returns how many are left. */
static uint32_t squeeze(struct rhook_item *items, size_t count)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i].key)
			items[kept++] = items[i];
	return kept;
}

/* The end of the run of matches that follow each other in both, on one Ruchy line, from i on. */
static uint32_t run_end(const struct rhook_align *align, uint32_t i, uint32_t n, const struct rhook_item *b, const uint32_t *partner)
{
	const struct rhook_token *tokens = align->ruchy.tokens;
	uint32_t line = tokens[b[partner[i]].token].line;

	for (i++; i < n && partner[i] != RHOOK_UNPAIRED && partner[i] == partner[i - 1] + 1 && tokens[b[partner[i]].token].line == line;)
		i++;
	return i;
}

/*
 * `=` and `new` are everywhere: a match of such weak items counts only if three follow each other, or if the strong match before
 * or behind is on the same Ruchy line.
 */
static void drop_weak(const struct rhook_align *align, const struct rhook_item *a, uint32_t n, const struct rhook_item *b,
		      uint32_t *partner)
{
	const struct rhook_token *tokens = align->ruchy.tokens;
	uint32_t before = 0, after = 0; /* Ruchy lines of the strong matches around; 0 = none */
	uint32_t ahead = 0, run = 0, length = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t line;

		if (partner[i] == RHOOK_UNPAIRED)
			continue;
		if (i >= run) {
			run = run_end(align, i, n, b, partner);
			length = run - i;
		}
		line = tokens[b[partner[i]].token].line;
		if (a[i].weight > 1) {
			before = line;
			continue;
		}
		for (; ahead <= i || (ahead < n && (partner[ahead] == RHOOK_UNPAIRED || a[ahead].weight == 1)); ahead++)
			;
		after = ahead < n ? tokens[b[partner[ahead]].token].line : 0;
		if (length < 3 && line != before && line != after)
			partner[i] = RHOOK_UNPAIRED;
	}
}

static bool align_body(struct rhook_align *align, const struct rhook_item *a, uint32_t n, const struct rhook_item *b, uint32_t m,
		       size_t per_item)
{
	uint32_t *partner = malloc(((size_t)n + 1) * sizeof(*partner));

	if (!partner || !rhook_lcs(a, n, b, m, per_item, partner)) {
		free(partner);
		return false;
	}
	drop_weak(align, a, n, b, partner);
	for (uint32_t i = 0; i < n; i++)
		if (partner[i] != RHOOK_UNPAIRED)
			align->partner[a[i].token] = b[partner[i]].token;
	free(partner);
	return true;
}

bool rhook_align_implicit(const struct rhook_align *align, uint32_t ruchy_fn)
{
	const struct rhook_ruchy_fn *fn = &align->ruchy.fns[ruchy_fn];
	const struct rhook_token *first = &align->ruchy.tokens[fn->first_token];

	return fn->kind == RHOOK_FN && !rhook_token_is(align->ruchy_text, first, "fun") && !rhook_token_is(align->ruchy_text, first, "fn");
}

/* Body of each token of either language. `outside`: implicit functions count as outside. */
static void rust_bodies(const struct rhook_align *align, uint32_t *body)
{
	for (size_t i = 0; i < align->rust_count; i++) {
		uint32_t fn = align->rust_fn[i];

		body[i] = fn == RHOOK_UNPAIRED || align->fns[fn].named == RHOOK_UNPAIRED ? 0 : align->fns[fn].named + 1;
	}
}

static void ruchy_bodies(const struct rhook_align *align, uint32_t *body, bool outside)
{
	for (size_t i = 0; i < align->ruchy.token_count; i++) {
		uint32_t fn = align->ruchy_fn[i];

		fn = fn == RHOOK_UNPAIRED ? fn : align->ruchy_named[fn];
		body[i] = fn == RHOOK_UNPAIRED || (outside && rhook_align_implicit(align, fn)) ? 0 : fn + 1;
	}
}

static bool align_all(struct rhook_align *align, struct bodies *rust, struct bodies *ruchy, struct bodies *outside)
{
	size_t per_item = ALL_CELLS / (align->rust_count + align->ruchy.token_count + 1);
	uint32_t around = squeeze(outside->items, outside->from[1]);

	if (per_item < MIN_CELLS)
		per_item = MIN_CELLS;
	for (size_t k = 0; k <= align->fn_count; k++) {
		struct rhook_item *a = rust->items + rust->from[k];
		uint32_t n = squeeze(a, rust->from[k + 1] - rust->from[k]), pair = k ? align->fns[k - 1].pair : RHOOK_UNPAIRED;
		bool ok = true;

		if (pair != RHOOK_UNPAIRED) {
			struct rhook_item *b = ruchy->items + ruchy->from[pair + 1];

			ok = align_body(align, a, n, b, squeeze(b, ruchy->from[pair + 2] - ruchy->from[pair + 1]), per_item);
		} else if (k == 0 || strcmp(align->fns[k - 1].name, "main") == 0) {
			ok = align_body(align, a, n, outside->items, around, per_item);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool rhook_align_bodies(struct rhook_align *align)
{
	size_t rust_count = align->rust_count, ruchy_count = align->ruchy.token_count;
	const struct rhook_token *tokens = align->ruchy.tokens;
	struct bodies rust = {0}, ruchy = {0}, outside = {0};
	uint32_t *body = malloc(((rust_count > ruchy_count ? rust_count : ruchy_count) + 1) * sizeof(*body));
	bool ok = body != NULL;

	if (ok) {
		rust_bodies(align, body);
		ok = make_bodies(&rust, align->rust_text, align->rust, rust_count, body, align->fn_count + 1);
	}
	if (ok) {
		ruchy_bodies(align, body, false);
		ok = make_bodies(&ruchy, align->ruchy_text, tokens, ruchy_count, body, align->ruchy.fn_count + 1);
	}
	if (ok) {
		ruchy_bodies(align, body, true);
		ok = make_bodies(&outside, align->ruchy_text, tokens, ruchy_count, body, align->ruchy.fn_count + 1);
	}
	ok = ok && align_all(align, &rust, &ruchy, &outside);
	free_bodies(&rust);
	free_bodies(&ruchy);
	free_bodies(&outside);
	free(body);
	return ok;
}
