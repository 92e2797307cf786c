/* Files of flags from anywhere: what is accepted is allowed flag by flag, holds no separators, and reads back the same. */
#include "flag_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool held)
{
	if (!held)
		abort();
}

static void check(const struct flag_file *file)
{
	char *words = flag_file_words(file, true);
	struct flag_file again = {0};
	struct err err = {0};

	require(file->count <= FLAG_FILE_MOST);
	for (size_t i = 0; i < file->count; i++) {
		const char *flag = file->flags[i], *equals = strchr(flag, '=');

		require(flag_file_allows(flag) && equals && equals[1]);
		require(strcspn(flag, " \t\r\n\"'\\@/") == strlen(flag));
		flag_file_add(&again, flag);
	}
	char *same = flag_file_words(&again, true);

	require(strcmp(words, same) == 0 && !err.set);
	free(words);
	free(same);
	flag_file_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct flag_file file;
	struct err err = {0};
	int result = flag_file_parse((const char *)data, size, "input", &file, &err);

	require(!result == !err.set);
	require(result == 0 || file.count == 0);
	if (result == 0)
		check(&file);
	flag_file_free(&file);
	err_free(&err);
	return 0;
}
