/* audit_json.c - everything, as docs/analyze.schema.json describes it. */
#include "audit_json.h"
#include "audit.h"

#include <stdlib.h>
#include <string.h>

json_t *json_count(uint64_t count)
{
	return count == PROFILE_ABSENT ? json_null() : json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count);
}

static json_t *advice_json(const struct audit *audit)
{
	static const char *const levels[] = {[REPORT_OK] = "ok", [REPORT_NOTE] = "note", [REPORT_WARNING] = "warning"};
	json_t *rows = json_array();

	for (size_t i = 0; i < audit->advised_count; i++) {
		const struct audit_advised *a = &audit->advised[i];
		json_t *row = json_object();

		json_object_set_new(row, "analysis", json_text(a->analysis));
		json_object_set_new(row, "id", json_text(a->id));
		json_object_set_new(row, "level", json_string(levels[a->level]));
		json_object_set_new(row, "message", json_text(a->message));
		json_object_set_new(row, "evidence", json_text(a->evidence));
		json_object_set_new(row, "gain", json_text(a->gain));
		json_object_set_new(row, "file", json_text(a->file));
		json_object_set_new(row, "line", a->line ? json_integer(a->line) : json_null());
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *budgets_json(const struct audit *audit)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < audit->budget_count; i++) {
		const struct audit_budget *b = &audit->budgets[i];
		json_t *row = json_object();

		json_object_set_new(row, "key", json_string(b->key->name));
		json_object_set_new(row, "unit", json_string(b->key->unit == BUDGET_BYTES ? "bytes" : "seconds"));
		json_object_set_new(row, "limit", json_real(b->limit));
		json_object_set_new(row, "value", b->measured ? json_real(b->measured->value) : json_null());
		json_object_set_new(row, "lo", b->measured ? json_real(b->measured->lo) : json_null());
		json_object_set_new(row, "hi", b->measured ? json_real(b->measured->hi) : json_null());
		json_object_set_new(row, "verdict", json_string(budget_word(b->verdict)));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *subject_json(const struct audit_subject *s)
{
	static const char *const kinds[] = {[AUDIT_SOURCE] = "source", [AUDIT_PROGRAM] = "program", [AUDIT_PROJECT] = "cargo project"};
	json_t *subject = json_object();

	json_object_set_new(subject, "operand", json_text(s->operand));
	json_object_set_new(subject, "kind", json_string(kinds[s->kind]));
	json_object_set_new(subject, "program", json_text(s->name));
	json_object_set_new(subject, "rustc", json_text(s->build ? s->build->rustc_version : NULL));
	json_object_set_new(subject, "rustc_flags", json_text(s->build ? s->build->rustc_flags : NULL));
	return subject;
}

static int json_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	json_t *root = json_object();
	char *text;

	(void)options;
	json_object_set_new(root, "format", json_string("ruchy-prof analysis"));
	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "tool_version", json_string(RUCHY_PROF_VERSION));
	json_object_set_new(root, "subject", subject_json(&audit->subject));
	for (size_t i = 0; analyses[i]; i++)
		if (audit->results[i])
			json_object_set_new(root, analyses[i]->key, analyses[i]->json(audit, audit->results[i]));
	json_object_set_new(root, "budgets", budgets_json(audit));
	json_object_set_new(root, "recommendations", advice_json(audit));
	text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	json_decref(root);
	if (!text)
		return err_set(err, audit->subject.name, NULL, "the result does not fit into JSON");
	strbuf_puts(out, text);
	strbuf_puts(out, "\n");
	free(text);
	return 0;
}

const struct audit_format audit_json = {.name = "json", .suffix = ".json", .summary = "everything, for programs", .write = json_write};
