/*
 * runtime_server.c - libmicrohttpd tells neither when a request's first byte came nor, without a thread of its own, when a connection did.
 * So the port is ours: accept4(), a note of the time, MHD_add_connection(); and each connection that waits for a request is polled here
 * before MHD_run() reads it.
 */
#include "runtime_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 64
/* While an answer is on its way the server has to run without anything to read. */
#define BUSY_MS 5

struct link {
	int fd; /* -1: free */
	uint64_t accepted, first;
	bool waits;  /* for a request */
	bool parked; /* its request waits for an event: what can be read there then is its end */
};

/* A request that is being read, or that waits for an event. */
struct request {
	struct strbuf body;
	bool too_large;
};

struct runtime_server {
	struct runtime_api *api;
	struct runtime_hooks hooks;
	struct MHD_Daemon *daemon;
	int port_fd;
	unsigned port;
	struct link links[CONNECTIONS_MOST];
	unsigned busy;		       /* requests that are not answered to the end */
	struct MHD_Connection *parked; /* waits for an event; NULL */
};

uint64_t runtime_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct link *link_of(struct runtime_server *server, int fd)
{
	for (size_t i = 0; i < CONNECTIONS_MOST; i++)
		if (server->links[i].fd == fd)
			return &server->links[i];
	return NULL;
}

static struct link *link_of_connection(struct runtime_server *server, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? link_of(server, info->connect_fd) : NULL;
}

/* --- answers ------------------------------------------------------------------------------------------------------------------- */

static enum MHD_Result send_answer(struct runtime_server *server, struct MHD_Connection *connection, const struct runtime_answer *answer)
{
	struct runtime_header headers[RUNTIME_API_HEADERS];
	const char *body = answer->is_event ? server->api->event : answer->body;
	size_t size = answer->is_event ? server->api->event_size : strlen(body);
	/* The text outlives the connection, and MHD does not write to it. */
	struct MHD_Response *response = MHD_create_response_from_buffer(size, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	if (answer->is_event) {
		runtime_api_headers(server->api, wall_ms(), headers);
		for (size_t i = 0; i < RUNTIME_API_HEADERS; i++)
			MHD_add_response_header(response, headers[i].name, headers[i].value);
	} else {
		MHD_add_response_header(response, "Content-Type", "application/json");
	}
	if (server->hooks.answering)
		server->hooks.answering(server->hooks.context, answer);
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path, const char *method,
				  const char *version, const char *data, size_t *size, void **state)
{
	struct runtime_server *server = context;
	struct request *request = *state;
	struct runtime_answer answer;
	struct link *link = link_of_connection(server, connection);
	char id[RUNTIME_API_ID];

	(void)version;
	if (!request) {
		*state = xcalloc(1, sizeof *request);
		server->busy++;
		return MHD_YES;
	}
	if (*size) {
		request->too_large |= *size > RUNTIME_API_BODY_MOST - request->body.size;
		if (!request->too_large)
			strbuf_add(&request->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (link && server->hooks.asked)
		server->hooks.asked(server->hooks.context, runtime_call_parse(method, path, id), link->accepted, link->first);
	answer = runtime_api_request(server->api, method, path, request->body.data,
				     request->too_large ? RUNTIME_API_BODY_MOST + 1 : request->body.size);
	if (answer.status)
		return send_answer(server, connection, &answer);
	if (server->parked)
		return MHD_NO; /* two that wait: the program is confused */
	server->parked = connection;
	if (link)
		link->parked = true;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
	struct runtime_server *server = context;
	struct request *request = *state;
	struct link *link = link_of_connection(server, connection);

	(void)code;
	if (link)
		link->waits = true;
	if (!request)
		return;
	strbuf_free(&request->body);
	free(request);
	*state = NULL;
	server->busy--;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **state, enum MHD_ConnectionNotificationCode code)
{
	struct runtime_server *server = context;
	struct link *link = link_of_connection(server, connection);

	(void)state;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED && link)
		link->fd = -1;
}

/* --- the port ------------------------------------------------------------------------------------------------------------------ */

static int open_port(struct runtime_server *server, struct err *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	server->port_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->port_fd < 0 || bind(server->port_fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(server->port_fd, CONNECTIONS_MOST) != 0 || getsockname(server->port_fd, (struct sockaddr *)&address, &size) != 0)
		return err_set(err, "127.0.0.1", NULL, "cannot open a port for the Runtime API: %s", strerror(errno));
	server->port = ntohs(address.sin_port);
	return 0;
}

struct runtime_server *runtime_server_new(struct runtime_api *api, const struct runtime_hooks *hooks, struct err *err)
{
	struct runtime_server *server = xcalloc(1, sizeof *server);

	server->api = api;
	server->hooks = *hooks;
	server->port_fd = -1;
	for (size_t i = 0; i < CONNECTIONS_MOST; i++)
		server->links[i].fd = -1;
	if (open_port(server, err) == 0) {
		server->daemon =
		    MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
				     MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
				     MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST, MHD_OPTION_END);
		if (server->daemon)
			return server;
		err_set(err, "127.0.0.1", NULL, "cannot start the Runtime API");
	}
	runtime_server_free(server);
	return NULL;
}

void runtime_server_free(struct runtime_server *server)
{
	if (!server)
		return;
	if (server->parked)
		MHD_resume_connection(server->parked);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	if (server->port_fd >= 0)
		close(server->port_fd);
	free(server);
}

unsigned runtime_server_port(const struct runtime_server *server)
{
	return server->port;
}

static void accept_all(struct runtime_server *server, uint64_t now)
{
	for (;;) {
		struct sockaddr_in address;
		socklen_t size = sizeof address;
		int on = 1, fd = accept4(server->port_fd, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct link *link = fd >= 0 ? link_of(server, -1) : NULL;

		if (fd < 0)
			return;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (!link) {
			close(fd);
			continue;
		}
		*link = (struct link){.fd = fd, .accepted = now, .waits = true};
		if (MHD_add_connection(server->daemon, fd, (struct sockaddr *)&address, size) != MHD_YES)
			link->fd = -1; /* MHD has closed it */
	}
}

int runtime_server_turn(struct runtime_server *server, int other_fd, int timeout_ms, struct err *err)
{
	struct pollfd fds[CONNECTIONS_MOST + 2] = {{server->port_fd, POLLIN, 0}, {other_fd, POLLIN, 0}};
	bool busy = server->busy > (server->parked ? 1u : 0u);
	uint64_t now;

	for (size_t i = 0; i < CONNECTIONS_MOST; i++)
		fds[2 + i] = (struct pollfd){server->links[i].parked ? -1 : server->links[i].fd, POLLIN, 0};
	if (poll(fds, CONNECTIONS_MOST + 2, busy && timeout_ms > BUSY_MS ? BUSY_MS : timeout_ms) < 0)
		return errno == EINTR ? 0 : err_set(err, "127.0.0.1", NULL, "cannot watch the Runtime API: %s", strerror(errno));
	now = runtime_now();
	for (size_t i = 0; i < CONNECTIONS_MOST; i++) {
		struct link *link = &server->links[i];

		if (link->fd < 0 || !link->waits || !(fds[2 + i].revents & POLLIN))
			continue;
		link->first = now;
		link->waits = false;
	}
	if (fds[0].revents & POLLIN) {
		accept_all(server, now);
		return runtime_server_turn(server, other_fd, 0, err); /* the request is often there already */
	}
	if (MHD_run(server->daemon) != MHD_YES)
		return err_set(err, "127.0.0.1", NULL, "the Runtime API failed");
	return fds[1].revents ? 1 : 0;
}
