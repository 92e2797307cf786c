/* langs_tables.h - a comparison as tables of cells, for the formats that show tables. */
#ifndef LANGS_TABLES_H
#define LANGS_TABLES_H

#include "export_units.h"
#include "langs.h"

#define LANG_CELLS 5

struct lang_row {
	char *cells[LANG_CELLS]; /* owned, escaped for a terminal; NULL: empty */
	bool good;		 /* the last cell is good news */
};

struct lang_table {
	const char *title;
	const char *heads[LANG_CELLS]; /* for markdown; NULL from the first unused column on */
	const char *right;	       /* a letter a column: r or l */
	struct lang_row *rows;
	size_t count;
};

/* One table of each kind that has something to say. Caller frees with lang_tables_free(). */
struct lang_table *lang_tables(const struct lang_comparison *comparison, bool ascii, size_t *count);
void lang_tables_free(struct lang_table *tables, size_t count);

/* What is said above the tables; caller frees. `whole_path`: of the program, not only its name. */
char *lang_line_test(const struct lang_comparison *comparison, bool ascii, bool whole_path);
char *lang_line_runs(const struct lang_comparison *comparison, bool ascii);
/* "Ruchy (transpiled)"; caller frees. */
char *lang_full_name(const struct lang_entrant *entrant, bool ascii);
/* "54.1x", with digits as it deserves. */
void lang_put_ratio(struct strbuf *out, double ratio);

#endif
