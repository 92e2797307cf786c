#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rhook_internal.h"
#include "rhook_lcs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FNS = 8 };

/* A function of the Rust text from the first `start` behind the start of the function before it, to the first `end` behind that. */
struct place {
	const char *name;
	enum rhook_fn_kind kind;
	const char *start, *end;
};

/* Rust as ruchy 4.2.1 prints it. `lines`: for each Rust line the .ruchy line of its first byte of code. */
static const struct {
	const char *title, *ruchy, *rust;
	struct place places[FNS];
	const char *lines, *fns, *inlined;
} cases[] = {
    {
	"nested blocks for let, folded into the line before",
	"fun add(a: i32, b: i32) -> i32 {\n    a + b\n}\nfun main() {\n    let x = add(1_000, 2)\n    let y = x * 2.50\n    println(f\"sum "
	"{x} and {y}\")\n}\n",
	"fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\nfn main() {\n    {\n        let x = add(1000, 2);\n        {\n            let y = "
	"x * 2.5f64;\n"
	"            println!(\"sum {} and {}\", x, y)\n        }\n    }\n}\n",
	{{"add", RHOOK_FN, "fn add", "\n}"}, {"main", RHOOK_FN, "fn main", "\n}\n"}},
	"1 2 1 4 5 5 6 6 7 7 7 4",
	"add 1-3;main 4-8;",
	"",
    },
    {
	"an object literal: generated lines belong to the statement that holds them",
	"fun main() {\n    let p = {\n        x: 3.0,\n        y: 4\n    }\n    show(p)\n}\n",
	"fn main() {\n    {\n        let p = {\n            let mut map: std::collections::BTreeMap<String, String> = "
	"std::collections::BTreeMap::new();\n"
	"            map.insert(\"x\".to_string(), (3f64).to_string());\n            map.insert(\"y\".to_string(), (4).to_string());\n"
	"            map\n        };\n        show(p)\n    }\n}\n",
	{{"main", RHOOK_FN, "fn main", "\n}\n"}},
	"1 2 2 2 3 4 2 2 6 6 1",
	"main 1-7;",
	"",
    },
    {
	"else if becomes nested; the same statement in every branch",
	"fun f(c) {\n    if c == \"+\" {\n        n = n + 1\n    } else if c == \"-\" {\n        n = n + 1\n    } else {\n        n = n + "
	"1\n    }\n    n\n}\n",
	"fn f(c: &str) -> i32 {\n    if c == \"+\" {\n        n = n + 1\n    } else {\n        if c == \"-\" {\n            n = n + 1\n    "
	"    } else {\n"
	"            n = n + 1\n        }\n    }\n    n\n}\n",
	{{"f", RHOOK_FN, "fn f", "\n}\n"}},
	"1 2 3 4 4 5 4 7 4 4 9 1",
	"f 1-10;",
	"",
    },
    {
	"a whole main in the token tree of one println!, with a function in it",
	"fun main() {\n    let mut n = 0\n    fun twice(k) { k * 2 }\n    while n < 10 {\n        n = twice(n) + 1\n    }\n}\n",
	"fn main() {\n    println!(\n        \"{:?}\", { let mut n = 0; fn twice(k : i32) -> i32 { k * 2 }\n        while n < 10 { {\n     "
	"   n = twice(n) + 1; } } }\n    );\n}\n",
	{{"main", RHOOK_FN, "fn main", "\n}\n"}, {"main::twice", RHOOK_FN, "fn twice", "}"}},
	"1 2 2 4 5 2 1",
	"main 1-7;main::twice 3-3;",
	"",
    },
    {
	"top-level statements make main, which goes last",
	"let a = 5\nfun sq(x) { x * x }\nprintln(sq(a))\n",
	"fn sq(x: i32) -> i32 {\n    x * x\n}\nfn main() {\n    let a = 5;\n    println!(\"{:?}\", sq(a));\n}\n",
	{{"sq", RHOOK_FN, "fn sq", "\n}"}, {"main", RHOOK_FN, "fn main", "\n}\n"}},
	"2 2 2 1 1 3 1",
	"sq 2-2;main 1-3;",
	"",
    },
    {
	"main beside top-level statements is renamed",
	"fun main() {\n    println(\"m\")\n}\nlet z = 4\nprintln(f\"top {z}\")\n",
	"fn __ruchy_main() {\n    { println!(\"m\") }\n}\nfn main() {\n    let z = 4;\n    println!(\"top {}\", z);\n    "
	"__ruchy_main();\n}\n",
	{{"__ruchy_main", RHOOK_FN, "fn __ruchy_main", "\n}"}, {"main", RHOOK_FN, "fn main", "\n}\n"}},
	"1 2 1 4 4 5 5 4",
	"main 1-3;main 4-5;",
	"",
    },
    {
	"a class, its constructor, an operator; types inside a function have its path in Rust",
	"class P {\n    x: i32\n    init(x: i32) { self.x = x }\n    operator+(self, o: P) -> P { P::new(self.x + o.x) }\n    fun "
	"get(self) -> i32 { self.x }\n}\n",
	"struct P {\n    x: i32,\n}\nimpl P {\n    fn new(x: i32) -> Self {\n        Self { x: x }\n    }\n    fn op_add(&self, o: P) -> P "
	"{\n"
	"        { P::new(self.x + o.x) }\n    }\n    fn get(self) -> i32 {\n        { self.x }\n    }\n}\n",
	{{"main::P::new", RHOOK_METHOD, "fn new", "\n    }"},
	 {"main::P::op_add", RHOOK_METHOD, "fn op_add", "\n    }"},
	 {"main::P::get", RHOOK_METHOD, "fn get", "\n    }"}},
	"1 2 1 1 3 3 3 4 4 4 5 5 5 1",
	"P::init 3-3;P::operator+ 4-4;P::get 5-5;",
	"",
    },
    {
	"handlers of an actor become one function; its constructor is generated",
	"actor C {\n    n: i32 = 0\n    receive Inc => {\n        self.n = self.n + 1\n    }\n    receive Get => {\n        self.n\n    "
	"}\n}\n",
	"struct C {\n    n: i32,\n}\nimpl C {\n    fn new() -> Self {\n        Self { n: Default::default() }\n    }\n    fn "
	"handle_message(&mut self, msg: CMessage) {\n"
	"        match msg {\n            CMessage::Inc => self.n = self.n + 1,\n            CMessage::Get => self.n,\n        }\n    "
	"}\n}\n",
	{{"C::new", RHOOK_METHOD, "fn new", "\n    }"}, {"C::handle_message", RHOOK_METHOD, "fn handle_message", "\n    }"}},
	"1 2 1 1 0 0 0 3 3 3 6 7 3 1",
	"C::new -;C::receive 3-8;",
	"",
    },
    {
	"a pipeline is turned inside out; closures are told by what they hold, and generated ones are none of the user's",
	"fun main() {\n    let r = v\n        |> filter(x => x > 10)\n        |> map(y => y * 3)\n    done(r)\n}\n",
	"fn main() {\n    {\n        let r = map(\n            filter(v, |__x| { let f = move |x| x > 10; f(*__x) }),\n            move "
	"|y| y * 3,\n        );\n        done(r)\n    }\n}\n",
	{{"main", RHOOK_FN, "fn main", "\n}\n"},
	 {"main::{closure}", RHOOK_CLOSURE, "|__x|", "}"},
	 {"main::{closure}::{closure}", RHOOK_CLOSURE, "move |x|", "10"},
	 {"main::{closure#2}", RHOOK_CLOSURE, "move |y|", "3"}},
	"1 2 2 3 4 4 5 5 1",
	"main 1-6;main::{closure} -;main::{closure} 3-3;main::{closure#2} 4-4;",
	"",
    },
    {
	"a function that is inlined away",
	"fun half(x) { x / 2 }\nfun main() {\n    let y = half(9)\n    println(y)\n}\n",
	"fn main() {\n    {\n        let y = 9 / 2;\n        println!(\"{:?}\", y)\n    }\n}\n",
	{{"main", RHOOK_FN, "fn main", "\n}\n"}},
	"2 3 3 4 4 2",
	"main 2-5;",
	"half 1-1;",
    },
    {
	"a helper of the transpiler has no place, even with the name of a user's function in another module",
	"fun sleep(n) {\n    n\n}\nfun main() {\n    sleep(3)\n}\n",
	"mod time {\n    pub fn sleep(n: u64) {\n        std::thread::sleep(n);\n    }\n}\nfn sleep(n: i32) -> i32 {\n    n\n}\nfn main() "
	"{\n    sleep(3)\n}\n",
	{{"time::sleep", RHOOK_FN, "fn sleep", "\n    }"},
	 {"sleep", RHOOK_FN, "fn sleep(n: i32)", "\n}"},
	 {"main", RHOOK_FN, "fn main", "\n}\n"}},
	"0 0 0 0 0 1 2 1 4 5 4",
	"time::sleep -;sleep 1-3;main 4-6;",
	"",
    },
};

static size_t make_fns(const char *rust, const struct place *places, struct rhook_fn *fns)
{
	const char *from = rust;
	size_t count = 0;

	for (; count < FNS && places[count].name; count++) {
		const char *start = strstr(from, places[count].start), *end;

		assert_non_null(start);
		end = strstr(start + strlen(places[count].start), places[count].end);
		assert_non_null(end);
		end += strlen(places[count].end);
		fns[count] = (struct rhook_fn){.name = (char *)places[count].name,
					       .kind = places[count].kind,
					       .parent = -1,
					       .start = (uint32_t)(start - rust),
					       .end = (uint32_t)(end - rust),
					       .body_start = (uint32_t)(start - rust),
					       .body_end = (uint32_t)(end - rust)};
		from = start + 1;
	}
	return count;
}

static void describe_lines(const struct rhook_align *align, const char *rust, char *out, size_t size)
{
	size_t used = 0;

	for (const char *row = rust; *row; row = strchr(row, '\n') + 1)
		used += (size_t)snprintf(out + used, size - used, "%s%u", row == rust ? "" : " ",
					 rhook_align_line(align, (uint32_t)(row - rust + (long)strspn(row, " "))));
}

static void describe_fns(const struct rhook_align *align, size_t count, char *out, size_t size)
{
	size_t used = 0;
	uint32_t from, to;
	const char *name;

	for (size_t i = 0; i < count; i++) {
		if (rhook_align_fn(align, i, &name, &from, &to))
			used += (size_t)snprintf(out + used, size - used, "%s %u-%u;", name, from, to);
		else
			used += (size_t)snprintf(out + used, size - used, "%s -;", name);
	}
}

static void describe_inlined(const struct rhook_align *align, char *out, size_t size)
{
	size_t used = 0;
	uint32_t from, to;
	const char *name;

	for (size_t i = 0; rhook_align_inlined(align, i, &name, &from, &to); i++)
		used += (size_t)snprintf(out + used, size - used, "%s %u-%u;", name, from, to);
}

static void lines_and_functions_are_right(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rhook_text ruchy = {.data = cases[i].ruchy, .size = strlen(cases[i].ruchy)};
		struct rhook_text rust = {.data = cases[i].rust, .size = strlen(cases[i].rust)};
		char lines[512] = "", functions[512] = "", inlined[512] = "";
		struct rhook_fn fns[FNS];
		size_t count = make_fns(cases[i].rust, cases[i].places, fns);
		struct rhook_align *align = rhook_align_new(&ruchy, &rust, NULL, fns, count);

		assert_non_null(align);
		describe_lines(align, cases[i].rust, lines, sizeof(lines));
		describe_fns(align, count, functions, sizeof(functions));
		describe_inlined(align, inlined, sizeof(inlined));
		rhook_align_free(align);
		if (strcmp(lines, cases[i].lines) == 0 && strcmp(functions, cases[i].fns) == 0 && strcmp(inlined, cases[i].inlined) == 0)
			continue;
		failed++;
		print_error("%s:\n  lines %s\n     is %s\n  functions %s\n         is %s\n  inlined %s\n       is %s\n", cases[i].title,
			    cases[i].lines, lines, cases[i].fns, functions, cases[i].inlined, inlined);
	}
	assert_int_equal(failed, 0);
}

static void without_ruchy_every_line_is_its_own(void **state)
{
	static const char text[] = "fn main() {\n\n    f();\n}";
	struct rhook_text ruchy = {0}, rust = {.data = text, .size = strlen(text)};
	struct rhook_fn fn = {.name = (char *)"main", .parent = -1, .end = sizeof(text) - 1, .last_row = 3};
	struct rhook_align *align = rhook_align_new(&ruchy, &rust, NULL, &fn, 1);
	struct rhook_pair pair;
	uint32_t from, to;
	const char *name;

	(void)state;
	assert_non_null(align);
	for (uint32_t byte = 0, line = 1; byte < sizeof(text) - 1; line += text[byte++] == '\n')
		assert_int_equal(rhook_align_line(align, byte), line);
	assert_true(rhook_align_fn(align, 0, &name, &from, &to));
	assert_string_equal(name, "main");
	assert_int_equal(from, 1);
	assert_int_equal(to, 4);
	assert_false(rhook_align_inlined(align, 0, &name, &from, &to));
	assert_true(rhook_align_pair(align, 3, &pair));
	assert_int_equal(pair.ruchy_row, 3);
	assert_false(rhook_align_pair(align, 4, &pair));
	rhook_align_free(align);
}

static void empty_texts_are_fine(void **state)
{
	struct rhook_text none = {.data = "", .size = 0}, some = {.data = "fun f() { 1 }", .size = 13};
	struct rhook_align *align = rhook_align_new(&none, &none, NULL, NULL, 0);
	uint32_t from, to;
	const char *name;

	(void)state;
	assert_non_null(align);
	assert_int_equal(rhook_align_line(align, 0), 0);
	rhook_align_free(align);
	align = rhook_align_new(&some, &none, NULL, NULL, 0);
	assert_non_null(align);
	assert_true(rhook_align_inlined(align, 0, &name, &from, &to));
	assert_string_equal(name, "f");
	rhook_align_free(align);
}

/* --- large programs ------------------------------------------------------------------------------------------------------------- */

enum { LINES = 50000 };

static unsigned next_random(unsigned *state)
{
	return *state = *state * 1103515245u + 12345u, *state >> 16;
}

/* A body of statements of few kinds, so that hardly a word occurs once; Rust adds blocks and clones. rows[i]: Rust row of Ruchy line i + 2.
 */
static void make_large(struct rhook_buf *ruchy, struct rhook_buf *rust, uint32_t *rows)
{
	unsigned state = 1;
	uint32_t row = 1;

	rhook_buf_puts(ruchy, "fun main() {\n");
	rhook_buf_puts(rust, "fn main() {\n");
	for (uint32_t i = 0; i < LINES; i++) {
		char name = (char)('a' + next_random(&state) % 6);

		switch (next_random(&state) % 3) {
		case 0:
			rhook_buf_printf(ruchy, "    %c = %c + 1\n", name, name);
			rhook_buf_printf(rust, "    %c = %c + 1;\n", name, name);
			break;
		case 1:
			rhook_buf_printf(ruchy, "    total = total * %c\n", name);
			rhook_buf_printf(rust, "    {\n        total = (total).clone() * %c.clone();\n    }\n", name);
			row++;
			break;
		default:
			rhook_buf_printf(ruchy, "    println(f\"{%c} is it\")\n", name);
			rhook_buf_printf(rust, "    println!(\"{} is it\", %c);\n", name);
		}
		rows[i] = row++;
		if (rust->data[rust->size - 2] == '}')
			row++;
	}
	rhook_buf_puts(ruchy, "}\n");
	rhook_buf_puts(rust, "}\n");
}

static void large_bodies_align_in_seconds(void **state)
{
	struct rhook_buf ruchy = {0}, rust = {0};
	uint32_t *rows = calloc(LINES, sizeof(*rows)), row = 0, line = 0, wrong = 0;
	struct rhook_fn fn = {.name = (char *)"main", .parent = -1};
	struct rhook_align *align;
	clock_t start;

	(void)state;
	assert_non_null(rows);
	make_large(&ruchy, &rust, rows);
	fn.end = (uint32_t)rust.size;
	start = clock();
	align = rhook_align_new(&(struct rhook_text){.data = ruchy.data, .size = ruchy.size},
				&(struct rhook_text){.data = rust.data, .size = rust.size}, NULL, &fn, 1);
	assert_non_null(align);
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC <
		    20.0); /* a guard against quadratic time: sanitizers and slow machines included */
	for (uint32_t byte = 0; byte < rust.size && line < LINES; byte++) {
		if (byte && rust.data[byte - 1] == '\n')
			row++;
		if (row == rows[line] && rust.data[byte] != ' ')
			wrong += rhook_align_line(align, byte) != line++ + 2;
	}
	assert_int_equal(line, LINES);
	if (wrong >= LINES / 100)
		print_error("%u of %d lines are wrong\n", wrong, LINES);
	assert_true(wrong < LINES / 100);
	rhook_align_free(align);
	rhook_buf_free(&ruchy);
	rhook_buf_free(&rust);
	free(rows);
}

/* --- longest common subsequence ------------------------------------------------------------------------------------------------ */

static size_t reference_length(const struct rhook_item *a, size_t n, const struct rhook_item *b, size_t m)
{
	size_t best[65][65] = {0};

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			best[i][j] = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
			if (a[i - 1].key == b[j - 1].key && best[i - 1][j - 1] + 1 > best[i][j])
				best[i][j] = best[i - 1][j - 1] + 1;
		}
	return best[n][m];
}

/* With heavy items the neighbours' bonus cannot outweigh a match, so the length must be that of the plain algorithm. */
static void subsequence_is_common_and_longest(void **state)
{
	unsigned random = 7;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct rhook_item a[64], b[64];
		uint32_t n = next_random(&random) % 64, m = next_random(&random) % 64, kinds = 1 + next_random(&random) % 12, partner[64],
			 matched = 0, last = 0;

		for (uint32_t i = 0; i < n; i++)
			a[i] = (struct rhook_item){1 + next_random(&random) % kinds, i, 1000};
		for (uint32_t i = 0; i < m; i++)
			b[i] = (struct rhook_item){1 + next_random(&random) % kinds, i, 1000};
		assert_true(rhook_lcs(a, n, b, m, round % 2 ? 1000 : 4, partner));
		for (uint32_t i = 0; i < n; i++) {
			if (partner[i] == UINT32_MAX)
				continue;
			assert_true(partner[i] < m && a[i].key == b[partner[i]].key);
			assert_true(matched == 0 || partner[i] > last);
			last = partner[i];
			matched++;
		}
		if (round % 2)
			assert_int_equal(matched, reference_length(a, n, b, m));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_and_functions_are_right),
	    cmocka_unit_test(without_ruchy_every_line_is_its_own),
	    cmocka_unit_test(empty_texts_are_fine),
	    cmocka_unit_test(large_bodies_align_in_seconds),
	    cmocka_unit_test(subsequence_is_common_and_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
