/*
 * Which calls are known: lexical scopes, from the text alone. Two sweeps over the nodes keep, for every name, the stack of what binds it
 * there: the first files the functions of modules and types, the second looks the calls up. Whatever is not certain is unknown, which costs
 * a little time in the instrumented program and nothing else; so bindings are taken wider than they are, never narrower.
 */
#include "rhook_program.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum space { VALUES, TYPES };

enum what {
	IS_UNKNOWN, /* a local, an import, a constant, ... */
	IS_FN,	    /* index: function */
	IS_TYPE,    /* index: type */
	IS_MODULE,  /* index: module */
	IS_BARRIER, /* from here outwards nothing is certain: a glob import, a macro that may define names */
};

struct binding {
	uint32_t name, from, to; /* visible in the nodes [from, to) */
	uint32_t index, module;
	uint32_t outer; /* binding of the same name around it */
	uint32_t order;
	uint32_t type_node; /* a local: what its type can be read from */
	uint8_t space, what;
	bool item;
};

struct resolver {
	struct rhook_program *program;
	struct binding *bindings;
	size_t count, capacity;
	uint32_t *active; /* bindings in force, innermost last */
	size_t active_count;
	uint32_t *top[2]; /* by name: innermost binding */
	size_t name_count;
	uint32_t barrier; /* innermost barrier, a binding */

	uint32_t *module_parent, *module_node;
	size_t module_count, parent_capacity, module_capacity;
	uint32_t *modules; /* stack of enclosing modules */
	size_t module_depth, stack_capacity;
	uint32_t *impls; /* stack of enclosing impls */
	size_t impl_depth, impl_capacity;

	uint32_t type_count;
	struct rhook_pairs type_of_node; /* (node, 0) -> type, of struct, enum, impl */
	struct rhook_pairs fn_of_node;	 /* (node, 0) -> function */
	struct rhook_pairs in_module[2]; /* (module, name) -> binding + 1, 0 = more than one */
	struct rhook_pairs inherent;	 /* (type, name) -> function, AMBIGUOUS */
	struct rhook_pairs trait_fns;	 /* (name, 0) -> 1: some trait has a method of this name */
	struct rhook_pairs local_type;	 /* (binding, 0) -> type */
	bool methods;			 /* method syntax may be looked at: no macro and no import hides a trait */
	bool iterators;			 /* Iterator is implemented here */
};
#define AMBIGUOUS (UINT32_MAX - 1)

/* --- what binds what ------------------------------------------------------------------------------------------------------ */

static struct binding *add_binding(struct resolver *r, enum space space, enum what what, uint32_t name, uint32_t from, uint32_t to)
{
	struct binding *b;

	if (name == RHOOK_NONE && what != IS_BARRIER)
		return NULL;
	b = RHOOK_PUSH(r->program, r->bindings, r->count, r->capacity);
	if (b)
		*b = (struct binding){
		    .name = name, .from = from, .to = to, .space = (uint8_t)space, .what = (uint8_t)what, .type_node = RHOOK_NONE};
	return b;
}

static bool binds_all(enum rhook_kind kind)
{
	return kind == K_BLOCK || kind == K_DECLARATION_LIST || kind == K_OTHER;
}

/* An item is visible in the whole block or module that it stands in. */
static void bind_item(struct resolver *r, enum space space, enum what what, uint32_t node, uint32_t index)
{
	struct rhook_program *p = r->program;
	uint32_t name = rhook_child(p, node, F_NAME), scope = p->nodes[node].parent;
	struct binding *b;

	if (name == RHOOK_NONE || scope == RHOOK_NONE || !binds_all(p->nodes[scope].kind))
		return;
	b = add_binding(r, space, what, rhook_node_name(p, name), scope, p->nodes[scope].last);
	if (b) {
		b->index = index;
		b->item = true;
	}
}

static void bind_unknown_item(struct resolver *r, uint32_t node, uint32_t name)
{
	struct rhook_program *p = r->program;
	uint32_t scope = p->nodes[node].parent;

	for (int space = VALUES; space <= TYPES; space++) {
		struct binding *b = add_binding(r, (enum space)space, IS_UNKNOWN, name, scope, p->nodes[scope].last);
		if (b)
			b->item = true;
	}
}

static void bind_use(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t end = p->nodes[node].last;

	for (uint32_t i = node + 1; i < end;) {
		const struct rhook_node *n = &p->nodes[i];
		if (n->kind == K_USE_WILDCARD) {
			uint32_t scope = p->nodes[node].parent;
			if (p->nodes[scope].kind == K_BLOCK)
				add_binding(r, VALUES, IS_BARRIER, RHOOK_NONE, scope, p->nodes[scope].last);
			if (!rhook_node_is(p, node, "use super::*;"))
				r->methods = false;
			i = n->last;
		} else if (n->kind == K_SELF && n->field != F_PATH) {
			uint32_t list = p->nodes[n->parent].parent, path = rhook_child(p, list, F_PATH);
			if (path != RHOOK_NONE && p->nodes[path].kind == K_SCOPED_IDENTIFIER)
				path = rhook_child(p, path, F_NAME);
			if (path != RHOOK_NONE)
				bind_unknown_item(r, node, rhook_node_name(p, path));
			i++;
		} else if (n->field == F_PATH) {
			i = n->last;
		} else {
			if (n->kind == K_IDENTIFIER || n->kind == K_TYPE_IDENTIFIER)
				bind_unknown_item(r, node, rhook_node_name(p, i));
			i++;
		}
	}
}

/* Traits of other crates may have methods that hide those of a type; those of the standard library are known. */
static void look_at_import(struct resolver *r, uint32_t node)
{
	static const char *const safe[] = {"std::", "core::", "alloc::", "crate::", "self::", "super::"};
	uint32_t argument = rhook_child(r->program, node, F_ARGUMENT);

	if (argument == RHOOK_NONE)
		return;
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		if (strncmp(r->program->text + r->program->nodes[argument].start, safe[i], strlen(safe[i])) == 0)
			return;
	r->methods = false;
	r->program->leads_out = true;
}

/* Every name in a pattern, be it a binding or a constant. */
static void bind_pattern(struct resolver *r, uint32_t pattern, uint32_t from, uint32_t to, uint32_t type_node)
{
	struct rhook_program *p = r->program;
	bool simple = p->nodes[pattern].kind == K_IDENTIFIER;

	for (uint32_t i = pattern; i < p->nodes[pattern].last; i++) {
		struct binding *b;
		uint8_t kind = p->nodes[i].kind;
		if (kind != K_IDENTIFIER && kind != K_SHORTHAND_FIELD && kind != K_SELF)
			continue;
		b = add_binding(r, VALUES, IS_UNKNOWN, rhook_node_name(p, i), from, to);
		if (b && simple)
			b->type_node = type_node;
	}
}

static uint32_t enclosing(const struct rhook_program *p, uint32_t node, enum rhook_kind a, enum rhook_kind b, enum rhook_kind c)
{
	uint32_t at = p->nodes[node].parent;

	for (int i = 0; i < 64 && at != RHOOK_NONE; i++, at = p->nodes[at].parent)
		if (p->nodes[at].kind == a || p->nodes[at].kind == b || p->nodes[at].kind == c)
			return at;
	return p->nodes[node].parent;
}

static void bind_locals(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	const struct rhook_node *n = &p->nodes[node];
	uint32_t pattern, scope, from = node, to = n->last;

	switch (n->kind) {
	case K_LET:
		from = n->last;
		to = p->nodes[n->parent].last;
		break;
	case K_LET_CONDITION:
		scope = enclosing(p, node, K_IF, K_WHILE, K_MATCH_ARM);
		from = n->last;
		to = p->nodes[scope].last;
		break;
	case K_FOR:
		from = rhook_child(p, node, F_BODY);
		if (from == RHOOK_NONE)
			return;
		break;
	case K_PARAMETER: /* of a function: up to its end */
		to = p->nodes[p->nodes[n->parent].parent].last;
		break;
	case K_SELF_PARAMETER:
		bind_pattern(r, node, from, p->nodes[p->nodes[n->parent].parent].last, RHOOK_NONE);
		return;
	case K_CLOSURE_PARAMETERS:
		for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
			if (p->nodes[c].named && p->nodes[c].kind != K_PARAMETER)
				bind_pattern(r, c, node, p->nodes[n->parent].last, RHOOK_NONE);
		return;
	default:
		break;
	}
	pattern = rhook_child(p, node, F_PATTERN);
	if (pattern != RHOOK_NONE && from < to)
		bind_pattern(r, pattern, from, to, node);
}

static void bind_type_parameters(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t owner = p->nodes[node].parent;

	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t name = rhook_child(p, c, F_NAME);
		if (name == RHOOK_NONE)
			continue;
		add_binding(r, TYPES, IS_UNKNOWN, rhook_node_name(p, name), owner, p->nodes[owner].last);
		add_binding(r, VALUES, IS_UNKNOWN, rhook_node_name(p, name), owner, p->nodes[owner].last);
	}
}

static void look_at_macro(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t scope = p->nodes[node].parent;

	if (p->nodes[scope].kind == K_EXPRESSION_STATEMENT)
		scope = p->nodes[scope].parent;
	if (scope == RHOOK_NONE || !binds_all(p->nodes[scope].kind) || rhook_is_standard_macro(p, node))
		return;
	if (p->nodes[scope].kind == K_BLOCK)
		add_binding(r, VALUES, IS_BARRIER, RHOOK_NONE, scope, p->nodes[scope].last);
	r->methods = false;
}

static void add_type(struct resolver *r, uint32_t node)
{
	uint32_t type = r->type_count++;

	bind_item(r, TYPES, IS_TYPE, node, type);
	bind_item(r, VALUES, IS_UNKNOWN, node, 0);
	if (!rhook_pairs_put(&r->type_of_node, node, 0, type))
		r->program->no_memory = true;
}

static void add_module(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;

	if (rhook_child(p, node, F_BODY) == RHOOK_NONE) {
		bind_item(r, TYPES, IS_UNKNOWN, node, 0);
		r->methods = false; /* another file, which may have traits */
		return;
	}
	if (!rhook_grow(p, (void **)&r->module_parent, &r->parent_capacity, r->module_count, sizeof(uint32_t)) ||
	    !rhook_grow(p, (void **)&r->module_node, &r->module_capacity, r->module_count, sizeof(uint32_t)))
		return;
	r->module_parent[r->module_count] = r->module_depth ? r->modules[r->module_depth - 1] : 0;
	r->module_node[r->module_count] = node;
	bind_item(r, TYPES, rhook_may_be_left_out(p, node) ? IS_UNKNOWN : IS_MODULE, node, (uint32_t)r->module_count);
	if (!rhook_pairs_put(&r->type_of_node, node, 0, (uint32_t)r->module_count))
		p->no_memory = true;
	r->module_count++;
}

/* `crate` and `super` of a text that is a module, but in `pub(crate)`: what is called there may end the process. */
static void look_at_way_out(struct resolver *r, uint32_t node)
{
	const struct rhook_node *n = &r->program->nodes[node];
	bool visibility = n->parent != RHOOK_NONE && strncmp(r->program->text + r->program->nodes[n->parent].start, "pub(", 4) == 0;

	if (!visibility && (n->kind == K_CRATE || r->module_depth == 0 || n->field == F_NAME))
		r->program->leads_out = true;
}

static void collect_node(struct resolver *r, uint32_t i)
{
	struct rhook_program *p = r->program;
	const struct rhook_node *n = &p->nodes[i];
	uint32_t fn;

	switch (n->kind) {
	case K_FUNCTION:
		fn = rhook_pairs_get(&r->fn_of_node, i, 0);
		if (fn != RHOOK_NONE && p->infos[fn].role == ROLE_FREE)
			bind_item(r, VALUES, IS_FN, i, fn);
		break;
	case K_STRUCT:
	case K_ENUM:
	case K_UNION:
		add_type(r, i);
		break;
	case K_MOD:
		add_module(r, i);
		break;
	case K_TRAIT:
	case K_TYPE_ALIAS:
		bind_item(r, TYPES, IS_UNKNOWN, i, 0);
		break;
	case K_CONST_ITEM:
	case K_STATIC_ITEM:
	case K_FUNCTION_SIGNATURE:
		bind_item(r, VALUES, IS_UNKNOWN, i, 0);
		break;
	case K_USE:
		bind_use(r, i);
		look_at_import(r, i);
		break;
	case K_CRATE:
	case K_SUPER:
		look_at_way_out(r, i);
		break;
	case K_EXTERN_CRATE:
		bind_item(r, TYPES, IS_UNKNOWN, i, 0);
		r->methods = false;
		break;
	case K_TYPE_PARAMETERS:
		bind_type_parameters(r, i);
		break;
	case K_MACRO_INVOCATION:
		look_at_macro(r, i);
		break;
	case K_MACRO_DEFINITION:
		r->methods = false;
		break;
	case K_LET:
	case K_LET_CONDITION:
	case K_MATCH_ARM:
	case K_FOR:
	case K_PARAMETER:
	case K_SELF_PARAMETER:
	case K_CLOSURE_PARAMETERS:
		bind_locals(r, i);
		break;
	default:
		break;
	}
}

/* --- sweep ---------------------------------------------------------------------------------------------------------------- */

static int by_scope(const void *left, const void *right)
{
	const struct binding *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to > b->to ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static uint32_t this_module(const struct resolver *r)
{
	return r->module_depth ? r->modules[r->module_depth - 1] : 0;
}

static void activate(struct resolver *r, uint32_t index)
{
	struct binding *b = &r->bindings[index];

	b->module = this_module(r);
	r->active[r->active_count++] = index;
	if (b->what == IS_BARRIER) {
		b->outer = r->barrier;
		r->barrier = index;
		return;
	}
	b->outer = r->top[b->space][b->name];
	/* Two items of one name in one scope, as `#[cfg]` allows: neither is certain. */
	if (b->item && b->outer != RHOOK_NONE && r->bindings[b->outer].item && r->bindings[b->outer].from == b->from)
		b->what = IS_UNKNOWN;
	r->top[b->space][b->name] = index;
}

static void deactivate(struct resolver *r)
{
	const struct binding *b = &r->bindings[r->active[--r->active_count]];

	if (b->what == IS_BARRIER)
		r->barrier = b->outer;
	else
		r->top[b->space][b->name] = b->outer;
}

static uint32_t lookup(const struct resolver *r, enum space space, uint32_t name)
{
	uint32_t found = name < r->name_count ? r->top[space][name] : RHOOK_NONE;

	if (found == RHOOK_NONE || r->bindings[found].module != this_module(r))
		return RHOOK_NONE;
	if (r->barrier != RHOOK_NONE && r->bindings[found].from <= r->bindings[r->barrier].from)
		return RHOOK_NONE;
	return found;
}

static bool push_index(struct resolver *r, uint32_t **stack, size_t *depth, size_t *capacity, uint32_t value)
{
	if (!rhook_grow(r->program, (void **)stack, capacity, *depth, sizeof **stack))
		return false;
	(*stack)[(*depth)++] = value;
	return true;
}

typedef void visit(struct resolver *r, uint32_t node);

/* Visit every node with the bindings that are in force there. `leave` is called behind each node's subtree. */
static void sweep(struct resolver *r, visit *enter, visit *leave)
{
	struct rhook_program *p = r->program;
	size_t next = 0;

	r->active_count = 0;
	r->barrier = RHOOK_NONE;
	for (size_t i = 0; i < r->name_count; i++)
		r->top[VALUES][i] = r->top[TYPES][i] = RHOOK_NONE;
	for (uint32_t i = 0; i < p->node_count && !p->no_memory; i++) {
		while (r->active_count && r->bindings[r->active[r->active_count - 1]].to <= i)
			deactivate(r);
		while (r->module_depth && i >= p->nodes[r->module_node[this_module(r)]].last)
			r->module_depth--;
		while (r->impl_depth && i >= p->nodes[r->impls[r->impl_depth - 1]].last)
			r->impl_depth--;
		if (p->nodes[i].kind == K_MOD && rhook_pairs_get(&r->type_of_node, i, 0) != RHOOK_NONE)
			push_index(r, &r->modules, &r->module_depth, &r->stack_capacity, rhook_pairs_get(&r->type_of_node, i, 0));
		else if (p->nodes[i].kind == K_IMPL || p->nodes[i].kind == K_TRAIT)
			push_index(r, &r->impls, &r->impl_depth, &r->impl_capacity, i);
		/* The parameters of a module or an item itself belong to the outer scope only by name; `from` tells. */
		while (next < r->count && r->bindings[next].from <= i) {
			if (r->bindings[next].to > i)
				activate(r, (uint32_t)next);
			next++;
		}
		if (enter)
			enter(r, i);
		for (uint32_t end = i; leave && p->nodes[end].last == i + 1; end = p->nodes[end].parent) {
			leave(r, end);
			if (p->nodes[end].parent == RHOOK_NONE)
				break;
		}
	}
	r->module_depth = r->impl_depth = 0;
}

/* --- first sweep: functions of modules and types ------------------------------------------------------------------------------ */

/* Type parameters alone as arguments: the impl is for every such type. */
static bool is_for_all(const struct resolver *r, uint32_t arguments)
{
	const struct rhook_program *p = r->program;

	for (uint32_t c = rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c)) {
		const struct rhook_node *n = &p->nodes[c];
		uint32_t found;
		if (!n->named || n->kind == K_LIFETIME || rhook_is_comment(n))
			continue;
		if (n->kind != K_TYPE_IDENTIFIER && n->kind != K_IDENTIFIER)
			return false;
		found = lookup(r, TYPES, rhook_node_name(r->program, c));
		if (found == RHOOK_NONE || r->bindings[found].what != IS_UNKNOWN || r->bindings[found].item)
			return false;
	}
	return true;
}

static uint32_t local_type(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t found;

	if (node == RHOOK_NONE)
		return RHOOK_NONE;
	if (p->nodes[node].kind == K_GENERIC_TYPE)
		node = rhook_child(p, node, F_TYPE);
	if (node == RHOOK_NONE || (p->nodes[node].kind != K_TYPE_IDENTIFIER && p->nodes[node].kind != K_IDENTIFIER))
		return RHOOK_NONE;
	if (rhook_node_is(p, node, "Self")) {
		uint32_t impl = r->impl_depth ? r->impls[r->impl_depth - 1] : RHOOK_NONE;
		return impl == RHOOK_NONE || p->nodes[impl].kind != K_IMPL ? RHOOK_NONE : rhook_pairs_get(&r->type_of_node, impl, 0);
	}
	found = lookup(r, TYPES, rhook_node_name(p, node));
	return found != RHOOK_NONE && r->bindings[found].what == IS_TYPE ? r->bindings[found].index : RHOOK_NONE;
}

static void file_impl(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t type = rhook_child(p, node, F_TYPE), arguments, local, trait = rhook_child(p, node, F_TRAIT);

	if (trait != RHOOK_NONE && p->nodes[trait].end - p->nodes[trait].start >= 8)
		r->iterators |= memcmp(p->text + p->nodes[trait].end - 8, "Iterator", 8) == 0;
	local = type == RHOOK_NONE ? RHOOK_NONE : local_type(r, type);
	if (local == RHOOK_NONE)
		return;
	arguments = p->nodes[type].kind == K_GENERIC_TYPE ? rhook_child_kind(p, type, K_TYPE_ARGUMENTS) : RHOOK_NONE;
	if (arguments != RHOOK_NONE && !is_for_all(r, arguments))
		return;
	if (!rhook_pairs_put(&r->type_of_node, node, 0, local))
		p->no_memory = true;
}

static void file_inherent(struct resolver *r, uint32_t type, uint32_t name, uint32_t fn)
{
	bool again = rhook_pairs_get(&r->inherent, type, name) != RHOOK_NONE;

	if (!rhook_pairs_put(&r->inherent, type, name, again ? AMBIGUOUS : fn))
		r->program->no_memory = true;
}

static void file_function(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t fn = rhook_pairs_get(&r->fn_of_node, node, 0), impl = r->impl_depth ? r->impls[r->impl_depth - 1] : RHOOK_NONE;
	struct rhook_info *info;

	if (fn == RHOOK_NONE)
		return;
	info = &p->infos[fn];
	if (info->role == ROLE_TRAIT_IMPL || info->role == ROLE_TRAIT_DEFAULT) {
		if (!rhook_pairs_put(&r->trait_fns, info->name, 0, 1))
			p->no_memory = true;
	}
	if ((info->role != ROLE_INHERENT && info->role != ROLE_TRAIT_IMPL) || impl == RHOOK_NONE)
		return;
	info->type = rhook_pairs_get(&r->type_of_node, impl, 0);
	if (info->role == ROLE_INHERENT && info->type != RHOOK_NONE)
		file_inherent(r, info->type, info->name, fn);
	else if (info->role == ROLE_INHERENT)
		info->whole = true;
}

static void file_node(struct resolver *r, uint32_t i)
{
	struct rhook_program *p = r->program;
	uint32_t name, type;

	switch (p->nodes[i].kind) {
	case K_IMPL:
		file_impl(r, i);
		break;
	case K_FUNCTION:
		file_function(r, i);
		break;
	case K_FUNCTION_SIGNATURE:
		name = rhook_child(p, i, F_NAME);
		if (name != RHOOK_NONE && !rhook_pairs_put(&r->trait_fns, rhook_node_name(p, name), 0, 1))
			p->no_memory = true;
		break;
	case K_ENUM_VARIANT: /* hides a function of the same name */
		name = rhook_child(p, i, F_NAME);
		type = rhook_pairs_get(&r->type_of_node, p->nodes[p->nodes[i].parent].parent, 0);
		if (name != RHOOK_NONE && type != RHOOK_NONE)
			file_inherent(r, type, rhook_node_name(p, name), AMBIGUOUS);
		break;
	default:
		break;
	}
}

/* Items of modules, for paths. An item is in a module, not in a block, when its scope is the module's own list. */
static void file_items(struct resolver *r)
{
	struct rhook_program *p = r->program;

	for (uint32_t i = 0; i < r->count; i++) {
		const struct binding *b = &r->bindings[i];
		uint32_t before;
		if (!b->item || (b->from && p->nodes[p->nodes[b->from].parent].kind != K_MOD))
			continue;
		before = rhook_pairs_get(&r->in_module[b->space], b->module, b->name);
		if (!rhook_pairs_put(&r->in_module[b->space], b->module, b->name, before == RHOOK_NONE ? i + 1 : 0))
			p->no_memory = true;
	}
}

/* --- second sweep: calls --------------------------------------------------------------------------------------------------- */

#define MAX_PATH 16

/* The nodes of the segments of the path in front of a name, outermost first; -1: not that simple. */
static int path_segments(const struct rhook_program *p, uint32_t path, uint32_t *segments)
{
	uint32_t reversed[MAX_PATH];
	int count = 0;

	while (path != RHOOK_NONE) {
		uint32_t name = path;
		if (count == MAX_PATH)
			return -1;
		switch (p->nodes[path].kind) {
		case K_SCOPED_IDENTIFIER:
		case K_SCOPED_TYPE:
			name = rhook_child(p, path, F_NAME);
			path = rhook_child(p, path, F_PATH);
			if (name == RHOOK_NONE || path == RHOOK_NONE)
				return -1; /* `::name` starts at another crate */
			break;
		case K_GENERIC_TYPE:
			name = rhook_child(p, path, F_TYPE);
			path = RHOOK_NONE;
			if (name == RHOOK_NONE || p->nodes[name].kind != K_TYPE_IDENTIFIER)
				return -1;
			break;
		default:
			path = RHOOK_NONE;
			break;
		}
		reversed[count++] = name;
	}
	for (int i = 0; i < count; i++)
		segments[i] = reversed[count - 1 - i];
	return count;
}

struct place {
	enum what what;
	uint32_t index;
};

static struct place first_segment(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	struct place unknown = {IS_UNKNOWN, 0};
	uint32_t found, type;

	switch (p->nodes[node].kind) {
	case K_CRATE:
		return p->input->flags & RHOOK_MODULE ? unknown : (struct place){IS_MODULE, 0};
	case K_SELF:
		return (struct place){IS_MODULE, this_module(r)};
	case K_SUPER:
		return this_module(r) ? (struct place){IS_MODULE, r->module_parent[this_module(r)]} : unknown;
	case K_IDENTIFIER:
	case K_TYPE_IDENTIFIER:
		break;
	default:
		return unknown;
	}
	if (rhook_node_is(p, node, "Self")) {
		type = local_type(r, node);
		return type == RHOOK_NONE ? unknown : (struct place){IS_TYPE, type};
	}
	found = lookup(r, TYPES, rhook_node_name(p, node));
	return found == RHOOK_NONE ? unknown : (struct place){r->bindings[found].what, r->bindings[found].index};
}

static struct place in_module(const struct resolver *r, enum space space, uint32_t module, uint32_t name)
{
	uint32_t found = rhook_pairs_get(&r->in_module[space], module, name);

	if (found == RHOOK_NONE || found == 0)
		return (struct place){IS_UNKNOWN, 0};
	return (struct place){r->bindings[found - 1].what, r->bindings[found - 1].index};
}

static uint32_t path_target(struct resolver *r, uint32_t path, uint32_t name)
{
	struct rhook_program *p = r->program;
	uint32_t segments[MAX_PATH], fn;
	int count = path_segments(p, path, segments);
	struct place at;

	if (count < 1)
		return RHOOK_NONE;
	at = first_segment(r, segments[0]);
	for (int i = 1; i < count && at.what == IS_MODULE; i++) {
		if (p->nodes[segments[i]].kind == K_SUPER && at.index == 0)
			return RHOOK_NONE;
		if (p->nodes[segments[i]].kind == K_SUPER)
			at.index = r->module_parent[at.index];
		else
			at = in_module(r, TYPES, at.index, rhook_node_name(p, segments[i]));
		if (at.what == IS_TYPE && i != count - 1)
			return RHOOK_NONE;
	}
	if (at.what == IS_MODULE) {
		at = in_module(r, VALUES, at.index, name);
		return at.what == IS_FN ? at.index : RHOOK_NONE;
	}
	if (at.what != IS_TYPE)
		return RHOOK_NONE;
	fn = rhook_pairs_get(&r->inherent, at.index, name);
	return fn == AMBIGUOUS ? RHOOK_NONE : fn;
}

/* By-value methods of the standard library may come before a method of the type that takes a reference. */
static bool is_common_method(const struct resolver *r, uint32_t name)
{
	static const char *const by_value[] = {"into",	"try_into", "into_iter", "max",	  "min",  "clamp",
					       "bytes", "chain",    "take",	 "lines", "split"};

	for (size_t i = 0; i < sizeof by_value / sizeof *by_value; i++)
		if (rhook_node_is(r->program, name, by_value[i]))
			return true;
	return r->iterators;
}

/* The type named by a parameter or `let`, without references; or that of `Point { .. }`, or of a known constructor. */
static uint32_t declared_type(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t type = rhook_child(p, node, F_TYPE), value;

	while (type != RHOOK_NONE && p->nodes[type].kind == K_REFERENCE_TYPE)
		type = rhook_child(p, type, F_TYPE);
	if (type != RHOOK_NONE)
		return local_type(r, type);
	value = p->nodes[node].kind == K_LET ? rhook_child(p, node, F_VALUE) : RHOOK_NONE;
	if (value == RHOOK_NONE)
		return RHOOK_NONE;
	if (p->nodes[value].kind == K_REFERENCE)
		value = rhook_child(p, value, F_VALUE);
	if (value != RHOOK_NONE && p->nodes[value].kind == K_STRUCT_EXPRESSION)
		return local_type(r, rhook_child(p, value, F_NAME));
	if (value != RHOOK_NONE && p->nodes[value].kind == K_CALL && p->nodes[value].call != RHOOK_NONE) {
		const struct rhook_info *info = &p->infos[p->calls[p->nodes[value].call].target];
		uint32_t result = rhook_child(p, info->node, F_RETURN_TYPE);
		if (result != RHOOK_NONE && rhook_node_is(p, result, "Self"))
			return info->role == ROLE_INHERENT ? info->type : RHOOK_NONE;
		return local_type(r, result);
	}
	return RHOOK_NONE;
}

static uint32_t receiver_type(struct resolver *r, uint32_t receiver)
{
	struct rhook_program *p = r->program;
	uint32_t found, known, impl;

	if (p->nodes[receiver].kind == K_SELF) {
		impl = r->impl_depth ? r->impls[r->impl_depth - 1] : RHOOK_NONE;
		if (impl == RHOOK_NONE || p->nodes[impl].kind != K_IMPL)
			return RHOOK_NONE;
		found = lookup(r, VALUES, rhook_node_name(p, receiver));
		/* The `self` of this impl's method: plain, or behind a reference. `self: Box<Self>` is a parameter, not this. */
		if (found == RHOOK_NONE || p->nodes[r->bindings[found].from].kind != K_SELF_PARAMETER)
			return RHOOK_NONE;
		if (rhook_child(p, r->bindings[found].from, F_TYPE) != RHOOK_NONE)
			return RHOOK_NONE;
		return rhook_pairs_get(&r->type_of_node, impl, 0);
	}
	if (p->nodes[receiver].kind != K_IDENTIFIER)
		return RHOOK_NONE;
	found = lookup(r, VALUES, rhook_node_name(p, receiver));
	if (found == RHOOK_NONE || r->bindings[found].type_node == RHOOK_NONE)
		return RHOOK_NONE;
	known = rhook_pairs_get(&r->local_type, found, 0);
	if (known == RHOOK_NONE) {
		known = declared_type(r, r->bindings[found].type_node);
		if (!rhook_pairs_put(&r->local_type, found, 0, known == RHOOK_NONE ? AMBIGUOUS : known))
			p->no_memory = true;
	}
	return known == AMBIGUOUS ? RHOOK_NONE : known;
}

static bool takes_self(const struct rhook_program *p, uint32_t fn)
{
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	return parameters != RHOOK_NONE && rhook_child_kind(p, parameters, K_SELF_PARAMETER) != RHOOK_NONE;
}

static uint32_t method_target(struct resolver *r, uint32_t callee, uint32_t field)
{
	struct rhook_program *p = r->program;
	uint32_t receiver = rhook_child(p, callee, F_VALUE), name = rhook_node_name(p, field), type, fn;

	if (!r->methods || receiver == RHOOK_NONE || rhook_pairs_get(&r->trait_fns, name, 0) != RHOOK_NONE || is_common_method(r, field))
		return RHOOK_NONE;
	type = receiver_type(r, receiver);
	fn = type == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&r->inherent, type, name);
	return fn == RHOOK_NONE || fn == AMBIGUOUS || !takes_self(p, fn) ? RHOOK_NONE : fn;
}

static bool may_count(const struct rhook_program *p, uint32_t ctx)
{
	return ctx != RHOOK_NONE && !p->infos[ctx].skip && !p->infos[ctx].closed;
}

static void resolve_call(struct resolver *r, uint32_t node)
{
	struct rhook_program *p = r->program;
	uint32_t callee, name, target = RHOOK_NONE, found, ctx = p->nodes[node].ctx;
	struct rhook_call *call;

	if (p->nodes[node].kind != K_CALL || !may_count(p, ctx))
		return;
	name = rhook_callee_name(p, node);
	if (name == RHOOK_NONE || rhook_macro_at(p, p->nodes[name].start))
		return;
	callee = p->nodes[name].parent;
	if (p->nodes[callee].kind == K_SCOPED_IDENTIFIER && p->nodes[name].field == F_NAME) {
		uint32_t path = rhook_child(p, callee, F_PATH);
		if (path != RHOOK_NONE)
			target = path_target(r, path, rhook_node_name(p, name));
	} else if (p->nodes[callee].kind == K_FIELD_EXPRESSION) {
		target = method_target(r, callee, name);
	} else {
		found = lookup(r, VALUES, rhook_node_name(p, name));
		if (found != RHOOK_NONE && r->bindings[found].what == IS_FN)
			target = r->bindings[found].index;
		else if (found == RHOOK_NONE && islower((unsigned char)p->text[p->nodes[name].start]) && !rhook_node_is(p, name, "drop"))
			p->leads_out = true; /* of the module that it is included into */
	}
	if (target == RHOOK_NONE || p->infos[target].skip || p->infos[target].whole || p->infos[target].async)
		return;
	if (rhook_child(p, node, F_ARGUMENTS) == RHOOK_NONE)
		return;
	call = RHOOK_PUSH(p, p->calls, p->call_count, p->call_capacity);
	if (!call)
		return;
	*call = (struct rhook_call){.node = node, .target = target, .caller = ctx, .name_start = p->nodes[name].start};
	call->name_size = p->nodes[name].end - p->nodes[name].start;
	p->nodes[node].call = (uint32_t)p->call_count - 1;
	p->infos[target].called = true;
}

/* ----------------------------------------------------------------------------------------------------------------------------- */

static bool prepare(struct resolver *r)
{
	struct rhook_program *p = r->program;

	for (uint32_t f = 0; f < p->fn_count; f++)
		if (!rhook_pairs_put(&r->fn_of_node, p->infos[f].node, 0, f))
			return false;
	/* The root is module 0. */
	if (!rhook_grow(p, (void **)&r->module_parent, &r->parent_capacity, 0, sizeof *r->module_parent) ||
	    !rhook_grow(p, (void **)&r->module_node, &r->module_capacity, 0, sizeof *r->module_node))
		return false;
	r->module_parent[0] = r->module_node[0] = 0;
	r->module_count = 1;
	for (uint32_t i = 0; i < p->node_count && !p->no_memory; i++) {
		while (r->module_depth && i >= p->nodes[r->module_node[this_module(r)]].last)
			r->module_depth--;
		collect_node(r, i);
		if (p->nodes[i].kind == K_MOD && rhook_pairs_get(&r->type_of_node, i, 0) != RHOOK_NONE)
			push_index(r, &r->modules, &r->module_depth, &r->stack_capacity, rhook_pairs_get(&r->type_of_node, i, 0));
	}
	r->module_depth = 0;
	for (size_t i = 0; i < r->count; i++)
		r->bindings[i].order = (uint32_t)i;
	if (r->count)
		qsort(r->bindings, r->count, sizeof *r->bindings, by_scope);
	/* Every name that is bound has an id by now; names met later are bound nowhere. */
	r->name_count = rhook_word_count(p->names);
	r->top[VALUES] = malloc((r->name_count + 1) * sizeof(uint32_t));
	r->top[TYPES] = malloc((r->name_count + 1) * sizeof(uint32_t));
	r->active = malloc((r->count + 1) * sizeof(uint32_t));
	return r->top[VALUES] && r->top[TYPES] && r->active && !p->no_memory;
}

bool rhook_resolve(struct rhook_program *program)
{
	struct resolver r = {.program = program, .methods = !program->blanked && !(program->input->flags & RHOOK_MODULE)};
	bool good = prepare(&r);

	if (good) {
		sweep(&r, file_node, NULL);
		file_items(&r);
		if (!(program->input->flags & RHOOK_ENTRY_ONLY))
			sweep(&r, NULL, resolve_call);
	} else {
		program->no_memory = true;
	}
	program->foreign = !r.methods;
	free(r.bindings);
	free(r.active);
	free(r.top[VALUES]);
	free(r.top[TYPES]);
	free(r.module_parent);
	free(r.module_node);
	free(r.modules);
	free(r.impls);
	rhook_pairs_free(&r.type_of_node);
	rhook_pairs_free(&r.fn_of_node);
	rhook_pairs_free(&r.in_module[VALUES]);
	rhook_pairs_free(&r.in_module[TYPES]);
	rhook_pairs_free(&r.inherent);
	rhook_pairs_free(&r.trait_fns);
	rhook_pairs_free(&r.local_type);
	return !program->no_memory;
}
