/* lambda_result.h - what `analyze --lambda-ready` has found; between lambda_analysis.c, which fills it, and who shows it. */
#ifndef LAMBDA_RESULT_H
#define LAMBDA_RESULT_H

#include "audit.h"
#include "cloudwatch.h"
#include "cold_limits.h"
#include "lambda.h"
#include "lambda_siblings.h"

#define LAMBDA_GOAL_MS 8 /* of the request for this tool; told beside the target */

struct lambda_result {
	struct lambda_program *programs; /* [0] is the subject */
	size_t count;
	struct lambda_run run;
	double target_ms;
	double fault_ns; /* negative = not known */
	bool limited;
	struct cold_limits limits;
	struct profile *init; /* NULL: init_why */
	char *init_why;
	struct cloudwatch logs;
	/* owned */
	char *event;
	struct audit *others; /* of --versus */
	size_t other_count;
	struct lambda_siblings siblings;
};

void lambda_show(const struct audit *audit, const void *result, struct sheet *sheet);
json_t *lambda_json(const struct audit *audit, const void *result);
/* Adds its advice to the audit. */
void lambda_advise(struct audit *audit, const struct lambda_result *result);

#endif
