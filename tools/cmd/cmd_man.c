#include "cmd.h"
#include "man.h"
#include "output.h"

#include <string.h>

static const struct option_row options[] = {{0}};

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct operands operands;
	struct strbuf out = STRBUF_INIT;
	int status = options_parse(command, argc, argv, NULL, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	if (operands.file_count == 0) {
		man_overview(&out, command_list);
	} else {
		const char *name = operand_single(command, &operands, "command", err);

		for (size_t i = 0; name && command_list[i]; i++)
			if (strcmp(command_list[i]->name, name) == 0)
				man_command(&out, command_list[i]);
		if (!out.data)
			return err_usage(err, name ? name : command->name, "see `ruchy-prof --help`", "unknown command");
	}
	status = output_bytes(NULL, out.data, out.size, 0666, err);
	strbuf_free(&out);
	return status;
}

const struct command cmd_man = {
    .name = "man",
    .summary = "print the manual page of a command, or of ruchy-prof",
    .usage = "man [COMMAND]",
    .about = "To read it: ruchy-prof man report | man -l -. `make install` puts all of them into share/man.",
    .options = options,
    .run = run,
    .words = "",
};
