/* cargo_run.c - rustc for the wrapper: as cargo would have started it, its messages kept until we know whether they are the last word. */
#include "cargo_internal.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The default dispositions, which main() changed: rustc is to have those that we had. */
static int spawn(pid_t *pid, char *const argv[], int messages)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all;

	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, messages, 2);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attributes, &all);
	int result = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

static char *read_all(int fd, size_t *size)
{
	struct strbuf text = STRBUF_INIT;
	char data[65536];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, data, sizeof data)) > 0 || (n < 0 && errno == EINTR))
		strbuf_add(&text, data, n > 0 ? (size_t)n : 0);
	*size = text.size;
	return strbuf_take(&text);
}

int cargo_run(char *const argv[], struct cargo_run *run, struct err *err)
{
	/* In memory: it is a few lines, and there may be no place for temporary files. */
	int messages = memfd_create("rustc", MFD_CLOEXEC), failed;
	pid_t pid;

	*run = (struct cargo_run){0};
	if (messages < 0)
		return err_set(err, argv[0], NULL, "cannot keep its messages: %s", strerror(errno));
	failed = spawn(&pid, argv, messages);
	if (failed) {
		close(messages);
		return err_set(err, argv[0], NULL, "cannot start it: %s", strerror(failed));
	}
	while (waitpid(pid, &run->status, 0) < 0 && errno == EINTR)
		;
	run->said = read_all(messages, &run->size);
	close(messages);
	return 0;
}

/* --- messages ------------------------------------------------------------------------------------------------------------------- */

/* A piece without colours. */
static char *map_piece(const char *text, size_t size, const struct cargo_place *places, size_t count)
{
	char *mapped = xasprintf("%.*s", (int)size, text);

	for (size_t i = 0; i < count; i++) {
		char *next = build_map_message(mapped, places[i].rust, places[i].ruchy, places[i].map_json, places[i].map_size);

		free(mapped);
		mapped = next;
	}
	return mapped;
}

/* Sequences of colour are no part of a path. */
static char *map_text(const char *text, const struct cargo_place *places, size_t count)
{
	struct strbuf out = STRBUF_INIT;

	while (*text) {
		size_t size = strcspn(text, "\033");
		char *piece = map_piece(text, size, places, count);

		strbuf_puts(&out, piece);
		free(piece);
		text += size;
		size = *text ? strcspn(text, "m") + 1 : 0;
		size = strnlen(text, size);
		strbuf_add(&out, text, size);
		text += size;
	}
	return strbuf_take(&out);
}

/* A message as cargo shows it is its "rendered" text; the rest stays for tools. */
static char *map_line(const char *line, size_t size, const struct cargo_place *places, size_t count)
{
	json_t *message = json_loadb(line, size, JSON_ALLOW_NUL, NULL);
	const char *rendered = json_string_value(json_object_get(message, "rendered"));
	char *out = NULL;

	if (rendered) {
		char *mapped = map_text(rendered, places, count);

		json_object_set_new(message, "rendered", json_string_nocheck(mapped));
		free(mapped);
		out = json_dumps(message, JSON_COMPACT);
	} else if (!message) {
		char *copy = xasprintf("%.*s", (int)size, line);

		out = map_text(copy, places, count);
		free(copy);
	}
	json_decref(message);
	return out ? out : xasprintf("%.*s", (int)size, line);
}

char *cargo_map_messages(const char *text, const struct cargo_place *places, size_t count)
{
	struct strbuf out = STRBUF_INIT;

	while (*text) {
		size_t size = strcspn(text, "\n");
		char *line = map_line(text, size, places, count);

		strbuf_puts(&out, line);
		free(line);
		text += size;
		if (*text)
			strbuf_add(&out, text++, 1);
	}
	return strbuf_take(&out);
}
