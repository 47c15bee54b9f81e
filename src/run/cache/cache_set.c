#include "run/cache/cache_set.h"

#include "base/memory.h"
#include "run/cache/cache_object.h"

#define AT_SIZES 4

static void write_number(unsigned char *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t read_number(const unsigned char *at, int bytes)
{
    uint64_t number = 0;

    for (int i = bytes; i--;)
        number = number << 8 | at[i];
    return number;
}

bool cache_set_open(cache_part *parts, size_t count, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    size_t at = AT_SIZES + 8 * count;

    if (!count || count > CACHE_SET_MOST || size < at || read_number(from, AT_SIZES) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const uint64_t part = read_number(from + AT_SIZES + 8 * i, 8);

        if (part > size - at)
            return false;
        parts[i] = (cache_part){ from + at, (size_t)part };
        at += (size_t)part;
    }
    return at == size;
}

bool cache_get_set(inspyr_cache *c, const cache_key *key, cache_part *parts, size_t count, cache_found *out)
{
    if (cache_get(c, INSPYR_CACHE_RESULTS, key, out) &&
        cache_set_open(parts, count, out->bytes.data, out->bytes.size))
        return true;
    inspyr_bytes_free(&out->bytes);
    out->tier = CACHE_NONE;
    return false;
}

void cache_put_set(inspyr_cache *c, const cache_key *key, const cache_part *parts, size_t count)
{
    size_t size = AT_SIZES + 8 * count, at = size;
    unsigned char *bytes;

    if (cache_usable(c, NULL) || !count || count > CACHE_SET_MOST)
        return;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(size, parts[i].size, &size))
            return;
    bytes = memory_take(&c->allocator, size);
    if (!bytes)
        return;
    write_number(bytes, count, AT_SIZES);
    for (size_t i = 0; i < count; i++) {
        write_number(bytes + AT_SIZES + 8 * i, parts[i].size, 8);
        if (parts[i].size)
            memcpy(bytes + at, parts[i].bytes, parts[i].size);
        at += parts[i].size;
    }
    cache_put(c, INSPYR_CACHE_RESULTS, key, bytes, size);
    memory_give(&c->allocator, bytes);
}
