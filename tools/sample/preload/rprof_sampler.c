/*
 * rprof_sampler.c - librprof-sampler.so: a CPU-time timer in each thread of a sampled program, for systems that refuse perf_event_open(2).
 *
 * Preloaded into the plain program, which stays as it was built. The timer of a thread runs only while the thread uses a CPU; its SIGPROF
 * goes to that thread, whose handler copies registers and the top of the stack into memory shared with the sampler.
 *
 * The handler calls nothing that is not async-signal-safe, takes no lock and keeps errno. A thread that sleeps or waits uses no CPU, so its
 * system calls are not interrupted; SA_RESTART covers the rest. The environment that the program sees is the one that it would have had.
 */
#include "sample_ring.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define EXPORT __attribute__((visibility("default")))

/* Initial-exec: an access is one load, never a call into the dynamic linker, so the handler may use it. */
#define THREAD_LOCAL static _Thread_local __attribute__((tls_model("initial-exec")))

/* The calling thread. `armed` is last to be set. */
struct self {
	struct self *next, **link; /* all threads with a timer; under `mutex` */
	timer_t timer;
	uint64_t stack_low, stack_high;
	uint32_t tid;
	volatile sig_atomic_t armed;
};

THREAD_LOCAL struct self self;
static struct sample_ring *ring;
static uint32_t process;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct self *threads;
static pthread_key_t key;
static char cookie; /* its address marks our own signals */

static int (*next_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static int (*next_sigaction)(int, const struct sigaction *, struct sigaction *);

/* The C library's own function; ISO C converts no object pointer to a function pointer. */
static void find_next(void *function, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof found);
}

/* ---- in the handler -------------------------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
static void copy_registers(struct sample_slot *slot, const ucontext_t *context)
{
	/* DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8..r15 */
	static const int from[16] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP,
				     REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

	for (int i = 0; i < 16; i++)
		slot->regs[i] = (uint64_t)context->uc_mcontext.gregs[from[i]];
	slot->pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
}

static uint64_t stack_pointer(const ucontext_t *context)
{
	return (uint64_t)context->uc_mcontext.gregs[REG_RSP];
}
#elif defined(__aarch64__)
static void copy_registers(struct sample_slot *slot, const ucontext_t *context)
{
	for (int i = 0; i < 31; i++)
		slot->regs[i] = context->uc_mcontext.regs[i];
	slot->regs[31] = context->uc_mcontext.sp;
	slot->pc = context->uc_mcontext.pc;
}

static uint64_t stack_pointer(const ucontext_t *context)
{
	return context->uc_mcontext.sp;
}
#else
#error "stacks of this CPU are not understood: see tools/sample/sample_arch.c"
#endif

static struct sample_slot *take_slot(void)
{
	uint32_t count = ring->slot_count;

	for (int attempt = 0; attempt < 4; attempt++) {
		uint64_t number = __atomic_fetch_add(&ring->next, 1, __ATOMIC_RELAXED);
		struct sample_slot *slot = &ring->slots[number % count];
		uint32_t expected = SAMPLE_SLOT_FREE;

		if (__atomic_compare_exchange_n(&slot->state, &expected, SAMPLE_SLOT_WRITING, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return slot;
	}
	__atomic_fetch_add(&ring->lost, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* On a stack that is not the thread's own (a coroutine's, a handler's) nothing tells where it ends, so nothing is read. */
static void copy_stack(struct sample_slot *slot, uint64_t from)
{
	uint64_t size = 0;

	if (from >= self.stack_low && from < self.stack_high)
		size = self.stack_high - from;
	slot->stack_size = (uint32_t)(size < SAMPLE_RING_STACK ? size : SAMPLE_RING_STACK);
	memcpy(slot->stack, (const void *)(uintptr_t)from, slot->stack_size); // NOLINT(performance-no-int-to-ptr): an address of the CPU's
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	int error = errno;
	struct sample_slot *slot;

	(void)number;
	if (info->si_code == SI_TIMER && info->si_value.sival_ptr == &cookie && self.armed && (slot = take_slot()) != NULL) {
		slot->pid = process;
		slot->tid = self.tid;
		copy_registers(slot, context);
		copy_stack(slot, stack_pointer(context));
		__atomic_store_n(&slot->state, SAMPLE_SLOT_FULL, __ATOMIC_RELEASE);
	}
	errno = error;
}

/* ---- timers ------------------------------------------------------------------------------------------------------------------ */

static void quiet(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, old);
	pthread_mutex_lock(&mutex);
}

static void unquiet(const sigset_t *old)
{
	pthread_mutex_unlock(&mutex);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

static void find_stack(void)
{
	pthread_attr_t attributes;
	void *low;
	size_t size;

	self.stack_low = self.stack_high = 0;
	if (pthread_getattr_np(pthread_self(), &attributes) != 0)
		return;
	if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
		self.stack_low = (uint64_t)(uintptr_t)low;
		self.stack_high = self.stack_low + size;
	}
	pthread_attr_destroy(&attributes);
}

static int make_timer(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF, .sigev_value.sival_ptr = &cookie};
	struct itimerspec interval;
	int error;

	event.sigev_notify_thread_id = (pid_t)self.tid;
	interval.it_interval.tv_sec = (time_t)(ring->period_ns / 1000000000);
	interval.it_interval.tv_nsec = (long)(ring->period_ns % 1000000000);
	interval.it_value = interval.it_interval;
	if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &self.timer) != 0)
		return errno;
	if (timer_settime(self.timer, 0, &interval, NULL) == 0)
		return 0;
	error = errno;
	timer_delete(self.timer);
	return error;
}

static void arm(void)
{
	sigset_t old;
	int error;

	find_stack();
	self.tid = (uint32_t)syscall(SYS_gettid);
	quiet(&old);
	if (ring->state != SAMPLE_RING_YIELDED) {
		error = make_timer();
		if (error == 0) {
			self.next = threads;
			self.link = &threads;
			if (threads)
				threads->link = &self.next;
			threads = &self;
			self.armed = 1;
		} else {
			ring->error = (uint32_t)error;
			__atomic_fetch_add(&ring->untimed, 1, __ATOMIC_RELAXED);
		}
	}
	unquiet(&old);
}

/* Under the lock. */
static void disarm(struct self *thread)
{
	thread->armed = 0;
	timer_delete(thread->timer);
	*thread->link = thread->next;
	if (thread->next)
		thread->next->link = thread->link;
}

static void on_thread_end(void *unused)
{
	sigset_t old;

	(void)unused;
	quiet(&old);
	if (self.armed)
		disarm(&self);
	unquiet(&old);
}

/* ---- threads and children ------------------------------------------------------------------------------------------------------ */

struct thread_start {
	void *(*routine)(void *);
	void *argument;
};

static void *run_thread(void *argument)
{
	struct thread_start start = *(struct thread_start *)argument;

	free(argument);
	if (pthread_setspecific(key, &cookie) == 0) /* any value but NULL: its destructor ends the timer */
		arm();
	return start.routine(start.argument);
}

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument)
{
	struct thread_start *start = ring ? malloc(sizeof *start) : NULL;
	int result;

	if (!next_pthread_create) /* a library's constructor comes before ours */
		find_next(&next_pthread_create, "pthread_create");
	if (!start)
		return next_pthread_create(thread, attributes, routine, argument);
	*start = (struct thread_start){routine, argument};
	result = next_pthread_create(thread, attributes, run_thread, start);
	if (result != 0)
		free(start);
	return result;
}

static void before_fork(void)
{
	pthread_mutex_lock(&mutex);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&mutex);
}

/* A child inherits no timer, and has one thread. */
static void in_child(void)
{
	pthread_mutex_unlock(&mutex);
	threads = NULL;
	self.armed = 0;
	process = (uint32_t)getpid();
	arm();
}

/* ---- the program's own SIGPROF -------------------------------------------------------------------------------------------------- */

static void yield_signal(void)
{
	sigset_t old;

	quiet(&old);
	ring->state = SAMPLE_RING_YIELDED;
	while (threads)
		disarm(threads);
	unquiet(&old);
}

EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction standard = {.sa_handler = SIG_DFL};
	int result;

	if (!next_sigaction)
		find_next(&next_sigaction, "sigaction");
	if (number != SIGPROF || !ring || ring->state != SAMPLE_RING_RUNNING)
		return next_sigaction(number, action, old);
	/* The program asks for what it had at its start, not for our handler. */
	if (!action) {
		if (old)
			*old = standard;
		return 0;
	}
	yield_signal();
	result = next_sigaction(number, action, old);
	if (old)
		*old = standard;
	return result;
}

EXPORT sighandler_t signal(int number, sighandler_t handler)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, number);
	return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* ---- start ------------------------------------------------------------------------------------------------------------------------ */

static bool is_executable(const char *line)
{
	const char *mode = strchr(line, ' ');

	return mode && strlen(mode) > 4 && mode[3] == 'x' && strchr(mode, '/');
}

/* Executable files as they are mapped now; read without stdio, which would leave a buffer in the program's heap. */
static void copy_maps(void)
{
	char text[4096];
	size_t have = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (got = read(fd, text + have, sizeof text - 1 - have)) > 0) {
		char *line = text, *end;

		have += (size_t)got;
		text[have] = 0;
		while ((end = strchr(line, '\n'))) {
			size_t size = (size_t)(end + 1 - line);

			*end = 0;
			if (is_executable(line) && ring->maps_size + size <= SAMPLE_RING_MAPS) {
				*end = '\n';
				memcpy(ring->maps + ring->maps_size, line, size);
				ring->maps_size += (uint32_t)size;
			}
			line = end + 1;
		}
		have -= (size_t)(line - text);
		memmove(text, line, have);
		if (have == sizeof text - 1)
			have = 0; /* no line of the kernel's is as long */
	}
	if (fd >= 0)
		close(fd);
}

static struct sample_ring *map_ring(const char *path)
{
	struct sample_ring *found = MAP_FAILED;
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && (uint64_t)st.st_size >= sizeof *found)
		found = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (found == MAP_FAILED)
		return NULL;
	if (found->magic == SAMPLE_RING_MAGIC && found->slot_count > 0 && found->slot_count <= SAMPLE_RING_SLOTS &&
	    sizeof *found + found->slot_count * sizeof(struct sample_slot) <= (uint64_t)st.st_size)
		return found;
	munmap(found, (size_t)st.st_size);
	return NULL;
}

/* We are the first in the list. */
static void leave_environment(void)
{
	char *list = getenv("LD_PRELOAD");
	char *rest = list ? strchr(list, ':') : NULL;

	unsetenv(SAMPLE_RING_VARIABLE);
	if (rest)
		setenv("LD_PRELOAD", rest + 1, 1);
	else
		unsetenv("LD_PRELOAD");
}

static bool take_signal(void)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK}, old;

	sigfillset(&action.sa_mask);
	if (next_sigaction(SIGPROF, NULL, &old) != 0 || old.sa_handler != SIG_DFL)
		return false; /* ignored for good, by whoever started the program */
	return next_sigaction(SIGPROF, &action, NULL) == 0;
}

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv(SAMPLE_RING_VARIABLE);
	struct sample_ring *found;

	if (!path)
		return;
	found = map_ring(path);
	leave_environment();
	find_next(&next_sigaction, "sigaction");
	if (!found || found->state != SAMPLE_RING_NEW || pthread_key_create(&key, on_thread_end) != 0)
		return;
	process = found->pid = (uint32_t)getpid();
	ring = found;
	copy_maps();
	if (!take_signal()) {
		ring->state = SAMPLE_RING_YIELDED;
		return;
	}
	arm();
	if (self.armed) {
		pthread_atfork(before_fork, in_parent, in_child);
		ring->state = SAMPLE_RING_RUNNING;
	}
}
