/*
 * Whose allocations are whose. While a function runs that may allocate by itself, it is the owner: what is allocated is on its account. It
 * says so at its start, once, and again behind each known call of a function that may have said the same; a call in tail position needs
 * no such word, so tail calls stay tail calls. Entry wrappers put the owner back that they found, so callers that we don't know of notice
 * nothing.
 *
 * That a function does not allocate is only claimed where the text shows it: arithmetic, known calls, and methods of the standard library
 * that never do. A wrong claim would move allocations to the caller's account; totals are right in any case.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

#define DEEP	16 /* operands are not followed further */
#define MAX_FNS ((size_t)1 << 24)

struct owners {
	struct rhook_program *program;
	struct rhook_pairs numbers; /* (function, name) -> 1: every local of this name is a number, 0: not */
	bool *reaches;		    /* by cycle: may allocate, by itself or by known calls */
};

static bool is_one_of(const struct rhook_program *p, uint32_t node, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rhook_node_is(p, node, names[i]))
			return true;
	return false;
}

#define ONE_OF(p, node, names) is_one_of(p, node, names, sizeof(names) / sizeof *(names))

static bool is_number_type(const struct rhook_program *p, uint32_t type)
{
	static const char *const names[] = {"i8",  "i16",  "i32",   "i64", "i128", "isize", "u8",   "u16", "u32",
					    "u64", "u128", "usize", "f32", "f64",  "bool",  "char", "()"};

	return type != RHOOK_NONE && ONE_OF(p, type, names);
}

/* Methods of the standard library that don't allocate, nor do the iterators that they make. */
static bool is_frugal_method(const struct rhook_program *p, uint32_t name)
{
	static const char *const names[] = {
	    "abs",
	    "abs_diff",
	    "as_bytes",
	    "as_mut",
	    "as_mut_slice",
	    "as_ref",
	    "as_slice",
	    "as_str",
	    "bytes",
	    "ceil",
	    "char_indices",
	    "chars",
	    "checked_add",
	    "checked_mul",
	    "checked_sub",
	    "clamp",
	    "contains_key",
	    "copied",
	    "cos",
	    "count_ones",
	    "div_euclid",
	    "enumerate",
	    "eq",
	    "exp",
	    "first",
	    "floor",
	    "get",
	    "get_mut",
	    "get_unchecked",
	    "hypot",
	    "is_empty",
	    "is_err",
	    "is_negative",
	    "is_none",
	    "is_ok",
	    "is_positive",
	    "is_power_of_two",
	    "is_some",
	    "iter",
	    "iter_mut",
	    "last",
	    "last_mut",
	    "leading_zeros",
	    "len",
	    "ln",
	    "max",
	    "min",
	    "mul_add",
	    "ne",
	    "pow",
	    "powf",
	    "powi",
	    "rem_euclid",
	    "rev",
	    "rotate_left",
	    "rotate_right",
	    "round",
	    "saturating_add",
	    "saturating_mul",
	    "saturating_sub",
	    "signum",
	    "sin",
	    "sqrt",
	    "step_by",
	    "swap",
	    "tan",
	    "trailing_zeros",
	    "trim",
	    "trunc",
	    "wrapping_add",
	    "wrapping_mul",
	    "wrapping_neg",
	    "wrapping_sub",
	    "zip",
	};

	return ONE_OF(p, name, names);
}

/* --- numbers ------------------------------------------------------------------------------------------------------------------ */

static char first_byte(const struct rhook_program *p, uint32_t node)
{
	return p->nodes[node].start < p->nodes[node].end ? p->text[p->nodes[node].start] : '\0';
}

static uint32_t first_named(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return c;
	return RHOOK_NONE;
}

static bool has_child(const struct rhook_program *p, uint32_t node, const char *text)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (!p->nodes[c].named && rhook_node_is(p, c, text))
			return true;
	return false;
}

static bool is_range(const struct rhook_program *p, uint32_t node)
{
	while (p->nodes[node].kind == K_PARENTHESIZED) {
		uint32_t inner = first_named(p, node);
		if (inner == RHOOK_NONE)
			return false;
		node = inner;
	}
	return p->nodes[node].kind == K_OTHER && (has_child(p, node, "..") || has_child(p, node, "..="));
}

static bool is_number_name(struct owners *o, uint32_t node)
{
	struct rhook_program *p = o->program;
	uint32_t name = rhook_node_name(p, node), fn = p->nodes[node].ctx;

	for (int i = 0; i < DEEP && fn != RHOOK_NONE; i++) {
		uint32_t known = rhook_pairs_get(&o->numbers, fn, name);
		if (known != RHOOK_NONE)
			return known == 1;
		fn = p->fns[fn].parent < 0 ? RHOOK_NONE : (uint32_t)p->fns[fn].parent;
	}
	return false;
}

static bool is_number_call(const struct rhook_program *p, uint32_t node)
{
	uint32_t call = p->nodes[node].call;

	return call != RHOOK_NONE && is_number_type(p, rhook_child(p, p->infos[p->calls[call].target].node, F_RETURN_TYPE));
}

/* An operand that leaves no room for a `+` of strings or a `-` of sets. */
static bool is_number(struct owners *o, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	static const char *const safe[] = {"*", "/", "%", "<<", ">>", "==", "!=", "<", ">", "<=", ">=", "&&", "||"};
	const struct rhook_program *p = o->program;
	uint32_t left, right, sign, inner;

	if (node == RHOOK_NONE || depth > DEEP)
		return false;
	switch (p->nodes[node].kind) {
	case K_BINARY:
		sign = rhook_child(p, node, F_OPERATOR);
		left = rhook_child(p, node, F_LEFT);
		right = rhook_child(p, node, F_RIGHT);
		if (sign != RHOOK_NONE && ONE_OF(p, sign, safe))
			return true;
		return is_number(o, left, depth + 1) || is_number(o, right, depth + 1);
	case K_UNARY:
		return first_byte(p, node) == '-' || first_byte(p, node) == '!';
	case K_INDEX:
		return true; /* only what is copied can be taken out of a place */
	case K_CALL:
		return is_number_call(p, node);
	case K_IDENTIFIER:
		return is_number_name(o, node);
	case K_CAST:
	case K_FLOAT:
	case K_INTEGER:
		return true;
	case K_PARENTHESIZED:
		inner = first_named(p, node);
		return inner != RHOOK_NONE && is_number(o, inner, depth + 1);
	default:
		return false;
	}
}

static void note_local(struct owners *o, uint32_t fn, uint32_t pattern, bool number)
{
	struct rhook_program *p = o->program;
	uint32_t name, before;

	if (fn == RHOOK_NONE || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER)
		return;
	name = rhook_node_name(p, pattern);
	before = rhook_pairs_get(&o->numbers, fn, name);
	if (name == RHOOK_NONE || !rhook_pairs_put(&o->numbers, fn, name, number && before != 0))
		p->no_memory = true;
}

static void note_parameters(struct owners *o, uint32_t fn)
{
	const struct rhook_program *p = o->program;
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_PARAMETER)
			note_local(o, fn, rhook_child(p, c, F_PATTERN), is_number_type(p, rhook_child(p, c, F_TYPE)));
}

static void note_let(struct owners *o, uint32_t node)
{
	const struct rhook_program *p = o->program;
	uint32_t type = rhook_child(p, node, F_TYPE), value = rhook_child(p, node, F_VALUE);

	note_local(o, p->nodes[node].ctx, rhook_child(p, node, F_PATTERN),
		   type != RHOOK_NONE ? is_number_type(p, type) : value != RHOOK_NONE && is_number(o, value, 0));
}

/* --- what may allocate ---------------------------------------------------------------------------------------------------------- */

/* Called by name: a constructor of a tuple struct or an enum has a name in upper case, by convention. */
static bool call_allocates(const struct rhook_program *p, uint32_t node)
{
	uint32_t name = rhook_callee_name(p, node), path;
	char first;

	if (p->nodes[node].call != RHOOK_NONE)
		return false;
	if (name == RHOOK_NONE || rhook_macro_at(p, p->nodes[name].start))
		return true;
	if (p->nodes[name].kind == K_FIELD_IDENTIFIER)
		return !is_frugal_method(p, name);
	first = first_byte(p, name);
	if (first >= 'A' && first <= 'Z')
		return false;
	path = p->nodes[name].field == F_NAME ? rhook_child(p, p->nodes[name].parent, F_PATH) : RHOOK_NONE;
	return !is_number_type(p, path);
}

static bool operator_allocates(struct owners *o, uint32_t node)
{
	static const char *const joining[] = {"+", "-", "&", "|", "^", "+="};
	const struct rhook_program *p = o->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR);

	if (sign != RHOOK_NONE && !ONE_OF(p, sign, joining))
		return false;
	return !is_number(o, rhook_child(p, node, F_LEFT), 0) && !is_number(o, rhook_child(p, node, F_RIGHT), 0);
}

/* A loop calls next() of what it goes over. */
static bool for_allocates(const struct rhook_program *p, uint32_t node)
{
	uint32_t over = rhook_child(p, node, F_VALUE), name;

	if (over == RHOOK_NONE || p->nodes[over].kind == K_REFERENCE || is_range(p, over))
		return false;
	if (p->nodes[over].kind != K_CALL)
		return true;
	name = rhook_callee_name(p, over);
	return name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER || !is_frugal_method(p, name);
}

static bool node_allocates(struct owners *o, uint32_t node)
{
	const struct rhook_program *p = o->program;

	switch (p->nodes[node].kind) {
	case K_CALL:
		return call_allocates(p, node);
	case K_BINARY:
	case K_COMPOUND_ASSIGNMENT:
		return operator_allocates(o, node);
	case K_FOR:
		return for_allocates(p, node);
	case K_MACRO_INVOCATION:
	case K_TRY: /* From::from */
		return true;
	default:
		return false;
	}
}

static void find_allocating(struct owners *o)
{
	struct rhook_program *p = o->program;

	for (uint32_t f = 0; f < p->fn_count; f++)
		note_parameters(o, f);
	for (uint32_t i = 0; i < p->node_count && !p->no_memory; i++) {
		uint32_t fn = p->nodes[i].ctx, over;
		if (fn == RHOOK_NONE)
			continue;
		if (p->nodes[i].kind == K_LET)
			note_let(o, i);
		over = p->nodes[i].kind == K_FOR ? rhook_child(p, i, F_VALUE) : RHOOK_NONE;
		if (p->nodes[i].kind == K_FOR)
			note_local(o, fn, rhook_child(p, i, F_PATTERN), over != RHOOK_NONE && is_range(p, over));
		/* A future may be polled in any thread, by anybody: what it allocates is on the account of who polls it. */
		if (!p->infos[fn].allocates && !p->infos[fn].skip && !p->infos[fn].async)
			p->infos[fn].allocates = node_allocates(o, i);
	}
}

/* Cycles are numbered callees first. */
static bool find_reaching(struct owners *o)
{
	struct rhook_program *p = o->program;
	uint32_t *first = calloc(p->fn_count + 2, sizeof *first), *order = calloc(p->call_count + 1, sizeof *order);

	o->reaches = calloc(p->fn_count + 1, sizeof *o->reaches);
	if (first && order && o->reaches) {
		for (size_t f = 0; f < p->fn_count; f++)
			o->reaches[p->infos[f].cycle] |= p->infos[f].allocates;
		for (size_t c = 0; c < p->call_count; c++)
			first[p->infos[p->calls[c].caller].cycle + 1]++;
		for (size_t f = 0; f < p->fn_count; f++)
			first[f + 1] += first[f];
		for (size_t c = 0; c < p->call_count; c++)
			order[first[p->infos[p->calls[c].caller].cycle]++] = (uint32_t)c;
		for (size_t i = 0; i < p->call_count; i++) {
			const struct rhook_call *call = &p->calls[order[i]];
			if (o->reaches[p->infos[call->target].cycle])
				o->reaches[p->infos[call->caller].cycle] = true;
		}
	}
	free(first);
	free(order);
	return o->reaches != NULL;
}

/* --- which calls need the owner back ---------------------------------------------------------------------------------------------- */

static bool is_last_in(const struct rhook_program *p, uint32_t node, uint32_t block)
{
	for (uint32_t c = rhook_next(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return false;
	return p->nodes[node].parent == block;
}

/* Does nothing of the caller's own follow? */
static bool is_tail(const struct rhook_program *p, const struct rhook_call *call)
{
	uint32_t node = call->node, body = p->infos[call->caller].body;

	while (node != body) {
		uint32_t parent = p->nodes[node].parent;
		uint8_t field = p->nodes[node].field;
		if (parent == RHOOK_NONE)
			return false;
		switch (p->nodes[parent].kind) {
		case K_RETURN:
			return true;
		case K_BLOCK:
			if (!is_last_in(p, node, parent))
				return false;
			break;
		case K_IF:
			if (field != F_CONSEQUENCE && field != F_ALTERNATIVE)
				return false;
			break;
		case K_MATCH_ARM:
			if (field != F_VALUE)
				return false;
			parent = p->nodes[parent].parent; /* the block of the arms */
			if (parent == RHOOK_NONE || p->nodes[parent].field != F_BODY)
				return false;
			parent = p->nodes[parent].parent;
			break;
		case K_EXPRESSION_STATEMENT:
		case K_ELSE:
		case K_UNSAFE_BLOCK:
			break;
		default:
			return parent == body;
		}
		node = parent;
	}
	return true;
}

static void find_calls(struct owners *o)
{
	struct rhook_program *p = o->program;

	for (size_t c = 0; c < p->call_count; c++) {
		struct rhook_call *call = &p->calls[c];
		const struct rhook_info *target = &p->infos[call->target];
		uint32_t result = rhook_child(p, target->node, F_RETURN_TYPE);
		bool returns = result == RHOOK_NONE || !rhook_node_is(p, result, "!");

		call->back = p->infos[call->caller].allocates && o->reaches[target->cycle] && returns && !is_tail(p, call);
	}
}

/* The name of the attribute, anywhere: it may come out of a macro. */
static bool has_allocator(const struct rhook_program *p)
{
	static const char name[] = "global_allocator";

	for (size_t w = 0; w < p->word_count; w++)
		if (p->words[w].size == sizeof name - 1 && memcmp(p->text + p->words[w].start, name, sizeof name - 1) == 0)
			return true;
	return false;
}

bool rhook_find_owners(struct rhook_program *program)
{
	struct owners o = {.program = program};

	if (has_allocator(program))
		program->memory = RHOOK_MEMORY_OWN;
	else if (program->input->flags & RHOOK_NO_MEMORY || program->fn_count >= MAX_FNS)
		program->memory = RHOOK_MEMORY_OFF;
	else
		program->memory = RHOOK_MEMORY_COUNTED;
	if (program->memory != RHOOK_MEMORY_COUNTED)
		return true;
	find_allocating(&o);
	if (program->no_memory || !find_reaching(&o)) {
		program->no_memory = true;
	} else {
		for (size_t f = 0; f < program->fn_count; f++)
			program->infos[f].reaches = o.reaches[program->infos[f].cycle];
		find_calls(&o);
	}
	rhook_pairs_free(&o.numbers);
	free(o.reaches);
	return !program->no_memory;
}
