/*
 * How often each line runs. A place is where a line can begin: a statement, the value of an arm, an `else if`. Most counts need no counter:
 *
 *   - the first place of a body runs as often as the function is called;
 *   - a place at which a block of known calls is counted runs as often as that block;
 *   - places behind one another run equally often, less the times that something unwound between them, which a guard counts (free unless it
 *     happens);
 *   - one branch of an `if` follows from the other, and what stands behind `if c { return }` from that branch.
 *
 * What is left gets a counter, with RHOOK_LINES only. In a loop without calls it is a variable that is added up when the loop is left, in
 * whichever way, so that the optimiser may find the number of rounds itself.
 */
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>

/* What the subtree of a node may do. */
enum trait {
	LEAVES = 1u << 0,   /* past the end of its function or its label: `return`, `?`, a call that may never return */
	BREAKS = 1u << 1,   /* to the end or the next round of the loop around it */
	BREAKS_1 = 1u << 2, /* to the end of it */
	UNWINDS = 1u << 3,
	CALLS = 1u << 4, /* what may run for long or for ever */
};

enum edit {
	EDIT_NOTHING,
	EDIT_LINE,  /* count one */
	EDIT_COUNT, /* the same where the thread may be another one */
	EDIT_HIT,   /* the same in the loop's variable */
	EDIT_GUARD, /* open a guard that notes an unwinding at `slot` */
	EDIT_STEP,  /* from now on at `slot` */
	EDIT_DROP,  /* no more */
	EDIT_OPEN,  /* a brace */
	EDIT_TALLY, /* the variables of the loop `slot` (a node), in a brace */
};

struct rhook_line_edit {
	uint32_t at, slot, guard; /* guard: slot that gives the guard its name */
	uint8_t what;
};

struct rhook_line_end {
	uint32_t at, loop;
};

struct walk {
	struct rhook_program *program;
	const struct rhook_align *align;
	uint8_t *traits;	    /* by node: enum trait */
	struct rhook_count *counts; /* by node: executions of a place, a block, a branch */
	uint32_t *loops;	    /* by node: innermost loop around it in the same function, else RHOOK_NONE */
	uint32_t *lines;	    /* by node: line of the innermost place around it, with no loop between, 0 = none */
	struct rhook_pairs anchors; /* (byte, 0) or (node, 1) -> block that is counted there */
	bool *ours;		    /* by name id: a function of this program has it */
	size_t name_count;
	bool odd_operators; /* comparisons may run code of this program */
	bool own;	    /* counters may be added: RHOOK_LINES */
};

/* --- what nodes may do --------------------------------------------------------------------------------------------------------- */

/* Calls that end soon and of which nothing is told: a loop with no others is a loop without calls. */
static bool is_short_call(struct walk *w, uint32_t name)
{
	static const char *const names[] = {
	    "len",	 "abs",		 "min",		 "max",		  "push",	    "pop",    "clone",	"get",	     "unwrap",
	    "is_empty",	 "wrapping_add", "wrapping_mul", "wrapping_sub",  "to_string",	    "chars",  "iter",	"rev",	     "step_by",
	    "swap",	 "contains",	 "push_str",	 "as_str",	  "sqrt",	    "powi",   "pow",	"enumerate", "bytes",
	    "into_iter", "is_some",	 "is_none",	 "rem_euclid",	  "unwrap_or",	    "copied", "cloned", "insert",    "contains_key",
	    "as_bytes",	 "rotate_left",	 "count_ones",	 "leading_zeros", "trailing_zeros", "Some",   "Ok",	"Err",	     "iter_mut",
	};
	uint32_t id = rhook_node_name(w->program, name);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(w->program, name, names[i]))
			return id >= w->name_count || !w->ours[id];
	return false;
}

static bool is_comparison(const struct rhook_program *p, uint32_t binary)
{
	static const char *const operators[] = {"==", "!=", "<", ">", "<=", ">=", "&&", "||"};
	uint32_t operator= rhook_child(p, binary, F_OPERATOR);

	for (size_t i = 0; operator!= RHOOK_NONE && i<sizeof operators / sizeof * operators; i++)
		if (rhook_node_is(p, operator, operators[i]))
			return true;
	return false;
}

static bool has_label(const struct rhook_program *p, uint32_t node)
{
	return rhook_child_kind(p, node, K_LABEL) != RHOOK_NONE;
}

static uint8_t call_traits(struct walk *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	uint32_t name = rhook_callee_name(p, node), id;
	const struct rhook_macro *macro = name == RHOOK_NONE ? NULL : rhook_macro_at(p, p->nodes[name].start);

	if (name == RHOOK_NONE || macro)
		return UNWINDS | CALLS;
	id = rhook_node_name(p, name);
	if (id < p->exit_name_count && p->exit_names[id])
		return UNWINDS | CALLS | LEAVES;
	if (p->nodes[node].call == RHOOK_NONE && is_short_call(w, name))
		return UNWINDS;
	return UNWINDS | CALLS;
}

/* Of the node itself, its children's added. */
static uint8_t own_traits(struct walk *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	uint8_t inner = w->traits[node];

	switch (p->nodes[node].kind) {
	case K_RETURN:
	case K_TRY:
	case K_TRY_BLOCK:
		return inner | LEAVES | UNWINDS;
	case K_AWAIT:
	case K_YIELD:
		return inner | LEAVES | UNWINDS | CALLS;
	case K_BREAK:
		return inner | (has_label(p, node) || rhook_child_kind(p, node, K_LIFETIME) != RHOOK_NONE ? LEAVES : BREAKS | BREAKS_1);
	case K_CONTINUE:
		return inner | (has_label(p, node) || rhook_child_kind(p, node, K_LIFETIME) != RHOOK_NONE ? LEAVES : BREAKS);
	case K_LOOP:
		return (uint8_t)((inner & ~(BREAKS | BREAKS_1)) | UNWINDS | (inner & BREAKS_1 ? 0 : LEAVES));
	case K_WHILE: {
		uint32_t condition = rhook_child(p, node, F_CONDITION);
		bool endless = condition != RHOOK_NONE && rhook_node_is(p, condition, "true") && !(inner & BREAKS_1);
		return (uint8_t)((inner & ~(BREAKS | BREAKS_1)) | UNWINDS | (endless ? LEAVES : 0));
	}
	case K_FOR:
		return (uint8_t)((inner & ~(BREAKS | BREAKS_1)) | UNWINDS);
	case K_MACRO_INVOCATION:
		return (uint8_t)(inner | UNWINDS | CALLS | (p->nodes[node].leaves ? LEAVES : 0));
	case K_CALL:
		return inner | call_traits(w, node);
	case K_BINARY:
		return inner | (is_comparison(p, node) && !w->odd_operators ? 0 : UNWINDS);
	case K_INDEX:
	case K_UNARY:
	case K_BLOCK: /* what it drops */
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
	case K_GEN_BLOCK:
		return inner | UNWINDS;
	default:
		return inner;
	}
}

static void find_traits(struct walk *w)
{
	struct rhook_program *p = w->program;

	for (uint32_t i = (uint32_t)p->node_count; i-- > 0;) {
		uint32_t parent = p->nodes[i].parent;
		w->traits[i] = own_traits(w, i);
		if (parent == RHOOK_NONE)
			continue;
		/* What a closure does happens when it is called, and by then as part of a call. */
		w->traits[parent] |= p->nodes[parent].ctx == p->nodes[i].ctx ? w->traits[i] : w->traits[i] & CALLS;
	}
}

/* Names of the program's own functions, and whether a comparison may be one of them. */
static bool find_names(struct walk *w)
{
	static const char *const operators[] = {"eq", "ne", "lt", "le", "gt", "ge", "cmp", "partial_cmp", "deref", "deref_mut"};
	struct rhook_program *p = w->program;
	uint32_t ids[sizeof operators / sizeof *operators];

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		ids[i] = rhook_word_id(p->names, operators[i], strlen(operators[i]));
	w->name_count = rhook_word_count(p->names);
	w->ours = calloc(w->name_count + 1, sizeof *w->ours);
	if (!w->ours)
		return false;
	for (size_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].name < w->name_count)
			w->ours[p->infos[f].name] = true;
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		w->odd_operators |= ids[i] < w->name_count && w->ours[ids[i]];
	return true;
}

/* --- counts ---------------------------------------------------------------------------------------------------------------------- */

static bool is_known(struct rhook_count count)
{
	return count.kind != COUNT_NONE;
}

static struct rhook_count of_slot(uint32_t slot)
{
	return (struct rhook_count){COUNT_SLOT, slot};
}

static struct rhook_count less(struct walk *w, struct rhook_count from, struct rhook_count by)
{
	struct rhook_program *p = w->program;
	struct rhook_less *less;

	if (!is_known(from) || !is_known(by))
		return (struct rhook_count){COUNT_NONE, 0};
	less = RHOOK_PUSH(p, p->lesses, p->less_count, p->less_capacity);
	if (!less)
		return (struct rhook_count){COUNT_NONE, 0};
	*less = (struct rhook_less){from, by};
	return (struct rhook_count){COUNT_LESS, (uint32_t)p->less_count - 1};
}

static uint32_t add_edit(struct walk *w, enum edit what, uint32_t at, uint32_t slot, uint32_t guard)
{
	struct rhook_program *p = w->program;
	struct rhook_line_edit *edit = RHOOK_PUSH(p, p->line_edits, p->line_edit_count, p->line_edit_capacity);

	if (edit)
		*edit = (struct rhook_line_edit){at, slot, guard, (uint8_t)what};
	return (uint32_t)p->line_edit_count - 1;
}

/* `loop`: needed only if this loop has variables. */
static void add_end(struct walk *w, uint32_t at, uint32_t loop)
{
	struct rhook_program *p = w->program;
	struct rhook_line_end *end = RHOOK_PUSH(p, p->line_ends, p->line_end_count, p->line_end_capacity);

	if (end)
		*end = (struct rhook_line_end){at, loop};
}

static uint32_t line_at(const struct walk *w, uint32_t node)
{
	return rhook_align_line(w->align, w->program->nodes[node].start);
}

static void add_record(struct walk *w, uint32_t node, struct rhook_count count, uint32_t fn)
{
	struct rhook_program *p = w->program;
	struct rhook_line *line = RHOOK_PUSH(p, p->lines, p->line_count, p->line_capacity);

	if (line)
		*line = (struct rhook_line){count, fn, p->nodes[node].start};
}

static void add_line(struct walk *w, uint32_t node, struct rhook_count count)
{
	w->counts[node] = count;
	if (!is_known(count))
		return;
	w->lines[node] = line_at(w, node);
	add_record(w, node, count, w->program->nodes[node].ctx);
}

/* --- places ------------------------------------------------------------------------------------------------------------------------ */

static bool is_item(uint8_t kind)
{
	switch (kind) {
	case K_LABEL:
	case K_ATTRIBUTE:
	case K_INNER_ATTRIBUTE:
	case K_EMPTY:
	case K_USE:
	case K_EXTERN_CRATE:
	case K_FUNCTION:
	case K_FUNCTION_SIGNATURE:
	case K_STRUCT:
	case K_ENUM:
	case K_UNION:
	case K_TRAIT:
	case K_IMPL:
	case K_MOD:
	case K_FOREIGN_MOD:
	case K_TYPE_ALIAS:
	case K_CONST_ITEM:
	case K_STATIC_ITEM:
	case K_MACRO_DEFINITION:
	case K_LINE_COMMENT:
	case K_BLOCK_COMMENT:
		return true;
	default:
		return false;
	}
}

/* A statement of `block`. */
static bool is_place(const struct rhook_program *p, uint32_t block, uint32_t node)
{
	return p->nodes[node].named && !is_item(p->nodes[node].kind) && p->nodes[node].ctx == p->nodes[block].ctx;
}

static uint32_t next_place(const struct rhook_program *p, uint32_t block, uint32_t from)
{
	while (from != RHOOK_NONE && !is_place(p, block, from))
		from = rhook_next(p, from);
	return from;
}

static uint32_t first_place(const struct rhook_program *p, uint32_t block)
{
	return next_place(p, block, rhook_first(p, block));
}

/* In front of the attributes. */
static uint32_t place_start(const struct rhook_program *p, uint32_t node)
{
	uint32_t at = p->nodes[node].start;

	for (uint32_t b = p->nodes[node].previous; b != RHOOK_NONE; b = p->nodes[b].previous) {
		if (p->nodes[b].kind == K_ATTRIBUTE)
			at = p->nodes[b].start;
		else if (!rhook_is_comment(&p->nodes[b]))
			break;
	}
	return at;
}

/* The node inside that runs before anything else of a place does. */
static uint32_t core_of(const struct rhook_program *p, uint32_t node)
{
	for (;;) {
		uint32_t inner = RHOOK_NONE;
		if (p->nodes[node].kind == K_EXPRESSION_STATEMENT || p->nodes[node].kind == K_RETURN) {
			for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE && inner == RHOOK_NONE; c = rhook_next(p, c))
				inner = p->nodes[c].named && !rhook_is_comment(&p->nodes[c]) ? c : RHOOK_NONE;
		} else if (p->nodes[node].kind == K_LET) {
			inner = rhook_child(p, node, F_VALUE);
		} else if (p->nodes[node].kind == K_UNSAFE_BLOCK) {
			inner = rhook_child_kind(p, node, K_BLOCK);
		}
		if (inner == RHOOK_NONE || p->nodes[inner].ctx != p->nodes[node].ctx)
			return node;
		node = inner;
	}
}

/* The count that a place has from the counters of known calls. */
static struct rhook_count free_count(const struct walk *w, uint32_t place)
{
	const struct rhook_program *p = w->program;
	uint32_t block = rhook_pairs_get(&w->anchors, p->nodes[place].start, 0), core, arguments;

	if (block == RHOOK_NONE)
		block = rhook_pairs_get(&w->anchors, place, 1);
	if (block != RHOOK_NONE)
		return of_slot(p->blocks[block].slot);
	core = core_of(p, place);
	if (p->nodes[core].call == RHOOK_NONE)
		return (struct rhook_count){COUNT_NONE, 0};
	/* A call alone is counted behind its arguments. */
	arguments = rhook_child(p, core, F_ARGUMENTS);
	block = p->calls[p->nodes[core].call].block;
	if (arguments == RHOOK_NONE || (w->traits[arguments] & (UNWINDS | LEAVES | BREAKS)) || p->blocks[block].calls != 1)
		return (struct rhook_count){COUNT_NONE, 0};
	return of_slot(p->blocks[block].slot);
}

/* --- counters of our own ------------------------------------------------------------------------------------------------------------ */

static bool is_loop(uint8_t kind)
{
	return kind == K_LOOP || kind == K_WHILE || kind == K_FOR;
}

/* Nothing is shared where what has begun may end without our seeing it. */
static bool is_single(const struct walk *w, uint32_t fn)
{
	return w->program->single || (w->program->input->flags & RHOOK_ABORT) || w->program->infos[fn].closed;
}

static bool has_tally(const struct walk *w, uint32_t loop)
{
	const struct rhook_program *p = w->program;

	return loop != RHOOK_NONE && !(w->traits[loop] & CALLS) && !is_single(w, p->nodes[loop].ctx) &&
	       place_start(p, loop) == p->nodes[loop].start;
}

static struct rhook_count own_count(struct walk *w, uint32_t node, uint32_t at)
{
	struct rhook_program *p = w->program;
	uint32_t loop = w->loops[node], slot;

	if (!w->own)
		return (struct rhook_count){COUNT_NONE, 0};
	slot = rhook_take_slots(p, 1);
	if (has_tally(w, loop)) {
		struct rhook_tally *tally = RHOOK_PUSH(p, p->tallies, p->tally_count, p->tally_capacity);
		if (tally)
			*tally = (struct rhook_tally){loop, slot};
		add_edit(w, EDIT_HIT, at, slot, 0);
	} else {
		add_edit(w, p->infos[p->nodes[node].ctx].closed ? EDIT_COUNT : EDIT_LINE, at, slot, 0);
	}
	return of_slot(slot);
}

/* All of a block on the line of what stands around it, which runs at least as often: nothing to be learnt. */
static bool is_covered(const struct walk *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	uint32_t line = w->lines[node];

	if (!line)
		return false;
	if (p->nodes[node].kind != K_BLOCK)
		return line_at(w, node) == line;
	for (uint32_t c = first_place(p, node); c != RHOOK_NONE; c = next_place(p, node, rhook_next(p, c)))
		if (line_at(w, c) != line)
			return false;
	return true;
}

/* The count of a block or branch that nothing is known of yet. It needs a place in it to be counted at. */
static struct rhook_count block_count(struct walk *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	uint32_t place = p->nodes[node].kind == K_BLOCK ? first_place(p, node) : RHOOK_NONE;

	if (is_known(w->counts[node]))
		return w->counts[node];
	if (place == RHOOK_NONE)
		return (struct rhook_count){COUNT_NONE, 0};
	w->loops[place] = w->loops[node];
	w->counts[node] = free_count(w, place);
	if (!is_known(w->counts[node]) && !is_covered(w, node))
		w->counts[node] = own_count(w, place, place_start(p, place));
	return w->counts[node];
}

/* --- blocks ----------------------------------------------------------------------------------------------------------------------------
 */

struct segment {
	struct rhook_count now; /* executions of the next place */
	uint32_t opening;	/* edit that may open the guard */
	uint32_t guard, step;	/* slot that names it, the last edit that moved it; RHOOK_NONE */
};

static void end_segment(struct walk *w, struct segment *s)
{
	if (s->step != RHOOK_NONE && !w->program->no_memory)
		w->program->line_edits[s->step].what = EDIT_DROP;
	*s = (struct segment){.opening = RHOOK_NONE, .guard = RHOOK_NONE, .step = RHOOK_NONE};
}

/* Something may unwind between the places before `place` and it. */
static void add_step(struct walk *w, struct segment *s, uint32_t place)
{
	struct rhook_program *p = w->program;
	uint32_t slot = rhook_take_slots(p, 1), at = place_start(p, place);

	if (p->no_memory)
		return;
	if (s->guard == RHOOK_NONE) {
		s->guard = slot;
		p->line_edits[s->opening].what = EDIT_GUARD;
		p->line_edits[s->opening].slot = p->line_edits[s->opening].guard = slot;
	} else {
		p->line_edits[s->step].slot = slot;
	}
	s->step = add_edit(w, EDIT_STEP, at, 0, s->guard);
	s->now = less(w, s->now, of_slot(slot));
}

/* Does this block never come to its end? */
static bool never_ends(const struct rhook_program *p, uint32_t block)
{
	uint32_t last = RHOOK_NONE;

	for (uint32_t c = first_place(p, block); c != RHOOK_NONE; c = next_place(p, block, rhook_next(p, c)))
		last = c;
	if (last != RHOOK_NONE && p->nodes[last].kind == K_EXPRESSION_STATEMENT)
		last = rhook_first(p, last);
	return last != RHOOK_NONE &&
	       (p->nodes[last].kind == K_RETURN || p->nodes[last].kind == K_BREAK || p->nodes[last].kind == K_CONTINUE);
}

/* What stands behind `if c { ...; return }` runs when the branch does not. */
static struct rhook_count behind(struct walk *w, uint32_t place, struct rhook_count count)
{
	const struct rhook_program *p = w->program;
	uint32_t core = core_of(p, place), condition, branch;

	if (p->nodes[core].kind != K_IF || p->nodes[place].kind == K_LET || rhook_child(p, core, F_ALTERNATIVE) != RHOOK_NONE)
		return (struct rhook_count){COUNT_NONE, 0};
	condition = rhook_child(p, core, F_CONDITION);
	branch = rhook_child(p, core, F_CONSEQUENCE);
	if (condition == RHOOK_NONE || branch == RHOOK_NONE || (w->traits[condition] & (UNWINDS | LEAVES | BREAKS)) ||
	    !never_ends(p, branch))
		return (struct rhook_count){COUNT_NONE, 0};
	w->loops[branch] = w->loops[place];
	return less(w, count, block_count(w, branch));
}

static void visit_block(struct walk *w, uint32_t block)
{
	struct rhook_program *p = w->program;
	uint32_t fn = p->nodes[block].ctx;
	struct segment s = {.now = w->counts[block], .opening = RHOOK_NONE, .guard = RHOOK_NONE, .step = RHOOK_NONE};
	bool first = true, unwinds = false;

	for (uint32_t place = first_place(p, block); place != RHOOK_NONE; place = next_place(p, block, rhook_next(p, place))) {
		uint8_t traits = w->traits[place];

		w->loops[place] = w->loops[block];
		if (unwinds && is_known(s.now) && w->own && !is_single(w, fn))
			add_step(w, &s, place);
		else if (unwinds)
			end_segment(w, &s);
		if (!is_known(s.now) && first) {
			s.now = block_count(w, block);
		} else if (!is_known(s.now)) {
			s.now = free_count(w, place);
			if (!is_known(s.now) && !(w->lines[block] && w->lines[block] == line_at(w, place)))
				s.now = own_count(w, place, place_start(p, place));
		}
		first = false;
		if (s.opening == RHOOK_NONE)
			s.opening = add_edit(w, EDIT_NOTHING, place_start(p, place), 0, 0);
		add_line(w, place, s.now);
		unwinds = (traits & UNWINDS) != 0;
		if (!(traits & (LEAVES | BREAKS)))
			continue;
		struct rhook_count next = behind(w, place, s.now);
		end_segment(w, &s);
		s.now = next;
		unwinds = false;
	}
	end_segment(w, &s);
}

/* --- branches ----------------------------------------------------------------------------------------------------------------------------
 */

/* The block or `if` behind `else`. */
static uint32_t else_branch(const struct rhook_program *p, uint32_t node)
{
	uint32_t clause = rhook_child(p, node, F_ALTERNATIVE), branch;

	if (clause == RHOOK_NONE || p->nodes[clause].kind != K_ELSE)
		return RHOOK_NONE;
	branch = rhook_child_kind(p, clause, K_BLOCK);
	return branch != RHOOK_NONE ? branch : rhook_child_kind(p, clause, K_IF);
}

static struct rhook_count free_branch(const struct walk *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	uint32_t place = p->nodes[node].kind == K_BLOCK ? first_place(p, node) : RHOOK_NONE;

	if (is_known(w->counts[node]) || place == RHOOK_NONE)
		return w->counts[node];
	return free_count(w, place);
}

/* Of two branches one tells the other, if nothing but them follows the condition. */
static void visit_if(struct walk *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	uint32_t condition = rhook_child(p, node, F_CONDITION), one = rhook_child(p, node, F_CONSEQUENCE), other = else_branch(p, node);
	struct rhook_count count = w->counts[node];

	if (condition == RHOOK_NONE || one == RHOOK_NONE || other == RHOOK_NONE || !is_known(count) ||
	    (w->traits[condition] & (UNWINDS | LEAVES | BREAKS)))
		return;
	w->loops[one] = w->loops[other] = w->loops[node];
	w->lines[one] = w->lines[other] = w->lines[node];
	if (is_known(free_branch(w, other))) {
		w->counts[other] = free_branch(w, other);
		if (!is_known(free_branch(w, one)))
			w->counts[one] = less(w, count, w->counts[other]);
	} else if (is_known(free_branch(w, one)) || !is_covered(w, other)) {
		w->counts[other] = less(w, count, block_count(w, one));
	}
}

/* A place that is no statement: put braces around it to count it. */
static void visit_value(struct walk *w, uint32_t node)
{
	const struct rhook_program *p = w->program;

	w->counts[node] = free_count(w, node);
	if (!is_known(w->counts[node]) && w->own && !is_covered(w, node)) {
		add_edit(w, EDIT_OPEN, p->nodes[node].start, 0, 0);
		w->counts[node] = own_count(w, node, p->nodes[node].start);
		add_end(w, p->nodes[node].end, RHOOK_NONE);
	}
	add_line(w, node, w->counts[node]);
}

/* `else if`: it is counted in its condition. */
static void visit_else_if(struct walk *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	uint32_t condition = rhook_child(p, node, F_CONDITION);

	if (!is_known(w->counts[node]) && w->own && condition != RHOOK_NONE && p->nodes[condition].kind != K_LET_CONDITION &&
	    p->nodes[condition].kind != K_LET_CHAIN && !is_covered(w, node)) {
		add_edit(w, EDIT_OPEN, p->nodes[condition].start, 0, 0);
		w->counts[node] = own_count(w, node, p->nodes[condition].start);
		add_end(w, p->nodes[condition].end, RHOOK_NONE);
	}
	add_line(w, node, w->counts[node]);
}

/* --- the walk
 * -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_value(const struct rhook_program *p, uint32_t node)
{
	const struct rhook_node *n = &p->nodes[node];

	return n->named && n->kind != K_BLOCK && n->field == F_VALUE && p->nodes[n->parent].kind == K_MATCH_ARM;
}

/* What the node has from the one around it. */
static void inherit(struct walk *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	const struct rhook_node *n = &p->nodes[node], *around = &p->nodes[n->parent];
	bool loop = is_loop(around->kind) && n->field == F_BODY;

	if (around->ctx != n->ctx)
		return;
	w->loops[node] = loop ? n->parent : w->loops[n->parent];
	if (!w->lines[node])
		w->lines[node] = loop ? 0 : w->lines[n->parent];
	if (is_known(w->counts[node]))
		return;
	if (around->kind == K_EXPRESSION_STATEMENT || around->kind == K_RETURN || around->kind == K_UNSAFE_BLOCK ||
	    (around->kind == K_LET && n->field == F_VALUE))
		w->counts[node] = w->counts[n->parent];
}

static void visit(struct walk *w, uint32_t node)
{
	struct rhook_program *p = w->program;
	const struct rhook_node *n = &p->nodes[node];
	const struct rhook_info *info = n->ctx == RHOOK_NONE ? NULL : &p->infos[n->ctx];

	if (!info || info->skip || n->parent == RHOOK_NONE)
		return;
	inherit(w, node);
	if (info->body == node) {
		if (!info->async && !info->closed)
			w->counts[node] = (struct rhook_count){COUNT_CALLS, n->ctx};
		if (info->role != ROLE_CLOSURE && is_known(w->counts[node])) /* the line of its name */
			add_record(w, info->name_node, w->counts[node], n->ctx);
		if (n->kind != K_BLOCK && is_known(w->counts[node]))
			add_line(w, node, w->counts[node]);
	} else if (is_value(p, node)) {
		visit_value(w, node);
	} else if (n->kind == K_IF && p->nodes[n->parent].kind == K_ELSE) {
		visit_else_if(w, node);
	}
	if (n->kind == K_BLOCK)
		visit_block(w, node);
	else if (n->kind == K_IF)
		visit_if(w, node);
	if (is_loop(n->kind) && w->own && has_tally(w, node)) {
		add_edit(w, EDIT_TALLY, n->start, node, 0);
		add_end(w, n->end, node);
	}
}

static bool find_anchors(struct walk *w)
{
	const struct rhook_program *p = w->program;

	for (size_t b = 0; b < p->block_count; b++) {
		const struct rhook_counted *block = &p->blocks[b];
		if (block->calls < 2)
			continue;
		if (block->wrap != RHOOK_NONE ? !rhook_pairs_put(&w->anchors, block->wrap, 1, (uint32_t)b)
					      : !rhook_pairs_put(&w->anchors, block->anchor, 0, (uint32_t)b))
			return false;
	}
	return true;
}

static int by_loop(const void *a, const void *b)
{
	const struct rhook_tally *x = a, *y = b;

	if (x->loop != y->loop)
		return x->loop < y->loop ? -1 : 1;
	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

bool rhook_find_lines(struct rhook_program *program, const struct rhook_align *align)
{
	struct walk w = {.program = program, .align = align, .own = (program->input->flags & RHOOK_LINES) != 0};
	size_t count = program->node_count + 1;

	w.traits = calloc(count, sizeof *w.traits);
	w.counts = calloc(count, sizeof *w.counts);
	w.loops = malloc(count * sizeof *w.loops);
	w.lines = calloc(count, sizeof *w.lines);
	if (!w.traits || !w.counts || !w.loops || !w.lines || !find_names(&w) || !find_anchors(&w)) {
		program->no_memory = true;
	} else {
		for (size_t i = 0; i < count; i++)
			w.loops[i] = RHOOK_NONE;
		find_traits(&w);
	}
	for (uint32_t i = 0; i < program->node_count && !program->no_memory; i++)
		visit(&w, i);
	if (program->tally_count)
		qsort(program->tallies, program->tally_count, sizeof *program->tallies, by_loop);
	free(w.traits);
	free(w.ours);
	free(w.counts);
	free(w.loops);
	free(w.lines);
	rhook_pairs_free(&w.anchors);
	return !program->no_memory;
}

/* --- edits
 * ---------------------------------------------------------------------------------------------------------------------------------- */

/* The first variable of the loop, or where it would be. */
static size_t find_tally(const struct rhook_program *p, uint32_t loop)
{
	size_t from = 0, to = p->tally_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (p->tallies[middle].loop < loop)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void edit_tallies(const struct rhook_program *p, struct rhook_edits *edits, uint32_t at, uint32_t loop)
{
	size_t first = find_tally(p, loop);

	for (size_t i = first; i < p->tally_count && p->tallies[i].loop == loop; i++)
		rhook_editf(edits, at, 0, "%slet mut __rprof_t%u = %stally(%u); ", i == first ? "{ " : "", p->tallies[i].slot,
			    rhook_path(p, at), p->tallies[i].slot);
}

void rhook_edit_line_ends(const struct rhook_program *program, struct rhook_edits *edits)
{
	for (size_t i = 0; i < program->line_end_count; i++) {
		uint32_t loop = program->line_ends[i].loop;
		size_t tally = loop == RHOOK_NONE ? 0 : find_tally(program, loop);
		if (loop == RHOOK_NONE || (tally < program->tally_count && program->tallies[tally].loop == loop))
			rhook_edit(edits, program->line_ends[i].at, 0, " }");
	}
}

void rhook_edit_lines(const struct rhook_program *program, struct rhook_edits *edits)
{
	for (size_t i = 0; i < program->line_edit_count; i++) {
		const struct rhook_line_edit *e = &program->line_edits[i];
		switch ((enum edit)e->what) {
		case EDIT_NOTHING:
			break;
		case EDIT_LINE:
			rhook_editf(edits, e->at, 0, "%sline(%u); ", rhook_path(program, e->at), e->slot);
			break;
		case EDIT_COUNT:
			rhook_editf(edits, e->at, 0, "%scount(%u); ", rhook_path(program, e->at), e->slot);
			break;
		case EDIT_HIT:
			rhook_editf(edits, e->at, 0, "__rprof_t%u.hit(); ", e->slot);
			break;
		case EDIT_GUARD:
			rhook_editf(edits, e->at, 0, "let mut __rprof_l%u = %slines(%u); ", e->guard, rhook_path(program, e->at), e->slot);
			break;
		case EDIT_STEP:
			rhook_editf(edits, e->at, 0, "__rprof_l%u.at(%u); ", e->guard, e->slot);
			break;
		case EDIT_DROP:
			rhook_editf(edits, e->at, 0, "__rprof_l%u.last(); ", e->guard);
			break;
		case EDIT_OPEN:
			rhook_edit(edits, e->at, 0, "{ ");
			break;
		case EDIT_TALLY:
			edit_tallies(program, edits, e->at, e->slot);
			break;
		}
	}
}
