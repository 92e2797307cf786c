/* bench_stored.c - `bench gc` and `bench history`. */
#include "bench_command.h"
#include "bench_history.h"
#include "bench_store.h"
#include "export_units.h"
#include "output.h"
#include "strbuf.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int bench_collect_garbage(const struct bench_command_options *o, struct err *err)
{
	size_t baselines, objects;
	uint64_t bytes;
	struct strbuf size = STRBUF_INIT;
	const char *store = o->store ? o->store : ".ruchy-bench";

	if (access(store, F_OK) != 0)
		return err_set(err, store, "name it with --store", "there is no store");
	if (bench_store_gc(store, o->keep ? o->keep : 20, &baselines, &objects, &bytes, err) != 0)
		return -1;
	unit_bytes(&size, bytes);
	printf("%zu baselines and %zu objects (%s) removed\n", baselines, objects, size.data);
	strbuf_free(&size);
	return 0;
}

int bench_show_history(const struct bench_command_options *o, const char *source, struct err *err)
{
	char *store = bench_store_path(o->store, source), *file = bench_store_file(store, source, o->bin), *problems;
	size_t count;
	struct bench_baseline **list = bench_store_list(store, file, &count, &problems);
	struct bench_history history;
	struct strbuf text = STRBUF_INIT;
	int status = 0;

	fputs(problems, stderr);
	bench_history_fill(&history, file, list, count);
	if (count == 0)
		status = err_set(err, store, "make one with `--regression baseline`", "there is no baseline of %s", file);
	else if (!bench_history_write(&text, &history, bench_format_name(o), output_is_stdout(o->output) && !term_is_utf8()))
		status = err_usage(err, bench_format_name(o), "known formats of a history: text, json, csv, markdown", "unknown format");
	else
		status = output_bytes(o->output, text.data ? text.data : "", text.size, 0666, err);
	if (status == 0 && o->plot) {
		text.size = 0;
		bench_history_svg(&text, &history);
		status = output_bytes(o->plot, text.data, text.size, 0666, err);
	}
	strbuf_free(&text);
	bench_history_free(&history);
	for (size_t i = 0; i < count; i++)
		bench_baseline_free(list[i]);
	free(list);
	free(problems);
	free(file);
	free(store);
	return status;
}
