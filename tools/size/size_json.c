#include "audit_json.h"
#include "size_result.h"

#include <string.h>

static json_t *categories_json(const struct size_program *program)
{
	json_t *rows = json_array();

	for (int i = 0; i < SIZE_CATEGORIES; i++) {
		json_t *row = json_object();

		json_object_set_new(row, "name", json_string(size_categories[i].name));
		json_object_set_new(row, "key", json_string(size_categories[i].key));
		json_object_set_new(row, "bytes", json_count(program->categories[i]));
		json_object_set_new(row, "percent", json_real(size_percent(program, program->categories[i])));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *sum_json(const struct size_program *program, const struct size_sum *sum)
{
	json_t *row = json_object();

	json_object_set_new(row, "name", json_text(sum->name));
	json_object_set_new(row, "category", json_string(size_categories[sum->category].key));
	json_object_set_new(row, "bytes", json_count(sum->bytes));
	json_object_set_new(row, "percent", json_real(size_percent(program, sum->bytes)));
	json_object_set_new(row, "copies", json_count(sum->copies));
	return row;
}

static json_t *functions_json(const struct audit *audit, const struct size_program *program)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < program->function_count; i++) {
		const struct size_sum *sum = &program->functions[i];
		json_t *row = sum_json(program, sum);

		json_object_set_new(row, "crate", json_text(sum->crate));
		json_object_set_new(row, "ruchy", json_text(sum->first->ruchy));
		json_object_set_new(row, "file", sum->first->line ? json_text(audit->subject.operand) : json_null());
		json_object_set_new(row, "line", sum->first->line ? json_integer(sum->first->line) : json_null());
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *crates_json(const struct size_program *program)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < program->crate_count; i++)
		json_array_append_new(rows, sum_json(program, &program->crates[i]));
	return rows;
}

static json_t *flags_json(const struct size_result *result)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < result->flags.count; i++) {
		json_t *row = json_object();

		json_object_set_new(row, "name", json_string(result->flags.rows[i].key));
		json_object_set_new(row, "value", json_text(result->flags.rows[i].value));
		json_object_set_new(row, "from", json_text(result->flags.rows[i].from));
		json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *versus_json(const struct size_result *result)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < result->versus_count; i++) {
		const struct size_versus *v = &result->versus[i];
		json_t *row = json_object();

		json_object_set_new(row, "operand", json_text(v->operand));
		json_object_set_new(row, "bytes", json_count(v->bytes));
		json_object_set_new(row, "difference", json_integer((json_int_t)result->program->image.size - (json_int_t)v->bytes));
		json_object_set_new(row, "categories", v->program ? categories_json(v->program) : json_null());
		json_array_append_new(rows, row);
	}
	return rows;
}

json_t *size_json(const struct audit *audit, const void *into)
{
	static const char *const languages[] = {[SIZE_C] = "c", [SIZE_CPP] = "c++", [SIZE_RUST] = "rust", [SIZE_GO] = "go"};
	const struct size_result *result = into;
	json_t *root = json_object();

	json_object_set_new(root, "file", json_text(audit->subject.name));
	json_object_set_new(root, "bytes", json_count(result->program->image.size));
	json_object_set_new(root, "stripped", json_boolean(result->program->stripped));
	json_object_set_new(root, "language", json_string(languages[result->program->language]));
	json_object_set_new(root, "names", json_string(!result->program->named ? "none" : result->program->names_from ? "twin" : "own"));
	json_object_set_new(root, "categories", categories_json(result->program));
	json_object_set_new(root, "functions", functions_json(audit, result->program));
	json_object_set_new(root, "crates", crates_json(result->program));
	json_object_set_new(root, "optimizations", flags_json(result));
	json_object_set_new(root, "versus", versus_json(result));
	json_object_set_new(root, "linked_because", size_reach_json(result->reach));
	return root;
}
