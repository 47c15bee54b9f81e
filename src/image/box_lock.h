/* box_lock.h - gives up nearly all that a process may do, for good.
 *
 * Layer 2 (image). Threads: for a process of one thread. */
#ifndef INSPYR_IMAGE_BOX_LOCK_H
#define INSPYR_IMAGE_BOX_LOCK_H

#include "image/box.h"

/* What is left is memory, the socket, and files in memory. Fills hello's reason and failed. */
void box_lock(box_hello *hello, const box_setup *setup);

#endif
