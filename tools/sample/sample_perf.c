/*
 * sample_perf.c - perf_event_open(2): one inherited cpu-clock event per CPU and run, and one ring buffer per CPU for all runs.
 *
 * One event per CPU and not one per task: an inherited event can be mapped only so, and only inherited events follow threads and children.
 * The rings belong to events that count nothing, and each run's events write into them: mapping 16 MB anew costs as much as a brief run.
 */
#include "sample_internal.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Rust's stable sort keeps 4 KiB of scratch in its frame, so 8 KiB would often end below the function that called it. */
#define STACK_BYTES   16384
#define RECORD_LIMIT  65536 /* a record's size is 16 bits */
#define RING_MIN      (64u << 10)
#define RING_MAX      (8u << 20)
#define RINGS_TOTAL   (128u << 20)
#define RING_NS	      50000000u /* a ring holds this much time of one busy CPU, so a late reader loses nothing */
#define PERIOD_MIN_NS 10000u	/* the kernel's own floor */

struct ring {
	int fd; /* the event that owns the buffer */
	int cpu;
	int event;			   /* of this run, writes into the buffer; -1 */
	struct perf_event_mmap_page *page; /* the data pages follow */
	unsigned char *data;
	size_t size;
	uint64_t side_done; /* mappings, forks and execs before this position are known */
};

struct side_record {
	uint64_t time;
	size_t offset; /* in perf->side */
};

struct sample_perf {
	int epoll;
	uint64_t period_ns;
	bool user_only;
	size_t page_size;
	struct ring *rings;
	size_t ring_count, cpu_count;
	unsigned char *record; /* a record that wraps around is put together here */
	struct strbuf side;
	struct side_record *side_list;
	size_t side_count, side_capacity;
};

static struct perf_event_attr attributes(const struct sample_perf *perf)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof attr,
	    .config = PERF_COUNT_SW_CPU_CLOCK,
	    .sample_period = perf->period_ns,
	    .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
	    .disabled = 1,
	    .enable_on_exec = 1,
	    .inherit = 1,
	    .exclude_kernel = perf->user_only,
	    .exclude_hv = 1,
	    .mmap = 1,
	    .mmap2 = 1,
	    .comm = 1,
	    .comm_exec = 1,
	    .task = 1,
	    .sample_id_all = 1,
	    .watermark = 1,   /* wake the reader when a ring is half full */
	    .use_clockid = 1, /* comparable between CPUs */
	    .clockid = CLOCK_MONOTONIC,
	    .sample_regs_user = sample_arch()->perf_mask,
	    .sample_stack_user = STACK_BYTES,
	};

	return attr;
}

static int event_open(struct perf_event_attr *attr, int pid, int cpu)
{
	return (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int paranoid(void)
{
	char text[16] = "";
	int fd = open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

	if (fd >= 0)
		close(fd);
	return got > 0 ? (int)strtol(text, NULL, 10) : -1;
}

static int refused(int error, struct err *err)
{
	if (error == ENOSYS)
		return err_set(err, "perf_event_open", NULL, "cannot sample: this kernel has no performance events");
	if (error == EACCES || error == EPERM) {
		int level = paranoid();

		if (level > 2)
			return err_set(err, "perf_event_open", "sysctl kernel.perf_event_paranoid=2 allows a user to sample own programs",
				       "cannot sample: kernel.perf_event_paranoid is %d", level);
		return err_set(err, "perf_event_open", "containers often forbid the call; allow it in the seccomp profile",
			       "cannot sample: the call is not permitted here");
	}
	return err_set(err, "perf_event_open", NULL, "cannot sample: %s", strerror(error));
}

/* Kernel time belongs to the function that called the kernel, so it is sampled where that is allowed. */
static int probe(struct sample_perf *perf, struct err *err)
{
	for (int user_only = 0; user_only <= 1; user_only++) {
		struct perf_event_attr attr;
		int fd;

		perf->user_only = user_only;
		attr = attributes(perf);
		fd = event_open(&attr, 0, -1);
		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (errno != EACCES && errno != EPERM)
			break;
	}
	return refused(errno, err);
}

struct sample_perf *sample_perf_new(uint64_t period_ns, struct err *err)
{
	struct sample_perf *perf;
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (!sample_arch()) {
		err_set(err, NULL, NULL, "cannot sample: stacks of this CPU are not understood");
		return NULL;
	}
	perf = xcalloc(1, sizeof *perf);
	perf->period_ns = period_ns < PERIOD_MIN_NS ? PERIOD_MIN_NS : period_ns;
	perf->page_size = (size_t)sysconf(_SC_PAGESIZE);
	perf->cpu_count = cpus > 0 ? (size_t)cpus : 1;
	perf->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (perf->epoll < 0) {
		err_set(err, "epoll_create", NULL, "cannot sample: %s", strerror(errno));
		sample_perf_free(perf);
		return NULL;
	}
	if (probe(perf, err) != 0) {
		sample_perf_free(perf);
		return NULL;
	}
	perf->record = xmalloc(RECORD_LIMIT);
	return perf;
}

static void detach(struct sample_perf *perf)
{
	for (size_t i = 0; i < perf->ring_count; i++) {
		if (perf->rings[i].event >= 0)
			close(perf->rings[i].event);
		perf->rings[i].event = -1;
	}
}

static void close_rings(struct sample_perf *perf)
{
	detach(perf);
	for (size_t i = 0; i < perf->ring_count; i++) {
		/* closing alone would leave it in the set as long as a child between fork and exec has a copy */
		epoll_ctl(perf->epoll, EPOLL_CTL_DEL, perf->rings[i].fd, NULL);
		munmap(perf->rings[i].page, perf->rings[i].size + perf->page_size);
		close(perf->rings[i].fd);
	}
	free(perf->rings);
	perf->rings = NULL;
	perf->ring_count = 0;
}

static size_t ring_size(const struct sample_perf *perf)
{
	uint64_t samples = RING_NS / perf->period_ns + 1;
	size_t size = RING_MIN, limit = RINGS_TOTAL / perf->cpu_count;

	while (size < samples * (STACK_BYTES + 512) && size < RING_MAX && size * 2 <= limit)
		size *= 2;
	return size;
}

/* Counts nothing; the kernel wants its clock to be that of the events which write into its buffer. */
static int open_owner(const struct sample_perf *perf, int cpu)
{
	struct perf_event_attr attr = attributes(perf);

	attr.config = PERF_COUNT_SW_DUMMY;
	attr.inherit = attr.enable_on_exec = 0;
	attr.mmap = attr.mmap2 = attr.comm = attr.comm_exec = attr.task = 0;
	return event_open(&attr, 0, cpu);
}

/* -1 with errno, 1 when this CPU is offline. */
static int open_ring(struct sample_perf *perf, int cpu, size_t size)
{
	struct ring *ring = &perf->rings[perf->ring_count];
	struct epoll_event event = {.events = EPOLLIN};
	int error;

	*ring = (struct ring){.fd = open_owner(perf, cpu), .cpu = cpu, .event = -1, .size = size};
	if (ring->fd < 0)
		return errno == ENODEV ? 1 : -1;
	event.data.fd = ring->fd;
	ring->page = mmap(NULL, size + perf->page_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->page == MAP_FAILED) {
		error = errno == EPERM ? ENOMEM : errno; /* EPERM: more locked memory than allowed */
	} else if (epoll_ctl(perf->epoll, EPOLL_CTL_ADD, ring->fd, &event) != 0) {
		error = errno;
		munmap(ring->page, size + perf->page_size);
	} else {
		ring->data = (unsigned char *)ring->page + perf->page_size;
		perf->ring_count++;
		return 0;
	}
	close(ring->fd);
	errno = error;
	return -1;
}

static int try_rings(struct sample_perf *perf, size_t size)
{
	perf->rings = xcalloc(perf->cpu_count, sizeof *perf->rings);
	for (size_t cpu = 0; cpu < perf->cpu_count; cpu++) {
		if (open_ring(perf, (int)cpu, size) < 0) {
			int error = errno;

			close_rings(perf);
			errno = error;
			return -1;
		}
	}
	return 0;
}

/* Locked memory is counted over all rings, so when it is short, all of them become smaller. */
static int open_rings(struct sample_perf *perf)
{
	for (size_t size = ring_size(perf);; size /= 2) {
		int result = try_rings(perf, size);

		if (result == 0 || errno != ENOMEM || size / 2 < RING_MIN)
			return result;
	}
}

/* What an earlier run left in the ring is not of this one. */
static int open_event(struct sample_perf *perf, struct ring *ring, int pid)
{
	struct perf_event_attr attr = attributes(perf);
	uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);

	__atomic_store_n(&ring->page->data_tail, head, __ATOMIC_RELEASE);
	ring->side_done = head;
	ring->event = event_open(&attr, pid, ring->cpu);
	return ring->event < 0 ? -1 : ioctl(ring->event, PERF_EVENT_IOC_SET_OUTPUT, ring->fd);
}

/* All CPUs or none: half of them would give wrong shares. */
int sample_perf_attach(struct sample_perf *perf, int pid)
{
	detach(perf);
	if (perf->ring_count == 0 && open_rings(perf) != 0)
		return -1;
	for (size_t i = 0; i < perf->ring_count; i++) {
		if (open_event(perf, &perf->rings[i], pid) != 0) {
			int error = errno;

			detach(perf);
			errno = error;
			return -1;
		}
	}
	return 0;
}

/* ---- reading ---- */

static uint64_t load64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

static uint32_t load32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

static struct perf_event_header header_of(const unsigned char *record)
{
	struct perf_event_header header;

	memcpy(&header, record, sizeof header);
	return header;
}

static uint64_t head_of(const struct ring *ring)
{
	return __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

/* The record at `at`, in one piece, valid until the next call; its size is in the header. NULL when it makes no sense. */
static const unsigned char *record_at(struct sample_perf *perf, const struct ring *ring, uint64_t at, uint64_t head)
{
	size_t begin = (size_t)(at & (ring->size - 1)), first = ring->size - begin, size;

	if (head - at < sizeof(struct perf_event_header) || first < sizeof(struct perf_event_header))
		return NULL;
	size = header_of(ring->data + begin).size;
	if (size < sizeof(struct perf_event_header) || size > head - at || size > ring->size)
		return NULL;
	if (size <= first)
		return ring->data + begin;
	memcpy(perf->record, ring->data + begin, first);
	memcpy(perf->record + first, ring->data, size - first);
	return perf->record;
}

static bool is_side(uint32_t type)
{
	return type == PERF_RECORD_MMAP2 || type == PERF_RECORD_FORK || type == PERF_RECORD_COMM;
}

static void keep_side(struct sample_perf *perf, const unsigned char *record, size_t size)
{
	if (size < sizeof(struct perf_event_header) + 16)
		return;
	if (perf->side_count == perf->side_capacity) {
		perf->side_capacity = perf->side_capacity ? perf->side_capacity * 2 : 64;
		perf->side_list = xrealloc(perf->side_list, perf->side_capacity, sizeof *perf->side_list);
	}
	/* with sample_id_all, each of these records ends in pid, tid, time */
	perf->side_list[perf->side_count++] = (struct side_record){.time = load64(record + size - 8), .offset = perf->side.size};
	strbuf_add(&perf->side, record, size);
}

static int by_time(const void *a, const void *b)
{
	const struct side_record *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* header; pid, tid; addr, len, pgoff; maj, min; ino, ino_generation; prot, flags; filename; sample id */
static void deliver_map(const unsigned char *record, size_t size, const struct sample_handler *handler)
{
	const size_t fixed = 72, id = 16;
	const unsigned char *name = record + fixed;

	if (size <= fixed + id || !memchr(name, 0, size - fixed - id))
		return;
	handler->map(handler->context, load32(record + 8), load64(record + 16), load64(record + 24), load64(record + 32),
		     load64(record + 48), (const char *)name);
}

static void deliver_side(const unsigned char *record, const struct sample_handler *handler)
{
	struct perf_event_header header = header_of(record);

	if (header.type == PERF_RECORD_MMAP2)
		deliver_map(record, header.size, handler);
	else if (header.type == PERF_RECORD_FORK)
		handler->fork(handler->context, load32(record + 8), load32(record + 12));
	else if (header.misc & PERF_RECORD_MISC_COMM_EXEC)
		handler->exec(handler->context, load32(record + 8));
}

/* Mappings, forks and execs of all CPUs, in the order of time. */
static void drain_side(struct sample_perf *perf, const struct sample_handler *handler)
{
	perf->side_count = perf->side.size = 0;
	for (size_t i = 0; i < perf->ring_count; i++) {
		struct ring *ring = &perf->rings[i];
		uint64_t head = head_of(ring);
		const unsigned char *record;

		while (ring->side_done < head && (record = record_at(perf, ring, ring->side_done, head))) {
			struct perf_event_header header = header_of(record);

			if (is_side(header.type))
				keep_side(perf, record, header.size);
			ring->side_done += header.size;
		}
	}
	if (perf->side_count)
		qsort(perf->side_list, perf->side_count, sizeof *perf->side_list, by_time);
	for (size_t i = 0; i < perf->side_count; i++)
		deliver_side((const unsigned char *)perf->side.data + perf->side_list[i].offset, handler);
}

/* header; pid, tid; time; abi; registers if abi; stack size; stack; size that is real, if any was copied */
static void deliver_sample(const unsigned char *record, size_t size, const struct sample_handler *handler)
{
	const struct sample_arch *arch = sample_arch();
	struct sample_stack stack;
	size_t at = 24, registers = (size_t)arch->perf_count * 8;
	uint64_t dump, real;

	if (size < at + 8)
		return;
	if (load64(record + at) != PERF_SAMPLE_REGS_ABI_64 || size < at + 16 + registers) {
		handler->sample(handler->context, load32(record + 8), load32(record + 12), NULL);
		return;
	}
	at += 8;
	for (size_t i = 0; i < arch->dwarf_count; i++)
		stack.regs[i] = load64(record + at + 8 * (size_t)arch->position[i]);
	stack.pc = load64(record + at + 8 * (size_t)arch->pc);
	at += registers;
	dump = load64(record + at);
	at += 8;
	stack.bytes = record + at;
	stack.size = 0;
	if (dump && dump <= size - at && size - at - dump >= 8) {
		real = load64(record + at + dump);
		stack.size = (size_t)(real < dump ? real : dump);
	}
	handler->sample(handler->context, load32(record + 8), load32(record + 12), &stack);
}

static void drain_samples(struct sample_perf *perf, struct ring *ring, uint64_t head, const struct sample_handler *handler)
{
	uint64_t at = ring->page->data_tail;
	const unsigned char *record;

	while (at < head && (record = record_at(perf, ring, at, head))) {
		struct perf_event_header header = header_of(record);

		if (header.type == PERF_RECORD_SAMPLE)
			deliver_sample(record, header.size, handler);
		else if (header.type == PERF_RECORD_LOST && header.size >= 24)
			handler->lost(handler->context, load64(record + 16));
		else if (header.type == PERF_RECORD_THROTTLE)
			handler->throttled(handler->context);
		at += header.size;
	}
	__atomic_store_n(&ring->page->data_tail, head, __ATOMIC_RELEASE);
}

/*
 * Whatever a sample depends on (the mapping of its code, on whichever CPU that happened) was written before it. So the heads for the
 * samples are read first, and everything up to the later heads is applied before them.
 */
void sample_perf_drain(struct sample_perf *perf, const struct sample_handler *handler)
{
	uint64_t *heads;

	if (perf->ring_count == 0)
		return;
	heads = xcalloc(perf->ring_count, sizeof *heads);
	for (size_t i = 0; i < perf->ring_count; i++)
		heads[i] = head_of(&perf->rings[i]);
	drain_side(perf, handler);
	for (size_t i = 0; i < perf->ring_count; i++)
		drain_samples(perf, &perf->rings[i], heads[i], handler);
	free(heads);
}

int sample_perf_fd(const struct sample_perf *perf)
{
	return perf->epoll;
}

const char *sample_perf_method(const struct sample_perf *perf)
{
	return perf->user_only ? "perf_event cpu-clock:u" : "perf_event cpu-clock";
}

void sample_perf_free(struct sample_perf *perf)
{
	if (!perf)
		return;
	close_rings(perf);
	if (perf->epoll >= 0)
		close(perf->epoll);
	strbuf_free(&perf->side);
	free(perf->side_list);
	free(perf->record);
	free(perf);
}
