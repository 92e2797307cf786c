/*
 * runtime_server.h - the Runtime API on a loopback port, with the time at which each request's first byte could be read.
 *
 * The server does not accept by itself: this file does, watches the connections, notes the time and only then lets libmicrohttpd read.
 * Everything runs in the caller's thread, within runtime_server_turn().
 */
#ifndef RUNTIME_SERVER_H
#define RUNTIME_SERVER_H

#include "err.h"
#include "runtime_api.h"

struct runtime_server;

struct runtime_hooks {
	/* A request is there, its answer not yet made: `accepted_ns` of its connection, `first_ns` of its first byte (CLOCK_MONOTONIC). */
	void (*asked)(void *context, enum runtime_call call, uint64_t accepted_ns, uint64_t first_ns);
	/* The answer to it is about to be sent. */
	void (*answering)(void *context, const struct runtime_answer *answer);
	void *context;
};

/* `api` and what it points to must outlive the server. */
struct runtime_server *runtime_server_new(struct runtime_api *api, const struct runtime_hooks *hooks, struct err *err);
void runtime_server_free(struct runtime_server *server);
unsigned runtime_server_port(const struct runtime_server *server);
/*
 * Wait until something happens, at most `timeout_ms`, and handle it. Also ends when `other_fd` is readable. Returns 1 when it is, else 0;
 * -1 and `err` on failure. EINTR is 0.
 */
int runtime_server_turn(struct runtime_server *server, int other_fd, int timeout_ms, struct err *err);
/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t runtime_now(void);

#endif
