/* Values of arguments and results: numbers, texts, and what is known by its type alone. */
#include "export_utf8.h"
#include "trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

static uint64_t little(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

/* Bytes behind the tag, of those whose size the tag tells. */
static size_t fixed_size(uint8_t tag)
{
	static const uint8_t sizes[] = {
	    [RPROF_VALUE_SIGNED] = 8, [RPROF_VALUE_UNSIGNED] = 8, [RPROF_VALUE_SIGNED16] = 16, [RPROF_VALUE_UNSIGNED16] = 16,
	    [RPROF_VALUE_F64] = 8,    [RPROF_VALUE_F32] = 4,	  [RPROF_VALUE_BOOL] = 1,      [RPROF_VALUE_CHAR] = 4};

	return tag < sizeof sizes ? sizes[tag] : 0;
}

static size_t read_text(const uint8_t *bytes, size_t size, struct trace_value *value)
{
	if (size < 9 || bytes[0] > size - 9)
		return 0;
	value->shown = bytes[0];
	value->length = little(bytes + 1, 4);
	value->text = (const char *)bytes + 9;
	return value->shown <= value->length ? 9 + value->shown : 0;
}

static size_t read_plain(const uint8_t *bytes, size_t size, struct trace_value *value)
{
	size_t more;

	if (size == 0 || bytes[0] == 0 || bytes[0] > RPROF_VALUE_CUT || (bytes[0] >= RPROF_VALUE_SOME && bytes[0] <= RPROF_VALUE_ERR))
		return 0;
	value->tag = bytes[0];
	if (value->tag == RPROF_VALUE_TEXT) {
		more = read_text(bytes + 1, size - 1, value);
		return more ? 1 + more : 0;
	}
	more = fixed_size(value->tag);
	if (more > size - 1)
		return 0;
	value->bits = little(bytes + 1, more > 8 ? 8 : more);
	if (more == 16)
		value->bits |= (u128)little(bytes + 9, 8) << 64;
	if (value->tag == RPROF_VALUE_SIGNED && value->bits >> 63)
		value->bits |= (u128)UINT64_MAX << 64;
	return 1 + more;
}

size_t trace_value_read(const uint8_t *bytes, size_t size, struct trace_value *value)
{
	size_t inner;

	*value = (struct trace_value){0};
	if (size == 0 || bytes[0] < RPROF_VALUE_SOME || bytes[0] > RPROF_VALUE_ERR)
		return read_plain(bytes, size, value);
	value->wrapper = bytes[0];
	inner = read_plain(bytes + 1, size - 1, value);
	if (!inner) /* an error whose own value had no room, or is of no known type */
		value->tag = RPROF_VALUE_CUT;
	return 1 + inner;
}

static void put_integer(struct strbuf *out, u128 bits, bool is_signed)
{
	char digits[48];
	size_t at = sizeof digits;
	bool negative = is_signed && bits >> 127;

	if (negative)
		bits = -bits;
	do
		digits[--at] = (char)('0' + (int)(bits % 10));
	while ((bits /= 10) > 0);
	if (negative)
		digits[--at] = '-';
	strbuf_add(out, digits + at, sizeof digits - at);
}

static double number(const struct trace_value *value)
{
	uint64_t bits = (uint64_t)value->bits;
	uint32_t narrow = (uint32_t)bits;
	double wide;
	float small;

	memcpy(&wide, &bits, sizeof wide);
	memcpy(&small, &narrow, sizeof small);
	return value->tag == RPROF_VALUE_F32 ? (double)small : wide;
}

/* The shortest text that reads back as the same number, and shows that it is no integer. */
static void put_float(struct strbuf *out, const struct trace_value *value)
{
	double x = number(value);
	char text[64];

	if (isnan(x) || isinf(x)) {
		strbuf_puts(out, isnan(x) ? "NaN" : x < 0 ? "-inf" : "inf");
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, x);
		if (value->tag == RPROF_VALUE_F32 ? strtof(text, NULL) == (float)x : strtod(text, NULL) == x)
			break;
	}
	strbuf_puts(out, text);
	if (!strpbrk(text, ".e"))
		strbuf_puts(out, ".0");
}

static size_t utf8_char(uint32_t code, char text[5])
{
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		text[0] = (char)code;
		return 1;
	}
	size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = size; i-- > 1; code >>= 6)
		text[i] = (char)(0x80 | (code & 0x3f));
	text[0] = (char)((size == 2 ? 0xc0u : size == 3 ? 0xe0u : 0xf0u) | code);
	return size;
}

/* Between quotes; \" and \\ escaped, then fit for a terminal. */
static void put_quoted(struct strbuf *out, const char *text, size_t size, char quote, bool ascii)
{
	struct strbuf raw = STRBUF_INIT;

	for (size_t i = 0; i < size; i++) {
		if (text[i] == quote)
			strbuf_add(&raw, "\\", 1);
		strbuf_add(&raw, text[i] ? &text[i] : "\1", 1); /* a NUL would end the text: shown as \x01 at worst */
	}
	strbuf_add(out, &quote, 1);
	if (raw.data)
		utf8_escape(out, raw.data, ascii);
	strbuf_add(out, &quote, 1);
	strbuf_free(&raw);
}

static void put_inner(struct strbuf *out, const struct trace_value *value, const char *type, bool ascii)
{
	char letters[5] = {0};

	switch (value->tag) {
	case RPROF_VALUE_SIGNED:
	case RPROF_VALUE_SIGNED16:
		put_integer(out, value->bits, true);
		return;
	case RPROF_VALUE_UNSIGNED:
	case RPROF_VALUE_UNSIGNED16:
		put_integer(out, value->bits, false);
		return;
	case RPROF_VALUE_F64:
	case RPROF_VALUE_F32:
		put_float(out, value);
		return;
	case RPROF_VALUE_BOOL:
		strbuf_puts(out, value->bits ? "true" : "false");
		return;
	case RPROF_VALUE_CHAR:
		put_quoted(out, letters, utf8_char((uint32_t)value->bits, letters), '\'', ascii);
		return;
	case RPROF_VALUE_TEXT:
		put_quoted(out, value->text, value->shown, '"', ascii);
		if (value->shown < value->length)
			strbuf_printf(out, "%s+%zu", ascii ? "..." : "…", value->length - value->shown);
		return;
	case RPROF_VALUE_UNIT:
		strbuf_puts(out, "()");
		return;
	case RPROF_VALUE_NONE:
		strbuf_puts(out, "None");
		return;
	case RPROF_VALUE_TYPE:
		if (type && *type) {
			strbuf_puts(out, "<");
			utf8_escape(out, type, ascii);
			strbuf_puts(out, ">");
			return;
		}
		strbuf_puts(out, "_");
		return;
	default:
		strbuf_puts(out, ascii ? "..." : "…");
	}
}

void trace_value_text(struct strbuf *out, const struct trace_value *value, const char *type, bool ascii)
{
	if (!value->wrapper) {
		put_inner(out, value, type, ascii);
		return;
	}
	strbuf_puts(out, value->wrapper == RPROF_VALUE_SOME ? "Some(" : value->wrapper == RPROF_VALUE_OK ? "Ok(" : "Err(");
	put_inner(out, value, NULL, ascii);
	strbuf_puts(out, ")");
}

/* `text` without NUL. */
static void put_json_part(struct strbuf *out, const char *text)
{
	struct strbuf repaired = STRBUF_INIT;

	utf8_repair(&repaired, text);
	for (size_t i = 0; i < repaired.size; i++) {
		unsigned char c = (unsigned char)repaired.data[i];
		if (c == '"' || c == '\\')
			strbuf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			strbuf_printf(out, "\\u%04x", c);
		else
			strbuf_add(out, &repaired.data[i], 1);
	}
	strbuf_free(&repaired);
}

void trace_json_string(struct strbuf *out, const char *text, size_t size)
{
	struct strbuf part = STRBUF_INIT;

	strbuf_puts(out, "\"");
	for (size_t i = 0; i <= size; i++) {
		if (i < size && text[i]) {
			strbuf_add(&part, &text[i], 1);
			continue;
		}
		if (part.size)
			put_json_part(out, part.data);
		part.size = 0;
		if (i < size)
			strbuf_puts(out, "\\u0000");
	}
	strbuf_puts(out, "\"");
	strbuf_free(&part);
}

/* An integer that many readers of JSON can't hold: it is told as a string. */
static bool is_long(const struct trace_value *value)
{
	bool negative = (value->tag == RPROF_VALUE_SIGNED || value->tag == RPROF_VALUE_SIGNED16) && value->bits >> 127;
	u128 size = negative ? -value->bits : value->bits;

	return value->tag != RPROF_VALUE_BOOL && size > INT64_MAX;
}

void trace_value_json(struct strbuf *out, const struct trace_value *value)
{
	struct strbuf text = STRBUF_INIT;
	char letters[5] = {0};

	if (value->wrapper)
		strbuf_printf(out, "{\"%s\":",
			      value->wrapper == RPROF_VALUE_SOME ? "Some"
			      : value->wrapper == RPROF_VALUE_OK ? "Ok"
								 : "Err");
	switch (value->tag) {
	case RPROF_VALUE_TEXT:
		trace_json_string(out, value->text, value->shown);
		break;
	case RPROF_VALUE_CHAR:
		trace_json_string(out, letters, utf8_char((uint32_t)value->bits, letters));
		break;
	case RPROF_VALUE_F64:
	case RPROF_VALUE_F32:
		put_float(&text, value);
		if (isfinite(number(value)))
			strbuf_puts(out, text.data);
		else
			trace_json_string(out, text.data, text.size);
		break;
	case RPROF_VALUE_UNIT:
	case RPROF_VALUE_NONE:
	case RPROF_VALUE_TYPE:
	case RPROF_VALUE_CUT:
		strbuf_puts(out, "null");
		break;
	default:
		put_inner(&text, value, NULL, true);
		if (is_long(value))
			trace_json_string(out, text.data, text.size);
		else
			strbuf_puts(out, text.data);
	}
	if (value->wrapper)
		strbuf_puts(out, "}");
	strbuf_free(&text);
}

void trace_call_text(struct strbuf *out, const struct trace_function *function, const uint8_t *bytes, size_t size, bool names, bool ascii)
{
	struct trace_value value;
	size_t taken, index = 0;

	utf8_escape(out, function->name, ascii);
	strbuf_puts(out, "(");
	for (; (taken = trace_value_read(bytes, size, &value)) > 0; bytes += taken, size -= taken, index++) {
		const struct trace_argument *argument = index < function->argument_count ? &function->arguments[index] : NULL;

		if (index)
			strbuf_puts(out, ", ");
		if (argument && strcmp(argument->name, "self") == 0 && value.tag == RPROF_VALUE_TYPE) {
			strbuf_puts(out, "self");
			continue;
		}
		if (names && argument && *argument->name) {
			utf8_escape(out, argument->name, ascii);
			strbuf_puts(out, ": ");
		}
		trace_value_text(out, &value, argument ? argument->type : NULL, ascii);
	}
	strbuf_puts(out, ")");
}

void trace_result_text(struct strbuf *out, const struct trace_function *function, const struct rprof_trace_call *call, bool ascii)
{
	struct trace_value value;

	if (call->state == RPROF_CALL_UNWOUND)
		strbuf_puts(out, " panicked");
	if (call->state == RPROF_CALL_LEFT && *function->result && strcmp(function->result, "!") != 0)
		strbuf_puts(out, " = ?");
	if (call->state != RPROF_CALL_RETURNED || !trace_value_read(call->bytes + RPROF_TRACE_ARGUMENTS, call->result, &value) ||
	    value.tag == RPROF_VALUE_UNIT)
		return;
	strbuf_puts(out, " = ");
	trace_value_text(out, &value, function->result, ascii);
}
