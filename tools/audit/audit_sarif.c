/* audit_sarif.c - SARIF 2.1.0: advice and budgets, for code hosts and editors. */
#include "audit.h"
#include "audit_json.h"
#include "export_utf8.h"

#include <stdlib.h>
#include <string.h>

static json_t *message_json(const char *text)
{
	struct strbuf escaped = STRBUF_INIT;
	json_t *message = json_object();

	utf8_escape(&escaped, text, false);
	json_object_set_new(message, "text", json_text(escaped.data ? escaped.data : ""));
	strbuf_free(&escaped);
	return message;
}

/* Paths become URIs: relative to the root of the sources, or with a scheme. */
static json_t *uri_json(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	struct strbuf uri = STRBUF_INIT;
	json_t *artifact = json_object();

	strbuf_puts(&uri, *path == '/' ? "file://" : "");
	for (const char *at = path; *at; at++) {
		if (strchr(plain, *at))
			strbuf_add(&uri, at, 1);
		else
			strbuf_printf(&uri, "%%%02X", (unsigned char)*at);
	}
	json_object_set_new(artifact, "uri", json_text(uri.data ? uri.data : ""));
	if (*path != '/')
		json_object_set_new(artifact, "uriBaseId", json_string("SRCROOT"));
	strbuf_free(&uri);
	return artifact;
}

static json_t *result_json(const char *id, bool pass, const char *level, const char *text, const char *file, uint32_t line)
{
	json_t *result = json_object(), *location = json_object(), *physical = json_object(), *region = json_object();

	json_object_set_new(result, "ruleId", json_string(id));
	json_object_set_new(result, "kind", json_string(pass ? "pass" : "fail"));
	json_object_set_new(result, "level", json_string(pass ? "none" : level));
	json_object_set_new(result, "message", message_json(text));
	json_object_set_new(region, "startLine", json_integer(line ? line : 1));
	json_object_set_new(physical, "artifactLocation", uri_json(file));
	json_object_set_new(physical, "region", region);
	json_object_set_new(location, "physicalLocation", physical);
	json_object_set_new(result, "locations", json_pack("[o]", location));
	return result;
}

static void add_rule(json_t *rules, const char *id)
{
	size_t i;
	json_t *rule;

	json_array_foreach(rules, i, rule) if (strcmp(json_string_value(json_object_get(rule, "id")), id) == 0) return;
	rule = json_object();
	json_object_set_new(rule, "id", json_string(id));
	json_object_set_new(rule, "shortDescription", json_pack("{ss}", "text", "Finding of ruchy-prof analyze."));
	json_array_append_new(rules, rule);
}

static void add_advice(const struct audit *audit, json_t *rules, json_t *results)
{
	for (size_t i = 0; i < audit->advised_count; i++) {
		const struct audit_advised *a = &audit->advised[i];
		char *text = xasprintf("%s%s%s%s%s%s.", a->message, a->evidence ? " (" : "", a->evidence ? a->evidence : "",
				       a->evidence ? ")" : "", a->gain ? ". Gain: " : "", a->gain ? a->gain : "");

		add_rule(rules, a->id);
		json_array_append_new(results, result_json(a->id, a->level == REPORT_OK, a->level == REPORT_NOTE ? "note" : "warning", text,
							   a->file ? a->file : audit->subject.operand, a->line));
		free(text);
	}
}

static void add_budgets(const struct audit *audit, json_t *rules, json_t *results)
{
	for (size_t i = 0; i < audit->budget_count; i++) {
		const struct audit_budget *b = &audit->budgets[i];
		char *id = xasprintf("budget-%s", b->key->name), *text = budget_sentence(b);

		add_rule(rules, id);
		json_array_append_new(results,
				      result_json(id, b->verdict == BUDGET_WITHIN, b->verdict == BUDGET_EXCEEDED ? "error" : "note", text,
						  audit->subject.operand, 0));
		free(id);
		free(text);
	}
}

static int sarif_write(const struct audit *audit, const struct sheet_options *options, struct strbuf *out, struct err *err)
{
	json_t *rules = json_array(), *results = json_array(), *root;
	char *text;

	(void)options;
	add_advice(audit, rules, results);
	add_budgets(audit, rules, results);
	root = json_pack("{ss,ss,s[{s{s{ss,ss,so}},ss,so}]}", "$schema",
			 "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "version", "2.1.0",
			 "runs", "tool", "driver", "name", "ruchy-prof", "version", RUCHY_PROF_VERSION, "rules", rules, "columnKind",
			 "unicodeCodePoints", "results", results);
	text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
	json_decref(root);
	if (!text)
		return err_set(err, audit->subject.name, NULL, "the result does not fit into SARIF");
	strbuf_puts(out, text);
	strbuf_puts(out, "\n");
	free(text);
	return 0;
}

const struct audit_format audit_sarif = {
    .name = "sarif", .suffix = ".sarif", .summary = "advice and budgets for code hosts and editors", .write = sarif_write};
