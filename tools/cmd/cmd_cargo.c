#include "cargo.h"
#include "cmd.h"
#include "fs.h"
#include "shellquote.h"
#include "strbuf.h"
#include "term.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct cargo_command_options {
	bool lines, entry_only, verbose;
};

#define FIELD(name) offsetof(struct cargo_command_options, name)
static const struct option_row rows[] = {
    {"lines", 0, OPTION_FLAG, NULL, "count the executions of every line, not only of those whose count the calls tell", FIELD(lines)},
    {"entry-counters", 0, OPTION_FLAG, NULL, "count every call at the callee's entry (slower, simplest code)", FIELD(entry_only)},
    {"verbose", 'v', OPTION_FLAG, NULL, "show what was instrumented", FIELD(verbose)},
    {0},
};

/* Commands of cargo that build, and whether they know --release. */
static const struct {
	const char *name, *letter;
	bool release;
} commands[] = {{"build", "b", true}, {"run", "r", true},     {"test", "t", true},
		{"check", "c", true}, {"bench", NULL, false}, {"rustc", NULL, true}};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int find_command(const char *word, struct err *err)
{
	const char *names[COMMANDS];
	char hint[96] = "build, run, test, check, bench, rustc";
	const char *near;

	for (int i = 0; i < COMMANDS; i++) {
		names[i] = commands[i].name;
		if (strcmp(word, commands[i].name) == 0 || (commands[i].letter && strcmp(word, commands[i].letter) == 0))
			return i;
	}
	near = did_you_mean(word, names, COMMANDS);
	if (near)
		snprintf(hint, sizeof hint, "did you mean `%s`?", near);
	return err_usage(err, word, hint, "this command of cargo is not known here");
}

/* The value of an option of cargo before `--`; its words are removed when `take`. */
static const char *cargo_option(char **argv, const char *name, bool take)
{
	size_t size = strlen(name);

	for (size_t i = 0; argv[i] && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;
		size_t words = 1;

		if (strncmp(argv[i], name, size) != 0)
			continue;
		if (argv[i][size] == '=') {
			value = argv[i] + size + 1;
		} else if (!argv[i][size] && argv[i + 1]) {
			value = argv[i + 1];
			words = 2;
		}
		if (!value)
			continue;
		for (size_t k = i; take && (argv[k] = argv[k + words]); k++)
			;
		return value;
	}
	return NULL;
}

static bool has_flag(char **argv, const char *a, const char *b)
{
	for (size_t i = 0; argv[i] && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], a) == 0 || strcmp(argv[i], b) == 0)
			return true;
	return false;
}

/* What it builds with: release unless something else is asked for. */
static const char *choose_profile(char **words, int command, bool *add_release)
{
	const char *named = cargo_option(words, "--profile", false);
	bool release = has_flag(words, "--release", "-r");

	*add_release = !named && !release && commands[command].release;
	if (named)
		return named;
	return strcmp(commands[command].name, "bench") == 0 ? "bench" : "release";
}

static void tell_records(const struct cargo_project *project, bool verbose)
{
	struct cargo_record *records;
	size_t count = cargo_records(project, &records);

	if (count == 0)
		fprintf(
		    stderr,
		    "ruchy-prof: no file of the project was made by `ruchy transpile`, so nothing is counted: %s; see `ruchy-prof cargo "
		    "--help`\n",
		    project->root);
	for (size_t i = 0; verbose && i < count; i++)
		fprintf(stderr, "instrumented: %s in crate %s (%s)%s\n", records[i].source, records[i].crate, records[i].rust,
			records[i].fell_back ? ", calls counted at each function's entry" : "");
	cargo_records_free(records, count);
}

/* cargo has the terminal, and the signals that come from it. */
static int run_cargo(char *const argv[], char *const env[], struct err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old[2];
	int status = 0;
	pid_t pid;

	sigaction(SIGINT, &ignore, &old[0]);
	sigaction(SIGQUIT, &ignore, &old[1]);
	pid = fork();
	if (pid == 0) {
		for (; *env; env++)
			putenv(*env);
		for (int number = 1; number < NSIG; number++)
			signal(number, SIG_DFL);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGQUIT, &old[1], NULL);
	if (pid < 0)
		return err_set(err, argv[0], NULL, "cannot start it: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int build_project(const struct cargo_options *o, char **words, bool add_release, struct err *err)
{
	struct cargo_project project = {0};
	char **env = NULL, *argv[4096] = {(char *)"cargo"};
	size_t used = 1;
	int status = -1;

	if (cargo_project_open(&project, o, err) == 0)
		env = cargo_environment(&project, o, BUILD_INSTRUMENTED, err);
	if (env) {
		argv[used++] = words[0];
		if (add_release)
			argv[used++] = (char *)"--release";
		for (size_t i = 1; words[i] && used < sizeof argv / sizeof *argv - 1; i++)
			argv[used++] = words[i];
		status = run_cargo(argv, env, err);
		if (status == 0 || o->verbose)
			tell_records(&project, o->verbose);
		shellquote_free(env);
	}
	cargo_project_close(&project);
	return status;
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct cargo_command_options o = {0};
	struct cargo_options options = {0};
	struct operands operands;
	bool add_release;
	int own = 1, chosen, status;

	/* Ours stand before cargo's command; what follows is cargo's. */
	while (own < argc && argv[own][0] == '-')
		own++;
	status = options_parse(command, own, argv, &o, &operands, err);
	if (status != 0)
		return status < 0 ? -1 : 0;
	if (own == argc)
		return err_usage(err, "command line", "for example `ruchy-prof cargo build`", "no command of cargo is given");
	chosen = find_command(argv[own], err);
	if (chosen < 0)
		return -1;
	options.manifest = cargo_option(argv + own, "--manifest-path", false);
	options.target = cargo_option(argv + own, "--target-dir", true);
	options.profile = choose_profile(argv + own, chosen, &add_release);
	options.lines = o.lines;
	options.entry_only = o.entry_only;
	options.verbose = o.verbose;
	return build_project(&options, argv + own, add_release, err);
}

const struct command cmd_cargo = {
    .name = "cargo",
    .summary = "build a cargo project with its transpiled files instrumented",
    .usage = "cargo [OPTIONS] COMMAND [CARGO'S OPTIONS] [-- ARGS...]",
    .about =
	"COMMAND is cargo's build, run, test, check, bench or rustc.\n"
	"Every Rust file of the workspace's crates that `ruchy transpile` made, by a build script or before, is compiled with counters,\n"
	"in the release profile unless --profile says otherwise, into ruchy-prof/ below the project's target directory. Nothing else of\n"
	"the project is changed. A program leaves its counts in the file that RUCHY_PROF_FILE names, for `ruchy-prof report`.",
    .options = rows,
    .run = run,
};
