#include "audit_json.h"
#include "suggest.h"

#include <math.h>

static const char *const states[] = {[SUGGEST_MEASURED] = "measured", [SUGGEST_BOUNDED] = "bounded", [SUGGEST_NOT_TRIED] = "not tried"};

static void show_item(const struct suggest_item *item, struct sheet *sheet)
{
	struct strbuf text = STRBUF_INIT;
	bool helps = !item->costs && item->weight >= 0.01;

	strbuf_puts(&text, item->message);
	if (item->file)
		strbuf_printf(&text, " [%s:%u]", item->file, item->line);
	strbuf_printf(&text, "; %s", states[item->state]);
	if (item->costs)
		strbuf_puts(&text, ", a trade");
	if (item->gain)
		strbuf_printf(&text, ": %s", item->gain);
	if (item->evidence)
		strbuf_printf(&text, " (%s)", item->evidence);
	sheet_advice(sheet, helps ? REPORT_WARNING : REPORT_NOTE, text.data);
	strbuf_free(&text);
}

void suggest_show(const struct audit *audit, const void *data, struct sheet *sheet)
{
	const struct suggest_result *result = data;
	const struct suggest_build *base = &result->builds[0];

	sheet_fact(sheet, "File", "%s", audit->subject.operand);
	sheet_fact(sheet, "Base", "%llu bytes%s", (unsigned long long)base->bytes,
		   result->bootstrap
		       ? "; a Lambda bootstrap: its start-up is until its first request for an event, its time is not measured"
		       : "");
	if (base->rounds)
		sheet_fact(sheet, "Time", "%.3f ms, median of %zu runs in turn with the variants",
			   stats_median(base->wall_ns, base->rounds) / 1e6, base->rounds);
	if (base->starts)
		sheet_fact(sheet, "Start-up", "%.3f ms, median of %zu starts", stats_median(base->start_ns, base->starts) / 1e6,
			   base->starts);
	else
		sheet_fact(sheet, "Start-up", "not measured: a start failed, or main is not found");
	if (result->profile_why)
		sheet_fact(sheet, "Profile", "none: %s", result->profile_why);
	for (size_t i = 0; i < result->item_count; i++)
		show_item(&result->items[i], sheet);
	if (*result->winners)
		sheet_fact(sheet, "Flags that save without a cost", "%s", result->winners);
	if (result->applied)
		sheet_fact(sheet, "Written to", "%s; ruchy-prof build uses it", result->applied);
	else if (*result->winners)
		sheet_text(sheet, "--apply-flags writes them beside the source, where ruchy-prof build finds them");
}

static json_t *ratio_json(struct stats_interval ratio)
{
	json_t *object;

	if (isnan(ratio.value))
		return json_null();
	object = json_object();
	json_object_set_new(object, "ratio", json_real(ratio.value));
	json_object_set_new(object, "lo", isfinite(ratio.lo) ? json_real(ratio.lo) : json_null());
	json_object_set_new(object, "hi", isfinite(ratio.hi) ? json_real(ratio.hi) : json_null());
	return object;
}

json_t *suggest_json(const struct audit *audit, const void *data)
{
	const struct suggest_result *result = data;
	json_t *rows = json_array();

	(void)audit;
	for (size_t i = 0; i < result->item_count; i++) {
		const struct suggest_item *item = &result->items[i];
		json_t *row = json_object();

		json_object_set_new(row, "rank", json_integer((json_int_t)i + 1));
		json_object_set_new(row, "id", json_string(item->id));
		json_object_set_new(row, "state", json_string(states[item->state]));
		json_object_set_new(row, "message", json_text(item->message));
		json_object_set_new(row, "gain", json_text(item->gain));
		json_object_set_new(row, "evidence", json_text(item->evidence));
		json_object_set_new(row, "flags", json_text(item->build ? item->build->flags : NULL));
		json_object_set_new(row, "file", json_text(item->file));
		json_object_set_new(row, "line", item->line ? json_integer(item->line) : json_null());
		json_object_set_new(row, "time", ratio_json(item->time));
		json_object_set_new(row, "start", ratio_json(item->start));
		json_object_set_new(row, "size_ratio", isnan(item->size) ? json_null() : json_real(item->size));
		json_object_set_new(row, "memory_ratio", isnan(item->memory) ? json_null() : json_real(item->memory));
		json_object_set_new(row, "bytes",
				    item->build && item->build->program ? json_integer((json_int_t)item->build->bytes) : json_null());
		json_object_set_new(row, "costs", json_boolean(item->costs));
		json_array_append_new(rows, row);
	}
	return rows;
}
