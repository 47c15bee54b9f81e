#include "net/json_reader.h"

#define LENGTH_MAX 64 /* a double needs 24 characters; bounds the exponents below */

static bool is_digit(const json_reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool read_digits(json_reader *r)
{
    if (!is_digit(r))
        return json_wrong(r, "no value");
    while (is_digit(r))
        r->at++;
    return true;
}

bool json_read_number(json_reader *r)
{
    const char *begin = r->at;

    json_take(r, '-');
    if (json_take(r, '0')) {
        if (is_digit(r))
            return json_wrong(r, "a number that begins with zero");
    } else if (!read_digits(r)) {
        return false;
    }
    if (json_take(r, '.') && !read_digits(r))
        return false;
    if (json_take(r, 'e') || json_take(r, 'E')) {
        if (!json_take(r, '-'))
            json_take(r, '+');
        if (!read_digits(r))
            return false;
    }
    return r->at - begin <= LENGTH_MAX ? true : json_wrong(r, "a number of too many digits");
}

bool json_integer(json value, int64_t *out)
{
    bool negative = value.kind == JSON_NUMBER && value.text[0] == '-';
    int64_t total = 0;

    if (value.kind != JSON_NUMBER)
        return false;
    for (size_t i = negative; i < value.size; i++) {
        int digit = value.text[i] - '0';

        if (digit < 0 || digit > 9)
            return false;
        /* Counted downwards, where the least number has room. */
        if (__builtin_mul_overflow(total, 10, &total) || __builtin_sub_overflow(total, digit, &total))
            return false;
    }
    if (!negative && total == INT64_MIN)
        return false;
    *out = negative ? total : -total;
    return true;
}

/* significand * 10^exponent. One rounding while the significand is below 2^53 and the exponent within the
 * powers of ten that a double holds exactly. */
static double scaled(uint64_t significand, int exponent)
{
    static const double powers[23] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    double x = (double)significand;

    for (; exponent > 22 && x > 0 && x < 1e300; exponent -= 22)
        x *= powers[22];
    for (; exponent < -22 && x > 0; exponent += 22)
        x /= powers[22];
    return exponent < 0 ? x / powers[exponent < -22 ? 22 : -exponent]
                        : x * powers[exponent > 22 ? 22 : exponent];
}

/* Not strtod(), which reads the decimal point of the process's language. */
bool json_number(json value, double *out)
{
    uint64_t significand = 0;
    int exponent = 0, written = 0;
    bool fraction = false;
    size_t i = 0;
    double x;

    if (value.kind != JSON_NUMBER)
        return false;
    for (i = value.text[0] == '-'; i < value.size && (value.text[i] | 0x20) != 'e'; i++) {
        if (value.text[i] == '.') {
            fraction = true;
        } else if (significand < UINT64_MAX / 10 - 1) {
            significand = significand * 10 + (uint64_t)(value.text[i] - '0');
            exponent -= fraction;
        } else {
            exponent += !fraction;
        }
    }
    if (i < value.size) {
        bool minus = value.text[++i] == '-';

        for (i += minus || value.text[i] == '+'; i < value.size; i++)
            if (written < 10000)
                written = written * 10 + (value.text[i] - '0');
        exponent += minus ? -written : written;
    }
    x = scaled(significand, exponent);
    if (x > 1.7976931348623157e308)
        return false;
    *out = value.text[0] == '-' ? -x : x;
    return true;
}
