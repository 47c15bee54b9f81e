/* box_lock.h - gives up nearly all that a process may do, for good.
 *
 * Layer 2 (image). Threads: for a process of one thread. */
#ifndef INSPYR_IMAGE_BOX_LOCK_H
#define INSPYR_IMAGE_BOX_LOCK_H

#include "image/box.h"

/* The sanitizers take terabytes of address space, and calls of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define BOX_SANITIZED 1
#endif
#endif
#ifndef BOX_SANITIZED
#define BOX_SANITIZED 0
#endif

/* What is left is memory, the socket, and files in memory. Fills hello's reason and failed. */
void box_lock(box_hello *hello, const box_setup *setup);

#endif
