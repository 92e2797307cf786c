/* What cargo, rustc and build scripts say to the wrapper: lists of files, messages, command lines, texts. */
#include "cargo_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void read_deps(const char *text)
{
	char *more[] = {(char *)"/a b/c.ruchy"};
	char *longer = cargo_deps_extend(text, more, 1);
	struct cargo_deps before, after;

	cargo_deps_parse(&before, text);
	cargo_deps_parse(&after, longer);
	/* Either there is a rule, which has one file more now, or there is none. A last backslash takes the blank. */
	if (after.count != before.count && after.count != before.count + 1)
		abort();
	cargo_deps_free(&before);
	cargo_deps_free(&after);
	free(longer);
}

static void read_messages(const char *text)
{
	static const char map[] = "{\"version\":3,\"sources\":[\"x.ruchy\"],\"names\":[],\"mappings\":\";AAIA;;AAEA\"}";
	const struct cargo_place places[] = {{"src/x.rs", "src/x.ruchy", map, sizeof map - 1}, {"y.rs", "y.ruchy", NULL, 0}};

	free(cargo_map_messages(text, places, 2));
}

static void read_args(char *text)
{
	char *words[32];
	int count = 0;
	struct cargo_args args;

	for (char *word; count < 32 && (word = strsep(&text, "\n"));)
		words[count++] = word;
	cargo_args_read(&args, count, words);
	cargo_args_is_users(&args, "/ws/a", "/ws");
	cargo_args_free(&args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmalloc(size + 1), *half;
	double like;

	memcpy(text, data, size);
	text[size] = 0;
	read_deps(text);
	read_messages(text);
	half = strchr(text, '\f');
	like = cargo_likeness(text, half ? half + 1 : text);
	if (!(like >= 0 && like <= 1))
		abort();
	free(cargo_absolute(text));
	read_args(text);
	free(text);
	return 0;
}
