/* bench_host.h - which machine is it? Times of different ones say nothing of a program. */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

struct bench_host {
	char *cpu, *kernel, *arch; /* owned */
	unsigned cpus;		   /* that we may use */
	char fingerprint[33];	   /* of all of these */
};
void bench_host_fill(struct bench_host *host);
void bench_host_free(struct bench_host *host);
/* "AMD EPYC, 2 CPUs, x86_64, Linux 6.1.0"; the caller frees. */
char *bench_host_text(const struct bench_host *host);

#endif
