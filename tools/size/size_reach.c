#include "size_reach.h"
#include "audit_json.h"
#include "size_graph.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define PATHS_MOST 10
#define STEPS_MOST 64

/* ---- the ways ------------------------------------------------------------------------------------------------------------------------ */

static void add_path(struct size_reach *reach, const struct size_graph *graph, const struct size_item *item, uint64_t bytes)
{
	struct size_path path = {.name = xstrdup(item->generic ? item->generic : item->name), .bytes = bytes};
	uint32_t node = (uint32_t)(item - graph->program->items), nodes[STEPS_MOST];
	size_t count = 0;

	for (; node != GRAPH_NONE && count < STEPS_MOST; node = graph->parents[node])
		if (node < graph->program->item_count) /* data without a name between two functions says nothing to people */
			nodes[count++] = node;
	path.steps = xcalloc(count + 1, sizeof *path.steps);
	while (count > 0) {
		const struct size_item *step = &graph->program->items[nodes[--count]];

		path.steps[path.step_count++] = xstrdup(step->generic ? step->generic : step->name);
	}
	reach->paths[reach->count++] = path;
}

static void find_paths(struct size_reach *reach, const struct size_graph *graph)
{
	const struct size_program *program = graph->program;

	reach->paths = xcalloc(PATHS_MOST, sizeof *reach->paths);
	for (size_t i = 0; i < program->function_count && reach->count < PATHS_MOST; i++) {
		const struct size_sum *sum = &program->functions[i];

		if (graph->reached[sum->first - program->items])
			add_path(reach, graph, sum->first, sum->bytes);
	}
}

/* ---- owners of data without a name ------------------------------------------------------------------------------------------------------
 */

/* Are a section of the program and its like in the other build the same, but for what the linker fills in? */
static bool same_section(const struct image *a, const struct image_section *mine, const struct image *b, const struct image_section *other)
{
	unsigned char *filled;
	bool same = true;

	if (!other || mine->bytes != other->bytes || mine->type != other->type)
		return false;
	filled = xcalloc(mine->bytes + 8, 1);
	for (size_t t = 0; t < b->section_count; t++) {
		const struct image_section *table = &b->sections[t];
		size_t count = table->type == SHT_RELA && table->info < b->section_count && &b->sections[table->info] == other
				   ? image_entries(b, table)
				   : 0;

		for (size_t i = 0; i < count; i++) {
			struct image_reloc reloc = image_reloc_at(b, table, i);

			if (reloc.place >= other->address && reloc.place - other->address < other->bytes)
				memset(filled + (reloc.place - other->address), 1, 8);
		}
	}
	for (uint64_t i = 0; i < mine->bytes && same; i++)
		same = filled[i] || a->data[mine->offset + i] == b->data[other->offset + i];
	free(filled);
	return same;
}

/* One item for the data of each crate. */
static uint32_t item_for(struct size_program *program, const struct size_item *owner, size_t first)
{
	uint32_t label;

	for (size_t i = first; i < program->item_count; i++)
		if (program->items[i].category == owner->category &&
		    strcmp(program->items[i].crate ? program->items[i].crate : "", owner->crate ? owner->crate : "") == 0)
			return (uint32_t)i;
	label = size_item_add(program, owner->category, xasprintf("data of %s", owner->crate ? owner->crate : "C code"));
	program->items[label].generic = xstrdup(program->items[label].name);
	program->items[label].crate = owner->crate ? xstrdup(owner->crate) : NULL;
	program->items[label].object = true;
	return label;
}

static const struct image_section *section_of(const struct image *image, uint64_t offset)
{
	for (size_t i = 0; i < image->section_count; i++)
		if (image->sections[i].bytes > 0 && image->sections[i].offset <= offset &&
		    offset - image->sections[i].offset < image->sections[i].bytes)
			return &image->sections[i];
	return NULL;
}

/* Give the program's bytes the labels that the pieces of the other build have; bytes with another label keep it. */
static uint64_t give_owners(struct size_program *program, const struct size_graph *graph)
{
	const struct image *twin = &graph->program->image;
	const struct size_item **owners = size_graph_owners(graph);
	const struct image_section *known = NULL, *mine = NULL;
	struct spans claims = {0}, map = {0};
	size_t first = program->item_count;
	uint64_t moved = 0;

	for (size_t i = 0; i < graph->piece_count; i++) {
		const struct image_section *section = section_of(twin, graph->pieces[i].from);

		if (!owners[i] || !section)
			continue;
		if (section != known) {
			known = section;
			mine = image_find(&program->image, section->name);
			if (mine && !same_section(&program->image, mine, twin, section))
				mine = NULL;
		}
		if (mine)
			span_claim(&claims, mine->offset + (graph->pieces[i].from - section->offset),
				   mine->offset + (graph->pieces[i].to - section->offset), item_for(program, owners[i], first));
	}
	/* All that has a label keeps it, but for data without a name; then the new ones; then the rest as it was. */
	struct spans named = {0}, rest = {0};
	for (size_t i = 0; i < program->map.count; i++) {
		const struct span *row = &program->map.rows[i];

		span_claim(program->items[row->label].category == SIZE_DATA ? &rest : &named, row->from, row->to, row->label);
	}
	spans_apply(&map, &named, program->image.size);
	moved = spans_total(&map);
	spans_apply(&map, &claims, program->image.size);
	moved = spans_total(&map) - moved;
	spans_apply(&map, &rest, program->image.size);
	spans_free(&program->map);
	program->map = map;
	spans_free(&claims);
	spans_free(&named);
	spans_free(&rest);
	free((void *)owners);
	size_roll_up(program);
	return moved;
}

/* ---- the build that tells ------------------------------------------------------------------------------------------------------------ */

static struct size_program *build_source(struct audit *audit, struct build **build, struct err *err)
{
	const char *users = audit->options->rustc_flags;
	char *flags = xasprintf("-C strip=none -C link-arg=-Wl,--emit-relocs %s", users ? users : "");
	struct build_options options = audit->subject.build_options;
	struct size_options size = {.crate = audit->subject.name, .debug_lines = true};
	struct size_program *program = NULL;

	options.rustc_flags = flags;
	/* The user's own `-C strip` would win: what it takes away is missing then, and said. */
	if (build_transpile(&options, build, err) == 0 && build_compile(*build, &options, BUILD_PLAIN, err) == 0) {
		size.build = *build;
		program = size_measure((*build)->program[BUILD_PLAIN], &size, err);
	}
	free(flags);
	return program;
}

/* The program itself, by its functions; what was inlined would be pieces that nobody refers to. */
static struct size_program *measure_again(const struct audit *audit, const struct size_program *like, struct err *err)
{
	struct size_options size = {.twin = audit->subject.twin, .crate = like->root, .debug_lines = true};

	return size_measure(audit->subject.program, &size, err);
}

static char *why_not(const struct audit *audit, const struct size_program *program)
{
	if (!program->named)
		return xstrdup(audit->subject.twin ? "its functions have no names"
						   : "the program is stripped; give the same program with symbols by --debug-file");
	if (program->language == SIZE_C && program->image.type == ET_REL)
		return xstrdup("an object file is not linked");
	return xstrdup("the linker kept no relocations, and calls are read from x86-64 and aarch64 code alone");
}

struct size_reach *size_reach_find(struct audit *audit, struct size_program *program, char **why)
{
	struct build *build = NULL;
	struct size_program *twin;
	struct size_reach *reach = NULL;
	struct size_graph *graph;
	struct err err = {0};

	*why = NULL;
	if (!program->named) {
		*why = why_not(audit, program);
		return NULL;
	}
	audit->options->progress(audit->options->context, "following references");
	twin = audit->subject.kind == AUDIT_SOURCE ? build_source(audit, &build, &err) : measure_again(audit, program, &err);
	graph = twin ? size_graph_new(twin) : NULL;
	if (graph) {
		reach = xcalloc(1, sizeof *reach);
		reach->scanned = graph->scanned;
		find_paths(reach, graph);
		if (!graph->scanned) /* code reads data in more ways than calls are made */
			reach->moved = give_owners(program, graph);
	}
	if (reach && reach->count == 0) {
		size_reach_free(reach);
		reach = NULL;
		*why = xstrdup("no way from a main or _start to them was found");
	} else if (!reach) {
		*why = twin ? why_not(audit, program) : xstrdup(err.what);
	}
	size_graph_free(graph);
	size_free(twin);
	build_free(build);
	err_free(&err);
	return reach;
}

void size_reach_free(struct size_reach *reach)
{
	if (!reach)
		return;
	for (size_t i = 0; i < reach->count; i++) {
		for (size_t k = 0; k < reach->paths[i].step_count; k++)
			free(reach->paths[i].steps[k]);
		free(reach->paths[i].steps);
		free(reach->paths[i].name);
	}
	free(reach->paths);
	free(reach);
}

/* ---- for people and programs
 * ---------------------------------------------------------------------------------------------------------------- */

#define SHOWN_PATHS 3
#define SHOWN_STEPS 8

void size_reach_show(const struct size_reach *reach, const char *why, struct sheet *sheet)
{
	if (!reach) {
		if (why)
			sheet_text(sheet, "Why things are linked in is not known: %s.", why);
		return;
	}
	sheet_table(sheet, "nr",
		    "Why it is linked in (the shortest way from main%s):", reach->scanned ? ", by calls and addresses in the code" : "");
	for (size_t i = 0; i < reach->count && i < SHOWN_PATHS; i++) {
		const struct size_path *path = &reach->paths[i];
		size_t skipped = path->step_count > SHOWN_STEPS ? path->step_count - SHOWN_STEPS : 0;

		sheet_row(sheet);
		sheet_cell(sheet, "%s", path->name);
		sheet_cell_bytes(sheet, path->bytes);
		for (size_t k = 0; k + 1 < path->step_count; k++) {
			if (skipped > 0 && k == SHOWN_STEPS / 2) {
				sheet_row(sheet)->indent = 1;
				sheet_cell(sheet, "... %zu more", skipped);
				k += skipped;
			}
			sheet_row(sheet)->indent = 1;
			sheet_cell(sheet, "%s %s", k == 0 ? "from" : "by", path->steps[k]);
		}
	}
}

json_t *size_reach_json(const struct size_reach *reach)
{
	json_t *rows = reach ? json_array() : json_null();

	for (size_t i = 0; reach && i < reach->count; i++) {
		json_t *row = json_object(), *steps = json_array();

		for (size_t k = 0; k < reach->paths[i].step_count; k++)
			json_array_append_new(steps, json_text(reach->paths[i].steps[k]));
		json_object_set_new(row, "name", json_text(reach->paths[i].name));
		json_object_set_new(row, "bytes", json_integer((json_int_t)reach->paths[i].bytes));
		json_object_set_new(row, "path", steps);
		json_array_append_new(rows, row);
	}
	return rows;
}
