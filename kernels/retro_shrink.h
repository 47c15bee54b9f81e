/* retro_shrink.h - rows of a picture made smaller by area averaging, in the arithmetic of OpenCV's INTER_AREA.
 *
 * Weights and sums are floats; where both sides divide evenly the weights are 1 and one factor follows, so that
 * sums are exact. Results are rounded to even. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_RETRO_SHRINK_H
#define INSPYR_KERNELS_RETRO_SHRINK_H

#include "kernels/effect_px.h"

typedef float retro_pixel __attribute__((vector_size(16))); /* its channels as they lie in memory */

/* What a smaller row or column is made of: `count` ones from `first` on. */
typedef struct retro_span {
    int32_t first, count;
    float head, middle, tail; /* weights of the first, the last and all between */
} retro_span;

typedef struct retro_shrink {
    const effect_job *job;
    int32_t width, height, row; /* row: the one that `words` holds, or -1 */
    int whole;                  /* do both sides divide evenly? */
    float scale;
    retro_span *spans;     /* of the columns */
    int32_t *shown;        /* which of the columns is at each of the picture's */
    uint32_t *source;      /* a row of the picture */
    retro_pixel *sums;     /* of the columns */
    uint32_t *words, *out; /* the smaller row, and the same at the picture's width; no alpha */
} retro_shrink;

static inline size_t retro_shrink_take(retro_shrink *s, unsigned char *scratch)
{
    size_t n = (size_t)s->job->width;
    unsigned char *end = scratch;

    s->spans = px_take(&end, n, sizeof *s->spans);
    s->shown = px_take(&end, n, sizeof *s->shown);
    s->source = px_take(&end, n, sizeof *s->source);
    s->sums = px_take(&end, n, sizeof *s->sums);
    s->words = px_take(&end, n, sizeof *s->words);
    s->out = px_take(&end, n, sizeof *s->out);
    return (size_t)(end - scratch);
}

/* Of result i of `small`, from `large`. */
static inline retro_span retro_span_of(int32_t i, int32_t large, int32_t small, int whole)
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

static inline float retro_weight(const retro_span *s, int32_t i)
{
    return i == 0 ? s->head : i == s->count - 1 ? s->tail : s->middle;
}

/* Which of `small` is shown at place i of `large`. The quotients are rounded as in OpenCV's INTER_NEAREST: of
 * 166 for 1000, place 500 shows 82 and not 83. */
static inline int32_t retro_shown_at(int32_t i, int32_t large, int32_t small)
{
    int32_t at = (int32_t)((double)i * (1.0 / ((double)large / (double)small)));

    return at < small - 1 ? at : small - 1;
}

/* factor: by how much at most; a picture with a shorter side stays as it is. */
static inline void retro_shrink_begin(retro_shrink *s, int32_t factor)
{
    int32_t w = s->job->width, h = s->job->height;

    factor = factor <= w && factor <= h ? factor : 1;
    s->width = w / factor;
    s->height = h / factor;
    s->row = -1;
    s->whole = w % s->width == 0 && h % s->height == 0;
    s->scale = s->whole ? 1.0f / (float)(w / s->width * (h / s->height)) : 1.0f;
    for (int32_t x = 0; x < s->width; x++)
        s->spans[x] = retro_span_of(x, w, s->width, s->whole);
    for (int32_t x = 0; x < w; x++)
        s->shown[x] = retro_shown_at(x, w, s->width);
}

static inline retro_pixel retro_pixel_of(uint32_t word)
{
    typedef unsigned char bytes __attribute__((vector_size(4)));

    return __builtin_convertvector((bytes)word, retro_pixel);
}

/* Adds a row of the picture, times a weight. */
static inline void retro_shrink_add(retro_shrink *s, int32_t y, float weight)
{
    memcpy(s->source, job_src(s->job, y), 4 * (size_t)s->job->width);
    for (int32_t x = 0; x < s->width; x++) {
        const retro_span *span = &s->spans[x];
        const uint32_t *from = s->source + span->first;
        retro_pixel sum = retro_pixel_of(from[0]) * span->head;

        for (int32_t i = 1; i < span->count - 1; i++)
            sum = sum + retro_pixel_of(from[i]) * span->middle;
        if (span->count > 1)
            sum = sum + retro_pixel_of(from[span->count - 1]) * span->tail;
        s->sums[x] = s->sums[x] + sum * weight;
    }
}

static inline void retro_shrink_row(retro_shrink *s, int32_t row)
{
    retro_span span = retro_span_of(row, s->job->height, s->height, s->whole);

    memset(s->sums, 0, (size_t)s->width * sizeof *s->sums);
    for (int32_t i = 0; i < span.count; i++)
        retro_shrink_add(s, span.first + i, retro_weight(&span, i));
    for (int32_t x = 0; x < s->width; x++) {
        typedef unsigned char bytes __attribute__((vector_size(4)));
        retro_pixel v = s->sums[x] * s->scale;

        v = (v + 12582912.0f) - 12582912.0f; /* 1.5 * 2^23: to an integer, ties to even */
        s->words[x] = (uint32_t) __builtin_convertvector(v, bytes) & ~PX_ALPHA;
    }
}

#endif
