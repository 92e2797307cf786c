/*
 * suggest_start.c - how long a program takes from its start (fork) to its main: kernel, loader, relocation. Each run is led to main by
 * breakpoints and ended there, so what main does does not matter, nor whether it is quick. What the stops themselves take is measured and
 * taken off.
 */
#include "cold_spawn.h"
#include "cold_start.h"
#include "interrupt.h"
#include "suggest.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS_MOST  60
#define ROUNDS_LEAST 20
#define BAD_MOST     5
#define LONGEST	     UINT64_C(10000000000) /* ns that one start may take */
#define JOINT_ERROR  0.05

/* From fork to main, less what the stops cost, ns; 0 = it can't be told. A program without a dynamic linker begins at its entry. */
static double until_main(const struct cold_start *s)
{
	double stop = cold_stop_ns(s), ns;

	if (!s->at[POINT_MAIN] || !s->at[POINT_IMAGE] || !s->at[POINT_ENTRY])
		return 0;
	ns = (double)(s->at[POINT_IMAGE] - s->at[POINT_FORK]) - stop / 2;
	if (!s->is_static)
		ns += (double)(s->at[POINT_ENTRY] - s->on[POINT_IMAGE]) - stop;
	return ns + (double)(s->at[POINT_MAIN] - s->on[POINT_ENTRY]) - stop;
}

static double start_once(const struct suggest *s, const char *program)
{
	struct cold_options options = {.program = program, .args = s->audit->options->args, .traced = true};
	struct cold_start start = {0};
	struct err ignored = {0};
	int pid = cold_spawn(&options, environ, &start, &ignored);
	double ns = 0;

	if (pid > 0) {
		if (cold_trace(pid, start.at[POINT_FORK] + LONGEST, &start, &ignored) == 0)
			ns = until_main(&start);
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	err_free(&ignored);
	return ns;
}

struct starts {
	struct suggest_trial **trials;
	double *ns;		   /* [trial * ROUNDS_MOST + round] */
	size_t count, rounds, bad; /* bad: rounds in a row that do not count */
};

/* One that is not led to its main, for whatever reason, has no start. */
static void leave_out(struct starts *starts, size_t which)
{
	size_t behind = starts->count - which - 1;

	memmove(&starts->trials[which], &starts->trials[which + 1], behind * sizeof(void *));
	memmove(&starts->ns[which * ROUNDS_MOST], &starts->ns[(which + 1) * ROUNDS_MOST], behind * ROUNDS_MOST * sizeof *starts->ns);
	starts->count = which == 0 ? 0 : starts->count - 1; /* without the default there is nothing to compare with */
}

/* 1: the round counts. A start that can't be told may have met a slow moment; again and again, it is the program. */
static int judge(struct starts *starts)
{
	bool whole = true;

	for (size_t i = 0; i < starts->count; i++)
		whole = whole && starts->ns[i * ROUNDS_MOST + starts->rounds] > 0;
	starts->bad = whole ? 0 : starts->bad + 1;
	if (starts->bad < BAD_MOST)
		return whole;
	for (size_t i = starts->count; i-- > 0;)
		if (i < starts->count && starts->ns[i * ROUNDS_MOST + starts->rounds] <= 0)
			leave_out(starts, i);
	starts->bad = 0;
	return 0;
}

static int round_of(const struct suggest *s, struct starts *starts, struct stats_rng *rng, size_t *order, struct err *err)
{
	for (size_t i = 0; i < starts->count; i++)
		order[i] = i;
	stats_rng_shuffle(rng, order, starts->count);
	for (size_t i = 0; i < starts->count; i++) {
		double *ns = &starts->ns[order[i] * ROUNDS_MOST + starts->rounds];

		*ns = start_once(s, suggest_program(starts->trials[order[i]], 0));
		if (interrupt_signal())
			return err_set(err, s->audit->subject.operand, NULL, "interrupted");
	}
	return judge(starts);
}

static int run_rounds(const struct suggest *s, struct starts *starts, double share, struct err *err)
{
	struct stats_rng rng = {1};
	size_t *order = xcalloc(starts->count + 1, sizeof *order);
	sigset_t child, old;
	int status = 0;

	/* The tracer waits for it. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &old);
	/* The first round brings the files into memory and is not kept. */
	for (int warm = 1; status >= 0 && starts->count > 0 && starts->rounds < ROUNDS_MOST; warm = 0) {
		if (suggest_left(s, share) <= 0 && starts->rounds >= ROUNDS_LEAST)
			break;
		suggest_step(s, "starting %zu programs, round %zu of %d:", starts->count, starts->rounds + 1, ROUNDS_MOST);
		status = round_of(s, starts, &rng, order, err);
		starts->rounds += status > 0 && !warm;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	free(order);
	return status < 0 ? -1 : 0;
}

static void evaluate(const struct starts *starts)
{
	double level = 1 - JOINT_ERROR / (double)(starts->count > 1 ? starts->count - 1 : 1);

	for (size_t i = 0; i < starts->count; i++) {
		const double *a = starts->ns, *b = starts->ns + i * ROUNDS_MOST;

		starts->trials[i]->changes[SUGGEST_START] = (struct suggest_change){
		    .known = true,
		    .from = stats_median(a, starts->rounds),
		    .to = stats_median(b, starts->rounds),
		    .ratio = i == 0 ? (struct stats_interval){1, 1, 1} : stats_signed_rank(a, b, starts->rounds, level),
		    .layouts = 1,
		    .rounds = starts->rounds};
	}
}

int suggest_start(struct suggest *s, struct suggest_trial **trials, size_t count, double share, struct err *err)
{
	struct starts starts = {.trials = xcalloc(count + 1, sizeof(struct suggest_trial *)),
				.ns = xcalloc(count * ROUNDS_MOST + 1, sizeof(double))};
	int status = 0;

	for (size_t i = 0; i < count; i++)
		if (trials[i]->state == SUGGEST_TRIED && suggest_program(trials[i], 0))
			starts.trials[starts.count++] = trials[i];
	if (starts.count > 0 && !s->unstarted) {
		status = run_rounds(s, &starts, share, err);
		if (status == 0 && starts.count > 0 && starts.rounds > 0)
			evaluate(&starts);
		else if (status == 0)
			s->unstarted = xstrdup("the program can't be led to its main by breakpoints here");
	}
	free(starts.trials);
	free(starts.ns);
	return status;
}
