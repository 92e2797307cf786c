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

static const struct audit_format *find(const char *name, const char *path)
{
	for (size_t i = 0; audit_formats[i]; i++) {
		if (name && strcmp(audit_formats[i]->name, name) == 0)
			return audit_formats[i];
		if (!name && path && audit_formats[i]->suffix && ends(path, audit_formats[i]->suffix))
			return audit_formats[i];
	}
	return name ? NULL : &audit_text;
}

const struct audit_format *audit_format_choose(const char *name, const char *path, struct err *err)
{
	const struct audit_format *format = find(name, path);
	struct strbuf names = STRBUF_INIT;

	if (format)
		return format;
	for (size_t i = 0; audit_formats[i]; i++)
		strbuf_printf(&names, "%s%s", i ? ", " : "known formats: ", audit_formats[i]->name);
	err_usage(err, name, names.data, "unknown format");
	strbuf_free(&names);
	return NULL;
}
