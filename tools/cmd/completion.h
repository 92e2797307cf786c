/* completion.h - scripts that complete command lines, one writer a shell, all from the option tables. */
#ifndef COMPLETION_H
#define COMPLETION_H

#include "cmd.h"
#include "strbuf.h"

/*
 * What the value of an option can be: words separated by blanks; "" = a file; NULL = anything, nothing to offer. By its placeholder. The
 * caller frees.
 */
char *completion_words(const struct option_row *row);

/* Called with each option of a command, --help last. */
void completion_each(const struct command *command, void (*use)(struct strbuf *out, const struct command *, const struct option_row *),
		     struct strbuf *out);

/* The scripts; `commands` ends in NULL. */
void completion_bash(struct strbuf *out, const struct command *const *commands);
void completion_zsh(struct strbuf *out, const struct command *const *commands);
void completion_fish(struct strbuf *out, const struct command *const *commands);

#endif
