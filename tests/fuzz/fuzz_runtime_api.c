/* Requests to the Runtime API, a line each: METHOD PATH BODY. After every one the state has to hold. */
#include "runtime_api.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* `@` in a path stands for the id of the open event, which the input can't know. */
static void request(struct runtime_api *api, char *line)
{
	char *path = strchr(line, ' '), *body = path ? strchr(path + 1, ' ') : NULL, *id = path ? strchr(path, '@') : NULL;
	struct strbuf filled = STRBUF_INIT;

	if (!path)
		return;
	*path++ = '\0';
	if (body)
		*body++ = '\0';
	if (id && (!body || id < body)) {
		strbuf_add(&filled, path, (size_t)(id - path));
		strbuf_puts(&filled, api->id);
		strbuf_puts(&filled, id + 1);
	} else {
		strbuf_puts(&filled, path);
	}
	struct runtime_answer answer =
	    runtime_api_request(api, line, filled.data ? filled.data : "", body ? body : "", body ? strlen(body) : 0);
	if (api->answered > api->sent || api->sent > api->events || api->open != (api->sent > api->answered))
		abort();
	if (answer.status && !answer.is_event && !answer.body)
		abort();
	strbuf_free(&filled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct runtime_api api = {.event = "{}", .event_size = 2, .events = 3, .timeout_ms = 1000};
	struct runtime_header headers[RUNTIME_API_HEADERS];
	char *text = malloc(size + 1), *rest = text;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *line; (line = strsep(&rest, "\n"));)
		request(&api, line);
	runtime_api_headers(&api, UINT64_MAX, headers);
	runtime_api_free(&api);
	free(text);
	return 0;
}
