/* sampling.h - where a bilinear resize reads: float32 arithmetic as in the reference framework.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_SAMPLING_H
#define INSPYR_NET_SAMPLING_H

#include "net/plan.h"

typedef struct sample {
    int32_t low, high; /* the two positions between which the result lies */
    float weight;      /* of high; low has the rest */
} sample;

/* Position `out` of out_size, read from in_size positions. */
static inline sample sample_at(int32_t out, int32_t in_size, int32_t out_size, plan_sampling sampling)
{
    float position = 0;
    sample s;

    if (sampling == PLAN_CORNERS) {
        if (out_size > 1)
            position = (float)(in_size - 1) / (float)(out_size - 1) * (float)out;
    } else {
        position = (float)in_size / (float)out_size * ((float)out + 0.5f) - 0.5f;
        if (position < 0)
            position = 0;
    }
    s.low = (int32_t)position;
    if (s.low > in_size - 1)
        s.low = in_size - 1;
    s.high = s.low < in_size - 1 ? s.low + 1 : s.low;
    s.weight = position - (float)s.low;
    return s;
}

#endif
