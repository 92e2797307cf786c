/*
 * rprof_thread.c - the counters of each thread.
 *
 * A thread has one place (a chunk of the file, mapped) for each program that it runs code of. Only that thread writes to it, so the hot
 * path needs no atomic operation. When the thread ends, its place keeps the sums and is handed to the next new thread: the file
 * grows with the threads that live at once, not with all that ever were.
 *
 * One lock guards everything here. All signals are blocked while it is held, so that a handler that is instrumented may call
 * rprof_thread() too; nothing is taken from malloc, for the same reason and because the program may count its allocations.
 */
#include "rprof_internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHORT_SPAN_NS 500 /* two clock readings are then some tenth of the span */

/* What the holder of the lock gives back with it. */
struct quiet {
	sigset_t signals;
	int cancel;
	int error;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct quiet held;
static pthread_key_t key; /* the calling thread's first place */
static bool have_key;
static bool started;
struct rprof_registry rprof_registry;

_Static_assert(sizeof(struct rprof_raw_thread) == 64, "counters follow at 64 bytes");
_Static_assert(sizeof(struct rprof_time) == 32, "times are an array of 32 bytes each");

void rprof_lock(void)
{
	struct quiet quiet = {.error = errno};
	sigset_t all;
	sigfillset(&all);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &quiet.cancel);
	pthread_sigmask(SIG_BLOCK, &all, &quiet.signals);
	pthread_mutex_lock(&mutex);
	held = quiet;
}

void rprof_unlock(void)
{
	struct quiet quiet = held;
	pthread_mutex_unlock(&mutex);
	pthread_sigmask(SIG_SETMASK, &quiet.signals, NULL);
	pthread_setcancelstate(quiet.cancel, NULL);
	errno = quiet.error;
}

/* Records live as long as the process. NULL when there is no memory. */
static void *new_record(size_t size)
{
	static _Alignas(16) uint8_t first[1024]; /* enough for most programs: one mapping less at start */
	static uint8_t *at = first, *end = first + sizeof(first);
	if ((size_t)(end - at) < size) {
		const size_t arena = 16384;
		void *fresh = mmap(NULL, arena, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (fresh == MAP_FAILED)
			return NULL;
		at = fresh;
		end = at + arena;
	}
	void *record = at;
	at += (size + 15) / 16 * 16;
	return record;
}

static uint64_t times_offset(const struct rprof_program *program)
{
	return (sizeof(struct rprof_raw_thread) + (uint64_t)program->slots * sizeof(uint64_t) + 63) / 64 * 64;
}

static uint64_t times_end(const struct rprof_program *program)
{
	return times_offset(program) + (uint64_t)program->functions * sizeof(struct rprof_time);
}

static uint64_t payload_size(const struct rprof_program *program)
{
	return times_end(program) + rprof_heap_size(times_end(program), program);
}

static void on_exit_handlers(void)
{
	rprof_lock();
	rprof_file_mark_exit();
	rprof_unlock();
}

/* A span that is still open when its thread ends (pthread_exit, a leaked frame) ends here. */
static void close_spans(struct rprof_raw_thread *thread)
{
	struct rprof_time *times = rprof_times(thread);
	uint64_t now = rprof_ticks() - thread->clock_cost;
	if (thread->current < thread->functions && now > thread->last)
		times[thread->current].self += now - thread->last;
	thread->current = RPROF_NO_FUNCTION;
	for (uint32_t f = 0; f < thread->functions; f++) {
		if (times[f].start <= RPROF_OFF)
			continue;
		times[f].total += now > times[f].start ? now - times[f].start : 0;
		times[f].spans++;
		times[f].start = RPROF_IDLE;
	}
}

static void release(struct rprof_place *place)
{
	struct rprof_raw_thread *thread = rprof_place_thread(place);
	close_spans(thread);
	rprof_heap_end(thread);
	thread->alive = 0;
	*place->home = NULL;
	place->home = NULL;
	place->next_owned = NULL;
	place->next_free = place->known->free;
	place->known->free = place;
}

/*
 * Destructors of other keys may still run instrumented code after this one. They find *home empty and take a place again, which sets the
 * key again, so this runs again in the next round; only what comes after the last round keeps its place for ever.
 */
static void on_thread_end(void *first)
{
	struct rprof_place *place = first;
	rprof_lock();
	rprof_turn_end();
	while (place != NULL) {
		struct rprof_place *next = place->next_owned;
		release(place);
		place = next;
	}
	rprof_file_mark();
	rprof_unlock();
}

static struct rprof_known *find_program(const struct rprof_program *program)
{
	struct rprof_known *known = rprof_registry.programs;
	while (known != NULL && known->program != program)
		known = known->next;
	if (known != NULL || (known = new_record(sizeof(*known))) == NULL)
		return known;
	known->program = program;
	known->index = RPROF_NO_TABLE;
	*rprof_registry.last_program = known;
	rprof_registry.last_program = &known->next;
	return known;
}

static bool add_table(struct rprof_known *known)
{
	if (known->index != RPROF_NO_TABLE)
		return true;
	if (known->program->abi != RPROF_ABI || !rprof_file_add_table(rprof_registry.tables, known->program))
		return false;
	known->index = rprof_registry.tables++;
	return true;
}

/* The linker's list of all programs of the process; there is none where the only one is part of the crate that it counts. */
extern const struct rprof_program *const __start_rprof_programs[] __attribute__((weak));
extern const struct rprof_program *const __stop_rprof_programs[] __attribute__((weak));

/* All tables in the order of the list, whichever program is called first or never: so all runs tell of the same functions. */
void rprof_list_programs(void)
{
	for (const struct rprof_program *const *listed = __start_rprof_programs; listed < __stop_rprof_programs; listed++) {
		struct rprof_known *known = *listed != NULL ? find_program(*listed) : NULL;
		if (known != NULL)
			add_table(known);
	}
}

static void start(const struct rprof_program *program)
{
	started = true;
	rprof_registry.last_program = &rprof_registry.programs;
	have_key = pthread_key_create(&key, on_thread_end) == 0;
	if (!rprof_file_start(false, program->table_size, payload_size(program)))
		return;
	atexit(on_exit_handlers);
	rprof_fork_start();
	rprof_list_programs();
}

static void fill_thread(struct rprof_raw_thread *thread, const struct rprof_program *program)
{
	thread->slots = program->slots;
	thread->functions = program->functions;
	thread->times_offset = times_offset(program);
	thread->current = RPROF_NO_FUNCTION;
	if (program->memory)
		rprof_heap_fill(thread, times_end(program), program);
}

struct rprof_raw_chunk *rprof_new_chunk(struct rprof_known *known)
{
	const struct rprof_program *program = known->program;
	if (!rprof_file_recording() || program->abi != RPROF_ABI)
		return NULL;
	if (!add_table(known))
		return NULL;
	struct rprof_raw_chunk *chunk = rprof_file_map_thread(known->index, payload_size(program));
	if (chunk == NULL)
		return NULL;
	fill_thread((struct rprof_raw_thread *)(chunk + 1), program);
	rprof_file_publish(chunk->length);
	return chunk;
}

/* The same in memory that is not recorded. */
static struct rprof_raw_chunk *anonymous_chunk(const struct rprof_program *program, uint64_t length)
{
	struct rprof_raw_chunk *chunk = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (chunk == MAP_FAILED)
		return NULL;
	fill_thread((struct rprof_raw_thread *)(chunk + 1), program);
	return chunk;
}

static struct rprof_place *new_place(struct rprof_known *known)
{
	struct rprof_place *place = rprof_registry.unused;
	if (place != NULL)
		rprof_registry.unused = place->next;
	else if ((place = new_record(sizeof(*place))) == NULL)
		return NULL;
	memset(place, 0, sizeof(*place));
	place->known = known;
	place->length = rprof_file_chunk_length(payload_size(known->program));
	place->chunk = rprof_new_chunk(known);
	if (place->chunk == NULL) {
		place->lost = true;
		place->chunk = anonymous_chunk(known->program, place->length);
	}
	if (place->chunk == NULL) {
		place->next = rprof_registry.unused;
		rprof_registry.unused = place;
		return NULL;
	}
	place->next = rprof_registry.places;
	/* rprof_heap_moved() walks the list without the lock. */
	__atomic_store_n(&rprof_registry.places, place, __ATOMIC_SEQ_CST);
	return place;
}

static struct rprof_place *take_place(struct rprof_known *known)
{
	struct rprof_place *place = known->free;
	if (place != NULL)
		known->free = place->next_free;
	else
		place = new_place(known);
	if (place == NULL || place->lost)
		rprof_file_lost_thread();
	return place;
}

static void own(struct rprof_place *place, struct rprof_raw_thread **home)
{
	struct rprof_raw_thread *thread = rprof_place_thread(place);
	thread->tid = (uint64_t)syscall(SYS_gettid);
	thread->alive = 1;
	place->home = home;
	place->owner = pthread_self();
	place->next_owned = have_key ? pthread_getspecific(key) : NULL;
	if (have_key)
		pthread_setspecific(key, place);
	rprof_heap_begin(thread);
	*home = thread;
}

struct rprof_raw_thread *rprof_thread(const struct rprof_program *program, struct rprof_raw_thread **home)
{
	rprof_lock();
	if (!started)
		start(program);
	/* A signal handler may have come first, between the caller's look at *home and the lock. */
	if (*home == NULL) {
		struct rprof_known *known = find_program(program);
		struct rprof_place *place = known != NULL ? take_place(known) : NULL;
		if (place != NULL)
			own(place, home);
		else
			*home = program->spare;
		rprof_file_mark();
	}
	struct rprof_raw_thread *thread = *home;
	rprof_unlock();
	return thread;
}

uint64_t rprof_short_span(void)
{
	rprof_lock();
	uint64_t ticks = rprof_file_ticks_in(SHORT_SPAN_NS);
	rprof_unlock();
	return ticks > 0 ? ticks : 1;
}
