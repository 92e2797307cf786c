/*
 * A copy that nothing needs.
 *
 * `(text).to_string()`, `(text).clone()` where the String is made by the expression itself, or is a variable of the function whose value
 * this is: nobody can use the original afterwards, so it goes where its copy went. A String has no behaviour when it is dropped, and equal
 * texts can't be told apart but by their capacity: not done where the program asks for that.
 *
 * `&place.clone()` as an argument: the callee reads the original. Nothing may change it meanwhile, since it is borrowed (rustc checks), and
 * it has no insides that change: not done in a program that has such types, or a Clone of its own.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

/* What borrows a variable to the end of its block, so that it can't be moved there. */
static bool may_hold(const struct rhook_program *p)
{
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t trait = p->nodes[i].kind == K_IMPL ? rhook_child(p, i, F_TRAIT) : RHOOK_NONE;
		if (trait != RHOOK_NONE && rhook_type_is_named(p, trait, " Drop "))
			return true;
	}
	return rhook_hint_has_word(p, "dyn");
}

static bool has_own_clone(const struct rhook_program *p)
{
	static const char inner[] =
	    " Cell RefCell Mutex RwLock OnceCell OnceLock LazyLock UnsafeCell Rc Arc unsafe AtomicUsize AtomicU64 AtomicI64 "
	    "AtomicU32 AtomicI32 AtomicBool addr_of as_ptr ptr ";

	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t trait = p->nodes[i].kind == K_IMPL ? rhook_child(p, i, F_TRAIT) : RHOOK_NONE;
		if (trait != RHOOK_NONE && rhook_type_is_named(p, trait, " Clone ToString ToOwned Display "))
			return true;
		if ((p->nodes[i].kind == K_IDENTIFIER || p->nodes[i].kind == K_TYPE_IDENTIFIER || p->nodes[i].kind == K_UNSAFE_BLOCK) &&
		    (p->nodes[i].kind == K_UNSAFE_BLOCK || rhook_node_among(p, i, inner)))
			return true;
	}
	return p->foreign;
}

/* `x`, `x.y`, `x[i]`, `self.x[i as usize]`, with no call in it. */
static bool is_place(const struct rhook_program *p, uint32_t node)
{
	uint32_t kind = p->nodes[node].kind;

	if (kind != K_INDEX && kind != K_FIELD_EXPRESSION && kind != K_IDENTIFIER)
		return false;
	for (uint32_t i = node; i < p->nodes[node].last; i++)
		if (p->nodes[i].kind == K_CALL || p->nodes[i].kind == K_BLOCK || p->nodes[i].kind == K_MACRO_INVOCATION)
			return false;
	return true;
}

static uint32_t root_of(const struct rhook_program *p, uint32_t place)
{
	while (p->nodes[place].kind == K_INDEX || p->nodes[place].kind == K_FIELD_EXPRESSION)
		place = p->nodes[place].kind == K_INDEX ? rhook_first_named(p, place) : rhook_child(p, place, F_VALUE);
	return place;
}

/* Nothing that is borrowed can be in it. */
static bool owns_its_result(const struct rhook_hinting *h, uint32_t fn)
{
	uint32_t result = rhook_child(h->program, h->program->infos[fn].node, F_RETURN_TYPE);

	return result == RHOOK_NONE || rhook_is_number_type(h->program, result) || rhook_hint_is_std_type(h, result, "String");
}

/* Is the variable that `place` belongs to handed to the same call a second time, by its receiver or another argument? */
static bool is_shared(const struct rhook_program *p, uint32_t call, uint32_t reference, uint32_t place)
{
	uint32_t root = root_of(p, place), function = rhook_child(p, call, F_FUNCTION);

	if (p->nodes[root].kind != K_IDENTIFIER && p->nodes[root].kind != K_SELF)
		return true;
	if (function == RHOOK_NONE || rhook_hint_mentions(p, function, root))
		return true;
	for (unsigned a = 0; rhook_hint_argument(p, call, a) != RHOOK_NONE; a++)
		if (rhook_hint_argument(p, call, a) != reference && rhook_hint_mentions(p, rhook_hint_argument(p, call, a), root))
			return true;
	return false;
}

/* `&place.clone()` as an argument of a function of this program that gives nothing borrowed back. */
static bool is_lent(struct rhook_hinting *h, uint32_t call, uint32_t from)
{
	const struct rhook_program *p = h->program;
	uint32_t reference = p->nodes[call].parent, arguments = p->nodes[reference].parent, outer, binder;

	if (p->nodes[reference].kind != K_REFERENCE || p->nodes[arguments].kind != K_ARGUMENTS || !is_place(p, from) ||
	    rhook_child_kind(p, reference, K_MUTABLE) != RHOOK_NONE)
		return false;
	outer = p->nodes[arguments].parent;
	if (p->nodes[outer].kind != K_CALL || p->nodes[outer].call == RHOOK_NONE ||
	    !owns_its_result(h, p->calls[p->nodes[outer].call].target) || is_shared(p, outer, reference, from))
		return false;
	binder = rhook_hint_binder(h, root_of(p, from));
	return p->nodes[root_of(p, from)].kind == K_SELF || (binder != RHOOK_NONE && from != root_of(p, from));
}

void rhook_find_clone(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	static const char *const methods[] = {"to_string", "clone", "to_owned"};
	bool sees = rhook_hint_sees_capacity(p), own = has_own_clone(p), held = may_hold(p);

	for (uint32_t i = 0; i < p->node_count && !own; i++) {
		uint32_t from = RHOOK_NONE;
		enum rhook_text_kind kind;
		struct rhook_found *found;
		if (p->nodes[i].kind != K_CALL || p->nodes[i].ctx == RHOOK_NONE || rhook_hint_argument(p, i, 0) != RHOOK_NONE)
			continue;
		for (size_t m = 0; m < 3 && from == RHOOK_NONE; m++)
			from = rhook_hint_receiver(h, i, methods[m]);
		if (from == RHOOK_NONE)
			continue;
		kind = rhook_hint_text(h, from);
		if (!(kind == RHOOK_TEXT_VALUE && !sees) && !(kind == RHOOK_TEXT_PLACE && !sees && !held && rhook_hint_is_result(p, i)) &&
		    !(rhook_node_is(p, rhook_callee_name(p, i), "clone") && is_lent(h, i, from)))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_CLONE, p->nodes[i].ctx, i);
		if (found)
			found->more[0] = p->nodes[from].end;
	}
}

void rhook_apply_clone(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_node *call = &h->program->nodes[found->node];

	(void)amount;
	rhook_hint_comment(h, RHOOK_HINT_CLONE, found->node);
	rhook_edit(h->edits, found->more[0], call->end - found->more[0], "");
}
