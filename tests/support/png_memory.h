/* png_memory.h - libpng reading from memory: png_set_read_fn(png, &file, read_memory).
 *
 * Behind <cmocka.h> and <png.h>; a read beyond the end fails the test. Threads: single. */
#ifndef INSPYR_TESTS_PNG_MEMORY_H
#define INSPYR_TESTS_PNG_MEMORY_H

#include <string.h>

typedef struct memory_file {
    const unsigned char *at;
    size_t left;
} memory_file;

static inline void read_memory(png_structp png, png_bytep out, size_t size)
{
    memory_file *file = png_get_io_ptr(png);

    assert_true(size <= file->left);
    memcpy(out, file->at, size);
    file->at += size;
    file->left -= size;
}

#endif
