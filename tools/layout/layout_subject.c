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

struct layouts *layouts_of_subject(const struct audit_subject *subject, struct err *err)
{
	if (subject->kind == AUDIT_SOURCE)
		return of_source(subject, err);
	return layouts_read(subject->twin ? subject->twin : subject->program, NULL, err);
}
