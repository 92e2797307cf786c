/*
 * A syntax tree shows the arguments of a macro as loose tokens, so no call in them can be seen; and the transpiler puts whole programs into
 * the arguments of `println!`. The arguments of the standard macros are expressions, though. So the text that is parsed is a copy of the
 * same length in which those macros read as calls: `println!(a, b)` as `println (a, b)`, `vec![a; n]` as `vec (a, n)`. Every byte keeps its
 * place, so edits found in the copy fit the original. Comments are blank in it.
 *
 * libtree-sitter up to 0.20.7 frees what it must not when it gives up on a text with more than 65,535 subtrees on its stack. So what it
 * might have there at once is bounded here: symbols of open brackets that no `;`, `,` or closed block has put together. Each comment would
 * be one.
 */
#include "rhook_program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct known {
	const char *name;
	enum rhook_shape shape;
} known[] = {
    {"print", SHAPE_PLAIN},	      {"println", SHAPE_PLAIN},	     {"eprint", SHAPE_PLAIN},
    {"eprintln", SHAPE_PLAIN},	      {"format", SHAPE_PLAIN},	     {"format_args", SHAPE_PLAIN},
    {"write", SHAPE_PLAIN},	      {"writeln", SHAPE_PLAIN},	     {"vec", SHAPE_PLAIN},
    {"panic", SHAPE_PLAIN},	      {"todo", SHAPE_PLAIN},	     {"unimplemented", SHAPE_PLAIN},
    {"unreachable", SHAPE_PLAIN},     {"assert", SHAPE_ASSERT},	     {"assert_eq", SHAPE_ASSERT2},
    {"assert_ne", SHAPE_ASSERT2},     {"debug_assert", SHAPE_DEBUG}, {"debug_assert_eq", SHAPE_DEBUG},
    {"debug_assert_ne", SHAPE_DEBUG}, {"matches", SHAPE_FIRST},
};

#define KNOWN_COUNT (sizeof known / sizeof *known)

struct open {
	uint32_t at;	/* byte of the bracket */
	size_t macro;	/* index + 1 of the macro that it opens, 0 = none */
	bool opaque;	/* inside the tokens of a macro that is not looked into */
	uint32_t comma; /* first top-level comma, 0 = none */
	uint32_t commas;
	uint32_t pending; /* symbols that the parser may hold */
	uint32_t angles;  /* `<` without `>` */
	bool trailing;	  /* nothing but space since the last comma */
};

#define MAX_PENDING 65000u

struct lexer {
	struct rhook_program *program;
	struct rhook_error *error;
	const char *text;
	uint32_t size, at;
	struct open *stack;
	size_t depth, capacity;
	uint32_t pending;		  /* of all levels */
	uint32_t outside, outside_angles; /* of what is in no bracket */
	char last;			  /* last character of code */
};

static bool is_start(unsigned char c)
{
	return isalpha(c) || c == '_' || c >= 0x80;
}

static bool is_word(unsigned char c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

static char peek(const struct lexer *lexer, uint32_t ahead)
{
	return ahead < lexer->size - lexer->at ? lexer->text[lexer->at + ahead] : '\0';
}

static bool refuse(struct lexer *lexer, uint32_t at, const char *message)
{
	struct rhook_error *error = lexer->error;

	if (!error->message[0]) {
		error->line = 1;
		error->column = at + 1;
		for (uint32_t i = 0; i < at; i++)
			if (lexer->text[i] == '\n') {
				error->line++;
				error->column = at - i;
			}
		error->byte = at;
		snprintf(error->message, sizeof error->message, "%s", message);
	}
	lexer->at = lexer->size;
	return false;
}

static void find_comment_end(struct lexer *lexer)
{
	uint32_t depth = 0, start = lexer->at;

	if (peek(lexer, 1) == '/') {
		while (lexer->at < lexer->size && lexer->text[lexer->at] != '\n')
			lexer->at++;
		return;
	}
	while (lexer->at < lexer->size) {
		if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
			depth++;
			lexer->at += 2;
		} else if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
			lexer->at += 2;
			if (--depth == 0)
				return;
		} else {
			lexer->at++;
		}
	}
	refuse(lexer, start, "Rust text does not parse: a comment has no end");
}

/* What is not counted as a symbol is not shown: at an error the parser may take a string for code and code for a string. */
static void blank(struct lexer *lexer, uint32_t from, uint32_t to)
{
	char *bare = lexer->program->bare;

	for (uint32_t i = from; i < to; i++)
		if (bare[i] != '\n' && bare[i] != '\r')
			bare[i] = ' ';
}

static void skip_comment(struct lexer *lexer)
{
	uint32_t start = lexer->at;

	find_comment_end(lexer);
	blank(lexer, start, lexer->at);
}

/* At the opening quote. */
static void skip_string(struct lexer *lexer)
{
	uint32_t start = lexer->at++;

	while (lexer->at < lexer->size && lexer->text[lexer->at] != '"')
		lexer->at += peek(lexer, 0) == '\\' && lexer->at + 1 < lexer->size ? 2 : 1;
	blank(lexer, start + 1, lexer->at);
	if (lexer->at < lexer->size)
		lexer->at++;
	else
		refuse(lexer, start, "Rust text does not parse: a string has no end");
}

/* At the first `#` or the quote of r#"..."#. */
static void skip_raw_string(struct lexer *lexer)
{
	uint32_t hashes = 0, start;

	while (peek(lexer, 0) == '#') {
		hashes++;
		lexer->at++;
	}
	start = ++lexer->at;
	while (lexer->at < lexer->size) {
		uint32_t seen = 0;
		if (lexer->text[lexer->at++] != '"')
			continue;
		while (seen < hashes && peek(lexer, seen) == '#')
			seen++;
		if (seen == hashes) {
			blank(lexer, start, lexer->at - 1);
			lexer->at += hashes;
			return;
		}
		/* Step over the hashes that were looked at: none of them is a quote, and a long run must not be counted again and again. */
		lexer->at += seen;
	}
	refuse(lexer, start, "Rust text does not parse: a string has no end");
}

/* At a quote: a character, or a lifetime. */
static void skip_quote(struct lexer *lexer)
{
	uint32_t length = 1;

	if (peek(lexer, 1) == '\\') {
		lexer->at += 3;
		while (lexer->at < lexer->size && lexer->text[lexer->at] != '\'' && lexer->text[lexer->at] != '\n')
			lexer->at++;
		if (lexer->at < lexer->size)
			lexer->at++;
		return;
	}
	while (length < 4 && ((unsigned char)peek(lexer, 1 + length) & 0xC0) == 0x80)
		length++;
	if (peek(lexer, 1) != '\0' && peek(lexer, 1 + length) == '\'') {
		lexer->at += 2 + length;
		return;
	}
	lexer->at++;
	while (lexer->at < lexer->size && is_word((unsigned char)lexer->text[lexer->at]))
		lexer->at++;
}

static void skip_number(struct lexer *lexer)
{
	while (is_word((unsigned char)peek(lexer, 0)) || (peek(lexer, 0) == '.' && isdigit((unsigned char)peek(lexer, 1))))
		lexer->at++;
}

/* Is the word at `at` the head of a string literal? Then skip it. */
static bool skip_literal_prefix(struct lexer *lexer, uint32_t size)
{
	const char *word = lexer->text + lexer->at;
	bool raw = memchr(word, 'r', size) != NULL;
	char next = peek(lexer, size);
	uint32_t hashes = size;

	if (size > 2 || (word[0] != 'r' && word[0] != 'b' && word[0] != 'c') || (size == 2 && (!raw || word[1] != 'r')))
		return false;
	if (!raw && next == '\'' && word[0] == 'b') {
		lexer->at += size;
		skip_quote(lexer);
		return true;
	}
	while (raw && peek(lexer, hashes) == '#')
		hashes++;
	if (peek(lexer, hashes) != '"') {
		if (size == 1 && raw && next == '#')
			lexer->at += 2; /* r#name: what follows is a plain word */
		return false;
	}
	lexer->at += size;
	if (raw)
		skip_raw_string(lexer);
	else
		skip_string(lexer);
	return true;
}

static void skip_space(struct lexer *lexer)
{
	while (lexer->at < lexer->size) {
		char c = lexer->text[lexer->at];
		if (isspace((unsigned char)c))
			lexer->at++;
		else if (c == '/' && (peek(lexer, 1) == '/' || peek(lexer, 1) == '*'))
			skip_comment(lexer);
		else
			return;
	}
}

static bool word_is(const struct lexer *lexer, const struct rhook_word *word, const char *text)
{
	return strlen(text) == word->size && memcmp(lexer->text + word->start, text, word->size) == 0;
}

static bool inside_opaque(const struct lexer *lexer)
{
	return lexer->stack && lexer->depth && lexer->stack[lexer->depth - 1].opaque;
}

static bool note_macro(struct lexer *lexer, const struct rhook_word *word, uint32_t bang)
{
	struct rhook_program *program = lexer->program;
	struct rhook_macro *macro;

	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		if (!word_is(lexer, word, known[i].name))
			continue;
		macro = RHOOK_PUSH(program, program->macros, program->macro_count, program->macro_capacity);
		if (!macro)
			return false;
		*macro = (struct rhook_macro){.name = word->start, .bang = bang, .which = (uint8_t)i, .shape = (uint8_t)known[i].shape};
		return true;
	}
	return true;
}

static uint32_t *pending_here(struct lexer *lexer)
{
	return lexer->depth ? &lexer->stack[lexer->depth - 1].pending : &lexer->outside;
}

static uint32_t *angles_here(struct lexer *lexer)
{
	return lexer->depth ? &lexer->stack[lexer->depth - 1].angles : &lexer->outside_angles;
}

/* At most so many symbols may be read from these bytes. */
static uint32_t count_symbols(const struct lexer *lexer, uint32_t from)
{
	uint32_t symbols = 1;

	for (uint32_t i = from; i < lexer->at; i++)
		symbols += lexer->text[i] == '.' || lexer->text[i] == '{' || (unsigned char)lexer->text[i] >= 0x80;
	return symbols;
}

static bool add_pending(struct lexer *lexer, uint32_t symbols)
{
	*pending_here(lexer) += symbols;
	lexer->pending += symbols;
	if (lexer->pending > MAX_PENDING)
		return refuse(lexer, lexer->at, "nests too deeply, or one expression is too long");
	return true;
}

/* The parser has put together what stands here since the bracket. */
static void settle(struct lexer *lexer)
{
	uint32_t *here = pending_here(lexer), keep = *here < 3 ? *here : 3;

	lexer->pending -= *here - keep;
	*here = keep;
}

static bool push(struct lexer *lexer, size_t macro, bool opaque)
{
	if (!rhook_grow(lexer->program, (void **)&lexer->stack, &lexer->capacity, lexer->depth, sizeof *lexer->stack))
		return false;
	lexer->stack[lexer->depth++] = (struct open){.at = lexer->at, .macro = macro, .opaque = opaque, .trailing = true};
	if (!add_pending(lexer, 1))
		return false;
	lexer->last = lexer->text[lexer->at++];
	return true;
}

/* Is the word the end of a path, not the value of a field (`name: format!(..)`)? */
static bool ends_path(const struct lexer *lexer, const struct rhook_word *word)
{
	uint32_t at = word->start;

	if (word->before != ':')
		return false;
	while (at && isspace((unsigned char)lexer->text[at - 1]))
		at--;
	return at < 2 || lexer->text[at - 1] != ':' || lexer->text[at - 2] == ':';
}

/* Behind a word: is it the head of a macro call? Then its bracket is opened here. */
static bool lex_macro(struct lexer *lexer, const struct rhook_word *word)
{
	size_t before = lexer->program->macro_count;
	uint32_t bang = lexer->at;
	bool path = ends_path(lexer, word);
	bool opaque = inside_opaque(lexer);
	char next;

	if (peek(lexer, 0) != '!' || peek(lexer, 1) == '=')
		return true;
	lexer->last = '!';
	lexer->at++;
	skip_space(lexer);
	if (word_is(lexer, word, "macro_rules") && is_start((unsigned char)peek(lexer, 0))) {
		while (is_word((unsigned char)peek(lexer, 0)))
			lexer->at++;
		skip_space(lexer);
	}
	next = peek(lexer, 0);
	if (next != '(' && next != '[' && next != '{')
		return true;
	if (!opaque && !path && next != '{' && !note_macro(lexer, word, bang))
		return false;
	if (lexer->program->macro_count > before)
		return push(lexer, lexer->program->macro_count, false);
	return push(lexer, 0, true);
}

static bool lex_word(struct lexer *lexer)
{
	struct rhook_program *program = lexer->program;
	struct rhook_word *word, copy;
	uint32_t size = 0;

	while (is_word((unsigned char)peek(lexer, size)))
		size++;
	if (skip_literal_prefix(lexer, size)) {
		lexer->last = '"';
		return add_pending(lexer, 1);
	}
	size = 0;
	while (is_word((unsigned char)peek(lexer, size)))
		size++;
	if (!size)
		return true;
	word = RHOOK_PUSH(program, program->words, program->word_count, program->word_capacity);
	if (!word)
		return false;
	*word = (struct rhook_word){.start = lexer->at, .size = size, .before = lexer->last};
	word->id = rhook_word_id(program->names, lexer->text + lexer->at, size);
	if (word->id == RHOOK_NONE)
		return false;
	if (lexer->last == '}' && !word_is(lexer, word, "else") && !word_is(lexer, word, "as"))
		settle(lexer);
	lexer->at += size;
	if (!add_pending(lexer, count_symbols(lexer, lexer->at - size)))
		return false;
	lexer->last = 'a';
	skip_space(lexer);
	word->after = peek(lexer, 0);
	copy = *word;
	return lex_macro(lexer, &copy);
}

/* A closed macro that is complete becomes a call in the copy; one that hides text behind its first comma loses it there. */
static void close_macro(struct lexer *lexer, const struct open *open)
{
	struct rhook_program *program = lexer->program;
	struct rhook_macro *macro = &program->macros[open->macro - 1];
	bool stringified = macro->shape == SHAPE_ASSERT || macro->shape == SHAPE_DEBUG;

	macro->open = open->at;
	macro->close = lexer->at;
	macro->masked = true;
	macro->silent = stringified && open->commas - (open->trailing && open->commas) == 0;
	program->parsed[macro->bang] = ' ';
	program->parsed[macro->open] = '(';
	program->parsed[macro->close] = ')';
	if (macro->shape == SHAPE_FIRST && open->comma)
		for (uint32_t i = open->comma; i < macro->close; i++)
			if (program->parsed[i] != '\n')
				program->parsed[i] = ' ';
}

static bool count_punctuation(struct lexer *lexer, char c)
{
	uint32_t *angles = angles_here(lexer);

	if (c == ';' || (c == ',' && !*angles) || (c == '#' && lexer->last == '}'))
		settle(lexer);
	if (c == ';')
		*angles = 0;
	else if (c == '<')
		++*angles;
	else if (c == '>' && *angles && lexer->last != '-' && lexer->last != '=')
		--*angles;
	return add_pending(lexer, 1);
}

/* No Rust has brackets that do not match, not even in macros. */
static bool matches(const struct lexer *lexer, const struct open *open, char shut)
{
	char wanted = shut == ')' ? '(' : shut == ']' ? '[' : '{';

	return open && lexer->text[open->at] == wanted;
}

static bool lex_punctuation(struct lexer *lexer)
{
	struct open *top = lexer->depth ? &lexer->stack[lexer->depth - 1] : NULL;
	char c = lexer->text[lexer->at];

	if (c == '(' || c == '[' || c == '{') {
		if (top)
			top->trailing = false;
		return push(lexer, 0, inside_opaque(lexer));
	}
	if (c == ')' || c == ']' || c == '}') {
		if (!matches(lexer, top, c))
			return refuse(lexer, lexer->at, "Rust text does not parse: a bracket does not match");
		if (top->macro && (c == ')' || c == ']'))
			close_macro(lexer, top);
		lexer->pending -= top->pending;
		lexer->depth--;
	} else if ((c == ',' || c == ';') && top && top->macro) {
		if (c == ';')
			lexer->program->parsed[lexer->at] = ',';
		if (!top->comma)
			top->comma = lexer->at;
		top->commas++;
		top->trailing = true;
	} else if (top) {
		top->trailing = false;
	}
	if (!count_punctuation(lexer, c))
		return false;
	lexer->last = c;
	lexer->at++;
	if (!lexer->depth && (c == ';' || c == '}')) {
		uint32_t *end =
		    RHOOK_PUSH(lexer->program, lexer->program->item_ends, lexer->program->item_count, lexer->program->item_capacity);
		if (!end)
			return false;
		*end = lexer->at;
	}
	return true;
}

static bool lex(struct lexer *lexer)
{
	for (;;) {
		struct open *top;
		uint32_t start;
		char c;

		skip_space(lexer);
		if (lexer->at >= lexer->size && lexer->depth)
			refuse(lexer, lexer->stack[lexer->depth - 1].at, "Rust text does not parse: a bracket is not closed");
		if (lexer->at >= lexer->size)
			return !lexer->error->message[0];
		start = lexer->at;
		c = lexer->text[start];
		top = lexer->depth ? &lexer->stack[lexer->depth - 1] : NULL;
		if (top && !strchr(",;()[]{}", c))
			top->trailing = false;
		if (is_start((unsigned char)c)) {
			if (!lex_word(lexer))
				return false;
		} else if (c == '"') {
			skip_string(lexer);
			lexer->last = '"';
			if (!add_pending(lexer, 1))
				return false;
		} else if (c == '\'') {
			skip_quote(lexer);
			lexer->last = '\'';
			if (!add_pending(lexer, count_symbols(lexer, start)))
				return false;
		} else if (isdigit((unsigned char)c)) {
			skip_number(lexer);
			lexer->last = '0';
			if (!add_pending(lexer, count_symbols(lexer, start) + 1))
				return false;
		} else if (!lex_punctuation(lexer)) {
			return false;
		}
	}
}

void rhook_unmask(struct rhook_program *program, struct rhook_macro *macro)
{
	if (!macro->masked)
		return;
	macro->masked = false;
	memcpy(program->parsed + macro->bang, program->bare + macro->bang, macro->close + 1 - macro->bang);
	/* The macros inside are loose tokens now. */
	for (struct rhook_macro *m = macro + 1; m < program->macros + program->macro_count && m->name < macro->close; m++)
		m->masked = false;
}

static const struct known *known_word(const struct rhook_program *program, const struct rhook_word *word)
{
	for (size_t k = 0; k < KNOWN_COUNT; k++)
		if (strlen(known[k].name) == word->size && memcmp(program->text + word->start, known[k].name, word->size) == 0)
			return &known[k];
	return NULL;
}

static bool is_text(const struct rhook_program *program, const struct rhook_word *word, const char *text)
{
	return strlen(text) == word->size && memcmp(program->text + word->start, text, word->size) == 0;
}

/* A macro of the user's may have the name of a standard one: by macro_rules, or by `use` from somewhere else than the library. */
static void unmask_redefined(struct rhook_program *program)
{
	bool redefined[KNOWN_COUNT] = {false};
	const struct rhook_word *end;
	const char *last;

	if (!program->word_count)
		return;
	end = program->words + program->word_count;
	for (const struct rhook_word *word = program->words; word < end && word + 1 < end; word++) {
		const struct known *name = known_word(program, word + 1);
		if (name && is_text(program, word, "macro_rules") && word->after == '!')
			redefined[name - known] = true;
		if (!is_text(program, word, "use") || is_text(program, word + 1, "std") || is_text(program, word + 1, "core"))
			continue;
		/* Up to its own end: `use super::*;` has no word in front of that. */
		last = memchr(program->bare + word->start, ';', program->size - word->start);
		for (word++; word < end && last && program->bare + word->start < last; word++)
			if ((name = known_word(program, word)) && word->after != ':')
				redefined[name - known] = true;
		word--;
	}
	for (size_t m = 0; m < program->macro_count; m++)
		if (redefined[program->macros[m].which])
			rhook_unmask(program, &program->macros[m]);
}

const struct rhook_macro *rhook_macro_at(const struct rhook_program *program, uint32_t name)
{
	size_t low = 0, high = program->macro_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (program->macros[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == program->macro_count || program->macros[low].name != name || !program->macros[low].masked)
		return NULL;
	return &program->macros[low];
}

/*
 * Syntax that the grammar does not know but that means nothing to the passes is blank, too: `unsafe` and `safe` around and in `extern`
 * blocks, and the sign of a number that is a generic argument.
 */
static void blank_new_syntax(struct rhook_program *p)
{
	for (size_t i = 0; i + 1 < p->word_count; i++) {
		const struct rhook_word *word = &p->words[i], *next = word + 1;
		uint32_t at = next->start + next->size;
		bool item = is_text(p, next, "fn") || is_text(p, next, "static");

		if (is_text(p, word, "unsafe") && is_text(p, next, "extern")) {
			while (at < p->size && (isspace((unsigned char)p->bare[at]) || p->bare[at] == '"' ||
						isalnum((unsigned char)p->bare[at]) || p->bare[at] == '-'))
				at++;
			item = at < p->size && p->bare[at] == '{';
		} else if (is_text(p, word, "unsafe")) {
			item &= !is_text(p, next, "fn");
		} else {
			item &= is_text(p, word, "safe") && word->after == *(p->text + next->start);
		}
		if (item)
			memset(p->bare + word->start, ' ', word->size);
	}
	for (uint32_t i = 1; i + 1 < p->size; i++)
		if (p->bare[i] == '-' && isdigit((unsigned char)p->bare[i + 1]) &&
		    (p->bare[i - 1] == '<' || p->bare[i - 1] == ',' || p->bare[i - 1] == ' ')) {
			uint32_t before = i - 1, behind = i + 1;
			while (before && p->bare[before] == ' ')
				before--;
			while (behind < p->size && is_word((unsigned char)p->bare[behind]))
				behind++;
			if ((p->bare[before] == '<' || p->bare[before] == ',') && behind < p->size &&
			    (p->bare[behind] == '>' || p->bare[behind] == ','))
				p->bare[i] = ' ';
		}
}

static char *copy_text(const struct rhook_program *program)
{
	char *copy = malloc((size_t)program->size + 1);

	if (!copy)
		return NULL;
	if (program->size)
		memcpy(copy, program->text, program->size);
	copy[program->size] = '\0';
	return copy;
}

/* `#!/usr/bin/env ..`, unless it is an attribute. */
static void blank_shebang(struct lexer *lexer)
{
	uint32_t at = 2;

	if (lexer->size < 2 || lexer->text[0] != '#' || lexer->text[1] != '!')
		return;
	while (at < lexer->size && isspace((unsigned char)lexer->text[at]))
		at++;
	if (at < lexer->size && lexer->text[at] == '[')
		return;
	while (lexer->at < lexer->size && lexer->text[lexer->at] != '\n')
		lexer->program->bare[lexer->at++] = ' ';
}

bool rhook_mask_macros(struct rhook_program *program, struct rhook_error *error)
{
	struct lexer lexer = {.program = program, .error = error, .text = program->text, .size = program->size};
	bool done;

	program->bare = copy_text(program);
	program->parsed = copy_text(program);
	if (!program->bare || !program->parsed) {
		program->no_memory = true;
		return false;
	}
	blank_shebang(&lexer);
	done = lex(&lexer);
	free(lexer.stack);
	if (!done)
		return false;
	blank_new_syntax(program);
	for (uint32_t i = 0; i < program->size; i++)
		if (program->bare[i] == ' ')
			program->parsed[i] = ' ';
	unmask_redefined(program);
	return true;
}
