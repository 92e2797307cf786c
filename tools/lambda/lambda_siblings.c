#include "lambda_siblings.h"
#include "fs.h"
#include "interrupt.h"
#include "runtime_server.h"
#include "sibling_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nobody is made to wait longer who did not ask for it: what was compiled until then is kept, and goes on the next time. */
#define MOST_SECONDS 60
#define OTHERS	     "rust,c,cpp,go,python"

static struct lambda_sibling *add(struct lambda_siblings *s, const char *label)
{
	s->list = xrealloc(s->list, s->count + 1, sizeof *s->list);
	s->list[s->count] = (struct lambda_sibling){.label = xstrdup(label)};
	return &s->list[s->count++];
}

/* --- of the operand's own folder -------------------------------------------------------------------------------------------------- */

/* Beside F.ruchy lies, often, what was transpiled from it: that is not another program. */
static bool is_transpile(const char *path)
{
	static const char mark[] = "// ruchy ";
	struct err ignored = {0};
	size_t size;
	char *text = fs_read(path, 0, &size, &ignored);
	bool is = text && strncmp(text, mark, sizeof mark - 1) == 0;

	free(text);
	err_free(&ignored);
	return is;
}

struct teller {
	const struct audit *audit;
	const char *label;
};

static void on_compile(void *context, const char *step, const char *label)
{
	const struct audit *audit = context;
	char *text = xasprintf("%s %s, for", step, label);

	audit->options->progress(audit->options->context, text);
	free(text);
}

/* Entrants without a source, and what was transpiled, take no part. The operand itself is the first. */
static size_t count_own(struct lang_comparison *c)
{
	size_t count = 0;

	for (size_t i = 1; i < c->count; i++) {
		struct lang_entrant *entrant = &c->entrants[i];

		if (entrant->source && !entrant->absent && entrant->lang->kind == LANG_RUST && is_transpile(entrant->source))
			entrant->absent = xstrdup("it is the transpiled program itself");
		count += entrant->source && !entrant->absent;
	}
	return count;
}

static int find_own(const struct audit *audit, struct lambda_siblings *s)
{
	const char *file = audit->subject.operand;
	struct lang_options options = {
	    .files = &file, .file_count = 1, .siblings = OTHERS, .no_counts = true, .no_start = true, .progress = on_compile};
	struct err ignored = {0};
	bool *wanted = NULL;

	options.context = (void *)(uintptr_t)audit;
	if (audit->subject.kind != AUDIT_SOURCE || !lang_for_file(file))
		return 0;
	if (lang_gather(&options, &s->comparison, &ignored) == 0 && count_own(&s->comparison)) {
		wanted = xcalloc(s->comparison.count, sizeof *wanted);
		for (size_t i = 1; i < s->comparison.count; i++)
			wanted[i] = s->comparison.entrants[i].source && !s->comparison.entrants[i].absent;
		s->programs = lang_programs_build(&options, &s->comparison, wanted, &ignored);
	}
	for (size_t i = 1; wanted && i < s->comparison.count; i++) {
		const struct lang_entrant *entrant = &s->comparison.entrants[i];
		struct lambda_sibling *one;

		if (!wanted[i])
			continue;
		one = add(s, entrant->label);
		if (entrant->argv && !entrant->absent) {
			one->program = fs_which(entrant->argv[0]);
			one->args = entrant->argv + 1;
			s->own = true;
		} else {
			one->why = xasprintf("%s%s%s", entrant->absent ? entrant->absent : "it could not be built",
					     entrant->get ? "; get it: " : "", entrant->get ? entrant->get : "");
		}
	}
	free(wanted);
	err_free(&ignored);
	return interrupt_signal() ? -1 : 0;
}

/* --- of the corpus ------------------------------------------------------------------------------------------------------------------ */

static void on_tick(void *context)
{
	const struct teller *teller = context;
	char *text = xasprintf("building the bootstrap in %s to compare with (once; --no-siblings: not at all), for", teller->label);

	teller->audit->options->progress(teller->audit->options->context, text);
	free(text);
}

/* -1: interrupted. `left`: seconds; 0: as long as it takes. */
static int build_one(const struct audit *audit, const struct sibling_language *language, double left, struct lambda_sibling *one)
{
	struct teller teller = {audit, language->label};
	struct sibling_build build = {.seconds = left, .again = audit->options->siblings, .tick = on_tick, .context = &teller};

	sibling_build(&build, language);
	one->program = build.program;
	one->why = build.why;
	return build.interrupted || interrupt_signal() ? -1 : 0;
}

/* The quick ones are built first, and shown in the order of the table. */
static int find_corpus(const struct audit *audit, struct lambda_siblings *s, struct err *err)
{
	static const char *const quick_first[SIBLING_LANGUAGES] = {"cpp", "python", "go", "rust"};
	uint64_t start = runtime_now();
	size_t first = s->count;

	for (size_t i = 0; i < SIBLING_LANGUAGES; i++)
		add(s, sibling_languages[i].label);
	for (size_t k = 0; k < SIBLING_LANGUAGES; k++) {
		double left = MOST_SECONDS - (double)(runtime_now() - start) / 1e9;

		for (size_t i = 0; i < SIBLING_LANGUAGES; i++) {
			const struct sibling_language *language = &sibling_languages[i];

			if (strcmp(language->name, quick_first[k]) == 0 &&
			    build_one(audit, language, audit->options->siblings ? 0 : fmax(left, 1), &s->list[first + i]) != 0)
				return err_set(err, language->label, NULL, "interrupted");
		}
	}
	return 0;
}

int lambda_siblings_find(const struct audit *audit, struct lambda_siblings *s, struct err *err)
{
	*s = (struct lambda_siblings){0};
	if (audit->options->no_siblings)
		return 0;
	if (find_own(audit, s) != 0)
		return err_set(err, audit->subject.operand, NULL, "interrupted");
	return s->own ? 0 : find_corpus(audit, s, err);
}

void lambda_siblings_free(struct lambda_siblings *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->list[i].label);
		free(s->list[i].program);
		free(s->list[i].why);
	}
	free(s->list);
	lang_programs_free(s->programs);
	lang_comparison_free(&s->comparison);
	*s = (struct lambda_siblings){0};
}
