/* oracle_sample.c - bilinear sampling, SPEC.md notation: bilinear0 and bilinear1. */
#include <math.h>

#include "oracle/oracle_ops.h"

/* Where output i lies between two inputs: at `low`, or a part of the way to `high`. */
typedef struct place {
    int32_t low, high;
    double part;
} place;

static place find(plan_sampling sampling, int32_t i, int32_t from, int32_t to)
{
    double at = i;
    place p;

    if (sampling == PLAN_HALF_PIXEL)
        at = (i + 0.5) * from / to - 0.5;
    else if (sampling == PLAN_CORNERS)
        at = to > 1 ? (double)i * (from - 1) / (to - 1) : 0;
    at = fmin(fmax(at, 0), from - 1);
    p.low = (int32_t)floor(at);
    p.high = p.low + 1 < from ? p.low + 1 : p.low;
    p.part = at - p.low;
    return p;
}

void oracle_sample(const tensor *to, int32_t at, const tensor *from, const plan_input *in)
{
    for (int32_t n = 0; n < to->n; n++)
        for (int32_t y = 0; y < to->h; y++)
            for (int32_t x = 0; x < to->w; x++) {
                place v = find(in->sampling, y, from->h, to->h);
                place u = find(in->sampling, x, from->w, to->w);

                for (int32_t c = 0; c < in->channels; c++) {
                    double a = *tensor_at(from, n, v.low, u.low, in->first + c);
                    double b = *tensor_at(from, n, v.low, u.high, in->first + c);
                    double d = *tensor_at(from, n, v.high, u.low, in->first + c);
                    double e = *tensor_at(from, n, v.high, u.high, in->first + c);
                    double top = (1 - u.part) * a + u.part * b;
                    double bottom = (1 - u.part) * d + u.part * e;

                    *tensor_at(to, n, y, x, at + c) = (float)((1 - v.part) * top + v.part * bottom);
                }
            }
}
