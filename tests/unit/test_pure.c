/* What the function table says of purity, and of copies that the transpiler made. */
#include "rhook.h"
#include "strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pure_case {
	const char *rust; /* of a function `f`, and what it needs */
	bool pure;
};

static const struct pure_case cases[] = {
    {"fn f(n: i32) -> i32 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }", true},
    {"fn f(m: u64, n: u64) -> u64 { match m { 0 => n + 1, _ if n == 0 => f(m - 1, 1), 1 | 2 => 5, 3..=9 => 7, _ => f(m - 1, f(m, n - 1)) } "
     "}",
     true},
    {"fn f(n: i32) -> i32 { let mut s = 0; for i in 0..n { s += i.pow(2) % 7; if s > 9 { continue; } } while s > 100 { s /= 2; } loop { "
     "break; } s }",
     true},
    {"mod m { pub fn g(x: u8) -> u8 { if x > 3 { return x - 1; } x } } fn f(x: u8) -> u8 { m::g(x) + m::g(x) }", true},
    {"struct M; impl M { fn g(x: f64) -> f64 { x * x } } fn f(x: f64) -> f64 { M::g(x).sqrt() as i32 as f64 }", true},
    {"fn f(b: bool, c: char) -> bool { let _ = 1; !b && c > 'a' || -1 < 2 }", true},
    {"fn g(n: i32) -> i32 { println!(\"{}\", n); n } fn f(n: i32) -> i32 { g(n) }", false},
    {"static LIMIT: i32 = 5; fn f(n: i32) -> i32 { n + LIMIT }", false},
    {"static mut N: i32 = 5; fn f(n: i32) -> i32 { unsafe { N += n; N } }", false},
    {"fn f(n: i32) -> i32 { println!(\"{}\", n); n }", false},
    {"fn f(n: i32) -> i32 { let v = vec![n]; v[0] }", false},
    {"fn f(n: &i32) -> i32 { *n }", false},
    {"fn f(n: &str) -> usize { n.len() }", false},
    {"fn f(s: String) -> i32 { 1 }", false},
    {"fn f(n: i32) -> String { String::new() }", false},
    {"fn f(n: i32) { }", false},
    {"fn f() -> i32 { 7 }", false},
    {"fn f(n: i32) -> i32 { let g = |x: i32| x + 1; g(n) }", false},
    {"fn f(n: u64) -> u64 { std::time::Instant::now().elapsed().as_nanos() as u64 + n }", false},
    {"fn f(n: u32) -> u32 { std::process::id() + n }", false},
    {"use std::process::id; fn f(n: u32) -> u32 { id() + n }", false},
    {"struct M(i32); impl M { fn f(&self, n: i32) -> i32 { n } }", false},
    {"trait T { fn f(n: i32) -> i32; } struct M; impl T for M { fn f(n: i32) -> i32 { n } }", false},
    {"fn f<T: Copy>(n: T) -> i32 { 1 }", false},
    {"trait L { fn ln(self) -> i32; } impl L for i32 { fn ln(self) -> i32 { println!(); self } } fn f(n: i32) -> i32 { n.ln() }", false},
    {"extern crate num_traits; use num_traits::*; fn f(n: i32) -> i32 { n.ln() }", false},
    {"async fn f(n: i32) -> i32 { n }", false},
    {"fn f(n: i32) -> i32 { g!(n) } macro_rules! g { ($x:expr) => { $x } }", false},
    {"fn f(g: fn(i32) -> i32, n: i32) -> i32 { g(n) }", false},
    {"fn f(n: i32) -> i32 { let a = [n, 2]; a[0] }", false},
    {"fn f(n: i32) -> i32 { h(n) } fn h(n: i32) -> i32 { f(n) + k(n) } fn k(n: i32) -> i32 { assert!(n > 0); n }", false},
};

/* The flags of the record of `f`, the last part of the name. */
static bool is_pure(const char *table)
{
	for (const char *line = table; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char flags[16], name[64];

		if (sscanf(line, "fn\t%*u\t%*[^\t]\t%*[^\t]\t%15[^\t]\t%*u\t%*u\t%*u\t%*u\t%63[^\n]", flags, name) != 2)
			continue;
		if (strcmp(name, "f") == 0 || strcmp(name, "M::f") == 0)
			return strchr(flags, 'p') != NULL;
	}
	fail_msg("no f in %s", table);
	return false;
}

static void test_pure(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *rust = xasprintf("%s\nfn main() {}\n", cases[i].rust);
		struct rhook_input input = {.rust = {"f.rs", rust, strlen(rust)}};
		struct rhook_output *output;
		struct rhook_error error;

		if (rhook_instrument(&input, &output, &error) < 0)
			fail_msg("%s: %s", cases[i].rust, error.message);
		if (is_pure(output->table) != cases[i].pure)
			fail_msg("%s: %s", cases[i].rust, cases[i].pure ? "is pure" : "is not pure");
		rhook_free(output);
		free(rust);
	}
}

/* A copy is told where the line of Ruchy has no such word, and only there. */
static void test_copies(void **state)
{
	static const char ruchy[] =
	    "fun g(s: String) -> i32 { 1 }\nfun main() {\n    let word = \"abc\"\n    let a = g(word)\n    let b = g(word.clone())\n"
	    "    let clones = g(word)\n}\n";
	static const char rust[] = "fn g(s: String) -> i32 { 1 }\nfn main() {\n    let word = \"abc\";\n    let a = g(word.to_string());\n"
				   "    let b = g(word.clone());\n    let clones = g(word.clone());\n}\n";
	struct rhook_input input = {.ruchy = {"f.ruchy", ruchy, sizeof ruchy - 1}, .rust = {"f.rs", rust, sizeof rust - 1}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_non_null(strstr(output->table, "\ncopy\t1\t4\tto_string\n"));
	assert_null(strstr(output->table, "\ncopy\t1\t5\t"));
	assert_non_null(strstr(output->table, "\ncopy\t1\t6\tclone\n"));
	rhook_free(output);
}

/* What can't be traced is refused with the reason; "*" leaves it out. */
static void test_trace_refusals(void **state)
{
	static const char rust[] = "const fn c() -> i32 { 1 }\nasync fn a() {}\nfn f() -> i32 { c() }\nfn main() { f(); }\n";
	static const struct {
		const char *name, *message;
	} refused[] = {{"c", "c can't be traced: a const fn may run in the compiler"},
		       {"a", "a can't be traced: it is async: a call may go on in another thread"},
		       {"x", "x can't be traced: there is no such function"}};
	struct rhook_input input = {.rust = {"f.rs", rust, sizeof rust - 1}, .trace_count = 1};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		input.trace = &refused[i].name;
		assert_int_equal(rhook_instrument(&input, &output, &error), -1);
		assert_string_equal(error.message, refused[i].message);
		assert_null(output);
	}
	input.trace = (const char *const[]){"*"};
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_non_null(strstr(output->table, "\ntrace\t0\t2\t3\t3\ti32\tf\ntrace\t1\t3\t4\t4\t-\tmain\n"));
	assert_non_null(strstr(output->rust, "const fn c() -> i32 { 1 }\nasync fn a() {}\nfn f() -> i32 { let __rprof_t = "));
	rhook_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pure),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_trace_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
