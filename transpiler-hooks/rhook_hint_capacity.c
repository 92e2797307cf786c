/*
 * `Vec::new()`, `String::new()`, `vec![]`, `VecDeque::new()`: with room for what will be put in. The room is not part of the value; not
 * done where the program asks for it. Maps are left alone: their order follows from their room.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

#define MOST_ROOM (1u << 24)

void rhook_find_capacity(struct rhook_hinting *h)
{
	static const char *const types[] = {"Vec", "String", "VecDeque"};
	struct rhook_program *p = h->program;

	if (rhook_hint_sees_capacity(p))
		return;
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t function = p->nodes[i].kind == K_CALL ? rhook_child(p, i, F_FUNCTION) : RHOOK_NONE, path, name;
		struct rhook_found *found;
		bool good = false;
		if (function == RHOOK_NONE || p->nodes[i].ctx == RHOOK_NONE || p->nodes[function].kind != K_SCOPED_IDENTIFIER ||
		    p->nodes[i].call != RHOOK_NONE)
			continue;
		path = rhook_child(p, function, F_PATH);
		name = rhook_child(p, function, F_NAME);
		if (path == RHOOK_NONE || name == RHOOK_NONE || !rhook_node_is(p, name, "new") ||
		    rhook_hint_argument(p, i, 0) != RHOOK_NONE)
			continue;
		for (size_t t = 0; t < sizeof types / sizeof *types; t++)
			good |= rhook_node_is(p, path, types[t]) && !rhook_hint_hides(h, types[t]);
		found = good && !rhook_hint_is_constant(p, i) ? rhook_hint_add(h, RHOOK_HINT_CAPACITY, p->nodes[i].ctx, i) : NULL;
		if (!found)
			continue;
		found->least = 1;
		found->most = MOST_ROOM;
		found->usual = 16;
		found->more[0] = name;
	}
}

void rhook_apply_capacity(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	uint32_t from = p->nodes[found->more[0]].start;

	rhook_hint_comment(h, RHOOK_HINT_CAPACITY, found->node);
	rhook_editf(h->edits, from, p->nodes[found->node].end - from, "with_capacity(%llu)", (unsigned long long)amount);
}
