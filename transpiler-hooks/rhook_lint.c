/*
 * What the program denies is allowed in the instrumented text: the text has passed rustc already, and what is written into it may be what a
 * lint looks for (a path longer than it has to be, a public function without documentation, `unsafe` in the prelude).
 */
#include "rhook_program.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_one_of(const char *word, size_t size, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == size && memcmp(*words, word, size) == 0)
			return true;
	return false;
}

static uint32_t skip_string(const char *text, uint32_t from, uint32_t end)
{
	for (from++; from < end && text[from] != '"'; from++)
		from += text[from] == '\\';
	return from + 1;
}

uint32_t rhook_denying(const struct rhook_program *program, uint32_t attribute, uint32_t from, uint32_t *size)
{
	static const char *const denying[] = {"deny", "forbid", "expect", NULL};
	static const char *const holding[] = {"deny", "forbid", "expect", "cfg_attr", NULL};
	const struct rhook_node *n = &program->nodes[attribute];
	const char *text = program->text;
	bool first = true;

	*size = 0;
	for (uint32_t at = n->start; at < n->end;) {
		uint32_t word = at;
		if (text[at] == '"') {
			at = skip_string(text, at, n->end);
			continue;
		}
		while (at < n->end && is_word(text[at]))
			at++;
		if (at == word) {
			at++;
			continue;
		}
		if (first && !is_one_of(text + word, at - word, holding))
			return n->end;
		first = false;
		while (at < n->end && isspace((unsigned char)text[at]))
			at++;
		if (word >= from && at < n->end && text[at] == '(' && is_one_of(text + word, strcspn(text + word, "( \t\r\n"), denying)) {
			*size = (uint32_t)strcspn(text + word, "( \t\r\n");
			return word;
		}
	}
	return n->end;
}

void rhook_allow_lints(const struct rhook_program *program, struct rhook_edits *edits)
{
	for (uint32_t i = 0; i < program->node_count; i++) {
		uint8_t kind = program->nodes[i].kind;
		uint32_t at = program->nodes[i].start, size;
		if (kind != K_ATTRIBUTE && kind != K_INNER_ATTRIBUTE)
			continue;
		while ((at = rhook_denying(program, i, at, &size)), size) {
			rhook_edit(edits, at, size, "allow");
			at += size;
		}
	}
}
