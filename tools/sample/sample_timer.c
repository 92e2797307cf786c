/*
 * sample_timer.c - samples from a CPU-time timer in each thread of the program (tools/sample/preload), where perf_event_open(2) is refused.
 *
 * The program gets the library by LD_PRELOAD and the shared memory by a path into our /proc/PID/fd, so nothing is left on a disk and no
 * path needs a spelling that LD_PRELOAD has none for (a blank, a colon).
 */
#include "fs.h"
#include "sample_internal.h"
#include "sample_ring.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define LIBRARY	 "librprof-sampler.so"
#define DRAIN_NS 20000000 /* how often we look; the ring holds several times as much */
#define ROOM_NS	 100000000

_Static_assert(SAMPLE_RING_REGS == SAMPLE_REGS, "registers are copied as they are");

struct sample_timer {
	int library, memory, clock;
	struct sample_ring *ring;
	size_t size;
	uint32_t slot_count;
	uint64_t interval_ns, period_ns;
	uint64_t lost;	       /* told to the handler */
	uint32_t children[64]; /* of the present run: processes whose maps are known */
	size_t child_count;
	bool mapped; /* the maps of the present run are delivered */
	struct sample_slot *slot;
	char *variables[3];
};

/* The kernel looks at CPU-time timers once in a tick of its clock. */
static uint64_t tick_ns(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_sec != 0)
		return 10000000;
	return (uint64_t)tick.tv_nsec;
}

/* A static program loads no libraries. */
static bool is_dynamic(const char *program)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);
	Elf *elf;
	size_t count = 0;
	bool found = false;

	if (fd < 0)
		return false;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_getphdrnum(elf, &count) == 0) {
		for (size_t i = 0; i < count && !found; i++) {
			GElf_Phdr header;

			found = gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_INTERP;
		}
	}
	elf_end(elf);
	close(fd);
	return found;
}

static int open_library(struct err *err)
{
	char *path = fs_beside("../lib/" LIBRARY);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		err_set(err, path ? path : LIBRARY, "install it beside the command: `make install`", "cannot sample with a timer: %s",
			strerror(errno));
	free(path);
	return fd;
}

static uint32_t slots_for(uint64_t interval_ns)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t slots = 64 + (uint64_t)(cpus > 0 ? cpus : 1) * (ROOM_NS / interval_ns);

	return (uint32_t)(slots < SAMPLE_RING_SLOTS ? slots : SAMPLE_RING_SLOTS);
}

static int make_ring(struct sample_timer *timer, struct err *err)
{
	timer->slot_count = slots_for(timer->interval_ns);
	timer->size = sizeof *timer->ring + timer->slot_count * sizeof(struct sample_slot);
	timer->memory = memfd_create("samples", MFD_CLOEXEC);
	if (timer->memory >= 0 && ftruncate(timer->memory, (off_t)timer->size) == 0)
		timer->ring = mmap(NULL, timer->size, PROT_READ | PROT_WRITE, MAP_SHARED, timer->memory, 0);
	if (!timer->ring || timer->ring == MAP_FAILED) {
		timer->ring = NULL;
		return err_set(err, NULL, NULL, "cannot sample with a timer: no shared memory: %s", strerror(errno));
	}
	timer->clock = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer->clock < 0)
		return err_set(err, NULL, NULL, "cannot sample with a timer: %s", strerror(errno));
	return 0;
}

struct sample_timer *sample_timer_new(const char *program, uint64_t period_ns, struct err *err)
{
	struct sample_timer *timer;
	uint64_t tick = tick_ns();
	const char *preloaded = getenv("LD_PRELOAD");

	if (!sample_arch()) {
		err_set(err, NULL, NULL, "cannot sample: stacks of this CPU are not understood");
		return NULL;
	}
	if (!is_dynamic(program)) {
		err_set(err, program, NULL, "cannot sample a static program with a timer: it loads no libraries");
		return NULL;
	}
	timer = xcalloc(1, sizeof *timer);
	timer->memory = timer->clock = -1;
	/* Shorter than a tick, so that a thread that ran for most of one is seen at its end and not a tick later. */
	timer->interval_ns = period_ns > tick ? period_ns : tick / 4 * 3;
	timer->period_ns = period_ns > tick ? period_ns : tick;
	timer->slot = xmalloc(sizeof *timer->slot);
	timer->library = open_library(err);
	if (timer->library < 0 || make_ring(timer, err) != 0) {
		sample_timer_free(timer);
		return NULL;
	}
	timer->variables[0] = xasprintf("LD_PRELOAD=/proc/%ld/fd/%d%s%s", (long)getpid(), timer->library,
					preloaded && *preloaded ? ":" : "", preloaded ? preloaded : "");
	timer->variables[1] = xasprintf("%s=/proc/%ld/fd/%d", SAMPLE_RING_VARIABLE, (long)getpid(), timer->memory);
	return timer;
}

char *const *sample_timer_variables(const struct sample_timer *timer)
{
	return timer->variables;
}

uint64_t sample_timer_period(const struct sample_timer *timer)
{
	return timer->period_ns;
}

int sample_timer_fd(const struct sample_timer *timer)
{
	return timer->clock;
}

/* A new run: what a killed one left half written goes with it. */
int sample_timer_attach(struct sample_timer *timer)
{
	const struct itimerspec often = {.it_interval.tv_nsec = DRAIN_NS, .it_value.tv_nsec = DRAIN_NS};

	for (uint32_t i = 0; i < timer->slot_count; i++)
		timer->ring->slots[i].state = SAMPLE_SLOT_FREE;
	memset(timer->ring, 0, offsetof(struct sample_ring, maps));
	timer->ring->magic = SAMPLE_RING_MAGIC;
	timer->ring->period_ns = timer->interval_ns;
	timer->ring->slot_count = timer->slot_count;
	timer->mapped = false;
	timer->child_count = 0;
	timer->lost = 0;
	return timerfd_settime(timer->clock, 0, &often, NULL);
}

/* ---- reading: the program may have written anything ------------------------------------------------------------------------ */

/* Lines as in /proc/PID/maps: START-END MODE OFFSET MAJOR:MINOR INODE PATH */
static void deliver_maps(struct sample_timer *timer, const struct sample_handler *handler)
{
	uint32_t size = timer->ring->maps_size;
	uint32_t pid = timer->ring->pid;
	char *text, *rest;

	timer->mapped = true;
	if (size > SAMPLE_RING_MAPS)
		return;
	text = xmalloc((size_t)size + 1);
	memcpy(text, timer->ring->maps, size);
	text[size] = 0;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		uint64_t start, end, offset, inode;
		int path = 0;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*4s %" SCNx64 " %*x:%*x %" SCNu64 " %n", &start, &end, &offset, &inode, &path) ==
			4 &&
		    path > 0 && line[path] == '/' && end > start)
			handler->map(handler->context, pid, start, end - start, offset, inode, line + path);
	}
	free(text);
}

/* A child that the program forked has the maps of the program. */
static void know_child(struct sample_timer *timer, uint32_t pid, const struct sample_handler *handler)
{
	const size_t limit = sizeof timer->children / sizeof timer->children[0];

	for (size_t i = 0; i < timer->child_count; i++) {
		if (timer->children[i] == pid)
			return;
	}
	if (timer->child_count == limit) /* told again, which does no harm */
		timer->child_count = 0;
	timer->children[timer->child_count++] = pid;
	handler->fork(handler->context, pid, timer->ring->pid);
}

static void deliver(struct sample_timer *timer, const struct sample_handler *handler)
{
	const struct sample_slot *slot = timer->slot;
	struct sample_stack stack = {.pc = slot->pc, .bytes = slot->stack, .size = slot->stack_size};

	if (slot->stack_size > SAMPLE_RING_STACK)
		return;
	if (slot->pid != timer->ring->pid)
		know_child(timer, slot->pid, handler);
	memcpy(stack.regs, slot->regs, sizeof stack.regs);
	handler->sample(handler->context, slot->pid, slot->tid, &stack);
}

void sample_timer_drain(struct sample_timer *timer, const struct sample_handler *handler)
{
	uint64_t ticks, lost;
	ssize_t got = read(timer->clock, &ticks, sizeof ticks);

	(void)got; /* not due: the last look, after the program's end */
	if (timer->ring->state == SAMPLE_RING_NEW)
		return;
	if (!timer->mapped)
		deliver_maps(timer, handler);
	for (uint32_t i = 0; i < timer->slot_count; i++) {
		struct sample_slot *slot = &timer->ring->slots[i];

		if (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != SAMPLE_SLOT_FULL)
			continue;
		memcpy(timer->slot, slot, sizeof *slot);
		__atomic_store_n(&slot->state, SAMPLE_SLOT_FREE, __ATOMIC_RELEASE);
		deliver(timer, handler);
	}
	lost = __atomic_load_n(&timer->ring->lost, __ATOMIC_RELAXED);
	if (lost > timer->lost)
		handler->lost(handler->context, lost - timer->lost);
	timer->lost = lost;
}

const char *sample_timer_problem(const struct sample_timer *timer)
{
	const struct sample_ring *ring = timer->ring;

	if (ring->state == SAMPLE_RING_YIELDED)
		return "the program uses SIGPROF itself, which the timer leaves to it";
	if (ring->state == SAMPLE_RING_NEW)
		return ring->error ? strerror((int)ring->error) : "the program did not load the sampling library";
	return ring->untimed ? "some threads got no timer" : NULL;
}

void sample_timer_free(struct sample_timer *timer)
{
	if (!timer)
		return;
	if (timer->ring)
		munmap(timer->ring, timer->size);
	if (timer->library >= 0)
		close(timer->library);
	if (timer->memory >= 0)
		close(timer->memory);
	if (timer->clock >= 0)
		close(timer->clock);
	free(timer->variables[0]);
	free(timer->variables[1]);
	free(timer->slot);
	free(timer);
}
