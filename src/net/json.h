/* json.h - strict JSON, read in place: small objects and lists that describe weights.
 *
 * Opening checks the whole text once; what is found in it afterwards are slices of the text, so nothing is
 * allocated, and a function that meets another kind than it wants says false or JSON_ABSENT. Looking up walks
 * the text again: meant for kilobytes. UTF-8 only, no NUL in texts, JSON_DEPTH levels, no key twice.
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_JSON_H
#define INSPYR_NET_JSON_H

#include <stdbool.h>

#include "inspyr.h"

#define JSON_DEPTH 16
#define JSON_KEYS 64 /* of one object, in json_open() */

typedef enum json_kind {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_OBJECT
} json_kind;

/* One value of the text, which must outlive it. */
typedef struct json {
    json_kind kind;
    const char *text;
    size_t size;
} json;

/* Refused with INSPYR_ERR_WEIGHTS; the message begins with `what`, the name of the text. */
inspyr_status json_open(json *root, const char *what, const char *text, size_t size, inspyr_error *error);

/* For objects of any number of keys: the caller must notice keys that come twice. */
inspyr_status json_open_large(json *root, const char *what, const char *text, size_t size, inspyr_error *error);

/* JSON_ABSENT if there is no such member or the value is no object; likewise for lists. */
json json_find(json object, const char *key);
json json_at(json list, size_t index);

/* Items of a list or members of an object; 0 for all else. */
size_t json_count(json container);

bool json_bool(json value, bool *out);
/* Any number that a double can hold; up to 15 digits and 22 powers of ten are rounded once. */
bool json_number(json value, double *out);
/* Only if written without fraction and exponent. */
bool json_integer(json value, int64_t *out);
/* Ends with a NUL; false if it does not fit. */
bool json_text(json value, char *out, size_t room);
bool json_is(json value, const char *text);

/* for (json_walk walk = json_members(x); json_next(&walk, &key, &value);)    key: JSON_ABSENT in lists */
typedef struct json_walk {
    const char *at, *end;
    bool keys;
} json_walk;

json_walk json_members(json container);
bool json_next(json_walk *walk, json *key, json *value);

#endif
