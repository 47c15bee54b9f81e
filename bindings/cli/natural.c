#include "natural.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *past_zeros(const char *p)
{
    while (p[0] == '0' && is_digit(p[1]))
        p++;
    return p;
}

static size_t digits_at(const char *p)
{
    return strspn(p, "0123456789");
}

int natural_compare(const char *a, const char *b)
{
    const char *p = a, *q = b;

    while (*p && *q) {
        if (is_digit(*p) && is_digit(*q)) {
            size_t m, n;
            int order;

            p = past_zeros(p);
            q = past_zeros(q);
            m = digits_at(p);
            n = digits_at(q);
            if (m != n)
                return m < n ? -1 : 1;
            order = memcmp(p, q, m);
            if (order)
                return order;
            p += m;
            q += n;
        } else if (*p != *q) {
            return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
        } else {
            p++;
            q++;
        }
    }
    if (*p || *q)
        return *p ? 1 : -1;
    return strcmp(a, b); /* leading zeros alone differ */
}
