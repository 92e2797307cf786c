/*
 * compare.h - two reports of one program, at different times or in different versions, side by side. Functions match by name and kind,
 * lines by their text where both texts are there, so that what only moved in the file is the same function and the same line.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "report.h"
#include "source_text.h"

/* A value before and after; negative = not known. */
struct change {
	double a, b;
	double error; /* half the 95 % interval of b - a; 0 = exact, negative = not known */
};

/* NONE: one side is not known. SAME: equal, or within the error. */
enum change_kind { CHANGE_NONE, CHANGE_SAME, CHANGE_LESS, CHANGE_MORE };
enum change_kind change_kind(const struct change *change);

struct compared_fn {
	uint32_t a, b; /* indexes into the functions of the two profiles; PROFILE_NONE = not there */
	struct change calls, self_ns, total_ns, allocations, bytes;
};

struct compared_line {
	uint32_t a, b; /* lines; 0 = not there */
	uint32_t fn;   /* index into comparison->fns */
	uint32_t file; /* of b; PROFILE_NONE = gone */
	struct change count, self_ns;
};

struct comparison {
	const struct report *a, *b;
	struct change time; /* wall time of one iteration: of the plain build, else of the instrumented one */
	bool instrumented;  /* the latter */
	struct change calls, allocations, bytes, peak_live, peak_rss;
	/* By the size of the change of self time, then of calls; those that ran on neither side are left out */
	struct compared_fn *fns;
	size_t fn_count;
	/* Those that have a figure on either side, by place */
	struct compared_line *lines;
	size_t line_count;
	bool by_text; /* lines were matched by their text; else by number */
	bool same_source;
};

/* The texts may be NULL or missing. All arguments must outlive the result. The caller frees with compare_free() (NULL is fine). */
struct comparison *compare_new(const struct report *a, const struct report *b, const struct sources *texts_a,
			       const struct sources *texts_b);
void compare_free(struct comparison *comparison);

#endif
