/* size_owner.c - whose a function or an object is: by its name, and where that leaves doubts by the file that its code is from. */
#include "size_internal.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t size = strlen(text), most = strlen(with);

	return size >= most && strcmp(text + size - most, with) == 0;
}

void size_find_root(struct size_program *program, const struct size_options *options)
{
	if (options->crate) {
		program->root = xstrdup(options->crate);
		return;
	}
	for (size_t i = 0; i < program->item_count && !program->root; i++) {
		const struct size_item *item = &program->items[i];

		/* `app::main` and no deeper */
		if (item->function && item->crate && !size_is_std(item->crate) && strlen(item->name) == strlen(item->crate) + 6 &&
		    ends(item->name, "::main"))
			program->root = xstrdup(item->crate);
	}
}

/* Rust's own functions without a mangled name; the start of `main` is made by rustc. */
static bool is_rust_support(const char *name)
{
	return starts(name, "__rust_") || starts(name, "__rdl_") || starts(name, "__rg_") || starts(name, "rust_") ||
	       strcmp(name, "main") == 0 || starts(name, "__rustc");
}

/* The function of the Ruchy program that a Rust line is in: of those the innermost. */
static const struct rhook_function *function_at(const struct rhook_output *hook, uint32_t line)
{
	const struct rhook_function *best = NULL;

	for (size_t i = 0; hook && i < hook->function_count; i++) {
		const struct rhook_function *fn = &hook->functions[i];

		if (fn->rust_from <= line && line <= fn->rust_to &&
		    (!best || fn->rust_to - fn->rust_from <= best->rust_to - best->rust_from))
			best = fn;
	}
	return best;
}

/* By the last part of its name where no line tells: `fibonacci::Point::new` ends in `Point::new`. */
static const struct rhook_function *function_named(const struct rhook_output *hook, const struct size_item *item)
{
	for (size_t i = 0; hook && i < hook->function_count; i++) {
		const char *name = hook->functions[i].name;
		size_t size = strlen(name), most = strlen(item->generic);

		if (hook->functions[i].from && most > size + 1 && strcmp(item->generic + most - size, name) == 0 &&
		    item->generic[most - size - 1] == ':')
			return &hook->functions[i];
	}
	return NULL;
}

/* What the instrumentation puts into the user's crate; `__rprof_b_NAME` is the body of a function of the user's, `__rprof_c_NAME` counts.
 */
static bool is_prelude(const struct size_item *item)
{
	return strstr(item->name, "::__rprof::") || strstr(item->name, "::__rprof_c_");
}

static void own_users(struct size_item *item, const struct size_options *options, uint32_t rust_line)
{
	const struct rhook_output *hook = options->build ? options->build->hook : NULL;
	const struct rhook_function *fn = rust_line ? function_at(hook, rust_line) : NULL;

	item->category = is_prelude(item) ? SIZE_RUNTIME : SIZE_USER;
	if (!hook || !item->function || item->category == SIZE_RUNTIME)
		return;
	if (!fn)
		fn = function_named(hook, item);
	if (fn && fn->from) {
		item->ruchy = xstrdup(fn->name);
		item->line = fn->from;
		item->to = fn->to;
	} else if (options->build->ruchy_version && *options->build->ruchy_version) {
		item->category = SIZE_RUNTIME; /* nothing of the source became this */
	}
}

static bool is_std_file(const char *file)
{
	return starts(file, "/rustc/") || starts(file, "/rust/deps/") || starts(file, "library/");
}

/* Only of hashbrown does std have functions that are compiled with the user's crates: those of HashMap. */
static bool is_instantiated(const char *crate)
{
	return strcmp(crate, "hashbrown") == 0;
}

/* Can the program have a crate of that name beside std's own? cargo writes '-' where the crate has '_'. */
static bool is_locked(const char *lock, const char *crate)
{
	char *dashed = xasprintf("name = \"%s\"", crate), *plain = xstrdup(dashed);

	for (char *at = dashed + 8; *at; at++)
		if (*at == '_')
			*at = '-';
	bool locked = strstr(lock, dashed) || strstr(lock, plain);

	free(dashed);
	free(plain);
	return locked;
}

/*
 * Where no line tells: std's copies have names of the newer scheme when std itself has; names of the older one are then of the program's
 * own copy. Of hashbrown that is not certain.
 */
static enum size_category own_ambiguous(const struct size_item *item, const char *file, const struct size_options *options, bool std_v0)
{
	if (options->lock && !is_locked(options->lock, item->crate))
		return SIZE_STDLIB;
	if (file)
		return is_std_file(file) ? SIZE_STDLIB : SIZE_DEPENDENCY;
	if (is_instantiated(item->crate))
		return options->lock ? SIZE_DEPENDENCY : SIZE_STDLIB;
	return std_v0 && !item->v0 ? SIZE_DEPENDENCY : SIZE_STDLIB;
}

static void own_rust(const struct size_program *program, struct size_item *item, const struct size_options *options,
		     struct size_lines *lines, bool std_v0)
{
	const char *file = NULL;
	uint32_t line = 0;
	bool users = program->root && strcmp(item->crate, program->root) == 0;

	if (lines && item->function && (users || size_is_ambiguous(item->crate)))
		size_lines_find(lines, item->address, &file, &line);
	if (users)
		own_users(item, options, file && !is_std_file(file) ? line : 0);
	else if (size_is_ambiguous(item->crate))
		item->category = own_ambiguous(item, file, options, std_v0);
	else
		item->category = size_is_std(item->crate) ? SIZE_STDLIB : SIZE_DEPENDENCY;
}

/* Packages of Go's own have no dot in the first part of their path. */
static enum size_category go_category(const struct size_item *item)
{
	const char *package = item->crate;

	if (!package || starts(item->name, "go:") || starts(item->name, "type:") || starts(item->name, "runtime."))
		return SIZE_STDLIB;
	if (strcmp(package, "main") == 0)
		return SIZE_USER;
	return memchr(package, '.', strcspn(package, "/")) ? SIZE_DEPENDENCY : SIZE_STDLIB;
}

static enum size_category cpp_category(const struct size_item *item)
{
	static const char *const std[] = {"std", "__gnu_cxx", "__cxxabiv1", "__cxa", "operator"};

	for (size_t i = 0; item->crate && i < sizeof std / sizeof *std; i++)
		if (strcmp(item->crate, std[i]) == 0)
			return SIZE_STDLIB;
	return SIZE_USER;
}

/* Of crt1.o and crtbegin.o, which every program has. */
static bool is_startup(const char *name)
{
	static const char *const names[] = {"_start",
					    "_init",
					    "_fini",
					    "deregister_tm_clones",
					    "register_tm_clones",
					    "__do_global_dtors_aux",
					    "frame_dummy",
					    "_dl_relocate_static_pie",
					    "__libc_csu_init",
					    "__libc_csu_fini",
					    "_start_c"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Linked into a program whose own code has lines: the libraries that come with a system have none. */
static bool is_static_library(const struct size_program *program, const struct size_item *item, struct size_lines *lines)
{
	const char *file;
	uint32_t line;

	return program->is_static && lines && item->function && !size_lines_find(lines, item->address, &file, &line);
}

/* In a Rust program that is libunwind of musl, or what a crate brings. */
static void own_cpp(const struct size_program *program, struct size_item *item, struct size_lines *lines)
{
	enum size_category category = cpp_category(item);
	bool library = item->cpp && program->language == SIZE_RUST;

	if (category == SIZE_USER)
		library = library || is_static_library(program, item, lines);
	item->category = library ? SIZE_CLIB : category;
}

static void own_unmangled(const struct size_program *program, struct size_item *item, const struct size_options *options,
			  struct size_lines *lines)
{
	if (is_startup(item->name))
		return;
	if (program->language != SIZE_RUST) {
		if (program->is_static && lines && item->object)
			item->category = SIZE_DATA; /* lines are of code alone */
		else
			item->category = is_static_library(program, item, lines) ? SIZE_CLIB : SIZE_USER;
		return;
	}
	if (starts(item->name, "rprof_") || starts(item->name, "RPROF_"))
		item->category = SIZE_RUNTIME;
	else if (is_rust_support(item->name))
		item->category = SIZE_STDLIB;
	else if (options->build && function_named(options->build->hook, item))
		own_users(item, options, 0);
}

static bool is_std_v0(const struct size_program *program)
{
	for (size_t i = 0; i < program->item_count; i++)
		if (program->items[i].v0 && program->items[i].crate && strcmp(program->items[i].crate, "std") == 0)
			return true;
	return false;
}

void size_own_all(struct size_program *program, const struct size_options *options)
{
	const char *path = program->lines_from ? program->lines_from : program->image.path;
	struct size_lines *lines = options->debug_lines ? size_lines_open(path) : NULL;

	bool std_v0 = is_std_v0(program);

	program->has_lines = lines != NULL;
	program->ruchy = options->build && options->build->ruchy_version && *options->build->ruchy_version;
	for (size_t i = 0; i < program->item_count; i++) {
		struct size_item *item = &program->items[i];

		if ((!item->function && !item->object) || item->category == SIZE_RUNTIME)
			continue;
		if (program->language == SIZE_GO)
			item->category = go_category(item);
		else if (item->category == SIZE_CLIB)
			own_unmangled(program, item, options, lines);
		else if (program->language == SIZE_RUST && item->crate && !item->cpp)
			own_rust(program, item, options, lines, std_v0);
		else
			own_cpp(program, item, lines);
	}
	size_lines_close(lines);
}
