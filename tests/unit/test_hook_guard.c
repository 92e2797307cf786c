/* Before and after: what the counter pass writes into small texts, but for whose allocations are whose (test_hook_owner.c). The prelude is
 * cut off; `R` stands for `crate::__rprof::`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRELUDE "//\n"
/* Before the braces of `fn f(n: i32) -> i32`, recursive. */
#define WAYS_TO_F                                                                                                                          \
	"#[inline(always)] #[allow(dead_code)] fn f(n: i32) -> i32 { let __rprof_a = Rcount(0); __rprof_t_f(n, __rprof_a) } "              \
	"#[inline(always)] fn __rprof_t_f(n: i32, __rprof_a: RAt) -> i32 "                                                                 \
	"{ if __rprof_a.starts(0) { __rprof_c_f(n, __rprof_a) } else { __rprof_b_f(n, __rprof_a) } } "                                     \
	"#[cold] #[inline(never)] fn __rprof_c_f(n: i32, __rprof_a: RAt) -> i32 "                                                          \
	"{ let __rprof_s = __rprof_a.timed(0); __rprof_b_f(n, __rprof_a) } "                                                               \
	"fn __rprof_b_f(n: i32, __rprof_a: RAt) -> i32 "

static const struct {
	const char *name;
	unsigned flags;
	const char *before, *after;
} cases[] = {
    {"in place", 0, "fn main() { println!(\"x\"); }",
     "fn main() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  println!(\"x\"); }"},
    {"tiny has no clock", 0, "fn f(n: i32) -> i32 { n + 1 }", "fn f(n: i32) -> i32 { let __rprof_a = Rcount(0);  n + 1 }"},
    {"one known call", 0, "fn g() { h!() } fn main() { g() }",
     "#[inline(always)] #[allow(dead_code)] fn g() { let __rprof_a = Rcount(0); __rprof_t_g(__rprof_a) } "
     "#[inline(always)] fn __rprof_t_g(__rprof_a: RAt) { if __rprof_a.starts(0) { __rprof_c_g(__rprof_a) } else { __rprof_b_g(__rprof_a) } "
     "} "
     "#[cold] #[inline(never)] fn __rprof_c_g(__rprof_a: RAt) { let __rprof_s = __rprof_a.timed(0); __rprof_b_g(__rprof_a) } "
     "fn __rprof_b_g(__rprof_a: RAt) { h!() } "
     "fn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1);  __rprof_t_g(__rprof_a.call(4)) }"},
    {"brief goes straight to the body", 0, "fn g(v: &mut Vec<u8>) { v.push(1) } fn main() { g(v); }",
     "#[inline(always)] #[allow(dead_code)] fn g(v: &mut Vec<u8>) { let __rprof_a = Rcount(0); __rprof_b_g(v, __rprof_a) } "
     "fn __rprof_b_g(v: &mut Vec<u8>, __rprof_a: RAt) { v.push(1) } "
     "fn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1);  __rprof_b_g(v, __rprof_a.call(4)); }"},
    {"entry only", RHOOK_ENTRY_ONLY, "fn g() { h!() } fn main() { g(); g() }",
     "fn g() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  h!() } "
     "fn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1);  g(); g() }"},
    {"closure without braces", 0, "static F: fn(i32) -> i32 = |x| x.pick();",
     "static F: fn(i32) -> i32 = |x| { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0); x.pick() };"},
    {"const fn left alone", 0, "const fn f() -> u8 { 1 }", "const fn f() -> u8 { 1 }"},
    {"async counts without clock", 0, "async fn f() { g().await }", "async fn f() { Rcount(0);  g().await }"},
    {"inner attribute first", 0, "fn f() {\n#![allow(unused)]\nx!()}",
     "fn f() {\n#![allow(unused)] let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0); \nx!()}"},
    {"assert! prints what it printed", 0, "fn f(n: i32) -> bool { n == 1 } fn main() { assert!(f(1)==true,); }",
     "#[inline(always)] #[allow(dead_code)] fn f(n: i32) -> bool { let __rprof_a = Rcount(0); __rprof_b_f(n, __rprof_a) } "
     "fn __rprof_b_f(n: i32, __rprof_a: RAt) -> bool { n == 1 } "
     "fn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1);  "
     "assert!(!!(__rprof_b_f(1, __rprof_a.call(4))==true) || crate::__rprof::failed(\"assertion failed: f(1) == true\"),); }"},
    {"assert! without calls stays", 0, "fn main() { assert!(a  == b); }",
     "fn main() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  assert!(a  == b); }"},
    {"assert! that can't be printed stays", 0, "fn f() -> bool { x!() } fn main() { assert!({ f() }); }",
     "fn f() -> bool { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  x!() } "
     "fn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1);  assert!({ f() }); }"},
    {"what is denied is allowed", 0, "#![forbid(unsafe_code)]\n#![deny(warnings)]\nfn main() {}",
     "#![allow(unsafe_code)]\n#![allow(warnings)]\nfn main() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0); }"},
    {"also in cfg_attr and around it, but not in texts", 0,
     "#![cfg_attr(all(), forbid(unsafe_code), deny (x))]\n#[doc = \"deny(x)\"]\n#[cfg_attr(a, doc = \"forbid(x)\")]\n#[deny(y)] fn f() {}",
     "#![cfg_attr(all(), allow(unsafe_code), allow (x))]\n#[doc = \"deny(x)\"]\n#[cfg_attr(a, doc = \"forbid(x)\")]\n#[allow(y)] "
     "fn f() { Rcount(0); }"},
    {"new syntax", 0, "unsafe extern \"C\" { safe fn f(); unsafe static X: i32; }\nfn main() { g::<-1>(a - 1, -1); }",
     "unsafe extern \"C\" { safe fn f(); unsafe static X: i32; }\nfn main() { let __rprof_a = Rcount(0); let __rprof_s = "
     "__rprof_a.timed(0);  g::<-1>(a - 1, -1); }"},
    {"an unknown item stays", RHOOK_ENTRY_ONLY, "macro m($x:expr) { f() }\nfn main() { f() }",
     "macro m($x:expr) { f() }\nfn main() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  f() }"},
    {"nothing but a macro that can't be read", 0, "macro_rules! m { ($x:tt) => { m!(@a[$] $x) } }",
     "macro_rules! m { ($x:tt) => { m!(@a[$] $x) } }"},
    {"comments are nothing", 0, "fn f() {/*}*/}// fn g() {\nfn main() {}",
     "fn f() { let __rprof_a = Rcount(0); /*}*/}// fn g() {\nfn main() { let __rprof_a = Rcount(2); let __rprof_s = __rprof_a.timed(1); }"},
    {"shebang", 0, "#!/bin/f {\nfn main() {}", "#!/bin/f {\nfn main() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0); }"},
    {"recursion looks up, guards", 0, "fn f(n: i32) -> i32 { f(n - 1) + f(n) }",
     WAYS_TO_F "{ let mut __rprof_2 = Rhere().block(2); __rprof_b_f(n - 1, __rprof_2.at()) + __rprof_b_f(n, __rprof_2.last()) }"},
    {"sums that wrap need no guard", RHOOK_WRAPPING, "fn f(n: i32) -> i32 { f(n - 1) + f(n) }",
     WAYS_TO_F "{ __rprof_b_f(n - 1, Rhere().call(2)) + __rprof_b_f(n, Rhere()) }"},
    {"division needs it", RHOOK_WRAPPING, "fn f(n: i32) -> i32 { f(1 / n) + f(n) }",
     WAYS_TO_F "{ let mut __rprof_2 = Rhere().block(2); __rprof_b_f(1 / n, __rprof_2.at()) + __rprof_b_f(n, __rprof_2.last()) }"},
    {"recursion that is a loop counts by its parameter", 0, "fn f(n: i32) -> i32 { if n == 0 { 1 } else { f(n - 1) } }",
     WAYS_TO_F "{ if n == 0 { 1 } else { __rprof_b_f(n - 1, __rprof_a.call(2)) } }"},
    {"closure in a chain that ends", 0, "fn f(v: &[u8]) -> u8 { v.iter().map(|x| x + 1).sum() }",
     "fn f(v: &[u8]) -> u8 { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  v.iter().map(|x| { __rprof_a.call(2); x + 1 "
     "}).sum() }"},
    {"closure in a chain that goes on", 0, "fn f(v: V) -> W { v.map(|x| x + 1) }",
     "fn f(v: V) -> W { let __rprof_a = Rcount(0);  v.map(|x| { let __rprof_a = Rcount(2); x + 1 }) }"},
    {"closure for a method of the program", 0, "fn f(v: V) { v.all(|x| x + 1) } impl V { fn all(self, f: F) {} }",
     "fn f(v: V) { let __rprof_a = Rcount(0);  v.all(|x| { let __rprof_a = Rcount(2); x + 1 }) } "
     "impl V { fn all(self, f: F) { let __rprof_a = Rcount(4); } }"},
    {"closure that is only called", 0, "fn f() { let g = |x| x + 1; g(1); }",
     "fn f() { let __rprof_a = Rcount(0);  let g = |x| { __rprof_a.call(2); x + 1 }; g(1); }"},
    {"a trait hands counters over", 0,
     "trait T { fn m(&self, n: i32) -> i32; } impl T for S { fn m(&self, n: i32) -> i32 { n } } fn f<X: T>(x: &X) { x.m(1); }",
     "trait T { fn m(&self, n: i32) -> i32; #[doc(hidden)] #[inline(always)] fn __rprof_b_m(&self, n: i32, __rprof_a: RAt) -> i32 "
     "{ let _ = __rprof_a; <Self as T>::m(self, n, ) }  } "
     "impl T for S { #[inline(always)] fn m(&self, n: i32) -> i32 { <Self as T>::__rprof_b_m(self, n, crate::__rprof::enter()) } "
     "fn __rprof_b_m(&self, n: i32, __rprof_a: RAt) -> i32 { __rprof_a.call(0);  n } } "
     "fn f<X: T>(x: &X) { let __rprof_a = Rcount(2);  x.__rprof_b_m(1, __rprof_a); }"},
    {"a trait that nobody calls through stays", 0, "trait T { fn m(&self); } impl T for S { fn m(&self) { } } fn f(x: S) { x.m(); }",
     "trait T { fn m(&self); } impl T for S { fn m(&self) { let __rprof_a = Rcount(0);  } } fn f(x: S) { let __rprof_a = Rcount(2);  "
     "x.m(); }"},
    {"closure that is handed on", 0, "fn f() { let g = |x| x + 1; g(1); h!(g) }",
     "fn f() { let __rprof_a = Rcount(0); let __rprof_s = __rprof_a.timed(0);  let g = |x| { let __rprof_a = Rcount(2); x + 1 }; g(1); "
     "h!(g) }"},
};

/* `R` back to the module's path. */
static char *spell_out(const char *text)
{
	char *out = malloc(strlen(text) * 17 + 1), *at = out;

	for (; *text; text++) {
		if (*text == 'R' && strchr("Ach", text[1]) && text[1])
			at += sprintf(at, "crate::__rprof::");
		else
			*at++ = *text;
	}
	*at = '\0';
	return out;
}

static void instruments_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rhook_input input = {.rust = {"x.rs", cases[i].before, strlen(cases[i].before)},
					    .prelude = PRELUDE,
					    .flags = cases[i].flags | RHOOK_NO_MEMORY};
		struct rhook_output *output;
		struct rhook_error error;
		char *after = spell_out(cases[i].after);

		print_message("# %s\n", cases[i].name);
		assert_int_equal(rhook_instrument(&input, &output, &error), 0);
		assert_true(output->rust_size >= strlen("\n" PRELUDE));
		output->rust[output->rust_size - strlen("\n" PRELUDE)] = '\0';
		assert_string_equal(output->rust, after);
		free(after);
		rhook_free(output);
	}
}

static const struct {
	const char *text;
	uint32_t line;
	const char *message;
} refused[] = {
    {"fn main() {\n  let = ;\n}\n", 2, "does not parse"},
    {"fn main() {", 1, "does not parse"},
    {"#![no_std]\n  #[panic_handler] fn f(_: &P) -> ! { loop {} }", 2, "panic_handler"},
    {"fn main() {}\nfn __rprof_b_main() {}", 2, "already instrumented"},
    {"fn main() {\n \"a", 2, "a string has no end"},
    {"fn main() {\n r#\"a\"", 2, "a string has no end"},
    {"fn main() {}\n/* /* */", 2, "a comment has no end"},
};

static void refuses_with_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct rhook_input input = {.rust = {"x.rs", refused[i].text, strlen(refused[i].text)}};
		struct rhook_output *output;
		struct rhook_error error;

		assert_int_equal(rhook_instrument(&input, &output, &error), -1);
		assert_null(output);
		assert_int_equal(error.line, refused[i].line);
		assert_non_null(strstr(error.message, refused[i].message));
	}
}

/* `count` times `open`, then `middle`, then `count` times `shut`, inside a function. */
static char *nest(size_t count, const char *open, const char *middle, const char *shut)
{
	char *text = malloc(count * (strlen(open) + strlen(shut)) + strlen(middle) + 64), *at = text;

	at += sprintf(at, "fn f() {}\nfn main() { ");
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, open);
	at = stpcpy(at, middle);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, shut);
	strcpy(at, " }\n");
	return text;
}

static void survives_deep_nesting(void **state)
{
	static const char *const nests[][3] = {{"{", "f()", "}"},  {"(", "f()", ")"},  {"if a { ", "f()", " }"},
					       {"|| ", "f()", ""}, {"g(", "f()", ")"}, {"print!(\"{}\", ", "f()", ");"}};

	(void)state;
	for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
		char *text = nest(10000, nests[i][0], nests[i][1], nests[i][2]);
		struct rhook_input input = {.rust = {"x.rs", text, strlen(text)}};
		struct rhook_output *output;
		struct rhook_error error;

		if (rhook_instrument(&input, &output, &error) == 0)
			assert_true(output->function_count >= 2);
		else
			assert_non_null(strstr(error.message, "does not parse"));
		rhook_free(output);
		free(text);
	}
}

/* What libtree-sitter 0.20.7 can't give up on: too much on its stack at the end of a text that does not parse. */
static void refuses_what_the_parser_can_not_bear(void **state)
{
	static const char *const repeated[] = {"{",    "(",   "[",    "f(",   "if a { ",       "a::<b", "!",
					       "|a| ", "m!(", "a + ", "&",    "else if a {} ", "x! {",	")a::<b]; ",
					       "](",   "\"{", "'{",   "/**/", "//\n"};

	(void)state;
	for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
		char *text = nest(80000, repeated[i], "", "");
		struct rhook_input input = {.rust = {"x.rs", text, strlen(text)}};
		struct rhook_output *output;
		struct rhook_error error;

		text[strlen(text) - 2] = '='; /* not `}` */
		assert_int_equal(rhook_instrument(&input, &output, &error), -1);
		assert_true(strstr(error.message, "does not parse") || strstr(error.message, "too deeply"));
		assert_true(error.line > 0 && error.byte <= strlen(text));
		free(text);
	}
}

static void made_up_closures_get_no_row(void **state)
{
	static const char ruchy[] = "fun f(v: Vec<i32>) -> i32 {\n    v.filter(|n| n > 1).map(|x| x * 7).sum()\n}\n";
	static const char rust[] =
	    "fn f(v: Vec<i32>) -> i32 {\n    v.into_iter().filter(|__x| {\n        let __f = |n| n > 1;\n        __f(*__x)\n"
	    "    }).map(|x| x * 7).sum()\n}\n";
	struct rhook_input input = {.ruchy = {"x.ruchy", ruchy, sizeof ruchy - 1}, .rust = {"x.rs", rust, sizeof rust - 1}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_int_equal(output->function_count, 3);
	assert_string_equal(output->functions[1].name, "f::{closure}");
	assert_int_equal(output->functions[1].rust_from, 3);
	assert_string_equal(output->functions[2].name, "f::{closure#2}");
	assert_non_null(strstr(output->rust, "filter(|__x| {\n"));
	rhook_free(output);
	input.ruchy.data = NULL;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_int_equal(output->function_count, 4);
	rhook_free(output);
}

static void names_are_unique(void **state)
{
	static const char rust[] = "impl From<A> for T { fn from() { || 1; || 2; } }\nimpl From<B> for T { fn from() { || 1; || 2; } }\n";
	static const char *const names[] = {"T::from",	 "T::from::{closure}",	 "T::from::{closure#2}",
					    "T::from#2", "T::from::{closure#3}", "T::from::{closure#2}#2"};
	struct rhook_input input = {.rust = {"x.rs", rust, sizeof rust - 1}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_int_equal(output->function_count, sizeof names / sizeof *names);
	for (size_t i = 0; i < output->function_count; i++)
		assert_string_equal(output->functions[i].name, names[i]);
	rhook_free(output);
}

static void lists_macros_with_closures(void **state)
{
	static const char rust[] = "fn main() {\n dbg!(v.map(|x| x));\n mine!(|| 1);\n dbg!(1);\n assert!(v.all(|x| { x }));\n}\n";
	static const uint32_t lines[] = {2, 3, 5};
	struct rhook_input input = {.rust = {"x.rs", rust, sizeof rust - 1}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_instrument(&input, &output, &error), 0);
	assert_int_equal(output->skip_count, 3);
	for (size_t i = 0; i < output->skip_count; i++)
		assert_int_equal(output->skips[i].rust_line, lines[i]);
	rhook_free(output);
}

static void map_leaves_the_text_alone(void **state)
{
	static const char text[] = "fn f() {\n}\nfn main() {\n f();\n}\n";
	struct rhook_input input = {.rust = {"x.rs", text, strlen(text)}};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	assert_int_equal(rhook_map(&input, &output, &error), 0);
	assert_string_equal(output->rust, text);
	assert_int_equal(output->function_count, 2);
	assert_string_equal(output->functions[1].name, "main");
	assert_int_equal(output->functions[1].rust_from, 3);
	assert_int_equal(output->functions[1].rust_to, 5);
	assert_int_equal(output->line_count, 5);
	assert_int_equal(output->lines[4], 4);
	assert_null(output->map_json);
	rhook_free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(instruments_as_written),	   cmocka_unit_test(refuses_with_a_place),
	    cmocka_unit_test(survives_deep_nesting),	   cmocka_unit_test(refuses_what_the_parser_can_not_bear),
	    cmocka_unit_test(made_up_closures_get_no_row), cmocka_unit_test(names_are_unique),
	    cmocka_unit_test(lists_macros_with_closures),  cmocka_unit_test(map_leaves_the_text_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
