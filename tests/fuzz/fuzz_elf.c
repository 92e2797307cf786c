/*
 * Any bytes as a program: headers out of range, overlapping, huge. Either an error says what is wrong, or every byte has exactly one label
 * and the labels add up to the file's size. Its debug information goes through the reader of types.
 */
#include "layout.h"
#include "size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_map(const struct size_program *program, size_t size)
{
	uint64_t at = 0, sum = 0;

	for (size_t i = 0; i < program->map.count; i++) {
		if (program->map.rows[i].from != at || program->map.rows[i].label >= program->item_count)
			abort();
		at = program->map.rows[i].to;
	}
	for (int i = 0; i < SIZE_CATEGORIES; i++)
		sum += program->categories[i];
	if (at != size || sum != size)
		abort();
}

static void read_types(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];
	struct err err = {0};

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	layouts_free(layouts_read(path, NULL, &err));
	close(fd);
	err_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct size_options options = {0};
	struct err err = {0};
	unsigned char *copy = malloc(size + 1);
	struct size_program *program;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	copy[size] = 0;
	program = size_measure_bytes(copy, size, "fuzz", &options, &err);
	if (!program && !err.set)
		abort();
	if (program) {
		check_map(program, size);
		read_types(data, size);
	}
	size_free(program);
	err_free(&err);
	return 0;
}
