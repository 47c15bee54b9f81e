/* row_target.h - where decoded rows go: into a picture of their size, or averaged into a smaller one.
 *
 * Each pixel of a smaller picture is the mean of the area it covers, in whole numbers and rounded once; colours
 * count as far as they are visible. Of the larger picture one row exists at a time. Layer 2 (image). Threads:
 * single. */
#ifndef INSPYR_IMAGE_ROW_TARGET_H
#define INSPYR_IMAGE_ROW_TARGET_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct row_target {
    const inspyr_view *dst;
    const inspyr_allocator *allocator;
    int32_t width, height; /* of the rows, and how many come */
    int32_t next;          /* the row that is decoded next */
    int32_t done;          /* rows of dst that are complete */
    unsigned char *row;    /* NULL: rows are decoded where they belong */
    uint64_t *sums;        /* of the row of dst that is being gathered */
    uint64_t *thin;        /* a row, narrowed */
} row_target;

/* dst: RGBA8, RGB8 or GREY8, no side larger than the rows' picture. False when out of memory; row_target_end()
 * is due all the same. */
bool row_target_begin(row_target *t, const inspyr_view *dst, int32_t width, int32_t height,
                      const inspyr_allocator *allocator);

/* Where the next row is to be decoded to, in dst's format. */
unsigned char *row_target_place(row_target *t);

/* It is there. */
void row_target_take(row_target *t);

/* Also of zeroes. */
void row_target_end(row_target *t);

#endif
