/*
 * source_text.h - the text that a profile's lines are lines of: kept in the profile, or found where the profile says that it was;
 * checked by its hash.
 */
#ifndef SOURCE_TEXT_H
#define SOURCE_TEXT_H

#include "profile.h"

enum source_state {
	SOURCE_SAME,	/* the very text that was profiled */
	SOURCE_CHANGED, /* another version: figures stand at the lines of that time */
	SOURCE_MISSING, /* no text */
};

struct source_text {
	enum source_state state;
	bool embedded; /* in the profile itself */
	char *path;    /* that the profile names, or where the text was found */
	char *text;    /* NUL-terminated; NULL when missing */
	/* Line n of the text is lines[n - 1], which ends before its line break; lines[n - 1] + sizes[n - 1] is its end */
	const char **lines;
	size_t *sizes;
	size_t count;
	char hash[33], want[33]; /* of this text; of the one that was profiled ("" = not known) */
	char *why;		 /* missing: what reading it said */
};

/* The texts of a profile's files: texts[n] is of profile_file(profile, n). */
struct sources {
	struct source_text **texts;
	size_t count;
};

/*
 * Of the profile's sources: `.ruchy` files, or the Rust that was given instead. `given` is where else to look first (NULL: nowhere), of
 * several files for the one of that name. A text that a hostile profile names is read only if it matches the profile's hash, or is called
 * *.ruchy or *.rs. Never NULL; the caller frees with sources_free(). Prints nothing.
 */
struct sources *sources_find(const struct profile *profile, const char *given);
void sources_free(struct sources *sources);
/* Put the texts that ran into the profile, as far as they are still there: if one was changed while it was compiled and run, it is not
 * kept. */
void sources_keep(struct profile *profile);
/* From bytes that somebody has; `text` need not end in NUL. */
struct source_text *source_text_of(const char *path, const char *text, size_t size, const char *want);
void source_text_free(struct source_text *source);

/* Every figure of one line of the source. */
struct line_facts {
	uint64_t count;	  /* executions over all runs, the largest of its functions'; PROFILE_ABSENT = not counted */
	uint64_t samples; /* of all its functions */
	uint32_t fn;	  /* of the most samples, else the first; PROFILE_NONE */
};
/* facts[n - 1] is line n of file number `file`, up to `count` lines. The caller frees. */
struct line_facts *line_facts_of(const struct profile *profile, uint32_t file, size_t count);

#endif
