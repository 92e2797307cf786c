/* lambda_handler.h - a source that has only `lambda_handler` gets a bootstrap, so that it can run. */
#ifndef LAMBDA_HANDLER_H
#define LAMBDA_HANDLER_H

#include "err.h"

/*
 * Path of a file in the cache that holds the source and, behind it, so that its lines keep their numbers, our bootstrap. NULL without
 * `err`: it has a main, or no lambda_handler, and stays as it is. The caller frees.
 */
char *lambda_handler_source(const char *source, struct err *err);

#endif
