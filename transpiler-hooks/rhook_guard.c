/* The edits that make the program count: wrappers, entries, guards, tokens. */
#include "rhook_program.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct guard {
	struct rhook_program *program;
	struct rhook_edits *edits;
	struct rhook_buf text; /* what is being put together */
};

/* Text on one line, without comments, so that the lines of the program stay where they are. */
static void add_flat(struct rhook_buf *out, const char *text, uint32_t from, uint32_t to)
{
	while (from < to) {
		char c = text[from];
		if (c == '/' && from + 1 < to && text[from + 1] == '/') {
			while (from < to && text[from] != '\n')
				from++;
		} else if (c == '/' && from + 1 < to && text[from + 1] == '*') {
			uint32_t depth = 0;
			do {
				bool open = from + 1 < to && text[from] == '/' && text[from + 1] == '*';
				bool shut = from + 1 < to && text[from] == '*' && text[from + 1] == '/';
				depth += open;
				depth -= shut;
				from += open || shut ? 2 : 1;
			} while (from < to && depth);
			rhook_buf_puts(out, " ");
		} else if (c == '"') {
			uint32_t start = from++;
			while (from < to && text[from] != '"')
				from += text[from] == '\\' ? 2 : 1;
			from = from < to ? from + 1 : to;
			rhook_buf_add(out, text + start, from - start);
		} else {
			rhook_buf_add(out, c == '\n' || c == '\r' ? " " : &text[from], 1);
			from++;
		}
	}
}

static void add_node(struct guard *g, uint32_t node)
{
	add_flat(&g->text, g->program->text, g->program->nodes[node].start, g->program->nodes[node].end);
}

static void restart(struct guard *g)
{
	g->text.size = 0;
	rhook_buf_puts(&g->text, "");
}

/* --- signatures ------------------------------------------------------------------------------------------------------------ */

static bool is_parameter(const struct rhook_node *node)
{
	return node->kind == K_PARAMETER || node->kind == K_SELF_PARAMETER;
}

/* One parameter of a wrapper: patterns become plain names. */
static void add_parameter(struct guard *g, uint32_t node, unsigned index)
{
	const struct rhook_program *p = g->program;
	uint32_t pattern = rhook_child(p, node, F_PATTERN), type = rhook_child(p, node, F_TYPE);

	if (p->nodes[node].kind == K_SELF_PARAMETER) {
		if (p->text[p->nodes[node].start] == '&')
			add_node(g, node);
		else
			rhook_buf_puts(&g->text, "self");
		return;
	}
	if (pattern != RHOOK_NONE && (p->nodes[pattern].kind == K_IDENTIFIER || p->nodes[pattern].kind == K_SELF))
		add_node(g, pattern);
	else
		rhook_buf_printf(&g->text, "__rprof_%u", index);
	rhook_buf_puts(&g->text, ": ");
	if (type != RHOOK_NONE)
		add_node(g, type);
}

static void add_argument(struct guard *g, uint32_t node, unsigned index)
{
	const struct rhook_program *p = g->program;
	uint32_t pattern = rhook_child(p, node, F_PATTERN);

	if (p->nodes[node].kind == K_SELF_PARAMETER)
		rhook_buf_puts(&g->text, "self, ");
	else if (pattern != RHOOK_NONE && (p->nodes[pattern].kind == K_IDENTIFIER || p->nodes[pattern].kind == K_SELF)) {
		add_node(g, pattern);
		rhook_buf_puts(&g->text, ", ");
	} else
		rhook_buf_printf(&g->text, "__rprof_%u, ", index);
}

static void add_plain_name(struct guard *g, uint32_t name)
{
	const struct rhook_node *n = &g->program->nodes[name];
	uint32_t raw = n->end - n->start > 2 && memcmp(g->program->text + n->start, "r#", 2) == 0 ? 2 : 0;

	rhook_buf_add(&g->text, g->program->text + n->start + raw, n->end - n->start - raw);
}

static void add_turbofish(struct guard *g, uint32_t fn)
{
	const struct rhook_program *p = g->program;
	uint32_t parameters = rhook_child(p, p->infos[fn].node, F_TYPE_PARAMETERS);
	const char *separator = "::<";

	if (parameters == RHOOK_NONE)
		return;
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		uint32_t name = rhook_child(p, c, F_NAME);
		if ((p->nodes[c].kind != K_TYPE_PARAMETER && p->nodes[c].kind != K_CONST_PARAMETER) || name == RHOOK_NONE)
			continue;
		rhook_buf_puts(&g->text, separator);
		add_node(g, name);
		separator = ", ";
	}
	if (*separator == ',')
		rhook_buf_puts(&g->text, ">");
}

static bool is_unsafe(const struct rhook_program *p, uint32_t fn)
{
	uint32_t modifiers = rhook_child_kind(p, p->infos[fn].node, K_FUNCTION_MODIFIERS);

	for (uint32_t c = modifiers == RHOOK_NONE ? RHOOK_NONE : rhook_first(p, modifiers); c != RHOOK_NONE; c = rhook_next(p, c))
		if (rhook_node_is(p, c, "unsafe"))
			return true;
	return false;
}

/* `name(parameters) -> result {` of a function like `fn`; `token`: with one more parameter. */
static void add_signature(struct guard *g, uint32_t fn, const char *prefix, bool token)
{
	const struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t parameters = rhook_child(p, info->node, F_PARAMETERS), types = rhook_child(p, info->node, F_TYPE_PARAMETERS);
	const struct rhook_node *item = &p->nodes[info->node];
	unsigned index = 0;

	add_flat(&g->text, p->text, item->start, p->nodes[info->name_node].start);
	rhook_buf_puts(&g->text, prefix);
	if (*prefix)
		add_plain_name(g, info->name_node);
	else
		add_node(g, info->name_node);
	if (types != RHOOK_NONE)
		add_node(g, types);
	rhook_buf_puts(&g->text, "(");
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!is_parameter(&p->nodes[c]))
			continue;
		if (index)
			rhook_buf_puts(&g->text, ", ");
		add_parameter(g, c, index++);
	}
	if (token)
		rhook_buf_printf(&g->text, "%s__rprof_a: %sAt", index ? ", " : "", rhook_path(p, item->start));
	rhook_buf_puts(&g->text, ")");
	add_flat(&g->text, p->text, p->nodes[parameters].end, p->nodes[info->body].start);
	rhook_buf_puts(&g->text, "{ ");
}

/* A call of the function of this prefix, with the parameters as they came. */
static void add_forward(struct guard *g, uint32_t fn, const char *prefix)
{
	const struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t parameters = rhook_child(p, info->node, F_PARAMETERS);
	unsigned index = 0;

	rhook_buf_printf(&g->text, "%s%s", info->role == ROLE_INHERENT ? "Self::" : "", prefix);
	add_plain_name(g, info->name_node);
	add_turbofish(g, fn);
	rhook_buf_puts(&g->text, "(");
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (is_parameter(&p->nodes[c]))
			add_argument(g, c, index++);
	rhook_buf_puts(&g->text, "__rprof_a)");
}

static bool is_about_inlining(const struct rhook_program *p, uint32_t attribute)
{
	const struct rhook_node *n = &p->nodes[attribute];

	return strncmp(p->text + n->start, "#[inline", n->end - n->start < 8 ? n->end - n->start : 8) == 0 ||
	       rhook_node_is(p, attribute, "#[cold]");
}

static void add_attribute(struct guard *g, uint32_t attribute)
{
	const struct rhook_program *p = g->program;
	uint32_t from = p->nodes[attribute].start, size, at;

	while ((at = rhook_denying(p, attribute, from, &size)), size) {
		add_flat(&g->text, p->text, from, at);
		rhook_buf_puts(&g->text, "allow");
		from = at + size;
	}
	add_flat(&g->text, p->text, from, p->nodes[attribute].end);
}

static void add_copied_attributes(struct guard *g, uint32_t fn, bool inlining)
{
	const struct rhook_program *p = g->program;

	for (uint32_t a = p->nodes[p->infos[fn].node].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		if (p->nodes[a].kind != K_ATTRIBUTE && !rhook_is_comment(&p->nodes[a]))
			break;
		if (p->nodes[a].kind == K_ATTRIBUTE && rhook_attribute_copied(p, a) && (inlining || !is_about_inlining(p, a))) {
			add_attribute(g, a);
			rhook_buf_puts(&g->text, " ");
		}
	}
}

enum way { COUNTED, CHOOSING, CLOCKED, CLOCKED_AT_ONCE };

/* `impl Trait` as the result: each function has another, so there is no choosing. */
static bool is_opaque(const struct rhook_program *p, uint32_t fn)
{
	uint32_t result = rhook_child(p, p->infos[fn].node, F_RETURN_TYPE);

	for (uint32_t i = result; result != RHOOK_NONE && i < p->nodes[result].last; i++)
		if (p->nodes[i].kind == K_ABSTRACT_TYPE)
			return true;
	return false;
}

/*
 * The ways to a body: the function's own name counts; `__rprof_t_` looks whether the clock is to be started; `__rprof_c_` starts it, out
 * of line, so that neither the clock's landing pad nor its registers are seen where it is off.
 */
static void add_wrapper(struct guard *g, uint32_t fn, enum way way)
{
	static const char *const prefix[] = {"", "__rprof_t_", "__rprof_c_", "__rprof_t_"};
	const struct rhook_info *info = &g->program->infos[fn];
	const char *path = rhook_path(g->program, g->program->nodes[info->node].start);
	bool unsafe = is_unsafe(g->program, fn);

	add_signature(g, fn, prefix[way], way != COUNTED);
	if (way == COUNTED)
		rhook_buf_printf(&g->text, "let __rprof_a = %scount(%u); ", path, info->entry);
	else if (way == CLOCKED || way == CLOCKED_AT_ONCE)
		rhook_buf_printf(&g->text, "let __rprof_s = __rprof_a.timed(%u); ", fn);
	if (way == COUNTED && info->reaches)
		rhook_buf_printf(&g->text, "let __rprof_m = %skeep(); ", path);
	rhook_buf_puts(&g->text, unsafe ? "unsafe { " : "");
	if (way == CHOOSING) {
		rhook_buf_printf(&g->text, "if __rprof_a.starts(%u) { ", fn);
		add_forward(g, fn, "__rprof_c_");
		rhook_buf_puts(&g->text, " } else { ");
	}
	add_forward(g, fn, way == COUNTED && !info->tiny ? "__rprof_t_" : "__rprof_b_");
	rhook_buf_printf(&g->text, "%s%s } ", way == CHOOSING ? " }" : "", unsafe ? " }" : "");
}

/* --- functions --------------------------------------------------------------------------------------------------------------- */

/* Behind the comment at `at`, of lines or of blocks in blocks. */
static uint32_t comment_end(const struct rhook_program *p, uint32_t at)
{
	uint32_t depth = 1;

	if (p->text[at + 1] == '/') {
		while (at < p->size && p->text[at] != '\n')
			at++;
		return at < p->size ? at + 1 : at;
	}
	for (at += 2; at + 1 < p->size && depth; at++) {
		bool open = p->text[at] == '/' && p->text[at + 1] == '*', shut = p->text[at] == '*' && p->text[at + 1] == '/';
		depth += open;
		depth -= shut;
		at += open || shut;
	}
	return at;
}

/* Behind the inner doc comments at the start of a body, which are attributes in the form of comments; `at` if there are none. */
static uint32_t behind_inner_docs(const struct rhook_program *p, uint32_t at)
{
	uint32_t docs = at;

	while (at + 2 < p->size) {
		bool comment = p->text[at] == '/' && (p->text[at + 1] == '/' || p->text[at + 1] == '*'), inner = p->text[at + 2] == '!';
		if (!comment && !isspace((unsigned char)p->text[at]))
			break;
		at = comment ? comment_end(p, at) : at + 1;
		if (comment && inner)
			docs = at;
	}
	return docs;
}

uint32_t rhook_body_start(const struct rhook_program *p, uint32_t body)
{
	uint32_t at = behind_inner_docs(p, p->nodes[body].start + 1);

	for (uint32_t c = rhook_first(p, body); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].kind == K_INNER_ATTRIBUTE)
			at = behind_inner_docs(p, p->nodes[c].end);
	return at;
}

/*
 * `|n| { f }(n)`, `|n| match n { .. } + 1`: within braces, behind a statement, it would end with its first block, so it needs brackets.
 */
static bool ends_early(const struct rhook_program *p, uint32_t fn)
{
	static const char *const words[] = {"{", "match", "if", "unsafe", "loop", "while", "for", "const", "async", "'"};
	uint32_t body = p->infos[fn].body, first = rhook_first(p, body);
	const char *text = p->text + p->nodes[body].start;

	if (p->infos[fn].skip || p->nodes[body].kind == K_BLOCK || first == RHOOK_NONE)
		return false;
	if (!p->nodes[first].named || p->nodes[first].start != p->nodes[body].start || p->nodes[first].end == p->nodes[body].end)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t size = strlen(words[i]);
		if (p->size - p->nodes[body].start > size && memcmp(text, words[i], size) == 0 &&
		    (!isalpha((unsigned char)*words[i]) || !(isalnum((unsigned char)text[size]) || text[size] == '_')))
			return true;
	}
	return false;
}

static void edit_brackets(struct guard *g, bool open)
{
	const struct rhook_program *p = g->program;

	for (uint32_t f = 0; f < p->fn_count; f++)
		if (p->infos[f].role == ROLE_CLOSURE && ends_early(p, f))
			rhook_edit(g->edits, open ? p->nodes[p->infos[f].body].start : p->nodes[p->infos[f].body].end, 0, open ? "(" : ")");
}

static void edit_in_place(struct guard *g, uint32_t fn)
{
	struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	const struct rhook_node *body = &p->nodes[info->body];
	bool braces = body->kind == K_BLOCK && p->text[body->start] == '{';
	uint32_t at = braces ? rhook_body_start(p, info->body) : body->start;
	const char *path = rhook_path(p, body->start);

	restart(g);
	rhook_buf_puts(&g->text, braces ? " " : "{ ");
	if (info->near || info->handed)
		rhook_buf_printf(&g->text, "__rprof_a.call(%u)", info->entry);
	else if (!info->closed)
		rhook_buf_puts(&g->text, "let __rprof_a = ");
	else if (!info->tiny && !info->async)
		rhook_buf_puts(&g->text, "let __rprof_s = ");
	if (!info->near && !info->handed)
		rhook_buf_printf(&g->text, "%scount(%u)", path, info->entry);
	if (!info->tiny && !info->async)
		rhook_buf_printf(&g->text, "%s.timed(%u)", info->closed ? "" : "; let __rprof_s = __rprof_a", fn);
	rhook_buf_puts(&g->text, "; ");
	if (info->allocates && info->closed)
		rhook_buf_printf(&g->text, "let __rprof_m = %sowner(%u); ", path, fn);
	else if (info->reaches)
		rhook_buf_printf(&g->text, "let __rprof_m = %skeep(); ", path);
	rhook_edit(g->edits, at, 0, g->text.data);
	if (!braces)
		rhook_edit(g->edits, body->end, 0, " }");
}

/* The user's text becomes the body: another name, one more parameter. */
static void rename_body(struct guard *g, uint32_t fn)
{
	const struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	const struct rhook_node *name = &p->nodes[info->name_node];
	const char *path = rhook_path(p, p->nodes[info->node].start);
	uint32_t parameters = rhook_child(p, info->node, F_PARAMETERS), last = RHOOK_NONE;

	restart(g);
	rhook_buf_puts(&g->text, "__rprof_b_");
	add_plain_name(g, info->name_node);
	rhook_edit(g->edits, name->start, name->end - name->start, g->text.data);
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (is_parameter(&p->nodes[c]))
			last = c;
	if (last == RHOOK_NONE)
		rhook_editf(g->edits, p->nodes[parameters].start + 1, 0, "__rprof_a: %sAt", path);
	else
		rhook_editf(g->edits, p->nodes[last].end, 0, ", __rprof_a: %sAt", path);
}

static void edit_split(struct guard *g, uint32_t fn)
{
	struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	bool has_inline = false;

	for (uint32_t a = p->nodes[info->node].previous; a != RHOOK_NONE; a = p->nodes[a].previous) {
		if (p->nodes[a].kind != K_ATTRIBUTE && !rhook_is_comment(&p->nodes[a]))
			break;
		has_inline |= p->nodes[a].kind == K_ATTRIBUTE && p->nodes[a].end - p->nodes[a].start > 8 &&
			      memcmp(p->text + p->nodes[a].start, "#[inline", 8) == 0;
	}
	restart(g);
	rhook_buf_puts(&g->text, has_inline ? "#[allow(dead_code)] " : "#[inline(always)] #[allow(dead_code)] ");
	add_wrapper(g, fn, COUNTED);
	if (!info->tiny && is_opaque(p, fn)) {
		add_copied_attributes(g, fn, false);
		add_wrapper(g, fn, CLOCKED_AT_ONCE);
	} else if (!info->tiny) {
		rhook_buf_puts(&g->text, "#[inline(always)] ");
		add_copied_attributes(g, fn, false);
		add_wrapper(g, fn, CHOOSING);
		rhook_buf_puts(&g->text, "#[cold] #[inline(never)] ");
		add_copied_attributes(g, fn, false);
		add_wrapper(g, fn, CLOCKED);
	}
	add_copied_attributes(g, fn, true);
	rhook_edit(g->edits, p->nodes[info->node].start, 0, g->text.data);
	rename_body(g, fn);
}

/* What the calls and blocks of this function count with. */
static const char *token_of(const struct rhook_program *p, uint32_t fn)
{
	return p->infos[fn].lean ? rhook_here(p, p->fns[fn].start) : "__rprof_a";
}

/* --- methods of traits that are handed counters -------------------------------------------------------------------------------- */

/* `<Self as Trait>::name(self, x, TOKEN)` */
static void add_trait_call(struct guard *g, uint32_t trait, const char *prefix, uint32_t item, const char *token)
{
	const struct rhook_program *p = g->program;
	uint32_t parameters = rhook_child(p, item, F_PARAMETERS);
	unsigned index = 0;

	rhook_buf_puts(&g->text, "<Self as ");
	add_node(g, trait);
	rhook_buf_printf(&g->text, ">::%s", prefix);
	add_node(g, rhook_child(p, item, F_NAME));
	rhook_buf_puts(&g->text, "(");
	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (is_parameter(&p->nodes[c]))
			add_argument(g, c, index++);
	rhook_buf_printf(&g->text, "%s) } ", token);
}

/* The second method, for impls that have none of their own. */
static void edit_handing(struct guard *g, const struct rhook_handing *handing)
{
	const struct rhook_program *p = g->program;
	const struct rhook_node *item = &p->nodes[handing->method];
	uint32_t parameters = rhook_child(p, handing->method, F_PARAMETERS), body = rhook_child(p, handing->method, F_BODY);
	uint32_t end = body == RHOOK_NONE ? item->end : p->nodes[body].start, last = RHOOK_NONE;

	for (uint32_t c = rhook_first(p, parameters); c != RHOOK_NONE; c = rhook_next(p, c))
		if (is_parameter(&p->nodes[c]))
			last = c;
	if (body == RHOOK_NONE && p->text[end - 1] == ';')
		end--;
	restart(g);
	rhook_buf_puts(&g->text, " #[doc(hidden)] #[inline(always)] fn __rprof_b_");
	add_flat(&g->text, p->text, p->nodes[rhook_child(p, handing->method, F_NAME)].start, p->nodes[last].end);
	rhook_buf_printf(&g->text, ", __rprof_a: %sAt)", rhook_path(p, item->start));
	add_flat(&g->text, p->text, p->nodes[parameters].end, end);
	rhook_buf_puts(&g->text, " { let _ = __rprof_a; ");
	add_trait_call(g, rhook_child(p, handing->trait, F_NAME), "", handing->method, "");
	rhook_edit(g->edits, item->end, 0, g->text.data);
}

static void edit_handed(struct guard *g, uint32_t fn)
{
	const struct rhook_program *p = g->program;
	const struct rhook_info *info = &p->infos[fn];
	uint32_t impl = p->nodes[p->nodes[info->node].parent].parent;
	char token[64];

	snprintf(token, sizeof token, "%senter()", rhook_path(p, p->nodes[info->node].start));
	restart(g);
	rhook_buf_puts(&g->text, "#[inline(always)] ");
	add_signature(g, fn, "", false);
	add_trait_call(g, rhook_child(p, impl, F_TRAIT), "__rprof_b_", info->node, token);
	rhook_edit(g->edits, p->nodes[info->node].start, 0, g->text.data);
	rename_body(g, fn);
	edit_in_place(g, fn);
}

static void edit_handed_call(struct guard *g, uint32_t node)
{
	const struct rhook_program *p = g->program;
	uint32_t name = rhook_callee_name(p, node), arguments = rhook_child(p, node, F_ARGUMENTS), last = RHOOK_NONE;

	for (uint32_t c = rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			last = c;
	rhook_edit(g->edits, p->nodes[name].start, 0, "__rprof_b_");
	rhook_editf(g->edits, last == RHOOK_NONE ? p->nodes[arguments].start + 1 : p->nodes[last].end, 0, "%s%s",
		    last == RHOOK_NONE ? "" : ", ", token_of(p, p->nodes[node].ctx));
}

static void edit_opening(struct guard *g, const struct rhook_opening *opening)
{
	if (g->program->input->flags & RHOOK_BY_LINE)
		rhook_editf(g->edits, opening->start, 0, "%s%ssite(%u); ", opening->end ? "{ " : "", rhook_path(g->program, opening->start),
			    opening->site);
	else
		rhook_editf(g->edits, opening->start, 0, "%s%s.own(%u); ", opening->end ? "{ " : "", token_of(g->program, opening->fn),
			    opening->fn);
	if (opening->end)
		rhook_edit(g->edits, opening->end, 0, " }");
}

/* --- calls --------------------------------------------------------------------------------------------------------------------- */

static void edit_block(struct guard *g, const struct rhook_counted *block)
{
	const struct rhook_program *p = g->program;
	const char *token = token_of(p, block->fn);

	if (block->calls < 2 || block->calm)
		return;
	if (block->wrap != RHOOK_NONE && p->nodes[p->nodes[block->wrap].parent].kind == K_CLOSURE) {
		/* Its braces are there already, from its entry. */
		rhook_editf(g->edits, p->nodes[block->wrap].start, 0, "let mut __rprof_%u = %s.block(%u); ", block->slot, token,
			    block->slot);
	} else if (block->wrap != RHOOK_NONE) {
		rhook_editf(g->edits, p->nodes[block->wrap].start, 0, "{ let mut __rprof_%u = %s.block(%u); ", block->slot, token,
			    block->slot);
		rhook_edit(g->edits, p->nodes[block->wrap].end, 0, " }");
	} else {
		rhook_editf(g->edits, block->anchor, 0, "let mut __rprof_%u = %s.block(%u); ", block->slot, token, block->slot);
	}
}

static void edit_call(struct guard *g, const struct rhook_call *call)
{
	const struct rhook_program *p = g->program;
	const struct rhook_counted *block = &p->blocks[call->block];
	const struct rhook_info *target = &p->infos[call->target];
	bool timed = !target->tiny && !(target->recursive && target->cycle == p->infos[call->caller].cycle);
	uint32_t arguments = rhook_child(p, call->node, F_ARGUMENTS), last = RHOOK_NONE;
	bool raw = call->name_size > 2 && memcmp(p->text + call->name_start, "r#", 2) == 0;

	rhook_edit(g->edits, call->name_start, raw ? 2 : 0, timed ? "__rprof_t_" : "__rprof_b_");
	for (uint32_t c = rhook_first(p, arguments); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			last = c;
	restart(g);
	rhook_buf_puts(&g->text, last == RHOOK_NONE ? "" : ", ");
	if (block->calls < 2 || (block->calm && call->index == 0))
		rhook_buf_printf(&g->text, "%s.call(%u)", token_of(p, block->fn), block->slot);
	else if (block->calm)
		rhook_buf_puts(&g->text, token_of(p, block->fn));
	else
		rhook_buf_printf(&g->text, "__rprof_%u.%s()", block->slot, call->index + 1 == block->calls ? "last" : "at");
	rhook_edit(g->edits, last == RHOOK_NONE ? p->nodes[arguments].start + 1 : p->nodes[last].end, 0, g->text.data);
}

/* Calls that end on one account and return to another. Of two that start at one byte, as in `f(x).g()`, the outer one is first in the tree.
 */
static void edit_backs(struct guard *g)
{
	struct rhook_program *p = g->program;
	bool by_line = p->input->flags & RHOOK_BY_LINE;
	size_t within = 0;

	rhook_sort_withins(p);
	for (uint32_t i = 0; i < p->node_count; i++) {
		const struct rhook_call *call = p->nodes[i].call == RHOOK_NONE ? NULL : &p->calls[p->nodes[i].call];
		within = rhook_edit_within(p, g->edits, within, i);
		if (!call || !call->back)
			continue;
		rhook_editf(g->edits, p->nodes[i].start, 0, "%sback(%u, ", rhook_path(p, p->nodes[i].start),
			    by_line ? call->site : call->caller);
		/* The bracket itself, since braces may be put behind it. */
		rhook_edit(g->edits, p->nodes[i].end - 1, 1, "))");
	}
}

/* At one place the order of the edits counts: entries and braces, then guards, then names and tokens. */
bool rhook_guard(struct rhook_program *program, struct rhook_edits *edits)
{
	struct guard g = {.program = program, .edits = edits};

	edit_brackets(&g, false);
	rhook_edit_line_ends(program, edits);
	rhook_open_asserts(program, edits);
	for (uint32_t f = 0; f < program->fn_count; f++) {
		const struct rhook_info *info = &program->infos[f];
		if (info->skip)
			rhook_note_skip(program, program->fns[f].start, info->skip);
		else if (info->called)
			edit_split(&g, f);
		else if (info->handed)
			edit_handed(&g, f);
		else
			edit_in_place(&g, f);
	}
	for (size_t i = 0; i < program->handing_count; i++)
		edit_handing(&g, &program->handings[i]);
	for (size_t i = 0; i < program->opening_count; i++)
		edit_opening(&g, &program->openings[i]);
	for (size_t b = 0; b < program->block_count; b++)
		edit_block(&g, &program->blocks[b]);
	rhook_edit_lines(program, edits);
	edit_brackets(&g, true);
	edit_backs(&g);
	for (uint32_t i = 0; program->handing_count && i < program->node_count; i++)
		if (program->nodes[i].handed && program->nodes[i].kind == K_CALL)
			edit_handed_call(&g, i);
	for (size_t c = 0; c < program->call_count; c++)
		edit_call(&g, &program->calls[c]);
	rhook_close_asserts(program, edits);
	if (g.text.failed)
		program->no_memory = true;
	rhook_buf_free(&g.text);
	return !program->no_memory;
}
