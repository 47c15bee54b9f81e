/* retro_shrink.h - rows of a picture made smaller by area averaging, in the arithmetic of OpenCV's INTER_AREA.
 *
 * Weights and sums are floats; where both sides divide evenly the weights are 1 and one factor follows, so that
 * sums are exact. Results are rounded to even. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_RETRO_SHRINK_H
#define INSPYR_KERNELS_RETRO_SHRINK_H

#include "kernels/retro_span.h"

typedef float retro_pixel __attribute__((vector_size(16))); /* its channels as they lie in memory */

typedef struct retro_shrink {
    const effect_job *job;
    retro_size size;
    int32_t row;           /* the one that `words` holds, or -1 */
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

static inline void retro_shrink_begin(retro_shrink *s, int32_t factor)
{
    int32_t w = s->job->width;

    s->size = retro_size_of(w, s->job->height, factor);
    s->row = -1;
    for (int32_t x = 0; x < s->size.width; x++)
        s->spans[x] = retro_span_of(x, w, s->size.width, s->size.whole);
    for (int32_t x = 0; x < w; x++)
        s->shown[x] = retro_shown_at(x, w, s->size.width);
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
    for (int32_t x = 0; x < s->size.width; x++) {
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
    retro_span span = retro_span_of(row, s->job->height, s->size.height, s->size.whole);

    memset(s->sums, 0, (size_t)s->size.width * sizeof *s->sums);
    for (int32_t i = 0; i < span.count; i++)
        retro_shrink_add(s, span.first + i, retro_weight(&span, i));
    for (int32_t x = 0; x < s->size.width; x++) {
        typedef unsigned char bytes __attribute__((vector_size(4)));
        retro_pixel v = s->sums[x] * s->size.scale;

        v = (v + 12582912.0f) - 12582912.0f; /* 1.5 * 2^23: to an integer, ties to even */
        s->words[x] = (uint32_t) __builtin_convertvector(v, bytes) & ~PX_ALPHA;
    }
}

#endif
