/* suggest_analysis.c - the row of `--suggest` in analyses[]: build, compare, measure, combine, rank, in the time that is allowed. */
#include "export_units.h"
#include "flag_file.h"
#include "fs.h"
#include "size_flags.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SECONDS		60 /* unless --max-time says otherwise */
#define PROJECT_SECONDS 300
#define CARGO_FLAG_FILE "ruchy-prof-release.toml"

/* Shares of the time after which each part has ended. */
#define BUILT	  0.35
#define LAYOUTS	  0.42
#define OUTPUTS	  0.45
#define STARTED	  0.50
#define SHRUNK	  0.62
#define TIMED	  0.82
#define COMBINED  0.92
#define RESTARTED 0.94
#define ANY_TIME  1e6

static bool is_on(const struct suggest *s, const struct suggest_variant *variant)
{
	if (s->audit->subject.kind == AUDIT_PROJECT) /* seen when it is built */
		return false;

	const char *flags = s->audit->subject.build->rustc_flags, *name = variant->flags + strlen("-C ");
	char *option = xasprintf("%.*s", (int)strcspn(name, "="), name), *value = size_codegen_flag(flags, option);
	bool link = strcmp(option, "link-arg") == 0 || strcmp(option, "target-feature") == 0;
	bool on = link ? strstr(flags, name) != NULL : value && strcmp(value, strchr(name, '=') + 1) == 0;

	free(option);
	free(value);
	return on;
}

/* `ids` has it, between commas. */
static bool names(const char *ids, const char *id)
{
	size_t size = strlen(id);

	for (const char *at = ids; at; at = strchr(at, ','), at += at != NULL)
		if (strncmp(at, id, size) == 0 && (at[size] == ',' || !at[size]))
			return true;
	return false;
}

static int check_only(const char *ids, struct err *err)
{
	struct strbuf known = STRBUF_INIT;
	int status = 0;

	for (size_t i = 0; suggest_variants[i].id; i++)
		strbuf_printf(&known, "%s%s", i > 0 ? "," : "", suggest_variants[i].id);
	for (const char *at = ids; at && status == 0; at = strchr(at, ','), at += at != NULL) {
		char *id = xasprintf("%.*s", (int)strcspn(at, ","), at);

		if (!*id || !names(known.data, id))
			status = err_usage(err, id, known.data, "--try names no set of flags");
		free(id);
	}
	strbuf_free(&known);
	return status;
}

static void list_trials(struct suggest *s)
{
	const char *only = s->audit->options->suggest.only;
	const struct audit_subject *subject = &s->audit->subject;
	bool taken = subject->kind == AUDIT_PROJECT && suggest_cargo_has_rustflags(&subject->project);
	size_t most = 0;

	while (suggest_variants[most].id)
		most++;
	s->trials = xcalloc(most + 1, sizeof *s->trials);
	suggest_trial_init(&s->trials[0], NULL, "default", "");
	s->trial_count = 1;
	for (size_t i = 0; i < most; i++) {
		const struct suggest_variant *variant = &suggest_variants[i];
		struct suggest_trial *trial = &s->trials[s->trial_count];

		if (only && !names(only, variant->id))
			continue;
		s->trial_count++;
		suggest_trial_init(trial, variant, variant->id, variant->flags ? variant->flags : "");
		if (!variant->flags) {
			trial->state = SUGGEST_UNTRIED;
			trial->why = xstrdup(variant->changes);
		} else if (taken && suggest_cargo_needs_rustflags(variant->flags)) {
			trial->state = SUGGEST_UNTRIED;
			trial->why = xstrdup("cargo has rustflags for the project already, whose place these would take");
		} else if (is_on(s, variant)) {
			trial->state = SUGGEST_ALREADY;
		}
	}
	s->combinations = xcalloc(SUGGEST_MEASURES, sizeof *s->combinations);
}

/* More layouts only where they can be built (it takes a linker that can), and in time. */
static int build_all(struct suggest *s, struct suggest_trial **trials, struct err *err)
{
	/* Without the default there is nothing to say, however little time is allowed. */
	if (suggest_build(s, trials, 1, 1, ANY_TIME, err) != 0)
		return -1;
	if (!suggest_program(trials[0], 0))
		return err_set(err, s->audit->subject.operand, NULL, "the default can't be built: %s",
			       trials[0]->why ? trials[0]->why : "it was cut off");
	if (suggest_build(s, trials, s->trial_count, 1, BUILT, err) != 0)
		return -1;
	if (suggest_build(s, trials, 1, 2, LAYOUTS, err) != 0)
		return -1;
	if (suggest_program(trials[0], 1))
		return suggest_build(s, trials, s->trial_count, SUGGEST_LAYOUTS, LAYOUTS, err);
	s->one_layout = xstrdup(s->audit->subject.kind == AUDIT_PROJECT ? "cargo projects are built in no other"
									: "the linker can't place functions otherwise (lld can)");
	return 0;
}

/* By whom it may concern: the trials are stripped in any case. */
static bool is_stripped(const struct suggest *s)
{
	if (s->audit->subject.kind == AUDIT_PROJECT)
		return false; /* the sizes tell */

	const char *user = s->audit->options->rustc_flags, *path = s->audit->subject.build->flag_file;
	struct flag_file file = {0};
	struct err ignored = {0};
	char *words = path && flag_file_read(path, &file, &ignored) == 0 ? flag_file_words(&file, true) : NULL;
	bool stripped = (words && strstr(words, "strip=symbols")) || (user && strstr(user, "strip=symbols"));

	free(words);
	flag_file_free(&file);
	err_free(&ignored);
	return stripped;
}

static void note_sizes(struct suggest *s)
{
	bool project = s->audit->subject.kind == AUDIT_PROJECT;
	struct stat st;

	if (stat(suggest_program(&s->trials[0], 0), &st) == 0)
		s->stripped_bytes = (uint64_t)st.st_size;
	if (stat(project ? s->audit->subject.program : s->audit->subject.twin, &st) == 0)
		s->unstripped_bytes = (uint64_t)st.st_size;
	if (s->unstripped_bytes <= s->stripped_bytes || is_stripped(s))
		return;

	double saved = (double)(s->unstripped_bytes - s->stripped_bytes);
	struct strbuf gain = STRBUF_INIT;

	unit_bytes(&gain, s->unstripped_bytes - s->stripped_bytes);
	s->advice = xcalloc(1, sizeof *s->advice);
	s->advice_count = 1;
	s->advice[0] = (struct suggest_advice){
	    .tried = true,
	    .level = REPORT_WARNING,
	    .id = xstrdup("strip"),
	    .message = xstrdup(project ? "Deliver it stripped: strip = \"symbols\" in [profile.release]"
				       : "Deliver it stripped: -C strip=symbols"),
	    .evidence = xstrdup("what is loaded stays the same; backtraces lose their names"),
	    .measure = SUGGEST_SIZE,
	    .bound = 100 * saved / (double)s->unstripped_bytes,
	    .gain = xasprintf("size -%.1f%% of the unstripped file (%s, exact)", 100 * saved / (double)s->unstripped_bytes, gain.data)};
	strbuf_free(&gain);
}

static int combine_all(struct suggest *s, bool all, struct err *err)
{
	struct suggest_trial *final[1 + SUGGEST_MEASURES] = {&s->trials[0]};
	size_t count = 1;

	if (suggest_combine(s, SUGGEST_START, all, COMBINED, err) != 0 || suggest_combine(s, SUGGEST_TIME, all, COMBINED, err) != 0)
		return -1;
	for (size_t i = 0; i < s->combination_count; i++)
		if (s->combinations[i].count > 0)
			final[count++] = &s->combinations[i].trial;
	/* Measured anew against the default: what was chosen for its figure is not judged by it. */
	for (size_t i = 1; i < count; i++)
		for (int m = 0; m < SUGGEST_MEASURES; m++)
			final[i]->changes[m] = (struct suggest_change){0};
	suggest_size(final, count);
	if (suggest_build(s, final, count, s->one_layout ? 1 : SUGGEST_LAYOUTS, COMBINED, err) != 0)
		return -1;
	return suggest_start(s, final, count, RESTARTED, err) == 0 && suggest_time(s, final, count, 1, err) == 0 ? 0 : -1;
}

static int find(struct suggest *s, const struct audit_options *o, struct err *err)
{
	struct suggest_trial **trials = xcalloc(s->trial_count, sizeof(void *));
	int status;

	for (size_t i = 0; i < s->trial_count; i++)
		trials[i] = &s->trials[i];
	status = build_all(s, trials, err);
	if (status == 0)
		status = suggest_compare_outputs(s, trials, s->trial_count, err);
	if (status == 0) {
		note_sizes(s);
		suggest_size(trials, s->trial_count);
		status = suggest_start(s, trials, s->trial_count, STARTED, err);
	}
	if (status == 0)
		status = suggest_combine(s, SUGGEST_SIZE, o->suggest.all, SHRUNK, err);
	if (status == 0)
		status = suggest_profile(s, err);
	if (status == 0)
		status = suggest_time(s, trials, s->trial_count, TIMED, err);
	s->race_rounds = s->trials[0].changes[SUGGEST_TIME].rounds;
	if (status == 0)
		status = combine_all(s, o->suggest.all, err);
	free(trials);
	return status;
}

static int goal_of(const char *name, struct err *err)
{
	for (int m = 0; name && m < SUGGEST_MEASURES; m++)
		if (m != SUGGEST_MEMORY && strcmp(suggest_measure_names[m], name) == 0)
			return m;
	return name ? err_usage(err, name, "give time, size or start", "--goal is not usable") : -1;
}

static int apply(struct suggest *s, int goal, struct err *err)
{
	const struct audit_options *o = s->audit->options;
	const struct audit_subject *subject = &s->audit->subject;
	char *path = o->suggest.flag_file	      ? xstrdup(o->suggest.flag_file)
		     : subject->kind == AUDIT_PROJECT ? xasprintf("%s/" CARGO_FLAG_FILE, subject->project.root)
						      : flag_file_path(subject->operand);
	int status = suggest_apply(s, goal < 0 ? SUGGEST_TIME : (enum suggest_measure)goal, path, err);

	free(path);
	return status;
}

static int suggest_fill(struct audit *audit, void **into, struct err *err)
{
	const struct audit_options *o = audit->options;
	struct suggest *s = xcalloc(1, sizeof *s);
	int goal = goal_of(o->suggest.goal, err), status = err->set ? -1 : check_only(o->suggest.only, err);

	*into = s;
	s->audit = audit;
	s->begun = suggest_now();
	s->limit = o->suggest.max_seconds > 0 ? o->suggest.max_seconds : audit->subject.kind == AUDIT_PROJECT ? PROJECT_SECONDS : SECONDS;
	if (status == 0 && audit->subject.kind == AUDIT_PROGRAM) {
		s->problem = xstrdup("a program can't be built otherwise from its file: give its source, F.ruchy or Cargo.toml");
		return 0;
	}
	if (status == 0 && audit->subject.kind == AUDIT_PROJECT && !(s->directory = fs_tmpdir(err)))
		return -1;
	s->input = status == 0 ? subprocess_stdin_open(err) : NULL;
	if (status == 0 && s->input) {
		list_trials(s);
		status = find(s, o, err);
		subprocess_stdin_close(s->input);
		s->input = NULL;
	} else {
		status = -1;
	}
	if (status != 0)
		return -1;
	suggest_rank(s, goal);
	s->seconds = suggest_now() - s->begun;
	if (o->suggest.apply && apply(s, goal, err) != 0)
		return -1;
	suggest_advise(audit, s);
	return 0;
}

static void suggest_release(void *into)
{
	struct suggest *s = into;

	for (size_t i = 0; i < s->trial_count; i++)
		suggest_trial_free(&s->trials[i]);
	for (size_t i = 0; i < s->combination_count; i++) {
		suggest_trial_free(&s->combinations[i].trial);
		free(s->combinations[i].parts);
	}
	for (size_t i = 0; i < s->advice_count; i++) {
		free(s->advice[i].id);
		free(s->advice[i].message);
		free(s->advice[i].evidence);
		free(s->advice[i].file);
		free(s->advice[i].gain);
	}
	if (s->directory)
		fs_remove_tree(s->directory);
	free(s->directory);
	free(s->trials);
	free(s->combinations);
	free(s->advice);
	free(s->items);
	free(s->problem);
	free(s->untimed);
	free(s->unstarted);
	free(s->unadvised);
	free(s->one_layout);
	free(s->applied);
	free(s);
}

const struct analysis analysis_suggest = {
    .name = "suggest",
    .title = "Optimization Suggestions",
    .key = "suggestions",
    .fill = suggest_fill,
    .show = suggest_show,
    .json = suggest_json,
    .release = suggest_release,
};
