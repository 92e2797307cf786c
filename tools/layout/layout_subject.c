#include "layout.h"
#include "strbuf.h"

#include <stdlib.h>

/* Types are in full debug information alone. The optimizer drops those of which no variable is left, so it is told to do nothing. */
static struct layouts *of_source(const struct audit_subject *subject, struct err *err)
{
	struct build_options options = subject->build_options;
	struct build *build = NULL;
	struct layouts *layouts = NULL;
	char *crate = xstrdup(subject->name);

	for (char *at = crate; *at; at++)
		if (*at == '-' || *at == '.')
			*at = '_';
	options.rustc_flags = "-C debuginfo=2 -C opt-level=0 -C strip=none";
	if (build_transpile(&options, &build, err) == 0 && build_compile(build, &options, BUILD_PLAIN, err) == 0)
		layouts = layouts_read(build->program[BUILD_PLAIN], crate, err);
	build_free(build);
	free(crate);
	return layouts;
}

/* Of a cargo project in the same way. */
static struct layouts *of_project(const struct audit_subject *subject, struct err *err)
{
	static const char *const settings[] = {"CARGO_PROFILE_DEV_DEBUG=full", "CARGO_PROFILE_DEV_OPT_LEVEL=0", NULL};
	struct cargo_options options = subject->cargo_options;
	struct layouts *layouts = NULL;
	char *program, *name, *crate = xstrdup(subject->name);

	for (char *at = crate; *at; at++)
		if (*at == '-')
			*at = '_';
	options.profile = "dev";
	options.delivered = false;
	options.directory = "layouts";
	options.settings = settings;
	if (cargo_build(&subject->project, &options, BUILD_PLAIN, subject->name, &program, &name, err) == 0) {
		layouts = layouts_read(program, crate, err);
		free(program);
		free(name);
	}
	free(crate);
	return layouts;
}

struct layouts *layouts_of_subject(const struct audit_subject *subject, struct err *err)
{
	if (subject->kind == AUDIT_SOURCE)
		return of_source(subject, err);
	if (subject->kind == AUDIT_PROJECT)
		return of_project(subject, err);
	return layouts_read(subject->twin ? subject->twin : subject->program, NULL, err);
}
