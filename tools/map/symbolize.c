/*
 * symbolize.c - line by line, and which frames are one. What a line says may need the next one: it is held back till then.
 *
 * Counting splits a function f into the body __rprof_b_f, around it __rprof_c_f (clocked) and __rprof_t_f (chooser), and an entry under its
 * own name. In a backtrace, innermost first, those of one call stand in this order; a recursive call begins again with a body. So a frame
 * goes with the one before if it is of the same function and further out in that order.
 */
#include "symbolize_internal.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY 4 /* the rank of the function's own name */

struct symbolizer *symbolizer_new(void)
{
	return xcalloc(1, sizeof(struct symbolizer));
}

void symbolizer_free(struct symbolizer *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->files[i].name);
		free(s->files[i].directory);
		free(s->files[i].source);
		source_map_free(s->files[i].map);
	}
	free(s->files);
	strbuf_free(&s->held);
	strbuf_free(&s->base);
	free(s);
}

void symbolizer_add(struct symbolizer *s, const char *name, struct source_map *map, const char *source)
{
	const char *slash = strrchr(name, '/');

	s->files = xrealloc(s->files, s->file_count + 1, sizeof *s->files);
	s->files[s->file_count++] = (struct symbolize_file){
	    .name = xstrdup(slash ? slash + 1 : name),
	    .directory = slash ? xasprintf("%.*s", (int)(slash + 1 - name), name) : NULL,
	    .source = source ? xstrdup(source) : NULL,
	    .map = map,
	};
}

bool symbolizer_holds(const struct symbolizer *s)
{
	return s->held.size > 0;
}

static void forget_frame(struct symbolizer *s)
{
	s->rank = 0;
}

void symbolizer_flush(struct symbolizer *s, struct strbuf *out)
{
	if (s->held.size)
		symbolize_text(s, s->held.data, s->held.size, out, NULL);
	strbuf_free(&s->held);
	forget_frame(s);
}

/* Does the frame belong to the one before? Its place must not speak against that: functions of one name may be several. */
static bool goes_on(const struct symbolizer *s, int rank, const char *base, const struct symbolize_position *position,
		    const struct source_map_function *function)
{
	if (!s->rank || rank <= s->rank || strcmp(base, s->base.data) != 0 || position->file != s->position.file)
		return false;
	if (function || s->function)
		return function == s->function;
	return position->line <= s->position.line;
}

static void keep_frame(struct symbolizer *s, int rank, const char *base, const struct symbolize_position *position,
		       const struct source_map_function *function)
{
	strbuf_free(&s->base);
	strbuf_puts(&s->base, base);
	/* Only what is split can be merged. */
	s->rank = rank < ENTRY ? rank : 0;
	s->position = *position;
	s->function = function;
}

/* The held head of a frame, and the line with its place. */
static void add_frame(struct symbolizer *s, const char *line, size_t size, struct strbuf *out)
{
	struct strbuf place = STRBUF_INIT;
	struct symbolize_position position;
	struct symbolize_frame frame;
	const struct source_map_function *function = NULL;
	const char *head = s->held.data;
	char *base;
	int rank;

	symbolize_parse_frame(head, s->held.size, &frame);
	symbolize_text(s, line, size, &place, &position);
	base = xasprintf("%.*s", (int)(frame.base_end - frame.base), head + frame.base);
	rank = frame.rank ? frame.rank : ENTRY;
	if (position.file)
		function = source_map_function(position.file->map, position.line, base, frame.closure);
	if (!goes_on(s, rank, base, &position, function)) {
		strbuf_add(out, head, frame.name);
		if (function)
			strbuf_puts(out, function->name);
		else
			symbolize_names(head + frame.name, frame.end - frame.name, out);
		strbuf_add(out, head + frame.end, s->held.size - frame.end);
		strbuf_add(out, place.data, place.size);
		keep_frame(s, rank, base, &position, function);
	} else {
		s->rank = rank < ENTRY ? rank : 0;
	}
	free(base);
	strbuf_free(&place);
	strbuf_free(&s->held);
}

void symbolizer_line(struct symbolizer *s, const char *line, size_t size, struct strbuf *out)
{
	struct symbolize_frame frame;

	if (s->held.size && !s->holds_header && symbolize_is_place(line, size)) {
		add_frame(s, line, size, out);
		return;
	}
	if (s->held.size && s->holds_header && symbolize_is_arrow(line, size)) {
		symbolize_header(s, s->held.data, s->held.size, line, size, out);
		strbuf_free(&s->held);
		return;
	}
	if (s->held.size)
		symbolizer_flush(s, out);
	s->holds_header = symbolize_is_header(line, size);
	if (s->holds_header || symbolize_parse_frame(line, size, &frame)) {
		strbuf_add(&s->held, line, size);
		return;
	}
	forget_frame(s);
	symbolize_text(s, line, size, out, NULL);
}
