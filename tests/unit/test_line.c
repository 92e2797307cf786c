/* Before and after: what counting lines writes into small texts, and which counts need nothing written. `R` stands for `crate::__rprof::`.
 */
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
#define FLAGS	(RHOOK_LINES | RHOOK_NO_MEMORY)

/* The body of a function `g(n: i32)` behind its entry, one row; `records`: its `less` and `line` records, fields separated by blanks. */
static const struct {
	const char *name;
	unsigned flags;
	const char *before, *after, *records;
} cases[] = {
    {"the first place is the calls", FLAGS, "n", "n", "line f0 0 1 1 4;line f0 0 2 2 1;"},
    {"what can't unwind shares a count", FLAGS, "let a = n;\nlet b = a;\nb", "let a = n;\nlet b = a;\nb",
     "line f0 0 1 1 4;line f0 0 2 2 1;line f0 0 3 3 1;line f0 0 4 4 1;"},
    {"a guard notes an unwinding", FLAGS, "let a = n + 1;\na", "let mut __rprof_l2 = Rlines(2); let a = n + 1;\n__rprof_l2.last(); a",
     "less 0 f0 2;line f0 0 1 1 4;line f0 0 2 2 1;line l0 0 3 3 1;"},
    {"three in a row", FLAGS, "x!();\ny!();\nz!()", "x!();\nRline(2); y!();\nRline(4); z!()",
     "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 1;line 4 0 4 4 1;"},
    {"one branch follows from the other", FLAGS, "if n < 2 {\nn\n} else {\n2\n}", "if n < 2 {\nRline(2); n\n} else {\n2\n}",
     "less 0 f0 2;line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 1;line l0 0 5 5 1;"},
    {"what stands behind a return follows from it", FLAGS, "if n < 2 {\nreturn 1;\n}\nn", "if n < 2 {\nRline(2); return 1;\n}\nn",
     "less 0 f0 2;line f0 0 1 1 4;line f0 0 2 2 1;line l0 0 5 5 1;line 2 0 3 3 1;"},
    {"a condition that may unwind tells nothing", FLAGS, "if n + 1 < 2 {\nreturn 1;\n}\nn",
     "if n + 1 < 2 {\nRline(4); return 1;\n}\nRline(2); n", "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 5 5 1;line 4 0 3 3 1;"},
    {"a loop without calls counts in a variable", FLAGS, "for i in 0..n {\nx += i;\n}",
     "{ let mut __rprof_t2 = Rtally(2); for i in 0..n {\n__rprof_t2.hit(); x += i;\n} }",
     "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 1;"},
    {"a loop with calls does not", FLAGS, "for i in 0..n {\nh(i);\n}", "for i in 0..n {\nRline(2); h(i);\n}",
     "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 1;"},
    {"an arm on its own line", FLAGS, "match n {\n1 => 2,\n_ => 3,\n}", "match n {\n1 => { Rline(2); 2 },\n_ => { Rline(4); 3 },\n}",
     "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 6;line 4 0 4 4 6;"},
    {"a branch on the line around it", FLAGS, "if n + 1 < 2 { 1 } else { 2 }", "if n + 1 < 2 { 1 } else { 2 }",
     "line f0 0 1 1 4;line f0 0 2 2 1;"},
    {"attributes stay with their statement", FLAGS, "h(1)?;\n#[cfg(all())]\nlet a = 1;", "h(1)?;\nRline(2); #[cfg(all())]\nlet a = 1;",
     "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 4 4 1;"},
    {"panic=abort: nothing is shared", FLAGS | RHOOK_ABORT, "let a = n + 1;\nfor i in 0..a {\nx += i;\n}",
     "let a = n + 1;\nRline(2); for i in 0..a {\nRline(4); x += i;\n}", "line f0 0 1 1 4;line f0 0 2 2 1;line 2 0 3 3 1;line 4 0 4 4 1;"},
    {"without the option: what is free", RHOOK_NO_MEMORY, "let a = n + 1;\nif n < 2 {\nreturn 1;\n}\na",
     "let a = n + 1;\nif n < 2 {\nreturn 1;\n}\na", "line f0 0 1 1 4;line f0 0 2 2 1;"},
};

/* Blanks for tabs, `;` for line feeds; only lines that begin with `word`. */
static void add_records(char *out, const char *table)
{
	for (const char *line = table; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "less\t", 5) != 0 && strncmp(line, "line\t", 5) != 0)
			continue;
		for (const char *c = line; *c != '\n'; c++)
			*out++ = (char)(*c == '\t' ? ' ' : *c);
		*out++ = ';';
	}
	*out = '\0';
}

static char *spell_out(const char *text)
{
	char *out = malloc(strlen(text) * 17 + 1), *at = out;

	for (; *text; text++) {
		if (*text == 'R' && strchr("lt", text[1]) && text[1])
			at += sprintf(at, "crate::__rprof::");
		else
			*at++ = *text;
	}
	*at = '\0';
	return out;
}

static void counts_lines_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char before[400], records[1000];
		char *after = spell_out(cases[i].after);
		struct rhook_input input = {.prelude = PRELUDE, .flags = cases[i].flags};
		struct rhook_output *output;
		struct rhook_error error;
		const char *body;

		print_message("# %s\n", cases[i].name);
		snprintf(before, sizeof before, "fn g(n: i32) -> i32 {\n%s\n}\n", cases[i].before);
		input.rust = (struct rhook_text){"x.rs", before, strlen(before)};
		assert_int_equal(rhook_instrument(&input, &output, &error), 0);
		output->rust[output->rust_size - strlen("\n}\n" PRELUDE)] = '\0';
		body = strchr(output->rust, '\n');
		assert_non_null(body);
		assert_string_equal(body + 1, after);
		add_records(records, output->table);
		assert_string_equal(records, cases[i].records);
		free(after);
		rhook_free(output);
	}
}

/* However deep, each node is looked at a few times. */
static void survives_deep_nests(void **state)
{
	enum { DEPTH = 2000 };
	static const char open[] = "if a { for i in 0..n { match x { 1 => { ", shut[] = "}}}}";
	size_t size = DEPTH * (sizeof open + sizeof shut) + 100;
	char *text = malloc(size), *at = text;
	struct rhook_input input = {.prelude = PRELUDE, .flags = FLAGS};
	struct rhook_output *output;
	struct rhook_error error;

	(void)state;
	at += sprintf(at, "fn g() {\n");
	for (int i = 0; i < DEPTH; i++)
		at += sprintf(at, "%s", open);
	for (int i = 0; i < DEPTH; i++)
		at += sprintf(at, "%s", shut);
	at += sprintf(at, "}\n");
	input.rust = (struct rhook_text){"x.rs", text, (size_t)(at - text)};
	if (rhook_instrument(&input, &output, &error) == 0) {
		assert_non_null(strstr(output->table, "\nline\t"));
		rhook_free(output);
	} else {
		assert_true(error.message[0] != '\0');
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_lines_as_written),
	    cmocka_unit_test(survives_deep_nests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
