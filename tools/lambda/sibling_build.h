/*
 * sibling_build.h - the corpus' Lambda function in other languages, built when it is wanted and kept in the cache. Its sources are
 * installed with us; an entry of the cache is named by a hash of them and of what the compiler says of itself.
 */
#ifndef SIBLING_BUILD_H
#define SIBLING_BUILD_H

#include <stdbool.h>

/* With the value "built" nothing is built. */
#define SIBLINGS_VARIABLE "RUCHY_PROF_SIBLINGS"

struct sibling_language {
	const char *name;    /* of its directory */
	const char *label;   /* "Rust (tokio)" */
	const char *tool;    /* that builds it */
	const char *version; /* makes the tool say which it is */
	const char *get;     /* how to get the tool */
};
#define SIBLING_LANGUAGES 4
extern const struct sibling_language sibling_languages[SIBLING_LANGUAGES];

struct sibling_build {
	/* in */
	double seconds;		     /* until it is stopped; 0: no limit */
	bool again;		     /* try also what failed before */
	void (*tick)(void *context); /* some twice a second; may be NULL */
	void *context;
	/* out */
	char *program; /* owned; NULL: `why` */
	char *why;     /* owned: what is in the way, and what to do */
	bool interrupted;
};
void sibling_build(struct sibling_build *build, const struct sibling_language *language);

#endif
