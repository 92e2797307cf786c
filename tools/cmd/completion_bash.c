/* Bash: one function; `complete -o default` offers files wherever it offers nothing. */
#include "completion.h"

#include <stdlib.h>

static const char head[] =
    "# bash completion of ruchy-prof; `ruchy-prof completions bash` wrote it\n"
    "_ruchy_prof() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} options='' i\n"
    "\tCOMPREPLY=()\n"
    "\t# bash cuts --option=value into three words\n"
    "\tif [[ $cur == = ]]; then\n"
    "\t\tcur=''\n"
    "\telif [[ $prev == = ]] && ((COMP_CWORD > 2)); then\n"
    "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "\tfi\n"
    "\tfor ((i = 2; i < COMP_CWORD; i++)); do # behind `--` are the arguments of the program\n"
    "\t\t[[ ${COMP_WORDS[i]} == -- ]] && return\n"
    "\tdone\n";

static void offer(struct strbuf *out, const char *words)
{
	strbuf_printf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n", words);
}

static void put_value(struct strbuf *out, const struct command *command, const struct option_row *row)
{
	char *words;

	if (row->kind == OPTION_FLAG)
		return;
	words = completion_words(row);
	strbuf_printf(out, "\t'%s --%s'", command->name, row->name);
	if (row->letter)
		strbuf_printf(out, " | '%s -%c'", command->name, row->letter);
	strbuf_puts(out, ")\n");
	if (words && *words)
		offer(out, words);
	else if (!words)
		strbuf_puts(out, "\t\tcompopt +o default +o bashdefault 2> /dev/null\n");
	strbuf_puts(out, "\t\treturn ;;\n");
	free(words);
}

static void put_name(struct strbuf *out, const struct command *command, const struct option_row *row)
{
	(void)command;
	strbuf_printf(out, " --%s", row->name);
	if (row->letter)
		strbuf_printf(out, " -%c", row->letter);
}

static void put_commands(struct strbuf *out, const struct command *const *commands)
{
	strbuf_puts(out, "\tif ((COMP_CWORD == 1)); then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; commands[i]; i++)
		strbuf_printf(out, "%s ", commands[i]->name);
	strbuf_puts(out, "help --help --version' -- \"$cur\")\n\t\treturn\n\tfi\n");
}

static void put_help(struct strbuf *out, const struct command *const *commands)
{
	strbuf_puts(out, "\thelp)\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; commands[i]; i++)
		strbuf_printf(out, "%s%s", i ? " " : "", commands[i]->name);
	strbuf_puts(out, "' -- \"$cur\")\n\t\treturn ;;\n");
}

void completion_bash(struct strbuf *out, const struct command *const *commands)
{
	strbuf_puts(out, head);
	put_commands(out, commands);
	strbuf_puts(out, "\tcase \"$command $prev\" in\n");
	for (size_t i = 0; commands[i]; i++)
		completion_each(commands[i], put_value, out);
	strbuf_puts(out, "\tesac\n\tcase $command in\n");
	put_help(out, commands);
	for (size_t i = 0; commands[i]; i++) {
		strbuf_printf(out, "\t%s)\n\t\toptions='", commands[i]->name);
		completion_each(commands[i], put_name, out);
		strbuf_puts(out, "'\n");
		if (commands[i]->words && *commands[i]->words) {
			strbuf_puts(out, "\t\t[[ $cur == -* ]] ||\n\t");
			offer(out, commands[i]->words);
		}
		strbuf_puts(out, "\t\t;;\n");
	}
	strbuf_puts(out, "\tesac\n"
			 "\tif [[ $cur == -* ]]; then\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
			 "\tfi\n"
			 "}\n"
			 "complete -o default -o bashdefault -F _ruchy_prof ruchy-prof\n");
}
