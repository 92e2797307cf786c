/* langs_alone.c - one program of another language, built as for a comparison. */
#include "langs_internal.h"
#include "shellquote.h"

#include <stdlib.h>

/* What stands before the source in the command. */
static void take_words(struct lang_alone *alone, const struct lang_entrant *entrant)
{
	size_t count = 0;

	while (entrant->argv[count])
		count++;
	alone->before = xcalloc(count + 1, sizeof *alone->before);
	for (size_t i = 0; i + 1 < count; i++)
		alone->before[i] = xstrdup(entrant->argv[i]);
	alone->path = xstrdup(entrant->argv[count - 1]);
}

int lang_alone(struct lang_alone *alone, const char *source, struct err *err)
{
	struct lang_entrant entrant = {.lang = lang_for_file(source), .source = xstrdup(source)};
	struct lang_comparison c = {.entrants = &entrant, .count = 1};
	struct lang_options options = {.no_start = true};
	int status;

	entrant.label = xstrdup(entrant.lang->name);
	lang_find_tools(&c);
	alone->builds = xcalloc(1, sizeof *alone->builds);
	status = entrant.absent ? err_set(err, source, entrant.get, "%s", entrant.absent) : lang_builds_open(alone->builds, 1, err);
	if (status == 0)
		status = lang_build(alone->builds, &entrant, 0, &options, err);
	if (status == 0) {
		take_words(alone, &entrant);
		alone->version = xstrdup(entrant.version);
	}
	lang_entrant_free(&entrant);
	return status;
}

void lang_alone_free(struct lang_alone *alone)
{
	if (alone->builds)
		lang_builds_close(alone->builds);
	free(alone->builds);
	free(alone->path);
	free(alone->version);
	shellquote_free(alone->before);
	*alone = (struct lang_alone){0};
}
