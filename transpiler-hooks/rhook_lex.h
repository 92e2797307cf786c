/* rhook_lex.h - one tokeniser for the two languages, whose tokens are nearly the same. Not installed. */
#ifndef RHOOK_LEX_H
#define RHOOK_LEX_H

#include "rhook_internal.h"

enum rhook_language { RHOOK_RUCHY, RHOOK_RUST };

/* More tokens than this are left out: it bounds the memory that a hostile text can ask for. */
#define RHOOK_MAX_TOKENS ((size_t)1 << 24)

/*
 * Tokens of `text` in order, without comments. A string gives one RHOOK_STRING token for each word and each run of punctuation inside
 * (escapes, quotes and braces part them; the literal itself if nothing is inside), and the code in the braces of f"..." gives ordinary
 * tokens. The caller frees *tokens. False for want of memory.
 */
bool rhook_lex(const char *text, size_t size, enum rhook_language language, struct rhook_token **tokens, size_t *count);

/* Name of the implicit function of the top-level statements when the text has a `main` of its own, which then runs after them. */
#define RHOOK_TOP_LEVEL "{toplevel}"

/* Does the token read `word`? */
bool rhook_token_is(const char *text, const struct rhook_token *token, const char *word);

#endif
