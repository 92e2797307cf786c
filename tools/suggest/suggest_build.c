#include "subprocess.h"
#include "suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* As it is delivered: as `analyze` builds its subject, with more flags behind. */
int suggest_build_one(struct audit *audit, struct suggest_build *build, const char *flags, struct err *err)
{
	struct build_options options = audit->subject.build_options;
	const char *users = audit->options->rustc_flags;
	char *all = xasprintf("-C strip=symbols %s %s", users ? users : "", flags);
	struct stat st;
	int status;

	build->flags = xstrdup(flags);
	options.rustc_flags = all;
	status = build_transpile(&options, &build->build, err);
	if (status == 0)
		status = build_compile(build->build, &options, BUILD_PLAIN, err);
	free(all);
	if (status != 0)
		return -1;
	build->program = build->build->program[BUILD_PLAIN];
	build->bytes = stat(build->program, &st) == 0 ? (uint64_t)st.st_size : 0;
	return 0;
}

/* A variant that does not build is told, and is no failure. */
int suggest_build_all(struct audit *audit, struct suggest_result *result, struct err *err)
{
	size_t count = 0;

	while (suggest_variants[count].id)
		count++;
	result->builds = xcalloc(count + 2, sizeof *result->builds);
	result->build_count = 1;
	if (suggest_build_one(audit, &result->builds[0], "", err) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct suggest_build *build = &result->builds[result->build_count++];
		struct err why = {0};
		char step[96];

		snprintf(step, sizeof step, "trying %s:", suggest_variants[i].id);
		audit->options->progress(audit->options->context, step);
		build->variant = &suggest_variants[i];
		if (suggest_build_one(audit, build, suggest_variants[i].flags, &why) != 0)
			build->why_not = xasprintf("it does not build: %s", why.what);
		err_free(&why);
	}
	return 0;
}
