#include "suggest.h"

#include <string.h>

#define WORD_MAX 31
#define DISTANCE_MAX 3

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, drop, change or swap with their neighbour to get from a to b. */
static size_t distance(const char *a, const char *b)
{
    size_t cost[WORD_MAX + 1][WORD_MAX + 1];
    size_t rows = least_of(strlen(a), WORD_MAX), columns = least_of(strlen(b), WORD_MAX);

    for (size_t i = 0; i <= rows; i++)
        for (size_t j = 0; j <= columns; j++) {
            if (!i || !j) {
                cost[i][j] = i + j;
                continue;
            }
            cost[i][j] = least_of(cost[i - 1][j], cost[i][j - 1]) + 1;
            cost[i][j] = least_of(cost[i][j], cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = least_of(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[rows][columns];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
    size_t least = least_of(strlen(word) / 4, DISTANCE_MAX - 1) + 1;
    const char *best = NULL;

    if (strlen(word) < 3)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t far = distance(word, words[i]);

        if (far < least || (far == least && !best)) {
            least = far;
            best = words[i];
        }
    }
    return best;
}

const char *package_option(const char *name)
{
    static const struct {
        const char *name, *here;
    } table[] = {
        { "s", "here pictures and folders stand without an option" },
        { "source", "here pictures and folders stand without an option" },
        { "d", "it is called -o here" },
        { "dest", "it is called -o here" },
        { "D", "it is called --device here" },
        { "r", "it is called --resize here" },
        { "th", "it is called --threshold here" },
        { "mode", "it is called --model here" },
        { "ckpt", "a weight file is given by --model here" },
        { "jit", "it is not needed here" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(name, table[i].name))
            return table[i].here;
    return NULL;
}
