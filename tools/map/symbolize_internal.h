/* symbolize_internal.h - shared by the symbolize*.c files alone. */
#ifndef SYMBOLIZE_INTERNAL_H
#define SYMBOLIZE_INTERNAL_H

#include "symbolize.h"

struct symbolize_file {
	char *name;	 /* without directory */
	char *directory; /* with its slash; NULL: any */
	char *source;	 /* NULL: the map's */
	struct source_map *map;
};

/* A position in a file that has a map. */
struct symbolize_position {
	const struct symbolize_file *file;
	uint32_t line, column; /* column 0: not given */
};

/* The head of a frame: `  12:     0x55d0 - krate::__rprof_b_f::h0123456789abcdef`. Offsets into its line. */
struct symbolize_frame {
	size_t name, end;      /* the whole name, without what ends the line */
	size_t base, base_end; /* its last part: no path, no arguments of types, no prefix of ours */
	int rank;	       /* 1 body, 2 clocked, 3 chooser; 0 under its own name */
	bool closure;
};

struct symbolizer {
	struct symbolize_file *files;
	size_t file_count;
	struct strbuf held; /* the head of a frame, or of a message of rustc */
	bool holds_header;
	/* the frame before: what it was merged from */
	struct strbuf base;
	int rank;
	struct symbolize_position position;
	const struct source_map_function *function; /* NULL: not known */
};

/* symbolize_text.c: the line with its positions and names replaced. *first: its first position with a map, file NULL: none; may be NULL. */
void symbolize_text(const struct symbolizer *s, const char *line, size_t size, struct strbuf *out, struct symbolize_position *first);
/* Prefixes of ours cut from the names in it. */
void symbolize_names(const char *text, size_t size, struct strbuf *out);
/* symbolize_frame.c */
bool symbolize_parse_frame(const char *line, size_t size, struct symbolize_frame *frame);
bool symbolize_is_place(const char *line, size_t size);
/* symbolize_header.c: `error: ..` and its like, ` --> ..`, and both of them with the Ruchy place in front. */
bool symbolize_is_header(const char *line, size_t size);
bool symbolize_is_arrow(const char *line, size_t size);
void symbolize_header(const struct symbolizer *s, const char *header, size_t header_size, const char *arrow, size_t arrow_size,
		      struct strbuf *out);

#endif
