/* Entry points: from text to text, pass by pass. */
#include "rhook_program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prelude[] = {
#include "rhook_prelude.inc"
    0};
static const char trace_prelude[] = {
#include "rhook_trace_prelude.inc"
    0};

#define ALL_FLAGS (RHOOK_ENTRY_ONLY | RHOOK_ABORT | RHOOK_LINES | RHOOK_NO_MEMORY | RHOOK_WRAPPING | RHOOK_MODULE | RHOOK_BY_LINE)

/* The public struct first: rhook_free() gets a pointer to it. */
struct result {
	struct rhook_output output;
	char **names; /* of the functions */
};

static int fail(struct rhook_error *error, const char *message)
{
	snprintf(error->message, sizeof error->message, "%s", message);
	return -1;
}

static int fail_memory(struct rhook_error *error)
{
	return fail(error, "out of memory");
}

static void release_program(struct rhook_program *p)
{
	for (size_t f = 0; f < p->fn_count; f++)
		free(p->fns[f].name);
	free(p->fns);
	free(p->infos);
	free(p->made_up);
	free(p->bare);
	free(p->item_ends);
	free(p->parsed);
	free(p->macros);
	free(p->words);
	free(p->ends);
	free(p->nodes);
	free(p->calls);
	free(p->exit_names);
	free(p->handings);
	free(p->openings);
	free(p->sites);
	free(p->withins);
	free(p->blocks);
	free(p->lines);
	free(p->lesses);
	free(p->tallies);
	free(p->line_edits);
	free(p->line_ends);
	free(p->skips);
	free(p->traced);
	if (p->tree)
		ts_tree_delete(p->tree);
	rhook_types_free(p->types);
	rhook_words_free(p->names);
	rhook_free_paths(p);
}

void rhook_free(struct rhook_output *output)
{
	struct result *result = (struct result *)output;

	if (!result)
		return;
	for (size_t f = 0; result->names && f < output->function_count; f++)
		free(result->names[f]);
	free(result->names);
	free(output->rust);
	free(output->prelude);
	free(output->table);
	free(output->map_json);
	free(output->edited_map_json);
	free((void *)output->functions);
	free((void *)output->skips);
	free((void *)output->lines);
	free((void *)output->back);
	free((void *)output->refused);
	free(result);
}

/* --- what every caller gets -------------------------------------------------------------------------------------------------- */

static bool fill_functions(struct result *result, const struct rhook_program *p, const struct rhook_align *align)
{
	size_t inlined = 0, count;
	struct rhook_function *functions;
	const char *name;
	uint32_t from, to;

	while (rhook_align_inlined(align, inlined, &name, &from, &to))
		inlined++;
	count = p->fn_count + inlined;
	functions = calloc(count + 1, sizeof *functions);
	result->output.functions = functions;
	result->names = calloc(count + 1, sizeof *result->names);
	if (!functions || !result->names)
		return false;
	for (size_t f = 0; f < count; f++) {
		bool ours = f < p->fn_count;
		from = to = 0;
		name = NULL;
		if (ours ? !rhook_align_fn(align, p->infos[f].found, &name, &from, &to)
			 : !rhook_align_inlined(align, f - p->fn_count, &name, &from, &to))
			from = to = 0;
		if (!name)
			name = ours ? p->fns[f].name : "?";
		result->names[f] = strdup(name);
		if (!result->names[f])
			return false;
		result->output.function_count = f + 1;
		functions[f] = (struct rhook_function){.name = result->names[f], .from = from, .to = to, .kind = 'i'};
		if (!ours)
			continue;
		functions[f].kind = p->infos[f].skip		      ? 's'
				    : p->fns[f].kind == RHOOK_CLOSURE ? 'c'
				    : p->fns[f].kind == RHOOK_METHOD  ? 'm'
								      : 'f';
		functions[f].rust_from = p->fns[f].first_row + 1;
		functions[f].rust_to = p->fns[f].last_row + 1;
	}
	return true;
}

static char *numbered(const char *name, uint32_t nth)
{
	static const char closure[] = "{closure}";
	struct rhook_buf buf = {0};
	size_t size = strlen(name), tail = sizeof closure - 1;
	bool inside = size >= tail && strcmp(name + size - tail, closure) == 0;

	rhook_buf_add(&buf, name, size - inside);
	rhook_buf_printf(&buf, "#%u%s", nth, inside ? "}" : "");
	if (!buf.failed)
		return buf.data;
	rhook_buf_free(&buf);
	return NULL;
}

/*
 * A name stands for one function: the second `Point::from` is `Point::from#2`, the second `main::{closure}` is `main::{closure#2}`, in the
 * order of the text.
 */
static bool make_unique(struct result *result)
{
	struct rhook_function *functions = (struct rhook_function *)result->output.functions;
	struct rhook_words *words = rhook_words_new();
	size_t count = result->output.function_count, old_count = 0;
	uint32_t *seen = calloc(2 * count + 1, sizeof *seen); /* by name: the last number that it got */
	char **old = calloc(3 * count + 1, sizeof *old);      /* what `words` may point into */
	bool good = words && seen && old;

	for (size_t f = 0; good && f < count; f++) {
		char *name = result->names[f], *next = name;
		uint32_t id = rhook_word_id(words, name, strlen(name)), nth = id == RHOOK_NONE ? 0 : ++seen[id];
		while (id != RHOOK_NONE && nth > 1) {
			next = numbered(name, nth);
			id = next ? rhook_word_id(words, next, strlen(next)) : RHOOK_NONE;
			if (id == RHOOK_NONE || !seen[id])
				break;
			old[old_count++] = next; /* taken, but `words` may point into it */
			nth++;
		}
		good = id != RHOOK_NONE;
		if (next == name)
			continue;
		old[old_count++] = name;
		functions[f].name = result->names[f] = next;
		if (good) {
			seen[id] = 1;
			seen[rhook_word_id(words, name, strlen(name))] = nth;
		}
	}
	for (size_t i = 0; i < old_count; i++)
		free(old[i]);
	free(old);
	free(seen);
	rhook_words_free(words);
	return good;
}

static bool fill_lines(struct result *result, const struct rhook_program *p, const struct rhook_align *align)
{
	uint32_t *lines = calloc(p->end_count + 2, sizeof *lines);
	uint32_t at = 0;

	result->output.lines = lines;
	if (!lines)
		return false;
	result->output.line_count = p->end_count + (p->end_count == 0 || p->ends[p->end_count - 1] + 1 < p->size);
	for (size_t line = 1; line <= result->output.line_count; line++) {
		uint32_t end = line <= p->end_count ? p->ends[line - 1] : p->size;
		while (at < end && (p->text[at] == ' ' || p->text[at] == '\t' || p->text[at] == '\r'))
			at++;
		lines[line] = at < end ? rhook_align_line(align, at) : 0;
		at = end + 1;
	}
	return true;
}

static bool fill_map(struct result *result, const struct rhook_program *p, const struct rhook_align *align)
{
	struct rhook_buf map = {0};

	if (!p->input->ruchy.data)
		return true;
	if (!rhook_map_write(align, &p->input->ruchy, &p->input->rust, &map) || map.failed) {
		rhook_buf_free(&map);
		return false;
	}
	result->output.map_json = map.data;
	result->output.map_json_size = map.size;
	return true;
}

static bool fill_edited_map(struct result *result, const struct rhook_program *p, const struct rhook_align *align,
			    const struct rhook_edits *edits)
{
	struct rhook_buf map = {0};

	if (!p->input->ruchy.data)
		return true;
	if (!rhook_map_write_edited(align, &p->input->ruchy, &p->input->rust, edits, &map)) {
		rhook_buf_free(&map);
		return false;
	}
	result->output.edited_map_json = map.data;
	result->output.edited_map_json_size = map.size;
	return true;
}

static bool fill_skips(struct result *result, const struct rhook_program *p)
{
	struct rhook_skip *skips = calloc(p->skip_count + 1, sizeof *skips);

	result->output.skips = skips;
	if (!skips)
		return false;
	for (size_t s = 0; s < p->skip_count; s++)
		skips[s] = (struct rhook_skip){rhook_row(p, p->skips[s].rust_line), p->skips[s].reason};
	result->output.skip_count = p->skip_count;
	return true;
}

/* No edit contains a line feed, so a line keeps its number; what follows the program is the prelude. */
static bool fill_back(struct result *result, const struct rhook_program *p)
{
	size_t count = 1;
	uint32_t *back;

	for (size_t i = 0; i < result->output.rust_size; i++)
		count += result->output.rust[i] == '\n' && i + 1 < result->output.rust_size;
	back = calloc(count + 1, sizeof *back);
	result->output.back = back;
	if (!back)
		return false;
	result->output.back_count = count;
	for (size_t line = 1; line <= count && line <= p->end_count + 1; line++)
		back[line] = line <= result->output.line_count ? (uint32_t)line : 0;
	return true;
}

/* --- the instrumented text ------------------------------------------------------------------------------------------------------ */

/* One of the prelude's lines that are filled in. */
static bool starts_with(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

static void add_bytes(struct rhook_buf *out, const char *data, size_t size)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];
		char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
		if (c == '\n')
			rhook_buf_puts(out, "\\n");
		else if (c == '\t')
			rhook_buf_puts(out, "\\t");
		else if (c < ' ' || c > '~' || c == '"' || c == '\\')
			rhook_buf_add(out, escape, sizeof escape);
		else
			rhook_buf_add(out, data + i, 1);
	}
}

/* The crate may be `no_std`: the module brings std itself, where it hides nothing from the program. */
static void add_from_std(struct rhook_buf *out, const char *line, size_t size)
{
	static const char from[] = "::std::";

	for (size_t i = 0; i < size; i++) {
		bool at = size - i >= sizeof from - 1 && memcmp(line + i, from, sizeof from - 1) == 0;
		if (at && (i == 0 || !(isalnum((unsigned char)line[i - 1]) || line[i - 1] == '_')))
			rhook_buf_puts(out, "self");
		rhook_buf_add(out, line + i, 1);
	}
}

/* Lines that only some programs have: the allocator, and the entry in the list of all programs of a process. */
static bool is_left_out(const struct rhook_program *p, const char *line)
{
	if (starts_with(line, "#[global_allocator]"))
		return p->memory != RHOOK_MEMORY_COUNTED;
	return starts_with(line, "#[used]") && !(p->input->flags & RHOOK_MODULE);
}

static bool is_by_line(const struct rhook_program *p)
{
	return p->input->flags & RHOOK_BY_LINE && p->memory == RHOOK_MEMORY_COUNTED;
}

/* The prelude, with its lines that depend on the program. */
static void add_prelude(struct rhook_buf *out, const struct rhook_program *p, const struct rhook_output *output)
{
	size_t traced = p->traced_count;
	const char *text = p->input->prelude ? p->input->prelude : traced ? trace_prelude : prelude;

	while (*text) {
		size_t blank = strspn(text, " \t"), size = strcspn(text, "\n");
		const char *line = text + blank;

		rhook_buf_add(out, text, blank);
		if (starts_with(line, "mod __rprof {")) {
			rhook_buf_printf(out, "mod %s { extern crate std;", p->prelude_name);
		} else if (starts_with(line, "const SLOTS: u32 = 0;")) {
			rhook_buf_printf(out, "const SLOTS: u32 = %u;", p->slots);
		} else if (starts_with(line, "const FUNCTIONS: u32 = 0;")) {
			rhook_buf_printf(out, "const FUNCTIONS: u32 = %zu;", traced ? traced : output->function_count);
		} else if (starts_with(line, "const TABLE: &[u8] = b\"\";")) {
			rhook_buf_puts(out, "const TABLE: &[u8] = b\"");
			add_bytes(out, output->table, output->table_size);
			rhook_buf_puts(out, "\";");
		} else if (p->memory != RHOOK_MEMORY_COUNTED && starts_with(line, "const MEMORY: bool = true;")) {
			rhook_buf_puts(out, "const MEMORY: bool = false;");
		} else if (is_by_line(p) && starts_with(line, "const BY_LINE: bool = false;")) {
			rhook_buf_puts(out, "const BY_LINE: bool = true;");
		} else if (is_by_line(p) && starts_with(line, "const SITES: u32 = 0;")) {
			rhook_buf_printf(out, "const SITES: u32 = %zu;", p->site_count);
		} else if (p->input->flags & RHOOK_MODULE && starts_with(line, "const SEVERAL: bool = false;")) {
			rhook_buf_puts(out, "const SEVERAL: bool = true;");
		} else if (!is_left_out(p, line)) {
			add_from_std(out, line, size - blank);
		}
		text += size;
		if (*text)
			rhook_buf_add(out, text++, 1);
	}
}

/* The prelude as a crate: its items are that crate's. */
static bool make_prelude(struct result *result, const struct rhook_program *p)
{
	struct rhook_buf text = {0};

	add_prelude(&text, p, &result->output);
	rhook_buf_printf(&text, "pub use %s::*;\n", p->prelude_name);
	result->output.prelude = text.data;
	result->output.prelude_size = text.size;
	return !text.failed;
}

/* Everything that the counters need to know before the first edit. */
static bool find_counters(struct rhook_program *p, const struct rhook_align *align)
{
	return rhook_resolve(p) && rhook_find_near(p) && rhook_find_handed(p) && rhook_find_calm(p) && rhook_find_pure(p) &&
	       rhook_find_exits(p) && rhook_find_cycles(p) && rhook_find_owners(p) && rhook_find_blocks(p) && rhook_find_lines(p, align);
}

static bool instrument(struct result *result, struct rhook_program *p, const struct rhook_align *align, struct rhook_error *error)
{
	struct rhook_edits *edits;
	struct rhook_buf table = {0}, rust = {0};
	bool good, traced = p->input->trace_count > 0;

	p->first_site = (uint32_t)result->output.function_count;
	if (traced ? !rhook_find_traced(p, &result->output, error) : !find_counters(p, align))
		return error->message[0] ? false : !fail_memory(error);
	edits = rhook_edits_new();
	if (edits)
		rhook_allow_lints(p, edits);
	good = edits && (traced ? rhook_trace(p, edits) : rhook_guard(p, edits)) && fill_skips(result, p);
	if (good) {
		rhook_table_write(p, align, &result->output, &table);
		result->output.table = table.data;
		result->output.table_size = table.size;
		good = !table.failed;
	}
	if (!good) {
		fail_memory(error);
	} else if (!rhook_edits_apply(edits, p->text, p->size, &rust) && !rust.failed) {
		good = fail(error, "edits overlap: this is a bug of the hook") == 0;
	} else if (!fill_edited_map(result, p, align, edits)) {
		good = fail_memory(error) == 0;
	} else {
		if (rust.size && rust.data[rust.size - 1] != '\n')
			rhook_buf_puts(&rust, "\n");
		if (!p->input->prelude_crate)
			add_prelude(&rust, p, &result->output);
		else if (!make_prelude(result, p))
			good = fail_memory(error) == 0;
	}
	rhook_edits_free(edits);
	result->output.rust = rust.data;
	result->output.rust_size = rust.size;
	if (good && rust.failed)
		good = fail_memory(error) == 0;
	return good;
}

static bool copy_rust(struct result *result, const struct rhook_program *p)
{
	result->output.rust = malloc((size_t)p->size + 1);
	if (!result->output.rust)
		return false;
	if (p->size)
		memcpy(result->output.rust, p->text, p->size);
	result->output.rust[p->size] = '\0';
	result->output.rust_size = p->size;
	result->output.table = strdup("");
	return result->output.table != NULL;
}

/* --- refusals --------------------------------------------------------------------------------------------------------------------- */

/* Such a program can't be linked with std. */
static bool handles_panics(const struct rhook_program *p, uint32_t node)
{
	return p->nodes[node].kind == K_ATTRIBUTE && rhook_node_is(p, node, "#[panic_handler]");
}

static bool check_program(const struct rhook_program *p, struct rhook_error *error)
{
	for (uint32_t c = rhook_first(p, 0); c != RHOOK_NONE; c = rhook_next(p, c)) {
		if (!handles_panics(p, c))
			continue;
		error->line = rhook_row(p, p->nodes[c].start);
		error->column = p->nodes[c].start - (error->line > 1 ? p->ends[error->line - 2] + 1 : 0) + 1;
		error->byte = p->nodes[c].start;
		return !fail(error, "a program with its own #[panic_handler] can't be instrumented: the counters need std");
	}
	for (size_t i = 0; i < p->word_count; i++) {
		const struct rhook_word *word = &p->words[i];
		if (word->size < 7 || memcmp(p->text + word->start, "__rprof", 7) != 0)
			continue;
		error->line = rhook_row(p, word->start);
		error->byte = word->start;
		error->column = word->start - (error->line > 1 ? p->ends[error->line - 2] + 1 : 0) + 1;
		return !fail(error, "already instrumented: names that begin with __rprof belong to the profiler");
	}
	return true;
}

static void leave_deep_modules(struct rhook_program *p)
{
	for (size_t f = 0; p->paths && f < p->fn_count; f++)
		if (rhook_is_too_deep(p, p->fns[f].start))
			p->infos[f].skip = "in too many modules";
}

/* The changed text, with the map of its lines. */
static bool optimise(struct result *result, struct rhook_program *p, const struct rhook_align *align, struct rhook_job *job,
		     struct rhook_error *error)
{
	if (!rhook_resolve(p) || !rhook_find_near(p) || !rhook_find_handed(p) || !rhook_find_calm(p) || !rhook_find_pure(p) ||
	    !rhook_find_exits(p) || !rhook_find_cycles(p))
		return !fail_memory(error);
	result->output.table = strdup("");
	if (!result->output.table || !rhook_hint_work(p, align, job, &result->output, error) || !fill_skips(result, p))
		return error->message[0] ? false : !fail_memory(error);
	return true;
}

static bool run(struct result *result, struct rhook_program *p, struct rhook_job *job, struct rhook_error *error)
{
	struct rhook_align *align;
	bool counters = job->work == RHOOK_COUNT, good;

	p->names = rhook_words_new();
	if (!p->names)
		return !fail_memory(error);
	if (!rhook_mask_macros(p, error))
		return error->message[0] ? false : !fail_memory(error);
	if (!rhook_parse(p, error))
		return p->no_memory ? !fail_memory(error) : false;
	if (!rhook_find_functions(p))
		return !fail_memory(error);
	if (job->work != RHOOK_MAP && !check_program(p, error))
		return false;
	if (counters && !rhook_find_paths(p))
		return !fail_memory(error);
	leave_deep_modules(p);
	align = rhook_align_new(&p->input->ruchy, &p->input->rust, p->tree, p->fns, p->fn_count);
	if (!align)
		return !fail_memory(error);
	good = rhook_drop_made_up(p, align) && fill_functions(result, p, align) && make_unique(result) && fill_lines(result, p, align) &&
	       fill_map(result, p, align);
	if (!good)
		fail_memory(error);
	else if (counters)
		good = instrument(result, p, align, error);
	else if (job->work == RHOOK_HINT)
		good = optimise(result, p, align, job, error);
	else if (!copy_rust(result, p) || !fill_skips(result, p))
		good = fail_memory(error) == 0;
	rhook_align_free(align);
	if (good && !result->output.back && !fill_back(result, p))
		good = fail_memory(error) == 0;
	return good;
}

int rhook_run(const struct rhook_input *input, struct rhook_output **output, struct rhook_job *job, struct rhook_error *error)
{
	struct rhook_program program = {.input = input};
	struct result *result;
	bool good;

	*output = NULL;
	*error = (struct rhook_error){0};
	if (input->flags & ~(unsigned)ALL_FLAGS)
		return fail(error, "a flag that this version of the hook does not know");
	if (!input->rust.data || input->rust.size > RHOOK_MAX_SIZE || input->ruchy.size > RHOOK_MAX_SIZE)
		return fail(error, input->rust.data ? "text of more than 64 MiB" : "no Rust text");
	program.text = input->rust.data;
	program.size = (uint32_t)input->rust.size;
	result = calloc(1, sizeof *result);
	if (!result)
		return fail_memory(error);
	good = run(result, &program, job, error);
	release_program(&program);
	if (!good) {
		rhook_free(&result->output);
		return -1;
	}
	*output = &result->output;
	return 0;
}

unsigned rhook_version(void)
{
	return RHOOK_VERSION;
}

int rhook_instrument(const struct rhook_input *input, struct rhook_output **output, struct rhook_error *error)
{
	return rhook_run(input, output, &(struct rhook_job){.work = RHOOK_COUNT}, error);
}

int rhook_map(const struct rhook_input *input, struct rhook_output **output, struct rhook_error *error)
{
	return rhook_run(input, output, &(struct rhook_job){.work = RHOOK_MAP}, error);
}
