#include "size_name.h"
#include "demangle_name.h"
#include "strbuf.h"

#include <ctype.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST  16384 /* longer ones are shown as they are: no linker makes them from honest code */
#define DEPTH_MOST 64

static const char *const std_crates[] = {"std",	   "core", "alloc",	 "compiler_builtins", "panic_unwind", "panic_abort",
					 "unwind", "test", "proc_macro", "std_detect",	      "__rustc",      "__rust_std_internal",
					 NULL};
/* What std is made of besides: crates that others use too. */
static const char *const std_dependencies[] = {"hashbrown",
					       "gimli",
					       "addr2line",
					       "miniz_oxide",
					       "object",
					       "rustc_demangle",
					       "memchr",
					       "adler2",
					       "adler",
					       "cfg_if",
					       "libc",
					       "getopts",
					       "rustc_literal_escaper",
					       "rustc_std_workspace_core",
					       "rustc_std_workspace_alloc",
					       NULL};

static bool is_in(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

bool size_is_ambiguous(const char *crate)
{
	return is_in(std_dependencies, crate);
}

bool size_is_std(const char *crate)
{
	return is_in(std_crates, crate) || size_is_ambiguous(crate);
}

/* ---- Rust's v0 names: the crate that the path begins in ----------------------------------------------------------------------------- */

struct v0 {
	const char *text; /* behind "_R": what back references count from */
	size_t size;
};

/* A number in base 62 that ends in '_'; 0 is written as "_" alone. */
static bool base62(const struct v0 *v0, size_t *at, uint64_t *value)
{
	*value = 0;
	for (bool any = false; *at < v0->size; any = true) {
		char c = v0->text[(*at)++];
		uint64_t digit = c >= '0' && c <= '9'	? (uint64_t)(c - '0')
				 : c >= 'a' && c <= 'z' ? (uint64_t)(c - 'a') + 10
				 : c >= 'A' && c <= 'Z' ? (uint64_t)(c - 'A') + 36
							: 62;
		if (c == '_') {
			*value += any;
			return true;
		}
		if (digit == 62 || *value > (UINT64_MAX - digit) / 62 - 1)
			return false;
		*value = *value * 62 + digit;
	}
	return false;
}

static bool skip_disambiguator(const struct v0 *v0, size_t *at)
{
	uint64_t ignored;

	if (*at >= v0->size || v0->text[*at] != 's')
		return true;
	(*at)++;
	return base62(v0, at, &ignored);
}

static char *identifier(const struct v0 *v0, size_t at)
{
	size_t length = 0;

	if (at < v0->size && v0->text[at] == 'u')
		at++;
	while (at < v0->size && isdigit((unsigned char)v0->text[at]) && length < NAME_MOST)
		length = 10 * length + (size_t)(v0->text[at++] - '0');
	if (at < v0->size && v0->text[at] == '_')
		at++;
	if (length == 0 || length > v0->size - at)
		return NULL;
	return xasprintf("%.*s", (int)length, v0->text + at);
}

/* Follows the outermost path to its root; NULL: a method that a trait provides (the type comes first there), or no such name. */
static char *v0_crate(const char *symbol)
{
	struct v0 v0 = {.text = symbol + 2, .size = strlen(symbol) - 2};
	uint64_t back;

	for (size_t at = 0, depth = 0; at < v0.size && depth < DEPTH_MOST; depth++) {
		switch (v0.text[at++]) {
		case 'C':
			return skip_disambiguator(&v0, &at) ? identifier(&v0, at) : NULL;
		case 'N':
			at++; /* namespace */
			break;
		case 'M':
		case 'X': /* the path of the impl itself */
			if (!skip_disambiguator(&v0, &at))
				return NULL;
			break;
		case 'I':
			break;
		case 'B':
			if (!base62(&v0, &at, &back) || back >= at)
				return NULL;
			at = back;
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

/* ---- names for people ------------------------------------------------------------------------------------------------------------------
 */

/* Behind the '>' that closes the '<' at `text`; the end when none does. "->" closes nothing. */
static const char *behind_arguments(const char *text)
{
	size_t depth = 0;

	for (const char *at = text; *at; at++) {
		if (*at == '<')
			depth++;
		else if (*at == '>' && at > text && at[-1] != '-' && --depth == 0)
			return at + 1;
	}
	return text + strlen(text);
}

/* `<Vec<u8> as Clone>::clone::<A>` becomes `<Vec<_> as Clone>::clone::<_>`. */
static char *without_arguments(const char *full)
{
	struct strbuf out = STRBUF_INIT;

	for (const char *at = full; *at;) {
		char before = at > full ? at[-1] : ' ';

		if (*at == '<' && (isalnum((unsigned char)before) || before == '_' || before == ':')) {
			strbuf_puts(&out, "<_>");
			at = behind_arguments(at);
		} else {
			strbuf_add(&out, at++, 1);
		}
	}
	return strbuf_take(&out);
}

/* The first part of a path such as `&mut core::fmt::Arguments`; NULL for what has none: `[T]`, `u8`, `(A, B)`. */
static char *first_part(const char *path, size_t size)
{
	size_t at = 0, end;

	while (at < size && strchr("&*<[( ", path[at]))
		at++;
	for (const char *skip = "mut const dyn "; *skip;) {
		size_t word = strcspn(skip, " ") + 1;

		if (size - at > word && strncmp(path + at, skip, word) == 0)
			at += word;
		skip += word;
	}
	for (end = at; end < size && (isalnum((unsigned char)path[end]) || path[end] == '_');)
		end++;
	if (end == at || end + 1 >= size || path[end] != ':' || path[end + 1] != ':')
		return NULL;
	return xasprintf("%.*s", (int)(end - at), path + at);
}

static const char *find_as(const char *text, const char *end)
{
	size_t depth = 0;

	for (const char *at = text; at + 4 < end; at++) {
		if (*at == '<')
			depth++;
		else if (*at == '>' && at[-1] != '-')
			depth--;
		else if (depth == 1 && strncmp(at, " as ", 4) == 0)
			return at;
	}
	return NULL;
}

/*
 * Of `<Type as Trait>::method`: one of the two is of the crate that has the impl. Where one is std's, it is the other; a type of another
 * crate goes before a trait of another crate. `provided`: the name says that the trait itself has the code.
 */
static char *impl_crate(const char *full, bool provided)
{
	const char *end = behind_arguments(full), *as = find_as(full, end);
	char *type = first_part(full + 1, (size_t)((as ? as : end) - full) - 1);
	char *trait = as ? first_part(as + 4, (size_t)(end - as) - 4) : NULL;

	if (provided && trait) {
		free(type);
		return trait;
	}
	if (trait && (!type || (size_is_std(type) && !size_is_std(trait)))) {
		free(type);
		return trait;
	}
	free(trait);
	return type ? type : xstrdup("core"); /* of a primitive: core has all of those */
}

static char *text_crate(const char *full, bool provided)
{
	return *full == '<' ? impl_crate(full, provided) : first_part(full, strlen(full));
}

static bool is_legacy(const char *symbol)
{
	const char *hash = strstr(symbol, "17h");

	while (hash && strlen(hash + 3) > 17)
		hash = strstr(hash + 1, "17h");
	return strncmp(symbol, "_ZN", 3) == 0 && hash && strspn(hash + 3, "0123456789abcdef") == 16 && hash[19] == 'E';
}

/* What the compiler or LLVM put behind: `.llvm.123`, `.cold`, `.0`. */
static char *without_suffix(const char *symbol)
{
	static const char *const suffixes[] = {".llvm.", ".cold", ".part.", ".constprop.", ".isra.", ".lto_priv."};
	size_t size = strlen(symbol);

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		const char *at = strstr(symbol, suffixes[i]);

		if (at && (size_t)(at - symbol) < size)
			size = (size_t)(at - symbol);
	}
	return xasprintf("%.*s", (int)size, symbol);
}

/* `github.com/aws/aws-lambda-go/lambda.(*Client).Do` is of package github.com/aws/aws-lambda-go. */
static char *go_package(const char *symbol)
{
	const char *end = symbol, *slash = symbol;
	unsigned parts = 0;

	for (; *end && !strchr("([ ", *end); end++)
		if (*end == '/')
			slash = end;
	end = slash + strcspn(slash, ".(");
	if (slash == symbol || memchr(symbol, '.', strcspn(symbol, "/")) == NULL)
		return *end == '.' ? xasprintf("%.*s", (int)(end - symbol), symbol) : NULL;
	/* host, owner and repository are what a module is known by */
	for (const char *at = symbol; at < end; at++)
		if (*at == '/' && ++parts == 3)
			end = at;
	return xasprintf("%.*s", (int)(end - symbol), symbol);
}

static void read_rust(const char *symbol, struct size_name *name)
{
	bool v0 = strncmp(symbol, "_R", 2) == 0;

	name->full = demangle_rust(symbol);
	if (!name->full)
		return;
	name->language = SIZE_RUST;
	if (v0)
		name->crate = v0_crate(symbol);
	if (!name->crate)
		name->crate = text_crate(name->full, v0);
}

/* Before the parameters, behind what the function returns or what the object is ("vtable for"): of `void std::f<A>(int)` it is std. */
static char *cpp_namespace(const char *full)
{
	const char *operator= strstr(full, "operator"), *from = full;
	size_t depth = 0, size = operator? (size_t)(operator- full) : strlen(full);

	if (operator== full)
		return xstrdup("operator"); /* new and delete */
	for (const char *at = full; at < full + size && !(*at == '(' && depth == 0 && strncmp(at, "(anonymous", 10) != 0); at++) {
		depth += *at == '<' || *at == '(';
		depth -= (*at == '>' || *at == ')') && depth > 0;
		if (*at == ' ' && depth == 0)
			from = at + 1;
	}
	return first_part(from, strcspn(from, "(<"));
}

void size_name_read(const char *symbol, bool go, struct size_name *name)
{
	char *plain = without_suffix(symbol);

	*name = (struct size_name){.language = go ? SIZE_GO : SIZE_C};
	if (strlen(plain) > NAME_MOST) {
		name->full = xasprintf("%.200s...", plain);
	} else if (!go && (is_legacy(plain) || strncmp(plain, "_R", 2) == 0)) {
		read_rust(plain, name);
	} else if (go) {
		name->crate = go_package(plain);
	} else if (strncmp(plain, "_Z", 2) == 0) {
		name->full = demangle_cpp(plain);
		if (name->full) {
			name->language = SIZE_CPP;
			name->crate = cpp_namespace(name->full);
		}
	}
	if (!name->full)
		name->full = xstrdup(plain);
	name->generic = name->language == SIZE_RUST || name->language == SIZE_CPP ? without_arguments(name->full) : xstrdup(name->full);
	free(plain);
}

void size_name_free(struct size_name *name)
{
	free(name->crate);
	free(name->full);
	free(name->generic);
	*name = (struct size_name){0};
}
