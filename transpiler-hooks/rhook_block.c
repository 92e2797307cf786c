/*
 * Known calls that happen one after the other, or not at all because something unwinds, are counted together: one counter for the block.
 *
 * A region is code whose parts run in the order of the text, each once: a body, a branch, an arm, the right side of `&&`. Regions nest;
 * inside one, the calls since the last place where control might leave make the open segment. A post-order walk is the order of evaluation,
 * since a call starts behind its arguments; where Rust evaluates otherwise (the left side of assignments) every call is counted alone.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

struct region {
	uint32_t root;
	uint32_t fn;
	uint32_t anchor;      /* byte of the outermost statement from which the way to the next call is straight */
	uint32_t first, last; /* open segment: known calls */
	uint32_t count;
	bool single; /* count each call alone */
	bool fresh;  /* nothing has ended a segment yet: the way from the root's start is straight */
};

struct walker {
	struct rhook_program *program;
	struct region *regions;
	size_t count, capacity;
	uint32_t *region; /* by node */
	uint32_t *next;	  /* by known call: the next one of its segment */
};

/*
 * Numbers of counters, in pairs. Two counters side by side that one straight piece of code adds to would be made one addition of 16 bytes
 * by LLVM, and then each addition to one of them alone makes the next such load wait until it has left the store buffer (traits: 1.7 times
 * plain instead of 1.0). So nothing that is often added to stands beside another; the second of a pair is for what unwinding takes back.
 */
uint32_t rhook_take_slots(struct rhook_program *program, uint32_t count)
{
	uint32_t first = program->slots;

	program->slots += (count + 1) / 2 * 2;
	return first;
}

/* --- segments ------------------------------------------------------------------------------------------------------------- */

static uint32_t new_block(struct walker *w, uint32_t fn, uint32_t calls)
{
	struct rhook_program *p = w->program;
	struct rhook_counted *block = RHOOK_PUSH(p, p->blocks, p->block_count, p->block_capacity);

	if (!block)
		return 0;
	*block = (struct rhook_counted){
	    .slot = rhook_take_slots(p, calls > 1 ? calls + 1 : 1), .fn = fn, .calls = calls, .anchor = RHOOK_NONE, .wrap = RHOOK_NONE};
	return (uint32_t)p->block_count - 1;
}

static bool can_wrap(const struct walker *w, const struct region *region)
{
	const struct rhook_node *root = &w->program->nodes[region->root];
	uint8_t around = root->parent == RHOOK_NONE ? K_OTHER : w->program->nodes[root->parent].kind;

	return region->fresh && !region->single && root->kind != K_BLOCK &&
	       ((around == K_MATCH_ARM && root->field == F_VALUE) || (around == K_CLOSURE && root->field == F_BODY));
}

static void close_together(struct walker *w, struct region *region)
{
	struct rhook_program *p = w->program;
	uint32_t block = new_block(w, region->fn, region->count), index = 0;

	if (p->no_memory)
		return;
	p->blocks[block].anchor = region->anchor;
	p->blocks[block].calm = p->infos[region->fn].calm;
	if (region->anchor == RHOOK_NONE)
		p->blocks[block].wrap = region->root;
	for (uint32_t c = region->first; c != RHOOK_NONE; c = w->next[c]) {
		p->calls[c].block = block;
		p->calls[c].index = index++;
	}
}

static void close_one_by_one(struct walker *w, struct region *region)
{
	struct rhook_program *p = w->program;

	for (uint32_t c = region->first; c != RHOOK_NONE && !p->no_memory; c = w->next[c]) {
		p->calls[c].block = new_block(w, region->fn, 1);
		p->calls[c].index = 0;
	}
}

static void close_segment(struct walker *w, struct region *region)
{
	if (region->count > 1 && (region->anchor != RHOOK_NONE || can_wrap(w, region)))
		close_together(w, region);
	else if (region->count)
		close_one_by_one(w, region);
	region->first = region->last = RHOOK_NONE;
	region->count = 0;
	region->anchor = RHOOK_NONE;
	region->fresh = false;
}

static void add_call(struct walker *w, struct region *region, uint32_t call)
{
	struct rhook_program *p = w->program;

	w->next[call] = RHOOK_NONE;
	if (p->single || region->single) {
		p->calls[call].block = new_block(w, region->fn, 1);
		p->calls[call].index = 0;
		return;
	}
	if (region->count)
		w->next[region->last] = call;
	else
		region->first = call;
	region->last = call;
	region->count++;
}

/* --- regions --------------------------------------------------------------------------------------------------------------- */

static bool is_lazy_operator(const struct rhook_program *p, uint32_t binary)
{
	uint32_t operator= rhook_child(p, binary, F_OPERATOR);

	return operator!= RHOOK_NONE &&(rhook_node_is(p, operator, "&&") || rhook_node_is(p, operator, "||"));
}

static bool follows_attribute(const struct rhook_program *p, uint32_t node)
{
	uint32_t before = p->nodes[node].previous;

	for (int i = 0; i < 8 && before != RHOOK_NONE && rhook_is_comment(&p->nodes[before]); i++)
		before = p->nodes[before].previous;
	return before != RHOOK_NONE && p->nodes[before].kind == K_ATTRIBUTE;
}

/* Is this argument of a standard macro evaluated only if something fails? */
static bool is_conditional_argument(const struct rhook_program *p, uint32_t node)
{
	uint32_t call = p->nodes[p->nodes[node].parent].parent, name;
	const struct rhook_macro *macro;
	uint32_t before = 0, always;

	if (call == RHOOK_NONE || p->nodes[call].kind != K_CALL || !p->nodes[node].named)
		return false;
	name = rhook_callee_name(p, call);
	macro = name == RHOOK_NONE ? NULL : rhook_macro_at(p, p->nodes[name].start);
	if (!macro || macro->shape == SHAPE_PLAIN || macro->shape == SHAPE_FIRST)
		return false;
	always = macro->shape == SHAPE_ASSERT ? 1 : macro->shape == SHAPE_ASSERT2 ? 2 : 0;
	for (uint32_t b = p->nodes[node].previous; b != RHOOK_NONE && before < 2; b = p->nodes[b].previous)
		before += p->nodes[b].named && !rhook_is_comment(&p->nodes[b]);
	return before >= always;
}

/* `#[cfg(..)] field: f()`: the attribute is the first part of the field. */
static bool has_attribute_inside(const struct rhook_program *p, uint32_t around)
{
	uint32_t first = p->nodes[around].kind == K_OTHER ? rhook_first(p, around) : RHOOK_NONE;

	while (first != RHOOK_NONE && rhook_is_comment(&p->nodes[first]))
		first = rhook_next(p, first);
	return first != RHOOK_NONE && p->nodes[first].kind == K_ATTRIBUTE;
}

enum start { SAME, NEW, NEW_SINGLE };

/* Does this node begin a region, and may its calls be counted together? */
static enum start starts_region(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];
	const struct rhook_node *around;

	if (n->parent == RHOOK_NONE || n->ctx != p->nodes[n->parent].ctx)
		return NEW;
	around = &p->nodes[n->parent];
	if (n->named && (follows_attribute(p, node) || has_attribute_inside(p, n->parent)))
		return NEW_SINGLE;
	switch (around->kind) {
	case K_IF:
		return n->field == F_CONSEQUENCE || n->field == F_ALTERNATIVE ? NEW : SAME;
	case K_MATCH_ARM:
		return n->field == F_VALUE ? NEW : SAME;
	case K_MATCH_PATTERN:
		return n->field == F_CONDITION ? NEW_SINGLE : SAME;
	case K_WHILE:
		return n->field == F_CONDITION ? NEW_SINGLE : n->field == F_BODY ? NEW : SAME;
	case K_LOOP:
	case K_FOR:
		return n->field == F_BODY ? NEW : SAME;
	case K_LET:
		return n->field == F_ALTERNATIVE ? NEW : SAME;
	case K_BINARY:
		return n->field == F_RIGHT && is_lazy_operator(p, n->parent) ? NEW_SINGLE : SAME;
	case K_LET_CHAIN:
		return n->previous != RHOOK_NONE ? NEW_SINGLE : SAME;
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		return n->field == F_LEFT ? NEW_SINGLE : SAME;
	case K_ARGUMENTS:
		return is_conditional_argument(p, node) ? NEW_SINGLE : SAME;
	default:
		return SAME;
	}
}

bool rhook_is_conditional(const struct rhook_program *program, uint32_t node)
{
	return starts_region(program, node) != SAME;
}

static bool is_statement(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];

	return n->named && n->parent != RHOOK_NONE && p->nodes[n->parent].kind == K_BLOCK && n->kind != K_LABEL && n->kind != K_ATTRIBUTE &&
	       n->kind != K_INNER_ATTRIBUTE && !rhook_is_comment(n) && n->ctx == p->nodes[n->parent].ctx && n->ctx != RHOOK_NONE;
}

static void enter(struct walker *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	const struct rhook_node *n = &p->nodes[node];
	enum start start = starts_region(p, node);
	struct region *region;

	if (start == SAME) {
		w->region[node] = w->region[n->parent];
	} else {
		bool single = start == NEW_SINGLE;
		if (n->parent != RHOOK_NONE && n->ctx == p->nodes[n->parent].ctx && single == false)
			single = p->nodes[node].kind != K_BLOCK && w->regions[w->region[n->parent]].single;
		region = RHOOK_PUSH(p, w->regions, w->count, w->capacity);
		if (!region)
			return;
		*region = (struct region){.root = node,
					  .fn = n->ctx,
					  .anchor = RHOOK_NONE,
					  .first = RHOOK_NONE,
					  .last = RHOOK_NONE,
					  .single = single,
					  .fresh = true};
		w->region[node] = (uint32_t)w->count - 1;
	}
	if (!is_statement(p, node))
		return;
	if (start == SAME) {
		region = &w->regions[w->region[node]];
		if (region->anchor == RHOOK_NONE && region->count == 0)
			region->anchor = n->start;
	}
}

/* --- what ends a segment ------------------------------------------------------------------------------------------------------ */

static bool is_exit_name(const struct rhook_program *p, uint32_t node)
{
	uint32_t name = rhook_node_name((struct rhook_program *)p, node);

	return name < p->exit_name_count && p->exit_names[name];
}

/* Tokens of a standard macro that is not looked into. */
static bool is_straight_macro(const struct rhook_program *p, uint32_t node)
{
	static const char *const leaving[] = {"?", "return", "break", "continue", "await", "loop", "while", "for"};

	if (!rhook_is_standard_macro(p, node))
		return false;
	for (uint32_t i = node + 1; i < p->nodes[node].last; i++) {
		if (p->nodes[i].last > i + 1)
			continue;
		for (size_t k = 0; k < sizeof leaving / sizeof *leaving; k++)
			if (rhook_node_is(p, i, leaving[k]))
				return false;
		if (p->nodes[i].kind == K_MACRO_INVOCATION || (p->nodes[i].kind == K_IDENTIFIER && is_exit_name(p, i)))
			return false;
	}
	return true;
}

static bool may_leave(const struct rhook_program *p, uint32_t node)
{
	uint32_t name;

	switch (p->nodes[node].kind) {
	case K_TRY:
	case K_RETURN:
	case K_BREAK:
	case K_CONTINUE:
	case K_AWAIT:
	case K_YIELD:
	case K_LOOP:
	case K_WHILE:
	case K_FOR:
	case K_TRY_BLOCK:
		return true;
	case K_BLOCK: /* `break 'label` comes out here */
		return rhook_first(p, node) != RHOOK_NONE && p->nodes[rhook_first(p, node)].kind == K_LABEL;
	case K_MACRO_INVOCATION:
		return !is_straight_macro(p, node);
	case K_CALL:
		if (p->nodes[node].alone)
			return true;
		name = rhook_callee_name(p, node);
		return name != RHOOK_NONE && !rhook_macro_at(p, p->nodes[name].start) && is_exit_name(p, name);
	default:
		return false;
	}
}

static void leave(struct walker *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	struct rhook_node *n = &p->nodes[node];
	struct region *region;
	bool root, same_ctx = n->parent != RHOOK_NONE && p->nodes[n->parent].ctx == n->ctx;

	if (!w->regions) /* the root node opens the first one */
		return;
	region = &w->regions[w->region[node]];
	root = region->root == node;
	if (n->call != RHOOK_NONE)
		add_call(w, region, n->call);
	if (may_leave(p, node)) {
		n->leaves = true;
		close_segment(w, region);
	}
	if (n->kind == K_BLOCK && !root && region->anchor != RHOOK_NONE && region->anchor > n->start)
		close_segment(w, region); /* the guard's scope ends here */
	if (is_statement(p, node) && region->count == 0 && region->anchor == n->start)
		region->anchor = RHOOK_NONE;
	if (root)
		close_segment(w, region);
	if (root && same_ctx && n->leaves)
		close_segment(w, &w->regions[w->region[n->parent]]);
	if (same_ctx && n->leaves)
		p->nodes[n->parent].leaves = true;
}

bool rhook_find_blocks(struct rhook_program *program)
{
	struct walker w = {.program = program};

	for (size_t f = 0; f < program->fn_count; f++)
		if (!program->infos[f].skip)
			program->infos[f].entry = rhook_take_slots(program, 1);
	w.region = malloc((program->node_count + 1) * sizeof *w.region);
	w.next = malloc((program->call_count + 1) * sizeof *w.next);
	if (!w.region || !w.next)
		program->no_memory = true;
	for (uint32_t i = 0; i < program->node_count && !program->no_memory; i++) {
		enter(&w, i);
		for (uint32_t end = i; !program->no_memory && end != RHOOK_NONE && program->nodes[end].last == i + 1;
		     end = program->nodes[end].parent)
			leave(&w, end);
	}
	free(w.region);
	free(w.next);
	free(w.regions);
	return !program->no_memory;
}
