/* size_twin.c - is another file the same program with more beside it? */
#include "size_internal.h"

#include <string.h>

static bool differs(char **why, const char *section, const char *how)
{
	*why = xasprintf("its section %s %s", section, how);
	return false;
}

bool size_same_loaded(const struct image *a, const struct image *b, char **why)
{
	*why = NULL;
	for (size_t i = 0; i < a->section_count; i++) {
		const struct image_section *mine = &a->sections[i];
		const struct image_section *other;

		if (!size_is_loaded(mine) || !size_is_code(mine))
			continue;
		other = image_find(b, mine->name);
		if (!other)
			return differs(why, mine->name, "is missing");
		if (other->address != mine->address || other->size != mine->size)
			return differs(why, mine->name, "is at another place");
		if (other->bytes > 0 && memcmp(a->data + mine->offset, b->data + other->offset, mine->bytes) != 0)
			return differs(why, mine->name, "has other bytes");
	}
	if (a->section_count == 0)
		*why = xstrdup("the program has no section headers");
	return a->section_count > 0;
}
