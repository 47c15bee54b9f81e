/* Any bytes as an envelope, as the name of an entry and as a set: refused, or what they say comes back from
 * them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run/cache/cache_set.h"
#include "run/cache/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Sealed anew, so that more than the seal is looked at; it is then the same envelope, and of its key. */
static void open_sealed(const uint8_t *bytes, size_t size)
{
    envelope e = { .ttl_ms = 1 }, again = e;
    unsigned char *copy;
    int64_t left;

    if (envelope_open(&e, &left, bytes, size, 0, NULL) != ENVELOPE_WRONG || size < ENVELOPE_HEAD)
        return;
    copy = malloc(size);
    if (!copy)
        return;
    memcpy(copy, bytes, size);
    memcpy(&e.key, bytes, sizeof e.key);
    again.key = e.key;
    e.pool = INSPYR_CACHE_RESULTS;
    e.created_ms = 5;
    e.ttl_ms = 7;
    envelope_seal(copy, size - ENVELOPE_HEAD, &e, NULL);
    if (envelope_open(&again, &left, copy, size, 6, NULL) != ENVELOPE_GOOD || left != 6 ||
        memcmp(copy + ENVELOPE_HEAD, bytes + ENVELOPE_HEAD, size - ENVELOPE_HEAD) != 0)
        abort();
    free(copy);
}

static void read_name(const uint8_t *bytes, size_t size)
{
    char name[INSPYR_CACHE_NAME_MAX], *text = malloc(size + 1);
    cache_key key;

    if (!text)
        return;
    if (size)
        memcpy(text, bytes, size);
    text[size] = '\0';
    if (key_parse(&key, text)) {
        key_name(name, &key);
        if (strcmp(name, text) != 0)
            abort();
    }
    free(text);
}

static void open_set(const uint8_t *bytes, size_t size)
{
    cache_part parts[CACHE_SET_MOST];
    size_t count = size ? bytes[0] : 0, total = 4 + 8 * count;

    if (!cache_set_open(parts, count, bytes, size))
        return;
    for (size_t i = 0; i < count; i++) {
        if ((const uint8_t *)parts[i].bytes != bytes + total)
            abort();
        total += parts[i].size;
    }
    if (total != size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    open_sealed(bytes, size);
    read_name(bytes, size);
    open_set(bytes, size);
    return 0;
}
