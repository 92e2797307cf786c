/* cold_spawn.h - make the process of a cold start. */
#ifndef COLD_SPAWN_H
#define COLD_SPAWN_H

#include "cold_start.h"

/*
 * By vfork, so that the size of our own memory costs the new process nothing. A group of its own; stdin is /dev/null. SIGCHLD must be
 * blocked. Fills POINT_FORK and POINT_EXEC. Returns the pid, or -1.
 */
int cold_spawn(const struct cold_options *options, char *const *env, struct cold_start *start, struct err *err);

/* Ours first, then options->env, then the rest of our own. The caller frees with cold_environment_free(). */
char **cold_environment(const struct cold_options *options, unsigned port);
void cold_environment_free(char **list);

#endif
