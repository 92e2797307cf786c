#include "json_values.h"
#include "export_utf8.h"

#include <math.h>
#include <stdlib.h>

void json_put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		abort(); /* only when memory is short, where all other tools code ends too */
}

json_t *json_text(const char *value)
{
	struct strbuf repaired = STRBUF_INIT;
	json_t *json;

	if (!value)
		return json_null();
	utf8_repair(&repaired, value);
	json = json_stringn_nocheck(repaired.size > 0 ? repaired.data : "", repaired.size);
	strbuf_free(&repaired);
	return json;
}

json_t *json_known_text(const char *value)
{
	return value && *value ? json_text(value) : json_null();
}

json_t *json_finite(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}
