/* export_rows.h - rows of place, value, note: hot spots, lines, calls, source map, changes. */
#ifndef EXPORT_ROWS_H
#define EXPORT_ROWS_H

#include "export_page.h"

#define ROW_CELLS 5

struct row {
	struct strbuf cell[ROW_CELLS];
	bool right[ROW_CELLS];
	enum page_color color; /* of the cells aligned to the right */
};
struct rows {
	struct row *row;
	size_t count, capacity;
};

/* A new row; valid until the next call. */
struct row *rows_add(struct rows *rows);
/* Prints and frees. Columns are as wide as their widest cell; where that is wider than the page, each row becomes a record. */
void rows_put(const struct page *page, struct rows *rows);

#endif
