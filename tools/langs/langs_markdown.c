/* langs_markdown.c - for pull requests and step summaries. */
#include "langs_formats.h"
#include "langs_tables.h"

#include <stdlib.h>
#include <string.h>

/* What markdown would take for more than text. */
static void put_text(struct strbuf *out, const char *text)
{
	for (; text && *text; text++) {
		if (strchr("\\`*_{}[]<>#|~&", *text))
			strbuf_puts(out, "\\");
		strbuf_add(out, text, 1);
	}
}

static void put_table(struct strbuf *out, const struct lang_table *table)
{
	size_t columns = 0;

	while (columns < LANG_CELLS && table->heads[columns])
		columns++;
	strbuf_printf(out, "\n### %.*s\n\n|", (int)strcspn(table->title, ":"), table->title);
	for (size_t n = 0; n < columns; n++)
		strbuf_printf(out, " %s |", table->heads[n]);
	strbuf_puts(out, "\n|");
	for (size_t n = 0; n < columns; n++)
		strbuf_puts(out, table->right[n] == 'r' ? "---:|" : "---|");
	strbuf_puts(out, "\n");
	for (size_t i = 0; i < table->count; i++) {
		strbuf_puts(out, "|");
		for (size_t n = 0; n < columns; n++) {
			strbuf_puts(out, " ");
			put_text(out, table->rows[i].cells[n]);
			strbuf_puts(out, " |");
		}
		strbuf_puts(out, "\n");
	}
}

static void put_line(struct strbuf *out, char *line)
{
	put_text(out, line);
	strbuf_puts(out, "  \n");
	free(line);
}

void lang_markdown(const struct lang_comparison *c, const struct lang_view *view, struct strbuf *out)
{
	size_t count;
	struct lang_table *tables = lang_tables(c, false, &count);

	(void)view;
	strbuf_puts(out, "## Multi-Language Comparison\n\n");
	put_line(out, lang_line_test(c, false, true));
	put_line(out, lang_line_runs(c, false));
	for (size_t i = 0; i < count; i++)
		put_table(out, &tables[i]);
	lang_tables_free(tables, count);
}
