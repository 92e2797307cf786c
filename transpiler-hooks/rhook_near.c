/*
 * Closures that are certain to run in the thread and during the call of the function that writes them: handed to a method of the standard
 * library that calls them before it returns (`fold`), or that keeps them in an iterator (`map`) which the same expression or `for` uses up;
 * or bound to a name that is called and nothing else. They count where that function counts, so that an inlined chain needs no look-up per
 * element. All others find their own thread.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

/* Calls its last argument, before it returns or never. */
static const char now[] =
    " all any and_modify binary_search_by binary_search_by_key dedup_by_key find find_map fold for_each get_or_insert_with is_none_or "
    "is_ok_and is_some_and map_or map_or_else max_by max_by_key min_by min_by_key ok_or_else or_insert_with partition partition_point "
    "position reduce retain rposition sort_by sort_by_cached_key sort_by_key sort_unstable_by sort_unstable_by_key try_fold try_for_each "
    "unwrap_or_else ";
/* Calls its last argument, or returns something that will. */
static const char later[] = " filter filter_map flat_map inspect map map_err map_while scan skip_while take_while ";
/* Returns something that holds its receiver. */
static const char passing[] = " chain cloned copied cycle enumerate flatten fuse peekable rev skip step_by take zip ";
/* Uses its receiver up, and what it returns does not hold it. */
static const char last_of_chain[] =
    " collect count cmp eq last lt max min ne nth partial_cmp product sum unwrap unwrap_or unwrap_or_default unzip ";

/* The call that is the parent of this node's argument list, RHOOK_NONE. */
static uint32_t call_of_last_argument(const struct rhook_program *p, uint32_t node)
{
	uint32_t arguments = p->nodes[node].parent, call;

	if (arguments == RHOOK_NONE || p->nodes[arguments].kind != K_ARGUMENTS)
		return RHOOK_NONE;
	for (uint32_t n = rhook_next(p, node); n != RHOOK_NONE; n = rhook_next(p, n))
		if (p->nodes[n].named && !rhook_is_comment(&p->nodes[n]))
			return RHOOK_NONE;
	call = p->nodes[arguments].parent;
	return call != RHOOK_NONE && p->nodes[call].kind == K_CALL ? call : RHOOK_NONE;
}

/* The method call whose receiver this node is, RHOOK_NONE. */
static uint32_t call_on(const struct rhook_program *p, uint32_t node)
{
	uint32_t at = p->nodes[node].parent;

	if (at == RHOOK_NONE || p->nodes[at].kind != K_FIELD_EXPRESSION || p->nodes[node].field != F_VALUE)
		return RHOOK_NONE;
	node = at;
	at = p->nodes[at].parent;
	if (at != RHOOK_NONE && p->nodes[at].kind == K_GENERIC_FUNCTION && p->nodes[node].field == F_FUNCTION) {
		node = at;
		at = p->nodes[at].parent;
	}
	return at != RHOOK_NONE && p->nodes[at].kind == K_CALL && p->nodes[node].field == F_FUNCTION ? at : RHOOK_NONE;
}

/* The name of a method that is the standard library's, since this program has none of that name. */
static uint32_t std_method(struct rhook_program *p, uint32_t call, const bool *ours, size_t names)
{
	uint32_t name = rhook_callee_name(p, call), id;

	if (name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER)
		return RHOOK_NONE;
	id = rhook_node_name(p, name);
	return id < names && !ours[id] ? name : RHOOK_NONE;
}

static bool is_near(struct rhook_program *p, uint32_t closure, const bool *ours, size_t names)
{
	uint32_t call = call_of_last_argument(p, closure), name;

	if (call == RHOOK_NONE || p->nodes[rhook_child(p, call, F_FUNCTION)].kind == K_GENERIC_FUNCTION)
		return false; /* `map::<_, fn(i32) -> i32>` makes it a pointer, which holds nothing */
	name = std_method(p, call, ours, names);
	if (name == RHOOK_NONE || (!rhook_node_among(p, name, now) && !rhook_node_among(p, name, later)))
		return false;
	while (!rhook_node_among(p, name, now) && !rhook_node_among(p, name, last_of_chain)) {
		uint32_t around = p->nodes[call].parent;
		if (around != RHOOK_NONE && p->nodes[around].kind == K_FOR && p->nodes[call].field == F_VALUE)
			return true;
		call = call_on(p, call);
		name = call == RHOOK_NONE ? RHOOK_NONE : std_method(p, call, ours, names);
		if (name == RHOOK_NONE)
			return false;
		if (!rhook_node_among(p, name, now) && !rhook_node_among(p, name, later) && !rhook_node_among(p, name, passing) &&
		    !rhook_node_among(p, name, last_of_chain))
			return false;
	}
	return true;
}

/* What the code at this node belongs to: the innermost function, closure or block that may run at another time, RHOOK_NONE. */
static uint32_t frame_of(const struct rhook_program *p, uint32_t node)
{
	for (node = p->nodes[node].parent; node != RHOOK_NONE; node = p->nodes[node].parent)
		switch (p->nodes[node].kind) {
		case K_FUNCTION:
		case K_CLOSURE:
		case K_ASYNC_BLOCK:
		case K_GEN_BLOCK:
		case K_CONST_BLOCK:
			return node;
		default:
			break;
		}
	return RHOOK_NONE;
}

static bool is_made_up(const struct rhook_program *p, uint32_t closure)
{
	for (size_t m = 0; m < p->made_up_count; m++)
		if (p->made_up[m].start == p->nodes[closure].start && p->made_up[m].end == p->nodes[closure].end)
			return true;
	return false;
}

/* Has the code at this node an `At` in scope? */
static bool has_token(const struct rhook_program *p, uint32_t node)
{
	uint32_t ctx = p->nodes[node].ctx;

	return ctx != RHOOK_NONE && !p->infos[ctx].skip && !p->infos[ctx].closed;
}

/* `let f = |x| ..;` where the rest of the block does nothing with `f` but call it, in the same function. */
static bool is_only_called(struct rhook_program *p, uint32_t closure)
{
	uint32_t let = p->nodes[closure].parent, frame = frame_of(p, closure), pattern, name;

	if (let == RHOOK_NONE || p->nodes[let].kind != K_LET || p->nodes[closure].field != F_VALUE ||
	    rhook_child(p, let, F_TYPE) != RHOOK_NONE)
		return false;
	pattern = rhook_child(p, let, F_PATTERN);
	if (pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER)
		return false;
	name = rhook_node_name(p, pattern);
	for (uint32_t i = p->nodes[let].last; i < p->nodes[p->nodes[let].parent].last; i++) {
		const struct rhook_node *n = &p->nodes[i];
		if ((n->kind != K_IDENTIFIER && n->kind != K_SHORTHAND_FIELD) || rhook_node_name(p, i) != name)
			continue;
		if (n->field != F_FUNCTION || p->nodes[n->parent].kind != K_CALL || frame_of(p, i) != frame)
			return false;
	}
	return true;
}

bool rhook_find_near(struct rhook_program *program)
{
	size_t names = rhook_word_count(program->names);
	bool *ours;

	if (program->foreign || (program->input->flags & RHOOK_ENTRY_ONLY))
		return true;
	ours = calloc(names + 1, sizeof *ours);
	if (!ours)
		return !(program->no_memory = true);
	for (size_t f = 0; f < program->fn_count; f++)
		if (program->infos[f].name < names)
			ours[program->infos[f].name] = true;
	for (size_t f = 0; f < program->fn_count; f++) {
		struct rhook_info *info = &program->infos[f];
		uint32_t around;
		if (info->role != ROLE_CLOSURE || info->skip || info->closed)
			continue;
		if (!is_only_called(program, info->node) && !is_near(program, info->node, ours, names))
			continue;
		around = frame_of(program, info->node);
		/* The transpiler's own closure hands the token on, if it is near itself. */
		if (around != RHOOK_NONE && program->nodes[around].kind == K_CLOSURE && is_made_up(program, around) &&
		    is_near(program, around, ours, names))
			info->near = has_token(program, program->nodes[around].parent);
		else
			info->near = has_token(program, program->nodes[info->node].parent);
	}
	free(ours);
	return !program->no_memory;
}
