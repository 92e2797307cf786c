#include "rhook_program.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

bool rhook_grow(struct rhook_program *program, void **array, size_t *capacity, size_t count, size_t element)
{
	size_t wanted;
	void *grown;

	if (count < *capacity)
		return true;
	wanted = *capacity ? *capacity * 2 : 64;
	grown = wanted > SIZE_MAX / 2 / element ? NULL : realloc(*array, wanted * element);
	if (!grown) {
		program->no_memory = true;
		return false;
	}
	*array = grown;
	*capacity = wanted;
	return true;
}

/* Names are not copied: the texts that they point into outlive the table. */
struct entry {
	const char *text;
	size_t size;
	uint32_t id;
};

struct rhook_words {
	struct entry *entries;
	size_t capacity, count;
};

struct rhook_words *rhook_words_new(void)
{
	return calloc(1, sizeof(struct rhook_words));
}

void rhook_words_free(struct rhook_words *words)
{
	if (!words)
		return;
	free(words->entries);
	free(words);
}

size_t rhook_word_count(const struct rhook_words *words)
{
	return words->count;
}

static struct entry *find(struct entry *entries, size_t capacity, const char *text, size_t size)
{
	size_t i = (size_t)XXH3_64bits(text, size) & (capacity - 1);

	while (entries[i].text && (entries[i].size != size || memcmp(entries[i].text, text, size) != 0))
		i = (i + 1) & (capacity - 1);
	return &entries[i];
}

static bool rehash(struct rhook_words *words)
{
	size_t capacity = words->capacity ? words->capacity * 2 : 256;
	struct entry *entries = calloc(capacity, sizeof *entries);

	if (!entries)
		return false;
	for (size_t i = 0; i < words->capacity; i++)
		if (words->entries[i].text)
			*find(entries, capacity, words->entries[i].text, words->entries[i].size) = words->entries[i];
	free(words->entries);
	words->entries = entries;
	words->capacity = capacity;
	return true;
}

uint32_t rhook_word_id(struct rhook_words *words, const char *text, size_t size)
{
	struct entry *entry;

	if ((words->count + 1) * 2 > words->capacity && !rehash(words))
		return RHOOK_NONE;
	entry = find(words->entries, words->capacity, text, size);
	if (!entry->text)
		*entry = (struct entry){text, size, (uint32_t)words->count++};
	return entry->id;
}

static struct rhook_pair_slot *pair_slot(struct rhook_pair_slot *slots, size_t capacity, uint64_t key)
{
	size_t i = (size_t)XXH3_64bits(&key, sizeof key) & (capacity - 1);

	while (slots[i].used && slots[i].key != key)
		i = (i + 1) & (capacity - 1);
	return &slots[i];
}

bool rhook_pairs_put(struct rhook_pairs *pairs, uint32_t a, uint32_t b, uint32_t value)
{
	uint64_t key = (uint64_t)a << 32 | b;
	struct rhook_pair_slot *slot;

	if ((pairs->count + 1) * 2 > pairs->capacity) {
		size_t capacity = pairs->capacity ? pairs->capacity * 2 : 64;
		struct rhook_pair_slot *slots = calloc(capacity, sizeof *slots);
		if (!slots)
			return false;
		for (size_t i = 0; i < pairs->capacity; i++)
			if (pairs->slots[i].used)
				*pair_slot(slots, capacity, pairs->slots[i].key) = pairs->slots[i];
		free(pairs->slots);
		pairs->slots = slots;
		pairs->capacity = capacity;
	}
	slot = pair_slot(pairs->slots, pairs->capacity, key);
	if (!slot->used)
		pairs->count++;
	*slot = (struct rhook_pair_slot){key, value, true};
	return true;
}

uint32_t rhook_pairs_get(const struct rhook_pairs *pairs, uint32_t a, uint32_t b)
{
	struct rhook_pair_slot *slot;

	if (!pairs->capacity)
		return RHOOK_NONE;
	slot = pair_slot(pairs->slots, pairs->capacity, (uint64_t)a << 32 | b);
	return slot->used ? slot->value : RHOOK_NONE;
}

void rhook_pairs_free(struct rhook_pairs *pairs)
{
	free(pairs->slots);
	*pairs = (struct rhook_pairs){0};
}
