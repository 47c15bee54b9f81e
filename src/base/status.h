/* status.h - failing with a text that the caller owns.
 *
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_STATUS_H
#define INSPYR_BASE_STATUS_H

#include <stdbool.h>

#include "inspyr.h"

/* Fills *error, if there is one, and returns the status, so that a failure is one statement:
 *     return failed(error, INSPYR_ERR_LIMIT, "%d pixels wide", width); */
inspyr_status failed(inspyr_error *error, inspyr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Did it fail for want of memory, the host's or a device's? */
static inline bool wants_memory(inspyr_status status)
{
    return status == INSPYR_ERR_MEMORY || status == INSPYR_ERR_DEVICE_MEMORY;
}

/* Clears *error. Every public function begins with it. */
void succeeded(inspyr_error *error);

#endif
