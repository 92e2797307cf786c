/* lambda_order.h - who starts faster: by the ratios within rounds, in which every program was started once. */
#ifndef LAMBDA_ORDER_H
#define LAMBDA_ORDER_H

#include "lambda.h"

/* Ratios closer to 1 than this are no difference that anybody would choose a language for. */
#define LAMBDA_MARGIN 1.03

/* Total of b over that of a, with its 95 % interval. */
struct stats_interval lambda_ratio(const struct lambda_program *a, const struct lambda_program *b);
/* Does b start later than a, by all of the interval and more than the margin? */
bool lambda_is_before(const struct lambda_program *a, const struct lambda_program *b);
/*
 * `order`: indexes of those that could be measured, fastest first; their number is returned. `rank`, by index, from 1; programs that are
 * not apart from the first of a rank share it.
 */
size_t lambda_order(const struct lambda_program *programs, size_t count, size_t *order, unsigned *rank);

#endif
