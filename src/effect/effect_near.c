#include "effect/effect_near.h"

#include <string.h>

#define WORD_MAX 31
#define WITHIN_LEAST 4 /* letters: shorter ones are within too many */
#define FAR 2

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, drop or change to get from a to b. */
static size_t distance(const char *a, size_t rows, const char *b, size_t columns)
{
    size_t cost[WORD_MAX + 1];

    for (size_t j = 0; j <= columns; j++)
        cost[j] = j;
    for (size_t i = 1; i <= rows; i++) {
        size_t corner = cost[0];

        cost[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t change = corner + (a[i - 1] != b[j - 1]);

            corner = cost[j];
            cost[j] = least_of(least_of(cost[j], cost[j - 1]) + 1, change);
        }
    }
    return cost[columns];
}

static bool within(const char *part, size_t part_length, const char *whole, size_t whole_length)
{
    for (size_t i = 0; part_length >= WITHIN_LEAST && i + part_length <= whole_length; i++)
        if (!memcmp(whole + i, part, part_length))
            return true;
    return false;
}

bool name_near(const char *word, size_t length, const char *name)
{
    size_t name_length = strlen(name);

    if (within(word, length, name, name_length) || within(name, name_length, word, length))
        return true;
    return length > FAR && length <= WORD_MAX && name_length <= WORD_MAX &&
           distance(word, length, name, name_length) <= FAR;
}
