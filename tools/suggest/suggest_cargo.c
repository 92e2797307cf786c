/*
 * suggest_cargo.c - the same sets of flags for a cargo project: what is a setting of its release profile comes in through the environment,
 * the rest as RUSTFLAGS. All builds share a target directory of ours, so that what no flag touches is compiled once; each program is copied
 * from there, since the next takes its place. The project's files are left alone.
 */
#include "fs.h"
#include "shellquote.h"
#include "subprocess.h"
#include "suggest.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER "# Settings for cargo"

/* Of rustc's -C options those that cargo has in its profiles; a number stands without quotes. */
static const char *const profile_keys[] = {"opt-level", "lto", "codegen-units", "panic", "strip", NULL};

static const char *in_profile(const char *word)
{
	for (size_t i = 0; profile_keys[i]; i++)
		if (strncmp(word, profile_keys[i], strlen(profile_keys[i])) == 0 && word[strlen(profile_keys[i])] == '=')
			return profile_keys[i];
	return NULL;
}

/* What follows each "-C" of the flags; shellquote_free(). */
static char **words_of(const char *flags)
{
	struct err ignored = {0};
	size_t count, used = 0;
	char **words = shellquote_split(flags, &count, &ignored);

	for (size_t i = 0; words && i < count; i++) {
		if (strcmp(words[i], "-C") == 0)
			free(words[i]);
		else
			words[used++] = words[i];
	}
	if (words)
		words[used] = NULL;
	err_free(&ignored);
	return words;
}

bool suggest_cargo_needs_rustflags(const char *flags)
{
	char **words = words_of(flags);
	bool needs = false;

	for (size_t i = 0; words && words[i]; i++)
		needs = needs || !in_profile(words[i]);
	shellquote_free(words);
	return needs;
}

/* RUSTFLAGS would take the place of what stands there. */
static bool has_rustflags(const char *directory)
{
	static const char *const names[] = {"config.toml", "config"};
	bool has = false;

	for (size_t i = 0; i < 2 && !has; i++) {
		char *path = xasprintf("%s/.cargo/%s", directory, names[i]);
		struct err ignored = {0};
		char *text = fs_read(path, 1 << 20, NULL, &ignored);

		has = text && strstr(text, "rustflags");
		free(text);
		free(path);
		err_free(&ignored);
	}
	return has;
}

bool suggest_cargo_has_rustflags(const struct cargo_project *project)
{
	char *directory = xstrdup(project->root), *slash;
	const char *home = getenv("HOME");
	bool has = getenv("CARGO_ENCODED_RUSTFLAGS") || (home && has_rustflags(home));

	while (!has && *directory) {
		has = has_rustflags(directory);
		slash = strrchr(directory, '/');
		if (!slash)
			break;
		*slash = 0;
	}
	free(directory);
	return has;
}

/* ---- one build ------------------------------------------------------------------------------------------------------------------------
 */

/* CARGO_PROFILE_RELEASE_OPT_LEVEL=s */
static char *setting_of(const char *word)
{
	char *setting = xasprintf("CARGO_PROFILE_RELEASE_%s", word);

	for (char *c = setting; *c && *c != '='; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return setting;
}

static char *host_triple(struct err *err)
{
	char *argv[] = {(char *)"rustc", (char *)"-vV", NULL}, *triple = NULL;
	struct subprocess_output output;

	if (subprocess_capture(argv, NULL, &output, err) != 0)
		return NULL;
	const char *host = output.out ? strstr(output.out, "host: ") : NULL;

	if (host)
		triple = xasprintf("%.*s", (int)strcspn(host + 6, "\n"), host + 6);
	subprocess_output_free(&output);
	return triple;
}

char *suggest_cargo_path(const struct suggest *s, const struct suggest_trial *trial, const char *suffix)
{
	return xasprintf("%s/%s/%s%s", s->directory, trial->id, s->audit->subject.name, suffix);
}

int suggest_cargo_build(const struct suggest *s, const struct suggest_trial *trial, struct err *err)
{
	const struct audit_subject *subject = &s->audit->subject;
	struct cargo_options options = subject->cargo_options;
	char *settings[8] = {xstrdup("CARGO_PROFILE_RELEASE_STRIP=symbols")}, **words = words_of(trial->flags);
	char *triple = NULL, *program = NULL, *name = NULL, *path = suggest_cargo_path(s, trial, "");
	struct strbuf rustflags = STRBUF_INIT;
	char *directory = xasprintf("%s/%s", s->directory, trial->id);
	size_t used = 1;
	int status = -1;

	for (size_t i = 0; words && words[i] && used < 6; i++) {
		if (in_profile(words[i]))
			settings[used++] = setting_of(words[i]);
		else
			strbuf_printf(&rustflags, " -C %s", words[i]);
	}
	if (rustflags.size > 0) {
		/* Without --target they would be for build scripts, too. */
		triple = host_triple(err);
		settings[used++] = xasprintf("RUSTFLAGS=%s%s", getenv("RUSTFLAGS") ? getenv("RUSTFLAGS") : "", rustflags.data);
	}
	options.manifest = subject->manifest;
	options.delivered = false;
	options.as_is = true;
	options.directory = "suggest";
	options.triple = triple;
	options.settings = (const char *const *)settings;
	if (fs_mkdirs(directory, err) == 0 && (rustflags.size == 0 || triple))
		status = cargo_build(&subject->project, &options, BUILD_PLAIN, subject->name, &program, &name, err);
	if (status == 0)
		status = fs_copy(program, path, 0777, err);
	for (size_t i = 0; i < used; i++)
		free(settings[i]);
	shellquote_free(words);
	strbuf_free(&rustflags);
	free(triple);
	free(program);
	free(name);
	free(path);
	free(directory);
	return status;
}

/* ---- for people ------------------------------------------------------------------------------------------------------------------------
 */

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static void put_setting(struct strbuf *out, const char *word)
{
	const char *value = strchr(word, '=') + 1;
	const char *quote = is_number(value) ? "" : "\"";

	strbuf_printf(out, "%.*s = %s%s%s", (int)(value - word) - 1, word, quote, value, quote);
}

char *suggest_cargo_words(const char *flags)
{
	struct strbuf out = STRBUF_INIT;
	char **words = words_of(flags);
	bool any = false;

	for (size_t i = 0; words && words[i]; i++) {
		if (!in_profile(words[i]))
			continue;
		strbuf_puts(&out, any ? ", " : "");
		put_setting(&out, words[i]);
		any = true;
	}
	if (any)
		strbuf_puts(&out, " in [profile.release]");
	for (size_t i = 0, others = 0; words && words[i]; i++) {
		if (in_profile(words[i]))
			continue;
		strbuf_printf(&out, "%s -C %s", others > 0 ? "" : any ? " and rustflags" : "rustflags", words[i]);
		others++;
	}
	shellquote_free(words);
	return strbuf_take(&out);
}

static void put_profile(struct strbuf *text, char **words, bool strips)
{
	bool any = strips;

	for (size_t i = 0; words[i]; i++)
		any = any || in_profile(words[i]);
	if (!any)
		return;
	strbuf_puts(text, "\n[profile.release]\n");
	for (size_t i = 0; words[i]; i++) {
		if (!in_profile(words[i]))
			continue;
		put_setting(text, words[i]);
		strbuf_puts(text, "\n");
	}
	if (strips)
		strbuf_puts(text, "strip = \"symbols\"\n");
}

static void put_rustflags(struct strbuf *text, char **words, const char *triple)
{
	bool any = false;

	for (size_t i = 0; words[i]; i++) {
		if (in_profile(words[i]))
			continue;
		if (!any)
			strbuf_printf(text, "\n[target.%s]\nrustflags = [", triple);
		strbuf_printf(text, "%s\"-C\", \"%s\"", any ? ", " : "", words[i]);
		any = true;
	}
	if (any)
		strbuf_puts(text, "]\n");
}

/* A file that somebody else wrote stays. */
static int check_ours(const char *path, struct err *err)
{
	struct err ignored = {0};
	char *text = access(path, F_OK) == 0 ? fs_read(path, 1 << 20, NULL, &ignored) : NULL;
	bool ours = access(path, F_OK) != 0 || (text && strncmp(text, HEADER, strlen(HEADER)) == 0);

	free(text);
	err_free(&ignored);
	return ours ? 0
		    : err_set(err, path, "give another file by --flags-file",
			      "the file was not written by --apply-flags, so it is left as it is");
}

int suggest_cargo_apply(const struct suggest *s, const char *flags, bool strips, const char *gains, const char *path, struct err *err)
{
	struct strbuf text = STRBUF_INIT;
	char **words = words_of(flags), *triple = host_triple(err);
	int status = triple ? check_ours(path, err) : -1;

	if (status == 0) {
		strbuf_printf(&text,
			      HEADER " that ruchy-prof analyze --suggest found for %s. Against the stripped default:\n# %s\n"
				     "# Use: cargo build --release --config THIS-FILE, or copy [profile.release] to the Cargo.toml of the\n"
				     "# workspace and the rest, if there is any, to .cargo/config.toml.\n",
			      s->audit->subject.name, gains);
		put_profile(&text, words, strips);
		put_rustflags(&text, words, triple);
		status = fs_write(path, text.data, text.size, 0666, err);
	}
	strbuf_free(&text);
	shellquote_free(words);
	free(triple);
	return status;
}
