/* bench_project.c - programs of cargo projects: built by cargo, counted by its wrapper, timed where only the user's crates are compiled. */
#include "bench.h"
#include "cargo.h"
#include "collect.h"
#include "fs.h"
#include "shellquote.h"
#include "strbuf.h"
#include "subprocess.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE	    "release"
#define MOST_BUILDS 30

struct bench_project {
	struct cargo_project cargo;
	struct cargo_options options;
	char *manifest, *name; /* of the program */
};

void bench_project_free(struct bench_project *project)
{
	if (!project)
		return;
	cargo_project_close(&project->cargo);
	free(project->manifest);
	free(project->name);
	free(project);
}

/* Of the toolchain that cargo takes. */
static char *rustc_version(void)
{
	char *argv[] = {(char *)"rustc", (char *)"--version", NULL}, *version = NULL;
	struct subprocess_output output;
	struct err ignored = {0};

	if (subprocess_capture(argv, NULL, &output, &ignored) == 0) {
		version = xasprintf("%.*s", (int)strcspn(output.out, "\n"), output.out);
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	return version ? version : xstrdup("");
}

int bench_project_build(struct bench_subject *subject, const char *source, const struct bench_options *options, struct err *err)
{
	struct bench_project *project = xcalloc(1, sizeof *project);
	char *program = NULL, *data = NULL;
	size_t size;
	int status;

	subject->project = project;
	project->manifest = cargo_manifest(source);
	project->options =
	    (struct cargo_options){.manifest = project->manifest, .profile = PROFILE, .lines = true, .verbose = options->verbose};
	term_progress("building %s", source);
	status = cargo_project_open(&project->cargo, &project->options, err);
	if (status == 0)
		status = cargo_build(&project->cargo, &project->options, BUILD_PLAIN, options->bin, &program, &project->name, err);
	if (status == 0) {
		subject->inputs = cargo_inputs(&project->cargo, program);
		subject->tool = rustc_version();
		data = fs_read(program, 0, &size, err);
		status = data ? bench_subject_take(subject, project->name, data, size, options, err) : -1;
	}
	free(data);
	free(program);
	return status;
}

/* ---- counts -------------------------------------------------------------------------------------------------------------------------- */

static void attribute(void *context, struct sampler *sampler, struct profile *profile, struct err *err)
{
	const struct bench_project *project = context;

	cargo_attribute(&project->cargo, sampler, profile, err);
}

static bool has_counters(const struct bench_project *project)
{
	struct cargo_record *records;
	size_t count = cargo_records(&project->cargo, &records);

	cargo_records_free(records, count);
	return count > 0;
}

int bench_project_count(struct bench_subject *subject, const struct bench_options *options, bool sampled, struct subprocess_stdin *input,
			struct err *err)
{
	struct bench_project *project = subject->project;
	struct collect_options c = {.args = options->args,
				    .iterations = 2,
				    .timeout_seconds = options->timeout,
				    .reference = sampled,
				    .input = input,
				    .attribute = attribute,
				    .context = project};
	struct build build = {.source = project->manifest, .rustc_flags = (char *)"cargo build --" PROFILE};
	struct collect_result result = {0};
	char *name = NULL, *plain = NULL;
	int status;

	term_progress("compiling with counters: %s", options->source);
	status = cargo_build(&project->cargo, &project->options, BUILD_INSTRUMENTED, options->bin, &build.program[BUILD_INSTRUMENTED],
			     &name, err);
	if (status == 0 && !has_counters(project))
		status = err_set(err, options->source, NULL, "no file of the project was made by `ruchy transpile`");
	if (status == 0)
		status =
		    cargo_build(&project->cargo, &project->options, BUILD_PLAIN, options->bin, &build.program[BUILD_PLAIN], &plain, err);
	term_progress("counting %s", options->source);
	if (status == 0)
		status = collect(&build, &c, &subject->profile, &result, err);
	if (status == 0 && (result.failures || result.timed_out))
		status = err_set(err, options->source, NULL, "the program failed with %s where its calls are counted",
				 status_text(result.failed_status));
	if (status == 0) {
		cargo_name_files(&project->cargo, subject->profile);
	} else {
		profile_free(subject->profile);
		subject->profile = NULL;
	}
	free(build.program[BUILD_PLAIN]);
	free(build.program[BUILD_INSTRUMENTED]);
	free(name);
	free(plain);
	return status;
}

/* ---- compile times ------------------------------------------------------------------------------------------------------------------- */

struct cleaning {
	char **argv; /* words are not owned but those of `members` */
	char **members;
};

static int run_tool(char *const argv[], const char *where, const char *what, struct err *err)
{
	struct subprocess_output output;

	if (subprocess_capture(argv, NULL, &output, err) != 0)
		return -1;
	if (output.status != 0 && err_set(err, where, NULL, "%s", what) < 0)
		err->detail = build_drop_warnings(output.err);
	subprocess_output_free(&output);
	return err->set ? -1 : 0;
}

/* Before each timed build: the user's own crates have to be compiled again, what they depend on does not. */
static int clean(void *context, size_t entrant, struct err *err)
{
	struct cleaning *cleaning = context;

	(void)entrant;
	return run_tool(cleaning->argv, cleaning->argv[7], "cargo can't clean its own directory", err);
}

static void on_build(void *context, const struct race_entrant *entrant, bool warmup, uint64_t round, double seconds)
{
	(void)context;
	(void)warmup;
	(void)seconds;
	term_progress("timing the compiler, round %llu: %s", (unsigned long long)round + 1, entrant->name);
}

static int time_builds(struct bench_subject *subject, char *cargo, char *directory, double seconds, struct err *err)
{
	struct bench_project *project = subject->project;
	char *build[] = {cargo,	    (char *)"build",	       (char *)"--profile", (char *)PROFILE, (char *)"--target-dir",
			 directory, (char *)"--manifest-path", project->manifest,   (char *)"--bin", project->name,
			 NULL};
	struct cleaning cleaning = {.members = cargo_members(&project->cargo)};
	struct race_entrant entrant = {.name = "cargo", .argv = build};
	struct race_options options = {
	    .max_seconds = seconds, .max_rounds = MOST_BUILDS, .progress = on_build, .prepare = clean, .context = &cleaning, .seed = 1};
	struct race_result result = {0};
	size_t members = 0;
	int status;

	while (cleaning.members[members])
		members++;
	cleaning.argv = xcalloc(8 + 2 * members + 1, sizeof *cleaning.argv);
	memcpy(cleaning.argv, build, 8 * sizeof *build);
	cleaning.argv[1] = (char *)"clean";
	for (size_t i = 0; i < members; i++) {
		cleaning.argv[8 + 2 * i] = (char *)"-p";
		cleaning.argv[9 + 2 * i] = cleaning.members[i];
	}
	term_progress("building what %s depends on", project->manifest);
	status = run_tool(build, project->manifest, "cargo can't build the project", err);
	if (status == 0)
		status = race(&entrant, 1, &options, &result, err);
	if (status == 0 && !result.failed) {
		subject->builds = entrant.count;
		subject->rustc_ns = race_figures(&entrant, RACE_WALL);
	}
	race_free(&entrant, 1);
	shellquote_free(cleaning.members);
	free(cleaning.argv);
	return status;
}

int bench_project_compile(struct bench_subject *subjects, size_t count, double seconds, struct err *err)
{
	char *cargo = fs_which("cargo"), *directory = xasprintf("%s/timed", subjects->project->cargo.ours);
	int status = cargo ? 0 : err_set(err, subjects->project->manifest, NULL, "cargo not found");

	for (size_t i = 0; status == 0 && i < count; i++)
		status = time_builds(&subjects[i], cargo, directory, seconds / (double)count, err);
	free(cargo);
	free(directory);
	return status;
}
