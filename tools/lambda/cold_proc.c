#include "cold_start.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t proc_faults(int pid)
{
	char path[64], text[1024];
	uint64_t minor, major;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
	if (file)
		fclose(file);
	text[size] = '\0';
	/* Behind the name, which can hold anything: state, then numbers. */
	const char *rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64, &minor, &major) != 2)
		return COLD_UNKNOWN;
	return minor + major;
}

uint64_t proc_queued(int pid)
{
	char path[64];
	uint64_t ran, queued = 0;

	snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%" SCNu64 " %" SCNu64, &ran, &queued) != 2)
		queued = 0;
	if (file)
		fclose(file);
	return queued;
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
