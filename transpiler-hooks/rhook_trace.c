/*
 * The edits that trace chosen functions, in place, whatever they are: free functions, methods of traits, closures.
 *
 *   fn f(a: i32) -> i32 { let __rprof_t = crate::__rprof::enter(0).value(&a).begin(); crate::__rprof::end(&__rprof_t, { BODY }) }
 *
 * `end` is the identity, so the body is inferred and coerced as before; `return x` becomes `return end(&__rprof_t, x)`, and what `?` looks
 * at is shown to `tried`. Unwinding drops `__rprof_t`. The function keeps its name, so recursion is seen at each call.
 */
#include "rhook_program.h"

#include <stdio.h>
#include <string.h>

#define MOST_TRACED 4096u /* in a trace a function has 16 bits, and 4 kB in each thread */

/* Why a function can't be traced; NULL: it can. */
static const char *refuse(const struct rhook_program *p, uint32_t fn)
{
	if (fn >= p->fn_count)
		return "the transpiler put it into its callers";
	if (p->infos[fn].async)
		return "it is async: a call may go on in another thread";
	return p->infos[fn].skip;
}

static bool is_parameter(const struct rhook_node *node)
{
	return node->kind == K_PARAMETER || node->kind == K_SELF_PARAMETER;
}

static uint32_t parameters_of(const struct rhook_program *p, uint32_t fn)
{
	uint32_t node = p->infos[fn].node;

	return p->nodes[node].kind == K_CLOSURE ? rhook_child_kind(p, node, K_CLOSURE_PARAMETERS) : rhook_child(p, node, F_PARAMETERS);
}

/* The next parameter behind `node`; RHOOK_NONE: the first of `list`. Those of a closure may be bare patterns. */
static uint32_t next_parameter(const struct rhook_program *p, uint32_t list, uint32_t node)
{
	bool closure = p->nodes[list].kind == K_CLOSURE_PARAMETERS;

	node = node == RHOOK_NONE ? rhook_first(p, list) : rhook_next(p, node);
	for (; node != RHOOK_NONE; node = rhook_next(p, node)) {
		if (is_parameter(&p->nodes[node]))
			return node;
		if (closure && p->nodes[node].named && !rhook_is_comment(&p->nodes[node]) && p->nodes[node].kind != K_ATTRIBUTE)
			return node;
	}
	return RHOOK_NONE;
}

/* The name that a parameter binds; RHOOK_NONE when its pattern takes it apart. */
static uint32_t bound_name(const struct rhook_program *p, uint32_t parameter)
{
	uint32_t pattern = p->nodes[parameter].kind == K_PARAMETER ? rhook_child(p, parameter, F_PATTERN) : parameter;

	if (pattern != RHOOK_NONE && (p->nodes[pattern].kind == K_IDENTIFIER || p->nodes[pattern].kind == K_SELF))
		return pattern;
	return RHOOK_NONE;
}

static void add_enter(const struct rhook_program *p, uint32_t fn, uint32_t id, struct rhook_buf *out)
{
	uint32_t list = parameters_of(p, fn);

	rhook_buf_printf(out, " let __rprof_t = %senter(%u)", rhook_path(p, p->nodes[p->infos[fn].body].start), id);
	for (uint32_t c = list == RHOOK_NONE ? RHOOK_NONE : next_parameter(p, list, RHOOK_NONE); c != RHOOK_NONE;
	     c = next_parameter(p, list, c)) {
		uint32_t name = bound_name(p, c);
		if (p->nodes[c].kind == K_SELF_PARAMETER) {
			rhook_buf_puts(out, ".value(&self)");
		} else if (name == RHOOK_NONE) {
			rhook_buf_puts(out, ".other()");
		} else {
			rhook_buf_puts(out, ".value(&");
			rhook_buf_add(out, p->text + p->nodes[name].start, p->nodes[name].end - p->nodes[name].start);
			rhook_buf_puts(out, ")");
		}
	}
	rhook_buf_puts(out, ".begin(); ");
}

static bool never_returns(const struct rhook_program *p, uint32_t fn)
{
	uint32_t type = rhook_child(p, p->infos[fn].node, F_RETURN_TYPE);

	return type != RHOOK_NONE && rhook_node_is(p, type, "!");
}

/* Is the node in the arguments of an assert that prints their text? */
static bool is_printed(const struct rhook_program *p, uint32_t node, uint32_t body)
{
	for (uint32_t n = node; n != RHOOK_NONE && n != body; n = p->nodes[n].parent) {
		const struct rhook_macro *macro = p->nodes[n].kind == K_CALL ? rhook_macro_at(p, p->nodes[n].start) : NULL;
		if (p->nodes[n].kind == K_MACRO_INVOCATION || (macro && macro->silent))
			return true;
	}
	return false;
}

static uint32_t returned_value(const struct rhook_program *p, uint32_t node)
{
	for (uint32_t c = rhook_first(p, node); c != RHOOK_NONE; c = rhook_next(p, c))
		if (p->nodes[c].named && !rhook_is_comment(&p->nodes[c]))
			return c;
	return RHOOK_NONE;
}

static void edit_exits(const struct rhook_program *p, uint32_t fn, struct rhook_edits *edits)
{
	uint32_t body = p->infos[fn].body;

	for (uint32_t i = body; i < p->nodes[body].last; i++) {
		const struct rhook_node *n = &p->nodes[i];
		uint32_t value = n->kind == K_RETURN || n->kind == K_TRY ? returned_value(p, i) : RHOOK_NONE;
		if (n->ctx != fn || (n->kind != K_RETURN && n->kind != K_TRY) || is_printed(p, i, body))
			continue;
		if (value == RHOOK_NONE) {
			if (n->kind == K_RETURN)
				rhook_editf(edits, n->end, 0, " %send(&__rprof_t, ())", rhook_path(p, n->start));
			continue;
		}
		rhook_editf(edits, p->nodes[value].start, 0, "%s%s(&__rprof_t, ", rhook_path(p, n->start),
			    n->kind == K_RETURN ? "end" : "tried");
		rhook_edit(edits, p->nodes[value].end, 0, ")");
	}
}

static void edit_function(const struct rhook_program *p, uint32_t fn, uint32_t id, struct rhook_edits *edits, struct rhook_buf *text)
{
	const struct rhook_node *body = &p->nodes[p->infos[fn].body];
	bool braces = body->kind == K_BLOCK && p->text[body->start] == '{', never = never_returns(p, fn);
	uint32_t at = braces ? rhook_body_start(p, p->infos[fn].body) : body->start;

	text->size = 0;
	rhook_buf_puts(text, braces ? "" : "{");
	add_enter(p, fn, id, text);
	if (!never)
		rhook_buf_printf(text, "%send(&__rprof_t, ", rhook_path(p, body->start));
	rhook_buf_puts(text, never || !braces ? "" : "{");
	rhook_edit(edits, at, 0, text->data);
	if (!never)
		edit_exits(p, fn, edits);
	rhook_edit(edits, braces ? body->end - 1 : body->end, 0, braces ? never ? "" : "})" : never ? "}" : ")}");
}

static bool fail(struct rhook_error *error, const char *name, const char *why)
{
	snprintf(error->message, sizeof error->message, "%.100s can't be traced: %.100s", name, why);
	return false;
}

static uint32_t find(const struct rhook_output *output, const char *name)
{
	for (uint32_t f = 0; f < output->function_count; f++)
		if (strcmp(output->functions[f].name, name) == 0)
			return f;
	return RHOOK_NONE;
}

static bool add_traced(struct rhook_program *program, uint32_t fn)
{
	uint32_t *slot = RHOOK_PUSH(program, program->traced, program->traced_count, program->traced_capacity);

	if (slot)
		*slot = fn;
	return slot != NULL;
}

bool rhook_find_traced(struct rhook_program *program, const struct rhook_output *output, struct rhook_error *error)
{
	const char *const *names = program->input->trace;
	bool good = true;

	if (program->input->flags & RHOOK_MODULE)
		return fail(error, "a module", "the trace needs the whole crate");
	if (program->input->trace_count == 1 && strcmp(names[0], "*") == 0) {
		for (uint32_t f = 0; good && f < program->fn_count && program->traced_count < MOST_TRACED; f++)
			good = refuse(program, f) || add_traced(program, f);
		return good && (program->traced_count > 0 || fail(error, "this program", "it has no function"));
	}
	for (size_t t = 0; good && t < program->input->trace_count; t++) {
		uint32_t fn = find(output, names[t]);
		const char *why = fn == RHOOK_NONE ? "there is no such function" : refuse(program, fn);
		if (t >= MOST_TRACED)
			why = "too many are named";
		good = why ? fail(error, names[t], why) : add_traced(program, fn);
	}
	return good;
}

bool rhook_trace(struct rhook_program *program, struct rhook_edits *edits)
{
	struct rhook_buf text = {0};

	rhook_buf_puts(&text, "");
	for (uint32_t t = 0; t < program->traced_count; t++)
		edit_function(program, program->traced[t], t, edits, &text);
	if (text.failed)
		program->no_memory = true;
	rhook_buf_free(&text);
	return !program->no_memory;
}

/* --- the table: `trace ID FN FROM TO RESULT-TYPE NAME`, `argument ID NAME TYPE`; "-" where the text does not tell ------------------ */

/* Text of a node on one line; what would break a record is a blank. */
static void add_text(struct rhook_buf *out, const struct rhook_program *p, uint32_t node)
{
	if (node == RHOOK_NONE)
		rhook_buf_puts(out, "-");
	for (uint32_t i = node == RHOOK_NONE ? 0 : p->nodes[node].start; node != RHOOK_NONE && i < p->nodes[node].end; i++) {
		char c = p->text[i];
		rhook_buf_add(out, c == '\t' || c == '\n' || c == '\r' || c == '\\' || c == '\0' ? " " : &c, 1);
	}
}

void rhook_trace_table(const struct rhook_program *program, const struct rhook_output *output, struct rhook_buf *out)
{
	for (uint32_t t = 0; t < program->traced_count; t++) {
		uint32_t fn = program->traced[t], list;
		rhook_buf_printf(out, "trace\t%u\t%u\t%u\t%u\t", t, fn, output->functions[fn].from, output->functions[fn].to);
		add_text(out, program, rhook_child(program, program->infos[fn].node, F_RETURN_TYPE));
		rhook_buf_puts(out, "\t");
		rhook_table_text(out, output->functions[fn].name);
		rhook_buf_puts(out, "\n");
		list = parameters_of(program, fn);
		for (uint32_t c = list == RHOOK_NONE ? RHOOK_NONE : next_parameter(program, list, RHOOK_NONE); c != RHOOK_NONE;
		     c = next_parameter(program, list, c)) {
			rhook_buf_printf(out, "argument\t%u\t", t);
			if (program->nodes[c].kind == K_SELF_PARAMETER)
				rhook_buf_puts(out, "self\t");
			else if (bound_name(program, c) != RHOOK_NONE)
				add_text(out, program, bound_name(program, c)), rhook_buf_puts(out, "\t");
			else
				rhook_buf_puts(out, "-\t");
			add_text(out, program,
				 program->nodes[c].kind == K_SELF_PARAMETER ? c
				 : program->nodes[c].kind == K_PARAMETER    ? rhook_child(program, c, F_TYPE)
									    : RHOOK_NONE);
			rhook_buf_puts(out, "\n");
		}
	}
}
