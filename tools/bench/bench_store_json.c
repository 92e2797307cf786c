/* bench_store_json.c - a baseline as JSON. Fields that are unknown are ignored, so that newer versions may add some. */
#include "bench_store.h"
#include "bench_store_internal.h"
#include "fs.h"
#include "strbuf.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST	     ((size_t)64 << 20)
#define MOST_SAMPLES 1000000

/* Texts and samples by their place in the document: what writes and reads them alike. */
static const struct {
	const char *group, *key;
	size_t offset;
} texts[] = {
    {NULL, "file", offsetof(struct bench_baseline, file)},
    {NULL, "version", offsetof(struct bench_baseline, version)},
    {NULL, "created", offsetof(struct bench_baseline, created)},
    {NULL, "tool", offsetof(struct bench_baseline, tool)},
    {NULL, "arguments", offsetof(struct bench_baseline, command)},
    {NULL, "stdin", offsetof(struct bench_baseline, input)},
    {"host", "cpu", offsetof(struct bench_baseline, host.cpu)},
    {"host", "kernel", offsetof(struct bench_baseline, host.kernel)},
    {"host", "arch", offsetof(struct bench_baseline, host.arch)},
    {"objects", "source", offsetof(struct bench_baseline, source)},
    {"objects", "rust", offsetof(struct bench_baseline, rust)},
    {"objects", "inputs", offsetof(struct bench_baseline, inputs)},
    {"objects", "program", offsetof(struct bench_baseline, program)},
    {"objects", "profile", offsetof(struct bench_baseline, profile)},
    {"build", "kind", offsetof(struct bench_baseline, kind)},
    {"build", "source_name", offsetof(struct bench_baseline, source_name)},
    {"build", "program_hash", offsetof(struct bench_baseline, program_hash)},
    {"build", "rustc", offsetof(struct bench_baseline, rustc_version)},
    {"build", "rustc_flags", offsetof(struct bench_baseline, rustc_flags)},
    {"build", "ruchy", offsetof(struct bench_baseline, ruchy_version)},
};
static const struct {
	const char *key;
	size_t offset;
} samples[] = {
    {"wall_ns", offsetof(struct bench_baseline, wall)},
    {"queued_ns", offsetof(struct bench_baseline, queued)},
    {"cpu_ns", offsetof(struct bench_baseline, cpu)},
    {"user_ns", offsetof(struct bench_baseline, user)},
    {"system_ns", offsetof(struct bench_baseline, system)},
    {"peak_rss_bytes", offsetof(struct bench_baseline, rss)},
    {"transpile_ns", offsetof(struct bench_baseline, transpile)},
    {"cold_start_ns", offsetof(struct bench_baseline, cold)},
    {"rustc_ns", offsetof(struct bench_baseline, rustc)},
};
enum { TEXTS = sizeof texts / sizeof *texts, SAMPLES = sizeof samples / sizeof *samples };

static char **text_at(struct bench_baseline *baseline, size_t i)
{
	return (char **)((char *)baseline + texts[i].offset);
}

static struct bench_samples *samples_at(struct bench_baseline *baseline, size_t i)
{
	return (struct bench_samples *)((char *)baseline + samples[i].offset);
}

void bench_baseline_free(struct bench_baseline *baseline)
{
	if (!baseline)
		return;
	for (size_t i = 0; i < TEXTS; i++)
		free(*text_at(baseline, i));
	for (size_t i = 0; i < SAMPLES; i++)
		free(samples_at(baseline, i)->x);
	free(baseline->path);
	free(baseline);
}

double *bench_baseline_times(const struct bench_baseline *baseline)
{
	double *x = xcalloc(baseline->wall.n + 1, sizeof *x);

	for (size_t i = 0; i < baseline->wall.n; i++) {
		double queued = baseline->queued.n == baseline->wall.n ? baseline->queued.x[i] : 0;

		x[i] = fmax(1, baseline->wall.x[i] - queued);
	}
	return x;
}

/* ---- write ------------------------------------------------------------------------------------------------------------------------ */

static json_t *group_of(json_t *root, const char *name)
{
	json_t *group = name ? json_object_get(root, name) : root;

	if (!group) {
		group = json_object();
		json_object_set_new(root, name, group);
	}
	return group;
}

static json_t *document(struct bench_baseline *baseline)
{
	json_t *root = json_object();

	json_object_set_new(root, "schema_version", json_integer(BENCH_SCHEMA));
	for (size_t i = 0; i < TEXTS; i++) {
		char *text = *text_at(baseline, i);
		json_t *value = json_string(text ? text : "");

		/* A name that is not UTF-8 can't be in JSON as it is. */
		json_object_set_new(group_of(root, texts[i].group), texts[i].key, value ? value : json_string("?"));
	}
	json_object_set_new(group_of(root, "host"), "cpus", json_integer((json_int_t)baseline->host.cpus));
	json_object_set_new(group_of(root, "host"), "fingerprint", json_string(baseline->host.fingerprint));
	json_object_set_new(group_of(root, "build"), "size_bytes", json_integer((json_int_t)baseline->size_bytes));
	json_object_set_new(root, "repeats", json_integer((json_int_t)baseline->repeats));
	json_object_set_new(root, "ignored_failures", json_boolean(baseline->ignored_failures));
	for (size_t i = 0; i < SAMPLES; i++) {
		struct bench_samples *from = samples_at(baseline, i);
		json_t *array = json_array();

		for (size_t k = 0; k < from->n; k++)
			json_array_append_new(array, json_integer((json_int_t)llround(from->x[k])));
		json_object_set_new(group_of(root, "samples"), samples[i].key, array);
	}
	return root;
}

int bench_store_save(const char *store, struct bench_baseline *baseline, struct err *err)
{
	json_t *root = document(baseline);
	char *text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	char *path = bench_store_place(store, baseline), *slash = strrchr(path, '/');
	int status;

	*slash = '\0';
	status = fs_mkdirs(path, err);
	*slash = '/';
	if (status == 0)
		status = fs_write(path, text, strlen(text), 0666, err);
	free(baseline->path);
	baseline->path = path;
	free(text);
	json_decref(root);
	return status;
}

/* ---- read ------------------------------------------------------------------------------------------------------------------------- */

static int read_samples(struct bench_samples *into, const json_t *array, const char *key, const char *name, struct err *err)
{
	size_t n = json_array_size(array);

	if (array && !json_is_array(array))
		return err_set(err, name, NULL, "the samples %s of the baseline are no list", key);
	if (n > MOST_SAMPLES)
		return err_set(err, name, NULL, "the baseline has %zu samples of %s", n, key);
	into->x = xcalloc(n + 1, sizeof *into->x);
	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_array_get(array, i);

		into->x[i] = json_number_value(value);
		/* Times and sizes are above zero; CPU time of a short run may be rounded to it. */
		if (!json_is_number(value) || !(into->x[i] >= 0) || into->x[i] > 1e18)
			return err_set(err, name, NULL, "sample %zu of %s is no usable number", i, key);
		into->n++;
	}
	return 0;
}

static int read_text(char **into, const json_t *value, const char *key, const char *name, struct err *err)
{
	const char *text = value ? json_string_value(value) : "";

	if (!text)
		return err_set(err, name, NULL, "`%s` of the baseline is no text", key);
	*into = xstrdup(text);
	return 0;
}

static uint64_t whole(const json_t *group, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(group, key));

	return value > 0 ? (uint64_t)value : 0;
}

static int fill(struct bench_baseline *baseline, const json_t *root, const char *name, struct err *err)
{
	const json_t *host = json_object_get(root, "host"), *values = json_object_get(root, "samples");
	const char *fingerprint = json_string_value(json_object_get(host, "fingerprint"));
	json_int_t schema = json_integer_value(json_object_get(root, "schema_version"));

	if (schema < 1)
		return err_set(err, name, NULL, "this is no baseline of `bench`");
	if (schema > BENCH_SCHEMA)
		return err_set(err, name, "use a newer ruchy-prof", "the baseline has version %lld of the format, newer than is known here",
			       (long long)schema);
	for (size_t i = 0; i < TEXTS; i++) {
		const json_t *group = texts[i].group ? json_object_get(root, texts[i].group) : root;

		if (read_text(text_at(baseline, i), json_object_get(group, texts[i].key), texts[i].key, name, err) != 0)
			return -1;
	}
	for (size_t i = 0; i < SAMPLES; i++) {
		if (read_samples(samples_at(baseline, i), json_object_get(values, samples[i].key), samples[i].key, name, err) != 0)
			return -1;
	}
	if (!*baseline->file || !*baseline->version || baseline->wall.n + baseline->cold.n == 0 || !fingerprint)
		return err_set(err, name, NULL, "the baseline has no file, version, host or samples");
	/* Shown as it is, in XML too. */
	if (baseline->created[strspn(baseline->created, "0123456789-:TZ")])
		return err_set(err, name, NULL, "the baseline's time is not one");
	strncpy(baseline->host.fingerprint, fingerprint, sizeof baseline->host.fingerprint - 1);
	baseline->host.cpus = (unsigned)whole(host, "cpus");
	baseline->size_bytes = whole(json_object_get(root, "build"), "size_bytes");
	baseline->repeats = whole(root, "repeats");
	baseline->ignored_failures = json_is_true(json_object_get(root, "ignored_failures"));
	return 0;
}

struct bench_baseline *bench_store_parse(const char *text, size_t size, const char *name, struct err *err)
{
	json_error_t problem;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
	struct bench_baseline *baseline = xcalloc(1, sizeof *baseline);
	int status = -1;

	if (!root)
		err_set(err, name, NULL, "the baseline is no JSON: line %d: %s", problem.line, problem.text);
	else if (!json_is_object(root))
		err_set(err, name, NULL, "this is no baseline of `bench`");
	else
		status = fill(baseline, root, name, err);
	json_decref(root);
	if (status == 0) {
		baseline->path = xstrdup(name);
		return baseline;
	}
	bench_baseline_free(baseline);
	return NULL;
}

struct bench_baseline *bench_store_read(const char *path, struct err *err)
{
	size_t size;
	char *text = fs_read(path, LARGEST, &size, err);
	struct bench_baseline *baseline = text ? bench_store_parse(text, size, path, err) : NULL;

	free(text);
	return baseline;
}
