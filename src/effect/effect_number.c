#include "effect/effect_number.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define PLACES 6
#define DIGITS 9

static const double powers[PLACES + 1] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };

/* Digits from *at on are appended to *number; how many there were. */
static size_t read_digits(int64_t *number, const char *text, size_t length, size_t *at, size_t most)
{
    size_t count = 0;

    for (; *at < length && text[*at] >= '0' && text[*at] <= '9' && count < most; ++*at, count++)
        *number = *number * 10 + (text[*at] - '0');
    return count;
}

bool number_read(float *out, const char *text, size_t length)
{
    int64_t number = 0;
    size_t at = 0, places = 0;
    bool negative = length && text[0] == '-';

    at += negative;
    if (!read_digits(&number, text, length, &at, DIGITS))
        return false;
    if (at < length && text[at] == '.') {
        at++;
        places = read_digits(&number, text, length, &at, PLACES);
        if (!places)
            return false;
    }
    *out = (float)((double)(negative ? -number : number) / powers[places]);
    return at == length;
}

void number_write(char out[NUMBER_TEXT_MAX], float value)
{
    double size = value < 0 ? -(double)value : (double)value;
    int places = 0;
    int64_t digits = (int64_t)(size + 0.5);

    while (places < PLACES && (float)((double)digits / powers[places]) != (float)size)
        digits = (int64_t)(size * powers[++places] + 0.5);
    for (; places && digits % 10 == 0; places--)
        digits /= 10;
    int64_t unit = (int64_t)powers[places];
    const char *sign = value < 0 && digits ? "-" : "";

    if (places)
        snprintf(out, NUMBER_TEXT_MAX, "%s%" PRId64 ".%0*" PRId64, sign, digits / unit, places, digits % unit);
    else
        snprintf(out, NUMBER_TEXT_MAX, "%s%" PRId64, sign, digits);
}
