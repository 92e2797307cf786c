/* interrupt.c - the flag behind interrupt.h. */
#include "interrupt.h"

#include <stdbool.h>
#include <stddef.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
#define NUMBERS (sizeof numbers / sizeof *numbers)

static volatile sig_atomic_t first;
static bool watched;

static void on_signal(int signal_number)
{
	if (!first)
		first = signal_number;
}

static bool is_ignored(int signal_number)
{
	struct sigaction action;
	return sigaction(signal_number, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
}

void interrupt_watch(void)
{
	/* SA_RESETHAND: the second time is meant. No SA_RESTART: a write to a pipe that nobody reads must end. */
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	watched = true;
	for (size_t i = 0; i < NUMBERS; i++)
		if (!is_ignored(numbers[i]))
			sigaction(numbers[i], &action, NULL);
}

int interrupt_signal(void)
{
	return first;
}

void interrupt_note(int signal_number)
{
	if (watched)
		on_signal(signal_number);
}

void interrupt_set(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < NUMBERS; i++)
		if (!is_ignored(numbers[i]))
			sigaddset(set, numbers[i]);
}
