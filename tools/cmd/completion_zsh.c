/* Zsh: _arguments does the work; what it reads is escaped for it, and all of that for single quotes. */
#include "completion.h"

#include <stdlib.h>
#include <string.h>

/* Within [..] of an _arguments specification, within '..'. */
static void put_escaped(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_puts(out, "'\\''");
		else if (strchr("[]:\\", *text))
			strbuf_printf(out, "\\%c", *text);
		else
			strbuf_add(out, text, 1);
	}
}

static void put_option(struct strbuf *out, const struct command *command, const struct option_row *row)
{
	char *words = completion_words(row);

	(void)command;
	strbuf_puts(out, " \\\n\t\t\t");
	if (row->letter)
		strbuf_printf(out, "'(-%c --%s)'{-%c,--%s%s}'", row->letter, row->name, row->letter, row->name,
			      row->kind == OPTION_FLAG ? "" : "=");
	else
		strbuf_printf(out, "'--%s%s", row->name, row->kind == OPTION_FLAG ? "" : "=");
	strbuf_puts(out, "[");
	put_escaped(out, row->help);
	strbuf_puts(out, "]");
	if (row->kind != OPTION_FLAG) {
		strbuf_puts(out, ":");
		put_escaped(out, row->value ? row->value : "value");
		strbuf_puts(out, ":");
		if (words && *words)
			strbuf_printf(out, "(%s)", words);
		else if (words)
			strbuf_puts(out, "_files");
	}
	strbuf_puts(out, "'");
	free(words);
}

static void put_command(struct strbuf *out, const struct command *command)
{
	strbuf_printf(out, "\t%s)\n\t\t_arguments -s -S :", command->name);
	completion_each(command, put_option, out);
	if (!command->words)
		strbuf_puts(out, " \\\n\t\t\t'*:file:_files'");
	else if (*command->words)
		strbuf_printf(out, " \\\n\t\t\t'*:word:(%s)'", command->words);
	strbuf_puts(out, "\n\t\t;;\n");
}

void completion_zsh(struct strbuf *out, const struct command *const *commands)
{
	strbuf_puts(out, "#compdef ruchy-prof\n"
			 "# zsh completion of ruchy-prof; `ruchy-prof completions zsh` wrote it\n"
			 "_ruchy_prof() {\n"
			 "\tlocal -a commands=(\n");
	for (size_t i = 0; commands[i]; i++) {
		strbuf_printf(out, "\t\t'%s:", commands[i]->name);
		put_escaped(out, commands[i]->summary);
		strbuf_puts(out, "'\n");
	}
	strbuf_puts(out, "\t)\n"
			 "\tif ((CURRENT == 2)); then\n"
			 "\t\t_describe command commands\n"
			 "\t\treturn\n"
			 "\tfi\n"
			 "\tshift words\n"
			 "\t((CURRENT--))\n"
			 "\tcase $words[1] in\n"
			 "\thelp) _describe command commands ;;\n");
	for (size_t i = 0; commands[i]; i++)
		put_command(out, commands[i]);
	/* Sourced, it registers itself; from $fpath it is the function's body. */
	strbuf_puts(out, "\tesac\n"
			 "}\n"
			 "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
			 "\t_ruchy_prof \"$@\"\n"
			 "else\n"
			 "\tcompdef _ruchy_prof ruchy-prof\n"
			 "fi\n");
}
