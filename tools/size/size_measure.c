#include "size_internal.h"

#include <elf.h>
#include <stdlib.h>

double size_percent(const struct size_program *program, uint64_t bytes)
{
	return program->image.size > 0 ? 100.0 * (double)bytes / (double)program->image.size : 0;
}

static bool has_symbols(const struct image *image)
{
	const struct image_section *table = image_find_type(image, SHT_SYMTAB);

	return table && image_entries(image, table) > 1;
}

/* A shared library has no interpreter, but others that it needs. */
static bool has_needed(const struct image *image)
{
	const struct image_section *dynamic = image_find_type(image, SHT_DYNAMIC);
	uint64_t word = image->wide ? 8 : 4;

	for (uint64_t at = 0; dynamic && at + 2 * word <= dynamic->bytes; at += 2 * word)
		if (image_number(image, dynamic->offset + at, (unsigned)word) == DT_NEEDED)
			return true;
	return false;
}

/* Names of a stripped program, and lines of one without debug information, from its twin. */
static int open_twin(struct size_program *program, const struct size_options *options, struct image *twin, struct err *err)
{
	if (!options->twin || (!program->stripped && image_find(&program->image, ".debug_line")))
		return 0;
	if (image_open(twin, options->twin, err) != 0)
		return -1;
	if (!size_same_loaded(&program->image, twin, &program->no_names) || !has_symbols(twin))
		return 0;
	program->lines_from = xstrdup(options->twin);
	if (!program->stripped)
		return 0;
	program->names_from = xstrdup(options->twin);
	program->named = true;
	return 0;
}

/* The rule that every figure rests on. It holds by construction; should it not, no figure is shown. */
static int check_sum(const struct size_program *program, struct err *err)
{
	uint64_t sum = 0;

	for (int i = 0; i < SIZE_CATEGORIES; i++)
		sum += program->categories[i];
	if (sum == program->image.size && spans_total(&program->map) == sum)
		return 0;
	return err_set(err, program->image.path, "this is a defect of ruchy-prof; please report it",
		       "the categories add up to %llu bytes, but the file has %zu", (unsigned long long)sum, program->image.size);
}

static int measure(struct size_program *program, const struct size_options *options, struct err *err)
{
	struct image twin = {0};
	int status;

	program->stripped = !has_symbols(&program->image);
	program->named = !program->stripped;
	program->is_static = program->image.type != ET_REL && !image_find(&program->image, ".interp") && !has_needed(&program->image);
	status = open_twin(program, options, &twin, err);
	if (status == 0) {
		const struct image *names = program->names_from ? &twin : &program->image;

		program->language = size_language_of(&program->image, names);
		size_label_all(program, names, options);
		size_find_root(program, options);
		size_own_all(program, options);
		size_roll_up(program);
		status = check_sum(program, err);
	}
	image_close(&twin);
	return status;
}

struct size_program *size_measure(const char *path, const struct size_options *options, struct err *err)
{
	struct size_program *program = xcalloc(1, sizeof *program);

	if (image_open(&program->image, path, err) == 0 && measure(program, options, err) == 0)
		return program;
	size_free(program);
	return NULL;
}

struct size_program *size_measure_bytes(unsigned char *data, size_t size, const char *name, const struct size_options *options,
					struct err *err)
{
	struct size_program *program = xcalloc(1, sizeof *program);

	if (image_parse(&program->image, data, size, name, err) == 0 && measure(program, options, err) == 0)
		return program;
	size_free(program);
	return NULL;
}

void size_free(struct size_program *program)
{
	if (!program)
		return;
	for (size_t i = 0; i < program->item_count; i++) {
		free(program->items[i].name);
		free(program->items[i].generic);
		free(program->items[i].crate);
		free(program->items[i].ruchy);
	}
	free(program->items);
	free(program->functions);
	free(program->crates);
	free(program->root);
	free(program->names_from);
	free(program->lines_from);
	free(program->no_names);
	spans_free(&program->map);
	image_close(&program->image);
	free(program);
}
