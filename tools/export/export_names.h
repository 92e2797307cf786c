/* export_names.h - functions and files as other programs' files name them: UTF-8 without control characters, each name once. */
#ifndef EXPORT_NAMES_H
#define EXPORT_NAMES_H

#include "exporter.h"

struct export_names {
	char **fns;  /* by index into profile->fns; two functions of one name are `name:LINE` */
	char *file;  /* the source, as it was given */
	char *place; /* its last part, for people */
};

void export_names_init(struct export_names *names, const struct profile *profile);
void export_names_free(struct export_names *names, const struct profile *profile);
/* The name of a node's function: "(outside)" of none. */
const char *export_name(const struct export_names *names, uint32_t fn);

/* `text` between quotes, as JSON wants it. It must be UTF-8. */
void export_json_string(struct strbuf *out, const char *text);
/* `text` for XML and HTML, in quotes or not. It must be UTF-8 without control characters. */
void export_markup(struct strbuf *out, const char *text);

/* The call paths that the options ask for: through the function that they name, or all. NULL and err when there is no such function. */
struct paths *export_paths(const struct report *report, const struct export_options *options, enum paths_weight weight, struct err *err);

/* "of one iteration", "of all 12 iterations"; why paths are an estimate, or "". For comments and titles of formats. */
void export_scope(struct strbuf *out, uint64_t iterations);
#define EXPORT_DERIVED "call paths are an estimate: split by call counts"

#endif
