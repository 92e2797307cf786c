#include "collect.h"
#include "fs.h"
#include "sample.h"
#include "strbuf.h"
#include "subprocess.h"

#include <dirent.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Aim of the sampled runs: enough for a share to be known within about 2.5 points (95 %), without running the program for ever. */
#define SAMPLES_WANTED	1500.0
#define SAMPLE_SECONDS	1.0
#define SAMPLE_RUNS_MAX 20.0
#define PERIOD_MIN_NS	100e3
#define PERIOD_MAX_NS	2e6

struct collector {
	const struct build *build;
	const struct collect_options *options;
	struct collect_result *result;
	struct subprocess_stdin *input;
	struct profile *profile;
	char *directory, *raw_variable;
	bool shown;
};

const char *status_text(int wait_status)
{
	static _Thread_local char text[96];

	if (WIFEXITED(wait_status))
		snprintf(text, sizeof text, "exit status %d", WEXITSTATUS(wait_status));
	else if (WIFSIGNALED(wait_status))
		snprintf(text, sizeof text, "signal %d (%s)", WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
	else
		snprintf(text, sizeof text, "wait status %d", wait_status);
	return text;
}

static void note_status(struct collector *c, const struct subprocess_run *run)
{
	c->result->run_seconds += (double)run->wall_ns / 1e9;
	c->result->interrupted |= run->interrupted;
	c->result->timed_out |= run->timed_out;
	if (run->status == 0)
		return;
	c->result->failures++;
	c->result->failed_status = run->status;
}

/* Runs one program; `instrumented` ones leave their raw files in c->directory. */
static int run_once(struct collector *c, enum build_kind kind, struct sampler *sampler, struct subprocess_run *run, struct err *err)
{
	char *environment[] = {c->raw_variable, NULL};
	char **argv;
	size_t args = 0;
	int failed;

	while (c->options->args[args])
		args++;
	argv = xcalloc(args + 2, sizeof *argv);
	argv[0] = c->build->program[kind];
	memcpy(argv + 1, c->options->args, args * sizeof *argv);
	*run = (struct subprocess_run){
	    .argv = argv, .input = c->input, .output_fd = -1, .drain_fd = -1, .timeout_seconds = c->options->timeout_seconds};
	run->show_output = c->options->show_output && !c->shown;
	c->shown = true;
	if (!run->show_output) {
		run->tick = c->options->tick;
		run->tick_context = c->options->context;
	}
	if (kind == BUILD_INSTRUMENTED)
		run->env = environment;
	if (sampler) {
		run->attach = sampler_attach;
		run->drain = sampler_drain;
		run->drain_fd = sampler_fd(sampler);
		run->context = sampler;
		run->env = sampler_variables(sampler);
	}
	failed = subprocess_run(run, err);
	run->argv = NULL;
	run->env = NULL;
	free(argv);
	return failed;
}

/* A run that was stopped from outside says nothing about the program's time. */
static void add_times(struct collector *c, enum profile_run_kind kind, const struct subprocess_run *run)
{
	if (run->timed_out || run->interrupted || !WIFEXITED(run->status))
		return;
	profile_times_add(&c->profile->wall[kind], run->wall_ns);
	profile_times_add(&c->profile->cpu[kind], run->cpu_ns);
	if (run->queued_ns != SUBPROCESS_UNKNOWN)
		profile_times_add(&c->profile->queued[kind], run->queued_ns);
}

static void add_peak(struct profile *profile, const struct subprocess_run *run)
{
	if (profile->peak_rss_bytes == PROFILE_ABSENT || run->peak_rss_bytes > profile->peak_rss_bytes)
		profile->peak_rss_bytes = run->peak_rss_bytes;
}

/* All raw files of one run (a forked child leaves its own) become one run of the profile. */
static int collect_raw(struct collector *c, struct err *err)
{
	struct profile *one = NULL;
	DIR *directory = opendir(c->directory);
	int failed = 0;

	for (struct dirent *entry; directory && !failed && (entry = readdir(directory));) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", c->directory, entry->d_name);
		failed = profile_add_raw(&one, path, err);
		unlink(path);
		free(path);
	}
	if (directory)
		closedir(directory);
	if (failed || !one) {
		profile_free(one);
		return failed ? failed
			      : err_set(err, c->build->program[BUILD_INSTRUMENTED],
					"is the disk full, or did the program close or delete it?", "the run left no counter file");
	}
	one->runs = 1;
	one->unfinished_runs = one->unfinished_runs > 0;
	one->memory_runs = one->memory_runs > 0;
	for (size_t i = 0; i < one->fn_count; i++)
		one->fns[i].calls_min = one->fns[i].calls_max = one->fns[i].calls;
	failed = profile_merge(c->profile, one, err);
	profile_free(one);
	return failed;
}

static void progress(struct collector *c, const char *step, uint64_t done, uint64_t of)
{
	if (c->options->progress)
		c->options->progress(c->options->context, step, done, of);
}

static bool stop(const struct collector *c)
{
	const struct collect_options *o = c->options;
	const struct collect_result *r = c->result;
	bool failed = r->failures && (!o->ignore_failure || (o->failures_most && r->failures > o->failures_most));

	return r->interrupted || r->timed_out || failed;
}

/* Seconds that all CPUs of the machine together were idle since it started; negative = not known. */
static double idle_seconds(void)
{
	FILE *file = fopen("/proc/stat", "re");
	unsigned long long user, nice, system, idle, disk;
	bool known = file && fscanf(file, "cpu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &disk) == 5;

	if (file)
		fclose(file);
	return known ? (double)(idle + disk) / (double)sysconf(_SC_CLK_TCK) : -1;
}

static int run_iterations(struct collector *c, struct err *err)
{
	double idle = idle_seconds(), before = c->result->run_seconds, passed;

	for (uint64_t i = 0; i < c->options->iterations && !stop(c); i++) {
		struct subprocess_run run;

		progress(c, "running", i, c->options->iterations);
		if (c->options->reference && (!c->options->reference_runs || i < c->options->reference_runs)) {
			if (run_once(c, BUILD_PLAIN, NULL, &run, err) != 0)
				return -1;
			note_status(c, &run);
			add_times(c, PROFILE_PLAIN, &run);
			add_peak(c->profile, &run);
			if (run.interrupted)
				break;
		}
		if (run_once(c, BUILD_INSTRUMENTED, NULL, &run, err) != 0)
			return -1;
		note_status(c, &run);
		add_times(c, PROFILE_INSTRUMENTED, &run);
		if (!c->options->reference)
			add_peak(c->profile, &run);
		/* Half a run would blur the counts of the whole ones; alone it is better than nothing. */
		if (run.interrupted && c->profile->runs > 0)
			break;
		if (collect_raw(c, err) != 0)
			return -1;
		c->result->iterations++;
		if (c->options->enough && c->options->enough(c->options->context, c->profile))
			break;
	}
	/* It is told in steps of some ms, and between the runs we are the ones who work. */
	passed = c->result->run_seconds - before;
	idle = idle < 0 || passed < 0.1 ? 0 : (idle_seconds() - idle) / passed;
	c->profile->idle_percent = idle > 0 ? (uint64_t)(100 * idle) : 0;
	return 0;
}

/* Samples come from runs of their own, so that their cost is in no time that is reported. */
static int run_sampled(struct collector *c, struct err *err)
{
	double seconds = profile_times_mean(&c->profile->wall[PROFILE_PLAIN]) / 1e9;
	double cpu = profile_times_mean(&c->profile->cpu[PROFILE_PLAIN]);
	double limit = fmin(SAMPLE_RUNS_MAX, fmax(1, (double)c->options->iterations));
	uint64_t runs = (uint64_t)fmax(1, fmin(limit, ceil(SAMPLE_SECONDS / fmax(seconds, 1e-4))));
	double period = fmin(PERIOD_MAX_NS, fmax(PERIOD_MIN_NS, (double)runs * cpu / SAMPLES_WANTED));
	double least;
	struct err problem = {0};
	struct sampler *sampler = sampler_new(c->build->program[BUILD_PLAIN], (uint64_t)period, &problem);
	int failed = 0;

	/* A timer goes by the kernel's tick, some milliseconds: it takes more runs for as many samples. */
	least = sampler ? SAMPLES_WANTED * (double)sampler_period(sampler) / fmax(cpu, 1e5) : 0;
	if (sampler && (double)sampler_period(sampler) > period && least > (double)runs)
		runs = (uint64_t)fmin(limit, ceil(least));
	for (uint64_t i = 0; sampler && i < runs && !failed && !c->result->interrupted; i++) {
		struct subprocess_run run;

		progress(c, "sampling", i, runs);
		failed = run_once(c, BUILD_PLAIN, sampler, &run, err);
		c->result->run_seconds += failed ? 0 : (double)run.wall_ns / 1e9;
		c->result->interrupted |= !failed && run.interrupted;
	}
	if (sampler && !failed && c->options->attribute)
		c->options->attribute(c->options->context, sampler, c->profile, &problem);
	else if (sampler && !failed)
		sampler_attribute(sampler, c->profile, c->build->rust_path, c->build->hook->lines, c->build->hook->line_count, &problem);
	if (problem.set)
		snprintf(c->result->sample_problem, sizeof c->result->sample_problem, "%s%s%s", problem.what, *problem.where ? ": " : "",
			 problem.where);
	err_free(&problem);
	sampler_free(sampler);
	return failed;
}

static void fill_identity(struct profile *profile, const struct build *build)
{
	const struct {
		char **to;
		const char *from;
	} fields[] = {
	    {&profile->ruchy_version, build->ruchy_version},
	    {&profile->rustc_version, build->rustc_version},
	    {&profile->rustc_flags, build->rustc_flags},
	    {&profile->tool_version, RUCHY_PROF_VERSION},
	};

	cpu_set_t cpus;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		free(*fields[i].to);
		*fields[i].to = xstrdup(fields[i].from ? fields[i].from : "");
	}
	if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		profile->cpus = (uint64_t)CPU_COUNT(&cpus);
}

static void fill_failures(struct profile *profile, const struct collect_result *result)
{
	int status = result->failed_status;

	profile->failed_runs = result->failures;
	if (status)
		profile->exit_status = WIFEXITED(status) ? (uint64_t)WEXITSTATUS(status) : 128u + (uint64_t)WTERMSIG(status);
}

/* A percent sign in $TMPDIR is not a pattern of ours. */
char *collect_raw_variable(const char *directory)
{
	struct strbuf value = STRBUF_INIT;

	strbuf_puts(&value, "RUCHY_PROF_FILE=");
	for (const char *s = directory; *s; s++)
		strbuf_add(&value, *s == '%' ? "%%" : s, *s == '%' ? 2 : 1);
	strbuf_puts(&value, "/run.%p.raw");
	return strbuf_take(&value);
}

int collect(const struct build *build, const struct collect_options *options, struct profile **profile, struct collect_result *result,
	    struct err *err)
{
	struct collector c = {.build = build, .options = options, .result = result, .profile = profile_new()};
	int failed = -1;

	*result = (struct collect_result){0};
	c.directory = fs_tmpdir(err);
	c.input = !c.directory ? NULL : options->input ? options->input : subprocess_stdin_open(err);
	if (c.input) {
		c.raw_variable = collect_raw_variable(c.directory);
		failed = run_iterations(&c, err);
		if (!failed && options->reference && !stop(&c))
			failed = run_sampled(&c, err);
		if (!failed && options->reference && options->more && !stop(&c) && !result->failures)
			result->run_seconds += options->more(options->context, c.profile, c.input);
		if (!options->input)
			subprocess_stdin_close(c.input);
	}
	if (!failed && c.profile->runs == 0)
		failed = err_set(err, build->source, NULL, "no run finished");
	if (!failed) {
		fill_identity(c.profile, build);
		fill_failures(c.profile, result);
		*profile = c.profile;
	} else {
		profile_free(c.profile);
	}
	if (c.directory)
		fs_remove_tree(c.directory);
	free(c.directory);
	free(c.raw_variable);
	return failed;
}
