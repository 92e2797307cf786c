/* cargo_build.c - `cargo build` for `ruchy-prof profile`: which program came of it. */
#include "cargo_internal.h"
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *cargo_manifest(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat status;
	char *manifest;

	if (stat(path, &status) != 0)
		return NULL;
	if (S_ISREG(status.st_mode))
		return strcmp(slash ? slash + 1 : path, "Cargo.toml") == 0 ? xstrdup(path) : NULL;
	manifest = xasprintf("%s/Cargo.toml", path);
	if (S_ISDIR(status.st_mode) && access(manifest, R_OK) == 0)
		return manifest;
	free(manifest);
	return NULL;
}

/* --- the environment of one command ------------------------------------------------------------------------------------------------ */

/* "NAME=value" into our own environment; what was there goes into *old (NULL: nothing). */
static void exchange(const char *setting, char **name, char **old)
{
	const char *equals = strchr(setting, '='), *before;

	*name = xasprintf("%.*s", (int)(equals - setting), setting);
	before = getenv(*name);
	*old = before ? xstrdup(before) : NULL;
	setenv(*name, equals + 1, 1);
}

/* The user's programs run with our environment later, so it is put back. */
static int capture_in(char *const argv[], char *const env[], struct subprocess_output *output, struct err *err)
{
	char *names[16] = {NULL}, *old[16] = {NULL};
	size_t count = 0;

	for (; env[count] && count < 16; count++)
		exchange(env[count], &names[count], &old[count]);
	int result = subprocess_capture(argv, NULL, output, err);
	while (count--) {
		if (old[count])
			setenv(names[count], old[count], 1);
		else
			unsetenv(names[count]);
		free(names[count]);
		free(old[count]);
	}
	return result;
}

/* --- which program ------------------------------------------------------------------------------------------------------------------- */

struct programs {
	char *path, *name; /* the last that fits */
	size_t count;
	struct strbuf names; /* of all */
};

static bool is_bin(const json_t *target)
{
	const json_t *kinds = json_object_get(target, "kind");
	const char *kind = json_string_value(json_array_get(kinds, 0));

	return kind && (strcmp(kind, "bin") == 0 || strcmp(kind, "example") == 0);
}

static void take_artifact(struct programs *programs, const json_t *message, const char *bin)
{
	const json_t *target = json_object_get(message, "target");
	const char *executable = json_string_value(json_object_get(message, "executable"));
	const char *name = json_string_value(json_object_get(target, "name"));

	if (!executable || !name || !is_bin(target))
		return;
	strbuf_printf(&programs->names, "%s%s", programs->names.size ? ", " : "", name);
	if (bin && strcmp(bin, name) != 0)
		return;
	free(programs->path);
	free(programs->name);
	programs->path = xstrdup(executable);
	programs->name = xstrdup(name);
	programs->count++;
}

static void read_messages(struct programs *programs, char *text, const char *bin)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		json_t *message = json_loads(line, 0, NULL);
		const char *reason = json_string_value(json_object_get(message, "reason"));

		if (reason && strcmp(reason, "compiler-artifact") == 0)
			take_artifact(programs, message, bin);
		json_decref(message);
	}
}

static int choose(struct programs *programs, const char *manifest, const char *bin, char **program, char **name, struct err *err)
{
	const char *names = programs->names.size ? programs->names.data : "none";
	int result = 0;

	if (programs->count == 0)
		result = err_usage(err, bin ? bin : manifest, NULL, "the project has no such program; its programs are: %s", names);
	else if (programs->count > 1)
		result = err_usage(err, manifest, "say which with --bin", "the project has several programs: %s", names);
	*program = result ? NULL : programs->path;
	*name = result ? NULL : programs->name;
	if (result) {
		free(programs->path);
		free(programs->name);
	}
	strbuf_free(&programs->names);
	return result;
}

/* --- build -----------------------------------------------------------------------------------------------------------------------------
 */

static void name_failure(const struct cargo_options *options, const char *bin, const char *said, struct err *err)
{
	const char *script = strstr(said, "failed to run custom build command");

	if (bin && strstr(said, "no bin target named")) {
		err_usage(err, bin, NULL, "the project has no such program");
		err->detail = build_drop_warnings(said);
		return;
	}
	err->detail = build_drop_warnings(said);
	err_set(err, options->manifest, script ? "its message is above; it must work with `cargo build` first" : NULL, "%s",
		script ? "a build script of the project fails" : "cargo can't build the project");
}

int cargo_build(const struct cargo_project *project, const struct cargo_options *options, enum build_kind kind, const char *bin,
		char **program, char **name, struct err *err)
{
	char *argv[24] = {(char *)"cargo",	     (char *)"build",	       (char *)"--message-format=json-render-diagnostics",
			  (char *)"--profile",	     (char *)options->profile, (char *)"--manifest-path",
			  (char *)options->manifest, (char *)"--color=never"};
	char **env = cargo_environment(project, options, kind, err);
	struct subprocess_output output;
	struct programs programs = {0};
	size_t used = 8;
	int result = -1;

	*program = *name = NULL;
	if (!env)
		return -1;
	if (bin) {
		argv[used++] = (char *)"--bin";
		argv[used++] = (char *)bin;
	}
	if (options->triple) {
		argv[used++] = (char *)"--target";
		argv[used++] = (char *)options->triple;
	}
	if (capture_in(argv, env, &output, err) == 0) {
		if (output.status == 0) {
			read_messages(&programs, output.out, bin);
			result = choose(&programs, options->manifest, bin, program, name, err);
		} else if (!err->set) {
			name_failure(options, bin, output.err, err);
		}
		subprocess_output_free(&output);
	}
	shellquote_free(env);
	return result;
}
