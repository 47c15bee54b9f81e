#include "net/text_out.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"

void text_free(text *t)
{
    memory_give(&t->allocator, t->bytes);
    t->bytes = NULL;
    t->size = t->room = 0;
}

static bool grow(text *t, size_t more)
{
    size_t room = t->room ? t->room : 4096;
    char *bytes;

    if (more <= t->room - t->size)
        return true;
    while (room - t->size < more)
        if (!multiply(&room, room, 2))
            return false;
    bytes = memory_take(&t->allocator, room);
    if (!bytes)
        return false;
    if (t->size)
        memcpy(bytes, t->bytes, t->size);
    memory_give(&t->allocator, t->bytes);
    t->bytes = bytes;
    t->room = room;
    return true;
}

void text_add(text *t, const char *bytes, size_t size)
{
    if (t->failed || !size)
        return;
    if (!grow(t, size)) {
        t->failed = true;
        return;
    }
    memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

void text_format(text *t, const char *format, ...)
{
    char line[256];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line)
        t->failed = true;
    else
        text_add(t, line, (size_t)size);
}

void text_quote(text *t, const char *bytes, size_t size)
{
    text_add(t, "\"", 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (c == '"' || c == '\\')
            text_format(t, "\\%c", c);
        else if (c < 0x20)
            text_format(t, "\\u%04x", c);
        else
            text_add(t, bytes + i, 1);
    }
    text_add(t, "\"", 1);
}

inspyr_status text_hand_over(inspyr_bytes *out, text *t, inspyr_error *error)
{
    inspyr_status status = t->failed ? failed(error, INSPYR_ERR_MEMORY, "no room for a text")
                                     : memory_bytes(out, &t->allocator, t->size, error);

    if (status == INSPYR_OK)
        memcpy(out->data, t->bytes, t->size);
    text_free(t);
    return status;
}
