/*
 * hook_speed.c - lines of Rust a second, parsing included: hook_speed F.rs LINES...
 * For each number the text of F.rs is repeated, each time in a module of its own, until it has so many lines. Prints a row for each: lines,
 * bytes, the least CPU time of some runs in seconds, lines a second.
 */
#include "rhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 5

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static char *repeat(const char *text, size_t lines)
{
	size_t times = lines / (count_lines(text) + 2) + 1;
	char *all = malloc(times * (strlen(text) + 64) + 64), *at = all;

	if (!all)
		exit(2);
	for (size_t i = 0; i < times; i++)
		at += sprintf(at, "mod m%zu {\n%s}\n", i, text);
	strcpy(at, "fn main() {}\n");
	return all;
}

static double measure(const char *text, unsigned flags)
{
	struct rhook_input input = {.rust = {"speed.rs", text, strlen(text)}, .flags = flags};
	struct rhook_output *output;
	struct rhook_error error;
	double least = 0;

	for (int run = 0; run < RUNS; run++) {
		double start = cpu_seconds(), time;
		if (rhook_instrument(&input, &output, &error) != 0) {
			fprintf(stderr, "%u:%u: %s\n", error.line, error.column, error.message);
			exit(1);
		}
		time = cpu_seconds() - start;
		least = run == 0 || time < least ? time : least;
		rhook_free(output);
	}
	return least;
}

int main(int argc, char **argv)
{
	FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
	char *text = calloc((size_t)1 << 20, 1);

	if (!file || !text || fread(text, 1, ((size_t)1 << 20) - 1, file) == 0)
		return 2;
	fclose(file);
	for (int i = 2; i < argc; i++) {
		char *all = repeat(text, (size_t)strtoul(argv[i], NULL, 10));
		size_t lines = count_lines(all);
		double time = measure(all, RHOOK_LINES);
		printf("%zu %zu %.4f %.0f\n", lines, strlen(all), time, (double)lines / time);
		free(all);
	}
	free(text);
	return 0;
}
