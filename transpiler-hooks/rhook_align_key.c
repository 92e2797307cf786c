#include "rhook_align.h"

#include <string.h>

enum { WEAK = 1, KEYWORD = 3, STRONG = 4 };

/* Words that the transpiler writes differently: Ruchy, Rust. */
static const char *const same[][2] = {
    {"fun", "fn"},	     {"class", "struct"},  {"actor", "struct"},	      {"int", "i64"},
    {"float", "f64"},	     {"string", "String"}, {"throw", "panic"},	      {"import", "use"},
    {"null", "None"},	     {"module", "mod"},	   {"upper", "to_uppercase"}, {"lower", "to_lowercase"},
    {"print", "print"},	     {"elif", "if"},	   {"nil", "None"},	      {"catch", "panic_err"},
    {"try", "catch_unwind"},
};

/* Words that the transpiler adds or that stand everywhere: alone they prove nothing. */
static const char *const weak[] = {
    "let",    "mut",	 "var",		"as",	   "else",    "in",	"self",	  "Self",   "String",	"Vec",	   "vec",
    "new",    "clone",	 "to_string",	"from",	   "format",  "std",	"usize",  "i32",    "i64",	"f64",	   "iter",
    "into",   "collect", "collections", "Default", "default", "map",	"insert", "expect", "unwrap",	"lock",	   "as_str",
    "derive", "Clone",	 "Debug",	"pub",	   "fn",      "struct", "impl",	  "str",    "bool",	"Ok",	   "Err",
    "Some",   "None",	 "move",	"val",	   "e",	      "s",	"mod",	  "use",    "BTreeMap", "HashMap",
};
static const char *const keywords[] = {"if",	"while",    "for",   "loop", "match", "return",
				       "break", "continue", "panic", "true", "false", "println"};

/* Brackets and separators come and go. */
static const char *const useless[] = {"(", ")", "{", "}",  "[",	 "]", ",",  ";",  ":", "::", ".", "&",
				      "!", "?", "|", "->", "#[", "#", "||", "|>", "@", "$",  "\\"};

static bool among(const char *text, const struct rhook_token *token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rhook_token_is(text, token, words[i]))
			return true;
	return false;
}

uint64_t rhook_align_hash(const char *text, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

/* 1_000, 1000i32, 3.0, 3f64, 0XFF: only the value counts. */
static uint64_t number_key(const char *text, size_t size)
{
	static const char *const suffixes[] = {"i8",  "i16", "i32", "i64",  "i128",  "isize", "u8",
					       "u16", "u32", "u64", "u128", "usize", "f32",   "f64"};
	char digits[64];
	size_t used = 0, dot;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		size_t length = strlen(suffixes[i]);

		if (size > length && memcmp(text + size - length, suffixes[i], length) == 0 &&
		    !(suffixes[i][0] == 'f' && memchr(text, 'x', size))) {
			size -= length;
			break;
		}
	}
	for (size_t i = 0; i < size && used < sizeof(digits); i++)
		if (text[i] != '_')
			digits[used++] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
	for (dot = 0; dot < used && digits[dot] != '.'; dot++)
		;
	if (dot < used && !memchr(digits, 'e', used)) {
		while (used > dot + 1 && digits[used - 1] == '0')
			used--;
		used -= used == dot + 1;
	}
	return rhook_align_hash(digits, used);
}

static uint64_t word_key(const char *text, const struct rhook_token *token, uint32_t *weight)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (rhook_token_is(text, token, same[i][0])) {
			struct rhook_token other = {.size = (uint32_t)strlen(same[i][1]), .kind = RHOOK_WORD};

			*weight = among(same[i][1], &other, weak, sizeof(weak) / sizeof(*weak)) ? WEAK : KEYWORD;
			return rhook_align_hash(same[i][1], other.size);
		}
	if (among(text, token, weak, sizeof(weak) / sizeof(*weak)))
		*weight = WEAK;
	else if (among(text, token, keywords, sizeof(keywords) / sizeof(*keywords)))
		*weight = KEYWORD;
	return rhook_align_hash(text + token->start, token->size);
}

static bool is_wordy(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

uint64_t rhook_align_key(const char *text, const struct rhook_token *token, uint32_t *weight)
{
	const char *at = text + token->start;

	*weight = STRONG;
	switch (token->kind) {
	case RHOOK_NUMBER:
		return number_key(at, token->size);
	case RHOOK_OPERATOR:
		*weight = WEAK;
		if (among(text, token, useless, sizeof(useless) / sizeof(*useless)))
			return 0;
		return rhook_align_hash(at, token->size);
	case RHOOK_WORD:
		return word_key(text, token, weight);
	case RHOOK_STRING:
		break;
	}
	if (token->size >= 2 && at[0] == '"' && memchr(at, '{', token->size))
		return 0; /* "{}" is of the transpiler's making */
	if (*at >= '0' && *at <= '9')
		return number_key(at, token->size);
	if (!is_wordy(*at) && !(*at == '_' && token->size > 1) && *at != '\'' && *at != '"')
		*weight = WEAK;
	return rhook_align_hash(at, token->size);
}
