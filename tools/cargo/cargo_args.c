/* cargo_args.c - the command line of rustc, as far as the wrapper must understand it. */
#include "cargo_internal.h"

#include <stdlib.h>
#include <string.h>

/* Options of rustc whose value may be the next argument. */
static const char *const with_value[] = {"--crate-name",
					 "--crate-type",
					 "--out-dir",
					 "--cfg",
					 "--check-cfg",
					 "-L",
					 "-l",
					 "--extern",
					 "-C",
					 "--codegen",
					 "-A",
					 "-W",
					 "-D",
					 "-F",
					 "--allow",
					 "--warn",
					 "--deny",
					 "--forbid",
					 "--force-warn",
					 "--cap-lints",
					 "--edition",
					 "--emit",
					 "--print",
					 "--target",
					 "--sysroot",
					 "--error-format",
					 "--json",
					 "--color",
					 "--diagnostic-width",
					 "--remap-path-prefix",
					 "-o",
					 "-Z",
					 "--env-set",
					 "--explain"};

static bool takes_next(const char *word)
{
	for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
		if (strcmp(word, with_value[i]) == 0)
			return true;
	return false;
}

/* The value of option `name` at argument `i`: `--name value`, `--name=value`, `-Cvalue`; NULL when it is another one. */
static const char *value_of(const struct cargo_args *args, size_t i, const char *name)
{
	const char *word = args->argv[i];
	size_t size = strlen(name);

	if (strncmp(word, name, size) != 0)
		return NULL;
	if (!word[size])
		return args->argv[i + 1];
	if (name[1] != '-')
		return word + size;
	return word[size] == '=' ? word + size + 1 : NULL;
}

static const char *codegen(const struct cargo_args *args, size_t i)
{
	const char *value = value_of(args, i, "-C");

	return value ? value : value_of(args, i, "--codegen");
}

static void read_codegen(struct cargo_args *args, const char *value, bool *optimised, bool *checked)
{
	if (strncmp(value, "extra-filename=", 15) == 0)
		args->extra = value + 15;
	else if (strncmp(value, "panic=", 6) == 0)
		args->abort = strcmp(value + 6, "unwind") != 0;
	else if (strncmp(value, "opt-level=", 10) == 0)
		*optimised = strcmp(value + 10, "0") != 0;
	else if (strncmp(value, "debug-assertions", 16) == 0 || strncmp(value, "overflow-checks", 15) == 0)
		*checked = !strstr(value, "=off") && !strstr(value, "=no") && !strstr(value, "=false");
}

static void read_word(struct cargo_args *args, size_t i, bool *optimised, bool *checked)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--crate-name", &args->crate},
		     {"--out-dir", &args->out_dir},
		     {"--edition", &args->edition},
		     {"--target", &args->target},
		     {"--emit", &args->emit}};
	const char *value = codegen(args, i);

	if (value)
		read_codegen(args, value, optimised, checked);
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		value = value_of(args, i, texts[t].name);
		if (value)
			*texts[t].to = value;
	}
	value = value_of(args, i, "--crate-type");
	args->proc_macro |= value && strcmp(value, "proc-macro") == 0;
	args->program |= value && strcmp(value, "bin") == 0;
	args->capped |= value_of(args, i, "--cap-lints") != NULL;
}

void cargo_args_read(struct cargo_args *args, int argc, char **argv)
{
	bool optimised = false, checked = false;

	*args = (struct cargo_args){.crate = "", .extra = "", .edition = "2015"};
	args->argv = xcalloc((size_t)argc + 1, sizeof *args->argv);
	args->count = (size_t)argc;
	for (size_t i = 0; i < args->count; i++)
		args->argv[i] = argv[i];
	for (size_t i = 1; i < args->count; i++) {
		const char *word = args->argv[i];
		size_t size = strlen(word);

		if (*word != '-' && size > 3 && strcmp(word + size - 3, ".rs") == 0 && !args->root)
			args->root = i;
		if (*word != '-')
			continue;
		read_word(args, i, &optimised, &checked);
		i += takes_next(word);
	}
	args->wrapping = optimised && !checked;
}

bool cargo_args_is_users(const struct cargo_args *args, const char *package, const char *root)
{
	bool foreign = args->capped && *cargo_relative(package, root) == '/';

	/* Another wrapper between us and rustc (clippy) would be in front. */
	return args->count > 1 && args->argv[1][0] == '-' && args->root && *args->crate && args->out_dir && args->emit &&
	       strstr(args->emit, "dep-info") && !foreign && !args->proc_macro && strncmp(args->crate, "build_script_", 13) != 0;
}

void cargo_args_free(struct cargo_args *args)
{
	free(args->argv);
}
