/* line_match.h - which line of one text is which of another: by content, so that lines that moved down still match. */
#ifndef LINE_MATCH_H
#define LINE_MATCH_H

#include "source_text.h"

/*
 * to[i] is the line of `b` that line i + 1 of `a` has become, 0 = none. Lines are the same when they are but for blanks at both ends. Order
 * is kept: no two matches cross. Lines that both texts hold once anchor the match; between anchors the longest common sequence is taken
 * where it is cheap. Takes O(n log n). The caller frees.
 */
uint32_t *line_match(const struct source_text *a, const struct source_text *b);

#endif
