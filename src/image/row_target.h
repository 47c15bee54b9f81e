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
    int32_t width;        /* of the rows, pixels */
    int64_t unit;         /* so wide and high is a pixel of theirs, */
    int64_t across, down; /* and so large the picture; the last pixels may reach beyond it */
    int64_t next;         /* the row that is decoded next */
    int64_t done;         /* rows of dst that are complete */
    unsigned char *row;   /* NULL: rows are decoded where they belong */
    uint64_t *sums;       /* of the row of dst that is being gathered */
    uint64_t *thin;       /* a row, narrowed */
} row_target;

/* dst: RGBA8, RGB8 or GREY8, no side larger than the rows' picture. False when out of memory; row_target_end()
 * is due all the same. Between the two, for a picture whose sides are no whole numbers of the rows' pixels,
 * unit, across and down may be changed. */
bool row_target_begin(row_target *t, const inspyr_view *dst, int32_t width, int32_t height,
                      const inspyr_allocator *allocator);

/* Where the next row is to be decoded to, in dst's format. */
unsigned char *row_target_place(row_target *t);

/* It is there. */
void row_target_take(row_target *t);

/* Also of zeroes. */
void row_target_end(row_target *t);

#endif
