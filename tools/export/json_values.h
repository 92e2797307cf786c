/* json_values.h - JSON of what may be missing or no UTF-8, for all who write reports for programs. */
#ifndef EXPORT_JSON_VALUES_H
#define EXPORT_JSON_VALUES_H

#include <jansson.h>

/* Takes `value`. */
void json_put(json_t *object, const char *key, json_t *value);
/* Null where it is NULL; bytes that are no UTF-8 are repaired as utf8_repair() does. */
json_t *json_text(const char *value);
/* The same, and "" too means that it is not known. */
json_t *json_known_text(const char *value);
/* Null where it is not finite. */
json_t *json_finite(double value);

#endif
