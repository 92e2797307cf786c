/* size_internal.h - shared by the size_*.c files alone. */
#ifndef SIZE_INTERNAL_H
#define SIZE_INTERNAL_H

#include "size.h"
#include "strbuf.h"

#define SIZE_ITEMS_MOST (1u << 22)

/* A new item; its index is the label. Takes the name. */
uint32_t size_item_add(struct size_program *program, enum size_category category, char *name);
/* Is a section loaded, and does it hold code? */
bool size_is_loaded(const struct image_section *section);
bool size_is_code(const struct image_section *section);

/* Loaded sections by their address: one is found without asking all, of which a damaged file may have a million. */
struct size_sections {
	const struct image_section **rows;
	size_t count;
};
void size_sections_find(struct size_sections *sections, const struct image *image);
/* That holds the byte at `address`; NULL. */
const struct image_section *size_section_at(const struct size_sections *sections, uint64_t address);
void size_sections_free(struct size_sections *sections);

/* --- size_sources.c: put the labels on ------------------------------------------------------------------------------------------ */
/* `names` has the symbols: the program itself or its twin. */
void size_label_all(struct size_program *program, const struct image *names, const struct size_options *options);
/* Purpose of a section that is known by its type or name: SIZE_CATEGORIES for others. */
enum size_category size_section_purpose(const struct image_section *section);

/* --- size_symbols.c ------------------------------------------------------------------------------------------------------------- */
void size_claim_symbols(struct size_program *program, const struct image *names, struct spans *claims, struct spans *unsized_claims);
/* Which language, from symbols and sections. */
enum size_language size_language_of(const struct image *image, const struct image *names);

/* A function of that name in the program's language. */
uint32_t size_function_add(struct size_program *program, const char *symbol, uint64_t address);

/* --- size_inline.c ---------------------------------------------------------------------------------------------------------------- */
/* Before the symbols: labels the code that was inlined. Nothing without debug information in `path`. */
void size_claim_inlined(struct size_program *program, const char *path);

/* --- size_owner.c: category and crate of functions and objects ---------------------------------------------------------------------- */
void size_find_root(struct size_program *program, const struct size_options *options);
void size_own_all(struct size_program *program, const struct size_options *options);

/* --- size_lines.c ----------------------------------------------------------------------------------------------------------------- */
struct size_lines;
/* NULL when `path` has no debug information. */
struct size_lines *size_lines_open(const char *path);
void size_lines_close(struct size_lines *lines);
/* File and line where the function at `address` begins. The text belongs to `lines`. */
bool size_lines_find(struct size_lines *lines, uint64_t address, const char **file, uint32_t *line);

/* --- size_rollup.c ------------------------------------------------------------------------------------------------------------------ */
void size_roll_up(struct size_program *program);

/* --- size_twin.c -------------------------------------------------------------------------------------------------------------------- */
/* Do both files load the same bytes to the same places? Else *why says what differs; the caller frees it. */
bool size_same_loaded(const struct image *a, const struct image *b, char **why);

#endif
