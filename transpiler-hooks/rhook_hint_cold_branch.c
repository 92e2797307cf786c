/* `core::hint::cold_path()` first in a branch: a word to the optimizer about how often it runs, and nothing that it does. */
#include "rhook_hint_internal.h"

#include <string.h>

/* A block in braces that is a branch: of an `if`, an `else`, an arm. */
static bool is_branch(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];

	if (n->kind != K_BLOCK || n->ctx == RHOOK_NONE || n->parent == RHOOK_NONE || p->text[n->start] != '{' ||
	    rhook_first(p, node) == RHOOK_NONE)
		return false;
	return (p->nodes[n->parent].kind == K_IF && n->field == F_CONSEQUENCE) || p->nodes[n->parent].kind == K_ELSE ||
	       (p->nodes[n->parent].kind == K_MATCH_ARM && n->field == F_VALUE);
}

void rhook_find_cold_branch(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		struct rhook_found *found;
		if (!is_branch(p, i) || rhook_hint_is_constant(p, i))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_COLD_BRANCH, p->nodes[i].ctx, i);
		if (!found)
			continue;
		found->least = 1;
		found->most = 2;
		found->usual = 1;
	}
}

/* For a rustc without cold_path: a call of an empty function that is cold, declared where it is called. */
void rhook_apply_cold_branch(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	uint32_t at = rhook_body_start(h->program, found->node);
	const char *evidence = h->evidence && *h->evidence ? h->evidence : "";
	struct rhook_buf name = {0}, indent = {0};

	rhook_buf_puts(&indent, "\n");
	rhook_hint_line_indent(h->program, h->program->nodes[found->node].start, &indent);
	rhook_buf_puts(&indent, "    ");
	rhook_hint_restart(h);
	rhook_buf_puts(&h->text, " // cold-branch");
	rhook_buf_puts(&h->text, *evidence ? ": " : "");
	for (const char *c = evidence; *c; c++)
		rhook_buf_add(&h->text, (unsigned char)*c < ' ' || *c == 0x7f ? " " : c, 1);
	rhook_hint_name(h, RHOOK_NONE, "cold_branch", &name);
	if (amount == 2)
		rhook_buf_printf(&h->text, "%s#[cold] fn %s() {}%s%s();", indent.data, name.data, indent.data, name.data);
	else
		rhook_buf_printf(&h->text, "%s::core::hint::cold_path();", indent.data);
	rhook_edit(h->edits, at, 0, h->text.data);
	rhook_buf_free(&indent);
	rhook_buf_free(&name);
}
