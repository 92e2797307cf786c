/* rhook_owner.h - between the pass that finds what allocates and the one that opens accounts. Not installed. */
#ifndef RHOOK_OWNER_H
#define RHOOK_OWNER_H

#include "rhook_program.h"

struct rhook_accounts {
	bool *direct;  /* by node: it may allocate, apart from what its parts do */
	bool *reaches; /* by cycle: may allocate, by itself or by known calls */
};

/* rhook_account.c: fills program->openings and the `back` of calls. False for want of memory. */
bool rhook_open_accounts(struct rhook_program *program, const struct rhook_accounts *accounts);

#endif
