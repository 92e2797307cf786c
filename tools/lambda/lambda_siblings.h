/*
 * lambda_siblings.h - what a Lambda bootstrap is compared with when nothing is named: the same program in other languages, from its own
 * folder, else the corpus' function.
 */
#ifndef LAMBDA_SIBLINGS_H
#define LAMBDA_SIBLINGS_H

#include "audit.h"
#include "langs.h"

struct lambda_sibling {
	char *label;   /* "Rust (tokio)" */
	char *program; /* NULL: `why` */
	char **args;   /* of the program, ends in NULL; NULL: none. Not owned */
	char *why;     /* it is not there, and what to do about it */
};

struct lambda_siblings {
	struct lambda_sibling *list;
	size_t count;
	bool own; /* of the operand's folder */
	struct lang_comparison comparison;
	struct lang_programs *programs;
};

/* -1: interrupted. What can't be built is told in `why`. */
int lambda_siblings_find(const struct audit *audit, struct lambda_siblings *siblings, struct err *err);
void lambda_siblings_free(struct lambda_siblings *siblings);

#endif
