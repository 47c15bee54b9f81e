/* status.h - failing with a text that the caller owns.
 *
 * Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_STATUS_H
#define INSPYR_BASE_STATUS_H

#include "inspyr.h"

/* Fills *error, if there is one, and returns the status, so that a failure is one statement:
 *     return failed(error, INSPYR_ERR_LIMIT, "%d pixels wide", width); */
inspyr_status failed(inspyr_error *error, inspyr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Clears *error. Every public function begins with it. */
void succeeded(inspyr_error *error);

#endif
