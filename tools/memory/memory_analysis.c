#include "memory_analysis.h"
#include "subprocess.h"

#include <stdlib.h>

struct memory_result {
	uint64_t peak_rss;
};

static int memory_fill(struct audit *audit, void **result, struct err *err)
{
	struct memory_result *memory = xcalloc(1, sizeof *memory);
	char *argv[] = {audit->subject.program, NULL};
	struct subprocess_run run = {.argv = argv, .output_fd = -1, .drain_fd = -1, .timeout_seconds = audit->options->timeout};

	*result = memory;
	if (subprocess_run(&run, err) != 0)
		return -1;
	memory->peak_rss = run.peak_rss_bytes;
	audit_measure(audit, "peak-rss", (double)memory->peak_rss, (double)memory->peak_rss, (double)memory->peak_rss, "one run");
	return 0;
}

static void memory_show(const struct audit *audit, const void *result, struct sheet *sheet)
{
	(void)audit;
	sheet_fact(sheet, "Peak RSS", "%llu bytes", (unsigned long long)((const struct memory_result *)result)->peak_rss);
}

static json_t *memory_json(const struct audit *audit, const void *result)
{
	(void)audit;
	return json_pack("{sI}", "peak_rss_bytes", (json_int_t)((const struct memory_result *)result)->peak_rss);
}

const struct analysis analysis_memory = {
    .name = "memory",
    .title = "Memory Analysis",
    .key = "memory",
    .fill = memory_fill,
    .show = memory_show,
    .json = memory_json,
    .release = free,
};
