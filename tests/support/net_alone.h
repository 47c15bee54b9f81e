/* net_alone.h - a device's block of threads, played by one thread: the macros of kernels/net_block.h, which is
 * to be included after this file.
 *
 * Elements, warps and lanes are taken in rising or in falling order: a loop in which one reads what another
 * writes gives other numbers. Threads: single. */
#ifndef INSPYR_TESTS_NET_ALONE_H
#define INSPYR_TESTS_NET_ALONE_H

#include <stdint.h>

static int net_falling;

#define NET_BLOCK static inline
#define NET_EACH(i, count)                                                                                     \
    for (int32_t i##_ = 0, i = net_falling ? (count)-1 : 0; i##_ < (count);                                    \
         i##_++, i = net_falling ? (count)-1 - i##_ : i##_)
#define NET_WARPS(warp, count) NET_EACH(warp, count)
#define NET_LANES(lane) NET_EACH(lane, NET_LANE_COUNT)
#define NET_PLACES NET_LANE_COUNT
#define NET_PLACE(lane) (lane)
#define NET_WARP_PLACES(count) (count)
#define NET_WARP_PLACE(warp) (warp)
#define NET_UNROLL

#endif
