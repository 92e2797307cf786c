/* term.h - what the terminal can show, and the progress line. Not thread-safe: one progress line. */
#ifndef UTIL_TERM_H
#define UTIL_TERM_H

#include <stdbool.h>

enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

/* "auto", "always", "never"; false for another word. */
bool term_parse_color(const char *word, enum term_color *color);
/* Colour on `fd`? Asked in this order: --color, NO_COLOR, CLICOLOR_FORCE, TERM=dumb or unset, is it a terminal. */
bool term_wants_color(int fd, enum term_color color);
/* Columns of the terminal at `fd`: COLUMNS if set, else what the terminal says; 0 when it is none. */
unsigned term_columns(int fd);
/* Does the locale (LC_ALL, LC_CTYPE, LANG) speak UTF-8? */
bool term_is_utf8(void);

/*
 * One line on stderr that overwrites itself. Nothing at all when stderr is no terminal, TERM=dumb or CI=true.
 * Clear it before anything else is printed, the program's own output included.
 */
void term_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The line again, with the seconds since it was first shown. Nothing when none is shown. */
void term_progress_tick(void);
void term_progress_clear(void);
/* For --verbose, on stderr: a step that is done, its time, and the command that it was (NULL: none). */
void term_step(const char *step, double seconds, const char *command);

#endif
