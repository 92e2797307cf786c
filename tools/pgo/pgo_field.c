/* pgo_field.c - builds variants over several code layouts, compares what they print, runs them in turn. */
#include "pgo.h"
#include "race.h"
#include "subprocess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MOST ((size_t)256 << 20)

/* --- one run whose output is looked at ------------------------------------------------------------------------------------------------ */

static char **command(const char *program, char *const *args)
{
	size_t count = 0;

	while (args[count])
		count++;
	char **argv = xcalloc(count + 2, sizeof *argv);

	argv[0] = (char *)program;
	memcpy(argv + 1, args, count * sizeof *argv);
	return argv;
}

static char *take(int fd, size_t *size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *text;

	*size = end > 0 && (size_t)end <= OUTPUT_MOST ? (size_t)end : 0;
	text = xmalloc(*size + 1);
	for (size_t at = 0; at < *size;) {
		ssize_t n = pread(fd, text + at, *size - at, (off_t)at);

		if (n <= 0)
			*size = at;
		else
			at += (size_t)n;
	}
	text[*size] = '\0';
	return text;
}

/* What it prints on stdout, and how it ends. Caller frees the text. */
static int run_once(const struct pgo_field *field, const char *program, const struct pgo_training *training, struct pgo_expected *got,
		    struct err *err)
{
	struct subprocess_stdin *input = pgo_training_open(training, err);
	int fd = input ? memfd_create("output", MFD_CLOEXEC) : -1;
	char **argv = command(program, training->args);
	struct subprocess_run run = {.argv = argv, .input = input, .output_fd = fd, .drain_fd = -1, .timeout_seconds = field->timeout};
	int status = fd < 0 ? err_set(err, program, NULL, "cannot keep what the program prints") : subprocess_run(&run, err);

	free(argv);
	if (status == 0 && run.interrupted)
		status = err_set(err, program, NULL, "interrupted");
	got->status = run.timed_out ? -1 : run.status;
	got->text = fd >= 0 ? take(fd, &got->size) : NULL;
	if (fd >= 0)
		close(fd);
	subprocess_stdin_close(input);
	return status;
}

static bool is_equal(const struct pgo_expected *a, const struct pgo_expected *b)
{
	return a->status == b->status && a->size == b->size && a->text && b->text && memcmp(a->text, b->text, a->size) == 0;
}

int pgo_field_open(struct pgo_field *field, struct err *err)
{
	struct build_variant plain = {0};
	int status = build_variants(field->build, &plain, 1, NULL, NULL, err);

	if (status == 0 && !plain.program) {
		err->detail = plain.message;
		plain.message = NULL;
		status = err_set(err, field->build->source, NULL, "rustc rejects the program");
	}
	field->expected = xcalloc(field->trainings->count, sizeof *field->expected);
	for (size_t i = 0; i < field->trainings->count && status == 0; i++) {
		struct pgo_expected again = {0};

		status = run_once(field, plain.program, &field->trainings->list[i], &field->expected[i], err);
		if (status == 0)
			status = run_once(field, plain.program, &field->trainings->list[i], &again, err);
		if (status == 0 && field->expected[i].status == -1)
			status =
			    err_set(err, field->build->source, "give --timeout more", "the program was stopped after %g s", field->timeout);
		if (status == 0 && !is_equal(&field->expected[i], &again))
			field->unsteady = true;
		free(again.text);
	}
	build_variant_free(&plain);
	return status;
}

void pgo_field_close(struct pgo_field *field)
{
	for (size_t i = 0; field->expected && i < field->trainings->count; i++)
		free(field->expected[i].text);
	free(field->expected);
	field->expected = NULL;
}

void pgo_variant_free(struct pgo_variant *variant)
{
	for (size_t i = 0; i < PGO_LAYOUTS_MOST; i++) {
		free(variant->programs[i]);
		variant->programs[i] = NULL;
	}
	free(variant->problem);
	free(variant->times);
	variant->problem = NULL;
	variant->times = NULL;
}

/* --- builds ----------------------------------------------------------------------------------------------------------------------------
 */

struct recipe {
	char *words[4 * PGO_FLAGS_MOST + 8];
	char *seed, *use;
};

static void make_recipe(const struct pgo_field *field, const struct pgo_variant *variant, size_t layout, struct recipe *recipe)
{
	char **flags = pgo_flag_words(variant->flags);
	size_t used = 0;

	*recipe = (struct recipe){0};
	for (char **word = flags; *word; word++)
		recipe->words[used++] = *word;
	free(flags);
	if (variant->llvm_file) {
		recipe->use = xasprintf("profile-use=%s", variant->llvm_file);
		recipe->words[used++] = (char *)"-C";
		recipe->words[used++] = recipe->use;
	}
	if (field->no_shuffle)
		return;
	recipe->seed = xasprintf("link-arg=-Wl,--shuffle-sections=.text*=%zu", layout + 1);
	recipe->words[used++] = (char *)"-C";
	recipe->words[used++] = recipe->seed;
	/* With a profile hot functions would go to sections that are not shuffled. */
	recipe->words[used++] = (char *)"-C";
	recipe->words[used++] = (char *)"llvm-args=-profile-guided-section-prefix=false";
}

static char *first_error(const char *message)
{
	const char *at = strstr(message, "error");

	at = at ? at : message;
	return xasprintf("%.*s", (int)strcspn(at, "\n"), at);
}

/* A profile that does not fit is a warning to rustc. */
static const char *profile_warning(const char *warnings)
{
	static const char *const marks[] = {"hash mismatch", "Inconsistent", "unsupported", "invalid instrumentation profile"};

	for (size_t i = 0; warnings && i < sizeof marks / sizeof *marks; i++)
		if (strstr(warnings, marks[i]))
			return marks[i];
	return NULL;
}

static void take_build(struct pgo_variant *variant, size_t layout, struct build_variant *made)
{
	const char *warning = variant->llvm_file ? profile_warning(made->warnings) : NULL;

	if (!made->program && !variant->problem) {
		char *error = first_error(made->message ? made->message : "");

		variant->problem = xasprintf("rustc: %s", error);
		free(error);
	} else if (warning && !variant->problem) {
		variant->problem = xasprintf("rustc on the LLVM profile: %s", warning);
	}
	variant->programs[layout] = made->program;
	made->program = NULL;
}

static int build_all(struct pgo_field *field, struct pgo_variant *variants, size_t count, struct err *err)
{
	size_t layouts = field->layouts, n = count * layouts;
	struct build_variant *list = xcalloc(n, sizeof *list);
	struct recipe *recipes = xcalloc(n, sizeof *recipes);
	bool no_linker = false;
	int status;

	for (size_t i = 0; i < n; i++) {
		const struct pgo_variant *variant = &variants[i / layouts];

		make_recipe(field, variant, i % layouts, &recipes[i]);
		list[i] = (struct build_variant){.rust = variant->rust, .rust_size = variant->rust_size, .flags = recipes[i].words};
	}
	status = build_variants(field->build, list, n, NULL, NULL, err);
	for (size_t i = 0; i < n; i++) {
		no_linker |= i < layouts && list[i].message && strstr(list[i].message, "shuffle-sections");
		if (status == 0)
			take_build(&variants[i / layouts], i % layouts, &list[i]);
		build_variant_free(&list[i]);
		free(recipes[i].seed);
		free(recipes[i].use);
	}
	free(list);
	free(recipes);
	if (status == 0 && no_linker && !field->no_shuffle) {
		field->no_shuffle = true; /* a linker that can't: one layout, which is said */
		field->layouts = 1;
		for (size_t i = 0; i < count; i++)
			pgo_variant_free(&variants[i]);
		return build_all(field, variants, count, err); /* NOLINT(misc-no-recursion): once */
	}
	if (status == 0 && variants[0].problem)
		status = err_set(err, field->build->source, NULL, "%s", variants[0].problem);
	return status;
}

/* --- same output?
 * ------------------------------------------------------------------------------------------------------------------------- */

static int check_output(const struct pgo_field *field, struct pgo_variant *variant, struct err *err)
{
	for (size_t i = 0; i < field->trainings->count && !variant->problem && !field->unsteady; i++) {
		struct pgo_expected got = {0};

		if (run_once(field, variant->programs[0], &field->trainings->list[i], &got, err) != 0) {
			free(got.text);
			return -1;
		}
		if (!is_equal(&got, &field->expected[i]))
			variant->problem =
			    xstrdup(got.status != field->expected[i].status ? "it ends with another status than the plain program"
									    : "it prints something else than the plain program");
		free(got.text);
	}
	return 0;
}

/* --- the race
 * -------------------------------------------------------------------------------------------------------------------------------- */

/* Times of one training into the layers of each variant, behind those of earlier trainings. */
static void take_times(struct pgo_field *field, struct pgo_variant *variants, const size_t *of, const struct race_entrant *entrants,
		       size_t count, size_t training, size_t rounds)
{
	size_t stride = field->rounds_most;

	for (size_t i = 0; i < count; i++) {
		struct pgo_variant *variant = &variants[of[i]];
		double *figures = race_figures(&entrants[i], field->wall ? RACE_WALL : RACE_CPU);
		size_t layer = training * field->layouts + i % field->layouts;

		for (size_t r = 0; r < rounds; r++)
			variant->times[layer * stride + r] = figures[r] > 0 ? figures[r] : 1;
		free(figures);
	}
}

/* Rows of `stride` become rows of `rounds`. */
static void pack(struct pgo_variant *variant, size_t layers, size_t stride, size_t rounds)
{
	for (size_t layer = 1; layer < layers; layer++)
		memmove(variant->times + layer * rounds, variant->times + layer * stride, rounds * sizeof *variant->times);
}

static int race_training(struct pgo_field *field, struct pgo_variant *variants, size_t count, size_t training, size_t *rounds,
			 struct err *err)
{
	struct race_entrant *entrants = xcalloc(count * field->layouts, sizeof *entrants);
	size_t *of = xcalloc(count * field->layouts, sizeof *of), n = 0;
	struct subprocess_stdin *input = pgo_training_open(&field->trainings->list[training], err);
	struct race_options options = {.min_rounds = 3,
				       .max_rounds = field->rounds_most,
				       .max_seconds = field->race_seconds / (double)field->trainings->count,
				       .timeout_seconds = field->timeout,
				       .seed = 1,
				       .on_failure = RACE_COUNT_FAILURES,
				       .input = input};
	struct race_result result = {0};
	int status;

	for (size_t v = 0; v < count; v++)
		for (size_t layout = 0; layout < field->layouts && !variants[v].problem; layout++) {
			of[n] = v;
			entrants[n].name = variants[v].name;
			entrants[n++].argv = command(variants[v].programs[layout], field->trainings->list[training].args);
		}
	status = input ? race(entrants, n, &options, &result, err) : -1;
	if (status == 0 && result.interrupted)
		status = err_set(err, field->build->source, NULL, "interrupted");
	if (status == 0 && (result.failed || result.rounds == 0))
		status = err_set(err, field->build->source, NULL, "a run of %s failed", result.failed ? result.failed->name : "the race");
	if (status == 0) {
		*rounds = result.rounds < *rounds ? result.rounds : *rounds;
		take_times(field, variants, of, entrants, n, training, result.rounds);
	}
	for (size_t i = 0; i < n; i++)
		free((void *)entrants[i].argv);
	race_free(entrants, n);
	free(entrants);
	free(of);
	subprocess_stdin_close(input);
	return status;
}

int pgo_field_race(struct pgo_field *field, struct pgo_variant *variants, size_t count, struct err *err)
{
	size_t rounds = field->rounds_most;
	int status = build_all(field, variants, count, err);

	field->layers = field->layouts * field->trainings->count;
	for (size_t i = 0; i < count && status == 0; i++) {
		if (variants[i].rust || variants[i].llvm_file || variants[i].flags[0])
			status = check_output(field, &variants[i], err);
		free(variants[i].times);
		variants[i].times = xcalloc(field->layers * field->rounds_most, sizeof *variants[i].times);
	}
	if (status == 0 && variants[0].problem)
		status = err_set(err, field->build->source, NULL, "%s", variants[0].problem);
	for (size_t i = 0; i < field->trainings->count && status == 0; i++)
		status = race_training(field, variants, count, i, &rounds, err);
	for (size_t i = 0; i < count && status == 0; i++)
		pack(&variants[i], field->layers, field->rounds_most, rounds);
	field->rounds = rounds;
	return status;
}

struct stats_interval pgo_field_gain(const struct pgo_field *field, const struct pgo_variant *a, const struct pgo_variant *b, double level)
{
	return stats_ratio_layered(b->times, a->times, field->layers, field->rounds, level);
}

double pgo_field_median(const struct pgo_field *field, const struct pgo_variant *variant)
{
	return stats_median(variant->times, field->layers * field->rounds);
}
