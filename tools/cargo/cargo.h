/*
 * cargo.h - cargo projects: build a workspace with its transpiled files instrumented, the user's files untouched.
 *
 * cargo calls rustc through us (RUSTC_WRAPPER): a link named CARGO_WRAPPER to this program. For a crate of the user's, the wrapper asks
 * rustc which files the crate reads, finds those that `ruchy transpile` made, whoever called it and wherever the result was put, and
 * compiles the crate from a mirror of its files in which these are instrumented. docs/cargo.md tells more.
 */
#ifndef CARGO_H
#define CARGO_H

#include "build.h"
#include "err.h"
#include "profile.h"
#include "sample.h"

#include <stdbool.h>
#include <stddef.h>

#define CARGO_WRAPPER "ruchy-prof-rustc"

/* The wrapper's main(): argv[1] is rustc, its arguments follow. */
int cargo_rustc_main(int argc, char **argv);

struct cargo_options {
	const char *manifest;		 /* as for --manifest-path; NULL: found from the working directory */
	const char *target;		 /* the user's target directory, NULL: as cargo says */
	const char *profile;		 /* "release" */
	bool lines, entry_only, verbose; /* see build.h */
	/* Allocations of a program of which a file was transpiled, by line: on the account of that file's functions, the root's first. */
	bool by_line;
	bool as_is;		     /* BUILD_PLAIN: by the user's profile as it is, without lines and symbols of ours */
	bool delivered;		     /* BUILD_PLAIN: the same, with a twin of each program, see cargo_twin() */
	const char *directory;	     /* of BUILD_PLAIN below ours, for one that is built otherwise; NULL: "plain" */
	const char *triple;	     /* --target; NULL */
	const char *const *settings; /* more "NAME=value" for cargo's environment, at most 8, ends in NULL; NULL */
};

struct cargo_project {
	char *root;	/* of the workspace, absolute */
	char *target;	/* the user's target directory */
	char *ours;	/* our directory: below it, or in the cache where it can't be written */
	char *metadata; /* JSON that cargo printed */
};

/* Ask cargo where things are, and make our directory. */
int cargo_project_open(struct cargo_project *project, const struct cargo_options *options, struct err *err);
void cargo_project_close(struct cargo_project *project);

/*
 * "NAME=value" for the environment of a cargo that builds the project in a target directory of ours; ends in NULL, freed by
 * shellquote_free(). For BUILD_PLAIN the same without the wrapper.
 */
char **cargo_environment(const struct cargo_project *project, const struct cargo_options *options, enum build_kind kind, struct err *err);

/*
 * Build the project and find the program `bin` (NULL: the only one) of the package that `manifest` is of, or of the workspace. `program`:
 * its path, `name`: of the bin; the caller frees both. Messages of cargo go to err->detail.
 */
int cargo_build(const struct cargo_project *project, const struct cargo_options *options, enum build_kind kind, const char *bin,
		char **program, char **name, struct err *err);
/*
 * Of a program that was built as `delivered`: the same with symbols and lines; who reads both checks that. NULL: there is none. The caller
 * frees.
 */
char *cargo_twin(const struct cargo_project *project, const char *program);
/* The path as given, or Cargo.toml in that directory; NULL when it is neither. Caller frees. */
char *cargo_manifest(const char *path);
/*
 * Attribute samples of the program that was built as BUILD_PLAIN: its files are those of the profile, their transpiles lie in the
 * directories of either build.
 */
int cargo_attribute(const struct cargo_project *project, struct sampler *sampler, struct profile *profile, struct err *err);
/* Name the files of a profile as seen from the working directory, where they are below it; else by absolute paths. */
void cargo_name_files(const struct cargo_project *project, struct profile *profile);

/* Files of the workspace that `program` was made of, manifests and Cargo.lock: "HASH  PATH", a line each, ordered. Caller frees. */
char *cargo_inputs(const struct cargo_project *project, const char *program);
/* Packages of the workspace, as `cargo -p` takes them; ends in NULL, freed by shellquote_free(). */
char **cargo_members(const struct cargo_project *project);

/* What the wrapper instrumented, one per file and crate. */
struct cargo_record {
	char *crate, *source, *rust; /* paths as in the profile: below the root relative to it, else absolute */
	bool fell_back;		     /* with entry counters only */
};
size_t cargo_records(const struct cargo_project *project, struct cargo_record **records);
void cargo_records_free(struct cargo_record *records, size_t count);

#endif
