/*
 * sample.h - statistical samples of the plain build: which .ruchy line was running, and who called it.
 *
 * Source of the method: perf_event_open(2), cpu-clock software event, user space only, so that no privilege is needed where
 * perf_event_paranoid <= 2; where the kernel refuses that, a CPU-time timer in each thread of the program. Stacks are unwound from saved
 * registers and stack bytes with the call frame information (libdw), inline frames included, so that a function which LLVM inlined still
 * gets its time, and the plain build needs no special flags but line tables.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "err.h"
#include "profile.h"

struct sampler;

/*
 * NULL and `err` when sampling is not possible here (the reason is worth showing with --verbose). RUCHY_PROF_SAMPLER chooses: `perf`,
 * `timer`, `none`; else perf where that is permitted and the timer elsewhere.
 */
struct sampler *sampler_new(const char *program, uint64_t period_ns, struct err *err);
/* For struct subprocess_run: attach to the child before it execs, drain while it runs. `context` is the sampler. */
int sampler_attach(void *context, int pid);
void sampler_drain(void *context);
int sampler_fd(const struct sampler *sampler); /* -1 before attach; a pollable fd stays the same for the sampler's life */
/* To be added to the environment of the sampled program; ends in NULL. Owned by the sampler. */
char *const *sampler_variables(const struct sampler *sampler);
/* CPU time between two samples of a thread: what was asked for, or what the system can do at best. */
uint64_t sampler_period(const struct sampler *sampler);
/*
 * Attribute what was sampled to the functions and lines of `profile` (functions by rust_from/rust_to of the Rust file `rust_path`; `lines`:
 * .ruchy line of each Rust line, as in rhook_output). Self time of code outside the program (std, libc, kernel) goes to the nearest
 * function of the program on the stack. Adds samples_self, samples_total, lines[].samples, contexts, samples, samples_outside, sample_runs,
 * sample_period_ns, sample_method.
 */
int sampler_attribute(struct sampler *sampler, struct profile *profile, const char *rust_path, const uint32_t *lines, size_t line_count,
		      struct err *err);
/*
 * The same for a program of several files in one or more crates: files[i] is file i of the profile. Rust paths are absolute; those of
 * debug information are seen from the directory that rustc ran in.
 */
struct sample_file {
	const char *rust_path;
	const uint32_t *lines;
	size_t line_count;
};
int sampler_attribute_files(struct sampler *sampler, struct profile *profile, const struct sample_file *files, size_t count,
			    struct err *err);
/* What was seen since the last sampler_attribute(), for --verbose. `lost`: records that the kernel dropped because we read too slowly;
 * shares stay right. */
struct sampler_counts {
	uint64_t samples;
	uint64_t cut; /* of these: stack deeper than the copy */
	uint64_t lost;
	uint64_t throttled; /* times that the kernel stopped sampling for the rest of a tick */
};
void sampler_counts(const struct sampler *sampler, struct sampler_counts *counts);
void sampler_free(struct sampler *sampler);

#endif
