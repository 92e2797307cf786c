/* build_source.c - the file that the user named, checked before any tool sees it. */
#include "build_internal.h"
#include "fs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LARGEST	     ((size_t)64 << 20)
#define LONGEST_STEM 80

char *build_safe_path(const char *path)
{
	return *path == '-' ? xasprintf("./%s", path) : xstrdup(path);
}

char *build_stem(const char *path)
{
	static const char *const taken[] = {"std", "core", "alloc", "test", "proc_macro", "manifest", "answer"};
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t size = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	struct strbuf stem = STRBUF_INIT;
	if (!size || !isalpha((unsigned char)*name))
		strbuf_puts(&stem, "p_");
	for (size_t i = 0; i < size && stem.size < LONGEST_STEM; i++)
		strbuf_puts(&stem, isalnum((unsigned char)name[i]) ? (char[]){name[i], 0} : "_");
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (strcmp(stem.data, taken[i]) == 0)
			return (strbuf_puts(&stem, "_"), strbuf_take(&stem));
	return strbuf_take(&stem);
}

static bool has_word_before_semicolon(const char *at)
{
	at += strspn(at, " \t\r\n");
	size_t size = 0;
	while (isalnum((unsigned char)at[size]) || at[size] == '_')
		size++;
	at += size;
	at += strspn(at, " \t\r\n");
	return size && *at == ';';
}

/* Rust that pulls in other files (`mod x;`, include!): a hash of this one says too little. Comments and strings may mislead to true, which
 * costs time only. */
static bool pulls_in_files(const char *text)
{
	if (strstr(text, "include!") || strstr(text, "include_str!") || strstr(text, "include_bytes!"))
		return true;
	for (const char *at = text; (at = strstr(at, "mod")); at += 3)
		if (isspace((unsigned char)at[3]) && has_word_before_semicolon(at + 3))
			return true;
	return false;
}

static int check_text(const char *path, const char *text, size_t size, struct err *err)
{
	if (text[strspn(text, " \t\r\n")] == 0 && strlen(text) == size)
		return err_set(err, path, NULL, "the file is empty");
	if (strlen(text) != size)
		return err_set(err, path, NULL, "this is not program text: a NUL byte at byte %zu", strlen(text));
	return 0;
}

int build_read_source(struct build_state *state, const struct build_options *options, struct err *err)
{
	char hex[HASH_HEX];
	size_t size;
	const char *path = options->source;
	char *text = fs_read(path, LARGEST, &size, err);
	if (!text)
		return -1;
	if (check_text(path, text, size, err) < 0) {
		free(text);
		return -1;
	}
	hash_hex(text, size, hex);
	state->build.source = xstrdup(path);
	state->build.source_hash = xstrdup(hex);
	state->stem = build_stem(path);
	size_t length = strlen(path);
	if (length > 3 && strcmp(path + length - 3, ".rs") == 0) {
		state->build.rust = text;
		state->build.rust_size = size;
		state->build.rust_path = realpath(path, NULL);
		if (!state->build.rust_path)
			state->build.rust_path = build_safe_path(path);
		state->build.ruchy_version = xstrdup("");
		state->depends = pulls_in_files(text);
		return 0;
	}
	state->ruchy = text;
	state->ruchy_size = size;
	return 0;
}
