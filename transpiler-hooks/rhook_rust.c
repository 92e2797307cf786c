/* The Rust text as a flat syntax tree, and the functions in it. */
#include "rhook_program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 300 /* names of things nested deeper do not grow any more */

/* --- the tree ---------------------------------------------------------------------------------------------------------- */

static const char *const kind_names[] = {NULL,
#define X(kind, text) text,
					 RHOOK_KINDS(X)
#undef X
};

static const char *const field_names[] = {NULL,
#define X(field, text) text,
					  RHOOK_FIELDS(X)
#undef X
};

struct numbering {
	uint8_t *kinds;	 /* by symbol */
	uint8_t *fields; /* by field id */
	uint32_t kind_count, field_count;
};

static bool number(struct numbering *n)
{
	const TSLanguage *language = tree_sitter_rust();

	n->kind_count = ts_language_symbol_count(language);
	n->field_count = ts_language_field_count(language) + 1;
	n->kinds = calloc(n->kind_count + n->field_count, 1);
	if (!n->kinds)
		return false;
	n->fields = n->kinds + n->kind_count;
	for (uint32_t s = 0; s < n->kind_count; s++)
		for (size_t k = 1; k < sizeof kind_names / sizeof *kind_names; k++)
			if (ts_language_symbol_type(language, (TSSymbol)s) == TSSymbolTypeRegular &&
			    strcmp(ts_language_symbol_name(language, (TSSymbol)s), kind_names[k]) == 0)
				n->kinds[s] = (uint8_t)k;
	for (uint32_t f = 1; f < n->field_count; f++)
		for (size_t k = 1; k < sizeof field_names / sizeof *field_names; k++) {
			const char *name = ts_language_field_name_for_id(language, (TSFieldId)f);
			if (name && strcmp(name, field_names[k]) == 0)
				n->fields[f] = (uint8_t)k;
		}
	return true;
}

static struct rhook_node *add_node(struct rhook_program *program, const struct numbering *n, const TSTreeCursor *cursor)
{
	TSNode node = ts_tree_cursor_current_node(cursor);
	TSSymbol symbol = ts_node_symbol(node);
	TSFieldId field = ts_tree_cursor_current_field_id(cursor);
	struct rhook_node *added = RHOOK_PUSH(program, program->nodes, program->node_count, program->node_capacity);

	if (added)
		*added = (struct rhook_node){
		    .start = ts_node_start_byte(node),
		    .end = ts_node_end_byte(node),
		    .parent = RHOOK_NONE,
		    .previous = RHOOK_NONE,
		    .ctx = RHOOK_NONE,
		    .call = RHOOK_NONE,
		    .kind = symbol < n->kind_count ? n->kinds[symbol] : K_OTHER,
		    .field = field < n->field_count ? n->fields[field] : F_NONE,
		    .named = ts_node_is_named(node),
		};
	return added;
}

static bool flatten(struct rhook_program *program, const struct numbering *n)
{
	TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(program->tree));
	uint32_t at = 0;
	bool more = true;

	program->node_count = 0;
	if (!add_node(program, n, &cursor))
		more = false;
	while (more) {
		uint32_t previous = RHOOK_NONE, parent = at;
		if (!ts_tree_cursor_goto_first_child(&cursor)) {
			while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
				program->nodes[at].last = (uint32_t)program->node_count;
				if (!ts_tree_cursor_goto_parent(&cursor)) {
					more = false;
					break;
				}
				at = program->nodes[at].parent;
			}
			if (!more)
				break;
			program->nodes[at].last = (uint32_t)program->node_count;
			previous = at;
			parent = program->nodes[at].parent;
		}
		at = (uint32_t)program->node_count;
		if (!add_node(program, n, &cursor))
			break;
		program->nodes[at].parent = parent;
		program->nodes[at].previous = previous;
	}
	ts_tree_cursor_delete(&cursor);
	return !program->no_memory;
}

uint32_t rhook_child(const struct rhook_program *program, uint32_t node, enum rhook_field field)
{
	for (uint32_t c = rhook_first(program, node); c != RHOOK_NONE; c = rhook_next(program, c))
		if (program->nodes[c].field == field && !rhook_is_comment(&program->nodes[c]))
			return c;
	return RHOOK_NONE;
}

uint32_t rhook_child_kind(const struct rhook_program *program, uint32_t node, enum rhook_kind kind)
{
	for (uint32_t c = rhook_first(program, node); c != RHOOK_NONE; c = rhook_next(program, c))
		if (program->nodes[c].kind == kind)
			return c;
	return RHOOK_NONE;
}

bool rhook_node_is(const struct rhook_program *program, uint32_t node, const char *text)
{
	const struct rhook_node *n = &program->nodes[node];
	size_t size = strlen(text);

	return n->end - n->start == size && memcmp(program->text + n->start, text, size) == 0;
}

bool rhook_node_among(const struct rhook_program *program, uint32_t node, const char *words)
{
	uint32_t size = program->nodes[node].end - program->nodes[node].start;
	char word[32];

	if (size + 3 > sizeof word)
		return false;
	snprintf(word, sizeof word, " %.*s ", (int)size, program->text + program->nodes[node].start);
	return strstr(words, word) != NULL;
}

uint32_t rhook_node_name(struct rhook_program *program, uint32_t node)
{
	const struct rhook_node *n = &program->nodes[node];
	uint32_t start = n->start;
	uint32_t id;

	if (n->end - start > 2 && memcmp(program->text + start, "r#", 2) == 0)
		start += 2;
	id = rhook_word_id(program->names, program->text + start, n->end - start);
	if (id == RHOOK_NONE)
		program->no_memory = true;
	return id;
}

uint32_t rhook_callee_name(const struct rhook_program *program, uint32_t call)
{
	uint32_t f = rhook_child(program, call, F_FUNCTION);

	if (f != RHOOK_NONE && program->nodes[f].kind == K_GENERIC_FUNCTION)
		f = rhook_child(program, f, F_FUNCTION);
	if (f == RHOOK_NONE)
		return RHOOK_NONE;
	switch (program->nodes[f].kind) {
	case K_IDENTIFIER:
		return f;
	case K_SCOPED_IDENTIFIER:
		return rhook_child(program, f, F_NAME);
	case K_FIELD_EXPRESSION:
		f = rhook_child(program, f, F_FIELD);
		return f != RHOOK_NONE && program->nodes[f].kind == K_FIELD_IDENTIFIER ? f : RHOOK_NONE;
	default:
		return RHOOK_NONE;
	}
}

bool rhook_is_standard_macro(const struct rhook_program *p, uint32_t node)
{
	static const char *const names[] = {
	    "print",	  "println",	   "eprint",	  "eprintln",	 "format",	    "write",	       "writeln",
	    "vec",	  "panic",	   "todo",	  "assert",	 "assert_eq",	    "assert_ne",       "debug_assert",
	    "dbg",	  "unimplemented", "matches",	  "concat",	 "debug_assert_eq", "debug_assert_ne", "stringify",
	    "line",	  "file",	   "column",	  "cfg",	 "include_str",	    "include_bytes",   "env",
	    "option_env", "unreachable",   "format_args", "module_path", "compile_error"};
	uint32_t name = rhook_child(p, node, F_MACRO);

	for (size_t i = 0; name != RHOOK_NONE && i < sizeof names / sizeof *names; i++)
		if (rhook_node_is(p, name, names[i]))
			return true;
	return false;
}

static bool find_lines(struct rhook_program *program)
{
	for (uint32_t i = 0; i < program->size; i++) {
		uint32_t *line;
		if (program->text[i] != '\n')
			continue;
		line = RHOOK_PUSH(program, program->ends, program->end_count, program->end_capacity);
		if (!line)
			return false;
		*line = i;
	}
	return true;
}

uint32_t rhook_row(const struct rhook_program *program, uint32_t byte)
{
	size_t low = 0, high = program->end_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (program->ends[middle] < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low + 1;
}

void rhook_note_skip(struct rhook_program *program, uint32_t byte, const char *reason)
{
	struct rhook_skip *skip = RHOOK_PUSH(program, program->skips, program->skip_count, program->skip_capacity);

	if (skip)
		*skip = (struct rhook_skip){byte, reason}; /* a byte until the table is written, then a line */
}

/* --- parse -------------------------------------------------------------------------------------------------------------- */

static TSTree *parse(const char *text, uint32_t size)
{
	TSParser *parser = ts_parser_new();
	TSTree *tree = NULL;

	if (!parser)
		return NULL;
	/* Error recovery can be slow on text that is not Rust at all. */
	ts_parser_set_timeout_micros(parser, 5000000 + (uint64_t)size * 20);
	if (ts_parser_set_language(parser, tree_sitter_rust()))
		tree = ts_parser_parse_string(parser, NULL, text, size);
	ts_parser_delete(parser);
	return tree;
}

/* First place where the text is not Rust; the root's start when the tree does not tell. */
static TSNode first_error(const TSTree *tree)
{
	TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
	TSNode found = ts_tree_cursor_current_node(&cursor);

	for (;;) {
		TSNode node = ts_tree_cursor_current_node(&cursor);
		if (!ts_node_is_null(node) && ts_node_has_error(node)) {
			found = node;
			if (ts_node_is_missing(node) || ts_node_symbol(node) == (TSSymbol)-1 || !ts_tree_cursor_goto_first_child(&cursor))
				break;
			continue;
		}
		if (!ts_tree_cursor_goto_next_sibling(&cursor))
			break;
	}
	ts_tree_cursor_delete(&cursor);
	return found;
}

/* The innermost masked macro around the byte. */
static struct rhook_macro *macro_around(struct rhook_program *program, uint32_t byte)
{
	for (size_t i = program->macro_count; i-- > 0;) {
		struct rhook_macro *m = &program->macros[i];
		if (m->masked && m->name <= byte && byte <= m->close)
			return m;
	}
	return NULL;
}

static bool unmask_all(struct rhook_program *program)
{
	bool any = false;

	for (size_t i = 0; i < program->macro_count; i++) {
		any |= program->macros[i].masked;
		rhook_unmask(program, &program->macros[i]);
	}
	return any;
}

static int fail_at(struct rhook_error *error, TSNode node)
{
	TSPoint point = ts_node_start_point(node);

	error->line = point.row + 1;
	error->column = point.column + 1;
	error->byte = ts_node_start_byte(node);
	if (ts_node_is_missing(node))
		snprintf(error->message, sizeof error->message, "Rust text does not parse: `%s` is missing", ts_node_type(node));
	else
		snprintf(error->message, sizeof error->message, "Rust text does not parse");
	return -1;
}

static bool has_error(const char *text, uint32_t size)
{
	TSTree *tree = parse(text, size);
	bool error = !tree || ts_node_has_error(ts_tree_root_node(tree));

	if (tree)
		ts_tree_delete(tree);
	return error;
}

static bool is_blank(const char *text, uint32_t from, uint32_t to)
{
	while (from < to && (isspace((unsigned char)text[from]) || text[from] == ';'))
		from++;
	return from == to;
}

/*
 * The grammar is older than the compiler. An item of the file that it can't read by itself is not shown to it: its functions keep their
 * names and calls to them are unknown. Only if some item that can be read is left, and once.
 */
static bool blank_unknown_items(struct rhook_program *p)
{
	uint32_t from = 0, good = 0;
	bool again = p->blanked;

	for (size_t i = 0; i < p->item_count && !again; from = p->item_ends[i++]) {
		uint32_t to = p->item_ends[i];
		if (is_blank(p->parsed, from, to))
			continue;
		if (!has_error(p->parsed + from, to - from)) {
			good++;
			continue;
		}
		/* A macro's rules may hold any tokens: that they can't be read does not mean that this is no Rust. */
		good += memmem(p->parsed + from, to - from, "macro_rules!", 12) != NULL;
		p->blanked = true;
		while (isspace((unsigned char)p->parsed[from]))
			from++;
		rhook_note_skip(p, from, "this item has a syntax that is not known here");
		for (; from < to; from++)
			if (p->parsed[from] != '\n')
				p->parsed[from] = ' ';
	}
	return p->blanked && !again && good && !p->no_memory;
}

bool rhook_parse(struct rhook_program *program, struct rhook_error *error)
{
	struct numbering n;
	bool done;

	/* What does not parse may be a macro call whose arguments are no expressions after all: show those as they are. */
	for (int round = 0;; round++) {
		struct rhook_macro *macro;
		TSNode bad;

		program->tree = parse(program->parsed, program->size);
		if (!program->tree) {
			snprintf(error->message, sizeof error->message, "Rust text takes too long to parse");
			return false;
		}
		if (!ts_node_has_error(ts_tree_root_node(program->tree)))
			break;
		bad = first_error(program->tree);
		macro = round < 8 ? macro_around(program, ts_node_start_byte(bad)) : NULL;
		if (macro) {
			rhook_unmask(program, macro);
		} else if (!unmask_all(program) && !blank_unknown_items(program)) {
			fail_at(error, bad);
			return false;
		}
		ts_tree_delete(program->tree);
		program->tree = NULL;
	}
	if (!number(&n)) {
		program->no_memory = true;
		return false;
	}
	done = find_lines(program) && flatten(program, &n);
	free(n.kinds);
	return done;
}

/* --- functions ---------------------------------------------------------------------------------------------------------- */

/* What encloses the node that is looked at: module, impl, trait, function or closure. */
struct container {
	uint32_t last, node;
	int fn;		   /* index of the function, or that of the enclosing one */
	uint32_t closures; /* so far */
	bool is_fn;
	char *name; /* owned when it is no function's */
};

struct finder {
	struct rhook_program *program;
	struct container *stack;
	size_t depth, capacity;
	uint32_t beyond, beyond_fn; /* the nodes before this belong to that closure, though the tree ends it earlier */
};

static char *join(const char *prefix, const char *name, size_t size)
{
	struct rhook_buf buf = {0};

	if (prefix && *prefix) {
		rhook_buf_puts(&buf, prefix);
		rhook_buf_puts(&buf, "::");
	}
	for (size_t i = 0; i < size; i++) {
		bool space = isspace((unsigned char)name[i]);
		if (!space || (i && !isspace((unsigned char)name[i - 1])))
			rhook_buf_add(&buf, space ? " " : &name[i], 1);
	}
	if (buf.size > MAX_NAME && prefix && *prefix) {
		rhook_buf_free(&buf);
		rhook_buf_puts(&buf, prefix);
	}
	if (buf.failed || !buf.data) {
		rhook_buf_free(&buf);
		return buf.failed ? NULL : strdup("");
	}
	return buf.data;
}

static const struct container *top(const struct finder *finder)
{
	return finder->depth ? &finder->stack[finder->depth - 1] : NULL;
}

static bool enter(struct finder *finder, uint32_t node, int fn, char *name)
{
	const struct container *outer = top(finder);
	int outer_fn = outer ? outer->fn : -1;
	struct container *c;

	if (!name)
		return !(finder->program->no_memory = true);
	c = RHOOK_PUSH(finder->program, finder->stack, finder->depth, finder->capacity);
	if (!c) {
		if (fn < 0)
			free(name);
		return false;
	}
	*c = (struct container){
	    .last = finder->program->nodes[node].last, .node = node, .fn = fn < 0 ? outer_fn : fn, .is_fn = fn >= 0, .name = name};
	return true;
}

static void leave(struct finder *finder)
{
	struct container *c = &finder->stack[--finder->depth];

	if (!c->is_fn)
		free(c->name);
}

/* The part of a type that names its functions: `Stack` of `Stack<T>`, `b` of `a::b`. */
static uint32_t type_name_node(const struct rhook_program *program, uint32_t type)
{
	for (int i = 0; i < 8; i++) {
		uint32_t inner = RHOOK_NONE;
		if (program->nodes[type].kind == K_GENERIC_TYPE)
			inner = rhook_child(program, type, F_TYPE);
		else if (program->nodes[type].kind == K_SCOPED_TYPE)
			inner = rhook_child(program, type, F_NAME);
		if (inner == RHOOK_NONE)
			return type;
		type = inner;
	}
	return type;
}

static char *container_name(const struct finder *finder, uint32_t node)
{
	const struct rhook_program *program = finder->program;
	uint32_t named = rhook_child(program, node, program->nodes[node].kind == K_IMPL ? F_TYPE : F_NAME);
	const char *prefix = finder->depth ? top(finder)->name : NULL;
	const struct rhook_node *n;

	if (named == RHOOK_NONE)
		return join(prefix, "?", 1);
	named = type_name_node(program, named);
	n = &program->nodes[named];
	return join(prefix, program->text + n->start, n->end - n->start > 64 ? 64 : n->end - n->start);
}

static char *function_name(const struct finder *finder, uint32_t node, bool closure)
{
	const struct rhook_program *program = finder->program;
	const char *prefix = finder->depth ? top(finder)->name : NULL;
	char text[48];
	uint32_t name;

	if (closure) {
		uint32_t nth = finder->depth ? ++finder->stack[finder->depth - 1].closures : 1;
		int size = nth > 1 ? snprintf(text, sizeof text, "{closure#%u}", nth) : snprintf(text, sizeof text, "{closure}");
		return join(prefix, text, (size_t)size);
	}
	name = rhook_child(program, node, F_NAME);
	if (name == RHOOK_NONE)
		return join(prefix, "?", 1);
	return join(prefix, program->text + program->nodes[name].start, program->nodes[name].end - program->nodes[name].start);
}

static uint8_t role_of(const struct finder *finder, bool closure)
{
	const struct container *outer = top(finder);

	if (closure)
		return ROLE_CLOSURE;
	if (outer && finder->program->nodes[outer->node].kind == K_IMPL)
		return rhook_child(finder->program, outer->node, F_TRAIT) == RHOOK_NONE ? ROLE_INHERENT : ROLE_TRAIT_IMPL;
	if (outer && finder->program->nodes[outer->node].kind == K_TRAIT)
		return ROLE_TRAIT_DEFAULT;
	return ROLE_FREE;
}

static const struct {
	const char *name;
	enum { ATTR_COPY, ATTR_KEEP, ATTR_TEST, ATTR_SKIP } effect;
} attributes[] = {
    {"allow", ATTR_COPY},
    {"warn", ATTR_COPY},
    {"deny", ATTR_COPY},
    {"expect", ATTR_COPY},
    {"inline", ATTR_COPY},
    {"cold", ATTR_COPY},
    {"cfg", ATTR_COPY},
    {"must_use", ATTR_KEEP},
    {"doc", ATTR_KEEP},
    {"deprecated", ATTR_KEEP},
    {"rustfmt::skip", ATTR_KEEP},
    {"test", ATTR_TEST},
    {"bench", ATTR_SKIP},
    {"no_mangle", ATTR_SKIP},
    {"export_name", ATTR_SKIP},
    {"link_section", ATTR_SKIP},
    {"track_caller", ATTR_SKIP},
    {"naked", ATTR_SKIP},
    {"target_feature", ATTR_SKIP},
    {"panic_handler", ATTR_SKIP},
    {"unsafe", ATTR_SKIP},
    {"proc_macro", ATTR_SKIP},
    {"global_allocator", ATTR_SKIP},
    {"alloc_error_handler", ATTR_SKIP},
};

/* The words of an attribute before its arguments: `inline` of `#[inline(always)]`. */
static size_t attribute_name(const struct rhook_program *program, uint32_t node, const char **name)
{
	const struct rhook_node *n = &program->nodes[node];
	uint32_t from = n->start, to;

	while (from < n->end && (program->text[from] == '#' || program->text[from] == '[' || isspace((unsigned char)program->text[from])))
		from++;
	to = from;
	while (to < n->end && (isalnum((unsigned char)program->text[to]) || program->text[to] == '_' || program->text[to] == ':'))
		to++;
	*name = program->text + from;
	return to - from;
}

bool rhook_attribute_copied(const struct rhook_program *program, uint32_t node)
{
	const char *name;
	size_t size = attribute_name(program, node, &name);

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attributes[i].effect == ATTR_COPY && strlen(attributes[i].name) == size && memcmp(attributes[i].name, name, size) == 0)
			return true;
	return false;
}

static void read_attribute(const struct rhook_program *program, struct rhook_info *info, uint32_t node)
{
	const char *name;
	size_t size = attribute_name(program, node, &name);

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		if (strlen(attributes[i].name) != size || memcmp(attributes[i].name, name, size) != 0)
			continue;
		if (attributes[i].effect == ATTR_SKIP)
			info->skip = "an attribute gives its name or its caller a meaning";
		if (attributes[i].effect == ATTR_TEST)
			info->test = info->whole = true;
		if (memchr(program->text + program->nodes[node].start, '\n', program->nodes[node].end - program->nodes[node].start))
			info->whole = true;
		return;
	}
	if (size > 8 && memcmp(name, "clippy::", 8) == 0)
		return;
	/* Some macro that rewrites the function: perhaps it becomes async. */
	info->whole = info->closed = true;
}

bool rhook_may_be_left_out(const struct rhook_program *program, uint32_t item)
{
	const char *name;

	for (uint32_t a = program->nodes[item].previous; a != RHOOK_NONE; a = program->nodes[a].previous) {
		if (program->nodes[a].kind != K_ATTRIBUTE && !rhook_is_comment(&program->nodes[a]))
			return false;
		if (program->nodes[a].kind == K_ATTRIBUTE && attribute_name(program, a, &name) >= 3 && memcmp(name, "cfg", 3) == 0)
			return true;
	}
	return false;
}

static void read_attributes(const struct rhook_program *program, struct rhook_info *info)
{
	for (uint32_t p = program->nodes[info->node].previous; p != RHOOK_NONE; p = program->nodes[p].previous) {
		if (program->nodes[p].kind == K_ATTRIBUTE)
			read_attribute(program, info, p);
		else if (!rhook_is_comment(&program->nodes[p]))
			return;
	}
}

static void read_modifiers(const struct rhook_program *program, struct rhook_info *info)
{
	uint32_t modifiers = rhook_child_kind(program, info->node, K_FUNCTION_MODIFIERS);

	if (modifiers == RHOOK_NONE)
		return;
	for (uint32_t c = rhook_first(program, modifiers); c != RHOOK_NONE; c = rhook_next(program, c)) {
		if (rhook_node_is(program, c, "async"))
			info->async = info->closed = info->whole = true;
		else if (rhook_node_is(program, c, "const"))
			info->skip = "a const fn may run in the compiler";
		else if (program->nodes[c].kind == K_EXTERN_MODIFIER)
			info->skip = "called by other languages";
		else if (!rhook_node_is(program, c, "unsafe"))
			info->whole = true;
	}
}

static void read_parameters(const struct rhook_program *program, struct rhook_info *info)
{
	uint32_t parameters = rhook_child(program, info->node, F_PARAMETERS);

	for (uint32_t c = parameters == RHOOK_NONE ? RHOOK_NONE : rhook_first(program, parameters); c != RHOOK_NONE;
	     c = rhook_next(program, c))
		if (program->nodes[c].kind == K_ATTRIBUTE || program->nodes[c].kind == K_VARIADIC)
			info->whole = true;
}

static bool read_function(struct finder *finder, uint32_t node, struct rhook_info *info)
{
	struct rhook_program *program = finder->program;
	uint32_t params = rhook_child(program, node, F_TYPE_PARAMETERS);

	info->name_node = rhook_child(program, node, F_NAME);
	info->name = info->name_node == RHOOK_NONE ? RHOOK_NONE : rhook_node_name(program, info->name_node);
	info->generic = params != RHOOK_NONE && (rhook_child_kind(program, params, K_TYPE_PARAMETER) != RHOOK_NONE ||
						 rhook_child_kind(program, params, K_CONST_PARAMETER) != RHOOK_NONE);
	info->main = info->role == ROLE_FREE && finder->depth == 0 && info->name_node != RHOOK_NONE &&
		     rhook_node_is(program, info->name_node, "main");
	if (info->main || info->role == ROLE_TRAIT_IMPL || info->role == ROLE_TRAIT_DEFAULT)
		info->whole = true;
	/* Perhaps another one of this name takes its place, from where the text does not show it. */
	if (rhook_may_be_left_out(program, node) || (info->role == ROLE_INHERENT && rhook_may_be_left_out(program, top(finder)->node)))
		info->whole = true;
	read_modifiers(program, info);
	read_attributes(program, info);
	read_parameters(program, info);
	return !program->no_memory;
}

/*
 * The node up to which a closure really goes. The grammar ends `|r| r.0..(r.1)` behind the dots and `|r| { f }(r)` behind the brace, and
 * takes the rest for the arguments of a call. Behind a closure stands what ends an expression.
 */
static uint32_t closure_end(const struct rhook_program *program, uint32_t closure)
{
	uint32_t last = closure;

	for (int i = 0; i < 64; i++) {
		uint32_t at = program->nodes[last].end, parent = program->nodes[last].parent;
		while (at < program->size && isspace((unsigned char)program->parsed[at]))
			at++;
		if (at >= program->size || strchr(",;)]}", program->parsed[at]))
			return last;
		if (parent == RHOOK_NONE || program->nodes[parent].start != program->nodes[closure].start)
			return last;
		last = parent;
	}
	return last;
}

static bool add_function(struct finder *finder, uint32_t node, uint32_t body)
{
	struct rhook_program *program = finder->program;
	bool closure = program->nodes[node].kind == K_CLOSURE;
	const struct container *outer = top(finder);
	int parent = outer ? outer->fn : -1;
	uint32_t end;
	struct rhook_fn *fn;
	struct rhook_info *info;

	if (program->fn_count >= INT32_MAX ||
	    !rhook_grow(program, (void **)&program->fns, &program->fn_capacity, program->fn_count, sizeof *fn) ||
	    !rhook_grow(program, (void **)&program->infos, &program->info_capacity, program->fn_count, sizeof *info))
		return false;
	fn = &program->fns[program->fn_count];
	info = &program->infos[program->fn_count];
	*info = (struct rhook_info){
	    .node = node, .body = body, .name = RHOOK_NONE, .name_node = RHOOK_NONE, .type = RHOOK_NONE, .entry = RHOOK_NONE};
	info->role = role_of(finder, closure);
	*fn = (struct rhook_fn){
	    .name = function_name(finder, node, closure),
	    .kind = closure		      ? RHOOK_CLOSURE
		    : info->role == ROLE_FREE ? RHOOK_FN
					      : RHOOK_METHOD,
	    .parent = parent,
	    .start = program->nodes[node].start,
	    .end = program->nodes[node].end,
	    .body_start = program->nodes[body].start,
	    .body_end = program->nodes[body].end,
	};
	if (!fn->name)
		return !(program->no_memory = true);
	program->fn_count++;
	if (closure) {
		info->whole = true;
		for (uint32_t c = rhook_first(program, node); c != RHOOK_NONE && program->nodes[c].kind != K_CLOSURE_PARAMETERS;
		     c = rhook_next(program, c))
			if (rhook_node_is(program, c, "async"))
				info->async = info->closed = true;
		if (parent >= 0 && program->infos[parent].skip && program->infos[parent].role != ROLE_CLOSURE)
			info->skip = program->infos[parent].skip;
		end = closure_end(program, node);
		if (end != node) {
			info->skip = "where this closure ends is not certain";
			finder->beyond = program->nodes[end].last;
			finder->beyond_fn = (uint32_t)program->fn_count - 1;
		}
	} else if (!read_function(finder, node, info)) {
		return false;
	}
	return enter(finder, node, (int)program->fn_count - 1, fn->name);
}

static void fill_rows(struct rhook_program *program)
{
	for (size_t i = 0; i < program->fn_count; i++) {
		struct rhook_fn *fn = &program->fns[i];
		fn->first_row = rhook_row(program, fn->start) - 1;
		fn->last_row = rhook_row(program, fn->end ? fn->end - 1 : 0) - 1;
	}
}

/* Does code in this node run somewhere else than in the function around it? */
static bool is_apart(const struct rhook_node *node)
{
	switch (node->kind) {
	case K_FUNCTION:
	case K_CONST_ITEM:
	case K_STATIC_ITEM:
	case K_MOD:
	case K_IMPL:
	case K_TRAIT:
	case K_STRUCT:
	case K_ENUM:
	case K_UNION:
	case K_FOREIGN_MOD:
	case K_CONST_BLOCK:
	case K_ASYNC_BLOCK:
	case K_GEN_BLOCK:
	case K_TRY_BLOCK:
	case K_MACRO_DEFINITION:
	case K_ATTRIBUTE:
	case K_TYPE_ARGUMENTS:
		return true;
	default:
		return false;
	}
}

/* Is something in a macro's tokens that may be a closure? */
static bool may_hold_closure(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t i = node; i < p->nodes[node].last; i++)
		if (p->nodes[i].kind == K_CLOSURE || (p->nodes[i].last == i + 1 && (rhook_node_is(p, i, "|") || rhook_node_is(p, i, "||"))))
			return true;
	return false;
}

/* The arguments of a call or macro that are not looked into: the node behind them. */
static uint32_t left_alone(struct rhook_program *p, uint32_t node, struct rhook_buf *scratch)
{
	uint32_t condition;

	if (p->nodes[node].kind == K_MACRO_INVOCATION && may_hold_closure(p, node)) {
		rhook_note_skip(p, p->nodes[node].start, "the arguments of this macro; closures in them are not counted");
		return node;
	}
	condition = rhook_condition(p, node);
	if (condition == RHOOK_NONE || rhook_print_condition(p, condition, scratch))
		return node;
	p->nodes[node].alone = true;
	if (may_hold_closure(p, condition))
		rhook_note_skip(p, p->nodes[node].start, "the condition of this assert, which it prints; closures in it are not counted");
	return p->nodes[node].last - 1;
}

/* What is around the closure that goes beyond its node. */
static uint32_t beyond_ctx(const struct finder *finder)
{
	return finder->program->nodes[finder->program->infos[finder->beyond_fn].node].ctx;
}

bool rhook_find_functions(struct rhook_program *program)
{
	struct finder finder = {.program = program};
	struct rhook_buf scratch = {0};
	bool good = true;

	for (uint32_t i = 0; i < program->node_count && good; i++) {
		struct rhook_node *n = &program->nodes[i];
		uint32_t body;

		while (finder.depth && finder.stack[finder.depth - 1].last <= i)
			leave(&finder);
		if (finder.depth && top(&finder)->is_fn && program->infos[top(&finder)->fn].body == i)
			n->ctx = (uint32_t)top(&finder)->fn;
		else if (n->parent != RHOOK_NONE && !is_apart(n))
			n->ctx = program->nodes[n->parent].ctx;
		if (i < finder.beyond && n->ctx == beyond_ctx(&finder))
			n->ctx = finder.beyond_fn;
		if (n->kind == K_FUNCTION || n->kind == K_CLOSURE) {
			body = rhook_child(program, i, F_BODY);
			if (body != RHOOK_NONE)
				good = add_function(&finder, i, body);
		} else if (n->kind == K_IMPL || n->kind == K_TRAIT || n->kind == K_MOD) {
			good = enter(&finder, i, -1, container_name(&finder, i));
		} else if (n->kind == K_CALL || n->kind == K_MACRO_INVOCATION) {
			i = left_alone(program, i, &scratch);
		}
	}
	while (finder.depth)
		leave(&finder);
	free(finder.stack);
	good &= !scratch.failed;
	rhook_buf_free(&scratch);
	fill_rows(program);
	return good;
}
