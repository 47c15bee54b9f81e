#include <stdbool.h>

#include "matte/nearness.h"

#define STEPS 10
#define THETA 0.15

typedef struct search {
    const alpha_pair *pair;
    int32_t *region; /* of each pixel, from 1 on; 0: none yet */
    int32_t *queue;
    double level;
} search;

static bool is_over(const search *s, int32_t at)
{
    return (double)s->pair->found[at] >= s->level && (double)s->pair->known[at] >= s->level;
}

static void visit(search *s, int32_t at, int32_t region, int32_t *count)
{
    if (s->region[at] || !is_over(s, at))
        return;
    s->region[at] = region;
    s->queue[(*count)++] = at;
}

/* How many pixels the region around `start` has. */
static int32_t fill(search *s, int32_t start, int32_t region)
{
    int32_t width = s->pair->width, height = s->pair->height, count = 0;

    visit(s, start, region, &count);
    for (int32_t done = 0; done < count; done++) {
        int32_t at = s->queue[done], x = at % width, y = at / width;

        if (x > 0)
            visit(s, at - 1, region, &count);
        if (x < width - 1)
            visit(s, at + 1, region, &count);
        if (y > 0)
            visit(s, at - width, region, &count);
        if (y < height - 1)
            visit(s, at + width, region, &count);
    }
    return count;
}

/* The largest region over the level; 0: there is none. */
static int32_t largest(search *s)
{
    int32_t pixels = s->pair->width * s->pair->height, regions = 0, best = 0, most = 0;

    memset(s->region, 0, (size_t)pixels * sizeof *s->region);
    for (int32_t i = 0; i < pixels; i++)
        if (!s->region[i] && is_over(s, i)) {
            int32_t count = fill(s, i, ++regions);

            if (count > most) {
                most = count;
                best = regions;
            }
        }
    return best;
}

static double phi(double alpha, double level)
{
    double d = alpha - level;

    return d >= THETA ? 1 - d : 1;
}

double connectivity_error(const alpha_pair *pair, int32_t *scratch)
{
    int32_t pixels = pair->width * pair->height;
    int32_t *left = scratch + 2 * (size_t)pixels; /* the step at which a pixel was no part of it, or 0 */
    search s = { pair, scratch, scratch + pixels, 0 };
    double sum = 0;

    memset(left, 0, (size_t)pixels * sizeof *left);
    for (int32_t k = 1; k <= STEPS; k++) {
        int32_t best;

        s.level = k / (double)STEPS;
        best = largest(&s);
        for (int32_t i = 0; i < pixels; i++)
            if (!left[i] && (!best || s.region[i] != best))
                left[i] = k;
    }
    for (int32_t i = 0; i < pixels; i++) {
        double level = left[i] ? (left[i] - 1) / (double)STEPS : 1;
        double d = phi((double)pair->found[i], level) - phi((double)pair->known[i], level);

        sum += d < 0 ? -d : d;
    }
    return sum;
}
