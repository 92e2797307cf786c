/* Logs, line by line as they are read, and the statistics of the dynamic linker. */
#include "cloudwatch.h"
#include "lambda.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cloudwatch *logs = calloc(1, sizeof *logs);
	const char *at = (const char *)data, *end = at + size;
	struct lambda_facts facts = {0};

	while (logs && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		cloudwatch_line(logs, at, (size_t)((stop ? stop : end) - at));
		at = stop ? stop + 1 : end;
	}
	if (logs)
		cloudwatch_free(logs);
	free(logs);
	lambda_linker_parse((const char *)data, size, &facts);
	return 0;
}
