/*
 * rprof_turn.c - whose clock runs, where a process has several programs: files transpiled apart, each with functions and times of its own.
 *
 * A thread has one place for each program, and a place knows the running function of its own program alone. So that no tick counts in two
 * of them, the thread keeps a stack of programs: entering one from another lets the outer one stand still, with no function running, until
 * the inner one is left. What the inner clock cost is then no time of the outer one either.
 *
 * All of it belongs to the calling thread. A signal handler that is instrumented may come between any two steps: it enters and leaves, so
 * it finds the stack as it leaves it.
 */
#include "rprof_internal.h"

#define DEEPEST 64 /* programs inside each other; beyond that the outer clocks run on, and times overlap */

struct turn {
	struct rprof_raw_thread *outer;
	uint64_t cost; /* of the inner program's clock, when it was entered */
	uint32_t current;
};

static _Thread_local struct {
	struct rprof_raw_thread *running;
	uint32_t depth;
	struct turn stack[DEEPEST];
} turns;

/* As the prelude does it: a place's ticks leave out what its clock took and never go back. */
static uint64_t place_ticks(const struct rprof_raw_thread *thread, uint64_t ticks)
{
	uint64_t now = ticks > thread->clock_cost ? ticks - thread->clock_cost : 0;
	return now > thread->last ? now : thread->last;
}

void rprof_enter(struct rprof_raw_thread *thread)
{
	struct rprof_raw_thread *outer = turns.running;
	if (turns.depth++ >= DEEPEST)
		return;
	struct turn *turn = &turns.stack[turns.depth - 1];
	*turn = (struct turn){.outer = outer, .cost = thread->clock_cost, .current = RPROF_NO_FUNCTION};
	turns.running = thread;
	if (outer == NULL || outer == thread || outer->current >= outer->functions)
		return;
	uint64_t now = place_ticks(outer, rprof_ticks());
	turn->current = outer->current;
	rprof_times(outer)[outer->current].self += now - outer->last;
	outer->current = RPROF_NO_FUNCTION;
	outer->last = now;
}

void rprof_leave(struct rprof_raw_thread *thread)
{
	if (turns.depth == 0 || turns.depth-- > DEEPEST)
		return;
	const struct turn *turn = &turns.stack[turns.depth];
	struct rprof_raw_thread *outer = turn->outer;
	turns.running = outer;
	if (outer == NULL || outer == thread || turn->current == RPROF_NO_FUNCTION)
		return;
	outer->clock_cost += thread->clock_cost - turn->cost;
	outer->last = place_ticks(outer, rprof_ticks());
	outer->current = turn->current;
}

void rprof_turn_end(void)
{
	turns.running = NULL;
	turns.depth = 0;
}
