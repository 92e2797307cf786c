#include "bench_format.h"
#include "export_units.h"

#include <math.h>
#include <string.h>

const struct bench_format bench_formats[] = {
    {"text", bench_text}, {"json", bench_json}, {"markdown", bench_markdown}, {"junit", bench_junit}, {"github", bench_github}, {0},
};

const char *bench_verdict_name(enum bench_verdict verdict)
{
	static const char *const names[] = {"PASS", "FAIL", "INCONCLUSIVE", NULL};

	return names[verdict];
}

void bench_value(struct strbuf *out, enum bench_unit unit, double value, bool ascii)
{
	if (unit == UNIT_NS)
		unit_time(out, value, (struct unit_style){.ascii = ascii, .gap = ""});
	else if (unit == UNIT_BYTES)
		unit_bytes(out, value > 0 ? (uint64_t)(value + 0.5) : 0);
	else
		unit_mean_count(out, value);
}

void bench_change(struct strbuf *out, double ratio)
{
	double percent = 100 * (ratio - 1);

	if (!isfinite(ratio))
		strbuf_puts(out, "new");
	else if (percent == 0)
		strbuf_puts(out, "same");
	else if (fabs(percent) < 0.05)
		strbuf_printf(out, "%s0.1%%", percent < 0 ? ">-" : "<+");
	else
		strbuf_printf(out, "%+.1f%%", percent);
}

static void bound(struct strbuf *out, double ratio)
{
	double percent = 100 * (ratio - 1);

	strbuf_printf(out, "%+.1f%%", fabs(percent) < 0.05 ? 0.0 : percent);
}

void bench_interval(struct strbuf *out, const struct stats_interval *ratio)
{
	if (!(ratio->lo > 0) || !isfinite(ratio->hi)) {
		strbuf_puts(out, "not known: too few rounds");
		return;
	}
	bound(out, ratio->lo);
	strbuf_puts(out, " to ");
	bound(out, ratio->hi);
}

const char *bench_how_text(enum bench_how how)
{
	static const char *const texts[] = {"both programs in turn (the baseline's was kept)",
					    "both programs in turn (the baseline's was rebuilt)",
					    "against the stored samples: the baseline's program was not run"};

	return texts[how];
}

void bench_xml(struct strbuf *out, const char *text)
{
	for (const char *s = text; *s; s++) {
		switch (*s) {
		case '&':
			strbuf_puts(out, "&amp;");
			break;
		case '<':
			strbuf_puts(out, "&lt;");
			break;
		case '>':
			strbuf_puts(out, "&gt;");
			break;
		case '"':
			strbuf_puts(out, "&quot;");
			break;
		default:
			if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t')
				strbuf_add(out, s, 1);
		}
	}
}
