/*
 * lambda_facts.c - what a start does until its first request: three runs beside the timed ones, since counting costs time. One asks the
 * dynamic linker, one counts allocations, one stops at every system call.
 */
#include "allocations.h"
#include "fs.h"
#include "lambda.h"
#include "runtime_server.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#define LINKER_TEXT_MOST (1u << 20)
#define FAULT_PAGES	 1024
#define FAULT_TRIES	 7
#define TICK_TRIES	 1000

struct snapshot {
	struct lambda_facts *facts;
	const struct allocations *allocations;
	uint64_t count, bytes, calls, ticks, tick, ns;
};

static void at_next(void *context, int pid)
{
	struct snapshot *s = context;

	s->facts->private_bytes = proc_status_bytes(pid, "RssAnon");
	s->facts->file_bytes = proc_status_bytes(pid, "RssFile");
	if (!s->allocations || s->allocations->magic != ALLOCATIONS_MAGIC)
		return;
	s->count = s->allocations->count;
	s->bytes = s->allocations->bytes;
	s->calls = s->allocations->calls;
	s->ticks = s->allocations->ticks;
	s->tick = __rdtsc();
	s->ns = runtime_now();
}

static int run(const struct cold_options *options, char *const *env, struct snapshot *snapshot)
{
	struct cold_options cold = *options;
	struct cold_start start;
	struct err err = {0};
	int status;

	cold.traced = cold.drop_cache = cold.show_output = false;
	cold.invokes = 1;
	cold.env = env;
	cold.at_next = at_next;
	cold.context = snapshot;
	status = cold_start_run(&cold, &start, &err);
	err_free(&err);
	return status;
}

/* --- the dynamic linker -------------------------------------------------------------------------------------------------------- */

/* It writes one file a process, the name ends in the process id: a wrapper's and the program's; the largest is the program's. */
static void read_linker(const char *directory, struct lambda_facts *facts)
{
	char *pattern = xasprintf("%s/linker.*", directory);
	glob_t found = {0};

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			struct lambda_facts one = {0};
			struct err err = {0};
			size_t size;
			char *text = fs_read(found.gl_pathv[i], LINKER_TEXT_MOST, &size, &err);

			if (text && lambda_linker_parse(text, size, &one) &&
			    (facts->relocations == COLD_UNKNOWN || one.relocations > facts->relocations)) {
				facts->relocations = one.relocations;
				facts->relative_relocations = one.relative_relocations;
				facts->relocation_share = one.relocation_share;
				facts->load_share = one.load_share;
			}
			free(text);
			err_free(&err);
		}
	globfree(&found);
	free(pattern);
}

static void ask_linker(const struct cold_options *options, const char *directory, struct lambda_facts *facts)
{
	char *output = xasprintf("LD_DEBUG_OUTPUT=%s/linker", directory);
	char *env[] = {(char *)"LD_DEBUG=statistics", output, NULL};
	struct snapshot snapshot = {.facts = facts};

	if (run(options, env, &snapshot) == 0)
		read_linker(directory, facts);
	free(output);
}

/* --- allocations --------------------------------------------------------------------------------------------------------------- */

/* The least that two readings of the counter are apart: their own cost, which each allocation's time holds. */
static uint64_t tick_cost(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TICK_TRIES; i++) {
		uint64_t before = __rdtsc(), after = __rdtsc();

		least = after - before < least ? after - before : least;
	}
	return least;
}

static void evaluate(const struct snapshot *s, struct lambda_facts *facts)
{
	const struct allocations *a = s->allocations;
	uint64_t own = s->calls * tick_cost(), ticks = s->ticks > own ? s->ticks - own : 0;

	if (a->magic != ALLOCATIONS_MAGIC || s->tick <= a->start_tick) {
		facts->why_no_allocations = xstrdup("it does not use the C library's allocator through the dynamic linker");
		return;
	}
	facts->allocations = s->count;
	facts->allocated_bytes = s->bytes;
	facts->allocation_ns = (double)ticks * (double)(s->ns - a->start_ns) / (double)(s->tick - a->start_tick);
}

static void count_allocations(const struct cold_options *options, const char *directory, struct lambda_facts *facts)
{
	char *path = xasprintf("%s/allocations", directory), *library = fs_beside("../lib/librprof-allocations.so");
	char *preload = xasprintf("LD_PRELOAD=%s", library ? library : ""), *file = xasprintf("RUCHY_PROF_ALLOCATIONS=%s", path);
	char *env[] = {preload, file, NULL};
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct allocations *shared = MAP_FAILED;
	struct snapshot snapshot = {.facts = facts};

	if (fd >= 0 && ftruncate(fd, sizeof *shared) == 0)
		shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	snapshot.allocations = shared;
	if (!library || access(library, R_OK) != 0 || shared == MAP_FAILED)
		facts->why_no_allocations = xstrdup("the library that counts is not there");
	else if (run(options, env, &snapshot) != 0)
		facts->why_no_allocations = xstrdup("the program fails when they are counted");
	else
		evaluate(&snapshot, facts);
	if (shared != MAP_FAILED)
		munmap(shared, sizeof *shared);
	if (fd >= 0)
		close(fd);
	free(path);
	free(library);
	free(preload);
	free(file);
}

/* --- what a page fault costs ---------------------------------------------------------------------------------------------------- */

static double touch(char *map, size_t page)
{
	uint64_t before, after;
	volatile char sum = 0;

	before = runtime_now();
	for (size_t i = 0; i < FAULT_PAGES; i++)
		sum = (char)(sum + map[i * page]);
	after = runtime_now();
	return (double)(after - before) / FAULT_PAGES;
}

static double fault_once(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = FAULT_PAGES * page;
	int fd = memfd_create("pages", MFD_CLOEXEC);
	double memory = 0, file = 0;

	if (fd < 0)
		return -1;
	/* Written, as the program's own pages are; a file's pages are only mapped. Huge pages would make one fault of 512. */
	char *own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (own != MAP_FAILED) {
		uint64_t before = (madvise(own, size, MADV_NOHUGEPAGE), runtime_now());

		for (size_t i = 0; i < FAULT_PAGES; i++)
			((volatile char *)own)[i * page] = 1;
		memory = (double)(runtime_now() - before) / FAULT_PAGES;
		munmap(own, size);
	}
	char *cached = ftruncate(fd, (off_t)size) == 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (cached != MAP_FAILED) {
		memset(cached, 1, size); /* now the file has its pages */
		munmap(cached, size);
		cached = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (cached != MAP_FAILED) {
		madvise(cached, size, MADV_RANDOM); /* one page a fault */
		file = touch(cached, page);
		munmap(cached, size);
	}
	close(fd);
	return memory > 0 && file > 0 ? (memory + file) / 2 : -1;
}

double lambda_fault_ns(void)
{
	double tries[FAULT_TRIES];
	size_t count = 0;

	for (int i = 0; i < FAULT_TRIES; i++) {
		double ns = fault_once();

		if (ns > 0)
			tries[count++] = ns;
	}
	return count ? stats_median(tries, count) : -1;
}

void lambda_facts_find(const struct cold_options *options, unsigned starts, struct lambda_facts *facts)
{
	struct err err = {0};
	char *directory = fs_tmpdir(&err);

	*facts = (struct lambda_facts){.relocations = COLD_UNKNOWN,
				       .relative_relocations = COLD_UNKNOWN,
				       .relocation_share = -1,
				       .load_share = -1,
				       .allocations = COLD_UNKNOWN,
				       .allocated_bytes = COLD_UNKNOWN,
				       .allocation_ns = -1};
	lambda_calls_measure(options, starts, &facts->calls);
	if (!directory) {
		err_free(&err);
		return;
	}
	count_allocations(options, directory, facts);
	ask_linker(options, directory, facts);
	fs_remove_tree(directory);
	free(directory);
}
