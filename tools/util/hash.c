/* hash.c - XXH3-128. */
#include "hash.h"
#include "strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct hash {
	XXH3_state_t *state;
};

static void to_hex(XXH128_hash_t hash, char hex[HASH_HEX])
{
	XXH128_canonical_t canonical;
	XXH128_canonicalFromHash(&canonical, hash);
	for (size_t i = 0; i < sizeof canonical.digest; i++)
		snprintf(hex + 2 * i, 3, "%02x", canonical.digest[i]);
}

void hash_hex(const void *data, size_t size, char hex[HASH_HEX])
{
	to_hex(XXH3_128bits(data, size), hex);
}

struct hash *hash_new(void)
{
	struct hash *hash = xmalloc(sizeof *hash);
	hash->state = XXH3_createState();
	if (!hash->state)
		abort(); /* 576 bytes: nothing else would work either */
	XXH3_128bits_reset(hash->state);
	return hash;
}

void hash_add(struct hash *hash, const void *data, size_t size)
{
	uint64_t length = size;
	XXH3_128bits_update(hash->state, &length, sizeof length);
	if (size)
		XXH3_128bits_update(hash->state, data, size);
}

void hash_add_text(struct hash *hash, const char *text)
{
	hash_add(hash, text ? "+" : "-", 1);
	if (text)
		hash_add(hash, text, strlen(text));
}

void hash_finish(struct hash *hash, char hex[HASH_HEX])
{
	to_hex(XXH3_128bits_digest(hash->state), hex);
	XXH3_freeState(hash->state);
	free(hash);
}
