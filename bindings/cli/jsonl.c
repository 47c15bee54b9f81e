#include "jsonl.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Bytes of the UTF-8 character at p, by the table of well-formed sequences (Unicode, table 3-7); 0 if none. */
static int character_length(const unsigned char *p)
{
    unsigned char low = 0x80, high = 0xbf;
    int length;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        length = 2;
    else if ((p[0] & 0xf0) == 0xe0)
        length = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0; /* shorter forms exist */
    else if (p[0] == 0xed)
        high = 0x9f; /* surrogates */
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f; /* beyond U+10FFFF */
    if (p[1] < low || p[1] > high)
        return 0;
    for (int i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* Returns whether every byte could be kept. */
static bool put_string(FILE *file, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    bool kept = true;

    putc('"', file);
    while (*p) {
        int length = character_length(p);

        if (!length) {
            fputs("\\ufffd", file);
            kept = false;
            p++;
            continue;
        }
        if (*p == '"' || *p == '\\')
            fprintf(file, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f)
            fprintf(file, "\\u%04x", *p);
        else
            fwrite(p, 1, (size_t)length, file);
        p += length;
    }
    putc('"', file);
    return kept;
}

static void put_key(json *j, const char *key)
{
    if (j->inside)
        putc(',', j->file);
    j->inside = true;
    if (key) {
        put_string(j->file, key);
        putc(':', j->file);
    }
}

static void open_with(json *j, const char *key, int bracket)
{
    put_key(j, key);
    putc(bracket, j->file);
    j->inside = false;
}

static void close_with(json *j, int bracket)
{
    putc(bracket, j->file);
    j->inside = true;
}

void json_object(json *j, const char *key)
{
    open_with(j, key, '{');
}

void json_array(json *j, const char *key)
{
    open_with(j, key, '[');
}

void json_end_object(json *j)
{
    close_with(j, '}');
}

void json_end_array(json *j)
{
    close_with(j, ']');
}

void json_text(json *j, const char *key, const char *value)
{
    put_key(j, key);
    if (value)
        put_string(j->file, value);
    else
        fputs("null", j->file);
}

void json_name(json *j, const char *key, const char *name)
{
    put_key(j, key);
    if (!name) {
        fputs("null", j->file);
    } else if (!put_string(j->file, name)) {
        fprintf(j->file, ",\"%s_hex\":\"", key);
        for (const char *p = name; *p; p++)
            fprintf(j->file, "%02x", (unsigned char)*p);
        putc('"', j->file);
    }
}

/* JSON has no word for infinity and NaN: null, and false. */
static bool put_finite(json *j, const char *key, double value)
{
    put_key(j, key);
    if (!isfinite(value))
        fputs("null", j->file);
    return isfinite(value);
}

void json_number(json *j, const char *key, double value)
{
    if (put_finite(j, key, value))
        fprintf(j->file, "%.9g", value);
}

void json_milliseconds(json *j, const char *key, double value)
{
    if (put_finite(j, key, value))
        fprintf(j->file, "%.3f", value);
}

void json_integer(json *j, const char *key, int64_t value)
{
    put_key(j, key);
    fprintf(j->file, "%" PRId64, value);
}

void json_boolean(json *j, const char *key, bool value)
{
    put_key(j, key);
    fputs(value ? "true" : "false", j->file);
}

void json_null(json *j, const char *key)
{
    put_key(j, key);
    fputs("null", j->file);
}

void json_line(json *j)
{
    putc('\n', j->file);
    fflush(j->file);
    j->inside = false;
}
