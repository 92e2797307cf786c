/*
 * cmocka.h - the part of cmocka that test_runtime.c uses, for targets whose cmocka is not at hand: same names, same meaning, TAP on stdout.
 * Not for other tests: no set-up, no teardown, no mocks. A failed check ends its test, as in cmocka.
 */
#ifndef RPROF_CMOCKA_H
#define RPROF_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*run)(void **state);
};
#define cmocka_unit_test(function)                                                                                                         \
	{                                                                                                                                  \
#function, function                                                                                                        \
	}

static jmp_buf cmocka_failed;

__attribute__((noreturn, format(printf, 3, 4))) static inline void cmocka_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("# %s:%d: ", file, line);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	longjmp(cmocka_failed, 1);
}

#define fail_msg(...) cmocka_fail(__FILE__, __LINE__, __VA_ARGS__)
#define assert_true(c)                                                                                                                     \
	do {                                                                                                                               \
		if (!(c))                                                                                                                  \
			fail_msg("%s", #c);                                                                                                \
	} while (0)
#define assert_non_null(p) assert_true((p) != NULL)
#define assert_int_equal(a, b)                                                                                                             \
	do {                                                                                                                               \
		long long cmocka_a = (long long)(a), cmocka_b = (long long)(b);                                                            \
		if (cmocka_a != cmocka_b)                                                                                                  \
			fail_msg("%s: %lld != %lld", #a, cmocka_a, cmocka_b);                                                              \
	} while (0)
#define assert_string_equal(a, b)                                                                                                          \
	do {                                                                                                                               \
		const char *cmocka_a = (a), *cmocka_b = (b);                                                                               \
		if (strcmp(cmocka_a, cmocka_b) != 0)                                                                                       \
			fail_msg("%s: \"%s\" != \"%s\"", #a, cmocka_a, cmocka_b);                                                          \
	} while (0)

/* setjmp() in a function of its own: no local variable changes between it and the jump. */
static inline int cmocka_passes(const struct CMUnitTest *test)
{
	void *state = NULL;
	if (setjmp(cmocka_failed) != 0)
		return 0;
	test->run(&state);
	return 1;
}

static inline int cmocka_run(const struct CMUnitTest *tests, size_t count)
{
	int failures = 0;
	for (size_t i = 0; i < count; i++) {
		int passed = cmocka_passes(&tests[i]);
		failures += !passed;
		printf("%s %zu - %s\n", passed ? "ok" : "not ok", i + 1, tests[i].name);
		fflush(stdout); /* a child that the next test forks must not print it again */
	}
	printf("1..%zu\n", count);
	return failures;
}
#define cmocka_run_group_tests(tests, set_up, teardown) cmocka_run(tests, sizeof(tests) / sizeof((tests)[0]))

#endif
