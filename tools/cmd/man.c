/*
 * mdoc: lines that begin with a dot are macros, and a sentence ends its line. Everything that is text goes through put_text(), so that
 * nothing in it is taken for a macro or an escape.
 */
#include "man.h"
#include "export_utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 76

static void put_word(struct strbuf *out, const char *word, size_t size, bool starts_line)
{
	if (size == 2 && memcmp(word, "--", 2) == 0) {
		strbuf_puts(out, "\\-\\-"); /* two hyphens, no dash */
		return;
	}
	if (starts_line && (*word == '.' || *word == '\''))
		strbuf_puts(out, "\\&");
	while (size > 0) {
		uint32_t code;
		size_t length = utf8_decode(word, size, &code);

		if (length <= 1)
			strbuf_printf(out, *word == '\\' ? "\\e" : "%c", *word);
		else
			strbuf_printf(out, "\\[u%04X]", (unsigned)code);
		length += length == 0;
		word += length;
		size -= length;
	}
}

static bool ends_sentence(const char *word, size_t size)
{
	while (size > 0 && strchr(")\"'", word[size - 1]))
		size--;
	return size > 0 && strchr(".!?", word[size - 1]);
}

/* `text` as lines of text. */
static void put_text(struct strbuf *out, const char *text)
{
	size_t column = 0;

	while (*(text += strspn(text, " \n"))) {
		size_t size = strcspn(text, " \n");

		if (column > 0 && column + 1 + size > COLUMNS) {
			strbuf_puts(out, "\n");
			column = 0;
		} else if (column > 0) {
			strbuf_puts(out, " ");
			column++;
		}
		put_word(out, text, size, column == 0);
		column += size;
		if (ends_sentence(text, size)) {
			strbuf_puts(out, "\n");
			column = 0;
		}
		text += size;
	}
	if (column > 0)
		strbuf_puts(out, "\n");
}

/* The day of the build ("Nov  5 2026"), or of SOURCE_DATE_EPOCH, which the compiler honours. */
static void put_date(struct strbuf *out)
{
	static const char *const months[] = {"January", "February", "March",	 "April",   "May",	"June",
					     "July",	"August",   "September", "October", "November", "December"};
	static const char date[] = __DATE__;

	for (size_t i = 0; i < 12; i++)
		if (strncmp(months[i], date, 3) == 0)
			strbuf_printf(out, ".Dd %s %s, %s\n", months[i],
				      (const char[]){date[4] == ' ' ? date[5] : date[4], date[4] == ' ' ? '\0' : date[5], '\0'}, date + 7);
}

static void put_title(struct strbuf *out, const char *command)
{
	put_date(out);
	strbuf_puts(out, ".Dt RUCHY-PROF");
	if (command)
		strbuf_puts(out, "-");
	for (; command && *command; command++)
		strbuf_printf(out, "%c", toupper((unsigned char)*command));
	strbuf_puts(out, " 1\n.Os\n.Sh NAME\n");
}

static void put_option(struct strbuf *out, const struct option_row *row)
{
	const char *value = row->value;

	strbuf_puts(out, ".It");
	if (row->letter)
		strbuf_printf(out, " Fl %c%s%s ,", row->letter, value ? " Ar " : "", value ? value : "");
	strbuf_printf(out, " Fl -%s%s%s\n", row->name, value ? " Ar " : "", value ? value : "");
	put_text(out, row->help);
}

static void put_usage(struct strbuf *out, const char *usage)
{
	while (*usage) {
		size_t size = strcspn(usage, "\n");
		char line[512];

		snprintf(line, sizeof line, "%.*s", (int)size, usage);
		strbuf_puts(out, ".Nm ruchy-prof\n");
		put_text(out, line);
		usage += size + (usage[size] == '\n');
	}
}

static void put_exit(struct strbuf *out)
{
	strbuf_puts(out, ".Sh EXIT STATUS\n");
	put_text(out,
		 "0 when all went well, 1 when something failed, 2 for wrong usage, 3 when something is slower or larger than it may be, "
		 "128 and the number of the signal when interrupted.");
}

void man_command(struct strbuf *out, const struct command *command)
{
	put_title(out, command->name);
	strbuf_printf(out, ".Nm ruchy-prof-%s\n.Nd ", command->name);
	put_text(out, command->summary);
	strbuf_puts(out, ".Sh SYNOPSIS\n");
	put_usage(out, command->usage);
	strbuf_puts(out, ".Sh DESCRIPTION\n");
	if (command->about)
		put_text(out, command->about);
	strbuf_puts(out, "The options are:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; command->options[i].name; i++)
		put_option(out, &command->options[i]);
	put_option(out, &option_help);
	strbuf_puts(out, ".El\n");
	put_exit(out);
	strbuf_puts(out, ".Sh SEE ALSO\n.Xr ruchy-prof 1\n");
}

static const struct {
	const char *name, *meaning;
} variables[] = {
    {"RUCHY_PROF_FILE",
     "where an instrumented program leaves its counts: %p is the process id, %n a number that makes the name new, %% a percent sign."},
    {"RUCHY_PROF_RUCHY", "the ruchy to transpile with, or none."},
    {"RUCHY_PROF_SAMPLER", "how the plain build is sampled: perf, timer or none."},
    {"XDG_CACHE_HOME", "builds are kept in its directory ruchy-prof."},
    {"NO_COLOR", "no colours, unless --color says otherwise."},
    {"CLICOLOR_FORCE", "colours even where the output is no terminal."},
    {"COLUMNS", "width of the report."},
    {"CI", "true: no line that tells what is being done."},
};

void man_overview(struct strbuf *out, const struct command *const *commands)
{
	put_title(out, NULL);
	strbuf_puts(out, ".Nm ruchy-prof\n.Nd profile compiled Ruchy programs\n.Sh SYNOPSIS\n.Nm ruchy-prof\n.Ar command\n"
			 ".Op Ar options\n.Op Ar file ...\n.Op Fl - Ar arguments ...\n.Sh DESCRIPTION\n");
	put_text(out,
		 "Profiles compiled Ruchy programs, with exact calls, in .ruchy lines. What follows -- goes to the program. Start with "
		 "ruchy-prof profile --binary program.ruchy.");
	strbuf_puts(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; commands[i]; i++) {
		strbuf_printf(out, ".It Cm %s\n", commands[i]->name);
		put_text(out, commands[i]->summary);
	}
	strbuf_puts(out, ".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		strbuf_printf(out, ".It Ev %s\n", variables[i].name);
		put_text(out, variables[i].meaning);
	}
	strbuf_puts(out, ".El\n");
	put_exit(out);
	strbuf_puts(out, ".Sh SEE ALSO\n");
	/* mdoc wants them sorted */
	for (const char *last = "", *next;; last = next) {
		next = NULL;
		for (size_t i = 0; commands[i]; i++)
			if (strcmp(commands[i]->name, last) > 0 && (!next || strcmp(commands[i]->name, next) < 0))
				next = commands[i]->name;
		if (!next)
			break;
		strbuf_printf(out, "%s.Xr ruchy-prof-%s 1", *last ? " ,\n" : "", next);
	}
	strbuf_puts(out, "\n");
}
