/* sample.c - the sampler: what the kernel reports is unwound at once, so that memory grows with distinct call chains and not with time. */
#include "sample_internal.h"
#include "strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Levels of a recursion that are kept apart. What is deeper is folded, as most are who recurse a thousand times. */
#define DEEP_LEVELS 256

static void on_map(void *context, uint32_t pid, uint64_t start, uint64_t size, uint64_t offset, uint64_t inode, const char *path)
{
	struct sampler *sampler = context;
	bool is_program = false;
	struct sample_map map = {.start = start, .end = start + size, .offset = offset};

	if (map.end <= start)
		return;
	map.module = sample_unwinder_module(sampler->unwinder, path, inode, &is_program);
	sample_process_map(&sampler->processes, pid, &map, is_program);
}

static void on_fork(void *context, uint32_t pid, uint32_t parent)
{
	sample_process_fork(&((struct sampler *)context)->processes, pid, parent);
}

static void on_exec(void *context, uint32_t pid)
{
	sample_process_clear(&((struct sampler *)context)->processes, pid);
}

/* A chain that is deeper than the copy of the main thread's stack still has main at its root. */
static void on_sample(void *context, uint32_t pid, uint32_t tid, const struct sample_stack *stack)
{
	struct sampler *sampler = context;
	const struct sample_process *process = sample_process_find(&sampler->processes, pid);
	uint64_t addresses[SAMPLE_FRAMES];
	enum sample_end end = SAMPLE_ROOT;
	size_t count = 0, deep = sampler->chains.count < SAMPLE_DEEP_NODES ? DEEP_LEVELS : 0;

	sampler->samples++;
	if (process && stack)
		count = sample_unwind(sampler->unwinder, process, stack, addresses, SAMPLE_FRAMES, deep, &end);
	sampler->cut += end == SAMPLE_DEEP;
	sample_chains_add(&sampler->chains, addresses, count, end == SAMPLE_DEEP && pid == tid && process->has_program);
}

static void on_lost(void *context, uint64_t count)
{
	((struct sampler *)context)->lost += count;
}

static void on_throttled(void *context)
{
	((struct sampler *)context)->throttled++;
}

/* What the user chose, or the first that works. The reason of the first stays in `err` when neither does. */
static int open_source(struct sampler *sampler, struct err *err)
{
	const char *choice = getenv("RUCHY_PROF_SAMPLER");
	bool any = !choice || !*choice;
	struct err refused = {0};

	if (!any && strcmp(choice, "none") == 0)
		return err_set(err, "RUCHY_PROF_SAMPLER=none", NULL, "sampling is switched off");
	if (!any && strcmp(choice, "perf") != 0 && strcmp(choice, "timer") != 0)
		return err_set(err, "RUCHY_PROF_SAMPLER", "it is one of perf, timer, none", "unknown sampler: %s", choice);
	if (any || strcmp(choice, "perf") == 0)
		sampler->perf = sample_perf_new(sampler->period_ns, any ? &refused : err);
	if (!sampler->perf && (any || strcmp(choice, "timer") == 0))
		sampler->timer = sample_timer_new(sampler->program, sampler->period_ns, &refused);
	if (!sampler->perf && !sampler->timer && refused.set)
		err_set(err, refused.where, refused.hint, "%s", refused.what);
	err_free(&refused);
	if (sampler->timer)
		sampler->period_ns = sample_timer_period(sampler->timer);
	return sampler->perf || sampler->timer ? 0 : -1;
}

struct sampler *sampler_new(const char *program, uint64_t period_ns, struct err *err)
{
	struct sampler *sampler;

	if (access(program, R_OK) != 0) {
		err_set(err, program, NULL, "cannot read the program to sample: %s", strerror(errno));
		return NULL;
	}
	sampler = xcalloc(1, sizeof *sampler);
	sampler->program = xstrdup(program);
	sampler->period_ns = period_ns;
	if (open_source(sampler, err) != 0) {
		sampler_free(sampler);
		return NULL;
	}
	sampler->unwinder = sample_unwinder_new(program);
	return sampler;
}

int sampler_attach(void *context, int pid)
{
	struct sampler *sampler = context;

	sample_processes_free(&sampler->processes); /* a new run: its pids may be old ones again */
	if ((sampler->perf ? sample_perf_attach(sampler->perf, pid) : sample_timer_attach(sampler->timer)) != 0) {
		sampler->attach_error = errno;
		return -1;
	}
	sampler->runs++;
	return 0;
}

void sampler_drain(void *context)
{
	const struct sample_handler handler = {
	    .context = context,
	    .map = on_map,
	    .fork = on_fork,
	    .exec = on_exec,
	    .sample = on_sample,
	    .lost = on_lost,
	    .throttled = on_throttled,
	};

	struct sampler *sampler = context;

	if (sampler->perf)
		sample_perf_drain(sampler->perf, &handler);
	else
		sample_timer_drain(sampler->timer, &handler);
}

int sampler_fd(const struct sampler *sampler)
{
	return sampler->perf ? sample_perf_fd(sampler->perf) : sample_timer_fd(sampler->timer);
}

char *const *sampler_variables(const struct sampler *sampler)
{
	static char *const none[] = {NULL};

	return sampler->timer ? sample_timer_variables(sampler->timer) : none;
}

uint64_t sampler_period(const struct sampler *sampler)
{
	return sampler->period_ns;
}

void sampler_counts(const struct sampler *sampler, struct sampler_counts *counts)
{
	*counts = (struct sampler_counts){
	    .samples = sampler->samples, .cut = sampler->cut, .lost = sampler->lost, .throttled = sampler->throttled};
}

void sampler_free(struct sampler *sampler)
{
	if (!sampler)
		return;
	sample_perf_free(sampler->perf);
	sample_timer_free(sampler->timer);
	sample_processes_free(&sampler->processes);
	sample_unwinder_free(sampler->unwinder);
	sample_chains_free(&sampler->chains);
	free(sampler->program);
	free(sampler);
}
