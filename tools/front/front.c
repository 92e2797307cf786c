/* front.c - whose command line is it, and the way to the real ruchy. */
#include "front.h"
#include "build.h"
#include "fs.h"
#include "ours.h"
#include "profile.h"
#include "rprof_raw.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- ours or theirs -------------------------------------------------------------------------------------------------------- */

/* The subcommands that are ours. Where ruchy has one of that name, only the options or files that it does not know make it ours. */
struct rule {
	const char *word;
	const char *const *options;	      /* any of these, with or without `=value`; ends in NULL. NULL: always ours */
	bool (*files)(int argc, char **argv); /* and else: do the operands make it ours? NULL: they don't */
};

static bool names_a_profile(int argc, char **argv);

static const char *const none[] = {NULL};
static const char *const transpile_options[] = {"--instrument", "--pgo-data", "--source-map", NULL};
static const char *const bench_options[] = {"--regression", "--with-pgo", "--compare-baseline", NULL};
static const struct rule rules[] = {
    {"profile", NULL, NULL},	    {"analyze", NULL, NULL},	       {"pgo", NULL, NULL}, {"transpile", transpile_options, NULL},
    {"bench", bench_options, NULL}, {"report", none, names_a_profile},
};

static const struct rule *find_rule(const char *word)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (strcmp(word, rules[i].word) == 0)
			return &rules[i];
	}
	return NULL;
}

static bool is_profile(const char *path)
{
	char start[8];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	bool whole = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, start, sizeof start) == (ssize_t)sizeof start;

	if (fd >= 0)
		close(fd);
	return whole && (memcmp(start, PROFILE_MAGIC, sizeof start) == 0 || memcmp(start, RPROF_RAW_MAGIC, sizeof start) == 0);
}

/* `ruchy report` is about a directory of sources, ours about files of counters. The value of --output names what will be written. */
static bool names_a_profile(int argc, char **argv)
{
	bool found = false, value = false;

	for (int i = 2; i < argc; i++) {
		if (value)
			value = false;
		else if (*argv[i] == '-')
			value = strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0;
		else
			found = found || is_profile(argv[i]);
	}
	return found;
}

static bool has_option(const char *const *options, int argc, char **argv)
{
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
		for (size_t k = 0; options[k]; k++) {
			size_t size = strlen(options[k]);

			if (strncmp(argv[i], options[k], size) == 0 && (!argv[i][size] || argv[i][size] == '='))
				return true;
		}
	}
	return false;
}

bool front_takes(int argc, char **argv)
{
	const struct rule *rule;

	if (argc < 2)
		return false;
	if (strcmp(argv[1], "help") == 0 && argc > 2) {
		rule = find_rule(argv[2]);
		return rule && !rule->options;
	}
	rule = find_rule(argv[1]);
	return rule && (!rule->options || has_option(rule->options, argc, argv) || (rule->files && rule->files(argc, argv)));
}

bool front_called(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	return strcmp(slash ? slash + 1 : argv0, "ruchy") == 0;
}

/* ---- become the real one ----------------------------------------------------------------------------------------------------- */

#define DEPTH	"RUCHY_PROF_FRONT_DEPTH"
#define DEEPEST 32 /* ruchy that starts cargo that starts ruchy is honest; a script named ruchy that leads back to us never ends */

static bool goes_round(void)
{
	const char *text = getenv(DEPTH);
	long depth = text ? strtol(text, NULL, 10) : 0;
	char next[24];

	if (depth < 0 || depth >= DEEPEST)
		return true;
	snprintf(next, sizeof next, "%ld", depth + 1);
	setenv(DEPTH, next, 1);
	return false;
}

int front_exec(char **argv, struct err *err)
{
	char *path = NULL;
	int found = build_find_ruchy(&path, err);

	if (found > 0)
		err_set(err, "ruchy", "install it with `cargo install ruchy`, or name it in RUCHY_PROF_RUCHY; `ruchy-prof` works without",
			"there is no real ruchy behind ruchy-prof's");
	if (found != 0)
		return 127;
	if (goes_round()) {
		err_set(err, path, "name the real one in RUCHY_PROF_RUCHY", "the ruchy that was found leads back to ruchy-prof");
		free(path);
		return 126;
	}
	/* A name without directory stays as it was typed; one with it would name us. */
	if (strchr(argv[0], '/'))
		argv[0] = path;
	execvp(path, argv); /* the path has a slash: nothing is searched, but a script without #! is run as everywhere */
	err_set(err, path, NULL, "cannot run the real ruchy: %s", strerror(errno));
	free(path);
	return 126;
}

/* ---- where our name is ---------------------------------------------------------------------------------------------------------- */

char *front_directory(struct err *err)
{
	static const char *const places[] = {"../lib/ruchy-prof/shim", "../shim"}; /* installed; as built */

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *directory = fs_beside(places[i]);
		char *name = xasprintf("%s/ruchy", directory);
		bool good = fs_is_executable(name) && ours(name);

		free(name);
		if (good)
			return directory;
		free(directory);
	}
	char *missing = fs_beside(places[0]);

	err_set(err, missing, "build it with `make`, or install ruchy-prof again", "the name `ruchy` of ruchy-prof is missing");
	free(missing);
	return NULL;
}
