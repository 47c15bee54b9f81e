#include "net/json_reader.h"

static bool is_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

/* The four digits of \uXXXX. */
static uint32_t read_unit(json_reader *r)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++, r->at++) {
        char c = r->at < r->end ? *r->at : '\0';
        uint32_t digit = 16;

        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A') + 10;
        if (digit == 16)
            return json_wrong(r, "not four hexadecimal digits");
        unit = unit * 16 + digit;
    }
    return unit;
}

static uint32_t read_escape(json_reader *r)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at++ : '\0';
    const char *letter = c ? strchr(letters, c) : NULL;
    uint32_t code, low;

    if (letter)
        return (uint32_t)meanings[letter - letters];
    if (c != 'u')
        return json_wrong(r, "an unknown escape");
    code = read_unit(r);
    if (!code)
        return json_wrong(r, "a NUL in a text"); /* no C string could hold it */
    if (!is_surrogate(code))
        return code;
    if (code >= 0xDC00 || !json_take(r, '\\') || !json_take(r, 'u'))
        return json_wrong(r, "half a surrogate pair");
    low = read_unit(r);
    if (!is_surrogate(low) || low < 0xDC00)
        return json_wrong(r, "half a surrogate pair");
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static uint32_t read_sequence(json_reader *r, uint32_t first)
{
    static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 }; /* by the number of following bytes */
    int following = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    uint32_t code = first & (0x3Fu >> following);

    if (first < 0xC2 || first > 0xF4)
        return json_wrong(r, "not UTF-8");
    for (int i = 0; i < following; i++, r->at++) {
        if (r->at == r->end || ((unsigned char)*r->at & 0xC0) != 0x80)
            return json_wrong(r, "not UTF-8");
        code = code << 6 | ((unsigned char)*r->at & 0x3F);
    }
    if (code < least[following] || is_surrogate(code) || code > 0x10FFFF)
        return json_wrong(r, "not UTF-8");
    return code;
}

uint32_t json_read_code(json_reader *r)
{
    unsigned char c = (unsigned char)*r->at++;

    if (c < 0x20)
        return json_wrong(r, "a control character in a text");
    if (c == '\\')
        return read_escape(r);
    return c < 0x80 ? c : read_sequence(r, c);
}

bool json_read_text(json_reader *r)
{
    r->at++;
    while (r->at < r->end && *r->at != '"')
        if (!json_read_code(r))
            return false;
    return json_take(r, '"') ? true : json_wrong(r, "a text without end");
}

bool json_same_text(const char *a, const char *b, const char *end)
{
    json_reader one = { .at = a, .end = end }, other = { .at = b, .end = end };

    while (*one.at != '"' && *other.at != '"')
        if (json_read_code(&one) != json_read_code(&other))
            return false;
    return *one.at == '"' && *other.at == '"';
}

/* Appends the code point as UTF-8; returns the number of bytes. */
static size_t encode(char *out, uint32_t code)
{
    static const unsigned char marks[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(marks[size] | code);
    return size;
}

static json_reader inside(json value)
{
    if (value.kind != JSON_TEXT)
        return (json_reader){ .at = NULL };
    return (json_reader){ .at = value.text + 1, .end = value.text + value.size - 1 };
}

bool json_text(json value, char *out, size_t room)
{
    json_reader r = inside(value);
    size_t used = 0;

    if (value.kind != JSON_TEXT)
        return false;
    while (r.at < r.end) {
        char bytes[4];
        size_t size = encode(bytes, json_read_code(&r));

        if (size >= room - used)
            return false;
        memcpy(out + used, bytes, size);
        used += size;
    }
    if (used >= room)
        return false;
    out[used] = '\0';
    return true;
}

bool json_is(json value, const char *text)
{
    json_reader r = inside(value);

    if (value.kind != JSON_TEXT)
        return false;
    while (r.at < r.end) {
        char bytes[4];
        size_t size = encode(bytes, json_read_code(&r));

        if (strncmp(text, bytes, size) != 0)
            return false;
        text += size;
    }
    return *text == '\0';
}
