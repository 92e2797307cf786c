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

/* What the wrapper instrumented, one per file and crate. */
struct cargo_record {
	char *crate, *source, *rust; /* paths as in the profile: below the root relative to it, else absolute */
	bool fell_back;		     /* with entry counters only */
};
size_t cargo_records(const struct cargo_project *project, struct cargo_record **records);
void cargo_records_free(struct cargo_record *records, size_t count);

#endif
