/*
 * Copies that the transpiler made on its own: `x.clone()`, `"..".to_string()` and their like where the line of Ruchy has no such word.
 * Records of the table; nothing in the program changes.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

static const char *const methods[] = {"clone", "to_string", "to_owned", "to_vec"};
#define METHODS (sizeof methods / sizeof *methods)

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* Does line `line` of the text have the word? Lines come in any order: `starts` holds where each one begins. */
static bool has_word(const struct rhook_text *text, const uint32_t *starts, size_t lines, uint32_t line, const char *word)
{
	size_t size = strlen(word), from, to;

	if (line == 0 || line > lines)
		return true; /* not a line that could be judged */
	from = starts[line - 1];
	to = line < lines ? starts[line] : text->size;
	for (size_t i = from; i + size <= to; i++)
		if (memcmp(text->data + i, word, size) == 0 && (i == from || !is_word_byte(text->data[i - 1])) &&
		    (i + size == to || !is_word_byte(text->data[i + size])))
			return true;
	return false;
}

struct rhook_starts rhook_starts_of(struct rhook_program *program)
{
	const struct rhook_text *text = &program->input->ruchy;
	struct rhook_starts starts = {0};
	size_t capacity = 0;

	for (size_t i = 0; text->data && i < text->size; i++) {
		uint32_t *slot;
		if (i > 0 && text->data[i - 1] != '\n')
			continue;
		slot = RHOOK_PUSH(program, starts.bytes, starts.count, capacity);
		if (!slot)
			break;
		*slot = (uint32_t)i;
	}
	return starts;
}

/* The end of what the method is called on. */
static uint32_t word_before(const struct rhook_program *p, uint32_t at)
{
	while (at > 0 && !is_word_byte(p->bare[at - 1]))
		at--;
	return at > 0 ? at - 1 : 0;
}

uint32_t rhook_line_of_method(const struct rhook_program *p, const struct rhook_align *align, const struct rhook_starts *starts,
			      uint32_t name)
{
	uint32_t line = rhook_align_line(align, name), size = 0, other;
	char word[64];

	while (size < sizeof word - 1 && name + size < p->size && is_word_byte(p->text[name + size])) {
		word[size] = p->text[name + size];
		size++;
	}
	word[size] = '\0';
	if (!starts->bytes || name == 0 || p->text[name - 1] != '.' || has_word(&p->input->ruchy, starts->bytes, starts->count, line, word))
		return line;
	other = rhook_align_line(align, word_before(p, name));
	return other ? other : line;
}

void rhook_copies_write(struct rhook_program *program, const struct rhook_align *align, const struct rhook_starts *starts,
			struct rhook_buf *out)
{
	const struct rhook_text *text = &program->input->ruchy;

	for (uint32_t i = 0; starts->bytes && i < program->node_count; i++) {
		const struct rhook_node *n = &program->nodes[i];
		uint32_t name = n->kind == K_CALL && n->ctx != RHOOK_NONE ? rhook_callee_name(program, i) : RHOOK_NONE, line;

		if (name == RHOOK_NONE || program->nodes[name].kind != K_FIELD_IDENTIFIER)
			continue;
		for (size_t m = 0; m < METHODS; m++) {
			if (!rhook_node_is(program, name, methods[m]))
				continue;
			line = rhook_line_of_method(program, align, starts, program->nodes[name].start);
			if (!has_word(text, starts->bytes, starts->count, line, methods[m]))
				rhook_buf_printf(out, "copy\t%u\t%u\t%s\n", n->ctx, line, methods[m]);
		}
	}
}
