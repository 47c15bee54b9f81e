/* canvas.h - pixels for tests of functions that write into views: rows with a gap, and a watch over the gaps.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_CANVAS_H
#define INSPYR_TESTS_CANVAS_H

#include "inspyr.h"
#include "support/chance.h"

typedef struct canvas {
    inspyr_view view;
    unsigned char *memory;
    size_t size;
} canvas;

/* Every row is followed by bytes that canvas_free() finds untouched, or fails the test. upwards: the stride is
 * negative. All pixels are 0xA5. */
canvas canvas_make(int32_t width, int32_t height, inspyr_format format, int upwards);
void canvas_free(canvas *c);

/* Random bytes in all pixels. */
void canvas_fill(canvas *c, chance *random);

/* Random alpha with wide areas of 0 and of 255 and soft edges between them. GREY8. */
void canvas_fill_matte(canvas *c, chance *random);

/* Are the pixels of both, of one format and size, the same? */
int canvas_same(const canvas *a, const canvas *b);

#endif
