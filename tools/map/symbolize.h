/*
 * symbolize.h - text about generated Rust (panics, backtraces, rustc's messages), a line at a time, put into Ruchy lines and names.
 *
 * `prog.rs:12:5` becomes `prog.ruchy:9 (prog.rs:12:5)`, and goes in front of rustc's message about it; a frame of a backtrace gets the
 * function's Ruchy name, and the frames of the functions that counting puts around one are merged into it. All other bytes stay as they
 * are.
 */
#ifndef SYMBOLIZE_H
#define SYMBOLIZE_H

#include "source_map.h"
#include "strbuf.h"

struct symbolizer;

struct symbolizer *symbolizer_new(void);
void symbolizer_free(struct symbolizer *s);
/*
 * `map` (taken over) speaks for files called `name`, in any directory but those of Rust's own library and of packages; with a directory in
 * `name`, for that file alone, and for its name without any. `source` (NULL: as the map has it) is what the user calls the source.
 */
void symbolizer_add(struct symbolizer *s, const char *name, struct source_map *map, const char *source);
/* One line with its line feed, or the last one without. Appends what can be said by now: the head of a frame or message waits for the next.
 */
void symbolizer_line(struct symbolizer *s, const char *line, size_t size, struct strbuf *out);
bool symbolizer_holds(const struct symbolizer *s);
/* Appends what is held back. */
void symbolizer_flush(struct symbolizer *s, struct strbuf *out);

#endif
