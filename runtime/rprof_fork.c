/*
 * rprof_fork.c - a forked child counts into its own file, from zero.
 *
 * The child inherits shared mappings of its parent's file, and code in the middle of a function holds a pointer into them. So each is
 * replaced at its address. The child has one thread: the places of all others are given back.
 */
#include "rprof_internal.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What runs in the parent runs in the child too, from now on; clocks that are off stay off. */
static void carry_over(struct rprof_raw_thread *from, struct rprof_raw_thread *to)
{
	const struct rprof_time *old = rprof_times(from);
	struct rprof_time *times = rprof_times(to);
	uint64_t now = rprof_ticks();
	for (uint32_t f = 0; f < to->functions; f++)
		times[f].start = old[f].start > RPROF_OFF ? now : old[f].start;
	to->current = from->current;
	to->last = now;
	to->tid = (uint64_t)syscall(SYS_gettid);
	to->alive = 1;
	rprof_heap_fork(to, rprof_heap_owner(from));
}

static void move_to_child(struct rprof_place *place)
{
	struct rprof_raw_chunk *chunk = rprof_new_chunk(place->known);
	if (chunk != NULL) {
		carry_over(rprof_place_thread(place), (struct rprof_raw_thread *)(chunk + 1));
		if (mremap(chunk, place->length, place->length, MREMAP_MAYMOVE | MREMAP_FIXED, place->chunk) != MAP_FAILED) {
			place->lost = false;
			return;
		}
		munmap(chunk, place->length);
	}
	/* No file, or no space in it: counts go nowhere, above all not into the parent's file. */
	rprof_file_lost_thread();
	place->lost = true;
	const struct rprof_raw_thread old = *rprof_place_thread(place);
	uint32_t owner = rprof_heap_owner(rprof_place_thread(place));
	if (mmap(place->chunk, place->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return;
	struct rprof_raw_thread *thread = rprof_place_thread(place);
	*thread = old;
	thread->current = RPROF_NO_FUNCTION;
	rprof_heap_fork(thread, owner);
}

static void drop(struct rprof_place *place)
{
	munmap(place->chunk, place->length);
	place->next = rprof_registry.unused;
	rprof_registry.unused = place;
}

static void in_child(void)
{
	if (rprof_file_leave())
		rprof_file_start(true, 0, 0);
	rprof_registry.tables = 0;
	rprof_registry.forks++;
	for (struct rprof_known *known = rprof_registry.programs; known != NULL; known = known->next) {
		known->index = RPROF_NO_TABLE;
		known->free = NULL;
	}
	rprof_list_programs();
	struct rprof_place *place = rprof_registry.places;
	rprof_registry.places = NULL;
	while (place != NULL) {
		struct rprof_place *next = place->next;
		if (place->home != NULL && pthread_equal(place->owner, pthread_self())) {
			move_to_child(place);
			place->next = rprof_registry.places;
			rprof_registry.places = place;
		} else {
			drop(place);
		}
		place = next;
	}
	rprof_file_mark();
	rprof_unlock();
}

/* The lock is held over the fork: the registry is whole in the child, and a handler cannot come between. */
void rprof_fork_start(void)
{
	pthread_atfork(rprof_lock, rprof_unlock, in_child);
}
