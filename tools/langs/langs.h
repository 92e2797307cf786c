/*
 * langs.h - the same program in several languages, side by side: built as each language's users build a release, checked to print the same,
 * run in turn, measured.
 *
 * To add a language: a row in langs[] (langs.c), a program in tests/langs/ for its test.
 */
#ifndef LANGS_H
#define LANGS_H

#include "err.h"
#include "stats.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- langs.c: the languages ------------------------------------------------------------------------------------------------ */

#define LANG_WORDS 16
/* Words of a command that stand for something else. */
#define LANG_TOOL "{tool}"
#define LANG_IN	  "{in}"
#define LANG_OUT  "{out}"

enum lang_kind {
	LANG_RUCHY,	  /* transpiled, then as LANG_RUST */
	LANG_RUST,	  /* tools/build */
	LANG_COMPILED,	  /* `command` makes a program */
	LANG_INTERPRETED, /* `command` runs it */
};

struct lang {
	const char *name;     /* in tables: "C++" */
	const char *words;    /* what --baseline-langs and --compare-to call it, the usual one first: "cpp c++ cxx" */
	const char *suffixes; /* of its files, the usual one first: "cpp cc cxx" */
	enum lang_kind kind;
	const char *tools;   /* the programs that can do it; the first that is there does: "gcc clang cc" */
	const char *flags;   /* shown behind the tool's name: "-O3"; "" */
	const char *version; /* the argument that makes it say its version */
	const char *get;     /* how to get it */
	const char *const command[LANG_WORDS];
	/*
	 * Arguments that make an interpreter print its own path (what is on PATH may be a script that chooses one), then the files and
	 * directories besides it that a program needs at run time, a line each. Empty: it is one file.
	 */
	const char *const about[4];
	const char *const *variables; /* set when it runs: "NAME=value", ends in NULL; NULL */
	const char *const *depends;   /* texts in a source that pull in other files: such builds are not cached; ends in NULL; NULL */
	bool (*takes_name)(const char *name); /* does the tool take a file of this name? else it gets a copy of another; NULL: any */
	const char *empty;		      /* a program that does nothing */
};

extern const struct lang langs[]; /* ends in a row with name NULL */
/* By a word of its `words` or its name, in any case; NULL. */
const struct lang *lang_by_word(const char *word, size_t size);
const struct lang *lang_for_file(const char *path);
/* "Ruchy, Rust, C, ...", for hints. Caller frees. */
char *lang_names(void);

/* --- langs_entrants.c: who takes part ---------------------------------------------------------------------------------------- */

/* What must be there beside the program: libraries, an interpreter and its files. */
struct lang_needs {
	uint64_t bytes;
	char **files; /* paths; a directory stands for all that is in it */
	size_t count;
};

struct lang_entrant {
	const struct lang *lang;
	char *source;	   /* as given, or as found */
	char *label;	   /* unique in one comparison: "Rust", "Rust fast.rs" */
	char *how;	   /* "gcc -O3", "transpiled", "python3" */
	char *absent;	   /* why it does not take part; NULL: it does */
	char *get;	   /* and what to do about it; NULL */
	char *tool;	   /* what was run: a path */
	char *version;	   /* its first line */
	char *command;	   /* the exact command that built it, quoted for a shell; NULL: none */
	char **argv;	   /* to run it, the user's arguments included */
	char **argv_empty; /* of the program that does nothing; NULL: there is none */

	/* results; times in ns */
	double *wall, *empty_wall; /* of each round; by round the same for all */
	size_t rounds, empty_rounds;
	struct stats_interval time, start;			 /* medians */
	double cpu;						 /* median: user + system */
	uint64_t peak_rss;					 /* highest, bytes */
	struct stats_interval to_slowest, to_baseline, to_first; /* ratio of time: this one's over the other's */
	bool matches_first;
	uint64_t size; /* of the program, or of the source of an interpreted one */
	struct lang_needs needs;
	bool counted;
	uint64_t calls;	 /* exact, of one run */
	char *uncounted; /* why not; NULL: it is, or the language is none that we count */
};

struct lang_options {
	const char *const *files; /* operands; the first is the program that the others are compared with */
	size_t file_count;
	const char *siblings;	/* --baseline-langs: words between commas; NULL */
	const char *compare_to; /* --compare-to: a language or a file; NULL: the fastest */
	const char *rustc_flags;
	char **args; /* of the programs, ends in NULL */
	uint64_t runs, warmup;
	double max_seconds, timeout_seconds; /* 0: none */
	double margin;			     /* what still counts as the same time: 0.05 */
	bool ignore_failure;
	bool no_counts, no_start;
	void (*progress)(void *context, const char *step, const char *label);
	void (*verbose)(void *context, const char *step, double seconds, const char *command);
	void (*tick)(void *context);
	void *context;
};

struct lang_comparison {
	struct lang_entrant *entrants; /* as given; those that take part by their time, then the absent ones */
	size_t count, present;
	size_t first; /* index of the first operand */
	size_t baseline, slowest;
	double margin;
	uint64_t rounds, warmup, empty_rounds;
	uint64_t output_size; /* bytes that each printed */
	bool out_of_time, interrupted;
	const char *const *args; /* of the options */
};

/* Find the files, their languages and tools. Usage errors only. */
int lang_gather(const struct lang_options *options, struct lang_comparison *comparison, struct err *err);
/* Build, check, run. -1: a build failed, a program failed, they print different things, or nothing is left to compare with. */
int lang_compare(const struct lang_options *options, struct lang_comparison *comparison, struct err *err);
void lang_comparison_free(struct lang_comparison *comparison);

/* --- langs_alone.c: one program, for who measures it by himself ---------------------------------------------------------------- */
struct lang_alone {
	char *path;		    /* of the program; of the source where that is interpreted */
	char **before;		    /* words before it: the interpreter and its options; ends in NULL */
	char *version;		    /* of the tool: its first line */
	struct lang_builds *builds; /* what `path` lies in */
};
int lang_alone(struct lang_alone *alone, const char *source, struct err *err);
void lang_alone_free(struct lang_alone *alone);
/* --- langs_build.c ------------------------------------------------------------------------------------------------------------- */

/*
 * After lang_gather(), for who runs the programs in another way: fills argv of those that are `wanted` (by index); `absent` tells of what
 * has no tool or does not compile. The programs live until lang_programs_free(). NULL: the cache can't be used.
 */
struct lang_programs;
struct lang_programs *lang_programs_build(const struct lang_options *options, struct lang_comparison *comparison, const bool *wanted,
					  struct err *err);
void lang_programs_free(struct lang_programs *programs);

/* --- langs_formats.c ----------------------------------------------------------------------------------------------------------- */

struct lang_view {
	bool color, ascii, verbose;
	unsigned width; /* columns, 0 = 80 */
};

struct lang_format {
	const char *name, *suffix;
	void (*write)(const struct lang_comparison *comparison, const struct lang_view *view, struct strbuf *out);
};
extern const struct lang_format lang_formats[]; /* ends in a row with name NULL */
const struct lang_format *lang_format_find(const char *name);
/* By the suffix of --output; text where none fits. */
const struct lang_format *lang_format_for_path(const char *path);

#endif
