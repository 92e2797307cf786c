#include "rhook_align.h"

#include <stdlib.h>
#include <string.h>

/* --- making --------------------------------------------------------------------------------------------------------------------- */

static uint32_t *unpaired(size_t count)
{
	uint32_t *array = malloc((count + 1) * sizeof(*array));

	if (array)
		memset(array, 0xff, (count + 1) * sizeof(*array));
	return array;
}

/* The first token at or behind `byte`. */
static uint32_t token_at(const struct rhook_align *align, uint32_t byte)
{
	size_t low = 0, high = align->rust_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (align->rust[middle].start < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static bool copy_functions(struct rhook_align *align, const struct rhook_fn *fns, size_t count)
{
	align->fns = calloc(count + 1, sizeof(*align->fns));
	if (!align->fns)
		return false;
	for (align->fn_count = 0; align->fn_count < count; align->fn_count++) {
		const struct rhook_fn *fn = &fns[align->fn_count];

		align->fns[align->fn_count] = (struct rhook_side){.name = strdup(fn->name ? fn->name : ""),
								  .kind = fn->kind,
								  .first = token_at(align, fn->start),
								  .end = token_at(align, fn->end),
								  .named = RHOOK_UNPAIRED,
								  .pair = RHOOK_UNPAIRED,
								  .first_row = fn->first_row,
								  .last_row = fn->last_row};
		if (!align->fns[align->fn_count].name)
			return false;
	}
	return true;
}

/* Innermost function of each token, and for each function the named one that holds it. `stack`: scratch, one for each function. */
static void nest_rust(struct rhook_align *align, uint32_t *stack)
{
	size_t depth = 0;
	uint32_t next = 0;

	for (uint32_t token = 0; token < align->rust_count; token++) {
		for (; next < align->fn_count && align->fns[next].first <= token; next++) {
			while (depth && align->fns[stack[depth - 1]].end <= token)
				depth--;
			align->fns[next].named = align->fns[next].kind != RHOOK_CLOSURE ? next
						 : depth				? align->fns[stack[depth - 1]].named
											: RHOOK_UNPAIRED;
			stack[depth++] = next;
		}
		while (depth && align->fns[stack[depth - 1]].end <= token)
			depth--;
		align->rust_fn[token] = depth ? stack[depth - 1] : RHOOK_UNPAIRED;
	}
}

static void nest_ruchy(struct rhook_align *align, uint32_t *stack)
{
	const struct rhook_ruchy_fn *fns = align->ruchy.fns;
	size_t depth = 0;
	uint32_t next = 0;

	for (uint32_t token = 0; token < align->ruchy.token_count; token++) {
		for (; next < align->ruchy.fn_count && fns[next].first_token <= token; next++) {
			while (depth && fns[stack[depth - 1]].end_token <= token)
				depth--;
			align->ruchy_named[next] = fns[next].kind != RHOOK_CLOSURE ? next
						   : depth			   ? align->ruchy_named[stack[depth - 1]]
										   : RHOOK_UNPAIRED;
			stack[depth++] = next;
		}
		while (depth && fns[stack[depth - 1]].end_token <= token)
			depth--;
		align->ruchy_fn[token] = depth ? stack[depth - 1] : RHOOK_UNPAIRED;
	}
}

static bool nest(struct rhook_align *align)
{
	uint32_t *stack;

	align->rust_fn = unpaired(align->rust_count);
	align->ruchy_fn = unpaired(align->ruchy.token_count);
	align->ruchy_named = unpaired(align->ruchy.fn_count);
	align->ruchy_pair = unpaired(align->ruchy.fn_count);
	align->partner = unpaired(align->rust_count);
	align->resolved = unpaired(align->rust_count);
	stack = unpaired(align->fn_count + align->ruchy.fn_count);
	if (!align->rust_fn || !align->ruchy_fn || !align->ruchy_named || !align->ruchy_pair || !align->partner || !align->resolved ||
	    !stack) {
		free(stack);
		return false;
	}
	nest_rust(align, stack);
	nest_ruchy(align, stack);
	free(stack);
	return true;
}

/* A Ruchy function without Rust function was inlined. Closures are no loss: their code is in the function around them. */
static bool find_inlined(struct rhook_align *align)
{
	align->inlined = unpaired(align->ruchy.fn_count);
	if (!align->inlined)
		return false;
	for (uint32_t i = 0; i < align->ruchy.fn_count; i++)
		if (align->ruchy.fns[i].kind != RHOOK_CLOSURE && align->ruchy_pair[i] == RHOOK_UNPAIRED && !rhook_align_implicit(align, i))
			align->inlined[align->inlined_count++] = i;
	return true;
}

/* Of the first thing in the token's row: a string begins before its first word. */
static uint32_t row_begins(const struct rhook_align *align, const struct rhook_token *token)
{
	const char *row = align->rust_text + token->start - token->column;
	uint32_t column = 0;

	while (column < token->column && (row[column] == ' ' || row[column] == '\t' || row[column] == '\r'))
		column++;
	return column;
}

/* Partners, and at the start of a row whatever gives its line, so that a map covers every row that has one. */
static bool collect_pairs(struct rhook_align *align)
{
	align->pairs = malloc((align->rust_count + 1) * sizeof(*align->pairs));
	if (!align->pairs)
		return false;
	for (size_t i = 0; i < align->rust_count; i++) {
		const struct rhook_token *rust = &align->rust[i], *ruchy;
		bool first = i == 0 || rust[-1].line != rust->line;
		uint32_t place = align->partner[i];

		if (align->resolved[i] == RHOOK_UNPAIRED)
			continue;
		/* What gives the line has the last word: a partner elsewhere was a mistake, or the row's first bracket. */
		if ((place == RHOOK_UNPAIRED && first) ||
		    (place != RHOOK_UNPAIRED && align->ruchy.tokens[place].line != align->ruchy.tokens[align->resolved[i]].line))
			place = align->resolved[i];
		if (place == RHOOK_UNPAIRED)
			continue;
		ruchy = &align->ruchy.tokens[place];
		align->pairs[align->pair_count++] =
		    (struct rhook_pair){rust->line - 1, first ? row_begins(align, rust) : rust->column, ruchy->line - 1, ruchy->column};
	}
	return true;
}

static bool make_identity(struct rhook_align *align, const struct rhook_text *rust)
{
	uint32_t size = rust->size > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)rust->size;
	size_t rows = 1;

	align->identity = true;
	for (uint32_t at = 0; at < size; at++)
		rows += rust->data[at] == '\n';
	align->rows = malloc(rows * sizeof(*align->rows));
	if (!align->rows)
		return false;
	align->rows[align->row_count++] = 0;
	for (uint32_t at = 0; at < size; at++)
		if (rust->data[at] == '\n')
			align->rows[align->row_count++] = at + 1;
	return true;
}

static bool make(struct rhook_align *align, const struct rhook_text *ruchy, const struct rhook_text *rust)
{
	return rhook_outline(ruchy->data, ruchy->size, &align->ruchy) && nest(align) && rhook_align_names(align) &&
	       rhook_align_bodies(align) && rhook_align_closures(align) && rhook_align_statements(align) && find_inlined(align) &&
	       collect_pairs(align) && rust->data;
}

/* `tree` is not asked: it shows neither the code inside macros nor the text as it is when macros were rewritten for it. */
struct rhook_align *rhook_align_new(const struct rhook_text *ruchy, const struct rhook_text *rust, TSTree *tree, const struct rhook_fn *fns,
				    size_t fn_count)
{
	struct rhook_align *align = calloc(1, sizeof(*align));
	bool identity = !ruchy || !ruchy->data, ok;

	(void)tree;
	if (!align)
		return NULL;
	ok = identity || rhook_lex(rust->data, rust->size, RHOOK_RUST, &align->rust, &align->rust_count);
	ok = ok && copy_functions(align, fns, fn_count);
	if (ok && identity) {
		ok = make_identity(align, rust);
	} else if (ok) {
		align->rust_text = rust->data;
		align->ruchy_text = ruchy->data;
		ok = make(align, ruchy, rust);
	}
	align->rust_text = align->ruchy_text = NULL;
	if (!ok) {
		rhook_align_free(align);
		return NULL;
	}
	return align;
}

void rhook_align_free(struct rhook_align *align)
{
	if (!align)
		return;
	for (size_t i = 0; i < align->fn_count; i++)
		free(align->fns[i].name);
	free(align->fns);
	rhook_outline_free(&align->ruchy);
	free(align->rust);
	free(align->rust_fn);
	free(align->ruchy_fn);
	free(align->ruchy_named);
	free(align->ruchy_pair);
	free(align->partner);
	free(align->resolved);
	free(align->inlined);
	free(align->pairs);
	free(align->rows);
	free(align);
}

/* --- asking ------------------------------------------------------------------------------------------------------------------------ */

/* Greatest row that starts at or before the byte. */
static uint32_t identity_line(const struct rhook_align *align, uint32_t byte)
{
	size_t low = 0, high = align->row_count;

	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (align->rows[middle] <= byte)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low + 1;
}

uint32_t rhook_align_line(const struct rhook_align *align, uint32_t rust_byte)
{
	uint32_t next, token;

	if (align->identity)
		return identity_line(align, rust_byte);
	if (!align->rust_count)
		return 0;
	next = token_at(align, rust_byte);
	/* the token that holds the byte, else the next one of the same row, else the one before */
	if (next < align->rust_count && align->rust[next].start - rust_byte <= align->rust[next].column &&
	    (next == 0 || align->rust[next - 1].start + align->rust[next - 1].size <= rust_byte))
		token = next;
	else
		token = next ? next - 1 : 0;
	return align->resolved[token] == RHOOK_UNPAIRED ? 0 : align->ruchy.tokens[align->resolved[token]].line;
}

bool rhook_align_fn(const struct rhook_align *align, size_t fn, const char **name, uint32_t *from, uint32_t *to)
{
	const struct rhook_side *side = &align->fns[fn];
	const struct rhook_ruchy_fn *pair;

	*name = side->name;
	*from = align->identity ? side->first_row + 1 : 0;
	*to = align->identity ? side->last_row + 1 : 0;
	if (align->identity || side->pair == RHOOK_UNPAIRED)
		return align->identity;
	pair = &align->ruchy.fns[side->pair];
	*name = strcmp(pair->name, RHOOK_TOP_LEVEL) == 0 ? side->name : pair->name;
	*from = pair->from;
	*to = pair->to;
	return true;
}

bool rhook_align_inlined(const struct rhook_align *align, size_t index, const char **name, uint32_t *from, uint32_t *to)
{
	const struct rhook_ruchy_fn *fn;

	if (index >= align->inlined_count)
		return false;
	fn = &align->ruchy.fns[align->inlined[index]];
	*name = fn->name;
	*from = fn->from;
	*to = fn->to;
	return true;
}

bool rhook_align_pair(const struct rhook_align *align, size_t index, struct rhook_pair *pair)
{
	if (align->identity && index < align->row_count)
		*pair = (struct rhook_pair){(uint32_t)index, 0, (uint32_t)index, 0};
	else if (!align->identity && index < align->pair_count)
		*pair = align->pairs[index];
	else
		return false;
	return true;
}
