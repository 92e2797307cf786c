/*
 * The results of a pure function of integers, kept in a table of fixed size for each thread: the function becomes a look-up that calls what
 * was its body. A pure function gives the same result for the same arguments, so a kept one is as good. Only when the user allows it: the
 * program then has the table's memory.
 */
#include "rhook_hint_internal.h"

#include <stdio.h>

#define LEAST_ROOM 64
#define MOST_ROOM  (1u << 20)
#define USUAL_ROOM 4096

static bool has_whole_arguments(const struct rhook_program *p, uint32_t fn)
{
	static const char types[] = " i8 i16 i32 i64 u8 u16 u32 u64 isize usize bool char ";
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t type = p->nodes[c].kind == K_PARAMETER ? rhook_child(p, c, F_TYPE) : RHOOK_NONE;
		if (p->nodes[c].kind == K_PARAMETER && !rhook_node_among(p, type, types))
			return false;
	}
	return true;
}

void rhook_find_memoize(struct rhook_hinting *h)
{
	const struct rhook_program *p = h->program;

	if (rhook_hint_has_word(p, "kept_at") || rhook_hint_has_word(p, "kept_key") || rhook_hint_has_word(p, "KEPT") ||
	    rhook_hint_has_word(p, "Kept"))
		return;
	for (uint32_t f = 0; f < p->fn_count; f++) {
		const struct rhook_info *info = &p->infos[f];
		struct rhook_found *found;
		if (!info->pure || !rhook_hint_can_copy(p, f) || !has_whole_arguments(p, f) ||
		    rhook_child_kind(p, info->node, K_FUNCTION_MODIFIERS) != RHOOK_NONE)
			continue;
		found = rhook_hint_add(h, RHOOK_HINT_MEMOIZE, f, info->node);
		if (!found)
			continue;
		found->least = LEAST_ROOM;
		found->most = MOST_ROOM;
		found->usual = USUAL_ROOM;
	}
}

/* The names of the parameters, each in front of `behind`. */
static void add_names(const struct rhook_program *p, uint32_t fn, const char *before, const char *behind, struct rhook_buf *out)
{
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		const struct rhook_node *name = p->nodes[c].kind == K_PARAMETER ? &p->nodes[rhook_child(p, c, F_PATTERN)] : NULL;
		if (!name)
			continue;
		rhook_buf_puts(out, before);
		rhook_hint_add_text(p, name->start, name->end, out);
		rhook_buf_puts(out, behind);
	}
}

static void add_signature(const struct rhook_program *p, uint32_t fn, struct rhook_buf *out)
{
	const struct rhook_info *info = &p->infos[fn];
	uint32_t parameters = rhook_child(p, info->node, F_PARAMETERS);
	const char *separator = "";

	rhook_hint_add_text(p, p->nodes[info->node].start, p->nodes[info->name_node].end, out);
	rhook_buf_puts(out, "(");
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t pattern = p->nodes[c].kind == K_PARAMETER ? rhook_child(p, c, F_PATTERN) : RHOOK_NONE;
		if (pattern == RHOOK_NONE)
			continue;
		rhook_buf_puts(out, separator);
		rhook_hint_add_text(p, p->nodes[pattern].start, p->nodes[c].end, out); /* without `mut` */
		separator = ", ";
	}
	rhook_buf_puts(out, ")");
	rhook_hint_add_text(p, p->nodes[parameters].end, p->nodes[info->body].start, out);
}

/* `(i32, u64, )` */
static void add_key_type(const struct rhook_program *p, uint32_t fn, struct rhook_buf *out)
{
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_PARAMETERS);

	rhook_buf_puts(out, "(");
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		const struct rhook_node *type = p->nodes[c].kind == K_PARAMETER ? &p->nodes[rhook_child(p, c, F_TYPE)] : NULL;
		if (!type)
			continue;
		rhook_hint_add_text(p, type->start, type->end, out);
		rhook_buf_puts(out, ", ");
	}
	rhook_buf_puts(out, ")");
}

/* The text, each line behind the first with the blanks of the item's. */
static void insert_indented(struct rhook_hinting *h, uint32_t at)
{
	struct rhook_buf text = {0};

	for (const char *c = h->text.failed ? "" : h->text.data; *c; c++) {
		rhook_buf_add(&text, c, 1);
		if (*c == '\n')
			rhook_hint_indent(h->program, at, &text);
	}
	if (text.failed || h->text.failed)
		h->program->no_memory = true;
	else
		rhook_edit(h->edits, at, 0, text.data);
	rhook_buf_free(&text);
}

void rhook_apply_memoize(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount)
{
	const struct rhook_program *p = h->program;
	const struct rhook_info *info = &p->infos[found->fn];
	const struct rhook_node *result = &p->nodes[rhook_child(p, info->node, F_RETURN_TYPE)];
	struct rhook_buf name = {0}, *out = &h->text;
	unsigned bits = 6;

	while (bits < 20 && (1ull << bits) < amount)
		bits++;
	rhook_hint_name(h, info->name_node, "computed", &name);
	rhook_hint_comment(h, RHOOK_HINT_MEMOIZE, info->node);
	rhook_hint_restart(h);
	add_signature(p, found->fn, out);
	rhook_buf_puts(out, "{\n    type Kept = ::std::vec::Vec<::std::option::Option<(");
	add_key_type(p, found->fn, out);
	rhook_buf_puts(out, ", ");
	rhook_hint_add_text(p, result->start, result->end, out);
	rhook_buf_puts(out, ")>>;\n    ::std::thread_local! { static KEPT: ::std::cell::RefCell<Kept> = const { "
			    "::std::cell::RefCell::new(::std::vec::Vec::new()) }; }\n"
			    "    let kept_key = (");
	add_names(p, found->fn, "", ", ", out);
	rhook_buf_puts(out, ");\n    let mut kept_at: u64 = 0;\n    ");
	add_names(p, found->fn, "kept_at = (kept_at ^ ", " as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15); ", out);
	rhook_buf_printf(out, "\n    let kept_at = (kept_at >> %u) as usize;\n", 64 - bits);
	rhook_buf_puts(out, "    if let Ok(Some(Some((key, value)))) = KEPT.try_with(|kept| kept.borrow().get(kept_at).copied()) {\n"
			    "        if key == kept_key { return value; }\n    }\n    let kept_value = ");
	rhook_buf_printf(out, "%s%s(", info->role == ROLE_INHERENT ? "Self::" : "", name.data);
	add_names(p, found->fn, "", ", ", out);
	rhook_buf_printf(
	    out,
	    ");\n    let _ = KEPT.try_with(|kept| {\n        let mut kept = kept.borrow_mut();\n"
	    "        if kept.is_empty() { kept.resize(%u, None); }\n        kept[kept_at] = Some((kept_key, kept_value));\n    });\n"
	    "    kept_value\n}\n",
	    1u << bits);
	insert_indented(h, p->nodes[info->node].start);
	rhook_edit(h->edits, p->nodes[info->name_node].start, p->nodes[info->name_node].end - p->nodes[info->name_node].start, name.data);
	rhook_buf_free(&name);
}
