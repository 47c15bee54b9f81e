/* net_alone_table.h - the network's launches of a device that is the CPU: one thread plays the blocks before
 * the launch returns. Checks nothing. Threads: single. */
#ifndef INSPYR_TESTS_NET_ALONE_TABLE_H
#define INSPYR_TESTS_NET_ALONE_TABLE_H

#include "kernels/net_device.h"

extern const net_device_table net_alone_table;

#endif
