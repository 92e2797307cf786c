#include "trace_run.h"
#include "collect.h"
#include "fs.h"
#include "subprocess.h"
#include "term.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#define TELL_NS	  50000000	     /* how often the trace is looked at while the program runs */
#define TELL_SIZE ((size_t)64 << 20) /* not that of very many threads */

struct runner {
	const struct build *build;
	struct trace_run *run;
	char *directory, *raw; /* the raw file of the program itself */
	struct trace_state state;
	int timer;
	uint64_t ticks, ns; /* the clock and the time, read together before the run */
};

/* --- the rate of the clock that the program reads: the file does not tell it before the program ends ------------------------------ */

static uint64_t read_ticks(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return 0;
#endif
}

static uint64_t read_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double ns_per_tick(const struct runner *r)
{
	uint64_t ticks = read_ticks(), ns = read_ns();

	return ticks > r->ticks && ns - r->ns > 1000000 ? (double)(ns - r->ns) / (double)(ticks - r->ticks) : 0;
}

/* --- telling ------------------------------------------------------------------------------------------------------------------------- */

static void step(struct runner *r)
{
	struct err ignored = {0};
	struct strbuf out = STRBUF_INIT;
	size_t size;
	char *data = fs_read(r->raw, TELL_SIZE, &size, &ignored);
	struct trace *trace = data ? trace_parse(data, size, r->raw, ns_per_tick(r), &ignored) : NULL;

	if (trace)
		r->run->format->step(trace, &r->run->options, &r->state, &out);
	if (out.size) {
		term_progress_clear();
		(void)fwrite(out.data, 1, out.size, stdout);
		(void)fflush(stdout);
	}
	trace_free(trace);
	free(data);
	strbuf_free(&out);
	err_free(&ignored);
}

static void on_tick(void *context)
{
	struct runner *r = context;
	uint64_t times;

	if (read(r->timer, &times, sizeof times) == (ssize_t)sizeof times)
		step(r);
}

static int on_start(void *context, int pid)
{
	struct runner *r = context;

	free(r->raw);
	r->raw = xasprintf("%s/run.%d.raw", r->directory, pid);
	return 0;
}

static int start_timer(struct runner *r)
{
	const struct itimerspec every = {{0, TELL_NS}, {0, TELL_NS}};

	r->timer = -1;
	if (r->run->path || !r->run->format->step)
		return 0;
	r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return r->timer >= 0 ? timerfd_settime(r->timer, 0, &every, NULL) : 0;
}

/* --- runs -------------------------------------------------------------------------------------------------------------------------------
 */

static uint64_t or_default(uint64_t value, uint64_t standard)
{
	return value ? value : standard;
}

static char *trace_variable(const struct trace_limits *l)
{
	return xasprintf("RUCHY_PROF_TRACE=first=%" PRIu64 ",last=%" PRIu64 ",slowest=%" PRIu64 ",depth=%" PRIu64 ",min-ns=%.0f",
			 or_default(l->first, TRACE_FIRST), or_default(l->last, TRACE_LAST), or_default(l->slowest, TRACE_SLOWEST),
			 l->depth, l->min_seconds * 1e9);
}

static char **make_argv(const char *program, char **args)
{
	size_t count = 0;
	char **argv;

	while (args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = (char *)program;
	memcpy(argv + 1, args, count * sizeof *args);
	return argv;
}

static int run_plain(struct runner *r, struct subprocess_stdin *input, struct err *err)
{
	char **argv = make_argv(r->build->program[BUILD_PLAIN], r->run->args);
	struct subprocess_run run = {
	    .argv = argv, .input = input, .output_fd = -1, .drain_fd = -1, .timeout_seconds = r->run->timeout_seconds};
	int failed = subprocess_run(&run, err);

	if (!failed && run.status == 0)
		r->run->options.plain_ns = (double)run.wall_ns;
	r->run->interrupted |= !failed && run.interrupted;
	free(argv);
	return failed;
}

static int run_traced(struct runner *r, struct subprocess_stdin *input, struct err *err)
{
	char **argv = make_argv(r->build->program[BUILD_TRACED], r->run->args);
	char *environment[] = {collect_raw_variable(r->directory), trace_variable(&r->run->limits), NULL};
	struct subprocess_run run = {.argv = argv,
				     .env = environment,
				     .input = input,
				     .output_fd = -1,
				     .show_output = r->run->show_output,
				     .timeout_seconds = r->run->timeout_seconds,
				     .attach = on_start,
				     .drain = on_tick,
				     .drain_fd = r->timer,
				     .context = r};
	int failed = subprocess_run(&run, err);

	r->run->options.traced_ns = failed ? -1 : (double)run.wall_ns;
	r->run->interrupted |= !failed && run.interrupted;
	r->run->timed_out = !failed && run.timed_out;
	r->run->status = r->run->options.status = failed ? 0 : run.status;
	free(environment[0]);
	free(environment[1]);
	free(argv);
	return failed;
}

static struct trace *no_call(const struct rhook_function *function)
{
	struct trace *trace = xcalloc(1, sizeof *trace);

	trace->source_path = xstrdup("");
	trace->source_hash = xstrdup("");
	trace->functions = xcalloc(1, sizeof *trace->functions);
	trace->function_count = 1;
	trace->functions->name = xstrdup(function->name);
	trace->functions->result = xstrdup("");
	trace->functions->from = function->from;
	trace->functions->to = function->to;
	return trace;
}

static int tell_rest(struct runner *r, struct err *err)
{
	struct strbuf out = STRBUF_INIT;
	struct trace *trace;
	int status = 0;

	/* A program that never calls the function never opens the file. */
	trace = access(r->raw, F_OK) == 0 ? trace_read(r->raw, ns_per_tick(r), err) : no_call(r->run->function);
	if (!trace)
		return -1;
	r->run->format->finish(trace, &r->run->options, &r->state, &out);
	if (r->run->path)
		status = fs_write(r->run->path, out.data ? out.data : "", out.size, 0666, err);
	else
		(void)fwrite(out.data ? out.data : "", 1, out.size, stdout); /* a failure shows at the flush in main() */
	trace_free(trace);
	strbuf_free(&out);
	return status;
}

static int run_both(struct runner *r, struct err *err)
{
	struct subprocess_stdin *input = subprocess_stdin_open(err);
	int status = input ? 0 : -1;

	r->run->options.plain_ns = r->run->options.traced_ns = -1;
	if (status == 0 && r->run->reference)
		status = run_plain(r, input, err);
	if (status == 0 && !r->run->interrupted && start_timer(r) == 0) {
		r->ticks = read_ticks();
		r->ns = read_ns();
		status = run_traced(r, input, err);
		if (r->timer >= 0)
			close(r->timer);
		if (status == 0)
			status = tell_rest(r, err);
	}
	if (input)
		subprocess_stdin_close(input);
	return status;
}

int trace_run(const struct build *build, struct trace_run *run, struct err *err)
{
	struct runner r = {.build = build, .run = run, .directory = fs_tmpdir(err), .timer = -1};
	int status = -1;

	if (r.directory) {
		status = run_both(&r, err);
		fs_remove_tree(r.directory);
	}
	free(r.state.open);
	free(r.raw);
	free(r.directory);
	return status;
}

struct trace *trace_count_arguments(const struct build *build, char **args, struct subprocess_stdin *input, uint64_t keys, double seconds,
				    double *took, struct err *err)
{
	struct trace_run options = {.args = args};
	struct runner r = {.build = build, .run = &options, .directory = fs_tmpdir(err), .timer = -1};
	struct trace *trace = NULL;

	if (r.directory) {
		char **argv = make_argv(build->program[BUILD_TRACED], args);
		char *environment[] = {collect_raw_variable(r.directory),
				       xasprintf("RUCHY_PROF_TRACE=first=0,last=0,slowest=0,clock=0,keys=%" PRIu64, keys), NULL};
		struct subprocess_run run = {.argv = argv,
					     .env = environment,
					     .input = input,
					     .output_fd = -1,
					     .timeout_seconds = seconds,
					     .attach = on_start,
					     .drain_fd = -1,
					     .context = &r};
		bool ran = subprocess_run(&run, err) == 0;

		*took = ran ? (double)run.wall_ns / 1e9 : 0;
		if (ran && run.status == 0 && r.raw && access(r.raw, F_OK) == 0)
			trace = trace_read(r.raw, 0, err);
		free(environment[0]);
		free(environment[1]);
		free(argv);
		fs_remove_tree(r.directory);
	}
	free(r.raw);
	free(r.directory);
	return trace;
}
