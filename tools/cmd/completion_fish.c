/* Fish: one `complete` for each option. */
#include "completion.h"

#include <stdlib.h>
#include <string.h>

static void put_quoted(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "'");
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			strbuf_puts(out, "\\");
		strbuf_add(out, text, 1);
	}
	strbuf_puts(out, "'");
}

static void put_option(struct strbuf *out, const struct command *command, const struct option_row *row)
{
	char *words = completion_words(row);

	strbuf_printf(out, "complete -c ruchy-prof -n '__fish_seen_subcommand_from %s' -l %s", command->name, row->name);
	if (row->letter)
		strbuf_printf(out, " -s %c", row->letter);
	if (row->kind != OPTION_FLAG)
		strbuf_puts(out, words && !*words ? " -r -F" : " -x");
	if (words && *words) {
		strbuf_puts(out, " -a ");
		put_quoted(out, words);
	}
	strbuf_puts(out, " -d ");
	put_quoted(out, row->help);
	strbuf_puts(out, "\n");
	free(words);
}

static void put_command(struct strbuf *out, const struct command *command)
{
	strbuf_printf(out, "complete -c ruchy-prof -n __fish_use_subcommand -f -a %s -d ", command->name);
	put_quoted(out, command->summary);
	strbuf_puts(out, "\n");
	if (command->words) {
		strbuf_printf(out, "complete -c ruchy-prof -n '__fish_seen_subcommand_from %s' -f -a ", command->name);
		put_quoted(out, command->words);
		strbuf_puts(out, "\n");
	}
	completion_each(command, put_option, out);
}

void completion_fish(struct strbuf *out, const struct command *const *commands)
{
	strbuf_puts(out, "# fish completion of ruchy-prof; `ruchy-prof completions fish` wrote it\n"
			 "complete -c ruchy-prof -n __fish_use_subcommand -f -l help -d 'list the commands'\n"
			 "complete -c ruchy-prof -n __fish_use_subcommand -f -l version -d 'print the version'\n");
	for (size_t i = 0; commands[i]; i++)
		put_command(out, commands[i]);
}
