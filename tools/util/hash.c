/* hash.c - XXH3-128. */
#include "hash.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
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

static int hash_fd(int fd, XXH3_state_t *state, size_t *size)
{
	static const size_t piece = 65536;
	char *data = xmalloc(piece);
	ssize_t n;
	*size = 0;
	XXH3_128bits_reset(state);
	while ((n = read(fd, data, piece)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		XXH3_128bits_update(state, data, (size_t)n);
		*size += (size_t)n;
	}
	free(data);
	return n < 0 ? -1 : 0;
}

int hash_file(const char *path, char hex[HASH_HEX], size_t *size)
{
	struct stat st;
	int result = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe put in the file's place must not hang us */
	if (fd < 0)
		return -1;
	XXH3_state_t *state = XXH3_createState();
	if (state && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		result = hash_fd(fd, state, size);
	if (result == 0)
		to_hex(XXH3_128bits_digest(state), hex);
	XXH3_freeState(state);
	close(fd);
	return result;
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
