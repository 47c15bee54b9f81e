/* block_alone.h - a device's block of threads, played by one thread: the macros of kernels/effect_block.h,
 * which is to be included after this file.
 *
 * Elements of a loop are taken in rising or in falling order: a loop in which one reads what another writes
 * gives other bytes. Threads: single. */
#ifndef INSPYR_TESTS_BLOCK_ALONE_H
#define INSPYR_TESTS_BLOCK_ALONE_H

#include <stdint.h>

static int block_falling;

#define BLOCK static inline
#define BLOCK_EACH(i, count)                                                                                   \
    for (int32_t i##_ = 0, i = block_falling ? (count)-1 : 0; i##_ < (count);                                  \
         i##_++, i = block_falling ? (count)-1 - i##_ : i##_)
#define BLOCK_ONCE(i, count) BLOCK_EACH(i, count)
#define BLOCK_PLACES BLOCK_THREADS
#define BLOCK_PLACE(i) (i)
#define BLOCK_UNROLL

#endif
