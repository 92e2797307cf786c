/* Cycles of known calls (Tarjan's strongly connected components, with a stack of its own), and which functions are too small for a clock.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

#define TINY 2048 /* nodes, callees without a clock included */

struct graph {
	struct rhook_program *program;
	uint32_t *first; /* by function, one more at the end: its calls in `edges` */
	uint32_t *edges; /* indices of known calls, by caller */
	uint32_t *number, *low, *stack, *path, *next;
	uint32_t *weight;
	bool *on_stack;
	uint32_t counter, stack_size, path_size, cycles;
	bool *ours; /* by name: a function of this program */
	size_t names;
};

static bool allocate(struct graph *g)
{
	size_t n = g->program->fn_count + 2;

	g->first = calloc(n, sizeof(uint32_t));
	g->edges = calloc(g->program->call_count + 1, sizeof(uint32_t));
	g->number = calloc(n, sizeof(uint32_t));
	g->low = calloc(n, sizeof(uint32_t));
	g->stack = calloc(n, sizeof(uint32_t));
	g->path = calloc(n, sizeof(uint32_t));
	g->next = calloc(n, sizeof(uint32_t));
	g->weight = calloc(n, sizeof(uint32_t));
	g->on_stack = calloc(n, sizeof(bool));
	g->names = rhook_word_count(g->program->names);
	g->ours = calloc(g->names + 1, sizeof(bool));
	return g->ours && g->first && g->edges && g->number && g->low && g->stack && g->path && g->next && g->weight && g->on_stack;
}

static void release(struct graph *g)
{
	free(g->first);
	free(g->edges);
	free(g->number);
	free(g->low);
	free(g->stack);
	free(g->path);
	free(g->next);
	free(g->weight);
	free(g->on_stack);
	free(g->ours);
}

static void fill_edges(struct graph *g)
{
	struct rhook_program *p = g->program;

	for (size_t c = 0; c < p->call_count; c++)
		g->first[p->calls[c].caller + 1]++;
	for (size_t f = 0; f < p->fn_count; f++)
		g->first[f + 1] += g->first[f];
	for (size_t f = 0; f < p->fn_count; f++)
		g->next[f] = g->first[f];
	for (size_t c = 0; c < p->call_count; c++)
		g->edges[g->next[p->calls[c].caller]++] = (uint32_t)c;
	for (size_t f = 0; f < p->fn_count; f++)
		g->next[f] = g->first[f];
}

/* --- tiny ----------------------------------------------------------------------------------------------------------------- */

/* Functions, methods and macros of the standard library that take some tens of nanoseconds, for any argument, or amortized. */
static bool is_brief(const struct rhook_program *p, uint32_t name)
{
	static const char names[] =
	    " abs abs_diff acos and and_then as_bytes as_mut as_mut_slice as_ref as_slice as_str asin assert assert_eq assert_ne atan "
	    "atan2 "
	    "borrow borrow_mut cbrt ceil char_indices chars checked_add checked_div checked_mul checked_neg checked_rem checked_sub clamp "
	    "clear "
	    "clone cloned cmp contains_key copied copysign cos cosh count_ones count_zeros debug_assert debug_assert_eq debug_assert_ne "
	    "default "
	    "div_euclid entry enumerate eq err exp exp2 expect filter filter_map first flat_map floor format fract from from_str_radix ge "
	    "get "
	    "get_mut get_or_insert gt hypot insert into into_iter is_alphabetic is_alphanumeric is_ascii_alphabetic is_ascii_alphanumeric "
	    "is_ascii_digit is_ascii_punctuation is_ascii_whitespace is_digit is_empty is_err is_finite is_infinite is_nan is_negative "
	    "is_none "
	    "is_numeric is_ok is_positive is_power_of_two is_some is_whitespace iter iter_mut keys last last_mut le leading_zeros len ln "
	    "log log10 "
	    "log2 lt map map_err map_or map_or_else matches max max_by mem min mul_add ne new next next_back nth ok ok_or ok_or_else or "
	    "or_else "
	    "or_insert or_insert_with overflowing_add overflowing_mul overflowing_sub panic partial_cmp peek peekable pop pop_back "
	    "pop_front pow "
	    "powf powi push push_back push_front push_str recip rem_euclid remove replace rev rotate_left rotate_right round "
	    "saturating_add "
	    "saturating_mul saturating_sub signum sin sin_cos sinh skip sqrt step_by swap swap_remove take tan tanh then then_some "
	    "to_ascii_lowercase "
	    "to_ascii_uppercase to_bits to_digit to_lowercase to_owned to_string to_uppercase todo trailing_zeros trunc truncate try_from "
	    "try_into "
	    "unimplemented unreachable unwrap unwrap_or unwrap_or_default unwrap_or_else values with_capacity wrapping_add wrapping_mul "
	    "wrapping_neg "
	    "wrapping_sub zip ";

	return rhook_node_among(p, name, names);
}

static bool is_blocking(const struct rhook_program *p, uint32_t name)
{
	return rhook_node_among(p, name, " sleep sleep_ms sleep_until park park_timeout scope spawn stdin ");
}

/*
 * May this call, whose target is not known, take long before another function of this program runs? What has a name of this program's is
 * taken for that function, which has its own clock if it needs one; `Some(..)` and its like only build a value. A wrong guess costs the
 * clock's reading of one function, whose time then comes from samples.
 */
static bool may_last(const struct graph *g, uint32_t call)
{
	struct rhook_program *p = g->program;
	uint32_t name = rhook_callee_name(p, call), id;

	if (name == RHOOK_NONE)
		return true;
	if (p->nodes[name].field == F_FUNCTION) /* a closure of this program, or an imported function */
		return is_blocking(p, name);
	id = rhook_node_name(p, name);
	return !(id < g->names && g->ours[id]) && !(p->text[p->nodes[name].start] >= 'A' && p->text[p->nodes[name].start] <= 'Z') &&
	       !is_brief(p, name);
}

/* Weight of what a function does itself, UINT32_MAX when it may take any time. */
static void weigh(struct graph *g)
{
	struct rhook_program *p = g->program;

	for (size_t f = 0; f < p->fn_count; f++) {
		if (p->infos[f].name < g->names)
			g->ours[p->infos[f].name] = true;
		if (p->infos[f].main) /* what is left of the run is its */
			g->weight[f] = UINT32_MAX;
	}
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct rhook_node *n = &p->nodes[i];
		uint32_t *weight = n->ctx == RHOOK_NONE ? NULL : &g->weight[n->ctx];
		if (!weight || *weight == UINT32_MAX)
			continue;
		++*weight;
		if (n->kind == K_LOOP || n->kind == K_WHILE || n->kind == K_FOR || n->kind == K_MACRO_INVOCATION || n->kind == K_AWAIT ||
		    (n->kind == K_CALL && n->call == RHOOK_NONE && may_last(g, i)))
			*weight = UINT32_MAX;
	}
}

/* --- cycles ------------------------------------------------------------------------------------------------------------------ */

static void close_cycle(struct graph *g, uint32_t root)
{
	struct rhook_program *p = g->program;
	bool many = g->stack[g->stack_size - 1] != root;
	uint32_t fn;

	do {
		fn = g->stack[--g->stack_size];
		g->on_stack[fn] = false;
		p->infos[fn].cycle = g->cycles;
		p->infos[fn].recursive = many;
	} while (fn != root);
	g->cycles++;
}

/* Components are closed callees first, so the weights of all callees are final here. */
static void decide_tiny(struct graph *g, uint32_t fn)
{
	struct rhook_program *p = g->program;
	uint64_t weight = g->weight[fn];

	for (uint32_t e = g->first[fn]; e < g->first[fn + 1]; e++) {
		uint32_t target = p->calls[g->edges[e]].target;
		if (target == fn)
			p->infos[fn].recursive = true;
		weight += p->infos[target].tiny ? g->weight[target] : 0;
	}
	if (p->infos[fn].recursive)
		weight = UINT32_MAX;
	g->weight[fn] = weight > UINT32_MAX ? UINT32_MAX : (uint32_t)weight;
	p->infos[fn].tiny = weight <= TINY;
}

static void open_function(struct graph *g, uint32_t fn)
{
	g->number[fn] = g->low[fn] = ++g->counter;
	g->stack[g->stack_size++] = fn;
	g->on_stack[fn] = true;
	g->path[g->path_size++] = fn;
}

static void search(struct graph *g, uint32_t start)
{
	struct rhook_program *p = g->program;

	open_function(g, start);
	while (g->path_size) {
		uint32_t fn = g->path[g->path_size - 1];
		if (g->next[fn] < g->first[fn + 1]) {
			uint32_t target = p->calls[g->edges[g->next[fn]++]].target;
			if (!g->number[target])
				open_function(g, target);
			else if (g->on_stack[target] && g->number[target] < g->low[fn])
				g->low[fn] = g->number[target];
			continue;
		}
		g->path_size--;
		if (g->path_size && g->low[fn] < g->low[g->path[g->path_size - 1]])
			g->low[g->path[g->path_size - 1]] = g->low[fn];
		if (g->low[fn] == g->number[fn]) {
			close_cycle(g, fn);
			decide_tiny(g, fn);
		}
	}
}

/* Is the value of this node that of its function, so that the call in it becomes a jump? */
static bool is_tail(const struct rhook_program *p, uint32_t node, uint32_t body)
{
	while (node != body) {
		const struct rhook_node *n = &p->nodes[node];
		uint32_t after = rhook_next(p, node);
		switch (n->parent == RHOOK_NONE ? K_OTHER : p->nodes[n->parent].kind) {
		case K_RETURN:
			return true;
		case K_BLOCK:
			while (after != RHOOK_NONE && !p->nodes[after].named)
				after = rhook_next(p, after);
			if (after != RHOOK_NONE)
				return false;
			break;
		case K_EXPRESSION_STATEMENT:
			if (p->text[p->nodes[n->parent].end - 1] == ';')
				return false;
			break;
		case K_IF:
			if (n->field == F_CONDITION)
				return false;
			break;
		case K_MATCH_ARM:
			if (n->field != F_VALUE)
				return false;
			break;
		case K_ELSE:
		case K_MATCH_BLOCK:
			break;
		case K_MATCH:
			if (n->field != F_BODY)
				return false;
			break;
		default:
			return false;
		}
		node = n->parent;
	}
	return true;
}

/* Recursion with something left to do behind the call, and no loop. */
static void find_lean(struct rhook_program *p)
{
	for (size_t c = 0; c < p->call_count; c++) {
		const struct rhook_call *call = &p->calls[c];
		struct rhook_info *caller = &p->infos[call->caller];
		if (caller->recursive && p->infos[call->target].cycle == caller->cycle && !is_tail(p, call->node, caller->body))
			caller->lean = true;
	}
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct rhook_node *n = &p->nodes[i];
		if (n->ctx != RHOOK_NONE && (n->kind == K_LOOP || n->kind == K_WHILE || n->kind == K_FOR))
			p->infos[n->ctx].lean = false;
	}
}

bool rhook_find_cycles(struct rhook_program *program)
{
	struct graph g = {.program = program};

	if (allocate(&g)) {
		fill_edges(&g);
		weigh(&g);
		for (uint32_t f = 0; f < program->fn_count; f++)
			if (!g.number[f])
				search(&g, f);
		find_lean(program);
	} else {
		program->no_memory = true;
	}
	release(&g);
	return !program->no_memory;
}
