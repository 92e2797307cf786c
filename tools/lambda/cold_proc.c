#include "cold_start.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A program that has sent its request sleeps some microseconds later. */
#define LOOKS	20
#define LOOK_US 50

/* What stands behind the name, which can hold anything: ") ", state, then numbers. NULL: not known. */
static const char *behind_name(const char *path, char text[1024])
{
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(text, 1, 1023, file) : 0;

	if (file)
		fclose(file);
	text[size] = '\0';
	return strrchr(text, ')');
}

uint64_t proc_faults(int pid)
{
	char path[64], text[1024];
	uint64_t minor, major;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	const char *rest = behind_name(path, text);
	if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64, &minor, &major) != 2)
		return COLD_UNKNOWN;
	return minor + major;
}

/* Nanoseconds that a thread has run, and that it was ready to and no CPU was free. False: the kernel does not tell. */
static bool thread_times(int pid, const char *thread, uint64_t *ran, uint64_t *queued)
{
	char path[320];

	snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, thread);
	FILE *file = fopen(path, "re");
	bool known = file && fscanf(file, "%" SCNu64 " %" SCNu64, ran, queued) == 2;
	if (file)
		fclose(file);
	return known;
}

static bool is_running(int pid, const char *thread)
{
	char path[320], text[1024];

	snprintf(path, sizeof path, "/proc/%d/task/%s/stat", pid, thread);
	const char *rest = behind_name(path, text);
	return rest && strncmp(rest, ") R", 3) == 0;
}

/* One look at all threads; true: one of them runs, so that its time is not up to date. */
static bool look(int pid, struct proc_times *times)
{
	char path[64];
	struct dirent *entry;
	bool running = false;

	*times = (struct proc_times){0};
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *threads = opendir(path);
	while (threads && (entry = readdir(threads))) {
		uint64_t ran, queued;

		if (*entry->d_name == '.' || !thread_times(pid, entry->d_name, &ran, &queued))
			continue;
		running |= is_running(pid, entry->d_name);
		if (strtol(entry->d_name, NULL, 10) == pid) {
			times->known = true;
			times->ran = ran;
			times->queued = queued;
		} else {
			times->others_ran += ran;
			times->others_queued += queued;
		}
	}
	if (threads)
		closedir(threads);
	return running;
}

uint64_t proc_own_queued(void)
{
	uint64_t ran, queued = 0;
	FILE *file = fopen("/proc/thread-self/schedstat", "re");

	if (file && fscanf(file, "%" SCNu64 " %" SCNu64, &ran, &queued) != 2)
		queued = 0;
	if (file)
		fclose(file);
	return queued;
}

void proc_times(int pid, struct proc_times *times)
{
	for (int i = 0; look(pid, times) && i < LOOKS; i++)
		usleep(LOOK_US);
}

uint64_t proc_status_bytes(int pid, const char *name)
{
	char path[64], line[256];
	uint64_t kib = 0;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file)) {
		size_t size = strlen(name);
		if (strncmp(line, name, size) == 0 && line[size] == ':' && sscanf(line + size + 1, " %" SCNu64, &kib) == 1)
			break;
	}
	if (file)
		fclose(file);
	return kib * 1024;
}
