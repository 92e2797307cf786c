/* output.h - from a profile to the chosen format at the chosen place: the options that `profile` and `report` share. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "cmd.h"
#include "profile.h"

struct output_options {
	const char *format, *path, *function, *color, *weight, *recursion;
	bool verbose, lines, calls;
	const char *sort;
	uint64_t top;
	double min_percent;
	const char *base;   /* compare with this profile; NULL */
	const char *source; /* where the text of the source is, if not where the profile says */
};

#define OUTPUT_OPTION_ROWS(type, member)                                                                                                     \
	{"format",                                                                                                                           \
	 'f',                                                                                                                                \
	 OPTION_TEXT,                                                                                                                        \
	 "FORMAT",                                                                                                                           \
	 "text, json, annotate, html, flamegraph, folded, pprof, callgrind, speedscope, firefox, chrome, dhat or sarif (default: by the "    \
	 "suffix of --output, else text)",                                                                                                   \
	 offsetof(type, member.format)},                                                                                                     \
	    {"output",                                                                                                                       \
	     'o',                                                                                                                            \
	     OPTION_TEXT,                                                                                                                    \
	     "FILE",                                                                                                                         \
	     "write the report to FILE (- is standard output); .gz and .zst compress it",                                                    \
	     offsetof(type, member.path)},                                                                                                   \
	    {"function", 0, OPTION_TEXT, "NAME", "only this function, with its callers and callees", offsetof(type, member.function)},       \
	    {"weight", 0, OPTION_TEXT, "WHAT", "of call paths: time, calls or bytes (default time)", offsetof(type, member.weight)},         \
	    {"recursion",                                                                                                                    \
	     0,                                                                                                                              \
	     OPTION_TEXT,                                                                                                                    \
	     "HOW",                                                                                                                          \
	     "in call paths: folded into one frame, or deep (default folded)",                                                               \
	     offsetof(type, member.recursion)},                                                                                              \
	    {"sort",                                                                                                                         \
	     0,                                                                                                                              \
	     OPTION_TEXT,                                                                                                                    \
	     "KEY",                                                                                                                          \
	     "order of the functions: self (default), total, calls, allocations, bytes, blocked, name or line",                              \
	     offsetof(type, member.sort)},                                                                                                   \
	    {"top", 0, OPTION_COUNT, "N", "the first N rows of each table of the text", offsetof(type, member.top)},                         \
	    {"min-percent",                                                                                                                  \
	     0,                                                                                                                              \
	     OPTION_PERCENT,                                                                                                                 \
	     "P",                                                                                                                            \
	     "no functions with less than P percent of the time, callees included",                                                          \
	     offsetof(type, member.min_percent)},                                                                                            \
	    {"calls", 0, OPTION_FLAG, NULL, "show who calls whom, how often and where", offsetof(type, member.calls)},                       \
	    {"base", 0, OPTION_TEXT, "FILE", "compare with this profile, made before (see `ruchy-prof diff`)", offsetof(type, member.base)}, \
	    {"color", 0, OPTION_TEXT, "WHEN", "auto, always or never", offsetof(type, member.color)},                                        \
	{                                                                                                                                    \
		"verbose", 'v', OPTION_FLAG, NULL, "show every step, its time and the exact commands", offsetof(type, member.verbose)        \
	}

/* NULL and "-". */
bool output_is_stdout(const char *path);
/* Is the word of --color one? NULL is fine: not given. */
int output_check_color(const char *color, struct err *err);
/* What a report at `path` may look like: files have no colour and no width. */
struct output_look {
	bool color, ascii;
	unsigned width; /* columns of the terminal, 0 = none */
};
struct output_look output_look(const char *path, const char *color);
/* Before any work: is the format known, can the file be made, and is it none of the `inputs`? Nothing is written yet. */
int output_check(const struct output_options *options, const char *const *inputs, size_t count, struct err *err);
/* Of these only the place: can the file of --output be made? NULL and "-" are fine. */
int output_check_place(const char *path, const char *const *inputs, size_t count, struct err *err);
/* The same for the file of another option, which can't be standard output. `path` NULL is fine: not asked for. `inputs` may hold NULL. */
int output_check_file(const char *option, const char *path, const char *const *inputs, size_t count, struct err *err);
int output_report(const struct profile *profile, const struct output_options *options, bool source_map, struct err *err);
/* Write `data` to `path` (NULL and "-": standard output) atomically. */
int output_bytes(const char *path, const void *data, size_t size, int mode, struct err *err);

#endif
