/* langs_output.c - programs that print different things do different work: the first run of each is for its output. */
#include "collect.h"
#include "langs_internal.h"
#include "shellquote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#define KEEP  ((size_t)4 << 20) /* for the message; the whole is told apart by size and hash */
#define SHOWN 60

struct output {
	int fd;
	struct strbuf text;
	uint64_t size;
	XXH3_state_t *hash;
	XXH128_hash_t digest;
};

/* ---- read ------------------------------------------------------------------------------------------------------------------------ */

static void take(void *context)
{
	struct output *output = context;
	char data[65536];
	ssize_t n;

	while ((n = read(output->fd, data, sizeof data)) > 0) {
		size_t room = KEEP - output->text.size;

		XXH3_128bits_update(output->hash, data, (size_t)n);
		output->size += (uint64_t)n;
		strbuf_add(&output->text, data, (size_t)n < room ? (size_t)n : room);
	}
}

static void output_free(struct output *output)
{
	strbuf_free(&output->text);
	XXH3_freeState(output->hash);
}

static int run_once(const struct lang_entrant *entrant, const struct lang_options *o, struct subprocess_stdin *input, struct output *output,
		    struct subprocess_run *run, struct err *err)
{
	int pair[2], status;

	*run = (struct subprocess_run){0};
	output->hash = XXH3_createState();
	XXH3_128bits_reset(output->hash);
	if (pipe2(pair, O_CLOEXEC) != 0)
		return err_set(err, entrant->label, NULL, "cannot make a pipe: %s", strerror(errno));
	fcntl(pair[0], F_SETFL, O_NONBLOCK); /* our end alone */
	output->fd = pair[0];
	*run = (struct subprocess_run){.argv = entrant->argv,
				       .env = (char *const *)entrant->lang->variables,
				       .output_fd = pair[1],
				       .input = input,
				       .timeout_seconds = o->timeout_seconds,
				       .drain = take,
				       .drain_fd = pair[0],
				       .context = output,
				       .tick = o->tick,
				       .tick_context = o->context};
	status = subprocess_run(run, err);
	close(pair[1]);
	take(output);
	close(pair[0]);
	output->digest = XXH3_128bits_digest(output->hash);
	run->argv = run->env = NULL;
	return status;
}

/* ---- judge ------------------------------------------------------------------------------------------------------------------------ */

static int failed(const struct lang_entrant *entrant, const struct subprocess_run *run, const struct lang_options *o, struct err *err)
{
	char *hint = NULL, *line = shellquote_join(entrant->argv);

	if (run->timed_out) {
		err_set(err, entrant->source, "give --timeout more, or leave it out", "%s was stopped after %g s", entrant->label,
			o->timeout_seconds);
	} else {
		hint = xasprintf("see what it says: %s; --ignore-failure compares failing programs too", line);
		err_set(err, entrant->source, hint, "%s failed with %s", entrant->label, status_text(run->status));
	}
	free(hint);
	free(line);
	return -1;
}

size_t lang_first_difference(const char *a, size_t a_size, const char *b, size_t b_size, size_t *a_at, size_t *b_at)
{
	size_t line = 1, start = 0, least = a_size < b_size ? a_size : b_size;

	for (size_t i = 0; i < least; i++) {
		if (a[i] != b[i])
			least = i;
		else if (a[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	*a_at = *b_at = start;
	return least == a_size && least == b_size ? 0 : line;
}

/* The line at `at`, shortened, as it can be shown anywhere: no control characters, no bytes beyond ASCII that might be half a letter. */
static char *show_line(const char *text, size_t size, size_t at)
{
	struct strbuf out = STRBUF_INIT;
	size_t i = at;

	if (!text || at >= size)
		return xstrdup("nothing more");
	strbuf_puts(&out, "\"");
	for (; i < size && text[i] != '\n' && i - at < SHOWN; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c >= 0x7f)
			strbuf_printf(&out, "\\x%02x", c);
		else
			strbuf_add(&out, text + i, 1);
	}
	strbuf_puts(&out, i < size && text[i] != '\n' ? "...\"" : "\"");
	return strbuf_take(&out);
}

static int differs(const struct lang_entrant *one, const struct output *a, const struct lang_entrant *other, const struct output *b,
		   struct err *err)
{
	size_t a_at, b_at,
	    line = lang_first_difference(a->text.data ? a->text.data : "", a->text.size, b->text.data ? b->text.data : "", b->text.size,
					 &a_at, &b_at);
	char *first = show_line(a->text.data, a->text.size, a_at), *second = show_line(b->text.data, b->text.size, b_at), *hint;

	if (line)
		hint = xasprintf("line %zu is %s of %s, and %s of %s", line, first, one->label, second, other->label);
	else
		hint = xasprintf("the first %zu bytes are the same; %s printed %llu in all, %s %llu", a->text.size, one->label,
				 (unsigned long long)a->size, other->label, (unsigned long long)b->size);
	err_set(err, other->source, hint, "%s does not print what %s prints", other->label, one->label);
	free(first);
	free(second);
	free(hint);
	return -1;
}

int lang_check_outputs(struct lang_comparison *c, const struct lang_options *o, struct subprocess_stdin *input, struct err *err)
{
	struct output first = {0};
	const struct lang_entrant *reference = NULL;
	int status = 0;

	for (size_t i = 0; i < c->count && status == 0; i++) {
		const struct lang_entrant *entrant = &c->entrants[i];
		struct output output = {0};
		struct subprocess_run run;

		if (entrant->absent)
			continue;
		if (o->progress)
			o->progress(o->context, "checking the output of", entrant->label);
		status = run_once(entrant, o, input, &output, &run, err);
		c->interrupted |= run.interrupted;
		if (status == 0 && !run.interrupted && (run.timed_out || (run.status != 0 && !o->ignore_failure)))
			status = failed(entrant, &run, o, err);
		if (status != 0 || c->interrupted) {
			output_free(&output);
			break;
		}
		if (!reference) {
			reference = entrant;
			first = output;
			continue;
		}
		if (output.size != first.size || !XXH128_isEqual(output.digest, first.digest))
			status = differs(reference, &first, entrant, &output, err);
		output_free(&output);
	}
	c->output_size = first.size;
	output_free(&first);
	return status;
}
