/* Call paths: one order whatever came first, and a bound that does not show in what order files were merged. */
#include "profile.h"
#include "profile_shape.h"
#include "strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Functions a, b, c, ..., each its own line; `order` is the order of their rows. */
static struct profile *program(const char *order)
{
	struct profile *profile = profile_new();

	free(profile->source_hash);
	profile->source_hash = xstrdup("0123456789abcdef0123456789abcdef");
	profile->fn_count = strlen(order);
	profile->fns = xcalloc(profile->fn_count, sizeof *profile->fns);
	for (size_t i = 0; i < profile->fn_count; i++) {
		profile->fns[i].name = xasprintf("%c", order[i]);
		profile->fns[i].from = (uint32_t)(order[i] - 'a' + 1);
	}
	return profile;
}

static uint32_t fn_called(const struct profile *profile, char name)
{
	uint32_t fn = 0;

	while (profile->fns[fn].name[0] != name)
		fn++;
	return fn;
}

/* "main" is a path of functions, outermost first; lines are the depth. */
static void add(struct context_tree *tree, struct profile *profile, const char *path, uint64_t samples)
{
	uint32_t node = 0;

	for (size_t i = 0; path[i]; i++)
		node = context_tree_child(tree, node, fn_called(profile, path[i]), (uint32_t)i);
	tree->rows[node - 1].samples += samples;
	profile->samples += samples;
}

static void store(struct context_tree *tree, struct profile *profile)
{
	struct err err = {0};

	assert_int_equal(context_tree_store(tree, profile, &err), 0);
	assert_int_equal(profile_check(profile, "p", &err), 0);
}

/* "abc 3, ac 1": what the rows say, in their order. */
static char *describe(const struct profile *profile)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < profile->context_count; i++) {
		char path[64];
		size_t at = sizeof path - 1;

		path[at] = '\0';
		for (size_t node = i + 1; node; node = profile->contexts[node - 1].parent)
			path[--at] = profile->fns[profile->contexts[node - 1].fn].name[0];
		strbuf_printf(&out, "%s%s %d", i ? ", " : "", path + at, (int)profile->contexts[i].samples);
	}
	return strbuf_take(&out);
}

static void assert_paths(const struct profile *profile, const char *expected)
{
	char *text = describe(profile);

	assert_string_equal(text, expected);
	free(text);
}

static void test_order(void **state)
{
	static const char *const orders[] = {"abc", "cba", "bca"};

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct profile *profile = program(orders[i]);
		struct context_tree tree = {0};
		struct err err = {0};

		add(&tree, profile, "acb", 1);
		add(&tree, profile, "b", 2);
		add(&tree, profile, "abbb", 3);
		add(&tree, profile, "ac", 4);
		add(&tree, profile, "acb", 5);
		store(&tree, profile);
		assert_int_equal(profile_canonical(profile, &err), 0);
		assert_paths(profile, "a 0, b 2, ab 0, ac 4, abb 0, acb 6, abbb 3");
		/* again, onto what is there */
		context_tree_load(&tree, profile);
		add(&tree, profile, "ab", 7);
		add(&tree, profile, "c", 8);
		store(&tree, profile);
		assert_paths(profile, "a 0, b 2, c 8, ab 7, ac 4, abb 0, acb 6, abbb 3");
		profile_free(profile);
	}
}

static void test_merge(void **state)
{
	struct profile *one = program("cad"), *two = program("ba");
	struct context_tree tree = {0};
	struct err err = {0};

	(void)state;
	add(&tree, one, "aca", 1);
	add(&tree, one, "d", 2);
	store(&tree, one);
	add(&tree, two, "aba", 4);
	add(&tree, two, "ab", 8);
	store(&tree, two);
	assert_int_equal(profile_merge(one, two, &err), 0);
	assert_paths(one, "a 0, d 2, ab 8, ac 0, aba 4, aca 1");
	assert_int_equal(profile_merge(one, two, &err), 0);
	assert_paths(one, "a 0, d 2, ab 16, ac 0, aba 8, aca 1");
	one->contexts[0].samples = two->contexts[0].samples = UINT64_MAX - 100;
	one->samples = two->samples = UINT64_MAX;
	assert_int_equal(profile_check(two, "p", &err), 0);
	assert_int_equal(profile_merge(one, two, &err), -1);
	assert_non_null(strstr(err.what, "passes 64 bits"));
	one->contexts[0].samples = 0;
	assert_paths(one, "a 0, d 2, ab 16, ac 0, aba 8, aca 1");
	err_free(&err);
	profile_free(one);
	profile_free(two);
}

/* Many paths: more than half of what a profile can hold, and others in each part. */
static struct profile *crowd(unsigned part)
{
	struct profile *profile = program("abcdefghij");
	struct context_tree tree = {0};

	for (uint32_t i = 0; i < PROFILE_CONTEXTS_MOST / 2; i++) {
		uint32_t number = i * 7 + part * 3, node = 0;

		for (uint32_t rest = number; rest || !node; rest /= 10)
			node = context_tree_child(&tree, node, rest % 10, part % 2);
		tree.rows[node - 1].samples += i % 5;
		profile->samples += i % 5;
	}
	store(&tree, profile);
	return profile;
}

static void merge(struct profile *into, struct profile *from)
{
	struct err err = {0};

	assert_int_equal(profile_merge(into, from, &err), 0);
	assert_int_equal(profile_check(into, "p", &err), 0);
	profile_free(from);
}

static uint64_t samples_in(const struct profile *profile)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < profile->context_count; i++)
		sum += profile->contexts[i].samples;
	return sum;
}

/* To the last byte of the file. */
static void assert_same(const struct profile *a, const struct profile *b)
{
	struct err err = {0};
	void *x, *y;
	size_t x_size, y_size;

	assert_int_equal(profile_serialise(a, &x, &x_size, &err), 0);
	assert_int_equal(profile_serialise(b, &y, &y_size, &err), 0);
	assert_int_equal(x_size, y_size);
	assert_memory_equal(x, y, x_size);
	free(x);
	free(y);
}

static void test_bound(void **state)
{
	struct profile *left = crowd(0), *right = crowd(2), *odd = crowd(1), *even = crowd(2);

	(void)state;
	/* ((0 1) 2) 3 and (3 2) (1 0) */
	merge(left, odd);
	merge(left, even);
	merge(left, crowd(3));
	odd = crowd(1);
	merge(odd, crowd(0));
	even = crowd(3);
	merge(even, right);
	merge(even, odd);
	assert_int_equal(left->context_count, PROFILE_CONTEXTS_MOST);
	assert_int_equal(samples_in(left), left->samples);
	assert_same(even, left);
	profile_free(left);
	profile_free(even);
}

/* A chain as deep as the table is long. */
static void test_deep(void **state)
{
	struct profile *profile = program("ab");
	struct context_tree tree = {0};
	uint32_t node = 0;

	(void)state;
	for (uint32_t i = 0; i < PROFILE_CONTEXTS_MOST + 1000; i++)
		node = context_tree_child(&tree, node, i % 2, 0);
	tree.rows[node - 1].samples = profile->samples = 5;
	store(&tree, profile);
	assert_int_equal(profile->context_count, PROFILE_CONTEXTS_MOST);
	assert_int_equal(profile->contexts[PROFILE_CONTEXTS_MOST - 1].samples, 5);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_merge),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
