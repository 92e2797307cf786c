/* profile_compare.h - `profile --compare`, for cmd_profile.c alone. */
#ifndef PROFILE_COMPARE_H
#define PROFILE_COMPARE_H

#include "langs.h"
#include "output.h"

/* Compare and print as the options of output say (format, path, color, verbose). Fills progress, verbose and tick of `options`. */
int profile_compare(struct lang_options *options, const struct output_options *output, struct err *err);

#endif
