/* term.c - terminal questions and the progress line. */
#include "term.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || strcmp(term, "dumb") == 0;
}

bool term_parse_color(const char *word, enum term_color *color)
{
	static const char *const words[] = {
	    [TERM_COLOR_AUTO] = "auto",
	    [TERM_COLOR_ALWAYS] = "always",
	    [TERM_COLOR_NEVER] = "never",
	};
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(word, words[i]) == 0) {
			*color = (enum term_color)i;
			return true;
		}
	}
	return false;
}

bool term_wants_color(int fd, enum term_color color)
{
	const char *force = getenv("CLICOLOR_FORCE");
	if (color != TERM_COLOR_AUTO)
		return color == TERM_COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return !is_dumb() && isatty(fd);
}

unsigned term_columns(int fd)
{
	struct winsize size;
	const char *text = getenv("COLUMNS");
	if (text && *text >= '1' && *text <= '9') {
		char *end;
		unsigned long columns = strtoul(text, &end, 10);
		if (!*end && columns <= 10000)
			return (unsigned)columns;
	}
	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 80;
}

bool term_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (!value || !*value)
			continue;
		const char *dot = strchr(value, '.');
		return dot && (strncasecmp(dot + 1, "utf-8", 5) == 0 || strncasecmp(dot + 1, "utf8", 4) == 0);
	}
	return false;
}

/* ---- progress --------------------------------------------------------------------------------------------------------- */

static bool progress_shown;
static char progress_line[512]; /* without the time */
static struct timespec progress_start;

static bool wants_progress(void)
{
	static int wanted = -1;
	const char *ci = getenv("CI");
	if (wanted < 0)
		wanted = isatty(2) && !is_dumb() && !(ci && strcmp(ci, "true") == 0);
	return wanted;
}

/*
 * Cut to the columns: a line that wraps could not be overwritten. Never within a UTF-8 character. Those of three bytes and more count as
 * wide, which most are: cut too early does no harm.
 */
static void cut(char *line, size_t columns)
{
	size_t used = 0;
	for (char *c = line; *c; c++) {
		if (((unsigned char)*c & 0xc0) == 0x80)
			continue;
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
		used += (unsigned char)*c >= 0xe2 ? 2 : 1;
		if (used > columns) {
			*c = 0;
			return;
		}
	}
}

/* `text` and behind it, however long it is, `tail`. */
static void put_progress(const char *text, const char *tail)
{
	char line[sizeof progress_line];
	unsigned columns = term_columns(2), used = (unsigned)strlen(tail) + 1;

	snprintf(line, sizeof line, "%s", text);
	cut(line, columns > used ? columns - used : 1);
	fprintf(stderr, "\r\033[K%s%s", line, columns > used ? tail : "");
	fflush(stderr);
	progress_shown = true;
}

void term_progress(const char *format, ...)
{
	va_list args;
	if (!wants_progress())
		return;
	va_start(args, format);
	vsnprintf(progress_line, sizeof progress_line, format, args);
	va_end(args);
	clock_gettime(CLOCK_MONOTONIC, &progress_start);
	put_progress(progress_line, "");
}

void term_progress_tick(void)
{
	struct timespec now;
	char tail[64];
	if (!progress_shown)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec == progress_start.tv_sec)
		return;
	snprintf(tail, sizeof tail, ", %lld s", (long long)(now.tv_sec - progress_start.tv_sec));
	put_progress(progress_line, tail);
}

void term_progress_clear(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}

void term_step(const char *step, double seconds, const char *command)
{
	term_progress_clear();
	fprintf(stderr, "%-28s %8.1f ms\n", step, seconds * 1e3);
	if (command)
		fprintf(stderr, "    %s\n", command);
}
