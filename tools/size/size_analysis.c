#include "size_analysis.h"
#include "fs.h"
#include "lambda_siblings.h"
#include "size_result.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The crate of a program that was built from one file is named after it. */
static char *crate_of(const struct audit_subject *subject)
{
	char *crate = subject->kind == AUDIT_SOURCE ? xstrdup(subject->name) : NULL;

	for (char *at = crate; at && *at; at++)
		if (*at == '-' || *at == '.')
			*at = '_';
	return crate;
}

static char *lock_of(const struct cargo_project *project)
{
	char *path = xasprintf("%s/Cargo.lock", project->root);
	struct err ignored = {0};
	char *text = fs_read(path, 64 << 20, NULL, &ignored);

	err_free(&ignored);
	free(path);
	return text;
}

static struct size_program *measure(struct audit *audit, struct err *err)
{
	const struct audit_subject *subject = &audit->subject;
	char *crate = crate_of(subject);
	struct size_options options = {
	    .twin = subject->twin, .build = subject->twin_build, .crate = crate, .inlined = audit->options->inlined, .debug_lines = true};
	struct size_program *program;
	char *lock;

	/* A single file has no crates but its own. */
	lock = subject->kind == AUDIT_SOURCE ? xstrdup("") : subject->kind == AUDIT_PROJECT ? lock_of(&subject->project) : NULL;
	options.lock = lock;
	audit->options->progress(audit->options->context, "measuring");
	program = size_measure(subject->program, &options, err);
	free(crate);
	free(lock);
	return program;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* A source is built as the subject is; anything else is taken as a file, ELF or not (a script, an archive of a deployment). */
static int compare_with(struct audit *audit, const char *operand, struct size_versus *versus, struct err *err)
{
	struct audit other = {0};
	struct audit_options options = *audit->options;
	struct size_options size = {.debug_lines = false};
	struct err why = {0};
	struct stat st;
	int status;

	options.debug_file = NULL;
	options.rustc_flags = audit->subject.kind == AUDIT_SOURCE ? audit->options->rustc_flags : NULL;
	if (!strstr(operand, ".ruchy") && !strstr(operand, ".rs"))
		options.rustc_flags = NULL;
	status = audit_open(&other, operand, &options, NULL, err);
	versus->operand = operand;
	if (status == 0 && stat(other.subject.program, &st) == 0) {
		versus->name = xstrdup(base_of(operand));
		versus->bytes = (uint64_t)st.st_size;
		size.twin = other.subject.twin;
		size.build = other.subject.twin_build;
		versus->program = size_measure(other.subject.program, &size, &why);
		versus->why = versus->program ? NULL : xstrdup(why.what);
	}
	err_free(&why);
	audit_close(&other);
	return status;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What was asked for; a Lambda bootstrap is else compared with its siblings in other languages, where they are built. */
static int compare_all(struct audit *audit, struct size_result *result, struct err *err)
{
	struct lambda_siblings siblings = {0};
	const struct audit_options *o = audit->options;
	int status = 0;

	if (o->versus_count == 0 && strcmp(audit->subject.name, "bootstrap") == 0)
		status = lambda_siblings_find(audit, &siblings, err);
	result->versus = xcalloc(o->versus_count + siblings.count + 1, sizeof *result->versus);
	for (size_t i = 0; i < o->versus_count && status == 0; i++)
		status = compare_with(audit, o->versus[i], &result->versus[result->versus_count++], err);
	for (size_t i = 0; i < siblings.count && status == 0; i++) {
		const struct lambda_sibling *one = &siblings.list[i];
		const char *file = one->args && *one->args ? *one->args : one->program; /* of a script: the script */
		struct size_versus *versus = &result->versus[result->versus_count];

		if (!file || is_same_file(file, audit->subject.program))
			continue;
		result->versus_count++;
		status = compare_with(audit, file, versus, err);
		free(versus->name);
		versus->name = xstrdup(one->label);
		versus->operand = versus->name;
	}
	lambda_siblings_free(&siblings);
	return status;
}

static int size_fill(struct audit *audit, void **into, struct err *err)
{
	struct size_result *result = xcalloc(1, sizeof *result);
	const struct build *build = audit->subject.build;
	double bytes, user;

	*into = result;
	result->program = measure(audit, err);
	if (!result->program)
		return -1;
	result->reach = size_reach_find(audit, result->program, &result->no_reach);
	size_flags_find(result->program, build ? build->rustc_flags : NULL, &result->flags);
	if (compare_all(audit, result, err) != 0)
		return -1;
	bytes = (double)result->program->image.size;
	user = (double)result->program->categories[SIZE_USER];
	audit_measure(audit, "size", bytes, bytes, bytes, "exact: the file's size");
	if (result->program->named)
		audit_measure(audit, "user-code", user, user, user, "exact: by the symbols of the user's crate");
	size_advise(audit, result);
	return 0;
}

static void size_release(void *into)
{
	struct size_result *result = into;

	for (size_t i = 0; i < result->versus_count; i++) {
		free(result->versus[i].name);
		free(result->versus[i].why);
		size_free(result->versus[i].program);
	}
	free(result->versus);
	size_flags_free(&result->flags);
	size_reach_free(result->reach);
	free(result->no_reach);
	size_free(result->program);
	free(result);
}

const struct analysis analysis_size = {
    .name = "binary-size",
    .title = "Binary Size Analysis",
    .key = "binary_size",
    .fill = size_fill,
    .show = size_show,
    .json = size_json,
    .release = size_release,
};
