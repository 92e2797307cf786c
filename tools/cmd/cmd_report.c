#include "cmd.h"
#include "input.h"
#include "output.h"
#include "profile.h"

struct report_options {
	struct output_options output;
	const char *data;
	bool source_map;
};

#define FIELD(name) offsetof(struct report_options, name)
static const struct option_row options[] = {
    OUTPUT_OPTION_ROWS(struct report_options, output),
    {"data", 'd', OPTION_TEXT, "FILE", "also write the sum of the inputs as a profile", FIELD(data)},
    {"lines", 0, OPTION_FLAG, NULL, "show the lines whose executions were counted", FIELD(output.lines)},
    {"source-map", 0, OPTION_FLAG, NULL, "show where each function went in the generated Rust", FIELD(source_map)},
    {0},
};

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct report_options o = {0};
	struct operands operands;
	struct profile *profile;
	int parsed = options_parse(command, argc, argv, &o, &operands, err), status;

	if (parsed != 0)
		return parsed < 0 ? -1 : 0;
	/* --data may name an input: the sum then takes its place. */
	if (output_check(&o.output, (const char *const *)operands.files, (size_t)operands.file_count, err) != 0 ||
	    output_check_file("--data", o.data, &o.output.path, 1, err) != 0)
		return -1;
	profile = input_sum(command, &operands, err);
	status = profile ? 0 : -1;
	if (status == 0)
		status = output_report(profile, &o.output, o.source_map, err);
	if (status == 0 && o.data)
		status = profile_write(profile, o.data, err);
	profile_free(profile);
	return status;
}

const struct command cmd_report = {
    .name = "report",
    .summary = "report on profiles and on raw files of instrumented programs; several are summed",
    .usage = "report PROFILE.data|RAW-FILE... [OPTIONS]",
    .options = options,
    .run = run,
};
