/* cargo_internal.h - shared by the files of the wrapper. */
#ifndef CARGO_INTERNAL_H
#define CARGO_INTERNAL_H

#include "cargo.h"
#include "strbuf.h"

#include <stdint.h>

/* Environment from `ruchy-prof cargo` to the wrapper. */
#define CARGO_ENV_OURS	"RUCHY_PROF_CARGO_DIR"	 /* our directory */
#define CARGO_ENV_ROOT	"RUCHY_PROF_CARGO_ROOT"	 /* of the workspace */
#define CARGO_ENV_FLAGS "RUCHY_PROF_CARGO_FLAGS" /* letters: l lines, e entry counters, m allocations by line, v verbose */
#define CARGO_ENV_TWINS "RUCHY_PROF_CARGO_TWINS" /* directory for programs with all symbols; nothing is instrumented then */
#define CARGO_ENV_CHAIN "RUCHY_PROF_CARGO_CHAIN" /* the user's own RUSTC_WRAPPER */

/* --- cargo_args.c: what rustc was asked for ---------------------------------------------------------------------------------- */
struct cargo_args {
	char **argv; /* rustc and its arguments; ends in NULL */
	size_t count;
	size_t root;				       /* index of the crate's root file, 0 = none */
	const char *crate, *out_dir, *extra, *edition; /* extra: -C extra-filename; "" where not given */
	const char *target, *emit;		       /* NULL where not given */
	bool capped;				       /* --cap-lints, which cargo gives to what others wrote */
	bool proc_macro, program, abort, wrapping;
};
void cargo_args_read(struct cargo_args *args, int argc, char **argv);
/* A crate whose transpiled files are to be looked for; its package is in directory `package`, the workspace in `root`. */
bool cargo_args_is_users(const struct cargo_args *args, const char *package, const char *root);
void cargo_args_free(struct cargo_args *args);

/* --- cargo_deps.c: the files that a crate is made of --------------------------------------------------------------------------- */
struct cargo_deps {
	char **paths; /* as rustc names them: relative to the working directory, or absolute */
	size_t count;
};
/* From the text that rustc writes for --emit=dep-info. */
void cargo_deps_parse(struct cargo_deps *deps, const char *text);
void cargo_deps_free(struct cargo_deps *deps);
/* The text with `more` paths in the first rule, in the form that make and cargo read. Caller frees. */
char *cargo_deps_extend(const char *text, char *const *more, size_t count);

/* --- cargo_match.c: which file is whose transpile ------------------------------------------------------------------------------- */
struct cargo_text {
	char *path, *data;
	size_t size;
};
struct cargo_source { /* a .ruchy file of the package, and what ruchy makes of it */
	struct cargo_text ruchy, rust;
	bool transpiled; /* `rust` was asked for; data NULL: ruchy rejects it */
};
struct cargo_sources {
	struct cargo_source *list;
	size_t count;
	struct err problem; /* why the last one could not be transpiled */
};
/* .ruchy files below `package`, and those that the build script said to watch (its output is beside `out_dir`, which may be NULL). */
void cargo_sources_find(struct cargo_sources *sources, const char *package, const char *out_dir);
/* The source that `rust` was made of; NULL. */
const struct cargo_source *cargo_sources_match(struct cargo_sources *sources, const struct cargo_text *rust);
void cargo_sources_free(struct cargo_sources *sources);
/* Share of the lines of `made` that are in `rust` too, 0 to 1. */
double cargo_likeness(const char *made, const char *rust);

/* --- cargo_mirror.c -------------------------------------------------------------------------------------------------------------- */
/* Absolute, without `.` and `..`, links not followed. Caller frees. */
char *cargo_absolute(const char *path);
/* `path` (absolute) relative to `root` where it is below it. Points into `path`. */
const char *cargo_relative(const char *path, const char *root);
/* As it is named in profiles: without links, and relative to `root` where it is below it. Caller frees. */
char *cargo_shown(const char *path, const char *root);
/* A link at MIRROR/PATH to PATH, which is absolute. */
int cargo_mirror_link(const char *mirror, const char *path, struct err *err);
int cargo_mirror_write(const char *mirror, const char *path, const char *text, size_t size, struct err *err);
/* Links to what else lies in directory `path`, so that it can be read at run time too. */
void cargo_mirror_rest(const char *mirror, const char *path);

/* --- cargo_twin.c ----------------------------------------------------------------------------------------------------------------- */
/* Compile the crate as asked for, and if it is a program once more for its twin. The status to exit with. */
int cargo_twin_rustc(const struct cargo_args *args, const char *twins);

/* --- cargo_prelude.c ------------------------------------------------------------------------------------------------------------- */
/* Compile the prelude of one text as crate `name` into the directory of `args`; its path, which the caller frees, or NULL. */
char *cargo_prelude(const struct cargo_args *args, const char *ours, const char *name, const char *text, size_t size, struct err *err);

/* --- cargo_run.c: rustc ------------------------------------------------------------------------------------------------------------ */
struct cargo_run {
	int status; /* wait status */
	char *said; /* its stderr */
	size_t size;
};
/* Unlike subprocess_capture() it leaves the descriptors of cargo's jobserver open. */
int cargo_run(char *const argv[], struct cargo_run *run, struct err *err);
/* Messages of rustc as JSON, a line each, with places of transpiled files mapped to their sources. Caller frees. */
struct cargo_place {
	const char *rust, *ruchy; /* as rustc names the file; as we name the source */
	const char *map_json;	  /* of the text that rustc reads; NULL: none */
	size_t map_size;
};
char *cargo_map_messages(const char *text, const struct cargo_place *places, size_t count);

#endif
