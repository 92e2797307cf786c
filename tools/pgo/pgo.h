/*
 * pgo.h - optimisation by profile: what is collected for it, what a profile proposes, what a measurement decides.
 *
 *   pgo_training   what the program runs on
 *   pgo_llvm       counters of LLVM: collected, kept in the profile as text, given to rustc as a file that was checked
 *   pgo_match      the functions of a profile in the source as it is now
 *   pgo_rules      profile -> proposals, one rule a kind of hint
 *   pgo_field      variants of the program, over several code layouts, raced
 *   pgo_select     proposals -> decisions
 *   pgo_decisions  decisions <-> JSON in the profile
 *   pgo_transpile  `transpile --pgo-data`
 *   pgo_bench      `bench --with-pgo`
 */
#ifndef PGO_H
#define PGO_H

#include "build.h"
#include "err.h"
#include "profile.h"
#include "rhook_hint.h"
#include "stats.h"
#include "strbuf.h"
#include "subprocess.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- pgo_training.c ------------------------------------------------------------------------------------------------------ */
struct pgo_training {
	char *input; /* file for stdin; NULL: ours */
	char **args; /* ends in NULL */
};
struct pgo_trainings {
	struct pgo_training *list;
	size_t count;
};
/* Every input with every line of arguments; at least one. `args_file` and `inputs` may be NULL. */
int pgo_trainings_make(struct pgo_trainings *trainings, const char *const *inputs, size_t input_count, const char *args_file,
		       char *const *args, struct err *err);
/* Those that the profile was collected with. -1: an input is no longer there, or is another one. */
int pgo_trainings_of(struct pgo_trainings *trainings, const struct profile *profile, struct err *err);
void pgo_trainings_free(struct pgo_trainings *trainings);
/* Its standard input, for any number of runs; the caller closes it. */
struct subprocess_stdin *pgo_training_open(const struct pgo_training *training, struct err *err);
/* Note in the profile that it was run `runs` times on this. */
int pgo_training_note(struct profile *profile, const struct pgo_training *training, uint64_t runs, struct err *err);

/* --- pgo_llvm.c ------------------------------------------------------------------------------------------------------------- */
/* llvm-profdata 19 or newer: of rustup's llvm-tools, on PATH, or with a number behind. Caller frees; NULL: there is none. */
char *pgo_llvm_tool(const struct build *build);
extern const char pgo_llvm_missing[]; /* how to get it */
/*
 * Run the program of `rust` (NULL: the plain text) with `flags` on the trainings and return its counters as text; caller frees.
 * NULL and err: there is no tool, it does not compile, no run left counters.
 */
char *pgo_llvm_collect(struct build *build, const char *rust, size_t size, char *const *flags, const struct pgo_trainings *trainings,
		       double timeout, struct err *err);
/* The row of this text and build, or NULL. */
const struct profile_llvm *pgo_llvm_find(const struct profile *profile, const struct build *build, const char *rust, size_t size,
					 char *const *flags);
/* Put it in, in place of an older one of the same text and build. */
void pgo_llvm_keep(struct profile *profile, const struct build *build, const char *rust, size_t size, char *const *flags,
		   const char *counters);
/* Make rustc's file of the text and see that it is whole: its path in the cache, which the caller frees. NULL and err. */
char *pgo_llvm_file(struct build *build, const char *counters, struct err *err);
/* Rows of the same text and build become one. Nothing happens without the tool. */
void pgo_llvm_merge(struct profile *profile);

/* --- pgo_match.c ------------------------------------------------------------------------------------------------------------ */
struct pgo_match {
	const struct profile_fn **fns; /* by function of build->hook: as it was measured, NULL: new or changed */
	uint32_t *moved;	       /* lines that it has moved down (modulo 2^32) */
	size_t count, known, changed;  /* functions now; those that are as they were; those measured that are not */
	bool same;		       /* the whole source is as it was */
};
/* Refuses a profile of another program, and one of another version that does not tell what has changed. */
int pgo_match(const struct profile *profile, const struct build *build, struct pgo_match *match, struct err *err);
void pgo_match_free(struct pgo_match *match);
/* The texts of functions as they are now, for a later pgo_match(). */
void pgo_match_note(struct profile *profile, const struct build *build);

/* --- pgo_rules.c ------------------------------------------------------------------------------------------------------------- */
#define PGO_AMOUNTS 5

enum pgo_verdict { PGO_PROPOSED, PGO_APPLIED, PGO_REJECTED, PGO_LEFT_OUT };

/* A change, or several of one kind that are tried together. What became of it is filled in by the selection. */
struct pgo_proposal {
	const char *kind;     /* name of the hint, or of the flags */
	char *key;	      /* of the candidate; of a bundle the key of each, a line each */
	char *where;	      /* "fibonacci (fibonacci.ruchy:2)" */
	char *evidence;	      /* "called 29,860,703 times, from itself" */
	char *why;	      /* of the verdict */
	uint32_t *candidates; /* indexes; none for flags */
	size_t candidate_count;
	uint64_t amounts[PGO_AMOUNTS];
	size_t amount_count; /* at least 1 */
	int rank;	     /* lower ones are tried first, of a rank those with the larger share */
	double share;	     /* of the time that it is about */
	bool slower, needs_allow;
	enum pgo_verdict verdict;
	uint64_t amount;	    /* the one that was chosen */
	struct stats_interval gain; /* times as fast as without it; value 0: not measured */
};

struct pgo_proposals {
	struct pgo_proposal *list;
	size_t count;
};

struct pgo_choice_options {
	const char *hints; /* kinds, separated by commas; NULL: all */
	const char *allow; /* what must be allowed: memoize, native, panic-abort */
};
int pgo_check_options(const struct pgo_choice_options *options, struct err *err);
bool pgo_listed(const char *list, const char *word);

/* In the order in which they are to be tried. */
void pgo_propose(const struct profile *profile, const struct build *build, const struct pgo_match *match,
		 const struct rhook_candidates *candidates, const struct pgo_choice_options *options, struct pgo_proposals *proposals);
void pgo_proposals_free(struct pgo_proposals *proposals);

/* --- pgo_flags.c --------------------------------------------------------------------------------------------------------------- */
struct pgo_flags {
	const char *name, *summary;
	const char *allow; /* word that allows it; NULL: free */
	const char *words[4];
};
extern const struct pgo_flags pgo_flags[]; /* ends in a row without a name */
const struct pgo_flags *pgo_flags_find(const char *name);

/* --- pgo_field.c: variants and races ------------------------------------------------------------------------------------------ */
#define PGO_LAYOUTS_MOST 8
#define PGO_FLAGS_MOST	 8

struct pgo_variant {
	/* in */
	const char *name;
	const char *rust; /* NULL: the plain text */
	size_t rust_size;
	const struct pgo_flags *flags[PGO_FLAGS_MOST + 1];
	const char *llvm_file; /* NULL: without */
	/* out */
	char *programs[PGO_LAYOUTS_MOST];
	char *problem; /* why it is out of the race; NULL: it is in */
	double *times; /* [layer][round], ns */
};

struct pgo_field {
	struct build *build;
	const struct pgo_trainings *trainings;
	size_t layouts;
	uint64_t rounds_most;
	double race_seconds; /* most that one race takes */
	double timeout;
	bool wall; /* wall time, since several threads share the work; else CPU time */
	void (*progress)(void *context, const char *step);
	void *context;
	/* what the plain program prints, by training; expected[i].text NULL: it differs from run to run */
	struct pgo_expected {
		char *text;
		size_t size;
		int status;
	} * expected;
	bool unsteady, no_shuffle;
	/* of the last race */
	size_t layers, rounds;
};
/* Learn what the plain program prints. */
int pgo_field_open(struct pgo_field *field, struct err *err);
void pgo_field_close(struct pgo_field *field);
/* Build all variants, see that they print what the plain one prints, and run those that do. The first must; the others may drop out. */
int pgo_field_race(struct pgo_field *field, struct pgo_variant *variants, size_t count, struct err *err);
/* How many times as fast b is as a, of the last race. */
struct stats_interval pgo_field_gain(const struct pgo_field *field, const struct pgo_variant *a, const struct pgo_variant *b, double level);
double pgo_field_median(const struct pgo_field *field, const struct pgo_variant *variant); /* ns */
void pgo_variant_free(struct pgo_variant *variant);

/* --- pgo_select.c -------------------------------------------------------------------------------------------------------------- */
struct pgo_result {
	struct pgo_proposals proposals;
	const struct pgo_flags *flags[PGO_FLAGS_MOST + 1];
	bool llvm;	/* with a profile of LLVM */
	char *llvm_why; /* why not, or NULL */
	char *rust;	/* optimised text, without header */
	size_t rust_size;
	bool measured;				     /* else: as kept in the profile, or what is never harmful */
	bool unsteady;				     /* what the program prints differs from run to run */
	struct stats_interval plain_gain, llvm_gain; /* against plain and against the LLVM profile alone; value 0: not measured */
	double plain_ns, llvm_ns, ours_ns;	     /* medians of the final race */
	uint64_t layouts, rounds;
	char *figure; /* "CPU time" */
};
struct pgo_select_options {
	struct pgo_choice_options choice;
	double budget_seconds, timeout_seconds;
	bool no_measure;
	void (*progress)(void *context, const char *step);
	void *context;
};
/* Decide by measuring, and keep in `profile`: decisions and the counters of LLVM that go with them. */
int pgo_select(struct profile *profile, struct build *build, const struct pgo_match *match, const struct pgo_trainings *trainings,
	       const struct pgo_select_options *options, struct pgo_result *result, struct err *err);
/* As decided before: 1 when nothing is kept for these options. */
int pgo_select_kept(const struct profile *profile, struct build *build, const struct pgo_match *match,
		    const struct pgo_select_options *options, struct pgo_result *result, struct err *err);
void pgo_result_free(struct pgo_result *result);
/* The text with these proposals applied (those whose verdict is PGO_APPLIED, or `also`). Caller frees. NULL and err. */
char *pgo_apply(const struct build *build, const struct pgo_proposals *proposals, size_t *size, struct err *err);
/* The words of all flags, ends in NULL; the caller frees the list alone. */
char **pgo_flag_words(const struct pgo_flags *const *flags);

/* --- pgo_decisions.c ------------------------------------------------------------------------------------------------------------ */
char *pgo_decisions_text(const struct pgo_result *result);
int pgo_decisions_read(const char *text, const struct rhook_candidates *candidates, struct pgo_result *result, struct err *err);
/* What decisions depend on beside the profile. Caller frees. */
char *pgo_decisions_identity(const struct build *build, const struct pgo_choice_options *options);
void pgo_decisions_keep(struct profile *profile, const char *identity, const char *text);
const char *pgo_decisions_find(const struct profile *profile, const char *identity);

/* --- pgo_explain.c --------------------------------------------------------------------------------------------------------------- */
void pgo_explain(const struct pgo_result *result, const struct pgo_match *match, const char *source, struct strbuf *out);
/* "1.25x [1.20, 1.31]" */
char *pgo_interval_text(const struct stats_interval *interval);

/* --- pgo_transpile.c --------------------------------------------------------------------------------------------------------------- */
struct pgo_transpile_options {
	const char *source, *data, *output, *rustc_flags;
	struct pgo_select_options select;
	bool explain, verbose, again;
};
int pgo_transpile(const struct pgo_transpile_options *options, struct err *err);
/* F.pgo.data beside the source: the path, which the caller frees. NULL: there is none. */
char *pgo_data_beside(const char *source, bool must_exist);

/* --- pgo_count.c ------------------------------------------------------------------------------------------------------------------- */
/* "29,860,703", in one of four static buffers in turn. */
const char *pgo_count(uint64_t n);

#endif
