/* audit_json.h - values that every analysis writes. */
#ifndef AUDIT_JSON_H
#define AUDIT_JSON_H

#include <jansson.h>
#include <stdint.h>

/* Any bytes as a string, what is no UTF-8 replaced; NULL is null. */
json_t *json_text(const char *text);
/* PROFILE_ABSENT is null. */
json_t *json_count(uint64_t count);

#endif
