/*
 * flame_layout.h - where each frame of a flame graph is: paths to frames with a start and a width. No format: the SVG and the HTML report
 * both draw what this says.
 */
#ifndef FLAME_LAYOUT_H
#define FLAME_LAYOUT_H

#include "export_names.h"
#include "paths.h"

struct flame_frame {
	uint32_t fn;	 /* PROFILE_NONE: of no function (frames[0], all of it) */
	uint32_t parent; /* index of the caller's frame, always smaller */
	uint32_t depth;	 /* 0 for frames[0] */
	uint64_t start;	 /* in the weight of the paths, from the left */
	uint64_t total;	 /* width: what ended here and further in */
	uint64_t self;
};

struct flame {
	struct flame_frame *frames; /* depth first; what ended in a frame is at its left, then its callees by name, as inferno draws them */
	size_t count;
	uint32_t depth; /* largest */
};

/* Frames of less than 1/`resolution` of all are left out, with what is above them; 0: none are. */
void flame_layout(struct flame *flame, const struct paths *paths, const struct export_names *names, uint64_t resolution);
void flame_free(struct flame *flame);

#endif
