/* flame_diff.h - how each frame of a flame graph has changed since another profile. */
#ifndef FLAME_DIFF_H
#define FLAME_DIFF_H

#include "compare.h"
#include "flame_layout.h"

struct flame_change {
	double before; /* weight of the same path then, of as many iterations as the paths' values; 0 = it was not there */
	int level;     /* -3 .. 3: gone but for traces .. new or many times as much; 0: no difference beyond the error */
};

/* One for each frame of `flame`, the layout of `after`. `gone` is the part of all then that went along paths which are not there now. */
struct flame_change *flame_changes(const struct comparison *comparison, const struct paths *before, const struct paths *after,
				   const struct flame *flame, double *gone);

#endif
