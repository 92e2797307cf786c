/* Texts of sources in the profile. */
#include "hash.h"
#include "profdata_file.h"
#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LARGEST	   ((size_t)16 << 20)
#define REPETITIVE 256u /* times its packed size; see profdata_unpacked_ok() */

static bool packs_well_enough(const char *text, size_t size)
{
	size_t bound = ZSTD_compressBound(size);
	char *packed = xmalloc(bound);
	size_t result = ZSTD_compress(packed, bound, text, size, 1);

	free(packed);
	return !ZSTD_isError(result) && size <= (64u << 10) + REPETITIVE * result;
}

bool profile_keep_source(struct profile *profile, const char *text, size_t size)
{
	char hash[HASH_HEX];
	size_t at = 0;

	if (size > LARGEST || !profile_utf8_ok(text, size) || !packs_well_enough(text, size))
		return false;
	hash_hex(text, size, hash);
	while (at < profile->source_count && strcmp(profile->sources[at].hash, hash) < 0)
		at++;
	if (at < profile->source_count && strcmp(profile->sources[at].hash, hash) == 0)
		return true;
	profile->sources = xrealloc(profile->sources, profile->source_count + 1, sizeof *profile->sources);
	memmove(&profile->sources[at + 1], &profile->sources[at], (profile->source_count - at) * sizeof *profile->sources);
	profile->sources[at] = (struct profile_source){xstrdup(hash), xmalloc(size + 1)};
	memcpy(profile->sources[at].text, text, size);
	profile->sources[at].text[size] = '\0';
	profile->source_count++;
	return true;
}

const char *profile_source_text(const struct profile *profile, const char *hash)
{
	for (size_t i = 0; i < profile->source_count; i++)
		if (strcmp(profile->sources[i].hash, hash) == 0)
			return profile->sources[i].text;
	return NULL;
}
