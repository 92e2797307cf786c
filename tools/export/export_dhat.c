/*
 * DHAT's format, version 2, for dh_view.html of valgrind: allocations by function, or by line where they were counted so, exact.
 *
 * Its file can say more of a block than is counted here (how long it lived, how it was used), and has no way to leave one of these out
 * without the others, so it says total blocks and bytes alone; what was live at the peak and what was never freed stand beside the
 * function's name.
 */
#include "export_names.h"
#include "export_select.h"
#include "exporters.h"

#include "export_units.h"

#include <inttypes.h>
#include <math.h>

struct dhat {
	const struct report *report;
	const struct profile *p;
	struct export_names names;
	struct strbuf *out, points, frames;
	uint64_t iterations;
	size_t count;
};

/* `site`: NULL: of the function as a whole. */
static void put_point(struct dhat *w, uint32_t fn, const struct profile_memory *memory, const struct profile_site *site)
{
	uint32_t line = fn == PROFILE_NONE ? 0 : site ? site->line : w->p->fns[fn].from;
	uint64_t blocks = paths_memory(w->p, w->iterations, memory->allocations);
	struct strbuf name = STRBUF_INIT;

	if (blocks == 0)
		return;
	strbuf_puts(&name, export_name(&w->names, fn));
	if (line)
		strbuf_printf(&name, " (%s:%" PRIu32 ")", export_file(&w->names, w->p, fn), line);
	strbuf_puts(&name, ": at the peak ");
	unit_bytes(&name, memory->at_peak_bytes);
	strbuf_puts(&name, ", never freed ");
	unit_bytes(&name, paths_memory(w->p, w->iterations, memory->leaked_bytes));
	if (site) {
		strbuf_puts(&name, ", short-lived ");
		unit_count(&name, paths_memory(w->p, w->iterations, site->soon));
	}
	strbuf_puts(&w->frames, ",\n");
	export_json_string(&w->frames, name.data);
	strbuf_printf(&w->points, "%s{\"tb\":%" PRIu64 ",\"tbk\":%" PRIu64 ",\"fs\":[%zu]}", w->count ? ",\n" : "",
		      paths_memory(w->p, w->iterations, memory->bytes), blocks, w->count + 1);
	w->count++;
	strbuf_free(&name);
}

static void put_function(struct dhat *w, uint32_t fn)
{
	bool by_line = false;

	for (size_t i = 0; i < w->p->site_count; i++) {
		if (w->p->sites[i].fn != fn)
			continue;
		put_point(w, fn, &w->p->sites[i].memory, &w->p->sites[i]);
		by_line = true;
	}
	if (!by_line)
		put_point(w, fn, &w->p->fns[fn].memory, NULL);
}

static int dhat_write(const struct report *report, const struct export_options *options, struct strbuf *out, struct err *err)
{
	struct dhat w = {.report = report, .p = report->profile, .out = out, .iterations = paths_iterations(report->profile)};
	struct strbuf command = STRBUF_INIT;
	uint32_t only = PROFILE_NONE;

	if (options->function && export_select_function(report, options->function, &only, err) < 0)
		return -1;
	export_names_init(&w.names, w.p);
	for (uint32_t i = 0; i < w.p->fn_count; i++) {
		if (!options->function || i == only)
			put_function(&w, i);
	}
	if (!options->function)
		put_point(&w, PROFILE_NONE, &w.p->outside, NULL);
	strbuf_printf(&command, "%s, allocations ", w.names.file);
	export_scope(&command, w.iterations);
	if (w.p->memory_runs == 0)
		strbuf_puts(&command, "; they were not counted");
	strbuf_puts(out, "{\"dhatFileVersion\":2,\"mode\":\"ruchy\",\"verb\":\"Allocated\",\"bklt\":false,\"bkacc\":false,\"tu\":\"ns\","
			 "\"Mtu\":\"ms\",\n"
			 "\"cmd\":");
	export_json_string(out, command.data);
	strbuf_printf(out, ",\"pid\":0,\"te\":%.0f,\n\"pps\":[\n",
		      report->plain_ns > 0 ? round(report->plain_ns * (double)w.iterations) : 0.0);
	strbuf_puts(out, w.points.data ? w.points.data : "");
	strbuf_puts(out, "\n],\n\"ftbl\":[\"[root]\"");
	strbuf_puts(out, w.frames.data ? w.frames.data : "");
	strbuf_puts(out, "]}\n");
	strbuf_free(&command);
	strbuf_free(&w.points);
	strbuf_free(&w.frames);
	export_names_free(&w.names, w.p);
	return 0;
}

const struct exporter export_dhat = {
    .name = "dhat",
    .suffix = ".dhat.json",
    .prefix = "dhat.out",
    .summary = "allocations by function, for dh_view.html of valgrind",
    .write = dhat_write,
};
