/* profile_random.h - profiles of one program with random contents, for property tests. */
#ifndef PROFILE_RANDOM_H
#define PROFILE_RANDOM_H

#include "profile.h"
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t random_below(uint64_t limit)
{
	return random_bits() % limit;
}

static void random_text(char **text, const char *const choices[4])
{
	free(*text);
	*text = xstrdup(choices[random_below(4)]);
}

static void random_times(struct profile_times *times)
{
	for (uint64_t i = random_below(5); i > 0; i--)
		profile_times_add(times, random_bits() >> (20 + random_below(30)));
}

static struct profile_memory random_memory(void)
{
	struct profile_memory memory = {.allocations = random_below(1000), .at_peak_bytes = random_below(100000)};

	memory.bytes = random_below(1000000);
	memory.reallocations = random_below(memory.allocations + 1);
	memory.leaked = random_below(memory.allocations + 1);
	memory.leaked_bytes = random_below(memory.bytes + 1);
	memory.largest_bytes = random_below(memory.bytes + 1);
	return memory;
}

/* Some of the functions that the program has, in any order; each has a fixed name, kind and line. */
static void random_fns(struct profile *profile, size_t possible)
{
	size_t first = random_below(possible);

	profile->fns = xcalloc(possible, sizeof *profile->fns);
	for (size_t k = 0; k < possible; k++) {
		size_t id = (first + k * 7) % possible; /* `possible` is no multiple of 7 */
		uint64_t runs = profile->runs;
		struct profile_fn *fn = &profile->fns[profile->fn_count];

		if (random_below(4) == 0)
			continue;
		fn->name = xasprintf("f%zu", id % 5);
		fn->kind = (uint32_t)(id % 3);
		fn->from = (uint32_t)(id / 5);
		fn->to = (uint32_t)(fn->from + random_below(3));
		fn->file = (uint32_t)(id % 4 % 3);
		fn->rust_from = (uint32_t)(id * 10 + random_below(2));
		fn->rust_to = fn->rust_from + 1;
		fn->flags = (uint32_t)random_below(32);
		fn->calls = runs ? random_below(1000000) : 0;
		fn->calls_min = runs ? random_below(fn->calls / runs + 1) : 0;
		fn->calls_max = fn->calls - fn->calls_min * (runs ? runs - 1 : 0);
		fn->clock_self_ns = random_below(1000000000);
		fn->clock_total_ns = random_below(1000000000);
		fn->clock_spans = random_below(1000);
		fn->clock_off = random_below(3);
		fn->samples_self = random_below(100);
		fn->samples_total = random_below(100);
		fn->memory = random_memory();
		profile->fn_count++;
	}
}

static void random_edges(struct profile *profile)
{
	profile->edges = xcalloc((profile->fn_count + 1) * profile->fn_count * 3 + 1, sizeof *profile->edges);
	for (size_t caller = 0; caller <= profile->fn_count; caller++) {
		for (size_t callee = 0; callee < profile->fn_count; callee++) {
			for (uint32_t line = 0; line < 3; line++) {
				if (random_below(4))
					continue;
				profile->edges[profile->edge_count++] =
				    (struct profile_edge){caller == profile->fn_count ? PROFILE_NONE : (uint32_t)caller, (uint32_t)callee,
							  line, random_below(1000)};
			}
		}
	}
}

static void random_lines(struct profile *profile)
{
	profile->lines = xcalloc(20 * (profile->fn_count + 1), sizeof *profile->lines);
	for (uint32_t line = 1; line < 20; line++) {
		for (size_t fn = 0; fn <= profile->fn_count; fn++) {
			if (random_below(5))
				continue;
			profile->lines[profile->line_count++] = (struct profile_line){fn == profile->fn_count ? PROFILE_NONE : (uint32_t)fn,
										      line,
										      random_below(3) ? random_below(1000) : PROFILE_ABSENT,
										      random_below(50),
										      (uint32_t)random_below(16),
										      random_below(90)};
		}
	}
}

static void random_sites(struct profile *profile)
{
	profile->sites = xcalloc(20 * (profile->fn_count + 1), sizeof *profile->sites);
	for (uint32_t line = 0; line < 20; line++) {
		for (uint32_t fn = 0; fn < profile->fn_count; fn++) {
			struct profile_site *site = &profile->sites[profile->site_count];

			if (random_below(6))
				continue;
			*site = (struct profile_site){.fn = fn, .line = line, .memory = random_memory()};
			site->ended = random_below(site->memory.allocations + 1);
			site->lifetime_bytes = random_below(1000000);
			site->soon = random_below(site->ended + 1);
			site->soon_bytes = random_below(site->memory.bytes + 1);
			site->elsewhere = random_below(site->memory.allocations - site->ended + 1);
			profile->site_count++;
		}
	}
}

static void random_skips(struct profile *profile)
{
	static const char *const reasons[4] = {"a macro", "const fn", "extern \"C\"", "no body"};

	profile->skips = xcalloc(30, sizeof *profile->skips);
	for (uint32_t i = 0; i < 30; i++) {
		uint32_t line = i % 10;

		if (random_below(2))
			continue;
		profile->skips[profile->skip_count++] =
		    (struct profile_skip){.rust_line = line, .reason = xstrdup(reasons[(line + random_below(2)) % 4]), .file = i / 10};
	}
}

/* Programs differ by their files, so these are the same in all; where they lie is not. */
static void random_files(struct profile *profile)
{
	static const char *const second[4] = {"x.ruchy", "src/x.ruchy", "x.ruchy", "x.ruchy"}, *const rust[4] = {"", "x.rs", "x.rs",
														 "a.rs"};

	profile->files = xcalloc(2, sizeof *profile->files);
	profile->file_count = 2;
	for (size_t i = 0; i < 2; i++) {
		struct profile_file *file = &profile->files[i];

		if (i == 0)
			random_text(&file->source_path, second);
		else
			file->source_path = xstrdup("y.ruchy");
		random_text(&file->rust_path, rust);
		file->source_hash = xstrdup(i ? "33333333333333333333333333333333" : "44444444444444444444444444444444");
		file->rust_hash = xstrdup("");
	}
}

static void random_sources(struct profile *profile)
{
	static const char *const texts[] = {"fun main() {}\n", "", "// another\nfun main() {}\n"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (random_below(3) == 0)
			profile_keep_source(profile, texts[i], strlen(texts[i]));
}

/* What optimisation keeps. */
static void random_pgo(struct profile *profile)
{
	static const char *const hashes[] = {"aa", "bb", "cc"};

	profile->fn_texts = xcalloc(3, sizeof *profile->fn_texts);
	profile->trainings = xcalloc(3, sizeof *profile->trainings);
	profile->llvm = xcalloc(3, sizeof *profile->llvm);
	profile->selections = xcalloc(3, sizeof *profile->selections);
	for (uint32_t i = 0; i < 3; i++) {
		if (random_below(2) == 0)
			profile->fn_texts[profile->fn_text_count++] =
			    (struct profile_fn_text){xstrdup(hashes[i]), random_below(4), xstrdup("1234")};
		if (random_below(2) == 0)
			profile->trainings[profile->training_count++] =
			    (struct profile_training){xstrdup("in"), xstrdup(hashes[i]), xstrdup("-- 1"), random_below(9)};
		if (random_below(2) == 0)
			profile->llvm[profile->llvm_count++] =
			    (struct profile_llvm){xstrdup(hashes[i]), xstrdup("r"), xstrdup("f"), xstrdup("c"), xstrdup(":ir\n")};
		if (random_below(2) == 0)
			profile->selections[profile->selection_count++] =
			    (struct profile_selection){xstrdup(hashes[i]), random_below(9), xstrdup("{}")};
	}
}

/* A tree of up to some fifty paths; their samples are among those of the profile. */
static void random_contexts(struct profile *profile)
{
	uint64_t left = profile->samples;

	profile->contexts = xcalloc(64, sizeof *profile->contexts);
	for (uint32_t parent = 0; parent <= profile->context_count && parent < 16; parent++) {
		for (uint32_t fn = 0; fn < profile->fn_count; fn++) {
			for (uint32_t line = 0; line < 2 && profile->context_count < 64; line++) {
				uint64_t samples = random_below(left / 4 + 1);

				if (random_below(3))
					continue;
				profile->contexts[profile->context_count++] = (struct profile_context){parent, fn, line, samples};
				left -= samples;
			}
		}
	}
}

/* `possible` functions at most, no multiple of 7. */
static struct profile *random_profile(size_t possible)
{
	static const char *const versions[4] = {"", "4.2.1", "4.2.1", "4.3.0"}, *const paths[4] = {"", "a.ruchy", "b/a.ruchy", "a.ruchy"};
	static const char *const hashes[4] = {"", "11111111111111111111111111111111", "11111111111111111111111111111111",
					      "22222222222222222222222222222222"};
	struct profile *profile = profile_new();

	free(profile->source_hash);
	profile->source_hash = xstrdup("0123456789abcdef0123456789abcdef");
	random_text(&profile->source_path, paths);
	random_text(&profile->rust_path, paths);
	random_text(&profile->rust_hash, hashes);
	random_text(&profile->ruchy_version, versions);
	random_text(&profile->rustc_version, versions);
	random_text(&profile->tool_version, versions);
	random_text(&profile->rustc_flags, versions);
	random_text(&profile->host, versions);
	random_text(&profile->sample_method, versions);
	profile->runs = random_below(4);
	profile->unfinished_runs = random_below(profile->runs + 1);
	profile->untimed_runs = random_below(profile->runs + 1);
	profile->clock = profile->runs ? (uint32_t)(1 + random_below(2)) : 0;
	profile->lost_threads = random_below(2);
	profile->sample_runs = random_below(3);
	profile->sample_period_ns = profile->sample_runs ? 1000000 + random_below(2) : 0;
	profile->samples = random_below(1000);
	profile->samples_outside = random_below(10);
	profile->peak_rss_bytes = random_below(3) ? random_below(1u << 30) : PROFILE_ABSENT;
	profile->failed_runs = random_below(2);
	profile->exit_status = random_below(256);
	random_text(&profile->memory, versions);
	profile->memory_runs = random_below(profile->runs + 1);
	profile->peak_live_bytes = random_below(3) ? random_below(1u << 30) : PROFILE_ABSENT;
	profile->outside = random_memory();
	for (size_t kind = 0; kind < PROFILE_RUN_KINDS; kind++) {
		random_times(&profile->wall[kind]);
		random_times(&profile->cpu[kind]);
		random_times(&profile->queued[kind]);
	}
	random_files(profile);
	random_fns(profile, possible);
	random_edges(profile);
	random_lines(profile);
	random_sites(profile);
	random_skips(profile);
	random_sources(profile);
	random_pgo(profile);
	random_contexts(profile);
	return profile;
}

#endif
