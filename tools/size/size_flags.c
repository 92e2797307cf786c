#include "size_flags.h"
#include "shellquote.h"
#include "strbuf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* rustc takes `-` and `_` in these names alike. */
static bool is_named(const char *word, const char *name, const char **value)
{
	for (; *name; word++, name++)
		if (*word != *name && !(*name == '-' && *word == '_'))
			return false;
	if (*word != '\0' && *word != '=')
		return false;
	*value = *word ? word + 1 : "";
	return true;
}

char *size_codegen_flag(const char *rustc_flags, const char *name)
{
	struct err ignored = {0};
	size_t count;
	char **words = shellquote_split(rustc_flags, &count, &ignored), *found = NULL;
	bool optimized = false;

	for (size_t i = 0; words && i < count; i++) {
		const char *word = words[i], *value;

		optimized = strcmp(word, "-O") == 0 && strcmp(name, "opt-level") == 0;
		if (strncmp(word, "-C", 2) == 0 && word[2])
			word += 2;
		else if (strncmp(word, "--codegen=", 10) == 0)
			word += 10;
		else if ((strcmp(word, "-C") == 0 || strcmp(word, "--codegen") == 0) && i + 1 < count)
			word = words[++i];
		else if (!optimized)
			continue;
		if (!optimized && !is_named(word, name, &value))
			continue;
		free(found);
		found = xstrdup(optimized ? "3" : value);
	}
	shellquote_free(words);
	err_free(&ignored);
	return found;
}

static void add(struct size_flags *flags, const char *name, const char *key, const char *value, const char *from, enum size_known good)
{
	flags->rows[flags->count++] =
	    (struct size_flag){.name = name, .key = key, .value = value ? xstrdup(value) : NULL, .from = from, .good = good};
}

static bool is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

struct rule {
	const char *name, *key, *otherwise; /* rustc's default */
	const char *const *good;
};
static const char *const lto_good[] = {"", "fat", "yes", "y", "on", "true", NULL};
static const char *const level_good[] = {"2", "3", "s", "z", NULL};
static const char *const units_good[] = {"1", NULL};
static const char *const panic_good[] = {"abort", "immediate-abort", NULL};
static const char *const cpu_good[] = {"native", NULL};
/* panic=abort and a CPU's own instructions change what a program does or where it runs: not bad where they are not. */
static const struct rule rules[] = {
    {"LTO", "lto", "off", lto_good},
    {"opt-level", "opt-level", "0", level_good},
    {"codegen-units", "codegen-units", "16", units_good},
    {"panic", "panic", "unwind", panic_good},
    {"target-cpu", "target-cpu", "generic", cpu_good},
};

static void from_flags(const char *rustc_flags, struct size_flags *flags)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		char *value = size_codegen_flag(rustc_flags, rules[i].key);
		const char *shown = !value ? rules[i].otherwise : i == 0 && is_word(value, lto_good) ? "fat" : value;

		add(flags, rules[i].name, rules[i].key, shown, value ? "rustc's flags" : "rustc's default",
		    value && is_word(value, rules[i].good) ? SIZE_YES : SIZE_NO);
		free(value);
	}
}

/* A name in the symbols tells how it panics; none tells nothing when they are gone. */
static const char *panic_of(const struct size_program *program)
{
	for (size_t i = 0; i < program->item_count; i++)
		if (program->items[i].crate && strcmp(program->items[i].crate, "panic_unwind") == 0 && program->items[i].bytes > 0)
			return "unwind";
	for (size_t i = 0; i < program->item_count; i++)
		if (program->items[i].crate && strcmp(program->items[i].crate, "panic_abort") == 0 && program->items[i].bytes > 0)
			return "abort";
	return NULL;
}

/* Of a program that somebody else built, the file alone speaks. */
static void from_file(const struct size_program *program, struct size_flags *flags)
{
	const char *panic = panic_of(program);

	for (size_t i = 0; i < sizeof rules / sizeof *rules && program->language == SIZE_RUST; i++) {
		bool known = panic && strcmp(rules[i].key, "panic") == 0;

		add(flags, rules[i].name, rules[i].key, known ? panic : NULL, known ? "the file's symbols" : NULL,
		    known && strcmp(panic, "abort") == 0 ? SIZE_YES : SIZE_UNKNOWN);
	}
}

static bool has_segment(const struct image *image, uint32_t type)
{
	for (size_t i = 0; i < image->segment_count; i++)
		if (image->segments[i].type == type)
			return true;
	return false;
}

void size_flags_find(const struct size_program *program, const char *rustc_flags, struct size_flags *flags)
{
	const struct image *image = &program->image;
	bool debug = image_find(image, ".debug_info") || image_find(image, ".zdebug_info");

	*flags = (struct size_flags){0};
	if (rustc_flags)
		from_flags(rustc_flags, flags);
	else
		from_file(program, flags);
	add(flags, "symbols", "strip", program->stripped ? "stripped" : "kept", "the file", program->stripped ? SIZE_YES : SIZE_NO);
	add(flags, "debug info", "debug", debug ? "kept" : "none", "the file", debug ? SIZE_NO : SIZE_YES);
	add(flags, "linking", "linking", has_segment(image, PT_INTERP) ? "dynamic" : "static", "the file", SIZE_UNKNOWN);
	add(flags, "position", "position",
	    image->type == ET_DYN    ? "independent (PIE)"
	    : image->type == ET_EXEC ? "fixed"
				     : "object file",
	    "the file", SIZE_UNKNOWN);
}

void size_flags_free(struct size_flags *flags)
{
	for (size_t i = 0; i < flags->count; i++)
		free(flags->rows[i].value);
	flags->count = 0;
}
