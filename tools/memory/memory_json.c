#include "audit_json.h"
#include "memory_result.h"

static json_t *series_json(const struct memory_series *series)
{
	json_t *rows = json_array(), *root = json_object();

	for (size_t i = 0; i < series->count; i++)
		json_array_append_new(rows, json_pack("[f,I]", (double)series->points[i].ns / 1e6, (json_int_t)series->points[i].bytes));
	json_object_set_new(root, "period_ms", json_real((double)series->period_ns / 1e6));
	json_object_set_new(root, "points", rows);
	return root;
}

static json_t *function_json(const struct profile_fn *fn, uint64_t runs)
{
	json_t *row = json_object();

	json_object_set_new(row, "name", json_text(fn->name));
	json_object_set_new(row, "line", json_integer(fn->from));
	json_object_set_new(row, "allocations", json_count(fn->memory.allocations / runs));
	json_object_set_new(row, "bytes", json_count(fn->memory.bytes / runs));
	json_object_set_new(row, "reallocations", json_count(fn->memory.reallocations / runs));
	json_object_set_new(row, "leaked", json_count(fn->memory.leaked / runs));
	json_object_set_new(row, "leaked_bytes", json_count(fn->memory.leaked_bytes / runs));
	json_object_set_new(row, "at_peak_bytes", json_count(fn->memory.at_peak_bytes));
	json_object_set_new(row, "deepest", fn->deepest ? json_count(fn->deepest) : json_null());
	json_object_set_new(row, "stack_used", fn->stack_used ? json_count(fn->stack_used) : json_null());
	json_object_set_new(row, "stack_size", fn->stack_size ? json_count(fn->stack_size) : json_null());
	return row;
}

static json_t *site_json(const struct profile *p, const struct profile_site *site)
{
	uint64_t runs = p->memory_runs;
	json_t *row = json_object();

	json_object_set_new(row, "function", json_text(p->fns[site->fn].name));
	json_object_set_new(row, "file", json_text(profile_source_of(p, site->fn)));
	json_object_set_new(row, "line", site->line ? json_integer(site->line) : json_null());
	json_object_set_new(row, "allocations", json_count(site->memory.allocations / runs));
	json_object_set_new(row, "bytes", json_count(site->memory.bytes / runs));
	json_object_set_new(row, "reallocations", json_count(site->memory.reallocations / runs));
	json_object_set_new(row, "largest_bytes", json_count(site->memory.largest_bytes));
	json_object_set_new(row, "leaked", json_count(site->memory.leaked / runs));
	json_object_set_new(row, "leaked_bytes", json_count(site->memory.leaked_bytes / runs));
	json_object_set_new(row, "at_peak_bytes", json_count(site->memory.at_peak_bytes));
	json_object_set_new(row, "ended", json_count(site->ended / runs));
	json_object_set_new(row, "short_lived", json_count(site->soon / runs));
	json_object_set_new(row, "short_lived_bytes", json_count(site->soon_bytes / runs));
	json_object_set_new(row, "freed_elsewhere", json_count(site->elsewhere / runs));
	json_object_set_new(row, "mean_life_bytes",
			    site->ended ? json_real((double)site->lifetime_bytes / (double)site->ended) : json_null());
	return row;
}

static json_t *facts_json(const struct memory_facts *facts)
{
	const struct profile *p = facts->profile && facts->profile->memory_runs > 0 ? facts->profile : NULL;
	uint64_t runs = p ? p->memory_runs : 1;
	json_t *root = json_object(), *rss = json_array(), *functions = json_array(), *lines = json_array();

	for (size_t i = 0; i < facts->runs; i++)
		json_array_append_new(rss, json_count(facts->peak_rss[i]));
	for (size_t i = 0; p && i < p->fn_count; i++)
		json_array_append_new(functions, function_json(&p->fns[i], runs));
	json_object_set_new(root, "file", json_text(facts->name));
	json_object_set_new(root, "peak_rss_bytes", json_count(memory_peak_rss(facts)));
	json_object_set_new(root, "peak_rss_runs", rss);
	json_object_set_new(root, "allocations", json_count(p ? facts->report->memory.allocations / runs : PROFILE_ABSENT));
	json_object_set_new(root, "allocated_bytes", json_count(p ? facts->report->memory.bytes / runs : PROFILE_ABSENT));
	json_object_set_new(root, "leaked", json_count(p ? facts->report->memory.leaked / runs : PROFILE_ABSENT));
	json_object_set_new(root, "leaked_bytes", json_count(p ? facts->report->memory.leaked_bytes / runs : PROFILE_ABSENT));
	json_object_set_new(root, "peak_live_bytes", json_count(p ? p->peak_live_bytes : PROFILE_ABSENT));
	json_object_set_new(root, "functions", p ? functions : json_null());
	if (!p)
		json_decref(functions);
	for (size_t i = 0; p && i < p->site_count; i++)
		json_array_append_new(lines, site_json(p, &p->sites[i]));
	json_object_set_new(root, "lines", p && !facts->no_lines ? lines : json_null());
	if (!p || facts->no_lines)
		json_decref(lines);
	json_object_set_new(root, "main_stack_bytes", facts->watched.stack_bytes ? json_count(facts->watched.stack_bytes) : json_null());
	json_object_set_new(root, "resident", series_json(&facts->watched.resident));
	json_object_set_new(root, "live", p ? series_json(&facts->live.live) : json_null());
	return root;
}

static json_t *layout_json(const struct layout *layout)
{
	json_t *row = json_object(), *fields = json_array();

	for (size_t i = 0; i < layout->field_count; i++) {
		json_t *field = json_object();

		json_object_set_new(field, "name", json_text(layout->fields[i].name));
		json_object_set_new(field, "type", json_text(layout->fields[i].type));
		json_object_set_new(field, "offset", json_count(layout->fields[i].offset));
		json_object_set_new(field, "size", json_count(layout->fields[i].size));
		json_array_append_new(fields, field);
	}
	json_object_set_new(row, "name", json_text(layout->name));
	json_object_set_new(row, "kind", json_string(layout->is_enum ? "enum" : "struct"));
	json_object_set_new(row, "size", json_count(layout->size));
	json_object_set_new(row, "align", layout->align ? json_count(layout->align) : json_null());
	json_object_set_new(row, "padding", layout->is_enum || layout->untold ? json_null() : json_count(layout->padding));
	json_object_set_new(row, "holes", layout->is_enum || layout->untold ? json_null() : json_count(layout->hole_count));
	json_object_set_new(row, "hole_bytes", layout->is_enum || layout->untold ? json_null() : json_count(layout->holes));
	json_object_set_new(row, "reordered_size", json_count(layout->best));
	json_object_set_new(row, "fields", fields);
	return row;
}

json_t *memory_json(const struct audit *audit, const void *into)
{
	const struct memory_result *result = into;
	json_t *root = facts_json(&result->own), *versus = json_array(), *types = json_array();

	(void)audit;
	for (size_t i = 0; i < result->versus_count; i++)
		json_array_append_new(versus, facts_json(&result->versus[i]));
	for (size_t i = 0; result->layouts && i < result->layouts->count; i++)
		json_array_append_new(types, layout_json(&result->layouts->rows[i]));
	json_object_set_new(root, "versus", versus);
	json_object_set_new(root, "types", result->layouts ? types : json_null());
	if (!result->layouts)
		json_decref(types);
	return root;
}
