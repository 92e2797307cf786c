/*
 * front.h - this command under the name `ruchy`: our subcommands are ours, everything else is the real ruchy's.
 *
 * `ruchy-prof env` puts the directory of that name ahead on PATH.
 */
#ifndef FRONT_H
#define FRONT_H

#include "err.h"

#include <stdbool.h>

/* Were we called as `ruchy`? */
bool front_called(const char *argv0);
/* Is this command line of `ruchy` one of ours? Decided by the table in front.c alone; opens no file but the operands of `report`. */
bool front_takes(int argc, char **argv);
/* Become the real ruchy. Returns only when that fails: exit status 127 when there is none, 126 when it can't be run. */
int front_exec(char **argv, struct err *err);
/* The directory that holds the name `ruchy`. NULL with `err` when this installation lacks it. Caller frees. */
char *front_directory(struct err *err);

#endif
