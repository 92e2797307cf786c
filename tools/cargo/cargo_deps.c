/* cargo_deps.c - dep-info: rules for make, `target: file file`; a blank in a name is `\ `. cargo reads the first rule. */
#include "cargo_internal.h"

#include <stdlib.h>
#include <string.h>

/* First rule: behind its ": "; *end is the end of its line. NULL: there is none. */
static const char *first_rule(const char *text, const char **end)
{
	while (*text) {
		const char *line_end = text + strcspn(text, "\n");
		const char *colon = *text == '#' ? NULL : memmem(text, (size_t)(line_end - text), ": ", 2);

		if (colon) {
			*end = line_end;
			return colon + 2;
		}
		text = *line_end ? line_end + 1 : line_end;
	}
	return NULL;
}

void cargo_deps_parse(struct cargo_deps *deps, const char *text)
{
	const char *end, *at = first_rule(text, &end);

	*deps = (struct cargo_deps){0};
	while (at && at < end) {
		struct strbuf path = STRBUF_INIT;

		for (; at < end && *at != ' '; at++) {
			if (*at == '\\' && at + 1 < end && at[1] == ' ')
				at++;
			strbuf_add(&path, at, 1);
		}
		for (; at < end && *at == ' '; at++)
			;
		if (path.size == 0)
			continue;
		deps->paths = xrealloc(deps->paths, deps->count + 1, sizeof *deps->paths);
		deps->paths[deps->count++] = strbuf_take(&path);
	}
}

void cargo_deps_free(struct cargo_deps *deps)
{
	for (size_t i = 0; i < deps->count; i++)
		free(deps->paths[i]);
	free(deps->paths);
}

char *cargo_deps_extend(const char *text, char *const *more, size_t count)
{
	struct strbuf out = STRBUF_INIT;
	const char *end, *rule = first_rule(text, &end);

	if (!rule)
		return xstrdup(text);
	strbuf_add(&out, text, (size_t)(end - text));
	for (size_t i = 0; i < count; i++) {
		strbuf_puts(&out, " ");
		for (const char *c = more[i]; *c; c++) {
			if (*c == ' ')
				strbuf_puts(&out, "\\");
			strbuf_add(&out, c, 1);
		}
	}
	strbuf_puts(&out, end);
	return strbuf_take(&out);
}
