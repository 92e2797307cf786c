#include "cmd.h"
#include "completion.h"
#include "output.h"

#include <string.h>

static const struct option_row options[] = {{0}};

static const struct {
	const char *shell;
	void (*write)(struct strbuf *out, const struct command *const *commands);
} shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct operands operands;
	struct strbuf out = STRBUF_INIT;
	const char *shell;
	int status = options_parse(command, argc, argv, NULL, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	shell = operand_single(command, &operands, "shell", err);
	if (!shell)
		return -1;
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shells[i].shell, shell) != 0)
			continue;
		shells[i].write(&out, command_list);
		status = output_bytes(NULL, out.data, out.size, 0666, err);
		strbuf_free(&out);
		return status;
	}
	return err_usage(err, shell, "known shells: bash, zsh, fish", "unknown shell");
}

const struct command cmd_completions = {
    .name = "completions",
    .summary = "print a script that completes our command lines in bash, zsh or fish",
    .usage = "completions bash|zsh|fish",
    .about = "For bash: ruchy-prof completions bash > ~/.local/share/bash-completion/completions/ruchy-prof. For zsh: put it into a "
	     "directory of "
	     "$fpath as _ruchy-prof. For fish: ~/.config/fish/completions/ruchy-prof.fish.",
    .options = options,
    .run = run,
    .words = "bash zsh fish",
};
