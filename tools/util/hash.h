/* hash.h - XXH3-128 as 32 hex digits: how sources, builds and files are named. */
#ifndef UTIL_HASH_H
#define UTIL_HASH_H

#include <stddef.h>

#define HASH_HEX 33 /* with the NUL */

void hash_hex(const void *data, size_t size, char hex[HASH_HEX]);

/* The same of a regular file, read in pieces. -1 and errno when it can't be read. */
int hash_file(const char *path, char hex[HASH_HEX], size_t *size);

/* A hash over several fields. Each is preceded by its size, so that ("ab", "c") and ("a", "bc") differ. */
struct hash;
struct hash *hash_new(void);
void hash_add(struct hash *hash, const void *data, size_t size);
void hash_add_text(struct hash *hash, const char *text); /* NULL differs from "" */
/* The result; frees `hash`. */
void hash_finish(struct hash *hash, char hex[HASH_HEX]);

#endif
