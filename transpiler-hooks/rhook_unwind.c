/*
 * Functions that cannot unwind: nothing but arithmetic on numbers, and calls of one another. A block of calls among them needs no guard,
 * and without a guard LLVM knows too that they do not unwind. Numbers wrap only where rustc does not check them (RHOOK_WRAPPING).
 */
#include "rhook_program.h"

#include <stdlib.h>

struct calm {
	struct rhook_program *program;
	uint32_t *bound; /* by name: 1 + the last function that binds it */
	size_t names;
};

static bool is_nonzero_literal(const struct rhook_program *p, uint32_t node)
{
	if (node == RHOOK_NONE || p->nodes[node].kind != K_INTEGER)
		return false;
	return p->text[p->nodes[node].start] >= '1' && p->text[p->nodes[node].start] <= '9';
}

/* Only division fails; by a positive literal it does not. */
static bool operator_fails(const struct rhook_program *p, uint32_t node)
{
	static const char *const division[] = {"/", "%", "/=", "%="};
	uint32_t operator_ = rhook_child(p, node, F_OPERATOR);

	if (operator_ == RHOOK_NONE)
		return true;
	for (size_t i = 0; i < sizeof division / sizeof *division; i++)
		if (rhook_node_is(p, operator_, division[i]))
			return !is_nonzero_literal(p, rhook_child(p, node, F_RIGHT));
	return false;
}

static bool is_number_type(const struct rhook_program *p, uint32_t type)
{
	return type != RHOOK_NONE && p->nodes[type].kind == K_PRIMITIVE_TYPE && !rhook_node_is(p, type, "str");
}

static void bind(struct calm *c, uint32_t fn, uint32_t pattern)
{
	uint32_t name = rhook_node_name(c->program, pattern);

	if (name < c->names)
		c->bound[name] = fn + 1;
}

static bool has_calm_signature(struct calm *c, uint32_t fn)
{
	struct rhook_program *p = c->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t result = rhook_child(p, info->node, F_RETURN_TYPE), parameters = rhook_child(p, info->node, F_PARAMETERS);

	if (info->role != ROLE_FREE || info->skip || info->generic || info->whole || parameters == RHOOK_NONE || !is_number_type(p, result))
		return false;
	for (uint32_t n = rhook_first(p, parameters); n != RHOOK_NONE; n = rhook_next(p, n)) {
		uint32_t pattern = rhook_child(p, n, F_PATTERN);
		if (!p->nodes[n].named)
			continue;
		if (p->nodes[n].kind != K_PARAMETER || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER ||
		    !is_number_type(p, rhook_child(p, n, F_TYPE)))
			return false;
		bind(c, fn, pattern);
	}
	return true;
}

/* Methods of numbers themselves, which no trait can hide, that wrap at worst. */
static bool is_calm_method(const struct rhook_program *p, uint32_t call)
{
	static const char *const names[] = {"abs",	     "abs_diff",       "count_ones",   "count_zeros",	 "leading_zeros",
					    "pow",	     "rotate_left",    "rotate_right", "signum",	 "sqrt",
					    "swap_bytes",    "trailing_zeros", "is_negative",  "is_positive",	 "wrapping_add",
					    "wrapping_mul",  "wrapping_neg",   "wrapping_sub", "saturating_add", "saturating_mul",
					    "saturating_sub"};
	uint32_t name = rhook_callee_name(p, call);

	for (size_t i = 0; name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER && i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(p, name, names[i]))
			return true;
	return false;
}

static bool is_calm_node(struct calm *c, uint32_t fn, uint32_t i)
{
	struct rhook_program *p = c->program;
	const struct rhook_node *n = &p->nodes[i];
	uint32_t name, child;

	if (n->ctx != fn)
		return false;
	switch (n->kind) {
	case K_BLOCK:
		child = rhook_first(p, i);
		return child == RHOOK_NONE || p->nodes[child].kind != K_LABEL;
	case K_BOOLEAN:
	case K_CAST:
	case K_CHARACTER:
	case K_ELSE:
	case K_EXPRESSION_STATEMENT:
	case K_FLOAT:
	case K_IF:
	case K_INTEGER:
	case K_PARENTHESIZED:
	case K_PRIMITIVE_TYPE:
	case K_RETURN:
	case K_ARGUMENTS:
		return true;
	case K_UNARY:
		return p->text[n->start] == '-' || p->text[n->start] == '!';
	case K_BINARY:
	case K_COMPOUND_ASSIGNMENT:
		return !operator_fails(p, i);
	case K_ASSIGNMENT:
		child = rhook_child(p, i, F_LEFT);
		return child != RHOOK_NONE && p->nodes[child].kind == K_IDENTIFIER;
	case K_LET:
		child = rhook_child(p, i, F_PATTERN);
		if (child == RHOOK_NONE || p->nodes[child].kind != K_IDENTIFIER || rhook_child(p, i, F_VALUE) == RHOOK_NONE ||
		    rhook_child(p, i, F_ALTERNATIVE) != RHOOK_NONE)
			return false;
		bind(c, fn, child);
		return true;
	case K_CALL:
		return n->call != RHOOK_NONE || is_calm_method(p, i);
	case K_FIELD_EXPRESSION: /* numbers have methods and no fields */
	case K_FIELD_IDENTIFIER:
		return true;
	case K_IDENTIFIER:
		name = rhook_node_name(p, i);
		return (n->field == F_FUNCTION && p->nodes[n->parent].kind == K_CALL) || (name < c->names && c->bound[name] == fn + 1);
	default:
		return !n->named && n->kind == K_OTHER;
	}
}

/* A `mut` pattern is a node of its own; it says nothing. */
static bool is_silent(const struct rhook_program *p, uint32_t node)
{
	return rhook_is_comment(&p->nodes[node]) || rhook_node_is(p, node, "mut");
}

bool rhook_find_calm(struct rhook_program *program)
{
	struct calm c = {.program = program, .names = rhook_word_count(program->names)};
	bool again = true;

	if (!(program->input->flags & RHOOK_WRAPPING))
		return true;
	c.bound = calloc(c.names + 1, sizeof *c.bound);
	if (!c.bound)
		return !(program->no_memory = true);
	for (uint32_t f = 0; f < program->fn_count; f++) {
		struct rhook_info *info = &program->infos[f];
		info->calm = has_calm_signature(&c, f);
		for (uint32_t i = info->body; info->calm && i < program->nodes[info->body].last; i++)
			info->calm = is_silent(program, i) || is_calm_node(&c, f, i);
	}
	for (int rounds = 0; again && rounds < 64; rounds++) {
		again = false;
		for (size_t i = 0; i < program->call_count; i++) {
			struct rhook_info *caller = &program->infos[program->calls[i].caller];
			if (caller->calm && !program->infos[program->calls[i].target].calm) {
				caller->calm = false;
				again = true;
			}
		}
	}
	for (size_t f = 0; again && f < program->fn_count; f++)
		program->infos[f].calm = false; /* a chain too long to follow */
	free(c.bound);
	return !program->no_memory;
}
