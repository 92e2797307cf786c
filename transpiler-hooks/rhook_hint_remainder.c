/*
 * `x % M`, `x / M` by a constant, where the values that x may have are known to be few.
 *
 * M = 2^k - 1 and 0 <= x < (M + 1) * M + M: since 2^k is 1 more than M, x and (x & M) + (x >> k) leave the same remainder. That sum is at
 * most 2 * M - 1 (it would be 2 * M only for x = (M + 1) * M + M), so it is the remainder, or M more.
 *
 * 0 <= x < 2^32 and M < 2^32: 32 bits hold both, the quotient and the remainder; the processor needs fewer steps for them.
 */
#include "rhook_hint_number.h"
#include "rhook_type_internal.h"

enum { WAY_SUM = 1, WAY_NARROW };

static bool is_power_of_two(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

static unsigned way_of(const struct rhook_program *p, uint32_t node, enum rhook_integer type, struct rhook_range range)
{
	bool remainder = rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "%");
	uint64_t by;

	if (!remainder && !rhook_node_is(p, rhook_child(p, node, F_OPERATOR), "/"))
		return 0;
	if (!rhook_literal(p, rhook_child(p, node, F_RIGHT), &by) || by < 3 || !range.known || range.low < 0 || range.low > range.high)
		return 0;
	if (type != RHOOK_I64 && type != RHOOK_U64 && type != RHOOK_ISIZE && type != RHOOK_USIZE)
		return 0;
	if (range.high <= UINT32_MAX && by <= UINT32_MAX)
		return is_power_of_two(by) && (type == RHOOK_U64 || type == RHOOK_USIZE) ? 0 : WAY_NARROW;
	/* on 32 bits an usize of 2^32 and more can't be */
	return remainder && is_power_of_two(by + 1) && (type == RHOOK_I64 || type == RHOOK_U64) &&
		       range.high < ((rhook_wide)by + 1) * (rhook_wide)by + (rhook_wide)by
		   ? WAY_SUM
		   : 0;
}

void rhook_find_remainder(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	const struct rhook_numbers *numbers = rhook_hint_numbers(h);

	for (uint32_t i = 0; numbers && i < p->node_count; i++) {
		enum rhook_integer type;
		struct rhook_found *found;
		unsigned way;
		if (p->nodes[i].kind != K_BINARY || p->nodes[i].ctx == RHOOK_NONE ||
		    p->nodes[rhook_child(p, i, F_RIGHT)].kind != K_INTEGER || rhook_hint_is_quoted(p, i))
			continue;
		type = rhook_integer_of(numbers, rhook_child(p, i, F_LEFT));
		way = way_of(p, i, type, rhook_range_of(numbers, rhook_child(p, i, F_LEFT)));
		found = way ? rhook_hint_add(h, RHOOK_HINT_REMAINDER, p->nodes[i].ctx, i) : NULL;
		if (!found)
			continue;
		found->more[0] = way;
		found->more[1] = type;
	}
}

/* In brackets unless it binds tighter than anything. */
static bool is_tight(const struct rhook_program *p, uint32_t node)
{
	uint32_t kind = p->nodes[node].kind;

	return kind == K_IDENTIFIER || kind == K_PARENTHESIZED || kind == K_CALL || kind == K_FIELD_EXPRESSION || kind == K_INDEX;
}

static bool wants_brackets(const struct rhook_program *p, uint32_t node)
{
	uint32_t parent = p->nodes[p->nodes[node].parent].kind;

	return rhook_hint_needs_brackets(p, node) && parent != K_ASSIGNMENT && parent != K_COMPOUND_ASSIGNMENT;
}

static void narrow(struct rhook_hinting *h, const struct rhook_found *found, const char *type)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *left = &p->nodes[rhook_child(p, found->node, F_LEFT)],
				*right = &p->nodes[rhook_child(p, found->node, F_RIGHT)];
	bool brackets = wants_brackets(p, found->node), tight = is_tight(p, rhook_child(p, found->node, F_LEFT));
	uint64_t by = 0;

	rhook_literal(p, rhook_child(p, found->node, F_RIGHT), &by);
	rhook_editf(h->edits, left->start, 0, "%s(%s", brackets ? "(" : "", tight ? "" : "(");
	rhook_editf(h->edits, left->end, 0, "%s as u32", tight ? "" : ")");
	rhook_editf(h->edits, right->start, right->end - right->start, "%llu) as %s%s", (unsigned long long)by, type, brackets ? ")" : "");
}

static void add_up(struct rhook_hinting *h, const struct rhook_found *found, const char *type)
{
	const struct rhook_program *p = h->program;
	const struct rhook_node *left = &p->nodes[rhook_child(p, found->node, F_LEFT)],
				*right = &p->nodes[rhook_child(p, found->node, F_RIGHT)];
	bool brackets = wants_brackets(p, found->node);
	struct rhook_buf name = {0};
	unsigned long long by;
	uint64_t value = 0;

	rhook_literal(p, rhook_child(p, found->node, F_RIGHT), &value);
	by = value;
	rhook_hint_name(h, RHOOK_NONE, "sum", &name);
	rhook_editf(h->edits, left->start, 0, "%s{ let %s: %s = ", brackets ? "(" : "", name.data, type);
	rhook_editf(h->edits, left->end, right->end - left->end,
		    "; let %s: %s = (%s & %llu) + (%s >> %d); if %s >= %llu { %s - %llu } else { %s } }%s", name.data, type, name.data, by,
		    name.data, __builtin_popcountll(by), name.data, by, name.data, by, name.data, brackets ? ")" : "");
	h->program->no_memory |= name.failed;
	rhook_buf_free(&name);
}

void rhook_apply_remainder(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const char *type = rhook_integer_name((enum rhook_integer)found->more[1]);

	(void)amount;
	rhook_hint_comment(h, RHOOK_HINT_REMAINDER, found->node);
	if (found->more[0] == WAY_SUM)
		add_up(h, found, type);
	else
		narrow(h, found, type);
}
