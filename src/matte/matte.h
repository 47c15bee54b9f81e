/* matte.h - from logits to alpha, foreground colours and the result's pixels.
 *
 * Layer 3 (matte); sees image and base, not the network. Threads: any; every function spreads its rows over
 * the pool it is given, and the bytes do not depend on the pool. */
#ifndef INSPYR_MATTE_MATTE_H
#define INSPYR_MATTE_MATTE_H

#include "inspyr.h"

/* The network's output for one picture: one logit per pixel, row after row. */
typedef struct matte_logits {
    const float *data;
    int32_t width, height;
    float minimum, maximum;
} matte_logits;

/* What the matte says about the picture as a whole. */
typedef struct matte_subject {
    int32_t x, y, width, height; /* box of the subject, pixels; all 0 where there is none */
    float coverage;              /* mean alpha, 0..1 */
    int32_t none;                /* 1: no subject */
} matte_subject;

/* How a result shall look: the options of a call that concern it, checked. */
typedef struct matte_look {
    inspyr_output output;
    uint64_t flags; /* INSPYR_CUTOUT_* */
    uint32_t colour;
    float threshold, sigma;
    const inspyr_view *background; /* of INSPYR_OUTPUT_PICTURE */
} matte_look;

/* The format of a result. */
static inline inspyr_format matte_format(inspyr_output output)
{
    return output == INSPYR_OUTPUT_RGBA  ? INSPYR_RGBA8
           : output == INSPYR_OUTPUT_MAP ? INSPYR_GREY8
                                         : INSPYR_RGB8;
}

/* alpha: GREY8 (rounded), GREY16 (rounded) or GREYF32, of the picture's size: sigmoid of the logits, then
 * bilinear with aligned corners to the picture's size, times the picture's own alpha if it has one.
 * Formula: reference package's resize of the map (align_corners = true), without its min-max stretch.
 * subject: may be NULL; what counts as one is in subject.h. Scratch memory: 16 bytes a logit, and 10 bytes for
 * each pixel of a row of each thread. */
inspyr_status matte_alpha(const inspyr_view *alpha, matte_subject *subject, const matte_logits *logits,
                          const inspyr_view *picture, inspyr_pool *pool, const inspyr_allocator *allocator,
                          inspyr_error *error);

/* Foreground colours of a picture: dst (RGBA8) gets alpha, and at every pixel the colour that the subject alone
 * has there: the picture's where alpha is 255, an estimate where it is between, a smooth extension of nearby
 * subject colours where it is 0. Multi-level estimation after Germer et al. 2020.
 * picture: any picture format. alpha: GREY8. All of one size. dst must not overlap them.
 * Scratch memory: 5.1 bytes a pixel, and 192 KiB for each thread of the pool. */
inspyr_status matte_foreground(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                               inspyr_pool *pool, const inspyr_allocator *allocator, inspyr_error *error);

/* dst (RGBA8): the picture's colours as they are, and alpha. */
void matte_rgba(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                inspyr_pool *pool);

/* dst (RGB8): src (RGBA8, straight alpha) over a colour 0xRRGGBB, rounded. */
void matte_over_colour(const inspyr_view *dst, const inspyr_view *src, uint32_t colour, inspyr_pool *pool);

/* A part of a view: the subject's box with a margin on each side, kept inside. Whole if there is no subject. */
inspyr_view matte_crop(const inspyr_view *view, const matte_subject *subject, int32_t margin);

#endif
