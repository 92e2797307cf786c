#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook_internal.h"
#include "rhook_lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tokens, as text; a string's words are in quotes. */
static const struct {
	const char *text, *tokens;
} lexing[] = {
    {"", ""},
    {"let x = 1_000", "let x = 1_000"},
    {"a // b\nc # d\ne /* f /* g */ h */ i", "a c e i"},
    {"#!/usr/bin/env ruchy\nx", "x"},
    {"#[test] f", "#[ test ] f"},
    {"0..10 0..=n 1.5 1e-3 t.0.1 3.max(2)", "0 .. 10 0 ..= n 1.5 1e-3 t . 0 . 1 3 . max ( 2 )"},
    {"\"two words, \\n\\\"q\\\" {x}\"", "'two' 'words' ',' 'q' 'x'"},
    {"f\"sum {a + b} of {v[0]:.2}\"", "'sum' a + b 'of' v [ 0 ] : . 2"},
    {"f\"{{not}} {x}\"", "'not' x"},
    {"f\"{s(\\\"in\\\")}\"", "s ( in )"},
    {"\"\" \" \"", "'\"\"' '\" \"'"},
    {"r\"a\\n\" r#\"say \"hi\"\"# b", "'a' 'n' 'say' 'hi' b"},
    {"'x' '\\n' 'abc' 'a: loop", "''x'' ''\\n'' 'abc' 'a : loop"},
    {"x |> f(y => y ** 2) ?? z?.w", "x |> f ( y => y ** 2 ) ?? z ?. w"},
    {"\"open", "'open'"},
    {"f\"open {x", "'open' x"},
    {"r#\"open", "'open'"},
    {"/* open", ""},
};

static void tokens_are_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lexing) / sizeof(*lexing); i++) {
		struct rhook_token *tokens = NULL;
		size_t count = 0, used = 0;
		char text[512] = "";

		assert_true(rhook_lex(lexing[i].text, strlen(lexing[i].text), RHOOK_RUCHY, &tokens, &count));
		for (size_t k = 0; k < count; k++) {
			const char *quote = tokens[k].kind == RHOOK_STRING ? "'" : "";

			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%.*s%s", k ? " " : "", quote, (int)tokens[k].size,
						 lexing[i].text + tokens[k].start, quote);
		}
		free(tokens);
		assert_string_equal(text, lexing[i].tokens);
	}
}

static void places_are_right(void **state)
{
	static const char text[] = "a\n  \"b\n c\" d\n\n/*\n*/ e";
	static const struct {
		uint32_t line, column;
	} places[] = {{1, 0}, {2, 3}, {3, 1}, {3, 4}, {6, 3}};
	struct rhook_token *tokens = NULL;
	size_t count = 0;

	(void)state;
	assert_true(rhook_lex(text, strlen(text), RHOOK_RUCHY, &tokens, &count));
	assert_int_equal(count, 5);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(tokens[i].line, places[i].line);
		assert_int_equal(tokens[i].column, places[i].column);
	}
	free(tokens);
}

/* Functions as `kind name from-to`: f, m, c. */
static const struct {
	const char *text, *fns;
} outlines[] = {
    {"", ""},
    {"fun f(x) { x }\nfn g() -> i32 {\n 1\n}", "f f 1-1;f g 2-4;"},
    {"println(1)\nlet x = 2\n\nfun f() { 3 }\nprintln(f())\n", "f main 1-5;f f 4-4;"},
    {"fun f() { 3 }\nf()", "f f 1-1;f main 2-2;"},
    {"use std::io\nconst A = 1\nstruct S { x: i32 }\nfun main() {\n f()\n}", "f main 4-6;"},
    {"let a = 1\nfun main() { a }", "f {toplevel} 1-1;f main 2-2;"},
    {"struct P { x: i32 }\nimpl P {\n pub fun new(x: i32) -> P { P { x: x } }\n fun get(&self) -> i32 { self.x }\n}",
     "m P::new 3-3;m P::get 4-4;"},
    {"class C {\n x: i32\n new(x: i32) { self.x = x }\n operator+(self, o: C) -> C { self }\n static fun of() -> C { C::new(1) }\n}",
     "m C::new 3-3;m C::operator+ 4-4;m C::of 5-5;"},
    {"trait T {\n fun a(&self) -> i32\n fun b(&self) -> i32 { 1 }\n}\nimpl<A> T for m::S<A> {\n fun a(&self) -> i32 { 2 }\n}",
     "m T::b 3-3;m S::a 6-6;"},
    {"mod m {\n pub fun f() { 1 }\n mod n { fun g() { 2 } }\n}", "f m::f 2-2;f m::n::g 3-3;"},
    {"fun o() {\n fun i(k) { k }\n struct L { a: i32 }\n impl L { fun z(self) { self.a } }\n i(1)\n}", "f o 1-6;f o::i 2-2;m L::z 4-4;"},
    {"actor A {\n n: i32 = 0\n receive Inc => {\n  self.n += 1\n }\n receive get() -> i32 {\n  self.n\n }\n}", "m A::receive 3-8;"},
    {"actor A {\n receive {\n  Inc => self.n += 1,\n  Dec(k) => self.n -= k\n }\n}", "m A::receive 2-5;"},
    {"fun f(v) {\n let g = |a, b| a + b\n let h = x => x * 2\n v.map((p, q) => { p\n }).fold(0, |s| { s })\n}",
     "f f 1-6;c f::{closure} 2-2;c f::{closure#2} 3-3;c f::{closure#3} 4-5;c f::{closure#4} 5-5;"},
    {"fun f(v) { v |> map(r => r |> filter(x => x > 0)) }", "f f 1-1;c f::{closure} 1-1;c f::{closure}::{closure} 1-1;"},
    {"fun f(x) { match x { 1 | 2 => a, Some(y) => b, n if n > 3 => { c } _ => d || e } }", "f f 1-1;"},
    {"fun f() { spawn(|| work()); let g = fn(x) { x }; g(a || b) }", "f f 1-1;c f::{closure} 1-1;c f::{closure#2} 1-1;"},
    {"fun f(g: fn(i32) -> i32, h: impl Fn(i32)) -> impl Fn(i32) -> i32 {\n g\n}", "f f 1-3;"},
    {"let k = |x: i32| -> i32 { x * 2 }\nlet f = y => y\n  .a()\n  + 1\nprintln(f(1))",
     "f main 1-5;c main::{closure} 1-1;c main::{closure#2} 2-4;"},
    {"println(f\"{v.map(|q| q + 1)}\")", "f main 1-1;c main::{closure} 1-1;"},
    {"fun (", ""},
    {"fun f() { ((( }", "f f 1-1;"},
    {") ] } fun f() { 1 }", "f main 1-1;f f 1-1;"},
    {"fun f() { |x", "f f 1-1;"},
};

static void functions_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(outlines) / sizeof(*outlines); i++) {
		struct rhook_outline outline;
		char text[1024] = "";
		size_t used = 0;

		assert_true(rhook_outline(outlines[i].text, strlen(outlines[i].text), &outline));
		for (size_t k = 0; k < outline.fn_count; k++) {
			const struct rhook_ruchy_fn *fn = &outline.fns[k];

			assert_true(fn->first_token < fn->end_token && fn->end_token <= outline.token_count);
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%c %s %u-%u;", "fmc"[fn->kind], fn -> name, fn -> from,
						 fn -> to);
		}
		rhook_outline_free(&outline);
		assert_string_equal(text, outlines[i].fns);
	}
}

/* Neither nesting nor repetition may take the stack or more than linear time. */
static void hostile_text_is_survived(void **state)
{
	static const char *const pieces[] = {"(",   "{",  "[",	  "|",	"fun f() {", "mod m {", "x=>", "'",
					     "'\\", "r#", "f\"{", "/*", "}",	     "impl<",	"|x|", "match {"};
	size_t size = 400000;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct rhook_outline outline;
		size_t length = strlen(pieces[i]);

		for (size_t at = 0; at < size; at++)
			text[at] = pieces[i][at % length];
		assert_true(rhook_outline(text, size, &outline));
		rhook_outline_free(&outline);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tokens_are_split),
	    cmocka_unit_test(places_are_right),
	    cmocka_unit_test(functions_are_found),
	    cmocka_unit_test(hostile_text_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
