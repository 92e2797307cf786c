/* langs_entrants.c - who takes part: the operands, siblings by name, and which of their languages' tools are there. */
#include "fs.h"
#include "langs_internal.h"
#include "subprocess.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct lang_entrant *add(struct lang_comparison *c, const struct lang *lang, const char *source)
{
	struct lang_entrant *entrant;

	c->entrants = xrealloc(c->entrants, c->count + 1, sizeof *c->entrants);
	entrant = &c->entrants[c->count++];
	*entrant = (struct lang_entrant){.lang = lang, .source = source ? xstrdup(source) : NULL};
	return entrant;
}

/* ---- operands ------------------------------------------------------------------------------------------------------------- */

static int add_file(struct lang_comparison *c, const char *path, struct err *err)
{
	const struct lang *lang = lang_for_file(path);
	struct strbuf hint = STRBUF_INIT;
	struct stat st;
	int status = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_usage(err, path, "give a source file", "a directory can't be compared");
	if (!lang) {
		char *names = lang_names();

		strbuf_printf(&hint, "its suffix tells: known are %s", names);
		status = err_usage(err, path, hint.data, "it is not known which language this is");
		free(names);
		strbuf_free(&hint);
		return status;
	}
	if (stat(path, &st) != 0)
		return err_set(err, path, NULL, "there is no such file");
	add(c, lang, path);
	return 0;
}

/* ---- siblings --------------------------------------------------------------------------------------------------------------- */

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* `siblings/STEM.SUFFIX` before `STEM.SUFFIX`: beside a .ruchy lies what was transpiled from it. Caller frees; NULL. */
static char *find_sibling(const char *path, const struct lang *lang)
{
	static const char *const places[] = {"siblings/", ""};
	const char *name = fs_base_name(path), *dot = strrchr(name, '.');
	int directory = (int)(name - path), stem = (int)(dot ? (size_t)(dot - name) : strlen(name));

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		for (const char *suffix = lang->suffixes; *suffix;) {
			int length = (int)strcspn(suffix, " ");
			char *found = xasprintf("%.*s%s%.*s.%.*s", directory, path, places[i], stem, name, length, suffix);

			if (is_file(found) && strcmp(found, path) != 0)
				return found;
			free(found);
			suffix += length + (suffix[length] == ' ');
		}
	}
	return NULL;
}

static bool is_there(const struct lang_comparison *c, const char *path)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->entrants[i].source && strcmp(c->entrants[i].source, path) == 0)
			return true;
	}
	return false;
}

static void add_sibling(struct lang_comparison *c, const char *of, const struct lang *lang)
{
	char *path = find_sibling(of, lang), *stem;
	struct lang_entrant *entrant;

	if (path ? is_there(c, path) : lang == lang_for_file(of)) {
		free(path);
		return;
	}
	entrant = add(c, lang, path);
	if (path) {
		free(path);
		return;
	}
	stem = xstrdup(fs_base_name(of));
	if (strrchr(stem, '.'))
		*strrchr(stem, '.') = '\0';
	entrant->absent = xasprintf("there is no %s.%.*s", stem, (int)strcspn(lang->suffixes, " "), lang->suffixes);
	entrant->get = xasprintf("write one beside the program or in siblings/");
	free(stem);
}

static int unknown_language(const char *word, size_t size, struct err *err)
{
	char *names = lang_names(), *given = xasprintf("%.*s", (int)size, word), *hint = xasprintf("known: %s", names);

	err_usage(err, given, hint, "unknown language");
	free(names);
	free(given);
	free(hint);
	return -1;
}

static int add_siblings(struct lang_comparison *c, const char *words, const char *of, struct err *err)
{
	while (*words) {
		size_t size;
		const struct lang *lang;

		words += strspn(words, ", ");
		size = strcspn(words, ", ");
		if (size == 0)
			break;
		lang = lang_by_word(words, size);
		if (!lang)
			return unknown_language(words, size, err);
		add_sibling(c, of, lang);
		words += size;
	}
	return 0;
}

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

/* A language that is there twice goes with the file's name, with its path where names are the same; a file that is there twice with a
 * number. */
static void label(struct lang_comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct lang_entrant *entrant = &c->entrants[i];
		size_t same = 0, namesakes = 0, number = 1;
		const char *name = entrant->source ? fs_base_name(entrant->source) : "";

		for (size_t k = 0; k < c->count; k++) {
			const char *other = c->entrants[k].source;

			same += c->entrants[k].lang == entrant->lang;
			if (k == i || !other || !entrant->source)
				continue;
			if (strcmp(other, entrant->source) == 0)
				number += k < i;
			else
				namesakes += strcmp(fs_base_name(other), name) == 0;
		}
		name = namesakes ? entrant->source : name;
		if (same == 1 || !entrant->source)
			entrant->label = xstrdup(entrant->lang->name);
		else if (number > 1)
			entrant->label = xasprintf("%s %s #%zu", entrant->lang->name, name, number);
		else
			entrant->label = xasprintf("%s %s", entrant->lang->name, name);
	}
}

/* ---- tools ------------------------------------------------------------------------------------------------------------------- */

static char *line_of(const char *text)
{
	text += strspn(text, " \t\r\n");
	return xasprintf("%.*s", (int)strcspn(text, "\r\n"), text);
}

/* What a tool prints to either stream, or NULL; the caller frees. */
static char *ask(const char *tool, const char *const *arguments)
{
	const char *argv[8] = {tool};
	struct subprocess_output output;
	struct err ignored = {0};
	char *text = NULL;

	for (size_t i = 0; i < 6 && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	if (subprocess_capture((char *const *)argv, NULL, &output, &ignored) == 0) {
		if (WIFEXITED(output.status) && WEXITSTATUS(output.status) == 0)
			text = xasprintf("%s%s", output.out ? output.out : "", output.out_size == 0 && output.err ? output.err : "");
		subprocess_output_free(&output);
	}
	err_free(&ignored);
	return text;
}

/* The interpreter itself, and what else it needs, from what it says of itself. */
static void take_about(struct lang_entrant *entrant)
{
	char *text = *entrant->lang->about ? ask(entrant->tool, entrant->lang->about) : NULL, *rest = text, *line;
	bool first = true;

	while (rest && (line = strsep(&rest, "\n"))) {
		char *real = *line == '/' ? realpath(line, NULL) : NULL;

		/* A virtual environment's python is a link that means more than what it points to. */
		if (first && real && fs_is_executable(line)) {
			free(entrant->tool);
			entrant->tool = xstrdup(line);
		} else if (!first && real) {
			lang_needs_add(&entrant->needs, real);
		}
		first = false;
		free(real);
	}
	free(text);
}

static void find_tool(struct lang_entrant *entrant)
{
	const struct lang *lang = entrant->lang;
	const char *const version[] = {lang->version, NULL};

	for (const char *tools = lang->tools; *tools && !entrant->tool;) {
		size_t length = strcspn(tools, " ");
		char *name = xasprintf("%.*s", (int)length, tools);

		entrant->tool = fs_which(name);
		if (entrant->tool)
			entrant->how = lang->kind == LANG_RUCHY ? xstrdup("transpiled")
								: xasprintf("%s%s%s", name, *lang->flags ? " " : "", lang->flags);
		free(name);
		tools += length + (tools[length] == ' ');
	}
	if (!entrant->tool) {
		entrant->absent = xasprintf("%.*s is not installed", (int)strcspn(lang->tools, " "), lang->tools);
		entrant->get = xstrdup(lang->get);
		return;
	}
	char *said = ask(entrant->tool, version);

	if (!said) {
		entrant->absent = xasprintf("%s does not work", entrant->tool);
		entrant->get = xasprintf("try `%s %s`", entrant->tool, lang->version);
		return;
	}
	entrant->version = line_of(said);
	free(said);
	if (lang->kind == LANG_INTERPRETED)
		take_about(entrant);
}

int lang_gather(const struct lang_options *options, struct lang_comparison *c, struct err *err)
{
	*c = (struct lang_comparison){.margin = options->margin, .args = (const char *const *)options->args};
	for (size_t i = 0; i < options->file_count; i++) {
		if (add_file(c, options->files[i], err) != 0)
			return -1;
	}
	if (options->siblings && add_siblings(c, options->siblings, options->files[0], err) != 0)
		return -1;
	if (c->count < 2)
		return err_usage(err, options->files[0], "give a second program, or --baseline-langs rust,python",
				 "there is nothing to compare it with");
	label(c);
	return lang_baseline_check(options, c, err);
}

void lang_find_tools(struct lang_comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (!c->entrants[i].absent)
			find_tool(&c->entrants[i]);
	}
}
