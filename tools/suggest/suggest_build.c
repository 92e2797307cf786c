/*
 * suggest_build.c - many builds of one source.
 *
 * They are made by processes of our own, which put them into the build cache; then they are taken from there as always. So a build that is
 * cut off leaves nothing, and what went wrong is told by the one place that tells it.
 */
#include "fs.h"
#include "hash.h"
#include "interrupt.h"
#include "suggest.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHUFFLE	     "-C link-arg=-Wl,--shuffle-sections=.text*="
#define WORKERS_MOST 8

double suggest_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double suggest_left(const struct suggest *s, double share)
{
	return s->begun + share * s->limit - suggest_now();
}

void suggest_step(const struct suggest *s, const char *format, ...)
{
	char *step = NULL;
	va_list list;

	va_start(list, format);
	if (vasprintf(&step, format, list) >= 0)
		s->audit->options->progress(s->audit->options->context, step);
	va_end(list);
	free(step);
}

void suggest_trial_init(struct suggest_trial *trial, const struct suggest_variant *variant, const char *id, const char *flags)
{
	*trial = (struct suggest_trial){.variant = variant, .id = xstrdup(id), .flags = xstrdup(flags)};
}

void suggest_trial_free(struct suggest_trial *trial)
{
	for (size_t i = 0; i < SUGGEST_LAYOUTS; i++)
		build_free(trial->builds[i]);
	free(trial->program);
	free(trial->id);
	free(trial->flags);
	free(trial->why);
	*trial = (struct suggest_trial){0};
}

const char *suggest_program(const struct suggest_trial *trial, size_t layout)
{
	if (trial->program)
		return layout == 0 ? trial->program : NULL;
	return layout < SUGGEST_LAYOUTS && trial->builds[layout] ? trial->builds[layout]->program[BUILD_PLAIN] : NULL;
}

size_t suggest_layouts(const struct suggest_trial *trial)
{
	size_t layouts = 0;

	while (suggest_program(trial, layouts))
		layouts++;
	return layouts;
}

/* Ours come behind the user's: a variant that changes nothing would be none. */
static char *flags_of(const struct suggest *s, const struct suggest_trial *trial, size_t layout)
{
	const char *user = s->audit->options->rustc_flags;
	char *flags = xasprintf("%s %s -C strip=symbols", user ? user : "", trial->flags), *more;

	if (layout == 0)
		return flags;
	more = xasprintf("%s " SHUFFLE "%zu", flags, layout);
	free(flags);
	return more;
}

static int build_one(const struct suggest *s, const struct suggest_trial *trial, size_t layout, struct build **build, struct err *err)
{
	struct build_options options = s->audit->subject.build_options;
	char *flags = flags_of(s, trial, layout);
	int status;

	options.rustc_flags = flags;
	options.no_hook = true;
	options.progress = NULL;
	options.verbose = build ? options.verbose : NULL;
	status = build_transpile(&options, build, err);
	if (status == 0)
		status = build_compile(*build, &options, BUILD_PLAIN, err);
	if (status != 0) {
		build_free(*build);
		*build = NULL;
	}
	free(flags);
	return status;
}

static bool is_project(const struct suggest *s)
{
	return s->audit->subject.kind == AUDIT_PROJECT;
}

/* Of a compiler's text what names the error: its first line. */
static char *first_line(const struct err *err)
{
	const char *text = err->detail && *err->detail ? err->detail : err->what;

	return xasprintf("%.*s", (int)strcspn(text, "\n"), text);
}

/* Why cargo failed, for the process that takes the programs. */
static void leave_word(const struct suggest *s, const struct suggest_trial *trial, const struct err *err)
{
	char *path = suggest_cargo_path(s, trial, ".why"), *line = first_line(err);
	struct err ignored = {0};

	fs_write(path, line, strlen(line), 0600, &ignored);
	err_free(&ignored);
	free(line);
	free(path);
}

/* --- the processes ----------------------------------------------------------------------------------------------------------------- */

struct order {
	struct suggest_trial *trial;
	size_t layout;
	pid_t pid;
	enum { WAITING, RUNNING, MADE, FAILED, CUT_OFF } state;
};

static void start(const struct suggest *s, struct order *order)
{
	order->pid = fork();
	order->state = order->pid < 0 ? FAILED : RUNNING;
	if (order->pid != 0)
		return;
	struct suggest quiet = *s;
	struct audit audit = *s->audit;
	struct build *build = NULL;
	struct err err = {0};

	audit.subject.build_options.verbose = NULL;
	quiet.audit = &audit;
	if (is_project(s)) {
		int status = suggest_cargo_build(&quiet, order->trial, &err);

		if (status != 0)
			leave_word(s, order->trial, &err);
		_exit(status == 0 ? 0 : 1);
	}
	_exit(build_one(&quiet, order->trial, order->layout, &build, &err) == 0 ? 0 : 1);
}

/* One that ended, or none. */
static bool reap(struct order *orders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int status;

		if (orders[i].state != RUNNING || waitpid(orders[i].pid, &status, WNOHANG) != orders[i].pid)
			continue;
		orders[i].state = status == 0 ? MADE : FAILED;
		return true;
	}
	return false;
}

static void cut_off(struct order *orders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (orders[i].state == WAITING)
			orders[i].state = CUT_OFF;
		if (orders[i].state == RUNNING)
			kill(orders[i].pid, SIGTERM);
	}
	for (size_t i = 0; i < count; i++) {
		if (orders[i].state != RUNNING)
			continue;
		while (waitpid(orders[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
		orders[i].state = CUT_OFF;
	}
}

static void make_all(const struct suggest *s, struct order *orders, size_t count, double share)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cpus < 1 || is_project(s) ? 1 : cpus > WORKERS_MOST ? WORKERS_MOST : (size_t)cpus, running = 0, next = 0, done = 0;

	while (done < count && !interrupt_signal() && suggest_left(s, share) > 0) {
		for (; running < most && next < count; running++)
			start(s, &orders[next++]);
		suggest_step(s, "building %zu of %zu:", done + 1, count);
		if (reap(orders, count)) {
			running--;
			done++;
			continue;
		}
		nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
	}
	cut_off(orders, count);
}

/* --- taking them ---------------------------------------------------------------------------------------------------------------------- */

/* With settings that the profile has anyway cargo makes the same file. */
static bool same_file(const char *a, const char *b)
{
	char one[HASH_HEX], other[HASH_HEX];
	size_t size;

	return hash_file(a, one, &size) == 0 && hash_file(b, other, &size) == 0 && strcmp(one, other) == 0;
}

static void take_copy(struct suggest *s, const struct order *order)
{
	struct suggest_trial *trial = order->trial;
	char *path = suggest_cargo_path(s, trial, ".why");
	struct err ignored = {0};

	if (order->state == MADE) {
		trial->program = suggest_cargo_path(s, trial, "");
		if (trial->variant && suggest_program(&s->trials[0], 0) && same_file(trial->program, suggest_program(&s->trials[0], 0)))
			trial->state = SUGGEST_ALREADY;
	} else {
		trial->state = SUGGEST_UNBUILT;
		trial->why = fs_read(path, 1 << 16, NULL, &ignored);
	}
	err_free(&ignored);
	free(path);
}

static void take(struct suggest *s, struct order *order)
{
	struct suggest_trial *trial = order->trial;
	struct err err = {0};

	if (trial->state != SUGGEST_TRIED)
		return;
	if (order->state == CUT_OFF) {
		s->out_of_time = true;
		if (order->layout == 0)
			trial->state = SUGGEST_LATE;
		return;
	}
	if (is_project(s)) {
		take_copy(s, order);
		return;
	}
	if ((order->state == FAILED && order->layout > 0) || build_one(s, trial, order->layout, &trial->builds[order->layout], &err) == 0)
		return;
	if (order->layout == 0) {
		trial->state = SUGGEST_UNBUILT;
		trial->why = first_line(&err);
	}
	err_free(&err);
}

static bool is_slow(const struct suggest_trial *trial)
{
	return trial->variant ? trial->variant->slow : strstr(trial->flags, "lto=") != NULL;
}

int suggest_build(struct suggest *s, struct suggest_trial **trials, size_t count, size_t layouts, double share, struct err *err)
{
	struct order *orders = xcalloc(count * layouts + 1, sizeof *orders);
	size_t used = 0;

	if (is_project(s)) /* one at a time: cargo itself uses all CPUs */
		layouts = 1;
	/* What takes long comes last, whole layouts behind each other: when time runs out, the first ones are there. */
	for (int slow = 0; slow < 2; slow++)
		for (size_t layout = 0; layout < layouts; layout++)
			for (size_t i = 0; i < count; i++)
				if (is_slow(trials[i]) == (slow == 1) && trials[i]->state == SUGGEST_TRIED &&
				    !suggest_program(trials[i], layout))
					orders[used++] = (struct order){.trial = trials[i], .layout = layout};
	make_all(s, orders, used, share);
	for (size_t i = 0; i < used && !interrupt_signal(); i++)
		take(s, &orders[i]);
	free(orders);
	return interrupt_signal() ? err_set(err, s->audit->subject.operand, NULL, "interrupted") : 0;
}
