/* checksum.h - has a block of bytes changed? Damage is found; somebody who wants to deceive is not.
 *
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_CHECKSUM_H
#define INSPYR_BASE_CHECKSUM_H

#include "inspyr.h"

/* The same number for any pool. A change of any one word always changes it. */
uint64_t checksum(const void *bytes, size_t size, inspyr_pool *pool);

#endif
