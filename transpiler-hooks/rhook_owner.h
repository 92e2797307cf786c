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

/* --- rhook_site.c: RHOOK_BY_LINE ------------------------------------------------------------------------------------------------ */
struct rhook_sites;
struct rhook_sites *rhook_sites_new(struct rhook_program *program, const struct rhook_accounts *accounts); /* NULL: no memory */
void rhook_sites_free(struct rhook_sites *sites);
/* The record of the line that `node` is on, in its function. */
uint32_t rhook_site_of(struct rhook_sites *sites, uint32_t node);
/* `site` is named before `leaf`: what in it is of other lines names these. `again`: it may run again without being named, so all do. */
void rhook_site_within(struct rhook_sites *sites, uint32_t leaf, uint32_t site, bool again);
/* What is named while the parts of this node of a leaf are evaluated. */
uint32_t rhook_site_inside(const struct rhook_sites *sites, uint32_t node);
/* `loop` names its line whenever it asks `over` for more. */
void rhook_site_each(struct rhook_sites *sites, uint32_t loop, uint32_t over);
/* Can everything below that may allocate name its own line? */
bool rhook_site_only_moves(const struct rhook_sites *sites, uint32_t node);

#endif
