/* effects.h - the picture that golden values of effects are about, and effects drawn step by step.
 *
 * Threads: single. Every failure fails the test. */
#ifndef INSPYR_TESTS_EFFECTS_H
#define INSPYR_TESTS_EFFECTS_H

#include "effect/effect_table.h"
#include "support/pictures.h"

/* 128 x 96, RGBA8 or RGB8. */
pixels golden_picture(inspyr_format format);

/* CRC-32 of a view's pixels, row after row without gaps. */
uint32_t view_crc(const inspyr_view *view);

/* One effect on one picture with options (NULL: none). */
inspyr_image *drawn(const char *effect, const inspyr_view *picture, const inspyr_effect_options *options);

/* Draws with one set's kernels and no scheduler, pieces in reverse order or not, and watches over the bytes
 * behind state and scratch. Both views are RGBA8. */
void draw_directly(const inspyr_view *dst, const inspyr_view *src, const effect_kernels *kernels,
                   const inspyr_effect_values *values, bool reversed);

#endif
