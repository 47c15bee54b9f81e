#include "base/text.h"

#include <stdint.h>

/* Bytes of the character that begins at p, which has `room` bytes; 0 if it is none. */
static size_t character(uint32_t *code, const unsigned char *p, size_t room)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 }; /* shorter forms are the only ones */
    size_t size = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF8 ? 4 : 0;

    if (!size || size > room)
        return 0;
    *code = size == 1 ? p[0] : p[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3F);
    }
    return *code < least[size] || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000) ? 0 : size;
}

bool text_printable(const char *bytes, size_t size)
{
    const unsigned char *p = (const unsigned char *)bytes;
    uint32_t code;

    for (size_t at = 0, step; at < size; at += step) {
        step = character(&code, p + at, size - at);
        if (!step || code < 0x20 || (code >= 0x7F && code < 0xA0))
            return false;
    }
    return true;
}
