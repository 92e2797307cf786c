#include "cmd.h"
#include "distance.h"
#include "strbuf.h"
#include "term.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_MAX 1000000000ull
enum { VALUE_HELP = 1000, VALUE_FIRST = 1001 };

const struct command *const *command_list;
const struct option_row option_help = {"help", 'h', OPTION_FLAG, NULL, "this text", 0};

const char *did_you_mean(const char *word, const char *const *candidates, size_t count)
{
	const char *best = NULL;
	size_t best_distance = strlen(word) / 3 + 1;

	for (size_t i = 0; i < count; i++) {
		size_t distance = edit_distance(word, strlen(word), candidates[i], strlen(candidates[i]));

		if (distance <= best_distance && (!best || distance < best_distance)) {
			best = candidates[i];
			best_distance = distance;
		}
	}
	return best;
}

static size_t rows_of(const struct command *command)
{
	size_t n = 0;

	while (command->options[n].name)
		n++;
	return n;
}

#define HELP_COLUMNS 79
#define HELP_INDENT  29
#define HELP_NARROW  60 /* below that, what an option does stands under it */

static int help_columns(void)
{
	unsigned columns = term_columns(STDOUT_FILENO);

	return columns == 0 || columns > HELP_COLUMNS ? HELP_COLUMNS : columns < 30 ? 30 : (int)columns;
}

void help_filled(const char *text, int column, int indent)
{
	bool first = true;

	while (*text) {
		int length = (int)strcspn(text, " \n");

		if (!first && column + 1 + length > help_columns()) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", length, text);
		column += length;
		first = false;
		text += length + (text[length] != '\0');
	}
	putchar('\n');
}

static void print_option(const struct option_row *row)
{
	char left[128];

	snprintf(left, sizeof left, "%s%c%s --%s%s%s", row->letter ? "-" : " ", row->letter ? row->letter : ' ', row->letter ? "," : " ",
		 row->name, row->value ? " " : "", row->value ? row->value : "");
	if (help_columns() < HELP_NARROW) {
		printf("  %s\n        ", left);
		help_filled(row->help, 8, 8);
		return;
	}
	printf("  %-*s ", HELP_INDENT - 3, left);
	help_filled(row->help, HELP_INDENT, HELP_INDENT);
}

void command_help(const struct command *command, bool full)
{
	const char *line = command->usage;

	help_filled(command->summary, 0, 0);
	printf("\nUsage:\n");
	while (*line) {
		size_t length = strcspn(line, "\n");

		char *usage = xasprintf("ruchy-prof %.*s", (int)length, line);

		printf("  ");
		help_filled(usage, 2, 6);
		free(usage);
		line += length + (line[length] == '\n');
	}
	if (full && command->about) {
		putchar('\n');
		help_filled(command->about, 0, 0);
	}
	printf("\nOptions:\n");
	for (size_t i = 0; command->options[i].name; i++)
		print_option(&command->options[i]);
	print_option(&option_help);
}

static int parse_count(const struct option_row *row, const char *text, uint64_t *value, struct err *err)
{
	uint64_t least = row->kind == OPTION_COUNT;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] < '0' || text[0] > '9' || *value < least || *value > COUNT_MAX)
		return err_usage(err, text, least ? "give a whole number from 1 to 1000000000" : "give a whole number from 0 to 1000000000",
				 "--%s is not a usable count", row->name);
	return 0;
}

static int parse_seconds(const struct option_row *row, const char *text, double *value, struct err *err)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"m", 60}, {"min", 60}, {"h", 3600}};
	char *end;

	*value = strtod(text, &end);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (end == text || strcmp(end, units[i].unit) != 0)
			continue;
		*value *= units[i].factor;
		if (isfinite(*value) && *value > 0 && *value <= 1e9)
			return 0;
	}
	return err_usage(err, text, "give a time above zero, such as 10, 0.5s, 500ms or 2m", "--%s is not a usable time", row->name);
}

static int parse_percent(const struct option_row *row, const char *text, double *value, struct err *err)
{
	char *end;

	*value = strtod(text, &end);
	if (end == text || (strcmp(end, "") != 0 && strcmp(end, "%") != 0) || !(*value >= 0 && *value <= 100))
		return err_usage(err, text, "give a number from 0 to 100, such as 5, 0.5 or 5%", "--%s is not a usable share", row->name);
	return 0;
}

static void append(struct option_list *list, const char *text)
{
	list->items = xrealloc(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = text;
}

static int store(const struct option_row *row, char *text, void *into, struct err *err)
{
	char *field = (char *)into + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)field = text;
		return 0;
	case OPTION_COUNT:
	case OPTION_NUMBER:
		return parse_count(row, text, (uint64_t *)field, err);
	case OPTION_PERCENT:
		return parse_percent(row, text, (double *)field, err);
	case OPTION_SECONDS:
		return parse_seconds(row, text, (double *)field, err);
	case OPTION_LIST:
		append((struct option_list *)field, text);
		return 0;
	}
	return 0;
}

static int bad_option(const struct command *command, const char *word, int code, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	char name[64], hint[512];
	const char *near;

	if (code == ':')
		return err_usage(err, word, NULL, "option needs a value");
	for (; command->options[n].name && n < 64; n++)
		names[n] = command->options[n].name;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	near = strncmp(name, "--", 2) == 0 ? did_you_mean(name + 2, names, n) : NULL;
	if (near)
		snprintf(hint, sizeof hint, "did you mean --%s?", near);
	else
		snprintf(hint, sizeof hint, "see `ruchy-prof %s --help`; a file whose name starts with a dash is given as ./%.100s",
			 command->name, word);
	return err_usage(err, word, hint, "unknown option");
}

static int parse_all(const struct command *command, int argc, char **argv, void *into, struct err *err)
{
	size_t n = rows_of(command);
	struct option *longs = xcalloc(n + 2, sizeof *longs);
	struct strbuf shorts = STRBUF_INIT;
	int code = 0, result = 0;

	strbuf_puts(&shorts, ":h");
	longs[n] = (struct option){"help", no_argument, NULL, VALUE_HELP};
	for (size_t i = 0; i < n; i++) {
		const struct option_row *row = &command->options[i];

		longs[i] =
		    (struct option){row->name, row->kind == OPTION_FLAG ? no_argument : required_argument, NULL, VALUE_FIRST + (int)i};
		if (row->letter)
			strbuf_printf(&shorts, "%c%s", row->letter, row->kind == OPTION_FLAG ? "" : ":");
	}
	optind = 0;
	opterr = 0;
	while (result == 0 && (code = getopt_long(argc, argv, shorts.data, longs, NULL)) != -1) {
		size_t row = n;

		if (code == VALUE_HELP || code == 'h') {
			command_help(command, code == VALUE_HELP);
			result = 1;
			break;
		}
		if (code >= VALUE_FIRST)
			row = (size_t)(code - VALUE_FIRST);
		for (size_t i = 0; row == n && i < n; i++) {
			if (code == command->options[i].letter)
				row = i;
		}
		if (code == '?' || code == ':' || row == n)
			result = bad_option(command, argv[optind - 1], code, err);
		else
			result = store(&command->options[row], optarg, into, err);
	}
	free(longs);
	strbuf_free(&shorts);
	return result;
}

int options_parse(const struct command *command, int argc, char **argv, void *into, struct operands *operands, struct err *err)
{
	int own = 1, result;

	/* Split at the first `--` ourselves: what follows is the user's program's, whatever it looks like. */
	while (own < argc && strcmp(argv[own], "--") != 0)
		own++;
	operands->args = argv + own + (own < argc);
	operands->arg_count = own < argc ? argc - own - 1 : 0;
	if (own < argc)
		argv[own] = NULL;
	result = parse_all(command, own, argv, into, err);
	operands->files = argv + optind;
	operands->file_count = own - optind;
	return result;
}

const char *operand_single(const struct command *command, const struct operands *operands, const char *what, struct err *err)
{
	char hint[256];

	snprintf(hint, sizeof hint, "see `ruchy-prof %s --help`", command->name);
	if (operands->file_count == 1 && *operands->files[0])
		return operands->files[0];
	if (operands->file_count == 1)
		err_usage(err, command->name, hint, "the name of the %s is empty", what);
	else if (operands->file_count == 0)
		err_usage(err, command->name, hint, "no %s is given", what);
	else
		err_usage(err, operands->files[1], "arguments of the program go behind `--`", "more than one %s is given", what);
	return NULL;
}
