/*
 * Where accounts are opened. What is allocated is on the account of the function that named itself the owner last. A function does so
 * (`own`) just before the first thing that may allocate, not at its start, so that a path which allocates nothing costs nothing: not before
 * `if empty { return Err(text.to_string()) }` but within it. Behind a known call whose target may have opened an account of its own, the
 * owner is not known; the next thing that may allocate names it again, or, where no statement can be put in between, the call does when it
 * comes back (`back`). Entry wrappers put the owner back that they found, so callers that we don't know of notice nothing.
 *
 * A walk over the statements in the order of evaluation carries one bit, "the owner is this function". Branches, arms and bodies of loops
 * are walked into; anything else is a leaf, where only the first place and the last one count.
 */
#include "rhook_owner.h"

#include <stdlib.h>

#define DEEP 64 /* deeper blocks are leaves */

enum { NEEDS = 1, CLOBBERS = 2 }; /* something below may allocate by itself; some known call below may leave another owner */

struct walker {
	struct rhook_program *program;
	const struct rhook_accounts *accounts;
	uint8_t *below;		   /* by node */
	struct rhook_sites *sites; /* NULL: not by line */
};

/* Where a statement can be put that runs just before something. */
struct spot {
	uint32_t node;
	bool wrap; /* braces are needed: the value of an arm */
};

static bool visit(struct walker *w, uint32_t node, struct spot spot, bool set, int depth);

/* --- what is below a node ----------------------------------------------------------------------------------------------------- */

static bool is_clobbering(const struct walker *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	const struct rhook_info *target;
	uint32_t result;

	if (p->nodes[node].call == RHOOK_NONE)
		return false;
	target = &p->infos[p->calls[p->nodes[node].call].target];
	result = rhook_child(p, target->node, F_RETURN_TYPE);
	return w->accounts->reaches[target->cycle] && (result == RHOOK_NONE || !rhook_node_is(p, result, "!"));
}

static void look_below(struct walker *w)
{
	const struct rhook_program *p = w->program;

	for (uint32_t i = (uint32_t)p->node_count; i-- > 0;) {
		uint32_t parent = p->nodes[i].parent;
		w->below[i] |= (uint8_t)((w->accounts->direct[i] ? NEEDS : 0) | (is_clobbering(w, i) ? CLOBBERS : 0));
		if (parent != RHOOK_NONE && p->nodes[parent].ctx == p->nodes[i].ctx)
			w->below[parent] |= w->below[i];
	}
}

static uint8_t below(const struct walker *w, uint32_t node)
{
	return node == RHOOK_NONE ? 0 : w->below[node];
}

static uint32_t only_part(const struct rhook_program *p, uint32_t node)
{
	uint32_t part = rhook_first(p, node);

	while (part != RHOOK_NONE && (!p->nodes[part].named || rhook_is_comment(&p->nodes[part]) || p->nodes[part].kind == K_LABEL))
		part = rhook_next(p, part);
	return part;
}

/* --- openings ------------------------------------------------------------------------------------------------------------------ */

static void open_at(struct walker *w, struct spot spot, uint32_t site)
{
	struct rhook_program *p = w->program;
	struct rhook_opening *opening = RHOOK_PUSH(p, p->openings, p->opening_count, p->opening_capacity);
	uint32_t first = spot.node;

	if (!opening)
		return;
	for (uint32_t a = p->nodes[first].previous; a != RHOOK_NONE && (p->nodes[a].kind == K_ATTRIBUTE || rhook_is_comment(&p->nodes[a]));
	     a = p->nodes[a].previous)
		if (p->nodes[a].kind == K_ATTRIBUTE)
			first = a;
	*opening = (struct rhook_opening){
	    .fn = p->nodes[spot.node].ctx, .start = p->nodes[first].start, .end = spot.wrap ? p->nodes[spot.node].end : 0, .site = site};
}

/* Of two nodes of one tree, is `a` evaluated before `b`? Parts come before the whole. */
static bool precedes(const struct rhook_program *p, uint32_t a, uint32_t b)
{
	return p->nodes[a].last < p->nodes[b].last || (p->nodes[a].last == p->nodes[b].last && a > b);
}

static bool is_loop(uint8_t kind)
{
	return kind == K_LOOP || kind == K_WHILE || kind == K_FOR;
}

/* Runs more than once within `leaf`, so that what stands before it may come behind it. */
static bool is_repeated(const struct rhook_program *p, uint32_t node, uint32_t leaf)
{
	for (; node != leaf; node = p->nodes[node].parent)
		if (is_loop(p->nodes[node].kind))
			return true;
	return is_loop(p->nodes[leaf].kind);
}

static bool is_certain(const struct rhook_program *p, uint32_t node, uint32_t leaf)
{
	for (; node != leaf; node = p->nodes[node].parent)
		if (rhook_is_conditional(p, node))
			return false;
	return true;
}

/* What there is to know of a leaf: what happens first and last in it. */
struct leaf {
	uint32_t first, first_need, last_need;
	bool backwards; /* something is not evaluated in the order of the text */
	bool loops;
};

/*
 * The left side of an assignment is evaluated last. `vec![f(), g()]` takes its memory before it calls f.
 */
static bool is_backwards(const struct walker *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	uint32_t name;

	switch (p->nodes[node].kind) {
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		return below(w, rhook_child(p, node, F_LEFT)) != 0;
	case K_CALL:
		name = below(w, node) & CLOBBERS ? rhook_callee_name(p, node) : RHOOK_NONE;
		return name != RHOOK_NONE && rhook_macro_at(p, p->nodes[name].start) && rhook_node_is(p, name, "vec");
	default:
		return false;
	}
}

static struct leaf look_into(const struct walker *w, uint32_t node)
{
	const struct rhook_program *p = w->program;
	struct leaf leaf = {.first = RHOOK_NONE, .first_need = RHOOK_NONE, .last_need = RHOOK_NONE};

	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		bool need = w->accounts->direct[i];
		if (p->nodes[i].ctx != p->nodes[node].ctx)
			continue;
		leaf.loops |= is_loop(p->nodes[i].kind);
		leaf.backwards |= is_backwards(w, i);
		if ((need || is_clobbering(w, i)) && (leaf.first == RHOOK_NONE || precedes(p, i, leaf.first)))
			leaf.first = i;
		if (need && (leaf.first_need == RHOOK_NONE || precedes(p, i, leaf.first_need)))
			leaf.first_need = i;
		if (need && (leaf.last_need == RHOOK_NONE || precedes(p, leaf.last_need, i)))
			leaf.last_need = i;
	}
	return leaf;
}

/*
 * Every call that something of the function's own may follow gives the account back. Is the function the owner at the end? `repeated`: it
 * is evaluated again without passing the spot.
 */
static bool visit_values(struct walker *w, uint32_t node, struct spot spot, bool set, bool repeated)
{
	struct rhook_program *p = w->program;
	struct leaf leaf = look_into(w, node);
	uint32_t site = RHOOK_NONE;
	bool after = true;

	if (w->sites) {
		site = rhook_site_of(w->sites, leaf.first_need == RHOOK_NONE ? node : leaf.first_need);
		rhook_site_within(w->sites, node, site, repeated);
	}
	for (uint32_t i = node; i < p->nodes[node].last; i++) {
		struct rhook_call *call;
		if (p->nodes[i].ctx != p->nodes[node].ctx || !is_clobbering(w, i))
			continue;
		call = &p->calls[p->nodes[i].call];
		call->back = leaf.backwards || precedes(p, i, leaf.last_need) || (leaf.loops && is_repeated(p, i, node));
		call->site = w->sites ? rhook_site_inside(w->sites, i) : RHOOK_NONE;
		after &= call->back;
	}
	if (w->sites) {
		open_at(w, spot, site);
		return false;
	}
	if (!set && !(p->nodes[leaf.first].call != RHOOK_NONE && p->calls[p->nodes[leaf.first].call].back && !leaf.backwards &&
		      is_certain(p, leaf.first, node)))
		open_at(w, spot, site);
	return after;
}

static bool visit_leaf(struct walker *w, uint32_t node, struct spot spot, bool set)
{
	return visit_values(w, node, spot, set, false);
}

/* --- the walk -------------------------------------------------------------------------------------------------------------------- */

/* Something that is evaluated straight before what follows, such as a condition. */
static bool visit_head(struct walker *w, uint32_t node, struct spot spot, bool set)
{
	if (below(w, node) & NEEDS)
		return set && !(below(w, node) & CLOBBERS) ? true : visit_leaf(w, node, spot, set);
	return set && !(below(w, node) & CLOBBERS);
}

static bool is_statement(const struct rhook_node *node)
{
	return node->named && !rhook_is_comment(node) && node->kind != K_LABEL && node->kind != K_ATTRIBUTE &&
	       node->kind != K_INNER_ATTRIBUTE;
}

static bool leaves(const struct rhook_program *p, uint32_t statement)
{
	uint32_t part = p->nodes[statement].kind == K_EXPRESSION_STATEMENT ? only_part(p, statement) : statement;
	uint8_t kind = part == RHOOK_NONE ? K_OTHER : p->nodes[part].kind;

	return kind == K_RETURN || kind == K_BREAK || kind == K_CONTINUE;
}

static bool visit_block(struct walker *w, uint32_t block, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	uint32_t last = RHOOK_NONE;
	bool before = set;

	for (uint32_t c = rhook_first(p, block); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!is_statement(&p->nodes[c]) || p->nodes[c].ctx != p->nodes[block].ctx)
			continue;
		set = visit(w, c, (struct spot){.node = c}, set, depth + 1);
		last = c;
	}
	/* `break 'label` comes out at the end, whoever was the owner, and perhaps before this function was. */
	if (rhook_first(p, block) != RHOOK_NONE && p->nodes[rhook_first(p, block)].kind == K_LABEL)
		return before && !(below(w, block) & CLOBBERS);
	return set || (last != RHOOK_NONE && leaves(p, last)); /* nothing comes behind what leaves */
}

/* No statement can be put in front of the later conditions of a chain. */
static bool has_late_condition(const struct walker *w, uint32_t node)
{
	const struct rhook_program *p = w->program;

	for (int i = 0; node != RHOOK_NONE && p->nodes[node].kind == K_IF; i++) {
		uint32_t other = rhook_child(p, node, F_ALTERNATIVE);
		if (i > 0 && below(w, rhook_child(p, node, F_CONDITION)) & NEEDS)
			return true;
		node = other == RHOOK_NONE ? RHOOK_NONE : only_part(p, other);
	}
	return false;
}

static bool visit_if(struct walker *w, uint32_t node, struct spot spot, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	bool after = true;

	if (has_late_condition(w, node))
		return visit_leaf(w, node, spot, set);
	while (node != RHOOK_NONE && p->nodes[node].kind == K_IF) {
		uint32_t then = rhook_child(p, node, F_CONSEQUENCE), other = rhook_child(p, node, F_ALTERNATIVE);
		set = visit_head(w, rhook_child(p, node, F_CONDITION), spot, set);
		after &= then == RHOOK_NONE || visit_block(w, then, set, depth);
		node = other == RHOOK_NONE ? RHOOK_NONE : only_part(p, other);
	}
	return node == RHOOK_NONE ? after && set : visit_block(w, node, set, depth) && after;
}

static bool visit_match(struct walker *w, uint32_t node, struct spot spot, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	uint32_t arms = rhook_child(p, node, F_BODY);
	bool after = true;

	for (uint32_t arm = arms == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arms); arm != RHOOK_NONE; arm = rhook_next(p, arm))
		if (below(w, rhook_child(p, arm, F_PATTERN)) & (NEEDS | CLOBBERS))
			return visit_leaf(w, node, spot, set);
	set = visit_head(w, rhook_child(p, node, F_VALUE), spot, set);
	for (uint32_t arm = arms == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arms); arm != RHOOK_NONE; arm = rhook_next(p, arm)) {
		uint32_t value = rhook_child(p, arm, F_VALUE);
		if (value != RHOOK_NONE)
			after &= visit(w, value, (struct spot){.node = value, .wrap = true}, set, depth + 1) || leaves(p, value);
	}
	return after;
}

/* By line: what the loop asks for each time around names the loop's line, its body the others. */
static bool visit_loop_lines(struct walker *w, uint32_t node, struct spot spot, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	bool is_for = p->nodes[node].kind == K_FOR;
	uint32_t body = rhook_child(p, node, F_BODY), head = rhook_child(p, node, is_for ? F_VALUE : F_CONDITION);

	if (body == RHOOK_NONE || p->nodes[body].kind != K_BLOCK || (is_for && head == RHOOK_NONE))
		return visit_leaf(w, node, spot, false);
	if (!is_for && below(w, head) & NEEDS && !rhook_site_only_moves(w->sites, head))
		return visit_leaf(w, node, spot, false);
	if (below(w, head) & NEEDS)
		visit_values(w, head, spot, false, !is_for);
	else if (w->accounts->direct[node])
		open_at(w, spot, rhook_site_of(w->sites, node));
	if (w->accounts->direct[node])
		rhook_site_each(w->sites, node, head);
	visit_block(w, body, false, depth);
	return false;
}

/* Here something needs the owner, and either it is not set or the loop changes it. */
static bool visit_loop(struct walker *w, uint32_t node, struct spot spot, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	uint32_t body = rhook_child(p, node, F_BODY), condition = rhook_child(p, node, F_CONDITION), over = rhook_child(p, node, F_VALUE);

	if (w->sites)
		return visit_loop_lines(w, node, spot, depth);
	if (!(below(w, node) & CLOBBERS)) {
		open_at(w, spot, RHOOK_NONE);
		return true;
	}
	if (body == RHOOK_NONE || p->nodes[body].kind != K_BLOCK || below(w, condition) & NEEDS || !(below(w, body) & CLOBBERS))
		return visit_leaf(w, node, spot, set);
	visit_head(w, over, spot, set);
	visit_block(w, body, false, depth);
	return false;
}

static bool visit_parts(struct walker *w, uint32_t node, struct spot spot, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	uint32_t part = RHOOK_NONE;

	switch (p->nodes[node].kind) {
	case K_IF:
		return visit_if(w, node, spot, set, depth);
	case K_MATCH:
		return visit_match(w, node, spot, set, depth);
	case K_LOOP:
	case K_WHILE:
	case K_FOR:
		return visit_loop(w, node, spot, set, depth);
	case K_BLOCK:
		return visit_block(w, node, set, depth);
	case K_EXPRESSION_STATEMENT:
	case K_UNSAFE_BLOCK:
		part = only_part(p, node);
		break;
	case K_RETURN:
		part = only_part(p, node);
		return part == RHOOK_NONE || visit(w, part, spot, set, depth + 1) || true;
	case K_LET:
		part = rhook_child(p, node, F_ALTERNATIVE) == RHOOK_NONE ? rhook_child(p, node, F_VALUE) : RHOOK_NONE;
		break;
	case K_ASSIGNMENT:
	case K_COMPOUND_ASSIGNMENT:
		part = below(w, rhook_child(p, node, F_LEFT)) ? RHOOK_NONE : rhook_child(p, node, F_RIGHT);
		break;
	default:
		break;
	}
	return part == RHOOK_NONE ? visit_leaf(w, node, spot, set) : visit(w, part, spot, set, depth + 1);
}

/* `set`: the function is the owner before it. Returns whether it is behind it. By line nothing is relied on. */
static bool visit(struct walker *w, uint32_t node, struct spot spot, bool set, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	const struct rhook_program *p = w->program;
	uint8_t what = below(w, node);
	bool walked = w->sites && is_loop(p->nodes[node].kind);

	set = set && !w->sites;
	if (!(what & NEEDS) || (set && !(what & CLOBBERS)))
		return set && !(what & CLOBBERS);
	if (depth > DEEP || (w->accounts->direct[node] && !walked))
		return visit_leaf(w, node, spot, set);
	return visit_parts(w, node, spot, set, depth);
}

static void visit_function(struct walker *w, uint32_t fn)
{
	const struct rhook_program *p = w->program;
	const struct rhook_info *info = &p->infos[fn];

	if (!info->allocates || info->skip || info->body == RHOOK_NONE)
		return;
	/* Without a token it can't name itself but at its entry. */
	if (info->closed && !w->sites)
		visit_leaf(w, info->body, (struct spot){.node = info->body}, true);
	else
		visit(w, info->body, (struct spot){.node = info->body}, false, 0);
}

bool rhook_open_accounts(struct rhook_program *program, const struct rhook_accounts *accounts)
{
	struct walker w = {.program = program, .accounts = accounts};

	w.below = calloc(program->node_count + 1, sizeof *w.below);
	if (program->input->flags & RHOOK_BY_LINE)
		w.sites = rhook_sites_new(program, accounts);
	if (!w.below || (program->input->flags & RHOOK_BY_LINE && !w.sites)) {
		free(w.below);
		rhook_sites_free(w.sites);
		return false;
	}
	look_below(&w);
	for (uint32_t f = 0; f < program->fn_count && !program->no_memory; f++)
		visit_function(&w, f);
	free(w.below);
	rhook_sites_free(w.sites);
	return !program->no_memory;
}
