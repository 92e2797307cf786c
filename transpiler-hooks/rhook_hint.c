/* Entry points of the hints: candidates from the text, choices to edits, kind by kind in the order of the table. */
#include "rhook_hint_internal.h"
#include "rhook_hint_number.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define MAX_CANDIDATES 65536
#define WHAT_SIZE      60

static const struct rhook_hint_info infos[] = {
#define HINT(id, suffix, name, slower, allow, summary) {name, summary, slower, allow},
#include "rhook_hint_kinds.def"
#undef HINT
};

typedef void find_hints(struct rhook_hinting *h);
static find_hints *const finders[] = {
#define HINT(id, suffix, name, slower, allow, summary) rhook_find_##suffix,
#include "rhook_hint_kinds.def"
#undef HINT
};

typedef void apply_hint(struct rhook_hinting *h, const struct rhook_found *found, uint64_t amount);
static apply_hint *const appliers[] = {
#define HINT(id, suffix, name, slower, allow, summary) rhook_apply_##suffix,
#include "rhook_hint_kinds.def"
#undef HINT
};

const struct rhook_hint_info *rhook_hint_info(unsigned kind)
{
	return kind < RHOOK_HINT_KINDS ? &infos[kind] : NULL;
}

/* --- find ------------------------------------------------------------------------------------------------------------------- */

struct rhook_found *rhook_hint_add(struct rhook_hinting *h, enum rhook_hint_kind kind, uint32_t fn, uint32_t node)
{
	struct rhook_found *found = h->count < MAX_CANDIDATES && !rhook_hint_is_quoted(h->program, node)
					? RHOOK_PUSH(h->program, h->found, h->count, h->capacity)
					: NULL;

	if (found)
		*found = (struct rhook_found){.kind = kind, .fn = fn, .node = node, .callee = RHOOK_NONE};
	return found;
}

static int by_place(const void *left, const void *right)
{
	const struct rhook_found *a = left, *b = right;

	if (a->fn != b->fn)
		return a->fn < b->fn ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static bool find_all(struct rhook_hinting *h)
{
	h->types = rhook_types_of(h->program);
	if (!h->types || !rhook_hint_find_names(h))
		return false;
	for (size_t k = 0; k < RHOOK_HINT_KINDS; k++)
		finders[k](h);
	if (h->count)
		qsort(h->found, h->count, sizeof *h->found, by_place);
	for (size_t i = 0, first = 0; i < h->count; i++) {
		if (h->found[i].fn != h->found[first].fn)
			first = i;
		h->found[i].ordinal = 1;
		for (size_t j = i; j > first; j--) {
			if (h->found[j - 1].kind == h->found[i].kind) {
				h->found[i].ordinal = h->found[j - 1].ordinal + 1;
				break;
			}
		}
	}
	return !h->program->no_memory;
}

/* --- candidates ---------------------------------------------------------------------------------------------------------------- */

/* The public struct first: rhook_candidates_free() gets a pointer to it. */
struct listed {
	struct rhook_candidates candidates;
	char **texts; /* two of each candidate, then the names of the functions */
	size_t text_count;
};

void rhook_candidates_free(struct rhook_candidates *candidates)
{
	struct listed *listed = (struct listed *)candidates;

	if (!listed)
		return;
	for (size_t i = 0; listed->texts && i < listed->text_count; i++)
		free(listed->texts[i]);
	free(listed->texts);
	free((void *)candidates->list);
	free(listed);
}

/* Of a function's text without blanks. */
static uint64_t hash_function(const struct rhook_program *p, uint32_t fn, struct rhook_buf *text)
{
	text->size = 0;
	rhook_buf_puts(text, "");
	for (uint32_t i = p->fns[fn].start; i < p->fns[fn].end; i++)
		if (!isspace((unsigned char)p->text[i]))
			rhook_buf_add(text, p->text + i, 1);
	return text->failed ? 0 : XXH3_64bits(text->data, text->size);
}

static char *shown(const struct rhook_program *p, uint32_t node)
{
	struct rhook_buf out = {0};
	bool blank = false;

	rhook_buf_puts(&out, "");
	for (uint32_t i = p->nodes[node].start; i < p->nodes[node].end && out.size < WHAT_SIZE; i++) {
		if (isspace((unsigned char)p->text[i])) {
			blank = out.size > 0;
			continue;
		}
		if (blank)
			rhook_buf_puts(&out, " ");
		blank = false;
		rhook_buf_add(&out, p->text + i, 1);
	}
	while (out.size > WHAT_SIZE - 4 && !out.failed && (out.data[out.size - 1] & 0x80)) /* a character may be cut */
		out.data[--out.size] = '\0';
	if (!out.failed)
		return out.data;
	rhook_buf_free(&out);
	return NULL;
}

static bool list_candidate(struct rhook_hinting *h, const struct rhook_output *output, struct listed *listed, size_t i, uint64_t hash)
{
	struct rhook_program *p = h->program;
	const struct rhook_found *found = &h->found[i];
	struct rhook_candidate *c = (struct rhook_candidate *)&listed->candidates.list[i];
	const char *name = listed->texts[2 * h->count + found->fn];
	struct rhook_buf key = {0};
	char *what = shown(p, found->node);

	rhook_buf_printf(&key, "%s %s %u %016llx", infos[found->kind].name, name, found->ordinal, (unsigned long long)hash);
	listed->texts[2 * i] = key.data;
	listed->texts[2 * i + 1] = what;
	*c = (struct rhook_candidate){.kind = found->kind,
				      .function = found->fn,
				      .name = name,
				      .rust_line = rhook_row(p, p->nodes[found->node].start),
				      .line = rhook_align_line(h->align, p->nodes[found->node].start),
				      .key = key.data,
				      .what = what,
				      .callee = found->callee == RHOOK_NONE ? RHOOK_HINT_NO_FUNCTION : found->callee,
				      .least = found->least,
				      .most = found->most,
				      .usual = found->usual};
	(void)output;
	return !key.failed && what;
}

static bool list_all(struct rhook_hinting *h, const struct rhook_output *output, struct rhook_candidates **candidates)
{
	struct listed *listed = calloc(1, sizeof *listed);
	struct rhook_buf text = {0};
	uint64_t hash = 0;
	bool good;

	if (!listed)
		return false;
	listed->text_count = 2 * h->count + output->function_count;
	listed->texts = calloc(listed->text_count + 1, sizeof *listed->texts);
	listed->candidates.list = calloc(h->count + 1, sizeof *listed->candidates.list);
	listed->candidates.count = h->count;
	good = listed->texts && listed->candidates.list;
	for (size_t f = 0; good && f < output->function_count; f++)
		good = (listed->texts[2 * h->count + f] = strdup(output->functions[f].name)) != NULL;
	for (size_t i = 0; good && i < h->count; i++) {
		if (i == 0 || h->found[i].fn != h->found[i - 1].fn)
			hash = hash_function(h->program, h->found[i].fn, &text);
		good = !text.failed && list_candidate(h, output, listed, i, hash);
	}
	rhook_buf_free(&text);
	if (good)
		*candidates = &listed->candidates;
	else
		rhook_candidates_free(&listed->candidates);
	return good;
}

int rhook_candidates(const struct rhook_input *input, struct rhook_candidates **candidates, struct rhook_error *error)
{
	struct rhook_input plain = {.ruchy = input->ruchy, .rust = input->rust, .flags = input->flags & ~(unsigned)RHOOK_ENTRY_ONLY};
	struct rhook_job job = {.work = RHOOK_HINT, .candidates = candidates};
	struct rhook_output *output;

	*candidates = NULL;
	if (rhook_run(&plain, &output, &job, error) != 0) {
		rhook_candidates_free(*candidates);
		*candidates = NULL;
		return -1;
	}
	rhook_free(output);
	return 0;
}

/* --- apply -------------------------------------------------------------------------------------------------------------------------- */

struct pick {
	uint32_t found, choice;
	uint32_t kind;
};

static int by_kind(const void *left, const void *right)
{
	const struct pick *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->found < b->found ? -1 : a->found > b->found ? 1 : a->choice < b->choice ? -1 : a->choice > b->choice;
}

/* Does an earlier one claim some of the same bytes? */
static bool is_claimed(const struct rhook_hinting *h, const struct pick *picks, size_t before, const bool *refused)
{
	const struct rhook_found *found = &h->found[picks[before].found];

	for (size_t i = 0; found->from < found->to && i < before; i++) {
		const struct rhook_found *other = &h->found[picks[i].found];
		if (!refused[picks[i].choice] && other->from < found->to && found->from < other->to)
			return true;
	}
	return false;
}

/* Does not look whether the edits fit. */
static void apply_one(struct rhook_hinting *h, const struct rhook_job *job, const struct pick *picks, size_t i, bool *refused)
{
	const struct rhook_choice *choice = &job->choices[picks[i].choice];
	const struct rhook_found *found = &h->found[picks[i].found];
	uint64_t amount = choice->amount ? choice->amount : found->usual;

	refused[picks[i].choice] = (i && picks[i - 1].found == picks[i].found) || is_claimed(h, picks, i, refused);
	if (refused[picks[i].choice])
		return;
	amount = amount < found->least ? found->least : amount > found->most ? found->most : amount;
	h->evidence = choice->evidence;
	appliers[found->kind](h, found, amount);
}

/* As many at once as fit, since to look is as long as the list of edits; where some don't, fewer. */
static void apply_all(struct rhook_hinting *h, const struct rhook_job *job, const struct pick *picks, bool *refused)
{
	size_t done = 0, size = job->choice_count;

	while (done < job->choice_count && !h->program->no_memory) {
		size_t before = rhook_edits_count(h->edits);
		for (size_t i = done; i < done + size; i++)
			apply_one(h, job, picks, i, refused);
		if (!rhook_edits_fit(h->edits, h->program->size)) {
			rhook_edits_cut(h->edits, before);
			if (size > 1) {
				size /= 2;
				continue;
			}
			refused[picks[done].choice] = true;
		}
		done += size;
		size = job->choice_count - done;
	}
	for (size_t i = 0; i < job->choice_count; i++) {
		if (refused[picks[i].choice])
			rhook_note_skip(h->program, h->program->nodes[h->found[picks[i].found].node].start,
					i && picks[i - 1].found == picks[i].found ? "chosen twice" : "another hint changes the same text");
	}
}

static bool write_result(struct rhook_hinting *h, const struct rhook_job *job, const bool *refused, struct rhook_output *output)
{
	struct rhook_program *p = h->program;
	struct rhook_buf rust = {0};
	uint32_t *list = calloc(job->choice_count + 1, sizeof *list);
	size_t count = 0;

	output->refused = list;
	for (uint32_t i = 0; list && i < job->choice_count; i++)
		if (refused[i])
			list[count++] = i;
	output->refused_count = count;
	rhook_buf_puts(&rust, "");
	if (!list || p->no_memory || !rhook_edits_apply(h->edits, p->text, p->size, &rust)) {
		rhook_buf_free(&rust);
		return false;
	}
	output->rust = rust.data;
	output->rust_size = rust.size;
	output->back = rhook_edits_back(h->edits, p->text, p->size, &count);
	output->back_count = count;
	return output->back != NULL;
}

static bool optimise(struct rhook_hinting *h, const struct rhook_job *job, struct rhook_output *output)
{
	struct pick *picks = calloc(job->choice_count + 1, sizeof *picks);
	bool *refused = calloc(job->choice_count + 1, sizeof *refused), good;

	h->edits = rhook_edits_new();
	good = picks && refused && h->edits;
	for (uint32_t i = 0; good && i < job->choice_count; i++)
		picks[i] = (struct pick){job->choices[i].candidate, i, h->found[job->choices[i].candidate].kind};
	if (good && job->choice_count) {
		qsort(picks, job->choice_count, sizeof *picks, by_kind);
		rhook_allow_lints(h->program, h->edits);
		apply_all(h, job, picks, refused);
	}
	good = good && write_result(h, job, refused, output);
	rhook_edits_free(h->edits);
	free(picks);
	free(refused);
	return good;
}

bool rhook_hint_work(struct rhook_program *program, const struct rhook_align *align, const struct rhook_job *job,
		     struct rhook_output *output, struct rhook_error *error)
{
	struct rhook_hinting h = {.program = program, .align = align};
	bool good = find_all(&h);

	for (size_t i = 0; good && i < job->choice_count; i++) {
		if (job->choices[i].candidate < h.count)
			continue;
		snprintf(error->message, sizeof error->message, "choice %zu: there is no candidate %u", i, job->choices[i].candidate);
		good = false;
	}
	if (good)
		good = job->candidates ? list_all(&h, output, job->candidates) : optimise(&h, job, output);
	rhook_numbers_free(h.numbers);
	free(h.found);
	free(h.own_names);
	free(h.hidden);
	rhook_buf_free(&h.text);
	return good;
}

int rhook_optimise(const struct rhook_input *input, const struct rhook_choice *choices, size_t count, struct rhook_output **output,
		   struct rhook_error *error)
{
	struct rhook_input plain = {.ruchy = input->ruchy, .rust = input->rust, .flags = input->flags & ~(unsigned)RHOOK_ENTRY_ONLY};
	struct rhook_job job = {.work = RHOOK_HINT, .choices = choices, .choice_count = count};

	return rhook_run(&plain, output, &job, error);
}
