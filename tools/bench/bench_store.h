/*
 * bench_store.h - baselines on disk.
 *
 *   STORE/baselines/FILE/VERSION.HOST.json   one per file, version and machine; written whole or not at all
 *   STORE/objects/HASH                       sources, Rust texts, programs and profiles, by XXH3-128 of their bytes
 *
 * FILE and VERSION with everything but letters, digits and `.-_+` as %XX; HOST: the first 8 digits of its fingerprint. An object never
 * changes, so copying one store over another merges them, and two writers do no harm.
 */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include "bench_host.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SCHEMA 1

struct bench_samples {
	double *x;
	size_t n;
};
struct bench_baseline {
	char *path;	      /* of the JSON file */
	char *file, *version; /* as given */
	char *created;	      /* UTC, "2026-01-31T12:00:00Z"; the order of versions */
	char *tool;
	struct bench_host host;
	char *command;					   /* arguments of the program, quoted for a shell; "" = none */
	char *input;					   /* hash of its standard input where that is a file, else "" */
	char *source, *rust, *inputs, *program, *profile;  /* objects; "" = not kept. inputs: which files a project had */
	char *kind;					   /* of struct bench_kind */
	char *source_name;				   /* "fibonacci.ruchy"; where the program itself is kept, of that */
	char *program_hash;				   /* also when it is not kept */
	char *rustc_version, *rustc_flags, *ruchy_version; /* rustc_version: of whatever compiler or interpreter */
	uint64_t size_bytes, repeats;
	/* ns and bytes of a run, ns of a build */
	struct bench_samples wall, queued, cpu, user, system, rss, transpile, rustc,
	    cold; /* queued: part of wall; none where it is not known */
	bool ignored_failures;
};
void bench_baseline_free(struct bench_baseline *baseline);
/* Wall times without what the program waited for a free CPU, where that is known; as many as `wall` has. The caller frees. */
double *bench_baseline_times(const struct bench_baseline *baseline);

/* Where the store of `source` is, and what it calls that file. The caller frees both. */
char *bench_store_path(const char *store, const char *source);
/* `bin`: which program of a project; NULL. */
char *bench_store_file(const char *store, const char *source, const char *bin);

/* Put bytes in; *hash gets 32 hex digits, owned by the caller. */
int bench_store_put(const char *store, const void *data, size_t size, char **hash, struct err *err);
/* Take them out, checked against the hash; the caller frees. NULL with err. */
char *bench_store_get(const char *store, const char *hash, size_t *size, struct err *err);

int bench_store_save(const char *store, struct bench_baseline *baseline, struct err *err);
struct bench_baseline *bench_store_read(const char *path, struct err *err);
struct bench_baseline *bench_store_parse(const char *text, size_t size, const char *name, struct err *err);
/*
 * All of one file, the oldest first; what can't be read is told in `problems` (may be NULL) and left out. The caller frees each, and the
 * list. `file` NULL: of all files.
 */
struct bench_baseline **bench_store_list(const char *store, const char *file, size_t *count, char **problems);
/*
 * The one of that version (NULL: the newest), of this machine if there is one. Its absence is an error that names the versions that there
 * are. *problems (may be NULL): what could not be read, a line each; the caller frees.
 */
struct bench_baseline *bench_store_find(const char *store, const char *file, const char *version, char **problems, struct err *err);
/* Remove all but the newest `keep` baselines of each file, then the objects that none names. Says what it removed. */
int bench_store_gc(const char *store, size_t keep, size_t *baselines, size_t *objects, uint64_t *bytes, struct err *err);

#endif
