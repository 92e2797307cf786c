/*
 * Who may allocate by itself, and from where a function that does is reached by known calls.
 *
 * That a function does not allocate is only claimed where the text shows it: arithmetic, known calls, methods of this program, and methods
 * of the standard library that never do. A wrong claim would move allocations to another function's account; totals are right in any case.
 */
#include "rhook_owner.h"
#include "rhook_type.h"

#include <stdlib.h>
#include <string.h>

#define DEEP	16 /* operands are not followed further */
#define MAX_FNS ((size_t)1 << 24)

struct owners {
	struct rhook_program *program;
	struct rhook_types *types;
	struct rhook_accounts *accounts;
	bool lazy; /* an iterator of a type that no text tells may allocate where it goes on */
};

static bool has_name(const struct rhook_program *p, uint32_t name, const char *names)
{

	return rhook_node_among(p, name, names);
}

/* Methods of the standard library that don't allocate, nor do the iterators that they make. */
static bool is_frugal_method(const struct owners *o, uint32_t name)
{
	static const char going_on[] = " count find last lines max min next next_back nth peek split sum ";
	static const char names[] =
	    " abs abs_diff as_bytes as_deref as_mut as_mut_slice as_ptr as_ref as_slice as_str binary_search bytes ceil char_indices chars "
	    "checked_add checked_mul checked_sub checked_div chunks clamp clear cmp contains contains_key copied cos count count_ones "
	    "div_euclid drain ends_with enumerate eq exp expect find first floor ge get get_mut get_unchecked gt hypot into_iter "
	    "is_alphabetic is_alphanumeric is_ascii is_ascii_alphabetic is_ascii_digit is_ascii_punctuation is_ascii_whitespace is_control "
	    "is_digit is_empty is_err is_lowercase is_negative is_none is_numeric is_ok is_positive is_power_of_two is_some is_uppercase "
	    "is_whitespace iter iter_mut keys last last_mut le leading_zeros len lines ln log10 log2 lt max min mul_add ne next next_back "
	    "nth ok partial_cmp peek peekable pop pop_back pop_front pow powf powi rem_euclid remove reverse rev rfind rotate_left "
	    "rotate_right round saturating_add saturating_mul saturating_sub signum sin skip sort_unstable split split_at split_whitespace "
	    "sqrt starts_with step_by strip_prefix strip_suffix sum swap swap_remove take tan to_bits to_digit trailing_zeros trim "
	    "trim_end "
	    "trim_start trunc truncate unwrap unwrap_or values values_mut windows wrapping_add wrapping_mul wrapping_neg wrapping_sub zip ";
	return has_name(o->program, name, names) && !(o->lazy && has_name(o->program, name, going_on));
}

/* --- operands ------------------------------------------------------------------------------------------------------------------ */

static char first_byte(const struct rhook_program *p, uint32_t node)
{
	return p->nodes[node].start < p->nodes[node].end ? p->text[p->nodes[node].start] : '\0';
}

/* An operand that leaves no room for a `+` of strings or a `-` of sets. */
static bool is_plain_operand(const struct owners *o, uint32_t node, int depth) /* NOLINT(misc-no-recursion): DEEP */
{
	static const char safe[] = " * / % << >> ";
	const struct rhook_program *p = o->program;
	uint32_t sign;

	if (node == RHOOK_NONE || depth > DEEP)
		return false;
	switch (p->nodes[node].kind) {
	case K_BINARY:
		sign = rhook_child(p, node, F_OPERATOR);
		if (sign != RHOOK_NONE && rhook_node_among(p, sign, safe))
			return true;
		return is_plain_operand(o, rhook_child(p, node, F_LEFT), depth + 1) ||
		       is_plain_operand(o, rhook_child(p, node, F_RIGHT), depth + 1) || rhook_type_of(o->types, node).number;
	case K_UNARY:
		return first_byte(p, node) == '-' || first_byte(p, node) == '!' || rhook_type_of(o->types, node).number;
	case K_INDEX:
		return true; /* only what is copied can be taken out of a place */
	default:
		return rhook_type_of(o->types, node).number;
	}
}

/* --- what may allocate ---------------------------------------------------------------------------------------------------------- */

/* A name handed over may be that of a function that allocates when it is called: `map(String::from)`. */
static bool hands_over_names(const struct rhook_program *p, uint32_t call)
{
	uint32_t arguments = rhook_child(p, call, F_ARGUMENTS);

	for (uint32_t c = arguments == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_IDENTIFIER || p->nodes[c].kind == K_SCOPED_IDENTIFIER)
			return true;
	return false;
}

static uint32_t first_argument(const struct rhook_program *p, uint32_t call)
{
	uint32_t arguments = rhook_child(p, call, F_ARGUMENTS);

	for (uint32_t c = arguments == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return c;
	return RHOOK_NONE;
}

static bool method_allocates(struct owners *o, uint32_t call, uint32_t name)
{
	static const char calling[] = " all any filter filter_map flat_map fold for_each map map_or map_while max_by_key min_by_key "
				      "position retain skip_while take_while inspect is_some_and unwrap_or_else and_then or_else map_err ";
	const struct rhook_program *p = o->program;
	uint32_t receiver = rhook_child(p, p->nodes[name].parent, F_VALUE);

	if (is_frugal_method(o, name) || rhook_is_own_method(o->types, name))
		return false;
	if (rhook_node_is(p, name, "fill"))
		return !rhook_is_flat(o->types, rhook_type_of(o->types, first_argument(p, call)));
	if (rhook_node_is(p, name, "clone"))
		return receiver == RHOOK_NONE || !rhook_is_flat(o->types, rhook_type_of(o->types, receiver));
	return !rhook_node_among(p, name, calling) || hands_over_names(p, call);
}

/* Called by name: a constructor of a tuple struct or an enum has a name in upper case, by convention. */
static bool call_allocates(struct owners *o, uint32_t node)
{
	const struct rhook_program *p = o->program;
	uint32_t name = rhook_callee_name(p, node), path;
	char first;

	if (p->nodes[node].call != RHOOK_NONE)
		return false;
	if (name == RHOOK_NONE || rhook_macro_at(p, p->nodes[name].start))
		return true;
	if (p->nodes[name].kind == K_FIELD_IDENTIFIER)
		return method_allocates(o, node, name);
	first = first_byte(p, name);
	if (first >= 'A' && first <= 'Z')
		return false;
	path = p->nodes[name].field == F_NAME ? rhook_child(p, p->nodes[name].parent, F_PATH) : RHOOK_NONE;
	return !rhook_is_number_type(p, path);
}

static bool operator_allocates(struct owners *o, uint32_t node)
{
	static const char joining[] = " + - & | ^ += ";
	const struct rhook_program *p = o->program;
	uint32_t sign = rhook_child(p, node, F_OPERATOR);

	if (sign != RHOOK_NONE && !rhook_node_among(p, sign, joining))
		return false;
	return !is_plain_operand(o, rhook_child(p, node, F_LEFT), 0) && !is_plain_operand(o, rhook_child(p, node, F_RIGHT), 0);
}

/* A loop calls next() of what it goes over. */
static bool for_allocates(const struct owners *o, uint32_t node)
{
	const struct rhook_program *p = o->program;
	uint32_t over = rhook_child(p, node, F_VALUE), name;

	if (over == RHOOK_NONE || p->nodes[over].kind == K_REFERENCE || rhook_is_range(p, over) || rhook_is_plain_iteration(o->types, node))
		return false;
	if (p->nodes[over].kind != K_CALL)
		return true;
	name = rhook_callee_name(p, over);
	return name == RHOOK_NONE || p->nodes[name].kind != K_FIELD_IDENTIFIER || !is_frugal_method(o, name);
}

static bool node_allocates(struct owners *o, uint32_t node)
{
	const struct rhook_program *p = o->program;

	switch (p->nodes[node].kind) {
	case K_CALL:
		return call_allocates(o, node);
	case K_BINARY:
	case K_COMPOUND_ASSIGNMENT:
		return operator_allocates(o, node);
	case K_FOR:
		return for_allocates(o, node);
	case K_MACRO_INVOCATION:
		return true;
	case K_TRY: /* From::from */
		return !rhook_is_same_error(o->types, node);
	default:
		return false;
	}
}

/*
 * Iterators do their work where they are asked for more, maybe in another function than the one that made them. Lines that are read, and
 * `map(String::from)`, then allocate. A parameter of such a type is an `impl Iterator`, a `dyn` one, or generic.
 */
static bool has_lazy_iterators(const struct rhook_program *p)
{
	static const char lazy[] = " map filter_map flat_map map_while inspect ";
	static const char *const words[] = {"Iterator", "BufRead", "stdin"};

	for (size_t w = 0; w < p->word_count; w++)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (p->words[w].size == strlen(words[i]) && memcmp(p->text + p->words[w].start, words[i], p->words[w].size) == 0)
				return true;
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t name = p->nodes[i].kind == K_CALL ? rhook_callee_name(p, i) : RHOOK_NONE;
		if (name != RHOOK_NONE && p->nodes[name].kind == K_FIELD_IDENTIFIER && rhook_node_among(p, name, lazy) &&
		    hands_over_names(p, i))
			return true;
	}
	return false;
}

static void find_allocating(struct owners *o)
{
	struct rhook_program *p = o->program;

	for (uint32_t i = 0; i < p->node_count && !p->no_memory; i++) {
		uint32_t fn = p->nodes[i].ctx;
		/* A future may be polled in any thread, by anybody: what it allocates is on the account of who polls it. */
		if (fn == RHOOK_NONE || p->infos[fn].skip || p->infos[fn].async || !node_allocates(o, i))
			continue;
		o->accounts->direct[i] = true;
		p->infos[fn].allocates = true;
	}
}

/* Cycles are numbered callees first. */
static bool find_reaching(struct owners *o)
{
	struct rhook_program *p = o->program;
	uint32_t *first = calloc(p->fn_count + 2, sizeof *first), *order = calloc(p->call_count + 1, sizeof *order);

	o->accounts->reaches = calloc(p->fn_count + 1, sizeof *o->accounts->reaches);
	if (first && order && o->accounts->reaches) {
		for (size_t f = 0; f < p->fn_count; f++)
			o->accounts->reaches[p->infos[f].cycle] |= p->infos[f].allocates;
		for (size_t c = 0; c < p->call_count; c++)
			first[p->infos[p->calls[c].caller].cycle + 1]++;
		for (size_t f = 0; f < p->fn_count; f++)
			first[f + 1] += first[f];
		for (size_t c = 0; c < p->call_count; c++)
			order[first[p->infos[p->calls[c].caller].cycle]++] = (uint32_t)c;
		for (size_t i = 0; i < p->call_count; i++) {
			const struct rhook_call *call = &p->calls[order[i]];
			if (o->accounts->reaches[p->infos[call->target].cycle])
				o->accounts->reaches[p->infos[call->caller].cycle] = true;
		}
	}
	free(first);
	free(order);
	return o->accounts->reaches != NULL;
}

/* The name of the attribute, anywhere: it may come out of a macro. */
static bool has_allocator(const struct rhook_program *p)
{
	static const char name[] = "global_allocator";

	for (size_t w = 0; w < p->word_count; w++)
		if (p->words[w].size == sizeof name - 1 && memcmp(p->text + p->words[w].start, name, sizeof name - 1) == 0)
			return true;
	return false;
}

static bool find_owners(struct owners *o)
{
	struct rhook_program *p = o->program;

	o->types = rhook_types_of(p);
	o->accounts->direct = calloc(p->node_count + 1, sizeof *o->accounts->direct);
	if (!o->types || !o->accounts->direct)
		return false;
	o->lazy = has_lazy_iterators(p);
	find_allocating(o);
	if (p->no_memory || !find_reaching(o))
		return false;
	for (size_t f = 0; f < p->fn_count; f++)
		p->infos[f].reaches = o->accounts->reaches[p->infos[f].cycle];
	return rhook_open_accounts(p, o->accounts);
}

bool rhook_find_owners(struct rhook_program *program)
{
	struct rhook_accounts accounts = {0};
	struct owners o = {.program = program, .accounts = &accounts};

	if (has_allocator(program))
		program->memory = RHOOK_MEMORY_OWN;
	else if (program->input->flags & RHOOK_NO_MEMORY || program->fn_count >= MAX_FNS)
		program->memory = RHOOK_MEMORY_OFF;
	else
		program->memory = RHOOK_MEMORY_COUNTED;
	if (program->memory != RHOOK_MEMORY_COUNTED)
		return true;
	if (!find_owners(&o))
		program->no_memory = true;
	free(accounts.direct);
	free(accounts.reaches);
	return !program->no_memory;
}
