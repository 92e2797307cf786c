/*
 * Statements of the Rust text are found by their brackets and separators, so that the code inside macros, of which a syntax tree shows
 * nothing, has statements too. A `{` belongs to the statement that it is part of, which goes on behind the `}`; what is inside belongs to
 * statements of their own, whose outer statement is that one.
 */
#include "rhook_align.h"

#include <stdlib.h>
#include <string.h>

struct frame {
	char bracket;
	uint32_t statement; /* that holds the bracket */
};

struct statement {
	uint32_t brace; /* the `{` of the outer statement; RHOOK_UNPAIRED = none */
	bool commas;	/* `,` ends it: an arm or a field, not a declaration */
	bool started;
};

struct splitter {
	const struct rhook_align *align;
	uint32_t *of; /* statement of each token */
	struct statement *statements;
	uint32_t count;
	struct frame *frames;
	size_t depth;
	uint32_t closed; /* the statement that the last `}` belongs to */
};

static bool is(const struct rhook_align *align, uint32_t token, const char *word)
{
	return token < align->rust_count && align->rust[token].kind != RHOOK_STRING &&
	       rhook_token_is(align->rust_text, &align->rust[token], word);
}

static bool is_any(const struct rhook_align *align, uint32_t token, const char *const *words)
{
	for (; *words; words++)
		if (is(align, token, *words))
			return true;
	return false;
}

/* Does the statement go on behind a `}`? */
static bool goes_on(const struct rhook_align *align, uint32_t token)
{
	static const char *const words[] = {"else", "as", "where", NULL};
	static const char *const starts[] = {"{", "}", "#[", "#", "*", "&", "-", "!", "(", "[", "|", "||", NULL};

	if (token >= align->rust_count)
		return false;
	switch (align->rust[token].kind) {
	case RHOOK_WORD:
		return is_any(align, token, words);
	case RHOOK_OPERATOR:
		return !is_any(align, token, starts);
	default:
		return false;
	}
}

static uint32_t new_statement(struct splitter *s, uint32_t brace)
{
	s->statements[s->count] = (struct statement){.brace = brace};
	return s->count++;
}

static char bracket_of(const struct rhook_align *align, uint32_t token)
{
	return align->rust[token].kind == RHOOK_OPERATOR && align->rust[token].size <= 2
		   ? align->rust_text[align->rust[token].start + align->rust[token].size - 1]
		   : '\0';
}

static void start(struct splitter *s, uint32_t statement, uint32_t token)
{
	static const char *const declare[] = {"let",	"fn",	 "pub", "impl", "struct", "enum",
					      "static", "const", "use", "type", "trait",  NULL};

	if (s->statements[statement].started)
		return;
	s->statements[statement].started = true;
	s->statements[statement].commas = !is_any(s->align, token, declare);
}

/* Statement behind token `token`, which belongs to `now`. */
static uint32_t step(struct splitter *s, uint32_t token, uint32_t now)
{
	const struct rhook_align *align = s->align;
	char bracket = bracket_of(align, token);
	bool single = align->rust[token].size == 1 || bracket == '[';
	bool in_block = s->depth == 0 || s->frames[s->depth - 1].bracket == '{';

	if (!single)
		return now;
	if (bracket == '(' || bracket == '[' || bracket == '{') {
		s->frames[s->depth++] = (struct frame){bracket, now};
		return bracket == '{' ? new_statement(s, token) : now;
	}
	if ((bracket == ';' && in_block) || (bracket == ',' && in_block && s->depth && s->statements[now].commas))
		return new_statement(s, s->statements[now].brace);
	if (bracket == ')' || bracket == ']') {
		if (s->depth && s->frames[s->depth - 1].bracket != '{')
			s->depth--;
	} else if (bracket == '}') {
		while (s->depth && s->frames[s->depth - 1].bracket != '{')
			s->depth--;
		s->closed = now;
		if (s->depth == 0)
			return new_statement(s, RHOOK_UNPAIRED);
		now = s->closed = s->frames[--s->depth].statement;
		if (!goes_on(align, token + 1) && (s->depth == 0 || s->frames[s->depth - 1].bracket == '{'))
			return new_statement(s, s->statements[now].brace);
	}
	return now;
}

static void split(struct splitter *s)
{
	uint32_t now = new_statement(s, RHOOK_UNPAIRED);

	for (uint32_t i = 0; i < s->align->rust_count; i++) {
		if (is(s->align, i, "}")) { /* belongs to the statement of its `{` */
			now = step(s, i, now);
			s->of[i] = s->closed;
			continue;
		}
		start(s, now, i);
		s->of[i] = now;
		now = step(s, i, now);
	}
}

/* --- places -------------------------------------------------------------------------------------------------------------------- */

/* The function whose lines bound the place of a token: RHOOK_UNPAIRED = none known. */
static uint32_t pair_of(const struct rhook_align *align, uint32_t token)
{
	uint32_t fn = align->rust_fn[token];

	if (fn != RHOOK_UNPAIRED && align->fns[fn].pair == RHOOK_UNPAIRED)
		fn = align->fns[fn].named;
	return fn == RHOOK_UNPAIRED ? fn : align->fns[fn].pair;
}

static bool generated(const struct rhook_align *align, uint32_t token)
{
	uint32_t fn = align->rust_fn[token];

	fn = fn == RHOOK_UNPAIRED ? fn : align->fns[fn].named;
	return fn != RHOOK_UNPAIRED && align->fns[fn].pair == RHOOK_UNPAIRED && strcmp(align->fns[fn].name, "main") != 0;
}

static uint32_t named_of(const struct rhook_align *align, uint32_t token)
{
	return align->rust_fn[token] == RHOOK_UNPAIRED ? RHOOK_UNPAIRED : align->fns[align->rust_fn[token]].named;
}

/* Of the partners before and behind, the one on the same row, else the nearer. */
static uint32_t nearer(const struct rhook_align *align, uint32_t token, uint32_t before, uint32_t behind)
{
	uint32_t row = align->rust[token].line;

	if (before == RHOOK_UNPAIRED || behind == RHOOK_UNPAIRED)
		return before == RHOOK_UNPAIRED ? behind : before;
	if ((align->rust[before].line == row) != (align->rust[behind].line == row))
		return align->rust[before].line == row ? before : behind;
	return behind - token < token - before ? behind : before;
}

/* Tokens take the place of the nearest partner in their statement. `last`, `next`: scratch, one for each statement. */
static void within_statements(struct rhook_align *align, const uint32_t *of, uint32_t *last, uint32_t *behind)
{
	for (uint32_t i = (uint32_t)align->rust_count; i-- > 0;) {
		if (align->partner[i] != RHOOK_UNPAIRED)
			last[of[i]] = i;
		behind[i] = last[of[i]];
		if (behind[i] != RHOOK_UNPAIRED && named_of(align, behind[i]) != named_of(align, i))
			behind[i] = RHOOK_UNPAIRED;
	}
	for (size_t i = 0; i < align->rust_count; i++)
		last[of[i]] = RHOOK_UNPAIRED;
	for (uint32_t i = 0; i < align->rust_count; i++) {
		uint32_t best, before;

		if (align->partner[i] != RHOOK_UNPAIRED)
			last[of[i]] = i;
		before = last[of[i]];
		if (before != RHOOK_UNPAIRED && named_of(align, before) != named_of(align, i))
			before = RHOOK_UNPAIRED;
		best = nearer(align, i, before, behind[i]);
		if (best != RHOOK_UNPAIRED)
			align->resolved[i] = align->partner[best];
	}
}

/* Is this `{` more than a bare block or the body of the function: is there an outer statement that says more than the one before? */
static bool tells(const struct rhook_align *align, const struct splitter *s, uint32_t brace, uint32_t fn)
{
	static const char *const ends[] = {"{", "}", ";", NULL};

	if (brace == 0 || brace == RHOOK_UNPAIRED || named_of(align, brace) != fn || is_any(align, brace - 1, ends))
		return false;
	return fn == RHOOK_UNPAIRED || s->of[brace] != s->of[align->fns[fn].first];
}

/* In the head of a function that has a Ruchy function, but under a name that did not match? */
static bool is_head(const struct rhook_align *align, const struct splitter *s, uint32_t token, uint32_t fn)
{
	return fn != RHOOK_UNPAIRED && align->fns[fn].pair != RHOOK_UNPAIRED && s->of[token] == s->of[align->fns[fn].first];
}

/* For each statement the first partner in the statements inside it. `inside` begins unpaired. */
static void look_inside(const struct rhook_align *align, const struct splitter *s, uint32_t *inside)
{
	for (uint32_t i = (uint32_t)align->rust_count; i-- > 0;) {
		uint32_t brace = s->statements[s->of[i]].brace, found = i;

		if (align->partner[i] == RHOOK_UNPAIRED)
			found = is(align, i, "{") ? inside[s->of[i]] : RHOOK_UNPAIRED;
		if (found != RHOOK_UNPAIRED && brace != RHOOK_UNPAIRED && named_of(align, found) == named_of(align, brace))
			inside[s->of[brace]] = found;
	}
}

/*
 * A statement without partner takes the place of the outer one, or, where that tells nothing, of the first one inside it (it was wrapped
 * around that), or of the one before it in the function. `last`: scratch, one for each function and one for outside.
 */
static void across_statements(struct rhook_align *align, const struct splitter *s, const uint32_t *inside, uint32_t *last)
{
	for (uint32_t i = 0; i < align->rust_count; i++) {
		uint32_t brace = s->statements[s->of[i]].brace, within = inside[s->of[i]], fn = named_of(align, i);
		uint32_t *before = &last[fn == RHOOK_UNPAIRED ? align->fn_count : fn];

		if (align->resolved[i] == RHOOK_UNPAIRED && is_head(align, s, i, fn))
			align->resolved[i] = align->ruchy.fns[align->fns[fn].pair].first_token;
		if (align->resolved[i] == RHOOK_UNPAIRED && tells(align, s, brace, fn))
			align->resolved[i] = align->resolved[brace];
		if (align->resolved[i] == RHOOK_UNPAIRED && within != RHOOK_UNPAIRED && named_of(align, within) == fn && !is(align, i, "}"))
			align->resolved[i] = align->partner[within];
		if (align->resolved[i] == RHOOK_UNPAIRED && *before != RHOOK_UNPAIRED)
			align->resolved[i] = align->resolved[*before];
		if (align->resolved[i] != RHOOK_UNPAIRED)
			*before = i;
	}
}

/* A bracket at the start of a row belongs to the code behind it there: the row is asked for by its first byte. */
static void at_row_start(struct rhook_align *align)
{
	static const char *const brackets[] = {"{", "}", "(", ")", "[", "]", "<", ">", ",", ";", NULL};
	uint32_t code = RHOOK_UNPAIRED; /* the first token of the row that is no bracket */

	for (uint32_t i = (uint32_t)align->rust_count; i-- > 0;) {
		if (i + 1 < align->rust_count && align->rust[i + 1].line != align->rust[i].line)
			code = RHOOK_UNPAIRED;
		if (!is_any(align, i, brackets))
			code = i;
		else if ((i == 0 || align->rust[i - 1].line != align->rust[i].line) && code != RHOOK_UNPAIRED &&
			 named_of(align, code) == named_of(align, i))
			align->resolved[i] = align->resolved[code];
	}
}

/* A place outside the lines of the token's function is a mistake: its first line is right, if coarse. */
static void bound(struct rhook_align *align)
{
	for (uint32_t i = 0; i < align->rust_count; i++) {
		uint32_t pair = pair_of(align, i);
		uint32_t line;

		if (generated(align, i)) {
			align->resolved[i] = RHOOK_UNPAIRED;
			continue;
		}
		if (pair == RHOOK_UNPAIRED)
			continue;
		line = align->resolved[i] == RHOOK_UNPAIRED ? 0 : align->ruchy.tokens[align->resolved[i]].line;
		if (line < align->ruchy.fns[pair].from || line > align->ruchy.fns[pair].to)
			align->resolved[i] = align->ruchy.fns[pair].first_token;
	}
}

bool rhook_align_statements(struct rhook_align *align)
{
	size_t count = align->rust_count;
	struct splitter s = {.align = align,
			     .of = malloc((count + 1) * sizeof(*s.of)),
			     .statements = malloc((count + 2) * sizeof(*s.statements)),
			     .frames = malloc((count + 1) * sizeof(*s.frames))};
	size_t scratch = count + align->fn_count + 2;
	uint32_t *last = malloc(scratch * sizeof(*last)), *behind = malloc(scratch * sizeof(*behind));
	bool ok = s.of && s.statements && s.frames && last && behind;

	if (ok) {
		split(&s);
		memset(last, 0xff, scratch * sizeof(*last));
		within_statements(align, s.of, last, behind);
		memset(last, 0xff, scratch * sizeof(*last));
		memset(behind, 0xff, scratch * sizeof(*behind));
		look_inside(align, &s, behind);
		across_statements(align, &s, behind, last);
		bound(align);
		at_row_start(align);
	}
	free(s.of);
	free(s.statements);
	free(s.frames);
	free(last);
	free(behind);
	return ok;
}
