#include "lambda_handler.h"
#include "fs.h"
#include "hash.h"
#include "strbuf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char bootstrap[] = {
#include "bootstrap.ruchy.inc"
};

#define SOURCE_MOST (16u << 20)

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* Is this line the head of that function? */
static bool begins(const char *line, const char *name)
{
	static const char *const words[] = {"pub", "async", "fun", "fn"};
	size_t size = strlen(name);
	bool is_function = false;

	line = skip_blanks(line);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t word = strlen(words[i]);

		if (strncmp(line, words[i], word) != 0 || (line[word] != ' ' && line[word] != '\t'))
			continue;
		line = skip_blanks(line + word);
		is_function |= i >= 2;
	}
	return is_function && strncmp(line, name, size) == 0 && (*skip_blanks(line + size) == '(' || line[size] == '<');
}

static bool has_function(const char *text, const char *name)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (begins(line, name))
			return true;
	}
	return false;
}

static char *write_whole(const char *source, const struct strbuf *whole, struct err *err)
{
	const char *slash = strrchr(source, '/'), *name = slash ? slash + 1 : source;
	char hex[HASH_HEX], *cache = fs_cache_dir(err), *directory, *path;

	if (!cache)
		return NULL;
	hash_hex(whole->data, whole->size, hex);
	directory = xasprintf("%s/handlers/%s", cache, hex);
	path = xasprintf("%s/%s", directory, name);
	if (fs_mkdirs(directory, err) != 0 || fs_write(path, whole->data, whole->size, 0666, err) != 0) {
		free(path);
		path = NULL;
	}
	free(cache);
	free(directory);
	return path;
}

char *lambda_handler_source(const char *source, struct err *err)
{
	const char *dot = strrchr(source, '.');
	struct strbuf whole = STRBUF_INIT;
	struct err ignored = {0};
	char *text, *path = NULL;
	size_t size;

	if (!dot || strcmp(dot, ".ruchy") != 0)
		return NULL;
	text = fs_read(source, SOURCE_MOST, &size, &ignored); /* who builds it says what is wrong with it */
	err_free(&ignored);
	if (text && has_function(text, "lambda_handler") && !has_function(text, "main")) {
		strbuf_add(&whole, text, size);
		strbuf_add(&whole, bootstrap, sizeof bootstrap);
		path = write_whole(source, &whole, err);
		strbuf_free(&whole);
	}
	free(text);
	return path;
}
