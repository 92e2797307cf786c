#include "build.h"
#include "cmd.h"
#include "fs.h"
#include "source_map.h"
#include "strbuf.h"
#include "symbolize.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct symbolize_options {
	const char *map, *input, *rustc_flags;
	bool entry_only, lines, no_memory;
};

#define FIELD(name) offsetof(struct symbolize_options, name)
static const struct option_row options[] = {
    {"map", 'm', OPTION_TEXT, "F.rs.map", "a source map; the same as naming it without --map", FIELD(map)},
    {"input", 'i', OPTION_TEXT, "FILE", "read FILE instead of standard input", FIELD(input)},
    {"lines", 0, OPTION_FLAG, NULL, "the program was built with --lines: columns of its Rust are others", FIELD(lines)},
    {"no-memory", 0, OPTION_FLAG, NULL, "the same for --no-memory", FIELD(no_memory)},
    {"entry-counters", 0, OPTION_FLAG, NULL, "the same for --entry-counters", FIELD(entry_only)},
    {"rustc-flags", 0, OPTION_TEXT, "FLAGS", "the same for --rustc-flags", FIELD(rustc_flags)},
    {0},
};

#define LARGEST_MAP ((size_t)256 << 20)

/* ---- the maps ----------------------------------------------------------------------------------------------------------------- */

static bool has_suffix(const char *text, const char *suffix)
{
	size_t size = strlen(text), tail = strlen(suffix);

	return size > tail && strcmp(text + size - tail, suffix) == 0;
}

/* `name` as seen from the working directory, when it is said from the directory of `path`; `x/..` goes. Caller frees. */
static char *from_here(const char *path, const char *name)
{
	int directory = (int)(fs_base_name(path) - path);
	char *joined = *name == '/' ? xstrdup(name) : xasprintf("%.*s%s", directory, path, name), *up, *start;

	while ((up = strstr(joined, "/../")) && up > joined) {
		for (start = up; start > joined && start[-1] != '/'; start--)
			;
		if (strncmp(start, "../", 3) == 0 || strncmp(start, "./", 2) == 0)
			break;
		memmove(start, up + 4, strlen(up + 4) + 1);
	}
	return joined;
}

/* It speaks for the file that it names, and for the one that it lies beside. */
static int add_map(struct symbolizer *s, const char *path, struct err *err)
{
	struct source_place place;
	size_t size;
	char *json = fs_read(path, LARGEST_MAP, &size, err), *beside, *source = NULL;
	struct source_map *map = json ? source_map_parse(json, size, path, err) : NULL, *twice = NULL;

	if (map && source_map_first(map, &place))
		source = from_here(path, place.source);
	beside = has_suffix(path, ".map") ? xasprintf("%.*s", (int)(strlen(fs_base_name(path)) - 4), fs_base_name(path)) : xstrdup("");
	if (map && *beside && strcmp(beside, source_map_file(map)) != 0)
		twice = source_map_parse(json, size, path, err);
	if (twice)
		symbolizer_add(s, beside, twice, source);
	if (map && *source_map_file(map))
		symbolizer_add(s, fs_base_name(source_map_file(map)), map, source);
	else
		source_map_free(map);
	free(source);
	free(beside);
	free(json);
	return map ? 0 : -1;
}

static int add_text(struct symbolizer *s, const char *name, const char *json, size_t size, const char *source, struct err *err)
{
	struct source_map *map = json ? source_map_parse(json, size, source, err) : NULL;

	if (map)
		symbolizer_add(s, name, map, source);
	return map || !json ? 0 : -1;
}

/* Both texts that are made of a source: the plain one and the one with counters. */
static int add_source(struct symbolizer *s, const struct symbolize_options *o, const char *source, struct err *err)
{
	struct build_options b = {
	    .source = source, .rustc_flags = o->rustc_flags, .entry_only = o->entry_only, .no_memory = o->no_memory, .lines = o->lines};
	struct build *build = NULL;
	int status = -1;

	if (has_suffix(source, ".rs"))
		return err_usage(err, source, "name the .ruchy file or the .rs.map", "a Rust text has no Ruchy lines");
	if (build_transpile(&b, &build, err) == 0) {
		const struct rhook_output *hook = build->hook;

		status = add_text(s, fs_base_name(build->rust_path), hook->map_json, hook->map_json_size, source, err);
		if (status == 0)
			status =
			    add_text(s, fs_base_name(build->instrumented), hook->edited_map_json, hook->edited_map_json_size, source, err);
	}
	build_free(build);
	return status;
}

static int add_all(struct symbolizer *s, const struct symbolize_options *o, const struct operands *operands, struct err *err)
{
	int status = o->map ? add_map(s, o->map, err) : 0;

	for (int i = 0; i < operands->file_count && status == 0; i++)
		status = has_suffix(operands->files[i], ".map") ? add_map(s, operands->files[i], err)
								: add_source(s, o, operands->files[i], err);
	return status;
}

/* ---- the filter ----------------------------------------------------------------------------------------------------------------- */

#define LONGEST_LINE ((size_t)1 << 20) /* of a longer one the rest is passed on as it is */
#define PATIENCE_MS  100	       /* for the rest of a line, or of a frame: then it is shown as it is, since it may be a prompt */

struct filter {
	struct symbolizer *s;
	struct strbuf line;
	struct strbuf out;
	bool as_it_is; /* the line that is going on was begun so */
};

static void take_part(struct filter *f, const char *text, size_t size)
{
	bool ends = size && text[size - 1] == '\n';

	if (f->as_it_is) {
		strbuf_add(&f->out, text, size);
		f->as_it_is = !ends;
		return;
	}
	strbuf_add(&f->line, text, size);
	if (ends) {
		symbolizer_line(f->s, f->line.data, f->line.size, &f->out);
		strbuf_free(&f->line);
	} else if (f->line.size > LONGEST_LINE) {
		strbuf_add(&f->out, f->line.data, f->line.size);
		strbuf_free(&f->line);
		f->as_it_is = true;
	}
}

static void take(struct filter *f, const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t part = end ? (size_t)(end - text) + 1 : size;

		take_part(f, text, part);
		text += part;
		size -= part;
	}
}

/* Nothing more came in time, or at all. */
static void let_go(struct filter *f, bool at_end)
{
	symbolizer_flush(f->s, &f->out);
	if (!f->line.size)
		return;
	if (at_end)
		symbolizer_line(f->s, f->line.data, f->line.size, &f->out);
	else
		strbuf_add(&f->out, f->line.data, f->line.size);
	symbolizer_flush(f->s, &f->out);
	strbuf_free(&f->line);
	f->as_it_is = !at_end;
}

/* False: nobody reads any more, or the disk is full; the flush at the end of main() says so. */
static bool pass_on(struct filter *f)
{
	bool good = fwrite(f->out.data ? f->out.data : "", 1, f->out.size, stdout) == f->out.size && fflush(stdout) == 0;

	f->out.size = 0;
	return good;
}

static int run_filter(struct filter *f, int fd, const char *name, struct err *err)
{
	static char buffer[65536];
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	for (;;) {
		bool waiting = f->line.size || symbolizer_holds(f->s);
		int ready = poll(&poll_fd, 1, waiting ? PATIENCE_MS : -1);
		ssize_t size = ready > 0 ? read(fd, buffer, sizeof buffer) : 0;

		if (ready == 0) {
			let_go(f, false);
		} else if (ready < 0 || size < 0) {
			/* Ctrl-C ends the program in front of us: its last words are still to come. */
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return err_set(err, name, NULL, "cannot read: %s", strerror(errno));
		} else if (size == 0) {
			let_go(f, true);
			return pass_on(f) ? 0 : ERR_FAILURE;
		} else {
			take(f, buffer, (size_t)size);
		}
		if (!pass_on(f))
			return ERR_FAILURE;
	}
}

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct symbolize_options o = {0};
	struct operands operands;
	struct filter filter = {0};
	int parsed = options_parse(command, argc, argv, &o, &operands, err), fd = STDIN_FILENO, status;

	if (parsed != 0)
		return parsed < 0 ? -1 : 0;
	if (operands.file_count == 0 && !o.map)
		return err_usage(err, command->name, "name the program F.ruchy, or the source map F.rs.map", "no program is given");
	if (o.input)
		fd = open(o.input, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(err, o.input, NULL, "cannot read: %s", strerror(errno));
	filter.s = symbolizer_new();
	status = add_all(filter.s, &o, &operands, err);
	if (status == 0)
		status = run_filter(&filter, fd, o.input ? o.input : "standard input", err);
	symbolizer_free(filter.s);
	strbuf_free(&filter.line);
	strbuf_free(&filter.out);
	if (o.input)
		close(fd);
	return status;
}

const struct command cmd_symbolize = {
    .name = "symbolize",
    .summary = "put panics, backtraces and rustc's messages into .ruchy lines and names",
    .usage = "symbolize F.ruchy | F.rs.map [--input FILE]",
    .about =
	"A filter: `RUST_BACKTRACE=1 ./program 2>&1 | ruchy-prof symbolize F.ruchy` knows the programs that `build` and `profile` make\n"
	"of F.ruchy. For Rust that you compile yourself, name the map that `transpile --instrument` or `--source-map` wrote beside it.\n"
	"Several programs and maps may be named. What has no place in Ruchy stays as it is.",
    .options = options,
    .run = run,
};
