/* rhook_hint_steady.h - what does not change while a loop runs. Not installed. */
#ifndef RHOOK_HINT_STEADY_H
#define RHOOK_HINT_STEADY_H

#include "rhook_hint_number.h"

/* Names of numbers, literals, casts and copies of them: to compute it does nothing and never panics. */
bool rhook_is_harmless(const struct rhook_hinting *h, uint32_t node);
/* Harmless, and of the same value whenever the loop (a node) computes it. */
bool rhook_is_steady(const struct rhook_hinting *h, const struct rhook_numbers *numbers, uint32_t node, uint32_t loop);
/*
 * The loop around `loop` (of the same function or closure; RHOOK_NONE as `loop`: the innermost around `node`) that runs `node` again and
 * again. RHOOK_NONE: there is none.
 */
uint32_t rhook_loop_around(const struct rhook_program *p, uint32_t node, uint32_t loop);
/* May a block with a `let` in front stand in the place of this loop? */
bool rhook_can_wrap(const struct rhook_program *p, uint32_t loop);

#endif
