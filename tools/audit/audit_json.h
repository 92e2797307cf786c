/* audit_json.h - values that every analysis writes. */
#ifndef AUDIT_JSON_H
#define AUDIT_JSON_H

#include "json_values.h"

#include <jansson.h>
#include <stdint.h>

/* PROFILE_ABSENT is null. */
json_t *json_count(uint64_t count);

#endif
