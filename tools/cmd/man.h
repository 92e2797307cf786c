/* man.h - manual pages in mdoc, made of the option tables. */
#ifndef MAN_H
#define MAN_H

#include "cmd.h"
#include "strbuf.h"

/* ruchy-prof-COMMAND(1) */
void man_command(struct strbuf *out, const struct command *command);
/* ruchy-prof(1); `commands` ends in NULL */
void man_overview(struct strbuf *out, const struct command *const *commands);

#endif
