/* distance.h - how far two words are apart, for "did you mean". */
#ifndef UTIL_DISTANCE_H
#define UTIL_DISTANCE_H

#include <stddef.h>

/* Least number of bytes to insert, delete or replace (Levenshtein) between a[n] and b[m]; looks at the first 64 bytes of each. */
size_t edit_distance(const char *a, size_t n, const char *b, size_t m);

#endif
