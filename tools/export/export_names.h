/* export_names.h - functions and files as other programs' files name them: UTF-8 without control characters, each name once. */
#ifndef EXPORT_NAMES_H
#define EXPORT_NAMES_H

#include "exporter.h"

struct export_names {
	char **fns;    /* by index into profile->fns; two functions of one name are `name:LINE` */
	char **files;  /* sources, as they were given, by number of the file */
	char **places; /* their last parts, for people */
	char *file;    /* files[0] */
	char *title;   /* the program: its name, or the last part of its source */
};

void export_names_init(struct export_names *names, const struct profile *profile);
void export_names_free(struct export_names *names, const struct profile *profile);
/* The source of a function, whole and for people. `fn` is none of PROFILE_NONE. */
const char *export_file(const struct export_names *names, const struct profile *profile, uint32_t fn);
const char *export_place(const struct export_names *names, const struct profile *profile, uint32_t fn);
/* The name of a node's function: "(outside)" of none. */
const char *export_name(const struct export_names *names, uint32_t fn);

/* `text` between quotes, as JSON wants it. It must be UTF-8. */
void export_json_string(struct strbuf *out, const char *text);
/* `text` for XML and HTML, in quotes or not. It must be UTF-8 without control characters. */
void export_markup(struct strbuf *out, const char *text);

/* The call paths that the options ask for: through the function that they name, or all. NULL and err when there is no such function. */
struct paths *export_paths(const struct report *report, const struct export_options *options, enum paths_weight weight, struct err *err);

/* Calls of each function, over all runs, that no edge explains: the start of a thread where the text does not tell. The caller frees. */
uint64_t *export_rest(const struct profile *profile);

/* "of one iteration", "of all 12 iterations"; why paths are an estimate, or "". For comments and titles of formats. */
void export_scope(struct strbuf *out, uint64_t iterations);
#define EXPORT_DERIVED "call paths are an estimate: split by call counts"

#endif
