/* matte.h - from logits to alpha, foreground colours and the result's pixels.
 *
 * Layer 3 (matte); sees image and base, not the network. Threads: any; every function spreads its rows over
 * the pool it is given, and the bytes do not depend on the pool. */
#ifndef INSPYR_MATTE_MATTE_H
#define INSPYR_MATTE_MATTE_H

#include <stdbool.h>

#include "matte/light.h"

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
 * bilinear with aligned corners to the picture's size, times the picture's own alpha if it has one
 * (picture NULL: it shall not count).
 * Formula: reference package's resize of the map (align_corners = true), without its min-max stretch.
 * subject: may be NULL; what counts as one is in subject.h. Scratch memory: 16 bytes a logit, and 10 bytes for
 * each pixel of a row of each thread. */
inspyr_status matte_alpha(const inspyr_view *alpha, matte_subject *subject, const matte_logits *logits,
                          const inspyr_view *picture, inspyr_pool *pool, const inspyr_allocator *allocator,
                          inspyr_error *error);

/* Foreground colours of a picture: dst (RGBA8) gets alpha, and at every pixel the colour that the subject alone
 * has there: the picture's where alpha is 255, an estimate where it is between, a smooth extension of nearby
 * subject colours where it is 0. Multi-level estimation after Germer et al. 2020.
 * picture: any picture format. alpha: GREY8. All of one size. dst must not overlap them. lent: how many bytes
 * from dst's first one on, what lies between its rows included, may hold something else before they hold the
 * result; 0: none. Scratch memory: 5.1 bytes a pixel, 3 if all of dst is lent, and 192 KiB for each thread of
 * the pool. */
inspyr_status matte_foreground(const inspyr_view *dst, size_t lent, const inspyr_view *picture,
                               const inspyr_view *alpha, inspyr_pool *pool, const inspyr_allocator *allocator,
                               inspyr_error *error);

/* dst (RGBA8): the picture's colours as they are, and alpha. */
void matte_rgba(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                inspyr_pool *pool);

/* alpha (GREY8) becomes that of what the subject hides: the picture's own alpha without it. */
void matte_reverse(const inspyr_view *alpha, const inspyr_view *picture, inspyr_pool *pool);

/* The alpha of a view (GREY8 or RGBA8) becomes 255 over the threshold (0..1) and 0 elsewhere. reversed: it went
 * through matte_reverse(), and becomes what is left of the picture's own alpha, hardened too. */
void matte_harden(const inspyr_view *view, const inspyr_view *picture, float threshold, bool reversed,
                  inspyr_pool *pool);

/* What follows: dst (RGB8) becomes src (RGBA8, straight alpha, the subject's own colours) over something else,
 * rounded. l: NULL mixes sRGB values. First a colour 0xRRGGBB. */
void matte_over_colour(const inspyr_view *dst, const inspyr_view *src, uint32_t colour, const light *l,
                       inspyr_pool *pool);

/* Over a picture, of any picture format and size: stretched to cover dst with its proportions kept, what juts
 * out cut off at both sides alike, its transparent parts white. Scratch memory: as resize_picture(). */
inspyr_status matte_over_picture(const inspyr_view *dst, const inspyr_view *src, const inspyr_view *background,
                                 const light *l, inspyr_pool *pool, const inspyr_allocator *allocator,
                                 inspyr_error *error);

/* Over what is behind the subject in its own picture, after a Gaussian of 0.5 to 250 pixels. The subject has no
 * part in it: at soft edges its colour is taken out first, and what it hides is left to its surroundings.
 * alpha: src's before it was hardened. Scratch memory: 16 bytes a pixel below a sigma of 2, 4 below 8, else at
 * most 1. */
inspyr_status matte_over_blur(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                              const inspyr_view *src, float sigma, const light *l, inspyr_pool *pool,
                              const inspyr_allocator *allocator, inspyr_error *error);

/* dst (RGB8): the picture, tinted where alpha (GREY8) is, with a line along its level of 128; transparent parts
 * of the picture white. Scratch memory: at most 50 bytes a column for each thread. */
inspyr_status matte_overlay(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                            const light *l, inspyr_pool *pool, const inspyr_allocator *allocator,
                            inspyr_error *error);

/* A part of a view: the subject's box with a margin on each side, kept inside. Whole if there is no subject. */
inspyr_view matte_crop(const inspyr_view *view, const matte_subject *subject, int32_t margin);

#endif
