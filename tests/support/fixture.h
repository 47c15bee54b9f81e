/* fixture.h - recorded tensors of a safetensors file, for comparison. Every failure fails the test.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_FIXTURE_H
#define INSPYR_TESTS_FIXTURE_H

#include "net/weights.h"

typedef struct fixture {
    weights *tensors;
    void *bytes;
} fixture;

/* The C library's allocator. */
inspyr_allocator fixture_allocator(void);

/* false: there is no such file. */
bool fixture_open(fixture *f, const char *path);
void fixture_close(fixture *f);

/* A tensor that is stored as N x C x H x W, as n x h x w x c in memory that free() gives back; shape, if not
 * NULL, receives n, h, w, c. Fewer dimensions lack the first ones. NULL: there is no such tensor. */
float *fixture_numbers(const fixture *f, int32_t shape[4], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
