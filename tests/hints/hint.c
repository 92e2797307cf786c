/*
 * hint F.rs [-r F.ruchy] [-l | -a | -k KIND[=AMOUNT] | -n NUMBER[=AMOUNT]]...: list the candidates of a text, or print it with some of
 * them applied. -k and -n add to the choice; -a chooses all but those that the user must allow. For tests and measurements.
 */
#include "rhook_hint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *read_all(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;
	size_t got;

	*size = 0;
	if (!f) {
		fprintf(stderr, "hint: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	do {
		data = realloc(data, *size + 65537);
		if (!data)
			exit(2);
		got = fread(data + *size, 1, 65536, f);
		*size += got;
	} while (got);
	fclose(f);
	data[*size] = '\0';
	return data;
}

static bool is_chosen(const struct rhook_candidate *c, size_t index, int option, const char *argument, uint64_t *amount)
{
	const struct rhook_hint_info *info = rhook_hint_info(c->kind);
	size_t size = argument ? strcspn(argument, "=") : 0;

	*amount = argument && argument[size] ? strtoull(argument + size + 1, NULL, 10) : 0;
	if (option == 'a')
		return !info->allow;
	if (option == 'k')
		return strlen(info->name) == size && memcmp(info->name, argument, size) == 0;
	return strtoull(argument, NULL, 10) == index;
}

static void list(const struct rhook_candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		const struct rhook_candidate *c = &candidates->list[i];
		printf("%zu\t%s\t%s\t%u\t%u\t%llu..%llu\t%s\t%s\n", i, rhook_hint_info(c->kind)->name, c->name, c->rust_line, c->line,
		       (unsigned long long)c->least, (unsigned long long)c->most, c->what, c->key);
	}
}

int main(int argc, char **argv)
{
	struct rhook_input input = {0};
	struct rhook_candidates *candidates;
	struct rhook_output *output;
	struct rhook_error error;
	struct rhook_choice *choices;
	size_t count = 0;
	bool listing = false;
	int option;

	while ((option = getopt(argc, argv, "r:lak:n:")) != -1) {
		if (option == 'r')
			input.ruchy.data = read_all(optarg, &input.ruchy.size);
		listing |= option == 'l';
		if (option == '?')
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	input.rust.data = read_all(argv[optind], &input.rust.size);
	if (rhook_candidates(&input, &candidates, &error) != 0) {
		fprintf(stderr, "hint: %u: %s\n", error.line, error.message);
		return 1;
	}
	if (listing) {
		list(candidates);
		return 0;
	}
	choices = calloc(candidates->count + 1, sizeof *choices);
	for (size_t i = 0; choices && i < candidates->count; i++) {
		bool chosen = false;
		uint64_t amount = 0, given;
		optind = 1;
		while ((option = getopt(argc, argv, "r:lak:n:")) != -1) {
			if ((option == 'a' || option == 'k' || option == 'n') &&
			    is_chosen(&candidates->list[i], i, option, optarg, &given)) {
				chosen = true;
				amount = given ? given : amount;
			}
		}
		if (chosen)
			choices[count++] = (struct rhook_choice){.candidate = (uint32_t)i, .amount = amount};
	}
	if (rhook_optimise(&input, choices, count, &output, &error) != 0) {
		fprintf(stderr, "hint: %u: %s\n", error.line, error.message);
		return 1;
	}
	fwrite(output->rust, 1, output->rust_size, stdout);
	for (size_t i = 0; i < output->skip_count; i++)
		fprintf(stderr, "left out: line %u: %s\n", output->skips[i].rust_line, output->skips[i].reason);
	rhook_free(output);
	rhook_candidates_free(candidates);
	free(choices);
	return 0;
}
