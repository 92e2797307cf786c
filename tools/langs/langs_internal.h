/* langs_internal.h - shared by the langs_*.c files alone. */
#ifndef LANGS_INTERNAL_H
#define LANGS_INTERNAL_H

#include "build.h"
#include "langs.h"
#include "subprocess.h"

/* langs_entrants.c: fill tool, version, how, or absent and get. */
void lang_find_tools(struct lang_comparison *comparison);

/* langs_build.c: builds of one comparison, alive until lang_builds_close(). */
struct lang_builds {
	struct build_foreign *foreign;
	struct build **builds; /* of Ruchy and Rust, two of each entrant: the program, the empty one */
	size_t count;
};
int lang_builds_open(struct lang_builds *builds, size_t count, struct err *err);
/* Fill argv, argv_empty, command, size. -1: it does not compile. */
int lang_build(struct lang_builds *builds, struct lang_entrant *entrant, size_t index, const struct lang_options *options, struct err *err);
void lang_builds_close(struct lang_builds *builds);

/* langs_count.c: run a build with counters once; fill calls, counted, or uncounted. */
void lang_count(struct lang_entrant *entrant, const struct lang_options *options, struct subprocess_stdin *input);

/* langs_output.c: run each once and compare what they print with the first one. -1 tells which failed or differs. */
int lang_check_outputs(struct lang_comparison *comparison, const struct lang_options *options, struct subprocess_stdin *input,
		       struct err *err);
/* Number of the first line in which they differ (from 1), and where it begins in each. 0: in none. */
size_t lang_first_difference(const char *a, size_t a_size, const char *b, size_t b_size, size_t *a_at, size_t *b_at);

/* langs_race.c */
void lang_entrant_free(struct lang_entrant *entrant);

/* langs_figures.c: order, ratios and verdicts from the samples. */
void lang_figures(struct lang_comparison *comparison, const struct lang_options *options);
/* --compare-to names somebody who takes part. */
int lang_baseline_check(const struct lang_options *options, const struct lang_comparison *comparison, struct err *err);
bool lang_is_called(const struct lang_entrant *entrant, const char *name);

/* langs_needs.c: what must be there at run time. */
void lang_needs_add(struct lang_needs *needs, const char *path);
/* The shared libraries of an ELF program, by its own loader; the loader itself is one of them. A static program has none. */
void lang_needs_libraries(struct lang_needs *needs, const char *program);
/* From what `LOADER --list PROGRAM` prints: every path once. */
void lang_needs_parse(struct lang_needs *needs, const char *text);
/* Fill `bytes`. */
void lang_needs_sum(struct lang_needs *needs);
void lang_needs_free(struct lang_needs *needs);

#endif
