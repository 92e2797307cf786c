/*
 * runtime_api.h - the Lambda Runtime API (2018-06-01) as a state without a network: a request in, what to answer out. The events are given
 * beforehand and all have the same body; who serves says when time passes.
 */
#ifndef RUNTIME_API_H
#define RUNTIME_API_H

#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUNTIME_API_ID 37 /* of a request, with the NUL */
/* AWS takes no larger body, events and answers alike. */
#define RUNTIME_API_BODY_MOST (6u << 20)

enum runtime_call { CALL_UNKNOWN, CALL_NEXT, CALL_RESPONSE, CALL_ERROR, CALL_INIT_ERROR };

struct runtime_api {
	/* in */
	const char *event; /* JSON; not owned */
	size_t event_size;
	unsigned events;     /* how many there are */
	uint64_t timeout_ms; /* of an invocation, for its deadline */
	/* state */
	unsigned sent, answered; /* events */
	bool open;		 /* one is sent and not answered */
	char id[RUNTIME_API_ID]; /* of the event that was sent last */
	struct strbuf problem;	 /* what the program reported by an error; "" = nothing */
	struct strbuf answer;	 /* to the first event */
};

struct runtime_answer {
	enum runtime_call call;
	unsigned status;  /* of HTTP; 0: there is no event for now, the request waits */
	bool is_event;	  /* the body is the event, with the headers of runtime_api_headers(); else `body` */
	const char *body; /* static */
};

/* Which call is this? The id of the request goes to `id`, "" where the call has none. Takes any bytes. */
enum runtime_call runtime_call_parse(const char *method, const char *path, char id[RUNTIME_API_ID]);
/* A whole request. */
struct runtime_answer runtime_api_request(struct runtime_api *api, const char *method, const char *path, const char *body, size_t size);
/* The headers that come with the event: pairs of name and value, into `values` (owned by the caller). `now_ms` since 1970. */
#define RUNTIME_API_HEADERS 5
struct runtime_header {
	const char *name;
	char value[160];
};
void runtime_api_headers(const struct runtime_api *api, uint64_t now_ms, struct runtime_header headers[RUNTIME_API_HEADERS]);
void runtime_api_free(struct runtime_api *api);

#endif
