/* suggest_analysis.h - the row of `--suggest` in analyses[]. */
#ifndef SUGGEST_ANALYSIS_H
#define SUGGEST_ANALYSIS_H

#include "audit.h"

extern const struct analysis analysis_suggest;

#endif
