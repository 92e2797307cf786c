/* bench_warn.c - what makes times doubtful, told to the user. */
#include "bench.h"
#include "strbuf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAR	   10.0 /* standard errors, by the MAD: nothing normal is there */
#define NORMAL_MAD 1.4826
#define MANY	   0.1 /* of the samples */
#define WAITING	   0.1 /* of the time */
#define SHORT_NS   5e6

static double distance(double x, double median, double mad)
{
	/* A clock that is coarser than the noise makes a MAD of 0; a thousandth of the median is as good as none. */
	return (x - median) / fmax(NORMAL_MAD * mad, median / 1000);
}

void bench_warn_samples(struct bench_report *report, const char *who, const double *times, const double *cpu, size_t n)
{
	double median = stats_median(times, n), mad = stats_mad(times, n), *waiting;
	size_t far = 0;

	if (n < 5)
		return;
	for (size_t i = 0; i < n; i++)
		far += fabs(distance(times[i], median, mad)) > FAR;
	if (distance(times[0], median, mad) > FAR)
		bench_warn(report,
			   "the first run of %s was much slower than the others (%.3g of the median): caches were cold; give "
			   "--warmup more",
			   who, times[0] / median);
	else if (far > 0 && (double)far >= MANY * (double)n)
		bench_warn(report, "%zu of %zu runs of %s are outliers: something else runs here", far, n, who);
	waiting = xcalloc(n, sizeof *waiting);
	for (size_t i = 0; i < n; i++)
		waiting[i] = 1 - cpu[i] / times[i];
	if (stats_median(waiting, n) > WAITING)
		bench_warn(report, "%s spent %.0f%% of its time on no CPU: it waits, or the machine is busy; --metric cpu leaves that out",
			   who, 100 * stats_median(waiting, n));
	free(waiting);
}

void bench_warn_short(struct bench_report *report, const char *who, double median_ns, uint64_t repeats)
{
	if (repeats <= 1 && median_ns < SHORT_NS)
		bench_warn(report,
			   "a run of %s takes %.2g ms: too short to be timed well, and not repeated where input comes through a pipe, "
			   "failing runs count, or peak-rss is judged",
			   who, median_ns / 1e6);
}

static double read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	double value = -1;

	if (file && fscanf(file, "%lf", &value) != 1)
		value = -1;
	if (file)
		fclose(file);
	return value;
}

/* How far the clocks of the CPUs are apart, 0 where they are not told. */
static double frequency_spread(void)
{
	double least = INFINITY, most = 0;

	for (int cpu = 0; cpu < 1024; cpu++) {
		char path[96];
		double now;

		snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
		now = read_number(path);
		if (now <= 0)
			break;
		least = fmin(least, now);
		most = fmax(most, now);
	}
	return most > 0 ? most / least - 1 : 0;
}

static bool governor_saves(char name[32])
{
	FILE *file = fopen("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "re");
	bool saves = file && fscanf(file, "%31s", name) == 1 && strcmp(name, "performance") != 0;

	if (file)
		fclose(file);
	return saves;
}

void bench_warn_machine(struct bench_report *report)
{
	double load = read_number("/proc/loadavg"), cpus = (double)sysconf(_SC_NPROCESSORS_ONLN), spread = frequency_spread();
	char governor[32];

	/* We and the program are one of them. */
	if (load > cpus + 0.5)
		bench_warn(report, "the machine is busy: load %.1f on %.0f CPUs", load, cpus);
	if (spread > 0.1)
		bench_warn(report, "the CPUs run at frequencies that differ by %.0f%%", 100 * spread);
	if (governor_saves(governor))
		bench_warn(report, "the frequency governor is `%s`: the clock may change during runs", governor);
}
