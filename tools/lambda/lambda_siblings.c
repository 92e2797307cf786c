#include "lambda_siblings.h"
#include "fs.h"
#include "strbuf.h"

#include <stdlib.h>

static const struct {
	const char *name, *label;
} languages[LAMBDA_SIBLINGS_MOST] = {{"rust", "Rust (tokio)"}, {"go", "Go"}, {"cpp", "C++"}, {"python", "Python"}};

size_t lambda_siblings(struct lambda_sibling siblings[LAMBDA_SIBLINGS_MOST])
{
	size_t count = 0;

	for (size_t i = 0; i < LAMBDA_SIBLINGS_MOST; i++) {
		char *relative = xasprintf("../share/bootstraps/%s/bootstrap", languages[i].name), *path = fs_beside(relative);

		free(relative);
		if (path && fs_is_executable(path))
			siblings[count++] = (struct lambda_sibling){languages[i].label, path};
		else
			free(path);
	}
	return count;
}

void lambda_siblings_free(struct lambda_sibling *siblings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(siblings[i].program);
}
