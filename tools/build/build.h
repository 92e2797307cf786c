/*
 * build.h - from F.ruchy to programs: transpile, hook, rustc, behind a cache keyed by content.
 *
 * A build directory in the cache is complete or absent (made under a temporary name, renamed), so two commands at once do no harm.
 */
#ifndef BUILD_H
#define BUILD_H

#include "err.h"
#include "rhook.h"

#include <stdbool.h>

enum build_kind { BUILD_PLAIN, BUILD_INSTRUMENTED, BUILD_TRACED, BUILD_KINDS };

struct build_options {
	const char *source;	 /* F.ruchy or F.rs, as the user wrote it */
	const char *rustc_flags; /* from --rustc-flags, split at blanks with quotes honoured, no shell; NULL */
	bool entry_only;	 /* RHOOK_ENTRY_ONLY */
	bool text_only;		 /* compiled elsewhere, with flags that are not known here */
	bool no_memory;		 /* RHOOK_NO_MEMORY */
	bool lines;		 /* RHOOK_LINES */
	bool by_line;		 /* RHOOK_BY_LINE */
	bool no_cache;
	bool no_hook; /* stop at the Rust text: build->hook is NULL */
	/* For use, not for looking into: flags of F.ruchy.flags that take names and lines away count too. See flag_file.h */
	bool delivered;
	const char *flag_file; /* in place of F.ruchy.flags; "none": no file; NULL */
	/* called at the start of each step that takes time ("transpiling", "compiling (plain)"); may be NULL */
	void (*progress)(void *context, const char *step);
	/* called with each finished step, its time and the exact command (NULL if none); may be NULL */
	void (*verbose)(void *context, const char *step, double seconds, const char *command);
	void *context;
};

/* Everything known about one source after the builds; strings owned. */
struct build {
	char *source, *source_hash; /* as given; XXH3-128, 32 hex */
	char *rust_path;	    /* the Rust text before instrumentation, in the cache (for a .rs source: itself) */
	char *rust;
	size_t rust_size;
	char *instrumented;		   /* path of the instrumented Rust text */
	char *program[BUILD_KINDS];	   /* by enum build_kind, NULL when not asked for */
	char *flag_file;		   /* path of the file of flags that was used, NULL: none */
	char *ruchy_version;		   /* "4.2.1", or "4.2.1 (checked-in transpile)", "" for a .rs source */
	char *rustc_version, *rustc_flags; /* "rustc 1.95.0 (...)"; the flags used, joined */
	char *command[BUILD_KINDS];	   /* exact rustc command lines, quoted for a shell */
	double seconds[BUILD_KINDS];	   /* what each rustc took now, 0 = from the cache */
	bool fell_back;			   /* the full scheme did not compile, entry counting was used */
	struct rhook_output *hook;	   /* functions, lines, map, skips */
};

/* Transpile and hook only. */
int build_transpile(const struct build_options *options, struct build **build, struct err *err);
/* Compile one kind (into build->program[kind]). rustc's messages, mapped to .ruchy lines, go to err->detail. */
int build_compile(struct build *build, const struct build_options *options, enum build_kind kind, struct err *err);
/* Compile a program (BUILD_TRACED) that traces the calls of these functions, named as in build->hook, and counts nothing else. */
int build_compile_traced(struct build *build, const struct build_options *options, const char *const *functions, size_t count,
			 struct err *err);
/* Programs of other Rust texts or with more flags than the plain one: what is tried out. Not from our hook, no library of ours. */
struct build_variant {
	/* in */
	const char *rust; /* NULL: the plain text */
	size_t rust_size;
	char *const *flags; /* more than the plain build has; ends in NULL; may be NULL */
	/* out; build_variant_free() */
	char *program;	/* NULL: it did not compile */
	char *message;	/* what rustc said then */
	char *warnings; /* what it said else, when it was asked now */
	double seconds; /* that rustc took now; 0 = from the cache */
};
/* Compile them side by side; variants that rustc rejects are no error. `done` as for subprocess_parallel(). */
int build_variants(struct build *build, struct build_variant *variants, size_t count, void (*done)(void *context, size_t count),
		   void *context, struct err *err);
void build_variant_free(struct build_variant *variant);
/* The command that makes the plain program with these flags more, out of `rust_path`: as it would be typed. Caller frees. */
char *build_variant_command(const struct build *build, char *const *flags, const char *rust_path, const char *program);
/* Name of the crate, which LLVM's names of functions depend on. Not owned. */
const char *build_crate(const struct build *build);
/* A text in the cache under its hash, for flags to name: the path, which the caller frees. */
char *build_keep_text(struct build *build, const char *name, const void *data, size_t size, struct err *err);
/* The program as the hook takes it, for rhook_candidates() and rhook_optimise(). Texts are the build's. */
struct rhook_input build_hook_input(const struct build *build);
/* The text that functions' lines are of: of the .ruchy file, or of the Rust that was given. */
const char *build_source_text(const struct build *build, size_t *size);
/* Ask which rustc there is: fills build->rustc_version. */
int build_need_rustc(struct build *build, struct err *err);

void build_free(struct build *build);

/*
 * Programs of other languages, by their own compilers, behind the same cache. Files live until build_foreign_close() at least.
 */
struct build_foreign;
struct build_foreign_job {
	const char *source;	 /* absolute path */
	const char *name;	 /* of the program's file */
	const char *identity;	 /* of the compiler: what it says of itself */
	char *const *argv;	 /* the command; the words BUILD_FOREIGN_IN and _OUT stand for source and program */
	const char *staged_name; /* the compiler gets a copy of the source under this name; NULL: the source itself */
	bool depends;		 /* it pulls in other files: never cached */
};
#define BUILD_FOREIGN_IN  "{in}"
#define BUILD_FOREIGN_OUT "{out}"
int build_foreign_open(struct build_foreign **foreign, struct err *err);
/* A file with this text, at a path that stays the same from one command to the next. Caller frees the path. */
char *build_foreign_text(struct build_foreign *foreign, const char *name, const char *text, struct err *err);
/*
 * The compiled program's path; caller frees. *command: the exact command, quoted for a shell; caller frees. *seconds: what it took, 0 =
 * from the cache. NULL: the compiler failed, its messages are in err->detail.
 */
char *build_foreign_compile(struct build_foreign *foreign, const struct build_foreign_job *job, char **command, double *seconds,
			    struct err *err);
void build_foreign_close(struct build_foreign *foreign);

/* Name of the file without directory and suffix, as one that the file system, compilers and a shell take as it is. Caller frees. */
char *build_stem(const char *path);

/* The real ruchy, never this command under its name: 0 and its path (caller frees), 1 there is none (no error set), -1 error. */
int build_find_ruchy(char **path, struct err *err);

/*
 * Rewrites positions in rustc's (or a panic's) text: `F.rs:12:5` becomes `F.ruchy:9 (F.rs:12:5)`, and `error: x` above it `F.ruchy:9:
 * error: x`. `map_json`: the source map of the Rust text at `rust_path`; NULL: the text stays as it is. Caller frees.
 */
char *build_map_message(const char *text, const char *rust_path, const char *ruchy_path, const char *map_json, size_t map_size);
/* rustc's text without its warnings, at most 32 KiB. Caller frees. */
char *build_drop_warnings(const char *text);

#endif
