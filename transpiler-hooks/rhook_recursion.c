/* Cycles of known calls (Tarjan's strongly connected components, with a stack of its own), and which functions are too small for a clock.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

#define TINY 96 /* nodes, callees included */

struct graph {
	struct rhook_program *program;
	uint32_t *first; /* by function, one more at the end: its calls in `edges` */
	uint32_t *edges; /* indices of known calls, by caller */
	uint32_t *number, *low, *stack, *path, *next;
	uint32_t *weight;
	bool *on_stack;
	uint32_t counter, stack_size, path_size, cycles;
	bool overloaded; /* operators may be functions of this program */
	bool hidden;	 /* methods of this program have names of arithmetic ones */
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
	return g->first && g->edges && g->number && g->low && g->stack && g->path && g->next && g->weight && g->on_stack;
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

static bool is_arithmetic(const struct rhook_program *p, uint32_t name)
{
	static const char *const names[] = {"abs",
					    "abs_diff",
					    "ceil",
					    "clamp",
					    "cos",
					    "exp",
					    "floor",
					    "is_empty",
					    "is_negative",
					    "is_positive",
					    "len",
					    "ln",
					    "max",
					    "min",
					    "mul_add",
					    "pow",
					    "powf",
					    "powi",
					    "rem_euclid",
					    "round",
					    "signum",
					    "sin",
					    "sqrt",
					    "tan",
					    "trunc",
					    "wrapping_add",
					    "wrapping_mul",
					    "wrapping_sub",
					    "saturating_add",
					    "saturating_sub",
					    "rotate_left",
					    "rotate_right",
					    "count_ones",
					    "leading_zeros",
					    "trailing_zeros",
					    "is_some",
					    "is_none",
					    "checked_add",
					    "checked_sub",
					    "checked_mul"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(p, name, names[i]))
			return true;
	return false;
}

static bool is_operator_name(const struct rhook_program *p, uint32_t name)
{
	static const char *const names[] = {"add",	  "sub",	"mul",	      "div",	     "rem",  "neg",   "not",
					    "bitand",	  "bitor",	"bitxor",     "shl",	     "shr",  "index", "index_mut",
					    "eq",	  "ne",		"cmp",	      "partial_cmp", "lt",   "le",    "gt",
					    "ge",	  "deref",	"deref_mut",  "drop",	     "from", "into",  "add_assign",
					    "sub_assign", "mul_assign", "div_assign", "rem_assign",  "clone"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(p, name, names[i]))
			return true;
	return false;
}

/* Weight of what a function does itself, UINT32_MAX when it may take any time. */
static void weigh(struct graph *g)
{
	struct rhook_program *p = g->program;

	for (size_t f = 0; f < p->fn_count; f++) {
		uint32_t own = p->infos[f].name_node;
		if (own == RHOOK_NONE || p->fns[f].kind != RHOOK_METHOD)
			continue;
		g->overloaded |= p->infos[f].role == ROLE_TRAIT_IMPL && is_operator_name(p, own);
		g->hidden |= is_arithmetic(p, own);
	}
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct rhook_node *n = &p->nodes[i];
		uint32_t *weight = n->ctx == RHOOK_NONE ? NULL : &g->weight[n->ctx], name;
		if (!weight || *weight == UINT32_MAX)
			continue;
		++*weight;
		switch (n->kind) {
		case K_LOOP:
		case K_WHILE:
		case K_FOR:
		case K_CLOSURE:
		case K_MACRO_INVOCATION:
		case K_AWAIT:
		case K_TRY:
			*weight = UINT32_MAX;
			break;
		case K_BINARY:
		case K_UNARY:
		case K_INDEX:
		case K_COMPOUND_ASSIGNMENT:
			if (g->overloaded)
				*weight = UINT32_MAX;
			break;
		case K_CALL:
			name = rhook_callee_name(p, i);
			if (n->call == RHOOK_NONE &&
			    (name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER || !is_arithmetic(p, name)))
				*weight = UINT32_MAX;
			break;
		default:
			break;
		}
	}
	for (size_t f = 0; g->hidden && f < p->fn_count; f++)
		g->weight[f] = UINT32_MAX;
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
		weight += p->infos[target].tiny ? g->weight[target] : UINT32_MAX;
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

bool rhook_find_cycles(struct rhook_program *program)
{
	struct graph g = {.program = program};

	if (allocate(&g)) {
		fill_edges(&g);
		weigh(&g);
		for (uint32_t f = 0; f < program->fn_count; f++)
			if (!g.number[f])
				search(&g, f);
		for (size_t c = 0; c < program->call_count; c++) {
			const struct rhook_call *call = &program->calls[c];
			struct rhook_info *target = &program->infos[call->target];
			if (target->recursive && target->cycle != program->infos[call->caller].cycle)
				target->called_timed = true;
		}
	} else {
		program->no_memory = true;
	}
	release(&g);
	return !program->no_memory;
}
