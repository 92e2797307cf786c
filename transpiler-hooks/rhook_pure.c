/*
 * Functions whose result follows from their arguments alone, and that do nothing else: arithmetic and comparisons on numbers that were
 * passed by value, branches, loops over ranges, and calls of one another. They may panic, but then they always do for these arguments.
 *
 * Said only where the text leaves no doubt: one node of a kind that is not listed here, one name that the function does not bind, one call
 * whose target is not certain, and the function is not pure.
 */
#include "rhook_program.h"

#include <stdlib.h>

struct pure {
	struct rhook_program *program;
	uint32_t *bound; /* by name: 1 + the last function that binds it */
	size_t names;
};

static bool is_value_type(const struct rhook_program *p, uint32_t type)
{
	return type != RHOOK_NONE && p->nodes[type].kind == K_PRIMITIVE_TYPE && !rhook_node_is(p, type, "str");
}

static void bind(struct pure *c, uint32_t fn, uint32_t pattern)
{
	uint32_t name = rhook_node_name(c->program, pattern);

	if (name < c->names)
		c->bound[name] = fn + 1;
}

static bool has_pure_signature(struct pure *c, uint32_t fn)
{
	struct rhook_program *p = c->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t result = rhook_child(p, info->node, F_RETURN_TYPE), parameters = rhook_child(p, info->node, F_PARAMETERS);
	unsigned count = 0;

	if ((info->role != ROLE_FREE && info->role != ROLE_INHERENT) || info->skip || info->async || info->generic || info->main ||
	    parameters == RHOOK_NONE || !is_value_type(p, result))
		return false;
	for (uint32_t n = rhook_first(p, parameters); n != RHOOK_NONE; n = rhook_next(p, n)) {
		uint32_t pattern = rhook_child(p, n, F_PATTERN);
		if (!p->nodes[n].named || rhook_is_comment(&p->nodes[n]))
			continue;
		if (p->nodes[n].kind != K_PARAMETER || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER ||
		    !is_value_type(p, rhook_child(p, n, F_TYPE)))
			return false;
		bind(c, fn, pattern);
		count++;
	}
	return count > 0;
}

/* A trait of this program, or of another crate, may add a method of this name to a type of numbers that has none. */
static bool may_be_added(struct rhook_program *p, uint32_t name)
{
	uint32_t id = rhook_node_name(p, name);

	for (size_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].name == id)
			return true;
	return p->foreign;
}

/* Methods of numbers themselves. */
static bool is_pure_method(struct rhook_program *p, uint32_t call)
{
	static const char *const names[] = {"abs",
					    "abs_diff",
					    "ceil",
					    "clamp",
					    "count_ones",
					    "count_zeros",
					    "exp",
					    "floor",
					    "is_negative",
					    "is_positive",
					    "leading_zeros",
					    "ln",
					    "max",
					    "min",
					    "pow",
					    "powf",
					    "powi",
					    "rem_euclid",
					    "rotate_left",
					    "rotate_right",
					    "round",
					    "saturating_add",
					    "saturating_mul",
					    "saturating_sub",
					    "signum",
					    "sin",
					    "cos",
					    "sqrt",
					    "swap_bytes",
					    "tan",
					    "trailing_zeros",
					    "trunc",
					    "wrapping_add",
					    "wrapping_div",
					    "wrapping_mul",
					    "wrapping_neg",
					    "wrapping_rem",
					    "wrapping_sub"};
	uint32_t name = rhook_callee_name(p, call);

	for (size_t i = 0; name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER && i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(p, name, names[i]))
			return !may_be_added(p, name);
	return false;
}

/* `1 | 2` as a pattern: as an expression it is a node of a kind of its own. */
static bool is_alternative(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (!p->nodes[c].named && rhook_node_is(p, c, "|"))
			return true;
	return false;
}

/* `a..b`, `a..=b`, as an expression or a pattern. */
static bool is_range(const struct rhook_program *p, uint32_t node)
{
	while (p->nodes[node].kind == K_PARENTHESIZED && rhook_first(p, node) != RHOOK_NONE) {
		uint32_t inner = rhook_next(p, rhook_first(p, node));
		if (inner == RHOOK_NONE)
			return false;
		node = inner;
	}
	for (uint32_t c = p->nodes[node].kind == K_OTHER ? rhook_first(p, node) : RHOOK_NONE; c != RHOOK_NONE; c = rhook_next(p, c))
		if (!p->nodes[c].named && (rhook_node_is(p, c, "..") || rhook_node_is(p, c, "..=")))
			return true;
	return false;
}

static bool binds(struct pure *c, uint32_t fn, uint32_t node)
{
	const struct rhook_program *p = c->program;
	uint32_t pattern = rhook_child(p, node, F_PATTERN);

	if (pattern == RHOOK_NONE || (p->nodes[pattern].kind != K_IDENTIFIER && !rhook_node_is(p, pattern, "_")))
		return false;
	bind(c, fn, pattern);
	return true;
}

static bool is_bound(struct pure *c, uint32_t fn, uint32_t node)
{
	uint32_t name = rhook_node_name(c->program, node);

	return name < c->names && c->bound[name] == fn + 1;
}

static bool is_pure_node(struct pure *c, uint32_t fn, uint32_t i)
{
	struct rhook_program *p = c->program;
	const struct rhook_node *n = &p->nodes[i];
	uint32_t child;

	if (n->ctx != fn)
		return false;
	switch (n->kind) {
	case K_ARGUMENTS:
	case K_BINARY:
	case K_BLOCK:
	case K_BOOLEAN:
	case K_BREAK:
	case K_CAST:
	case K_CHARACTER:
	case K_CONTINUE:
	case K_ELSE:
	case K_EMPTY:
	case K_EXPRESSION_STATEMENT:
	case K_FIELD_EXPRESSION: /* numbers have methods and no fields */
	case K_FIELD_IDENTIFIER:
	case K_FLOAT:
	case K_IF:
	case K_INTEGER:
	case K_LABEL:
	case K_LOOP:
	case K_MATCH:
	case K_MATCH_ARM:
	case K_MATCH_BLOCK:
	case K_MATCH_PATTERN:
	case K_MUTABLE:
	case K_PARENTHESIZED:
	case K_PRIMITIVE_TYPE:
	case K_RETURN:
	case K_WHILE:
		return true;
	case K_UNARY:
		return p->text[n->start] == '-' || p->text[n->start] == '!';
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		child = rhook_child(p, i, F_LEFT);
		return child != RHOOK_NONE && p->nodes[child].kind == K_IDENTIFIER;
	case K_LET:
		return rhook_child(p, i, F_ALTERNATIVE) == RHOOK_NONE && binds(c, fn, i);
	case K_FOR:
		child = rhook_child(p, i, F_VALUE);
		return child != RHOOK_NONE && is_range(p, child) && binds(c, fn, i);
	case K_CALL:
		return n->call != RHOOK_NONE || is_pure_method(p, i);
	case K_IDENTIFIER:
		return (n->field == F_FUNCTION && p->nodes[n->parent].kind == K_CALL) || is_bound(c, fn, i);
	case K_SCOPED_IDENTIFIER: /* of a known call: its parts are names of types and modules */
		return n->field == F_FUNCTION && p->nodes[n->parent].kind == K_CALL && p->nodes[n->parent].call != RHOOK_NONE;
	case K_OTHER:
		return !n->named || is_range(p, i) || is_alternative(p, i) || rhook_node_is(p, i, "_");
	default:
		return rhook_is_comment(n);
	}
}

static bool has_pure_body(struct pure *c, uint32_t fn)
{
	const struct rhook_program *p = c->program;
	uint32_t body = p->infos[fn].body;

	for (uint32_t i = body; i < p->nodes[body].last; i++) {
		if (!is_pure_node(c, fn, i))
			return false;
		if (p->nodes[i].kind == K_SCOPED_IDENTIFIER)
			i = p->nodes[i].last - 1;
	}
	return true;
}

bool rhook_find_pure(struct rhook_program *program)
{
	struct pure c = {.program = program, .names = rhook_word_count(program->names)};
	bool again = true;

	c.bound = calloc(c.names + 1, sizeof *c.bound);
	if (!c.bound)
		return !(program->no_memory = true);
	for (uint32_t f = 0; f < program->fn_count; f++)
		program->infos[f].pure = has_pure_signature(&c, f) && has_pure_body(&c, f);
	for (int rounds = 0; again && rounds < 64; rounds++) {
		again = false;
		for (size_t i = 0; i < program->call_count; i++) {
			struct rhook_info *caller = &program->infos[program->calls[i].caller];
			if (caller->pure && !program->infos[program->calls[i].target].pure) {
				caller->pure = false;
				again = true;
			}
		}
	}
	for (size_t f = 0; again && f < program->fn_count; f++)
		program->infos[f].pure = false; /* a chain too long to follow */
	free(c.bound);
	return !program->no_memory;
}
