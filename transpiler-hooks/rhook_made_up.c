/*
 * The transpiler wraps a user's closure in one of its own now and then. Such a closure is in no Ruchy text, so it is no function of the
 * program: it gets no row and no counter, and what it calls counts itself.
 */
#include "rhook_program.h"

#include <stdlib.h>

static bool is_made_up(const struct rhook_program *p, const struct rhook_align *align, uint32_t fn)
{
	const char *name;
	uint32_t from, to;

	return p->fns[fn].kind == RHOOK_CLOSURE && !rhook_align_fn(align, fn, &name, &from, &to);
}

static bool note(struct rhook_program *p, uint32_t fn)
{
	struct rhook_made_up *m = RHOOK_PUSH(p, p->made_up, p->made_up_count, p->made_up_capacity);

	if (m)
		*m = (struct rhook_made_up){p->fns[fn].start, p->fns[fn].end};
	return m != NULL;
}

bool rhook_drop_made_up(struct rhook_program *program, const struct rhook_align *align)
{
	uint32_t *now = malloc((program->fn_count + 1) * sizeof *now); /* index by old index, RHOOK_NONE: dropped */
	int *parent = malloc((program->fn_count + 1) * sizeof *parent);
	uint32_t kept = 0;

	for (uint32_t f = 0; now && parent && f < program->fn_count && !program->no_memory; f++) {
		struct rhook_fn fn = program->fns[f];
		int outer = fn.parent;

		/* A parent stands before its children: whether it is dropped is known. */
		parent[f] = outer < 0 || now[outer] != RHOOK_NONE ? outer : parent[outer];
		if (is_made_up(program, align, f)) {
			now[f] = RHOOK_NONE;
			note(program, f);
			free(fn.name);
			program->fns[f].name = NULL;
			continue;
		}
		now[f] = kept;
		fn.parent = parent[f] < 0 ? -1 : (int)now[parent[f]];
		program->fns[f].name = NULL;
		program->fns[kept] = fn;
		program->infos[kept] = program->infos[f];
		program->infos[kept++].found = f;
	}
	if (!now || !parent)
		program->no_memory = true;
	for (uint32_t i = 0; !program->no_memory && program->made_up_count && i < program->node_count; i++)
		if (program->nodes[i].ctx != RHOOK_NONE)
			program->nodes[i].ctx = now[program->nodes[i].ctx];
	if (!program->no_memory)
		program->fn_count = kept;
	free(now);
	free(parent);
	return !program->no_memory;
}
