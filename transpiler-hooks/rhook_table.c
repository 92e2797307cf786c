/* The function table, see rhook_table.h. */
#include "rhook_table.h"
#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void rhook_table_text(struct rhook_buf *out, const char *text)
{
	for (; text && *text; text++) {
		switch (*text) {
		case '\\':
			rhook_buf_puts(out, "\\\\");
			break;
		case '\t':
			rhook_buf_puts(out, "\\t");
			break;
		case '\n':
			rhook_buf_puts(out, "\\n");
			break;
		case '\r':
			rhook_buf_puts(out, "\\r");
			break;
		default:
			rhook_buf_add(out, text, 1);
		}
	}
}

static void add_source(struct rhook_buf *out, const char *word, const struct rhook_text *text)
{
	rhook_buf_printf(out, "%s\t", word);
	if (text->data) {
		XXH128_hash_t hash = XXH3_128bits(text->data, text->size);
		rhook_buf_printf(out, "%016llx%016llx\t", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
	} else {
		rhook_buf_puts(out, "-\t");
	}
	rhook_table_text(out, text->path);
	rhook_buf_puts(out, "\n");
}

static const char *kind_word(char kind)
{
	switch (kind) {
	case 'f':
		return "fn";
	case 'm':
		return "method";
	case 'c':
		return "closure";
	case 'i':
		return "inlined";
	default:
		return "skipped";
	}
}

static void add_function(struct rhook_buf *out, uint32_t id, const struct rhook_function *f, const struct rhook_info *info)
{
	char flags[8];
	size_t count = 0;

	rhook_buf_printf(out, "fn\t%u\t", id);
	if (info && info->entry != RHOOK_NONE)
		rhook_buf_printf(out, "%u", info->entry);
	else
		rhook_buf_puts(out, "-");
	if (info) {
		if (info->recursive)
			flags[count++] = 'r';
		if (!info->tiny && !info->async && !info->skip)
			flags[count++] = 't';
		if (info->async)
			flags[count++] = 'a';
		if (info->generic)
			flags[count++] = 'g';
		if (info->test)
			flags[count++] = 'm';
		if (info->pure)
			flags[count++] = 'p';
	}
	if (!count)
		flags[count++] = '-';
	flags[count] = '\0';
	rhook_buf_printf(out, "\t%s\t%s\t%u\t%u\t%u\t%u\t", kind_word(f->kind), flags, f->from, f->to, f->rust_from, f->rust_to);
	rhook_table_text(out, f->name);
	rhook_buf_puts(out, "\n");
}

static void add_count(struct rhook_buf *out, struct rhook_count count)
{
	const char *letter = count.kind == COUNT_CALLS ? "f" : count.kind == COUNT_LESS ? "l" : "";

	rhook_buf_printf(out, "\t%s%u", letter, count.value);
}

static void add_lines(const struct rhook_program *program, const struct rhook_align *align, struct rhook_buf *out)
{
	for (size_t l = 0; l < program->less_count; l++) {
		rhook_buf_printf(out, "less\t%zu", l);
		add_count(out, program->lesses[l].from);
		add_count(out, program->lesses[l].by);
		rhook_buf_puts(out, "\n");
	}
	for (size_t l = 0; l < program->line_count; l++) {
		const struct rhook_line *line = &program->lines[l];
		uint32_t row = rhook_row(program, line->at);
		rhook_buf_puts(out, "line");
		add_count(out, line->count);
		rhook_buf_printf(out, "\t%u\t%u\t%u\t%u\n", line->fn, rhook_align_line(align, line->at), row,
				 line->at - (row > 1 ? program->ends[row - 2] + 1 : 0) + 1);
	}
}

void rhook_table_write(struct rhook_program *program, const struct rhook_align *align, const struct rhook_output *output,
		       struct rhook_buf *out)
{
	static const char *const memory[] = {[RHOOK_MEMORY_OFF] = "off", [RHOOK_MEMORY_OWN] = "own", [RHOOK_MEMORY_COUNTED] = "counted"};

	struct rhook_starts starts;

	rhook_buf_puts(out, RHOOK_TABLE_MAGIC "\n");
	add_source(out, "source", &program->input->ruchy);
	add_source(out, "rust", &program->input->rust);
	if (program->traced_count) {
		rhook_trace_table(program, output, out);
		return;
	}
	rhook_buf_printf(out, "memory\t%s\n", memory[program->memory]);
	for (size_t f = 0; f < output->function_count; f++)
		add_function(out, (uint32_t)f, &output->functions[f], f < program->fn_count ? &program->infos[f] : NULL);
	for (size_t b = 0; b < program->block_count; b++)
		rhook_buf_printf(out, "block\t%u\t%u\t%u\n", program->blocks[b].slot, program->blocks[b].fn, program->blocks[b].calls);
	for (size_t c = 0; c < program->call_count; c++) {
		const struct rhook_call *call = &program->calls[c];
		rhook_buf_printf(out, "call\t%u\t%u\t%u\t%u\t%u\n", program->blocks[call->block].slot, call->index, call->target,
				 rhook_align_line(align, call->name_start), rhook_row(program, call->name_start));
	}
	add_lines(program, align, out);
	starts = rhook_starts_of(program);
	for (size_t s = 0; s < program->site_count; s++)
		rhook_buf_printf(out, "site\t%zu\t%u\t%u\t%u\n", program->first_site + s, program->sites[s].fn,
				 rhook_line_of_method(program, align, &starts, program->sites[s].at),
				 rhook_row(program, program->sites[s].at));
	rhook_copies_write(program, align, &starts, out);
	free(starts.bytes);
	for (size_t s = 0; s < output->skip_count; s++) {
		rhook_buf_printf(out, "skip\t%u\t", output->skips[s].rust_line);
		rhook_table_text(out, output->skips[s].reason);
		rhook_buf_puts(out, "\n");
	}
}
