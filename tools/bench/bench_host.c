#include "bench_host.h"
#include "hash.h"
#include "strbuf.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The first line that names the processor: x86, then what ARM kernels have. */
static char *cpu_name(void)
{
	static const char *const keys[] = {"model name", "CPU part", "cpu model", "uarch"};
	char line[512], *found = NULL;
	FILE *file = fopen("/proc/cpuinfo", "re");

	while (file && !found && fgets(line, sizeof line, file)) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys && !found; i++) {
			const char *colon = strchr(line, ':');

			if (colon && strncmp(line, keys[i], strlen(keys[i])) == 0) {
				colon += 1 + strspn(colon + 1, " \t");
				found = xasprintf("%.*s", (int)strcspn(colon, "\n"), colon);
			}
		}
	}
	if (file)
		fclose(file);
	return found ? found : xstrdup("unknown CPU");
}

static void fingerprint(struct bench_host *host)
{
	struct hash *hash = hash_new();

	hash_add_text(hash, host->cpu);
	hash_add_text(hash, host->kernel);
	hash_add_text(hash, host->arch);
	hash_add(hash, &host->cpus, sizeof host->cpus);
	hash_finish(hash, host->fingerprint);
}

void bench_host_fill(struct bench_host *host)
{
	struct utsname names;
	cpu_set_t cpus;
	int known = uname(&names);

	host->cpu = cpu_name();
	host->kernel = xasprintf("%s %s", known == 0 ? names.sysname : "?", known == 0 ? names.release : "?");
	host->arch = xstrdup(known == 0 ? names.machine : "?");
	host->cpus = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (unsigned)CPU_COUNT(&cpus) : 0;
	fingerprint(host);
}

void bench_host_free(struct bench_host *host)
{
	free(host->cpu);
	free(host->kernel);
	free(host->arch);
	*host = (struct bench_host){0};
}

char *bench_host_text(const struct bench_host *host)
{
	return xasprintf("%s, %u CPU%s, %s, %s", host->cpu, host->cpus, host->cpus == 1 ? "" : "s", host->arch, host->kernel);
}
