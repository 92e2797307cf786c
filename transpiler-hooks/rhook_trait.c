/*
 * Methods of traits. Which one a call reaches is not told by the text, so each counts where it is entered; but where the call goes through
 * a trait of this program, the caller's counters can be handed over, so that nobody has to look them up. The trait gets a second method
 * beside each one, `__rprof_b_NAME`, which takes them. By default that calls NAME, so an impl that the hook does not see (a macro's) stays
 * right; in an impl that it does see the body stands there.
 */
#include "rhook_type.h"

#include <stdlib.h>
#include <string.h>

#define AMBIGUOUS (RHOOK_NONE - 1)

struct finder {
	struct rhook_program *program;
	struct rhook_types *types;
	struct rhook_pairs traits;  /* (scope, name of a trait) -> its item, AMBIGUOUS */
	struct rhook_pairs methods; /* (trait, name of a method) -> its item, if it can be handed counters */
};

static bool holds_kind(const struct rhook_program *p, uint32_t node, uint8_t kind)
{
	for (uint32_t i = node; node != RHOOK_NONE && i < p->nodes[node].last; i++)
		if (p->nodes[i].kind == kind)
			return true;
	return false;
}

static bool has_attribute(const struct rhook_program *p, uint32_t item)
{
	for (uint32_t a = p->nodes[item].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		if (p->nodes[a].kind == K_ATTRIBUTE)
			return true;
		if (!rhook_is_comment(&p->nodes[a]))
			return false;
	}
	return false;
}

/* `&self` or `&mut self`, then plain names. */
static bool has_plain_parameters(const struct rhook_program *p, uint32_t item)
{
	uint32_t parameters = rhook_child(p, item, F_PARAMETERS), count = 0;

	if (parameters == RHOOK_NONE || holds_kind(p, parameters, K_ABSTRACT_TYPE) || holds_kind(p, parameters, K_ATTRIBUTE))
		return false;
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t pattern = rhook_child(p, c, F_PATTERN);
		if (!p->nodes[c].named || rhook_is_comment(&p->nodes[c]))
			continue;
		if (count++ == 0 ? p->nodes[c].kind != K_SELF_PARAMETER || p->text[p->nodes[c].start] != '&'
				 : p->nodes[c].kind != K_PARAMETER || pattern == RHOOK_NONE || p->nodes[pattern].kind != K_IDENTIFIER)
			return false;
	}
	return count > 0;
}

static bool is_plain_method(const struct rhook_program *p, uint32_t item)
{
	uint32_t name = rhook_child(p, item, F_NAME);

	return name != RHOOK_NONE && strncmp(p->text + p->nodes[name].start, "r#", 2) != 0 && has_plain_parameters(p, item) &&
	       rhook_child_kind(p, item, K_FUNCTION_MODIFIERS) == RHOOK_NONE && rhook_child(p, item, F_TYPE_PARAMETERS) == RHOOK_NONE &&
	       !holds_kind(p, rhook_child(p, item, F_RETURN_TYPE), K_ABSTRACT_TYPE);
}

/* The list of items of the file or module around an item; RHOOK_NONE within a function. */
static uint32_t scope_of(const struct rhook_program *p, uint32_t item)
{
	uint32_t list = p->nodes[item].parent;

	if (list == RHOOK_NONE || p->nodes[list].parent == RHOOK_NONE)
		return list;
	return p->nodes[list].kind == K_DECLARATION_LIST && p->nodes[p->nodes[list].parent].kind == K_MOD ? list : RHOOK_NONE;
}

static void find_trait(struct finder *f, uint32_t item)
{
	struct rhook_program *p = f->program;
	uint32_t scope = scope_of(p, item), name = rhook_child(p, item, F_NAME), body = rhook_child(p, item, F_BODY), id;

	if (scope == RHOOK_NONE || name == RHOOK_NONE || body == RHOOK_NONE)
		return;
	id = rhook_node_name(p, name);
	if (!rhook_pairs_put(&f->traits, scope, id, rhook_pairs_get(&f->traits, scope, id) == RHOOK_NONE ? item : AMBIGUOUS))
		p->no_memory = true;
	/* Perhaps a macro that rewrites it. */
	if (has_attribute(p, item) || rhook_child(p, item, F_TYPE_PARAMETERS) != RHOOK_NONE)
		return;
	for (uint32_t c = rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c)) {
		bool method = p->nodes[c].kind == K_FUNCTION || p->nodes[c].kind == K_FUNCTION_SIGNATURE;
		if (!method || has_attribute(p, c) || !is_plain_method(p, c))
			continue;
		if (!rhook_pairs_put(&f->methods, item, rhook_node_name(p, rhook_child(p, c, F_NAME)), c))
			p->no_memory = true;
	}
}

/* The trait of this name in the scope around `node`, or RHOOK_NONE. */
static uint32_t trait_at(struct finder *f, uint32_t node, uint32_t name)
{
	uint32_t found;

	while (scope_of(f->program, node) == RHOOK_NONE && f->program->nodes[node].parent != RHOOK_NONE)
		node = f->program->nodes[node].parent;
	if (scope_of(f->program, node) == RHOOK_NONE)
		return RHOOK_NONE;
	found = rhook_pairs_get(&f->traits, scope_of(f->program, node), name);
	return found == AMBIGUOUS ? RHOOK_NONE : found;
}

static void note_handing(struct finder *f, uint32_t trait, uint32_t method)
{
	struct rhook_program *p = f->program;
	struct rhook_handing *handing;

	if (p->nodes[method].handed)
		return;
	handing = RHOOK_PUSH(p, p->handings, p->handing_count, p->handing_capacity);
	if (!handing)
		return;
	*handing = (struct rhook_handing){.trait = trait, .method = method};
	p->nodes[method].handed = true;
}

/* --- calls ---------------------------------------------------------------------------------------------------------------------- */

/* What an assert prints is not touched. */
static bool is_in_assert(const struct rhook_program *p, uint32_t node)
{
	for (; node != RHOOK_NONE && p->nodes[node].kind != K_BLOCK; node = p->nodes[node].parent)
		if (p->nodes[node].kind == K_CALL && rhook_condition(p, node) != RHOOK_NONE)
			return true;
	return false;
}

static void find_call(struct finder *f, uint32_t node)
{
	struct rhook_program *p = f->program;
	uint32_t ctx = p->nodes[node].ctx, name, trait, method;

	if (ctx == RHOOK_NONE || p->infos[ctx].skip || p->infos[ctx].closed || p->nodes[node].call != RHOOK_NONE || p->nodes[node].alone)
		return;
	name = rhook_callee_name(p, node);
	if (name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER || rhook_child(p, node, F_ARGUMENTS) == RHOOK_NONE)
		return;
	trait = rhook_trait_of_call(f->types, name);
	trait = trait == RHOOK_NONE ? RHOOK_NONE : trait_at(f, node, trait);
	method = trait == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&f->methods, trait, rhook_node_name(p, name));
	if (method == RHOOK_NONE || is_in_assert(p, node))
		return;
	note_handing(f, trait, method);
	p->nodes[node].handed = true;
}

/* --- impls ---------------------------------------------------------------------------------------------------------------------- */

static void find_impl(struct finder *f, uint32_t fn)
{
	struct rhook_program *p = f->program;
	struct rhook_info *info = &p->infos[fn];
	uint32_t list = p->nodes[info->node].parent, impl = list == RHOOK_NONE ? RHOOK_NONE : p->nodes[list].parent, path, trait, method;

	if (info->role != ROLE_TRAIT_IMPL || info->skip || info->closed || impl == RHOOK_NONE || scope_of(p, impl) == RHOOK_NONE ||
	    has_attribute(p, impl) || has_attribute(p, info->node) || !is_plain_method(p, info->node))
		return;
	path = rhook_child(p, impl, F_TRAIT);
	if (path == RHOOK_NONE || p->nodes[path].kind != K_TYPE_IDENTIFIER)
		return;
	trait = trait_at(f, impl, rhook_node_name(p, path));
	method = trait == RHOOK_NONE ? RHOOK_NONE : rhook_pairs_get(&f->methods, trait, info->name);
	info->handed = method != RHOOK_NONE && p->nodes[method].handed;
}

bool rhook_find_handed(struct rhook_program *program)
{
	struct finder f = {.program = program};

	if (program->input->flags & RHOOK_ENTRY_ONLY)
		return true;
	f.types = rhook_types_of(program);
	for (uint32_t i = 0; f.types && i < program->node_count && !program->no_memory; i++)
		if (program->nodes[i].kind == K_TRAIT)
			find_trait(&f, i);
	for (uint32_t i = 0; f.methods.count && i < program->node_count && !program->no_memory; i++)
		if (program->nodes[i].kind == K_CALL)
			find_call(&f, i);
	for (uint32_t fn = 0; program->handing_count && fn < program->fn_count; fn++)
		find_impl(&f, fn);
	rhook_pairs_free(&f.traits);
	rhook_pairs_free(&f.methods);
	return !program->no_memory;
}
