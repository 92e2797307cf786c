/* What the kinds of hint write with: comments, blanks, names that are free. */
#include "rhook_hint_internal.h"

#include <string.h>

void rhook_hint_restart(struct rhook_hinting *h)
{
	h->text.size = 0;
	rhook_buf_puts(&h->text, "");
}

void rhook_hint_indent(const struct rhook_program *p, uint32_t byte, struct rhook_buf *out)
{
	uint32_t line = byte;

	while (line > 0 && (p->text[line - 1] == ' ' || p->text[line - 1] == '\t'))
		line--;
	if (line == 0 || p->text[line - 1] == '\n')
		rhook_buf_add(out, p->text + line, byte - line);
}

void rhook_hint_line_indent(const struct rhook_program *p, uint32_t byte, struct rhook_buf *out)
{
	uint32_t line = byte, end;

	while (line > 0 && p->text[line - 1] != '\n')
		line--;
	for (end = line; end < byte && (p->text[end] == ' ' || p->text[end] == '\t'); end++)
		continue;
	rhook_buf_add(out, p->text + line, end - line);
}

/* Where a comment about the node may stand: before its statement or item, and before the attributes of that. */
static uint32_t comment_place(const struct rhook_program *p, uint32_t node)
{
	while (p->nodes[node].parent != RHOOK_NONE) {
		const struct rhook_node *parent = &p->nodes[p->nodes[node].parent];
		if (parent->kind == K_BLOCK || parent->kind == K_DECLARATION_LIST || parent->parent == RHOOK_NONE)
			break;
		node = p->nodes[node].parent;
	}
	for (uint32_t a = p->nodes[node].previous; a != RHOOK_NONE && p->nodes[a].kind == K_ATTRIBUTE; a = p->nodes[a].previous)
		node = a;
	return p->nodes[node].start;
}

void rhook_hint_comment(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t node)
{
	uint32_t at = comment_place(h->program, node);
	struct rhook_buf line = {0};

	rhook_buf_printf(&line, "// %s", rhook_hint_info(kind)->name);
	rhook_buf_puts(&line, h->evidence && *h->evidence ? ": " : "");
	for (const char *c = h->evidence ? h->evidence : ""; *c; c++)
		rhook_buf_add(&line, (unsigned char)*c < ' ' || *c == 0x7f ? " " : c, 1);
	rhook_buf_puts(&line, "\n");
	rhook_hint_indent(h->program, at, &line);
	if (line.failed)
		h->program->no_memory = true;
	else if (!rhook_edits_has(h->edits, at, line.data))
		rhook_edit(h->edits, at, 0, line.data);
	rhook_buf_free(&line);
}

bool rhook_hint_has_word(const struct rhook_program *p, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < p->word_count; i++)
		if (p->words[i].size == size && memcmp(p->text + p->words[i].start, text, size) == 0)
			return true;
	return false;
}

void rhook_hint_name(const struct rhook_hinting *h, uint32_t base, const char *word, struct rhook_buf *out)
{
	const struct rhook_program *p = h->program;
	const char *text = base == RHOOK_NONE ? "" : p->text + p->nodes[base].start;
	size_t size = base == RHOOK_NONE ? 0 : p->nodes[base].end - p->nodes[base].start, raw;
	struct rhook_buf name = {0};

	raw = size > 2 && memcmp(text, "r#", 2) == 0 ? 2 : 0;
	rhook_buf_add(&name, text + raw, size - raw);
	rhook_buf_printf(&name, "%s%s", size ? "_" : "", word);
	while (!name.failed && rhook_hint_has_word(p, name.data))
		rhook_buf_puts(&name, "_");
	if (!name.failed)
		rhook_buf_puts(out, name.data);
	out->failed |= name.failed;
	rhook_buf_free(&name);
}
