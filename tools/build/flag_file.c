#include "flag_file.h"
#include "fs.h"
#include "strbuf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST	   65536
#define NAME_BYTES 40

struct flag_rule {
	const char *name;
	const char *values; /* between blanks; NULL: `check` decides */
	bool (*check)(const char *value);
};

static bool is_count(const char *value)
{
	size_t digits = strspn(value, "0123456789");

	return digits >= 1 && digits <= 3 && !value[digits] && *value != '0';
}

/* Of a CPU; `help` would make rustc print a list and compile nothing. */
static bool is_cpu(const char *value)
{
	size_t size = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return size >= 1 && size <= NAME_BYTES && !value[size] && isalnum((unsigned char)*value) && strcmp(value, "help") != 0;
}

/* clang-format off */
static const struct flag_rule rules[] = {
    {"opt-level", " 0 1 2 3 s z ", NULL},
    {"lto", " fat thin off yes no ", NULL},
    {"codegen-units", NULL, is_count},
    {"panic", " unwind abort ", NULL},
    {"strip", " none debuginfo symbols ", NULL},
    {"debuginfo", " 0 1 2 none line-tables-only limited full ", NULL},
    {"target-cpu", NULL, is_cpu},
    {"target-feature", " +crt-static -crt-static ", NULL},
    {"relocation-model", " pic pie static ", NULL},
    {"relro-level", " full partial off ", NULL},
    {"overflow-checks", " on off yes no ", NULL},
    {"force-frame-pointers", " on off yes no ", NULL},
    {"link-arg", " -Wl,-z,pack-relative-relocs -Wl,-z,now -Wl,-z,lazy -Wl,--gc-sections -Wl,--icf=safe -Wl,--icf=all -Wl,--icf=none -Wl,--build-id=none ", NULL},
};
/* clang-format on */
#define RULES (sizeof rules / sizeof *rules)

/* rustc takes `-` and `_` in these names alike. */
static bool is_named(const char *flag, size_t size, const char *name)
{
	for (size_t i = 0; i < size; i++)
		if (flag[i] != name[i] && !(flag[i] == '_' && name[i] == '-'))
			return false;
	return !name[size];
}

static bool has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	if (size == 0 || strchr(word, ' '))
		return false;
	for (const char *at = words; (at = strstr(at, word)); at++)
		if (at[-1] == ' ' && at[size] == ' ')
			return true;
	return false;
}

static const struct flag_rule *find_rule(const char *flag)
{
	size_t size = strcspn(flag, "=");

	for (size_t i = 0; i < RULES; i++)
		if (is_named(flag, size, rules[i].name))
			return &rules[i];
	return NULL;
}

static bool takes(const struct flag_rule *rule, const char *flag)
{
	const char *equals = strchr(flag, '=');

	if (!rule || !equals)
		return false;
	return rule->values ? has_word(rule->values, equals + 1) : rule->check(equals + 1);
}

bool flag_file_allows(const char *flag)
{
	return takes(find_rule(flag), flag);
}

void flag_file_add(struct flag_file *file, const char *flag)
{
	const struct flag_rule *rule = find_rule(flag);
	bool several = rule && strcmp(rule->name, "link-arg") == 0;
	size_t kept = 0;

	for (size_t i = 0; i < file->count; i++) {
		if (several ? strcmp(file->flags[i], flag) == 0 : find_rule(file->flags[i]) == rule)
			free(file->flags[i]);
		else
			file->flags[kept++] = file->flags[i];
	}
	file->flags = xrealloc(file->flags, kept + 1, sizeof *file->flags);
	file->flags[kept] = xstrdup(flag);
	file->count = kept + 1;
}

/* Names that stand in messages: what is no plain text stays out. */
static int refuse(const char *path, size_t number, const char *line, size_t size, struct err *err)
{
	char *where = xasprintf("%s:%zu", path, number);
	struct strbuf shown = STRBUF_INIT;

	for (size_t i = 0; i < size && i < NAME_BYTES; i++)
		strbuf_puts(&shown, line[i] > ' ' && line[i] < 127 ? (char[]){line[i], 0} : line[i] == ' ' ? " " : "?");
	err_set(err, where, "docs/suggest.md lists what may stand there; other flags go into --rustc-flags",
		"`%s%s` can't stand in a file of flags", shown.data ? shown.data : "", size > NAME_BYTES ? "..." : "");
	free(where);
	strbuf_free(&shown);
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int parse_line(struct flag_file *file, const char *path, size_t number, const char *line, size_t size, struct err *err)
{
	char *flag;

	while (size > 0 && is_blank(*line))
		line++, size--;
	while (size > 0 && is_blank(line[size - 1]))
		size--;
	if (size == 0 || *line == '#')
		return 0;
	if (size < 4 || strncmp(line, "-C", 2) != 0 || memchr(line, 0, size))
		return refuse(path, number, line, size, err);
	flag = xasprintf("%.*s", (int)size - 2, line + 2);
	flag = memmove(flag, flag + strspn(flag, " \t"), strlen(flag + strspn(flag, " \t")) + 1);
	if (!flag_file_allows(flag) || file->count >= FLAG_FILE_MOST) {
		free(flag);
		return refuse(path, number, line, size, err);
	}
	flag_file_add(file, flag);
	free(flag);
	return 0;
}

int flag_file_parse(const char *text, size_t size, const char *path, struct flag_file *file, struct err *err)
{
	int status = 0;
	size_t number = 1;

	*file = (struct flag_file){.path = xstrdup(path)};
	for (size_t at = 0; status == 0 && at < size; number++) {
		const char *end = memchr(text + at, '\n', size - at);
		size_t line = end ? (size_t)(end - text) - at : size - at;

		status = parse_line(file, path, number, text + at, line, err);
		at += line + 1;
	}
	if (status != 0)
		flag_file_free(file);
	return status;
}

int flag_file_read(const char *path, struct flag_file *file, struct err *err)
{
	size_t size;
	char *text;
	int status;

	*file = (struct flag_file){0};
	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
		return 1;
	text = fs_read(path, LARGEST, &size, err);
	if (!text)
		return -1;
	status = flag_file_parse(text, size, path, file, err);
	free(text);
	return status;
}

static void put_comment(struct strbuf *out, const char *comment)
{
	while (comment && *comment) {
		size_t size = strcspn(comment, "\n");

		strbuf_printf(out, "# %.*s\n", (int)size, comment);
		comment += size + (comment[size] == '\n');
	}
}

int flag_file_write(const char *path, const struct flag_file *file, const char *comment, struct err *err)
{
	struct strbuf out = STRBUF_INIT;
	int status;

	put_comment(&out, comment);
	for (size_t i = 0; i < file->count; i++)
		strbuf_printf(&out, "-C %s\n", file->flags[i]);
	status = fs_write(path, out.data ? out.data : "", out.size, 0666, err);
	strbuf_free(&out);
	return status;
}

void flag_file_free(struct flag_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free(file->flags[i]);
	free(file->flags);
	free(file->path);
	*file = (struct flag_file){0};
}

char *flag_file_path(const char *source)
{
	return xasprintf("%s.flags", source);
}

static bool hides(const char *flag)
{
	const struct flag_rule *rule = find_rule(flag);

	return rule && (strcmp(rule->name, "strip") == 0 || strcmp(rule->name, "debuginfo") == 0);
}

char *flag_file_words(const struct flag_file *file, bool delivered)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < file->count; i++)
		if (delivered || !hides(file->flags[i]))
			strbuf_printf(&out, "%s-C %s", out.size > 0 ? " " : "", file->flags[i]);
	return strbuf_take(&out);
}
