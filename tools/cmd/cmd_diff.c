#include "cmd.h"
#include "input.h"
#include "output.h"

struct diff_options {
	struct output_options output;
};

#define FIELD(name) offsetof(struct diff_options, name)
static const struct option_row options[] = {
    {"format", 'f', OPTION_TEXT, "FORMAT", "text, json or flamegraph (default: by the suffix of --output, else text)",
     FIELD(output.format)},
    {"output", 'o', OPTION_TEXT, "FILE", "write to FILE (- is standard output)", FIELD(output.path)},
    {"function", 0, OPTION_TEXT, "NAME", "only this function and its lines", FIELD(output.function)},
    {"weight", 0, OPTION_TEXT, "WHAT", "of the flame graph: time, calls or bytes (default time)", FIELD(output.weight)},
    {"top", 0, OPTION_COUNT, "N", "the first N rows of each table of the text", FIELD(output.top)},
    {"color", 0, OPTION_TEXT, "WHEN", "auto, always or never", FIELD(output.color)},
    {"verbose", 'v', OPTION_FLAG, NULL, "list functions without a difference too", FIELD(output.verbose)},
    {0},
};

static int run(const struct command *command, int argc, char **argv, struct err *err)
{
	struct diff_options o = {0};
	struct operands operands;
	struct profile *profile;
	int status = options_parse(command, argc, argv, &o, &operands, err);

	if (status != 0)
		return status < 0 ? -1 : 0;
	if (operands.file_count != 2)
		return err_usage(err, "diff",
				 "name the profile from before, then the one from after; `ruchy-prof merge` makes one of several",
				 "two profiles are compared, %d are given", operands.file_count);
	o.output.base = operands.files[0];
	if (output_check(&o.output, (const char *const *)operands.files, 2, err) != 0)
		return -1;
	profile = input_read(operands.files[1], err);
	status = profile ? output_report(profile, &o.output, false, err) : -1;
	profile_free(profile);
	return status;
}

const struct command cmd_diff = {
    .name = "diff",
    .summary = "compare two profiles: what became slower, faster, more, less",
    .usage = "diff BASE.data NEW.data [OPTIONS]",
    .about = "Functions are matched by name, lines by their text, so that code that only moved is not a difference. Counts are exact; "
	     "times differ "
	     "only when they do beyond the error of both.",
    .options = options,
    .run = run,
};
