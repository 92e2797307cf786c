#include "profile.h"

#include "profile_shape.h"
#include "strbuf.h"

#include <stdlib.h>

struct profile *profile_new(void)
{
	struct profile *profile = xcalloc(1, sizeof *profile);

	for (size_t i = 0; i < profile_shape.field_count; i++) {
		const struct profile_field *field = &profile_shape.fields[i];

		if (field->type == PROFILE_TEXT)
			profile_set_text(field, profile, xstrdup(""));
		else if (field->nullable)
			profile_set_number(field, profile, profile_absent(field));
	}
	return profile;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	profile_shape_free(&profile_shape, profile);
	free(profile);
}
