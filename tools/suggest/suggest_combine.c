/* suggest_combine.c - several sets of flags together, each step built, compared and measured; and the file that keeps the result. */
#include "flag_file.h"
#include "shellquote.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

/* --- which come in, best first ------------------------------------------------------------------------------------------------------ */

struct candidate {
	const struct suggest_trial *trial;
	double gain;
};

static int best_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->gain != y->gain)
		return x->gain < y->gain ? 1 : -1;
	return (x->trial > y->trial) - (x->trial < y->trial);
}

static size_t candidates_for(const struct suggest *s, enum suggest_measure goal, bool all, struct candidate *into)
{
	size_t count = 0;

	for (size_t i = 1; i < s->trial_count; i++) {
		const struct suggest_trial *trial = &s->trials[i];
		double gain = trial->state == SUGGEST_TRIED ? suggest_gain(&trial->changes[goal], goal) : 0;

		if (gain > 0 && (all || !trial->variant->changes))
			into[count++] = (struct candidate){trial, gain};
	}
	if (count > 0)
		qsort(into, count, sizeof *into, best_first);
	return count;
}

static bool sets(const struct suggest_combination *c, const char *option)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->parts[i]->option, option) == 0)
			return true;
	return false;
}

/* --- a step --------------------------------------------------------------------------------------------------------------------------- */

static void name_trial(const struct suggest_combination *c, const struct suggest_variant *more, struct suggest_trial *trial)
{
	struct strbuf id = STRBUF_INIT, flags = STRBUF_INIT;

	for (size_t i = 0; i <= c->count; i++) {
		const struct suggest_variant *part = i < c->count ? c->parts[i] : more;

		if (!part)
			break;
		strbuf_printf(&id, "%s%s", i > 0 ? "+" : "", part->id);
		strbuf_printf(&flags, "%s%s", i > 0 ? " " : "", part->flags);
	}
	suggest_trial_init(trial, NULL, id.data ? id.data : "", flags.data ? flags.data : "");
	strbuf_free(&id);
	strbuf_free(&flags);
}

static int measure_one(struct suggest *s, enum suggest_measure goal, struct suggest_trial **pair, double share, struct err *err)
{
	if (goal == SUGGEST_TIME)
		return suggest_time(s, pair, 2, share, err);
	if (goal == SUGGEST_START)
		return suggest_start(s, pair, 2, share, err);
	suggest_size(pair, 2);
	return 0;
}

/* Is `next` better than `now` by the goal? 1, 0, or -1 on error. */
static int is_better(struct suggest *s, enum suggest_measure goal, struct suggest_trial *now, struct suggest_trial *next, double share,
		     struct err *err)
{
	struct suggest_trial *pair[] = {now, next}, *one[] = {next};
	size_t layouts = goal == SUGGEST_TIME && !s->one_layout ? SUGGEST_LAYOUTS : 1;
	struct suggest_change kept = now->changes[goal];

	if (suggest_build(s, one, 1, layouts, share, err) != 0 || suggest_compare_outputs(s, one, 1, err) != 0)
		return -1;
	if (next->state != SUGGEST_TRIED)
		return 0;
	if (measure_one(s, goal, pair, share, err) != 0)
		return -1;
	now->changes[goal] = kept;
	return suggest_gain(&next->changes[goal], goal) > 0;
}

/* The first is known to be better than the default; each next has to add to what there is. */
static int grow(struct suggest *s, struct suggest_combination *c, const struct candidate *candidates, size_t count, double share,
		struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct suggest_variant *part = candidates[i].trial->variant;
		struct suggest_trial next;
		int better = 1;

		if (sets(c, part->option))
			continue;
		if (c->count > 0 && suggest_left(s, share) <= 0) {
			s->out_of_time = true;
			break;
		}
		suggest_step(s, "combining flags for %s:", suggest_measure_names[c->goal]);
		name_trial(c, part, &next);
		if (c->count > 0)
			better = is_better(s, c->goal, &c->trial, &next, share, err);
		if (better <= 0) {
			suggest_trial_free(&next);
			if (better < 0)
				return -1;
			continue;
		}
		suggest_trial_free(&c->trial);
		c->trial = next;
		c->parts[c->count++] = part;
		if (c->count == 1) {
			struct suggest_trial *one[] = {&c->trial};

			if (suggest_build(s, one, 1, s->one_layout ? 1 : SUGGEST_LAYOUTS, share, err) != 0 ||
			    suggest_compare_outputs(s, one, 1, err) != 0)
				return -1;
		}
	}
	return 0;
}

/* --- sizes ------------------------------------------------------------------------------------------------------------------------ */

/*
 * A size is known as soon as the file is there, so all that is left is tried at each step: what does nothing alone may do much beside
 * another, as opt-level does to std once LTO compiles it anew. Returns how many were listed.
 */
static size_t list_steps(const struct suggest *s, const struct suggest_combination *c, bool all, struct suggest_trial *next,
			 const struct suggest_variant **parts)
{
	size_t count = 0;

	for (size_t i = 1; i < s->trial_count; i++) {
		const struct suggest_variant *variant = s->trials[i].variant;

		if (s->trials[i].state != SUGGEST_TRIED || sets(c, variant->option) || (variant->changes && !all))
			continue;
		name_trial(c, variant, &next[count]);
		parts[count++] = variant;
	}
	return count;
}

/* The smallest that prints the same; SIZE_MAX when none is smaller than what there is. */
static size_t smallest(struct suggest *s, const struct suggest_combination *c, struct suggest_trial *next, size_t count, struct err *err)
{
	for (;;) {
		struct suggest_trial *now = c->count > 0 ? (struct suggest_trial *)&c->trial : &s->trials[0];
		double least = 0;
		size_t best = SIZE_MAX;

		for (size_t i = 0; i < count; i++) {
			struct suggest_trial *pair[] = {now, &next[i]};
			struct suggest_change kept = now->changes[SUGGEST_SIZE];

			suggest_size(pair, 2);
			now->changes[SUGGEST_SIZE] = kept;
			double gain = next[i].state == SUGGEST_TRIED ? suggest_gain(&next[i].changes[SUGGEST_SIZE], SUGGEST_SIZE) : 0;

			if (gain > least) {
				least = gain;
				best = i;
			}
		}
		if (best == SIZE_MAX || suggest_compare_outputs(s, (struct suggest_trial *[]){&next[best]}, 1, err) != 0 ||
		    next[best].state == SUGGEST_TRIED)
			return err->set ? SIZE_MAX : best;
	}
}

static int shrink(struct suggest *s, struct suggest_combination *c, bool all, double share, struct err *err)
{
	struct suggest_trial *next = xcalloc(s->trial_count, sizeof *next), **list = xcalloc(s->trial_count, sizeof(void *));
	const struct suggest_variant **parts = xcalloc(s->trial_count, sizeof(void *));
	size_t best = 0;

	while (best != SIZE_MAX && !err->set && suggest_left(s, share) > 0) {
		size_t count = list_steps(s, c, all, next, parts);

		for (size_t i = 0; i < count; i++)
			list[i] = &next[i];
		best = suggest_build(s, list, count, 1, share, err) == 0 ? smallest(s, c, next, count, err) : SIZE_MAX;
		if (best != SIZE_MAX) {
			suggest_trial_free(&c->trial);
			c->trial = next[best];
			c->parts[c->count++] = parts[best];
			next[best] = (struct suggest_trial){0};
		}
		for (size_t i = 0; i < count; i++)
			suggest_trial_free(&next[i]);
	}
	free(next);
	free(list);
	free(parts);
	return err->set ? -1 : 0;
}

int suggest_combine(struct suggest *s, enum suggest_measure goal, bool all, double share, struct err *err)
{
	struct candidate *candidates = xcalloc(s->trial_count + 1, sizeof *candidates);
	size_t count = candidates_for(s, goal, all, candidates);
	struct suggest_combination *c = &s->combinations[s->combination_count++];
	int status;

	*c = (struct suggest_combination){
	    .goal = goal, .parts = xcalloc(s->trial_count + 1, sizeof(void *)), .strips = goal == SUGGEST_SIZE};
	suggest_trial_init(&c->trial, NULL, "", "");
	status = goal == SUGGEST_SIZE ? shrink(s, c, all, share, err) : grow(s, c, candidates, count, share, err);
	free(candidates);
	return status;
}

/* --- the file ---------------------------------------------------------------------------------------------------------------------------
 */

static void add_flags(struct flag_file *file, const char *flags)
{
	struct err ignored = {0};
	size_t count;
	char **words = shellquote_split(flags, &count, &ignored);

	for (size_t i = 0; words && i + 1 < count; i += 2)
		if (flag_file_allows(words[i + 1]))
			flag_file_add(file, words[i + 1]);
	shellquote_free(words);
	err_free(&ignored);
}

static const struct suggest_combination *find(const struct suggest *s, enum suggest_measure goal)
{
	for (size_t i = 0; i < s->combination_count; i++)
		if (s->combinations[i].goal == goal)
			return &s->combinations[i];
	return NULL;
}

static void put_gain(struct strbuf *out, const struct suggest_change *change, enum suggest_measure measure)
{
	struct strbuf text = STRBUF_INIT;

	suggest_put_change(&text, change, measure, false);
	if (text.size > 0)
		strbuf_printf(out, "%s%s %s", out->size > 0 ? ", " : "", suggest_measure_names[measure], text.data);
	strbuf_free(&text);
}

int suggest_apply(struct suggest *s, enum suggest_measure goal, const char *path, struct err *err)
{
	const struct suggest_combination *c = find(s, goal);
	const struct build *build = s->audit->subject.build;
	const char *used = build ? build->flag_file : NULL;
	struct flag_file file = {0};
	struct strbuf gains = STRBUF_INIT;
	char *comment;
	int status;

	if (!c || (c->count == 0 && !c->strips)) {
		s->nothing_to_apply = true;
		return 0;
	}
	/* What the default was built with stays: the others were measured together with it. */
	status = used ? flag_file_read(used, &file, err) : 0;
	if (status < 0)
		return -1;
	add_flags(&file, c->trial.flags);
	if (c->strips)
		add_flags(&file, "-C strip=symbols");
	for (int m = 0; m < SUGGEST_MEASURES; m++)
		put_gain(&gains, &c->trial.changes[m], (enum suggest_measure)m);
	if (!build) {
		status = suggest_cargo_apply(s, c->trial.flags, c->strips, gains.size > 0 ? gains.data : "nothing measured", path, err);
		if (status == 0)
			s->applied = xstrdup(path);
		strbuf_free(&gains);
		flag_file_free(&file);
		return status;
	}
	comment = xasprintf("Flags for rustc that ruchy-prof builds %s with (see docs/suggest.md). Remove the file to do without.\n"
			    "From analyze --suggest --goal %s, against the stripped default: %s",
			    s->audit->subject.name, suggest_measure_names[goal], gains.size > 0 ? gains.data : "nothing measured");
	status = flag_file_write(path, &file, comment, err);
	if (status == 0)
		s->applied = xstrdup(path);
	free(comment);
	strbuf_free(&gains);
	flag_file_free(&file);
	return status;
}
