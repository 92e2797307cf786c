/* The reader of baselines on any bytes: what it accepts has samples that statistics can take, and its texts. */
#include "bench_history.h"
#include "bench_store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1); /* apart, without a byte behind it */
	struct err err = {0};
	struct bench_baseline *baseline;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	baseline = bench_store_parse(text, size, "f.json", &err);
	if (!baseline != (err.set != 0))
		abort();
	if (baseline) {
		struct bench_history history;
		struct strbuf out = STRBUF_INIT;

		if (!*baseline->file || !*baseline->version || baseline->wall.n + baseline->cold.n == 0 || !baseline->source_name)
			abort();
		if (baseline->wall.n < 1000) {
			bench_history_fill(&history, baseline->file, &baseline, 1);
			for (const char *const *format = (const char *const[]){"text", "json", "csv", "markdown", NULL}; *format; format++)
				bench_history_write(&out, &history, *format, true);
			bench_history_svg(&out, &history);
			bench_history_free(&history);
		}
		strbuf_free(&out);
	}
	err_free(&err);
	bench_baseline_free(baseline);
	free(text);
	return 0;
}
