/* Read profiles and sum them. */
#include "input.h"
#include "fs.h"

#include <stdlib.h>
#include <string.h>

int input_add(struct profile **into, const char *path, struct err *err)
{
	struct profile *one;
	size_t size;
	char *data = fs_read(path, 0, &size, err);
	int status;

	if (!data)
		return -1;
	if (size >= 8 && memcmp(data, PROFILE_MAGIC, 8) == 0) {
		one = profile_parse(data, size, path, err);
		if (one && !*into) {
			*into = one;
			status = 0;
		} else {
			status = one ? profile_merge(*into, one, err) : -1;
			profile_free(one);
		}
	} else {
		status = profile_add_raw_bytes(into, data, size, path, err);
	}
	free(data);
	return status;
}

struct profile *input_sum(const struct command *command, const struct operands *operands, struct err *err)
{
	struct profile *profile = NULL;
	int status = 0;

	if (operands->file_count == 0) {
		err_usage(err, command->name, "name one or more files written by a run or by --data", "no profile is given");
		return NULL;
	}
	for (int i = 0; i < operands->file_count && status == 0; i++)
		status = input_add(&profile, operands->files[i], err);
	if (status == 0)
		return profile;
	profile_free(profile);
	return NULL;
}
