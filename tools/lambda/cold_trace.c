/*
 * cold_trace.c - the points of a start between exec and main, by breakpoints of ptrace, which any user may set in a child.
 *
 * A stop costs the program some microseconds: until we see it, and until it runs again. At each stop one instruction is stepped over as
 * well: what that takes is the price of a stop, which who evaluates the run takes off again.
 */
#include "cold_start.h"
#include "runtime_server.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define BREAKPOINT 0xccL

static uint64_t auxv_value(int pid, uint64_t type)
{
	char path[64];
	Elf64_auxv_t pair;

	snprintf(path, sizeof path, "/proc/%d/auxv", pid);
	FILE *file = fopen(path, "re");
	uint64_t value = 0;
	while (file && fread(&pair, sizeof pair, 1, file) == 1)
		if (pair.a_type == type)
			value = pair.a_un.a_val;
	if (file)
		fclose(file);
	return value;
}

/* The next stop. 1 stopped, 0 it ended (and is left to be reaped), -1 timeout or error. SIGCHLD is blocked. */
static int wait_stop(int pid, uint64_t deadline, int *signal_number, bool *is_exec, uint64_t *when)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		siginfo_t info = {0};
		uint64_t now;

		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0)
			return -1;
		now = runtime_now();
		if (info.si_pid == pid) {
			int status;

			if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)
				return 0;
			*when = now;
			if (waitpid(pid, &status, __WALL | WNOHANG) != pid)
				continue;
			*signal_number = WSTOPSIG(status);
			*is_exec = status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8));
			return 1;
		}
		if (now >= deadline)
			return -1;
		uint64_t left = deadline - now;
		struct timespec timeout = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
		if (sigtimedwait(&child, NULL, &timeout) < 0 && errno == EINTR)
			return -1;
	}
}

struct breakpoint {
	uint64_t address;
	long word; /* what stood there */
	bool set;
};

static void set_breakpoint(int pid, struct breakpoint *b, uint64_t address)
{
	errno = 0;
	*b = (struct breakpoint){.address = address};
	b->word = ptrace(PTRACE_PEEKTEXT, pid, (void *)address, NULL);
	if (address && errno == 0)
		b->set = ptrace(PTRACE_POKETEXT, pid, (void *)address, (void *)((b->word & ~0xffL) | BREAKPOINT)) == 0;
}

/* Did it stop for this one? Then it is gone, and the program is where it was set. */
static bool take_breakpoint(int pid, struct breakpoint *b)
{
	struct user_regs_struct registers;

	if (!b->set || ptrace(PTRACE_GETREGS, pid, NULL, &registers) != 0 || registers.rip != b->address + 1)
		return false;
	registers.rip = b->address;
	ptrace(PTRACE_POKETEXT, pid, (void *)b->address, (void *)b->word);
	ptrace(PTRACE_SETREGS, pid, NULL, &registers);
	b->set = false;
	return true;
}

static void measure_stop(int pid, uint64_t deadline, struct cold_start *start, enum cold_point point)
{
	/* The first step brings the page of the code, and may be the one that is slow for other reasons. */
	for (int i = 0; i < 2; i++) {
		int signal_number;
		bool is_exec;
		uint64_t before = runtime_now(), when;

		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 || wait_stop(pid, deadline, &signal_number, &is_exec, &when) != 1)
			return;
		start->stop_ns[point] = when - before;
	}
}

static void note(int pid, struct cold_start *start, enum cold_point point, uint64_t when, uint64_t deadline)
{
	start->at[point] = when;
	start->faults[point] = proc_faults(pid);
	measure_stop(pid, deadline, start, point);
}

/* A new image: where are its entry and its main? True: it stood at its entry, there is no dynamic linker. */
static bool on_image(int pid, uint64_t at_first, struct breakpoint *entry, struct breakpoint *main)
{
	char path[64];
	struct cold_entry found;
	uint64_t at = auxv_value(pid, AT_ENTRY);

	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	*entry = *main = (struct breakpoint){0};
	if (cold_entry_find(path, &found) != 0 || !at)
		return at == at_first;
	if (at != at_first)
		set_breakpoint(pid, entry, at);
	if (found.main && found.main != found.entry)
		set_breakpoint(pid, main, at - found.entry + found.main);
	return at == at_first;
}

static uint64_t instruction_of(int pid)
{
	struct user_regs_struct registers;

	return ptrace(PTRACE_GETREGS, pid, NULL, &registers) == 0 ? registers.rip : 0;
}

int cold_trace(int pid, uint64_t deadline, struct cold_start *start, struct err *err)
{
	struct breakpoint entry = {0}, main = {0};
	enum cold_point last = POINT_EXEC;
	uint64_t when;
	int signal_number, stopped;
	bool is_exec, first = true;

	while ((stopped = wait_stop(pid, deadline, &signal_number, &is_exec, &when)) == 1) {
		int pass = 0;
		if (signal_number == SIGTRAP && (is_exec || first)) {
			ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
			first = false;
			start->programs++;
			/* before on_image(): its reads fault pages in */
			uint64_t at_first = instruction_of(pid);
			note(pid, start, last = POINT_IMAGE, when, deadline);
			start->is_static = on_image(pid, at_first, &entry, &main);
			if (start->is_static) {
				start->at[POINT_ENTRY] = when;
				start->faults[POINT_ENTRY] = start->faults[POINT_IMAGE];
				last = POINT_ENTRY;
			}
		} else if (signal_number == SIGTRAP && take_breakpoint(pid, &entry)) {
			note(pid, start, last = POINT_ENTRY, when, deadline);
		} else if (signal_number == SIGTRAP && take_breakpoint(pid, &main)) {
			note(pid, start, last = POINT_MAIN, when, deadline);
		} else {
			pass = signal_number;
		}
		start->on[last] = runtime_now();
		/* Behind main it runs free: nothing more to stop for. */
		if (last == POINT_MAIN || (!entry.set && !main.set && last == POINT_ENTRY)) {
			if (ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)pass) != 0)
				return err_set(err, NULL, NULL, "cannot let the traced program go: %s", strerror(errno));
			return 0;
		}
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)pass) != 0)
			return err_set(err, NULL, NULL, "cannot trace the program: %s", strerror(errno));
	}
	if (stopped == 0)
		return 0; /* who waits for its requests says that it ended */
	return err_set(err, NULL, "try again, or leave it to runs without tracing", "the program did not come to its main in time");
}
