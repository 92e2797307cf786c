/* cold_start.c - start the program, serve it its events, note when what came, end it. */
#include "cold_start.h"
#include "cold_limits.h"
#include "cold_spawn.h"
#include "interrupt.h"
#include "runtime_server.h"
#include "stats.h"
#include "strbuf.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct running {
	const struct cold_options *options;
	struct cold_start *start;
	struct runtime_api api;
	struct runtime_server *server;
	int pid, pidfd, status;
	uint64_t queued; /* our own time in the queue when it was started */
	uint64_t sent;	 /* when the open event was */
	uint64_t deadline;
};

static void on_asked(void *context, enum runtime_call call, uint64_t accepted_ns, uint64_t first_ns)
{
	struct running *r = context;
	struct cold_start *start = r->start;

	(void)accepted_ns;
	if (call == CALL_NEXT && !start->at[POINT_NEXT]) {
		start->at[POINT_NEXT] = first_ns;
		start->server_queued = proc_own_queued() - r->queued;
		if (r->options->at_next) /* first: it may look at what goes on meanwhile */
			r->options->at_next(r->options->context, r->pid);
		start->faults[POINT_NEXT] = proc_faults(r->pid);
		proc_times(r->pid, &start->times);
		start->base_rss_bytes = proc_status_bytes(r->pid, "VmRSS");
	}
	if ((call == CALL_RESPONSE || call == CALL_ERROR) && r->sent && start->invokes < COLD_INVOKES_MOST) {
		start->invoke_ns[start->invokes++] = first_ns - r->sent;
		r->sent = 0;
		if (start->invokes == r->options->invokes)
			start->peak_rss_bytes = proc_status_bytes(r->pid, "VmHWM");
	}
}

static void on_answering(void *context, const struct runtime_answer *answer)
{
	struct running *r = context;

	if (answer->is_event)
		r->sent = runtime_now();
}

/* --- the run ------------------------------------------------------------------------------------------------------------------- */

static int ended_early(struct running *r, struct err *err)
{
	char *said = r->api.problem.size ? xasprintf("%.*s\n", (int)r->api.problem.size, r->api.problem.data) : NULL;
	siginfo_t info = {0};

	waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	err_set(err, r->options->program,
		r->start->at[POINT_NEXT] ? "--show-output shows what it prints"
					 : "is it a Lambda bootstrap? It has to ask AWS_LAMBDA_RUNTIME_API for events; --show-output shows "
					   "what it prints",
		"the program ended by %s %d %s", info.si_code == CLD_EXITED ? "exit status" : "signal", info.si_status,
		r->start->at[POINT_NEXT] ? "before its last event was answered" : "before it asked for an event");
	if (!err->detail)
		err->detail = said;
	else
		free(said);
	return -1;
}

static int reported(struct running *r, struct err *err)
{
	err_set(err, r->options->program, r->start->at[POINT_NEXT] ? "give an event that it takes: --event FILE" : NULL,
		r->start->at[POINT_NEXT] ? "the program answered an event with an error" : "the program reported that it cannot start");
	if (!err->detail)
		err->detail = xasprintf("%.*s\n", (int)r->api.problem.size, r->api.problem.data);
	return -1;
}

static int serve(struct running *r, struct err *err)
{
	while (r->start->invokes < r->options->invokes) {
		uint64_t now = runtime_now();
		int status;

		if (interrupt_signal())
			return err_set(err, r->options->program, NULL, "interrupted");
		if (now >= r->deadline)
			return err_set(err, r->options->program, "is it a Lambda bootstrap? --timeout gives it longer", "%s",
				       r->start->at[POINT_NEXT] ? "the program did not answer its event in time"
								: "the program did not ask for an event in time");
		uint64_t left = (r->deadline - now) / 1000000 + 1;
		status = runtime_server_turn(r->server, r->pidfd, left > 1000 ? 1000 : (int)left, err);
		if (status < 0)
			return -1;
		if (r->api.problem.size)
			return reported(r, err);
		if (status == 1 && r->start->invokes < r->options->invokes)
			return ended_early(r, err);
	}
	return 0;
}

static void end(struct running *r)
{
	kill(-r->pid, SIGKILL);
	kill(r->pid, SIGKILL); /* it may have changed its group */
	while (waitpid(r->pid, &r->status, __WALL) < 0 && errno == EINTR)
		;
	if (r->pidfd >= 0)
		close(r->pidfd);
}

static int start_and_serve(struct running *r, struct err *err)
{
	char **env = cold_environment(r->options, runtime_server_port(r->server));
	int status = 0;

	/* The start before has used up the group's share of this period: without its debt. */
	if (r->options->limits && r->options->limits->cpu_set)
		usleep(2 * LIMITS_PERIOD_US);
	r->pid = cold_spawn(r->options, env, r->start, err);
	cold_environment_free(env);
	if (r->pid < 0)
		return -1;
	r->queued = proc_own_queued();
	r->deadline = r->start->at[POINT_FORK] + (uint64_t)(r->options->timeout_seconds * 1e9);
	if (r->options->traced)
		status = cold_trace(r->pid, r->deadline, r->start, err);
	else
		r->start->programs = 1;
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	if (r->pidfd < 0 && status == 0)
		status = err_set(err, NULL, "Linux 5.3 or newer is needed", "cannot watch the program: %s", strerror(errno));
	if (status == 0)
		status = serve(r, err);
	snprintf(r->start->answer, sizeof r->start->answer, "%.*s",
		 (int)(r->api.answer.size < COLD_ANSWER ? r->api.answer.size : COLD_ANSWER), r->api.answer.data ? r->api.answer.data : "");
	end(r);
	return status;
}

int cold_start_run(const struct cold_options *options, struct cold_start *start, struct err *err)
{
	struct running r = {.options = options, .start = start, .pidfd = -1};
	struct runtime_hooks hooks = {.asked = on_asked, .answering = on_answering, .context = &r};
	sigset_t child, old;
	int status = -1;

	*start = (struct cold_start){0};
	for (int i = 0; i < COLD_POINTS; i++)
		start->faults[i] = COLD_UNKNOWN;
	r.api = (struct runtime_api){.event = options->event,
				     .event_size = options->event_size,
				     .events = options->invokes,
				     .timeout_ms = (uint64_t)(options->timeout_seconds * 1000)};
	if (options->drop_cache)
		start->dropped = cold_cache_drop(options->program) == 0;
	if (cold_cache_count(options->program, &start->file_pages, &start->kept_pages) != 0)
		return err_set(err, options->program, NULL, "cannot read the program: %s", strerror(errno));
	r.server = runtime_server_new(&r.api, &hooks, err);
	if (!r.server)
		return -1;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &old);
	status = start_and_serve(&r, err);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	runtime_server_free(r.server);
	runtime_api_free(&r.api);
	return status;
}

double cold_stop_ns(const struct cold_start *start)
{
	double cost[COLD_POINTS];
	size_t count = 0;

	for (int i = 0; i < COLD_POINTS; i++)
		if (start->stop_ns[i])
			cost[count++] = (double)start->stop_ns[i];
	return count ? stats_median(cost, count) : 0;
}
