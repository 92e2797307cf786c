/*
 * The maps and sets of the program hash by multiplication in place of SipHash, which is made to withstand keys chosen by an enemy.
 *
 * In what order a map is gone through is not said by the standard library and differs from run to run; here it does, too: each map takes a
 * seed from the standard library. So whatever a program prints, it could print before. All maps change or none, since their type says how
 * they hash: each place that names the type must be one that is understood, and nothing may ask for the hasher itself.
 */
#include "rhook_hint_internal.h"
#include "rhook_type_internal.h"

#include <string.h>

static const char names[] = " HashMap HashSet ";

/* @: its name */
static const char hasher[] = "\n"
			     "#[derive(Clone, Copy)]\n"
			     "pub struct @(u64);\n"
			     "pub struct @State(u64);\n"
			     "impl ::core::default::Default for @ {\n"
			     "    fn default() -> Self {\n"
			     "        use ::std::hash::{BuildHasher, Hasher};\n"
			     "        @(::std::collections::hash_map::RandomState::new().build_hasher().finish())\n"
			     "    }\n"
			     "}\n"
			     "impl ::std::hash::BuildHasher for @ {\n"
			     "    type Hasher = @State;\n"
			     "    #[inline]\n"
			     "    fn build_hasher(&self) -> @State {\n"
			     "        @State(self.0)\n"
			     "    }\n"
			     "}\n"
			     "impl @State {\n"
			     "    #[inline]\n"
			     "    fn mix(&mut self, word: u64) {\n"
			     "        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;\n"
			     "        self.0 = (product as u64) ^ ((product >> 64) as u64);\n"
			     "    }\n"
			     "}\n"
			     "impl ::std::hash::Hasher for @State {\n"
			     "    #[inline]\n"
			     "    fn finish(&self) -> u64 {\n"
			     "        self.0\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write(&mut self, bytes: &[u8]) {\n"
			     "        let (b, size) = (bytes, bytes.len());\n"
			     "        let half = |at: usize| u64::from(u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]));\n"
			     "        let whole = |at: usize| half(at) | half(at + 4) << 32;\n"
			     "        if size >= 8 {\n"
			     "            let mut at = 0;\n"
			     "            while at + 8 < size {\n"
			     "                self.mix(whole(at));\n"
			     "                at += 8;\n"
			     "            }\n"
			     "            self.mix(whole(size - 8));\n"
			     "        } else if size >= 4 {\n"
			     "            self.mix(half(0) | half(size - 4) << 32);\n"
			     "        } else if size > 0 {\n"
			     "            self.mix(u64::from(b[0]) | u64::from(b[size / 2]) << 8 | u64::from(b[size - 1]) << 16);\n"
			     "        }\n"
			     "        self.0 = self.0.wrapping_add(size as u64);\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write_u8(&mut self, n: u8) {\n"
			     "        self.mix(u64::from(n));\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write_u16(&mut self, n: u16) {\n"
			     "        self.mix(u64::from(n));\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write_u32(&mut self, n: u32) {\n"
			     "        self.mix(u64::from(n));\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write_u64(&mut self, n: u64) {\n"
			     "        self.mix(n);\n"
			     "    }\n"
			     "    #[inline]\n"
			     "    fn write_usize(&mut self, n: usize) {\n"
			     "        self.mix(n as u64);\n"
			     "    }\n"
			     "}\n";

/* --- places that name the type -------------------------------------------------------------------------------------------------- */

enum place { PLACE_STRANGE, PLACE_USE, PLACE_TYPE, PLACE_CALL };

static bool is_in(const struct rhook_program *p, uint32_t node, enum rhook_kind kind)
{
	for (; node != RHOOK_NONE; node = p->nodes[node].parent)
		if (p->nodes[node].kind == kind)
			return true;
	return false;
}

static unsigned argument_count(const struct rhook_program *p, uint32_t type)
{
	unsigned count = 0;

	while (rhook_type_argument(p, type, (int)count) != RHOOK_NONE)
		count++;
	return count;
}

static bool is_set(const struct rhook_program *p, uint32_t name)
{
	return rhook_node_is(p, name, "HashSet");
}

/* `HashMap` of `std::collections::HashMap`: the whole path. */
static uint32_t whole_path(const struct rhook_program *p, uint32_t name)
{
	uint32_t parent = p->nodes[name].parent;

	return p->nodes[name].field == F_NAME && (p->nodes[parent].kind == K_SCOPED_IDENTIFIER || p->nodes[parent].kind == K_SCOPED_TYPE)
		   ? parent
		   : name;
}

/* *node: the type with its arguments, or the call. */
static enum place place_of(const struct rhook_program *p, uint32_t name, uint32_t *node)
{
	static const char makers[] = " new with_capacity from from_iter default ";
	uint32_t path = whole_path(p, name), parent = p->nodes[path].parent, function;

	if (is_in(p, name, K_TOKEN_TREE) || is_in(p, name, K_USE_AS))
		return PLACE_STRANGE;
	if (is_in(p, name, K_USE))
		return PLACE_USE;
	if (p->nodes[parent].kind == K_GENERIC_TYPE && p->nodes[path].field == F_TYPE) {
		*node = parent;
		parent = p->nodes[parent].parent;
		if (p->nodes[parent].kind == K_SCOPED_IDENTIFIER || p->nodes[parent].kind == K_SCOPED_TYPE || is_in(p, name, K_IMPL))
			for (uint32_t i = *node; i != RHOOK_NONE && p->nodes[i].kind != K_FUNCTION; i = p->nodes[i].parent)
				if (p->nodes[i].kind == K_IMPL || p->nodes[i].kind == K_SCOPED_IDENTIFIER ||
				    p->nodes[i].kind == K_SCOPED_TYPE)
					return PLACE_STRANGE;
		return argument_count(p, *node) == (is_set(p, name) ? 1 : 2) && p->text[p->nodes[*node].end - 1] == '>' ? PLACE_TYPE
															: PLACE_STRANGE;
	}
	if (p->nodes[parent].kind != K_SCOPED_IDENTIFIER || p->nodes[path].field != F_PATH)
		return PLACE_STRANGE;
	function = rhook_child(p, parent, F_NAME);
	*node = p->nodes[parent].parent;
	return function != RHOOK_NONE && rhook_node_among(p, function, makers) && p->nodes[*node].kind == K_CALL &&
		       p->nodes[parent].field == F_FUNCTION
		   ? PLACE_CALL
		   : PLACE_STRANGE;
}

static bool is_name(const struct rhook_program *p, uint32_t node)
{
	uint32_t kind = p->nodes[node].kind;

	return (kind == K_IDENTIFIER || kind == K_TYPE_IDENTIFIER) && rhook_node_among(p, node, names);
}

/* The first place; RHOOK_NONE: there is none, or one that is not understood. */
static uint32_t first_place(const struct rhook_hinting *h)
{
	static const char *const words[] = {"RandomState", "DefaultHasher", "BuildHasher", "BuildHasherDefault", "with_hasher", "size_of",
					    "size_of_val", "no_mangle",	    "raw_entry",   "transmute",		 "type_name"};
	const struct rhook_program *p = h->program;
	uint32_t first = RHOOK_NONE, node;
	size_t found = 0, said = 0;

	if (p->foreign || p->input->flags & RHOOK_MODULE || rhook_hint_hides(h, "HashMap") || rhook_hint_hides(h, "HashSet"))
		return RHOOK_NONE;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (rhook_hint_has_word(p, words[i]))
			return RHOOK_NONE;
	for (uint32_t i = 0; i < p->node_count; i++) {
		if (!is_name(p, i))
			continue;
		said++;
		if (place_of(p, i, &node) == PLACE_STRANGE)
			return RHOOK_NONE;
		if (first == RHOOK_NONE && place_of(p, i, &node) != PLACE_USE)
			first = i;
	}
	for (size_t i = 0; i < p->word_count; i++)
		found += p->words[i].size == 7 &&
			 (memcmp(p->text + p->words[i].start, "HashMap", 7) == 0 || memcmp(p->text + p->words[i].start, "HashSet", 7) == 0);
	return found == said ? first : RHOOK_NONE;
}

static bool has_main(const struct rhook_program *p)
{
	for (uint32_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].main)
			return true;
	return false;
}

/* Does the function name the type, or call a method of such a map? */
static bool is_about_maps(const struct rhook_hinting *h, uint32_t fn)
{
	const struct rhook_program *p = h->program;
	uint32_t item = p->infos[fn].node;

	for (uint32_t i = item; i < p->nodes[item].last; i++) {
		uint32_t base = RHOOK_NONE;
		if (is_name(p, i))
			return true;
		if (p->nodes[i].kind == K_FIELD_EXPRESSION)
			base = rhook_child(p, i, F_VALUE);
		else if (p->nodes[i].kind == K_INDEX)
			base = rhook_first_named(p, i);
		base = base == RHOOK_NONE ? base : rhook_type_of(h->types, base).node;
		if (base != RHOOK_NONE && rhook_type_is_named(p, base, names))
			return true;
	}
	return false;
}

void rhook_find_hasher(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;
	uint32_t first = has_main(p) ? first_place(h) : RHOOK_NONE;

	for (uint32_t f = 0; first != RHOOK_NONE && f < p->fn_count; f++) {
		struct rhook_found *found;
		if (p->infos[f].role == ROLE_CLOSURE || !is_about_maps(h, f))
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_HASHER, f, p->infos[f].node);
		if (!found)
			return;
		found->from = p->nodes[first].start; /* one of them does it for all */
		found->to = p->nodes[first].end;
	}
}

/* --- the edits -------------------------------------------------------------------------------------------------------------------- */

static void edit_call(struct rhook_hinting *h, uint32_t name, uint32_t call, const char *state)
{
	const struct rhook_program *p = h->program;
	uint32_t path = whole_path(p, name), maker = rhook_child(p, rhook_child(p, call, F_FUNCTION), F_NAME);
	const struct rhook_node *at = &p->nodes[path];
	const char *holes = is_set(p, name) ? "_" : "_, _";

	if (rhook_node_among(p, maker, " from from_iter ")) {
		rhook_editf(h->edits, at->start, 0, "::core::iter::Iterator::collect::<");
		rhook_editf(h->edits, at->end, p->nodes[maker].end - at->end, "<%s, crate::%s>>(::core::iter::IntoIterator::into_iter",
			    holes, state);
		rhook_edit(h->edits, p->nodes[call].end, 0, ")");
		return;
	}
	rhook_editf(h->edits, at->end, 0, "::<%s, crate::%s>", holes, state);
	if (rhook_node_is(p, maker, "new"))
		rhook_edit(h->edits, p->nodes[maker].start, 3, "default");
	if (!rhook_node_is(p, maker, "with_capacity"))
		return;
	rhook_edit(h->edits, p->nodes[maker].end, 0, "_and_hasher");
	rhook_edit(h->edits, p->nodes[call].end - 1, 0, ", ::core::default::Default::default()");
}

static void edit_type(struct rhook_hinting *h, uint32_t type, const char *state)
{
	const struct rhook_program *p = h->program;
	uint32_t at = p->nodes[type].end - 1, before = at;

	while (before > 0 &&
	       (p->bare[before - 1] == ' ' || p->bare[before - 1] == '\n' || p->bare[before - 1] == '\t' || p->bare[before - 1] == '\r'))
		before--;
	rhook_editf(h->edits, at, 0, "%scrate::%s", p->bare[before - 1] == ',' ? "" : ", ", state);
}

void rhook_apply_hasher(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	struct rhook_program *p = h->program;
	struct rhook_buf state = {0};
	uint32_t node = RHOOK_NONE;

	(void)amount;
	rhook_hint_name(h, RHOOK_NONE, "MultiplyHash", &state);
	rhook_hint_comment(h, RHOOK_HINT_HASHER, found->node);
	for (uint32_t i = 0; i < p->node_count && !state.failed; i++) {
		enum place place = is_name(p, i) ? place_of(p, i, &node) : PLACE_STRANGE;
		if (place == PLACE_TYPE)
			edit_type(h, node, state.data);
		else if (place == PLACE_CALL)
			edit_call(h, i, node, state.data);
	}
	rhook_hint_restart(h);
	for (const char *c = hasher; *c && !state.failed; c++) {
		if (*c == '@')
			rhook_buf_puts(&h->text, state.data);
		else
			rhook_buf_add(&h->text, c, 1);
	}
	if (!h->text.failed)
		rhook_edit(h->edits, p->size, 0, h->text.data);
	p->no_memory |= state.failed;
	rhook_buf_free(&state);
}
