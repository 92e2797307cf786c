/* audit_text.c - for people: the sections of the analyses and the budgets, as text or HTML. */
#include "audit.h"

#include <string.h>

static void show_advice(const struct audit *audit, const char *analysis, struct sheet *sheet)
{
	for (size_t i = 0; i < audit->advised_count; i++) {
		const struct audit_advised *a = &audit->advised[i];
		struct strbuf text = STRBUF_INIT;

		if (strcmp(a->analysis, analysis) != 0)
			continue;
		strbuf_puts(&text, a->message);
		if (a->file && *a->file) {
			strbuf_printf(&text, " [%s", a->file);
			if (a->line)
				strbuf_printf(&text, ":%u", a->line);
			strbuf_puts(&text, "]");
		}
		if (a->evidence)
			strbuf_printf(&text, " (%s)", a->evidence);
		if (a->gain)
			strbuf_printf(&text, ": %s", a->gain);
		sheet_advice(sheet, a->level, text.data);
		strbuf_free(&text);
	}
}

static void show_budgets(const struct audit *audit, struct sheet *sheet)
{
	if (audit->budget_count == 0)
		return;
	sheet_section(sheet, "Budgets");
	sheet_table(sheet, "lrrll", "%s", "");
	sheet_heads(sheet, "Budget|Limit|Measured|Verdict|How known");
	for (size_t i = 0; i < audit->budget_count; i++) {
		const struct audit_budget *b = &audit->budgets[i];
		struct strbuf limit = STRBUF_INIT, value = STRBUF_INIT;

		budget_value(&limit, b->key->unit, b->limit);
		if (b->measured)
			budget_value(&value, b->key->unit, b->measured->value);
		sheet_row(sheet);
		sheet_cell(sheet, "%s", b->key->name);
		sheet_cell(sheet, "%s", limit.data);
		sheet_cell(sheet, "%s", value.data ? value.data : "");
		sheet_cell(sheet, "%s", budget_word(b->verdict));
		sheet_cell(sheet, "%s", b->measured && b->measured->basis ? b->measured->basis : "");
		strbuf_free(&limit);
		strbuf_free(&value);
	}
}

struct sheet *audit_sheet(const struct audit *audit)
{
	struct sheet *sheet = sheet_new();

	for (size_t i = 0; analyses[i]; i++) {
		if (!audit->results[i])
			continue;
		sheet_section(sheet, analyses[i]->title);
		analyses[i]->show(audit, audit->results[i], sheet);
		show_advice(audit, analyses[i]->name, sheet);
	}
	show_budgets(audit, sheet);
	return sheet;
}

static int text_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	struct sheet *sheet = audit_sheet(audit);

	(void)err;
	sheet_put_text(sheet, options, out);
	sheet_free(sheet);
	return 0;
}

static int html_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	struct sheet *sheet = audit_sheet(audit);

	(void)err;
	(void)options;
	sheet_put_html(sheet, audit->subject.name, out);
	sheet_free(sheet);
	return 0;
}

const struct audit_format audit_text = {.name = "text", .summary = "for people", .write = text_write};
const struct audit_format audit_html = {.name = "html", .suffix = ".html", .summary = "one file for a browser", .write = html_write};
