/*
 * size.h - where the bytes of a program's file are: each has exactly one label, and the labels add up to the size of the file.
 *
 * Labels come from several sources, the surest first (size_sources.c): headers, sections of a known purpose, symbols, references to what
 * has no symbol, the rest of each section, and what lies between sections.
 */
#ifndef SIZE_H
#define SIZE_H

#include "build.h"
#include "image.h"
#include "size_name.h"
#include "span.h"

/* In the order of the report. */
enum size_category {
	SIZE_STDLIB,
	SIZE_RUNTIME,
	SIZE_USER,
	SIZE_DEPENDENCY,
	SIZE_CLIB,
	SIZE_DEBUG,
	SIZE_UNWIND,
	SIZE_DYNAMIC,
	SIZE_SYMBOLS,
	SIZE_HEADERS,
	SIZE_CODE,
	SIZE_DATA,
	SIZE_OTHER,
	SIZE_PADDING,
	SIZE_CATEGORIES,
};
/* Name for people, key for JSON, and what it is. */
struct size_category_row {
	const char *name, *key, *about;
};
extern const struct size_category_row size_categories[SIZE_CATEGORIES];

/* What a label stands for: a function, an object, or a part of a section. Strings are owned. */
struct size_item {
	enum size_category category;
	char *name;	       /* demangled, or the section's */
	char *generic;	       /* name without the arguments of generics */
	char *crate;	       /* NULL: of none */
	bool function, object; /* neither: part of a section */
	bool loaded;	       /* with the program; of sections */
	bool inlined;	       /* of a function: code of it within others */
	bool v0, cpp;	       /* its name is of Rust's newer scheme; of C++'s */
	uint64_t address;
	uint64_t bytes; /* of the file that have this label */
	uint64_t data;	/* of them: data without a name that only this refers to */
	/* User code: the function as in Ruchy. 0 and NULL: not known */
	char *ruchy;
	uint32_t line, to;
};

/* Functions that are copies of one generic one, a crate, a section: sums over items. Strings belong to items. */
struct size_sum {
	const char *name, *crate;
	enum size_category category;
	uint64_t bytes, largest;
	size_t copies; /* items */
	const struct size_item *first;
};

struct size_program {
	struct image image;
	enum size_language language;
	char *root;	  /* Rust: crate of main; NULL: not known */
	bool stripped;	  /* the file has no symbol table of its own */
	bool named;	  /* names are there: its own, or a twin's */
	char *names_from; /* path of the twin that the names are from; NULL */
	char *lines_from; /* path of the file whose debug information is read: the twin; NULL: the program itself */
	char *no_names;	  /* why the twin was not used; NULL */
	bool ruchy;	  /* it is known what of it the transpiler added */
	bool is_static;	  /* no interpreter: its libraries are in it */
	bool has_lines;	  /* debug information tells the lines of functions */
	struct size_item *items;
	size_t item_count, item_capacity;
	struct spans map;
	uint64_t categories[SIZE_CATEGORIES];
	struct size_sum *functions, *crates; /* largest first */
	size_t function_count, crate_count;
};

struct size_options {
	const char *twin;	   /* the same program with symbols; NULL */
	const struct build *build; /* its functions in Ruchy; NULL */
	const char *crate;	   /* of the user's code; NULL: found by its main() */
	const char *lock;	   /* text of Cargo.lock, "" for a program without other crates; NULL: not known which it has */
	bool inlined;		   /* charge inlined code to the function that it is of */
	bool debug_lines;	   /* read the lines of functions */
};

/* NULL and `err`. The caller frees with size_free(). */
struct size_program *size_measure(const char *path, const struct size_options *options, struct err *err);
/* The same of bytes; takes `data` (malloc'ed, size + 1 bytes). */
struct size_program *size_measure_bytes(unsigned char *data, size_t size, const char *name, const struct size_options *options,
					struct err *err);
void size_free(struct size_program *program);
double size_percent(const struct size_program *program, uint64_t bytes);

#endif
