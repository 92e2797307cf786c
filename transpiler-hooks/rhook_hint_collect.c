/*
 * `for v in x.iter().map(f).collect::<Vec<_>>()`, `.collect::<Vec<_>>().into_iter().filter(g)`: without the vector in between, f runs for
 * an element when it is needed, and no longer for all of them first. That can't be told apart when
 *
 * - f and g compute numbers from numbers, and the loop does nothing but add up numbers in variables of the function;
 * - and not both of the two sides may panic, since another panic could then come first. A side that adds up `x % 7` in an i64 does not
 *   overflow: no vector has more elements than an address space of 2^56 bytes holds.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_STEPS    16
#define ADDRESS_SPACE (1ull << 56)

/* A function of the program that a call inside of a closure certainly calls. */
static uint32_t called_function(const struct rhook_hinting *h, uint32_t call)
{
	struct rhook_program *p = h->program;
	uint32_t function = rhook_child(p, call, F_FUNCTION), found = RHOOK_NONE, id;

	if (p->nodes[call].call != RHOOK_NONE)
		return p->calls[p->nodes[call].call].target;
	if (function == RHOOK_NONE || p->nodes[function].kind != K_IDENTIFIER || rhook_macro_at(p, p->nodes[function].start))
		return RHOOK_NONE;
	id = rhook_node_name(p, function);
	for (uint32_t f = 0; f < p->fn_count; f++) {
		if (p->infos[f].name != id)
			continue;
		if (found != RHOOK_NONE || p->infos[f].role != ROLE_FREE || p->fns[f].parent >= 0)
			return RHOOK_NONE;
		found = f;
	}
	/* No variable may hide it, and no import. */
	for (uint32_t i = 0; found != RHOOK_NONE && i < p->node_count; i++)
		if (p->nodes[i].kind == K_IDENTIFIER && p->nodes[i].field != F_FUNCTION && p->nodes[i].field != F_NAME &&
		    rhook_node_name(p, i) == id)
			return RHOOK_NONE;
	return found;
}

/* Is what is called a closure that stands in what is looked at? */
static bool is_inner_closure(const struct rhook_hinting *h, uint32_t call, uint32_t around)
{
	const struct rhook_program *p = h->program;
	uint32_t function = rhook_child(p, call, F_FUNCTION), binder, value;

	binder = function != RHOOK_NONE && p->nodes[function].kind == K_IDENTIFIER ? rhook_hint_binder(h, function) : RHOOK_NONE;
	value = binder == RHOOK_NONE || p->nodes[binder].kind != K_LET ? RHOOK_NONE : rhook_child(p, binder, F_VALUE);
	return value != RHOOK_NONE && p->nodes[value].kind == K_CLOSURE && around < value && value < p->nodes[around].last;
}

static bool is_literal_above_zero(const struct rhook_program *p, uint32_t node)
{
	return node != RHOOK_NONE && p->nodes[node].kind == K_INTEGER && p->text[p->nodes[node].start] >= '1' &&
	       p->text[p->nodes[node].start] <= '9';
}

/* May an operator panic, whatever the integers are? */
static bool may_fail(const struct rhook_program *p, uint32_t binary)
{
	uint32_t sign = rhook_child(p, binary, F_OPERATOR);

	if (sign == RHOOK_NONE)
		return true;
	if (rhook_node_among(p, sign, " / % "))
		return !is_literal_above_zero(p, rhook_child(p, binary, F_RIGHT));
	return !rhook_node_among(p, sign, " == != < > <= >= && || & | ^ ");
}

/* Only numbers from numbers: false. *panics: where it may panic. */
static bool computes(const struct rhook_hinting *h, uint32_t from, bool *panics)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = from; i < p->nodes[from].last; i++) {
		uint32_t target;
		switch (p->nodes[i].kind) {
		case K_BINARY:
			*panics |= may_fail(p, i);
			break;
		case K_UNARY:
			*panics |= p->text[p->nodes[i].start] == '-';
			break;
		case K_CALL:
			if (is_inner_closure(h, i, from))
				break;
			target = called_function(h, i);
			if (target == RHOOK_NONE || !p->infos[target].pure || p->infos[target].recursive)
				return false;
			for (uint32_t b = p->infos[target].body; b < p->nodes[p->infos[target].body].last; b++) {
				if (p->nodes[b].kind == K_LOOP || p->nodes[b].kind == K_WHILE || p->nodes[b].kind == K_FOR)
					return false;
				*panics |= p->nodes[b].kind == K_CALL || p->nodes[b].kind == K_COMPOUND_ASSIGNMENT ||
					   (p->nodes[b].kind == K_BINARY && may_fail(p, b)) ||
					   (p->nodes[b].kind == K_UNARY && p->text[p->nodes[b].start] == '-');
			}
			break;
		case K_ARGUMENTS:
		case K_BLOCK:
		case K_BOOLEAN:
		case K_CAST:
		case K_CHARACTER:
		case K_CLOSURE:
		case K_CLOSURE_PARAMETERS:
		case K_ELSE:
		case K_EXPRESSION_STATEMENT:
		case K_FLOAT:
		case K_IDENTIFIER:
		case K_IF:
		case K_INTEGER:
		case K_LET:
		case K_PARENTHESIZED:
		case K_PRIMITIVE_TYPE:
		case K_REFERENCE_PATTERN:
			break;
		case K_OTHER:
			if (p->nodes[i].named)
				return false;
			break;
		default:
			if (!rhook_is_comment(&p->nodes[i]))
				return false;
		}
	}
	return true;
}

/* --- chains ------------------------------------------------------------------------------------------------------------------- */

static bool is_vector_collect(const struct rhook_hinting *h, uint32_t call)
{
	const struct rhook_program *p = h->program;
	uint32_t function, types;

	if (p->nodes[call].kind != K_CALL || p->nodes[call].ctx == RHOOK_NONE || rhook_hint_receiver(h, call, "collect") == RHOOK_NONE)
		return false;
	function = rhook_child(p, call, F_FUNCTION);
	types = p->nodes[function].kind == K_GENERIC_FUNCTION ? rhook_child_kind(p, function, K_TYPE_ARGUMENTS) : RHOOK_NONE;
	return types != RHOOK_NONE && rhook_node_is(p, types, "<Vec<_>>") && !rhook_hint_hides(h, "Vec");
}

struct chain {
	bool panics;	  /* a closure may */
	uint64_t modulus; /* what comes out is `.. % modulus`; 0: not known */
	uint32_t source;  /* identifier of the vector */
	unsigned element; /* bytes */
};

static unsigned size_of_number(const struct rhook_program *p, uint32_t type)
{
	static const char *const names[] = {"i8", "u8", "i16", "u16", "i32", "u32", "f32", "char", "i64", "u64", "f64", "isize", "usize"};
	static const unsigned sizes[] = {1, 1, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8};

	for (size_t i = 0; type != RHOOK_NONE && i < sizeof sizes / sizeof *sizes; i++)
		if (rhook_node_is(p, type, names[i]))
			return sizes[i];
	return 0;
}

/* A variable that is, or refers to, a vector of numbers. */
static bool is_source(const struct rhook_hinting *h, uint32_t node, struct chain *chain)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = p->nodes[node].kind == K_IDENTIFIER ? rhook_hint_binder(h, node) : RHOOK_NONE;
	uint32_t type = binder == RHOOK_NONE ? RHOOK_NONE : rhook_referred_type(p, rhook_child(p, binder, F_TYPE));

	if (type == RHOOK_NONE || (p->nodes[binder].kind != K_PARAMETER && p->nodes[binder].kind != K_LET) ||
	    !rhook_hint_is_std_type(h, type, "Vec"))
		return false;
	chain->source = node;
	chain->element = size_of_number(p, rhook_type_argument(p, type, 0));
	return chain->element > 0;
}

/* The literal of a closure `|x| .. % 7`. */
static uint64_t modulus_of(const struct rhook_program *p, uint32_t closure)
{
	uint32_t body = rhook_hint_inner(p, rhook_child(p, closure, F_BODY)), sign, right;

	if (body == RHOOK_NONE || p->nodes[body].kind != K_BINARY)
		return 0;
	sign = rhook_child(p, body, F_OPERATOR);
	right = rhook_child(p, body, F_RIGHT);
	if (sign == RHOOK_NONE || !rhook_node_is(p, sign, "%") || !is_literal_above_zero(p, right) ||
	    p->nodes[right].end - p->nodes[right].start > 9)
		return 0;
	return strtoull(p->text + p->nodes[right].start, NULL, 10);
}

/* From the end of a chain to its source. */
static bool follow(const struct rhook_hinting *h, uint32_t node, struct chain *chain)
{
	static const char *const plain[] = {"into_iter", "collect", "copied", "cloned"};
	const struct rhook_program *p = h->program;
	bool mapped = false;

	for (int step = 0; step < MOST_STEPS; step++) {
		uint32_t next = rhook_hint_receiver(h, node, "iter"), closure;
		if (next != RHOOK_NONE)
			return is_source(h, next, chain);
		for (size_t i = 0; next == RHOOK_NONE && i < sizeof plain / sizeof *plain; i++)
			next = rhook_hint_receiver(h, node, plain[i]);
		if (next != RHOOK_NONE && p->nodes[next].kind == K_IDENTIFIER)
			return false; /* moves the vector away */
		if (next != RHOOK_NONE) {
			node = next;
			continue;
		}
		next = rhook_hint_receiver(h, node, "map");
		if (next != RHOOK_NONE && !mapped && (mapped = true))
			chain->modulus = modulus_of(p, rhook_hint_argument(p, node, 0));
		next = next == RHOOK_NONE ? rhook_hint_receiver(h, node, "filter") : next;
		closure = next == RHOOK_NONE ? RHOOK_NONE : rhook_hint_argument(p, node, 0);
		if (closure == RHOOK_NONE || p->nodes[closure].kind != K_CLOSURE || !computes(h, closure, &chain->panics))
			return false;
		node = next;
	}
	return false;
}

/* --- loops ---------------------------------------------------------------------------------------------------------------------- */

static bool is_in_loop(const struct rhook_program *p, uint32_t node)
{
	for (node = p->nodes[node].parent; node != RHOOK_NONE && p->nodes[node].kind != K_FUNCTION; node = p->nodes[node].parent)
		if (p->nodes[node].kind == K_FOR || p->nodes[node].kind == K_WHILE || p->nodes[node].kind == K_LOOP ||
		    p->nodes[node].kind == K_CLOSURE)
			return true;
	return false;
}

/* Is `sum += v` all that ever changes the i64 `sum`, which begins with a literal? Then it stays below 2^63. */
static bool stays_small(const struct rhook_hinting *h, uint32_t loop, uint32_t sum, const struct chain *chain)
{
	const struct rhook_program *p = h->program;
	uint32_t binder = rhook_hint_binder(h, sum), start, changes = 0, item;
	uint64_t elements;

	if (binder == RHOOK_NONE || p->nodes[binder].kind != K_LET || is_in_loop(p, loop) || !chain->modulus || !chain->element)
		return false;
	start = rhook_child(p, binder, F_VALUE);
	if (rhook_child(p, binder, F_TYPE) == RHOOK_NONE || !rhook_node_is(p, rhook_child(p, binder, F_TYPE), "i64") ||
	    start == RHOOK_NONE || p->nodes[start].kind != K_INTEGER || p->nodes[start].end - p->nodes[start].start > 9)
		return false;
	item = p->infos[rhook_hint_owner(p, sum)].node;
	for (uint32_t i = item; i < p->nodes[item].last; i++) {
		uint32_t left =
		    p->nodes[i].kind == K_ASSIGNMENT || p->nodes[i].kind == K_COMPOUND_ASSIGNMENT ? rhook_child(p, i, F_LEFT) : RHOOK_NONE;
		changes += left != RHOOK_NONE && rhook_hint_mentions(p, left, sum);
		if (p->nodes[i].kind == K_REFERENCE && rhook_child_kind(p, i, K_MUTABLE) != RHOOK_NONE && rhook_hint_mentions(p, i, sum))
			return false;
	}
	elements = ADDRESS_SPACE / chain->element;
	return changes == 1 && chain->modulus < ((uint64_t)INT64_MAX - 1000000000) / elements;
}

/* The body adds up numbers in variables of the function, and does nothing else. */
static bool only_sums(const struct rhook_hinting *h, uint32_t loop, const struct chain *chain, bool *panics)
{
	const struct rhook_program *p = h->program;
	uint32_t body = rhook_child(p, loop, F_BODY), pattern = rhook_child(p, loop, F_PATTERN), inner = body, left, right, sign;

	while (inner != RHOOK_NONE && (p->nodes[inner].kind == K_BLOCK || p->nodes[inner].kind == K_EXPRESSION_STATEMENT)) {
		uint32_t only = rhook_first_named(p, inner), next = only == RHOOK_NONE ? RHOOK_NONE : rhook_next(p, only);
		while (next != RHOOK_NONE && !p->nodes[next].named)
			next = rhook_next(p, next);
		if (next != RHOOK_NONE)
			return false;
		inner = only;
	}
	if (inner == RHOOK_NONE || p->nodes[inner].kind != K_COMPOUND_ASSIGNMENT || pattern == RHOOK_NONE ||
	    p->nodes[pattern].kind != K_IDENTIFIER || p->nodes[inner].ctx != p->nodes[loop].ctx)
		return false;
	left = rhook_child(p, inner, F_LEFT);
	right = rhook_hint_inner(p, rhook_child(p, inner, F_RIGHT));
	sign = rhook_child(p, inner, F_OPERATOR);
	if (p->nodes[left].kind != K_IDENTIFIER || rhook_hint_binder(h, left) == RHOOK_NONE ||
	    p->nodes[rhook_hint_binder(h, left)].kind != K_LET || !rhook_type_of(h->types, left).number || right == RHOOK_NONE ||
	    !computes(h, right, panics) || sign == RHOOK_NONE)
		return false;
	if (!rhook_node_is(p, sign, "+=") || p->nodes[right].kind != K_IDENTIFIER ||
	    rhook_node_name((struct rhook_program *)p, right) != rhook_node_name((struct rhook_program *)p, pattern) ||
	    !stays_small(h, loop, left, chain))
		*panics = true;
	return !rhook_hint_mentions(p, body, chain->source) && !rhook_hint_mentions(p, rhook_child(p, loop, F_VALUE), left);
}

/* The `for` whose elements come out of this chain, through closures that compute; RHOOK_NONE. *end: behind `collect`, or `into_iter`. */
static uint32_t loop_behind(const struct rhook_hinting *h, uint32_t call, uint32_t *end, bool *panics)
{
	const struct rhook_program *p = h->program;
	uint32_t node = call;

	*end = p->nodes[call].end;
	for (int step = 0; step < MOST_STEPS; step++) {
		uint32_t parent = p->nodes[node].parent, outer, closure;
		if (p->nodes[parent].kind == K_FOR)
			return p->nodes[node].field == F_VALUE ? parent : RHOOK_NONE;
		if (p->nodes[parent].kind != K_FIELD_EXPRESSION)
			return RHOOK_NONE;
		outer = p->nodes[parent].parent;
		if (p->nodes[outer].kind == K_GENERIC_FUNCTION)
			outer = p->nodes[outer].parent;
		if (p->nodes[outer].kind != K_CALL)
			return RHOOK_NONE;
		if (rhook_hint_receiver(h, outer, "into_iter") == node) {
			if (node == call)
				*end = p->nodes[outer].end;
			node = outer;
			continue;
		}
		if (node == call)
			return RHOOK_NONE; /* a vector is wanted */
		closure = rhook_hint_argument(p, outer, 0);
		if (!is_vector_collect(h, outer) &&
		    ((rhook_hint_receiver(h, outer, "filter") != node && rhook_hint_receiver(h, outer, "map") != node) ||
		     p->nodes[closure].kind != K_CLOSURE || !computes(h, closure, panics)))
			return RHOOK_NONE;
		node = outer;
	}
	return RHOOK_NONE;
}

void rhook_find_collect(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		struct chain whole = {0}, before = {0};
		bool after = false;
		uint32_t loop, end;
		struct rhook_found *found;
		if (!is_vector_collect(h, i))
			continue;
		loop = loop_behind(h, i, &end, &after);
		if (loop == RHOOK_NONE || !follow(h, i, &before) || !follow(h, rhook_child(p, loop, F_VALUE), &whole) ||
		    !only_sums(h, loop, &whole, &after) || (before.panics && after))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_COLLECT, p->nodes[i].ctx, i);
		if (!found)
			continue;
		found->more[0] = p->nodes[rhook_hint_receiver(h, i, "collect")].end;
		found->more[1] = end;
	}
}

void rhook_apply_collect(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	(void)amount;
	rhook_hint_comment(h, RHOOK_HINT_COLLECT, found->node);
	rhook_edit(h->edits, found->more[0], found->more[1] - found->more[0], "");
}
