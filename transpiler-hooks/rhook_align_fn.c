#include "rhook_align.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- by name ----------------------------------------------------------------------------------------------------------------- */

struct entry {
	uint64_t key;
	uint32_t side, fn; /* side 0: Rust, 1: Ruchy */
};

/* Ways to compare names, strictest first. */
enum rule { RENAMED, EXACT, TYPE_AND_NAME, NAME, RULES };

static int by_key(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->fn < b->fn ? -1 : a->fn > b->fn;
}

/* The last `parts` parts of a path. */
static const char *tail(const char *name, int parts)
{
	const char *at = name + strlen(name);

	while (at > name)
		if (*--at == ':' && at > name && at[-1] == ':') {
			if (--parts == 0)
				return at + 1;
			at--;
		}
	return name;
}

/* Names that the transpiler changes; the Rust name is turned into that of Ruchy. Last parts; with the type that stands before them. */
static const char *ruchy_name(const struct rhook_align *align, const char *rust, char *out, size_t size)
{
	static const char *const parts[][2] = {
	    {"handle_message", "receive"}, {"new", "init"},
	    {"op_add", "operator+"},	   {"op_sub", "operator-"},
	    {"op_mul", "operator*"},	   {"op_div", "operator/"},
	    {"op_rem", "operator%"},	   {"op_eq", "operator=="},
	    {"op_ne", "operator!="},	   {"op_lt", "operator<"},
	    {"op_gt", "operator>"},	   {"op_le", "operator<="},
	    {"op_ge", "operator>="},	   {"op_index", "operator[]"},
	};
	const char *last = tail(rust, 1);

	if (strcmp(rust, "__ruchy_main") == 0)
		return "main";
	if (strcmp(rust, "main") == 0)
		for (size_t i = 0; i < align->ruchy.fn_count; i++)
			if (strcmp(align->ruchy.fns[i].name, RHOOK_TOP_LEVEL) == 0)
				for (size_t k = 0; k < align->fn_count; k++)
					if (strcmp(align->fns[k].name, "__ruchy_main") == 0)
						return RHOOK_TOP_LEVEL;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && last != rust; i++)
		if (strcmp(last, parts[i][0]) == 0) {
			const char *type = tail(rust, 2);

			snprintf(out, size, "%.*s%s", (int)(last - type > 400 ? 400 : last - type), type, parts[i][1]);
			return out;
		}
	return NULL;
}

static uint64_t name_key(const struct rhook_align *align, const char *name, enum rhook_fn_kind kind, uint32_t side, enum rule rule)
{
	char renamed[512];

	switch (rule) {
	case RENAMED:
		if (side == 0)
			name = ruchy_name(align, name, renamed, sizeof(renamed));
		break;
	case EXACT:
		break;
	case TYPE_AND_NAME: /* types inside functions and modules */
		name = kind == RHOOK_METHOD ? tail(name, 2) : NULL;
		break;
	case NAME: /* a method of another type is another function */
	case RULES:
		name = kind == RHOOK_FN ? tail(name, 1) : NULL;
		break;
	}
	return name ? rhook_align_hash(name, strlen(name)) : 0;
}

/* The k-th function of a name with the k-th. */
static void pair_equal(struct rhook_align *align, const struct entry *entries, size_t count)
{
	for (size_t from = 0; from < count;) {
		size_t middle = from, to;

		while (middle < count && entries[middle].key == entries[from].key && entries[middle].side == 0)
			middle++;
		for (to = middle; to < count && entries[to].key == entries[from].key; to++)
			;
		for (size_t k = 0; from + k < middle && middle + k < to; k++) {
			align->fns[entries[from + k].fn].pair = entries[middle + k].fn;
			align->ruchy_pair[entries[middle + k].fn] = entries[from + k].fn;
		}
		from = to;
	}
}

bool rhook_align_names(struct rhook_align *align)
{
	struct entry *entries = malloc((align->fn_count + align->ruchy.fn_count + 1) * sizeof(*entries));

	if (!entries)
		return false;
	for (enum rule rule = RENAMED; rule < RULES; rule++) {
		size_t count = 0;

		for (uint32_t i = 0; i < align->fn_count; i++) {
			const struct rhook_side *fn = &align->fns[i];
			uint64_t key =
			    fn->kind == RHOOK_CLOSURE || fn->pair != RHOOK_UNPAIRED ? 0 : name_key(align, fn->name, fn->kind, 0, rule);

			if (key)
				entries[count++] = (struct entry){key, 0, i};
		}
		for (uint32_t i = 0; i < align->ruchy.fn_count; i++) {
			const struct rhook_ruchy_fn *fn = &align->ruchy.fns[i];
			bool taken = fn->kind == RHOOK_CLOSURE || align->ruchy_pair[i] != RHOOK_UNPAIRED;
			uint64_t key = taken ? 0 : name_key(align, fn->name, fn->kind, 1, rule);

			if (key)
				entries[count++] = (struct entry){key, 1, i};
		}
		qsort(entries, count, sizeof(*entries), by_key);
		pair_equal(align, entries, count);
	}
	free(entries);
	return true;
}

/* --- closures: by the tokens that they share ------------------------------------------------------------------------------------ */

struct vote {
	uint32_t rust, ruchy, count;
};

static int by_pair(const void *x, const void *y)
{
	const struct vote *a = x, *b = y;

	if (a->rust != b->rust)
		return a->rust < b->rust ? -1 : 1;
	return a->ruchy < b->ruchy ? -1 : a->ruchy > b->ruchy;
}

static int by_count(const void *x, const void *y)
{
	const struct vote *a = x, *b = y;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return by_pair(x, y);
}

static size_t collect_votes(const struct rhook_align *align, struct vote *votes)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < align->rust_count; i++) {
		uint32_t rust = align->rust_fn[i], ruchy;

		if (rust == RHOOK_UNPAIRED || align->fns[rust].kind != RHOOK_CLOSURE || align->partner[i] == RHOOK_UNPAIRED)
			continue;
		ruchy = align->ruchy_fn[align->partner[i]];
		if (ruchy != RHOOK_UNPAIRED && align->ruchy.fns[ruchy].kind == RHOOK_CLOSURE)
			votes[count++] = (struct vote){rust, ruchy, 1};
	}
	qsort(votes, count, sizeof(*votes), by_pair);
	for (size_t i = 0; i < count; i++)
		if (kept && votes[kept - 1].rust == votes[i].rust && votes[kept - 1].ruchy == votes[i].ruchy)
			votes[kept - 1].count++;
		else
			votes[kept++] = votes[i];
	qsort(votes, kept, sizeof(*votes), by_count);
	return kept;
}

bool rhook_align_closures(struct rhook_align *align)
{
	struct vote *votes = malloc((align->rust_count + 1) * sizeof(*votes));
	size_t count;

	if (!votes)
		return false;
	count = collect_votes(align, votes);
	for (size_t i = 0; i < count; i++) {
		uint32_t rust = votes[i].rust, ruchy = votes[i].ruchy;

		if (align->fns[rust].pair != RHOOK_UNPAIRED || align->ruchy_pair[ruchy] != RHOOK_UNPAIRED)
			continue;
		align->fns[rust].pair = ruchy;
		align->ruchy_pair[ruchy] = rust;
	}
	free(votes);
	return true;
}
