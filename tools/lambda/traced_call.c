/*
 * traced_call.c - what a system call takes, in a program that is traced and can't be changed.
 *
 * A stop of ptrace costs ten times what most calls take, and not the same each time. So nothing is read off a clock on the wall: the kernel
 * counts the thread's own CPU time, and it stands still while the thread is stopped. And each call is followed by an empty one
 * (getppid), which the thread is made to do from the same place with the same two stops: the difference of the two is the call less an
 * empty one, whatever the stops cost then and there. What an untraced empty call takes is added again. Waiting is no CPU time, so it is
 * left out.
 */
#include "traced_call.h"
#include "runtime_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EMPTY_TRIES	 5
#define EMPTY_CALLS	 500
#define INSTRUCTION	 0x050fL /* syscall, two bytes */
#define INSTRUCTION_SIZE 2
/* The kernel's own results for "make this call again behind the signal": ERESTARTSYS to ERESTART_RESTARTBLOCK. */
#define RESTART_FIRST 512
#define RESTART_LAST  516

static const char *const names[TRACED_KINDS] = {
#include "syscall_names.inc"
};

void traced_call_open(struct traced_call *call, int pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
	*call = (struct traced_call){.pid = pid, .schedstat = open(path, O_RDONLY | O_CLOEXEC)};
}

void traced_call_close(struct traced_call *call)
{
	if (call->schedstat >= 0)
		close(call->schedstat);
	call->schedstat = -1;
}

/* Of a thread that stands still, and was asked something by ptrace, which waits until it does. 0 = not known. */
static uint64_t cpu_time(const struct traced_call *call)
{
	char text[64];
	ssize_t size = pread(call->schedstat, text, sizeof text - 1, 0);

	if (size <= 0)
		return 0;
	text[size] = '\0';
	return strtoull(text, NULL, 10);
}

/* Send it back over the instruction that brought it here, with another number. False: it goes on as it is. */
static bool borrow(struct traced_call *call)
{
	struct user_regs_struct changed;
	int64_t result;

	if (ptrace(PTRACE_GETREGS, call->pid, NULL, &call->saved) != 0)
		return false;
	result = (int64_t)call->saved.rax;
	if (result <= -RESTART_FIRST && result >= -RESTART_LAST)
		return false;
	if ((ptrace(PTRACE_PEEKTEXT, call->pid, (void *)(call->saved.rip - INSTRUCTION_SIZE), NULL) & 0xffff) != INSTRUCTION)
		return false;
	/* -1: not in a call, so that a signal which comes now repeats none */
	call->saved.orig_rax = (unsigned long long)-1;
	changed = call->saved;
	changed.rip -= INSTRUCTION_SIZE;
	changed.rax = SYS_getppid;
	return ptrace(PTRACE_SETREGS, call->pid, NULL, &changed) == 0;
}

/* A handler of a signal may make calls between the two: those are at another place. */
static bool is_empty_call(const struct traced_call *call, const struct __ptrace_syscall_info *info)
{
	return call->borrowed && info->entry.nr == SYS_getppid && info->instruction_pointer == call->saved.rip &&
	       info->stack_pointer == call->saved.rsp;
}

static void enter(struct traced_call *call, struct traced_calls *calls, const struct __ptrace_syscall_info *info, uint64_t now, bool last)
{
	if (is_empty_call(call, info)) {
		call->inside_empty = true;
		call->empty_entered = now;
		return;
	}
	if (last)
		return;
	call->inside = true;
	call->entered = now;
	call->kind = info->entry.nr < TRACED_KINDS ? (unsigned)info->entry.nr : TRACED_KINDS - 1;
	calls->count[call->kind]++;
}

static void leave(struct traced_call *call, struct traced_calls *calls, uint64_t now)
{
	if (call->inside_empty) {
		call->inside_empty = call->borrowed = false;
		ptrace(PTRACE_SETREGS, call->pid, NULL, &call->saved);
		calls->ns[call->real_kind] += call->real - (double)(now - call->empty_entered);
		calls->paired[call->real_kind]++;
	} else if (call->inside) {
		call->inside = false;
		if (call->borrowed) /* in a handler: its own is still to come */
			return;
		call->real = (double)(now - call->entered);
		call->real_kind = call->kind;
		call->borrowed = now && call->entered && borrow(call);
	}
}

void traced_call_stop(struct traced_call *call, struct traced_calls *calls, bool last)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, call->pid, (void *)sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(call, calls, &info, cpu_time(call), last);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave(call, calls, cpu_time(call));
}

double traced_calls_ns(const struct traced_calls *calls, unsigned kind, double empty_ns)
{
	double more = calls->paired[kind] ? calls->ns[kind] / (double)calls->paired[kind] : 0;

	return (double)calls->count[kind] * (more + empty_ns);
}

double traced_empty_ns(void)
{
	double least = 0;

	for (int i = 0; i < EMPTY_TRIES; i++) {
		uint64_t before = runtime_now();

		for (int k = 0; k < EMPTY_CALLS; k++)
			syscall(SYS_getppid);
		double one = (double)(runtime_now() - before) / EMPTY_CALLS;
		least = least > 0 && least < one ? least : one;
	}
	return least;
}

bool traced_is_start(unsigned kind)
{
	return kind == SYS_clone || kind == SYS_clone3 || kind == SYS_fork || kind == SYS_vfork;
}

const char *traced_call_name(unsigned kind)
{
	return kind < TRACED_KINDS ? names[kind] : NULL;
}
