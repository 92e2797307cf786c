/* bench_size.c - which function a program grew by: the sizes of both by symbols. */
#include "bench_exact.h"
#include "export_units.h"
#include "size.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static uint64_t bytes_of(const struct size_program *program, const struct size_sum *sum)
{
	for (size_t i = 0; i < program->function_count; i++) {
		const struct size_sum *other = &program->functions[i];

		if (strcmp(other->name, sum->name) == 0 && strcmp(other->crate ? other->crate : "", sum->crate ? sum->crate : "") == 0)
			return other->bytes;
	}
	return 0;
}

static struct size_program *measure(const struct bench_subject *subject)
{
	struct size_options options = {.build = subject->build};
	struct err ignored = {0};
	struct size_program *program = size_measure(subject->path, &options, &ignored);

	err_free(&ignored);
	return program;
}

static void tell(struct bench_line *line, const struct size_sum *sum, uint64_t before, const char *source)
{
	const struct size_item *first = sum->first;
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "`%s` ", first && first->ruchy ? first->ruchy : sum->name);
	unit_bytes(&text, before);
	strbuf_puts(&text, " → ");
	unit_bytes(&text, sum->bytes);
	if (first && first->ruchy && first->line) {
		strbuf_printf(&text, ", %s:%u", source, first->line);
		line->cause_file = xstrdup(source);
		line->cause_line = first->line;
	}
	line->cause = strbuf_take(&text);
}

void bench_size_cause(struct bench_line *line, const struct bench_subject *before, const struct bench_subject *after, const char *source)
{
	struct size_program *old = before->path ? measure(before) : NULL, *new = old ? measure(after) : NULL;
	const struct size_sum *cause = NULL;
	uint64_t most = 0, from = 0;

	for (size_t i = 0; new &&i < new->function_count; i++) {
		const struct size_sum *sum = &new->functions[i];
		uint64_t then = bytes_of(old, sum);

		if (sum->bytes > then && sum->bytes - then > most) {
			most = sum->bytes - then;
			from = then;
			cause = sum;
		}
	}
	if (cause)
		tell(line, cause, from, source);
	size_free(old);
	size_free(new);
}
