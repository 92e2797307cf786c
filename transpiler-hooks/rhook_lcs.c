/*
 * A table of all cells gives the best alignment but costs n * m. So a piece that is too large for a table is cut: at items that
 * occur once in either sequence (patience), else where several items in a row do, else at items that occur equally often in both, else
 * evenly. Of such pairs a longest increasing run is kept. Pieces wait on a stack in the heap.
 */
#include "rhook_lcs.h"

#include <stdlib.h>
#include <string.h>

#define UNMATCHED  UINT32_MAX
#define ADJACENT   2u		     /* what a match gains when the items before it match too */
#define MAX_CELLS  ((size_t)4 << 20) /* of one table */
#define RUN_FACTOR 0x9e3779b97f4a7c15u
#define MAX_REPEAT 16u /* an item that occurs more often says little about where it belongs */

struct piece {
	uint32_t a, a_end, b, b_end;
};

struct lcs {
	const struct rhook_item *a, *b;
	uint32_t *partner;
	size_t per_item;
	struct piece *pieces;
	size_t piece_count, piece_capacity;
	unsigned char *cells;
	size_t cell_capacity;
	bool failed;
};

static void push_piece(struct lcs *lcs, struct piece piece)
{
	if (piece.a >= piece.a_end || piece.b >= piece.b_end || lcs->failed)
		return;
	if (lcs->piece_count == lcs->piece_capacity) {
		size_t capacity = lcs->piece_capacity ? 2 * lcs->piece_capacity : 64;
		struct piece *pieces = realloc(lcs->pieces, capacity * sizeof(*pieces));

		if (!pieces) {
			lcs->failed = true;
			return;
		}
		lcs->pieces = pieces;
		lcs->piece_capacity = capacity;
	}
	lcs->pieces[lcs->piece_count++] = piece;
}

/* --- small pieces: the full table ------------------------------------------------------------------------------------------ */

/* Where the value of a cell comes from; and whether the match in it goes on with the match before. */
enum { MATCH = 0, UP = 1, LEFT = 2, JOINED = 4 };

/* Row i of the table. best[j]: value of the cell in the row above, then here. run[j]: value if i and j match, 0 = they do not. */
static void fill_row(const struct rhook_item *a, const struct rhook_item *b, uint32_t m, uint32_t *best, uint32_t *run,
		     unsigned char *cells)
{
	uint32_t diagonal = 0, diagonal_run = 0; /* of the row above at j - 1 */

	for (uint32_t j = 1; j <= m; j++) {
		uint32_t above = best[j], above_run = run[j], value = above;
		unsigned char from = UP;

		run[j] = 0;
		if (best[j - 1] > value) {
			value = best[j - 1];
			from = LEFT;
		}
		if (a->key == b[j - 1].key) {
			bool joined = diagonal_run != 0 && diagonal_run + ADJACENT >= diagonal;

			run[j] = a->weight + (joined ? diagonal_run + ADJACENT : diagonal);
			if (run[j] >= value) {
				value = run[j];
				from = MATCH;
			}
			from |= joined ? JOINED : 0;
		}
		best[j] = value;
		cells[j - 1] = from;
		diagonal = above;
		diagonal_run = above_run;
	}
}

static void trace_back(struct lcs *lcs, const struct piece *piece, uint32_t n, uint32_t m)
{
	bool joined = false; /* the match after this one counts on a match here */

	while (n && m) {
		unsigned char cell = lcs->cells[(size_t)(n - 1) * (piece->b_end - piece->b) + m - 1];

		if (joined || (cell & 3) == MATCH) {
			n--;
			m--;
			lcs->partner[piece->a + n] = piece->b + m;
			joined = cell & JOINED;
		} else if ((cell & 3) == UP) {
			n--;
		} else {
			m--;
		}
	}
}

static void align_table(struct lcs *lcs, const struct piece *piece)
{
	uint32_t n = piece->a_end - piece->a, m = piece->b_end - piece->b;
	size_t cells = (size_t)n * m;
	uint32_t *rows = calloc(2 * ((size_t)m + 1), sizeof(*rows));

	if (cells > lcs->cell_capacity) {
		free(lcs->cells);
		lcs->cells = malloc(cells);
		lcs->cell_capacity = lcs->cells ? cells : 0;
	}
	if (rows && lcs->cells) {
		for (uint32_t i = 0; i < n; i++)
			fill_row(&lcs->a[piece->a + i], lcs->b + piece->b, m, rows, rows + m + 1, lcs->cells + (size_t)i * m);
		trace_back(lcs, piece, n, m);
	} else {
		lcs->failed = true;
	}
	free(rows);
}

/* --- large pieces: cut ------------------------------------------------------------------------------------------------------- */

struct place {
	uint64_t key;
	uint32_t index, side; /* side 0: a, 1: b */
};

struct anchor {
	uint32_t a, b, before; /* before: index of the anchor before it in its chain */
};

static int by_key(const void *x, const void *y)
{
	const struct place *p = x, *q = y;

	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	if (p->side != q->side)
		return p->side < q->side ? -1 : 1;
	return p->index < q->index ? -1 : p->index > q->index;
}

static int by_a(const void *x, const void *y)
{
	const struct anchor *p = x, *q = y;

	return p->a < q->a ? -1 : p->a > q->a;
}

/*
 * Places of all runs of `length` items: the key of a run is made of those of its items. Items of the least weight are passed over: they are
 * what comes in between. `heavy`: scratch for the other ones.
 */
static size_t add_places(struct place *places, const struct rhook_item *items, uint32_t from, uint32_t to, uint32_t length, uint32_t side,
			 uint32_t *heavy)
{
	size_t count = 0, seen = 0;
	uint64_t power = 1, key = 0; /* a sum of key * factor^k, kept while the run moves on */

	for (uint32_t k = 1; k < length; k++)
		power *= RUN_FACTOR;
	for (uint32_t i = from; i < to; i++) {
		if (items[i].weight <= 1)
			continue;
		heavy[seen++] = i;
		if (seen > length)
			key -= items[heavy[seen - 1 - length]].key * power;
		key = key * RUN_FACTOR + items[i].key;
		if (seen >= length)
			places[count++] = (struct place){key, heavy[seen - length], side};
	}
	return count;
}

static size_t sort_places(const struct lcs *lcs, const struct piece *piece, uint32_t length, struct place *places, uint32_t *heavy)
{
	size_t count = add_places(places, lcs->a, piece->a, piece->a_end, length, 0, heavy);

	count += add_places(places + count, lcs->b, piece->b, piece->b_end, length, 1, heavy);
	qsort(places, count, sizeof(*places), by_key);
	return count;
}

/* Pairs of items that occur `low` to `high` times in a and as often in b: the k-th with the k-th. */
static size_t find_anchors(const struct place *places, size_t count, size_t low, size_t high, struct anchor *anchors)
{
	size_t found = 0;

	for (size_t from = 0; from < count;) {
		size_t middle = from, to;

		while (middle < count && places[middle].key == places[from].key && places[middle].side == 0)
			middle++;
		for (to = middle; to < count && places[to].key == places[from].key; to++)
			;
		if (middle - from == to - middle && middle - from >= low && middle - from <= high)
			for (size_t k = 0; k < middle - from; k++)
				anchors[found++] = (struct anchor){.a = places[from + k].index, .b = places[middle + k].index};
		from = to;
	}
	return found;
}

/* The longest run of anchors that increases in both: moved to the front. Returns its length. */
static size_t increasing(struct anchor *anchors, size_t count, uint32_t *tails)
{
	size_t length = 0;
	uint32_t at;

	qsort(anchors, count, sizeof(*anchors), by_a);
	for (size_t i = 0; i < count; i++) {
		size_t low = 0, high = length;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (anchors[tails[middle]].b < anchors[i].b)
				low = middle + 1;
			else
				high = middle;
		}
		anchors[i].before = low ? tails[low - 1] : UNMATCHED;
		tails[low] = (uint32_t)i;
		if (low == length)
			length++;
	}
	at = length ? tails[length - 1] : UNMATCHED;
	for (size_t i = length; i-- > 0;) {
		tails[i] = at;
		at = anchors[at].before;
	}
	for (size_t i = 0; i < length; i++)
		anchors[i] = anchors[tails[i]];
	return length;
}

static void cut_at(struct lcs *lcs, const struct piece *piece, const struct anchor *anchors, size_t count)
{
	struct piece rest = *piece;

	for (size_t i = 0; i < count; i++) {
		lcs->partner[anchors[i].a] = anchors[i].b;
		push_piece(lcs, (struct piece){rest.a, anchors[i].a, rest.b, anchors[i].b});
		rest.a = anchors[i].a + 1;
		rest.b = anchors[i].b + 1;
	}
	push_piece(lcs, rest);
}

/* Nothing tells where: into eighths, so that the search for anchors is not repeated at every halving. */
static void cut_evenly(struct lcs *lcs, const struct piece *piece)
{
	uint64_t n = piece->a_end - piece->a, m = piece->b_end - piece->b;

	for (uint32_t i = 0; i < 8; i++)
		push_piece(lcs, (struct piece){piece->a + (uint32_t)(n * i / 8), piece->a + (uint32_t)(n * (i + 1) / 8),
					       piece->b + (uint32_t)(m * i / 8), piece->b + (uint32_t)(m * (i + 1) / 8)});
}

static void cut(struct lcs *lcs, const struct piece *piece)
{
	static const uint32_t lengths[] = {1, 24, 6};
	size_t most = (size_t)(piece->a_end - piece->a) + (piece->b_end - piece->b), found = 0;
	struct place *places = malloc(most * sizeof(*places));
	struct anchor *anchors = malloc(most * sizeof(*anchors));
	uint32_t *tails = malloc(most * sizeof(*tails));

	if (places && anchors && tails) {
		for (size_t i = 0; !found && i < sizeof(lengths) / sizeof(*lengths); i++)
			found = find_anchors(places, sort_places(lcs, piece, lengths[i], places, tails), 1, 1, anchors);
		if (!found)
			found = find_anchors(places, sort_places(lcs, piece, 1, places, tails), 2, MAX_REPEAT, anchors);
		if (found)
			cut_at(lcs, piece, anchors, increasing(anchors, found, tails));
		else
			cut_evenly(lcs, piece);
	} else {
		lcs->failed = true;
	}
	free(tails);
	free(anchors);
	free(places);
}

/* Equal ends need no search. */
static void trim(struct lcs *lcs, struct piece *piece)
{
	while (piece->a < piece->a_end && piece->b < piece->b_end && lcs->a[piece->a].key == lcs->b[piece->b].key)
		lcs->partner[piece->a++] = piece->b++;
	while (piece->a < piece->a_end && piece->b < piece->b_end && lcs->a[piece->a_end - 1].key == lcs->b[piece->b_end - 1].key)
		lcs->partner[--piece->a_end] = --piece->b_end;
}

bool rhook_lcs(const struct rhook_item *a, uint32_t n, const struct rhook_item *b, uint32_t m, size_t per_item, uint32_t *partner)
{
	struct lcs lcs = {.a = a, .b = b, .partner = partner, .per_item = per_item};

	for (uint32_t i = 0; i < n; i++)
		partner[i] = UNMATCHED;
	push_piece(&lcs, (struct piece){0, n, 0, m});
	while (lcs.piece_count && !lcs.failed) {
		struct piece piece = lcs.pieces[--lcs.piece_count];
		size_t rows = piece.a_end - piece.a, columns = piece.b_end - piece.b, cells = rows * columns;

		if (cells <= MAX_CELLS && cells / (rows + columns) <= lcs.per_item) {
			align_table(&lcs, &piece);
			continue;
		}
		trim(&lcs, &piece);
		if (piece.a_end - piece.a == rows)
			cut(&lcs, &piece);
		else
			push_piece(&lcs, piece);
	}
	free(lcs.pieces);
	free(lcs.cells);
	return !lcs.failed;
}
