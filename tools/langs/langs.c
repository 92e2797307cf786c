/* langs.c - a language is a row. Commands are what its users type for a release, no more: flags that fit one program are a contest of their
 * own. */
#include "langs.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const c_depends[] = {"#include \"", "#include\"", "# include \"", "#embed", NULL};
static const char *const go_depends[] = {"go:embed", "import \"C\"", NULL};
/* It would put __pycache__ beside the user's files. */
static const char *const python_variables[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};

/* Go's tool leaves tests, other systems' files and hidden ones out, and takes a dash for an option. */
static bool go_takes(const char *name)
{
	static const char *const left_out[] = {"_test", "_windows", "_darwin", "_arm64", "_js", "_wasm"};

	if (!isalnum((unsigned char)*name))
		return false;
	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
		if (strstr(name, left_out[i]))
			return false;
	}
	return true;
}

const struct lang langs[] = {
    {.name = "Ruchy",
     .words = "ruchy",
     .suffixes = "ruchy",
     .kind = LANG_RUCHY,
     .tools = "rustc",
     .version = "--version",
     .get = "https://rustup.rs",
     .empty = "fun main() {\n    return\n}\n"},
    {.name = "Rust",
     .words = "rust rs",
     .suffixes = "rs",
     .kind = LANG_RUST,
     .tools = "rustc",
     .flags = "-O3",
     .version = "--version",
     .get = "https://rustup.rs, or the package rustc",
     .empty = "fn main() {}\n"},
    {.name = "C",
     .words = "c",
     .suffixes = "c",
     .kind = LANG_COMPILED,
     .tools = "gcc clang cc",
     .flags = "-O3",
     .version = "--version",
     .get = "the package gcc or clang",
     .command = {LANG_TOOL, "-O3", "-o", LANG_OUT, LANG_IN, "-lm", "-pthread"},
     .depends = c_depends,
     .empty = "int main(void)\n{\n\treturn 0;\n}\n"},
    {.name = "C++",
     .words = "cpp c++ cxx",
     .suffixes = "cpp cc cxx",
     .kind = LANG_COMPILED,
     .tools = "g++ clang++ c++",
     .flags = "-O3",
     .version = "--version",
     .get = "the package g++ or clang",
     .command = {LANG_TOOL, "-O3", "-o", LANG_OUT, LANG_IN, "-pthread"},
     .depends = c_depends,
     .empty = "#include <iostream>\n\nint main()\n{\n\treturn 0;\n}\n"},
    {.name = "Go",
     .words = "go golang",
     .suffixes = "go",
     .kind = LANG_COMPILED,
     .tools = "go",
     .flags = "build",
     .version = "version",
     .get = "https://go.dev/dl, or the package golang-go",
     .command = {LANG_TOOL, "build", "-o", LANG_OUT, LANG_IN},
     .depends = go_depends,
     .takes_name = go_takes,
     .empty = "package main\n\nfunc main() {}\n"},
    {.name = "Julia",
     .words = "julia jl",
     .suffixes = "jl",
     .kind = LANG_INTERPRETED,
     .tools = "julia",
     .flags = "",
     .version = "--version",
     .get = "https://julialang.org/downloads",
     .command = {LANG_TOOL, LANG_IN},
     .about = {"-e",
	       "println(joinpath(Sys.BINDIR, \"julia\")); println(dirname(Sys.STDLIB)); println(joinpath(Sys.BINDIR, \"..\", \"lib\"))"},
     .empty = "\n"},
    {.name = "JavaScript",
     .words = "node js javascript nodejs",
     .suffixes = "js mjs cjs",
     .kind = LANG_INTERPRETED,
     .tools = "node nodejs",
     .flags = "",
     .version = "--version",
     .get = "https://nodejs.org, or the package nodejs",
     .command = {LANG_TOOL, LANG_IN},
     .about = {"-e", "console.log(process.execPath)"},
     .empty = "\n"},
    {.name = "Python",
     .words = "python py python3",
     .suffixes = "py",
     .kind = LANG_INTERPRETED,
     .tools = "python3 python",
     .flags = "",
     .version = "--version",
     .get = "the package python3",
     .command = {LANG_TOOL, LANG_IN},
     .about = {"-c", "import sys, sysconfig\nprint(sys.executable)\nprint(sysconfig.get_path('stdlib'))"},
     .variables = python_variables,
     .empty = "\n"},
    {.name = "Perl",
     .words = "perl pl",
     .suffixes = "pl",
     .kind = LANG_INTERPRETED,
     .tools = "perl",
     .flags = "",
     .version = "-v",
     .get = "the package perl",
     .command = {LANG_TOOL, LANG_IN},
     .about = {"-MConfig", "-e", "print \"$^X\\n$Config{privlibexp}\\n$Config{archlibexp}\\n\""},
     .empty = "\n"},
    {.name = "Ruby",
     .words = "ruby rb",
     .suffixes = "rb",
     .kind = LANG_INTERPRETED,
     .tools = "ruby",
     .flags = "",
     .version = "--version",
     .get = "the package ruby",
     .command = {LANG_TOOL, LANG_IN},
     .about = {"-rrbconfig", "-e", "puts RbConfig.ruby, RbConfig::CONFIG['rubylibdir']"},
     .empty = "\n"},
    {.name = "Lua",
     .words = "lua luajit",
     .suffixes = "lua",
     .kind = LANG_INTERPRETED,
     .tools = "lua lua5.4 luajit",
     .flags = "",
     .version = "-v",
     .get = "the package lua5.4 or luajit",
     .command = {LANG_TOOL, LANG_IN},
     .empty = "\n"},
    {.name = NULL},
};

static bool has_word(const char *words, const char *word, size_t size)
{
	while (*words) {
		size_t length = strcspn(words, " ");

		if (length == size && strncasecmp(words, word, size) == 0)
			return true;
		words += length + (words[length] == ' ');
	}
	return false;
}

const struct lang *lang_by_word(const char *word, size_t size)
{
	for (const struct lang *lang = langs; lang->name; lang++) {
		if (has_word(lang->words, word, size) || (strlen(lang->name) == size && strncasecmp(lang->name, word, size) == 0))
			return lang;
	}
	return NULL;
}

const struct lang *lang_for_file(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');

	for (const struct lang *lang = langs; dot && dot[1] && lang->name; lang++) {
		if (has_word(lang->suffixes, dot + 1, strlen(dot + 1)))
			return lang;
	}
	return NULL;
}

char *lang_names(void)
{
	struct strbuf names = STRBUF_INIT;

	for (const struct lang *lang = langs; lang->name; lang++)
		strbuf_printf(&names, "%s%.*s", lang == langs ? "" : ", ", (int)strcspn(lang->words, " "), lang->words);
	return strbuf_take(&names);
}
