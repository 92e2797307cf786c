/*
 * The outline is found by brackets and keywords alone, so that it stands any text. One pass over the tokens keeps a stack of what is
 * open: brackets, and bodies of lambdas without braces, which end where their expression does. The stack lives on the heap.
 */
#include "rhook_lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE	     UINT32_MAX
#define LOOK_AHEAD   64u  /* tokens: lambda parameters, head of an impl; bounded since it is looked for again and again */
#define NAME_MAX_ALL 400u /* bytes: an enclosing name longer than this is not repeated in front of the inner ones */

enum role { BLOCK, FUNCTION, TYPE, ACTOR, MODULE, MATCH };

struct frame {
	char bracket; /* '(' '[' '{', or 'x': a lambda's body without braces */
	enum role role;
	uint32_t fn, name;   /* function that ends with this frame; token that names a type or module */
	uint32_t open;	     /* token */
	enum role next_role; /* what the next `{` directly in this frame opens */
	uint32_t next_fn, next_name;
	uint32_t receive; /* ACTOR: its function of message handlers */
};

struct draft {
	enum rhook_fn_kind kind;
	uint32_t first, end;
	uint32_t name, name_end; /* tokens; NONE: closure */
	const char *fixed_name;
	char *prefix; /* types and modules around it, with `::`; NULL = none */
};

struct outliner {
	const char *text;
	const struct rhook_token *tokens;
	uint32_t count;
	struct frame *frames;
	size_t depth, frame_capacity;
	struct draft *drafts;
	size_t draft_count, draft_capacity;
	uint32_t fn_depth, brace_depth;
	uint32_t group_open;	      /* opening token of the group that closed last */
	uint32_t top_first, top_end;  /* statements outside functions */
	bool top_declaration, failed; /* the current top-level item declares and does not run */
};

/* --- small questions ------------------------------------------------------------------------------------------------------ */

static bool is(const struct outliner *o, uint32_t token, const char *word)
{
	return token < o->count && o->tokens[token].kind != RHOOK_STRING && rhook_token_is(o->text, &o->tokens[token], word);
}

static bool is_any(const struct outliner *o, uint32_t token, const char *const *words)
{
	for (; *words; words++)
		if (is(o, token, *words))
			return true;
	return false;
}

static bool is_name(const struct outliner *o, uint32_t token)
{
	return token < o->count && o->tokens[token].kind == RHOOK_WORD;
}

static bool is_operand_end(const struct outliner *o, uint32_t token)
{
	static const char *const closing[] = {")", "]", "}", "?", "++", "--", NULL};
	static const char *const expecting[] = {"return", "in",	 "if",	 "while", "match", "move",  "else", "let",
						"mut",	  "for", "case", "throw", "await", "async", NULL};

	return o->tokens[token].kind == RHOOK_OPERATOR ? is_any(o, token, closing) : !is_any(o, token, expecting);
}

/* Does `token`, the first of its line, go on with the expression of the line before? */
static bool continues(const struct outliner *o, uint32_t token)
{
	static const char *const opening[] = {"(", "[", "{", "!", "-", "&", "*", "|", "#[", "@", "}", ";", NULL};
	static const char *const words[] = {"else", "in", "as", "catch", "finally", "where", NULL};

	if (token == 0)
		return false;
	if (!is_operand_end(o, token - 1))
		return true;
	if (o->tokens[token].kind == RHOOK_OPERATOR)
		return !is_any(o, token, opening) && o->text[o->tokens[token].start] != '\'';
	return is_any(o, token, words);
}

static bool new_line(const struct outliner *o, uint32_t token)
{
	return token == 0 || o->tokens[token].line != o->tokens[token - 1].line;
}

static struct frame *top(struct outliner *o)
{
	return &o->frames[o->depth - 1]; /* the file is frame 0 and never popped */
}

/* --- growing --------------------------------------------------------------------------------------------------------------- */

static void *grow(struct outliner *o, void *array, size_t *capacity, size_t count, size_t size)
{
	size_t larger = *capacity ? 2 * *capacity : 32;
	void *moved;

	if (count < *capacity)
		return array;
	moved = realloc(array, larger * size);
	if (!moved) {
		o->failed = true;
		return array;
	}
	*capacity = larger;
	return moved;
}

static void push(struct outliner *o, char bracket, enum role role, uint32_t fn, uint32_t name, uint32_t open)
{
	o->frames = grow(o, o->frames, &o->frame_capacity, o->depth, sizeof(*o->frames));
	if (o->failed)
		return;
	o->frames[o->depth++] = (struct frame){.bracket = bracket,
					       .role = role,
					       .fn = fn,
					       .name = name,
					       .open = open,
					       .next_role = BLOCK,
					       .next_fn = NONE,
					       .next_name = NONE,
					       .receive = NONE};
	o->fn_depth += fn < o->draft_count && o->drafts[fn].kind != RHOOK_CLOSURE;
	o->brace_depth += bracket == '{';
}

/* `end`: the token behind the last one of the frame. */
static void pop(struct outliner *o, uint32_t end)
{
	struct frame *frame = top(o);

	if (frame->fn < o->draft_count) {
		o->drafts[frame->fn].end = end;
		o->fn_depth -= o->drafts[frame->fn].kind != RHOOK_CLOSURE;
	}
	if (frame->receive < o->draft_count && frame->next_fn == frame->receive)
		o->drafts[frame->receive].end = end - 1; /* the last handler has no braces */
	o->brace_depth -= frame->bracket == '{';
	o->depth--;
}

/* Types and modules between the innermost function and here; of deep nesting only the innermost eight, which bounds names. */
static char *prefix_here(struct outliner *o)
{
	char name[NAME_MAX_ALL + 1];
	size_t used = 0, from = o->depth;
	char *copy;

	for (int kept = 0; from > 1 && o->frames[from - 1].role != FUNCTION && kept < 8; from--)
		kept += o->frames[from - 1].name != NONE;
	for (; from < o->depth; from++) {
		const struct frame *frame = &o->frames[from];
		const struct rhook_token *token = &o->tokens[frame->name == NONE ? 0 : frame->name];

		if (frame->name == NONE || token->size + 2 > NAME_MAX_ALL - used)
			continue;
		memcpy(name + used, o->text + token->start, token->size);
		memcpy(name + used + token->size, "::", 2);
		used += token->size + 2;
	}
	if (used == 0)
		return NULL;
	name[used] = '\0';
	copy = strdup(name);
	o->failed |= copy == NULL;
	return copy;
}

static uint32_t new_draft(struct outliner *o, enum rhook_fn_kind kind, uint32_t first)
{
	o->drafts = grow(o, o->drafts, &o->draft_capacity, o->draft_count, sizeof(*o->drafts));
	if (o->failed)
		return NONE;
	o->drafts[o->draft_count] = (struct draft){.kind = kind, .first = first, .end = NONE, .name = NONE, .name_end = NONE};
	return (uint32_t)o->draft_count++;
}

/* The `{` to come opens this. A function that was still waiting for its body has none (a trait's signature). */
static void expect_brace(struct outliner *o, enum role role, uint32_t fn, uint32_t name)
{
	struct frame *frame = top(o);

	frame->next_role = role;
	frame->next_fn = fn;
	frame->next_name = name;
}

/* --- functions ------------------------------------------------------------------------------------------------------------- */

static const struct frame *enclosing_type(const struct outliner *o)
{
	const struct frame *frame = &o->frames[o->depth - 1];

	return frame->role == TYPE || frame->role == ACTOR ? frame : NULL;
}

static void named_function(struct outliner *o, uint32_t first, uint32_t name, uint32_t name_end)
{
	uint32_t fn = new_draft(o, enclosing_type(o) ? RHOOK_METHOD : RHOOK_FN, first);

	if (fn == NONE)
		return;
	o->drafts[fn].name = name;
	o->drafts[fn].name_end = name_end;
	o->drafts[fn].prefix = prefix_here(o);
	expect_brace(o, FUNCTION, fn, NONE);
}

/* All message handlers of an actor make one function, as in the Rust: its span grows with each handler. */
static void actor_handler(struct outliner *o, uint32_t token)
{
	uint32_t fn = top(o)->receive;

	if (fn == NONE) {
		fn = new_draft(o, RHOOK_METHOD, token);
		if (fn == NONE)
			return;
		o->drafts[fn].fixed_name = "receive";
		o->drafts[fn].prefix = prefix_here(o);
		top(o)->receive = fn;
	}
	expect_brace(o, FUNCTION, fn, NONE);
	if (is(o, token + 1, "{"))
		top(o)->next_role = MATCH; /* receive { Message => .. } */
}

/* A lambda whose body begins at `body`. */
static void closure(struct outliner *o, uint32_t first, uint32_t body)
{
	uint32_t fn = new_draft(o, RHOOK_CLOSURE, first);

	if (fn == NONE)
		return;
	if (is(o, body, "{"))
		expect_brace(o, FUNCTION, fn, NONE);
	else
		push(o, 'x', FUNCTION, fn, NONE, body);
}

/* `|a, b| body` at `token`: the token where the body begins, or NONE when it is an operator or a pattern. */
static uint32_t lambda_body(const struct outliner *o, uint32_t token)
{
	static const char *const stops[] = {";", "{", "}", "=>", NULL};
	uint32_t at = token + 1;

	if (token > 0 && is_operand_end(o, token - 1) && !(new_line(o, token) && is(o, token - 1, "}")))
		return NONE;
	if (is(o, token, "|")) {
		while (at < o->count && at - token < LOOK_AHEAD && !is(o, at, "|"))
			if (is_any(o, at++, stops))
				return NONE;
		if (!is(o, at, "|"))
			return NONE;
		at++;
	}
	if (is(o, at, "->")) {
		while (at < o->count && at - token < LOOK_AHEAD && !is(o, at, "{"))
			at++;
		return is(o, at, "{") ? at : NONE;
	}
	return at < o->count ? at : NONE;
}

/* `x => body`, `(a, b) => body` outside the arms of a match: the first token, or NONE. */
static uint32_t arrow_first(struct outliner *o, uint32_t token)
{
	if (token == 0 || top(o)->role == MATCH || top(o)->role == TYPE || top(o)->role == ACTOR)
		return NONE;
	if (is(o, token - 1, ")"))
		return o->group_open;
	return is_name(o, token - 1) ? token - 1 : NONE;
}

/* fn or fun: a definition, an anonymous function, or a type. */
static void fun_keyword(struct outliner *o, uint32_t token)
{
	static const char *const before_type[] = {":", "->", "<", "&", "dyn", "impl", NULL};

	if (is(o, token + 1, "(")) {
		if (token > 0 && is_any(o, token - 1, before_type))
			return;
		uint32_t fn = new_draft(o, RHOOK_CLOSURE, token);

		if (fn != NONE)
			expect_brace(o, FUNCTION, fn, NONE);
	} else if (token + 1 < o->count && top(o)->role == ACTOR) {
		actor_handler(o, token);
	} else if (is_name(o, token + 1)) {
		named_function(o, token, token + 1, token + 2);
	}
}

/* --- types and modules --------------------------------------------------------------------------------------------------------- */

/* `impl<T> Trait for path::Type<T> {`: the token that names the type. */
static uint32_t impl_name(const struct outliner *o, uint32_t token)
{
	uint32_t name = NONE, angle = 0;

	for (uint32_t at = token + 1; at < o->count && at - token < LOOK_AHEAD && !is(o, at, "{") && !is(o, at, "where"); at++) {
		if (is(o, at, "<"))
			angle++;
		else if (is(o, at, ">") && angle)
			angle--;
		else if (is(o, at, "for"))
			name = NONE;
		else if (!angle && is_name(o, at) && (name == NONE || is(o, at - 1, "::")))
			name = at;
	}
	return name;
}

static bool type_keyword(struct outliner *o, uint32_t token)
{
	static const char *const types[] = {"struct", "class", "trait", "enum", "extend", "mixin", "interface", "effect", NULL};
	static const char *const modules[] = {"mod", "module", NULL};
	static const char *const before_type[] = {"->", ":", "<", "&", "(", ",", NULL};
	bool impl = is(o, token, "impl");

	if (impl && token > 0 && is_any(o, token - 1, before_type))
		return false;
	if (!impl && !is_name(o, token + 1))
		return false;
	if (impl || is_any(o, token, types))
		expect_brace(o, TYPE, NONE, impl ? impl_name(o, token) : token + 1);
	else if (is(o, token, "actor"))
		expect_brace(o, ACTOR, NONE, token + 1);
	else if (is_any(o, token, modules))
		expect_brace(o, MODULE, NONE, token + 1);
	else
		return false;
	return true;
}

/* Members that are functions without `fun`. */
static bool type_member(struct outliner *o, uint32_t token)
{
	uint32_t at = token + 1;

	if (top(o)->role == ACTOR && is(o, token, "receive")) {
		actor_handler(o, token);
		return true;
	}
	if (top(o)->role != TYPE)
		return false;
	if ((is(o, token, "new") || is(o, token, "init")) && is(o, at, "(") && !is(o, token - 1, "fun") && !is(o, token - 1, "fn")) {
		named_function(o, token, token, at);
		return true;
	}
	if (is(o, token, "property"))
		expect_brace(o, MATCH, NONE, NONE); /* { get => .. } */
	if (!is(o, token, "operator") || at >= o->count || o->tokens[at].kind != RHOOK_OPERATOR)
		return false;
	named_function(o, token, token, is(o, at, "[") && is(o, at + 1, "]") ? at + 2 : at + 1);
	return true;
}

/* --- the pass -------------------------------------------------------------------------------------------------------------------- */

static void open_brace(struct outliner *o, uint32_t token)
{
	struct frame *frame = top(o);
	enum role role = frame->next_role;
	uint32_t fn = frame->next_fn, name = frame->next_name;

	expect_brace(o, BLOCK, NONE, NONE);
	push(o, '{', role, fn, name, token);
}

static void close_lambdas(struct outliner *o, uint32_t token)
{
	while (top(o)->bracket == 'x')
		pop(o, token);
}

/* `}` closes what is open inside its block too; `)` and `]` never close a block: so a stray one does little harm. */
static void close_bracket(struct outliner *o, uint32_t token)
{
	close_lambdas(o, token);
	if (is(o, token, "}")) {
		if (o->brace_depth == 0)
			return;
		while (top(o)->bracket != '{')
			pop(o, token);
	} else if (top(o)->bracket == '{' || o->depth == 1) {
		return;
	}
	o->group_open = top(o)->open;
	pop(o, token + 1);
}

/* A body without braces ends before `,` and `;`, and at a line that does not go on with it. */
static void end_lambdas(struct outliner *o, uint32_t token)
{
	while (top(o)->bracket == 'x' && token > top(o)->open &&
	       (is(o, token, ",") || is(o, token, ";") || (new_line(o, token) && !continues(o, token))))
		pop(o, token);
}

static void drop_expected(struct outliner *o, uint32_t token)
{
	struct frame *frame = top(o);

	if (frame->next_role == BLOCK)
		return;
	if (is(o, token, ";") || ((frame->next_role == TYPE || frame->next_role == MODULE) && new_line(o, token) && !is(o, token, "{") &&
				  !continues(o, token) && !is(o, token, "for")))
		expect_brace(o, BLOCK, NONE, NONE);
}

static void word(struct outliner *o, uint32_t token)
{
	if (token > 0 && (is(o, token - 1, ".") || is(o, token - 1, "::")))
		return;
	if (is(o, token + 1, ":") && !is(o, token + 1, "::"))
		return; /* a field or parameter of that name */
	if (type_member(o, token) || type_keyword(o, token))
		return;
	if (is(o, token, "fun") || is(o, token, "fn"))
		fun_keyword(o, token);
	else if (is(o, token, "match") || (is(o, token, "receive") && is(o, token + 1, "{")) ||
		 (is(o, token, "with") && is(o, token + 1, "{")))
		expect_brace(o, MATCH, NONE, NONE);
}

/* Returns the next token to look at: the head of a lambda is stepped over. */
static uint32_t operator(struct outliner *o, uint32_t token)
{
	uint32_t other;

	if (is(o, token, "{")) {
		open_brace(o, token);
	} else if (is(o, token, "(") || is(o, token, "[") || is(o, token, "#[")) {
		push(o, is(o, token, "(") ? '(' : '[', BLOCK, NONE, NONE, token);
	} else if (is(o, token, ")") || is(o, token, "]") || is(o, token, "}")) {
		close_bracket(o, token);
	} else if (is(o, token, "=>")) {
		other = arrow_first(o, token);
		if (other != NONE && token + 1 < o->count)
			closure(o, other, token + 1);
	} else if (is(o, token, "|") || is(o, token, "||")) {
		other = top(o)->role == MATCH && (is(o, token - 1, "{") || is(o, token - 1, ",")) ? NONE : lambda_body(o, token);
		if (other != NONE) {
			closure(o, token, other);
			return other;
		}
	}
	return token + 1;
}

/* Statements outside functions run; declarations do not. Known at the first token of each top-level item. */
static void top_level(struct outliner *o, uint32_t token)
{
	static const char *const declares[] = {"fun",	"fn",	  "struct",    "class",	 "impl",     "trait",  "enum",	 "extend",
					       "mixin", "actor",  "interface", "effect", "type",     "mod",    "module", "use",
					       "pub",	"import", "from",      "export", "abstract", "sealed", "const",	 "static",
					       "async", "final",  "#[",	       "@",	 NULL};

	if (o->fn_depth)
		return;
	if (o->depth == 1 && (token == 0 || is(o, token - 1, ";") || (is(o, token - 1, "}") && !continues(o, token)) ||
			      (new_line(o, token) && !continues(o, token))))
		o->top_declaration = is_any(o, token, declares);
	if (o->top_declaration || is(o, token, ";"))
		return;
	if (o->top_first == NONE)
		o->top_first = token;
	o->top_end = token + 1;
}

static void walk(struct outliner *o)
{
	push(o, 'f', BLOCK, NONE, NONE, 0);
	for (uint32_t token = 0; token < o->count && !o->failed;) {
		uint32_t next = token + 1;

		end_lambdas(o, token);
		drop_expected(o, token);
		top_level(o, token);
		if (o->tokens[token].kind == RHOOK_WORD)
			word(o, token);
		else if (o->tokens[token].kind == RHOOK_OPERATOR)
			next = operator(o, token);
		for (uint32_t stepped = token + 1; stepped < next && !o->failed; stepped++)
			top_level(o, stepped);
		token = next;
	}
	while (!o->failed && o->depth > 1)
		pop(o, o->count);
}

/* --- from drafts to functions ------------------------------------------------------------------------------------------------- */

static int by_first(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

static bool is_plain_main(const struct outliner *o, const struct draft *draft)
{
	return draft->name != NONE && !draft->prefix && draft->kind == RHOOK_FN && is(o, draft->name, "main");
}

/* Statements outside functions are an implicit main, or what runs before `main` when there is one. */
static void add_top_level(struct outliner *o)
{
	const char *name = "main";
	uint32_t fn;

	if (o->top_first == NONE)
		return;
	for (size_t i = 0; i < o->draft_count; i++)
		if (is_plain_main(o, &o->drafts[i]) && o->drafts[i].end != NONE)
			name = RHOOK_TOP_LEVEL;
	fn = new_draft(o, RHOOK_FN, o->top_first);
	if (fn == NONE)
		return;
	o->drafts[fn].end = o->top_end;
	o->drafts[fn].fixed_name = name;
}

/* Own name without what is around it. */
static void own_name(const struct outliner *o, const struct draft *draft, uint32_t closures, char *out, size_t size)
{
	if (draft->fixed_name)
		snprintf(out, size, "%s", draft->fixed_name);
	else if (draft->name == NONE && closures <= 1)
		snprintf(out, size, "{closure}");
	else if (draft->name == NONE)
		snprintf(out, size, "{closure#%u}", closures);
	else
		for (uint32_t at = draft->name; at < draft->name_end; at++) {
			const struct rhook_token *token = &o->tokens[at];
			size_t used = at == draft->name ? 0 : strlen(out);

			snprintf(out + used, size - used, "%.*s", token->size > NAME_MAX_ALL ? (int)NAME_MAX_ALL : (int)token->size,
				 o->text + token->start);
		}
}

/* `outer`: name of the enclosing function or NULL. A method is named by its type alone, wherever the type is declared. */
static char *full_name(const struct outliner *o, const struct draft *draft, const char *outer, uint32_t closures)
{
	char own[NAME_MAX_ALL + 1] = "", name[2 * NAME_MAX_ALL + 8];

	own_name(o, draft, closures, own, sizeof(own));
	if (draft->prefix)
		snprintf(name, sizeof(name), "%.400s%.400s", draft->prefix, own);
	else if (outer && strlen(outer) <= NAME_MAX_ALL)
		snprintf(name, sizeof(name), "%.400s::%.400s", outer, own);
	else
		snprintf(name, sizeof(name), "%.400s", own);
	return strdup(name);
}

struct nest {
	uint32_t *stack; /* functions around the current draft */
	size_t depth;
	uint32_t *closures; /* seen so far in each function, and at [draft_count] in none */
	uint32_t implicit;  /* the function of the top-level statements: functions inside its lines are not nested in it */
};

static bool add_function(struct outliner *o, const struct draft *draft, struct nest *nest, struct rhook_outline *outline)
{
	struct rhook_ruchy_fn *fns = outline->fns, *fn = &fns[outline->fn_count];
	uint32_t outer, *closures;

	while (nest->depth && fns[nest->stack[nest->depth - 1]].end_token < draft->end)
		nest->depth--;
	outer = nest->depth ? nest->stack[nest->depth - 1] : NONE;
	closures = &nest->closures[outer == NONE ? o->draft_count : outer];
	*closures += draft->kind == RHOOK_CLOSURE;
	if (outer == nest->implicit && draft->kind != RHOOK_CLOSURE)
		outer = NONE;
	*fn = (struct rhook_ruchy_fn){.name = full_name(o, draft, outer == NONE ? NULL : fns[outer].name, *closures),
				      .kind = draft->kind,
				      .first_token = draft->first,
				      .end_token = draft->end,
				      .from = o->tokens[draft->first].line,
				      .to = o->tokens[draft->end - 1].line};
	if (!fn->name)
		return false;
	if (draft->fixed_name && draft->kind == RHOOK_FN)
		nest->implicit = (uint32_t)outline->fn_count;
	nest->stack[nest->depth++] = (uint32_t)outline->fn_count++;
	return true;
}

static bool finish(struct outliner *o, struct rhook_outline *outline)
{
	struct nest nest = {.stack = calloc(o->draft_count + 1, sizeof(*nest.stack)),
			    .closures = calloc(o->draft_count + 1, sizeof(*nest.closures)),
			    .implicit = NONE - 1};
	bool ok = nest.stack && nest.closures;

	outline->fns = calloc(o->draft_count + 1, sizeof(*outline->fns));
	ok = ok && outline->fns;
	if (o->draft_count)
		qsort(o->drafts, o->draft_count, sizeof(*o->drafts), by_first);
	for (size_t i = 0; ok && i < o->draft_count; i++)
		if (o->drafts[i].end != NONE && o->drafts[i].end > o->drafts[i].first) /* else a signature without body */
			ok = add_function(o, &o->drafts[i], &nest, outline);
	free(nest.stack);
	free(nest.closures);
	return ok;
}

bool rhook_outline(const char *text, size_t size, struct rhook_outline *outline)
{
	struct outliner o = {.text = text, .top_first = NONE};
	bool ok;

	memset(outline, 0, sizeof(*outline));
	if (!rhook_lex(text, size, RHOOK_RUCHY, &outline->tokens, &outline->token_count))
		return false;
	o.tokens = outline->tokens;
	o.count = (uint32_t)outline->token_count;
	walk(&o);
	if (!o.failed)
		add_top_level(&o);
	ok = !o.failed && finish(&o, outline);
	for (size_t i = 0; i < o.draft_count; i++)
		free(o.drafts[i].prefix);
	free(o.drafts);
	free(o.frames);
	if (!ok)
		rhook_outline_free(outline);
	return ok;
}

void rhook_outline_free(struct rhook_outline *outline)
{
	for (size_t i = 0; i < outline->fn_count; i++)
		free(outline->fns[i].name);
	free(outline->fns);
	free(outline->tokens);
	memset(outline, 0, sizeof(*outline));
}
