/* pgo_flags.c - flags of rustc that may make a program faster. Tried like a hint. */
#include "pgo.h"

#include <stdlib.h>
#include <string.h>

const struct pgo_flags pgo_flags[] = {
    {"lto", "optimise across the program and the standard library", NULL, {"-C", "lto=fat"}},
    {"inline-more", "inline larger functions", NULL, {"-C", "llvm-args=-inline-threshold=1000"}},
    {"opt-level-2", "without the most aggressive loop transformations", NULL, {"-C", "opt-level=2"}},
    {"native", "use all instructions of this machine's CPU", "native", {"-C", "target-cpu=native"}},
    {"panic-abort", "end on a panic without unwinding", "panic-abort", {"-C", "panic=abort"}},
    {0},
};

const struct pgo_flags *pgo_flags_find(const char *name)
{
	for (const struct pgo_flags *row = pgo_flags; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

char **pgo_flag_words(const struct pgo_flags *const *flags)
{
	char **words = xcalloc(4 * PGO_FLAGS_MOST + 1, sizeof *words);
	size_t used = 0;

	for (; *flags; flags++)
		for (size_t i = 0; i < 4 && (*flags)->words[i]; i++)
			words[used++] = (char *)(*flags)->words[i];
	return words;
}
