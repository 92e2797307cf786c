/*
 * symbolize_frame.c - the two lines of a frame, as Rust prints them:
 *
 *      3: __rprof_b_pick                                          6:     0x5581ded2f73c - prog[4c]::__rprof_b_pick::h0123456789abcdef
 *                at /home/me/prog.rs:19:22
 */
#include "symbolize_internal.h"

#include <ctype.h>
#include <string.h>

static size_t skip_blanks(const char *line, size_t size, size_t at)
{
	while (at < size && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at;
}

bool symbolize_is_place(const char *line, size_t size)
{
	size_t at = skip_blanks(line, size, 0);

	return at >= 6 && size - at > 3 && memcmp(line + at, "at ", 3) == 0;
}

/* `0x5581ded2f73c - ` in front of a name, in full backtraces. */
static size_t skip_address(const char *line, size_t size, size_t at)
{
	size_t end = at + 2;

	if (size - at < 3 || line[at] != '0' || line[at + 1] != 'x')
		return at;
	while (end < size && isxdigit((unsigned char)line[end]))
		end++;
	return size - end > 3 && memcmp(line + end, " - ", 3) == 0 ? end + 3 : at;
}

/* Where the name ends without `::h` and the 16 digits of its hash. */
static size_t without_hash(const char *line, size_t name, size_t end)
{
	if (end - name < 20 || memcmp(line + end - 19, "::h", 3) != 0)
		return end;
	for (size_t i = end - 16; i < end; i++) {
		if (!isxdigit((unsigned char)line[i]))
			return end;
	}
	return end - 19;
}

/* The last part of the path, without arguments of types: `f` of `<a::B as c::D<E>>::f::<G>` and of `f<G>`. */
static void find_base(const char *line, size_t name, size_t end, struct symbolize_frame *frame)
{
	size_t depth = 0;

	frame->base = name;
	frame->base_end = 0;
	for (size_t at = name; at < end; at++) {
		bool colons = depth == 0 && at + 1 < end && line[at] == ':' && line[at + 1] == ':';
		bool arguments = line[at] == '<' || (colons && at + 2 < end && line[at + 2] == '<');

		if (colons && !arguments) {
			frame->base = ++at + 1;
			frame->base_end = 0;
		} else if (depth == 0 && arguments && !frame->base_end && at > frame->base) {
			frame->base_end = at;
		}
		if (line[at] == '<')
			depth++;
		else if (line[at] == '>' && depth && line[at - 1] != '-')
			depth--;
	}
	if (!frame->base_end)
		frame->base_end = end;
}

static int rank_of(const char *base, size_t size)
{
	static const char head[] = "__rprof_", kinds[] = "bct";
	size_t length = sizeof head - 1;
	const char *kind;

	if (size < length + 3 || memcmp(base, head, length) != 0 || base[length + 1] != '_')
		return 0;
	kind = strchr(kinds, base[length]);
	return kind && *kind ? (int)(kind - kinds) + 1 : 0;
}

bool symbolize_parse_frame(const char *line, size_t size, struct symbolize_frame *frame)
{
	size_t at = skip_blanks(line, size, 0), digits = at, end = size;

	while (end && (line[end - 1] == '\n' || line[end - 1] == '\r'))
		end--;
	while (at < end && isdigit((unsigned char)line[at]))
		at++;
	if (at == digits || at - digits > 6 || at + 2 >= end || line[at] != ':' || line[at + 1] != ' ')
		return false;
	at = skip_address(line, end, skip_blanks(line, end, at + 1));
	if (at >= end)
		return false;
	*frame = (struct symbolize_frame){.name = at, .end = end};
	find_base(line, at, without_hash(line, at, end), frame);
	frame->rank = rank_of(line + frame->base, frame->base_end - frame->base);
	if (frame->rank)
		frame->base += sizeof "__rprof_b_" - 1;
	frame->closure = frame->base_end - frame->base >= 8 &&
			 (memcmp(line + frame->base, "{closure", 8) == 0 || memcmp(line + frame->base, "{{closur", 8) == 0);
	return true;
}
