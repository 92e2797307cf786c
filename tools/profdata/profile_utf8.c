#include "profdata_file.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the well-formed sequence at `at`, 0 when there is none (overlong forms, surrogates, > U+10FFFF and NUL are none). */
static size_t sequence(const unsigned char *at, size_t size)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;

	if (at[0] == 0 || length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
	    (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return length;
}

bool profile_utf8_ok(const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t length = sequence((const unsigned char *)text + i, size - i);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

char *profile_utf8_clean(const char *text, size_t size)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < size;) {
		size_t length = sequence((const unsigned char *)text + i, size - i);

		if (length)
			strbuf_add(&out, text + i, length);
		else
			strbuf_puts(&out, "\xef\xbf\xbd");
		i += length ? length : 1;
	}
	return strbuf_take(&out);
}

char *profile_unescape(const char *field, size_t size)
{
	struct strbuf out = STRBUF_INIT;
	char *plain, *clean;
	size_t length;

	for (size_t i = 0; i < size; i++) {
		char c = field[i];

		if (c == '\\' && i + 1 < size) {
			c = field[++i];
			c = (char)(c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c);
		}
		strbuf_add(&out, &c, 1);
	}
	length = out.size;
	plain = strbuf_take(&out);
	clean = profile_utf8_clean(plain, length);
	free(plain);
	return clean;
}
