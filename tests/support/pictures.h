/* pictures.h - pictures of noise, loaded models and cut-outs for tests; every failure fails the test.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_PICTURES_H
#define INSPYR_TESTS_PICTURES_H

#include "inspyr.h"

#define TINY TEST_DATA "/net/tiny.safetensors"

typedef struct pixels {
    unsigned char *data; /* to be freed with free() */
    inspyr_view view;
} pixels;

/* The same bytes at every call. bytes: of a pixel of that format. */
pixels noise(int32_t width, int32_t height, inspyr_format format, size_t bytes);

/* source: as inspyr_model_load() takes it; pool and allocator may be NULL. */
inspyr_model *loaded(const char *source, inspyr_pool *pool, const inspyr_allocator *allocator);

inspyr_image *cut_out(inspyr_model *m, const inspyr_view *picture, const inspyr_cutout_options *options);

#endif
