/* A row each. */
#include "audit.h"
#include "lambda_analysis.h"
#include "memory_analysis.h"
#include "size_analysis.h"
#include "suggest_analysis.h"

#include <string.h>

/* clang-format off */
const struct analysis *const analyses[] = {
    &analysis_size,
    &analysis_memory,
    &analysis_lambda,
    &analysis_suggest, /* last: it adds to what others advise */
    NULL,
};
/* clang-format on */

/* NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers, as meant */
_Static_assert(sizeof analyses / sizeof *analyses <= AUDIT_ANALYSES_MOST, "results[] is too short");

int analysis_find(const char *name)
{
	for (int i = 0; analyses[i]; i++)
		if (strcmp(analyses[i]->name, name) == 0)
			return i;
	return -1;
}
