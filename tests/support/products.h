/* products.h - what the reference package was asked for, and how the files of its answers are called.
 *
 * Threads: any. */
#ifndef INSPYR_TESTS_PRODUCTS_H
#define INSPYR_TESTS_PRODUCTS_H

#include "inspyr.h"

typedef struct product {
    const char *name;
    inspyr_output output;
    uint32_t colour;
} product;

static const product products[] = {
    { "rgba", INSPYR_OUTPUT_RGBA, 0 },
    { "map", INSPYR_OUTPUT_MAP, 0 },
    { "green", INSPYR_OUTPUT_COLOUR, 0x78ff9b },
    { "white", INSPYR_OUTPUT_COLOUR, 0xffffff },
    { "colour", INSPYR_OUTPUT_COLOUR, 0x0a14c8 },
    { "blur", INSPYR_OUTPUT_BLUR, 0 },
    { "overlay", INSPYR_OUTPUT_OVERLAY, 0 },
    { "picture", INSPYR_OUTPUT_PICTURE, 0 },
};

#endif
