#include "distance.h"

#define EDIT_BYTES 64 /* the table is quadratic */

size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[EDIT_BYTES + 1];

	n = n < EDIT_BYTES ? n : EDIT_BYTES;
	m = m < EDIT_BYTES ? m : EDIT_BYTES;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t replace = diagonal + (a[i - 1] != b[j - 1]);
			size_t change = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = replace < change ? replace : change;
		}
	}
	return row[m];
}
