/* profdata_file.h - what writer and reader of profile.data share. Private to tools/profdata; the format: runtime/FORMAT.md. */
#ifndef PROFDATA_FILE_H
#define PROFDATA_FILE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offsets in the header; the payload (one zstd frame) follows. Little endian but for the hash, which is in XXH3's canonical order. */
enum {
	PROFDATA_AT_VERSION = 8,
	PROFDATA_AT_FLAGS = 12,
	PROFDATA_AT_SIZE = 16,
	PROFDATA_AT_HASH = 24,
	PROFDATA_HEADER = 32,
};

#define PROFDATA_PLACE 1024 /* bytes, as err->where */

/*
 * A small file must not unpack into a large amount of memory: at most 1 GiB, and at most 1024 times the packed size (real profiles
 * pack 5 to 30 fold) beyond the first MiB. The writer keeps to it too, so that it never writes what the reader refuses.
 */
static inline bool profdata_unpacked_ok(uint64_t packed, uint64_t unpacked)
{
	return unpacked <= 1u << 30 && unpacked <= packed * 1024 + (1u << 20);
}

static inline uint32_t profdata_get32(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t profdata_get64(const unsigned char *at)
{
	return profdata_get32(at) | (uint64_t)profdata_get32(at + 4) << 32;
}

static inline void profdata_put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static inline void profdata_put64(unsigned char *at, uint64_t value)
{
	profdata_put32(at, (uint32_t)value);
	profdata_put32(at + 4, (uint32_t)(value >> 32));
}

/* "NAME at byte N" in `text`, which is returned. */
char *profdata_place(char text[PROFDATA_PLACE], const char *name, uint64_t byte);

/* err_set() with that as the place: profdata_error(err, name, byte, hint, format, ...). Is -1. */
#define profdata_error(err, name, byte, hint, ...) err_set(err, profdata_place((char[PROFDATA_PLACE]){0}, name, byte), hint, __VA_ARGS__)

/* profile_utf8.c: whether the bytes are UTF-8 without NUL; a copy in which each byte that is not is U+FFFD. The caller frees. */
bool profile_utf8_ok(const char *text, size_t size);
char *profile_utf8_clean(const char *text, size_t size);
/* A field of a function table without its escapes (rhook_table.h), as profile_utf8_clean() has it. The caller frees. */
char *profile_unescape(const char *field, size_t size);

#endif
