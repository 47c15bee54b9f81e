/* compat.h - results to the byte as the Python package transparent-background 1.3.4 makes them.
 *
 * Its flaws are kept: the map is stretched to 0..1 for every picture, the picture's own alpha is dropped,
 * numbers are cut off instead of rounded, and soft edges keep their old background everywhere but in RGBA. The
 * mixes of float32 and float64 are the package's. Layer 3 (matte). Threads: any, but compat_map_create() and
 * _free(). */
#ifndef INSPYR_MATTE_COMPAT_H
#define INSPYR_MATTE_COMPAT_H

#include "matte/matte.h"

/* The map of one picture, whose rows are made when they are asked for. */
typedef struct compat_map {
    float *samples;         /* sigmoid of the logits, stretched to 0..1 */
    int32_t across, down;   /* samples */
    int32_t width, height;  /* of the picture */
    int32_t *column;        /* per pixel: the sample to its left, */
    float *weight;          /* and the weight of the one to its right */
    const matte_look *look; /* whose threshold and reverse are applied */
} compat_map;

/* look: must live as long as the map. Memory: 4 bytes a logit, 8 bytes a column of the picture. */
inspyr_status compat_map_create(compat_map *map, const matte_logits *logits, int32_t width, int32_t height,
                                const matte_look *look, inspyr_pool *pool, const inspyr_allocator *allocator,
                                inspyr_error *error);
/* Also after a failed compat_map_create(), and of zeroes. */
void compat_map_free(compat_map *map, const inspyr_allocator *allocator);

/* Row y of the map at the picture's size; 0 or 1 with a threshold. */
void compat_map_row(const compat_map *map, float *out, int32_t y);

/* The map itself, cut off to the levels of a GREY8 or GREY16 plane, or as it is (GREYF32). */
inspyr_status compat_alpha(const inspyr_view *alpha, const compat_map *map, inspyr_pool *pool,
                           const inspyr_allocator *allocator, inspyr_error *error);

/* The whole of a result. dst: of matte_format(look->output), of the picture's size. Scratch memory: a few rows
 * for each thread; for the colours of RGBA 8 bytes a pixel. */
inspyr_status compat_render(const inspyr_view *dst, const inspyr_view *picture, const compat_map *map,
                            inspyr_pool *pool, const inspyr_allocator *allocator, inspyr_error *error);

/* Are RGBA's colours estimated? Not with a threshold: such a map has no soft edges. */
static inline bool compat_estimates(const matte_look *look)
{
    return !(look->flags & (INSPYR_CUTOUT_THRESHOLD | INSPYR_CUTOUT_KEEP_COLOURS));
}

/* Its parts. dst (RGB8): the picture after a Gaussian of sigma 15, in OpenCV's 8-bit fixed point. */
inspyr_status compat_blur(const inspyr_view *dst, const inspyr_view *picture, inspyr_pool *pool,
                          const inspyr_allocator *allocator, inspyr_error *error);

/* dst (RGBA8): foreground colours after Germer et al. 2020 as the package pymatting computes them, pixel after
 * pixel on the calling thread; alpha stays as it is. */
inspyr_status compat_colours(const inspyr_view *dst, const inspyr_view *picture, const compat_map *map,
                             const inspyr_allocator *allocator, inspyr_error *error);

/* Row y of OpenCV's Canny(50, 100) of a picture of 0 and 1: 1 on an edge. rows: rows y - 2 to y + 2 of it, the
 * outermost repeated; above, below: are there rows y - 1 and y + 1? */
void compat_edge_row(unsigned char *out, const unsigned char *const rows[5], int above, int below,
                     int32_t width);

#endif
