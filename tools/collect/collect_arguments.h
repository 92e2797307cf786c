/* collect_arguments.h - one more run that counts the arguments of functions whose results might be kept, and how deep recursion goes. */
#ifndef COLLECT_ARGUMENTS_H
#define COLLECT_ARGUMENTS_H

#include "build.h"
#include "profile.h"
#include "subprocess.h"

/*
 * Fills argument_*, deepest and stack_* of the recursive functions of `profile`, and of pure ones that take long. Does nothing where there
 * are none, or where that would take longer than some two seconds; what goes wrong is no error: nothing is known then. `args` end in NULL.
 * Returns the seconds that the run took.
 */
double collect_arguments(struct build *build, const struct build_options *options, char **args, struct subprocess_stdin *input,
			 struct profile *profile);

#endif
