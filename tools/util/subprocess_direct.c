/*
 * subprocess_direct.c - a process that is made here, and has our memory until exec, as vfork() has it. It runs sooner than one that the
 * runner makes, which has to wake up first: on a busy machine that takes longer than many a program. But what our own memory needed at most
 * counts as the program's (subprocess_runner.c tells why).
 */
#include "subprocess_internal.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FIRST_REAL_TIME 32 /* of these signals this tool handles and ignores none: what it was given stays, once reset */

/* The handlers are ours, in memory that is shared: none may run here. */
static int become_program(void *order)
{
	signals_reset(FIRST_REAL_TIME);
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	return order_become_program(order);
}

int direct_start(const struct runner_request *request, const char *text, const int fds[RUNNER_FDS], struct runner_reply *reply,
		 struct err *err)
{
	static struct order order;
	static bool is_reset;
	sigset_t all, old;
	order.request = *request;
	order.schedule = -1;
	order.reply = reply;
	memcpy(order.fds, fds, sizeof order.fds);
	memcpy(order.text, text, request->text_size);
	*reply = (struct runner_reply){0};
	for (int i = FIRST_REAL_TIME; !is_reset && i < NSIG; i++)
		signal(i, SIG_DFL);
	is_reset = true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int pid = clone(become_program, order_stack + ORDER_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, &order);
	int error = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return pid > 0 ? pid : err_set(err, NULL, NULL, "cannot start a process: %s", strerror(error));
}
