/*
 * rprof_trace_place.c - where a thread traces: one chunk of the raw file, mapped, of a size that does not depend on the run.
 *
 * As with the counters, the place of a thread that has ended is taken over by the next new one, and a forked child has a file of its own.
 */
#include "rprof_trace_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAMES 4096u

struct place {
	struct place *next;	 /* all */
	struct place *next_free; /* of ended threads of the same program */
	struct place *next_owned;
	const struct rprof_program *program;
	struct rprof_raw_chunk *chunk;
	struct rprof_trace **home; /* NULL: no thread owns it */
	pthread_t owner;
	uint64_t length;
	uint32_t functions;
};

/* What RUCHY_PROF_TRACE says: `first=1000,last=20,...`. */
static struct settings {
	uint64_t first, last, slowest, keys, depth, min_ns, clock;
} settings = {.first = 1000, .last = 20, .slowest = 20, .keys = 1024, .clock = 1};

static struct place *places, *free_places, *unused;
static pthread_key_t key;
static bool started, have_key;

_Static_assert(sizeof(struct rprof_trace_call) == 160, "calls are arrays without gaps");
_Static_assert(sizeof(struct rprof_trace_key) == 96, "keys are an array without gaps");
_Static_assert(sizeof(struct rprof_trace) % 8 == 0 && sizeof(struct rprof_trace_function) % 8 == 0, "what follows is aligned");

static void read_setting(const char *text, size_t size)
{
	static const struct {
		const char *name;
		uint64_t *value;
		uint64_t most;
	} rows[] = {
	    {"first", &settings.first, 1000000}, {"last", &settings.last, 1000000},	 {"slowest", &settings.slowest, 1000},
	    {"keys", &settings.keys, 65536},	 {"depth", &settings.depth, UINT32_MAX}, {"min-ns", &settings.min_ns, UINT64_MAX / 1000},
	    {"clock", &settings.clock, 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t name = strlen(rows[i].name);
		if (size <= name || memcmp(text, rows[i].name, name) != 0 || text[name] != '=')
			continue;
		uint64_t value = 0;
		for (const char *p = text + name + 1; p < text + size && *p >= '0' && *p <= '9' && value < UINT64_MAX / 100; p++)
			value = value * 10 + (uint64_t)(*p - '0');
		*rows[i].value = value < rows[i].most ? value : rows[i].most;
	}
}

static void read_settings(void)
{
	const char *text = secure_getenv("RUCHY_PROF_TRACE");
	while (text != NULL && *text != '\0') {
		size_t size = strcspn(text, ",");
		read_setting(text, size);
		text += size + (text[size] == ',');
	}
	if (settings.keys == 0)
		settings.keys = 1;
}

static uint64_t payload_size(uint32_t functions)
{
	uint64_t calls = (settings.clock ? FRAMES : 0) + settings.first + settings.last + settings.slowest;
	return sizeof(struct rprof_trace) + functions * (sizeof(struct rprof_trace_function) + RPROF_TRACE_SKETCH) +
	       calls * sizeof(struct rprof_trace_call) + settings.keys * sizeof(struct rprof_trace_key) +
	       (rprof_trace_table_size((uint32_t)settings.keys) + 2 * settings.keys) * sizeof(uint32_t);
}

/* The rate of a counter is only known once some time has passed. One millisecond, and only where it is asked for. */
static uint64_t min_ticks(void)
{
	if (settings.min_ns == 0)
		return 0;
	struct rprof_pair from = rprof_clock_pair(), to;
	do
		to = rprof_clock_pair();
	while (to.ns - from.ns < 1000000);
	uint64_t ticks = (uint64_t)((double)settings.min_ns * (double)(to.ticks - from.ticks) / (double)(to.ns - from.ns));
	return ticks > 0 ? ticks : 1;
}

static void fill(struct rprof_trace *trace, uint32_t functions)
{
	static uint64_t least;
	static bool known;
	if (!known)
		least = min_ticks();
	known = true;
	trace->size = sizeof(*trace);
	trace->functions = functions;
	trace->frames = settings.clock ? FRAMES : 0;
	trace->first = (uint32_t)settings.first;
	trace->last = (uint32_t)settings.last;
	trace->slowest = (uint32_t)settings.slowest;
	trace->keys = (uint32_t)settings.keys;
	trace->depth_limit = (uint32_t)settings.depth;
	trace->clock = (uint32_t)settings.clock;
	trace->min_ticks = least;
	/* What the first calls write to is there already, so that they do not take longer than the others. */
	const void *const first[] = {rprof_trace_frames(trace),	 rprof_trace_first(trace), rprof_trace_last(trace),
				     rprof_trace_slowest(trace), rprof_trace_keys(trace),  rprof_trace_sketch(trace)};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		*(volatile uint8_t *)first[i] = 0;
}

static uint32_t table_index(const struct rprof_program *program)
{
	for (const struct rprof_known *known = rprof_registry.programs; known != NULL; known = known->next)
		if (known->program == program)
			return known->index;
	return RPROF_NO_TABLE;
}

static struct rprof_trace *trace_of(const struct place *place)
{
	return (struct rprof_trace *)(place->chunk + 1);
}

static struct rprof_raw_chunk *new_chunk(const struct rprof_program *program, uint32_t functions)
{
	uint32_t index = table_index(program);
	if (!rprof_file_recording() || index == RPROF_NO_TABLE)
		return NULL;
	struct rprof_raw_chunk *chunk = rprof_file_map_chunk(RPROF_CHUNK_TRACE, index, payload_size(functions));
	if (chunk == NULL)
		return NULL;
	fill((struct rprof_trace *)(chunk + 1), functions);
	rprof_file_publish(chunk->length);
	return chunk;
}

static struct place *new_place(const struct rprof_program *program, uint32_t functions)
{
	struct place *place = unused;
	if (place != NULL)
		unused = place->next;
	else if ((place = mmap(NULL, sizeof(*place), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) == MAP_FAILED)
		return NULL;
	*place = (struct place){.program = program, .functions = functions, .chunk = new_chunk(program, functions)};
	if (place->chunk == NULL) {
		rprof_file_lost_thread();
		place->next = unused;
		unused = place;
		return NULL;
	}
	place->length = place->chunk->length;
	place->next = places;
	places = place;
	return place;
}

static struct place *take_place(const struct rprof_program *program, uint32_t functions)
{
	for (struct place **link = &free_places; *link != NULL; link = &(*link)->next_free) {
		struct place *place = *link;
		if (place->program != program)
			continue;
		*link = place->next_free;
		return place;
	}
	return new_place(program, functions);
}

static void on_thread_end(void *first)
{
	rprof_lock();
	for (struct place *place = first, *next; place != NULL; place = next) {
		next = place->next_owned;
		trace_of(place)->alive = 0;
		trace_of(place)->depth = 0; /* of calls that never ended, only the kept ones are told */
		for (uint32_t f = 0; f < place->functions; f++)
			rprof_trace_functions(trace_of(place))[f].depth = 0;
		*place->home = NULL;
		place->home = NULL;
		place->next_free = free_places;
		free_places = place;
	}
	rprof_unlock();
}

/* In the child: what is open stays open, everything else begins anew in its own file. */
static void move_to_child(struct place *place)
{
	struct rprof_trace *old = trace_of(place), *fresh;
	struct rprof_raw_chunk *chunk = new_chunk(place->program, place->functions);
	if (chunk != NULL) {
		fresh = (struct rprof_trace *)(chunk + 1);
		fresh->depth = fresh->deepest = old->depth;
		fresh->tid = (uint64_t)syscall(SYS_gettid);
		fresh->alive = 1;
		fresh->stack_top = old->stack_top;
		fresh->stack_size = old->stack_size;
		for (uint32_t f = 0; f < place->functions; f++)
			rprof_trace_functions(fresh)[f].depth = rprof_trace_functions(old)[f].depth;
		uint32_t open = old->depth < old->frames ? old->depth : old->frames;
		memcpy(rprof_trace_frames(fresh), rprof_trace_frames(old), open * sizeof(struct rprof_trace_call));
		for (uint32_t i = 0; i < open; i++) {
			rprof_trace_frames(fresh)[i].number = 0;
			rprof_trace_frames(fresh)[i].order = 0;
			rprof_trace_frames(fresh)[i].tid = (uint32_t)fresh->tid;
		}
		if (mremap(chunk, place->length, place->length, MREMAP_MAYMOVE | MREMAP_FIXED, place->chunk) != MAP_FAILED)
			return;
		munmap(chunk, place->length);
	}
	/* No space: the trace of the child goes nowhere, above all not into its parent's file. */
	rprof_file_lost_thread();
	const struct rprof_trace head = *old;
	if (mmap(place->chunk, place->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return;
	fresh = trace_of(place);
	fill(fresh, place->functions);
	fresh->depth = head.depth;
	for (uint32_t i = 0; i < head.depth && i < fresh->frames; i++)
		rprof_trace_frames(fresh)[i].start = UINT64_MAX;
}

static void in_child(void)
{
	struct place *place = places;
	rprof_lock();
	places = free_places = NULL;
	while (place != NULL) {
		struct place *next = place->next;
		if (place->home != NULL && pthread_equal(place->owner, pthread_self())) {
			move_to_child(place);
			place->next = places;
			places = place;
		} else {
			munmap(place->chunk, place->length);
			place->next = unused;
			unused = place;
		}
		place = next;
	}
	rprof_unlock();
}

/* Where the stack of this thread ends. Asks the C library, which allocates, so not under the lock. */
static void find_stack(uint64_t *top, uint64_t *size)
{
	pthread_attr_t attributes;
	void *low = NULL;
	size_t length = 0;
	*top = *size = 0;
	if (pthread_getattr_np(pthread_self(), &attributes) != 0)
		return;
	if (pthread_attr_getstack(&attributes, &low, &length) == 0) {
		*top = (uint64_t)(uintptr_t)low + length;
		*size = length;
	}
	pthread_attr_destroy(&attributes);
}

static void own(struct place *place, struct rprof_trace **home, uint64_t top, uint64_t size)
{
	struct rprof_trace *trace = trace_of(place);
	trace->tid = (uint64_t)syscall(SYS_gettid);
	trace->alive = 1;
	trace->stack_top = top;
	if (trace->stack_size == 0 || size < trace->stack_size)
		trace->stack_size = size;
	place->home = home;
	place->owner = pthread_self();
	place->next_owned = have_key ? pthread_getspecific(key) : NULL;
	if (have_key)
		pthread_setspecific(key, place);
	*home = trace;
}

struct rprof_trace *rprof_trace_thread(const struct rprof_program *program, struct rprof_raw_thread **home, uint32_t functions,
				       struct rprof_trace **trace_home)
{
	uint64_t top, size;
	int error = errno;
	rprof_thread(program, home);
	find_stack(&top, &size);
	rprof_lock();
	if (!started) {
		started = true;
		read_settings();
		have_key = pthread_key_create(&key, on_thread_end) == 0;
		pthread_atfork(NULL, NULL, in_child); /* behind the one of the file: that comes first in the child */
	}
	if (*trace_home == NULL) {
		struct place *place = take_place(program, functions);
		if (place != NULL)
			own(place, trace_home, top, size);
	}
	struct rprof_trace *trace = *trace_home;
	rprof_unlock();
	errno = error;
	return trace;
}
