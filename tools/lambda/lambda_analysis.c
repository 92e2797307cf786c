#include "lambda_analysis.h"
#include "fs.h"
#include "lambda_init.h"
#include "lambda_result.h"
#include "runtime_api.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TARGET_MS 10
#define DEFAULT_ROUNDS	  20
#define DEFAULT_MB	  128
#define LARGEST_MB	  10240
#define DEFAULT_TIMEOUT	  10 /* seconds, as AWS gives an initialisation */
#define MOST_SECONDS	  30
#define WARM_INVOKES	  5

static int parse_target(const char *text, double *target, struct err *err)
{
	char *end;

	*target = DEFAULT_TARGET_MS;
	if (!text)
		return 0;
	*target = strtod(text, &end);
	if (end == text || (*end && strcmp(end, "ms") != 0) || !isfinite(*target) || *target <= 0 || *target > 1e6)
		return err_usage(err, text, "give milliseconds: --target-ms 8", "--target-ms is not usable");
	return 0;
}

static int read_event(struct lambda_result *result, const char *path, struct err *err)
{
	size_t size = 2;
	json_t *event;

	result->event = path ? fs_read(path, RUNTIME_API_BODY_MOST, &size, err) : xstrdup("{}");
	if (!result->event)
		return -1;
	event = json_loadb(result->event, size, JSON_DECODE_ANY, NULL);
	if (!event)
		return err_set(err, path, "an event is JSON", "the event is not usable");
	json_decref(event);
	result->run.cold.event = result->event;
	result->run.cold.event_size = size;
	return 0;
}

/* --- programs to compare with --------------------------------------------------------------------------------------------------- */

static void add_program(struct lambda_result *result, const char *name, const char *path)
{
	result->programs = xrealloc(result->programs, result->count + 1, sizeof *result->programs);
	result->programs[result->count++] = (struct lambda_program){.name = name, .path = path};
}

static bool is_source(const char *operand)
{
	const char *dot = strrchr(operand, '.');

	return dot && (strcmp(dot, ".ruchy") == 0 || strcmp(dot, ".rs") == 0);
}

static int open_others(struct audit *audit, struct lambda_result *result, struct audit_options *options, struct err *err)
{
	const struct audit_options *o = audit->options;

	*options = *o;
	options->debug_file = NULL;
	result->others = xcalloc(o->versus_count + 1, sizeof *result->others);
	for (size_t i = 0; i < o->versus_count; i++) {
		options->rustc_flags = is_source(o->versus[i]) && audit->subject.kind == AUDIT_SOURCE ? o->rustc_flags : NULL;
		result->other_count++;
		if (audit_open(&result->others[i], o->versus[i], options, NULL, err) != 0)
			return -1;
		result->others[i].options = o; /* ours does not last */
		const char *slash = strrchr(o->versus[i], '/');
		add_program(result, slash && slash[1] ? slash + 1 : o->versus[i], result->others[i].subject.program);
	}
	return 0;
}

/* One start before anything is built to compare with: is it a bootstrap at all? */
static int try_it(const struct audit *audit, const struct lambda_result *result, struct err *err)
{
	struct cold_options cold = result->run.cold;
	struct cold_start start;

	cold.program = audit->subject.program;
	cold.show_output = false;
	return cold_start_run(&cold, &start, err);
}

/* What was asked for; else the same program in other languages. */
static int open_programs(struct audit *audit, struct lambda_result *result, struct err *err)
{
	struct audit_options options;

	add_program(result, audit->subject.name, audit->subject.program);
	if (audit->options->versus_count)
		return open_others(audit, result, &options, err);
	if (!audit->options->no_siblings && try_it(audit, result, err) != 0)
		return -1;
	if (lambda_siblings_find(audit, &result->siblings, err) != 0)
		return -1;
	for (size_t i = 0; i < result->siblings.count; i++) {
		const struct lambda_sibling *one = &result->siblings.list[i];

		if (!one->program)
			continue;
		add_program(result, one->label, one->program);
		result->programs[result->count - 1].args = one->args;
	}
	return 0;
}

/* --- the analysis --------------------------------------------------------------------------------------------------------------- */

static void on_progress(void *context, const char *what, unsigned round, unsigned rounds)
{
	const struct audit *audit = context;
	char text[256];

	snprintf(text, sizeof text, "cold start %u of %u: %s, for", round + 1, rounds, what);
	audit->options->progress(audit->options->context, text);
}

static void set_options(struct audit *audit, struct lambda_result *result)
{
	const struct audit_options *o = audit->options;
	struct lambda_run *run = &result->run;

	run->rounds = o->runs ? (unsigned)(o->runs < 100000 ? o->runs : 100000) : DEFAULT_ROUNDS;
	run->dropped_rounds = run->rounds / 2 > 0 ? run->rounds / 2 : 1;
	run->most_seconds = o->runs ? INFINITY : MOST_SECONDS;
	run->progress = on_progress;
	run->context = audit;
	run->cold.args = o->args;
	run->cold.invokes = 1 + WARM_INVOKES;
	run->cold.memory_mb = o->lambda_mb ? (unsigned)o->lambda_mb : DEFAULT_MB;
	run->cold.handler = o->handler ? o->handler : "function.handler";
	run->cold.timeout_seconds = o->timeout > 0 ? o->timeout : DEFAULT_TIMEOUT;
	run->cold.show_output = o->show_output;
	if (o->lambda_mb) {
		result->limited = true;
		cold_limits_open(&result->limits, (unsigned)o->lambda_mb);
		run->cold.limits = &result->limits;
	}
}

static void find_init(struct audit *audit, struct lambda_result *result)
{
	struct err err = {0};

	if (audit->subject.kind != AUDIT_SOURCE) {
		result->init_why = xstrdup("give F.ruchy to see them: a program has no counters");
		return;
	}
	result->init = lambda_init_profile(audit, &result->run.cold, &err);
	if (!result->init)
		result->init_why = xstrdup(*err.what ? err.what : "the instrumented program left no counters");
	err_free(&err);
}

static void add_measured(struct audit *audit, const struct lambda_result *result)
{
	const struct lambda_program *p = &result->programs[0];
	struct stats_interval total = lambda_median(&p->total);

	audit_measure(audit, "cold-start", total.value / 1e9, total.lo / 1e9, total.hi / 1e9,
		      "95 % interval of the median of local starts");
	audit_measure(audit, "peak-rss", (double)p->peak_rss, (double)p->peak_rss, (double)p->peak_rss,
		      "the kernel's, largest of all runs");
}

static int check_options(const struct audit_options *o, struct lambda_result *result, struct err *err)
{
	if (parse_target(o->target_ms, &result->target_ms, err) != 0 || read_event(result, o->event, err) != 0)
		return -1;
	if (o->siblings && o->no_siblings)
		return err_usage(err, NULL, "give one of them", "--siblings and --no-siblings contradict each other");
	if (o->lambda_mb && (o->lambda_mb < DEFAULT_MB || o->lambda_mb > LARGEST_MB))
		return err_usage(err, NULL, "give 128 to 10240", "--lambda-size is no size of a Lambda function");
	for (size_t i = 0; i < o->cloudwatch_count; i++)
		if (cloudwatch_read(&result->logs, o->cloudwatch[i], err) != 0)
			return -1;
	return 0;
}

static int lambda_fill(struct audit *audit, void **into, struct err *err)
{
	struct lambda_result *result = xcalloc(1, sizeof *result);
	int status;

	*into = result;
	if (check_options(audit->options, result, err) != 0)
		return -1;
	set_options(audit, result);
	if (open_programs(audit, result, err) != 0)
		return -1;
	result->fault_ns = lambda_fault_ns();
	status = lambda_measure(&result->run, result->programs, result->count, err);
	if (status == 0) {
		find_init(audit, result);
		add_measured(audit, result);
		lambda_advise(audit, result);
	}
	return status;
}

static void lambda_release(void *data)
{
	struct lambda_result *result = data;

	for (size_t i = 0; i < result->count; i++)
		lambda_program_free(&result->programs[i]);
	for (size_t i = 0; i < result->other_count; i++)
		audit_close(&result->others[i]);
	lambda_siblings_free(&result->siblings);
	if (result->limited)
		cold_limits_close(&result->limits);
	profile_free(result->init);
	cloudwatch_free(&result->logs);
	free(result->init_why);
	free(result->programs);
	free(result->others);
	free(result->event);
	free(result);
}

const struct analysis analysis_lambda = {
    .name = "lambda-ready",
    .title = "Lambda Readiness Analysis",
    .key = "lambda",
    .fill = lambda_fill,
    .show = lambda_show,
    .json = lambda_json,
    .release = lambda_release,
};
