/* compare_languages.h - `profile --compare`, for cmd_profile.c alone. */
#ifndef COMPARE_LANGUAGES_H
#define COMPARE_LANGUAGES_H

#include "langs.h"
#include "output.h"

/* Compare and print as the options of output say (format, path, color, verbose). Fills progress, verbose and tick of `options`. */
int compare_languages(struct lang_options *options, const struct output_options *output, struct err *err);

#endif
