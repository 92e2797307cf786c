#include "cold_limits.h"
#include "fs.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Mount point of a version 1 controller, or of version 2 (`controller` NULL). Caller frees; NULL. */
static char *mount_of(const struct cold_limits *limits, const char *controller)
{
	FILE *file = fopen(limits->mounts, "re");
	char line[1024], path[512], type[64], options[512], *found = NULL;

	while (file && !found && fgets(line, sizeof line, file)) {
		if (sscanf(line, "%*s %511s %63s %511s", path, type, options) != 3)
			continue;
		if (!controller && strcmp(type, "cgroup2") == 0)
			found = xstrdup(path);
		for (char *word = strtok(options, ","); controller && word && !found; word = strtok(NULL, ","))
			if (strcmp(type, "cgroup") == 0 && strcmp(word, controller) == 0)
				found = xstrdup(path);
	}
	if (file)
		fclose(file);
	return found;
}

/* The group that we are in ourselves, below which we may make others. */
static char *own_group(const struct cold_limits *limits, const char *controller)
{
	FILE *file = fopen(limits->groups, "re");
	char line[1024], *found = NULL;

	while (file && !found && fgets(line, sizeof line, file)) {
		char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (!controller && names[1] == '\0')
			found = xstrdup(path);
		for (char *word = strtok(names + 1, ","); controller && word && !found; word = strtok(NULL, ","))
			if (strcmp(word, controller) == 0)
				found = xstrdup(path);
	}
	if (file)
		fclose(file);
	return found;
}

static int put(const char *dir, const char *name, const char *value)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd >= 0 ? write(fd, value, strlen(value)) : -1;
	int error = errno;

	if (fd >= 0)
		close(fd);
	free(path);
	errno = error;
	return written == (ssize_t)strlen(value) ? 0 : -1;
}

/* A group of ours in this one; NULL and errno. */
static char *make_in(const char *mount, const char *group)
{
	char *dir = xasprintf("%s%s/ruchy-prof-%d", mount, strcmp(group, "/") == 0 ? "" : group, (int)getpid());

	if (mkdir(dir, 0755) == 0 || errno == EEXIST)
		return dir;
	free(dir);
	return NULL;
}

static bool has(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool there = access(path, W_OK) == 0;

	free(path);
	return there;
}

/* The same, if that gets this file; else nothing is left of it. */
static char *make_with(const char *mount, const char *group, const char *file)
{
	char *dir = make_in(mount, group);

	if (!dir || has(dir, file))
		return dir;
	rmdir(dir);
	free(dir);
	errno = ENOENT;
	return NULL;
}

/*
 * Version 2: a group has the files of a controller when the one above it hands that on, and one with processes in it can't begin to (but
 * the root can). So ours is made below our own group, else beside it, else below it after asking it to hand on.
 */
static char *make_second(const char *mount, const char *own, const char *file, const char *controller)
{
	const char *slash = strrchr(own, '/');
	char *parent = xasprintf("%.*s", slash == own ? 1 : (int)(slash ? slash - own : 0), own);
	char *above = xasprintf("%s%s", mount, strcmp(own, "/") == 0 ? "" : own), *word = xasprintf("+%s", controller);
	char *dir = make_with(mount, own, file);

	if (!dir && strcmp(own, "/") != 0)
		dir = make_with(mount, parent, file);
	if (!dir && put(above, "cgroup.subtree_control", word) == 0)
		dir = make_with(mount, own, file);
	int error = errno;
	free(parent);
	free(above);
	free(word);
	errno = error;
	return dir;
}

/* A group of ours for this controller, whose file for its limit is `file`; NULL and errno. */
static char *make_group(const struct cold_limits *limits, bool second, const char *controller, const char *file)
{
	char *mount = mount_of(limits, second ? NULL : controller), *own = mount ? own_group(limits, second ? NULL : controller) : NULL;
	char *dir = NULL;

	errno = ENOENT;
	if (own)
		dir = second ? make_second(mount, own, file, controller) : make_in(mount, own);
	int error = errno;
	free(mount);
	free(own);
	errno = error;
	return dir;
}

static void say(struct cold_limits *limits, const char *what, const char *file)
{
	char *before = limits->why;

	limits->why =
	    xasprintf("%s%s%s can't be limited here (%s: %s)", before ? before : "", before ? "; " : "", what, file, strerror(errno));
	free(before);
}

static void limit_memory(struct cold_limits *limits, bool second)
{
	char bytes[32];

	snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)limits->memory_mb << 20);
	limits->memory_dir = make_group(limits, second, "memory", "memory.max");
	limits->memory_set = limits->memory_dir && put(limits->memory_dir, second ? "memory.max" : "memory.limit_in_bytes", bytes) == 0;
	if (!limits->memory_set)
		say(limits, "memory", "cgroup memory");
}

static void limit_cpu(struct cold_limits *limits, bool second)
{
	char period[32], quota[64];
	unsigned us = (unsigned)(limits->cpus * LIMITS_PERIOD_US);

	snprintf(period, sizeof period, "%d", LIMITS_PERIOD_US);
	snprintf(quota, sizeof quota, second ? "%u %d" : "%u", us, LIMITS_PERIOD_US);
	limits->cpu_dir = make_group(limits, second, "cpu", "cpu.max");
	limits->cpu_set = limits->cpu_dir && (second ? put(limits->cpu_dir, "cpu.max", quota) == 0
						     : put(limits->cpu_dir, "cpu.cfs_period_us", period) == 0 &&
							   put(limits->cpu_dir, "cpu.cfs_quota_us", quota) == 0);
	if (!limits->cpu_set)
		say(limits, "the CPU share", "cgroup cpu");
}

static int open_procs(const char *dir)
{
	char *path = xasprintf("%s/cgroup.procs", dir);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	free(path);
	return fd;
}

void cold_limits_open_by(struct cold_limits *limits, unsigned memory_mb, const char *mounts, const char *groups)
{
	char *first;

	*limits = (struct cold_limits){
	    .memory_mb = memory_mb, .cpus = (double)memory_mb / LIMITS_VCPU_MB, .procs = {-1, -1}, .mounts = mounts, .groups = groups};
	first = mount_of(limits, "memory");
	limit_memory(limits, !first);
	limit_cpu(limits, !first);
	free(first);
	if (limits->memory_set)
		limits->procs[0] = open_procs(limits->memory_dir);
	if (limits->cpu_set)
		limits->procs[1] = open_procs(limits->cpu_dir);
}

void cold_limits_open(struct cold_limits *limits, unsigned memory_mb)
{
	cold_limits_open_by(limits, memory_mb, "/proc/self/mounts", "/proc/self/cgroup");
}

void cold_limits_close(struct cold_limits *limits)
{
	for (int i = 0; i < 2; i++)
		if (limits->procs[i] >= 0)
			close(limits->procs[i]);
	if (limits->memory_dir)
		rmdir(limits->memory_dir);
	if (limits->cpu_dir)
		rmdir(limits->cpu_dir);
	free(limits->memory_dir);
	free(limits->cpu_dir);
	free(limits->why);
	memset(limits, 0, sizeof *limits);
	limits->procs[0] = limits->procs[1] = -1;
}
