/* lambda_init.h - which Ruchy functions run until the first request for an event: calls and time of an instrumented build. */
#ifndef LAMBDA_INIT_H
#define LAMBDA_INIT_H

#include "audit.h"
#include "cold_start.h"

/*
 * The counters lie in a file that the program shares, so they are read while it waits for its first event. NULL and `err` when the source
 * can't be instrumented or does not start. The caller frees with profile_free().
 */
struct profile *lambda_init_profile(struct audit *audit, const struct cold_options *options, struct err *err);

#endif
