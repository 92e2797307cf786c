/*
 * interrupt.h - SIGINT, SIGTERM and SIGHUP as a wish to stop: noted, so that what is temporary gets removed and what ran gets reported.
 * Blocking calls return EINTR. A second one ends the process at once.
 */
#ifndef UTIL_INTERRUPT_H
#define UTIL_INTERRUPT_H

#include <signal.h>

/* Watch them from now on, except those that our caller ignores. */
void interrupt_watch(void);
/* Number of the first signal that came, 0 = none. */
int interrupt_signal(void);
/* For who takes the signals by another way, such as a signalfd. Without effect unless they are watched. */
void interrupt_note(int signal_number);
/* The signals that count, without those that are ignored. */
void interrupt_set(sigset_t *set);

#endif
