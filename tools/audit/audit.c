/* audit.c - find the program that is meant, build it where it is a source, run the analyses. */
#include "audit.h"
#include "fs.h"
#include "lambda_handler.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool ends(const char *text, const char *with)
{
	size_t size = strlen(text), most = strlen(with);

	return size > most && strcmp(text + size - most, with) == 0;
}

/* Compile the transpiled source with our flags for this use, then the user's; both texts are the same. */
static int build_one(struct audit_subject *subject, const char *ours, const char *users, struct build **build, struct err *err)
{
	char *flags = xasprintf("%s %s", ours, users ? users : "");
	struct build_options options = subject->build_options;
	int status;

	options.rustc_flags = flags;
	status = build_transpile(&options, build, err);
	if (status == 0)
		status = build_compile(*build, &options, BUILD_PLAIN, err);
	free(flags);
	return status;
}

/*
 * As it is delivered: stripped. rustc strips after linking, so the same program with symbols has every loaded byte at the same place; who
 * reads both checks that.
 */
static int open_source(struct audit *audit, struct err *err)
{
	struct audit_subject *subject = &audit->subject;

	subject->supplied = lambda_handler_source(subject->operand, err);
	if (subject->supplied)
		subject->build_options.source = subject->supplied;
	else if (err->set)
		return -1;
	const char *flags = audit->options->rustc_flags;

	if (build_one(subject, "-C strip=symbols", flags, &subject->build, err) != 0 ||
	    build_one(subject, "-C strip=none", flags, &subject->twin_build, err) != 0)
		return -1;
	subject->program = xstrdup(subject->build->program[BUILD_PLAIN]);
	subject->twin = xstrdup(subject->twin_build->program[BUILD_PLAIN]);
	subject->name = xstrdup(fs_base_name(subject->program));
	return 0;
}

static int open_project(struct audit *audit, const char *bin, struct err *err)
{
	struct audit_subject *subject = &audit->subject;

	subject->cargo_options = (struct cargo_options){
	    .manifest = subject->manifest, .profile = "release", .delivered = true, .verbose = audit->options->verbose};
	audit->options->progress(audit->options->context, "compiling (plain)");
	if (cargo_project_open(&subject->project, &subject->cargo_options, err) != 0 ||
	    cargo_build(&subject->project, &subject->cargo_options, BUILD_PLAIN, bin, &subject->program, &subject->name, err) != 0)
		return -1;
	subject->twin = cargo_twin(&subject->project, subject->program);
	return 0;
}

static int open_program(struct audit *audit, struct err *err)
{
	struct audit_subject *subject = &audit->subject;
	struct stat st;

	if (stat(subject->operand, &st) != 0)
		return err_set(err, subject->operand, NULL, "cannot read the program: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, subject->operand, "give F.ruchy, a program or a Cargo.toml", "this is not a regular file");
	if (st.st_size == 0)
		return err_set(err, subject->operand, NULL, "the file is empty");
	subject->program = xstrdup(subject->operand);
	subject->name = xstrdup(fs_base_name(subject->operand));
	return 0;
}

int audit_open(struct audit *audit, const char *operand, const struct audit_options *options, const char *bin, struct err *err)
{
	struct audit_subject *subject = &audit->subject;
	const char *manifest = subject->manifest = cargo_manifest(operand);

	audit->options = options;
	subject->operand = operand;
	subject->build_options = (struct build_options){.source = operand,
							.delivered = true,
							.no_cache = options->no_cache,
							.progress = options->progress,
							.verbose = options->verbosely,
							.context = options->context};
	subject->kind = manifest ? AUDIT_PROJECT : ends(operand, ".ruchy") || ends(operand, ".rs") ? AUDIT_SOURCE : AUDIT_PROGRAM;
	if (bin && !manifest)
		return err_usage(err, operand, "give a directory with a Cargo.toml", "--bin is for cargo projects");
	if (options->rustc_flags && subject->kind != AUDIT_SOURCE)
		return err_usage(err, operand, "give F.ruchy", "--rustc-flags is for sources that are compiled here");
	if (options->debug_file && subject->kind != AUDIT_PROGRAM)
		return err_usage(err, operand, "leave it out: symbols of what is built here are known", "--debug-file is for programs");
	if (subject->kind == AUDIT_PROGRAM && options->debug_file)
		subject->twin = xstrdup(options->debug_file);
	if (subject->kind == AUDIT_PROJECT)
		return open_project(audit, bin, err);
	return subject->kind == AUDIT_SOURCE ? open_source(audit, err) : open_program(audit, err);
}

int audit_run(struct audit *audit, const bool *wanted, struct err *err)
{
	for (size_t i = 0; analyses[i]; i++)
		if (wanted[i] && analyses[i]->fill(audit, &audit->results[i], err) != 0)
			return -1;
	budget_decide(audit);
	return 0;
}

static void free_advised(struct audit_advised *advised)
{
	free(advised->message);
	free(advised->evidence);
	free(advised->gain);
	free(advised->file);
}

void audit_close(struct audit *audit)
{
	struct audit_subject *subject = &audit->subject;

	for (size_t i = 0; analyses[i]; i++)
		if (audit->results[i])
			analyses[i]->release(audit->results[i]);
	for (size_t i = 0; i < audit->advised_count; i++)
		free_advised(&audit->advised[i]);
	free(audit->advised);
	free(audit->measured);
	free(audit->budgets);
	build_free(subject->build);
	build_free(subject->twin_build);
	if (subject->kind == AUDIT_PROJECT)
		cargo_project_close(&subject->project);
	free(subject->name);
	free(subject->program);
	free(subject->twin);
	free(subject->supplied);
	free(subject->manifest);
	memset(audit, 0, sizeof *audit);
}

void audit_measure(struct audit *audit, const char *key, double value, double lo, double hi, const char *basis)
{
	audit->measured = xrealloc(audit->measured, audit->measured_count + 1, sizeof *audit->measured);
	audit->measured[audit->measured_count++] = (struct audit_measured){.key = key, .value = value, .lo = lo, .hi = hi, .basis = basis};
}

struct audit_advised *audit_advise(struct audit *audit, const char *analysis, const char *id, enum report_level level, const char *format,
				   ...)
{
	struct audit_advised *advised;
	va_list list;

	audit->advised = xrealloc(audit->advised, audit->advised_count + 1, sizeof *audit->advised);
	advised = &audit->advised[audit->advised_count++];
	*advised = (struct audit_advised){.analysis = analysis, .id = id, .level = level};
	va_start(list, format);
	if (vasprintf(&advised->message, format, list) < 0)
		abort();
	va_end(list);
	return advised;
}
