#include "cmd.h"
#include "front.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct env_options {
	const char *shell;
};

#define FIELD(name) offsetof(struct env_options, name)
static const struct option_row options[] = {
    {"shell", 0, OPTION_TEXT, "SHELL", "sh, bash, zsh or fish (default: sh, which suits bash and zsh)", FIELD(shell)},
    {0},
};

/* Within single quotes. sh knows no escape there; fish knows two. */
static void add_quoted(struct strbuf *out, const char *text, bool fish)
{
	strbuf_puts(out, "'");
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_puts(out, fish ? "\\'" : "'\\''");
		else if (*text == '\\' && fish)
			strbuf_puts(out, "\\\\");
		else
			strbuf_add(out, text, 1);
	}
	strbuf_puts(out, "'");
}

static bool is_ahead(const char *directory)
{
	const char *path = getenv("PATH");
	size_t size = strlen(directory);

	return path && strncmp(path, directory, size) == 0 && (!path[size] || path[size] == ':');
}

static void add_setting(struct strbuf *out, const char *directory, bool fish)
{
	if (is_ahead(directory)) {
		strbuf_puts(out, "# `ruchy` is ruchy-prof's already\n");
		return;
	}
	strbuf_puts(out, fish ? "set -gx PATH " : "export PATH=");
	add_quoted(out, directory, fish);
	strbuf_puts(out, fish ? " $PATH\n" : "\"${PATH:+:$PATH}\"\n");
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	static const char *const shells[] = {"sh", "bash", "zsh", "fish"};
	struct env_options o = {.shell = "sh"};
	struct operands operands;
	struct strbuf out = STRBUF_INIT;
	char *directory;
	int parsed = options_parse(command, argc, argv, &o, &operands, err);
	size_t shell = 0;

	if (parsed != 0)
		return parsed < 0 ? -1 : 0;
	if (operands.file_count || operands.arg_count)
		return err_usage(err, operands.file_count ? operands.files[0] : operands.args[0], "see `ruchy-prof env --help`",
				 "`env` takes no file");
	while (shell < sizeof shells / sizeof *shells && strcmp(o.shell, shells[shell]) != 0)
		shell++;
	if (shell == sizeof shells / sizeof *shells)
		return err_usage(err, o.shell, "sh, bash, zsh and fish are known", "unknown shell");
	directory = front_directory(err);
	if (!directory)
		return -1;
	if (strchr(directory, ':')) {
		err_set(err, directory, "install ruchy-prof elsewhere", "a directory with a colon in its name can't be on PATH");
		free(directory);
		return -1;
	}
	add_setting(&out, directory, strcmp(o.shell, "fish") == 0);
	fputs(out.data, stdout);
	strbuf_free(&out);
	free(directory);
	return 0;
}

const struct command cmd_env = {
    .name = "env",
    .summary = "print what a shell needs so that `ruchy profile` and its like are ours",
    .usage = "env [--shell SHELL]",
    .about = "In sh, bash and zsh: `eval \"$(ruchy-prof env)\"`; in fish: `ruchy-prof env --shell fish | source`. Then `ruchy` is\n"
	     "ruchy-prof for `profile`, `analyze`, `pgo`, for `bench` with --regression or --with-pgo, for `transpile` with --instrument,\n"
	     "--pgo-data or --source-map, and for `report` with a profile. Every other command line is the real ruchy's.",
    .options = options,
    .run = run,
};
