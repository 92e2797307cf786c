/* sample_dwarf.c - compile units of the user's crate: functions, inlined calls, line table. Damage ends the reading, never the process. */
#include "sample_symbol.h"
#include "strbuf.h"

#include <dwarf.h>
#include <string.h>

#define DEPTH_LIMIT 256 /* of nested entries; LLVM's inlining stays far below */

struct unit {
	struct sample_symbols *symbols;
	const char *root; /* the crate's root file as rustc was given it */
	size_t root_size;
	const char *directory;
	Dwarf_Files *files;
	size_t file_count;
	Dwarf_Off last; /* entries come in file order; one that does not is damage and would be a loop */
};

static bool same(const char *text, size_t size, const char *other)
{
	return strlen(other) == size && memcmp(text, other, size) == 0;
}

/* Line tables give the file as rustc was given it, with or without the directory that rustc ran in, whatever the root's own name has. */
static bool is_root_file(const struct unit *unit, const char *file)
{
	size_t directory = strlen(unit->directory);

	if (!file)
		return false;
	if (same(unit->root, unit->root_size, file))
		return true;
	if (*file != '/')
		return unit->root_size > directory && memcmp(unit->root, unit->directory, directory) == 0 && unit->root[directory] == '/' &&
		       same(unit->root + directory + 1, unit->root_size - directory - 1, file);
	return strncmp(file, unit->directory, directory) == 0 && file[directory] == '/' &&
	       same(unit->root, unit->root_size, file + directory + 1);
}

/* Absolute, as seen from the directory that rustc ran in. */
static bool is_path(const struct unit *unit, const char *file, const char *wanted)
{
	size_t directory = strlen(unit->directory);

	if (*file == '/')
		return strcmp(file, wanted) == 0;
	return strncmp(wanted, unit->directory, directory) == 0 && wanted[directory] == '/' && strcmp(wanted + directory + 1, file) == 0;
}

/* 1 + which of the files that are asked for it is, 0 = none. */
static uint32_t find_file(const struct unit *unit, const char *file)
{
	const struct sample_symbols *symbols = unit->symbols;

	if (!symbols->files)
		return is_root_file(unit, file);
	for (size_t i = 0; file && i < symbols->file_count; i++)
		if (is_path(unit, file, symbols->files[i].rust_path))
			return (uint32_t)i + 1;
	return 0;
}

static uint64_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	return dwarf_attr(die, name, &attribute) && dwarf_formudata(&attribute, &value) == 0 ? value : 0;
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	const char *text = dwarf_attr_integrate(die, name, &attribute) ? dwarf_formstring(&attribute) : NULL;

	return text ? text : "";
}

static uint32_t line_number(uint64_t line)
{
	return line < UINT32_MAX ? (uint32_t)line : 0;
}

static void add_ranges(struct sample_symbols *symbols, Dwarf_Die *die, uint32_t function)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while (symbols->range_count < SAMPLE_TOTAL_LIMIT && (at = dwarf_ranges(die, at, &base, &low, &high)) > 0) {
		if (low < high)
			APPEND(symbols->ranges, symbols->range_count, symbols->range_capacity,
			       (struct range){.low = low, .high = high, .function = function});
	}
}

static uint32_t add_function(struct unit *unit, Dwarf_Die *die, uint32_t parent, bool inlined)
{
	struct sample_symbols *symbols = unit->symbols;
	struct function function = {.parent = inlined ? parent : 0};
	uint64_t file = number_of(die, DW_AT_call_file);

	if (symbols->function_count >= SAMPLE_TOTAL_LIMIT)
		return parent;
	function.name = string_of(die, DW_AT_name);
	function.depth = symbols->functions[function.parent].depth + 1;
	uint32_t ours = inlined && file < unit->file_count ? find_file(unit, dwarf_filesrc(unit->files, file, NULL, NULL)) : 0;
	if (ours) {
		function.call_line = line_number(number_of(die, DW_AT_call_line));
		function.call_file = ours - 1;
	}
	APPEND(symbols->functions, symbols->function_count, symbols->function_capacity, function);
	add_ranges(symbols, die, (uint32_t)(symbols->function_count - 1));
	return (uint32_t)(symbols->function_count - 1);
}

static void walk(struct unit *unit, Dwarf_Die *parent_die, uint32_t parent, int depth)
{
	Dwarf_Die die;

	if (depth == DEPTH_LIMIT || dwarf_child(parent_die, &die) != 0)
		return;
	do {
		Dwarf_Off offset = dwarf_dieoffset(&die);
		int tag = dwarf_tag(&die);
		uint32_t function = parent;

		if (offset <= unit->last)
			return;
		unit->last = offset;
		if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
			function = add_function(unit, &die, parent, tag == DW_TAG_inlined_subroutine);
		walk(unit, &die, function, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void add_rows(struct unit *unit, Dwarf_Die *die)
{
	struct sample_symbols *symbols = unit->symbols;
	Dwarf_Lines *lines;
	const char *last = NULL;
	uint32_t last_file = 0;
	size_t count;

	if (dwarf_getsrclines(die, &lines, &count) != 0)
		return;
	for (size_t i = 0; i < count && symbols->row_count < SAMPLE_TOTAL_LIMIT; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		const char *file = dwarf_linesrc(line, NULL, NULL);
		Dwarf_Addr address;
		int number = 0;
		struct row row;

		if (dwarf_lineaddr(line, &address) != 0 || dwarf_lineno(line, &number) != 0)
			continue;
		row = (struct row){.address = address, .line = number > 0 ? (uint32_t)number : 0, .order = (uint32_t)symbols->row_count};
		dwarf_lineendsequence(line, &row.end);
		if (file != last) {
			last = file;
			last_file = find_file(unit, file);
		}
		row.file = last_file;
		APPEND(symbols->rows, symbols->row_count, symbols->row_capacity, row);
	}
}

/* Path components that both end in; 0 when even the file names differ. */
static unsigned common_components(const char *a, size_t a_size, const char *b, size_t b_size)
{
	unsigned count = 0;

	while (a_size && b_size && a[a_size - 1] == b[b_size - 1]) {
		a_size--;
		b_size--;
		count += a[a_size] == '/';
	}
	/* the component that the loop stopped in counts when it is whole in both: one path ended there, the other ended or has a slash */
	if (a_size && b_size)
		return count;
	return count + ((!a_size || a[a_size - 1] == '/') && (!b_size || b[b_size - 1] == '/'));
}

/*
 * How well a unit fits the file: its root ("/tmp/x/fib.rs/@/fib.5b4a-cgu.0" up to "/@/") often lies in another directory than the file does
 * now, since builds are made under a temporary name. std and what it is made of never fit, though they have root files called lib.rs.
 */
static bool is_users(struct unit *unit, Dwarf_Die *die)
{
	const char *name = string_of(die, DW_AT_name), *mark = strstr(name, "/@/");

	unit->directory = string_of(die, DW_AT_comp_dir);
	if (!mark || strncmp(unit->directory, "/rustc/", 7) == 0 || strncmp(name, "/rustc/", 7) == 0 ||
	    strncmp(name, "/rust/deps/", 11) == 0)
		return false;
	unit->root = name;
	unit->root_size = (size_t)(mark - name);
	return true;
}

static unsigned unit_fit(struct unit *unit, Dwarf_Die *die, const char *rust_path)
{
	if (!is_users(unit, die))
		return 0;
	return rust_path ? common_components(unit->root, unit->root_size, rust_path, strlen(rust_path)) : 1;
}

static void read_unit(struct unit *unit, Dwarf_Die *die)
{
	if (dwarf_getsrcfiles(die, &unit->files, &unit->file_count) != 0)
		return;
	unit->last = dwarf_dieoffset(die);
	walk(unit, die, 0, 0);
	add_rows(unit, die);
}

/* Calls `use` for the compile units, those that fit as well as `at_least`; returns the best fit. */
static unsigned each_unit(struct sample_symbols *symbols, const char *rust_path, unsigned at_least, void (*use)(struct unit *, Dwarf_Die *))
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;
	unsigned best = 0;

	while (dwarf_get_units(symbols->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		struct unit unit = {.symbols = symbols};
		unsigned fit = type == DW_UT_compile ? unit_fit(&unit, &die, rust_path) : 0;

		if (fit > best)
			best = fit;
		if (use && fit >= at_least)
			use(&unit, &die);
	}
	return best;
}

void sample_read_units(struct sample_symbols *symbols, const char *rust_path)
{
	unsigned best = each_unit(symbols, rust_path, 0, NULL);

	APPEND(symbols->functions, symbols->function_count, symbols->function_capacity, (struct function){.name = ""});
	if (best)
		each_unit(symbols, rust_path, best, read_unit);
}

/* Every unit may hold something of the files, inlined; one that does not adds functions without lines, which nothing finds. */
void sample_read_files(struct sample_symbols *symbols)
{
	APPEND(symbols->functions, symbols->function_count, symbols->function_capacity, (struct function){.name = ""});
	each_unit(symbols, NULL, 1, read_unit);
}
