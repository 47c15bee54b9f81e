/* twins_net.h - on a machine with a GPU: each of the network's kernels there, beside the same blocks played
 * here.
 *
 * Both get the same numbers. What uses neither exp() nor the tensor cores has to be the same to the bit; the
 * rest may differ by two units in the last place of the maps' type. Threads: single. */
#ifndef INSPYR_TESTS_TWINS_NET_H
#define INSPYR_TESTS_TWINS_NET_H

#include "kernels/effect_device.h"

/* Launches are tried on `device`, which is CUDA's current one. Returns how many jobs differ, and prints them.
 */
int twins_net(const effect_device_table *cuda, effect_device *device, int32_t rounds);

#endif
