#include "rhook_lex.h"

#include <stdlib.h>
#include <string.h>

struct lexer {
	const char *text;
	uint32_t at, end;
	enum rhook_language language;
	uint32_t seen, line, line_start; /* line counting has reached `seen` */
	struct rhook_token *tokens;
	size_t count, capacity;
	bool failed;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return is_word_start(c) || is_digit(c);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static char peek(const struct lexer *lexer, uint32_t ahead)
{
	return ahead < lexer->end - lexer->at ? lexer->text[lexer->at + ahead] : '\0';
}

static void count_lines(struct lexer *lexer, uint32_t to)
{
	while (lexer->seen < to) {
		const char *newline = memchr(lexer->text + lexer->seen, '\n', to - lexer->seen);

		if (!newline)
			break;
		lexer->line++;
		lexer->line_start = (uint32_t)(newline - lexer->text) + 1;
		lexer->seen = lexer->line_start;
	}
	lexer->seen = to;
}

static void emit(struct lexer *lexer, enum rhook_token_kind kind, uint32_t start, uint32_t end)
{
	if (lexer->failed || lexer->count == RHOOK_MAX_TOKENS)
		return;
	if (lexer->count == lexer->capacity) {
		size_t capacity = lexer->capacity ? 2 * lexer->capacity : 256;
		struct rhook_token *tokens = realloc(lexer->tokens, capacity * sizeof(*tokens));

		if (!tokens) {
			lexer->failed = true;
			return;
		}
		lexer->tokens = tokens;
		lexer->capacity = capacity;
	}
	count_lines(lexer, start);
	lexer->tokens[lexer->count++] = (struct rhook_token){
	    .start = start, .size = end - start, .line = lexer->line, .column = start - lexer->line_start, .kind = kind};
}

/* --- strings ------------------------------------------------------------------------------------------------------------- */

static uint32_t escape_size(const char *text, uint32_t at, uint32_t end)
{
	uint32_t to = at + 2;

	if (to >= end)
		return end - at;
	if (text[at + 1] == 'x')
		return end - at < 4 ? end - at : 4;
	if (text[at + 1] != 'u' || text[to] != '{')
		return 2;
	while (to < end && to - at < 12 && text[to] != '}')
		to++;
	return to < end && text[to] == '}' ? to + 1 - at : 2;
}

static bool parts_string(char c)
{
	return is_space(c) || c == '{' || c == '}' || c == '"' || c == '\'' || c == '\\';
}

/* The words and runs of punctuation in [from, to). */
static void lex_pieces(struct lexer *lexer, uint32_t from, uint32_t to, bool raw)
{
	const char *text = lexer->text;

	while (from < to) {
		uint32_t start = from;

		if (parts_string(text[from])) {
			from += text[from] == '\\' && !raw ? escape_size(text, from, to) : 1;
		} else if (is_word(text[from])) {
			while (from < to && is_word(text[from]))
				from++;
			emit(lexer, RHOOK_STRING, start, from);
		} else {
			while (from < to && !is_word(text[from]) && !parts_string(text[from]))
				from++;
			emit(lexer, RHOOK_STRING, start, from);
		}
	}
}

static void lex_code(struct lexer *lexer, bool interpolated);

/* The end of the braces that open at `at`, or `to` if they do not close. */
static uint32_t skip_braces(const char *text, uint32_t at, uint32_t to)
{
	uint32_t depth = 0;

	for (; at < to; at++) {
		if (text[at] == '{')
			depth++;
		else if (text[at] == '}' && --depth == 0)
			return at + 1;
	}
	return to;
}

/* f"..": the code in braces is tokenised as code. It cannot hold another f-string, as a bare quote would end the outer one: one level. */
static void lex_interpolated(struct lexer *lexer, uint32_t from, uint32_t to)
{
	const char *text = lexer->text;
	uint32_t piece = from;

	while (from < to) {
		if (text[from] == '\\') {
			from += escape_size(text, from, to);
		} else if (text[from] == '{' && from + 1 < to && text[from + 1] == '{') {
			from += 2;
		} else if (text[from] == '{') {
			uint32_t close = skip_braces(text, from, to);
			uint32_t at = lexer->at, end = lexer->end;

			lex_pieces(lexer, piece, from, false);
			lexer->at = from + 1;
			lexer->end = text[close - 1] == '}' ? close - 1 : close;
			lex_code(lexer, true);
			lexer->at = at;
			lexer->end = end;
			from = piece = close;
		} else {
			from++;
		}
	}
	lex_pieces(lexer, piece, to, false);
}

/* At the opening quote; `prefix` bytes (f, b, r#..) lie before it. */
static void lex_string(struct lexer *lexer, char quote, uint32_t prefix, bool interpolated)
{
	const char *text = lexer->text;
	uint32_t start = lexer->at, to = start + 1, close;
	size_t before = lexer->count;

	while (to < lexer->end && text[to] != quote)
		to += text[to] == '\\' ? 2 : 1;
	if (to > lexer->end)
		to = lexer->end;
	close = to < lexer->end ? to + 1 : to;
	lexer->at = close;
	if (interpolated)
		lex_interpolated(lexer, start + 1, to);
	else
		lex_pieces(lexer, start + 1, to, false);
	if (lexer->count == before)
		emit(lexer, RHOOK_STRING, start - prefix, close);
}

/* r"..", r#".."#: `prefix` bytes up to the `#`s. False: it is no raw string. */
static bool lex_raw(struct lexer *lexer, uint32_t prefix)
{
	const char *text = lexer->text;
	uint32_t start = lexer->at, hashes = 0, from, to;
	size_t before = lexer->count;

	while (peek(lexer, prefix + hashes) == '#')
		hashes++;
	if (peek(lexer, prefix + hashes) != '"')
		return false;
	from = start + prefix + hashes + 1;
	for (to = from; to < lexer->end; to++) {
		uint32_t found = 0;

		if (text[to] != '"')
			continue;
		while (found < hashes && to + 1 + found < lexer->end && text[to + 1 + found] == '#')
			found++;
		if (found == hashes)
			break;
		to += found;
	}
	if (to > lexer->end)
		to = lexer->end;
	lexer->at = lexer->end - to > hashes ? to + 1 + hashes : lexer->end;
	lex_pieces(lexer, from, to, true);
	if (lexer->count == before)
		emit(lexer, RHOOK_STRING, start, lexer->at);
	return true;
}

/* --- single quotes: character, lifetime, and in Ruchy a string of two characters or more --------------------------------- */

static uint32_t character_size(const struct lexer *lexer)
{
	unsigned char c = (unsigned char)peek(lexer, 1);
	uint32_t size = 1;

	if (c == '\\')
		size = escape_size(lexer->text, lexer->at + 1, lexer->end);
	else if (c >= 0xf0)
		size = 4;
	else if (c >= 0xe0)
		size = 3;
	else if (c >= 0xc0)
		size = 2;
	return c != '\'' && c != '\n' && peek(lexer, 1 + size) == '\'' ? size + 2 : 0;
}

static bool quoted_string(const struct lexer *lexer)
{
	uint32_t to = 1;

	if (lexer->language != RHOOK_RUCHY)
		return false;
	for (; to < 256 && to < lexer->end - lexer->at; to++) { /* bounded: it is looked for again at every quote */
		char c = peek(lexer, to);

		if (c == '\'')
			return true;
		if (c == '\\')
			to++;
		else if (one_of(c, "> \n\t;},):"))
			return false;
	}
	return false;
}

static void lex_single_quote(struct lexer *lexer, uint32_t prefix)
{
	uint32_t start = lexer->at, size;

	lexer->at += prefix;
	size = character_size(lexer);
	if (size) {
		lexer->at += size;
		emit(lexer, RHOOK_STRING, start, lexer->at);
	} else if (quoted_string(lexer)) {
		lex_string(lexer, '\'', prefix, false);
	} else {
		lexer->at++;
		while (is_word(peek(lexer, 0)))
			lexer->at++;
		emit(lexer, RHOOK_OPERATOR, start, lexer->at);
	}
}

/* --- words, numbers, operators, comments --------------------------------------------------------------------------------- */

static void lex_number(struct lexer *lexer)
{
	uint32_t start = lexer->at;
	bool member = start > 0 && lexer->text[start - 1] == '.'; /* the 0 of t.0.1 */
	bool radix = peek(lexer, 0) == '0' && one_of(peek(lexer, 1), "xXbBoO");

	for (;;) {
		char c = peek(lexer, 0);

		if (!radix && (c == 'e' || c == 'E') && (peek(lexer, 1) == '-' || peek(lexer, 1) == '+') && is_digit(peek(lexer, 2)))
			lexer->at += 2;
		else if (is_word(c))
			lexer->at++;
		else if (c == '.' && !member && !radix && is_digit(peek(lexer, 1)))
			lexer->at += 2, member = true;
		else
			break;
	}
	emit(lexer, RHOOK_NUMBER, start, lexer->at);
}

static uint32_t operator_size(const struct lexer *lexer)
{
	static const char three[][4] = {"...", "..=", "**=", "<<=", ">>="};
	static const char two[][3] = {"**", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
				      "|=", "^=", "++", "--", "|>", "->", "=>", "..", "??", "?.", "::", "#["};

	for (size_t i = 0; i < sizeof(three) / sizeof(*three); i++)
		if (peek(lexer, 0) == three[i][0] && peek(lexer, 1) == three[i][1] && peek(lexer, 2) == three[i][2])
			return 3;
	for (size_t i = 0; i < sizeof(two) / sizeof(*two); i++)
		if (peek(lexer, 0) == two[i][0] && peek(lexer, 1) == two[i][1])
			return 2;
	return 1;
}

static void skip_line(struct lexer *lexer)
{
	const char *newline = memchr(lexer->text + lexer->at, '\n', lexer->end - lexer->at);

	lexer->at = newline ? (uint32_t)(newline - lexer->text) : lexer->end;
}

static void skip_block_comment(struct lexer *lexer)
{
	uint32_t depth = 0;

	while (lexer->at < lexer->end) {
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
}

static bool lex_comment(struct lexer *lexer)
{
	char c = peek(lexer, 0), next = peek(lexer, 1);

	if (c == '/' && next == '*')
		skip_block_comment(lexer);
	else if ((c == '/' && next == '/') || (c == '#' && next != '[' && lexer->language == RHOOK_RUCHY))
		skip_line(lexer);
	else
		return false;
	return true;
}

/* Literals that begin with letters. */
static bool lex_prefixed(struct lexer *lexer)
{
	char c = peek(lexer, 0), next = peek(lexer, 1);
	bool rust = lexer->language == RHOOK_RUST;

	if (c == 'r' && (next == '"' || next == '#') && lex_raw(lexer, 1))
		return true;
	if (rust && (c == 'b' || c == 'c') && next == 'r' && lex_raw(lexer, 2))
		return true;
	if ((c == 'f' && next == '"' && !rust) || (rust && (c == 'b' || c == 'c') && next == '"')) {
		lexer->at++;
		lex_string(lexer, '"', 1, c == 'f');
		return true;
	}
	if (c == 'b' && next == '\'') {
		lex_single_quote(lexer, 1);
		return true;
	}
	if (rust && c == 'r' && next == '#' && is_word_start(peek(lexer, 2)))
		lexer->at += 2; /* r#type: the word itself follows */
	return false;
}

static void lex_word(struct lexer *lexer)
{
	uint32_t start = lexer->at;

	while (is_word(peek(lexer, 0)))
		lexer->at++;
	emit(lexer, RHOOK_WORD, start, lexer->at);
}

/* `interpolated`: inside f"{..}", where a quote is written \" and there are no comments. */
static void lex_code(struct lexer *lexer, bool interpolated)
{
	while (lexer->at < lexer->end && !lexer->failed) {
		char c = peek(lexer, 0);

		if (is_space(c) || (interpolated && (c == '\\' || c == '"'))) {
			lexer->at++;
		} else if (!interpolated && lex_comment(lexer)) {
			continue;
		} else if (is_word_start(c)) {
			if (interpolated || !lex_prefixed(lexer))
				lex_word(lexer);
		} else if (is_digit(c)) {
			lex_number(lexer);
		} else if (c == '"') {
			lex_string(lexer, '"', 0, false);
		} else if (c == '\'' && !interpolated) {
			lex_single_quote(lexer, 0);
		} else {
			uint32_t size = operator_size(lexer);

			emit(lexer, RHOOK_OPERATOR, lexer->at, lexer->at + size);
			lexer->at += size;
		}
	}
}

bool rhook_lex(const char *text, size_t size, enum rhook_language language, struct rhook_token **tokens, size_t *count)
{
	struct lexer lexer = {
	    .text = text, .end = size > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)size, .language = language, .line = 1};

	if (size >= 2 && text[0] == '#' && text[1] == '!' && (size == 2 || text[2] != '['))
		skip_line(&lexer);
	lex_code(&lexer, false);
	if (lexer.failed) {
		free(lexer.tokens);
		return false;
	}
	*tokens = lexer.tokens;
	*count = lexer.count;
	return true;
}

bool rhook_token_is(const char *text, const struct rhook_token *token, const char *word)
{
	return token->size && text[token->start] == *word && strlen(word) == token->size &&
	       memcmp(text + token->start, word, token->size) == 0;
}
