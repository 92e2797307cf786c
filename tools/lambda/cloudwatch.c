#include "cloudwatch.h"
#include "strbuf.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LINE_MOST (1u << 18)
/* An initialisation ends after ten seconds, says AWS; with provisioned concurrency it may take minutes. */
#define INIT_MS_MOST 1e7

/* --- parts of a line ------------------------------------------------------------------------------------------------------------ */

/* The text behind `label`, up to a blank; false when the line has none. */
static bool word_behind(const char *line, size_t size, const char *label, char word[CLOUDWATCH_WORD])
{
	const char *at = memmem(line, size, label, strlen(label)), *end = line + size;
	size_t used = 0;

	if (!at)
		return false;
	at += strlen(label);
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (; at<end && * at> ' ' && used < CLOUDWATCH_WORD - 1; at++)
		word[used++] = *at;
	word[used] = '\0';
	return used > 0;
}

static bool number_behind(const char *line, size_t size, const char *label, double *number)
{
	char word[CLOUDWATCH_WORD], *end;

	if (!word_behind(line, size, label, word) || word[0] < '0' || word[0] > '9')
		return false;
	*number = strtod(word, &end);
	return *end == '\0' && isfinite(*number);
}

static bool has(const char *line, size_t size, const char *what)
{
	return memmem(line, size, what, strlen(what)) != NULL;
}

/* --- what is known so far ------------------------------------------------------------------------------------------------------ */

static struct cloudwatch_version *version_of(struct cloudwatch *logs, const char *version)
{
	struct cloudwatch_version *v;

	for (size_t i = 0; i < logs->version_count; i++)
		if (strcmp(logs->versions[i].version, version) == 0 && strcmp(logs->versions[i].runtime, logs->runtime) == 0)
			return &logs->versions[i];
	if (logs->version_count == CLOUDWATCH_VERSIONS)
		return NULL;
	logs->versions = xrealloc(logs->versions, logs->version_count + 1, sizeof *logs->versions);
	v = &logs->versions[logs->version_count++];
	memset(v, 0, sizeof *v);
	memcpy(v->version, version, strlen(version) + 1);
	memcpy(v->runtime, logs->runtime, sizeof v->runtime);
	return v;
}

static void on_start(struct cloudwatch *logs, const char *id, const char *version)
{
	size_t i = logs->next_open++ % CLOUDWATCH_OPEN;

	memcpy(logs->open[i].id, id, strlen(id) + 1);
	memcpy(logs->open[i].version, version, strlen(version) + 1);
}

/* The version that the request's START told; it is forgotten then. */
static void close_request(struct cloudwatch *logs, const char *id, char version[CLOUDWATCH_WORD])
{
	version[0] = '\0';
	for (size_t i = 0; *id && i < CLOUDWATCH_OPEN; i++) {
		if (strcmp(logs->open[i].id, id) != 0)
			continue;
		memcpy(version, logs->open[i].version, CLOUDWATCH_WORD);
		logs->open[i].id[0] = '\0';
		return;
	}
}

static void on_report(struct cloudwatch *logs, const char *id, double init_ms, double memory_mb, double used_mb)
{
	char version[CLOUDWATCH_WORD];
	struct cloudwatch_version *v;

	logs->reports++;
	close_request(logs, id, version);
	if (!(init_ms >= 0 && init_ms <= INIT_MS_MOST))
		return;
	logs->starts++;
	v = version_of(logs, version);
	if (!v || v->count == CLOUDWATCH_STARTS) {
		logs->dropped++;
		return;
	}
	if (v->count == v->capacity) {
		v->capacity = v->capacity ? v->capacity * 2 : 16;
		v->init_ms = xrealloc(v->init_ms, v->capacity, sizeof *v->init_ms);
	}
	v->init_ms[v->count++] = init_ms;
	v->memory_mb = memory_mb > 0 && memory_mb < 1e6 ? (uint64_t)memory_mb : v->memory_mb;
	if (used_mb > 0 && used_mb < 1e6 && (uint64_t)used_mb > v->most_used_mb)
		v->most_used_mb = (uint64_t)used_mb;
}

/* --- the two formats ----------------------------------------------------------------------------------------------------------- */

static void text_line(struct cloudwatch *logs, const char *line, size_t size)
{
	char id[CLOUDWATCH_WORD] = "", word[CLOUDWATCH_WORD];
	double init = -1, memory = 0, used = 0;

	if (has(line, size, "REPORT RequestId:")) {
		word_behind(line, size, "RequestId:", id);
		number_behind(line, size, "Init Duration:", &init);
		number_behind(line, size, "Memory Size:", &memory);
		number_behind(line, size, "Max Memory Used:", &used);
		on_report(logs, id, init, memory, used);
	} else if (has(line, size, "INIT_START Runtime Version:")) {
		word_behind(line, size, "Runtime Version:", logs->runtime);
	} else if (has(line, size, "START RequestId:") && word_behind(line, size, "RequestId:", id) &&
		   word_behind(line, size, "Version:", word)) {
		on_start(logs, id, word);
	}
}

static void copy_text(char into[CLOUDWATCH_WORD], const json_t *value)
{
	const char *text = json_string_value(value);

	if (text) {
		strncpy(into, text, CLOUDWATCH_WORD - 1);
		into[CLOUDWATCH_WORD - 1] = '\0';
	}
}

static double metric(const json_t *metrics, const char *name, double otherwise)
{
	const json_t *value = json_object_get(metrics, name);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

static void json_line(struct cloudwatch *logs, const char *line, size_t size)
{
	json_t *event = json_loadb(line, size, JSON_DISABLE_EOF_CHECK, NULL), *record = json_object_get(event, "record");
	const char *type = json_string_value(json_object_get(event, "type"));
	char id[CLOUDWATCH_WORD] = "", version[CLOUDWATCH_WORD] = "";

	copy_text(id, json_object_get(record, "requestId"));
	if (type && strcmp(type, "platform.initStart") == 0) {
		copy_text(logs->runtime, json_object_get(record, "runtimeVersion"));
	} else if (type && strcmp(type, "platform.start") == 0) {
		copy_text(version, json_object_get(record, "version"));
		on_start(logs, id, version);
	} else if (type && strcmp(type, "platform.report") == 0) {
		const json_t *metrics = json_object_get(record, "metrics");

		on_report(logs, id, metric(metrics, "initDurationMs", -1), metric(metrics, "memorySizeMB", 0),
			  metric(metrics, "maxMemoryUsedMB", 0));
	}
	json_decref(event);
}

/* A time stamp may stand in front, as exports write it. */
void cloudwatch_line(struct cloudwatch *logs, const char *line, size_t size)
{
	const char *brace = has(line, size, "\"platform.") ? memchr(line, '{', size) : NULL;

	logs->lines++;
	if (brace)
		json_line(logs, brace, size - (size_t)(brace - line));
	else
		text_line(logs, line, size);
}

/* Lines longer than the buffer come in pieces; no line of the platform is that long. */
static int read_lines(struct cloudwatch *logs, gzFile file, const char *path, struct err *err)
{
	char *line = xmalloc(LINE_MOST);
	const char *message;
	int error;

	while (gzgets(file, line, LINE_MOST)) {
		size_t size = strlen(line);

		while (size && (line[size - 1] == '\n' || line[size - 1] == '\r'))
			size--;
		cloudwatch_line(logs, line, size);
	}
	free(line);
	message = gzerror(file, &error);
	if (error != Z_OK && error != Z_STREAM_END)
		return err_set(err, path, "export the logs again", "cannot read the logs: %s",
			       error == Z_ERRNO ? strerror(errno) : message);
	return 0;
}

int cloudwatch_read(struct cloudwatch *logs, const char *path, struct err *err)
{
	uint64_t before = logs->reports;
	gzFile file = gzopen(path, "re");
	int status;

	if (!file)
		return err_set(err, path, NULL, "cannot read the logs: %s", strerror(errno));
	status = read_lines(logs, file, path, err);
	gzclose(file);
	if (status == 0 && logs->reports == before)
		return err_set(err, path, "export the log group of the function, as text or gzip", "no REPORT line is in these logs");
	return status;
}

void cloudwatch_free(struct cloudwatch *logs)
{
	for (size_t i = 0; i < logs->version_count; i++)
		free(logs->versions[i].init_ms);
	free(logs->versions);
	memset(logs, 0, sizeof *logs);
}
