/* tensor_file.h - safetensors files made in a test, in blocks of exactly their size. Threads: any. */
#ifndef INSPYR_TESTS_TENSOR_FILE_H
#define INSPYR_TESTS_TENSOR_FILE_H

#include "inspyr.h"

typedef struct tensor_file {
    unsigned char *bytes; /* free() */
    size_t size;
} tensor_file;

typedef struct tensor_made {
    const char *name;
    int64_t shape[4];    /* ends at a zero */
    const float *values; /* NULL: 0.5, 1, 1.5, ... */
} tensor_made;

/* The header as it is given; the data are 1, 2, 3, ... modulo 256. */
tensor_file tensor_file_raw(const void *header, size_t header_size, size_t data_size);
tensor_file tensor_file_text(const char *header, size_t data_size);

/* All as F32. */
tensor_file tensor_file_of(const tensor_made *tensors, size_t count);

#endif
