/* size_name.h - what the name of a symbol tells: language, crate or package, and the name for people. */
#ifndef SIZE_NAME_H
#define SIZE_NAME_H

#include <stdbool.h>

enum size_language { SIZE_C, SIZE_CPP, SIZE_RUST, SIZE_GO };

struct size_name {
	enum size_language language; /* that it is mangled for; SIZE_C: not mangled */
	char *crate;		     /* crate, package or outermost namespace of the definition; NULL: not told */
	char *full;		     /* demangled, without hash */
	char *generic;		     /* the same without the arguments of generics: copies of one function are alike */
};

/* `go`: the program is Go's, whose names are not mangled. The caller frees with size_name_free(). */
void size_name_read(const char *symbol, bool go, struct size_name *name);
void size_name_free(struct size_name *name);

/* Is it std or what std is made of? hashbrown and the like are, unless the program has its own copy: see size_is_ambiguous(). */
bool size_is_std(const char *crate);
/* A crate that std uses and programs use too. */
bool size_is_ambiguous(const char *crate);

#endif
