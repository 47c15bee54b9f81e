#include "base/device_name.h"

#include <stddef.h>
#include <string.h>

#define DIGITS 3

int32_t device_ordinal(const char *name)
{
    int32_t ordinal = 0;
    size_t digits;

    if (!name || strncmp(name, "cuda", 4) != 0)
        return -1;
    if (!name[4])
        return 0;
    digits = name[4] == ':' ? strspn(name + 5, "0123456789") : 0;
    if (digits < 1 || digits > DIGITS || name[5 + digits])
        return -1;
    for (size_t i = 0; i < digits; i++)
        ordinal = 10 * ordinal + (name[5 + i] - '0');
    return ordinal;
}
