#include "bench_old.h"
#include "fs.h"
#include "hash.h"
#include "langs.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name from a file is no path, and no hidden file, which the cache of builds has its own of. */
static const char *name_of(const struct bench_baseline *baseline)
{
	const char *name = fs_base_name(baseline->source_name);

	return *name && *name != '.' ? name : "program.ruchy";
}

/* As the new one is called, whose path is as long then. */
static char *program_name(const struct bench_baseline *baseline)
{
	const char *name = name_of(baseline);
	size_t size = bench_kind_named(baseline->kind)->rebuilt ? strcspn(name, ".") : strlen(name);

	return size ? xasprintf("%.*s", (int)size, name) : xstrdup("program");
}

static int take_kept(struct bench_subject *subject, const char *store, const struct bench_baseline *baseline,
		     const struct bench_options *options, struct err *err)
{
	size_t size;
	char *program = bench_store_get(store, baseline->program, &size, err), *name = program_name(baseline);
	int status = program ? bench_subject_take(subject, name, program, size, options, err) : -1;

	/* An interpreted program is its source: by the interpreter of today. */
	if (status == 0 && lang_for_file(name)) {
		struct lang_alone alone = {0};

		status = lang_alone(&alone, subject->path, err);
		if (status == 0)
			bench_subject_argv(subject, alone.before, options->args);
		lang_alone_free(&alone);
	}
	free(name);
	free(program);
	return status;
}

/*
 * Build an object with the flags of then. It becomes a file in the cache of builds, whose path is the same every time: the path is in the
 * program, so another one each time would mean a compiler each time.
 */
static int build_object(struct bench_subject *subject, const struct old_place *place, const struct bench_baseline *baseline,
			const char *hash, const char *name, const struct bench_options *options, struct err *err)
{
	struct bench_options then = *options;
	size_t size;
	char *text = place->cache ? bench_store_get(place->store, hash, &size, err) : NULL;
	char *path = text ? build_keep_text(place->cache, name, text, size, err) : NULL;
	int status = -1;

	if (!place->cache)
		return err_set(err, name, NULL, "it was a source, and what it is compared with is none");
	then.plain_only = true;
	then.rustc_flags = *baseline->rustc_flags ? baseline->rustc_flags : NULL;
	if (path)
		status = bench_subject_build(subject, path, &then, err);
	subject->options.source = NULL;
	subject->options.rustc_flags = NULL;
	free(path);
	free(text);
	return status;
}

static bool is_rust_of(const struct bench_subject *subject, const struct bench_baseline *baseline)
{
	char hex[HASH_HEX];

	hash_hex(subject->build->rust, subject->build->rust_size, hex);
	return strcmp(hex, baseline->rust) == 0;
}

/* From the source where ruchy makes the same Rust of it as then; else from that Rust. */
static int rebuild(struct bench_subject *subject, const struct old_place *place, const struct bench_baseline *baseline,
		   const struct bench_options *options, struct err *err)
{
	const char *name = name_of(baseline);
	struct err first = {0};
	char *rust_name;
	int status;

	if (*baseline->source && build_object(subject, place, baseline, baseline->source, name, options, &first) == 0 &&
	    is_rust_of(subject, baseline))
		return 0;
	err_free(&first);
	bench_subject_free(subject);
	rust_name = xasprintf("%.*s.rs", (int)strcspn(name, "."), name);
	status = build_object(subject, place, baseline, baseline->rust, rust_name, options, err);
	free(rust_name);
	return status;
}

int bench_old_program(struct bench_subject *subject, const struct old_place *place, const struct bench_baseline *baseline,
		      const struct bench_options *options, struct bench_report *report)
{
	struct err err = {0};
	int status = 1;

	if (*baseline->program && take_kept(subject, place->store, baseline, options, &err) == 0) {
		report->how = HOW_KEPT;
		return 0;
	}
	err_free(&err);
	bench_subject_free(subject);
	if (*baseline->rust && rebuild(subject, place, baseline, options, &err) == 0) {
		report->how = HOW_REBUILT;
		status = 0;
		/* A Rust source lies elsewhere now, and its path is in the program: that alone is not worth telling. */
		if (strcmp(subject->build->rustc_version, baseline->rustc_version) != 0)
			bench_note(report, "the baseline was rebuilt by %s; then it was %s", subject->build->rustc_version,
				   baseline->rustc_version);
		else if (strcmp(subject->hash, baseline->program_hash) != 0 && *baseline->source)
			bench_note(report, "the baseline was rebuilt, and is not the same program byte for byte");
	} else {
		bench_subject_free(subject);
		bench_note(report, "the baseline's program can't be run again: %s", err.set ? err.what : "its inputs are not kept");
	}
	err_free(&err);
	return status;
}

struct profile *bench_store_profile(const char *store, const struct bench_baseline *baseline, struct err *err)
{
	size_t size;
	char *data = bench_store_get(store, baseline->profile, &size, err);
	struct profile *profile = data ? profile_parse(data, size, baseline->path, err) : NULL;

	free(data);
	return profile;
}

char *bench_input_hash(const struct bench_options *options)
{
	char hex[HASH_HEX];
	struct stat st;
	size_t size;

	(void)options;
	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode) || hash_file("/proc/self/fd/0", hex, &size) != 0)
		return xstrdup("");
	return xstrdup(hex);
}
