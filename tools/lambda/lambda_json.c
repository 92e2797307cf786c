#include "audit_json.h"
#include "lambda_causes.h"
#include "lambda_order.h"
#include "traced_call.h"

#include <math.h>
#include <stdlib.h>

static json_t *ms_json(double ns)
{
	return isfinite(ns) && ns >= 0 ? json_real(ns / 1e6) : json_null();
}

static json_t *known_json(uint64_t count)
{
	return count == COLD_UNKNOWN ? json_null() : json_integer((json_int_t)count);
}

static json_t *interval_json(struct stats_interval i)
{
	json_t *pair;

	if (!isfinite(i.lo) || !isfinite(i.hi))
		return json_null();
	pair = json_array();
	json_array_append_new(pair, json_real(i.lo / 1e6));
	json_array_append_new(pair, json_real(i.hi / 1e6));
	return pair;
}

static void set_median(json_t *object, const char *prefix, const struct lambda_samples *samples)
{
	struct stats_interval median = lambda_median(samples);
	char *key = xasprintf("%s_ms", prefix), *interval = xasprintf("%s_ci95_ms", prefix);

	json_object_set_new(object, key, ms_json(median.value));
	json_object_set_new(object, interval, interval_json(median));
	free(key);
	free(interval);
}

static json_t *phases_json(const struct lambda_program *p)
{
	json_t *rows = json_array();

	for (int i = 0; i < LAMBDA_PHASES; i++) {
		struct stats_interval median = lambda_median(&p->phases[i]);
		json_t *row = json_object();

		if (p->phases[i].count == 0) {
			json_decref(row);
			continue;
		}
		json_object_set_new(row, "name",
				    json_string(i == PHASE_INIT && !p->knows_main ? "entry to first next" : lambda_phase_name(i)));
		json_object_set_new(row, "median_ms", ms_json(median.value));
		json_object_set_new(row, "ci95_ms", interval_json(median));
		json_object_set_new(row, "page_faults", p->faults[i] >= UINT32_MAX ? json_null() : json_integer((json_int_t)p->faults[i]));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *kinds_json(const struct lambda_calls *calls)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < calls->kind_count; i++) {
		json_t *row = json_object();

		json_object_set_new(row, "name", json_text(traced_call_name(calls->kinds[i].number)));
		json_object_set_new(row, "number", json_integer(calls->kinds[i].number));
		json_object_set_new(row, "calls", json_integer((json_int_t)calls->kinds[i].count));
		json_object_set_new(row, "cpu_ms", ms_json(calls->kinds[i].ns));
		json_array_append_new(rows, row);
	}
	return rows;
}

static void add_cause(json_t *rows, const char *name, double ns, double total)
{
	json_t *row = json_object();

	json_object_set_new(row, "name", json_string(name));
	json_object_set_new(row, "ms", isfinite(ns) ? json_real(ns / 1e6) : json_null());
	json_object_set_new(row, "percent", isfinite(ns) && total > 0 ? json_real(100 * ns / total) : json_null());
	json_array_append_new(rows, row);
}

/* They and what is not explained are the total. */
static json_t *causes_json(const struct lambda_result *result, const struct lambda_program *p)
{
	double total = lambda_median(&p->total).value;
	json_t *rows = json_array();

	for (int phase = PHASE_FORK; phase <= PHASE_LOAD; phase++)
		add_cause(rows, lambda_phase_name(phase), lambda_median(&p->phases[phase]).value, total);
	for (int cause = 0; cause < LAMBDA_CAUSES; cause++)
		add_cause(rows, lambda_cause_name(cause), lambda_cause_ns(result, p, cause), total);
	add_cause(rows, "not explained", lambda_unexplained_ns(result, p), total);
	return rows;
}

static json_t *facts_json(const struct lambda_result *result, const struct lambda_program *p)
{
	const struct lambda_facts *f = &p->facts;
	double link = lambda_median(&p->phases[PHASE_LINK]).value;
	json_t *object = json_object();

	json_object_set_new(object, "file_resident_bytes", known_json(f->file_bytes));
	json_object_set_new(object, "private_resident_bytes", known_json(f->private_bytes));
	json_object_set_new(object, "page_faults", known_json(p->total_faults));
	json_object_set_new(object, "page_faults_estimate_ms", ms_json(lambda_cause_ns(result, p, CAUSE_FAULTS)));
	json_object_set_new(object, "relocations", known_json(f->relocations));
	json_object_set_new(object, "relative_relocations", known_json(f->relative_relocations));
	json_object_set_new(object, "relocation_ms", f->relocation_share >= 0 ? ms_json(f->relocation_share * link) : json_null());
	json_object_set_new(object, "load_objects_ms", f->load_share >= 0 ? ms_json(f->load_share * link) : json_null());
	json_object_set_new(object, "system_calls", known_json(f->calls.count));
	json_object_set_new(object, "system_calls_cpu_ms", ms_json(f->calls.ns.value));
	json_object_set_new(object, "system_calls_cpu_ci95_ms", interval_json(f->calls.ns));
	json_object_set_new(object, "system_call_kinds", kinds_json(&f->calls));
	json_object_set_new(object, "threads_started", known_json(f->calls.threads));
	json_object_set_new(object, "threads_start_ms", ms_json(lambda_cause_ns(result, p, CAUSE_STARTS)));
	json_object_set_new(object, "threads_cpu_ms", ms_json(lambda_median(&p->threads_ran).value));
	json_object_set_new(object, "threads_wait_for_cpu_ms", ms_json(lambda_median(&p->threads_queued).value));
	json_object_set_new(object, "first_thread_waits_ms", ms_json(lambda_median(&p->waited).value));
	json_object_set_new(object, "first_thread_waits_for_cpu_ms", ms_json(lambda_median(&p->queued).value));
	json_object_set_new(object, "allocations", known_json(f->allocations));
	json_object_set_new(object, "allocated_bytes", known_json(f->allocated_bytes));
	json_object_set_new(object, "allocation_ms", ms_json(f->allocation_ns));
	json_object_set_new(object, "allocations_not_counted", json_text(f->why_no_allocations));
	json_object_set_new(object, "causes", causes_json(result, p));
	return object;
}

static void set_program(json_t *object, const struct lambda_result *result, const struct lambda_program *p)
{
	json_object_set_new(object, "program", json_text(p->name));
	json_object_set_new(object, "file_bytes", json_integer((json_int_t)p->file_bytes));
	json_object_set_new(object, "failed", json_text(p->failed));
	if (p->failed)
		return;
	json_object_set_new(object, "starts", json_integer((json_int_t)p->total.count));
	json_object_set_new(object, "phases", phases_json(p));
	json_object_set_new(object, "difference_ms", json_real(lambda_rest(p) / 1e6));
	json_object_set_new(object, "adds_up", json_boolean(lambda_adds_up(p)));
	set_median(object, "total", &p->total);
	set_median(object, "dropped_total", &p->dropped);
	set_median(object, "dropped_load", &p->dropped_load);
	json_object_set_new(object, "dropped_pages_kept", json_integer((json_int_t)p->kept_pages));
	json_object_set_new(object, "file_pages", json_integer((json_int_t)p->file_pages));
	set_median(object, "first_invoke", &p->first);
	set_median(object, "warm_invoke", &p->warm);
	set_median(object, "trace_stop_cost", &p->stop);
	json_object_set_new(object, "base_rss_bytes", json_integer((json_int_t)p->base_rss));
	json_object_set_new(object, "peak_rss_bytes", json_integer((json_int_t)p->peak_rss));
	json_object_set_new(object, "answer", json_text(p->answer));
	json_object_set_new(object, "until_first_next", facts_json(result, p));
}

static json_t *init_json(const struct profile *profile)
{
	json_t *rows = json_array();

	for (size_t i = 0; profile && i < profile->fn_count; i++) {
		const struct profile_fn *fn = &profile->fns[i];
		json_t *row = json_object();

		json_object_set_new(row, "name", json_text(fn->name));
		json_object_set_new(row, "calls", json_integer((json_int_t)fn->calls));
		json_object_set_new(row, "inclusive_ms", fn->clock_spans ? ms_json((double)fn->clock_total_ns) : json_null());
		json_object_set_new(row, "from", json_integer(fn->from));
		json_object_set_new(row, "to", json_integer(fn->to));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *logs_json(const struct cloudwatch *logs)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < logs->version_count; i++) {
		const struct cloudwatch_version *v = &logs->versions[i];
		struct stats_interval median = stats_median_interval(v->init_ms, v->count, 0.95);
		json_t *row = json_object();

		median.lo *= 1e6;
		median.hi *= 1e6;
		json_object_set_new(row, "version", *v->version ? json_text(v->version) : json_null());
		json_object_set_new(row, "runtime", *v->runtime ? json_text(v->runtime) : json_null());
		json_object_set_new(row, "cold_starts", json_integer((json_int_t)v->count));
		json_object_set_new(row, "init_duration_median_ms", json_real(median.value));
		json_object_set_new(row, "init_duration_ci95_ms", interval_json(median));
		json_object_set_new(row, "most_memory_mb", v->most_used_mb ? json_integer((json_int_t)v->most_used_mb) : json_null());
		json_array_append_new(rows, row);
	}
	return rows;
}

/* Fastest first; who shares a rank is equal. */
static json_t *ranking_json(const struct lambda_result *result)
{
	size_t *order = xcalloc(result->count + 1, sizeof *order), count;
	unsigned *rank = xcalloc(result->count + 1, sizeof *rank);
	json_t *rows = json_array();

	count = lambda_order(result->programs, result->count, order, rank);
	for (size_t k = 0; k < count; k++) {
		json_t *row = json_object();

		json_object_set_new(row, "program", json_text(result->programs[order[k]].name));
		json_object_set_new(row, "rank", json_integer(rank[order[k]]));
		json_array_append_new(rows, row);
	}
	free(order);
	free(rank);
	return rows;
}

/* Of every two: the ratio of their totals within the rounds. */
static json_t *pairs_json(const struct lambda_result *result)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < result->count; i++)
		for (size_t k = i + 1; k < result->count; k++) {
			const struct lambda_program *a = &result->programs[i], *b = &result->programs[k];
			struct stats_interval ratio = lambda_ratio(a, b);
			json_t *row = json_object();

			json_object_set_new(row, "program", json_text(b->name));
			json_object_set_new(row, "over", json_text(a->name));
			json_object_set_new(row, "ratio", isfinite(ratio.value) ? json_real(ratio.value) : json_null());
			json_object_set_new(
			    row, "ci95", isfinite(ratio.hi) && isfinite(ratio.lo) ? json_pack("[f, f]", ratio.lo, ratio.hi) : json_null());
			json_array_append_new(rows, row);
		}
	return rows;
}

static json_t *not_compared_json(const struct lambda_siblings *siblings)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < siblings->count; i++)
		if (siblings->list[i].why)
			json_array_append_new(rows, json_pack("{s:s, s:s}", "name", siblings->list[i].label, "why", siblings->list[i].why));
	return rows;
}

json_t *lambda_json(const struct audit *audit, const void *data)
{
	const struct lambda_result *result = data;
	json_t *object = json_object(), *versus = json_array();

	(void)audit;
	json_object_set_new(object, "where", json_string("local"));
	set_program(object, result, &result->programs[0]);
	json_object_set_new(object, "target_ms", json_real(result->target_ms));
	json_object_set_new(object, "lambda_mb", result->limited ? json_integer(result->limits.memory_mb) : json_null());
	json_object_set_new(object, "memory_limited", json_boolean(result->limits.memory_set));
	json_object_set_new(object, "cpu_limited", json_boolean(result->limits.cpu_set));
	json_object_set_new(object, "not_limited_because", json_text(result->limits.why));
	json_object_set_new(object, "page_fault_ns", result->fault_ns > 0 ? json_real(result->fault_ns) : json_null());
	json_object_set_new(object, "init_functions", result->init ? init_json(result->init) : json_null());
	json_object_set_new(object, "init_functions_not_known", json_text(result->init_why));
	for (size_t i = 1; i < result->count; i++) {
		json_t *row = json_object();

		set_program(row, result, &result->programs[i]);
		json_array_append_new(versus, row);
	}
	json_object_set_new(object, "versus", versus);
	json_object_set_new(object, "ranking", ranking_json(result));
	json_object_set_new(object, "pairs", pairs_json(result));
	json_object_set_new(object, "not_compared", not_compared_json(&result->siblings));
	json_object_set_new(object, "cloudwatch", result->logs.reports ? logs_json(&result->logs) : json_null());
	return object;
}
