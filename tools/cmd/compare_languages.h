/* compare_languages.h - `profile --compare`, for cmd_profile.c alone. */
#ifndef COMPARE_LANGUAGES_H
#define COMPARE_LANGUAGES_H

#include "profile_options.h"

/* Compare the operands and print as the options say. Returns the exit status, or -1 with `err` filled. */
int compare_languages(const struct profile_options *options, const struct operands *operands, struct err *err);
/* Without --compare: an error when an option is given that goes with it alone. */
int compare_languages_strays(const struct profile_options *options, struct err *err);

#endif
