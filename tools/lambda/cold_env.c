/* cold_env.c - the environment of a function, as AWS sets it, as far as it means something here. */
#include "cold_spawn.h"
#include "strbuf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(char ***list, size_t *count, char *entry)
{
	*list = xrealloc(*list, *count + 2, sizeof **list);
	(*list)[(*count)++] = entry;
	(*list)[*count] = NULL;
}

static bool is_given(char *const *list, const char *entry)
{
	size_t name = strcspn(entry, "=") + 1;

	for (; list && *list; list++)
		if (strncmp(*list, entry, name) == 0)
			return true;
	return false;
}

static char *directory_of(const char *path)
{
	char *real = realpath(path, NULL), *slash;

	if (!real)
		return xstrdup(".");
	slash = strrchr(real, '/');
	if (slash && slash != real)
		*slash = '\0';
	return real;
}

/* Ours first, then what the caller adds, then the rest of our own environment. */
char **cold_environment(const struct cold_options *o, unsigned port)
{
	char **list = NULL, *root = directory_of(o->program);
	size_t count = 0;

	add(&list, &count, xasprintf("AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", port));
	add(&list, &count, xasprintf("_HANDLER=%s", o->handler));
	add(&list, &count, xasprintf("LAMBDA_TASK_ROOT=%s", root));
	add(&list, &count, xasprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%u", o->memory_mb));
	add(&list, &count, xstrdup("AWS_LAMBDA_FUNCTION_NAME=local"));
	add(&list, &count, xstrdup("AWS_LAMBDA_FUNCTION_VERSION=$LATEST"));
	add(&list, &count, xstrdup("AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/local"));
	add(&list, &count, xstrdup("AWS_LAMBDA_LOG_STREAM_NAME=local"));
	add(&list, &count, xstrdup("AWS_LAMBDA_INITIALIZATION_TYPE=on-demand"));
	add(&list, &count, xstrdup("AWS_REGION=us-east-1"));
	for (char *const *entry = o->env; entry && *entry; entry++)
		add(&list, &count, xstrdup(*entry));
	for (char **entry = environ; entry && *entry; entry++)
		if (!is_given(list, *entry))
			add(&list, &count, xstrdup(*entry));
	free(root);
	return list;
}

void cold_environment_free(char **list)
{
	for (char **entry = list; entry && *entry; entry++)
		free(*entry);
	free(list);
}
