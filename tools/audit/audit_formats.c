/* A row each. */
#include "audit.h"

#include <string.h>

/* clang-format off */
const struct audit_format *const audit_formats[] = {
    &audit_text,
    &audit_json,
    &audit_html,
    &audit_sarif,
    &audit_junit,
    &audit_github,
    NULL,
};
/* clang-format on */

static bool ends(const char *text, const char *with)
{
	size_t size = strlen(text), most = strlen(with);

	return size > most && strcmp(text + size - most, with) == 0;
}

const struct audit_format *audit_format_choose(const char *name, const char *path, struct err *err)
{
	const struct audit_format *found = name ? NULL : &audit_text;
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; audit_formats[i]; i++) {
		const struct audit_format *format = audit_formats[i];

		if (name ? strcmp(format->name, name) == 0 : path && format->suffix && ends(path, format->suffix))
			found = format;
		strbuf_printf(&names, "%s%s", i ? ", " : "known formats: ", format->name);
	}
	if (!found)
		err_usage(err, name, names.data, "unknown format");
	strbuf_free(&names);
	return found;
}
