/*
 * cmd.h - subcommands and their options, as tables.
 *
 * To add a subcommand: write cmd_x.c with one `const struct command`, add a row to commands[] in main.c, an e2e test in tests/cmd/.
 * The option table feeds the parser, `--help`, "did you mean", the completions of shells (completion_words.c knows what the placeholders
 * stand for) and the man page; nothing else lists options.
 */
#ifndef CMD_H
#define CMD_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,	/* bool */
	OPTION_TEXT,	/* const char *, not owned */
	OPTION_COUNT,	/* uint64_t, 1 .. 1,000,000,000 */
	OPTION_NUMBER,	/* the same, or 0 */
	OPTION_PERCENT, /* double, 0 .. 100: 5, 0.5, 5% */
	OPTION_SECONDS, /* double > 0: 10, 0.5, 10s, 500ms, 2m */
	OPTION_LIST,	/* struct option_list: may be given several times */
};

struct option_list {
	const char **items; /* the caller frees the array; the texts are not owned */
	size_t count;
};

struct option_row {
	const char *name; /* without dashes */
	char letter;	  /* short form, 0 = none */
	enum option_kind kind;
	const char *value; /* placeholder in the help; NULL for flags */
	const char *help;
	size_t offset; /* of the field in the command's options struct */
};

struct operands {
	char **files; /* operands before `--` */
	int file_count;
	char **args; /* what follows `--`, for the user's program; ends in NULL */
	int arg_count;
};

struct command {
	const char *name;
	const char *summary;		  /* one line for the list of commands */
	const char *usage;		  /* after "ruchy-prof ": lines separated by \n */
	const char *about;		  /* a paragraph; may be NULL */
	const struct option_row *options; /* ends in a row with name NULL */
	/* Returns the exit status, or -1 with `err` filled. */
	int (*run)(const struct command *command, int argc, char **argv, struct err *err);
	const char *words; /* what an operand can be, "bash zsh fish"; "" = no operand; NULL = a file */
};

/* All of them, for who speaks of all (completions, man pages). main() sets it; ends in NULL. */
extern const struct command *const *command_list;

extern const struct command cmd_profile, cmd_report, cmd_build, cmd_transpile, cmd_cargo, cmd_env, cmd_symbolize;
extern const struct command cmd_annotate, cmd_diff, cmd_merge, cmd_bench, cmd_analyze, cmd_pgo;
extern const struct command cmd_completions, cmd_man;

/*
 * Parse argv[1..] into `into` (defaults set by the caller). Returns 0; 1 when `--help` was printed; -1 with `err` (usage).
 * Permutes argv; `operands` points into it.
 */
int options_parse(const struct command *command, int argc, char **argv, void *into, struct operands *operands, struct err *err);
/* The row of `--help`, which no table holds. */
extern const struct option_row option_help;
/* The text of `--help`. */
void command_help(const struct command *command, bool full);
/* Words of `text` in lines as long as the terminal allows; the cursor stands at `column`, later lines begin at `indent`. */
void help_filled(const char *text, int column, int indent);
/* Nearest of `count` candidates to `word` by edit distance, NULL when none is near. */
const char *did_you_mean(const char *word, const char *const *candidates, size_t count);
/* Exactly one operand, or a usage error. */
const char *operand_single(const struct command *command, const struct operands *operands, const char *what, struct err *err);

#endif
