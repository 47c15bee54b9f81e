/* Any bytes as JSON: refused, or everything in it can be walked, counted and read. */
#include <stdint.h>
#include <stdlib.h>

#include "net/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void walk(json value, int depth)
{
    json key, item;
    char text[16];
    int64_t integer;
    double number;
    bool yes;
    size_t count = 0;

    if (depth > JSON_DEPTH)
        abort();
    for (json_walk w = json_members(value); json_next(&w, &key, &item); count++) {
        if (item.kind == JSON_ABSENT || (value.kind == JSON_OBJECT) != (key.kind == JSON_TEXT))
            abort();
        if (json_text(key, text, sizeof text) && !json_is(key, text))
            abort();
        walk(item, depth + 1);
    }
    if (count != json_count(value))
        abort();
    if (json_integer(value, &integer) && !json_number(value, &number))
        abort();
    if (json_text(value, text, sizeof text) && !json_is(value, text))
        abort();
    json_bool(value, &yes);
    json_at(value, 1);
    json_find(value, "a");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    json root;
    bool strict = json_open(&root, "it", (const char *)bytes, size, NULL) == INSPYR_OK;

    if (strict)
        walk(root, 0);
    if (json_open_large(&root, "it", (const char *)bytes, size, NULL) == INSPYR_OK)
        walk(root, 0);
    else if (strict)
        abort();
    return 0;
}
