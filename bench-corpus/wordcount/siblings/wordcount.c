/* A table of its own, as C has none: open addressing, keys point into the text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 1024

struct slot {
	const char *word;
	size_t size;
	long count;
};

static size_t word(char *to, uint64_t n)
{
	static const char syllables[8][3] = {"ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"};
	size_t size = 0;

	for (; n > 0; n /= 8, size += 2)
		memcpy(to + size, syllables[n % 8], 2);
	return size;
}

static char *make_text(size_t words)
{
	char *text = malloc(words * 16 + 1), *end = text;
	uint64_t state = 1;

	for (size_t i = 0; i < words; i++) {
		state = state * 48271 % 2147483647;
		end += word(end, state % 97 + 1);
		*end++ = ' ';
	}
	*end = '\0';
	return text;
}

static void note(struct slot *seen, const char *at, size_t size)
{
	uint64_t hash = 14695981039346656037u;
	size_t i;

	for (size_t k = 0; k < size; k++)
		hash = (hash ^ (unsigned char)at[k]) * 1099511628211u;
	for (i = hash % SLOTS; seen[i].word && (seen[i].size != size || memcmp(seen[i].word, at, size) != 0);)
		i = (i + 1) % SLOTS;
	seen[i].word = at;
	seen[i].size = size;
	seen[i].count++;
}

static int by_word(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	int order = memcmp(x->word, y->word, x->size < y->size ? x->size : y->size);

	return order ? order : (x->size > y->size) - (x->size < y->size);
}

int main(void)
{
	static struct slot seen[SLOTS];
	char *text = make_text(500000);
	size_t count = 0;

	for (const char *at = text; *at;) {
		size_t size = strcspn(at, " ");

		note(seen, at, size);
		at += size + strspn(at + size, " ");
	}
	for (size_t i = 0; i < SLOTS; i++)
		if (seen[i].word)
			seen[count++] = seen[i];
	qsort(seen, count, sizeof *seen, by_word);
	for (size_t i = 0; i < count; i++)
		printf("%.*s %ld\n", (int)seen[i].size, seen[i].word, seen[i].count);
	free(text);
	return 0;
}
