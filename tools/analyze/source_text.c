/* Find the text, check it, cut it into lines. */
#include "source_text.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>

#define LARGEST ((size_t)64 << 20)

static void cut_lines(struct source_text *source, size_t size)
{
	size_t capacity = 0;

	for (size_t at = 0; at < size;) {
		const char *line = source->text + at, *end = memchr(line, '\n', size - at);
		size_t length = end ? (size_t)(end - line) : size - at;

		if (source->count == capacity) {
			capacity = capacity ? 2 * capacity : 256;
			source->lines = xrealloc(source->lines, capacity, sizeof *source->lines);
			source->sizes = xrealloc(source->sizes, capacity, sizeof *source->sizes);
		}
		source->lines[source->count] = line;
		source->sizes[source->count++] = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
		at += length + 1;
	}
}

struct source_text *source_text_of(const char *path, const char *text, size_t size, const char *want)
{
	struct source_text *source = xcalloc(1, sizeof *source);

	source->path = xstrdup(path);
	source->text = xmalloc(size + 1);
	memcpy(source->text, text, size);
	source->text[size] = '\0';
	hash_hex(text, size, source->hash);
	strncat(source->want, want, sizeof source->want - 1);
	source->state = strcmp(source->hash, source->want) == 0 ? SOURCE_SAME : SOURCE_CHANGED;
	cut_lines(source, size);
	return source;
}

static bool is_program_text(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (strcmp(dot, ".ruchy") == 0 || strcmp(dot, ".rs") == 0);
}

static struct source_text *from_file(const char *path, const char *want, bool trusted, char **why)
{
	struct source_text *source = NULL;
	struct err err = {0};
	size_t size;
	char *text = *path ? fs_read(path, LARGEST, &size, &err) : NULL;

	if (text)
		source = source_text_of(path, text, size, want);
	else if (!*why)
		*why = xstrdup(*path ? err.what : "the profile does not say where it is");
	if (source && source->state == SOURCE_CHANGED && !trusted && !is_program_text(path)) {
		source_text_free(source);
		source = NULL;
	}
	free(text);
	err_free(&err);
	return source;
}

/* Its hash is computed, not believed. */
static struct source_text *embedded(const struct profile *profile, const char *path, const char *want)
{
	const char *text = *want ? profile_source_text(profile, want) : NULL;
	struct source_text *source = text ? source_text_of(path, text, strlen(text), want) : NULL;

	if (source && source->state != SOURCE_SAME) {
		source_text_free(source);
		source = NULL;
	}
	if (source)
		source->embedded = true;
	return source;
}

static struct source_text *find_text(const struct profile *profile, const struct profile_file *file, const char *given)
{
	bool ruchy = *file->source_path || *file->source_hash;
	const char *path = ruchy ? file->source_path : file->rust_path, *want = ruchy ? file->source_hash : file->rust_hash;
	char *why = NULL;
	struct source_text *source = given ? from_file(given, want, true, &why) : NULL;

	if (!source)
		source = embedded(profile, path, want);
	if (!source)
		source = from_file(path, want, false, &why);
	if (!source) {
		source = xcalloc(1, sizeof *source);
		source->state = SOURCE_MISSING;
		source->path = xstrdup(given ? given : path);
		strncat(source->want, want, sizeof source->want - 1);
		source->why = why;
		why = NULL;
	}
	free(why);
	return source;
}

struct sources *sources_find(const struct profile *profile, const char *given)
{
	struct sources *sources = xcalloc(1, sizeof *sources);

	sources->count = profile->file_count + 1;
	sources->texts = xcalloc(sources->count, sizeof(struct source_text *));
	for (size_t i = 0; i < sources->count; i++) {
		struct profile_file file = profile_file(profile, (uint32_t)i);
		const char *path = *file.source_path ? file.source_path : file.rust_path;
		bool meant = given && (sources->count == 1 || strcmp(fs_base_name(given), fs_base_name(path)) == 0);

		sources->texts[i] = find_text(profile, &file, meant ? given : NULL);
	}
	return sources;
}

void sources_free(struct sources *sources)
{
	if (!sources)
		return;
	for (size_t i = 0; i < sources->count; i++)
		source_text_free(sources->texts[i]);
	free(sources->texts);
	free(sources);
}

void source_text_free(struct source_text *source)
{
	if (!source)
		return;
	free(source->path);
	free(source->text);
	free(source->lines);
	free(source->sizes);
	free(source->why);
	free(source);
}

void sources_keep(struct profile *profile)
{
	struct sources *sources = sources_find(profile, NULL);

	for (size_t i = 0; i < sources->count; i++)
		if (sources->texts[i]->state == SOURCE_SAME && *sources->texts[i]->text)
			(void)profile_keep_source(profile, sources->texts[i]->text, strlen(sources->texts[i]->text));
	sources_free(sources);
}

struct line_facts *line_facts_of(const struct profile *profile, uint32_t file, size_t count)
{
	struct line_facts *facts = xcalloc(count + 1, sizeof *facts);
	uint64_t *most = xcalloc(count + 1, sizeof *most);

	for (size_t i = 0; i < count; i++) {
		facts[i].count = PROFILE_ABSENT;
		facts[i].fn = PROFILE_NONE;
	}
	for (size_t i = 0; i < profile->line_count; i++) {
		const struct profile_line *line = &profile->lines[i];
		struct line_facts *at;

		if (line->line == 0 || line->line > count || (line->fn == PROFILE_NONE ? 0 : profile->fns[line->fn].file) != file)
			continue;
		at = &facts[line->line - 1];
		if (at->fn == PROFILE_NONE || line->samples > most[line->line - 1]) {
			at->fn = line->fn;
			most[line->line - 1] = line->samples;
		}
		at->samples += line->samples;
		if (line->count != PROFILE_ABSENT && (at->count == PROFILE_ABSENT || line->count > at->count))
			at->count = line->count;
	}
	free(most);
	return facts;
}
