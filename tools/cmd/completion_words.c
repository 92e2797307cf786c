/* What the placeholders of the option tables stand for. A placeholder that is a set of words: one row. */
#include "audit.h"
#include "completion.h"
#include "export_sort.h"
#include "exporter.h"

#include <string.h>

static char *formats(void)
{
	struct strbuf words = STRBUF_INIT;

	for (size_t i = 0; exporters[i]; i++)
		strbuf_printf(&words, "%s%s", i ? " " : "", exporters[i]->name);
	return strbuf_take(&words);
}

static char *colors(void)
{
	return xstrdup("auto always never");
}

static char *orders(void)
{
	struct strbuf words = STRBUF_INIT;

	for (size_t i = 0; sort_keys[i].name; i++)
		strbuf_printf(&words, "%s%s", i ? " " : "", sort_keys[i].name);
	return strbuf_take(&words);
}

static char *weights(void)
{
	return xstrdup("time calls bytes");
}

static char *recursions(void)
{
	return xstrdup("folded deep");
}

static char *shells(void)
{
	return xstrdup("sh bash zsh fish");
}

static char *budgets(void)
{
	struct strbuf words = STRBUF_INIT;

	for (size_t i = 0; budget_keys[i].name; i++)
		strbuf_printf(&words, "%s%s=", i ? " " : "", budget_keys[i].name);
	return strbuf_take(&words);
}

static char *file(void)
{
	return xstrdup("");
}

static const struct {
	const char *placeholder;
	char *(*words)(void);
} rows[] = {
    {"FORMAT", formats},    {"WHEN", colors}, {"KEY", orders},	 {"WHAT", weights}, {"HOW", recursions}, {"SHELL", shells},
    {"KEY=VALUE", budgets}, {"FILE", file},   {"PROGRAM", file}, {"F.rs", file},    {"F.ruchy", file},	 {"DIR", file},
};

char *completion_words(const struct option_row *row)
{
	for (size_t i = 0; row->value && i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].placeholder, row->value) == 0)
			return rows[i].words();
	return NULL;
}

void completion_each(const struct command *command, void (*use)(struct strbuf *out, const struct command *, const struct option_row *),
		     struct strbuf *out)
{
	for (size_t i = 0; command->options[i].name; i++)
		use(out, command, &command->options[i]);
	use(out, command, &option_help);
}
