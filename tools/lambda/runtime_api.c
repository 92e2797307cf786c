#include "runtime_api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ROOT	   "/2018-06-01/runtime/"
#define INVOCATION "invocation/"
/* More of what a program says of its failure helps nobody. */
#define PROBLEM_MOST 4096

static bool ends_with(const char *text, const char *with, size_t *before)
{
	size_t size = strlen(text), most = strlen(with);

	if (size < most || strcmp(text + size - most, with) != 0)
		return false;
	*before = size - most;
	return true;
}

static enum runtime_call parse_answer(const char *rest, char id[RUNTIME_API_ID])
{
	size_t size;
	enum runtime_call call = ends_with(rest, "/response", &size) ? CALL_RESPONSE
				 : ends_with(rest, "/error", &size)  ? CALL_ERROR
								     : CALL_UNKNOWN;

	if (call == CALL_UNKNOWN || size == 0 || size >= RUNTIME_API_ID || memchr(rest, '/', size))
		return CALL_UNKNOWN;
	memcpy(id, rest, size);
	id[size] = '\0';
	return call;
}

enum runtime_call runtime_call_parse(const char *method, const char *path, char id[RUNTIME_API_ID])
{
	id[0] = '\0';
	if (strncmp(path, ROOT, strlen(ROOT)) != 0)
		return CALL_UNKNOWN;
	path += strlen(ROOT);
	if (strcmp(method, "GET") == 0)
		return strcmp(path, INVOCATION "next") == 0 ? CALL_NEXT : CALL_UNKNOWN;
	if (strcmp(method, "POST") != 0)
		return CALL_UNKNOWN;
	if (strcmp(path, "init/error") == 0)
		return CALL_INIT_ERROR;
	return strncmp(path, INVOCATION, strlen(INVOCATION)) == 0 ? parse_answer(path + strlen(INVOCATION), id) : CALL_UNKNOWN;
}

static void keep_problem(struct runtime_api *api, const char *body, size_t size)
{
	if (api->problem.size == 0)
		strbuf_add(&api->problem, body, size < PROBLEM_MOST ? size : PROBLEM_MOST);
}

/* Asked again while an event is open, the same event is sent again: the program lost it. */
static struct runtime_answer next(struct runtime_api *api)
{
	if (!api->open && api->sent == api->events)
		return (struct runtime_answer){.call = CALL_NEXT};
	if (!api->open) {
		api->sent++;
		api->open = true;
		snprintf(api->id, sizeof api->id, "8476a536-e9f4-11e8-9739-%012x", api->sent);
	}
	return (struct runtime_answer){.call = CALL_NEXT, .status = 200, .is_event = true};
}

static struct runtime_answer answered(struct runtime_api *api, enum runtime_call call, const char *id, const char *body, size_t size)
{
	if (!api->open || strcmp(id, api->id) != 0)
		return (struct runtime_answer){.call = CALL_UNKNOWN,
					       .status = 400,
					       .body =
						   "{\"errorMessage\":\"no such invocation is open\",\"errorType\":\"InvalidRequestID\"}"};
	api->open = false;
	api->answered++;
	if (call == CALL_ERROR)
		keep_problem(api, size ? body : "an error without a text", size ? size : strlen("an error without a text"));
	else if (api->answered == 1)
		strbuf_add(&api->answer, body, size);
	return (struct runtime_answer){.call = call, .status = 202, .body = "{\"status\":\"OK\"}"};
}

struct runtime_answer runtime_api_request(struct runtime_api *api, const char *method, const char *path, const char *body, size_t size)
{
	char id[RUNTIME_API_ID];
	enum runtime_call call = runtime_call_parse(method, path, id);

	if (size > RUNTIME_API_BODY_MOST)
		return (struct runtime_answer){.call = CALL_UNKNOWN,
					       .status = 413,
					       .body = "{\"errorMessage\":\"more than 6 MB\",\"errorType\":\"RequestEntityTooLarge\"}"};
	switch (call) {
	case CALL_NEXT:
		return next(api);
	case CALL_RESPONSE:
	case CALL_ERROR:
		return answered(api, call, id, body, size);
	case CALL_INIT_ERROR:
		keep_problem(api, size ? body : "init/error", size ? size : strlen("init/error"));
		return (struct runtime_answer){.call = call, .status = 202, .body = "{\"status\":\"OK\"}"};
	case CALL_UNKNOWN:
		break;
	}
	return (struct runtime_answer){.status = 404,
				       .body = "{\"errorMessage\":\"no such call in 2018-06-01\",\"errorType\":\"NotFound\"}"};
}

void runtime_api_headers(const struct runtime_api *api, uint64_t now_ms, struct runtime_header headers[RUNTIME_API_HEADERS])
{
	struct runtime_header *h = headers;

	*h = (struct runtime_header){.name = "Content-Type", .value = "application/json"};
	h++;
	*h = (struct runtime_header){.name = "Lambda-Runtime-Aws-Request-Id"};
	snprintf(h->value, sizeof h->value, "%s", api->id);
	h++;
	*h = (struct runtime_header){.name = "Lambda-Runtime-Deadline-Ms"};
	snprintf(h->value, sizeof h->value, "%" PRIu64, now_ms + api->timeout_ms);
	h++;
	*h = (struct runtime_header){.name = "Lambda-Runtime-Invoked-Function-Arn",
				     .value = "arn:aws:lambda:us-east-1:000000000000:function:local"};
	h++;
	*h = (struct runtime_header){.name = "Lambda-Runtime-Trace-Id",
				     .value = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0"};
}

void runtime_api_free(struct runtime_api *api)
{
	strbuf_free(&api->problem);
	strbuf_free(&api->answer);
}
