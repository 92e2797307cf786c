/* The variables and results of integer types, and all that they are set to. One that somebody else may write may be anything. */
#include "rhook_hint_number_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_SOURCES 200000 /* of larger programs nothing is said */

/* --- names ---------------------------------------------------------------------------------------------------------------------- */

static void note_name(struct rhook_numbers *n, uint32_t fn, uint32_t name_node, uint32_t binder)
{
	uint32_t name = rhook_node_name(n->program, name_node);

	if (fn == RHOOK_NONE || name == RHOOK_NONE)
		return;
	if (rhook_pairs_get(&n->names, fn, name) != RHOOK_NONE)
		binder = RHOOK_AMBIGUOUS;
	n->program->no_memory |= !rhook_pairs_put(&n->names, fn, name, binder);
}

static void note_pattern(struct rhook_numbers *n, uint32_t root)
{
	const struct rhook_program *p = n->program;
	uint32_t parent = p->nodes[root].parent;

	if (p->nodes[parent].kind == K_PARAMETER && p->nodes[p->nodes[parent].parent].kind == K_PARAMETERS)
		return; /* of a function: note_parameters() */
	for (uint32_t i = root; i < p->nodes[root].last; i++) {
		bool whole = i == root && (p->nodes[parent].kind == K_LET || p->nodes[parent].kind == K_FOR);
		if (p->nodes[i].kind == K_IDENTIFIER || p->nodes[i].kind == K_SHORTHAND_FIELD)
			note_name(n, rhook_hint_owner(p, i), i, whole ? parent : RHOOK_AMBIGUOUS);
	}
}

static void note_parameters(struct rhook_numbers *n, uint32_t fn)
{
	const struct rhook_program *p = n->program;
	uint32_t parameters = p->infos[fn].role == ROLE_CLOSURE ? RHOOK_NONE : rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t pattern = p->nodes[c].kind == K_PARAMETER ? rhook_child(p, c, F_PATTERN) : RHOOK_NONE;
		for (uint32_t i = pattern; pattern != RHOOK_NONE && i < p->nodes[pattern].last; i++)
			if (p->nodes[i].kind == K_IDENTIFIER || p->nodes[i].kind == K_SHORTHAND_FIELD)
				note_name(n, fn, i, i == pattern ? c : RHOOK_AMBIGUOUS);
	}
}

/* --- slots ------------------------------------------------------------------------------------------------------------------------ */

static void add_slot(struct rhook_numbers *n, uint32_t node, uint32_t fn, enum rhook_integer type)
{
	struct rhook_slot *slot = type ? RHOOK_PUSH(n->program, n->slots, n->slot_count, n->slot_capacity) : NULL;

	if (!slot)
		return;
	*slot = (struct rhook_slot){.node = node, .fn = fn, .type = type, .range = {true, 1, 0}};
	n->program->no_memory |=
	    !rhook_pairs_put(&n->slot_of, node == RHOOK_NONE ? fn : node, node == RHOOK_NONE, (uint32_t)n->slot_count - 1);
}

static uint32_t slot_of_name(const struct rhook_numbers *n, uint32_t node)
{
	uint32_t binder = node != RHOOK_NONE && n->program->nodes[node].kind == K_IDENTIFIER ? rhook_number_binder(n, node) : RHOOK_NONE;

	return binder == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&n->slot_of, binder, 0);
}

static void find_slots(struct rhook_numbers *n)
{
	const struct rhook_program *p = n->program;

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t pattern;
		if (p->nodes[i].kind != K_LET && p->nodes[i].kind != K_FOR)
			continue;
		pattern = rhook_child(p, i, F_PATTERN);
		if (pattern != RHOOK_NONE && p->nodes[pattern].kind == K_IDENTIFIER && rhook_number_binder(n, pattern) == i)
			add_slot(n, i, p->nodes[i].ctx, rhook_integer_of(n, pattern));
	}
	for (uint32_t f = 0; f < p->fn_count; f++) {
		uint32_t parameters = rhook_child(p, p->infos[f].node, F_PARAMETERS);
		if (p->infos[f].role == ROLE_CLOSURE || p->infos[f].async)
			continue;
		add_slot(n, RHOOK_NONE, f, rhook_integer_of_type(p, rhook_child(p, p->infos[f].node, F_RETURN_TYPE)));
		for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); c != RHOOK_NONE;
		     c = rhook_next(p, c)) {
			uint32_t pattern = p->nodes[c].kind == K_PARAMETER ? rhook_child(p, c, F_PATTERN) : RHOOK_NONE;
			if (pattern != RHOOK_NONE && p->nodes[pattern].kind == K_IDENTIFIER &&
			    rhook_types_get(&n->names, f, rhook_node_name(n->program, pattern)) == c)
				add_slot(n, c, f, rhook_integer_of_type(p, rhook_child(p, c, F_TYPE)));
		}
	}
}

/* --- sources ---------------------------------------------------------------------------------------------------------------------- */

static void add_source(struct rhook_numbers *n, uint32_t slot, uint32_t node, uint32_t at)
{
	struct rhook_source *source = slot == RHOOK_NONE ? NULL : RHOOK_PUSH(n->program, n->sources, n->source_count, n->source_capacity);

	if (source)
		*source = (struct rhook_source){slot, node, at};
}

static void take(struct rhook_numbers *n, uint32_t from)
{
	const struct rhook_program *p = n->program;

	for (uint32_t i = from; i < p->nodes[from].last; i++) {
		uint32_t slot = slot_of_name(n, i);
		if (slot != RHOOK_NONE)
			n->slots[slot].any = true;
	}
}

static void read_assignment(struct rhook_numbers *n, uint32_t node)
{
	const struct rhook_program *p = n->program;
	uint32_t left = rhook_hint_inner(p, rhook_child(p, node, F_LEFT)), right = rhook_child(p, node, F_RIGHT);

	if (left == RHOOK_NONE || right == RHOOK_NONE)
		return;
	if (p->nodes[left].kind == K_IDENTIFIER)
		add_source(n, slot_of_name(n, left), p->nodes[node].kind == K_ASSIGNMENT ? right : node, node);
	else if (p->nodes[left].kind != K_INDEX && p->nodes[left].kind != K_FIELD_EXPRESSION && p->nodes[left].kind != K_UNARY)
		take(n, left);
}

/* A method that may take its number by `&mut self`: one of a trait. */
static void read_method(struct rhook_numbers *n, uint32_t call)
{
	static const char names[] = " abs abs_diff clone count_ones leading_zeros max min pow rem_euclid saturating_sub saturating_add "
				    "to_string trailing_zeros wrapping_add wrapping_mul wrapping_sub ";
	const struct rhook_program *p = n->program;
	uint32_t name = rhook_callee_name(p, call);

	if (name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER &&
	    (p->nodes[call].call != RHOOK_NONE || !rhook_node_among(p, name, names))) {
		uint32_t receiver = rhook_hint_inner(p, rhook_child(p, p->nodes[name].parent, F_VALUE));
		if (receiver != RHOOK_NONE && p->nodes[receiver].kind == K_IDENTIFIER)
			take(n, receiver);
	}
}

static void read_node(struct rhook_numbers *n, uint32_t i)
{
	const struct rhook_program *p = n->program;
	uint32_t value = rhook_child(p, i, F_VALUE), slot = rhook_pairs_get(&n->slot_of, i, 0), fn = p->nodes[i].ctx;

	switch (p->nodes[i].kind) {
	case K_LET:
	case K_FOR:
		if (slot != RHOOK_NONE && value != RHOOK_NONE)
			add_source(n, slot, value, RHOOK_NONE);
		break;
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		read_assignment(n, i);
		break;
	case K_REFERENCE:
		if (rhook_child_kind(p, i, K_MUTABLE) != RHOOK_NONE && value != RHOOK_NONE)
			take(n, value);
		break;
	case K_TOKEN_TREE:
		take(n, i);
		break;
	case K_CALL:
		read_method(n, i);
		break;
	case K_RETURN:
		slot = fn == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&n->slot_of, fn, 1);
		value = rhook_first_named(p, i);
		if (slot != RHOOK_NONE && value != RHOOK_NONE)
			add_source(n, slot, value, RHOOK_NONE);
		break;
	default:
		break;
	}
}

static void read_results(struct rhook_numbers *n)
{
	const struct rhook_program *p = n->program;

	for (uint32_t s = 0; s < n->slot_count; s++) {
		uint32_t body = p->infos[n->slots[s].fn == RHOOK_NONE ? 0 : n->slots[s].fn].body, tail;
		if (n->slots[s].node != RHOOK_NONE)
			continue;
		tail = rhook_hint_tail(p, body);
		if (tail != RHOOK_NONE)
			add_source(n, s, tail, RHOOK_NONE);
		for (uint32_t i = body; i < p->nodes[body].last; i++)
			n->slots[s].any |= p->nodes[i].kind == K_TOKEN_TREE;
	}
}

/* --- parameters ------------------------------------------------------------------------------------------------------------------- */

/* By name: how often it stands in the text, and how often that is the function itself or a known call of one of that name. */
struct use {
	uint32_t words, known;
};

static struct use *count_uses(const struct rhook_numbers *n, size_t *count)
{
	const struct rhook_program *p = n->program;
	struct use *uses;

	*count = rhook_word_count(p->names);
	uses = calloc(*count + 1, sizeof *uses);
	if (!uses)
		return NULL;
	for (size_t w = 0; w < p->word_count; w++)
		if (p->words[w].id < *count)
			uses[p->words[w].id].words++;
	for (uint32_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].name < *count)
			uses[p->infos[f].name].known++;
	for (size_t c = 0; c < p->call_count; c++)
		if (p->infos[p->calls[c].target].name < *count)
			uses[p->infos[p->calls[c].target].name].known++;
	return uses;
}

static bool has_main(const struct rhook_program *p)
{
	for (uint32_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].main)
			return !(p->input->flags & RHOOK_MODULE) && !rhook_hint_has_word(p, "no_mangle") &&
			       !rhook_hint_has_word(p, "export_name");
	return false;
}

/* The argument for the parameter; RHOOK_NONE: not certain which. */
static uint32_t argument_for(const struct rhook_program *p, uint32_t call, uint32_t parameter)
{
	uint32_t parameters = p->nodes[parameter].parent;
	unsigned index = 0, count = 0, given = 0;

	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (p->nodes[c].kind != K_PARAMETER && p->nodes[c].kind != K_SELF_PARAMETER)
			continue;
		index = c == parameter ? count : index;
		count++;
	}
	while (rhook_hint_argument(p, call, given) != RHOOK_NONE)
		given++;
	if (given == count)
		return rhook_hint_argument(p, call, index);
	return given + 1 == count && index > 0 && rhook_child_kind(p, parameters, K_SELF_PARAMETER) != RHOOK_NONE
		   ? rhook_hint_argument(p, call, index - 1)
		   : RHOOK_NONE;
}

static void read_parameters(struct rhook_numbers *n)
{
	struct rhook_program *p = n->program;
	size_t count = 0;
	struct use *uses = count_uses(n, &count);
	bool closed = has_main(p);

	p->no_memory |= !uses;
	for (uint32_t s = 0; uses && s < n->slot_count; s++) {
		struct rhook_slot *slot = &n->slots[s];
		const struct rhook_info *info = slot->fn == RHOOK_NONE ? NULL : &p->infos[slot->fn];
		if (slot->node == RHOOK_NONE || p->nodes[slot->node].kind != K_PARAMETER)
			continue;
		if (!closed || !info || (info->role != ROLE_FREE && info->role != ROLE_INHERENT) || info->name >= count ||
		    uses[info->name].words != uses[info->name].known) {
			slot->any = true;
			continue;
		}
	}
	for (size_t c = 0; uses && c < p->call_count; c++) {
		uint32_t target = p->calls[c].target, parameters = rhook_child(p, p->infos[target].node, F_PARAMETERS);
		for (uint32_t k = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, parameters); k != RHOOK_NONE;
		     k = rhook_next(p, k)) {
			uint32_t s = rhook_pairs_get(&n->slot_of, k, 0), argument;
			if (s == RHOOK_NONE || n->slots[s].any)
				continue;
			argument = argument_for(p, p->calls[c].node, k);
			if (argument == RHOOK_NONE)
				n->slots[s].any = true;
			else
				add_source(n, s, argument, RHOOK_NONE);
		}
	}
	free(uses);
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------- */

/* Operators and types of numbers that are not those of the language; borrows that are not seen. */
static bool is_strange(const struct rhook_program *p)
{
	static const char operators[] = " Add Sub Mul Div Rem BitAnd Shr Shl Neg Not BitOr BitXor ";
	static const char *const words[] = {"ref", "raw", "addr_of_mut", "extern"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (rhook_hint_has_word(p, words[i]))
			return true;
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t name = rhook_child(p, i, F_NAME), trait;
		if (p->nodes[i].kind == K_IMPL) {
			trait = rhook_child(p, i, F_TRAIT);
			if (trait != RHOOK_NONE && rhook_type_is_named(p, trait, operators) &&
			    rhook_is_number_type(p, rhook_referred_type(p, rhook_child(p, i, F_TYPE))))
				return true;
		} else if ((p->nodes[i].kind == K_STRUCT || p->nodes[i].kind == K_ENUM || p->nodes[i].kind == K_TYPE_ALIAS ||
			    p->nodes[i].kind == K_TRAIT) &&
			   rhook_integer_of_type(p, name)) {
			return true;
		}
	}
	return p->foreign;
}

static int by_slot(const void *left, const void *right)
{
	const struct rhook_source *a = left, *b = right;

	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

bool rhook_number_read(struct rhook_numbers *n)
{
	const struct rhook_program *p = n->program;

	if (is_strange(p))
		return true;
	for (uint32_t f = 0; f < p->fn_count; f++)
		note_parameters(n, f);
	for (uint32_t i = 0; i < p->node_count; i++)
		if (p->nodes[i].parent != RHOOK_NONE &&
		    (p->nodes[i].field == F_PATTERN || p->nodes[i].kind == K_MATCH_PATTERN || p->nodes[i].kind == K_CLOSURE_PARAMETERS))
			note_pattern(n, i);
	find_slots(n);
	for (uint32_t i = 0; i < p->node_count; i++)
		read_node(n, i);
	read_results(n);
	read_parameters(n);
	if (n->source_count > MOST_SOURCES)
		for (size_t s = 0; s < n->slot_count; s++)
			n->slots[s].any = true;
	if (n->source_count)
		qsort(n->sources, n->source_count, sizeof *n->sources, by_slot);
	for (size_t i = n->source_count; i-- > 0;)
		n->slots[n->sources[i].slot].first = i;
	return !p->no_memory;
}
