/* fuzz_sample.c - any bytes as the sampled program: symbols of every address, and stacks unwound through it. Seed: a freestanding Rust
 * program. */
#include "sample_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void look_up(const char *path)
{
	struct sample_frame frames[8];
	struct err err = {0};
	struct sample_symbols *symbols = sample_symbols_open(path, "tiny.rs", &err);

	if (!symbols && !err.set)
		abort();
	for (uint64_t address = 0; symbols && address < 0x4000; address += 3) {
		if (sample_symbols_frames(symbols, address, frames, 8) > 8)
			abort();
	}
	sample_symbols_free(symbols);
	err_free(&err);
}

static void unwind(const char *path, const uint8_t *data, size_t size)
{
	struct sample_unwinder *unwinder = sample_unwinder_new(path);
	struct sample_processes processes = {0};
	struct sample_map map = {.start = 0x10000, .end = 0x10000 + 0x10000};
	bool is_program;

	map.module = sample_unwinder_module(unwinder, path, 0, &is_program);
	sample_process_map(&processes, 1, &map, true);
	for (uint64_t pc = map.start; pc < map.start + size && pc < map.end; pc += 5) {
		struct sample_stack stack = {.pc = pc, .bytes = data, .size = size};
		uint64_t addresses[16];
		enum sample_end end;

		for (size_t i = 0; i < SAMPLE_REGS; i++)
			stack.regs[i] = 0x7000;
		if (sample_unwind(unwinder, sample_process_find(&processes, 1), &stack, addresses, 16, 4, &end) > 16)
			abort();
	}
	sample_processes_free(&processes);
	sample_unwinder_free(unwinder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	look_up(path);
	unwind(path, data, size);
	close(fd);
	return 0;
}
