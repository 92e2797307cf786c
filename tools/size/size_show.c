/* size_show.c - the breakdown for people, in the layout of the request. */
#include "export_units.h"
#include "fs.h"
#include "size_result.h"

#include <stdlib.h>
#include <string.h>

/* The name depends on what the program is written in. */
static const char *category_name(const struct size_program *program, int category)
{
	static const char *const stdlibs[] = {
	    [SIZE_C] = "Standard library", [SIZE_CPP] = "C++ stdlib", [SIZE_RUST] = "Rust stdlib", [SIZE_GO] = "Go runtime, stdlib"};

	bool static_c = program->is_static && (program->language == SIZE_C || program->language == SIZE_CPP);

	/* Without lines nothing tells the code of a program from that of the libraries that were linked into it. */
	if (category == SIZE_USER && static_c && !program->has_lines)
		return "User code, libraries";
	if (category == SIZE_CLIB && program->language != SIZE_RUST)
		return static_c ? "Libraries, start-up" : "Start-up code";
	return category == SIZE_STDLIB ? stdlibs[program->language] : size_categories[category].name;
}

/* The rows of the request are always there for Rust, others when they hold something. */
static bool is_shown(const struct size_program *program, int category)
{
	return program->categories[category] > 0 || (category <= SIZE_DEPENDENCY && program->language == SIZE_RUST) ||
	       category == SIZE_DEBUG || category == SIZE_PADDING;
}

static void show_categories(const struct size_program *program, struct sheet *sheet)
{
	sheet_table(sheet, "lrrl", "Size breakdown:");
	for (int i = 0; i < SIZE_CATEGORIES; i++) {
		struct strbuf percent = STRBUF_INIT;

		if (!is_shown(program, i))
			continue;
		unit_percent(&percent, size_percent(program, program->categories[i]));
		sheet_row(sheet);
		sheet_cell(sheet, "%s:", category_name(program, i));
		sheet_cell_bytes(sheet, program->categories[i]);
		sheet_cell(sheet, "(%s)", percent.data);
		if (i == SIZE_DEBUG && program->stripped)
			sheet_cell(sheet, "[stripped]");
		if (i == SIZE_RUNTIME && program->categories[i] == 0)
			sheet_cell(sheet, "%s",
				   program->ruchy ? "[nothing that ruchy added is left]" : "[only F.ruchy tells what ruchy added]");
		strbuf_free(&percent);
	}
	sheet_row(sheet);
	sheet_cell(sheet, "Total:");
	sheet_cell_bytes(sheet, program->image.size);
	sheet_cell(sheet, "(100.0%%)");
	sheet_cell(sheet, "[every byte counted once]");
}

static void show_place(const struct audit *audit, const struct size_item *item, struct sheet *sheet)
{
	const char *file = fs_base_name(audit->subject.operand);

	if (!item->line)
		sheet_cell(sheet, "%s", "");
	else if (item->to > item->line)
		sheet_cell(sheet, "%s:%u-%u", file, item->line, item->to);
	else
		sheet_cell(sheet, "%s:%u", file, item->line);
}

static void show_copies(const struct size_sum *sum, struct sheet *sheet)
{
	if (sum->copies > 1)
		sheet_cell(sheet, "%zu copies", sum->copies);
	else
		sheet_cell(sheet, "%s", "");
}

static void show_users(const struct audit *audit, const struct size_program *program, struct sheet *sheet)
{
	size_t shown = 0;

	for (size_t i = 0; i < program->function_count && shown < audit->options->top; i++) {
		const struct size_sum *sum = &program->functions[i];

		if (sum->category != SIZE_USER)
			continue;
		if (shown++ == 0)
			sheet_table(sheet, "nrll", "User code by function:");
		sheet_row(sheet);
		sheet_cell(sheet, "%s", sum->first->ruchy ? sum->first->ruchy : sum->name);
		sheet_cell_bytes(sheet, sum->bytes);
		show_place(audit, sum->first, sheet);
		show_copies(sum, sheet);
	}
}

static void show_crates(const struct audit *audit, const struct size_program *program, struct sheet *sheet)
{
	size_t shown = 0;

	for (size_t i = 0; i < program->crate_count && shown < audit->options->top; i++) {
		const struct size_sum *sum = &program->crates[i];

		if (shown++ == 0)
			sheet_table(sheet, "nrrl", "%s", program->language == SIZE_RUST ? "By crate:" : "By package:");
		sheet_row(sheet);
		sheet_cell(sheet, "%s", sum->name);
		sheet_cell_bytes(sheet, sum->bytes);
		sheet_cell_percent(sheet, size_percent(program, sum->bytes));
		sheet_cell(sheet, "%s", category_name(program, (int)sum->category));
	}
}

static void show_functions(const struct audit *audit, const struct size_program *program, struct sheet *sheet)
{
	for (size_t i = 0; i < program->function_count && i < audit->options->top; i++) {
		const struct size_sum *sum = &program->functions[i];

		if (i == 0)
			sheet_table(sheet, "nrl", "Largest functions:");
		sheet_row(sheet);
		sheet_cell(sheet, "%s", sum->name);
		sheet_cell_bytes(sheet, sum->bytes);
		show_copies(sum, sheet);
	}
}

static void show_versus(const struct size_result *result, struct sheet *sheet)
{
	double mine = (double)result->program->image.size;

	if (result->versus_count > 0)
		sheet_table(sheet, "lrrrl", "Comparison:");
	for (size_t i = 0; i < result->versus_count; i++) {
		const struct size_versus *v = &result->versus[i];
		double change = mine - (double)v->bytes;
		struct strbuf size = STRBUF_INIT;

		unit_bytes(&size, (uint64_t)(change < 0 ? -change : change));
		sheet_row(sheet);
		sheet_cell(sheet, "vs %s:", v->name);
		sheet_cell(sheet, "%s%s", change < 0 ? "-" : "+", size.data);
		if (v->bytes > 0)
			sheet_cell(sheet, "(%+.1f%% %s)", 100 * change / (double)v->bytes,
				   change < 0	? "smaller"
				   : change > 0 ? "larger"
						: "same");
		else
			sheet_cell(sheet, "%s", "");
		sheet_cell_bytes(sheet, v->bytes);
		if (!v->program)
			sheet_cell(sheet, "[no program itself: without what runs it]");
		strbuf_free(&size);
	}
	if (result->versus_count > 0)
		sheet_text(sheet, "Sizes are those of the files: shared libraries that a program loads are not in it.");
}

/* Category by category, where there is something to compare. */
static void show_versus_categories(const struct size_result *result, struct sheet *sheet)
{
	static const char columns[] = "lrrrrrr";
	size_t most = result->versus_count < 5 ? result->versus_count : 5;
	struct strbuf heads = STRBUF_INIT;

	if (most == 0)
		return;
	strbuf_puts(&heads, "|this");
	for (size_t k = 0; k < most; k++)
		strbuf_printf(&heads, "|%.16s", result->versus[k].name);
	sheet_table(sheet, columns + 0, "By category:");
	sheet_heads(sheet, heads.data);
	strbuf_free(&heads);
	for (int i = 0; i < SIZE_CATEGORIES; i++) {
		bool any = result->program->categories[i] > 0;

		for (size_t k = 0; k < most; k++)
			any = any || (result->versus[k].program && result->versus[k].program->categories[i] > 0);
		if (!any)
			continue;
		sheet_row(sheet);
		sheet_cell(sheet, "%s", i == SIZE_STDLIB ? "Standard library" : size_categories[i].name);
		sheet_cell_bytes(sheet, result->program->categories[i]);
		for (size_t k = 0; k < most; k++) {
			if (result->versus[k].program)
				sheet_cell_bytes(sheet, result->versus[k].program->categories[i]);
			else
				sheet_cell(sheet, "no ELF");
		}
	}
}

static void show_flags(const struct size_result *result, struct sheet *sheet)
{
	struct strbuf unknown = STRBUF_INIT;

	sheet_table(sheet, "lll", "Optimizations:");
	for (size_t i = 0; i < result->flags.count; i++) {
		const struct size_flag *flag = &result->flags.rows[i];

		if (!flag->value) {
			strbuf_printf(&unknown, "%s%s", unknown.size ? ", " : "", flag->name);
			continue;
		}
		sheet_row(sheet);
		sheet_cell(sheet, "%s:", flag->name);
		sheet_cell(sheet, "%s", flag->value);
		sheet_cell(sheet, "[%s]", flag->from);
	}
	if (unknown.size)
		sheet_text(sheet, "The file does not tell: %s.", unknown.data);
	strbuf_free(&unknown);
}

static void show_head(const struct audit *audit, const struct size_program *program, struct sheet *sheet)
{
	struct strbuf size = STRBUF_INIT;

	unit_bytes(&size, program->image.size);
	if (audit->subject.kind == AUDIT_SOURCE)
		sheet_fact(sheet, "Binary", "%s → %s (%s, %zu bytes)", audit->subject.operand, audit->subject.name, size.data,
			   program->image.size);
	else
		sheet_fact(sheet, "Binary", "%s (%s, %zu bytes)", audit->subject.name, size.data, program->image.size);
	strbuf_free(&size);
	if (program->names_from)
		sheet_fact(
		    sheet, "Names", "%s",
		    audit->subject.kind != AUDIT_PROGRAM
			? "the program is stripped; they are from a build that keeps its symbols, with the same code at the same places"
			: program->names_from);
	else if (program->no_names && !program->named)
		sheet_fact(sheet, "Names", "none: the file with symbols does not fit: %s", program->no_names);
	else if (!program->named)
		sheet_fact(sheet, "Names", "none: the program is stripped; --debug-file FILE gives the same program with symbols");
}

void size_show(const struct audit *audit, const void *into, struct sheet *sheet)
{
	const struct size_result *result = into;

	show_head(audit, result->program, sheet);
	if (audit->options->inlined && !result->program->has_lines)
		sheet_fact(sheet, "Inlined code", "stays with the functions that it is in: there is no debug information");
	show_categories(result->program, sheet);
	show_versus(result, sheet);
	show_versus_categories(result, sheet);
	show_users(audit, result->program, sheet);
	show_crates(audit, result->program, sheet);
	show_functions(audit, result->program, sheet);
	size_reach_show(result->reach, result->no_reach, sheet);
	show_flags(result, sheet);
}
