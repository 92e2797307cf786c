/* Read profiles and sum them. */
#include "input.h"
#include "fs.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

struct profile *input_read(const char *path, struct err *err)
{
	struct profile *profile = NULL;
	size_t size;
	char *data = fs_read(path, 0, &size, err);

	if (!data)
		return NULL;
	if (size >= 8 && memcmp(data, PROFILE_MAGIC, 8) == 0)
		profile = profile_parse(data, size, path, err);
	else if (trace_is_one(data, size))
		err_set(err, path, "`report` shows it, alone: traces can't be summed", "this is a trace of calls, not a profile");
	else if (profile_add_raw_bytes(&profile, data, size, path, err) != 0)
		profile = NULL;
	free(data);
	return profile;
}

int input_add(struct profile **into, const char *path, struct err *err)
{
	struct profile *one = input_read(path, err);
	int status = one ? 0 : -1;

	if (one && *into) {
		status = profile_merge(*into, one, err);
		profile_free(one);
	} else if (one) {
		*into = one;
	}
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
