/* memory_analysis.h - the row of `--memory` in analyses[]. */
#ifndef MEMORY_ANALYSIS_H
#define MEMORY_ANALYSIS_H

#include "audit.h"

extern const struct analysis analysis_memory;

#endif
