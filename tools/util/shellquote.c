/* shellquote.c - quote and split. */
#include "shellquote.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";

static void add_quoted(struct strbuf *out, const char *word)
{
	if (*word && word[strspn(word, plain)] == 0) {
		strbuf_puts(out, word);
		return;
	}
	strbuf_puts(out, "'");
	for (; *word; word++)
		if (*word == '\'')
			strbuf_puts(out, "'\\''");
		else
			strbuf_add(out, word, 1);
	strbuf_puts(out, "'");
}

char *shellquote_join(char *const argv[])
{
	struct strbuf out = STRBUF_INIT;
	for (size_t i = 0; argv[i]; i++) {
		if (i)
			strbuf_puts(&out, " ");
		add_quoted(&out, argv[i]);
	}
	return strbuf_take(&out);
}

/* One word from *at on; -1 when a quote stays open. */
static int take_word(const char **at, struct strbuf *word)
{
	char quote = 0;
	const char *c = *at;
	strbuf_puts(word, "");
	for (; *c && (quote || !strchr(" \t\n\r", *c)); c++) {
		if (quote ? *c == quote : *c == '"' || *c == '\'') {
			quote = quote ? 0 : *c;
			continue;
		}
		if (*c == '\\' && c[1] && (!quote || (quote == '"' && (c[1] == '"' || c[1] == '\\'))))
			c++;
		strbuf_add(word, c, 1);
	}
	*at = c;
	return quote ? -1 : 0;
}

char **shellquote_split(const char *text, size_t *count, struct err *err)
{
	char **words = xcalloc(1, sizeof *words);
	const char *at = text ? text : "";
	*count = 0;
	for (;;) {
		struct strbuf word = STRBUF_INIT;
		at += strspn(at, " \t\n\r");
		if (!*at)
			return words;
		if (take_word(&at, &word) < 0) {
			err_usage(err, text, NULL, "a quote is not closed");
			strbuf_free(&word);
			shellquote_free(words);
			return NULL;
		}
		words = xrealloc(words, *count + 2, sizeof *words);
		words[(*count)++] = strbuf_take(&word);
		words[*count] = NULL;
	}
}

void shellquote_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}
