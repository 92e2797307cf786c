// The same function in C++ over plain sockets: the C++ runtime of AWS is no package of this system, and needs libcurl.
#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static std::string handler(const std::string &event)
{
	long sum = 0;
	for (unsigned char byte : event)
		sum = (sum * 31 + byte) % 1000003;
	return "{\"bytes\":" + std::to_string(event.size()) + ",\"sum\":" + std::to_string(sum) + "}";
}

static int connect_to(const std::string &api)
{
	size_t colon = api.rfind(':');
	sockaddr_in address{};
	address.sin_family = AF_INET;
	address.sin_port = htons(static_cast<uint16_t>(std::strtoul(api.c_str() + colon + 1, nullptr, 10)));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, api.substr(0, colon).c_str(), &address.sin_addr) != 1 ||
	    connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
		std::exit(1);
	return fd;
}

static std::string header(const std::string &head, const char *name)
{
	for (size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
		const char *line = head.c_str() + at + 2;
		if (strncasecmp(line, name, std::strlen(name)) == 0 && line[std::strlen(name)] == ':') {
			line += std::strlen(name) + 1;
			line += std::strspn(line, " ");
			return std::string(line, std::strcspn(line, "\r"));
		}
	}
	return "";
}

// The head of the answer; its body goes to `body`.
static std::string exchange(const std::string &api, const std::string &request, std::string &body)
{
	int fd = connect_to(api);
	for (size_t sent = 0; sent < request.size();) {
		ssize_t n = write(fd, request.data() + sent, request.size() - sent);
		if (n <= 0)
			std::exit(1);
		sent += static_cast<size_t>(n);
	}
	std::string all, head;
	size_t need = std::string::npos;
	char buffer[65536];
	while (all.size() < need) {
		ssize_t n = read(fd, buffer, sizeof buffer);
		if (n <= 0)
			break;
		all.append(buffer, static_cast<size_t>(n));
		size_t end = all.find("\r\n\r\n");
		if (head.empty() && end != std::string::npos) {
			head = all.substr(0, end);
			need = end + 4 + std::strtoul(header(head, "Content-Length").c_str(), nullptr, 10);
		}
	}
	close(fd);
	if (head.empty() || all.size() < need)
		std::exit(1);
	body = all.substr(head.size() + 4);
	return head;
}

int main()
{
	const char *variable = std::getenv("AWS_LAMBDA_RUNTIME_API");
	if (!variable)
		return 1;
	std::string api = variable, root = "/2018-06-01/runtime/invocation/", event, status;
	std::string rest = " HTTP/1.1\r\nHost: " + api + "\r\nConnection: close\r\n";
	for (;;) {
		std::string head = exchange(api, "GET " + root + "next" + rest + "\r\n", event);
		std::string answer = handler(event), id = header(head, "Lambda-Runtime-Aws-Request-Id");
		exchange(api,
			 "POST " + root + id + "/response" + rest + "Content-Length: " + std::to_string(answer.size()) + "\r\n\r\n" + answer,
			 status);
	}
}
