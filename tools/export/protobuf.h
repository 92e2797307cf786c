/*
 * protobuf.h - just enough of the wire format of Protocol Buffers to write one message: varints, strings, packed lists, nested messages.
 * Two screens instead of a generator, a generated file and a library, for a schema of which a dozen fields are used.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include "strbuf.h"

#include <stdint.h>

static inline void protobuf_varint(struct strbuf *out, uint64_t value)
{
	unsigned char bytes[10];
	size_t size = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[size++] = (unsigned char)(value | 0x80);
	bytes[size++] = (unsigned char)value;
	strbuf_add(out, bytes, size);
}

/* 0 is what a field has that is not there. */
static inline void protobuf_uint(struct strbuf *out, unsigned field, uint64_t value)
{
	if (value == 0)
		return;
	protobuf_varint(out, (uint64_t)field << 3);
	protobuf_varint(out, value);
}

static inline void protobuf_bytes(struct strbuf *out, unsigned field, const void *data, size_t size)
{
	protobuf_varint(out, (uint64_t)field << 3 | 2);
	protobuf_varint(out, size);
	strbuf_add(out, data, size);
}

/* Appends `message` and empties it for the next one. */
static inline void protobuf_message(struct strbuf *out, unsigned field, struct strbuf *message)
{
	protobuf_bytes(out, field, message->data ? message->data : "", message->size);
	message->size = 0;
}

#endif
