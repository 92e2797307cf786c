/* Parser of the function table: one record a line, the records themselves a table of words and functions. */
#include "raw_table.h"

#include "profdata_file.h"
#include "profile.h"
#include "rhook_table.h"
#include "strbuf.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FIELDS 10

struct field {
	const char *text;
	size_t size;
};

struct parser {
	const char *text;
	const char *line; /* the record's first byte */
	const char *end;  /* of the record */
	const char *name;
	uint64_t offset;
	uint64_t number; /* of the line, from 1 */
	struct err *err;
	struct raw_table *table;
	struct field fields[MOST_FIELDS];
};

static int bad(const struct parser *p, const char *what)
{
	return profdata_error(p->err, p->name, p->offset + (uint64_t)(p->line - p->text), "build the program again",
			      "the function table is corrupt: %s in line %" PRIu64, what, p->number);
}

static bool is_word(const struct field *field, const char *word)
{
	return field->size == strlen(word) && memcmp(field->text, word, field->size) == 0;
}

/* Cut the record into `count` fields; the last takes the rest of the line when `free_text`, else what follows it is ignored. */
static bool split(struct parser *p, size_t count, bool free_text)
{
	const char *at = p->line;

	for (size_t i = 0; i < count; i++) {
		const char *tab = memchr(at, '\t', (size_t)(p->end - at));
		bool last = i + 1 == count;

		if (!tab && !last)
			return false;
		if (!tab || (last && free_text))
			tab = p->end;
		p->fields[i] = (struct field){at, (size_t)(tab - at)};
		at = tab + 1;
	}
	return true;
}

static bool number(const struct field *field, uint32_t *value)
{
	uint64_t sum = 0;

	if (field->size == 0 || field->size > 10)
		return false;
	for (size_t i = 0; i < field->size; i++) {
		if (field->text[i] < '0' || field->text[i] > '9')
			return false;
		sum = sum * 10 + (uint64_t)(field->text[i] - '0');
	}
	*value = (uint32_t)sum;
	return sum < UINT32_MAX; /* the largest is RAW_NO_SLOT and PROFILE_NONE */
}

static bool numbers(struct parser *p, size_t first, size_t count, uint32_t *const values[])
{
	for (size_t i = 0; i < count; i++) {
		if (!number(&p->fields[first + i], values[i]))
			return false;
	}
	return true;
}

static char *unescape(const struct field *field)
{
	return profile_unescape(field->text, field->size);
}

static void use_slots(struct raw_table *table, uint64_t end)
{
	if (end > table->slots)
		table->slots = end;
}

/* Room for one more element behind `count`: doubles at powers of two. */
static void *grow(void *list, size_t count, size_t size)
{
	return (count & (count - 1)) == 0 ? xrealloc(list, count ? count * 2 : 1, size) : list;
}

/* --- one function per record ------------------------------------------------------------------------------------------- */
static int parse_text(struct parser *p, char **hash, char **path)
{
	if (!split(p, 3, true))
		return bad(p, "too few fields");
	if (*hash)
		return bad(p, "second record of its kind");
	if (!is_word(&p->fields[1], "-")) {
		if (p->fields[1].size != 32)
			return bad(p, "hash is not 32 hex digits");
		for (size_t i = 0; i < 32; i++) {
			char c = p->fields[1].text[i];

			if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
				return bad(p, "hash is not 32 hex digits");
		}
		*hash = unescape(&p->fields[1]);
	} else {
		*hash = xstrdup("");
	}
	*path = unescape(&p->fields[2]);
	return 0;
}

static int parse_source(struct parser *p)
{
	return parse_text(p, &p->table->source_hash, &p->table->source_path);
}

static int parse_rust(struct parser *p)
{
	return parse_text(p, &p->table->rust_hash, &p->table->rust_path);
}

static bool fn_kind(const struct field *field, uint32_t *kind)
{
	static const char *const words[] = {[PROFILE_FN] = "fn",
					    [PROFILE_METHOD] = "method",
					    [PROFILE_CLOSURE] = "closure",
					    [PROFILE_INLINED] = "inlined",
					    [PROFILE_SKIPPED] = "skipped"};

	for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (is_word(field, words[i])) {
			*kind = i;
			return true;
		}
	}
	return false;
}

/* Letters that this reader does not know are ignored. */
static uint32_t fn_flags(const struct field *field)
{
	static const char letters[] = {'r', 't', 'a', 'g', 'm', 'p'};
	uint32_t flags = 0;

	for (size_t i = 0; i < field->size; i++) {
		const char *letter = memchr(letters, field->text[i], sizeof letters);

		if (letter)
			flags |= 1u << (letter - letters);
	}
	return flags;
}

static int parse_fn(struct parser *p)
{
	struct raw_fn fn = {.entry = RAW_NO_SLOT};
	uint32_t id;

	if (!split(p, 10, true))
		return bad(p, "too few fields");
	if (!number(&p->fields[1], &id) || id != p->table->fn_count)
		return bad(p, "function number out of sequence");
	if (!is_word(&p->fields[2], "-") && !number(&p->fields[2], &fn.entry))
		return bad(p, "bad counter");
	if (!fn_kind(&p->fields[3], &fn.kind))
		return bad(p, "unknown kind of function");
	fn.flags = fn_flags(&p->fields[4]);
	if (!numbers(p, 5, 4, (uint32_t *const[]){&fn.from, &fn.to, &fn.rust_from, &fn.rust_to}))
		return bad(p, "bad number");
	if (p->fields[9].size == 0)
		return bad(p, "function without a name");
	if (fn.entry != RAW_NO_SLOT)
		use_slots(p->table, (uint64_t)fn.entry + 1);
	fn.name = unescape(&p->fields[9]);
	p->table->fns = grow(p->table->fns, p->table->fn_count, sizeof fn);
	p->table->fns[p->table->fn_count++] = fn;
	return 0;
}

static int parse_block(struct parser *p)
{
	struct raw_block block;

	if (!split(p, 4, false) || !numbers(p, 1, 3, (uint32_t *const[]){&block.slot, &block.fn, &block.calls}) || block.calls == 0)
		return bad(p, "bad block");
	if (block.fn >= p->table->fn_count)
		return bad(p, "block of an unknown function");
	use_slots(p->table, (uint64_t)block.slot + 1 + (block.calls > 1 ? block.calls : 0));
	p->table->blocks = grow(p->table->blocks, p->table->block_count, sizeof block);
	p->table->blocks[p->table->block_count++] = block;
	return 0;
}

/* `block` holds the slot until all records are read. */
static int parse_call(struct parser *p)
{
	struct raw_call call;

	if (!split(p, 5, false) || !numbers(p, 1, 4, (uint32_t *const[]){&call.block, &call.index, &call.callee, &call.line}))
		return bad(p, "bad call");
	if (call.callee >= p->table->fn_count)
		return bad(p, "call of an unknown function");
	p->table->calls = grow(p->table->calls, p->table->call_count, sizeof call);
	p->table->calls[p->table->call_count++] = call;
	return 0;
}

/* "12", "f3" or "l7": only of what was told before. */
static bool count(struct parser *p, size_t field, struct raw_count *count)
{
	struct field digits = p->fields[field];
	char letter = digits.size ? *digits.text : '\0';

	count->kind = letter == 'f' ? RAW_COUNT_CALLS : letter == 'l' ? RAW_COUNT_LESS : RAW_COUNT_SLOT;
	if (count->kind != RAW_COUNT_SLOT) {
		digits.text++;
		digits.size--;
	}
	if (!number(&digits, &count->value))
		return false;
	if (count->kind == RAW_COUNT_SLOT)
		use_slots(p->table, (uint64_t)count->value + 1);
	return count->kind == RAW_COUNT_SLOT || count->value < (count->kind == RAW_COUNT_LESS ? p->table->less_count : p->table->fn_count);
}

static int parse_less(struct parser *p)
{
	struct raw_less less;
	uint32_t id;

	if (!split(p, 4, false) || !number(&p->fields[1], &id) || id != p->table->less_count || !count(p, 2, &less.from) ||
	    !count(p, 3, &less.by))
		return bad(p, "bad count");
	p->table->lesses = grow(p->table->lesses, p->table->less_count, sizeof less);
	p->table->lesses[p->table->less_count++] = less;
	return 0;
}

static int parse_line(struct parser *p)
{
	struct raw_line line;

	if (!split(p, 4, false) || !count(p, 1, &line.count) || !numbers(p, 2, 2, (uint32_t *const[]){&line.fn, &line.line}))
		return bad(p, "bad line");
	if (line.fn >= p->table->fn_count)
		return bad(p, "line of an unknown function");
	p->table->lines = grow(p->table->lines, p->table->line_count, sizeof line);
	p->table->lines[p->table->line_count++] = line;
	return 0;
}

static int parse_copy(struct parser *p)
{
	static const char *const methods[] = {"clone", "to_string", "to_owned", "to_vec"};
	struct raw_copy copy = {0};

	if (!split(p, 4, false) || !numbers(p, 1, 2, (uint32_t *const[]){&copy.fn, &copy.line}))
		return bad(p, "bad copy");
	if (copy.fn >= p->table->fn_count)
		return bad(p, "copy of an unknown function");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		copy.methods |= is_word(&p->fields[3], methods[i]) ? 1u << i : 0;
	p->table->copies = grow(p->table->copies, p->table->copy_count, sizeof copy);
	p->table->copies[p->table->copy_count++] = copy;
	return 0;
}

static int parse_site(struct parser *p)
{
	struct raw_site site;
	uint32_t id;

	if (!split(p, 4, false) || !number(&p->fields[1], &id) || id != p->table->fn_count + p->table->site_count ||
	    !numbers(p, 2, 2, (uint32_t *const[]){&site.fn, &site.line}))
		return bad(p, "bad site");
	if (site.fn >= p->table->fn_count)
		return bad(p, "site of an unknown function");
	p->table->sites = grow(p->table->sites, p->table->site_count, sizeof site);
	p->table->sites[p->table->site_count++] = site;
	return 0;
}

static int parse_skip(struct parser *p)
{
	struct raw_skip skip;

	if (!split(p, 3, true) || !number(&p->fields[1], &skip.rust_line))
		return bad(p, "bad skip");
	skip.reason = unescape(&p->fields[2]);
	p->table->skips = grow(p->table->skips, p->table->skip_count, sizeof skip);
	p->table->skips[p->table->skip_count++] = skip;
	return 0;
}

static int parse_memory(struct parser *p)
{
	static const char *const states[] = {"counted", "own", "off"};

	if (!split(p, 2, false) || p->table->memory)
		return bad(p, "bad memory");
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		if (is_word(&p->fields[1], states[i]))
			p->table->memory = xstrdup(states[i]);
	}
	return p->table->memory ? 0 : bad(p, "bad memory");
}

static const struct record {
	const char *word;
	int (*parse)(struct parser *p);
} records[] = {
    {"source", parse_source}, {"rust", parse_rust}, {"fn", parse_fn},	  {"block", parse_block},
    {"call", parse_call},     {"less", parse_less}, {"line", parse_line}, {"skip", parse_skip},
    {"memory", parse_memory}, {"copy", parse_copy}, {"site", parse_site},
};

static int parse_record(struct parser *p)
{
	if (memchr(p->line, 0, (size_t)(p->end - p->line)))
		return bad(p, "NUL byte");
	split(p, 1, false);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		if (is_word(&p->fields[0], records[i].word))
			return records[i].parse(p);
	}
	return 0;
}

/* --- what only all records together tell --------------------------------------------------------------------------------- */
static int by_slot(const void *a, const void *b)
{
	uint32_t x = ((const struct raw_block *)a)->slot, y = ((const struct raw_block *)b)->slot;

	return x < y ? -1 : x > y;
}

static int by_place(const void *a, const void *b)
{
	const struct raw_call *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int wrong(const struct parser *p, const char *what, uint32_t slot)
{
	return profdata_error(p->err, p->name, p->offset, "build the program again", "the function table is corrupt: %s counter %" PRIu32,
			      what, slot);
}

/* Sort the blocks and see that no counter belongs to two. */
static int link_blocks(const struct parser *p)
{
	struct raw_block *blocks = p->table->blocks;

	if (p->table->block_count)
		qsort(blocks, p->table->block_count, sizeof *blocks, by_slot);
	for (size_t i = 1; i < p->table->block_count; i++) {
		uint32_t calls = blocks[i - 1].calls;

		if ((uint64_t)blocks[i - 1].slot + (calls > 1 ? calls : 0) >= blocks[i].slot)
			return wrong(p, "two blocks use", blocks[i].slot);
	}
	return 0;
}

/* Replace the slot of each call by the index of its block. */
static int link_calls(const struct parser *p)
{
	struct raw_call *calls = p->table->calls;
	size_t block = 0;

	if (p->table->call_count)
		qsort(calls, p->table->call_count, sizeof *calls, by_place);
	for (size_t i = 0; i < p->table->call_count; i++) {
		uint32_t slot = calls[i].block;

		while (block < p->table->block_count && p->table->blocks[block].slot < slot)
			block++;
		if (block == p->table->block_count || p->table->blocks[block].slot != slot)
			return wrong(p, "a call without block at", slot);
		if (calls[i].index >= p->table->blocks[block].calls)
			return wrong(p, "more calls than announced at", slot);
		if (i > 0 && calls[i - 1].block == block && calls[i - 1].index == calls[i].index)
			return wrong(p, "the same call twice at", slot);
		calls[i].block = (uint32_t)block;
	}
	return 0;
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */
static int check_magic(const struct parser *p)
{
	static const char prefix[] = "rprof-table ";
	size_t size = (size_t)(p->end - p->line);

	if (size == strlen(RHOOK_TABLE_MAGIC) && memcmp(p->line, RHOOK_TABLE_MAGIC, size) == 0)
		return 0;
	if (size > strlen(prefix) && memcmp(p->line, prefix, strlen(prefix)) == 0)
		return profdata_error(p->err, p->name, p->offset, "use a newer ruchy-prof",
				      "the function table has another version than this ruchy-prof reads (%s)", RHOOK_TABLE_MAGIC);
	return profdata_error(p->err, p->name, p->offset, NULL, "this is not a function table");
}

static int parse_all(struct parser *p, size_t size)
{
	const char *end = p->text + size;

	for (p->line = p->text; p->line < end; p->line = p->end + 1) {
		p->number++;
		p->end = memchr(p->line, '\n', (size_t)(end - p->line));
		if (!p->end)
			return profdata_error(p->err, p->name, p->offset + size, "build the program again",
					      "the function table is truncated");
		if ((p->number == 1 ? check_magic(p) : parse_record(p)) < 0)
			return -1;
	}
	if (p->number == 0)
		return profdata_error(p->err, p->name, p->offset, "build the program again", "the function table is empty");
	return link_blocks(p) < 0 ? -1 : link_calls(p);
}

static void default_text(char **text)
{
	if (!*text)
		*text = xstrdup("");
}

int raw_table_parse(const char *text, size_t size, const char *name, uint64_t offset, struct raw_table *table, struct err *err)
{
	struct parser parser = {.text = text, .name = name, .offset = offset, .err = err, .table = table};

	*table = (struct raw_table){0};
	if (parse_all(&parser, size) < 0) {
		raw_table_free(table);
		return -1;
	}
	default_text(&table->source_hash);
	default_text(&table->source_path);
	default_text(&table->rust_hash);
	default_text(&table->rust_path);
	default_text(&table->memory);
	return 0;
}

void raw_table_free(struct raw_table *table)
{
	for (size_t i = 0; i < table->fn_count; i++)
		free(table->fns[i].name);
	for (size_t i = 0; i < table->skip_count; i++)
		free(table->skips[i].reason);
	free(table->source_hash);
	free(table->source_path);
	free(table->rust_hash);
	free(table->rust_path);
	free(table->memory);
	free(table->fns);
	free(table->blocks);
	free(table->calls);
	free(table->lesses);
	free(table->lines);
	free(table->copies);
	free(table->sites);
	free(table->skips);
	*table = (struct raw_table){0};
}
