/* size_advice.c - what the breakdown suggests. Gains that were not measured are bounds that the breakdown itself gives. */
#include "export_units.h"
#include "size_result.h"

#include <stdlib.h>
#include <string.h>

static char *bytes_text(const char *before, uint64_t bytes, const char *behind)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, before);
	unit_bytes(&text, bytes);
	strbuf_puts(&text, behind);
	return strbuf_take(&text);
}

/* How each language's tools do it. */
static const char *const strip_with[] = {[SIZE_C] = "strip, or cc -s",
					 [SIZE_CPP] = "strip, or c++ -s",
					 [SIZE_RUST] = "-C strip=symbols",
					 [SIZE_GO] = "go build -ldflags=\"-s -w\""};

static void advise_strip(struct audit *audit, const struct size_program *program)
{
	uint64_t gain = 0;
	struct audit_advised *advised;

	/* What is loaded stays: the symbols that the loader needs, a few bytes for debuggers. */
	for (size_t i = 0; i < program->item_count; i++)
		if ((program->items[i].category == SIZE_SYMBOLS || program->items[i].category == SIZE_DEBUG) && !program->items[i].loaded)
			gain += program->items[i].bytes;
	if (gain == 0) {
		audit_advise(audit, "binary-size", "stripped", REPORT_OK, "No debug symbols (stripped correctly)");
		return;
	}
	advised = audit_advise(audit, "binary-size", "not-stripped", REPORT_WARNING, "Strip symbols and debug info: %s",
			       strip_with[program->language]);
	advised->gain = bytes_text("saves ", gain, ", exactly: nothing at run time reads them");
}

static const struct size_flag *find_flag(const struct size_flags *flags, const char *key)
{
	for (size_t i = 0; i < flags->count; i++)
		if (strcmp(flags->rows[i].key, key) == 0)
			return &flags->rows[i];
	return NULL;
}

static void advise_flag(struct audit *audit, const struct size_result *result, const char *key, const char *id, const char *good,
			const char *bad)
{
	const struct size_flag *flag = find_flag(&result->flags, key);

	if (!flag || !flag->value || (flag->good == SIZE_YES && !good))
		return;
	if (flag->good == SIZE_YES)
		audit_advise(audit, "binary-size", id, REPORT_OK, "%s", good);
	else if (flag->good == SIZE_NO)
		audit_advise(audit, "binary-size", id, REPORT_NOTE, "%s", bad)->gain =
		    xstrdup(analysis_find("suggest") >= 0 ? "--suggest measures what it saves and costs" : "not measured here");
}

/* Many copies of one generic function: the largest such group of the user's or of a dependency. */
static void advise_copies(struct audit *audit, const struct size_program *program)
{
	for (size_t i = 0; i < program->function_count; i++) {
		const struct size_sum *sum = &program->functions[i];
		struct audit_advised *advised;

		if (sum->copies < 4 || (sum->category != SIZE_USER && sum->category != SIZE_DEPENDENCY) ||
		    sum->bytes - sum->largest < program->image.size / 100)
			continue;
		advised = audit_advise(audit, "binary-size", "generic-copies", REPORT_NOTE, "%zu copies of %s are linked in", sum->copies,
				       sum->name);
		advised->gain = bytes_text("at most ", sum->bytes - sum->largest, " if one could serve all");
		return;
	}
}

void size_advise(struct audit *audit, const struct size_result *result)
{
	advise_strip(audit, result->program);
	advise_flag(audit, result, "opt-level", "opt-level", NULL, "Compile with optimization: -C opt-level=3, or s or z for size");
	advise_flag(audit, result, "codegen-units", "codegen-units", NULL,
		    "One codegen unit lets the optimizer see all: -C codegen-units=1");
	advise_flag(audit, result, "lto", "lto", "LTO enabled", "Consider -C lto=fat: std is then optimized together with the program");
	advise_flag(audit, result, "panic", "panic", NULL,
		    "Consider -C panic=abort where nothing catches panics: landing pads and their tables go");
	advise_copies(audit, result->program);
}
