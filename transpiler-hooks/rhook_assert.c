/*
 * `assert!(x)` without a message prints x as rustc prints an expression, so what is written into x would be seen. Where that print is
 * known, such an assert gets it as a text: `assert!(!!(x) || crate::__rprof::failed("assertion failed: x"))`, the same payload as rustc's.
 * That is so for expressions of the usual operators, calls, fields and closures that fit on one line. Others are left alone.
 */
#include "rhook_program.h"

#include <string.h>

#define MAX_PRINT 70 /* columns; rustc breaks lines at 78 */

static bool print(const struct rhook_program *p, uint32_t node, struct rhook_buf *out);

static bool print_text(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	const struct rhook_node *n = &p->nodes[node];

	if (memchr(p->text + n->start, '\n', n->end - n->start) || out->size > MAX_PRINT)
		return false;
	rhook_buf_add(out, p->text + n->start, n->end - n->start);
	return true;
}

/* The named children, with commas between them, in the brackets that stand around them. */
static bool print_list(const struct rhook_program *p, uint32_t node, const char *open, const char *shut, struct rhook_buf *out)
{
	const char *separator = "";

	rhook_buf_puts(out, open);
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!p->nodes[c].named)
			continue;
		rhook_buf_puts(out, separator);
		separator = ", ";
		if (!print(p, c, out))
			return false;
	}
	rhook_buf_puts(out, shut);
	return true;
}

/* All children, one behind the other, with a space behind the words that want one. */
static bool print_tight(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!print(p, c, out))
			return false;
		if (p->nodes[c].kind == K_MUTABLE || rhook_node_is(p, c, "move"))
			rhook_buf_puts(out, " ");
	}
	return true;
}

static bool print_binary(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	const char *separator = "";

	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c)) {
		rhook_buf_puts(out, separator);
		separator = " ";
		if (!print(p, c, out))
			return false;
	}
	return true;
}

static bool print_closure(const struct rhook_program *p, uint32_t node, struct rhook_buf *out)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!rhook_node_is(p, c, "move") && p->nodes[c].kind != K_CLOSURE_PARAMETERS && p->nodes[c].field != F_BODY)
			return false;
		if (!print(p, c, out))
			return false;
		if (p->nodes[c].field != F_BODY)
			rhook_buf_puts(out, " ");
	}
	return true;
}

/* The text is short, so it can't nest deeply. */
static bool print(const struct rhook_program *p, uint32_t node, struct rhook_buf *out) /* NOLINT(misc-no-recursion) */
{
	uint32_t name;

	if (out->size > MAX_PRINT)
		return false;
	if (rhook_first(p, node) == RHOOK_NONE)
		return p->nodes[node].kind != K_BLOCK && print_text(p, node, out);
	switch (p->nodes[node].kind) {
	case K_STRING:
	case K_CHARACTER:
		return print_text(p, node, out);
	case K_BINARY:
		return print_binary(p, node, out);
	case K_CALL:
		name = rhook_callee_name(p, node);
		return (name == RHOOK_NONE || !rhook_macro_at(p, p->nodes[name].start)) && print_tight(p, node, out);
	case K_ARGUMENTS:
		return print_list(p, node, "(", ")", out);
	case K_TYPE_ARGUMENTS:
		return print_list(p, node, "<", ">", out);
	case K_CLOSURE:
		return print_closure(p, node, out);
	case K_CLOSURE_PARAMETERS:
		return print_list(p, node, "|", "|", out);
	case K_FIELD_EXPRESSION:
	case K_GENERIC_FUNCTION:
	case K_INDEX:
	case K_PARENTHESIZED:
	case K_REFERENCE:
	case K_REFERENCE_PATTERN:
	case K_SCOPED_IDENTIFIER:
	case K_TRY:
	case K_UNARY:
		return print_tight(p, node, out);
	default: /* `true` is a node around a word */
		return p->nodes[node + 1].end == p->nodes[node].end && p->nodes[node].last == node + 2 && print(p, node + 1, out);
	}
}

/* Does the print say all that stands in the text? */
static bool is_whole(const struct rhook_program *p, const struct rhook_node *n, const struct rhook_buf *out)
{
	size_t printed = 0;

	for (uint32_t at = n->start; at < n->end; at++) {
		char c = p->text[at];
		if (c == ' ' || c == '\n' || c == '\t' || c == '\r')
			continue;
		while (printed < out->size && out->data[printed] == ' ')
			printed++;
		if (printed < out->size && out->data[printed] == p->text[at])
			printed++;
		else if (c != ',') /* behind the last argument */
			return false;
	}
	return printed == out->size;
}

bool rhook_print_condition(const struct rhook_program *program, uint32_t condition, struct rhook_buf *out)
{
	const struct rhook_node *n = &program->nodes[condition];

	out->size = 0;
	return n->end - n->start < 4 * MAX_PRINT && print(program, condition, out) && out->size <= MAX_PRINT && is_whole(program, n, out);
}

uint32_t rhook_condition(const struct rhook_program *program, uint32_t call)
{
	uint32_t name, arguments;
	const struct rhook_macro *macro;

	if (program->nodes[call].kind != K_CALL)
		return RHOOK_NONE;
	name = rhook_callee_name(program, call);
	macro = name == RHOOK_NONE ? NULL : rhook_macro_at(program, program->nodes[name].start);
	arguments = rhook_child(program, call, F_ARGUMENTS);
	if (!macro || !macro->silent || arguments == RHOOK_NONE)
		return RHOOK_NONE;
	for (uint32_t c = rhook_first(program, arguments); c != RHOOK_NONE; c = rhook_next(program, c))
		if (program->nodes[c].named)
			return c;
	return RHOOK_NONE;
}

/* Is something written into this subtree? */
static bool is_changed(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		uint32_t body = p->nodes[i].kind == K_CLOSURE ? rhook_child(p, i, F_BODY) : RHOOK_NONE;
		uint32_t fn = body == RHOOK_NONE ? RHOOK_NONE : p->nodes[body].ctx;
		if (p->nodes[i].call != RHOOK_NONE || (fn != RHOOK_NONE && p->infos[fn].body == body && !p->infos[fn].skip))
			return true;
	}
	return false;
}

void rhook_open_asserts(const struct rhook_program *program, struct rhook_edits *edits)
{
	for (uint32_t i = 0; i < program->node_count; i++) {
		uint32_t condition = rhook_condition(program, i);
		if (condition != RHOOK_NONE && is_changed(program, condition))
			rhook_edit(edits, program->nodes[condition].start, 0, "!!(");
	}
}

void rhook_close_asserts(struct rhook_program *program, struct rhook_edits *edits)
{
	struct rhook_buf print = {0}, text = {0};

	for (uint32_t i = 0; i < program->node_count; i++) {
		uint32_t condition = rhook_condition(program, i);
		if (condition == RHOOK_NONE || !is_changed(program, condition) || !rhook_print_condition(program, condition, &print))
			continue;
		text.size = 0;
		rhook_buf_printf(&text, ") || %sfailed(\"assertion failed: ", rhook_path(program, program->nodes[condition].start));
		for (size_t k = 0; k < print.size; k++) {
			if (print.data[k] == '"' || print.data[k] == '\\')
				rhook_buf_puts(&text, "\\");
			rhook_buf_add(&text, print.data + k, 1);
		}
		rhook_buf_puts(&text, "\")");
		rhook_edit(edits, program->nodes[condition].end, 0, text.data);
	}
	program->no_memory |= print.failed || text.failed;
	rhook_buf_free(&print);
	rhook_buf_free(&text);
}
