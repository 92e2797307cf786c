/* bench_store_internal.h - shared by bench_store*.c alone. */
#ifndef BENCH_STORE_INTERNAL_H
#define BENCH_STORE_INTERNAL_H

#include "bench_store.h"

/* The path of its JSON file; the caller frees. */
char *bench_store_place(const char *store, const struct bench_baseline *baseline);

#endif
