/* main.c - the command line: commands[] and nothing clever. The only place that prints errors and chooses the exit status. */
#include "bench.h"
#include "cargo.h"
#include "cmd.h"
#include "err.h"
#include "front.h"
#include "interrupt.h"
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A row each. */
/* clang-format off */
static const struct command *const commands[] = {
    &cmd_profile,
    &cmd_report,
    &cmd_annotate,
    &cmd_diff,
    &cmd_merge,
    &cmd_bench,
    &cmd_analyze,
    &cmd_build,
    &cmd_transpile,
    &cmd_pgo,
    &cmd_symbolize,
    &cmd_env,
    &cmd_cargo,
    &cmd_completions,
    &cmd_man,
    NULL,
};
/* clang-format on */
enum { COMMANDS = sizeof commands / sizeof *commands - 1 }; /* NOLINT(bugprone-sizeof-expression): of pointers, as meant */

static void print_overview(void)
{
	enum { SUMMARY = 14 }; /* the column behind the longest name */

	help_filled("ruchy-prof " RUCHY_PROF_VERSION ": profile compiled Ruchy programs, with exact calls, in .ruchy lines", 0, 0);
	printf("\nUsage:\n  ruchy-prof COMMAND [OPTIONS] [FILE] [-- ARGS...]\n\nCommands:\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		printf("  %-*s ", SUMMARY - 3, commands[i]->name);
		help_filled(commands[i]->summary, SUMMARY, SUMMARY);
	}
	printf("\n`ruchy-prof COMMAND --help` tells more. Start with:\n  ruchy-prof profile --binary program.ruchy\n");
}

static const struct command *find(const char *name, struct err *err)
{
	const char *names[COMMANDS];
	const char *near;
	char hint[128] = "see `ruchy-prof --help`";

	for (size_t i = 0; i < COMMANDS; i++) {
		names[i] = commands[i]->name;
		if (strcmp(name, commands[i]->name) == 0)
			return commands[i];
	}
	near = did_you_mean(name, names, COMMANDS);
	if (near)
		snprintf(hint, sizeof hint, "did you mean `%s`?", near);
	err_usage(err, name, hint, "unknown command");
	return NULL;
}

static int run(int argc, char **argv, struct err *err)
{
	const struct command *command;

	if (argc < 2) {
		print_overview();
		err_usage(err, "command line", "see `ruchy-prof --help`", "no command is given");
		return -1;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("ruchy-prof " RUCHY_PROF_VERSION "\n");
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		if (argc == 2) {
			print_overview();
			return 0;
		}
		command = find(argv[2], err);
		if (command)
			command_help(command, true);
		return command ? 0 : -1;
	}
	command = find(argv[1], err);
	return command ? command->run(command, argc - 1, argv + 1, err) : -1;
}

static void print_error(const struct err *err)
{
	if (err->detail && *err->detail) {
		size_t size = strlen(err->detail);

		fprintf(stderr, "%s%s", err->detail, err->detail[size - 1] == '\n' ? "" : "\n");
	}
	fprintf(stderr, "ruchy-prof: %s", err->what);
	if (*err->where)
		fprintf(stderr, ": %s", err->where);
	if (*err->hint)
		fprintf(stderr, "; %s", err->hint);
	fputc('\n', stderr);
}

/* A file that we open must not get the number of a standard stream that our caller closed. */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Several programs in one: which is said by the link that it was started by. */
static bool is_called(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int status;

	/* First of all: the real ruchy inherits streams and signals as they were given to us. */
	if (argc > 0 && front_called(argv[0]) && !front_takes(argc, argv)) {
		status = front_exec(argv, &err);
		print_error(&err);
		return status;
	}
	open_standard_streams();
	interrupt_watch();
	/* A closed reader of our output is noticed at the flush below; a file size limit where the file is written. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	command_list = commands;
	if (argc > 0 && is_called(argv[0], CARGO_WRAPPER))
		return cargo_rustc_main(argc, argv);
	if (argc > 0 && is_called(argv[0], BENCH_REPEATER))
		return bench_repeat_main(argc, argv);
	status = run(argc, argv, &err);
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno && errno != EPIPE) /* 0: an earlier write failed, and whoever wrote has told */
			err_set(&err, "standard output", NULL, "cannot write the output: %s", strerror(errno));
		status = status == 0 ? ERR_FAILURE : status;
	}
	term_progress_clear();
	if (interrupt_signal()) {
		if (err.set)
			fprintf(stderr, "ruchy-prof: interrupted\n");
		status = 128 + interrupt_signal();
	} else if (err.set) {
		print_error(&err);
		if (status <= 0)
			status = err.exit ? err.exit : ERR_FAILURE;
	}
	err_free(&err);
	return status < 0 ? ERR_FAILURE : status;
}
