/*
 * The path from a place in the text to the prelude: `crate::__rprof::` in the root of a crate. A module does not know where in its crate it
 * stands, but how deep in itself a place is: `self::`, `super::`, `super::super::` and so on. Several texts may be included into one
 * module, so there the prelude's name carries a hash of the text.
 */
#include "rhook_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* A module with a body. */
struct module {
	uint32_t start, end, outer, depth; /* outer: RHOOK_NONE = the text itself */
};

struct rhook_paths {
	struct module *modules; /* in the order of their start */
	size_t count, capacity;
	char **texts, **heres; /* by depth: the path; with `here()` */
	uint32_t depth_count;
};

static void name_prelude(struct rhook_program *p)
{
	bool module = p->input->flags & RHOOK_MODULE;

	snprintf(p->prelude_name, sizeof p->prelude_name, "__rprof");
	if (module)
		snprintf(p->prelude_name, sizeof p->prelude_name, "__rprof_m%08x", (unsigned)XXH3_64bits(p->text, p->size));
}

static uint32_t innermost(const struct rhook_paths *paths, uint32_t byte)
{
	size_t low = 0, high = paths->count;
	uint32_t at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (paths->modules[middle].start <= byte)
			low = middle + 1;
		else
			high = middle;
	}
	at = low ? (uint32_t)low - 1 : RHOOK_NONE;
	while (at != RHOOK_NONE && paths->modules[at].end <= byte)
		at = paths->modules[at].outer;
	return at;
}

static bool note_modules(struct rhook_program *p, struct rhook_paths *paths)
{
	for (uint32_t i = 0; i < p->node_count; i++) {
		uint32_t body = p->nodes[i].kind == K_MOD ? rhook_child(p, i, F_BODY) : RHOOK_NONE, outer;
		struct module *m;
		if (body == RHOOK_NONE)
			continue;
		outer = innermost(paths, p->nodes[body].start);
		m = RHOOK_PUSH(p, paths->modules, paths->count, paths->capacity);
		if (!m)
			return false;
		*m = (struct module){p->nodes[body].start, p->nodes[body].end, outer, 1};
		if (outer != RHOOK_NONE)
			m->depth = paths->modules[outer].depth + 1;
		if (m->depth >= paths->depth_count)
			paths->depth_count = m->depth + 1;
	}
	return true;
}

static char *path_text(const struct rhook_program *p, uint32_t depth, const char *tail)
{
	struct rhook_buf buf = {0};

	if (p->input->prelude_crate) {
		rhook_buf_printf(&buf, "::%s::%s", p->input->prelude_crate, tail);
		return buf.failed ? (rhook_buf_free(&buf), NULL) : buf.data;
	}
	if (!(p->input->flags & RHOOK_MODULE))
		rhook_buf_puts(&buf, "crate::");
	else if (!depth)
		rhook_buf_puts(&buf, "self::");
	for (uint32_t i = 0; i < depth && (p->input->flags & RHOOK_MODULE); i++)
		rhook_buf_puts(&buf, "super::");
	rhook_buf_printf(&buf, "%s::%s", p->prelude_name, tail);
	if (!buf.failed)
		return buf.data;
	rhook_buf_free(&buf);
	return NULL;
}

bool rhook_find_paths(struct rhook_program *program)
{
	struct rhook_paths *paths = calloc(1, sizeof *paths);
	bool good;

	program->paths = paths;
	name_prelude(program);
	if (!paths)
		return false;
	paths->depth_count = 1;
	if ((program->input->flags & RHOOK_MODULE) && !note_modules(program, paths))
		return false;
	if (paths->depth_count > RHOOK_MAX_MODULES)
		paths->depth_count = RHOOK_MAX_MODULES;
	paths->texts = calloc(paths->depth_count, sizeof *paths->texts);
	paths->heres = calloc(paths->depth_count, sizeof *paths->heres);
	good = paths->texts && paths->heres;
	for (uint32_t d = 0; good && d < paths->depth_count; d++) {
		paths->texts[d] = path_text(program, d, "");
		paths->heres[d] = path_text(program, d, "here()");
		good = paths->texts[d] && paths->heres[d];
	}
	return good;
}

void rhook_free_paths(struct rhook_program *program)
{
	struct rhook_paths *paths = program->paths;

	for (uint32_t d = 0; paths && d < paths->depth_count; d++) {
		if (paths->texts)
			free(paths->texts[d]);
		if (paths->heres)
			free(paths->heres[d]);
	}
	if (paths) {
		free(paths->texts);
		free(paths->heres);
		free(paths->modules);
	}
	free(paths);
}

static uint32_t depth_at(const struct rhook_paths *paths, uint32_t byte)
{
	uint32_t module = innermost(paths, byte);

	return module == RHOOK_NONE ? 0 : paths->modules[module].depth;
}

bool rhook_is_too_deep(const struct rhook_program *program, uint32_t byte)
{
	return depth_at(program->paths, byte) >= program->paths->depth_count;
}

const char *rhook_path(const struct rhook_program *program, uint32_t byte)
{
	uint32_t depth = depth_at(program->paths, byte);

	return program->paths->texts[depth < program->paths->depth_count ? depth : 0];
}

const char *rhook_here(const struct rhook_program *program, uint32_t byte)
{
	uint32_t depth = depth_at(program->paths, byte);

	return program->paths->heres[depth < program->paths->depth_count ? depth : 0];
}
