/* lambda_siblings.h - the same Lambda function in other languages, as `make bootstraps` has built it. */
#ifndef LAMBDA_SIBLINGS_H
#define LAMBDA_SIBLINGS_H

#include <stddef.h>

#define LAMBDA_SIBLINGS_MOST 4

struct lambda_sibling {
	const char *label; /* "Rust (tokio)" */
	char *program;	   /* owned */
};

/* Those that are built; fills at most LAMBDA_SIBLINGS_MOST. */
size_t lambda_siblings(struct lambda_sibling siblings[LAMBDA_SIBLINGS_MOST]);
void lambda_siblings_free(struct lambda_sibling *siblings, size_t count);

#endif
