#include "lambda_init.h"
#include "collect.h"
#include "fs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *directory;
	struct profile *profile;
	struct err err;
};

static void at_next(void *context, int pid)
{
	struct reader *r = context;
	DIR *directory = opendir(r->directory);

	(void)pid;
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", r->directory, entry->d_name);
		profile_add_raw(&r->profile, path, &r->err);
		free(path);
	}
	if (directory)
		closedir(directory);
}

static int run(const struct build *build, const struct cold_options *options, struct reader *reader, struct err *err)
{
	char *variable = collect_raw_variable(reader->directory);
	char *env[] = {variable, NULL};
	struct cold_options cold = *options;
	struct cold_start start;
	int status;

	cold.program = build->program[BUILD_INSTRUMENTED];
	cold.env = env;
	cold.at_next = at_next;
	cold.context = reader;
	cold.invokes = 1;
	cold.traced = cold.drop_cache = cold.show_output = false;
	cold.limits = NULL; /* counts don't depend on them */
	status = cold_start_run(&cold, &start, err);
	free(variable);
	return status;
}

struct profile *lambda_init_profile(struct audit *audit, const struct cold_options *options, struct err *err)
{
	struct build_options b = audit->subject.build_options;
	struct reader reader = {.directory = fs_tmpdir(err)};
	struct build *build = NULL;

	b.rustc_flags = audit->options->rustc_flags;
	if (reader.directory && build_transpile(&b, &build, err) == 0 && build_compile(build, &b, BUILD_INSTRUMENTED, err) == 0 &&
	    run(build, options, &reader, err) == 0 && reader.err.set) {
		*err = reader.err;
		reader.err = (struct err){0};
	}
	build_free(build);
	if (reader.directory)
		fs_remove_tree(reader.directory);
	free((char *)(uintptr_t)reader.directory);
	err_free(&reader.err);
	if (reader.profile && err->set) {
		profile_free(reader.profile);
		reader.profile = NULL;
	}
	return reader.profile;
}
