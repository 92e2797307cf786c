/* audit_junit.c - budgets as test cases: JUnit's XML, and lines that annotate a run of GitHub's. */
#include "audit.h"
#include "export_names.h"
#include "export_utf8.h"

#include <stdlib.h>

static void put_attribute(struct strbuf *out, const char *name, const char *text)
{
	struct strbuf escaped = STRBUF_INIT;

	utf8_escape(&escaped, text, false);
	strbuf_printf(out, " %s=\"", name);
	export_markup(out, escaped.data ? escaped.data : "");
	strbuf_puts(out, "\"");
	strbuf_free(&escaped);
}

static size_t count_verdict(const struct audit *audit, enum budget_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < audit->budget_count; i++)
		count += audit->budgets[i].verdict == verdict;
	return count;
}

static void put_case(struct strbuf *out, const struct audit *audit, const struct audit_budget *b)
{
	static const char *const tags[] = {[BUDGET_EXCEEDED] = "failure", [BUDGET_INCONCLUSIVE] = "skipped", [BUDGET_UNKNOWN] = "error"};
	char *text = budget_sentence(b);

	strbuf_puts(out, "    <testcase");
	put_attribute(out, "classname", audit->subject.name);
	put_attribute(out, "name", b->key->name);
	if (b->verdict == BUDGET_WITHIN) {
		strbuf_puts(out, "/>\n");
	} else {
		strbuf_printf(out, ">\n      <%s", tags[b->verdict]);
		put_attribute(out, "message", text);
		strbuf_puts(out, "/>\n    </testcase>\n");
	}
	free(text);
}

static int junit_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	(void)options;
	(void)err;
	strbuf_printf(out,
		      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		      "  <testsuite name=\"ruchy-prof analyze\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		      audit->budget_count, count_verdict(audit, BUDGET_EXCEEDED), count_verdict(audit, BUDGET_UNKNOWN),
		      count_verdict(audit, BUDGET_INCONCLUSIVE));
	for (size_t i = 0; i < audit->budget_count; i++)
		put_case(out, audit, &audit->budgets[i]);
	strbuf_puts(out, "  </testsuite>\n</testsuites>\n");
	return 0;
}

/* A workflow command: what ends one or separates its parts is written as %XX. */
static void put_command(struct strbuf *out, const char *text, bool property)
{
	struct strbuf escaped = STRBUF_INIT;

	utf8_escape(&escaped, text, false);
	for (const char *at = escaped.data; at && *at; at++) {
		if (*at == '%' || *at == '\r' || *at == '\n' || (property && (*at == ':' || *at == ',')))
			strbuf_printf(out, "%%%02X", (unsigned char)*at);
		else
			strbuf_add(out, at, 1);
	}
	strbuf_free(&escaped);
}

static void put_annotation(struct strbuf *out, const char *level, const char *title, const char *file, uint32_t line, const char *text)
{
	strbuf_printf(out, "::%s ", level);
	if (file && *file) {
		strbuf_puts(out, "file=");
		put_command(out, file, true);
		strbuf_printf(out, ",line=%u,", line ? line : 1);
	}
	strbuf_puts(out, "title=");
	put_command(out, title, true);
	strbuf_puts(out, "::");
	put_command(out, text, false);
	strbuf_puts(out, "\n");
}

static int github_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	static const char *const levels[] = {
	    [BUDGET_WITHIN] = "notice", [BUDGET_EXCEEDED] = "error", [BUDGET_INCONCLUSIVE] = "warning", [BUDGET_UNKNOWN] = "warning"};

	(void)options;
	(void)err;
	for (size_t i = 0; i < audit->budget_count; i++) {
		const struct audit_budget *b = &audit->budgets[i];
		char *text = budget_sentence(b);

		put_annotation(out, levels[b->verdict], "ruchy-prof analyze", audit->subject.operand, 0, text);
		free(text);
	}
	for (size_t i = 0; i < audit->advised_count; i++) {
		const struct audit_advised *a = &audit->advised[i];

		if (a->level == REPORT_WARNING)
			put_annotation(out, "warning", a->id, a->file ? a->file : audit->subject.operand, a->line, a->message);
	}
	return 0;
}

const struct audit_format audit_junit = {
    .name = "junit", .suffix = ".xml", .summary = "budgets as test cases, for CI", .write = junit_write};
const struct audit_format audit_github = {
    .name = "github", .summary = "budgets and warnings as annotations of a GitHub workflow", .write = github_write};
