/* test_sample.c - samples of programs whose shares are known by construction, and files that are no programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs.h"
#include "profile.h"
#include "sample.h"
#include "sample_internal.h"
#include "strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS 250000u

static char *directory; /* of all files of these tests */
static bool can_sample, can_compile;

/* ---- programs ---- */

static char *path_of(const char *name)
{
	return xasprintf("%s/%s", directory, name);
}

static int run(char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Compiles like the plain build. Paths: directory/NAME.rs and directory/NAME; caller frees. */
static char *compile(const char *name, const char *text, const char *debug, char **source)
{
	char *program = path_of(name);
	struct err err = {0};

	for (char *at = program; *at; at++)
		*at = *at == ' ' ? '_' : *at;

	*source = xasprintf("%s.rs", program);
	assert_int_equal(fs_write(*source, text, strlen(text), 0600, &err), 0);
	char *argv[] = {"rustc", "--edition",	"2021",	 "-C", "opt-level=3", "-C", "codegen-units=1",
			"-C",	 (char *)debug, *source, "-o", program,	      NULL};
	assert_int_equal(run(argv), 0);
	return program;
}

/* Runs `program` with the sampler attached (NULL: without); returns the wall time in seconds. */
static double run_sampled(struct sampler *sampler, const char *program)
{
	struct timespec from, to;
	int gate[2], status;
	pid_t pid;
	char go = 0;

	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		if (read(gate[0], &go, 1) == 1)
			execl(program, program, (char *)NULL);
		_exit(127);
	}
	if (sampler)
		assert_int_equal(sampler_attach(sampler, pid), 0);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(write(gate[1], &go, 1), 1);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct pollfd wait = {.fd = sampler ? sampler_fd(sampler) : -1, .events = POLLIN};

		if (poll(&wait, 1, 2) > 0)
			sampler_drain(sampler);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	if (sampler)
		sampler_drain(sampler);
	close(gate[0]);
	close(gate[1]);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* ---- profiles ---- */

struct known {
	const char *name;
	uint32_t kind, from, to;
	double self, total; /* percent; -1 = not checked */
};

static struct profile *profile_for(const struct known *known)
{
	struct profile *profile = profile_new();

	for (; known->name; known++) {
		profile->fns = xrealloc(profile->fns, profile->fn_count + 1, sizeof *profile->fns);
		profile->fns[profile->fn_count++] = (struct profile_fn){.name = xstrdup(known->name),
									.kind = known->kind,
									.from = known->from,
									.to = known->to,
									.rust_from = known->from,
									.rust_to = known->to};
	}
	return profile;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void check_sums(const struct profile *profile)
{
	uint64_t self = profile->samples_outside, lines = 0;

	for (size_t i = 0; i < profile->fn_count; i++) {
		self += profile->fns[i].samples_self;
		assert_true(profile->fns[i].samples_self <= profile->fns[i].samples_total);
		assert_true(profile->fns[i].samples_total <= profile->samples);
	}
	assert_int_equal(self, profile->samples);
	for (size_t i = 0; i < profile->line_count; i++) {
		assert_int_equal(profile->lines[i].count, PROFILE_ABSENT);
		lines += profile->lines[i].samples;
	}
	assert_int_equal(lines + profile->samples_outside, profile->samples);
}

static void show(const char *title, const struct profile *profile, const struct sampler_counts *counts)
{
	print_message("  %s: %llu samples, %llu outside, %llu cut, %llu lost, %llu throttled, %s\n", title,
		      (unsigned long long)profile->samples, (unsigned long long)profile->samples_outside, (unsigned long long)counts->cut,
		      (unsigned long long)counts->lost, (unsigned long long)counts->throttled, profile->sample_method);
	for (size_t i = 0; i < profile->fn_count; i++)
		print_message("    %-20s self %5.1f  total %5.1f\n", profile->fns[i].name,
			      percent(profile->fns[i].samples_self, profile->samples),
			      percent(profile->fns[i].samples_total, profile->samples));
}

/* ---- known shares ---- */

/* Steps that no optimiser can shorten: each needs the one before it. The constant keeps LLVM from making one function of two equal ones. */
#define SPIN(constant) SPIN_EXPRESSION("n", constant) "\n"

#define SPIN_EXPRESSION(count, constant) "{ let mut x = x; for _ in 0.." count " { x = (x ^ (x >> 7)).wrapping_mul(" constant ") } x }"

#define FIBONACCI                                                                                                                          \
	"fn fibonacci(n: i32) -> i32 {\n"                                                                                                  \
	"    if n <= 1 { n } else {\n"                                                                                                     \
	"        fibonacci(n - 1) + fibonacci(n - 2)\n"                                                                                    \
	"    }\n"                                                                                                                          \
	"}\n"                                                                                                                              \
	"fn main() {\n"                                                                                                                    \
	"    println!(\"{}\", fibonacci(std::hint::black_box(40)));\n"                                                                     \
	"}\n"

static const struct {
	const char *name, *text;
	struct known known[8];
} programs[] = {
    {"apart",
     "use std::hint::black_box;\n"
     "#[inline(never)] fn three(x: u64, n: u64) -> u64 " SPIN("0x9e3779b97f4a7c15") "#[inline(never)] fn one(x: u64, n: u64) -> u64 " SPIN(
	 "0xd6e8feb86659fd93") "fn main() {\n"
			       "    let mut x = 1;\n"
			       "    for _ in 0..300 { x = three(x, 3 * black_box(300000)); x = one(x, black_box(300000)); }\n"
			       "    println!(\"{x}\");\n"
			       "}\n",
     {{"three", PROFILE_FN, 2, 2, 75, 75}, {"one", PROFILE_FN, 3, 3, 25, 25}, {"main", PROFILE_FN, 4, 8, 0, 100}, {0}}},
    {"inlined",
     "use std::hint::black_box;\n"
     "#[inline(always)] fn three(x: u64, n: u64) -> u64 " SPIN(
	 "0x9e3779b97f4a7c15") "#[inline(always)] fn one(x: u64, n: u64) -> u64 " SPIN("0xd6e8feb86659fd93") "fn main() {\n"
													     "    let mut x = 1;\n"
													     "    for _ in 0..300 { x = "
													     "three(x, 3 * "
													     "black_box(300000)); x = "
													     "one(x, black_box(300000)); "
													     "}\n"
													     "    println!(\"{x}\");\n"
													     "}\n",
     {{"three", PROFILE_FN, 2, 2, 75, 75}, {"one", PROFILE_FN, 3, 3, 25, 25}, {"main", PROFILE_FN, 4, 8, 0, 100}, {0}}},
    {"sort",
     "#[inline(never)] fn sorted(v: &[u64]) -> u64 {\n"
     "    let mut w = v.to_vec();\n"
     "    w.sort();\n"
     "    w[0]\n"
     "}\n"
     "fn main() {\n"
     "    let mut x = 1u64;\n"
     "    let v: Vec<u64> = (0..50000).map(|_| { x ^= x << 13; x ^= x >> 7; x ^= x << 17; x }).collect();\n"
     "    let mut sum = 0u64;\n"
     "    for _ in 0..400 { sum = sum.wrapping_add(sorted(std::hint::black_box(&v))); }\n"
     "    println!(\"{sum}\");\n"
     "}\n",
     {{"sorted", PROFILE_FN, 1, 5, 100, 100}, {"main", PROFILE_FN, 6, 12, 0, 100}, {0}}},
    {"deep",
     "use std::hint::black_box;\n"
     "#[inline(never)] fn spin(x: u64, n: u64) -> u64 " SPIN(
	 "0x9e3779b97f4a7c15") "fn down(n: u64) -> u64 {\n"
			       "    if n == 0 { return (0..200).fold(1, |x, _| spin(x, 1000000)); }\n"
			       "    black_box(down(black_box(n - 1))) + 1\n"
			       "}\n"
			       "fn main() {\n"
			       "    println!(\"{}\", down(20000));\n"
			       "}\n",
     {{"spin", PROFILE_FN, 2, 2, 100, 100},
      {"down", PROFILE_FN, 3, 6, 0, 100},
      {"down::{closure}", PROFILE_CLOSURE, 4, 4, 0, 100},
      {"main", PROFILE_FN, 7, 9, 0, 100},
      {0}}},
    {"threads",
     "#[inline(never)] fn three(x: u64, n: u64) -> u64 " SPIN("0x9e3779b97f4a7c15") "#[inline(never)] fn one(x: u64, n: u64) -> u64 " SPIN(
	 "0xd6e8feb86659fd93") "fn main() {\n"
			       "    let many = std::thread::spawn(|| (0..3).map(|_| std::thread::spawn(|| one(1, 90000000))).map(|t| "
			       "t.join().unwrap()).sum::<u64>());\n"
			       "    let all: Vec<_> = (0..3)\n"
			       "        .map(|i| std::thread::spawn(move ||\n"
			       "            three(i, 270000000))).collect();\n"
			       "    println!(\"{} {}\", all.into_iter().map(|t| t.join().unwrap()).max().unwrap(), many.join().unwrap());\n"
			       "}\n",
     {{"three", PROFILE_FN, 1, 1, 75, 75},
      {"one", PROFILE_FN, 2, 2, 25, 25},
      {"main::{closure#5}", PROFILE_CLOSURE, 6, 7, 0, 75},
      {"main", PROFILE_FN, 3, 9, 0, 25}, /* the closures that have no row belong to the function around them */
      {0}}},
    {"one line",
     "fn main() {\n"
     "    let n = std::hint::black_box(300000);\n"
     "    let s = (0..300u64).map(|x| " SPIN_EXPRESSION("3 * n", "0x9e3779b97f4a7c15") ").map(|x| " SPIN_EXPRESSION(
	 "n", "0xd6e8feb86659fd93") ").max();\n"
				    "    println!(\"{s:?}\");\n"
				    "}\n",
     {{"main::{closure}", PROFILE_CLOSURE, 3, 3, 75, 75},
      {"main::{closure#2}", PROFILE_CLOSURE, 3, 3, 25, 25},
      {"main", PROFILE_FN, 1, 5, 0, 100},
      {0}}},
    {"nested",
     "fn main() { fn three(x: u64, n: u64) -> u64 " SPIN_EXPRESSION(
	 "n",
	 "0x9e3779b97f4a7c15") " fn one(x: u64, n: u64) -> u64 " SPIN_EXPRESSION("n",
										 "0xd6e8feb86659fd93") " let n = "
												       "std::hint::black_box(300000); "
												       "println!(\"{}\", (0..300).fold(1, "
												       "|x, _| one(three(x, 3 * n), n))); "
												       "}\n",
     {{"three", PROFILE_FN, 1, 1, 75, 75},
      {"one", PROFILE_FN, 1, 1, 25, 25},
      {"main::{closure}", PROFILE_CLOSURE, 1, 1, 0, 100},
      {"main", PROFILE_FN, 1, 1, 0, 100},
      {0}}},
    {"child",
     "fn spin(x: u64, n: u64) -> u64 " SPIN(
	 "0x9e3779b97f4a7c15") "fn main() {\n"
			       "    if std::env::args().count() > 1 { println!(\"{}\", spin(1, 300000000)); return; }\n"
			       "    std::process::Command::new(std::env::current_exe().unwrap()).arg(\"child\").status().unwrap();\n"
			       "}\n",
     {{"spin", PROFILE_FN, 1, 1, 100, 100}, {"main", PROFILE_FN, 2, 5, 0, 100}, {0}}},
    {"fibonacci", FIBONACCI, {{"fibonacci", PROFILE_FN, 1, 5, 100, 100}, {"main", PROFILE_FN, 6, 8, 0, 100}, {0}}},
};

static uint32_t deepest(const struct profile *profile)
{
	uint32_t *depth = xcalloc(profile->context_count + 1, sizeof *depth), most = 0;

	for (size_t i = 0; i < profile->context_count; i++) {
		depth[i + 1] = depth[profile->contexts[i].parent] + 1;
		most = depth[i + 1] > most ? depth[i + 1] : most;
	}
	free(depth);
	return most;
}

/* Each sample that a function has by itself ended one call path. */
static void check_paths(const struct profile *profile)
{
	uint64_t *self = xcalloc(profile->fn_count, sizeof *self);
	struct err err = {0};

	for (size_t i = 0; i < profile->context_count; i++)
		self[profile->contexts[i].fn] += profile->contexts[i].samples;
	for (size_t i = 0; i < profile->fn_count; i++)
		assert_int_equal(self[i], profile->fns[i].samples_self);
	free(self);
	assert_int_equal(profile_check(profile, "p", &err), 0);
}

static void test_shares(void **state)
{
	(void)state;
	if (!can_sample || !can_compile)
		skip();
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		char *source, *program = compile(programs[i].name, programs[i].text, "debuginfo=line-tables-only", &source);
		struct profile *profile = profile_for(programs[i].known);
		struct sampler_counts counts;
		struct err err = {0};
		struct sampler *sampler = sampler_new(program, PERIOD_NS, &err);

		assert_non_null(sampler);
		run_sampled(sampler, program);
		sampler_counts(sampler, &counts);
		assert_int_equal(sampler_attribute(sampler, profile, source, NULL, 0, &err), 0);
		show(programs[i].name, profile, &counts);
		check_sums(profile);
		check_paths(profile);
		if (strcmp(programs[i].name, "fibonacci") == 0) /* levels of the recursion stand apart */
			assert_in_range(deepest(profile), 20, 45);
		assert_true(profile->samples > 200);
		for (size_t k = 0; k < profile->fn_count; k++) {
			const struct known *known = &programs[i].known[k];

			if (known->self >= 0)
				assert_true(fabs(percent(profile->fns[k].samples_self, profile->samples) - known->self) <= 3);
			if (known->total >= 0)
				assert_true(fabs(percent(profile->fns[k].samples_total, profile->samples) - known->total) <= 3);
		}
		sampler_free(sampler);
		profile_free(profile);
		free(program);
		free(source);
	}
}

/* ---- cost ---- */

static double cpu_seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double children_cpu(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* CPU time of one run of the program. */
static double run_cost(struct sampler *sampler, const char *program)
{
	double before = children_cpu();

	run_sampled(sampler, program);
	return children_cpu() - before;
}

/* What sampling once a millisecond takes from the program, and what 2,000 samples of a recursive program take from us. */
static void test_cost(void **state)
{
	static const struct known known[] = {{"fibonacci", PROFILE_FN, 1, 5, -1, -1}, {"main", PROFILE_FN, 6, 8, -1, -1}, {0}};
	char *source, *program;
	double plain = 1e9, sampled = 1e9, reading, attributing;
	struct sampler *sampler, *dense;
	struct profile *profile;
	struct err err = {0};

	(void)state;
	if (!can_sample || !can_compile)
		skip();
	program = compile("cost", FIBONACCI, "debuginfo=line-tables-only", &source);
	sampler = sampler_new(program, 1000000, &err);
	for (int i = 0; i < 7; i++) {
		plain = fmin(plain, run_cost(NULL, program));
		sampled = fmin(sampled, run_cost(sampler, program));
	}
	dense = sampler_new(program, 200000, &err);
	profile = profile_for(known);
	reading = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
	run_sampled(dense, program);
	reading = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - reading;
	attributing = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
	assert_int_equal(sampler_attribute(dense, profile, source, NULL, 0, &err), 0);
	attributing = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - attributing;
	print_message("  CPU time of the program: %.1f ms plain, %.1f ms sampled once a millisecond: %.3f times\n", plain * 1e3,
		      sampled * 1e3, sampled / plain);
	print_message("  %llu samples: %.1f ms to start, read and unwind, %.1f ms to attribute\n", (unsigned long long)profile->samples,
		      reading * 1e3, attributing * 1e3);
	assert_true(profile->samples > 1000);
	assert_true(sampled <= 1.25 * plain); /* on a busy machine equal programs differ by a tenth */
	assert_true(attributing < 0.03 * fmax(1, (double)profile->samples / 2000));
	sampler_free(sampler);
	sampler_free(dense);
	profile_free(profile);
	free(program);
	free(source);
}

/* Kernel time belongs to the function that called; it is seen only where this user may sample the kernel. */
static void test_kernel(void **state)
{
	static const struct known known[] = {{"reads", PROFILE_FN, 2, 6, 100, 100}, {"main", PROFILE_FN, 7, 7, 0, 100}, {0}};
	char *source, *program;
	struct profile *profile;
	struct sampler *sampler;
	struct err err = {0};

	(void)state;
	if (!can_sample || !can_compile)
		skip();
	program = compile("kernel",
			  "use std::io::Read;\n"
			  "#[inline(never)] fn reads() {\n"
			  "    let mut bytes = vec![0u8; 1 << 20];\n"
			  "    let mut file = std::fs::File::open(\"/dev/zero\").unwrap();\n"
			  "    for _ in 0..5000 { file.read_exact(&mut bytes).unwrap(); }\n"
			  "}\n"
			  "fn main() { reads() }\n",
			  "debuginfo=line-tables-only", &source);
	profile = profile_for(known);
	sampler = sampler_new(program, PERIOD_NS, &err);
	run_sampled(sampler, program);
	assert_int_equal(sampler_attribute(sampler, profile, source, NULL, 0, &err), 0);
	check_sums(profile);
	if (strcmp(profile->sample_method, "perf_event cpu-clock") == 0) {
		assert_true(profile->samples > 200);
		assert_true(percent(profile->fns[0].samples_self, profile->samples) >= 95);
	} else {
		print_message("  kernel time is not visible to this user\n");
	}
	sampler_free(sampler);
	profile_free(profile);
	free(program);
	free(source);
}

/* Two runs add up; Rust lines become .ruchy lines; counts that are there stay; after attribution the sampler is empty again. */
static void test_lines(void **state)
{
	static const struct known known[] = {{"spin", PROFILE_FN, 1, 5, -1, -1}, {"main", PROFILE_FN, 6, 6, -1, -1}, {0}};
	static const uint32_t lines[] = {0, 10, 20, 30, 0, 50, 60};
	char *source, *program;
	struct profile *profile;
	struct sampler *sampler;
	struct sampler_counts counts;
	struct err err = {0};

	(void)state;
	if (!can_sample || !can_compile)
		skip();
	program = compile("lines",
			  "#[inline(never)] fn spin(mut x: u64, n: u64) -> u64 {\n"
			  "    for _ in 0..n {\n"
			  "        x =\n"
			  "            (x ^ (x >> 7)).wrapping_mul(0x9e3779b97f4a7c15); }\n"
			  "    x }\n"
			  "fn main() { println!(\"{}\", spin(1, 50000000)); }\n",
			  "debuginfo=line-tables-only", &source);
	profile = profile_for(known);
	profile->lines = xcalloc(1, sizeof *profile->lines);
	profile->lines[0] = (struct profile_line){.fn = 0, .line = 30, .count = 7, .samples = 1000};
	profile->line_count = 1;
	sampler = sampler_new(program, PERIOD_NS, &err);
	run_sampled(sampler, program);
	run_sampled(sampler, program);
	sampler_counts(sampler, &counts);
	assert_int_equal(sampler_attribute(sampler, profile, source, lines, 6, &err), 0);
	assert_int_equal(profile->sample_runs, 2);
	assert_int_equal(profile->sample_period_ns, PERIOD_NS);
	assert_int_equal(profile->samples, counts.samples);
	for (size_t i = 0; i < profile->line_count; i++) {
		const struct profile_line *line = &profile->lines[i];

		assert_true(line->line == 10 || line->line == 20 || line->line == 30 || line->line == 50 || line->line == 60);
		if (line->line == 30) { /* Rust line 4 has none of its own */
			assert_int_equal(line->count, 7);
			/* the rest is the loop's own line: on which of its few instructions a sample falls is the CPU's choice */
			printf("  %.1f %% of the samples on the line of the work\n",
			       100.0 * (double)(line->samples - 1000) / (double)profile->samples);
			assert_true(line->samples > 1000 + profile->samples * 2 / 3);
		} else {
			assert_true(line->count == PROFILE_ABSENT);
		}
		assert_true(i == 0 || profile->lines[i - 1].line < line->line);
	}
	assert_int_equal(sampler_attribute(sampler, profile, source, lines, 6, &err), 0);
	assert_int_equal(profile->sample_runs, 2);
	assert_int_equal(profile->samples, counts.samples);
	sampler_free(sampler);
	profile_free(profile);
	free(program);
	free(source);
}

/* ---- files that are no programs with line tables ---- */

#define PLAIN_MAIN "fn main() { println!(\"{}\", std::env::args().count()); }\n"

static void expect_refusal(const char *program, const char *rust_path, const char *word)
{
	struct err err = {0};
	struct sample_symbols *symbols = sample_symbols_open(program, rust_path, &err);

	assert_null(symbols);
	assert_true(err.set);
	if (!strstr(err.what, word))
		fail_msg("%s: \"%s\" does not say \"%s\"", program, err.what, word);
	err_free(&err);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *name, *content, *word;
	} files[] = {
	    {"missing", NULL, "No such file"},
	    {"empty", "", "not an ELF"},
	    {"text", "#!/bin/sh\nexit 0\n", "not an ELF"},
	    {"magic", "\177ELF", "not "},
	    {"archive", "!<arch>\n", "not an ELF"},
	};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *path = path_of(files[i].name);

		if (files[i].content)
			assert_int_equal(fs_write(path, files[i].content, strlen(files[i].content), 0600, &err), 0);
		expect_refusal(path, "x.rs", files[i].word);
		free(path);
	}
	expect_refusal(directory, "x.rs", "regular file");
	assert_null(sampler_new("/no/such/program", PERIOD_NS, &err));
	assert_non_null(strstr(err.what, "No such file"));
	err_free(&err);
}

static void test_no_debug_information(void **state)
{
	static const struct {
		const char *name, *flag;
	} builds[] = {{"bare", "debuginfo=0"}, {"stripped", "strip=symbols"}, {"undebugged", "strip=debuginfo"}};
	char *source, *program;

	(void)state;
	if (!can_compile)
		skip();
	for (size_t i = 0; i < sizeof builds / sizeof builds[0]; i++) {
		program = compile(builds[i].name, PLAIN_MAIN, builds[i].flag, &source);
		expect_refusal(program, source, i == 0 ? "no line table" : "debug information");
		free(program);
		free(source);
	}
	program = compile("other", PLAIN_MAIN, "debuginfo=line-tables-only", &source);
	expect_refusal(program, "another.rs", "no line table for another.rs");
	expect_refusal(program, "ther.rs", "no line table");
	expect_refusal(program, "lib.rs", "no line table"); /* as the root file of std */
	free(program);
	free(source);
}

/* ---- damage ---- */

/* All that reads the file: symbols at each address, and stacks unwound through it. Returns whether its line table was understood. */
static bool read_everything(const char *path, size_t size)
{
	struct sample_frame frames[8];
	struct err err = {0};
	struct sample_symbols *symbols = sample_symbols_open(path, "tiny.rs", &err);
	struct sample_unwinder *unwinder = sample_unwinder_new(path);
	struct sample_processes processes = {0};
	struct sample_map map = {.start = 0x10000, .end = 0x10000 + size};
	unsigned char bytes[512];
	bool is_program, understood = symbols != NULL;

	for (uint64_t address = 0x100; symbols && address < 0x2000; address++)
		assert_true(sample_symbols_frames(symbols, address, frames, 8) <= 8);
	assert_true(understood || err.set);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 7);
	map.module = sample_unwinder_module(unwinder, path, 0, &is_program);
	sample_process_map(&processes, 1, &map, true);
	for (uint64_t pc = map.start + 0x3c0; pc < map.start + 0x480; pc++) {
		struct sample_stack stack = {.pc = pc, .bytes = bytes, .size = sizeof bytes};
		uint64_t addresses[16];
		enum sample_end end;

		for (size_t i = 0; i < SAMPLE_REGS; i++)
			stack.regs[i] = 0x7000;
		assert_true(sample_unwind(unwinder, sample_process_find(&processes, 1), &stack, addresses, 16, 4, &end) <= 16);
	}
	sample_processes_free(&processes);
	sample_unwinder_free(unwinder);
	sample_symbols_free(symbols);
	err_free(&err);
	return understood;
}

static const char tiny[] = "#![no_std]\n"
			   "#![no_main]\n"
			   "#[inline(always)] fn step(x: u64) -> u64 { (x ^ (x >> 7)).wrapping_mul(0x9e3779b97f4a7c15) }\n"
			   "#[no_mangle] pub extern \"C\" fn spin(mut x: u64, n: u64) -> u64 { for _ in 0..n { x = step(x); } x }\n"
			   "#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n";

/* Every prefix and every byte altered in several ways, of a small program with inlined code. */
static void test_damage(void **state)
{
	static const unsigned char flips[] = {0x01, 0x80, 0xff};
	char *program = path_of("tiny"), *source = path_of("tiny.rs"), path[64];
	size_t size, understood = 0;
	struct err err = {0};
	char *data;
	int fd = memfd_create("damaged", MFD_CLOEXEC);

	(void)state;
	if (!can_compile)
		skip();
	assert_int_equal(fs_write(source, tiny, strlen(tiny), 0600, &err), 0);
	char *argv[] = {"rustc",
			"--edition",
			"2021",
			"-C",
			"opt-level=3",
			"-C",
			"debuginfo=line-tables-only",
			"-C",
			"panic=abort",
			"-C",
			"link-arg=-nostartfiles",
			"-C",
			"link-arg=-nostdlib",
			"-C",
			"link-arg=-Wl,-e,spin",
			source,
			"-o",
			program,
			NULL};
	assert_int_equal(run(argv), 0);
	data = fs_read(program, 0, &size, &err);
	assert_non_null(data);
	assert_true(read_everything(program, size));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	for (size_t at = 0; at < size; at++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, data, at, 0), (ssize_t)at);
		read_everything(path, at);
	}
	assert_int_equal(pwrite(fd, data, size, 0), (ssize_t)size);
	for (size_t at = 0; at < size; at++) {
		for (size_t i = 0; i < sizeof flips; i++) {
			char altered = (char)(data[at] ^ flips[i]);

			assert_int_equal(pwrite(fd, &altered, 1, (off_t)at), 1);
			understood += read_everything(path, size);
		}
		assert_int_equal(pwrite(fd, &data[at], 1, (off_t)at), 1);
	}
	assert_true(understood > 0 && understood < size * sizeof flips);
	close(fd);
	free(data);
	free(program);
	free(source);
}

/* ---- set-up ---- */

static int set_up(void **state)
{
	struct err err = {0};
	struct sampler *sampler = sampler_new("/proc/self/exe", PERIOD_NS, &err);
	char *rustc = fs_which("rustc");

	(void)state;
	directory = fs_tmpdir(&err);
	can_sample = sampler != NULL;
	can_compile = rustc != NULL;
	if (!can_sample)
		print_message("  skipped where samples are needed: %s\n", err.what);
	if (!can_compile)
		print_message("  skipped where programs are needed: no rustc\n");
	sampler_free(sampler);
	free(rustc);
	err_free(&err);
	return directory ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fs_remove_tree(directory);
	free(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refusals), cmocka_unit_test(test_no_debug_information),
	    cmocka_unit_test(test_damage),   cmocka_unit_test(test_shares),
	    cmocka_unit_test(test_lines),    cmocka_unit_test(test_kernel),
	    cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
