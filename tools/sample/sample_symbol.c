/* sample_symbol.c - address to frames of the Rust file. */
#include "sample_symbol.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* At one address the end of a sequence comes before what begins there, and of several rows the last one of the table holds. */
static int by_address(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	if (left->end != right->end)
		return left->end ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

static void sort_rows(struct sample_symbols *symbols)
{
	bool sorted = true;

	for (size_t i = 1; i < symbols->row_count && sorted; i++)
		sorted = symbols->rows[i - 1].address <= symbols->rows[i].address;
	if (!sorted)
		qsort(symbols->rows, symbols->row_count, sizeof *symbols->rows, by_address);
}

/* ---- opening ---- */

static int open_dwarf(struct sample_symbols *symbols, const char *program, struct err *err)
{
	struct stat status;

	elf_version(EV_CURRENT);
	symbols->fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (symbols->fd < 0 || fstat(symbols->fd, &status) != 0)
		return err_set(err, program, NULL, "cannot read the sampled program: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return err_set(err, program, NULL, "cannot read the sampled program: it is not a regular file");
	symbols->elf = elf_begin(symbols->fd, ELF_C_READ_MMAP, NULL);
	if (!symbols->elf || elf_kind(symbols->elf) != ELF_K_ELF)
		return err_set(err, program, NULL, "cannot read the sampled program: it is not an ELF file");
	symbols->dwarf = dwarf_begin_elf(symbols->elf, DWARF_C_READ, NULL);
	if (!symbols->dwarf)
		return err_set(err, program, "compile it with -C debuginfo=line-tables-only and without strip",
			       "the sampled program has no readable debug information: %s", dwarf_errmsg(-1));
	return 0;
}

static struct sample_symbols *open_symbols(const char *program, const char *rust_path, const struct sample_file *files, size_t count,
					   struct err *err)
{
	struct sample_symbols *symbols = xcalloc(1, sizeof *symbols);

	symbols->files = files;
	symbols->file_count = count;

	if (open_dwarf(symbols, program, err) != 0) {
		sample_symbols_free(symbols);
		return NULL;
	}
	if (files)
		sample_read_files(symbols);
	else
		sample_read_units(symbols, rust_path);
	if (symbols->row_count == 0) {
		err_set(err, program, "compile it with -C debuginfo=line-tables-only and without strip",
			"the sampled program has no line table for %s", rust_path ? rust_path : "the transpiled files");
		sample_symbols_free(symbols);
		return NULL;
	}
	sample_flatten(symbols);
	sort_rows(symbols);
	sample_read_names(symbols);
	return symbols;
}

struct sample_symbols *sample_symbols_open(const char *program, const char *rust_path, struct err *err)
{
	return open_symbols(program, rust_path, NULL, 0, err);
}

struct sample_symbols *sample_symbols_open_files(const char *program, const struct sample_file *files, size_t count, struct err *err)
{
	return open_symbols(program, NULL, files, count, err);
}

void sample_symbols_free(struct sample_symbols *symbols)
{
	if (!symbols)
		return;
	if (symbols->dwarf)
		dwarf_end(symbols->dwarf);
	if (symbols->elf)
		elf_end(symbols->elf);
	if (symbols->fd >= 0)
		close(symbols->fd);
	free(symbols->functions);
	free(symbols->ranges);
	free(symbols->rows);
	free(symbols->symbols);
	free(symbols);
}

/* ---- looking up ---- */

static const struct range *find_range(const struct sample_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->ranges[middle].high <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < symbols->range_count && symbols->ranges[low].low <= address ? &symbols->ranges[low] : NULL;
}

/*
 * Line of an address in the innermost function there, 0 when it is in another file. Code that LLVM merged or made has line 0; it gets the
 * line of what stands before it in the same function, else behind it.
 */
static uint32_t find_line(const struct sample_symbols *symbols, const struct range *range, uint64_t address, uint32_t *file)
{
	size_t low = 0, high = symbols->row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->rows[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || symbols->rows[low - 1].end)
		return 0;
	for (size_t i = low; i-- > 0 && !symbols->rows[i].end;) {
		const struct row *row = &symbols->rows[i];

		if (row->line) {
			*file = row->file ? row->file - 1 : 0;
			return row->file ? row->line : 0;
		}
		if (row->address <= range->low)
			break;
	}
	for (size_t i = low; i < symbols->row_count && !symbols->rows[i].end && symbols->rows[i].address < range->high; i++) {
		if (symbols->rows[i].line) {
			*file = symbols->rows[i].file ? symbols->rows[i].file - 1 : 0;
			return symbols->rows[i].file ? symbols->rows[i].line : 0;
		}
	}
	return 0;
}

size_t sample_symbols_frames(const struct sample_symbols *symbols, uint64_t address, struct sample_frame *frames, size_t limit)
{
	const struct range whole = {.high = UINT64_MAX}, *range = find_range(symbols, address);
	uint32_t function, file = 0, line = find_line(symbols, range ? range : &whole, address, &file);
	size_t count = 0;

	if (!range) { /* nothing inlined there: one frame, or one of another file */
		if (line && limit) {
			frames->line = line;
			frames->file = file;
			frames->function = sample_name_at(symbols, address, &frames->size);
			count = 1;
		}
		return count;
	}
	for (function = range->function; function && count < limit; function = symbols->functions[function].parent) {
		const char *name = symbols->functions[function].name;

		if (line) /* without the generic arguments */
			frames[count++] = (struct sample_frame){.function = name, .size = strcspn(name, "<"), .line = line, .file = file};
		line = symbols->functions[function].call_line;
		file = symbols->functions[function].call_file;
	}
	return count;
}
