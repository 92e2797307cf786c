/* lambda_linker.c - the statistics of glibc's dynamic linker: counts of relocations, and the parts of its time in cycles. */
#include "lambda.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number behind `label` in this line; false when it is another line. */
static bool number_of(const char *line, size_t size, const char *label, uint64_t *number)
{
	const char *at = memmem(line, size, label, strlen(label));
	char digits[24] = "";
	size_t used = 0;

	if (!at)
		return false;
	at += strlen(label);
	while (at < line + size && *at == ' ')
		at++;
	while (at < line + size && *at >= '0' && *at <= '9' && used < sizeof digits - 1)
		digits[used++] = *at++;
	if (!used)
		return false;
	*number = strtoull(digits, NULL, 10);
	return true;
}

bool lambda_linker_parse(const char *text, size_t size, struct lambda_facts *facts)
{
	const char *end = text + size;
	uint64_t total = 0, relocation = 0, load = 0, number;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);

		/* A second block comes at the end of a program, with what it looked up meanwhile. */
		if (memmem(text, length, "final number", 12))
			break;
		if (number_of(text, length, "total startup time in dynamic loader:", &number))
			total = number;
		else if (number_of(text, length, "time needed for relocation:", &number))
			relocation = number;
		else if (number_of(text, length, "time needed to load objects:", &number))
			load = number;
		else if (number_of(text, length, "number of relative relocations:", &number))
			facts->relative_relocations = number;
		else if (number_of(text, length, "number of relocations:", &number))
			facts->relocations = number;
		text += length + 1;
	}
	facts->relocation_share = total && relocation <= total ? (double)relocation / (double)total : -1;
	facts->load_share = total && load <= total ? (double)load / (double)total : -1;
	return total > 0;
}
