/* Who owns allocations: which functions may allocate, which calls give the account back, and what is left out where nothing is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook.h"
#include "rhook_table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bodies that do not allocate by themselves, and such that may. The other functions are there to be called. */
#define OTHERS                                                                                                                             \
	"fn make() -> Box<i32> { Box::new(1) } fn number(n: i32) -> i32 { n } fn text(s: &str) -> String { s.to_string() } "               \
	"struct P { x: i32 } enum E { One(i32) } "

static const struct {
	const char *text;
	bool allocates;
} bodies[] = {
    {"fn f(n: i32) -> i32 { n }", false},
    {"fn f(n: i32) -> i32 { if n <= 1 { n } else { f(n - 1) + f(n - 2) } }", false},
    {"fn f(a: u64, b: u64) -> u64 { a + b - (a & b) }", false},
    {"fn f(a: i32) -> i32 { let b = a * 2; let c = b + a; c + b }", false},
    {"fn f(v: &[i32]) -> i32 { let mut s = 0; for i in 0..v.len() { s += v[i]; } s }", false},
    {"fn f(v: &[i32]) -> i32 { let mut s = 0; for x in v.iter() { s += 1; } s }", false},
    {"fn f(v: &Vec<i32>) -> i32 { let mut s = 0; for x in v { s += 1; } s }", false},
    {"fn f(v: &Other<i32>) -> i32 { let mut s = 0; for x in v { s += 1; } s }", true},
    {"fn f(v: &Vec<i64>, i: usize) -> i64 { v[i].clone() + v[0] }", false},
    {"fn f(v: &Vec<String>, i: usize) -> String { v[i].clone() }", true},
    {"struct S { v: Vec<char> } impl S { fn f(&self) -> char { self.v[0].clone() } }", false},
    {"struct S { v: Vec<String> } impl S { fn f(&self) -> String { self.v[0].clone() } }", true},
    {"fn f(v: &mut Vec<i64>) -> i64 { v.pop().unwrap() }", false},
    {"#[derive(Clone)] enum O { A(i64), B(usize) } fn f(v: &Vec<O>) { let x = v[0].clone(); }", false},
    {"#[derive(Clone)] enum O { A(i64), B(String) } fn f(v: &Vec<O>) { let x = v[0].clone(); }", true},
    {"enum O { A(i64) } fn f(v: &Vec<O>) { let x = v[0].clone(); }", true},
    {"fn f(s: &str) -> i64 { let mut n = 0; for c in s.chars() { n += c.clone() as i64; } n }", false},
    {"trait T { fn m(&self) -> i64; } fn f<X: T>(x: &X) -> i64 { x.m() + x.m() }", false},
    {"trait T { fn m(&self) -> i64; } fn f(x: &dyn T) -> i64 { x.m() }", false},
    {"trait T { fn m(&self) -> String; } fn f<X: T>(x: &X) -> String { x.m() + \"a\" }", true},
    {"fn f<X: Other>(x: &X) -> i64 { x.m() }", true},
    {"fn f(a: i64, o: Option<String>) -> String { match o { Some(a) => a + \"b\", None => stop() } }", true},
    {"fn f(v: &[i64]) -> i64 { v.iter().map(|x| x + 1).sum() }", false},
    {"fn f(v: &[&str]) -> usize { v.iter().map(String::from).count() }", true},
    {"fn g() -> Result<i64, String> { Ok(1) } fn f() -> Result<i64, String> { Ok(g()? + 1) }", false},
    {"fn g() -> Result<i64, E> { Ok(1) } fn f() -> Result<i64, String> { Ok(g()? + 1) }", true},
    {"fn f(v: &Vec<i32>) -> i32 { let mut s = 0; for x in &v[1..] { s += 1; } s }", false},
    {"fn f(n: i32) -> Option<i32> { Some(n.abs().max(3)) }", false},
    {"fn f(n: i32) -> E { E::One(n) }", false},
    {"fn f(n: i32) -> P { P { x: n } }", false},
    {"fn f(n: f64) -> f64 { f64::max(n, 2.0).sqrt() }", false},
    {"fn f() -> i32 { number(1) + number(2) }", false},
    {"fn f() -> i32 { (number(1) as i32) + 3 }", false},
    {"fn f(a: bool, b: bool) -> bool { a && !b || a == b }", false},
    {"fn f() { make(); }", false},
    {"fn f(s: String, t: &str) -> String { s + t }", true},
    {"fn f(mut s: String, t: &str) { s += t; }", true},
    {"fn f() -> String { text(\"a\") + \"b\" }", true},
    {"fn f() -> Box<i32> { Box::new(1) }", true},
    {"fn f() -> Vec<i32> { vec![1] }", true},
    {"fn f() { println!(\"x\"); }", true},
    {"fn f() { mine!(x) }", true},
    {"fn f(s: &str) -> String { s.to_string() }", true},
    {"fn f(r: Result<i32, E>) -> Result<i32, B> { Ok(r?) }", true},
    {"fn f(i: I) { for x in i { } }", true},
    {"fn f(g: fn() -> i32) -> i32 { g() }", true},
    {"async fn f() -> Box<i32> { Box::new(1) }", false},
    {"const fn f() -> u8 { g() }", false},
};

static char *instrument(const char *text, unsigned flags, char **table)
{
	struct rhook_input input = {.rust = {"x.rs", text, strlen(text)}, .flags = flags};
	struct rhook_output *output;
	struct rhook_error error;
	char *rust;

	if (rhook_instrument(&input, &output, &error) != 0)
		fail_msg("%s: %s", text, error.message);
	rust = strdup(output->rust);
	if (table)
		*table = strdup(output->table);
	rhook_free(output);
	return rust;
}

/* Without the prelude. */
static char *program(const char *text, unsigned flags)
{
	char *rust = instrument(text, flags, NULL), *end = strstr(rust, "// The prelude:");

	assert_non_null(end);
	*end = '\0';
	return rust;
}

/* Does a function in front of the others name itself the owner? */
static bool opens(const char *rust)
{
	const char *others = strstr(rust, "fn make()"), *own = strstr(rust, ".own("), *owner = strstr(rust, "owner("),
		   *back = strstr(rust, "back(0, ");

	assert_non_null(others);
	return (own && own < others) || (owner && owner < others) || (back && back < others);
}

static void knows_what_allocates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		char text[1024];
		char *rust;

		snprintf(text, sizeof text, "%s %s", bodies[i].text, OTHERS);
		rust = program(text, 0);
		if (bodies[i].allocates != opens(rust))
			fail_msg("%s: %s", bodies[i].allocates ? "no owner" : "an owner without need", rust);
		free(rust);
	}
}

static const struct {
	const char *before, *part; /* of what comes out */
	bool there;
} calls[] = {
    {"fn f() -> Vec<B> { let b = make(); vec![b] }", "let b = __rprof_b_make(__rprof_a.call(10)); __rprof_a.own(0); vec![b]", true},
    {"fn f() -> Vec<B> { vec![make()] }", "vec![crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() -> Vec<B> { vec![make()] }", "__rprof_a.own(0); vec![", true}, /* its memory is taken first */
    {"fn f() -> Box<B> { Box::new(make()) }", "own(0)", false},		    /* the call says so */
    {"fn f() -> B { g(); make() }", "__rprof_a.own(0); g(); __rprof_b_make(", true},
    {"fn f() -> B { g(); if x { make() } else { match x { _ => unsafe { make() } } } }", "back(", false},
    {"fn f() { make(); g(); }", "__rprof_b_make(__rprof_a.call(10)); __rprof_a.own(0); g();", true},
    {"fn f() { g(); g(); number(1); g(); }", "__rprof_a.own(0); g(); g(); __rprof_b_number(1, __rprof_a.call(10)); g();", true},
    {"fn f() { g(make()); }", " g(crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() { g(h!(), make()); }", "__rprof_a.own(0); g(h!(), crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() { g(x && ready(make())); }", "__rprof_a.own(0); g(x && ready(crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() { a[g()] = make(); }", "__rprof_a.own(0); a[g()] = crate::__rprof::back(0, __rprof_b_make(", true},
    /* branches that need nothing cost nothing */
    {"fn f() { if x { return g(); } }", "if x { __rprof_a.own(0); return g(); }", true},
    {"fn f() { if x { g() } else if y { number(1); } else { g() } }", "{ __rprof_a.own(0); g() } else if y { __rprof_b_number(", true},
    {"fn f() { if g() { } else { h() } }", "__rprof_a.own(0); if g() { } else { h() }", true},
    {"fn f() { if x { } else if g() { } }", "__rprof_a.own(0); if x { } else if g() { }", true},
    {"fn f() { if make() == x { g() } h() }", "if __rprof_b_make(__rprof_a.call(10)) == x { __rprof_a.own(0); g() } __rprof_a.own(0); h()",
     true},
    {"fn f() { g(); if x { make(); } g() }", "__rprof_b_make(__rprof_a.call(10)); } __rprof_a.own(0); g()", true},
    {"fn f() { match x { 1 => g(), _ => number(1) } }", "1 => { __rprof_a.own(0); g() }, _ => __rprof_b_number(", true},
    {"fn f() { match x { 1 if g() => 2, _ => h() } }", "__rprof_a.own(0); match x { 1 if g() => 2, _ => h() }", true},
    {"fn f() { match make() { 1 => g(), _ => 2 } }", "match __rprof_b_make(__rprof_a.call(10)) { 1 => { __rprof_a.own(0); g() }, _ => 2 }",
     true},
    /* loops: once, unless they change the owner */
    {"fn f() { while x { if y { g() } } }", "__rprof_a.own(0); while x { if y { g() } }", true},
    {"fn f() { loop { make(); if y { g() } } }", " loop { __rprof_b_make(__rprof_a.call(10)); if y { __rprof_a.own(0); g() } }", true},
    {"fn f() { while g() { make(); } }", "__rprof_a.own(0); while g() { crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() { for x in it { make(); } }", "__rprof_a.own(0); for x in it { crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() { g(); loop { break make(); } h() }", "} __rprof_a.own(0); h()", true},
    {"fn f() { 'a: { make(); break 'a; } h() }", "__rprof_a.own(0); h()", true},
    {"fn f() { let x = { make(); g() }; }", "let x = { __rprof_b_make(__rprof_a.call(10)); __rprof_a.own(0); g() };", true},
    {"fn f() { #[allow(x)] let y = g(); }", "__rprof_a.own(0); #[allow(x)] let y = g();", true},
    {"fn f() { let x = if a { g() } else { return }; }", "let x = if a { __rprof_a.own(0); g() } else { return };", true},
    {"fn f() { let Some(x) = make() else { return g() }; }", "let Some(x) = crate::__rprof::back(0, __rprof_b_make(", true},
    {"fn f() -> i32 { if x { stop() } else { g() } }", "back(", false},
    {"fn f() -> i32 { via(1); g() }", "__rprof_b_via(1, __rprof_a.call(10)); __rprof_a.own(0); g()", true},
    {"fn f() { g(make().len().go()); }", "g(crate::__rprof::back(0, __rprof_b_make(__rprof_a.call(10))).len().go())", true},
    {"fn f() { let c = || { make(); g() }; g(); }", "__rprof_b_make(__rprof_a.call(12)); __rprof_a.own(1); g() }; __rprof_a.own(0); g();",
     true},
};

static void gives_back(void **state)
{
	static const char others[] = "fn make() -> B { Box::new(1) } fn number(n: i32) -> i32 { n } fn via(n: i32) -> B { make() } "
				     "fn stop() -> ! { panic!() }";

	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		char text[1024];
		char *rust;

		snprintf(text, sizeof text, "%s %s", calls[i].before, others);
		rust = program(text, 0);
		if (calls[i].there != (strstr(rust, calls[i].part) != NULL))
			fail_msg("%s in: %s", calls[i].there ? calls[i].part : "no call that gives back is needed", rust);
		free(rust);
	}
}

static void restores(void **state)
{
	char *rust = program("fn make() -> B { Box::new(1) } fn via() -> B { make() } fn none(n: i32) -> i32 { n } "
			     "fn main() { let a = via; let b = none; via(); none(1); let c = |x| make(); }",
			     0);

	(void)state;
	assert_non_null(strstr(
	    rust, "fn make() -> B { let __rprof_a = crate::__rprof::count(0); let __rprof_m = crate::__rprof::keep(); __rprof_b_make("));
	assert_non_null(strstr(
	    rust, "fn via() -> B { let __rprof_a = crate::__rprof::count(2); let __rprof_m = crate::__rprof::keep(); __rprof_b_via("));
	assert_non_null(strstr(rust, "fn none(n: i32) -> i32 { let __rprof_a = crate::__rprof::count(4); __rprof_b_none("));
	assert_non_null(strstr(rust, "|x| { __rprof_a.call(8); let __rprof_m = crate::__rprof::keep(); __rprof_b_make("));
	free(rust);
	/* The same where every call is counted at the entry. */
	rust = program("fn make() -> B { Box::new(1) } fn main() { make(); g(); }", RHOOK_ENTRY_ONLY);
	assert_non_null(strstr(rust, "fn make() -> B { let __rprof_a = crate::__rprof::count(0); let __rprof_m = crate::__rprof::keep();"));
	assert_null(strstr(rust, "back("));
	free(rust);
}

static const struct {
	const char *text;
	unsigned flags;
	const char *state;
} states[] = {
    {"fn main() { f!() }", 0, "counted"},
    {"fn main() { f!() }", RHOOK_ENTRY_ONLY, "counted"},
    {"fn main() { f!() }", RHOOK_NO_MEMORY, "off"},
    {"#[global_allocator] static A: M = M; fn main() { f!() }", 0, "own"},
    {"#[global_allocator] static A: M = M; fn main() { f!() }", RHOOK_NO_MEMORY, "own"},
    {"mod m { m!{ #[global_allocator] static A: M = M; } } fn main() { f!() }", 0, "own"},
    {"// #[global_allocator]\nfn main() { f!(\"global_allocator\") }", 0, "counted"},
};

static void leaves_the_allocator(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		bool counted = strcmp(states[i].state, "counted") == 0;
		char record[32];
		char *table, *rust = instrument(states[i].text, states[i].flags, &table), *prelude = strstr(rust, "// The prelude:");

		snprintf(record, sizeof record, "\nmemory\t%s\n", states[i].state);
		assert_non_null(strstr(table, record));
		assert_non_null(prelude);
		assert_int_equal(strstr(prelude, "#[global_allocator]") != NULL, counted);
		assert_int_equal(strstr(prelude, "const MEMORY: bool = true;") != NULL, counted);
		assert_int_equal(strstr(prelude, "const MEMORY: bool = false;") != NULL, !counted);
		*prelude = '\0';
		assert_int_equal(strstr(rust, "__rprof_m") != NULL, counted);
		free(rust);
		free(table);
	}
}

/* A deep nest and a long chain of calls take no time that grows with their square, nor stack. */
static void stands_size(void **state)
{
	enum { COUNT = 20000 };
	char *text = malloc(COUNT * 64 + 64), *at = text;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++)
		at += sprintf(at, "fn f%u(a: i32) { f%u(a); g%u() }\n", i, i + 1, i);
	sprintf(at, "fn f%u(a: i32) { Box::new(a); }", COUNT);
	at = program(text, 0);
	assert_non_null(strstr(at, "__rprof_b_f1(a, __rprof_a.call(40002)); __rprof_a.own(0); g0() }"));
	free(at);
	at = text + sprintf(text, "fn f(a: String) -> String { a");
	for (unsigned i = 0; i < COUNT; i++)
		at += sprintf(at, " + b");
	sprintf(at, " }");
	at = program(text, 0);
	assert_non_null(strstr(at, "own(0)"));
	free(at);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_what_allocates), cmocka_unit_test(gives_back),  cmocka_unit_test(restores),
	    cmocka_unit_test(leaves_the_allocator), cmocka_unit_test(stands_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
