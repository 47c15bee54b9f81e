/* retro_span.h - what the rows, columns and pixels of a smaller picture are made of. Leaf (kernels). Threads:
 * any. */
#ifndef INSPYR_KERNELS_RETRO_SPAN_H
#define INSPYR_KERNELS_RETRO_SPAN_H

#include "kernels/effect_px.h"

/* What a smaller row or column is made of: `count` ones from `first` on. */
typedef struct retro_span {
    int32_t first, count;
    float head, middle, tail; /* weights of the first, the last and all between */
} retro_span;

/* Of result i of `small`, from `large`. */
PX retro_span retro_span_of(int32_t i, int32_t large, int32_t small, int whole)
{
    double scale = 1.0 / ((double)small / (double)large), from = (double)i * scale, to = from + scale;
    double cell = scale < (double)large - from ? scale : (double)large - from;
    int32_t first = (int32_t)from, last = (int32_t)to;
    retro_span s;

    if (whole) {
        s.count = large / small;
        s.first = i * s.count;
        s.head = s.middle = s.tail = 1.0f;
        return s;
    }
    first += (double)first < from;
    last = last < large - 1 ? last : large - 1;
    first = first < last ? first : last;
    s.first = first;
    s.count = last - first;
    s.head = s.middle = s.tail = (float)(1.0 / cell);
    if ((double)first - from > 1e-3) {
        s.first--;
        s.count++;
        s.head = (float)(((double)first - from) / cell);
    }
    if (to - (double)last > 1e-3) {
        double part = to - (double)last < 1.0 ? to - (double)last : 1.0;

        s.tail = (float)((part < cell ? part : cell) / cell);
        if (s.count++ == 0)
            s.head = s.tail;
    }
    return s;
}

PX float retro_weight(const retro_span *s, int32_t i)
{
    return i == 0 ? s->head : i == s->count - 1 ? s->tail : s->middle;
}

/* Which of `small` is shown at place i of `large`. The quotients are rounded as in OpenCV's INTER_NEAREST: of
 * 166 for 1000, place 500 shows 82 and not 83. */
PX int32_t retro_shown_at(int32_t i, int32_t large, int32_t small)
{
    int32_t at = (int32_t)((double)i * (1.0 / ((double)large / (double)small)));

    return at < small - 1 ? at : small - 1;
}

/* Of a smaller picture. */
typedef struct retro_size {
    int32_t width, height, whole; /* whole: do both sides divide evenly? */
    float scale;
} retro_size;

/* factor: by how much at most; a picture with a shorter side stays as it is. */
PX retro_size retro_size_of(int32_t width, int32_t height, int32_t factor)
{
    retro_size s;

    factor = factor <= width && factor <= height ? factor : 1;
    s.width = width / factor;
    s.height = height / factor;
    s.whole = width % s.width == 0 && height % s.height == 0;
    s.scale = s.whole ? 1.0f / (float)(width / s.width * (height / s.height)) : 1.0f;
    return s;
}

/* The factor of the blocks at edges. */
PX int32_t retro_fine(int32_t factor)
{
    return factor / 2 > 2 ? factor / 2 : 2;
}

#endif
