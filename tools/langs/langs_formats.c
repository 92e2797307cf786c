#include "langs_formats.h"

#include <string.h>

const struct lang_format lang_formats[] = {
    {"text", ".txt", lang_text}, {"json", ".json", lang_json}, {"markdown", ".md", lang_markdown}, {"svg", ".svg", lang_svg}, {0},
};

const struct lang_format *lang_format_find(const char *name)
{
	for (const struct lang_format *format = lang_formats; format->name; format++) {
		if (strcmp(format->name, name) == 0)
			return format;
	}
	return NULL;
}

const struct lang_format *lang_format_for_path(const char *path)
{
	size_t size = strlen(path);

	for (const struct lang_format *format = lang_formats; format->name; format++) {
		size_t suffix = strlen(format->suffix);

		if (size > suffix && strcmp(path + size - suffix, format->suffix) == 0)
			return format;
	}
	return &lang_formats[0];
}
