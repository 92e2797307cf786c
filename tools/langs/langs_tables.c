/* langs_tables.c - what there is to show, in words and figures; each table is a function and a row in kinds[]. */
#include "langs_tables.h"
#include "export_utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAMED_FILES 2
#define NAME_BESIDE 16 /* columns of a name that stands beside a figure */

void lang_put_ratio(struct strbuf *out, double ratio)
{
	strbuf_printf(out, "%.*fx", ratio >= 9.995 ? 1 : ratio >= 0.0995 ? 2 : 4, ratio);
}

static char *escaped(const char *text, bool ascii)
{
	struct strbuf out = STRBUF_INIT;

	utf8_escape(&out, text, ascii);
	return strbuf_take(&out);
}

char *lang_full_name(const struct lang_entrant *entrant, bool ascii)
{
	char *name = xasprintf("%s (%s)", entrant->label, entrant->how), *shown = escaped(name, ascii);

	free(name);
	return shown;
}

/* "12.70–12.81" in the unit of the value beside it, or "too few runs". */
static char *interval_text(const struct stats_interval *time, bool ascii)
{
	struct strbuf out = STRBUF_INIT;
	struct unit_style style = {.ascii = ascii, .gap = " "};

	if (!isfinite(time->lo) || !isfinite(time->hi))
		return xstrdup("too few runs");
	unit_time(&out, time->lo, style);
	strbuf_puts(&out, ascii ? " - " : " – ");
	unit_time(&out, time->hi, style);
	/* One unit is enough where both have the same. */
	char *first = strchr(out.data, ' '), *last = strrchr(out.data, ' ');
	size_t unit = strlen(last);

	if (strncmp(first, last, unit) == 0 && first[unit] == ' ')
		memmove(first, first + unit, strlen(first + unit) + 1);
	return strbuf_take(&out);
}

static char *time_text(double ns, bool ascii)
{
	struct strbuf out = STRBUF_INIT;

	unit_time(&out, ns, (struct unit_style){.ascii = ascii, .gap = " "});
	return strbuf_take(&out);
}

static char *bytes_text(uint64_t bytes)
{
	struct strbuf out = STRBUF_INIT;

	unit_bytes(&out, bytes);
	return strbuf_take(&out);
}

static char *count_text(uint64_t count)
{
	struct strbuf out = STRBUF_INIT;

	unit_count(&out, count);
	return strbuf_take(&out);
}

static char *ratio_text(double ratio, const char *to, bool ascii)
{
	struct strbuf out = STRBUF_INIT;
	char *label = escaped(to, ascii);

	lang_put_ratio(&out, ratio);
	strbuf_puts(&out, " vs ");
	utf8_shorten(&out, label, NAME_BESIDE, ascii);
	free(label);
	return strbuf_take(&out);
}

static struct lang_row *add_row(struct lang_table *table)
{
	table->rows = xrealloc(table->rows, table->count + 1, sizeof *table->rows);
	table->rows[table->count] = (struct lang_row){0};
	return &table->rows[table->count++];
}

/* ---- the tables ----------------------------------------------------------------------------------------------------------------- */

static void fill_performance(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	const struct lang_entrant *slowest = &c->entrants[c->slowest], *baseline = &c->entrants[c->baseline];

	for (size_t i = 0; i < c->present; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];
		struct lang_row *row = add_row(table);

		row->cells[0] = lang_full_name(entrant, ascii);
		row->cells[1] = time_text(entrant->time.value, ascii);
		row->cells[2] = interval_text(&entrant->time, ascii);
		/* how many times as fast as the slowest; how many times the time of the baseline */
		row->cells[3] = ratio_text(1 / entrant->to_slowest.value, slowest->label, ascii);
		row->cells[4] =
		    entrant == baseline ? xstrdup("[baseline]") : ratio_text(entrant->to_baseline.value, baseline->label, ascii);
	}
}

static char *verdict(const struct lang_comparison *c, const struct lang_entrant *entrant, bool ascii, bool *good)
{
	const struct stats_interval *r = &entrant->to_first;
	struct strbuf out = STRBUF_INIT;

	*good = entrant->matches_first;
	if (!isfinite(r->hi) || r->lo <= 0)
		return xstrdup("too few runs to tell (6 at least)");
	if (entrant->matches_first)
		strbuf_printf(&out, "%s matches (within %s%g%%)", ascii ? "[ok]" : "✓", ascii ? "+/-" : "±", 100 * c->margin);
	else if (r->lo > 1)
		strbuf_puts(&out, "slower");
	else if (r->hi < 1)
		strbuf_puts(&out, "faster");
	else
		strbuf_puts(&out, "no difference shown, none excluded");
	return strbuf_take(&out);
}

/* The others' times as multiples of the first program's: what the verdict is about. */
static void fill_against(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	for (size_t i = 0; i < c->present; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];
		const struct stats_interval *r = &entrant->to_first;
		struct strbuf range = STRBUF_INIT;
		struct lang_row *row;

		if (i == c->first)
			continue;
		row = add_row(table);
		row->cells[0] = escaped(entrant->label, ascii);
		row->cells[1] = ratio_text(r->value, c->entrants[c->first].label, ascii);
		if (isfinite(r->hi) && r->lo > 0) {
			lang_put_ratio(&range, r->lo);
			strbuf_puts(&range, ascii ? " - " : " – ");
			lang_put_ratio(&range, r->hi);
			row->cells[2] = strbuf_take(&range);
		}
		row->cells[3] = verdict(c, entrant, ascii, &row->good);
	}
}

static void fill_calls(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	for (size_t i = 0; i < c->present; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];
		struct lang_row *row;

		if (!entrant->counted && !entrant->uncounted)
			continue;
		row = add_row(table);
		row->cells[0] = escaped(entrant->label, ascii);
		row->cells[1] = entrant->counted ? count_text(entrant->calls) : xstrdup("not counted");
		row->cells[2] = entrant->counted ? NULL : escaped(entrant->uncounted, ascii);
	}
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Names of the files, or how many they are. */
static char *needs_text(const struct lang_entrant *entrant, bool ascii)
{
	const struct lang_needs *needs = &entrant->needs;
	struct strbuf out = STRBUF_INIT;
	size_t from = entrant->lang->kind == LANG_INTERPRETED ? 0 : needs->count > NAMED_FILES ? needs->count : 0;

	if (needs->count == 0)
		return xstrdup("nothing else");
	if (from == needs->count) {
		strbuf_printf(&out, "%zu shared libraries", needs->count);
		return strbuf_take(&out);
	}
	for (size_t i = from; i < needs->count && i < from + NAMED_FILES; i++) {
		const char *slash = strrchr(needs->files[i], '/');
		char *name = escaped(slash ? slash + 1 : needs->files[i], ascii);

		strbuf_printf(&out, "%s%s%s", i > from ? ", " : "", name, is_directory(needs->files[i]) ? "/" : "");
		free(name);
	}
	if (needs->count > NAMED_FILES)
		strbuf_printf(&out, " and %zu more", needs->count - NAMED_FILES);
	return strbuf_take(&out);
}

/* Indexes of those that take part, by a figure, least first. */
static size_t *order_by(const struct lang_comparison *c, double (*figure)(const struct lang_entrant *))
{
	size_t *order = xcalloc(c->present + 1, sizeof *order);

	for (size_t i = 0; i < c->present; i++) {
		size_t k = i;

		for (; k > 0 && figure(&c->entrants[order[k - 1]]) > figure(&c->entrants[i]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

static double by_size(const struct lang_entrant *entrant)
{
	return (double)entrant->size + (double)entrant->needs.bytes;
}

static double by_memory(const struct lang_entrant *entrant)
{
	return (double)entrant->peak_rss;
}

static double by_start(const struct lang_entrant *entrant)
{
	return entrant->empty_rounds ? entrant->start.value : INFINITY;
}

static void fill_size(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	size_t *order = order_by(c, by_size);

	for (size_t i = 0; i < c->present; i++) {
		const struct lang_entrant *entrant = &c->entrants[order[i]];
		struct lang_row *row = add_row(table);
		char *beside = bytes_text(entrant->needs.bytes);

		row->cells[0] = escaped(entrant->label, ascii);
		row->cells[1] = bytes_text(entrant->size);
		row->cells[2] = entrant->needs.count ? xasprintf("+ %s", beside) : NULL;
		row->cells[3] = needs_text(entrant, ascii);
		free(beside);
	}
	free(order);
}

static void fill_memory(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	size_t *order = order_by(c, by_memory);

	for (size_t i = 0; i < c->present; i++) {
		struct lang_row *row = add_row(table);

		row->cells[0] = escaped(c->entrants[order[i]].label, ascii);
		row->cells[1] = bytes_text(c->entrants[order[i]].peak_rss);
	}
	free(order);
}

static void fill_start(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	size_t *order = order_by(c, by_start);

	for (size_t i = 0; i < c->present && c->empty_rounds; i++) {
		const struct lang_entrant *entrant = &c->entrants[order[i]];
		struct lang_row *row = add_row(table);

		row->cells[0] = escaped(entrant->label, ascii);
		row->cells[1] = entrant->empty_rounds ? time_text(entrant->start.value, ascii) : xstrdup("not measured");
		row->cells[2] = entrant->empty_rounds ? interval_text(&entrant->start, ascii) : NULL;
	}
	free(order);
}

static void fill_absent(struct lang_table *table, const struct lang_comparison *c, bool ascii)
{
	for (size_t i = c->present; i < c->count; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];
		struct lang_row *row = add_row(table);

		row->cells[0] = escaped(entrant->label, ascii);
		row->cells[1] = escaped(entrant->absent, ascii);
		row->cells[2] = escaped(entrant->get, ascii);
	}
}

static const struct {
	struct lang_table table;
	void (*fill)(struct lang_table *table, const struct lang_comparison *comparison, bool ascii);
} kinds[] = {
    {{"Performance (median, 95% interval):", {"program", "median", "95% interval", "to the slowest", "to the baseline"}, "lrlrr", NULL, 0},
     fill_performance},
    {{"The others against the first (ratio of times, 95% interval):", {"program", "ratio", "95% interval", "verdict"}, "lrll", NULL, 0},
     fill_against},
    {{"Calls (exact):", {"program", "calls", "why not"}, "lrl", NULL, 0}, fill_calls},
    {{"Binary size (and what must be there at run time):", {"program", "size", "beside it", "which is"}, "lrrl", NULL, 0}, fill_size},
    {{"Peak memory (RSS):", {"program", "peak RSS"}, "lr", NULL, 0}, fill_memory},
    {{"Cold start (an empty program of the same language, measured):", {"program", "median", "95% interval"}, "lrl", NULL, 0}, fill_start},
    {{"Not compared:", {"program", "reason", "what to do"}, "lll", NULL, 0}, fill_absent},
};

struct lang_table *lang_tables(const struct lang_comparison *c, bool ascii, size_t *count)
{
	struct lang_table *tables = xcalloc(sizeof kinds / sizeof *kinds, sizeof *tables);

	*count = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		tables[*count] = kinds[i].table;
		kinds[i].fill(&tables[*count], c, ascii);
		*count += tables[*count].count > 0;
	}
	return tables;
}

void lang_tables_free(struct lang_table *tables, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < tables[i].count; k++) {
			for (size_t n = 0; n < LANG_CELLS; n++)
				free(tables[i].rows[k].cells[n]);
		}
		free(tables[i].rows);
	}
	free(tables);
}

/* ---- above them --------------------------------------------------------------------------------------------------------------- */

char *lang_line_test(const struct lang_comparison *c, bool ascii, bool whole_path)
{
	struct strbuf out = STRBUF_INIT;
	const struct lang_entrant *first = &c->entrants[c->first];
	const char *slash = strrchr(first->source, '/');
	char *source = escaped(slash && !whole_path ? slash + 1 : first->source, ascii);

	strbuf_printf(&out, "Test: %s", source);
	for (size_t i = 0; c->args && c->args[i]; i++) {
		char *arg = escaped(c->args[i], ascii);

		strbuf_printf(&out, " %s", arg);
		free(arg);
	}
	if (first->counted) {
		strbuf_puts(&out, ascii ? " - " : " – ");
		unit_count(&out, first->calls);
		strbuf_puts(&out, first->calls == 1 ? " call (exact)" : " calls (exact)");
	}
	free(source);
	return strbuf_take(&out);
}

char *lang_line_runs(const struct lang_comparison *c, bool ascii)
{
	struct strbuf out = STRBUF_INIT;

	(void)ascii;
	strbuf_printf(&out, "Runs: %" PRIu64 " of each, in turn", c->rounds);
	if (c->out_of_time)
		strbuf_puts(&out, " until --max-time");
	if (c->interrupted)
		strbuf_puts(&out, " until interrupted");
	strbuf_puts(&out, "; all print the same ");
	unit_bytes(&out, c->output_size);
	return strbuf_take(&out);
}
