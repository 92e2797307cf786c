/* build_internal.h - shared by the build_*.c files alone. */
#ifndef BUILD_INTERNAL_H
#define BUILD_INTERNAL_H

#include "build.h"
#include "hash.h"
#include "strbuf.h"

#include <stdint.h>

/* --- build_cache.c: entries are directories below ROOT/entries, named by their key --------------------------------------------- */

struct build_cache {
	char *root;   /* NULL: not open */
	bool private; /* of this command alone, removed at its end */
};
struct build_entry {
	char *path;  /* existing entry, or the temporary directory of one in the making */
	char *final; /* where it will be */
	char key[HASH_HEX];
};

/* With `no_cache`, or when the shared one can't be written, a private temporary directory. *why: reason of the latter, or NULL; caller
 * frees. */
int build_cache_open(struct build_cache *cache, bool no_cache, char **why, struct err *err);
void build_cache_close(struct build_cache *cache);
/* True: complete and unaltered (every file has the size and hash it was stored with); marked as used now. Its path in `entry`. */
bool build_cache_find(const struct build_cache *cache, const char *key, struct build_entry *entry);
int build_cache_begin(const struct build_cache *cache, const char *key, struct build_entry *entry, struct err *err);
/* Seal what lies in entry->path, give it its name, evict old ones. entry->path is the final one then. */
int build_cache_commit(const struct build_cache *cache, struct build_entry *entry, struct err *err);
void build_cache_abandon(struct build_entry *entry);
void build_entry_free(struct build_entry *entry);
/* Entry that holds the one file `name` with this text, made if need be. Caller frees the path of the file. */
char *build_cache_text(const struct build_cache *cache, const char *name, const char *text, size_t size, struct err *err);

/* --- build_tool.c: rustc and ruchy, with versions that are asked once ------------------------------------------------------------ */

struct build_tool {
	char *path;	/* what to run */
	char *version;	/* first line, "rustc 1.95.0 (...)"; for ruchy "4.2.1" */
	char *identity; /* all that it says of itself and the state of its file: goes into keys */
};
/* 0 found, 1 there is none (no error set), -1 error. */
int build_tool_ruchy(const struct build_cache *cache, struct build_tool *tool, struct err *err);
int build_tool_rustc(const struct build_cache *cache, struct build_tool *tool, struct err *err);
void build_tool_free(struct build_tool *tool);

/* --- build_rustc.c: flags and the command ----------------------------------------------------------------------------------------- */

struct build_flags {
	char **words; /* ours, then the user's; ends in NULL */
	char *joined;
	size_t user;   /* how many of them are the user's: the last ones */
	bool abort;    /* panic=abort */
	bool wrapping; /* certainly no overflow checks */
};
int build_flags_new(struct build_flags *flags, const char *user, struct err *err);
void build_flags_free(struct build_flags *flags);

/* --- the whole -------------------------------------------------------------------------------------------------------------------- */

struct build_state {
	struct build build; /* first: the caller holds a pointer to it */
	struct build_cache cache;
	struct build_tool rustc;
	struct build_flags flags;
	char *ruchy; /* text of the source; NULL for a .rs source */
	size_t ruchy_size;
	char *stem;	 /* name for files and the crate, safe everywhere */
	bool entry_only; /* what the hook was told */
	bool no_memory;
	bool depends; /* the Rust text pulls in other files: no cache */
};

/* build_compile.c: compile for the message only (the hook could not make sense of the text). */
int build_compile_plain(struct build_state *state, const struct build_options *options, struct err *err);
/* A Rust text of the program, other than the plain one, as build->program[kind]. */
int build_compile_text(struct build_state *state, enum build_kind kind, const char *path, const char *text, size_t size,
		       const struct build_options *options, struct err *err);
/* build_compile.c */
int build_find_rustc(struct build_state *state, struct err *err);
void build_hash_flag(struct hash *hash, const char *word);
/* build_hook.c */
struct rhook_input build_make_input(const struct build_state *state, bool entry_only);
/* build_source.c: read F.ruchy or F.rs into `state`, with its name, hash and stem. */
int build_read_source(struct build_state *state, const struct build_options *options, struct err *err);
/* build_ruchy.c: fill build->rust, rust_path, ruchy_version from state->ruchy. */
int build_run_ruchy(struct build_state *state, const struct build_options *options, struct err *err);
/* build_hook.c: (re)make build->hook and the instrumented text. */
int build_hook(struct build_state *state, bool entry_only, const struct build_options *options, struct err *err);
/* Time in seconds for the verbose callback. */
double build_now(void);
void build_progress(const struct build_options *options, const char *step);
void build_verbose(const struct build_options *options, const char *step, double since, const char *command);
/* Path that no program takes for an option. Caller frees. */
char *build_safe_path(const char *path);

#endif
