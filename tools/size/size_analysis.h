/* size_analysis.h - the row of `--binary-size` in analyses[]. */
#ifndef SIZE_ANALYSIS_H
#define SIZE_ANALYSIS_H

#include "audit.h"

extern const struct analysis analysis_size;

#endif
