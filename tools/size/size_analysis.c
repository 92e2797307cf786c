#include "size_analysis.h"

#include <stdlib.h>
#include <sys/stat.h>

struct size_result {
	uint64_t bytes;
};

static int size_fill(struct audit *audit, void **result, struct err *err)
{
	struct size_result *size = xcalloc(1, sizeof *size);
	struct stat st;

	*result = size;
	if (stat(audit->subject.program, &st) != 0)
		return err_set(err, audit->subject.program, NULL, "cannot read the program");
	size->bytes = (uint64_t)st.st_size;
	audit_measure(audit, "size", (double)size->bytes, (double)size->bytes, (double)size->bytes, "exact");
	return 0;
}

static void size_show(const struct audit *audit, const void *result, struct sheet *sheet)
{
	const struct size_result *size = result;

	sheet_fact(sheet, "Binary", "%s (%llu bytes)", audit->subject.name, (unsigned long long)size->bytes);
}

static json_t *size_json(const struct audit *audit, const void *result)
{
	const struct size_result *size = result;

	return json_pack("{ss,sI}", "file", audit->subject.name, "bytes", (json_int_t)size->bytes);
}

const struct analysis analysis_size = {
    .name = "binary-size",
    .title = "Binary Size Analysis",
    .key = "binary_size",
    .fill = size_fill,
    .show = size_show,
    .json = size_json,
    .release = free,
};
