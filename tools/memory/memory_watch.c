#include "memory_watch.h"
#include "collect.h"
#include "fs.h"
#include "profile.h"
#include "strbuf.h"
#include "subprocess.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define RESIDENT_NS 1000000u
#define LIVE_NS	    500000u

struct watcher {
	struct memory_watched *watched;
	const char *directory; /* of the counter file; NULL: resident memory alone */
	int pid, timer;
	uint64_t start;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void set_timer(int timer, uint64_t ns)
{
	struct timespec period = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
	struct itimerspec both = {.it_interval = period, .it_value = period};

	timerfd_settime(timer, 0, &both, NULL);
}

static void add_point(struct watcher *w, struct memory_series *series, uint64_t bytes)
{
	if (series->count == MEMORY_POINTS_MOST) {
		for (size_t i = 0; i < MEMORY_POINTS_MOST / 2; i++)
			series->points[i] = series->points[2 * i];
		series->count = MEMORY_POINTS_MOST / 2;
		series->period_ns *= 2;
		set_timer(w->timer, series->period_ns);
	}
	series->points[series->count++] = (struct memory_point){.ns = now_ns() - w->start, .bytes = bytes};
}

static void read_status(struct watcher *w)
{
	char path[64], line[256];
	uint64_t kb, resident = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", w->pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file)) {
		char *end;

		if (strncmp(line, "VmRSS:", 6) != 0 && strncmp(line, "VmStk:", 6) != 0)
			continue;
		kb = strtoull(line + 6, &end, 10);
		if (line[2] == 'R')
			resident = kb * 1024;
		else if (kb * 1024 > w->watched->stack_bytes)
			w->watched->stack_bytes = kb * 1024;
	}
	if (file)
		fclose(file);
	if (resident > 0)
		add_point(w, &w->watched->resident, resident);
}

/* What an unfinished run has "leaked" is what is live now. */
static void read_live(struct watcher *w)
{
	struct profile *profile = NULL;
	struct err ignored = {0};
	DIR *directory = opendir(w->directory);
	const struct dirent *entry;
	uint64_t live = 0;

	while (directory && (entry = readdir(directory))) {
		char *path;

		if (*entry->d_name == '.')
			continue;
		path = xasprintf("%s/%s", w->directory, entry->d_name);
		profile_add_raw(&profile, path, &ignored);
		free(path);
	}
	if (directory)
		closedir(directory);
	for (size_t i = 0; profile && i < profile->fn_count; i++)
		live += profile->fns[i].memory.leaked_bytes;
	if (profile && profile->memory_runs > 0)
		add_point(w, &w->watched->live, live + profile->outside.leaked_bytes);
	profile_free(profile);
	err_free(&ignored);
}

static int on_attach(void *context, int pid)
{
	struct watcher *w = context;

	w->pid = pid;
	w->start = now_ns();
	set_timer(w->timer, w->directory ? w->watched->live.period_ns : w->watched->resident.period_ns);
	return 0;
}

static void on_timer(void *context)
{
	struct watcher *w = context;
	uint64_t expired;

	if (read(w->timer, &expired, sizeof expired) != (ssize_t)sizeof expired)
		return;
	if (w->directory)
		read_live(w);
	else
		read_status(w);
}

static char **make_argv(const char *program, char *const *args)
{
	size_t count = 0;
	char **argv;

	while (args && args[count])
		count++;
	argv = xcalloc(count + 2, sizeof *argv);
	argv[0] = (char *)program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = args[i];
	return argv;
}

int memory_watch(const char *program, char *const *args, bool live, double timeout, struct memory_watched *watched, struct err *err)
{
	char *directory = live ? fs_tmpdir(err) : NULL;
	char *variable = live && directory ? collect_raw_variable(directory) : NULL;
	char *env[] = {variable, NULL};
	struct watcher w = {.watched = watched, .directory = directory};
	struct subprocess_run run = {
	    .env = env, .output_fd = -1, .timeout_seconds = timeout, .attach = on_attach, .drain = on_timer, .context = &w};
	int status = live && !directory ? -1 : 0;

	*watched = (struct memory_watched){.resident.period_ns = RESIDENT_NS, .live.period_ns = LIVE_NS};
	w.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	run.drain_fd = w.timer;
	if (status == 0) {
		char **argv = make_argv(program, args);

		run.argv = argv;
		status = subprocess_run(&run, err);
		free(argv);
	}
	if (w.timer >= 0)
		close(w.timer);
	if (directory)
		fs_remove_tree(directory);
	free(directory);
	free(variable);
	watched->peak_rss_bytes = run.peak_rss_bytes;
	watched->wall_ns = run.wall_ns;
	watched->status = run.status;
	watched->timed_out = run.timed_out;
	watched->interrupted = run.interrupted;
	return status;
}
