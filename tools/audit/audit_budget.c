/* audit_budget.c - limits for CI: a table of what can be limited, and the verdict. */
#include "audit.h"
#include "cmd.h"
#include "export_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct budget_key budget_keys[] = {
    {"size", BUDGET_BYTES, {"binary-size", NULL}, "bytes of the program's file"},
    {"user-code", BUDGET_BYTES, {"binary-size", NULL}, "of them: code of the user's functions"},
    {"peak-rss", BUDGET_BYTES, {"memory", "lambda-ready"}, "most memory that a run had resident"},
    {"peak-live", BUDGET_BYTES, {"memory", NULL}, "most bytes that were allocated at once"},
    {"cold-start", BUDGET_SECONDS, {"lambda-ready", NULL}, "from the start to the first request for an event"},
    {0},
};

struct unit {
	const char *name;
	double size;
};
static const struct unit byte_units[] = {{"", 1},	{"B", 1},	  {"bytes", 1},	       {"KB", 1e3}, {"kB", 1e3}, {"K", 1e3},
					 {"k", 1e3},	{"MB", 1e6},	  {"M", 1e6},	       {"GB", 1e9}, {"G", 1e9},	 {"KiB", 1024},
					 {"kiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {NULL, 0}};
static const struct unit second_units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"", 1e-3}, {NULL, 0}};

static int parse_value(enum budget_unit unit, const char *text, double *value, struct err *err)
{
	const struct unit *units = unit == BUDGET_BYTES ? byte_units : second_units;
	char *end;

	*value = strtod(text, &end);
	while (end > text && *end == ' ')
		end++;
	for (size_t i = 0; end > text && units[i].name; i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		*value *= units[i].size;
		if (isfinite(*value) && *value >= 0 && *value < 1e18)
			return 0;
	}
	return err_usage(err, text,
			 unit == BUDGET_BYTES ? "give a size such as 400KB (1000 bytes each), 400KiB (1024) or 16MB"
					      : "give a time such as 8ms, 0.5s; a number alone is milliseconds",
			 "the budget is not usable");
}

static const struct budget_key *find_key(const char *name, struct err *err)
{
	const char *names[sizeof budget_keys / sizeof *budget_keys];
	struct strbuf hint = STRBUF_INIT;
	const char *near;
	size_t count = 0;

	for (; budget_keys[count].name; count++) {
		if (strcmp(budget_keys[count].name, name) == 0)
			return &budget_keys[count];
		names[count] = budget_keys[count].name;
		strbuf_printf(&hint, "%s%s", count ? ", " : "known: ", names[count]);
	}
	near = did_you_mean(name, names, count);
	if (near)
		strbuf_printf(&hint, "; did you mean %s?", near);
	err_usage(err, name, hint.data, "there is no such budget");
	strbuf_free(&hint);
	return NULL;
}

/* Something has to measure it: what is asked for anyway, else the first that can. */
static int want_analysis(const struct budget_key *key, bool *wanted, struct err *err)
{
	int first = -1;

	for (size_t i = 0; i < 2 && key->analysis[i]; i++) {
		int index = analysis_find(key->analysis[i]);

		if (index >= 0 && wanted[index])
			return 0;
		if (first < 0)
			first = index;
	}
	if (first < 0)
		return err_usage(err, key->name, NULL, "nothing measures this budget here");
	wanted[first] = true;
	return 0;
}

static int parse_one(struct audit *audit, char *text, const char *whole, bool *wanted, struct err *err)
{
	char *equals = strchr(text, '=');
	const struct budget_key *key;
	double limit;

	if (!equals || !*text)
		return err_usage(err, whole, "give KEY=VALUE, for example --budget size=400KB,cold-start=8ms", "the budget is not usable");
	*equals = '\0';
	key = find_key(text, err);
	if (!key || parse_value(key->unit, equals + 1, &limit, err) != 0 || want_analysis(key, wanted, err) != 0)
		return -1;
	audit->budgets = xrealloc(audit->budgets, audit->budget_count + 1, sizeof *audit->budgets);
	audit->budgets[audit->budget_count++] = (struct audit_budget){.key = key, .limit = limit, .text = whole};
	return 0;
}

int budget_parse(struct audit *audit, const char *text, bool *wanted, struct err *err)
{
	char *copy = xstrdup(text), *at = copy;
	int status = 0;

	while (status == 0 && at) {
		char *comma = strchr(at, ',');

		if (comma)
			*comma = '\0';
		status = parse_one(audit, at, text, wanted, err);
		at = comma ? comma + 1 : NULL;
	}
	free(copy);
	return status;
}

/* A figure that is only known within an interval fails when all of it is above, and is no answer when the limit lies inside. */
void budget_decide(struct audit *audit)
{
	for (size_t i = 0; i < audit->budget_count; i++) {
		struct audit_budget *budget = &audit->budgets[i];

		budget->verdict = BUDGET_UNKNOWN;
		for (size_t k = 0; k < audit->measured_count && !budget->measured; k++)
			if (strcmp(audit->measured[k].key, budget->key->name) == 0)
				budget->measured = &audit->measured[k];
		if (budget->measured)
			budget->verdict = budget->measured->lo > budget->limit	  ? BUDGET_EXCEEDED
					  : budget->measured->hi <= budget->limit ? BUDGET_WITHIN
										  : BUDGET_INCONCLUSIVE;
	}
}

void budget_value(struct strbuf *out, enum budget_unit unit, double value)
{
	if (unit == BUDGET_BYTES)
		unit_bytes(out, value > 0 ? (uint64_t)(value + 0.5) : 0);
	else
		unit_time(out, value * 1e9, (struct unit_style){.gap = " "});
}

const char *budget_word(enum budget_verdict verdict)
{
	static const char *const words[] = {[BUDGET_WITHIN] = "within",
					    [BUDGET_EXCEEDED] = "exceeded",
					    [BUDGET_INCONCLUSIVE] = "inconclusive",
					    [BUDGET_UNKNOWN] = "not measured"};

	return words[verdict];
}

char *budget_sentence(const struct audit_budget *b)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "budget %s %s: ", b->key->name, budget_word(b->verdict));
	if (b->measured)
		budget_value(&text, b->key->unit, b->measured->value);
	else
		strbuf_puts(&text, "no figure");
	if (b->measured && b->measured->hi > b->measured->lo) {
		strbuf_puts(&text, " (");
		budget_value(&text, b->key->unit, b->measured->lo);
		strbuf_puts(&text, " to ");
		budget_value(&text, b->key->unit, b->measured->hi);
		strbuf_puts(&text, ")");
	}
	strbuf_puts(&text, ", limit ");
	budget_value(&text, b->key->unit, b->limit);
	return strbuf_take(&text);
}
