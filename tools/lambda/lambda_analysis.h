/* lambda_analysis.h - the row of `--lambda-ready` in analyses[]. */
#ifndef LAMBDA_ANALYSIS_H
#define LAMBDA_ANALYSIS_H

#include "audit.h"

extern const struct analysis analysis_lambda;

#endif
